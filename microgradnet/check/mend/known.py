"""What the automatic derivation knows, put where a statement computes something else: a place without its text."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.align import is_exact
from microgradnet.check.aside import root_of
from microgradnet.check.mend.mends import Mend, hands_on
from microgradnet.check.mend.scan import Scan, is_real
from microgradnet.check.observe import Place
from microgradnet.check.rerun import EXACT, put

Array = np.ndarray[Any, np.dtype[Any]]


def known(scan: Scan, needed: frozenset[str] | None) -> Mend | None:
    """Put what the automatic derivation knows where a statement computes something else of what is known.

    A gradient itself, put where it is computed, mends it always: it is the last that is tried.
    """
    scan.repair.extend()
    statements = sorted(scan.statements(lambda r: needed is None or r >= needed), key=scan.when)
    statements = [s for s in statements if is_grounded(scan, s) and not scan.is_right(s)]
    statements.sort(key=partial(_is_told, scan))
    ends: list[Mend] = []
    for places in statements:
        scan.focus(places)
        for place in sorted(places, key=lambda p: p.parent is not None):
            found = (m for m in _quantities(scan, place) if needed is None or m.names >= needed)
            mend = next(found, None)
            if mend is not None and not _is_an_end(scan, mend):
                return _where_it_is_added_up(scan, mend)
            ends += [] if mend is None else [mend]
        if scan.repair.stopped:
            break
    return _where_it_is_added_up(scan, ends[0]) if ends and needed is not None else None


def _where_it_is_added_up(scan: Scan, mend: Mend) -> Mend:
    """Place what would have to be there before anything is added where something is added last: it lacks that."""
    at = mend.place
    begins = at.variable is not None and not np.any(scan.seen.first(at.index))
    adding = [
        p
        for p in scan.program.places
        if begins and p.function == at.function and p.node is getattr(p.statement, "value", None)
        and isinstance(p.statement, ast.AugAssign) and root_of(p.statement.target) == at.variable
        and p.index in scan.seen.seen
    ]  # fmt: skip
    return replace(mend, place=max(adding, key=scan.repair.time_of)) if adding else mend


def _is_told(scan: Scan, places: Sequence[Place]) -> int:
    """Say how much is known of what a statement first computes: 2 if it is a value of the loss, as ``o - y``."""
    firsts = [scan.repair.aligned.first(p) for p in places if p.parent is None]
    if not firsts or None in firsts or isinstance(places[0].statement, ast.Return):
        return 0
    return 1 + all(is_exact(m, "value") for m in firsts)


def _is_an_end(scan: Scan, mend: Mend) -> bool:
    quantity = mend.quantity
    return quantity is not None and quantity.text().lstrip("−") in {f"∂L/∂{name}" for name in scan.rerun.names}


def is_grounded(scan: Scan, places: Sequence[Place], *, through: Collection[str] = ()) -> bool:
    """Whether all that a statement reads is known, or comes before: what it makes of it is its own mistake.

    And what functions of the user's return to it, but for those of some names, which it may have called by mistake.
    """
    return all(_is_known(scan, p) or _was_made_of_known(scan, p) for p in _reads(scan, places[0].statement, through))


def _reads(scan: Scan, statement: ast.stmt, through: Collection[str] = ()) -> Iterator[Place]:
    """List the variables that a statement reads, and what functions of the user's return to it, but for some."""
    for i in scan.seen.seen:
        place = scan.program.places[i]
        if place.statement is not statement or place.kind != "expression":
            continue
        read = isinstance(place.node, ast.Name | ast.Attribute) and is_real(scan.seen, i)
        of = scan.program.at(place.node.value, place.file) if isinstance(place.node, ast.Attribute) else None
        read = read and (of is None or not is_real(scan.seen, of.index))  # a.T is read as a
        name = getattr(getattr(place.node, "func", None), "id", None)
        if read or (scan.calls_by_name(place.node) and name not in through):
            yield place


def _is_known(scan: Scan, place: Place) -> bool:
    value = scan.seen.first(place.index)
    if isinstance(value, tuple | None):
        return False  # what a function of the user's makes of it is its own affair
    begins = np.ndim(value) == 0 or not np.any(value)  # what is added up begins with zeros
    if begins or scan.repair.is_foreign(place) or scan.repair.is_of_data(place):
        return True
    return any(m is not None for m in scan.repair.aligned.matches(place))


def _was_made_of_known(scan: Scan, place: Place) -> bool:
    """Whether a variable was computed just before, in the same function, of what is known."""
    if not isinstance(place.node, ast.Name):
        return False
    made = [
        p.statement
        for p in scan.program.places
        if p.function == place.function and p.variable == place.node.id and p.index in scan.seen.seen
    ]
    return bool(made) and all(_is_known(scan, p) for s in made for p in _reads(scan, s))


def _quantities(scan: Scan, place: Place) -> Iterator[Mend]:
    """Put what the automatic derivation knows, times whatever factor mends it."""
    value = scan.seen.first(place.index)
    if not isinstance(value, np.ndarray | float) or (np.all(value == 0) and place.variable is None):
        return
    if scan.holds_such(place):
        return  # it would be in there
    if _is_held(place) and not hands_on(place.statement):
        return  # what a variable holds is wrong where it was computed
    counts = {o.seen[place.index].count for o in scan.repair.aligned.observed if place.index in o.seen}
    if len(counts) != 1:
        return
    count, series = counts.pop(), scan.repair.aligned.known.series
    # What a loop hands on, its last turn hands to none, and it has no gradient there.
    handed_on = series(np.shape(value), count - 1) if count > 2 else ()
    for match, values in itertools.chain(series(np.shape(value), count), handed_on):
        if scan.repair.stopped:
            return
        for factor in _factors(scan, place, values[0]):
            first = factor * values[0][0]
            if np.shape(first) == np.shape(value) and np.allclose(value, first, rtol=1e-9, atol=0):
                continue  # right when first reached: what is carried to it later is wrong
            edits = [{place.index: put([factor * v for v in at])} for at in values]
            names = scan.wrong
            for draw in scan.repair.draws:
                found = scan.repair.outcome(edits[draw], frozenset(), draw, scan.done)
                names = names & found.right if found is not None and scan.kept <= found.right else frozenset()
                if not names:
                    break
            if names:
                yield Mend(place, names, edits, quantity=replace(match, factor=factor))


def _is_held(place: Place) -> bool:
    """Whether it is what a variable holds, or what is returned of that without what was put around it."""
    of = place.node
    if isinstance(place.statement, ast.Return):
        while isinstance(of, ast.Subscript):
            of = of.value
    return isinstance(of, ast.Name) and place.kind == "expression"


def _factors(scan: Scan, place: Place, values: Sequence[Array]) -> Iterator[float]:
    """Find the factor with which a quantity would mend something, if the gradients are linear in it."""
    once, twice = (
        scan.repair.outcome({place.index: put([c * v for v in values])}, frozenset(), 0, scan.done) for c in (1, 2)
    )
    if once is None or twice is None:
        return
    true = scan.rerun.true[0]
    for part in (part for name, part in scan.rerun.parts.items() if name in scan.wrong):
        slope, gap = (twice.row - once.row)[part], (true - once.row)[part]
        size = float(slope @ slope)
        if not size > 0 or not math.isfinite(size):
            continue
        step = float(gap @ slope) / size
        if np.abs(gap - step * slope).max() <= 10 * EXACT * max(np.abs(true[part]).max(), 1e-300):
            factor = 1 + step
            if abs(factor) > 1e-9:  # nothing is no quantity
                near = round(factor) if abs(factor) >= 1 else 1 / round(1 / factor)
                yield float(near) if abs(factor - near) < 1e-9 * abs(factor) else factor
            return
