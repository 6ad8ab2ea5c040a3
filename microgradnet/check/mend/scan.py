"""All changes of one place each, on top of what is mended already: what each place reaches, and what a change does."""

from __future__ import annotations

import ast
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.check.align import Match, is_exact
from microgradnet.check.aside import last_name
from microgradnet.check.harmless import BUILTIN, is_of_numpy
from microgradnet.check.mend.mends import (
    Generator,
    Mend,
    hands_on,
    on_top,
    returns_a_variable,
    takes_off,
)
from microgradnet.check.mend.omissions import omissions, scaled
from microgradnet.check.mend.response import Response
from microgradnet.check.mend.rewrite import UNLIKELY, VALUE, Rewrite, names_in
from microgradnet.check.mend.slips import near, not_near
from microgradnet.check.observe import Observation, Place, function_around
from microgradnet.check.rerun import Edit, Outcome, evaluated, shaken

if TYPE_CHECKING:
    from microgradnet.check.mend.repair import Repair

Array = np.ndarray[Any, np.dtype[Any]]

LATE = 1e9
"""After all times: when what never left the right derivation comes."""

GRADIENTS = frozenset({"cotangent", "contribution"})
"""The kinds of quantities that are gradients: of a value, or what one of its uses brings to it."""


@dataclass(frozen=True)
class Effect:
    """What a change does to the gradients, along two directions; it mends nothing alone."""

    along: tuple[float, float]
    place: Place
    rewrite: Rewrite | None


NAMED = -0.02
"""How near a sign is that makes a variable what it is named after."""


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
        self.effects: list[Effect] = []
        self.tried_slips = self.tried_forms = False
        self.tried: set[Any] = set()  # ways to look for what is likely
        self.cut: list[Any] = []  # those of them that had done their share before they were through
        # What was found among some places, with doubts or without: the best slip, and what may have been left out.
        self.slipped: dict[tuple[bool, tuple[int, ...]], Mend | None] = {}
        self.left_out: dict[tuple[Generator, bool, tuple[int, ...]], list[Mend]] = {}
        self.doubts = False  # whether what is another quantity that is known may be meant as something else
        self.likely: Mend | None = None
        self.involved: list[Mend] = []
        self.unlikely: list[Mend] = []
        self.proportional: list[tuple[Place, Rewrite]] = []  # what is right with that, but for a factor
        self.reworded: list[Mend] = []  # statements in another form, or elsewhere, that mend some at the first draw
        self.partly: list[tuple[Place, Rewrite | None, frozenset[str], float]] = []
        mask = self.rerun.of_some(wrong)
        self._probe = np.where(mask, np.random.default_rng(11).standard_normal((2, mask.size)), 0.0)
        self.gap = self._along(self.rerun.true[0] - base.row)
        self._true = self._along(self.rerun.true[0])
        own = self._along(base.row)
        self._is_scaled = own is not None and self._ratio(own) is not None
        self.reach = self._reach()

    @classmethod
    def after(cls, repair: Repair, wrong: frozenset[str], done: list[Mend]) -> Scan | None:
        """Run with what is mended; None where nothing comes out."""
        repair.rerun.focus({m.place.statement for m in done})
        key = wrong, tuple(done)
        if key not in repair.scans:
            base = repair.outcome({}, frozenset(), 0, done)
            repair.scans[key] = None if base is None else cls(repair, wrong, done, base)
        return repair.scans[key]

    def _reach(self) -> dict[int, frozenset[str]]:
        """Find which gradients change with what is computed at each place."""
        random = np.random.default_rng(3)
        self.rerun.observe_all()
        reached: dict[int, frozenset[str]] = {}
        before = self._raw({})
        for i in sorted(self.seen.seen):  # what is around an expression comes first
            place = self.program.places[i]
            if not is_real(self.seen, i) or place.kind == "statement" or i in self.repair.shared:
                continue
            around = [*self.program.around(place)]
            first = next((k for k, p in enumerate(around) if p.index in reached), None)
            if first is not None and not any(self.calls_own(p.node) for p in around[: first + 1]):
                reached[i] = reached[around[first].index]  # all that comes of it goes through that
            elif self._is_in_what_is_whole(place):
                continue  # a small change changes nothing
            elif (found := self._raw({i: shaken(random)})) is not None and before is not None:
                reached[i] = frozenset(n for n, g in found.items() if not np.array_equal(g, before[n]))
        self.wide = {i: r for i, r in reached.items() if r & self.wrong and i not in self.taken}
        firm = self.kept.difference(self.rerun.draws[0].cancelled)  # what is nothing but rounding is right anyway
        self._moved = {i for i, r in self.wide.items() if not r & firm}
        self._spread(self.wide)
        return {i: r for i, r in self.wide.items() if not r & firm}

    def _is_in_what_is_whole(self, place: Place) -> bool:
        """Whether it is a part of a condition, an index or a shape."""
        around = (p.index for p in self.program.around(place))
        return any(not is_real(self.seen, i) and self.seen.first(i) is not None for i in around)

    def _raw(self, edits: Mapping[int, Edit]) -> Mapping[str, Array] | None:
        return self.rerun.tried(*on_top(self.done, edits, frozenset(), 0))

    def _spread(self, reach: dict[int, frozenset[str]]) -> None:
        """Let what isn't a real number reach what the expression around it does; anything, where there is none.

        And what a condition reads, to which a small change does nothing.
        """
        deciding = {name for tree in self.program.trees.values() for name in _decided_by(tree)}
        for i in sorted(self.seen.seen):  # what is around an expression comes first
            place, value = self.program.places[i], self.seen.first(i)
            # An object, several arrays, or what a loop counts; what is called for what it does would be done twice.
            made = isinstance(place.node, ast.Call | ast.BinOp | ast.ListComp)
            gone_through = isinstance(place.statement, ast.For) and place.node is place.statement.iter
            called = (made or gone_through) and not isinstance(place.statement, ast.Expr)
            makes = value is None and (called or (returns_a_variable(place) and place.parent is None))
            if i in reach or i in self.taken or place.kind != "expression" or (value is None and not makes):
                continue
            if is_real(self.seen, i) and not self._is_in_what_is_whole(place):
                if self.whole(place).variable in deciding:
                    reach[i] = self.wrong
                continue
            around = (p.index for p in self.program.around(place))
            outer = next((k for k in around if k in reach or is_real(self.seen, k)), None)
            if outer is None:
                if makes or isinstance(value, int | float | tuple | range | np.ndarray | np.generic):
                    reach[i] = self.wrong
            elif outer in reach:
                reach[i] = reach[outer]

    @property
    def may_not_end(self) -> bool:
        """Whether there is a loop that another statement may keep from ending: nothing ends it where that just runs."""
        return any(isinstance(self.program.places[i].statement, ast.While) for i in self.seen.seen)

    @property
    def may_be_patched(self) -> bool:
        """Whether another statement can be tried in the source itself, beside what is mended already."""
        return not self.may_not_end and all(m.is_written for m in self.done)

    def whole(self, place: Place) -> Place:
        """Return the whole value that a place is a part of, one of those of a tuple; the place where there is none."""
        value = getattr(place.statement, "value", None)
        if isinstance(value, ast.Tuple):
            value = next((v for v in value.elts if any(n is place.node for n in ast.walk(v))), value)
        return (None if value is None else self.program.at(value, place.file)) or place

    def response(self, place: Place) -> Response | None:
        """Say how the gradients respond to a place."""
        return Response.of(place, self.row, self.rerun.true[0], self.rerun.near[0])

    def row(self, edits: Mapping[int, Edit]) -> Array | None:
        """Run with some edits at the first draw: all gradients in a row."""
        found = self.repair.outcome(edits, frozenset(), 0, self.done)
        return None if found is None else found.row

    def when(self, places: Sequence[Place]) -> float:
        """Return when a statement was first reached."""
        return min(self.repair.time_of(p) for p in places)

    def calls_own(self, node: Any) -> bool:
        """Whether it is a call of a function that is observed itself: what is wrong would be in there."""
        return self.calls_by_name(node) or (  # an object that is called may have any name
            isinstance(node, ast.Call) and "__call__" in self._own and not self.is_of_libraries(node.func)
        )

    def goes_inside(self, place: Place) -> bool:
        """Whether such a call, or one by another name, returns what isn't right: it is wrong in there, or before."""
        matches = self.repair.aligned.matches(place)
        called = self.calls_own(place.node) or place.index in self.led_elsewhere
        return called and not (matches and all(is_exact(m, "cotangent") for m in matches))

    def holds_such(self, place: Place) -> bool:
        """Whether a part of an expression is such a call."""
        parts = (self.program.at(n, place.file) for n in ast.walk(place.node) if isinstance(n, ast.Call))
        return any(p is not None and self.goes_inside(p) for p in parts)

    def calls_by_name(self, node: Any) -> bool:
        """Whether it is a call of such a function by its own name."""
        return _called(node) in self._own

    @cached_property
    def _own(self) -> frozenset[str]:
        inside = {self.program.places[i].function.rpartition(".")[2] for i in self.seen.seen}
        return frozenset(f.__name__ for f in self.program.observed) | inside

    def is_of_libraries(self, func: ast.expr) -> bool:
        """Whether a function isn't one of the user's, nor one that a variable holds."""
        return is_of_numpy(func, self.program.scope) or (isinstance(func, ast.Name) and func.id in BUILTIN)

    def called_again(self, place: Place) -> bool:
        """Whether the function that a place is in was called at several places of the derivation."""
        return self._calls[place.function.rpartition(".")[2]] > 1

    @cached_property
    def _calls(self) -> Counter[str]:
        """How many calls there are that ran, by the names of what is called."""
        return Counter(_called(self.program.places[i].node) for i in self.seen.seen)

    @cached_property
    def led_elsewhere(self) -> frozenset[int]:
        """The calls just before whose end another function computed something, however that is named there."""
        events = sorted((t, i) for i, at in self.seen.seen.items() for t in at.times)
        both = itertools.pairwise(self.program.places[i] for _, i in events)
        calls = ((a, b) for a, b in both if isinstance(b.node, ast.Call))
        return frozenset(b.index for a, b in calls if (a.file, a.function) != (b.file, b.function))

    def is_handed(self, place: Place) -> bool:
        """Whether a variable is given to such a function as it is."""
        outer = self.program.outer(place)
        return place.is_read and outer is not None and self.calls_own(outer.node)

    def statements(self, wanted: Callable[[frozenset[str]], bool]) -> list[list[Place]]:
        """Group the places that may be wrong by statement: first those where the right derivation is left first."""
        return self.grouped(self.reach, wanted)

    @cached_property
    def narrow(self) -> list[list[Place]]:
        """The statements that all that is wrong changes with, and nothing that is right."""
        return self.statements(lambda r: r >= self.wrong)

    @cached_property
    def wider(self) -> list[list[Place]]:
        """The statements that what is right changes with, too."""
        return [g for g in self.grouped(self.wide, lambda r: r >= self.wrong) if g not in self.narrow]

    @property
    def joint(self) -> list[list[Place]]:
        """The statements that give several variables a value each, which all that is wrong changes with together."""
        groups = self.statements(lambda r: bool(r & self.wrong))
        tuples = [g for g in groups if isinstance(getattr(g[0].statement, "value", None), ast.Tuple)]
        reached = (frozenset().union(*(self.reach[p.index] for p in g)) for g in tuples)
        return [g for g, r in zip(tuples, reached, strict=True) if r >= self.wrong and g not in self.narrow]

    @property
    def lost(self) -> list[list[Place]]:
        """The statements that compute something which nobody keeps."""
        made = (self.program.places[i] for i in self.seen.seen if is_real(self.seen, i))
        return [[p] for p in made if isinstance(p.statement, ast.Expr) and p.node is p.statement.value]

    @property
    def listed(self) -> list[list[Place]]:
        """The statements that make a list in which something stands several times."""
        found: dict[Any, list[Place]] = {}
        for p in self.program.places:
            parts = getattr(getattr(p.statement, "value", None), "elts", ())
            names = [n.id for n in parts if isinstance(n, ast.Name)]
            if p.statement in self.repair.guards and len({*names}) < len(names) and p.kind == "expression":
                found.setdefault(p.statement, []).append(p)
        return [*found.values()]

    def grouped(
        self, reach: Mapping[int, frozenset[str]], wanted: Callable[[frozenset[str]], bool]
    ) -> list[list[Place]]:
        """Group the places that reach what is wanted by statement."""
        groups: dict[Any, list[Place]] = {}
        for i in self.seen.seen:
            if i in reach and wanted(reach[i]):
                place = self.program.places[i]
                groups.setdefault(place.statement, []).append(place)
        return sorted(groups.values(), key=self._order)

    @cached_property
    def wholes(self) -> dict[ast.stmt, list[Place]]:
        """What each statement computes as a whole."""
        wholes: dict[ast.stmt, list[Place]] = {}
        for i in self.seen.seen:
            place = self.program.places[i]
            if place.parent is None and place.kind == "expression" and self.seen.seen[i].times:
                wholes.setdefault(place.statement, []).append(place)
        return wholes

    @cached_property
    def leads_on(self) -> set[ast.stmt]:
        """The statements of which what is known is made, so that they are right, known or not."""
        wholes = self.wholes
        found: set[ast.stmt] = set()
        read: set[tuple[str, str]] = set()  # in which function, what is known was made of
        for statement in sorted(wholes, key=lambda s: -self.when(wholes[s])):
            places = wholes[statement]
            matches = [m for p in places for m in self.repair.aligned.matches(p)]
            known = bool(matches) and all(m is not None and m.exact for m in matches)
            makes = {(p.function, p.variable) for p in places if p.variable is not None}
            if makes and makes <= read and not known:
                found.add(statement)
            read -= makes if isinstance(statement, ast.Assign) else set()
            if statement in found or (known and not hands_on(statement)):
                value = getattr(statement, "value", None)
                nodes = ast.walk(value) if value is not None else ()
                read |= {(places[0].function, ast.unparse(n)) for n in nodes if isinstance(n, ast.Name | ast.Attribute)}
        return found

    def _order(self, places: Sequence[Place]) -> tuple[bool, bool, float]:
        """Say when a statement left the right derivation; last what only chooses, as the place of a maximum does.

        Or where in an array something is added of which more is made than what is wrong.
        """
        left = self._left_at(places)
        chooses = self._moved.isdisjoint(p.index for p in places)
        goes = not takes_off(places[0].statement) and any(is_real(self.seen, self.whole(p).index) for p in places)
        late = goes or any(self.repair.depends.get(p.index) for p in places)
        return left >= LATE, chooses and late, left

    def _left_at(self, places: Sequence[Place]) -> float:
        """Say when a statement first computed what the right derivation hasn't."""
        first = math.inf
        start = min(t for p in places for t in self.seen.seen[p.index].times[:1])
        if self.repair.is_in_what_is_right(places[0]):
            return LATE + start
        if hands_on(places[0].statement):
            return start
        for place in places:
            if place.parent is None and place.kind == "expression" and self.seen.first(place.index) is not None:
                matches = self.repair.aligned.matches(place)
                times = zip(self.seen.seen[place.index].times, matches, strict=False)
                left = (t for t, m in times if m is None or not m.exact or self._is_another(place, m))
                first = min([first, *left])
        return LATE + start if first == math.inf else first

    def is_right(self, places: Sequence[Place]) -> bool:
        """Whether all that a statement computes is as the right derivation has it, and not only handed on."""
        if self.doubts or hands_on(places[0].statement) or any(map(self.gives_back, places)):
            return False
        if any(self._is_a_step(p) for p in places if p.parent is None):
            return True
        matches = [(p, m) for p in places if p.parent is None for m in self.repair.aligned.matches(p)]
        if self._is_of_another_shape(matches):
            return False
        if (
            self._is_twice(places)
            or self._begins_with_a_copy(places[0])
            or takes_off(places[0].statement)
            or self._adds_whole(matches)
        ):
            return False
        known = ((p, m) for p, m in matches if m is None or m.index is None or m.quantity.values[0].ndim)
        found = [m is not None and m.exact and self.is_itself(p, m) for p, m in known]
        return len(found) == len(matches) > 0 and all(found)  # of single elements there are too many

    def _is_a_step(self, place: Place) -> bool:
        """Whether a new variable is a parameter less a part of its own right gradient: an update, and no gradient."""
        node: Any = place.node
        taken_off = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
        if not taken_off or ast.unparse(node.left) == place.variable:
            return False
        kept, taken = (self.program.at(n, place.file) for n in (node.left, node.right))
        both = zip(*(self.repair.aligned.matches(p) if p is not None else [] for p in (kept, taken)), strict=False)
        return any(
            w is not None and d is not None and w.exact and w.quantity.given and d.quantity.kind == "cotangent"
            and w.quantity.entry == d.quantity.entry
            for w, d in both
        )  # fmt: skip

    def _is_of_another_shape(self, matches: Sequence[tuple[Place, Match | None]]) -> bool:
        """Whether a gradient has the right numbers, and an axis too many or too few, as what is returned has, too."""
        shapes = [(np.shape(self.seen.first(p.index)), m.quantity.values[0].shape) for p, m in matches if m is not None]
        return bool(np.isnan(self.base.row).any()) and any(sorted(a) != sorted(b) for a, b in shapes)

    def _adds_whole(self, matches: Sequence[tuple[Place, Match | None]]) -> bool:
        """Whether all of a gradient is added to another variable as it is, and not what one use of a value brings."""
        return any(
            isinstance(p.statement, ast.AugAssign) and isinstance(p.node, ast.Name) and p.node is p.statement.value
            and m is not None and m.quantity.kind == "cotangent"
            for p, m in matches
        )  # fmt: skip

    def gives_back(self, place: Place) -> bool:
        """Whether a statement returns an argument of its function as it is."""
        if not returns_a_variable(place):
            return False
        function = function_around(self.program.trees[place.file], place.line)
        return function is not None and place.statement.value.id in {a.arg for a in function.args.args}

    def is_renamed(self, place: Place) -> bool:
        """Whether a statement does no more than give a gradient another name: it may have been meant to do more."""
        first = self.repair.aligned.first(place)
        assigns = isinstance(place.statement, ast.Assign) and place.kind == "expression"
        named = assigns and place.is_read and place.variable is not None
        return named and first is not None and first.quantity.kind in GRADIENTS

    def is_misnamed(self, place: Place) -> bool:
        """Whether a statement calls something the gradient of a value, and it is that of another: ``dz = da``.

        Or adds it to one.
        """
        meant, matches = self.repair.meant(place), self.repair.aligned.matches(place)
        of = {m.quantity.entry for m in matches if is_exact(m, "cotangent")}
        calls = meant and hands_on(place.statement)
        return bool(of) and of.isdisjoint(meant) and (bool(calls) or self._adds_whole([(place, m) for m in matches]))

    def _is_twice(self, places: Sequence[Place]) -> bool:
        """Whether a statement gives two variables one and the same: one of them is a copy that wasn't changed."""
        value = getattr(places[0].statement, "value", None)
        parts = [ast.dump(p) for p in value.elts] if isinstance(value, ast.Tuple) else []
        return len(set(parts)) < len(parts)

    def _begins_with_a_copy(self, place: Place) -> bool:
        """Whether a variable that is added to begins with a copy of what isn't named so, and may have to with zeros."""
        match place.statement:
            case ast.Assign(targets, ast.Call(ast.Attribute(attr="copy"))):
                own = {ast.unparse(t) for t in targets}
            case _:
                return False
        written = (p for p in self.program.places if p.kind == "after" and p.function == place.function)
        return any(p.variable in own and isinstance(p.statement, ast.AugAssign) for p in written)

    def is_itself(self, place: Place, match: Match) -> bool:
        """Whether a forward value is meant as one, as y − o is half of a gradient; what is returned isn't turned."""
        turned = match.axes is not None and (isinstance(place.statement, ast.Return) or self._is_to_be_returned(match))
        if turned or self._is_of_another(place, match):
            return False
        return match.quantity.kind == "cotangent" or (not self.repair.meant(place) and self.repair.is_foreign(place))

    def _is_another(self, place: Place, match: Match) -> bool:
        """Whether a gradient isn't that of what its variable is named after, or is a parameter's, and turned."""
        turned = match.axes is not None and not place.is_read and self._is_to_be_returned(match)
        return turned or self._is_of_another(place, match)

    def _is_to_be_returned(self, match: Match) -> bool:
        """Whether it is the gradient of a parameter: nobody would turn that later."""
        given = self.repair.known.draws[0].chain.parameters
        own = {given[name] for name in self.wrong if name in given}
        return match.quantity.kind == "cotangent" and match.quantity.entry in own

    def _is_of_another(self, place: Place, match: Match) -> bool:
        """Whether a gradient isn't that of what its variable is named after: ``dmu`` isn't meant as that of y − mu."""
        meant = self.repair.meant(place)
        if not meant or match.quantity.kind != "cotangent" or match.quantity.entry in meant:
            return False
        right = [self.repair.known.draws[0].chain.right.cotangent(i) for i in meant]
        return not any(np.array_equal(match.quantity.values[0], g) for g in right)

    def focus(self, places: Sequence[Place]) -> None:
        """Observe this statement, and those that are mended, alone."""
        self.rerun.focus({places[0].statement, *self.mended_statements})

    def slips(self, places: Sequence[Place]) -> Iterator[Mend]:
        """Find slips in one statement."""
        right = self.is_right(places)
        if right and not isinstance(places[0].statement, ast.AugAssign):
            return
        self.focus(places)
        guard = self.repair.guards.get(places[0].statement)
        if guard is not None and guard.index not in self.taken and (mend := self._try(guard, None, 0.0)) is not None:
            yield mend  # what is added may be right, and too much
            right |= isinstance(mend.place.statement, ast.Expr)  # what is only called for what it does isn't put right
        first = sorted(places, key=lambda p: not is_real(self.seen, p.index))  # before the many that an index may be
        for mend in self.each(first, near, 0.0) if not right else ():
            signed = mend.rewrite if mend.rewrite is not None and mend.rewrite.kind == "sign" else None
            named = signed is not None and mend.place.parent is None and self._is_minus_what_is_meant(mend.place)
            yield replace(mend, rewrite=replace(signed, far=NAMED)) if signed is not None and named else mend

    def _is_minus_what_is_meant(self, place: Place) -> bool:
        """Whether a variable that is named after a value holds minus its gradient."""
        meant, known = self.repair.meant(place), self.repair.known.quantities
        values = [o.first(place.index) for o in self.repair.observed]
        gradients = (q.values for q in known if q.kind == "cotangent" and q.entry in meant)
        return any(
            all(
                np.size(v) == g.size and np.allclose(np.ravel(v), -g.ravel()) for v, g in zip(values, some, strict=True)
            )
            for some in gradients
        )

    def swaps(self, places: Sequence[Place]) -> Iterator[Mend]:
        """Find another expression of the source in place of one."""
        if not self.is_right(places):
            yield from self.each(places, not_near, 1.5)

    def omissions(self, places: Sequence[Place], generator: Generator | None = None) -> Iterator[Mend]:
        """Find what may have been left out of one statement."""
        right = self.is_right(places)
        if right:
            whole = [p for p in places if p.parent is None]
            matches = [m for p in whole for m in self.repair.aligned.matches(p)[:1]]
            if any(m is not None and m.quantity.kind == "value" for m in matches):
                return
            places = whole
        if places:
            yield from self.each(places, generator or omissions, 1.0)

    def each(self, places: Sequence[Place], generator: Generator, stage: float) -> Iterator[Mend]:
        """Try whatever may stand at the places of one statement."""
        if not places:
            return
        self.focus(places)
        for place in places:
            for rewrite in self.repair.rewrites(place, generator):
                if self.repair.stopped:
                    return
                if (mend := self._try(place, rewrite, stage)) is not None:
                    yield mend
                    if stage and mend.far < UNLIKELY:
                        break

    def _try(self, place: Place, rewrite: Rewrite | None, stage: float) -> Mend | None:
        """Make one change: a mend of all that is wrong, or noted for what it does."""
        mend = self.mend(place, rewrite, self.wrong)
        if mend is None:
            return None
        found = self.repair.outcome(mend.edits[0], mend.left_out, 0, self.done)
        if found is None or not self.kept <= found.right:
            return None
        names = found.right & self.wrong
        if names >= self.wrong:
            return self.verified(place, rewrite)
        if names:
            self.partly.append((place, rewrite, names, stage))
        along = self._along(found.row)
        if along is None:
            return None
        ratio = None if rewrite is None or self._is_scaled or names else self._ratio(along)
        if rewrite is not None and ratio and not (ratio == -1 and rewrite.kind == "sign"):  # that is a copy
            for both in scaled(rewrite, 1 / ratio, self.repair.around(place)):
                if (compound := self.verified(place, both)) is not None:
                    return compound
            self.proportional.append((place, rewrite))
        adds = rewrite is not None and VALUE in rewrite.run and not names
        if rewrite is not None and adds and (part := self._ratio_of_some(found.row)) is not None:
            self._note_scaled(place, rewrite, 1 / part, stage)
        own = self._along(found.row - self.base.row)
        if own is not None and own != (0.0, 0.0):
            self.effects.append(Effect(own, place, rewrite))
        return None

    def mend(self, place: Place, rewrite: Rewrite | None, names: frozenset[str]) -> Mend | None:
        """Write a change so that it can be run; None where the text is no expression."""
        count = len(self.rerun.draws)
        if rewrite is None:
            return Mend(place, names, [{}] * count, left_out=frozenset([place.index]))
        code = self.repair.code(rewrite.run)
        return None if code is None else Mend(place, names, [{place.index: evaluated(code)}] * count, rewrite=rewrite)

    def verified(self, place: Place, rewrite: Rewrite | None) -> Mend | None:
        """Name what a change mends at all draws; None if that is nothing, or one is broken."""
        mend = self.mend(place, rewrite, self.wrong)
        if mend is None:
            return None
        self.rerun.focus({place.statement, *self.mended_statements})
        names = self.wrong
        for draw in self.repair.draws:
            found = self.repair.outcome(mend.edits[draw], mend.left_out, draw, self.done)
            if found is None or not self.kept <= found.right:
                return None
            names = names & found.right
        holds = bool(names) and self.repair.holds_elsewhere([*self.done, mend], names)
        return replace(mend, names=names) if holds else None

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

    def _note_scaled(self, place: Place, rewrite: Rewrite, factor: float, stage: float) -> None:
        """Note a change that mends some of what is wrong with a factor beside it, as a mask does with what it keeps."""
        for both in scaled(rewrite, factor, self.repair.around(place)):
            mend = self.mend(place, both, self.wrong)
            found = None if mend is None else self.repair.outcome(mend.edits[0], frozenset(), 0, self.done)
            if found is not None and self.kept <= found.right and (names := found.right & self.wrong):
                self.partly.append((place, both, names, stage))
                return

    def _ratio_of_some(self, row: Array) -> float | None:
        """Say how many times the right ones some of the wrong gradients are, that weren't before."""
        with np.errstate(all="ignore"):
            one, other = self._ratios(row)
            alike = (one != 0) & (np.abs(one - other) <= 1e-8 * np.abs(one))
            found = one[alike & (np.abs(self._before[0] - one) > 1e-8) & (np.abs(one - 1) > 1e-8)]
        return float(found[0]) if found.size else None

    @cached_property
    def _before(self) -> Array:
        return self._ratios(self.base.row)

    def _ratios(self, row: Array) -> Array:
        """Say how many times the right one each gradient is, along two directions."""
        return np.asarray(self._sums(row) / self._right)

    @cached_property
    def _right(self) -> Array:
        return self._sums(self.rerun.true[0])

    def _sums(self, row: Array) -> Array:
        return np.asarray(np.add.reduceat(self._probe * row, [0, *self.rerun.ends[:-1]], axis=1))


def _called(node: ast.AST) -> str:
    """Name what is called, if it is a call of something with a name."""
    return last_name(getattr(node, "func", None))


@lru_cache(maxsize=16)
def _decided_by(tree: ast.Module) -> frozenset[str]:
    """Name the variables that the conditions in a file read."""
    tests = (n.test for n in ast.walk(tree) if isinstance(n, ast.If | ast.IfExp))
    return frozenset(name for test in tests for name in names_in(test))


def is_real(seen: Observation, i: int) -> bool:
    """Whether a real number, or an array of such, was computed at a place."""
    value = seen.first(i)
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def far_of(effect: Effect) -> float:
    """Say how far a change is from what stands there; what is added is farther."""
    return 0.7 if effect.rewrite is None else effect.rewrite.far + (VALUE in effect.rewrite.run)
