"""Other text for an expression, which is believed only once it was run."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

VALUE = "_value_"
"""What stands in a rewrite for the value as it was computed."""

NEAREST = 0.1
"""What is nearer than this is one sign, name or number for another."""

SIMPLE = 0.15
"""What is nearer than this is a name, a sign or a number that was left out."""

INVOLVED = 0.45
"""What is as far as this is more than one name that was left out."""

UNLIKELY = 0.75
"""What is as far as this from what stands there is only believed if nothing nearer is found."""

LOOSE = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr)


@dataclass(frozen=True)
class Rewrite:
    """Other text for an expression.

    Attributes
    ----------
    kind : str
        The mistake that the text as it stands would be.
    source : str
        What should stand there.
    run : str
        The same, with the value as computed by the name `VALUE`: nothing runs twice.
    far : float
        How far it is from what stands there, below 1.
    misread : Rewrite or None
        Another variable alone, where a factor goes with it, which may belong to another statement.
    """

    kind: str
    source: str
    run: str
    far: float = 0.0
    misread: Rewrite | None = None


def closed(node: ast.AST, text: str) -> str:
    """Return a text in parentheses if the expression binds loosely."""
    return f"({text})" if isinstance(node, LOOSE) else text


def call(function: str, args: Iterable[str]) -> str:
    """Write a call."""
    return f"{function}({', '.join(args)})"


def swapped(texts: Sequence[str], i: int, k: int) -> list[str]:
    """List texts with two of them in each other's place."""
    new = [*texts]
    new[i], new[k] = texts[k], texts[i]
    return new


def with_other(texts: Sequence[str], k: int, text: str) -> list[str]:
    """List texts with another one in the place of one."""
    return [*texts[:k], text, *texts[k + 1 :]]


def along(name: str, of: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[str]:
    """Write an array of one axis so that it is laid along one of several, but the last; or of the first of them."""
    starts = range(len(shape) - 1) if len(of) == 1 else range(min(len(of), 1))
    for k in starts:
        if of == shape[k : k + len(of)] and k + len(of) < len(shape):
            yield f"{name}[{', '.join([':'] * len(of) + ['None'] * (len(shape) - k - len(of)))}]"


def descends(node: Any) -> bool:
    """Whether a statement takes a multiple of something off its own target."""
    value = node.value
    if isinstance(node, ast.AugAssign):
        negative = isinstance(node.op, ast.Add) and ast.unparse(value).startswith("-")
        return (isinstance(node.op, ast.Sub) or negative) and isinstance(value, ast.BinOp)
    own = isinstance(value, ast.BinOp) and ast.unparse(value.left) == ast.unparse(node.targets[0])
    return own and isinstance(value.op, ast.Sub) and isinstance(value.right, ast.BinOp)


def squared(node: Any) -> ast.expr | None:
    """Return what an expression is the square of, x of x² or x x; None if it is none."""
    match node:
        case ast.BinOp(x, ast.Pow(), ast.Constant(2)):
            return x
        case ast.BinOp(x, ast.Mult(), y) if ast.dump(x) == ast.dump(y):
            return x
    return None


def is_one_less(node: Any) -> bool:
    """Whether an expression is one less something, as a slope of a tanh or a sigmoid is."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.unparse(node.left) == "1"


def is_sum(node: ast.AST) -> bool:
    """Whether an expression binds more loosely than a product."""
    loose = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Mult | ast.MatMult | ast.Div)
    return loose or isinstance(node, ast.Compare | ast.IfExp)


def is_read(source: str) -> bool:
    """Whether a text is no more than a name, an attribute or a number."""
    return source.replace(".", "").replace("_", "").isalnum()


def fits(part: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether an array of one shape may multiply one of another, which keeps its shape."""
    if len(part) > len(whole):
        return False
    return all(p in (1, w) for p, w in zip(reversed(part), reversed(whole), strict=False))


def indices_of(node: ast.Subscript) -> list[ast.expr]:
    """List the parts of an index, one for each axis that is named."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def rows_for_columns(node: ast.AST) -> ast.Subscript | None:
    """Exchange the indices of an element whose row has one of its own: ``w[i][j]``, ``units[i].weights[j]``."""
    new: Any = copy.deepcopy(node)
    row = getattr(new, "value", None) if isinstance(new, ast.Subscript) else None
    while isinstance(row, ast.Attribute):
        row = row.value
    if not isinstance(row, ast.Subscript) or isinstance(new.slice, ast.Slice) or isinstance(row.slice, ast.Slice):
        return None
    new.slice, row.slice = row.slice, new.slice
    return cast("ast.Subscript", new)


def whole_axes(node: ast.Subscript) -> list[ast.expr]:
    """List the parts of an index that take all of an axis."""
    return [p for p in indices_of(node) if isinstance(p, ast.Slice) and not (p.lower or p.upper or p.step)]


def names_in(node: ast.AST) -> set[str]:
    """Name the variables that an expression reads."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def read_in(node: ast.AST) -> set[str]:
    """Name the variables and attributes that are read."""
    nodes = (n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute))
    return {ast.unparse(n) for n in nodes if isinstance(n.ctx, ast.Load)}


def factors_in(node: ast.expr) -> list[ast.expr]:
    """List the factors of a product, in the order in which they are written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*factors_in(node.left), *factors_in(node.right)]
    return [node]


def targets_of(node: Any) -> list[ast.expr]:
    """List what a statement gives a value, or adds to; nothing of one that does neither."""
    return getattr(node, "targets", None) or [t for t in [getattr(node, "target", None)] if t is not None]


def given_by(statement: ast.stmt | None) -> set[str]:
    """Name the variables that an assignment gives a value."""
    return set[str]().union(*map(names_in, getattr(statement, "targets", ())))


def assigned(node: ast.Assign) -> Iterable[tuple[ast.expr, ast.expr]]:
    """List what an assignment gives to what."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            if len(target.elts) == len(node.value.elts):
                yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value
