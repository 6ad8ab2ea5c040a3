"""What the source says: the smallest part in which two texts differ, what is around it, what is called and read."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from microgradnet.check.aside import last_name, root_of
from microgradnet.check.mend.rewrite import factors_in, is_one_less, squared
from microgradnet.check.observe import READ

__all__ = [
    "COMPARISONS", "JOINED", "JOINS", "KEPT", "MODULES", "PRODUCTS", "REDUCTIONS", "SELECTIONS", "TURNS",
    "Narrowed", "are_in_another_order", "are_reads", "called", "counts_from_the_end", "holds", "holds_read",
    "is_added_up", "is_below", "is_exponent", "is_given", "is_in_a_product", "is_led_through", "is_reshaped",
    "narrowed", "one_minus", "operands", "plain", "reads", "reductions", "root", "substituted", "turns_round",
    "untransposed", "ways", "without_calls", "without_sign",
]  # fmt: skip

REDUCTIONS = frozenset({"sum", "mean", "max", "min", "prod", "cumsum", "average", "norm", "argmax", "softmax"})
PRODUCTS = frozenset({"dot", "matmul", "einsum", "outer", "tensordot"})
SELECTIONS = frozenset({"argmax", "argmin", "argsort"})
"""Functions of NumPy's that say which element, and so what is left out."""

COMPARISONS = frozenset({"isclose", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "isin"})
KEPT = ast.dump(ast.keyword("keepdims", ast.Constant(True)))
"""What is said of a sum that keeps its axes."""

MODULES = frozenset({"np", "numpy", "mg", "linalg"})
JOINS = frozenset({"c_", "r_"})
JOINED = frozenset({"concatenate", "stack", "vstack", "hstack", "dstack", "block"})
TURNS = frozenset({"transpose", "swapaxes", "moveaxis", "reshape"})


@dataclass(frozen=True)
class Narrowed:
    """The smallest part that is another: what stands there, what belongs there, and what is around, innermost last."""

    old: Any
    new: Any
    around: list[tuple[ast.AST, str]]

    @property
    def index(self) -> Any:
        """The nearest expression around that it is an index of; what ``np.c_[a, b]`` joins is no index."""
        entries = (n for n, name in reversed(self.around) if isinstance(n, ast.Subscript) and name == "slice")
        return next((n for n in entries if last_name(n.value) not in JOINS), None)


def ways(outer: ast.AST, node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Find the way from a statement down to a part of it."""
    for name, value in ast.iter_fields(outer):
        for child in value if isinstance(value, list) else [value]:
            if child is node:
                yield outer, name
                return
            if isinstance(child, ast.AST) and (below := list(ways(child, node))):
                yield outer, name
                yield from below
                return


def narrowed(old: Any, new: Any, around: list[tuple[ast.AST, str]]) -> Narrowed:
    """Go down to the smallest part in which two expressions differ."""
    if called(old) == "copy" and called(new) != "copy" and isinstance(old.func, ast.Attribute):
        around = [*around, (old, "copied")]
        old = old.func.value  # whether it is a copy is another matter
    while type(old) is type(new) and not _is_size(old) and not _is_an_entry(old):
        bases = squared(old), squared(new)
        if None not in bases and _dump(bases[0]) != _dump(bases[1]):  # x x for y² isn't two of them
            around = [*around, (old, "left")]
            old, new = bases
            continue
        differing = []
        for name, value in ast.iter_fields(old):
            other = getattr(new, name)
            listed = isinstance(value, list) and len(value) == len(other)
            pairs = zip(value, other, strict=True) if listed else [(value, other)]
            differing += [(name, a, b) for a, b in pairs if _dump(a) != _dump(b)]
        if len(differing) != 1 or not isinstance(differing[0][1], ast.expr | ast.Slice | ast.keyword):
            break
        name, a, b = differing[0]
        if not isinstance(b, ast.expr | ast.Slice | ast.keyword):
            break
        around = [*around, (old, name)]
        old, new = a, b
    return Narrowed(old, new, around)


def _is_size(node: Any) -> bool:
    """Whether an expression is a number of rows or the like: what it is that of says nothing."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return (isinstance(node, ast.Call) and last_name(node.func) == "len") or getattr(node, "attr", "") == "size"


def _is_an_entry(node: Any) -> bool:
    """Whether an expression is an entry of a dictionary: its key is its name."""
    return isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, "value", None), str)


def _dump(node: Any) -> str:
    if isinstance(node, list):
        return repr([*map(_dump, node)])
    return ast.dump(node) if isinstance(node, ast.AST) else repr(node)


def are_reads(*nodes: ast.AST) -> bool:
    """Whether nodes are variables, or attributes or entries of some."""
    return all(isinstance(n, READ) for n in nodes)


def called(node: Any) -> str:
    """Return the name of the function that an expression is a call of."""
    return last_name(node.func) if isinstance(node, ast.Call) else "T" if last_name(node) == "T" else ""


def reductions(tree: ast.AST) -> Iterator[tuple[ast.AST, str, tuple[str, ...]]]:
    """Find what is reduced in an expression, by which function, and how: along which axes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := called(node)) in ("sum", "mean", "max", "min", "norm"):
            func: Any = node.func
            method = isinstance(func, ast.Attribute) and last_name(func.value) not in MODULES
            if method or node.args:
                how = sorted(map(_dump, [*node.args[0 if method else 1 :], *node.keywords]))
                yield (func.value if method else node.args[0]), name, tuple(how)


def root(node: Any) -> str:
    """Return the variable that something is read from."""
    return root_of(node) or ""


def holds(node: ast.AST, part: ast.AST) -> bool:
    """Whether an expression has another one in it."""
    return any(ast.dump(n) == ast.dump(part) for n in ast.walk(node))


def holds_read(node: ast.AST, target: ast.AST) -> bool:
    """Whether an expression reads a target."""
    return ast.unparse(target) in reads(node)


def one_minus(node: Any) -> ast.AST:
    """Write one less an expression."""
    return ast.BinOp(ast.Constant(1), ast.Sub(), node)


def without_calls(node: Any, function: str) -> Any:
    """Copy an expression, with what a function of one argument is given in place of its value."""
    return _Uncalled(function).visit(copy.deepcopy(node))


class _Uncalled(ast.NodeTransformer):
    def __init__(self, function: str) -> None:
        self.function = function

    def visit_Call(self, node: ast.Call) -> ast.AST:
        inner = self.generic_visit(node)
        return node.args[0] if called(node) == self.function and len(node.args) == 1 else inner


def without_power(node: Any) -> Any:
    """Return what is squared, or raised to another power; anything else as it is."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left
    return node.args[0] if called(node) in ("square", "power") and node.args else node


def is_reshaped(new: Any, old: ast.AST) -> bool:
    """Whether an expression only gives another shape to one, as y[:, None] and y.ravel() do."""
    if isinstance(new, ast.Subscript) and ast.dump(new.value) == ast.dump(old):
        return "None" in ast.unparse(new.slice) or "newaxis" in ast.unparse(new.slice)
    func = new.func if isinstance(new, ast.Call) else None
    shapes = ("ravel", "reshape", "flatten", "squeeze")
    return isinstance(func, ast.Attribute) and func.attr in shapes and ast.dump(func.value) == ast.dump(old)


def are_in_another_order(old: Any, new: Any, kind: type[ast.Tuple | ast.List]) -> bool:
    """Whether two tuples or lists have the same elements."""
    if not (isinstance(old, kind) and isinstance(new, kind)):
        return False
    return sorted(map(ast.dump, old.elts)) == sorted(map(ast.dump, new.elts))


def operands(node: Any) -> list[ast.AST] | None:
    """Return the two factors of a product, however it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Mult):
        return [node.left, node.right]
    if isinstance(node, ast.Call) and called(node) in PRODUCTS:
        func: Any = node.func
        if len(node.args) == 2:
            return list(node.args)
        if len(node.args) == 1 and isinstance(func, ast.Attribute):
            return [func.value, node.args[0]]
    return None


class _Untransposed(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return node.value if node.attr == "T" else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        func: Any = node.func
        if called(node) not in TURNS - {"reshape"}:
            return node
        return node.args[0] if getattr(func.value, "id", "") in MODULES else func.value


def untransposed(node: ast.AST) -> Any:
    """Write an expression without any transposition."""
    whole = isinstance(node, ast.expr) and not isinstance(node, ast.Slice)
    return _Untransposed().visit(plain(node)) if whole else node


def turns_round(node: ast.AST) -> int:
    """Count how often an expression reverses something."""
    text = ast.unparse(node)
    return sum(text.count(word) for word in ("::-1", "flip(", "fliplr(", "flipud(", "reversed("))


def counts_from_the_end(old: Any, new: Any) -> bool:
    """Whether one of two indices counts from the other end: k − 1 − j for j."""
    if isinstance(new, ast.Name) and isinstance(old, ast.BinOp):
        return isinstance(old.op, ast.Sub) and isinstance(old.right, ast.Name)
    return False


def without_sign(node: Any) -> Any:
    """Return what stands behind a minus; None if there is none."""
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else None


def plain(node: ast.AST) -> ast.AST:
    """Copy an expression, without where it stands."""
    return ast.parse(ast.unparse(node), mode="eval").body


def takes_from_one(node: ast.AST) -> bool:
    """Whether a comparison is multiplied by 1 − p, as (i == j)(1 − p) is, which is 0 beside the diagonal."""
    products = (factors_in(n) for n in ast.walk(node) if isinstance(n, ast.expr))
    return any(any(isinstance(f, ast.Compare) for f in some) and any(map(is_one_less, some)) for some in products)


class _Substitution(ast.NodeTransformer):
    def __init__(self, known: dict[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.known.get(node.id, node)


def substituted(node: ast.AST, known: dict[str, ast.expr]) -> ast.expr:
    """Write an expression with others in the place of variables."""
    return _Substitution(known).visit(plain(node))  # type: ignore[no-any-return]


def reads(node: ast.AST) -> Iterator[str]:
    """Write what an expression reads: variables, and attributes and elements as a whole."""
    if are_reads(node):
        yield ast.unparse(node)
        return
    func: Any = getattr(node, "func", None)
    function = last_name(getattr(func, "value", None)) in MODULES
    for child in ast.iter_child_nodes(node):
        if child is not func or not function:
            yield from reads(child)


def is_given(change: Narrowed) -> bool:
    """Whether something is given to a function of the user's, among other arguments."""
    call, field = change.around[-1] if change.around else (None, "")
    return field == "args" and isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) > 1


def is_led_through(new: Any, old: ast.AST) -> bool:
    """Whether a formula is p (g − Σ) of a g that stood alone: the whole Jacobian is new."""
    right = getattr(new, "right", None)
    return isinstance(getattr(new, "op", None), ast.Mult) and _dump(getattr(right, "left", None)) == _dump(old)


def is_added_up(change: Narrowed) -> bool:
    """Whether something is added up as it is, as the gradient of a bias is."""
    around = [n for n, _ in change.around if not isinstance(n, ast.Assign | ast.keyword)]
    return bool(around) and all(isinstance(getattr(n, "op", None), ast.Add) or called(n) == "sum" for n in around)


def is_below(around: list[tuple[ast.AST, str]]) -> bool:
    """Whether something stands below a fraction bar, as a factor of what does."""
    for node, field in reversed(around):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div):
            return isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div)
        if isinstance(node.op, ast.Div) and field == "right":
            return True
    return False


def is_exponent(around: list[tuple[ast.AST, str]]) -> bool:
    """Whether something is how often something else is multiplied by itself: in ``r ** 2``, and in ``r **= 2``."""
    signed = [(n, field) for n, field in around if not isinstance(n, ast.UnaryOp)]
    match signed[-1:]:
        case [(ast.BinOp(op=ast.Pow()), "right") | (ast.AugAssign(op=ast.Pow()), "value")]:
            return True
    return False


def is_in_a_product(around: list[tuple[ast.AST, str]]) -> bool:
    """Whether something is a factor of what is nearest around it."""
    return bool(around) and isinstance(getattr(around[-1][0], "op", None), ast.Mult | ast.MatMult)
