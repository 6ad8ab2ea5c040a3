"""A wrong derivation, read in its own source: which line, what belongs there, and which mistake that is.

The place comes from `repair`, the words from what `explain` has tried at the numbers, where both agree on the mistake.
Without source, or where the derivation is another one at every call, nothing is blamed here.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from microgradnet.check.ahead import forward_first
from microgradnet.check.align import APART, CLOSE, CLOSEST, Aligned, Draw, Known, draws_of, formula
from microgradnet.check.beside import beside
from microgradnet.check.by_hand import ByHand
from microgradnet.check.changes import first_changed, is_a_gradient
from microgradnet.check.common import computed_by_both
from microgradnet.check.explain.search import BUDGET, search
from microgradnet.check.findings import Diagnoses, Diagnosis, called
from microgradnet.check.formulas import Formulas
from microgradnet.check.helpers import true_to_their_names
from microgradnet.check.kinds import Told, kind_of
from microgradnet.check.listing import Listing
from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.repair import Repair
from microgradnet.check.mend.rewrite import targets_of
from microgradnet.check.observe import Observation, Source, edited_since, quietly, span_of
from microgradnet.check.patch import as_diff, changed, statement_after
from microgradnet.check.rerun import Rerun
from microgradnet.check.telling import listed
from microgradnet.check.traced import Traced
from microgradnet.check.verdicts import Judgement
from microgradnet.text import legible

__all__ = ["Sources", "drawing_of", "explained", "listing_of", "located"]

SHARE = 0.7
"""Which part of the budget the search in the source may take."""

LEAST_DRAWS = 3
"""At how many arguments an alignment must hold, those given among them, for anything to be said."""


def _is_close(a: Any, b: Any) -> bool:
    return bool(np.abs(a - b).max(initial=0.0) <= 1e-6 * np.abs(b).max(initial=0.0))


@dataclass
class Sources:
    """A derivation, observed at several arguments, and what the automatic one knows there."""

    derivation: ByHand
    program: Source
    draws: list[Draw]
    observed: list[Observation]
    doubtful: set[str] = field(default_factory=set)  # the parameters of which the numbers may know the kind better

    @classmethod
    def of(cls, derivation: ByHand) -> Sources | None:
        """Run a derivation with everything observed; None where it has no source, or can't be run elsewhere."""
        if not callable(derivation.manual):
            return None
        program = Source.of(derivation.manual) or Traced.of(derivation.manual)
        if program is None:
            return None
        found = None
        for apart in (APART, CLOSE, CLOSEST):
            again = cls._watched(derivation, program, draws_of(derivation, apart=apart))
            found = found if again is None else again
            if found is not None and (apart == CLOSE or found._is_right_throughout()):
                break
        return found

    @classmethod
    def _watched(cls, derivation: ByHand, program: Source, draws: Sequence[Draw]) -> Sources | None:
        observed: list[Observation] = []
        kept = []
        for draw in draws if len(draws) >= LEAST_DRAWS else ():
            try:
                observed.append(program.watch(draw.values))
                kept.append(draw)
            except Exception:  # what the user's code may raise at arguments that aren't the user's
                if not kept:
                    return None
        return cls(derivation, program, kept, observed) if len(kept) >= LEAST_DRAWS else None

    def _is_right_throughout(self) -> bool:
        """Whether the gradients that are right at the arguments given are right at the others, too."""
        right = self._right_at(0)
        return all(right <= self._right_at(k) for k in range(1, len(self.draws)))

    def _right_at(self, k: int) -> frozenset[str]:
        draw = self.draws[k]
        try:
            manual = replace(self.derivation, manual=self.observed[k].result).at(draw.values).ascending
        except Exception:  # what was returned may be no gradients at all
            return frozenset()
        true = draw.gradients
        return frozenset(n for n, g in manual.items() if np.shape(g) == true[n].shape and _is_close(g, true[n]))

    @cached_property
    def shared(self) -> frozenset[int]:
        """The places that the loss is computed from, too: its forward pass, helpers of both. What is there is right.

        And helpers that compute what they are called after.
        """
        right = true_to_their_names(self.program, self.observed)
        program = Source.of(self.derivation.f)
        if program is None or not program.files.keys() & self.program.files.keys():
            return right
        values = self.draws[0].values
        try:
            plain = program.watch(values)
        except Exception:  # what the user's loss may raise of plain arrays
            return right
        return right | computed_by_both(self.program, program, values, plain)

    @cached_property
    def aligned(self) -> Aligned:
        """Which quantity of the automatic derivation each value is."""
        aligned = Aligned(Known(self.draws, down=self.derivation.descent), self.observed)
        if self._right_at(0):  # else what is too large may be all of it
            aligned.scaled(self.program)
        aligned.name(self.program)
        return aligned


def explained(
    derivation: ByHand,
    judgement: Judgement,
    rtol: float | None,
    atol: float | None,
    budget: float = BUDGET,
    start: float | None = None,
) -> Diagnoses:
    """Say what is wrong with a derivation: what was located in its source, and what its numbers say; see `diagnose`."""
    start = time.process_time() if start is None else start
    wrong = [p.name for p in judgement.parameters if not p.ok and np.isfinite(p.manual).all()]
    found: list[Diagnosis] = []
    together, certain, reading = None, set(), None
    if wrong and not judgement.contradicted and derivation.unrepeatable() is None:
        reading = _read(derivation)
        if reading is not None and reading.program.observed:
            found, together = located(reading, wrong, start + SHARE * budget)
            certain = {n for d in found for n in d.parameters} - reading.doubtful
    told = [*_as_one(found, together, derivation)]
    if certain and certain >= {p.name for p in judgement.parameters if not p.ok}:
        return Diagnoses(sorted(told, key=lambda d: not d.forward), together)
    left = budget if derivation.kept.get("sources") is None else (1 - SHARE) * budget
    by_numbers: Sequence[Diagnosis] = search(derivation, judgement, rtol, atol, left)
    if reading is None and callable(derivation.manual) and (file := edited_since(derivation.manual)) is not None:
        by_numbers = [replace(d, right=_edited(file)) if d.kind == "unexplained" else d for d in by_numbers]
    return merged(told, together, certain, by_numbers)


def listing_of(derivation: ByHand, found: Sequence[Diagnosis]) -> Listing:
    """List a derivation by hand in its own source, with what was found at its place."""
    reading = _readable(derivation)
    if isinstance(reading, str):
        return Listing(note=reading)
    formulas = Formulas.of(reading.program, reading.aligned)
    return listed(reading.program, reading.aligned, formulas, found)


def drawing_of(derivation: ByHand, found: Sequence[Diagnosis], wrong: Collection[str], theme: str) -> Any:
    """Draw a derivation by hand beside the automatic one; ValueError where it can't be read, or is too large."""
    reading = _readable(derivation)
    if isinstance(reading, str):
        raise ValueError(f"draw: {reading[0].lower()}{reading[1:].rstrip('.')}")
    return beside(reading.program, reading.aligned, found, wrong, theme)


def _readable(derivation: ByHand) -> Sources | str:
    """Read a derivation by hand, or say why that can't be done."""
    if not callable(derivation.manual):
        return "The gradients were given as arrays: there is no source to list."
    if derivation.unrepeatable() is not None:
        return "The derivation is another one at every call: its values have no names."
    return _read(derivation) or _why_not(derivation)


def _read(derivation: ByHand) -> Sources | None:
    """Read a derivation; what was read is kept with it, for the listing."""
    if "sources" not in derivation.kept:
        derivation.kept["sources"] = Sources.of(derivation)
    found: Sources | None = derivation.kept["sources"]
    return found


def _why_not(derivation: ByHand) -> str:
    """Say why a derivation can't be listed."""
    program = Source.of(derivation.manual) or Traced.of(derivation.manual)
    if program is None and (file := edited_since(derivation.manual)) is not None:
        return _edited(file)
    if program is None:
        return "No line of the derivation's source can be read: it is compiled, or was made from text that wasn't kept."
    draws = draws_of(derivation)
    if len(draws) < LEAST_DRAWS:
        return "At other arguments the loss takes another path, or isn't finite: what a value is can't be told there."
    for draw in draws:
        try:
            program.watch(draw.values)
        except Exception as error:  # the user's own
            words = legible(f"{type(error).__name__}: {error}", 100)
            return f"At other arguments, which tell one value from another, the derivation raises {words}"
    return "The derivation can't be run again."


def _edited(file: str) -> str:
    where = "The cell" if called(file) == "the cell" else legible(file, 100)
    return f"{where} was changed after it was loaded: what runs isn't what stands there. Load it anew."


def _as_one(found: Sequence[Diagnosis], together: str | None, derivation: ByHand) -> Iterator[Diagnosis]:
    """Join places at which the same was done to all gradients, as not to divide by the number of rows: one mistake."""
    names = [n for d in found for n in d.parameters]
    alike = len({d.kind for d in found}) == 1 and found[0].kind in WHOLE
    if len(found) > 1 and alike and sorted(names) == sorted(derivation.gradients):
        correction = found[0].correction if together else None
        yield replace(found[0], parameters=tuple(derivation.gradients), patch=together, correction=correction)
    else:
        yield from found


def merged(
    found: Sequence[Diagnosis], together: str | None, certain: Set[str], by_numbers: Sequence[Diagnosis]
) -> Diagnoses:
    """Join what was found in the source and what was found in the numbers: words, where the place alone is certain.

    Where the numbers know one mistake for what isn't written right at several places, none of them is where it is.
    """
    told: list[Diagnosis] = []
    known = [d for d in by_numbers if d.kind not in SPECIAL]
    for one in known:
        places = [d for d in found if set(d.parameters) <= set(one.parameters)]
        unknown = any(d.kind == "unexplained" for d in places)
        if len(places) > 1 and unknown and {n for d in places for n in d.parameters} == set(one.parameters):
            told.append(one)
            found = [d for d in found if d not in places]
    for place in found:
        same = [d for d in known if set(d.parameters) >= set(place.parameters)]
        doubtful = same and not place.forward and not certain >= set(place.parameters)
        told.append(_with_place(replace(same[0], parameters=place.parameters), place) if doubtful else place)
    names = {n for d in told for n in d.parameters}
    told.sort(key=lambda d: not d.forward)
    others = (d for d in by_numbers if not set(d.parameters) <= names)
    return Diagnoses([*told, *(_of_the_rest(d, names) if d.kind == "unexplained" else d for d in others)], together)


def _of_the_rest(found: Diagnosis, names: Set[str]) -> Diagnosis:
    return replace(found, parameters=tuple(n for n in found.parameters if n not in names))


WHOLE = frozenset({"sign", "sum-for-mean", "mean-for-sum"})
"""Kinds of what may have been done to all gradients at once."""

MISREAD = frozenset({"sign", "stale-value", "swapped-operands", "wrong-mask", "wrong-parameter", "wrong-point"})
"""Kinds of changes by which another value is read."""

SPECIAL = frozenset({"unexplained", "not-finite", "not-repeatable", "not-to-be-believed"})


def _with_place(words: Diagnosis, place: Diagnosis) -> Diagnosis:
    sure = f"{place.sure}; {words.sure}" if words.sure else place.sure
    return replace(
        words, sure=sure, file=place.file, line=place.line, expression=place.expression, correction=place.correction,
        patch=place.patch, forward=place.forward, span=place.span, alone=place.alone,
    )  # fmt: skip


def located(reading: Sources, wrong: Sequence[str], deadline: float) -> tuple[list[Diagnosis], str | None]:
    """Find the places that are wrong, one for each cause, before the deadline; and a patch of all of them."""
    rerun = Rerun(reading.program, reading.derivation, reading.draws, reading.observed[0])
    with reading.program.exchanged(reading.program.plain), quietly():
        try:
            now = rerun.ran(0)
        except Exception:  # the user's code, in float64 now
            return [], None
    still = frozenset(wrong) & frozenset(rerun.names) - rerun.right(now, 0)
    if not still:
        return [], None
    repair, mends = _searched(reading, rerun, still, deadline)
    everywhere, stopped = repair.everywhere, repair.spent
    proved, together = _proved(reading, rerun, mends)
    known, names = reading.aligned.known, reading.derivation.names
    changes = [first_changed(rerun, reading.aligned, m) for m in mends]
    forward = any(
        m.forward or (c is not None and c.goes_forward and not _is_misread(m))
        for m, c in zip(mends, changes, strict=True)
    )
    if forward and not _is_a_multiple(rerun, now) and is_a_gradient(rerun):
        kinds = [Told("another-loss", True, "the right gradient of another loss")] * len(mends)
    else:
        kinds = [kind_of(m, reading.program, known, reading.observed, names) for m in mends]
        kinds = [
            k._replace(kind="wrong-shape") if rerun.differ_in_shape(m.names, now) else k
            for m, k in zip(mends, kinds, strict=True)
        ]
    chain = reading.draws[0].chain
    found = [
        _diagnosis(reading, rerun, now, m, p, k, c.step(chain) if c is not None else "")
        for m, p, k, c in zip(mends, proved, kinds, changes, strict=True)
    ]
    found = [d if _does_alone(repair, m, mends) else _beside_others(d) for d, m in zip(found, mends, strict=True)]
    # Of what comes back of another loss, nothing that can't be written otherwise is at fault.
    placeless = [
        k.kind == "another-loss" and m.rewrite is None and not (m.left_out or m.forward)
        for m, k in zip(mends, kinds, strict=True)
    ]
    found = [
        replace(d, file=None, line=None, expression=None, span=None) if p else d
        for d, p in zip(found, placeless, strict=True)
    ]
    if not everywhere:
        found = [replace(d, sure=d.sure.replace("other arguments", "other arguments of the same signs")) for d in found]
    if stopped:
        early = "the search stopped before it had tried everything"
        found = [replace(d, sure=f"{d.sure}; {early}") for d in found]
    reading.doubtful |= {n for m, t in zip(mends, kinds, strict=True) if not t.certain for n in m.names}
    return found, together


def _searched(
    reading: Sources, rerun: Rerun, wrong: frozenset[str], deadline: float
) -> tuple[Repair, list[Mend]]:  # fmt: skip
    """Search for mends that hold everywhere, and, where nothing is written so, for arguments like those given alone."""
    repair = Repair(rerun, reading.aligned, wrong, deadline, reading.shared)
    mends = forward_first(repair)
    if not rerun.refused or (mends and all(m.is_written for m in mends)):
        return repair, mends
    if here := repair.here():
        return repair, here
    rerun.work = 0.0
    again = Repair(rerun, reading.aligned, wrong, deadline, reading.shared, everywhere=False)
    found = forward_first(again)
    names = [frozenset[str]().union(*(m.names for m in some)) for some in (found, mends)]
    return (again, found) if names[0] >= names[1] else (repair, mends)


def _does_alone(repair: Repair, mend: Mend, mends: Sequence[Mend]) -> bool:
    """Whether a change makes right what it is said to, without those of other mistakes."""
    if len(mends) == 1:
        return True
    with repair.program.exchanged(), quietly():
        return mend.names <= repair.right_with([mend])


def _beside_others(found: Diagnosis) -> Diagnosis:
    return replace(found, sure=found.sure.replace("with this", "with all of these", 1), alone=False)


def _is_a_multiple(rerun: Rerun, now: Mapping[str, Any]) -> bool:
    """Whether all gradients are as many times what they should be: a sign or a factor, and no other loss."""
    row, true = rerun.judged(now, 0).row, rerun.true[0]
    factor = float(row @ true) / float(true @ true) if true.any() else 0.0
    return bool((np.abs(row - factor * true) <= 1e-9 * np.abs(true).max()).all())


def _is_misread(mend: Mend) -> bool:
    """Whether one value stands for another, or with another sign: a slip on the way back, whatever it is right for."""
    return mend.rewrite is not None and mend.rewrite.kind in MISREAD


def _proved(reading: Sources, rerun: Rerun, mends: Sequence[Mend]) -> tuple[list[str | None], str | None]:
    """Patch the source, all mends that can be written at once, run it, and return the diffs of those that hold.

    And one diff of all, if that makes right what all of them do.
    """
    program = reading.program
    written = [m for m in mends if m.rewrite is not None or m.left_out]
    found: dict[int, str] = {}
    codes: dict[Any, Any] = {}
    whole = ""
    for file in {m.place.file for m in written}:
        new = changed(program, file, [(m.place, _text(m)) for m in written if m.place.file == file])
        code = None if new is None else program.with_source(file, new)
        if code is None:
            written = [m for m in written if m.place.file != file]
        else:
            codes |= code
            whole += as_diff(program, file, new or "")
    if codes and (right := _right_with(rerun, codes)) is not None:
        for m in written:
            alone = changed(program, m.place.file, [(m.place, _text(m))])
            if alone is not None and m.names <= right:
                found[id(m)] = as_diff(program, m.place.file, alone)
    return [found.get(id(m)) for m in mends], whole if len(found) == len(mends) > 0 else None


def _right_with(rerun: Rerun, codes: Mapping[Any, Any]) -> frozenset[str] | None:
    right = frozenset(rerun.names)
    with rerun.program.exchanged(codes), quietly():
        for draw in range(len(rerun.draws)):
            try:
                right &= rerun.right(rerun.ran(draw), draw)
            except Exception:  # what the patched code may raise
                return None
    return right


def _text(mend: Mend) -> str | None:
    return None if mend.rewrite is None else mend.rewrite.source


def _diagnosis(
    reading: Sources, rerun: Rerun, now: Mapping[str, Any], mend: Mend, patch: str | None, told: Told, step: str
) -> Diagnosis:
    program, place = reading.program, mend.place
    mended = mend.names or frozenset(rerun.names) - rerun.right(now, 0)  # nothing alone, if more is wrong after it
    names = tuple(n for n in rerun.names if n in mended)
    statement = program.text(place, place.statement).splitlines()[0]
    what = place.variable or _assigned_in(place.statement)
    quantity = mend.quantity.text() if mend.quantity is not None else ""
    if mend.forward and mend.quantity is not None:
        told = told._replace(kind="another-loss" if told.kind == "unexplained" else told.kind)
        if (entry := mend.quantity.quantity.entry) is not None:
            quantity = f"{quantity} = {formula(reading.draws[0].chain, entry)}"
    line = place.line if place.is_moved else place.node.lineno
    if mend.left_out:
        correction, right = None, "this statement is left out"
    else:
        text = mend.rewrite.source if mend.rewrite is not None else None
        correction = statement_after(program, place, text) if text is not None and patch is not None else None
        right = correction or (f"what belongs there is {quantity}" if quantity else text or "")
    count = len(reading.draws) - 1
    follows = f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} right"
    follows = follows if mend.names else "what is computed from it is as in the loss"
    return Diagnosis(
        told.kind, names, step or f"line {line}" + (f": {what}" if what else ""),
        statement.strip() + f" ({told.words})" * bool(told.words), right, _apart(now, rerun, names), 0.0,
        sure=f"with this, {follows} here and at {count} other arguments",
        file=place.file, line=line,
        expression=program.text(place) if place.kind == "expression" else statement.strip(),
        correction=correction, patch=patch, forward=mend.forward,
        span=place.span if place.kind == "expression" else span_of(place.statement),
    )  # fmt: skip


def _assigned_in(statement: Any) -> str:
    texts = [ast.unparse(t) for t in targets_of(statement)]
    return ", ".join(t[1:-1] if t.startswith("(") else t for t in texts)


def _apart(now: Mapping[str, Any], rerun: Rerun, names: Sequence[str]) -> float:
    worst = 0.0
    for name in names:
        g, true = now[name], rerun.draws[0].gradients[name]
        if g.shape != true.shape:
            return float("inf")
        most = float(np.abs(g).max(initial=0.0)) or 1.0
        worst = max(worst, float(np.abs(g - true).max(initial=0.0)) / most)
    return worst
