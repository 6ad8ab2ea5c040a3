"""Other expressions, written and computed of what the user's variables held where the source was observed.

Nothing runs twice but what only computes.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from microgradnet.check.harmless import BUILTIN, is_of_numpy
from microgradnet.check.observe import Observation, Place, Source

__all__ = ["TIMES", "Variables", "exchanged", "matrix_products", "parsed", "slopes", "times", "with_names"]

Array = np.ndarray[Any, np.dtype[Any]]

NUMBERS = (np.ndarray, np.number, int, float)

TIMES = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
"""The factors with which something may come in."""

_SEEN = "__seen_{}"
"""What a call is named that was observed and isn't made again."""


class Variables:
    """The variables at a place when it was first reached, at every draw; or for the second time."""

    def __init__(self, program: Source, observed: Sequence[Observation], place: Place, turn: int = 0) -> None:
        self.names = [(o.again if turn else o.names).get(place.index) or {} for o in observed]
        self._program, self._observed, self._place, self._turn = program, observed, place, turn

    def computed(self, node: ast.AST) -> list[Any] | None:
        """Return what an expression is at every draw; None where that can't be told, or isn't numbers.

        Functions of the user's that only compute are called; of others, what they returned there is known.
        """
        for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
            if not self._may_be_called(call) and (seen := self._called.get(ast.unparse(call))) is not None:
                return self.computed(exchanged(node, call, ast.Name(seen, ast.Load())))
        if not self.can_compute(node, own=True):
            return None
        code = compile(ast.unparse(node), "<variables>", "eval")
        try:
            with np.errstate(all="ignore"):
                found = [eval(code, self._program.scope, names) for names in self.names]  # their own names
        except Exception:  # what the user's values may raise
            return None
        return found if all(isinstance(v, NUMBERS) for v in found) else None

    @cached_property
    def _called(self) -> dict[str, str]:
        """Name what calls in the statement returned, by how they are written."""
        found: dict[str, str] = {}
        for place in self._program.places:
            if place.statement is self._place.statement and isinstance(place.node, ast.Call):
                seen = [o.seen[place.index].values[self._turn :][:1] for o in self._observed if place.index in o.seen]
                if len(seen) == len(self.names) and all(v and isinstance(v[0], NUMBERS) for v in seen):
                    found[ast.unparse(place.node)] = name = _SEEN.format(len(found))
                    self.names = [{**names, name: v[0]} for names, v in zip(self.names, seen, strict=True)]
        return found

    def can_compute(self, node: ast.AST, *, own: bool = False) -> bool:
        """Whether a text is an expression that can be evaluated again without harm; with the user's own functions."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        alone = isinstance(node, ast.expr) and not any(isinstance(p, ast.Starred | ast.Slice) for p in parts)
        return alone and all(self._may_be_called(n, own=own) for n in ast.walk(node))

    def _may_be_called(self, node: ast.AST, *, own: bool = True) -> bool:
        """Whether an expression can be evaluated again without harm: it calls nothing but NumPy, or what is like it."""
        if not isinstance(node, ast.Call):
            return not isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.Lambda | ast.Starred)
        if isinstance(node.func, ast.Name):
            return node.func.id in BUILTIN or (own and node.func.id in self._program.harmless)
        return is_of_numpy(node.func, self._program.scope)


# --- texts --------------------------------------------------------------------------------------------------------


def parsed(text: str) -> Any:
    """Read an expression; None of what is none by itself, such as a statement, or the slices of an index."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def exchanged(node: Any, at: ast.AST, new: ast.expr) -> Any:
    """Copy an expression, with another one in place of a part."""
    if node is at:
        return new
    if isinstance(node, list):
        return [exchanged(n, at, new) for n in node]
    if not isinstance(node, ast.AST):
        return node
    return type(node)(**{name: exchanged(value, at, new) for name, value in ast.iter_fields(node)})


def with_names(node: Any, given: Mapping[str, ast.expr]) -> Any:
    """Copy an expression, with other expressions in place of some names."""
    if isinstance(node, ast.Name) and node.id in given:
        return given[node.id]
    if isinstance(node, list):
        return [with_names(n, given) for n in node]
    if not isinstance(node, ast.AST):
        return node
    return type(node)(**{name: with_names(value, given) for name, value in ast.iter_fields(node)})


def times(factor: float, text: str, named: Mapping[float, str] = MappingProxyType({})) -> str:
    """Write a factor before a text, by its name if it has one."""
    size, sign = abs(factor), "-" if factor < 0 else ""
    number = {1.0: "", 2.0: "2 * ", **{n: f"{name} * " for n, name in named.items()}}.get(size, f"{size!r} * ")
    return sign + number + text


def slopes(x: str, row: Array) -> Iterator[tuple[str, Array]]:
    """Write the slopes that are made of a value, and what they are of its numbers."""
    yield f"(1 - {x})", 1 - row
    yield f"{x} * (1 - {x})", row * (1 - row)
    yield f"(1 - {x} ** 2)", 1 - row**2
    yield f"{x} ** 2", row**2
    if (row > 0).any() and (row <= 0).any():
        yield f"({x} > 0)", (row > 0) * 1.0


def matrix_products(arrays: Mapping[str, tuple[int, ...]], shape: tuple[int, ...]) -> Iterator[str]:
    """Write the products of two arrays, or of one with itself, that have a shape, as what comes back through one is."""
    shapes = {n: s for n, s in arrays.items() if len(s) in (1, 2)}
    for a, b in itertools.product(shapes, repeat=2):
        if len(shapes[a]) == len(shapes[b]) == 1 and (*shapes[a], *shapes[b]) == shape:
            yield f"{a}[:, None] * {b}"
    operands = {n: [(n, s), (f"{n}.T", s[::-1])][: len(s)] for n, s in shapes.items()}
    for a, b in itertools.product(shapes, repeat=2):
        for (x, of_x), (y, of_y) in itertools.product(operands[a], operands[b]):
            if of_x[-1] == of_y[0] and (*of_x[:-1], *of_y[1:]) == shape:
                yield f"{x} @ {y}"
    for a in (n for n, s in arrays.items() if len(s) == len(shape) > 2 and s[:-1] == shape[:-1]):
        for text, of in itertools.chain.from_iterable(operands.values()):  # the same matrix for all
            if of == (arrays[a][-1], shape[-1]):
                yield f"{a} @ {text}"
    stacks = {n: s for n, s in arrays.items() if len(s) == len(shape) > 2 and s[:-2] == shape[:-2]}
    turned = {n: [(n, s[-2:]), (f"{n}.swapaxes(-1, -2)", s[:-3:-1])] for n, s in stacks.items()}
    for a, b in itertools.permutations(stacks, 2):  # of several matrices at once, as of heads or of texts
        for (x, (rows, inner)), (y, (outer, columns)) in itertools.product(turned[a], turned[b]):
            if inner == outer and (rows, columns) == shape[-2:]:
                yield f"{x} @ {y}"


def sums(arrays: Mapping[str, tuple[int, ...]], shape: tuple[int, ...]) -> Iterator[str]:
    """Write the sums of larger arrays along some axes that have a shape, as the gradient of a bias is one."""
    for name, other in [*arrays.items()][::-1]:
        count = len(other) - len(shape)
        ones = [k for k, (n, m) in enumerate(zip(other, shape, strict=False)) if n != m] if count == 0 else []
        if ones and all(shape[k] == 1 for k in ones):
            yield f"{name}.sum(axis={ones[0] if len(ones) == 1 else tuple(ones)}, keepdims=True)"
        for axes in itertools.combinations(range(len(other)), count) if count > 0 else ():
            if tuple(n for k, n in enumerate(other) if k not in axes) == shape:
                yield f"{name}.sum(axis={axes[0] if count == 1 else axes})"
