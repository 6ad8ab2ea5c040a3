"""Which change of a statement makes it what the right derivation has: found without running anything again.

Other text is evaluated with the variables as they were at the statement, and looked up among the quantities of the
automatic derivation. So a mistake is found though another one keeps all gradients wrong; `repair` proves it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from microgradnet.check.align import Aligned, Known, Match
from microgradnet.check.observe import Observation, Place, Source
from microgradnet.check.rewrites import VALUE, Rewrite, Surroundings, first_value

__all__ = ["IMPOSSIBLE", "Kept", "Settling", "digest", "hands_on", "products"]

IMPOSSIBLE = object()
"""The value of text that can't be evaluated: the shapes don't fit."""

WHOLE = "_whole_"
"""What stands in a statement for a part of it."""

ALIKE = 16
"""How many variables of one shape are multiplied by one another."""

MOST = 8
"""How many values of an expression are remembered."""

HARMLESS = frozenset({
    "sum", "mean", "max", "min", "prod", "transpose", "reshape", "ravel", "dot", "exp", "log", "sqrt", "tanh", "abs",
    "sign", "where", "maximum", "minimum", "outer", "matmul", "multiply", "einsum", "zeros", "ones", "zeros_like",
    "ones_like", "eye", "square", "cos", "sin", "arange", "len", "add", "subtract", "divide", "float", "diag", "norm",
    "concatenate", "stack", "cosh", "sinh", "log1p", "expm1", "power", "copy", "astype", "range", "trace",
})  # fmt: skip
"""What may be called again: it computes, and no more."""


class Kept:
    """The variables as they were where values were computed.

    Parameters
    ----------
    program : Source
    observed : sequence of Observation
        One for each draw.
    code : callable
        Compiles an expression; None for what is none.
    rest : callable
        Called before anything is evaluated: the user's functions are to compute what they do.
    """

    def __init__(
        self, program: Source, observed: Sequence[Observation], code: Callable[[str], CodeType | None],
        rest: Callable[[], None],
    ) -> None:  # fmt: skip
        self.program, self.observed, self.code, self.rest = program, observed, code, rest
        self._scope: dict[str, Any] = {}
        for f in program.observed:
            self._scope |= f.__globals__
        self._harmless: dict[str, bool] = {}

    def of(self, place: Place, draw: int, k: int) -> tuple[Mapping[str, Any], Any]:
        """Return the variables at a place and its value, the first time it is reached or the second."""
        at = self.observed[draw]
        return (at.later if k else at.names)[place.index], at.seen[place.index].values[k]

    def when(self, place: Place) -> int:
        """Say which time a place is looked at: the first, or if it is zero then, as in a loop, the next."""
        at = self.observed[0]
        return 1 if place.index in at.later and np.all(first_value(at, place) == 0) else 0

    def evaluate(self, text: str, names: Mapping[str, Any]) -> Any:
        """Evaluate text; None where that isn't known to do no harm, or something isn't kept."""
        code = self.code(text)
        if code is None or not self._is_harmless(text):
            return None
        self.rest()
        try:
            return eval(code, self._scope, names)  # the user's own names, in their own code
        except (ValueError, IndexError, ZeroDivisionError):
            return IMPOSSIBLE
        except Exception:  # what isn't kept
            return None

    def _is_harmless(self, text: str) -> bool:
        if text not in self._harmless:
            called = [n.func for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
            self._harmless[text] = all(map(self._may_be_called, called))
        return self._harmless[text]

    def _is_own(self, f: Any) -> bool:
        return isinstance(f, FunctionType) and f.__code__.co_filename in self.program.files

    def _may_be_called(self, f: ast.expr) -> bool:
        if isinstance(f, ast.Name):  # a function of the user's runs with the derivation anyway
            return self._is_own(self._scope[f.id]) if f.id in self._scope else f.id in HARMLESS
        return isinstance(f, ast.Attribute) and f.attr in HARMLESS


def digest(value: Any) -> Any:
    """Tell one value from another; None of what is no number, or large."""
    if not isinstance(value, np.ndarray | float | np.number):
        return None
    x = np.asarray(value)
    return (x.shape, x.dtype.kind == "b", x.tobytes()) if x.size <= 4096 else None


def hands_on(statement: ast.stmt) -> bool:
    """Whether a statement does no more than give a name to what has one, or to a constant."""
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Tuple):  # of elements: any of them may be another one
        return isinstance(statement, ast.Assign) and all(isinstance(v, ast.Subscript) for v in value.elts)
    reads = ast.Name | ast.Constant | ast.Attribute | ast.Subscript
    return isinstance(statement, ast.Assign) and isinstance(value, reads)


def _rounded(value: Any) -> Any:
    """Tell one value from another but for rounding, transposed or not."""
    x = np.asarray(value)
    if x.dtype.kind != "f" or not x.size or x.size > 4096 or not np.isfinite(x).all():
        return None
    size = float(np.abs(x).max()) or 1.0
    return x.size, f"{x.sum():.6e}", f"{float(np.square(x / size).sum()):.6e}"


class Settling:
    """The derivation as it is mended so far, observed again, and what would make its statements right.

    Parameters
    ----------
    kept : Kept
    aligned : Aligned
    first : Known
        What is known at the first draw.
    stopped : callable
        Says whether enough was computed.
    """

    def __init__(self, kept: Kept, aligned: Aligned, first: Known, stopped: Callable[[], bool]) -> None:
        self.kept, self.aligned, self.first, self.program = kept, aligned, first, kept.program
        self.stopped = stopped
        seen = aligned.observed[0].seen
        roots = [p for p in self.program.places if p.index in seen and p.kind == "expression" and self._is_root(p)]
        self._had = {id(m.quantity) for p in roots for m in aligned.matches(p) if m is not None and m.exact}
        every = (at.values[:MOST] for i, at in seen.items() if self.program.places[i].kind == "expression")
        self._computed = {_rounded(v) for values in every for v in values if isinstance(v, np.ndarray | float)}

    def found(
        self, places: Sequence[Place], rewrites: Callable[[Place], Iterator[Rewrite]]
    ) -> Iterator[tuple[Place, Rewrite]]:
        """Find other text with which a statement is a gradient that the derivation hasn't yet; the nearest first."""
        nearest: dict[Any, tuple[Place, Rewrite]] = {}
        for place, rewrite, value in self._found(places, rewrites):
            if value not in nearest or rewrite.far < nearest[value][1].far:
                nearest[value] = place, rewrite
        yield from sorted(nearest.values(), key=lambda f: f[1].far)

    def _found(
        self, places: Sequence[Place], rewrites: Callable[[Place], Iterator[Rewrite]]
    ) -> Iterator[tuple[Place, Rewrite, Any]]:
        inside = [p for p in places if p.kind == "expression"]
        for root in inside:
            if not self._is_root(root) or self._is_right(root):
                continue
            k = self.kept.when(root)
            for place in inside:
                if self._is_part(place, root) and (whole := self._with_a_hole(root, place, k)) is not None:
                    for rewrite in rewrites(place):
                        if (value := self._settled(place, whole, rewrite, k)) is not None:
                            yield place, rewrite, value
                        if self.stopped():
                            return

    def _is_right(self, root: Place) -> bool:
        matches = self.aligned.matches(root)[self.kept.when(root) :][:1]
        return bool(matches) and all(m is not None and m.is_itself for m in matches) and not hands_on(root.statement)

    def _is_root(self, place: Place) -> bool:
        """Whether a place is the whole of what a statement computes, or of one of several such."""
        outer = None if place.parent is None else self.program.places[place.parent]
        return self._is_real(place) and (outer is None or isinstance(outer.node, ast.Tuple | ast.Dict | ast.List))

    def _is_real(self, place: Place) -> bool:
        value = first_value(self.aligned.observed[0], place)
        whole = place.parent is None and isinstance(value, int) and not isinstance(value, bool)  # as in g = -1
        return whole or isinstance(value, np.ndarray | float)

    def _is_part(self, place: Place, root: Place) -> bool:
        while place.index != root.index:
            if place.parent is None:
                return False
            place = self.program.places[place.parent]
        return True

    def _with_a_hole(self, root: Place, place: Place, k: int) -> str | None:
        """Write a statement's value with a name in place of a part; None where it isn't then as it was."""
        outer, inner = root.node, place.node
        lines = self.program.text(root).encode().split(b"\n")

        def at(line: int, column: int) -> int:
            before = lines[: line - outer.lineno]
            return sum(len(b) + 1 for b in before) + column - (outer.col_offset if not before else 0)

        text = b"\n".join(lines)
        start, end = at(inner.lineno, inner.col_offset), at(inner.end_lineno, inner.end_col_offset)
        whole = (text[:start] + WHOLE.encode() + text[end:]).decode()
        whole = f"({whole})" if "\n" in whole else whole
        try:
            names, value = self.kept.of(place, 0, k)
            own = self.kept.evaluate(whole, {**names, WHOLE: value})
            same = np.array_equal(own, self.kept.of(root, 0, k)[1])
        except (KeyError, IndexError, TypeError, SyntaxError):
            return None
        return whole if same else None

    def _settled(self, place: Place, whole: str, rewrite: Rewrite, k: int) -> Any:
        """Return what tells the value of a statement from others, if that is a gradient with this text."""
        value = self._made(place, whole, rewrite, 0, k)
        if value is None or _rounded(value) in self._computed:
            return None
        if not self._is_new(self.first.identify([value]), place):
            return None
        draws = range(1, len(self.aligned.observed))
        match = self.aligned.known.identify([value, *(self._made(place, whole, rewrite, d, k) for d in draws)])
        new = self._is_new(match, place) and match is not None and id(match.quantity) not in self._had
        return _rounded(value) if new else None

    def _is_new(self, match: Match | None, place: Place) -> bool:
        part = isinstance(place.statement, ast.AugAssign)  # is added to what there is
        kinds = ("cotangent", "contribution") if part else ("cotangent",)
        return match is not None and match.is_itself and match.quantity.kind in kinds

    def _made(self, place: Place, whole: str, rewrite: Rewrite, draw: int, k: int) -> Any:
        names, value = self.kept.of(place, draw, k)
        part = self.kept.evaluate(rewrite.run, {**names, VALUE: value})
        if part is None or part is IMPOSSIBLE:
            return None
        made = self.kept.evaluate(whole, {**names, WHOLE: part})
        return made if isinstance(made, np.ndarray | float) else None


def products(at: Surroundings) -> Iterator[Rewrite]:
    """Add a product of two variables to a whole statement."""
    if at.place.parent is not None or at.shape is None or at.place.kind != "expression":
        return
    own = at.text(at.place.node)
    alike = [n for n, s in at.arrays.items() if s == at.shape][:ALIKE]
    pairs = [f"{a} * {b}" for a, b in itertools.combinations(alike, 2)]
    pairs += [f"{a} * (1 - {b})" for a, b in itertools.permutations(alike, 2)]
    for pair in pairs:
        for sign in "+-":
            yield Rewrite("missing-term", f"{own} {sign} {pair}", f"{VALUE} {sign} {pair}", 0.6)
