"""Where a derivation by hand is wrong: the place in its source at which one change mends it, proved by running it.

A place is blamed only if something put there mends gradients that were wrong, at all draws, and breaks none. Where
several places would do, it is the one that needs the smallest change, and of equal ones the earliest in the data flow.
Several mistakes are mended one after the other, or two at once.
"""

from __future__ import annotations

import ast
import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np

from microgradnet.check.align import Aligned, Match
from microgradnet.check.observe import Observation, Place, Source, in_double, quietly
from microgradnet.check.patch import changed
from microgradnet.check.rearranged import rearranged
from microgradnet.check.rerun import EXACT, Edit, Outcome, Rerun, evaluated, put, shaken
from microgradnet.check.response import Response, alone, fitting
from microgradnet.check.rewrites import (
    VALUE,
    Expressions,
    Rewrite,
    Surroundings,
    first_value,
    held,
    omissions,
    restated,
    slips,
)
from microgradnet.check.variables import Variables
from microgradnet.check.wanted import Wanted

__all__ = ["Mend", "Repair", "first_value"]

Array = np.ndarray[Any, np.dtype[Any]]

WORK = 1_100_000.0
"""How much may be computed in search of all mistakes, as `Rerun` counts it."""

SHARE = 0.3
"""Which part of it one way to look for them may take: none keeps the others from being tried."""

LESS = 0.24
"""Which part factors and terms made of what is at hand may take: what is looked up by its numbers takes less."""

REST = 0.2
"""Which part of work and time is left for several mistakes, while one is looked for that explains everything."""

CAUSES = 4
"""How many mistakes are looked for in one derivation."""

OPTIONS = 3
"""How many mends of some of the gradients are followed up, to see which leaves least to mend."""

PAIRS = 40
"""How many pairs of changes are run that ought to mend everything together."""

COMPLETED = frozenset({"detached", "missing-term", "diagonal-jacobian"})
"""The kinds of formulas that something is left out of, wherever that is added."""

FACTORS = 6
"""How many changes are followed up that make everything right but for a factor."""

NEAREST = 0.1
"""What is nearer than this is one sign, name or number for another."""

FITTING = 12
"""How many texts are run that fit by their numbers at one argument."""

UNLIKELY = 0.75
"""What is as far as this from what stands there is only believed if nothing nearer is found."""

SIMPLE = 0.15
"""What is nearer than this is a name, a sign or a number that was left out."""

INVOLVED = 0.45
"""What is as far as this is more than one name that was left out."""


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

    @property
    def far(self) -> float:
        """How far it is from what stands there."""
        return 3.0 if self.quantity is not None else 0.7 if self.rewrite is None else self.rewrite.far


Generator = Callable[[Surroundings], Iterator[Rewrite]]


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
        When to stop, as `time.process_time` counts: a guard, far beyond what the work takes.
    shared : frozenset of int
        The places that the loss computes, too: none of them is blamed.
    """

    def __init__(
        self, rerun: Rerun, aligned: Aligned, wrong: frozenset[str], deadline: float, shared: frozenset[int]
    ) -> None:
        self.rerun, self.aligned, self.shared = rerun, aligned, shared
        self.until = deadline
        self.known, self.observed = aligned.known, aligned.observed
        self.program, self.seen, self.wrong = rerun.program, aligned.observed[0], wrong
        self.done: list[Mend] = []
        self.draws = range(len(rerun.draws))
        self.expressions = Expressions(self.program, self.seen)
        self.wanted = Wanted(self.program, self.known, self.observed)
        self.limit = WORK
        self._asked, self._left = 0, 0.0
        self._begun = self._now = time.process_time()
        self._surroundings: dict[int, Surroundings] = {}
        self._codes: dict[str, CodeType | None] = {}
        self._foreign: dict[int, bool] = {}
        self._rewrites: dict[tuple[int, Generator], list[Rewrite]] = {}

    def search(self) -> list[Mend]:
        """Mend one mistake after the other; return what was found, which may not be all."""
        with self.program.exchanged(), quietly():
            return [*self.done, *self._without_idle(self._solve(self.wrong, self.done))]

    def one_for_all(self) -> Mend | None:
        """Find one change that mends all that is wrong, if it is known how to write it."""
        scan = Scan.after(self, self.wrong, [])
        return None if scan is None else scan.whole()

    def allow(self, share: float) -> None:
        """Let a part of all work be done next."""
        self.limit = min((1 - self._left) * WORK, self.rerun.work + share * WORK)

    def leave(self, share: float) -> None:
        """Leave a part of all work for what is looked for later."""
        self._left = share

    @property
    def stopped(self) -> bool:
        """Whether as much was computed as may be."""
        self._asked += 1  # the clock of the process takes as long to read as a run of a small derivation
        if self._asked % 16 == 0:
            self._now = time.process_time()
        return self.rerun.work > self.limit or self._now > self.until - self._left * (self.until - self._begun)

    def _solve(self, wrong: frozenset[str], done: list[Mend]) -> list[Mend]:
        """Find what mends these: one change, else the fewest that follow one another, or two at once."""
        if not wrong or len(done) >= CAUSES:
            return []
        scan = Scan.after(self, wrong, done)
        if scan is None:
            return []
        if (one := scan.whole()) is not None:
            pair = scan.pair() if one.far >= UNLIKELY else None
            if pair is None or all(_reads_target(m, one) for m in pair) or sum(m.far for m in pair) >= one.far + SIMPLE:
                return [one]
            return pair
        if (pair := self._one_by_one(scan, wrong, done)) is not None:
            return pair
        best: list[Mend] = []
        for option in scan.some(1 if done else OPTIONS):
            found = [option, *self._solve(wrong - option.names, [*done, option])]
            if not best or self._rank(found, scan) < self._rank(best, scan):
                best = found
            if len(best) == 2 and self._mended(best) >= wrong:
                break
        if not self._mended(best) >= wrong:
            if pair := scan.pair() or scan.one_of_two() or self._one_after_another(scan, wrong, done):
                return pair
            known = scan.known(wrong) or (scan.known(None) if not best else None)
            if known is not None and (known.names >= wrong or not best):
                return [known, *self._solve(wrong - known.names, [*done, known])]
        return best

    def _one_by_one(self, scan: Scan, wrong: frozenset[str], done: list[Mend]) -> list[Mend] | None:
        """Make the statement right that goes wrong first, if that takes little, and then all, if that takes little."""
        first = next(iter(scan.locally()), None) if not done else None
        again = self._after([first]) if first is not None and first.far <= SIMPLE else None
        after = None if again is None else Scan.after(again, wrong, again.done)
        found = None if after is None else after.whole()
        return None if first is None or found is None or found.far > INVOLVED else [first, found]

    def _one_after_another(self, scan: Scan, wrong: frozenset[str], done: list[Mend]) -> list[Mend] | None:
        """Make a statement right that goes wrong first, though that mends nothing alone, and look again after that."""
        for first in scan.locally():
            again = self._after([*done, first])
            if again is None:
                continue
            found = again._solve(wrong, [*done, first])
            if found and self._mended(found) >= wrong and all(m.quantity is None for m in found):
                return [first, *found]
        return None

    def _after(self, mends: list[Mend]) -> Repair | None:
        """Read the derivation anew as it is with some mends; None where it can't be run so."""
        observed = []
        for draw in self.draws:
            found = self.rerun.watched(*_on_top(mends, {}, frozenset(), draw))
            if found is None:
                return None
            observed.append(found)
        again = Repair(self.rerun, Aligned(self.known, observed), self.wrong, self.until, self.shared)
        again.done, again.limit = [*mends], self.limit
        return again

    def _mended(self, mends: Sequence[Mend]) -> frozenset[str]:
        return frozenset().union(*(m.names for m in mends))

    def _rank(self, mends: Sequence[Mend], scan: Scan) -> tuple[Any, ...]:
        incomplete = sum(not scan.is_complete(m) for m in mends)
        return -len(self._mended(mends)), len(mends), incomplete, sum(m.far for m in mends)

    def _without_idle(self, mends: list[Mend]) -> list[Mend]:
        """Leave out what isn't needed beside the others."""
        if len(mends) < 2:
            return mends
        right = self._right_with([*self.done, *mends])
        for mend in mends:
            others = [m for m in mends if m is not mend]
            if right <= self._right_with([*self.done, *others]):
                return self._without_idle(others)
        return mends

    def _right_with(self, mends: Sequence[Mend]) -> frozenset[str]:
        self.rerun.focus({m.place.statement for m in mends})
        right = frozenset(self.rerun.names)
        for draw in self.draws:
            found = self.outcome({}, frozenset(), draw, mends)
            right &= found.right if found is not None else frozenset()
        return right

    def run(self, edits: Mapping[int, Edit], draw: int) -> Mapping[str, Array] | None:
        """Run the derivation as it is mended so far, with further edits; None if it can't be run so."""
        self.rerun.observe_all()
        return self.rerun.tried(*_on_top(self.done, edits, frozenset(), draw))

    def outcome(
        self, edits: Mapping[int, Edit], left_out: frozenset[int], draw: int, done: Sequence[Mend]
    ) -> Outcome | None:
        """Run with some edits on top of what is mended, and say what is right then."""
        found = self.rerun.tried(*_on_top(done, edits, left_out, draw))
        return None if found is None else self.rerun.judged(found, draw)

    def around(self, place: Place) -> Surroundings:
        """Look around a place."""
        if place.index not in self._surroundings:
            self._surroundings[place.index] = Surroundings.of(self.expressions, place)
        return self._surroundings[place.index]

    def rewrites(self, place: Place, generator: Generator) -> list[Rewrite]:
        """List what may stand at a place."""
        key = place.index, generator
        if key not in self._rewrites:
            self._rewrites[key] = list(generator(self.around(place)))
        return self._rewrites[key]

    def code(self, text: str) -> CodeType | None:
        """Compile an expression."""
        if text not in self._codes:
            try:
                self._codes[text] = in_double(compile(text, "<repair>", "eval"))
            except SyntaxError:
                self._codes[text] = None
        return self._codes[text]

    def meant(self, place: Place) -> frozenset[int]:
        """Find of which values of the loss a variable is the gradient, by its name: of z, if that is dz or grad_z."""
        name = _last_word(place.variable or "")
        stems = {name.removeprefix(a) for a in ("grad_", "delta_", "grad", "d_", "d") if name.startswith(a)}
        stems |= {name.removesuffix("_grad")} if name.endswith("_grad") else set()
        found: set[int] = set()
        for text in {t for t, _ in held(self.seen.names.get(place.index, {})) if _last_word(t) in stems}:
            values = [dict(held(o.names.get(place.index, {}))).get(text) for o in self.observed]
            match = self.known.identify(values)
            if match is not None and match.exact and match.axes is None and match.quantity.kind == "value":
                found |= {i for i in self.known.differentiable if i == match.quantity.entry}
        return frozenset(found)

    @cached_property
    def depends(self) -> dict[int, frozenset[int]]:
        """Which arguments each value depends on."""
        return depends_on(self.program, self.rerun, self.seen)

    def is_foreign(self, place: Place) -> bool:
        """Whether a value doesn't depend on all arguments that the derivation does: it comes before, as p before y."""
        if place.index not in self._foreign:
            own, outer = self.depends.get(place.index, frozenset()), place
            while outer.parent is not None:  # what stands around it counts, too
                outer = self.program.places[outer.parent]
                own |= self.depends.get(outer.index, frozenset())
            self._foreign[place.index] = not own >= self._data
        return self._foreign[place.index]

    @cached_property
    def _data(self) -> frozenset[int]:
        """The arguments that count: not a rate or the like, which may come in anywhere."""
        values = self.rerun.draws[0].values
        of = self.rerun.derivation.positions
        used = frozenset().union(*self.depends.values())
        return frozenset(k for k in used if np.size(values[k]) > 1 or k in of)

    @cached_property
    def guards(self) -> dict[Any, Place]:
        """The places of the statements that can be left out."""
        return {p.statement: p for p in self.program.places if p.kind == "statement" and p.index in self.guarded}

    @cached_property
    def guarded(self) -> frozenset[int]:
        """The statements that ran."""
        reached = {self.program.places[i].statement for i in self.seen.seen}
        return frozenset(p.index for p in self.program.places if p.kind == "statement" and p.statement in reached)

    def time_of(self, place: Place) -> float:
        """Return when a value was first computed, or a statement first reached."""
        at = self.seen.seen.get(place.index)
        return at.times[0] if at is not None and at.times else self._times.get(place.statement, math.inf)

    @cached_property
    def _times(self) -> dict[Any, int]:
        found: dict[Any, int] = {}
        for i, at in self.seen.seen.items():
            if at.times:
                statement = self.program.places[i].statement
                found[statement] = min(at.times[0], found.get(statement, at.times[0]))
        return found


@dataclass(frozen=True)
class _Effect:
    """What a change does to the gradients, along two directions; it mends nothing alone."""

    along: tuple[float, float]
    place: Place
    rewrite: Rewrite | None


class Scan:
    """All changes of one place each, on top of what is mended already.

    Attributes
    ----------
    reach : dict of int to frozenset of str
        Which wrong gradients change with what is computed at each place; only places that reach no right one.
    """

    def __init__(self, repair: Repair, wrong: frozenset[str], done: list[Mend], base: Outcome) -> None:
        self.repair, self.wrong, self.done, self.base = repair, wrong, done, base
        self.rerun, self.program, self.seen = repair.rerun, repair.program, repair.seen
        self.kept = base.right - wrong
        self.taken = repair.shared | {i for m in done for i in (*m.edits[0], *m.left_out)}
        self.mended_statements = {m.place.statement for m in done}
        self.effects: list[_Effect] = []
        self.involved: list[Mend] = []
        self.proportional: list[tuple[Place, Rewrite]] = []  # what is right with that, but for a factor
        self.partly: list[tuple[Place, Rewrite | None, frozenset[str], float]] = []
        mask = np.repeat([n in wrong for n in self.rerun.names], np.diff([0, *self.rerun._ends]))
        self._probe = np.where(mask, np.random.default_rng(11).standard_normal((2, mask.size)), 0.0)
        self._gap = self._along(self.rerun.true[0] - base.row)
        self._true = self._along(self.rerun.true[0])
        own = self._along(base.row)
        self._is_scaled = own is not None and self._ratio(own) is not None
        self.reach = self._reach()

    @classmethod
    def after(cls, repair: Repair, wrong: frozenset[str], done: list[Mend]) -> Scan | None:
        """Run with what is mended; None where nothing comes out."""
        repair.rerun.focus({m.place.statement for m in done})
        base = repair.outcome({}, frozenset(), 0, done)
        return None if base is None else cls(repair, wrong, done, base)

    # how far a place reaches

    def _reach(self) -> dict[int, frozenset[str]]:
        """Find which gradients change with what is computed at each place."""
        random = np.random.default_rng(3)
        self.rerun.observe_all()
        reached: dict[int, frozenset[str]] = {}
        before = self._raw({})
        for i in sorted(self.seen.seen):  # what is around an expression comes first
            place = self.program.places[i]
            if not _is_real(self.seen, i) or place.kind == "statement" or i in self.repair.shared:
                continue
            outer, handed = place.parent, False
            while outer is not None and outer not in reached:
                handed = handed or self._calls_own(self.program.places[outer].node)
                outer = self.program.places[outer].parent
            if outer is not None and not (handed or self._calls_own(self.program.places[outer].node)):
                reached[i] = reached[outer]  # all that comes of it goes through that
            elif self._is_in_what_is_whole(place):
                continue  # a small change changes nothing
            elif (found := self._raw({i: shaken(random)})) is not None and before is not None:
                reached[i] = frozenset(n for n, g in found.items() if not np.array_equal(g, before[n]))
        self.wide = {i: r for i, r in reached.items() if r & self.wrong and i not in self.taken}
        self._spread(self.wide)
        return {i: r for i, r in self.wide.items() if not r & self.kept}

    def _is_in_what_is_whole(self, place: Place) -> bool:
        """Whether it is a part of a condition, an index or a shape."""
        while place.parent is not None:
            place = self.program.places[place.parent]
            if not _is_real(self.seen, place.index) and first_value(self.seen, place) is not None:
                return True
        return False

    def _raw(self, edits: Mapping[int, Edit]) -> Mapping[str, Array] | None:
        return self.rerun.tried(*_on_top(self.done, edits, frozenset(), 0))

    def _spread(self, reach: dict[int, frozenset[str]]) -> None:
        """Let what isn't a real number reach what the expression around it does; anything, where there is none."""
        for i, at in self.seen.seen.items():
            place, value = self.program.places[i], at.values[0] if at.values else None
            if i in reach or i in self.taken or place.kind != "expression" or value is None:
                continue
            if _is_real(self.seen, i) and not self._is_in_what_is_whole(place):
                continue
            outer = place.parent
            while outer is not None and outer not in reach and not _is_real(self.seen, outer):
                outer = self.program.places[outer].parent
            if outer is None:
                if isinstance(value, int | float | tuple | np.ndarray | np.generic):
                    reach[i] = self.wrong
            elif outer in reach:
                reach[i] = reach[outer]

    # one change for all

    def whole(self) -> Mend | None:
        """Find what mends all that is wrong: a slip first, then what was left out, then what stands otherwise."""
        narrow = self._statements(lambda r: r >= self.wrong)
        unlikely: list[Mend] = []
        first = self._slipped, self._restated, self._simply_omitted, self._omitted, self._wanted
        self.repair.leave(0.0 if self.done else REST)
        for look in (*first, self._exchanged, self._rearranged, self._fitted, self._much_omitted):
            found = self._looked(look, narrow)
            if found and found[0].far < UNLIKELY and not self._is_of_what_was_given(found[0]):
                self.repair.leave(0.0)
                return found[0]
            unlikely += found
        wide = [group for group in self._grouped(self.wide, lambda r: r >= self.wrong) if group not in narrow]
        for look in (self._slipped, self._restated, self._simply_omitted, self._omitted, self._much_omitted):
            unlikely += self._looked(look, wide)
        self.repair.leave(0.0)
        return min(unlikely, key=lambda m: m.far, default=None)

    def _looked(
        self, look: Callable[[Sequence[list[Place]]], Mend | None], places: Sequence[list[Place]]
    ) -> list[Mend]:
        self.repair.allow(LESS if look == self._omitted else SHARE)
        found = look(places)
        return [] if found is None else [found]

    def _slipped(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find a slip: the nearest to what stands there, and of equal ones the earliest; one that is unlikely last."""
        found: list[Mend] = []
        for places in statements:
            here = [m for m in self._slips(places) if m.names >= self.wrong]
            best = min(here, key=lambda m: m.far, default=None)
            if best is not None and best.far < NEAREST and not self._comes_before(best.place):
                return best
            found += [best] if best is not None else []
            if self.repair.stopped:
                break
        return min(found, key=lambda m: (m.far, self._comes_before(m.place)), default=None)

    def _comes_before(self, place: Place) -> bool:
        """Whether a number is of the forward pass, and no gradient."""
        return _is_real(self.seen, place.index) and self.repair.is_foreign(place)

    def _restated(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find a statement that should be of another form: ``=`` for ``+=``, or added up at every index."""
        if self.done or any(isinstance(self.program.places[i].statement, ast.While) for i in self.seen.seen):
            return None  # nothing would end a loop that doesn't
        for places in statements:
            guard = self.repair.guards.get(places[0].statement)
            whole = next((p for p in places if p.node is getattr(p.statement, "value", None)), places[0])
            for rewrite in restated(self.repair.around(whole)) if guard is not None else ():
                if guard is not None and (mend := self._patched(guard, rewrite)) is not None:
                    return mend
        return None

    def _patched(self, guard: Place, rewrite: Rewrite) -> Mend | None:
        """Try another statement in the source itself."""
        source = changed(self.program, guard.file, [(guard, rewrite.source)])
        codes = None if source is None else self.program.with_source(guard.file, source)
        if codes is None:
            return None
        with self.program.exchanged(codes):
            for draw in self.repair.draws:
                found = self.rerun.plainly_run(draw)
                if found is None or not self.wrong | self.kept <= found.right:
                    return None
        return Mend(guard, self.wrong, [{}] * len(self.rerun.draws), rewrite=rewrite)

    def _exchanged(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find what another expression of the source stands for."""
        for places in statements:
            here = [m for m in self._swaps(places) if m.names >= self.wrong and m.far < UNLIKELY]
            if here:
                return min(here, key=lambda m: m.far)
            if self.repair.stopped:
                break
        return None

    def _omitted(self, statements: Sequence[list[Place]], generators: Sequence[Generator] = ()) -> Mend | None:
        """Find what was left out: a factor or a term made of what is at hand."""
        order = sorted(statements, key=self._is_forward)
        for generator in generators or (_plain,):
            found: list[Mend] = []
            for places in order:
                late = not all(_counts(m) or self._is_unwanted(m) for m in found) and not self._is_right(places)
                if late and not any(self.is_misnamed(p) for p in places):
                    continue  # and what was found is no worse
                found += [m for m in self._omissions(places, generator) if m.names >= self.wrong]
                if self.repair.stopped:
                    break
            self.involved += [m for m in found if _is_involved(m)]
            if any(not _is_involved(m) for m in found):
                return self._first([m for m in found if not _is_involved(m)])
            self.repair.allow(SHARE)
        return None

    def _simply_omitted(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find a name, a count or a sign that was left out."""
        return self._omitted(statements, [_simple])

    def _much_omitted(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find what is more involved, such as a factor and a sign that were both left out."""
        found = self._omitted(statements, [_involved])
        return self._first(self.involved) if found is None and self.involved else found

    def _is_forward(self, places: Sequence[Place]) -> int:
        """Say how late a statement is looked at: last the forward pass, but for where it leaves the loss's."""
        if not all(self.repair.is_foreign(p) and not self._is_a_slope(p) for p in places):
            return 1
        roots = [p for p in places if p.parent is None and p.variable is not None]
        leaves = any(None in self.repair.aligned.matches(p) for p in roots if _is_real(self.seen, p.index))
        return 0 if leaves else 2

    def _first(self, found: Sequence[Mend]) -> Mend:
        """Choose the earliest in the data flow; a count is mostly divided by at its end."""
        found = [m for m in found if self.is_misnamed(m.place)] or found
        found = [m for m in found if _is_summed(m) and self._gives_back(m.place)] or found
        for is_unwanted in (self._is_unwanted, *self._unwanted, _is_of_a_name):
            found = [m for m in found if not is_unwanted(m)] or found
        late = all(_counts(m) for m in found)
        return min(found, key=lambda m: self.repair.time_of(m.place) * (-1 if late else 1))

    def _is_unwanted(self, mend: Mend) -> bool:
        return any(is_unwanted(mend) for is_unwanted in self._unwanted)

    @property
    def _unwanted(self) -> tuple[Callable[[Mend], bool], ...]:
        """What makes a place less likely to be the one where something was left out, the worst first."""
        return _is_of_a_variable, self._is_foreign_mend, self._is_of_what_is_right, _is_involved

    def _is_of_what_was_given(self, mend: Mend) -> bool:
        """Whether something would be added where a value of the forward pass only gets another name."""
        added = mend.rewrite is not None and VALUE in mend.rewrite.run and mend.rewrite.kind != "sign"
        return added and _is_of_a_name(mend) and self.repair.is_foreign(mend.place)

    def _is_of_what_is_right(self, mend: Mend) -> bool:
        """Whether something is added to a part of an expression which is what the right derivation has."""
        matches = self.repair.aligned.matches(mend.place)
        exact = bool(matches) and all(m is not None and m.exact and m.quantity.kind == "cotangent" for m in matches)
        return mend.place.parent is not None and exact and not _counts(mend)

    def _is_foreign_mend(self, mend: Mend) -> bool:
        kind = "" if mend.rewrite is None else mend.rewrite.kind
        foreign = kind not in ("sign", "scale") and self.repair.is_foreign(mend.place)
        return foreign and not self._is_a_slope(mend.place)

    def _is_a_slope(self, place: Place) -> bool:
        """Whether it is what a helper computes that is no value of the loss: a derivative, most likely."""
        while place.parent is not None:
            place = self.program.places[place.parent]
        matches = [m for m in self.repair.aligned.matches(place) if m is not None]
        own = place.function != self.program.main.split(".")[-1]
        own = own and not self.repair.depends.get(place.index, frozenset()).isdisjoint(self.rerun.derivation.positions)
        return own and all(m.quantity.kind in ("local", "product") for m in matches)

    def _rearranged(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find what stands otherwise; the derivative of what is normalised is completed at its end."""
        found: list[Mend] = []
        for places in statements:
            elsewhere = found and found[0].place.function != places[0].function
            if elsewhere and not _returns_a_variable(places[0]):
                continue
            whole = [p for p in places if p.parent is None] if self._is_right(places) else places
            found += [m for m in self._each(whole, rearranged, 2.0) if m.names >= self.wrong]
            if found and any(m.rewrite is not None and m.rewrite.kind not in COMPLETED for m in found):
                return min(found, key=lambda m: (m.far, self.repair.time_of(m.place)))
            if self.repair.stopped:
                break
        handed = [m for m in found if _returns_a_variable(m.place)]
        return max(handed or found, key=lambda m: self.repair.time_of(m.place), default=None)

    def _wanted(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find what belongs there by its numbers, at the first statement where something is found."""
        for places in sorted(statements, key=self._when):
            if self._is_right(places):
                continue
            parts = [p for p in places if not self._calls_own(p.node)]  # what is wrong would be in there
            found = [m for m in self._each(parts, self.repair.wanted, 3.0) if m.names >= self.wrong]
            if found:
                return min(found, key=lambda m: m.far)
            if self.repair.stopped:
                break
        return None

    def _fitted(self, statements: Sequence[list[Place]]) -> Mend | None:
        """Find what belongs at a place by how the gradients respond to it: the first statement where something does."""
        for places in sorted(statements, key=self._when):
            if self._is_right(places) or self.repair.stopped:
                continue
            self._focus(places)
            asked = {p.index: self._response(p) for p in places if p.parent is None}
            roots = [r for r in asked.values() if r is not None]
            if roots and not any(r.mends() for r in roots):
                continue
            parts = [p for p in places if _is_real(self.seen, p.index) and not self._holds_own(p.node)]
            responses = ((p, asked[p.index] if p.index in asked else self._response(p)) for p in parts)
            found = [m for p, response in responses for m in self._that_fit(p, response)]
            if found:
                return min(found, key=lambda m: m.far)
        return None

    def _holds_own(self, node: Any) -> bool:
        return any(self._calls_own(n) for n in ast.walk(node))

    def _that_fit(self, place: Place, response: Response | None) -> Iterator[Mend]:
        """Find what mends everything there: by its numbers, or by running whatever is at hand where they don't tell."""
        at = self.repair.around(place)
        texts: Iterator[Rewrite] = iter(())
        if response is not None:
            texts = itertools.islice(fitting(at, response.first, self._row, self.repair.code), FITTING)
        elif place.kind == "expression":
            texts = alone(at)
        computed = isinstance(place.node, ast.Name) and not _hands_on(place.statement)
        for rewrite in texts:
            if self.repair.stopped:
                return
            if computed and not _is_simple(rewrite.source):
                continue  # what a variable holds is wrong where it was computed
            if (mend := self._verified(place, rewrite)) is not None and mend.names >= self.wrong:
                yield mend
                return

    def _response(self, place: Place) -> Response | None:
        return Response.of(place, self._row, self.rerun.true[0], self.rerun._near[0])

    def _row(self, edits: Mapping[int, Edit]) -> Array | None:
        found = self.repair.outcome(edits, frozenset(), 0, self.done)
        return None if found is None else found.row

    # one change for some

    def some(self, most: int) -> list[Mend]:
        """Find changes that mend some of what is wrong, those first that leave nothing wrong of what they reach."""
        if len(self.wrong) == 1:
            return []
        self.repair.allow(SHARE)
        for look in (self._slips, self._omissions, self._swaps):
            for places in self._statements(lambda r: not r >= self.wrong):
                if self.repair.stopped:
                    break
                list(look(places))
        options: list[Mend] = []
        ranked = [self._ranked(*p) for p in self.partly]
        orders = sorted(ranked, key=lambda r: r[0]), sorted(ranked, key=lambda r: r[1])
        for order in (*orders, *([orders[0]] * most)):
            for _, _, place, rewrite in order:
                if any(o.place.statement is place.statement for o in options):
                    continue
                if (mend := self._verified(place, rewrite)) is not None:
                    options.append(mend)
                    break
        return options[:most]

    def _ranked(
        self, place: Place, rewrite: Rewrite | None, names: frozenset[str], stage: float
    ) -> tuple[tuple[Any, ...], tuple[Any, ...], Place, Rewrite | None]:
        far = stage + (0.7 if rewrite is None else rewrite.far)
        mend = Mend(place, names, (), rewrite=rewrite)
        likely = self._is_foreign_mend(mend) if stage else False, far >= 1 + INVOLVED or _is_of_a_variable(mend)
        when = self.repair.time_of(place)
        own = self.reach.get(place.index, self.wrong) & self.wrong
        return (
            (names != own, *likely, far >= 1, -len(names), when, far),
            (*likely, -len(own), -len(names), far >= 1, when, far),
            place,
            rewrite,
        )

    def is_complete(self, mend: Mend) -> bool:
        """Whether it leaves nothing wrong of what it reaches."""
        return self.reach.get(mend.place.index, self.wrong) & self.wrong <= mend.names

    # two changes at once

    def pair(self) -> list[Mend] | None:
        """Find two changes whose effects add up to what is wrong."""
        if self._gap is None or not self.effects:
            return None
        size = float(np.hypot(*self._gap)) or 1.0
        best: dict[tuple[Any, ...], _Effect] = {}
        for e in self.effects:
            key = (e.place.statement, round(e.along[0] / size, 7), round(e.along[1] / size, 7))
            if key not in best or _far(e) < _far(best[key]):
                best[key] = e
        effects = list(best.values())
        first = np.array([e.along for e in effects]) / size
        order = np.argsort(first[:, 0], kind="stable")
        wanted = np.array(self._gap) / size - first
        found: list[tuple[float, float, int, int]] = []
        low = np.searchsorted(first[order, 0], wanted[:, 0] - 1e-7)
        high = np.searchsorted(first[order, 0], wanted[:, 0] + 1e-7)
        for i, (a, b) in enumerate(zip(low, high, strict=True)):
            for j in order[a:b]:
                apart = effects[i].place.statement is not effects[j].place.statement
                if i < j and apart and abs(first[j, 1] - wanted[i, 1]) < 1e-7:
                    when = sum(self.repair.time_of(effects[k].place) for k in (i, j))
                    found.append((_far(effects[i]) + _far(effects[j]), when, i, int(j)))
        for _, _, i, j in sorted(found)[:PAIRS]:
            if (pair := self._both(effects[i], effects[j])) is not None:
                return pair
        return None

    def _both(self, one: _Effect, other: _Effect) -> list[Mend] | None:
        mends = [self._mend(e.place, e.rewrite, self.wrong) for e in (one, other)]
        if any(m is None for m in mends):
            return None
        pair = [m for m in mends if m is not None]
        right = self.repair._right_with([*self.done, *pair])
        return pair if right >= self.wrong | self.kept else None

    def one_of_two(self) -> list[Mend] | None:
        """Find two changes of which the first makes all right but for a factor."""
        if self.done:
            return None
        for place, rewrite in sorted(self.proportional, key=lambda e: e[1].far)[:FACTORS]:
            first = self._mend(place, rewrite, self.wrong)
            scan = None if first is None else Scan.after(self.repair, self.wrong, [first])
            for look in (scan._slipped, scan._simply_omitted, scan._omitted) if scan is not None else ():
                found = scan._looked(look, scan._statements(lambda r: r >= self.wrong)) if scan is not None else []
                if first is not None and found and found[0].place.statement is not place.statement:
                    return [first, *found]
        return None

    # one change that mends nothing alone

    def locally(self) -> list[Mend]:
        """Find changes after which a statement computes a gradient of the loss, though that mends nothing alone.

        The first statement that doesn't is looked at, and a change is as likely as it is near.
        """
        if len(self.done) + 1 >= CAUSES:
            return []
        self.repair.allow(SHARE)
        for places in sorted(self._grouped(self.wide, lambda r: bool(r & self.wrong)), key=self._when):
            whole = [p for p in places if p.node is getattr(p.statement, "value", None)]
            back = bool(whole) and self._gives_back(whole[0])
            if not whole or (self._is_right(places) and not back) or not self._is_grounded(places):
                continue
            if self._begins_as_gradient(whole[0]) and not (self.is_misnamed(whole[0]) or back):
                continue
            found = [m for p in places for m in self._made_right(p, whole[0])]
            if found:
                return sorted(found, key=lambda m: m.far)[:OPTIONS]
        return []

    def _begins_as_gradient(self, whole: Place) -> bool:
        """Whether a statement computes a gradient when first reached: what it does later may be of its own making."""
        return any(m is not None and m.exact for m in self.repair.aligned.matches(whole)[:1])

    def _made_right(self, place: Place, whole: Place) -> Iterator[Mend]:
        """List the changes of a place after which its statement computes a gradient of the loss, when first reached."""
        scope = Variables(self.program, self.repair.observed, place)
        meant = self.repair.meant(whole)
        changes: list[Generator] = [_near, _simple, _plain] if place is whole else [_near]
        changes.append(self.repair.wanted)
        for rewrite in (r for g in changes for r in self.repair.rewrites(place, g)):
            if self.repair.stopped:
                return
            text = self._with(place, whole, rewrite.source)
            values = None if text is None else scope.computed(text)
            match = None if values is None else self.known_as(values)
            if match is not None and meant and match.quantity.entry not in meant:
                continue
            if match is not None and (mend := self._mend(place, rewrite, self.wrong)) is not None:
                yield mend

    def _with(self, place: Place, whole: Place, source: str) -> ast.expr | None:
        """Write a statement's value with other text for a part."""
        text, own = self.program.text(whole), self.program.text(place)
        if text.count(own) != 1:
            return None
        try:
            return ast.parse(text.replace(own, source if place is whole else f"({source})"), mode="eval").body
        except SyntaxError:
            return None

    def known_as(self, values: Sequence[Any]) -> Match | None:
        """Say which gradient of the loss some values are."""
        match = self.repair.known.identify(values)
        return match if match is not None and match.exact and match.quantity.kind == "cotangent" else None

    # what the automatic derivation knows

    def known(self, needed: frozenset[str] | None) -> Mend | None:
        """Put what the automatic derivation knows where a statement computes something else of what is known.

        A gradient itself, put where it is computed, mends it always: it is the last that is tried.
        """
        self.repair.limit = self.rerun.work + SHARE * WORK
        statements = sorted(self._statements(lambda r: needed is None or r >= needed), key=self._when)
        statements = [s for s in statements if self._is_grounded(s)]
        ends: list[Mend] = []
        for places in statements:
            self._focus(places)
            for place in sorted(places, key=lambda p: p.parent is not None):
                found = (m for m in self._quantities(place) if needed is None or m.names >= needed)
                mend = next(found, None)
                if mend is not None and not self._is_an_end(mend):
                    return mend
                ends += [] if mend is None else [mend]
            if self.repair.stopped:
                break
        return ends[0] if ends and needed is not None else None

    def _is_an_end(self, mend: Mend) -> bool:
        quantity = mend.quantity
        return quantity is not None and quantity.text().lstrip("−") in {f"∂L/∂{name}" for name in self.rerun.names}

    def _when(self, places: Sequence[Place]) -> float:
        return min(self.repair.time_of(p) for p in places)

    def _is_grounded(self, places: Sequence[Place]) -> bool:
        """Whether all that a statement reads is known, or comes before: what it makes of it is its own mistake."""
        return all(self._is_known(p) or self._was_made_of_known(p) for p in self._reads(places[0].statement))

    def _reads(self, statement: ast.stmt) -> Iterator[Place]:
        """List the variables that a statement reads, and what functions of the user's return to it."""
        for i in self.seen.seen:
            place = self.program.places[i]
            if place.statement is not statement or place.kind != "expression":
                continue
            read = isinstance(place.node, ast.Name | ast.Attribute) and _is_real(self.seen, i)
            if read or self._calls_own(place.node):
                yield place

    def _is_known(self, place: Place) -> bool:
        if isinstance(first_value(self.seen, place), tuple | None):
            return False  # what a function of the user's makes of it is its own affair
        if np.ndim(first_value(self.seen, place)) == 0 or self.repair.is_foreign(place):
            return True
        return any(m is not None for m in self.repair.aligned.matches(place))

    def _was_made_of_known(self, place: Place) -> bool:
        """Whether a variable was computed just before, in the same function, of what is known."""
        if not isinstance(place.node, ast.Name):
            return False
        made = [
            p.statement
            for p in self.program.places
            if p.function == place.function and p.variable == place.node.id and p.index in self.seen.seen
        ]
        return bool(made) and all(self._is_known(p) for s in made for p in self._reads(s))

    def _quantities(self, place: Place) -> Iterator[Mend]:
        """Put what the automatic derivation knows, times whatever factor mends it."""
        value = first_value(self.seen, place)
        if not isinstance(value, np.ndarray | float) or self._calls_own(place.node) or np.all(value == 0):
            return
        if isinstance(place.node, ast.Name) and place.kind == "expression" and not _hands_on(place.statement):
            return  # what a variable holds is wrong where it was computed
        counts = {o.seen[place.index].count for o in self.repair.aligned.observed if place.index in o.seen}
        if len(counts) != 1:
            return
        for match, values in self.repair.aligned.known.series(np.shape(value), counts.pop()):
            if self.repair.stopped:
                return
            for factor in self._factors(place, values[0]):
                edits = [{place.index: put([factor * v for v in at])} for at in values]
                names = self.wrong
                for draw in self.repair.draws:
                    found = self.repair.outcome(edits[draw], frozenset(), draw, self.done)
                    names = names & found.right if found is not None and self.kept <= found.right else frozenset()
                    if not names:
                        break
                if names:
                    yield Mend(place, names, edits, quantity=replace(match, factor=factor))

    def _calls_own(self, node: Any) -> bool:
        """Whether it is a call of a function that is observed itself: what is wrong would be in there."""
        name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", None))
        return any(name == f.__name__ or (f.__name__ == "__call__") for f in self.program.observed) if name else False

    def _factors(self, place: Place, values: Sequence[Array]) -> Iterator[float]:
        """Find the factor with which a quantity would mend something, if the gradients are linear in it."""
        once, twice = (
            self.repair.outcome({place.index: put([c * v for v in values])}, frozenset(), 0, self.done) for c in (1, 2)
        )
        if once is None or twice is None:
            return
        starts, true = [0, *self.rerun._ends], self.rerun.true[0]
        for k, name in enumerate(self.rerun.names):
            part = slice(starts[k], starts[k + 1])
            if name not in self.wrong:
                continue
            slope, gap = (twice.row - once.row)[part], (true - once.row)[part]
            size = float(slope @ slope)
            if not size > 0 or not math.isfinite(size):
                continue
            step = float(gap @ slope) / size
            if np.abs(gap - step * slope).max() <= 10 * EXACT * max(np.abs(true[part]).max(), 1e-300):
                factor = 1 + step
                near = round(factor) if abs(factor) >= 1 else 1 / round(1 / factor) if abs(factor) > 1e-9 else 0
                yield float(near) if abs(factor - near) < 1e-9 * abs(factor) else factor
                return

    # statements and their changes

    def _statements(self, wanted: Callable[[frozenset[str]], bool]) -> list[list[Place]]:
        """Group the places that may be wrong by statement: first those where the right derivation is left first."""
        return self._grouped(self.reach, wanted)

    def _grouped(
        self, reach: Mapping[int, frozenset[str]], wanted: Callable[[frozenset[str]], bool]
    ) -> list[list[Place]]:
        groups: dict[Any, list[Place]] = {}
        for i in self.seen.seen:
            if i in reach and wanted(reach[i]):
                place = self.program.places[i]
                groups.setdefault(place.statement, []).append(place)
        return sorted(groups.values(), key=self._left_at)

    def _left_at(self, places: Sequence[Place]) -> float:
        """Say when a statement first computed what the right derivation hasn't."""
        first = math.inf
        start = min(t for p in places for t in self.seen.seen[p.index].times[:1])
        if _hands_on(places[0].statement):
            return start
        for place in places:
            if place.parent is None and place.kind == "expression":
                matches = self.repair.aligned.matches(place)
                times = zip(self.seen.seen[place.index].times, matches, strict=False)
                first = min([first, *(t for t, m in times if m is None or not m.exact)])
        return 1e9 + start if first == math.inf else first

    def _is_right(self, places: Sequence[Place]) -> bool:
        """Whether all that a statement computes is as the right derivation has it, and not only handed on."""
        if _hands_on(places[0].statement):
            return False
        matches = [(p, m) for p in places if p.parent is None for m in self.repair.aligned.matches(p)]
        if self._is_twice(places) or _takes_off(places[0].statement):
            return False
        return bool(matches) and all(m is not None and m.exact and self._is_itself(p, m) for p, m in matches)

    def _gives_back(self, place: Place) -> bool:
        """Whether a statement returns an argument of its function as it is."""
        if not _returns_a_variable(place):
            return False
        around = [
            f
            for f in ast.walk(self.program.trees[place.file])
            if isinstance(f, ast.FunctionDef) and f.lineno <= place.line <= (f.end_lineno or 0)
        ]
        inner = max(around, key=lambda f: f.lineno, default=None)
        return inner is not None and place.statement.value.id in {a.arg for a in inner.args.args}

    def is_misnamed(self, place: Place) -> bool:
        """Whether a statement calls something the gradient of a value, and it is that of another: ``dz = da``."""
        meant = self.repair.meant(place)
        matches = self.repair.aligned.matches(place) if meant and _hands_on(place.statement) else []
        of = {m.quantity.entry for m in matches if m is not None and m.exact and m.quantity.kind == "cotangent"}
        return bool(of) and of.isdisjoint(meant)

    def _is_twice(self, places: Sequence[Place]) -> bool:
        """Whether a statement gives two variables one and the same: one of them is a copy that wasn't changed."""
        value = getattr(places[0].statement, "value", None)
        parts = [ast.dump(p) for p in value.elts] if isinstance(value, ast.Tuple) else []
        return len(set(parts)) < len(parts)

    def _is_itself(self, place: Place, match: Match) -> bool:
        """Whether a forward value is meant as one, as y − o is half of a gradient; what is returned isn't turned.

        And whether a gradient is that of what its variable is named after: ``dmu`` isn't meant as that of y − mu.
        """
        if isinstance(place.statement, ast.Return) and match.axes is not None:
            return False
        meant = self.repair.meant(place)
        if meant and match.quantity.kind == "cotangent" and match.quantity.entry not in meant:
            right = [self.repair.known.draws[0].chain.right.cotangent(i) for i in meant]
            return any(np.array_equal(match.quantity.values[0], g) for g in right)
        return match.quantity.kind == "cotangent" or (not meant and self.repair.is_foreign(place))

    def _focus(self, places: Sequence[Place]) -> None:
        self.rerun.focus({places[0].statement, *self.mended_statements})

    def _slips(self, places: Sequence[Place]) -> Iterator[Mend]:
        """Find slips in one statement."""
        if self._is_right(places):
            return
        self._focus(places)
        guard = self.repair.guards.get(places[0].statement)
        if guard is not None and guard.index not in self.taken and (mend := self._try(guard, None, 0.0)) is not None:
            yield mend
        yield from self._each(places, _near, 0.0)

    def _swaps(self, places: Sequence[Place]) -> Iterator[Mend]:
        """Find another expression of the source in place of one."""
        if not self._is_right(places):
            yield from self._each(places, _not_near, 1.5)

    def _omissions(self, places: Sequence[Place], generator: Generator | None = None) -> Iterator[Mend]:
        """Find what may have been left out of one statement."""
        right = self._is_right(places)
        if right:
            whole = [p for p in places if p.parent is None]
            matches = [m for p in whole for m in self.repair.aligned.matches(p)[:1]]
            if any(m is not None and m.quantity.kind == "value" for m in matches):
                return
            places = whole
        if places:
            yield from self._each(places, generator or omissions, 1.0)

    def _each(self, places: Sequence[Place], generator: Generator, stage: float) -> Iterator[Mend]:
        if not places:
            return
        self._focus(places)
        for place in places:
            for rewrite in self.repair.rewrites(place, generator):
                if self.repair.stopped:
                    return
                if (mend := self._try(place, rewrite, stage)) is not None:
                    yield mend
                    if stage and mend.far < UNLIKELY:
                        break

    # one change

    def _try(self, place: Place, rewrite: Rewrite | None, stage: float) -> Mend | None:
        """Make one change: a mend of all that is wrong, or noted for what it does."""
        mend = self._mend(place, rewrite, self.wrong)
        if mend is None:
            return None
        found = self.repair.outcome(mend.edits[0], mend.left_out, 0, self.done)
        if found is None or not self.kept <= found.right:
            return None
        names = found.right & self.wrong
        if names >= self.wrong:
            return self._verified(place, rewrite)
        if names:
            self.partly.append((place, rewrite, names, stage))
        along = self._along(found.row)
        if along is None:
            return None
        if rewrite is not None and not self._is_scaled and not names and (ratio := self._ratio(along)) is not None:
            for scaled in _scaled(rewrite, 1 / ratio, self.repair.around(place)):
                if (compound := self._verified(place, scaled)) is not None:
                    return compound
            self.proportional.append((place, rewrite))
        own = self._along(found.row - self.base.row)
        if own is not None and own != (0.0, 0.0):
            self.effects.append(_Effect(own, place, rewrite))
        return None

    def _mend(self, place: Place, rewrite: Rewrite | None, names: frozenset[str]) -> Mend | None:
        count = len(self.rerun.draws)
        if rewrite is None:
            return Mend(place, names, [{}] * count, left_out=frozenset([place.index]))
        code = self.repair.code(rewrite.run)
        return None if code is None else Mend(place, names, [{place.index: evaluated(code)}] * count, rewrite=rewrite)

    def _verified(self, place: Place, rewrite: Rewrite | None) -> Mend | None:
        """Name what a change mends at all draws; None if that is nothing, or one is broken."""
        mend = self._mend(place, rewrite, self.wrong)
        if mend is None:
            return None
        self.rerun.focus({place.statement, *self.mended_statements})
        names = self.wrong
        for draw in self.repair.draws:
            found = self.repair.outcome(mend.edits[draw], mend.left_out, draw, self.done)
            if found is None or not self.kept <= found.right:
                return None
            names = names & found.right
        return replace(mend, names=names) if names else None

    def _along(self, row: Array) -> tuple[float, float] | None:
        """Measure what is wrong along two directions; None where it isn't finite."""
        a, b = (self._probe @ np.where(self._probe[0] == 0, 0.0, row)).tolist()
        return (a, b) if math.isfinite(a) and math.isfinite(b) else None

    def _ratio(self, along: tuple[float, float]) -> float | None:
        """Say how many times the right gradients it is, if it is that in all."""
        if self._true is None or 0.0 in self._true or along[0] == 0:
            return None
        a, b = along[0] / self._true[0], along[1] / self._true[1]
        return a if abs(a - b) <= 1e-8 * abs(a) else None


def _on_top(
    done: Sequence[Mend], edits: Mapping[int, Edit], left_out: frozenset[int], draw: int
) -> tuple[Mapping[int, Edit], int, frozenset[int]]:
    for mend in done:
        edits = {**mend.edits[draw], **edits}
        left_out |= mend.left_out
    return edits, draw, left_out


def _scaled(rewrite: Rewrite, factor: float, at: Surroundings) -> Iterator[Rewrite]:
    """Write a change together with a sign or a factor, if it is one that people leave out."""
    known = {-1.0: ("sign", "-{}"), 2.0: ("scale", "2 * {}"), -2.0: ("scale", "-2 * {}"), 0.5: ("scale", "{} / 2")}
    for text, n in at.counts.items():
        known.setdefault(1 / n, ("sum-for-mean", f"{{}} / {text}"))
        known.setdefault(float(n), ("mean-for-sum", f"{{}} * {text}"))
    for value, (kind, how) in known.items():
        if abs(factor - value) <= 1e-8 * abs(value):
            source, run = (how.format(f"({t})") for t in (rewrite.source, rewrite.run))
            simple = rewrite.source.replace(".", "").replace("_", "").isalnum()
            source = how.format(rewrite.source) if simple else source
            yield Rewrite(f"{kind} + {rewrite.kind}", source, run, rewrite.far + INVOLVED)
            return


def _near(at: Surroundings) -> Iterator[Rewrite]:
    return (r for r in slips(at) if r.far < 0.5 or r.far >= UNLIKELY)


def _not_near(at: Surroundings) -> Iterator[Rewrite]:
    return (r for r in slips(at) if 0.5 <= r.far < UNLIKELY)


def _simple(at: Surroundings) -> Iterator[Rewrite]:
    return (r for r in omissions(at) if r.far < SIMPLE)


def _plain(at: Surroundings) -> Iterator[Rewrite]:
    return (r for r in omissions(at) if SIMPLE <= r.far < INVOLVED)


def _involved(at: Surroundings) -> Iterator[Rewrite]:
    return (r for r in omissions(at) if r.far >= INVOLVED)


def _far(effect: _Effect) -> float:
    return 0.7 if effect.rewrite is None else effect.rewrite.far + (VALUE in effect.rewrite.run)


def _hands_on(statement: ast.stmt) -> bool:
    """Whether a statement does no more than give a name to what has one, or to a constant."""
    value = getattr(statement, "value", None)
    reads = ast.Name | ast.Constant | ast.Attribute | ast.Subscript
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return isinstance(statement, ast.Assign) and all(isinstance(p, reads) for p in parts)


def _is_simple(source: str) -> bool:
    """Whether a text is no more than a variable, an attribute, an element or a number."""
    return isinstance(ast.parse(source, mode="eval").body, ast.Name | ast.Attribute | ast.Subscript | ast.Constant)


def _takes_off(statement: ast.stmt) -> bool:
    """Whether a statement subtracts from what was there: what it takes off may be right, and the sign wrong."""
    return isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub)


def _reads_target(mend: Mend, other: Mend) -> bool:
    """Whether the statement of a mend reads what that of another assigns: they have one cause."""
    targets = {
        n.id for t in getattr(other.place.statement, "targets", ()) for n in ast.walk(t) if isinstance(n, ast.Name)
    }
    return any(isinstance(n, ast.Name) and n.id in targets for n in ast.walk(mend.place.statement))


def _last_word(text: str) -> str:
    """Return what a variable, an attribute or an entry is called, in small letters."""
    return text.split(".")[-1].split("[")[-1].strip("]\"'").lower()


def _is_summed(mend: Mend) -> bool:
    return mend.rewrite is not None and mend.rewrite.kind == "missing-sum"


def _returns_a_variable(place: Place) -> bool:
    """Whether a statement returns a variable as it is: a function that should make something of it."""
    return isinstance(place.statement, ast.Return) and isinstance(place.statement.value, ast.Name)


def _counts(mend: Mend) -> bool:
    """Whether a mend is no more than to divide by a count, or to multiply by one: where doesn't matter much."""
    return mend.rewrite is not None and mend.rewrite.kind in ("sum-for-mean", "mean-for-sum")


def _is_of_a_variable(mend: Mend) -> bool:
    """Whether something is added to what a variable holds: it may have been left out where it was computed."""
    counted = _counts(mend) and not isinstance(mend.place.statement, ast.Return)
    read = isinstance(mend.place.node, ast.Name | ast.Attribute)
    handed = _is_summed(mend) and _returns_a_variable(mend.place)
    return read and not counted and not handed and not _hands_on(mend.place.statement)


def _is_of_a_name(mend: Mend) -> bool:
    return _hands_on(mend.place.statement)


def _is_involved(mend: Mend) -> bool:
    return mend.far >= INVOLVED


def _is_real(seen: Observation, i: int) -> bool:
    at = seen.seen.get(i)
    value = at.values[0] if at is not None and at.values else None
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


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
