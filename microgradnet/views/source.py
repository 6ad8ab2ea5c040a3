"""A graph as NumPy source: straight-line code, an expression nested into the next where that stays readable.

Code is composed as a syntax tree and never as text, so parentheses stand where they are needed and nothing that
a user named can become code.
"""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import keyword
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from microgradnet.graph import Entry, Graph, needed
from microgradnet.ops.indexing import _Place
from microgradnet.record import Recorded, traced
from microgradnet.template import Template, parsed, placeholder
from microgradnet.text import shape_text

__all__ = ["Program", "filled", "identifier"]

_MOST_ELEMENTS = 32
"""An array in an argument, such as an index, up to this size is written out; a larger one becomes a parameter."""

_RESERVED = frozenset({"np", *keyword.kwlist, *dir(builtins)})
_OPTIONAL = frozenset({"axis", "dtype", "keepdims", "ord", "optimize", "upper"})
"""Keywords of NumPy's whose default is None or False, so that these need not be written."""


# --- names ----------------------------------------------------------------------------------------------


def identifier(text: str, taken: Collection[str] = ()) -> str:
    """Make a Python identifier of any text.

    Parameters
    ----------
    text : str
        A name as a user gave it.
    taken : collection of str
        Identifiers that it must differ from.

    Returns
    -------
    str
        No keyword and no name of Python's own, nor ``np``. As the compiler reads it: in the form NFKC.

    Examples
    --------
    >>> [identifier(t) for t in ("W 1", "lambda", "x; import os", "δ₂", "np", "")]
    ['W_1', 'lambda_', 'x_import_os', 'δ2', 'np_', 'x']
    """
    name = unicodedata.normalize("NFKC", text[:60])
    name = re.sub(r"_*\W+_*", "_", "".join(c if ("a" + c).isidentifier() else " " for c in name)).strip("_")
    name = name or "x"
    if not name.isidentifier():
        name = "_" + name
    if name in _RESERVED:
        name += "_"
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    return unique


# --- templates --------------------------------------------------------------------------------------------


def _literal(value: Any, what: str) -> str:
    """Write a value as code that makes it."""
    if value is None or value is Ellipsis or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float | np.number | np.bool_):
        return ast.unparse(_number(value, plain=isinstance(value, float)))
    if isinstance(value, tuple | list):
        inner = ", ".join([_literal(v, what) for v in value])
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, slice):
        return f"slice({_literal(value.start, what)}, {_literal(value.stop, what)}, {_literal(value.step, what)})"
    if isinstance(value, _Place):
        return placeholder(value.number)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iufb":
        if not value.size and value.ndim > 1:  # lists of lists tell only the first lengths
            return f"np.zeros({value.shape}, {_literal(value.dtype, what)})"
        return f"np.array({_literal(value.tolist(), what)}, {_literal(value.dtype, what)})"
    if isinstance(value, np.dtype | type):
        dtype = np.dtype(value)
        if dtype.isnative and dtype.kind in "iufb":
            return f"np.{dtype.name}"
        return f"np.dtype({dtype.str!r})"
    raise TypeError(f"source: {what} is a {type(value).__name__}, which can't be written as code")


def _number(value: Any, *, plain: bool) -> ast.expr:
    """Write a number: plain as Python's own, otherwise in its dtype."""
    if isinstance(value, np.ndarray):  # without axes
        value = value[()]
    if isinstance(value, np.generic) and not plain:
        kind = ast.Attribute(ast.Name("np"), value.dtype.name)
        return ast.Call(kind, [_number(value.item(), plain=True)], [])
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and value != value:
        return ast.Attribute(ast.Name("np"), "nan")
    if isinstance(value, int | float) and not isinstance(value, bool) and (value < 0 or str(value)[0] == "-"):
        return ast.UnaryOp(ast.USub(), _number(-value, plain=True))
    if value == float("inf"):
        return ast.Attribute(ast.Name("np"), "inf")
    return ast.Constant(value)


def _call(entry: Entry, inputs: list[Entry], large: Mapping[str, str], spelled: Mapping[str, str]) -> Template:
    """Find how an entry is written; `large` has the parameters that stand for large arrays in its arguments."""
    operation = entry.operation
    assert operation is not None
    if operation.name in spelled and operation.module.startswith("microgradnet."):
        template: Template | None = parsed(spelled[operation.name], len(inputs), tuple(operation.defaults))
    else:
        template = operation.template(len(inputs), entry.static)
    if template is None:
        if (function := _function(entry, inputs)) is not None:
            return function
        template = parsed(f"{operation.name}({{inputs}})", len(inputs))
    code = {
        k: large.get(k) or _literal(v, f"{operation.name}'s argument {k!r}")
        for k, v in {**operation.defaults, **entry.static}.items()
    }
    return _with_statics(template, tuple(code.items()))


def _function(entry: Entry, inputs: list[Entry]) -> Template | None:
    """Write an operation that is made of others, as an activation is, as a function of theirs, by tracing it.

    None if it isn't, or depends on values.
    """
    operation = entry.operation
    assert operation is not None
    given = [
        node.value if node.is_number else traced(np.full(node.shape or (), 0.5, node.dtype)[()], name=name)
        for node, name in zip(inputs, operation.signature.parameters, strict=False)
    ]
    leaves = [i for i, x in enumerate(given) if isinstance(x, Recorded)]
    try:
        with np.errstate(all="ignore"):
            graph = Graph.of(operation.forward(np, *given, **entry.static))
    except (TypeError, ValueError):
        return None
    inside = Program(graph, graph.outputs, (), lambda _: {}, longest=80)
    if inside.untold or len(inside.parameters) != len(leaves):
        return None
    (output,) = graph.outputs
    lines = [f"    {inside.names[i]} = {inside.code(i)}" for i in inside.lines if i != output]
    lines.append(f"    return {inside.code(output)}")
    special = [f"{k} {v}" for k, v in entry.static.items() if v != operation.defaults.get(k)]
    if entry.shape != inputs[0].shape:
        special.append(shape_text(inputs[0].shape))
    name = identifier(" ".join([operation.name, *special]))
    helper = "\n".join([f"def {name}({', '.join(inside.parameters)}):", *lines])
    call = f"{name}({', '.join(f'{{{i}}}' for i in leaves)})"
    return parsed("\n".join([*inside.helpers.values(), helper, call]), len(given))


@functools.lru_cache(1024)
def _with_statics(template: Template, code: tuple[tuple[str, str], ...]) -> Template:
    """Fill in the static arguments, given as code."""
    values = {placeholder(name): ast.parse(text, mode="eval").body for name, text in code}
    return Template(template.helper, _Tidy().visit(filled(template.expression, values)))


class _Tidy(ast.NodeTransformer):
    """Leave out what need not be written: defaults, the tuple of one axis, and the word slice between brackets."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if ast.unparse(node.func).startswith("np."):
            node.keywords = [k for k in node.keywords if k.arg not in _OPTIONAL or not _is_default(k.value)]
            for k in node.keywords:
                if k.arg == "axis" and isinstance(k.value, ast.Tuple) and len(k.value.elts) == 1:
                    (k.value,) = k.value.elts
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.slice, ast.Tuple) and node.slice.elts:
            node.slice.elts = [_between_brackets(e) for e in node.slice.elts]
        else:
            node.slice = _between_brackets(node.slice)
        return node


def _is_default(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (value.value is None or value.value is False)


def _between_brackets(index: ast.expr) -> ast.expr:
    if not (isinstance(index, ast.Call) and isinstance(index.func, ast.Name) and index.func.id == "slice"):
        return index
    return ast.Slice(*[None if isinstance(a, ast.Constant) and a.value is None else a for a in index.args])


def filled(node: Any, values: Mapping[str, ast.expr]) -> Any:
    """Copy an expression with others in place of some names."""
    if isinstance(node, ast.Name):
        return values.get(node.id, node)
    if isinstance(node, list):
        return [filled(n, values) for n in node]
    if isinstance(node, ast.AST):
        return type(node)(**{k: filled(v, values) for k, v in ast.iter_fields(node)})
    return node


# --- the program -----------------------------------------------------------------------------------------


class Program:
    """A graph written as lines of code.

    Parameters
    ----------
    graph : Graph
    outputs : iterable of int
        Positions of what is wanted; only what they need is written.
    own_lines : collection of int
        Positions of what gets a line of its own in any case.
    titles : callable
        ``titles(positions of lines)`` returns names for some of them, and for parameters, by position: any text.
    longest : int
        How many characters an expression has, about, that is nested into the line that uses it.
    spelled : mapping of str to str, optional
        Templates in place of those in the declarations of this package's own operations, by their names; each begins
        with the name of a library.

    Attributes
    ----------
    parameters : dict of str to array
        Every parameter with the value that was recorded: the inputs, then arrays among the constants, then
        large arrays among the arguments of operations.
    lines : list of int
        Positions of what is assigned to a variable, in order.
    names : dict of int to str
        The identifiers of parameters and lines, by position.
    helpers : dict of str to str
        Definitions of functions that the lines call, by name.
    untold : list of str
        Operations whose declaration doesn't say how they are written with NumPy alone.
    """

    def __init__(
        self,
        graph: Graph,
        outputs: Iterable[int],
        own_lines: Collection[int],
        titles: Callable[[list[int]], Mapping[int, str]],
        *,
        longest: int = 36,
        spelled: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.graph = graph
        self.spelled = spelled
        self.parameters: dict[str, Any] = {}
        self.names: dict[int, str] = {}
        self.helpers: dict[str, str] = {}
        self.untold: list[str] = []
        self._taken: set[str] = set()
        self._calls: dict[int, Template] = {}
        # The parameters are those of the whole graph, whichever of its outputs are wanted.
        data = [n for n in graph if (n.operation is None and not n.is_number) or n.kind in ("parameter", "input")]
        large = self._take_calls()
        operations = [graph[i] for i in needed(graph.nodes, outputs) if graph[i].operation is not None]
        libraries = {template.partition(".")[0] for template in spelled.values()}
        self._take_helpers(operations, _RESERVED.union(large.values(), libraries))
        self.lines = self._choose_lines(operations, own_lines, longest)
        texts = titles(self.lines)
        for node in sorted(data, key=lambda n: n.kind == "constant"):
            self.names[node.id] = name = self._name(texts.get(node.id) or node.name or "c")
            self.parameters[name] = node.value
        for key, name in large.items():
            self.parameters[name] = graph[key[0]].static[key[1]]
        unnamed = itertools.count(1)
        for i in self.lines:
            self.names[i] = self._name(texts.get(i) or f"v{next(unnamed)}")
        self._compose(operations)

    def _take_calls(self) -> dict[tuple[int, str], str]:
        """Find how each operation is written; name the parameters that its large arguments become."""
        named: dict[tuple[int, str], str] = {}
        for entry in self.graph:
            if entry.operation is not None:
                large = {k: self._name(k) for k, v in entry.static.items() if _elements(v) > _MOST_ELEMENTS}
                named.update({(entry.id, k): name for k, name in large.items()})
                inputs = [self.graph[i] for i in entry.inputs]
                self._calls[entry.id] = call = _call(entry, inputs, large, self.spelled)
                self._taken.update(_defined(call.helper))
        return named

    def _take_helpers(self, operations: Iterable[Entry], known: frozenset[str]) -> None:
        """Collect what the lines call, and the operations that are written with names that nobody knows."""
        for entry in operations:
            call = self._calls[entry.id]
            defined = _defined(call.helper)
            unknown = {n for n in call.names if n not in known and n not in defined}
            if entry.operation is not None and unknown.difference(map(placeholder, range(len(entry.inputs)))):
                self.untold.append(entry.operation.name)
            for name, text in defined.items():
                if self.helpers.setdefault(name, text) != text:
                    raise ValueError(f"source: two operations define a function {name!r} in their templates")

    def _choose_lines(self, operations: list[Entry], own_lines: Collection[int], longest: int) -> list[int]:
        """Decide what is a line: what is wanted as one, is used more than once, or gets long."""
        uses = [0] * len(self.graph)
        for entry in operations:
            for k, i in enumerate(entry.inputs):
                uses[i] += self._calls[entry.id].names.count(placeholder(k))
        lines = []
        length = [8] * len(self.graph)
        for entry in operations:
            call = self._calls[entry.id]
            inputs = [(i, placeholder(k)) for k, i in enumerate(entry.inputs)]
            total = len(call.code) + sum((length[i] - len(name)) * call.names.count(name) for i, name in inputs)
            if entry.id in own_lines or uses[entry.id] > 1 or total > longest:
                lines.append(entry.id)
            else:
                length[entry.id] = total
        return lines

    def _name(self, text: str) -> str:
        name = identifier(text, self._taken)
        self._taken.add(name)
        return name

    def _compose(self, operations: list[Entry]) -> None:
        self._written: dict[int, ast.expr] = {}
        for entry in operations:
            inputs = {placeholder(k): self._reference(i, entry) for k, i in enumerate(entry.inputs)}
            self._written[entry.id] = filled(self._calls[entry.id].expression, inputs)

    def _reference(self, i: int, user: Entry | None = None) -> ast.expr:
        """Write an entry as an operand: its name, its number, or the expression itself."""
        if i in self.names:
            return ast.Name(self.names[i])
        node = self.graph[i]
        if node.operation is not None:
            return self._written[i]
        others = [] if user is None else [self.graph[k].dtype for k in user.inputs if k != i]
        return _number(node.value, plain=node.dtype == np.float64 and all(d in (None, node.dtype) for d in others))

    def reference(self, i: int) -> str:
        """Write an entry as it stands in other lines."""
        return ast.unparse(self._reference(i))

    def code(self, i: int) -> str:
        """Write what computes an entry."""
        return ast.unparse(self.tree(i))

    def tree(self, i: int) -> ast.expr:
        """Return what computes an entry as a syntax tree, which is not to be changed."""
        return self._written[i] if i in self._written else self._reference(i)


@functools.lru_cache(256)
def _defined(helper: str) -> dict[str, str]:
    """Take the functions apart that come before a template's expression."""
    functions = filter(None, re.split(r"\n+(?=def )", helper))
    return {text.partition("(")[0].removeprefix("def ").strip(): text for text in functions}


def _elements(value: Any) -> int:
    """Count the elements of the arrays in an argument."""
    if isinstance(value, tuple):
        return sum(map(_elements, value))
    return value.size if isinstance(value, np.ndarray) else 0
