"""What the automatic derivation knows, put where a statement computes something else: a place without its text."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

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
    ends: list[Mend] = []
    for places in statements:
        scan.focus(places)
        for place in sorted(places, key=lambda p: p.parent is not None):
            found = (m for m in _quantities(scan, place) if needed is None or m.names >= needed)
            mend = next(found, None)
            if mend is not None and not _is_an_end(scan, mend):
                return mend
            ends += [] if mend is None else [mend]
        if scan.repair.stopped:
            break
    return ends[0] if ends and needed is not None else None


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
        name = getattr(getattr(place.node, "func", None), "id", None)
        if read or (scan.calls_by_name(place.node) and name not in through):
            yield place


def _is_known(scan: Scan, place: Place) -> bool:
    value = scan.seen.first(place.index)
    if isinstance(value, tuple | None):
        return False  # what a function of the user's makes of it is its own affair
    if np.ndim(value) == 0 or scan.repair.is_foreign(place) or not np.any(value):  # what is added up begins with zeros
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
    if isinstance(place.node, ast.Name) and place.kind == "expression" and not hands_on(place.statement):
        return  # what a variable holds is wrong where it was computed
    counts = {o.seen[place.index].count for o in scan.repair.aligned.observed if place.index in o.seen}
    if len(counts) != 1:
        return
    for match, values in scan.repair.aligned.known.series(np.shape(value), counts.pop()):
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
