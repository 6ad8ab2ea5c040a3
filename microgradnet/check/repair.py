"""Where a derivation by hand is wrong: the place in its source at which one change mends it, proved by running it.

A place is blamed only if something put there mends every gradient that was wrong and depends on it, at all draws, and
breaks none; the earliest such place in the data flow. Several mistakes are mended one after the other.
"""

from __future__ import annotations

import ast
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CodeType, FrameType
from typing import Any

import numpy as np

from microgradnet.check.align import Aligned, Draw, Match, Quantity
from microgradnet.check.by_hand import ByHand
from microgradnet.check.forms import as_numpy, like
from microgradnet.check.observe import Observation, Place, Source, quietly
from microgradnet.check.rewrites import VALUE, Rewrite, Surroundings, omissions, slips
from microgradnet.check.text import copies

__all__ = ["Edit", "Mend", "Repair", "Rerun", "evaluated"]

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = Mapping[str, Array]

_LEFT_OUT, _FOREIGN = 4, 5
"""How much speaks against a place: something would have to be added to what is right as it stands; or something of
arguments that what stands there doesn't depend on."""

LONG = 800
"""How many values are observed in a run that is long."""

CAUSES = 4
"""How many mistakes are looked for in one derivation."""

EXACT = 1e-7
"""How far a mended gradient may be from the right one, relative to its largest element."""


# --- running it again --------------------------------------------------------------------------------------------

Edit = Callable[[Any, FrameType, int], Any]
"""What is put at a place, from the value as computed, the frame, and how often the place was reached before."""


class _Endless(BaseException):
    """A run computes far more than the user's own; no ``except Exception`` of theirs is to hold it up."""


class Rerun:
    """The user's derivation, run again with something else at some places."""

    def __init__(self, program: Source, derivation: ByHand, draws: Sequence[Draw]) -> None:
        self.program, self.draws = program, draws
        self.derivation = derivation
        self.names = list(derivation.gradients)
        self.runs = 0
        self.longest = math.inf  # how many values a run may compute before it counts as endless

    def _call(self, *args: Any) -> Any:
        result = self.program.bound()(*args)
        return list(result) if isinstance(result, Iterator) else result

    def gradients(self, edits: Mapping[int, Edit], draw: int, left_out: frozenset[int] = frozenset()) -> Gradients:
        """Return the gradients with these edits, and some statements left out.

        Raises
        ------
        Exception
            Whatever the user's function raises then.
        """
        self.runs += 1
        reached: dict[int, int] = {}
        computed = itertools.count()

        def keep(i: int) -> bool:
            if next(computed) > self.longest:  # what was changed is what ends a loop
                raise _Endless
            return i not in left_out

        def put(i: int, v: Any) -> Any:
            if next(computed) > self.longest:
                raise _Endless
            if i not in edits:
                return v
            k = reached.get(i, 0)
            reached[i] = k + 1
            new = like(edits[i](v, sys._getframe(1), k), v)
            if self.program.places[i].kind == "after" and isinstance(v, np.ndarray):
                v[...] = new
                return v
            return new

        self.program.hooked(put, keep)
        return self.ran(draw)

    def ran(self, draw: int) -> Gradients:
        """Run whatever code the functions have now."""
        values = self.draws[draw].values
        result = self._call(*copies(values))
        plain = self._plainly(result)
        return replace(self.derivation, manual=result).at(values).ascending if plain is None else plain

    def _plainly(self, result: Any) -> Gradients | None:
        """Read gradients that are given in one of the plain ways; None if `ByHand` has to make sense of them."""
        if isinstance(result, dict) and result.keys() >= {*self.names}:
            result = [result[name] for name in self.names]
        given = [result] if isinstance(result, np.ndarray) and len(self.names) == 1 else result
        if not isinstance(given, tuple | list) or len(given) != len(self.names):
            return None
        if not all(isinstance(g, np.ndarray | np.floating | float) for g in given):
            return None
        sign = -1.0 if self.derivation.descent else 1.0
        return {name: np.array(g) * sign for name, g in zip(self.names, given, strict=True)}

    def right(self, gradients: Gradients, draw: int, near: float = EXACT) -> frozenset[str]:
        """Name the gradients that are right."""
        found = set()
        for name, g in gradients.items():
            true = self.draws[draw].gradients[name]
            if g.shape == true.shape:
                apart, most = np.abs(g - true).max(initial=0.0), np.abs(true).max(initial=0.0)
                if apart <= near * most or (most == 0 == apart):
                    found.add(name)
        return frozenset(found)


def evaluated(code: CodeType) -> Edit:
    """Evaluate other text where a value was computed; where it can't be yet, as in a loop's first round, keep that."""
    failed = [0]

    def edit(v: Any, frame: FrameType, k: int) -> Any:
        try:
            return eval(code, frame.f_globals, {**frame.f_locals, VALUE: v})  # the user's own names, in their own code
        except NameError:
            if k == 0:
                return v
            raise
        finally:
            failed[0] += 1

    return edit


def _put(values: Sequence[Any]) -> Edit:
    """Put values in place of those computed, one after the other; those that are None are kept."""
    return lambda v, frame, k: v if k >= len(values) or values[k] is None else _shaped(values[k], v)


def _shaped(new: Array, old: Any) -> Any:
    own = np.array(new)  # the user's code may write to it
    return own.reshape(old.shape) if hasattr(old, "shape") and np.prod(old.shape, dtype=int) == own.size else own


# --- what mends ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Mend:
    """A change at one place that makes wrong gradients right, at all draws.

    Attributes
    ----------
    place : Place
    names : frozenset of str
        The gradients that it mends.
    rewrite : Rewrite or None
        Other text; None where it isn't known how to write what belongs there.
    left_out : bool
        Whether the statement is to be left out.
    quantity : Match or None
        What the right value is.
    forward : bool
        Whether that is a value of the forward pass.
    """

    place: Place
    names: frozenset[str]
    edits: Sequence[Mapping[int, Edit]]  # for each draw
    left_out: frozenset[int] = frozenset()
    rewrite: Rewrite | None = None
    quantity: Match | None = None
    forward: bool = False


class Repair:
    """The search for what mends a derivation.

    Parameters
    ----------
    rerun : Rerun
    aligned : Aligned
        The derivation as it is.
    wrong : frozenset of str
        The gradients to mend.
    deadline : float
        When to stop, as `time.perf_counter` counts.
    shared : frozenset of int
        The places that the loss computes, too: none of them is blamed.
    """

    def __init__(
        self, rerun: Rerun, aligned: Aligned, wrong: frozenset[str], deadline: float, shared: frozenset[int]
    ) -> None:
        self.rerun, self.aligned, self.deadline, self.shared = rerun, aligned, deadline, shared
        self.known, self.observed = aligned.known, aligned.observed
        self.program = rerun.program
        self.wrong = wrong
        self.done: list[Mend] = []
        self.stopped = False
        count = sum(at.count for at in aligned.observed[0].seen.values())
        self.long = count > LONG
        rerun.longest = 1000 + 20 * count
        self._surroundings: dict[int, Surroundings] = {}
        self._depends: dict[int, frozenset[int]] | None = None

    # the mistakes, one after the other

    def search(self) -> list[Mend]:
        """Mend one mistake after the other; return what was found, which may not be all."""
        with self.program.exchanged(), quietly():
            left = self.wrong
            while left and len(self.done) < CAUSES and (mend := self._next(left)) is not None:
                self.done.append(mend)
                left = left - mend.names
        return self.done

    def _next(self, wrong: frozenset[str]) -> Mend | None:
        for f, code in self.program.observed.items():
            f.__code__ = code
        self.base = self._run({}, frozenset(), 0)
        if self.base is None:
            return None
        self.kept = self.rerun.right(self.base, 0) - wrong
        reach = self._reach(wrong)
        for needed in (wrong, None):
            found = self._best(wrong, reach, needed)
            if found is not None or self.stopped:
                return found
            if len(wrong) == 1:
                break
        return None

    def _run(self, edits: Mapping[int, Edit], left_out: frozenset[int], draw: int) -> Gradients | None:
        if time.perf_counter() > self.deadline:
            self.stopped = True
            return None
        before: dict[int, Edit] = {}
        for mend in self.done:
            before |= mend.edits[draw]
            left_out |= mend.left_out
        try:
            return self.rerun.gradients({**before, **edits}, draw, left_out)
        except (Exception, _Endless):  # what the user's code may raise, given what it was not made for
            return None

    def run(self, edits: Mapping[int, Edit], draw: int) -> Gradients | None:
        """Run the derivation as it is mended so far, with further edits; None if it can't be run so."""
        return self._run(edits, frozenset(), draw)

    # how far a place reaches

    def _reach(self, wrong: frozenset[str]) -> dict[int, frozenset[str]]:
        """Find which gradients change with what is computed at each place; only those that reach no right one."""
        random = np.random.default_rng(3)
        reached: dict[int, frozenset[str]] = {}
        assert self.base is not None
        taken = {i for mend in self.done for i in mend.edits[0]}
        if self.long:
            roots = {i for i in self.observed[0].seen if self.program.places[i].parent is None}
            for f, code in self.program.only(roots | taken).items():
                f.__code__ = code
        for i in sorted(self.observed[0].seen):  # what is around an expression comes first
            place = self.program.places[i]
            if not _is_real(self.observed[0], i) or place.kind == "statement" or i in self.shared:
                continue
            outer = place.parent
            while outer is not None and outer not in reached:
                outer = self.program.places[outer].parent
            if outer is not None:
                reached[i] = reached[outer]  # all that comes of it goes through that
            elif (found := self._run({i: _shaken(random)}, frozenset(), 0)) is not None:
                reached[i] = frozenset(n for n, g in found.items() if not np.array_equal(g, self.base[n]))
        reach = {i: r for i, r in reached.items() if r & wrong and not r & self.kept and i not in taken}
        self._spread(reach, wrong)
        return reach

    def _spread(self, reach: dict[int, frozenset[str]], wrong: frozenset[str]) -> None:
        """Let what isn't a real number reach what the expression around it does; anything, where there is none."""
        taken = {i for mend in self.done for i in mend.edits[0]} | self.shared
        for i, at in self.observed[0].seen.items():
            place, value = self.program.places[i], at.values[0] if at.values else None
            if i in reach or i in taken or place.kind != "expression" or value is None:
                continue
            if (isinstance(value, np.ndarray) and value.dtype.kind == "f") or isinstance(value, float):
                continue
            outer = place.parent
            while outer is not None and outer not in reach and not _is_real(self.observed[0], outer):
                outer = self.program.places[outer].parent
            if outer is None:
                if isinstance(value, int | tuple | np.ndarray):
                    reach[i] = wrong
            elif outer in reach:
                reach[i] = reach[outer]

    # the best place

    def _best(
        self, wrong: frozenset[str], reach: Mapping[int, frozenset[str]], needed: frozenset[str] | None
    ) -> Mend | None:
        """Choose what mends all that is needed; if that is None, what mends any of it, and reaches most.

        First come small slips, at the earliest place that has one; then what the automatic derivation knows, and what
        may have been left out.
        """
        statements = self._statements(reach, needed)
        if needed is None:
            return self._widest(statements, wrong, reach)
        for places in statements:
            if here := [(level, m) for level, m in self._slips(places, wrong) if m.names >= needed]:
                return min(here, key=lambda f: f[0])[1]
            if self.stopped:
                return None
        beside: tuple[float, Mend] | None = None  # in what the right derivation hasn't,
        within: tuple[float, Mend] | None = None  # after what it has,
        far: tuple[float, Mend] | None = None  # or for want of anything better
        for places in statements:
            if (beside is not None and not self._right(places)) or self.stopped:
                continue
            here = [(level, m) for level, m in self._values_and_omissions(places, wrong) if m.names >= needed]
            new = min(here, key=lambda f: f[0], default=None)
            if new is None:
                continue
            if new[0] < _LEFT_OUT:
                beside = new
            elif new[0] >= _FOREIGN:
                far = far or new
            elif within is None or self._comes_first(new[1], within[1]):
                within = new
        if beside is not None and (within is None or not self._comes_first(within[1], beside[1])):
            return beside[1]
        return (within or far or (0, None))[1]

    def _comes_first(self, one: Mend, other: Mend) -> bool:
        """Whether something was left out earlier in the data flow; a count is mostly divided by at its end."""
        if _hands_on(other.place.statement):
            return False
        earlier = self._time(one) < self._time(other)
        return not earlier if _counts(one) and _counts(other) else earlier

    def _time(self, mend: Mend) -> float:
        """Return when a statement was first reached."""
        seen, statement = self.observed[0].seen, mend.place.statement
        return min(at.times[0] for i, at in seen.items() if at.times and self.program.places[i].statement is statement)

    def _widest(
        self, statements: Sequence[list[Place]], wrong: frozenset[str], reach: Mapping[int, frozenset[str]]
    ) -> Mend | None:
        """Choose what mends most; of those, what reaches most: one cause for all before one for each."""
        found = []
        for k, places in enumerate(statements):
            for look in (self._slips, self._values_and_omissions):
                for level, m in look(places, wrong):
                    found.append(((-len(m.names), -len(self._reached(m, reach)), level, k), m))
        return min(found, key=lambda f: f[0])[1] if found else None

    def _reached(self, mend: Mend, reach: Mapping[int, frozenset[str]]) -> frozenset[str]:
        if not mend.left_out:
            return reach[mend.place.index]
        inside = [r for i, r in reach.items() if self.program.places[i].statement is mend.place.statement]
        return frozenset().union(*inside)

    def _statements(self, reach: Mapping[int, frozenset[str]], needed: frozenset[str] | None) -> list[list[Place]]:
        """Group the places that may be wrong by statement: first those where the right derivation is left first."""
        groups: dict[tuple[str, int, int], list[Place]] = {}
        for i in self.observed[0].seen:
            if i in reach and (needed is None or reach[i] >= needed):
                place = self.program.places[i]
                at = place.file, place.statement.lineno, place.statement.col_offset
                groups.setdefault(at, []).append(place)
        return sorted(groups.values(), key=self._left_at)

    def _left_at(self, places: Sequence[Place]) -> float:
        """Say when a statement first computed what the right derivation hasn't."""
        first = math.inf
        if _hands_on(places[0].statement):
            return min(t for p in places for t in self.observed[0].seen[p.index].times[:1])
        for place in places:
            if place.parent is None and place.kind == "expression":
                at = self.observed[0].seen[place.index]
                unknown = [
                    t for t, m in zip(at.times, self.aligned.matches(place), strict=False) if m is None or not m.exact
                ]
                first = min([first, *unknown])
        if first == math.inf:
            return 1e9 + min(t for p in places for t in self.observed[0].seen[p.index].times[:1])
        return first

    def _right(self, places: Sequence[Place]) -> bool:
        """Whether all that a statement computes is as the right derivation has it, and not only handed on."""
        whole = [p for p in places if p.parent is None]
        if _hands_on(places[0].statement):
            return False
        matches = [(p, m) for p in whole for m in self.aligned.matches(p)]
        return bool(matches) and all(m is not None and m.exact and self._is_itself(p, m) for p, m in matches)

    def _is_itself(self, place: Place, match: Match) -> bool:
        """Whether a forward value is meant as one: y − o is half of a gradient, too."""
        return match.quantity.kind == "cotangent" or self._foreign(place)

    def _focus(self, places: Sequence[Place]) -> None:
        """Observe one statement only, and what is mended already, where the loops are so long that it pays."""
        if self.long:
            guard = self._guard(places[0].statement)
            inside = [p.index for p in (*places, *([guard] if guard else []))]
            done = [i for m in self.done for i in (*m.edits[0], *m.left_out)]
            for f, code in self.program.only({*inside, *done}).items():
                f.__code__ = code

    def _slips(self, places: Sequence[Place], wrong: frozenset[str]) -> Iterator[tuple[float, Mend]]:
        """Find slips in one statement."""
        if self._right(places):
            return
        self._focus(places)
        if (guard := self._guard(places[0].statement)) is not None:
            out = frozenset([guard.index])
            if names := self._mended([{}] * len(self.rerun.draws), out, wrong):
                yield 0.7, Mend(guard, names, [{}] * len(self.rerun.draws), left_out=out)
        for place in places:
            for rewrite in slips(self._around(place)):
                if (mend := self._try(place, rewrite, wrong)) is not None:
                    yield rewrite.far, mend

    def _values_and_omissions(self, places: Sequence[Place], wrong: frozenset[str]) -> Iterator[tuple[float, Mend]]:
        """Find what may be missing in one statement: a quantity that isn't there, or something that is left out."""
        right = self._right(places)
        self._focus(places)
        for place in places:
            matches = self.aligned.matches(place)
            match = matches[0] if matches else None
            if isinstance(place.statement, ast.Return) and isinstance(place.node, ast.Name) and place.parent is None:
                continue  # what a variable holds is wrong where it was computed
            if right and (place.parent is not None or (match is not None and match.quantity.kind == "value")):
                continue
            found, foreign = False, self._foreign(place)
            for rewrite in omissions(self._around(place)):
                if (mend := self._try(place, rewrite, wrong)) is not None:
                    scaled = match is not None and match.quantity.kind == "cotangent" and not _hands_on(place.statement)
                    scaled = scaled and rewrite.kind not in ("sign", "scale")
                    level = rewrite.far + (_LEFT_OUT if (right or scaled) and place.parent is None else 3)
                    yield (_FOREIGN if foreign and rewrite.kind not in ("sign", "scale") else level), mend
                    found = True
                    break
            if not right and not found:
                for mend in self._quantities(place, wrong):
                    assert mend.quantity is not None
                    of_forward = mend.quantity.quantity.kind in ("value", "local", "product")
                    yield (_FOREIGN if foreign and not of_forward else 3.5), mend
                    break

    def _around(self, place: Place) -> Surroundings:
        if place.index not in self._surroundings:
            self._surroundings[place.index] = Surroundings.of(self.program, self.observed[0], place)
        return self._surroundings[place.index]

    def _foreign(self, place: Place) -> bool:
        """Whether a value doesn't depend on all arguments that the derivation does: it comes before, as p before y."""
        if self._depends is None:
            self._depends = depends_on(self.program, self.rerun, self.observed[0])
        own = self._depends.get(place.index, frozenset())
        while place.parent is not None:  # what stands around it counts, too
            place = self.program.places[place.parent]
            own |= self._depends.get(place.index, frozenset())
        return own < frozenset().union(*self._depends.values())

    def _guard(self, statement: ast.stmt) -> Place | None:
        for place in self.program.places:
            if place.kind == "statement" and place.statement is statement:
                return place
        return None

    def _try(self, place: Place, rewrite: Rewrite, wrong: frozenset[str]) -> Mend | None:
        try:
            code = compile(rewrite.run, "<repair>", "eval")
        except SyntaxError:
            return None
        edits = {place.index: evaluated(code)}
        names = self._mended([edits] * len(self.rerun.draws), frozenset(), wrong)
        return Mend(place, names, [edits] * len(self.rerun.draws), rewrite=rewrite) if names else None

    def _mended(
        self, edits: Sequence[Mapping[int, Edit]], left_out: frozenset[int], wrong: frozenset[str]
    ) -> frozenset[str]:
        """Name the wrong gradients that are right with some edits, at all draws; none if one is broken."""
        names = wrong
        for draw in range(len(self.rerun.draws)):
            found = self._run(edits[draw], left_out, draw)
            if found is None:
                return frozenset()
            right = self.rerun.right(found, draw)
            names = names & right
            if not names or (draw == 0 and not self.kept <= right):
                return frozenset()
        return names

    def _quantities(self, place: Place, wrong: frozenset[str]) -> Iterator[Mend]:
        """Put what the automatic derivation knows, times whatever factor mends it."""
        at = self.observed[0].seen[place.index]
        value = at.values[0] if at.values else None
        if not isinstance(value, np.ndarray) or at.count != 1:
            return
        if isinstance(place.node, ast.Name) and place.kind == "expression" and not _hands_on(place.statement):
            return  # what a variable holds is wrong where it was computed
        for quantity, axes in self.known.like(value.shape):
            for factor in self._factors(place, quantity, axes, wrong):
                edits = [{place.index: _put([_turned(v, axes) * factor])} for v in quantity.values]
                if names := self._mended(edits, frozenset(), wrong):
                    match = Match(quantity, factor, axes, True)
                    yield Mend(place, names, edits, quantity=match)

    def _factors(
        self, place: Place, quantity: Quantity, axes: tuple[int, ...] | None, wrong: frozenset[str]
    ) -> Iterator[float]:
        """Find the factor with which a quantity would mend something, if the gradients are linear in it."""
        value = _turned(quantity.values[0], axes)
        once = self._run({place.index: _put([value])}, frozenset(), 0)
        twice = None if once is None else self._run({place.index: _put([2 * value])}, frozenset(), 0)
        if once is None or twice is None:
            return
        true = self.rerun.draws[0].gradients
        for name in sorted(wrong):
            if once[name].shape != true[name].shape:
                continue
            slope = (twice[name] - once[name]).ravel()
            gap = (true[name] - once[name]).ravel()
            size = float(slope @ slope)
            if not size > 0 or not np.isfinite(size):
                continue
            step = float(gap @ slope) / size
            if np.abs(gap - step * slope).max() <= EXACT * max(np.abs(true[name]).max(), 1e-300):
                factor = 1 + step
                near = round(factor) if abs(factor) >= 1 else 1 / round(1 / factor) if abs(factor) > 1e-9 else 0
                yield float(near) if abs(factor - near) < 1e-9 * abs(factor) else factor
                return


def _hands_on(statement: ast.stmt) -> bool:
    """Whether a statement does no more than give a name to what has one, or to a constant."""
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Assign) and isinstance(value, ast.Name | ast.Constant)


def _counts(mend: Mend) -> bool:
    """Whether a mend is no more than to divide by a count, or to multiply by one: where doesn't matter much."""
    return mend.rewrite is not None and mend.rewrite.kind in ("sum-for-mean", "mean-for-sum")


def _is_real(seen: Observation, i: int) -> bool:
    at = seen.seen.get(i)
    value = at.values[0] if at is not None and at.values else None
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _turned(value: Array, axes: tuple[int, ...] | None) -> Array:
    return value if axes is None else value.transpose(axes)


def _shaken(random: np.random.Generator) -> Edit:
    """Put something near: to see what depends on a value."""

    def edit(v: Any, _: FrameType, __: int) -> Any:
        x = np.asarray(as_numpy(v))
        if x.dtype.kind != "f":
            return v
        size = float(np.abs(x).max(initial=0.0)) or 1.0
        return (x + 0.1 * size * random.standard_normal(x.shape))[()]

    return edit


def first_value(seen: Observation, place: Place) -> Any:
    """Return what was first computed at a place; None if nothing that was kept."""
    at = seen.seen.get(place.index)
    return at.values[0] if at is not None and at.values else None


def depends_on(program: Source, rerun: Rerun, seen: Observation) -> dict[int, frozenset[int]]:
    """Find which arguments each value depends on: the values are others where the argument is."""
    random = np.random.default_rng(5)
    found: dict[int, set[int]] = {i: set() for i in seen.seen}
    values = rerun.draws[0].values
    for k, value in enumerate(values):
        x = np.asarray(value) if isinstance(value, np.ndarray | float) else np.asarray(0)
        if x.dtype.kind == "f":
            other: Any = (x + 0.1 * random.standard_normal(x.shape))[()]
        elif x.dtype.kind in "iub" and x.ndim:
            other = np.roll(x, 1, axis=0)
        else:
            continue
        try:
            again = program.observe_inside(
                lambda args: program.bound()(*args), [other if i == k else v for i, v in enumerate(values)]
            )
        except Exception:  # what the user's code may raise at arguments that aren't the user's
            continue
        for i, at in seen.seen.items():
            new = again.seen.get(i)
            if new is None or not _same_values(at.values, new.values):
                found[i].add(k)
    return {i: frozenset(args) for i, args in found.items()}


def _same_values(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True) if x is not None)
