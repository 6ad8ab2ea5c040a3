"""Other expressions, written and computed of what the user's variables held where the source was observed.

Nothing runs twice.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from microgradnet.check.observe import Observation, Place, Source

__all__ = ["TIMES", "Variables", "exchanged", "matrix_products", "parsed", "slopes", "times"]

Array = np.ndarray[Any, np.dtype[Any]]

TIMES = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
"""The factors with which something may come in."""

WRITES = frozenset({"at", "copyto", "fill", "fill_diagonal", "itemset", "put", "put_along_axis", "putmask", "sort"})
"""What writes into its arguments."""

BUILTIN = frozenset({"len", "abs", "float", "int", "sum", "max", "min", "range", "reversed", "zip", "enumerate"})


class Variables:
    """The variables at a place when it was first reached, at every draw; or for the second time."""

    def __init__(self, program: Source, observed: Sequence[Observation], place: Place, turn: int = 0) -> None:
        self.names = [(o.again if turn else o.names).get(place.index) or {} for o in observed]
        self._program = program

    @cached_property
    def _globals(self) -> dict[str, Any]:
        return {k: v for f in self._program.observed for k, v in f.__globals__.items()}

    def computed(self, node: ast.AST) -> list[Any] | None:
        """Return what an expression is at every draw; None where that can't be told, or isn't numbers."""
        if not self.can_compute(node):
            return None
        code = compile(ast.unparse(node), "<variables>", "eval")
        try:
            with np.errstate(all="ignore"):
                found = [eval(code, self._globals, names) for names in self.names]  # their own names, in their code
        except Exception:  # what the user's values may raise
            return None
        ok = all(isinstance(v, np.ndarray | np.number | int | float) for v in found)
        return found if ok else None

    def can_compute(self, node: ast.AST) -> bool:
        """Whether a text is an expression that can be evaluated again without harm."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        alone = isinstance(node, ast.expr) and not any(isinstance(p, ast.Starred | ast.Slice) for p in parts)
        return alone and all(self._may_be_called(n) for n in ast.walk(node))

    def _may_be_called(self, node: ast.AST) -> bool:
        """Whether an expression can be evaluated again without harm: it calls nothing but NumPy."""
        if not isinstance(node, ast.Call):
            return not isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.Lambda | ast.Starred)
        root: Any = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and isinstance(self._globals.get(root.id), ModuleType):
            return "random" not in ast.unparse(node.func) and getattr(node.func, "attr", "") not in WRITES
        if isinstance(node.func, ast.Attribute):
            return hasattr(np.ndarray, node.func.attr) and node.func.attr not in WRITES
        return isinstance(node.func, ast.Name) and node.func.id in BUILTIN


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


def times(factor: float, text: str) -> str:
    """Write a factor before a text."""
    number = {1.0: "", -1.0: "-", 2.0: "2 * ", -2.0: "-2 * "}.get(factor, f"{factor!r} * ")
    return number + text


def slopes(x: str, row: Array) -> Iterator[tuple[str, Array]]:
    """Write the slopes that are made of a value, and what they are of its numbers."""
    yield f"(1 - {x})", 1 - row
    yield f"{x} * (1 - {x})", row * (1 - row)
    yield f"(1 - {x} ** 2)", 1 - row**2
    yield f"{x} ** 2", row**2
    if (row > 0).any() and (row <= 0).any():
        yield f"({x} > 0)", (row > 0) * 1.0


def matrix_products(arrays: Mapping[str, tuple[int, ...]], shape: tuple[int, ...]) -> Iterator[str]:
    """Write the products of two arrays that have a shape, as what comes back through a product is."""
    shapes = {n: s for n, s in arrays.items() if len(s) in (1, 2)}
    for a, b in itertools.permutations(shapes, 2):
        if len(shapes[a]) == len(shapes[b]) == 1 and (*shapes[a], *shapes[b]) == shape:
            yield f"{a}[:, None] * {b}"
    for a, b in itertools.permutations(shapes, 2):
        for x, y in itertools.product((a, f"{a}.T"), (b, f"{b}.T")):
            sx, sy = (shapes[n.removesuffix(".T")][:: -1 if n.endswith(".T") else 1] for n in (x, y))
            if ("T" in x and len(sx) == 1) or ("T" in y and len(sy) == 1):
                continue
            if sx[-1] == sy[0] and (*sx[:-1], *sy[1:]) == shape:
                yield f"{x} @ {y}"
