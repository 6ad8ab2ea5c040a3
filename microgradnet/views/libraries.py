"""How other libraries spell what a program spells with NumPy's names: one table for each of them.

A program's lines are syntax trees that call NumPy. Here another library's names are put into them, and what it has no
name for is refused. Nothing is run, and no library imported.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from microgradnet.template import parsed, placeholder
from microgradnet.views.source import filled

__all__ = ["JAX", "LIBRARIES", "NUMPY", "TORCH", "Library", "Unmapped"]


class Unmapped(TypeError):
    """Raised for what a library has no name for; says what that is."""


_NAMES = """
abs all any arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin cbrt ceil clip concatenate
copysign cos cosh cumprod cumsum einsum exp exp2 expm1 fabs flip floor fmax fmin fmod full_like heaviside hypot
isfinite isinf isnan log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor max
maximum mean min minimum ones_like outer prod reciprocal rint roll sign signbit sin sinc sinh sort sqrt square
stack sum tan tanh tril triu trunc where zeros_like
"""
_KNOWN = frozenset(_NAMES.split())
"""Functions of NumPy's that other libraries have too, perhaps under another name."""

_PAIRS = "arctan2 copysign fmax fmin fmod heaviside hypot logaddexp logaddexp2 maximum minimum"
_OF_TWO = frozenset(_PAIRS.split())

_DTYPES = frozenset({"float16", "float32", "float64", "int32", "int64", "bool"})

_NUMBERS = frozenset({"inf", "nan", "pi", "e"})


@dataclass(frozen=True, eq=False)
class Library:
    """A library's names.

    Attributes
    ----------
    title : str
        What people call it.
    module : str
        What is imported to run it.
    imports : tuple of str
        The lines with which its code begins.
    alias : str
        What stands in the code for ``np``.
    scalar : str
        A template for one number in the dtype of an array.
    operations : mapping of str to str
        Templates in place of those in the declarations of this package's own operations, by their names.
    functions : mapping of str to str
        Names, or templates, in place of a function of NumPy's of the same name.
    beside_number : mapping of str to str
        Templates for functions of two arrays of which the second is a number.
    keywords : mapping of str to str
    methods : mapping of str to str
    converts : bool
        Whether functions of two arrays take numbers, too.
    whole : bool
        Whether it has all that NumPy has.
    """

    title: str
    module: str
    imports: tuple[str, ...]
    alias: str
    scalar: str
    operations: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    beside_number: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    converts: bool = True
    whole: bool = False

    def spelled(self, expression: ast.expr, like: str) -> ast.expr:
        """Write an expression of NumPy's in the names of this library.

        Parameters
        ----------
        expression : ast.expr
        like : str
            The name of an array, whose dtype plain numbers take where they stand for arrays.

        Raises
        ------
        Unmapped
        """
        found: ast.expr = _Spelling(self, like).visit(copy.deepcopy(expression))
        return found

    def number(self, value: ast.expr, like: str) -> ast.expr:
        """Write an array of one number, of the shape and dtype of another one."""
        return ast.Call(ast.Attribute(ast.Name(self.alias), "full_like"), [ast.Name(like), value], [])

    def helper(self, text: str) -> str:
        """Write the definition of a function in the names of this library.

        Raises
        ------
        Unmapped
        """
        if self.whole:
            return text
        (function,) = ast.parse(text).body
        assert isinstance(function, ast.FunctionDef)
        return ast.unparse(_Spelling(self, function.args.args[0].arg).visit(function))


class _Spelling(ast.NodeTransformer):
    """Puts names of one library in place of NumPy's."""

    def __init__(self, library: Library, like: str) -> None:
        self.library = library
        self.like = like

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = _of_numpy(node.func)
        arguments = [self.visit(a) for a in node.args]
        keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
        if name is None:
            return ast.Call(self._called(node.func), arguments, keywords)
        if name in _DTYPES and len(arguments) == 1 and is_number(arguments[0]):
            number: ast.AST = arguments[0]
            return number
        keywords = [ast.keyword(self.library.keywords.get(k.arg or "", k.arg), k.value) for k in keywords]
        return self._function(name, arguments, keywords)

    def _called(self, function: ast.expr) -> ast.expr:
        """Write the name of a function that is defined in the code, or of a method."""
        if isinstance(function, ast.Attribute) and not self.library.whole:
            if ast.unparse(function).partition(".")[0] in (self.library.alias, self.library.module):
                return function  # of a template in its table
            if function.attr not in self.library.methods:
                raise Unmapped(f"the method {function.attr}")
            return ast.Attribute(self.visit(function.value), self.library.methods[function.attr])
        called: ast.expr = self.visit(function)
        return called

    def _function(self, name: str, given: list[ast.expr], keywords: list[ast.keyword]) -> ast.AST:
        library = self.library
        if name not in _KNOWN and name not in library.functions and not library.whole:
            raise Unmapped(f"np.{name}")
        if given and all(map(is_number, given)) and not keywords and not library.whole:
            value = getattr(np, name)(*(ast.literal_eval(a) for a in given))
            return ast.parse(repr(value.item()), mode="eval").body  # log 2, say
        if name == "broadcast_to" and is_number(given[0]):
            return library.number(given[0], self.like)
        if name == "where" and len(given) == 3 and all(map(is_number, given[1:])):
            text = library.scalar.format(like=self.like, number=ast.unparse(given[1]))
            given[1] = ast.parse(text, mode="eval").body
        numbers = [is_number(a) for a in given]
        template = library.functions.get(name, f"{library.alias}.{name}")
        if name in _OF_TWO and any(numbers):
            if name in library.beside_number and numbers.count(True) == 1:
                given.sort(key=is_number)
                template = library.beside_number[name]
            elif not library.converts:
                given = [library.number(a, self.like) if is_number(a) else a for a in given]
        if name == "clip" and not library.converts and len({is_number(a) for a in given[1:] if not _is_none(a)}) == 2:
            given = [library.number(a, self.like) if is_number(a) else a for a in given]
        if "{" not in template:
            return ast.Call(ast.parse(template, mode="eval").body, given, keywords)
        fields = parsed(template, len(given), tuple(k.arg or "" for k in keywords)).expression
        values = {placeholder(i): a for i, a in enumerate(given)}
        values |= {placeholder(k.arg or ""): k.value for k in keywords}
        written: ast.AST = filled(fields, values)
        return written

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = _of_numpy(node)
        if name is None:
            return self.generic_visit(node)
        if name in _DTYPES and name.startswith("float"):
            return ast.Attribute(ast.Name(self.like), "dtype")
        if name in _NUMBERS or name in _DTYPES:
            return ast.Attribute(ast.Name(self.library.alias), name)
        if not self.library.whole:
            raise Unmapped(f"np.{name}")
        return node

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        managers = [i.context_expr for i in node.items]
        if all(isinstance(m, ast.Call) and _of_numpy(m.func) == "errstate" for m in managers):
            return [self.visit(statement) for statement in node.body]  # nobody else warns
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        raise Unmapped(f"what comes from {node.module}")

    def visit_Import(self, node: ast.Import) -> ast.AST:
        raise Unmapped(f"the module {node.names[0].name}")


def _of_numpy(node: ast.expr) -> str | None:
    """Return the name of what belongs to NumPy: ``linalg.norm`` of ``np.linalg.norm``."""
    text = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
    return text.removeprefix("np.") if text.startswith("np.") and text.replace(".", "").isidentifier() else None


def is_number(node: ast.expr) -> bool:
    """Whether an expression is a plain number."""
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    if isinstance(node, ast.Attribute):
        return node.attr in _NUMBERS
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


_SPREADING = {"broadcast_to": "{0}"}  # it is done by whatever follows

NUMPY = Library(
    "NumPy", "numpy", ("import numpy as np",), "np", "{like}.dtype.type({number})", functions=_SPREADING, whole=True
)

_NAMES_OF_SPECIAL = "erf erfc erfinv ndtr ndtri log_ndtr digamma xlogy xlog1py i0 i0e i1 i1e"
_SPECIAL = _NAMES_OF_SPECIAL.split()

TORCH = Library(
    "PyTorch", "torch", ("import torch",), "torch", "{like}.new_tensor({number})",
    operations={
        **{name: f"torch.special.{name}({{inputs}})" for name in _SPECIAL if name != "erfcinv"},
        "gammaln": "torch.special.gammaln({0})",
        "gammainc": "torch.special.gammainc({0}, {1})",
        "gammaincc": "torch.special.gammaincc({0}, {1})",
        "logit": "torch.special.logit({0})",
        "entr": "torch.special.entr({0})",
        "sigmoid": "torch.sigmoid({0})",
        "logistic": "torch.sigmoid({0})",
        "relu": "torch.relu({0})",
        "softmax": "torch.softmax({0}, dim={axis!r})",
        "log_softmax": "torch.log_softmax({0}, dim={axis!r})",
        "logsumexp": "torch.logsumexp({0}, dim={axis!r}, keepdim={keepdims!r})",
    },
    functions=_SPREADING | {
        "cbrt": "torch.sign({0}) * torch.abs({0}) ** (1 / 3)",
        "clip": "torch.clamp",
        "fabs": "torch.abs",
        "max": "torch.amax",
        "min": "torch.amin",
        "rint": "torch.round",
        "sort": "torch.sort({0}, dim={dim}, stable={stable}).values",
    },
    beside_number={"maximum": "torch.clamp({0}, min={1})", "minimum": "torch.clamp({0}, max={1})"},
    keywords={"axis": "dim", "keepdims": "keepdim"},
    methods={"astype": "to", "reshape": "reshape"},
    converts=False,
)  # fmt: skip

JAX = Library(
    "JAX", "jax", ("import jax", "import jax.numpy as jnp"), "jnp", "jnp.asarray({number}, {like}.dtype)",
    operations={
        **{name: f"jax.scipy.special.{name}({{inputs}})" for name in _SPECIAL},
        "gammaln": "jax.scipy.special.gammaln({0})",
        "gammainc": "jax.scipy.special.gammainc({0}, {1})",
        "gammaincc": "jax.scipy.special.gammaincc({0}, {1})",
        "logit": "jax.scipy.special.logit({0})",
        "entr": "jax.scipy.special.entr({0})",
        "sigmoid": "jax.nn.sigmoid({0})",
        "logistic": "jax.nn.sigmoid({0})",
        "softplus": "jax.nn.softplus({0})",
        "softmax": "jax.nn.softmax({0}, axis={axis!r})",
        "log_softmax": "jax.nn.log_softmax({0}, axis={axis!r})",
        "logsumexp": "jax.scipy.special.logsumexp({0}, axis={axis!r}, keepdims={keepdims!r})",
    },
    functions=_SPREADING,
    methods={"astype": "astype", "reshape": "reshape"},
)  # fmt: skip

LIBRARIES: Mapping[str, Library] = {library.module: library for library in (NUMPY, TORCH, JAX)}
