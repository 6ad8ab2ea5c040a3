"""Code that was written for x of several shapes, as code for any: lengths are written as shares of that of x."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["for_any_shape"]

_MATRICES = ((11, 24), (13, 36), (17, 48))
"""Of two digits, the halves too: how long an expression is decides where a line begins."""

_OTHERS = ((24,), (12, 11, 24))


def for_any_shape(
    name: str, parts: Callable[[tuple[int, ...]], tuple[str, ...]], static: Mapping[str, Any]
) -> tuple[tuple[str, ...], bool]:
    """Write functions of x so that they hold for any shape of it.

    Parameters
    ----------
    name : str
        Of the activation, for an error.
    parts : callable
        ``parts(shape)`` are definitions for x of that shape.
    static : mapping of str to object
        Its parameters; if it has an axis that isn't the last one, x keeps its axes.

    Returns
    -------
    definitions : tuple of str
    flat : bool
        Whether they hold for matrices only, along whose rows they work: leading axes have to be made one before.

    Raises
    ------
    ValueError
        If the code depends on the shape of x otherwise.
    """
    texts = [parts(shape) for shape in _MATRICES]
    found = tuple(_unified(name, versions) for versions in zip(*texts, strict=True))
    others = []
    for shape in _OTHERS:
        try:
            others.append(parts(shape))
        except (ValueError, IndexError, TypeError):  # there is no such axis
            continue
    plain = all(versions == texts[0] for versions in (texts[1], *others))
    if not plain and static.get("axis", -1) != -1:
        raise ValueError(f"export_activation: {name!r} depends on the shape of x; it is written for axis=-1 alone")
    return found, not plain


def _unified(name: str, versions: Sequence[str]) -> str:
    """Write one text for several that differ in lengths only."""
    first, *rest = map(ast.parse, versions)
    if len(set(versions)) == 1:
        return versions[0]
    walks = [list(ast.walk(tree)) for tree in (first, *rest)]
    lengths = {}
    for nodes in zip(*walks, strict=False):
        if len({type(n) for n in nodes}) > 1:
            raise _depends(name)
        values = [n.value for n in nodes if isinstance(n, ast.Constant)]
        if len(set(map(repr, values))) > 1:
            lengths[nodes[0]] = _share(name, values)
    return ast.unparse(_Lengths(lengths).visit(first))


def _share(name: str, values: Sequence[Any]) -> ast.expr:
    """Write a length as a share of one of x."""
    for axis in (-1, 0):
        shares = {Fraction(v, shape[axis]) for v, shape in zip(values, _MATRICES, strict=True) if isinstance(v, int)}
        if len(shares) == 1 and all(isinstance(v, int) for v in values):
            (share,) = shares
            code = f"x.shape[{axis}]"
            code += f" * {share.numerator}" * (share.numerator != 1)
            code += f" // {share.denominator}" * (share.denominator != 1)
            return ast.parse(code, mode="eval").body
    raise _depends(name)


def _depends(name: str) -> ValueError:
    return ValueError(f"export_activation: what {name!r} computes depends on the shape of x, which isn't written")


class _Lengths(ast.NodeTransformer):
    def __init__(self, lengths: Mapping[ast.AST, ast.expr]) -> None:
        self.lengths = lengths

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self.lengths.get(node, node)
