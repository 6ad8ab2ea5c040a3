"""What belongs at a place, found by its numbers: the automatic derivation knows them, the user's variables write them.

The difference from what stands there is looked for among products of what is at hand, and sums of two of these; so is
the ratio, and the whole. No run is needed to look, so that far more can be tried than by running each; what is found
is a text like any other: `repair` runs it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from microgradnet.check.align import Known
from microgradnet.check.mend.rewrite import VALUE, Rewrite, is_sum
from microgradnet.check.mend.surroundings import Surroundings
from microgradnet.check.mend.variables import TIMES, Variables, matrix_products, parsed, slopes, times
from microgradnet.check.observe import Observation, Place, Source

__all__ = ["Wanted"]

Array = np.ndarray[Any, np.dtype[Any]]

ATOMS, MOST = 24, 4000
"""How many variables are made use of, and how many products of them are kept."""

LARGE = 20_000
"""What has more elements than this, at all draws, is written by other means."""

NEAR = 1e-8
"""How near two rows of numbers must be to be the same, relative to the largest."""

TURNS = (0, 1)
"""At which turns of a loop the value is looked at."""

TERM, FACTOR = "\0term", "\0factor"
"""What stands in a text for the value, as a term or as a factor: no source holds these."""

FEW, ENOUGH = 3, 8
"""Of fewer numbers no sums, and no polynomials, are looked for."""

ROUNDED, LARGEST = 1e-5, 6
"""How near a coefficient of a polynomial must be to a whole number, and how large that may be."""


class Wanted:
    """What the automatic derivation knows, written in the user's variables as a change of what stands at a place."""

    def __init__(self, program: Source, known: Known, observed: Sequence[Observation]) -> None:
        self.program, self.observed = program, observed
        self._needed = _Needed(program, known, observed)
        self._pools: dict[tuple[Any, tuple[int, ...], int], _Pool] = {}

    def __call__(self, at: Surroundings) -> Iterator[Rewrite]:
        """List the changes with which a statement would make what is known when it is first reached."""
        shape, node = at.shape, at.place.node
        if shape is None or at.is_written_to:
            return
        seen = set[str]()
        term = at.term(node)
        factor = at.closed(node) if is_sum(node) else at.text(node)
        for turn in TURNS:  # what comes back is 0 at first
            for kind, how, far in self._at(at, shape, turn):
                source = how.replace(TERM, term).replace(FACTOR, factor)
                run = how.replace(TERM, VALUE).replace(FACTOR, VALUE)
                if source not in seen and "\n" not in source:
                    seen.add(source)
                    yield Rewrite(kind, source, run, min(far, 0.74))

    def _at(self, at: Surroundings, shape: tuple[int, ...], turn: int) -> Iterator[tuple[str, str, float]]:
        values = _seen(self.observed, at.place, turn)
        now = None if values is None else _row(values, shape)
        if now is None or now.size > LARGE:
            return
        targets = _distinct(self._needed.at(at.place, turn))
        if targets is not None and targets.shape[1] == now.size:
            yield from _changes(self._pool(at, shape, turn), now, targets, at.place.parent is None)

    def _pool(self, at: Surroundings, shape: tuple[int, ...], turn: int) -> _Pool:
        key = at.place.statement, shape, turn
        if key not in self._pools:
            self._pools[key] = _Pool(at, Variables(self.program, self.observed, at.place, turn), shape)
        return self._pools[key]


def _value(observation: Observation, place: Place, turn: int) -> Any:
    at = observation.seen.get(place.index)
    return at.values[turn] if at is not None and len(at.values) > turn else None


def _seen(observed: Sequence[Observation], place: Place, turn: int) -> list[Any] | None:
    """Return what was computed at a place at every draw, when it was first reached, or the second time."""
    values = [_value(o, place, turn) for o in observed]
    ok = all(isinstance(v, np.ndarray | float) and np.shape(v) == np.shape(values[0]) for v in values)
    return values if ok else None


def _of_any(values: Sequence[Any], shape: tuple[int, ...]) -> Array | None:
    """Put numbers at all draws into one row, whole ones too, each in a shape; None if they don't fit."""
    if any(not isinstance(v, np.ndarray | int | float | np.number) for v in values):
        return None
    try:
        return np.concatenate([np.broadcast_to(np.asarray(v, float), shape).ravel() for v in values])
    except ValueError:
        return None


def _row(values: Sequence[Any], shape: tuple[int, ...]) -> Array | None:
    """Put the numbers at all draws into one row, each in a shape; None if that isn't finite."""
    row = _of_any(values, shape)
    return row if row is not None and row.size and np.isfinite(row).all() else None


@lru_cache(maxsize=8)
def _probes(size: int) -> Array:
    """Return two directions: what has the same lengths along both is the same."""
    return np.random.default_rng(13).standard_normal((size, 2))


def _distinct(rows: Array | None) -> Array | None:
    """Leave out what isn't finite, is zero, or came before."""
    if rows is None or not rows.size:
        return None
    rows = rows[np.isfinite(rows).all(axis=1) & rows.any(axis=1)]
    along = rows @ _probes(rows.shape[1])[:, 0]
    _, first = np.unique(np.array([f"{a:.9e}" for a in along]), return_index=True)
    return rows[np.sort(first)] if rows.size else None


class _Needed:
    """What would have to be at a place for a statement to make what the automatic derivation knows."""

    def __init__(self, program: Source, known: Known, observed: Sequence[Observation]) -> None:
        self.program, self.known, self.observed = program, known, observed
        self._rows: dict[tuple[int, ...], Array | None] = {}

    def at(self, place: Place, turn: int) -> Array | None:
        """List what could belong at a place in one of its turns, a row each: in its own statement, and in others.

        Those read its variable later.
        """
        found = [self._inside(place, turn)]
        if place.parent is None and place.variable is not None:
            after = self.observed[0].seen[place.index].times[turn : turn + 1]
            for read in self.program.places:
                same = read.kind == "expression" and isinstance(read.node, ast.Name) and read.node.id == place.variable
                at = self.observed[0].seen.get(read.index) if same and read.function == place.function else None
                if at is not None and at.times[turn : turn + 1] > after and read.parent is not None:
                    found.append(self._inside(read, turn))
        rows = [r for r in found if r is not None]
        return np.concatenate(rows) if rows and len({r.shape[1] for r in rows}) == 1 else None

    def _inside(self, place: Place, turn: int) -> Array | None:
        way = [place]
        while way[-1].parent is not None:
            way.append(self.program.places[way[-1].parent])
        root = _seen(self.observed, way[-1], turn)
        if root is None or way[-1].kind not in ("expression", "after"):
            return None
        rows = self._known(np.shape(root[0]))
        for outer, inner in itertools.pairwise(reversed(way)):
            rows = None if rows is None else self._undone(outer, inner, rows, turn)
        return rows

    def _known(self, shape: tuple[int, ...]) -> Array | None:
        if shape not in self._rows:
            rows = []
            for quantity, axes in self.known.like(shape):
                if quantity.kind in ("cotangent", "contribution", "product", "local"):
                    turned = [v if axes is None else v.transpose(axes) for v in quantity.values]
                    rows.append(np.concatenate([np.ravel(v) for v in turned]).astype(float))
            self._rows[shape] = _distinct(np.array(rows)) if rows else None
        return self._rows[shape]

    def _undone(self, outer: Place, inner: Place, rows: Array, turn: int) -> Array | None:
        """Undo one elementwise step: what has to be in it for a value to come of it."""
        node, values, whole = outer.node, *(_seen(self.observed, p, turn) for p in (inner, outer))
        if values is None or whole is None or np.shape(values[0]) != np.shape(whole[0]):
            return None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -rows
        if not isinstance(node, ast.BinOp):
            return None
        left, op = inner.node is node.left, type(node.op)
        other = self.program.at(node.right if left else node.left, outer.file)
        if other is None:
            return None
        beside = _of_any([_value(o, other, turn) for o in self.observed], np.shape(whole[0]))
        if beside is None:
            return None
        with np.errstate(all="ignore"):
            if op is ast.Add:
                return rows - beside
            if op is ast.Sub:
                return rows + beside if left else beside - rows
            if op is ast.Mult:
                return rows / beside
            return None if op is not ast.Div else rows * beside if left else beside / rows


def _changes(pool: _Pool, now: Array, targets: Array, whole: bool) -> Iterator[tuple[str, str, float]]:
    """List changes: the kind, the text, with `TERM` or `FACTOR` for what stands there, and how far it is."""
    targets = targets[np.abs(targets - now).max(axis=1) > NEAR * np.abs(targets).max(axis=1)]
    if not now.any():
        for c, part in pool.multiples(targets):
            yield "detached", times(c, part.text), 0.35 + part.far
        return
    ratios = targets / now if now.all() else np.zeros((0, now.size))
    for c, part in pool.multiples(ratios):
        yield "missing-factor", f"{times(c, FACTOR)} * {part.text}", 0.3 + part.far
    for text in pool.polynomials(ratios):
        yield "missing-factor", f"{FACTOR} * {text}", 0.6
    apart = targets - now
    for c, part in pool.multiples(apart):
        yield "missing-term", f"{TERM} {'+' if c > 0 else '-'} {times(abs(c), part.text)}", 0.35 + part.far
    for c, part in pool.multiples(targets):
        if not part.text.endswith("[:, None]"):  # that is what something else is multiplied by
            yield "unexplained", times(c, part.text), 0.45 + part.far
    for (s, a), (t, b) in pool.sums(apart) if whole else ():
        if not any(np.allclose(np.abs(part.row), np.abs(now), rtol=1e-9, atol=0) for part in (a, b)):
            signs = ["+" if c > 0 else "-" for c in (s, t)]  # else it would take off what stands there
            yield "missing-term", f"{TERM} {signs[0]} {a.text} {signs[1]} {b.text}", 0.45 + max(a.far, b.far)


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A text, how far it is from a single variable, its numbers at all draws, in a row, and whether they may add up.

    With constants and quotients of them, sums are found for anything.
    """

    text: str
    far: float
    row: Array
    adds: bool = True


class _Pool:
    """Products of what the variables at a place hold, looked up by their numbers."""

    def __init__(self, at: Surroundings, scope: Variables, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.atoms = list(self._atoms(at, scope))
        parts = [*self.atoms, *self._slopes()]
        products = itertools.islice(self._products(parts), MOST)
        rows = [*self._sums(scope), *self._columns(at, scope)]
        self.parts = [*parts, *rows, *self._quotients(), *products, *self._matrices(at, scope)]
        numbers = np.array([p.row for p in self.parts]) if self.parts else np.zeros((0, 1))
        self.probed = numbers @ _probes(numbers.shape[1])
        with np.errstate(all="ignore"):  # what is a multiple has the same slope
            slopes = self.probed[:, 1] / self.probed[:, 0]
        self.order = np.argsort(slopes, kind="stable")
        self.slopes = slopes[self.order]
        adds = np.flatnonzero([p.adds for p in self.parts])
        self.adds = adds[np.argsort(self.probed[adds, 0], kind="stable")]
        self._powers = [(a.text, _powers(a.row)) for a in self.atoms if a.row.size >= ENOUGH and np.ptp(a.row)]

    def multiples(self, rows: Array) -> Iterator[tuple[float, _Candidate]]:
        """List what rows are simple multiples of."""
        if not len(rows) or not self.parts:
            return
        probed = rows @ _probes(rows.shape[1])
        with np.errstate(all="ignore"):
            slopes = probed[:, 1] / probed[:, 0]
        near = NEAR * np.abs(slopes)
        low, high = np.searchsorted(self.slopes, slopes - near), np.searchsorted(self.slopes, slopes + near)
        for r in np.flatnonzero(high > low):
            for k in sorted(self.order[low[r] : high[r]]):
                c = probed[r, 0] / self.probed[k, 0]
                factor = next((t for t in TIMES if abs(c - t) <= NEAR * abs(t)), None)
                if factor is not None and _is_close(rows[r], factor * self.parts[k].row):
                    yield factor, self.parts[k]

    def sums(self, rows: Array) -> Iterator[tuple[tuple[float, _Candidate], tuple[float, _Candidate]]]:
        """List which two products rows are the sums or the differences of."""
        if not len(rows) or not self.parts or rows.shape[1] < FEW:
            return
        probed, parts = rows @ _probes(rows.shape[1]), self.probed[self.adds]
        for row, (a, b) in zip(rows, probed, strict=True):
            near = NEAR * (abs(a) + abs(b))
            for s, t in ((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)):
                need = t * (a - s * parts[:, 0])
                low, high = np.searchsorted(parts[:, 0], need - near), np.searchsorted(parts[:, 0], need + near)
                for i in np.flatnonzero(high > low):
                    for j in range(low[i], high[i]):
                        if (s != t or i < j) and abs(s * parts[i, 1] + t * parts[j, 1] - b) <= near:
                            one, other = self.parts[self.adds[i]], self.parts[self.adds[j]]
                            if _is_close(row, s * one.row + t * other.row):
                                yield (s, one), (t, other)

    def polynomials(self, rows: Array) -> Iterator[str]:
        """Write rows as a + b x + c x² of a variable, with small whole numbers."""
        for text, (powers, solve) in self._powers if len(rows) else ():
            found = rows @ solve.T
            whole = np.round(found)
            likely = (np.abs(whole - found).max(axis=1) < ROUNDED) & (np.abs(whole).max(axis=1) <= LARGEST)
            for r in np.flatnonzero(likely):
                if _is_close(rows[r], powers @ whole[r]):
                    yield f"({_polynomial(whole[r], text)})"

    def _atoms(self, at: Surroundings, scope: Variables) -> Iterator[_Candidate]:
        """List what is at hand: elements that the function reads, the variables, the last first, and their parts."""
        count = 0
        for text in self._at_hand(at):
            values = scope.computed(parsed(text)) if count < ATOMS else None
            if values is not None and all(np.asarray(v).dtype.kind == "f" for v in values):
                row = self._fit(values)
                if row is not None and row.any():
                    count += 1
                    constant = all(np.array_equal(v, values[0]) for v in values)
                    yield _Candidate(text, 0.0, row, not constant)

    @staticmethod
    def _at_hand(at: Surroundings) -> Iterable[str]:
        elements = [t for t in at.expressions if t.endswith("]") and isinstance(parsed(t), ast.Subscript)]
        return dict.fromkeys((*elements, *at.variables))

    def _columns(self, at: Surroundings, scope: Variables) -> Iterator[_Candidate]:
        """List what has one number for each row, as weights of examples or of their classes do."""
        if len(self.shape) != 2:
            return
        shapes = {**at.expressions, **at.arrays}
        own = [t for t in self._at_hand(at) if shapes[t] == self.shape[:1]]
        numbers = [t for t in at.variables if len(at.arrays[t]) == 1 and t not in own]
        labels = [t for t in own if at.is_of_labels(t)]
        for text in (*own, *(f"{x}[{k}]" for x in numbers for k in labels)):
            values = scope.computed(parsed(text))
            row = None if values is None else self._fit([np.asarray(v)[:, None] for v in values])
            if row is not None and row.any():
                yield _Candidate(f"{text}[:, None]", 0.1, row, False)

    def _fit(self, values: Sequence[Any]) -> Array | None:
        shapes = {np.shape(v) for v in values}
        if len(shapes) != 1 or len(next(iter(shapes))) > len(self.shape):
            return None
        return _row(values, self.shape)

    def _slopes(self) -> Iterator[_Candidate]:
        varying = (p for p in self.atoms if p.adds)  # of a constant anything could be made up
        return (_Candidate(text, 0.05, row) for p in varying for text, row in slopes(p.text, p.row))

    def _sums(self, scope: Variables) -> Iterator[_Candidate]:
        """Sum what is at hand along one axis, as the Jacobian of a softmax does."""
        for p in self.atoms if len(self.shape) > 1 else ():
            values = scope.computed(parsed(p.text))
            if values is not None and np.shape(values[0]) == self.shape:
                for axis in range(len(self.shape)):
                    row = self._fit([np.sum(v, axis, keepdims=True) for v in values])
                    if row is not None:
                        yield _Candidate(f"{p.text}.sum(axis={axis}, keepdims=True)", 0.1, row, False)

    def _quotients(self) -> Iterator[_Candidate]:
        for p, q in itertools.permutations(self.atoms, 2):
            if q.row.all():
                yield _Candidate(f"{p.text} / {q.text}", 0.1, p.row / q.row, False)

    def _products(self, parts: Sequence[_Candidate]) -> Iterator[_Candidate]:
        for i, p in enumerate(self.atoms):
            for k, q in enumerate(parts):
                if k >= i:  # a sum is of products of two variables
                    simple = k < len(self.atoms)
                    yield _Candidate(f"{p.text} * {q.text}", 0.1, p.row * q.row, simple and p.adds and q.adds)

    def _matrices(self, at: Surroundings, scope: Variables) -> Iterator[_Candidate]:
        """Multiply matrices to the shape; of two vectors, which make a number, nothing is written."""
        for text in matrix_products(at.arrays, self.shape) if self.shape else ():
            values = scope.computed(parsed(text))
            row = None if values is None else self._fit(values)
            if row is not None:
                yield _Candidate(text, 0.1, row)


def _is_close(row: Array, other: Array) -> bool:
    return bool(np.abs(row - other).max() <= NEAR * np.abs(row).max())


def _powers(row: Array) -> tuple[Array, Array]:
    powers = np.stack([np.ones_like(row), row, row**2], axis=1)
    return powers, np.linalg.pinv(powers)


def _polynomial(coefficients: Array, x: str) -> str:
    text = ""
    for c, power in zip(coefficients.astype(int).tolist(), ("", x, f"{x} ** 2"), strict=True):
        if c:
            number = str(abs(c)) if not power else "" if abs(c) == 1 else f"{abs(c)} * "
            text += f" {'-' if c < 0 else '+'} {number}{power}"
    return text[3:] if text.startswith(" +") else f"-{text[3:]}"
