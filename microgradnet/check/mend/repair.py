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
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.align import Aligned, Match, is_exact
from microgradnet.check.mend import several
from microgradnet.check.mend.copied import copied
from microgradnet.check.mend.expressions import Expressions
from microgradnet.check.mend.inserted import changed_before, changed_where_made, handed_on, inserted, may_be_handed_on
from microgradnet.check.mend.known import is_grounded, known
from microgradnet.check.mend.mends import Generator, Mend, joined, on_top, reads_target
from microgradnet.check.mend.one_change import (
    MANY,
    doubtful_change,
    likely_change,
    looked,
    moved,
    omitted,
    one_change,
    right_in_the_source,
    simply_omitted,
    slipped,
    wanted,
    wide_change,
)
from microgradnet.check.mend.reread import Reread
from microgradnet.check.mend.rewrite import INVOLVED, NEAREST, SIMPLE, UNLIKELY, Rewrite, names_in, read_in
from microgradnet.check.mend.scan import Scan
from microgradnet.check.mend.surroundings import Surroundings, held
from microgradnet.check.mend.wanted import Wanted
from microgradnet.check.observe import Observation, Place, Source, in_double, quietly
from microgradnet.check.rerun import Edit, Outcome, Rerun

Array = np.ndarray[Any, np.dtype[Any]]

WORK = 2_500_000.0
"""How much may be computed in search of all mistakes, as `Rerun` counts it."""

SHARE = 0.2
"""Which part of it one way to look for them may take: none keeps the others from being tried."""


FIRST = 2
"""How many changes that make one statement right alone are followed up before anything else."""

STEP = 0.12
"""Which part of all work may be done to follow up one of them."""

SURE = 0.3
"""Which part, where there is no doubt of it."""

DEEP = 0.4
"""Which part, and which part of the time, where all that there is to find is looked for beside that."""

HERE = 8
"""How many changes that were refused are run again, for arguments like those given."""

LAST = 0.1
"""Which part of the time is kept until then, to say at least which statement is wrong."""


class Tentative(NamedTuple):
    """A change that makes one statement right alone, and the derivation read anew with it."""

    mend: Mend
    repair: Repair
    right: frozenset[str]

    def scan(self, wrong: frozenset[str]) -> Scan | None:
        """See what the places reach then, of what is wrong still."""
        return Scan.after(self.repair, wrong - self.right, self.repair.done)


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
    everywhere : bool
        Whether a change has to hold where signs are others, too.
    """

    def __init__(
        self, rerun: Rerun, aligned: Aligned, wrong: frozenset[str], deadline: float, shared: frozenset[int],
        *, everywhere: bool = True,
    ) -> None:  # fmt: skip
        self.rerun, self.aligned, self.shared = rerun, aligned, shared
        self.until = deadline
        self.known, self.observed = aligned.known, aligned.observed
        self.program, self.seen, self.wrong = rerun.program, aligned.observed[0], wrong
        self.done: list[Mend] = []
        self.written = 0  # how many mends the source has in it
        self.draws = range(len(rerun.draws))
        self.expressions = Expressions(self.program, self.seen)
        self.wanted = Wanted(self.program, self.known, self.observed)
        self.limit = self.most = WORK
        self.everywhere = everywhere
        self.refused: list[list[Mend]] = []  # what would have done, did it hold where signs are others
        self._asked, self._left, self._kept = 0, 0.0, LAST
        self._begun = self._now = time.process_time()
        self._surroundings: dict[int, Surroundings] = {}
        self.scans: dict[tuple[frozenset[str], tuple[Mend, ...]], Scan | None] = {}
        self._stepped: dict[Scan, list[Tentative]] = {}
        self._locally: dict[Scan, list[tuple[Mend, int]]] = {}
        self._foreign: dict[int, bool] = {}
        self._right_functions: dict[tuple[str, str], bool] = {}
        self._rewrites: dict[tuple[int, Generator], list[Rewrite]] = {}

    def search(self) -> list[Mend]:
        """Mend one mistake after the other; return what was found, which may not be all."""
        with self.program.exchanged(), quietly():
            found = self._without_idle(self._solve(self.wrong, self.done))
            found = self._gathered([*found, *self._beside_what_took_all(found)])
            for k in range(len(found)):
                found[k] = self._where_it_was_made(found[k], [*found[:k], *found[k + 1 :]])
            return [*self.done, *found]

    def here(self) -> list[Mend]:
        """Find what mends everything at arguments like those given, of what was refused: the nearest."""
        with self.program.exchanged(), quietly():
            found = [m for m in self.refused if not any(o.quantity is not None for o in m)]
            found.sort(key=lambda m: (len(m), sum(o.far for o in m)))
            self.everywhere = False
            whole = (m for m in found[:HERE] if self.right_with(m) >= frozenset(self.rerun.names))
            return next(whole, [])

    def one_for_all(self) -> Mend | None:
        """Find one change that mends all that is wrong, if it is known how to write it."""
        scan = Scan.after(self, self.wrong, [])
        return None if scan is None else _any_change(scan)

    def allow(self, share: float = SHARE) -> None:
        """Let a part of all work be done next."""
        self.limit = min((1 - self._left) * self.most, self.rerun.work + share * WORK)

    def extend(self) -> None:
        """Let as much be done as one way may take, though all else was in vain."""
        self.limit = self.rerun.work + SHARE * WORK

    def leave(self, share: float) -> None:
        """Leave a part of all work for what is looked for later."""
        self._left = share

    @property
    def stopped(self) -> bool:
        """Whether as much was computed as may be."""
        self._asked += 1  # the clock of the process takes as long to read as a run of a small derivation
        if self._asked % 16 == 0:
            self._now = time.process_time()
        left = max(self._left, self._kept) * (self.until - self._begun)
        return self.rerun.work > self.limit or self._now > self.until - left

    @property
    def has_more(self) -> bool:
        """Whether more may be done than the way to look that was allowed last."""
        return self.limit < 0.99 * (1 - self._left) * self.most and time.process_time() < self.until

    @property
    def spent(self) -> bool:
        """Whether all work was done that may be, or all time is over, and not only the share of one way to look."""
        return self.rerun.work > self.most or time.process_time() > self.until

    def _solve(self, wrong: frozenset[str], done: list[Mend]) -> list[Mend]:
        """Find what mends these: one change, else the fewest that follow one another, or two at once."""
        if not wrong or len(done) + self.written >= several.CAUSES:
            return []
        scan = Scan.after(self, wrong, done)
        if scan is None:
            return []
        one, found = self._near(scan)
        if one is None and found is None:
            one = None if scan.done else copied(scan)
            found = self._in_turn(scan) if one is None else [one]
        if found is None:
            found = self._whole(scan, one)
        return self._in_parts(scan) if found is None else found

    def _beside_what_took_all(self, found: list[Mend]) -> list[Mend]:
        """Find a likely change that mends the rest, if there was no time left to look for it; a list of none or one."""
        rest = self.wrong - self._mended(found)
        if not found or not rest:
            return []
        kept = self._kept, self.most, self.until
        self._kept, self.most = 0.0, self.rerun.work + SHARE * WORK
        self.until = time.process_time() + LAST * (self.until - self._begun)
        after = Scan.after(self, rest, [*self.done, *found])
        one = None if after is None else likely_change(after, omitted)
        self._kept, self.most, self.until = kept
        return [] if one is None else [one]

    def _near(self, scan: Scan) -> tuple[Mend | None, list[Mend] | None]:
        """Find one change that is likely, or two where that one takes much."""
        one, pair = likely_change(scan, moved), None
        if one is None:
            if (pair := several.one_of_two(scan)) is not None:
                return None, pair
            if self.rerun.ends[-1] <= MANY:  # of more, a run takes longer than all looks at one statement
                one = _likely(scan)
                if one is None and (pair := self._apart(scan) or self._reworded(scan)) is not None:
                    return None, pair
            if one is None or one.far >= INVOLVED:
                pair = self._one_by_one(scan, _likely, 2 * NEAREST, sure=True)
            one = one or _likely(scan) or self._alone(scan)
        if pair is None and one is not None and one.rewrite is not None and one.rewrite.misread is not None:
            pair = self._taken_apart(scan, one, one.rewrite.misread)
        one = one if one is None or pair is not None else self._where_it_goes_wrong(scan, one)
        return one, pair if one is None or one.far >= INVOLVED else None

    def _where_it_goes_wrong(self, scan: Scan, one: Mend) -> Mend:
        """Find a change of what is named after a value and isn't its gradient, where another one makes up for that."""
        before = [
            g
            for g in scan.narrow
            if scan.when(g) < self.time_of(one.place) and g[0].statement is not one.place.statement
            and any(self.meant(p) and not any(self.aligned.matches(p)) for p in g if p.parent is None)
            and is_grounded(scan, g)
        ]  # fmt: skip
        for look in (slipped, simply_omitted, omitted) if before else ():
            found = looked(scan, look, before[:1])
            if found and found[0].far < INVOLVED:
                return found[0]
        return one

    def _in_turn(self, scan: Scan) -> list[Mend] | None:
        """Find what mends all one after the other, where that is likely and no single change is."""
        chain = self._one_after_another(scan, sure=True)
        if chain is None:
            return self._both_alone(scan) or self._apart(scan) or self._one_by_one(scan, _likely, 2 * NEAREST)
        one = one_change(scan) if len(chain) > 2 or any(m.far >= INVOLVED for m in chain) else None
        if one is None and len(chain) > 2:  # two may do, of which one mends some of it
            statements = {m.place.statement for m in chain}
            some = [m for m in several.some(scan, several.OPTIONS) if m.place.statement in statements]
            chain = self._completed(scan, some) or chain
        return [one] if one is not None else chain

    def _whole(self, scan: Scan, one: Mend | None) -> list[Mend] | None:
        """Find one change of any sort; two instead, where it is unlikely and they are near."""
        one = one or one_change(scan)
        if one is None:
            return None
        pair = several.pair(scan) if one.far >= UNLIKELY else None
        if pair is None or all(reads_target(m, one) for m in pair) or sum(m.far for m in pair) >= INVOLVED:
            return [one]
        return pair

    def _in_parts(self, scan: Scan) -> list[Mend]:
        """Find what mends a part each, one change where that leads nowhere, or the best there is."""
        best = self._each_by_its_own(scan)
        if 0 < len(best) <= 2 and self._mended(best) >= scan.wrong:  # of more, some may have one cause
            return best
        pair = self._one_by_one(scan, _any_change, INVOLVED) or several.added_up(scan) or self._handed_on(scan)
        if pair is not None:
            return pair
        options = several.some(scan, 1 if scan.done else several.OPTIONS)
        if (pair := self._completed(scan, options)) is not None:
            return pair
        for option in options:
            found = [option, *self._beside(scan, option)]
            if not best or self._rank(found, scan) < self._rank(best, scan):
                best = found
            if len(best) == 2 and self._mended(best) >= scan.wrong:
                break
        whole = self._mended(best) >= scan.wrong
        if not (whole and all(m.far <= SIMPLE for m in best)) and (one := wide_change(scan)) is not None:
            return [one]
        untold = any(m.rewrite is None and not m.left_out for m in best)
        if (untold or not whole) and (one := copied(scan) or inserted(scan)) is not None:
            return [one]
        return best if whole else self._at_last(scan, options, best)

    def _at_last(self, scan: Scan, options: Sequence[Mend], best: list[Mend]) -> list[Mend]:
        """Find two changes of any sort, what is doubtful, or at least the place; the best there is where none does."""
        if pair := several.pair(scan) or self._one_after_another(scan):
            return pair
        for option in several.reworded(scan) if options and not options[0].is_of_the_source else ():
            found = [option, *self._beside(scan, option)]
            if self._mended(found) >= scan.wrong:
                return found
        if (one := doubtful_change(scan)) is not None:
            return [one]
        self.extend()
        self._kept = self._kept if scan.done else 0.0
        put = known(scan, scan.wrong) or (known(scan, None) if not best else None)
        if put is not None and (put.names >= scan.wrong or not best):
            return [put, *self._solve(scan.wrong - put.names, [*scan.done, put])]
        return best

    def _reworded(self, scan: Scan) -> list[Mend] | None:
        """Find a statement in another form that mends some of what is wrong, and what mends the rest beside it."""
        options = several.reworded(scan)
        most = [m for m in options[:1] if 2 * len(m.names) > len(scan.wrong)]
        for option, look in itertools.chain(((m, _likely) for m in options), ((m, _any_change) for m in most)):
            found = self._beside(scan, option, look)
            if found and found[0].far < INVOLVED and found[0].place.statement is not option.place.statement:
                return [option, *found]
        return None

    def _beside(
        self, scan: Scan, option: Mend, look: Callable[[Scan], Mend | None] | None = None
    ) -> list[Mend]:  # fmt: skip
        """Find what mends the rest of what is wrong beside a change: of another statement, in the source with that.

        All that there may be, or one change that is looked for in one way.
        """
        rest, mends = scan.wrong - option.names, [*scan.done, option]
        if not option.is_of_the_source or not rest:
            return self._solve(rest, mends)
        anew = Reread.of(self.program, mends, [d.values for d in self.rerun.draws])
        if anew is None:
            return []
        rerun = self.rerun.of(anew.program, anew.observed[0])
        shared = frozenset(i for i, old in anew.places.items() if old.index in self.shared)
        aligned = Aligned(self.known, anew.observed)
        other = Repair(rerun, aligned, rest, self.until, shared, everywhere=self.everywhere)
        other.limit, other.most, other.written = self.limit, self.most, self.written + len(mends)
        with anew.program.exchanged():
            found = other._solve(rest, []) if look is None else other._looked(rest, look)
        self.rerun.work, self.rerun.refused = rerun.work, self.rerun.refused or rerun.refused
        told = [anew.told(m) for m in found]
        return [m for m in told if m is not None] if None not in told else []

    def _looked(self, wrong: frozenset[str], look: Callable[[Scan], Mend | None]) -> list[Mend]:
        """Look for one change that mends all of these, as the source is; a list of none or one."""
        scan = Scan.after(self, wrong, [])
        found = None if scan is None else look(scan)
        return [] if found is None else [found]

    def _taken_apart(self, scan: Scan, one: Mend, misread: Rewrite) -> list[Mend] | None:
        """Find a factor that goes with another variable in one change in a statement of its own."""
        first = scan.mend(one.place, misread, scan.wrong)
        after = None if first is None else Scan.after(self, scan.wrong, [*scan.done, first])
        if first is None or after is None:
            return None
        elsewhere = [places for places in after.narrow if places[0].statement is not one.place.statement]
        found = (m for look in (slipped, simply_omitted) for m in looked(after, look, elsewhere) if m.far < SIMPLE)
        other = next(found, None)
        return None if other is None else [first, other]

    def _both_alone(self, scan: Scan) -> list[Mend] | None:
        """Find two changes that make one statement right each, alone or one after the other, and together all."""
        wrong, steps = scan.wrong, self._steps(scan)
        pairs = [[a.mend, b.mend] for a, b in itertools.combinations(steps, 2)]
        behind = ((s, s.scan(wrong)) for s in steps[:1] if self._is_sure(s))
        later = ([s.mend, m] for s, after in behind if after is not None for m, _ in self._local(after))
        for pair in itertools.chain(pairs, later):
            if self.stopped:
                return None
            apart = pair[0].place.statement is not pair[1].place.statement
            if apart and self.right_with([*scan.done, *pair]) >= wrong | scan.kept:
                one, other = (self.right_with([*scan.done, m]) & wrong for m in pair)
                return [replace(pair[0], names=wrong - other), replace(pair[1], names=wrong - one)]
        return None

    def _one_by_one(
        self, scan: Scan, look: Callable[[Scan], Mend | None], most: float, *, sure: bool = False
    ) -> list[Mend] | None:
        """Make a statement right that goes wrong first, if that takes little, and then all, if that takes little."""
        steps = self._steps(scan)[:FIRST]
        if sure:
            steps = [s for s in steps if self._is_sure(s)]
            if any(s.right >= scan.wrong | scan.kept for s in steps):
                return None  # what else mends all may be nearer
        for step in steps:
            sure = self._is_sure(step)
            if step.mend.far >= INVOLVED:
                continue
            first = look is _likely  # what else there is comes before all that a step could take
            share = SURE if sure else STEP
            step.repair.most = min(self.most, self.rerun.work + share * WORK) if first or not sure else self.most
            after = step.scan(scan.wrong) if sure or step.mend.far <= 2 * NEAREST else None
            local = None if after is None else step.repair._alone(after)  # before all is spent that may be
            found = None if after is None else look(after) or local
            apart = found is not None and found.place.statement is not step.mend.place.statement
            if found is not None and apart and (sure or found.far <= most):
                return [step.mend, found]
        return None

    def _apart(self, scan: Scan) -> list[Mend] | None:
        """Find two slips, or the like, of which each mends gradients of its own."""
        return self._completed(scan, several.slips(scan), SIMPLE)

    def _each_by_its_own(self, scan: Scan) -> list[Mend]:
        """Mend gradients by statements that nothing else is made by, and the rest by a change that mends all of it."""
        wrong = scan.wrong
        if len(wrong) < 2 or scan.done:
            return []
        most, self.most = self.most, min(self.most, self.rerun.work + SHARE * WORK)
        found = [m for name in sorted(wrong) if (m := several.its_own(scan, name)) is not None and m.far < INVOLVED]
        self.most = most
        rest = wrong - self._mended(found)
        if not found or not self.right_with(found) >= self._mended(found) | scan.kept:
            return []
        after = Scan.after(self, rest, found) if rest else None
        last = None if after is None else likely_change(after, omitted)
        return [*found, last] if last is not None and last.far < INVOLVED else found

    def _handed_on(self, scan: Scan) -> list[Mend] | None:
        """Find what a loop was to hand on, or to add up, which mends a gradient, and what mends the rest beside it."""
        if len(scan.wrong) < 2 or scan.done or self.written or not may_be_handed_on(scan):
            return None
        each = (Scan.after(self, frozenset({name}), []) for name in sorted(scan.wrong))
        for mend in (handed_on(alone) for alone in each if alone is not None):
            found = [] if mend is None else [mend, *self._beside(scan, mend)]
            if len(found) > 1 and self._mended(found) >= scan.wrong:
                return found
        return None

    def _completed(self, scan: Scan, options: Sequence[Mend], most: float = INVOLVED) -> list[Mend] | None:
        """Find one of some changes beside which a slip, or what was left out elsewhere, mends the rest."""
        for option in sorted((m for m in options if m.far < INVOLVED), key=lambda m: m.far):
            after = Scan.after(self, scan.wrong - option.names, [*scan.done, option])
            found = None if after is None or option.names >= scan.wrong else likely_change(after, omitted)
            apart = found is not None and found.place.statement is not option.place.statement
            if found is not None and apart and found.far <= most:
                return [option, found]
        return None

    def _one_after_another(self, scan: Scan, *, sure: bool = False) -> list[Mend] | None:
        """Make a statement right that goes wrong first, though that mends nothing alone, and look again after that."""
        wrong, whole = scan.wrong, self.until - self._begun
        until = min(self.until - LAST * whole, time.process_time() + DEEP * whole if sure else math.inf)
        for step in self._steps(scan):
            if sure and (not self._is_sure(step) or step.right >= wrong | scan.kept):
                break  # what else mends all may be nearer
            if time.process_time() > until:
                break
            before = self.rerun.work
            step.repair.most = before + DEEP * WORK if sure else self.most
            step.repair.until = until
            found = step.repair._solve(wrong - step.right, [*scan.done, step.mend])
            self.most += self.rerun.work - before if sure else 0.0  # what else there is gets no less for it
            chain = [step.mend, *found]
            apart = len({m.place.statement for m in chain}) == len(chain)
            if found and apart and self._mended(found) | step.right >= wrong and all(m.quantity is None for m in found):
                return chain
        return None

    def _alone(self, scan: Scan) -> Mend | None:
        """Find a change that makes one statement right, and all that is wrong with it."""
        near = (m for m, _ in self._local(scan) if m.far < INVOLVED)
        return next((m for m in near if self.right_with([*scan.done, m]) >= scan.wrong | scan.kept), None)

    def _local(self, scan: Scan) -> list[tuple[Mend, int]]:
        """List changes that make one statement right, and with each how many have to come right with it."""
        if scan not in self._locally:
            self._locally[scan] = several.locally(scan)
        return self._locally[scan]

    def _steps(self, scan: Scan) -> list[Tentative]:
        """List changes that make one statement right, or some gradients; first those after which most is known."""
        if scan not in self._stepped:
            found = [(m, least if m.far < INVOLVED else several.TOLD) for m, least in self._local(scan)]
            found += [(m, several.TOLD) for m in several.partial(scan)]
            more = (m for m, least in found if self._told_after([*scan.done, m]) >= self.told + least)
            read = ((m, self._after([*scan.done, m])) for m in more)
            steps = [Tentative(m, r, self.right_with([*scan.done, m])) for m, r in read if r is not None]
            self._stepped[scan] = sorted(steps, key=lambda s: (-s.repair.told, s.mend.far))
        return self._stepped[scan]

    def _is_sure(self, step: Tentative) -> bool:
        """Whether so much comes right with a change that there is no doubt."""
        return step.repair.told >= self.told + several.TOLD

    @cached_property
    def told(self) -> int:
        """How much of what the loss or its right derivation computes the statements do, when first reached.

        What is handed on counts once: a quantity in another's place would be told wherever it goes.
        """
        parts = {id(n) for tree in self.program.trees.values() for n in _joined_in(tree)}
        reached = (self.program.places[i] for i in self.seen.seen)
        whole = (p for p in reached if p.kind == "expression" and (p.parent is None or id(p.node) in parts))
        first = [m for p in whole for m in self.aligned.matches(p)[:1] if m is not None]
        told = (m for m in first if m.exact or self.is_added_up(m))
        return len({(m.quantity.kind, m.quantity.entry, m.quantity.role, m.index) for m in told})

    def is_added_up(self, match: Match) -> bool:
        """Whether it is what one use brings to the gradient of a parameter: these are added up in the end."""
        whole = match.quantity.kind == "contribution" and match.same_shape and match.factor == 1
        return whole and match.quantity.part_of in self.known.draws[0].chain.parameters.values()

    def _told_after(self, mends: list[Mend]) -> int:
        """How many statements compute what the loss or its right derivation does with some mends."""
        again = self._after(mends, variables=False)
        return 0 if again is None else again.told

    def _after(self, mends: list[Mend], *, variables: bool = True) -> Repair | None:
        """Read the derivation anew as it is with some mends; None where it can't be run so."""
        observed = []
        for draw in self.draws:
            found = self.rerun.watched(*on_top(mends, {}, frozenset(), draw), variables=variables)
            if found is None:
                return None
            observed.append(found)
        aligned = Aligned(self.known, observed)
        again = Repair(self.rerun, aligned, self.wrong, self.until, self.shared, everywhere=self.everywhere)
        again.done, again.limit = [*mends], self.limit
        again.depends = self.depends  # it is that of the source as it is
        return again

    def _gathered(self, mends: list[Mend]) -> list[Mend]:
        """Put one change for several, of a variable that their statements read: its value may be known, and wrong."""
        if any(m.is_of_the_source for m in mends):
            return mends
        for some in (s for n in range(len(mends), 1, -1) for s in itertools.combinations(mends, n)):
            others = [m for m in mends if m not in some]
            read = Counter(v for statement in {m.place.statement for m in some} for v in read_in(statement))
            common = {v for v, n in read.items() if n > 1}
            scan = Scan.after(self, self._mended(some), [*self.done, *others]) if common else None
            if scan is not None and (one := doubtful_change(scan, of=common)) is not None:
                return self._gathered([*others, one])
        for alike in (a for a in _alike(mends) if len(a) > 1):
            others = [m for m in mends if m not in alike]
            scan = Scan.after(self, self._mended(alike), [*self.done, *others])
            if scan is not None and (one := changed_before(scan, alike)) is not None:
                return [*others, one]
        scan = Scan.after(self, self._mended(mends), self.done) if len(mends) > 1 else None
        if scan is not None and (one := changed_where_made(scan, mends)) is not None:
            return [one]
        return mends

    def _where_it_was_made(self, mend: Mend, others: Sequence[Mend]) -> Mend:
        """Find, beside other mends, one of a variable that a statement reads, where that was computed."""
        if not others or mend.rewrite is None or any(m.is_of_the_source for m in (mend, *others)):
            return mend
        rest = mend.names - self.right_with([*self.done, *others])
        scan = Scan.after(self, rest, [*self.done, *others]) if rest else None
        if scan is None:
            return mend
        read = names_in(getattr(mend.place.statement, "value", None) or mend.place.node)
        before = [
            g
            for g in scan.narrow
            if g[0].statement is not mend.place.statement and g[0].function == mend.place.function
            and scan.when(g) < self.time_of(mend.place) and not scan.is_right(g) and not self._is_of_the_loss(g)
            and any(p.parent is None and p.variable in read for p in g)
        ]  # fmt: skip
        for look in (slipped, simply_omitted) if before else ():
            found = looked(scan, look, before)
            if found and found[0].far < SIMPLE:
                beside = self._after([*self.done, *others])
                right = beside is not None and beside.is_a_gradient(scan.whole(found[0].place))
                return mend if right else found[0]
        return mend

    def is_a_gradient(self, whole: Place) -> bool:
        """Whether a value is first a gradient, and not that of another value than it is named after."""
        first, meant = self.aligned.first(whole), self.meant(whole)
        return is_exact(first, "cotangent") and (not meant or first.quantity.entry in meant)

    def _is_of_the_loss(self, places: Sequence[Place]) -> bool:
        """Whether a statement computes a value of the loss, as it is first reached."""
        firsts = (self.aligned.first(p) for p in places if p.parent is None)
        return any(is_exact(m, "value") for m in firsts)

    def _mended(self, mends: Sequence[Mend]) -> frozenset[str]:
        return frozenset().union(*(m.names for m in mends))

    def _rank(self, mends: Sequence[Mend], scan: Scan) -> tuple[Any, ...]:
        incomplete = sum(not several.is_complete(scan, m) for m in mends)
        return -len(self._mended(mends)), len(mends), incomplete, sum(m.far for m in mends)

    def _without_idle(self, mends: list[Mend]) -> list[Mend]:
        """Leave out what isn't needed beside the others."""
        right = self.right_with([*self.done, *mends]) if len(mends) > 1 else frozenset()
        for mend in mends if right else ():
            others = [m for m in mends if m is not mend]
            if right <= self.right_with([*self.done, *others]):
                return self._without_idle(others)
        return mends

    def right_with(self, mends: Sequence[Mend]) -> frozenset[str]:
        """Name the gradients that are right with some mends, at all draws."""
        if any(m.is_of_the_source for m in mends):
            return right_in_the_source(self, mends, frozenset())
        self.rerun.focus({m.place.statement for m in mends})
        right = frozenset(self.rerun.names)
        for draw in self.draws:
            found = self.outcome({}, frozenset(), draw, mends)
            right &= found.right if found is not None else frozenset()
        return right if self.holds_elsewhere(mends, right) else frozenset()

    def holds_elsewhere(self, mends: Sequence[Mend], names: frozenset[str]) -> bool:
        """Whether gradients are right with some mends where signs are others: not for one path alone.

        Of what isn't written nothing is known there, and nothing of a derivation that is made for what it was given.
        """
        if not self.everywhere or not all(m.is_written for m in mends):
            return True
        edits, _, left_out = on_top(mends, {}, frozenset(), 0)
        for draw in self.rerun.elsewhere:
            found = self.rerun.tried(edits, draw, left_out)
            if found is None or not names <= self.rerun.judged(found, draw).right:
                self.rerun.refused = True
                self.refused.append([*mends])
                return False
        return True

    def run(self, edits: Mapping[int, Edit], draw: int) -> Mapping[str, Array] | None:
        """Run the derivation as it is mended so far, with further edits; None if it can't be run so."""
        self.rerun.observe_all()
        return self.rerun.tried(*on_top(self.done, edits, frozenset(), draw))

    def outcome(
        self, edits: Mapping[int, Edit], left_out: frozenset[int], draw: int, done: Sequence[Mend]
    ) -> Outcome | None:
        """Run with some edits on top of what is mended, and say what is right then."""
        found = self.rerun.tried(*on_top(done, edits, left_out, draw))
        return None if found is None else self.rerun.judged(found, draw)

    def around(self, place: Place) -> Surroundings:
        """Look around a place."""
        if place.index not in self._surroundings:
            self._surroundings[place.index] = Surroundings(self.expressions, place)
        return self._surroundings[place.index]

    def rewrites(self, place: Place, generator: Generator) -> list[Rewrite]:
        """List what may stand at a place."""
        key = place.index, generator
        if key not in self._rewrites:
            self._rewrites[key] = list(generator(self.around(place)))
        return self._rewrites[key]

    def code(self, text: str) -> CodeType | None:
        """Compile an expression."""
        return _compiled(text)

    def meant(self, place: Place) -> frozenset[int]:
        """Find of which values of the loss a variable is the gradient, by its name: of z, if that is dz or grad_z."""
        name = _last_word(place.variable or "")
        stems = {name.removeprefix(a) for a in ("grad_", "delta_", "grad", "d_", "d") if name.startswith(a)}
        stems |= {name.removesuffix("_grad")} if name.endswith("_grad") else set()
        found: set[int] = set()
        known = {t for t, _ in held(self.seen.names.get(place.index, {})) if _last_word(t) in stems}
        for text in known - self._given_again.get(place.function, set()):
            values = [dict(held(o.names.get(place.index, {}))).get(text) for o in self.observed]
            match = self.known.identify(values)
            if is_exact(match, "value") and match.axes is None:
                found |= {i for i in self.known.differentiable if i == match.quantity.entry}
        return frozenset(found)

    @cached_property
    def _given_again(self) -> dict[str, set[str]]:
        """Name the variables of each function that are given several values, as in a loop: any may be meant."""
        given = Counter[tuple[str, str]]()
        for place in self.program.places:
            if place.parent is None and place.variable is not None and place.kind == "expression":
                at = self.seen.seen.get(place.index)
                given[place.function, place.variable] += 0 if at is None else at.count
        found: dict[str, set[str]] = {}
        for (function, variable), times in given.items():
            if times > 1:
                found.setdefault(function, set()).add(variable)
        return found

    @cached_property
    def depends(self) -> dict[int, frozenset[int]]:
        """Which arguments each value depends on."""
        return depends_on(self.program, self.rerun, self.seen)

    def is_foreign(self, place: Place) -> bool:
        """Whether a value doesn't depend on all arguments that the derivation does: it comes before, as p before y."""
        if place.index not in self._foreign:
            around = (place, *self.program.around(place))  # what stands around it counts, too
            own = frozenset[int]().union(*(self.depends.get(p.index, ()) for p in around))
            self._foreign[place.index] = not own >= self._data
        return self._foreign[place.index]

    def is_of_data(self, place: Place) -> bool:
        """Whether a value is made of what is given and isn't learnt, as a row of x."""
        own = self.depends.get(place.index, frozenset())
        return bool(own) and own.isdisjoint(self.rerun.derivation.positions)

    def comes_before(self, place: Place) -> bool:
        """Whether a value itself doesn't depend on all of them, whatever it is used for: as a row of x."""
        return not self.depends.get(place.index, frozenset()) >= self._data

    def is_in_what_is_right(self, place: Place) -> bool:
        """Whether the function around computes what the loss does: what stands in it is the last to be looked at."""
        key = place.file, place.function
        if key not in self._right_functions:
            reached = (self.program.places[i] for i in self.seen.seen)
            returned = (p for p in reached if (p.file, p.function) == key and _is_returned(p))
            matches = [m for p in returned for m in self.aligned.matches(p)]
            known = bool(matches) and all(is_exact(m, "value") for m in matches)
            self._right_functions[key] = known
        return self._right_functions[key]

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


@lru_cache(maxsize=20_000)
def _compiled(text: str) -> CodeType | None:
    try:
        return in_double(compile(text, "<repair>", "eval"))
    except SyntaxError:
        return None


@lru_cache(maxsize=16)
def _joined_in(tree: ast.Module) -> tuple[ast.expr, ...]:
    return tuple(joined(tree))


def _alike(mends: Sequence[Mend]) -> list[list[Mend]]:
    """Group the mends that put the same in the place of a variable wherever a function reads it."""
    of: dict[tuple[str, ...], list[Mend]] = {}
    for m in mends:
        if isinstance(m.place.node, ast.Name) and m.place.is_read and m.rewrite is not None:
            of.setdefault((m.place.file, m.place.function, m.place.node.id, m.rewrite.source), []).append(m)
    return [*of.values()]


def _is_returned(place: Place) -> bool:
    """Whether a value is returned, alone or beside others."""
    value = place.statement.value if isinstance(place.statement, ast.Return) else None
    parts = (value, *getattr(value, "elts", ()))
    return not isinstance(place.node, ast.Tuple) and any(place.node is n for n in parts)


def _likely(scan: Scan) -> Mend | None:
    return likely_change(scan, simply_omitted) or handed_on(scan) or likely_change(scan, wanted)


def _any_change(scan: Scan) -> Mend | None:
    return _likely(scan) or one_change(scan) or wide_change(scan)


def _last_word(text: str) -> str:
    """Return what a variable, an attribute or an entry is called, in small letters."""
    return text.split(".")[-1].split("[")[-1].strip("]\"'").lower()


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
            rows = np.roll(x, 1, axis=0)
            other = np.roll(x, 1) if np.array_equal(rows, x) else rows
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
