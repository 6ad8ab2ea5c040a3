"""One change that mends all that is wrong: a slip, what was left out, what stands otherwise, or what fits."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from microgradnet.check.align import is_exact
from microgradnet.check.mend.likely import earliest, is_a_slope, is_doubtful, is_of_what_was_given
from microgradnet.check.mend.mends import (
    Generator,
    Mend,
    counts,
    hands_on,
    is_simple,
    returns_a_variable,
)
from microgradnet.check.mend.moved import moved as put_elsewhere
from microgradnet.check.mend.omissions import involved, masked, plain, simple
from microgradnet.check.mend.rearranged import rearranged
from microgradnet.check.mend.response import Response, alone, applied, fitting, of_another_shape
from microgradnet.check.mend.rewrite import INVOLVED, NEAREST, UNLIKELY, Rewrite
from microgradnet.check.mend.scan import Scan, is_real
from microgradnet.check.mend.statements import restated
from microgradnet.check.observe import Place
from microgradnet.check.patch import changed

if TYPE_CHECKING:
    from microgradnet.check.mend.repair import Repair

Look = Callable[[Scan, Sequence[list[Place]]], Mend | None]
"""A way to look for a change at the places of some statements."""

MANY = 10_000
"""From how many elements of the gradients on a run takes so long that what needs few comes first."""

LESS = 0.16
"""Which part factors and terms made of what is at hand may take: what is looked up by its numbers takes less."""

REST = 0.14
"""Which part of work and time is left for several mistakes, while one is looked for that explains everything."""

COMPLETED = frozenset({"detached", "missing-term", "diagonal-jacobian"})
"""The kinds of formulas that something is left out of, wherever that is added."""

FITTING = 12
"""How many texts are run that fit by their numbers at one argument."""


def likely_change(scan: Scan, until: Look) -> Mend | None:
    """Find a slip that mends all that is wrong, or what was left out; each looked for once, until one of the ways.

    What is found by `simply_omitted` takes no factors and terms made of what is at hand, which are many. What is
    looked up by its numbers takes less, but finds something at many a place: of many numbers it comes early, and so
    the ways go on to where one stands last.
    """
    few = [wanted, _rearranged] if scan.rerun.ends[-1] > MANY else []
    many = [wanted, omitted] if scan.done else [omitted, wanted]
    looks: list[Look] = [slipped, _shared, *few, restated_there, simply_omitted, moved, _masked, *many]
    for look in looks[: len(looks) - looks[::-1].index(until)]:
        if scan.likely is None and look not in scan.tried:
            scan.likely = _chosen(scan, [look])
            if scan.repair.stopped and scan.repair.has_more:
                scan.cut.append(look)
            scan.tried |= {look} if not scan.repair.stopped or scan.repair.has_more else set()
    return scan.likely


def _shared(scan: Scan, _: Sequence[list[Place]]) -> Mend | None:
    """Find a slip in what is right comes of, too: a copy that was left out, or a penalty of what has none.

    Or in what is called at several places, for one of which it may do as it stands.
    """
    around, again = scan.repair.around, scan.called_again
    own = ([p for p in g if again(p) or around(p).may_be_too_much or around(p).looped_over] for g in scan.wider)
    return slipped(scan, [places for places in own if places])


def _masked(scan: Scan, _: Sequence[list[Place]]) -> Mend | None:
    """Find a mask that was left out where what is right comes of the same, as what a mask keeps nothing of."""
    found = [m for g in scan.wider for m in scan.each(g, masked, 1.0) if m.names >= scan.wrong]
    return earliest(scan, found) if found else None


def one_change(scan: Scan) -> Mend | None:
    """Find what else mends all that is wrong: what stands otherwise, or fits by its numbers; then the less likely."""
    looks = [*scan.cut, wanted, _exchanged, _rearranged, _fitted, _enlarged, _much_omitted]
    found = likely_change(scan, omitted) or _chosen(scan, looks)
    return found or min(scan.unlikely, key=lambda m: m.far, default=None)


def wide_change(scan: Scan) -> Mend | None:
    """Find what mends all that is wrong at a place that what is right depends on, too."""
    for look in (slipped, restated_there, simply_omitted, omitted, omitted, _much_omitted):  # the most in two shares
        scan.unlikely += looked(scan, look, scan.wider)
    return min(scan.unlikely, key=lambda m: m.far, default=None)


def doubtful_change(scan: Scan, of: Collection[str] = ()) -> Mend | None:
    """Find what mends all that is wrong where something known is computed, but another thing than was meant.

    Or where some variables are given a value, whatever it is.
    """
    places = [group for group in scan.narrow if scan.is_right(group)]
    if of:
        groups = scan.grouped(scan.wide, lambda r: r >= scan.wrong)
        places = [g for g in groups if any(p.parent is None and p.variable in of for p in g)]
    scan.doubts = True
    try:
        looks = (slipped, simply_omitted, omitted, *((_called, wanted) if of else ()))
        found = (m for look in looks for m in looked(scan, look, places))
        return next((m for m in found if m.far < UNLIKELY), None)
    finally:
        scan.doubts = False


def _chosen(scan: Scan, looks: Sequence[Look]) -> Mend | None:
    """Look in one way after the other, until a change is found that is likely."""
    scan.repair.leave(0.0 if scan.done else REST)
    try:
        for look in looks:
            found = looked(scan, look, scan.narrow)
            if found and found[0].far < UNLIKELY and not is_of_what_was_given(scan, found[0]):
                return found[0]
            scan.unlikely += found
        return None
    finally:
        scan.repair.leave(0.0)


def looked(scan: Scan, look: Look, places: Sequence[list[Place]]) -> list[Mend]:
    """Look for a change by one of the ways here, within its share of the work; a list of none or one."""
    if look is omitted:
        scan.repair.allow(LESS)
    else:
        scan.repair.allow()
    found = look(scan, places)
    return [] if found is None else [found]


def slipped(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find a slip: the nearest to what stands there, and of equal ones the earliest; one that is unlikely last."""
    found: list[Mend] = []
    for places in statements:
        key = scan.doubts, tuple(p.index for p in places)
        if key in scan.slipped:  # it was looked at before the work that was allowed was done
            best = scan.slipped[key]
        else:
            here = [m for m in scan.slips(places) if m.names >= scan.wrong]
            best = min(here, key=lambda m: (m.far, m.place in places and places.index(m.place)), default=None)
        if best is not None and best.far < NEAREST and not _comes_before(scan, best.place):
            return best
        found += [best] if best is not None else []
        if scan.repair.stopped:
            break
        scan.slipped[key] = best
    return min(found, key=lambda m: (m.far, _comes_before(scan, m.place)), default=None)


def _comes_before(scan: Scan, place: Place) -> int:
    """Say whether it is of the forward pass, and no gradient: 2 if it is a value of the loss, and so right there.

    By what it depends on, or by what its statement is.
    """
    whole = scan.whole(place)
    matches = scan.repair.aligned.matches(whole)
    kinds = {m.quantity.kind if m is not None else "" for m in matches}
    if "cotangent" in kinds:
        return 0
    if kinds == {"value"}:
        of_the_loss = all(is_exact(m, "value") for m in matches)
        return (1 + of_the_loss) * scan.repair.is_foreign(place if is_real(scan.seen, place.index) else whole)
    return int(is_real(scan.seen, place.index) and scan.repair.is_foreign(place))


def restated_there(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find a statement that should be of another form: ``=`` for ``+=``, or added up at every index."""
    if not scan.may_be_patched:
        return None
    groups = [*statements, *scan.joint, *scan.listed, *scan.lost]
    for guard, rewrite in itertools.chain.from_iterable(in_other_forms(scan, g) for g in groups):
        if scan.repair.stopped:
            return None
        if (mend := patched(scan, guard, rewrite)) is not None:
            return mend
    left = (p for p in scan.program.places if p.kind == "statement" and isinstance(p.statement, ast.Break))
    mends = (scan.verified(place, None) for place in left)
    return next((m for m in mends if m is not None and m.names >= scan.wrong), None)


def moved(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find a statement that belongs elsewhere: in the loop above it, behind the one that it is in, before another."""
    for places in [*statements, *scan.joint] if scan.may_be_patched else ():
        for place, rewrite in elsewhere(scan, places):
            if scan.repair.stopped:
                return None
            if (mend := patched(scan, place, rewrite)) is not None:
                return mend
    return None


def elsewhere(scan: Scan, places: Sequence[Place]) -> Iterator[tuple[Place, Rewrite]]:
    """List where else a statement may stand."""
    guard = _statement_of(scan, places)
    if guard is not None:
        yield from put_elsewhere(guard, scan.program.trees[guard.file])


def in_other_forms(scan: Scan, places: Sequence[Place]) -> Iterator[tuple[Place, Rewrite]]:
    """List the other forms that a statement may have."""
    guard = _statement_of(scan, places)
    whole = next((p for p in places if p.node is getattr(p.statement, "value", None)), places[0])
    if guard is not None:
        yield from ((guard, rewrite) for rewrite in restated(scan.repair.around(whole)))


def _statement_of(scan: Scan, places: Sequence[Place]) -> Place | None:
    """Return the place of a statement that may stand in another form."""
    first = places[0]
    if isinstance(first.statement, ast.Return):
        return Place(-1, "statement", first.statement, first.statement, first.file, first.function)
    return scan.repair.guards.get(first.statement)


def patched(scan: Scan, guard: Place, rewrite: Rewrite) -> Mend | None:
    """Try another statement in the source itself, beside what is mended already; keep in mind what mends some of it."""
    mend = Mend(guard, scan.wrong, [{}] * len(scan.rerun.draws), rewrite=rewrite)
    wanted = scan.wrong | scan.kept
    right = right_in_the_source(scan.repair, [*scan.done, mend], wanted)
    if right >= wanted:
        return mend
    if scan.kept <= right and right & scan.wrong:
        scan.reworded.append(replace(mend, names=right & scan.wrong))
    return None


def right_in_the_source(repair: Repair, mends: Sequence[Mend], wanted: frozenset[str]) -> frozenset[str]:
    """Name the gradients that are right, at all draws, with some changes made in the source itself; some, if enough."""
    files = {m.place.file for m in mends}
    places = [(m.place, None if m.rewrite is None else m.rewrite.source) for m in mends]
    if len(files) > 1 or len({p.statement for p, _ in places}) < len(places) or not all(m.is_written for m in mends):
        return frozenset()
    (file,) = files
    source = changed(repair.program, file, places)
    codes = None if source is None else repair.program.with_source(file, source)
    if codes is None:
        return frozenset()
    right = frozenset(repair.rerun.names)
    with repair.program.exchanged(codes):
        for draw in (*repair.draws, *(repair.rerun.elsewhere if repair.everywhere else ())):
            found = repair.rerun.plainly_run(draw)
            right &= frozenset() if found is None else found.right
            if not right or not wanted <= right:
                repair.rerun.refused |= draw >= len(repair.rerun.draws)
                break
    return right


def _exchanged(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find what another expression of the source stands for."""
    for places in statements:
        here = [m for m in scan.swaps(places) if m.names >= scan.wrong and m.far < UNLIKELY]
        if here:
            return min(here, key=lambda m: m.far)
        if scan.repair.stopped:
            break
    return None


def omitted(scan: Scan, statements: Sequence[list[Place]], generators: Sequence[Generator] = ()) -> Mend | None:
    """Find what was left out: a factor or a term made of what is at hand."""
    order = sorted(statements, key=partial(_is_forward, scan))
    order.sort(key=lambda places: not any(map(scan.is_renamed, places)))  # few, and there is little to try at each
    for generator in generators or (plain,):
        found: list[Mend] = []
        for places in order:
            near = (m for m in found if m.far < INVOLVED)
            late = not all(counts(m) or is_doubtful(scan, m) for m in near) and not scan.is_right(places)
            if late and not any(scan.is_misnamed(p) or scan.gives_back(p) for p in places):
                continue  # and what was found is no worse
            key = generator, scan.doubts, tuple(p.index for p in places)
            if key not in scan.left_out:
                here = [m for m in scan.omissions(places, generator) if m.names >= scan.wrong]
                found += here
                if scan.repair.stopped:
                    break
                scan.left_out[key] = here
            else:
                found += scan.left_out[key]
        scan.involved += [m for m in found if m.far >= INVOLVED]
        if any(m.far < INVOLVED for m in found):
            return earliest(scan, [m for m in found if m.far < INVOLVED])
        scan.repair.allow()
    return None


def simply_omitted(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find a name, a count or a sign that was left out."""
    return omitted(scan, statements, [simple])


def _much_omitted(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find what is more involved, such as a factor and a sign that were both left out."""
    found = omitted(scan, statements, [involved])
    return earliest(scan, scan.involved) if found is None and scan.involved else found


def _is_forward(scan: Scan, places: Sequence[Place]) -> int:
    """Say how late a statement is looked at: last the forward pass, but for where it leaves the loss's."""
    if not all(scan.repair.is_foreign(p) and not is_a_slope(scan, p) for p in places):
        return 1
    roots = [p for p in places if p.parent is None and p.variable is not None]
    leaves = any(None in scan.repair.aligned.matches(p) for p in roots if is_real(scan.seen, p.index))
    return 0 if leaves else 2


def _rearranged(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find what stands otherwise; the derivative of what is normalised is completed at its end."""
    found: list[Mend] = []
    for places in statements:
        elsewhere = found and found[0].place.function != places[0].function
        if elsewhere and not returns_a_variable(places[0]):
            continue
        whole = [p for p in places if p.parent is None] if scan.is_right(places) else places
        found += [m for m in scan.each(whole, rearranged, 2.0) if m.names >= scan.wrong]
        if found and any(m.rewrite is not None and m.rewrite.kind not in COMPLETED for m in found):
            return min(found, key=lambda m: (m.far, scan.repair.time_of(m.place)))
        if scan.repair.stopped:
            break
    handed = [m for m in found if returns_a_variable(m.place)]
    return max(handed or found, key=lambda m: scan.repair.time_of(m.place), default=None)


def wanted(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find what belongs there by its numbers, at the first statement where something is found."""
    for places in sorted(statements, key=scan.when):
        if scan.is_right(places) or places[0].statement in scan.mended_statements:
            continue
        parts = [p for p in places if not scan.goes_inside(p) and not scan.is_handed(p)]  # it would be in there
        found = [m for m in scan.each(parts, scan.repair.wanted, 3.0) if m.names >= scan.wrong]
        if found:
            return min(found, key=lambda m: (m.far, m.place.parent is not None))
        if scan.repair.stopped:
            break
    return None


def _called(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find a function of the file that was not called."""
    roots = [[p for p in places if p.parent is None] for places in statements]
    found = (m for places in roots for m in scan.each(places, applied, 3.0))
    return next((m for m in found if m.names >= scan.wrong), None)


def _fitted(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find what belongs at a place by how the gradients respond to it: the first statement where something does."""
    for places in sorted(statements, key=scan.when):
        if scan.is_right(places) or scan.repair.stopped:
            continue
        scan.focus(places)
        asked = {p.index: scan.response(p) for p in places if p.parent is None and _is_a_number(scan, p)}
        roots = [r for r in asked.values() if r is not None]
        if roots and not any(r.mends() for r in roots):
            continue
        parts = [p for p in places if _is_a_number(scan, p) and not scan.holds_such(p)]
        parts = [p for p in parts if not scan.repair.around(p).is_what_turns_add_up]
        responses = ((p, asked[p.index] if p.index in asked else scan.response(p)) for p in parts)
        found = [m for p, response in responses for m in _that_fit(scan, p, response)]
        if found:
            return min(found, key=lambda m: (m.far, scan.repair.around(m.place).is_indexed))
    return None


def _is_a_number(scan: Scan, place: Place) -> bool:
    """Whether a real number was computed at a place, or a variable is given one that is written, as 0 where more is."""
    written = isinstance(place.node, ast.Constant) and place.parent is None and place.variable is not None
    return is_real(scan.seen, place.index) or (written and type(place.node.value) is int)


def _enlarged(scan: Scan, statements: Sequence[list[Place]]) -> Mend | None:
    """Find a factor or a term that was left out and that gives another shape."""
    for places in sorted(statements, key=scan.when):
        if scan.is_right(places) or scan.repair.stopped:
            continue
        parts = [p for p in places if is_real(scan.seen, p.index) and not scan.holds_such(p)]
        found = [m for m in scan.each(parts, of_another_shape, 3.0) if m.names >= scan.wrong]
        if found:
            return min(found, key=lambda m: m.far)
    return None


def _that_fit(scan: Scan, place: Place, response: Response | None) -> Iterator[Mend]:
    """Find what mends everything there: by its numbers, or by running whatever is at hand where they don't tell."""
    at = scan.repair.around(place)
    texts: Iterator[Rewrite] = iter(())
    if response is not None:
        texts = itertools.islice(fitting(at, response.first, scan.row, scan.repair.code), FITTING)
        texts = itertools.chain(texts, applied(at) if place.kind == "expression" else ())
    elif place.kind == "expression":
        texts = alone(at)
    computed = isinstance(place.node, ast.Name) and not hands_on(place.statement)
    for rewrite in texts:
        if scan.repair.stopped:
            return
        if computed and not is_simple(rewrite.source):
            continue  # what a variable holds is wrong where it was computed
        if (mend := scan.verified(place, rewrite)) is not None and mend.names >= scan.wrong:
            yield mend
            return
