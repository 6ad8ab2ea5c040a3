"""Which of several changes that mend the same is the one that was left out: where nothing speaks against it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from microgradnet.check.align import is_exact
from microgradnet.check.mend.expressions import seen_at
from microgradnet.check.mend.mends import (
    Mend,
    counts,
    hands_on,
    is_summed,
    returns_a_variable,
)
from microgradnet.check.mend.rewrite import INVOLVED, VALUE, names_in
from microgradnet.check.mend.scan import Scan
from microgradnet.check.observe import READ, Place


def earliest(scan: Scan, found: Sequence[Mend]) -> Mend:
    """Choose the earliest in the data flow; a count is mostly divided by at its end."""
    found = [m for m in found if scan.is_misnamed(m.place)] or found
    found = [m for m in found if is_summed(m) and scan.gives_back(m.place)] or found
    found = [m for m in found if not is_doubtful(scan, m)] or found
    found = [m for m in found if is_beside_a_mask(scan, m)] or found
    for speaks_against in (*DOUBTS, is_of_a_name):
        found = [m for m in found if not speaks_against(scan, m)] or found
    found = [m for m in found if scan.is_renamed(m.place)] or found
    late = all(counts(m) for m in found)
    return min(found, key=lambda m: scan.repair.time_of(m.place) * (-1 if late else 1))


def is_doubtful(scan: Scan, mend: Mend) -> bool:
    """Whether anything speaks against a place."""
    return any(speaks_against(scan, mend) for speaks_against in DOUBTS)


def is_of_a_variable(scan: Scan, mend: Mend) -> bool:
    """Whether something is added to what a variable, or a list of such, holds: it may belong where it was computed."""
    node = mend.place.node
    element = isinstance(node, ast.Subscript) and seen_at(scan.program, scan.seen, mend.place, node.value) is not None
    counted = counts(mend) and not isinstance(mend.place.statement, ast.Return)
    handed = is_summed(mend) and returns_a_variable(mend.place)
    whole = isinstance(mend.place.statement, ast.AugAssign) and mend.place.parent is None
    known = mend.place.is_read and not element and not whole and not hands_on(mend.place.statement)
    return known and not counted and not handed


def is_of_a_name(scan: Scan, mend: Mend) -> bool:
    """Whether the statement only gives another name, and not to a gradient."""
    return hands_on(mend.place.statement) and not scan.is_renamed(mend.place)


def is_handed_over(scan: Scan, mend: Mend) -> bool:
    """Whether a count is left out of a variable that is given to a function of the user's: it was computed before."""
    return counts(mend) and isinstance(mend.place.node, ast.Name) and scan.is_handed(mend.place)


def is_beside_a_mask(scan: Scan, mend: Mend) -> bool:
    """Whether a number is left out where something is multiplied by a mask: by how much dropout scales, most likely."""
    scalars = scan.repair.around(mend.place).scalars
    names = set() if mend.rewrite is None else names_in(ast.parse(mend.rewrite.run)) - {VALUE}
    is_a_number = bool(names) and names <= scalars.keys()
    return is_a_number and any(_is_a_mask(scan, mend.place, n) for n in _factors(mend.place))


def _factors(place: Place) -> Iterator[ast.expr]:
    """List what is read as a factor in a statement."""
    for node in ast.walk(place.statement):
        match node:
            case ast.BinOp(left, ast.Mult(), right):
                yield from (n for n in (left, right) if isinstance(n, READ))
            case ast.AugAssign(op=ast.Mult(), value=value) if isinstance(value, READ):
                yield value


def _is_a_mask(scan: Scan, place: Place, node: ast.AST) -> bool:
    """Whether all numbers of an array are zero or one."""
    value = seen_at(scan.program, scan.seen, place, node)
    return isinstance(value, np.ndarray) and value.size > 1 and bool(((value == 0) | (value == 1)).all())


def is_of_what_was_given(scan: Scan, mend: Mend) -> bool:
    """Whether something would be added where a value of the forward pass only gets another name."""
    added = mend.rewrite is not None and VALUE in mend.rewrite.run and mend.rewrite.kind not in ("sign", "stale-value")
    return added and is_of_a_name(scan, mend) and scan.repair.is_foreign(mend.place)


def is_of_what_is_right(scan: Scan, mend: Mend) -> bool:
    """Whether something is added to what the right derivation has: a part of an expression, or what is named so."""
    matches, whole = scan.repair.aligned.matches(mend.place), mend.place.parent is None
    meant = scan.repair.meant(mend.place) if whole else frozenset[int]()
    right = (is_exact(m, "cotangent") and (not whole or m.quantity.entry in meant) for m in matches)
    return bool(matches) and all(right) and not counts(mend)


def is_foreign(scan: Scan, mend: Mend) -> bool:
    """Whether something else than a sign or a number is left out before all arguments have come in.

    Unless it is what nobody reads, as the rewards of which a target is made.
    """
    kind, source = ("", "0") if mend.rewrite is None else (mend.rewrite.kind, mend.rewrite.source)
    if kind in ("sign", "scale") or not scan.repair.is_foreign(mend.place) or is_a_slope(scan, mend.place):
        return False
    return names_in(ast.parse(source)).isdisjoint(scan.repair.around(mend.place).unread)


def is_a_slope(scan: Scan, place: Place) -> bool:
    """Whether it is what a helper computes that is no value of the loss: a derivative, most likely."""
    *_, place = place, *scan.program.around(place)
    matches = [m for m in scan.repair.aligned.matches(place) if m is not None]
    own = not scan.program.is_own(place)
    own = own and not scan.repair.depends.get(place.index, frozenset()).isdisjoint(scan.rerun.derivation.positions)
    return own and all(m.quantity.kind in ("local", "product") for m in matches)


def is_of_the_loss(scan: Scan, mend: Mend) -> bool:
    """Whether a statement first computes a value that the loss has, and calls it as the loss does: it is right so."""
    whole = scan.whole(mend.place)
    first = scan.repair.aligned.first(whole)
    named = is_exact(first, "value") and whole.variable == first.text().rstrip("₀₁₂₃₄₅₆₇₈₉")
    return named and scan.repair.comes_before(whole)


def is_there_already(_: Scan, mend: Mend) -> bool:
    """Whether what is added to a part is a term of the statement as it is."""
    rewrite = mend.rewrite
    parts = (n for n in ast.walk(mend.place.statement) if isinstance(n, ast.BinOp))
    terms = {ast.unparse(n) for s in parts if isinstance(s.op, ast.Add | ast.Sub) for n in (s.left, s.right)}
    return rewrite is not None and any(rewrite.run == f"{VALUE} {sign} {t}" for sign in "+-" for t in terms)


def is_involved(_: Scan, mend: Mend) -> bool:
    """Whether it takes more than one name."""
    return mend.far >= INVOLVED


DOUBTS: tuple[Callable[[Scan, Mend], bool], ...] = (
    is_of_a_variable, is_handed_over, is_foreign, is_of_what_is_right, is_of_the_loss, is_there_already,
    is_involved,
)  # fmt: skip
"""What makes a place less likely to be the one where something was left out, the worst first."""
