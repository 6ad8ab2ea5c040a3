"""Does the forward pass of a derivation differ already? Then the gradients of what follows can't but differ.

Where the derivation computes a variable that the loss has too, and it is another value, the loss's own is put there. It
is said to differ only if something follows: gradients become right, or what is computed from it becomes the loss's own.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy as np

from microgradnet.check.align import Match, Quantity, is_exact
from microgradnet.check.changes import is_multiple
from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.repair import Repair
from microgradnet.check.mend.rewrite import Rewrite
from microgradnet.check.observe import Observation, Place, Source, quietly
from microgradnet.check.rerun import Edit, evaluated

__all__ = ["forward_first"]

MOST = 12
"""How many variables are looked at that come after one."""


def forward_first(repair: Repair) -> list[Mend]:
    """Mend one mistake after the other, those of the forward pass first; each mend says whether it is one."""
    wrong = repair.wrong
    with repair.program.exchanged(), quietly():
        first = _differing(repair)
        one = repair.one_for_all() if first is not None and first.names < wrong else None
        if one is not None:  # one change that mends everything comes before two
            return [replace(one, forward=_is_forward(repair, one))]
        if first is not None:
            repair.done = [_as_in_the_loss(repair, first)]
            repair.wrong = wrong - first.names
    mends = repair.search()
    with repair.program.exchanged(), quietly():
        marked = [m if m.forward else replace(m, forward=_is_forward(repair, m)) for m in mends]
    return sorted(marked, key=lambda m: not m.forward)


def _is_forward(repair: Repair, mend: Mend) -> bool:
    """Whether what a statement assigns, mended, is a forward value of the loss, and no gradient."""
    *_, place = mend.place, *repair.program.around(mend.place)
    if mend.left_out or not place.is_assigned or _begins_back(repair) < min(_times(repair, place)):
        return False
    own = [m for m in repair.aligned.matches(place) if m is not None]
    if any(m.exact or (m.quantity.kind == "value" and m.factor == -1) for m in own):
        return False  # another of the loss's own, kept for later; or what it computes, the other way round
    seen: list[dict[int, Any]] = []
    for draw, edits in enumerate(mend.edits):
        seen.append({})
        keeping = _keeping(seen[-1], place.index, edits.get(place.index))
        if repair.run({**edits, place.index: keeping}, draw) is None:
            return False
    found = _forward_value(repair, [values.get(place.index) for values in seen])
    if found is None:
        return False
    backward = (q for q in repair.known.quantities if q.kind in ("cotangent", "contribution", "sum"))
    return not any(is_multiple(q.values, found.values) for q in backward)  # of which a mean may be taken in the end


def _begins_back(repair: Repair) -> float:
    """Say when the first gradient was computed: what comes later may be a forward value that is computed again."""
    first = math.inf
    for i in repair.observed[0].seen:
        place = repair.program.places[i]
        if place.kind == "expression" and place.parent is None:
            matches = zip(_times(repair, place), repair.aligned.matches(place), strict=False)
            first = min([first, *(t for t, m in matches if m is not None and m.quantity.kind == "cotangent")])
    return first


def _times(repair: Repair, place: Place) -> list[int]:
    return repair.observed[0].seen[place.index].times


def _differing(repair: Repair) -> Mend | None:
    """Find the first variable that the loss has too, with another value, and that makes a difference."""
    graph = repair.known.draws[0].chain.graph
    computed = [q for q in repair.known.quantities if q.kind == "value" and graph[q.entry or 0].operation is not None]
    own = {graph[q.entry].name: q for q in computed if q.entry is not None}
    back = _begins_back(repair)
    assigned = [p for p in _assigned(repair) if min(_times(repair, p)) < back]
    right = frozenset(repair.rerun.names) - repair.wrong
    for k, place in enumerate(assigned):
        quantity = own.get((place.variable or "").removeprefix("self."))
        at = [o.seen[place.index].values[0] for o in repair.observed if place.index in o.seen]
        if quantity is None or not _are_apart(at, quantity.values) or not _is_of_what_is_known(repair, place):
            continue
        edits, later = [{place.index: _instead(v)} for v in quantity.values], assigned[k + 1 : k + MOST]
        names, seen = repair.wrong, []
        for draw, edit in enumerate(edits):
            seen.append(dict[int, Any]())
            found = repair.run({**{p.index: _keeping(seen[-1], p.index) for p in later}, **edit}, draw)
            if found is None or not _matters(found, repair.run({}, draw)):
                break
            now = repair.rerun.right(found, draw)
            if draw == 0 and not right <= now:
                break
            names &= now
        else:
            before = {p.index for p in later if any(m is not None and m.exact for m in repair.aligned.matches(p))}
            after = {p.index for p in later if _forward_value(repair, [at.get(p.index) for at in seen])}
            if before <= after and (names or before < after):
                return Mend(place, names, edits, quantity=Match(quantity, 1.0, None, True), forward=True)
    return None


def _as_in_the_loss(repair: Repair, mend: Mend) -> Mend:
    """Write what belongs there as the source of the loss has it, if that has the same value here."""
    program, name, here = Source.of(repair.rerun.derivation.f), mend.place.variable, mend.place.index
    assigned = [p for p in program.places if p.variable == name and p.is_assigned] if program else []
    if program is None or len(assigned) != 1 or mend.quantity is None:
        return mend
    try:
        seen = program.watch(repair.known.draws[0].values)
    except Exception:  # what the user's loss may raise of plain arrays
        return mend
    held = {n: v for n, v in repair.observed[0].names[here].items() if isinstance(v, np.ndarray) and n.isidentifier()}
    text = ast.unparse(_ByNames(program, seen, held).visit(copy.deepcopy(assigned[0].node)))
    edit = evaluated(compile(text, "<the loss>", "eval"))
    for draw, right in enumerate(mend.quantity.quantity.values):
        kept: dict[int, Any] = {}
        found = repair.run({here: _keeping(kept, here, edit)}, draw)
        if found is None or not _same(kept.get(here), right):
            return mend
    return replace(mend, edits=[{here: edit}] * len(mend.edits), rewrite=Rewrite("unexplained", text, text))


class _ByNames(ast.NodeTransformer):
    """Put variables for the parts of an expression of the loss that they hold the values of."""

    def __init__(self, program: Source, seen: Observation, held: Mapping[str, Any]) -> None:
        self.program, self.seen, self.held = program, seen, held

    def visit(self, node: ast.AST) -> Any:
        """Replace a part, the largest first; the whole is what isn't held yet."""
        place = self.program.at(node, self.program.file) if isinstance(node, ast.expr) else None
        first = self.seen.first(place.index) if place is not None and place.parent is not None else None
        if isinstance(first, np.ndarray):
            for name, value in self.held.items():
                if _same(value, first):
                    return ast.copy_location(ast.Name(name, ast.Load()), node)
        return self.generic_visit(node)


def _matters(gradients: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    """Whether some gradient is another than before."""
    return before is not None and not all(_same(g, before[name]) for name, g in gradients.items())


def _is_of_what_is_known(repair: Repair, place: Place) -> bool:
    """Whether a statement reads constants and what the loss has too, so that what is wrong there began there."""
    for i in repair.observed[0].seen:
        read = repair.program.places[i]
        if read.statement is not place.statement or not read.is_read or read.index == place.index:
            continue
        values = [o.seen[i].values[0] for o in repair.observed if i in o.seen and o.seen[i].values]
        numbers = [v for v in values if isinstance(v, np.ndarray | float)]
        constant = all(np.array_equal(v, values[0]) for v in numbers)
        if numbers and not constant and None in repair.aligned.matches(read):
            return False
    return True


def _are_apart(values: Sequence[Any], own: Sequence[Any]) -> bool:
    """Whether a variable has another value than in the loss, of the same shape, at all draws."""
    known = len(values) == len(own) and all(isinstance(v, np.ndarray | float) for v in values)
    alike = known and all(np.shape(v) == o.shape for v, o in zip(values, own, strict=True))
    return alike and not any(np.allclose(v, o, rtol=1e-6) for v, o in zip(values, own, strict=True))


def _assigned(repair: Repair) -> Iterator[Place]:
    """List the values that are assigned once, and that the loss doesn't compute too, in order."""
    seen = repair.observed[0].seen
    places = (repair.program.places[i] for i in sorted(seen, key=lambda i: seen[i].times[:1]))
    return (p for p in places if p.is_assigned and seen[p.index].count == 1 and p.index not in repair.shared)


def _forward_value(repair: Repair, values: Sequence[Any]) -> Quantity | None:
    """Return the forward value of the loss that some values are, at all draws."""
    match = repair.known.identify(values)
    return match.quantity if is_exact(match, "value") else None


def _same(x: Any, y: Any) -> bool:
    return np.shape(x) == np.shape(y) and bool(
        np.allclose(x, y, rtol=1e-9, atol=1e-12 * float(np.max(np.abs(y), initial=0)))
    )


def _instead(value: Any) -> Edit:
    return lambda v, frame, k: np.array(value)[()]


def _keeping(kept: dict[int, Any], i: int, edit: Edit | None = None) -> Edit:
    """Keep what is computed at a place, after an edit."""

    def keep(v: Any, frame: FrameType, k: int) -> Any:
        kept[i] = v if edit is None else edit(v, frame, k)
        return kept[i]

    return keep
