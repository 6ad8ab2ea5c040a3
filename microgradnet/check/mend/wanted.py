"""What belongs at a place, found by its numbers: the automatic derivation knows them, the user's variables write them.

The difference from what stands there is looked for among products of what is at hand, of two or three, and sums of two
of these; so is the ratio, and the whole. No run is needed to look, so that far more can be tried than by running each;
what is found is a text like any other: `repair` runs it.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.align import Known
from microgradnet.check.mend.needed import Needed, distinct, of_any, probes, seen_in
from microgradnet.check.mend.rewrite import UNLIKELY, VALUE, Rewrite, fits, is_sum, names_in
from microgradnet.check.mend.surroundings import Surroundings
from microgradnet.check.mend.variables import TIMES, Variables, matrix_products, parsed, slopes, sums, times
from microgradnet.check.observe import Observation, Source

__all__ = ["Wanted"]

Array = np.ndarray[Any, np.dtype[Any]]

ATOMS, FEWER, MOST = 32, 8, 4000
"""How many variables are made use of, and of how many what is left to one; and how many products are kept."""

LARGE = 20_000
"""What has more elements than this, at all draws, is written by other means."""

NEAR = 1e-8
"""How near two rows of numbers must be to be the same, relative to the largest."""

TURNS = (0, 1)
"""At which turns of a loop the value is looked at."""

ENDS = "[0]", "[-1]", " 0]", " -1]"
"""How the rows and columns are written that aren't those at which a loop is."""

TERM, FACTOR = "\0term", "\0factor"
"""What stands in a text for the value, as a term or as a factor: no source holds these."""

FEW, ENOUGH, SOLVED = 3, 8, 24
"""Of fewer numbers no sums, and no polynomials, are looked for; by how many these are found, before all are tried."""

ROUNDED, LARGEST = 1e-5, 6
"""How near a coefficient of a polynomial must be to a whole number, and how large that may be."""


class Wanted:
    """What the automatic derivation knows, written in the user's variables as a change of what stands at a place."""

    def __init__(self, program: Source, known: Known, observed: Sequence[Observation]) -> None:
        self.program, self.observed = program, observed
        self._needed = Needed(program, known, observed)
        self._pools: dict[tuple[Any, tuple[int, ...], int], _Pool] = {}

    def __call__(self, at: Surroundings) -> Iterator[Rewrite]:
        """List the changes with which a statement would make what is known when it is first reached."""
        shape, node = at.shape, at.place.node
        if shape is None or at.is_written_to or at.is_what_turns_add_up:
            return
        whole = self._needed.shape(at.place)
        shape = whole if whole is not None and shape and fits(shape, whole) else shape
        seen = set[str]()
        term = at.term(node)
        factor = at.closed(node) if is_sum(node) else at.text(node)
        for turn in TURNS:  # what comes back is 0 at first
            for kind, how, far in self._at(at, shape, turn):
                source = how.replace(TERM, term).replace(FACTOR, factor)
                run = how.replace(TERM, VALUE).replace(FACTOR, VALUE)
                if source not in seen and "\n" not in source:
                    seen.add(source)
                    yield Rewrite(kind, source, run, far)

    def _at(self, at: Surroundings, shape: tuple[int, ...], turn: int) -> Iterator[tuple[str, str, float]]:
        values = seen_in(self.observed, at.place, turn)
        if values is None or len(values) * math.prod(shape) > LARGE or (now := _row(values, shape)) is None:
            return
        targets = distinct(self._needed.at(at.place, turn))
        if targets is not None and targets.shape[1] == now.size:
            whole = at.text(at.place.node) if at.place.parent is None else ""
            yield from _changes(self._pool(at, shape, turn), now, targets, whole)

    def _pool(self, at: Surroundings, shape: tuple[int, ...], turn: int) -> _Pool:
        key = at.place.statement, shape, turn
        if key not in self._pools:
            self._pools[key] = _Pool(at, Variables(self.program, self.observed, at.place, turn), shape)
        return self._pools[key]


def _row(values: Sequence[Any], shape: tuple[int, ...]) -> Array | None:
    """Put the numbers at all draws into one row, each in a shape; None if that isn't finite."""
    row = of_any(values, shape)
    return row if row is not None and row.size and np.isfinite(row).all() else None


def _changes(pool: _Pool, now: Array, targets: Array, whole: str) -> Iterator[tuple[str, str, float]]:
    """List changes: the kind, the text, with `TERM` or `FACTOR` for what stands there, and how far it is.

    `whole` is the source of that, where it is a value as a whole: then two terms may have been left out of it.
    """
    largest = np.abs(targets).max(axis=1)
    varying = np.ptp(targets, axis=1) > NEAR * largest  # a number is no quantity: in many ways it could be made up
    targets = targets[varying & (np.abs(targets - now).max(axis=1) > NEAR * largest)]
    if not now.any():
        for c, part in pool.multiples(targets):
            yield "detached", pool.written(c, part.text), 0.35 + part.far
        return
    held = now != 0  # what is zero, as where a ReLU lets nothing through, stays so
    ratios = targets[~targets[:, ~held].any(axis=1)][:, held] / now[held]
    for c, part in pool.multiples(ratios, held, shared=True):
        far = UNLIKELY if part.exchanges else 0.3 + part.far
        yield "missing-factor", pool.written(c, f"{FACTOR} * {part.text}"), far
    for text in pool.polynomials(ratios) if held.all() else ():
        yield "missing-factor", f"{FACTOR} * {_closed(text)}", 0.6
    for text in pool.polynomials(targets):
        yield "unexplained", text if whole else _closed(text), 0.6
    factors = (targets @ now) / (now @ now)
    apart = (targets - now)[np.abs(targets - factors[:, None] * now).max(axis=1) > NEAR * np.abs(now).max()]
    for c, part in pool.multiples(apart):
        sign, far = ("+", 0.35) if c > 0 else ("-", 0.4)  # more is left out that is added
        yield "missing-term", f"{TERM} {sign} {pool.written(abs(c), part.text)}", far + part.far
    more = " + ".join(p.text for p in pool.unread)
    for c, part in pool.multiples(apart - np.sum([p.row for p in pool.unread], axis=0)) if more else ():
        sign = "+" if c > 0 else "-"
        yield "missing-term", f"{TERM} + {more} {sign} {pool.written(abs(c), part.text)}", 0.4 + part.far
    for c, part in pool.multiples(targets + now):
        if c > 0:  # y - a, of a
            yield "missing-term", f"{pool.written(c, part.text)} - {TERM}", 0.4 + part.far
    for c, part in pool.multiples(targets):
        if not part.text.endswith("[:, None]"):  # that is what something else is multiplied by
            yield "unexplained", pool.written(c, part.text), 0.45 + part.far
    for (s, a), (t, b) in pool.sums(apart) if whole else ():
        taken_off = any(c < 0 and part.text in whole for c, part in ((s, a), (t, b)))  # what was added there
        if not taken_off and not any(np.allclose(np.abs(p.row), np.abs(now), rtol=1e-9, atol=0) for p in (a, b)):
            signs = ["+" if c > 0 else "-" for c in (s, t)]  # else it would take off what stands there
            yield "missing-term", f"{TERM} {signs[0]} {a.text} {signs[1]} {b.text}", 0.45 + max(a.far, b.far)


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A text, how far it is from a single variable, its numbers at all draws, in a row, and whether they may add up.

    With constants and quotients of them, sums are found for anything. And whether it is the sum of something, or the
    quotient of two variables: as a factor, that is one in the place of the other.
    """

    text: str
    far: float
    row: Array
    adds: bool = True
    is_sum: bool = False
    exchanges: bool = False


class _Table:
    """Rows of numbers, to be found by their multiples."""

    def __init__(self, numbers: Array) -> None:
        self.numbers, self.probed = numbers, numbers @ probes(numbers.shape[1])
        with np.errstate(all="ignore"):  # what is a multiple has the same slope
            slopes = self.probed[:, 1] / self.probed[:, 0]
        self._order = np.argsort(slopes, kind="stable")
        self._slopes = slopes[self._order]

    def multiples(self, rows: Array, factors: Iterable[float]) -> Iterator[tuple[float, int]]:
        """List with which factor a row is a multiple of which one here."""
        probed = rows @ probes(rows.shape[1])
        with np.errstate(all="ignore"):
            slopes = probed[:, 1] / probed[:, 0]
        near = NEAR * np.abs(slopes)
        low, high = np.searchsorted(self._slopes, slopes - near), np.searchsorted(self._slopes, slopes + near)
        for r in np.flatnonzero(high > low):
            for k in sorted(self._order[low[r] : high[r]]):
                c = probed[r, 0] / self.probed[k, 0]
                factor = next((t for t in factors if abs(c - t) <= NEAR * abs(t)), None)
                if factor is not None and _is_close(rows[r], factor * self.numbers[k]):
                    yield factor, int(k)


class _Pool:
    """Products of what the variables at a place hold, looked up by their numbers."""

    def __init__(self, at: Surroundings, scope: Variables, shape: tuple[int, ...]) -> None:
        self.shape, self._read = shape, names_in(at.place.statement)
        counts = {1 / n: text for text, n in at.counts.items() if n > 2}
        self.factors = {**dict.fromkeys(TIMES, ""), **counts, **{-c: text for c, text in counts.items()}}
        self.atoms = list(self._atoms(at, scope))
        self.unread = [p for p in self.atoms if p.text in at.unread]  # they were made for something
        parts = [*self.atoms, *self._slopes()]
        products = itertools.islice(self._products(parts), MOST)
        rows = [*self._sums(scope), *self._columns(at, scope)]
        rows += self._computed(at.one_hot if at.shape == shape else (), scope)
        self.parts = [*parts, *rows, *self._quotients(), *products]
        sliced = {t: s for t, s in at.expressions.items() if isinstance(parsed(t), ast.Subscript)}
        arrays = {**at.arrays, **dict(itertools.islice(sliced.items(), FEWER))}
        joined = itertools.chain(matrix_products(arrays, shape), sums(at.arrays, shape)) if shape else ()
        self.parts += self._computed(joined, scope)
        self.table = _Table(np.array([p.row for p in self.parts]) if self.parts else np.zeros((0, 1)))
        adds = np.flatnonzero([p.adds for p in self.parts])
        self.adds = adds[np.argsort(self.table.probed[adds, 0], kind="stable")]
        self._bases = [
            (texts, columns, np.linalg.pinv(columns[_few(columns)])) for texts, columns in self._columns_of(at)
        ]

    def written(self, factor: float, text: str) -> str:
        """Write a multiple: twice something, or one of so many parts of it."""
        count = self.factors[factor]
        return f"{times(math.copysign(1.0, factor), text)} / {count}" if count else times(factor, text)

    def multiples(
        self, rows: Array, where: Array | None = None, *, shared: bool = False
    ) -> Iterator[tuple[float, _Candidate]]:
        """List what rows are simple multiples of, of some of the numbers at a place alone.

        One of so many parts counts if it is `shared`, or one of a sum, or of what the statement doesn't have yet: of
        anything it would be too many.
        """
        if not len(rows) or not self.parts:
            return
        table = self.table if where is None or where.all() else _Table(self.table.numbers[:, where])
        found = ((c, self.parts[k]) for c, k in table.multiples(rows, self.factors))
        yield from ((c, part) for c, part in found if shared or c in TIMES or part.is_sum or self._is_new(part))

    def _is_new(self, part: _Candidate) -> bool:
        return self._read.isdisjoint(names_in(parsed(part.text)))

    def sums(self, rows: Array) -> Iterator[tuple[tuple[float, _Candidate], tuple[float, _Candidate]]]:
        """List which two products rows are the sums or the differences of."""
        if not len(rows) or not self.parts or rows.shape[1] < FEW:
            return
        probed, parts = rows @ probes(rows.shape[1]), self.table.probed[self.adds]
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
        """Write rows as a + b x + c x² of a variable, or a + b f(x), with small whole numbers or halves of these."""
        for texts, columns, solve in self._bases if len(rows) else ():
            found = 2 * rows[:, _few(columns)] @ solve.T
            whole = np.round(found)
            likely = (np.abs(whole - found).max(axis=1) < ROUNDED) & (np.abs(whole).max(axis=1) <= 2 * LARGEST)
            likely &= np.count_nonzero(whole, axis=1) > 1  # else it is a multiple
            for r in np.flatnonzero(likely):
                if _is_close(rows[r], columns @ whole[r] / 2):
                    yield _polynomial(whole[r].astype(int).tolist(), texts)

    def _columns_of(self, at: Surroundings) -> Iterator[tuple[tuple[str, ...], Array]]:
        """List what whole numbers of may add up: 1, a variable and its square; 1 and a function of a variable."""
        varying = (a for a in self.atoms if a.row.size >= ENOUGH and np.ptp(a.row))
        for a in varying:
            yield ("", a.text, f"{a.text} ** 2"), np.stack([np.ones_like(a.row), a.row, a.row**2], axis=1)
            for name in at.source.elementary:
                with np.errstate(all="ignore"):
                    made = getattr(np, name)(a.row)
                if np.isfinite(made).all() and np.ptp(made):
                    yield ("", f"{at.numpy(name)}({a.text})"), np.stack([np.ones_like(made), made], axis=1)

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

    def _at_hand(self, at: Surroundings) -> Iterable[str]:
        elements = [t for t in at.expressions if t.endswith("]") and isinstance(parsed(t), ast.Subscript)]
        rows = [t for t, shape in at.parts.items() if shape == self.shape != () and not t.endswith(ENDS)]
        return dict.fromkeys((*elements, *at.variables, *rows))

    def _columns(self, at: Surroundings, scope: Variables) -> Iterator[_Candidate]:
        """List what has one number for each row, as weights of examples or of their classes do."""
        if len(self.shape) != 2:
            return
        shapes = {**at.parts, **at.expressions, **at.arrays}
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
        """Sum what is at hand along one axis, as the Jacobian of a softmax does, or the products of two."""
        computed = ((p.text, scope.computed(parsed(p.text))) for p in (self.atoms if len(self.shape) > 1 else ()))
        whole = [(text, values) for text, values in computed if values and np.shape(values[0]) == self.shape]
        pairs = itertools.combinations_with_replacement(whole[:FEWER], 2)
        products = ((f"({a} * {b})", [u * v for u, v in zip(x, y, strict=True)]) for (a, x), (b, y) in pairs)
        for text, values in (*whole, *products):
            for axis in range(len(self.shape)):
                row = self._fit([np.sum(v, axis, keepdims=True) for v in values])
                if row is not None:
                    yield _Candidate(f"{text}.sum(axis={axis}, keepdims=True)", 0.1, row, False, True)

    def _quotients(self) -> Iterator[_Candidate]:
        few = [*self.unread, *(p for p in self.atoms if p not in self.unread)][:FEWER]
        left = {p: _Candidate(f"(1 - {p.text})", 0.05, 1 - p.row, p.adds) for p in self.atoms}  # of what is uncertain
        rest = [left[p] for p in few]
        mixed = itertools.product(few, left.values()), itertools.permutations(rest, 2), itertools.product(rest, few)
        plain = itertools.permutations(self.atoms, 2)
        for pairs, exchanges in ((plain, True), *((some, False) for some in mixed)):
            for p, q in pairs:
                same = np.array_equal(p.row, q.row)  # as x[i] and x[i, :] are
                if q.row.all() and (p.adds or q.adds) and not same:  # of constants alone any number could be made up
                    yield _Candidate(f"{p.text} / {q.text}", 0.1, p.row / q.row, False, exchanges=exchanges)

    def _products(self, parts: Sequence[_Candidate]) -> Iterator[_Candidate]:
        """Multiply two, and where that leaves room three of what is at hand, the last of which may be a slope."""
        for i, p in enumerate(self.atoms):
            for q in parts[i:]:
                adds = p.adds and q.adds and q.far == 0.0
                yield _Candidate(f"{p.text} * {q.text}", 0.1, p.row * q.row, adds)
        for i, p in enumerate(self.atoms):
            for k, q in enumerate(self.atoms[i:], i):
                for r in parts[k:]:
                    yield _Candidate(f"{p.text} * {q.text} * {r.text}", 0.2, p.row * q.row * r.row, False)

    def _computed(self, texts: Iterable[str], scope: Variables) -> Iterator[_Candidate]:
        """Compute what is written: products of matrices, but for two vectors that make a number; labels, as ones."""
        for text in texts:
            values = scope.computed(parsed(text))
            row = None if values is None else self._fit(values)
            if row is not None:
                yield _Candidate(text, 0.1, row)


def _is_close(row: Array, other: Array) -> bool:
    return bool(np.abs(row - other).max() <= NEAR * np.abs(row).max())


def _few(columns: Array) -> Array:
    """Choose the places by which numbers are solved for: some of many, from one end to the other."""
    return np.unique(np.linspace(0, len(columns) - 1, SOLVED).astype(int))


def _polynomial(halves: list[int], texts: tuple[str, ...]) -> str:
    """Write a sum of so many halves of each."""
    share = 1 if any(c % 2 for c in halves) else 2
    text = ""
    for c, part in sorted(zip(halves, texts, strict=True), key=lambda term: term[0] < 0):
        if c:
            number = str(abs(c) // share) if not part else "" if abs(c) == share else f"{abs(c) // share} * "
            text += f" {'-' if c < 0 else '+'} {number}{part}"
    text = text[3:] if text.startswith(" +") else f"-{text[3:]}"
    return text if share == 2 else f"0.5 * ({text})"


def _closed(text: str) -> str:
    """Put a sum in parentheses."""
    return f"({text})" if is_sum(parsed(text)) else text
