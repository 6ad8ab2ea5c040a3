"""Formulas as sums of products, and what one has that another hasn't."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any

from microgradnet.check.kinds.syntax import operands, reads

__all__ = ["MOST_TERMS", "Term", "compared", "factors_of", "is_of_one_value", "terms_of"]

Term = tuple[float, tuple[str, ...]]
"""A product: its number, and its factors in order, with a slash before those that it is divided by."""


MOST_TERMS = 32


def terms_of(node: Any, whole: bool = False) -> list[Term]:
    """Write a formula as a sum of products: multiplied out, or with the factors that are sums kept whole."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [(-c, f) for c, f in terms_of(node.operand, whole)]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return [(float(node.value), ())]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = 1 if isinstance(node.op, ast.Add) else -1
        return [*terms_of(node.left, whole), *((sign * c, f) for c, f in terms_of(node.right, whole))]
    if (factors := operands(node)) is not None:
        a, b = (factors_of(n, whole) for n in factors)
        if len(a) * len(b) <= MOST_TERMS:
            return [(c * d, tuple(sorted((*f, *g)))) for (c, f), (d, g) in itertools.product(a, b)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        above, below = factors_of(node.left, whole), factors_of(node.right, True)
        if len(below) == 1 and below[0][0]:
            ((d, g),) = below
            turned = tuple(f[1:] if f.startswith("/") else f"/{f}" for f in g)
            return [(c / d, tuple(sorted((*f, *turned)))) for c, f in above]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and getattr(node.right, "value", 0) in (2, 3):
        base = factors_of(node.left, True)
        power = int(getattr(node.right, "value", 1))
        if len(base) == 1:
            ((c, f),) = base
            return [(c**power, tuple(sorted(f * power)))]
    return [(1.0, (ast.unparse(node),))]


def factors_of(node: Any, whole: bool) -> list[Term]:
    """Write a factor as a sum of products; whole, if it is to be kept as it is."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [(-c, f) for c, f in factors_of(node.operand, whole)]
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
    return [(1.0, (ast.unparse(node),))] if whole and is_sum else terms_of(node, whole)


def _without_opposites(terms: list[Term]) -> list[Term]:
    """Leave out terms that take one another off."""
    left: list[Term] = []
    for c, factors in terms:
        if (-c, factors) in left:
            left.remove((-c, factors))
        else:
            left.append((c, factors))
    return left


def compared(old: list[Term], new: list[Term]) -> tuple[str, list[str]] | None:
    """Say what one sum has and the other hasn't: terms, or the same factors in some of them."""
    old, new = _without_opposites(old), _without_opposites(new)
    less, more = Counter(old) - Counter(new), Counter(new) - Counter(old)
    a, b = list(less.elements()), list(more.elements())
    if not a and b and all(term in old for term in b):
        return "scale", []  # once more
    if not a or not b:
        return ("repeated-term", []) if a else ("missing-term", []) if b else None
    if len(a) != len(b):
        return None
    kinds: set[tuple[str, tuple[str, ...]]] = set()
    for (c, f), (d, g) in zip(sorted(a, key=lambda t: t[1]), sorted(b, key=lambda t: t[1]), strict=True):
        extra, gone = Counter(f) - Counter(g), Counter(g) - Counter(f)
        if not extra and not gone:
            kinds.add(("sign" if c == -d else "scale", ()))
        elif c == d and not (extra and gone):
            kinds.add(("repeated-factor" if extra else "missing-factor", tuple((extra or gone).elements())))
        elif c == d and is_of_one_value(extra, gone, (ast.BinOp, ast.Compare, ast.Call)):
            kinds.add(("wrong-activation", ()))
        else:
            return None
    if len(kinds) != 1:
        return None
    ((kind, factors),) = kinds
    return kind, list(factors)


def is_of_one_value(
    old: Iterable[str], new: Iterable[str], made: tuple[type[ast.expr], ...] = (ast.BinOp, ast.Compare)
) -> bool:
    """Whether factors are formulas of one and the same value: a (1 − a) and 1 − a²."""
    parts = [list(old), list(new)]
    if all(f.startswith("/") for part in parts for f in part):
        return False  # powers of what is divided by
    try:
        trees = [[ast.parse(f.lstrip("/"), mode="eval") for f in part] for part in parts]
    except SyntaxError:  # of a call: what is given by a name
        return False
    names = [{name for tree in some for name in reads(tree)} for some in trees]
    formulas = all(any(isinstance(n, made) for tree in some for n in ast.walk(tree)) for some in trees)
    return formulas and names[0] == names[1] and len(names[0]) == 1
