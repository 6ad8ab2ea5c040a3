"""What would have to be at a place for what is known to come of it, in its own statement and where it is read later.

The automatic derivation knows what a statement should make. From that the operations around the place are undone, one
after the other; so they are where a variable is read or scaled later, in the next turn of a loop, and where a function
that returns a value is called.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from microgradnet.check.align import Known
from microgradnet.check.aside import last_name
from microgradnet.check.mend.rewrite import fits
from microgradnet.check.observe import Observation, Place, Source, operation

__all__ = ["Needed", "distinct", "of_any", "probes", "seen_in"]

Array = np.ndarray[Any, np.dtype[Any]]

SAMPLE = 1024
"""How many of the numbers at a place are compared."""

USES = 5
"""Of how many uses of a value any may be those that a gradient is of; of more, all but one."""

SOUGHT = frozenset({"cotangent", "contribution", "product", "local"})
"""The kinds of quantities that are looked for."""


class Needed:
    """What would have to be at a place for a statement to make what the automatic derivation knows."""

    def __init__(self, program: Source, known: Known, observed: Sequence[Observation]) -> None:
        self.program, self.known, self.observed = program, known, observed
        self._rows: dict[tuple[tuple[int, ...], int], Array | None] = {}

    def at(self, place: Place, turn: int) -> Array | None:
        """List what could belong at a place in one of its turns, a row each: in its own statement, and in others.

        Those read its variable later, or change what it holds.
        """
        found = self._read_from(place, turn)
        if place.parent is None and place.variable is not None:
            changed = self._later(place, turn, lambda p: _changes_it(p, place, ast.Mult, ast.Div))
            found += [self._before(p, k) for p, k in changed]
            found.append(self._beside_the_rest(place, turn))
        return _stacked(found)

    def _read_from(self, place: Place, turn: int) -> list[Array | None]:
        named = place.parent is None and place.variable is not None
        later = self._later(place, turn, lambda p: p.parent is not None and _reads(p, place)) if named else ()
        return [self._inside(place, turn), *(self._inside(p, k) for p, k in later)]

    def _before(self, after: Place, turn: int) -> Array | None:
        """List what a variable would have to hold before a statement like ``d /= n`` for it to be right after that."""
        rows, statement = _stacked(self._read_from(after, turn)), after.statement
        value = self.program.at(statement.value, after.file)
        shape = np.shape(_value(self.observed[0], after, turn))
        return None if rows is None or value is None else self._without(statement.op, rows, value, shape, turn)

    def _inside(self, place: Place, turn: int) -> Array | None:
        """List what would be needed of a part for the whole to be what is known, or what is needed where it returns."""
        way = [place]
        while (outer := self._around(way[-1])) is not None:
            way.append(outer)
        whole = way[-1]
        root = seen_in(self.observed, whole, turn)
        if root is None or whole.kind not in ("expression", "after"):
            return None
        shape = np.shape(root[0])
        rows = _stacked([self._known(shape, turn), self._added(whole, root, turn)])
        if isinstance(whole.statement, ast.Return):
            calls = self._later(whole, turn, lambda p: _calls(p, whole))
            rows = _stacked([rows, *(self.at(p, k) for p, k in calls)])
        for outer, inner in itertools.pairwise(reversed(way)):
            rows = None if rows is None else self._undone(outer, inner, rows, shape, turn)
        return rows

    def _beside_the_rest(self, place: Place, turn: int) -> Array | None:
        """List what a variable would have to begin with for it to be right when all has been added to it."""
        values = seen_in(self.observed, place, turn)
        if values is None or turn or self.observed[0].seen[place.index].count > 1:
            return None
        adding = [
            p
            for p in self.program.places
            if _changes_it(p, place, ast.Add, ast.Sub) and p.index in self.observed[0].seen
        ]
        last = max(adding, key=lambda p: self.observed[0].seen[p.index].times[-1], default=None)
        ends = [] if last is None else [o.seen[last.index].values[-1] for o in self.observed if last.index in o.seen]
        shape = np.shape(values[0])
        rows = self._known(shape, turn)
        if rows is None or len(ends) != len(values) or any(np.shape(e) != shape for e in ends):
            return None
        return rows - sampled([np.asarray(e) - v for e, v in zip(ends, values, strict=True)])

    def _added(self, whole: Place, values: Sequence[Any], turn: int) -> Array | None:
        """List what must be added to what a variable holds for that to be what is known."""
        op = getattr(whole.statement, "op", None)
        adds = whole.kind == "expression" and isinstance(op, ast.Add | ast.Sub)
        after = self.program.after(whole.statement) if adds else None
        held = None if after is None else seen_in(self.observed, after, turn)
        rows = None if held is None else self._known(np.shape(held[0]), turn)
        if held is None or rows is None or np.shape(held[0]) != np.shape(values[0]):
            return None
        sign = 1.0 if isinstance(op, ast.Add) else -1.0
        before = sampled([h - sign * v for h, v in zip(held, values, strict=True)])
        return sign * (rows - before)

    def _later(self, place: Place, turn: int, wanted: Callable[[Place], bool]) -> Iterator[tuple[Place, int]]:
        """Find where something is computed next after a place, and in which turn, which may be the next one."""
        made = self.observed[0].seen[place.index].times[turn : turn + 1]
        for p in self.program.places if made else ():
            at = self.observed[0].seen.get(p.index) if wanted(p) else None
            if at is not None:
                yield from ((p, k) for k in itertools.islice((k for k, t in enumerate(at.times) if t > made[0]), 1))

    def _known(self, shape: tuple[int, ...], turn: int) -> Array | None:
        """List the quantities of a shape, and of larger ones the row at which a loop is, which may go either way."""
        if (shape, turn) not in self._rows:
            rows: list[list[Array]] = []
            for quantity, axes in self.known.like(shape):
                if quantity.kind in SOUGHT:
                    rows.append([v if axes is None else v.transpose(axes) for v in quantity.values])
            rows += self._sums_of_some(shape)
            larger = [
                q.values for q in self.known.quantities if q.kind in SOUGHT and q.values[0].shape[1:] == shape != ()
            ]
            rows += [[v[k] for v in values] for values in larger for k in (turn, -1 - turn) if turn < len(values[0])]
            found = np.array([sampled(values) for values in rows])
            scaled = [c * found for c in dict.fromkeys((1.0, self.known.scale))]
            self._rows[shape, turn] = distinct(np.concatenate(scaled)) if rows else None
        return self._rows[shape, turn]

    def _sums_of_some(self, shape: tuple[int, ...]) -> Iterator[list[Array]]:
        """Add up what some uses of a value contribute to its gradient, as what a cell state is handed by the next."""
        uses: dict[int, list[list[Array]]] = {}
        for quantity, axes in self.known.like(shape):
            if quantity.part_of is not None and axes is None:
                uses.setdefault(quantity.part_of, []).append(quantity.values)
        for parts in uses.values():
            sizes = range(2, len(parts)) if len(parts) <= USES else [len(parts) - 1]
            for some in itertools.chain.from_iterable(itertools.combinations(parts, k) for k in sizes):
                yield [np.sum(values, axis=0) for values in zip(*some, strict=True)]

    def _around(self, place: Place) -> Place | None:
        """Return what a place is a part of; an argument of a function of the user's is what it is by itself."""
        outer = self.program.outer(place)
        return None if outer is None or any(_is_call(outer.node, f.__name__) for f in self.program.observed) else outer

    def shape(self, place: Place) -> tuple[int, ...] | None:
        """Return the shape in which a value is added or multiplied; None if that is unknown."""
        while (outer := self._around(place)) is not None and isinstance(outer.node, ast.BinOp | ast.UnaryOp):
            place = outer
        values = seen_in(self.observed, place, 0)
        return None if values is None else np.shape(values[0])

    def _undone(self, outer: Place, inner: Place, rows: Array, shape: tuple[int, ...], turn: int) -> Array | None:
        """Undo one elementwise step: what has to be in it, in the shape of all, for a value to come of it."""
        node, values = outer.node, seen_in(self.observed, inner, turn)
        if values is None or not fits(np.shape(values[0]), shape):
            return None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -rows
        if not isinstance(node, ast.BinOp):
            return None
        left = inner.node is node.left
        other = self.program.at(node.right if left else node.left, outer.file)
        return None if other is None else self._without(node.op, rows, other, shape, turn, left=left)

    def _without(
        self, op: ast.operator, rows: Array, other: Place, shape: tuple[int, ...], turn: int, *, left: bool = True
    ) -> Array | None:
        """Undo an operation: what has to stand on one side of it, beside what stands on the other."""
        beside = of_any([_value(o, other, turn) for o in self.observed], shape)
        if beside is None:
            return None
        with np.errstate(all="ignore"):
            match op:
                case ast.Add():
                    return rows - beside
                case ast.Sub():
                    return rows + beside if left else beside - rows
                case ast.Mult():
                    return rows / beside
                case ast.Div():
                    return rows * beside if left else beside / rows
        return None


def _reads(place: Place, of: Place) -> bool:
    """Whether a place reads the variable that another one gives a value, in the same function."""
    read = place.kind == "expression" and isinstance(place.node, ast.Name) and place.node.id == of.variable
    return read and place.function == of.function


def _changes_it(place: Place, of: Place, *by: type[ast.operator]) -> bool:
    """Whether a place is what such a variable holds after a statement that scales it, as ``d /= n`` does, or adds."""
    same = place.kind == "after" and place.variable == of.variable and place.function == of.function
    return same and operation(place.statement) in by


def _calls(place: Place, of: Place) -> bool:
    """Whether a place calls the function that another one is in, from elsewhere."""
    return place.kind == "expression" and _is_call(place.node, of.function) and place.function != of.function


def _is_call(node: ast.AST, function: str) -> bool:
    """Whether a function, or a method, of a name is called."""
    return isinstance(node, ast.Call) and last_name(node.func) == function


def _stacked(rows: Sequence[Array | None]) -> Array | None:
    """Put what was found in several ways into one table: what has as many elements as the first."""
    found = [r for r in rows if r is not None]
    return np.concatenate([r for r in found if r.shape[1] == found[0].shape[1]]) if found else None


def _value(observation: Observation, place: Place, turn: int) -> Any:
    at = observation.seen.get(place.index)
    return at.values[turn] if at is not None and len(at.values) > turn else None


def seen_in(observed: Sequence[Observation], place: Place, turn: int) -> list[Any] | None:
    """Return what was computed at a place at every draw, in one of its turns."""
    values = [_value(o, place, turn) for o in observed]
    ok = all(isinstance(v, np.ndarray | float) and np.shape(v) == np.shape(values[0]) for v in values)
    return values if ok else None


def of_any(values: Sequence[Any], shape: tuple[int, ...]) -> Array | None:
    """Put numbers at all draws into one row, whole ones too, each in a shape; None if they don't fit."""
    if any(not isinstance(v, np.ndarray | int | float | np.number) for v in values):
        return None
    try:
        return sampled([np.broadcast_to(np.asarray(v, float), shape) for v in values])
    except ValueError:
        return None


def sampled(values: Sequence[Array]) -> Array:
    """Put numbers at all draws into one row; of many some, always at the same places."""
    row = np.concatenate([np.ravel(v) for v in values]).astype(float)
    return row if row.size <= SAMPLE else row[_places(row.size)]


@lru_cache(maxsize=32)
def _places(size: int) -> Array:
    return np.sort(np.random.default_rng(size).choice(size, SAMPLE, replace=False))


@lru_cache(maxsize=8)
def probes(size: int) -> Array:
    """Return two directions: what has the same lengths along both is the same."""
    return np.random.default_rng(13).standard_normal((size, 2))


def distinct(rows: Array | None) -> Array | None:
    """Leave out what isn't finite, is zero, or came before."""
    if rows is None or not rows.size:
        return None
    rows = rows[np.isfinite(rows).all(axis=1) & rows.any(axis=1)]
    along = rows @ probes(rows.shape[1])[:, 0]
    _, first = np.unique(np.array([f"{a:.9e}" for a in along]), return_index=True)
    return rows[np.sort(first)] if rows.size else None
