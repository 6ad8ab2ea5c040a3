"""Several changes: some that mend a part each, two whose effects add up, or one after the other."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np

from microgradnet.check.align import Match, is_exact
from microgradnet.check.mend.known import is_grounded
from microgradnet.check.mend.likely import is_beside_a_mask, is_foreign, is_of_a_variable
from microgradnet.check.mend.mends import Generator, Mend, hands_on, joined
from microgradnet.check.mend.omissions import plain, simple
from microgradnet.check.mend.one_change import (
    elsewhere,
    in_other_forms,
    looked,
    moved,
    omitted,
    patched,
    restated_there,
    right_in_the_source,
    simply_omitted,
    slipped,
)
from microgradnet.check.mend.rearranged import rearranged
from microgradnet.check.mend.response import applied
from microgradnet.check.mend.rewrite import INVOLVED, SIMPLE, Rewrite, is_read, names_in, read_in
from microgradnet.check.mend.scan import GRADIENTS, Effect, Scan, far_of
from microgradnet.check.mend.slips import near, not_near
from microgradnet.check.mend.variables import Variables, exchanged, parsed
from microgradnet.check.observe import READ, Place, function_around

CAUSES = 4
"""How many mistakes are looked for in one derivation."""

OPTIONS = 3
"""How many mends of some of the gradients are followed up, to see which leaves least to mend."""

PAIRS = 40
"""How many pairs of changes are run that ought to mend everything together."""

CHANGES = 5
"""How many changes are followed up that make one statement another quantity each."""

STATEMENTS = 3
"""At how many statements that are wrong a change is looked for that makes them right alone."""

TOLD = 2
"""How much that comes right with a change of one statement leaves no doubt that it was wrong."""

MOST = 2
"""How many gradients that come right with a slip may do so by accident."""

FACTORS = 6
"""How many changes are followed up that make everything right but for a factor."""


def some(scan: Scan, most: int) -> list[Mend]:
    """Find changes that mend some of what is wrong, those first that leave nothing wrong of what they reach."""
    if len(scan.wrong) == 1:
        return []
    slips(scan)
    looks: list[Callable[[Sequence[Place]], Iterator[Mend]]] = [
        lambda places: scan.omissions(places, simple),
        scan.omissions,
        scan.swaps,
        lambda places: scan.each(places, rearranged, 2.0),
    ]
    for look in looks:
        scan.repair.allow()
        _tried(scan, look)
    best = _best(scan, most)
    return best if best else reworded(scan)[:most]


def reworded(scan: Scan) -> list[Mend]:
    """List the statements in another form, or elsewhere, that mend some of what is wrong: first what mends most."""
    if scan.may_be_patched and not scan.tried_forms:
        scan.tried_forms = True
        groups = scan.grouped(scan.wide, lambda r: len(r & scan.wrong) > 1)
        for places in (g for g in groups if g not in scan.narrow):  # those were tried when they might have mended all
            for place, rewrite in itertools.chain(in_other_forms(scan, places), elsewhere(scan, places)):
                if scan.repair.stopped:
                    break
                patched(scan, place, rewrite)
    found: list[Mend] = []
    for mend in sorted(scan.reworded, key=lambda m: (-len(m.names), m.far)):
        wanted = mend.names | scan.kept
        if right_in_the_source(scan.repair, [*scan.done, mend], wanted) >= wanted:
            found.append(mend)
        if len(found) == OPTIONS:
            break
    return found


def slips(scan: Scan) -> list[Mend]:
    """Find slips that mend some of what is wrong, and leave nothing wrong, or little, of what they reach."""
    if len(scan.wrong) == 1:
        return []
    if not scan.tried_slips:
        scan.tried_slips = True
        scan.repair.allow()
        _tried(scan, scan.slips)
    return [m for m in _slight(scan) if is_complete(scan, m) or _mends_most(scan, m)]


def partial(scan: Scan) -> list[Mend]:
    """Find slips that mend some of what is wrong, of those that were tried; none in a statement that is right."""
    found = _slight(scan)
    groups = scan.statements(lambda r: bool(r & scan.wrong)) if found else []
    of = {g[0].statement: g for g in groups}
    return [m for m in found if m.place.statement not in of or not scan.is_right(of[m.place.statement])]


def _slight(scan: Scan) -> list[Mend]:
    """Choose the best of what mends some, where it is simple."""
    return [m for m in _best(scan, OPTIONS) if m.far <= SIMPLE]


def _tried(scan: Scan, look: Callable[[Sequence[Place]], Iterator[Mend]]) -> None:
    for places in scan.statements(lambda r: not r >= scan.wrong):
        if scan.repair.stopped:
            break
        list(look(places))


def _best(scan: Scan, most: int) -> list[Mend]:
    options: list[Mend] = []
    ranked = [_ranked(scan, *p) for p in scan.partly]
    orders = sorted(ranked, key=lambda r: r[0]), sorted(ranked, key=lambda r: r[1])
    for order in (*orders, *([orders[0]] * most)):
        for _, _, place, rewrite in order:
            if any(o.place.statement is place.statement for o in options):
                continue
            if (mend := scan.verified(place, rewrite)) is not None:
                options.append(mend)
                break
    return options[:most]


def _ranked(
    scan: Scan, place: Place, rewrite: Rewrite | None, names: frozenset[str], stage: float
) -> tuple[tuple[Any, ...], tuple[Any, ...], Place, Rewrite | None]:
    far = stage + (0.7 if rewrite is None else rewrite.far)
    mend = Mend(place, names, (), rewrite=rewrite)
    likely = is_foreign(scan, mend) if stage else False, far >= 1 + INVOLVED or is_of_a_variable(scan, mend)
    when = scan.repair.time_of(place)
    beside = not is_beside_a_mask(scan, mend)
    own = scan.reach.get(place.index, scan.wrong) & scan.wrong
    return (
        (names != own, *likely, far >= 1, -len(names), beside, when, far),
        (*likely, -len(own), -len(names), far >= 1, beside, when, far),
        place,
        rewrite,
    )


def is_complete(scan: Scan, mend: Mend) -> bool:
    """Whether it leaves nothing wrong of what it reaches."""
    return scan.reach.get(mend.place.index, scan.wrong) & scan.wrong <= mend.names


def its_own(scan: Scan, name: str) -> Mend | None:
    """Find a slip, or what was left out, where nothing but one of the wrong gradients is computed."""
    alone = Scan.after(scan.repair, frozenset({name}), scan.done)
    places = [] if alone is None else alone.statements(lambda r: r & scan.wrong == {name})
    if alone is None or not places:
        return None
    for look in (slipped, restated_there, simply_omitted, moved, omitted):
        if found := looked(alone, look, places):
            return found[0]
    return None


def _mends_most(scan: Scan, mend: Mend) -> bool:
    """Whether it mends so much of what it reaches that this is no accident."""
    return len(mend.names) > MOST and 2 * len(mend.names) > len(
        scan.reach.get(mend.place.index, scan.wrong) & scan.wrong
    )


def added_up(scan: Scan) -> list[Mend] | None:
    """Find statements that write over what others have put into the same array: all of them were to add to it."""
    of: dict[str, list[Mend]] = {}
    for places in scan.statements(lambda r: bool(r & scan.wrong)) if scan.may_be_patched else ():
        for guard, rewrite in in_other_forms(scan, places):
            target = getattr(guard.statement, "targets", [None])[0]
            if isinstance(target, ast.Subscript) and rewrite.kind == "missing-term" and " += " in rewrite.source:
                mend = Mend(guard, scan.wrong, [{}] * len(scan.rerun.draws), rewrite=rewrite)
                of.setdefault(ast.unparse(target.value), []).append(mend)
                break
    wanted = scan.wrong | scan.kept
    together = (m for m in of.values() if len(m) > 1)
    return next((m for m in together if right_in_the_source(scan.repair, [*scan.done, *m], wanted) >= wanted), None)


def pair(scan: Scan) -> list[Mend] | None:
    """Find two changes whose effects add up to what is wrong."""
    if scan.gap is None or not scan.effects:
        return None
    size = float(np.hypot(*scan.gap)) or 1.0
    best: dict[tuple[Any, ...], Effect] = {}
    for e in scan.effects:
        key = (e.place.statement, round(e.along[0] / size, 7), round(e.along[1] / size, 7))
        if key not in best or far_of(e) < far_of(best[key]):
            best[key] = e
    effects = list(best.values())
    first = np.array([e.along for e in effects]) / size
    order = np.argsort(first[:, 0], kind="stable")
    wanted = np.array(scan.gap) / size - first
    found: list[tuple[float, int, float, int, int]] = []
    low = np.searchsorted(first[order, 0], wanted[:, 0] - 1e-7)
    high = np.searchsorted(first[order, 0], wanted[:, 0] + 1e-7)
    for i, (a, b) in enumerate(zip(low, high, strict=True)):
        for j in order[a:b]:
            apart = effects[i].place.statement is not effects[j].place.statement
            if i < j and apart and abs(first[j, 1] - wanted[i, 1]) < 1e-7:
                both = [effects[k].place for k in (i, j)]
                when, before = sum(map(scan.repair.time_of, both)), sum(map(scan.repair.comes_before, both))
                found.append((far_of(effects[i]) + far_of(effects[j]), before, when, i, int(j)))
    for *_, i, j in sorted(found)[:PAIRS]:
        if (pair := _both(scan, effects[i], effects[j])) is not None:
            return pair
    return None


def _both(scan: Scan, one: Effect, other: Effect) -> list[Mend] | None:
    mends = [scan.mend(e.place, e.rewrite, scan.wrong) for e in (one, other)]
    if any(m is None for m in mends):
        return None
    pair = [m for m in mends if m is not None]
    right = scan.repair.right_with([*scan.done, *pair])
    return pair if right >= scan.wrong | scan.kept else None


def one_of_two(scan: Scan) -> list[Mend] | None:
    """Find two changes of which the first makes all right but for a factor, as a number that isn't divided by is."""
    if scan.done:
        return None
    for place, rewrite in sorted(scan.proportional, key=lambda e: e[1].far)[:FACTORS]:
        first = scan.mend(place, rewrite, scan.wrong)
        again = None if first is None else Scan.after(scan.repair, scan.wrong, [first])
        if first is None or again is None:
            continue
        for look in (simply_omitted, slipped):
            found = looked(again, look, again.narrow)
            if found and found[0].place.statement is not place.statement:
                return [first, *found]
    return None


def locally(scan: Scan) -> list[tuple[Mend, int]]:
    """Find changes after which a statement computes what the loss or its right derivation does, and now doesn't.

    They mend nothing alone. The first statements that are wrong are looked at, and a change is as likely as it is near.
    With each goes how many statements have to come right with it: what isn't a gradient is believed by what follows.
    """
    if len(scan.done) + 1 >= CAUSES:
        return []
    scan.repair.allow()
    found: list[tuple[Mend, int]] = []
    held: set[int | None] = set()  # the values of the loss that are there already
    looked = 0
    foreign = scan.repair.is_foreign  # the forward pass comes last
    order = sorted(scan.statements(lambda r: bool(r & scan.wrong)), key=lambda g: (all(map(foreign, g)), scan.when(g)))
    for places in order:
        if places[0].statement in scan.leads_on:
            continue
        for whole in _wholes(scan, places):
            first = scan.repair.aligned.first(whole)
            if _may_be_wrong(scan, places, whole):
                options = _options(scan, places, whole, held)
                found += options
                looked += bool(options) and not _is_half(scan, whole)
            if is_exact(first, "value"):
                held.add(first.quantity.entry)
        if looked >= STATEMENTS or scan.repair.stopped:
            break
    return found + [(mend, TOLD) for places in order for mend in _turned(scan, places)]


def _turned(scan: Scan, places: Sequence[Place]) -> Iterator[Mend]:
    """List the loops that may run the other way: that makes everything right that comes after the first turn."""
    for place in places if isinstance(places[0].statement, ast.For) else ():
        for rewrite in scan.repair.rewrites(place, near):
            mend = scan.mend(place, rewrite, scan.wrong) if rewrite.kind == "reversed" else None
            if mend is not None:
                yield mend


def _wholes(scan: Scan, places: Sequence[Place]) -> list[Place]:
    """List the values that a statement names, returns, joins, writes into, or hands to a function or a list."""
    parts: Sequence[Any]
    match places[0].statement:
        case ast.Expr(ast.Call(args=parts)) | ast.Assign(value=ast.Tuple(parts)) | ast.Return(ast.Tuple(parts)):
            pass
        case statement:
            parts = [getattr(statement, "value", None)]
    calls = [p.node for p in places if isinstance(p.node, ast.Call)]
    handed = [a for call in calls if not scan.is_of_libraries(call.func) for a in call.args]
    handed += joined(places[0].statement) if hasattr(places[0].statement, "value") else []
    return [p for p in places if p.kind == "after" or any(p.node is part for part in (*handed, *parts))]


def _begins_as_known(scan: Scan, whole: Place) -> bool:
    """Whether a value is first what the loss or its right derivation has, or a part of it, or is added to such."""
    firsts = (scan.repair.aligned.first(p) for p in (whole, *scan.program.around(whole)))
    return any(first is not None and (first.exact or scan.repair.is_added_up(first)) for first in firsts)


def _may_be_wrong(scan: Scan, places: Sequence[Place], whole: Place) -> bool:
    """Whether a value is none that is known, or called another one, though it is made of what is known.

    Or one that nothing known is made of. Not what begins with zeros, as what is added up does.
    """
    if not np.any(scan.seen.first(whole.index)):
        return False
    back = scan.gives_back(whole) or _leads_nowhere(scan, whole)
    suspect = back or _is_half(scan, whole) or scan.is_misnamed(whole)
    suspect = suspect or not _begins_as_known(scan, whole) or scan.is_renamed(whole)
    return suspect and is_grounded(scan, places, through=scan.program.harmless) and (back or not scan.is_right(places))


def _leads_nowhere(scan: Scan, whole: Place) -> bool:
    """Whether of a variable several statements are made, and none of these is known: another value may be meant."""
    own = scan.when([whole])
    later = [p for p in scan.wholes.values() if p[0].function == whole.function and scan.when(p) > own]
    again = min((scan.when(p) for p in later if whole.variable in {q.variable for q in p}), default=math.inf)
    readers = [p for p in later if scan.when(p) <= again and whole.variable in read_in(p[0].statement)]
    return len(readers) > 1 and not any(_begins_as_known(scan, p) for places in readers for p in places)


def _is_half(scan: Scan, whole: Place) -> bool:
    """Whether a value of the loss is meant as a gradient, as y − o is half of one."""
    first = scan.repair.aligned.first(whole)
    return is_exact(first, "value") and not scan.is_itself(whole, first)


def _options(scan: Scan, places: Sequence[Place], whole: Place, held: Collection[int | None]) -> list[tuple[Mend, int]]:
    """List what makes one value of a statement right: the nearest change for each quantity, that of its name first."""
    known = None if scan.repair.aligned.first(whole) is not None else held
    found = [f for p in places if _is_in(scan, p, whole) for f in _made_right(scan, p, whole, known)]
    names = _names_around(scan, whole)
    found.sort(key=lambda f: (f[0].far, is_of_a_variable(scan, f[0]), *_looks(f[0].rewrite, names)))
    meant = scan.repair.meant(whole)
    found.sort(key=lambda f: bool(meant) and f[1].quantity.entry not in meant)
    found.sort(key=lambda f: f[1].quantity.kind not in GRADIENTS)
    first = scan.repair.aligned.first(whole)
    if is_exact(first, "cotangent") and _leads_nowhere(scan, whole):
        entry, graph = first.quantity.entry, scan.repair.known.draws[0].chain.graph
        inputs = graph[entry].inputs if entry is not None else ()
        found = [f for f in found if f[1].quantity.entry in inputs]  # the slope on the way there was left out
    of: dict[tuple[Any, ...], tuple[Mend, int]] = {}
    own = not _begins_as_known(scan, whole)  # it is one of those that come right
    least = own + scan.is_renamed(whole)
    for mend, match in found:
        q = match.quantity
        of.setdefault((q.kind, q.entry, match.index, match.factor < 0), (mend, least + (q.kind == "value")))
    return [*of.values()][:CHANGES]


def _names_around(scan: Scan, place: Place) -> set[str] | None:
    """Name what a function reads anyway, and what its module has, but not all that a function around it has."""
    function = function_around(scan.program.trees[place.file], place.line)
    if function is None:
        return None
    return names_in(function) | {a.arg for a in function.args.args} | scan.program.scope.keys()


def _looks(rewrite: Rewrite | None, names: set[str] | None) -> tuple[bool, bool, int]:
    """Say how simple a text is: of the function's own names, a name before what is computed, no index and no call."""
    if rewrite is None:
        return False, True, 0
    beyond = names is not None and not names_in(parsed(rewrite.source)) <= names
    return beyond, not is_read(rewrite.source), rewrite.source.count("[") + rewrite.source.count("(")


def _is_in(scan: Scan, place: Place, whole: Place) -> bool:
    """Whether a place is a part of another, or that itself."""
    return any(p.index == whole.index for p in (place, *scan.program.around(place)))


def _made_right(
    scan: Scan, place: Place, whole: Place, held: Collection[int | None] | None
) -> Iterator[tuple[Mend, Match]]:
    """List the changes of a place after which its statement computes what is known, when first reached."""
    scope = Variables(scan.program, scan.repair.observed, place)
    changes: list[Generator] = [near, not_near, *([] if scan.is_handed(place) else [scan.repair.wanted])]
    often = place is whole or _is_read_again(place, whole) or _is_a_term(place, whole)
    changes += [simple, plain] if often else []
    first = scan.repair.aligned.first(whole)
    changes += [applied] if first is None or not first.same_shape else []  # a function may split it into heads
    for rewrite in (r for g in changes for r in scan.repair.rewrites(place, g)):
        if scan.repair.stopped:
            return
        text = _with(place, whole, rewrite.source)
        values = None if text is None else scope.computed(text)
        match = None if values is None else scan.repair.known.identify(values)
        if match is None or not _is_told(match, held):
            continue
        returns = isinstance(place.statement, ast.Return)
        taken_out = rewrite.kind == "repeated-factor" and place is whole and returns  # as a slope that comes twice
        if isinstance(text, READ) and not (taken_out or hands_on(whole.statement)):
            continue  # nothing would be computed
        if (mend := scan.mend(place, rewrite, scan.wrong)) is not None:
            yield mend, match


def _is_read_again(place: Place, whole: Place) -> bool:
    """Whether a variable is read twice: what is wrong at one of them isn't what it holds."""
    text = ast.dump(place.node)
    return place.is_read and sum(ast.dump(n) == text for n in ast.walk(whole.node)) > 1


def _is_a_term(place: Place, whole: Place) -> bool:
    """Whether a place is one of the two terms that a value is the sum or the difference of."""
    node: Any = whole.node
    adds = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
    return adds and any(place.node is n for n in (node.left, node.right))


def _is_told(match: Match, held: Collection[int | None] | None) -> bool:
    """Whether a value is meant as a quantity that it is: a gradient, or what was unknown and isn't there yet."""
    if match.quantity.kind in GRADIENTS or held is None:
        return match.exact and match.quantity.kind in GRADIENTS
    slope = match.quantity.kind in ("local", "product") and match.same_shape and match.factor == 1
    return slope or (match.exact and match.quantity.entry not in held and not match.quantity.given)


def _with(place: Place, whole: Place, source: str) -> Any:
    """Write a statement's value with other text for a part; None of what is no expression."""
    new = parsed(source)
    return None if new is None else exchanged(whole.node, place.node, new)
