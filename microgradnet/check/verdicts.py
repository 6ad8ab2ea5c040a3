"""The verdict on a gradient derived by hand: of the automatic gradient, of rounding, of kinks, and of differences.

Finite differences decide. Where they contradict the automatic gradient, beyond doubt, they are what the manual one is
held against; where they are in doubt they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from microgradnet.check.agreement import ROUNDING, TOLERANCES, ParameterReport, agreement, largest, standard, within
from microgradnet.check.by_hand import ByHand
from microgradnet.check.contradiction import Cause, cause
from microgradnet.check.differences import off
from microgradnet.check.explain.chain import COARSER, Chain, growing
from microgradnet.check.kinks import Kinks, spanned
from microgradnet.check.measured import MOST, Measured, Point
from microgradnet.check.nonfinite import first_nonfinite
from microgradnet.check.precision import disturbed_calls, rounds_to_float32
from microgradnet.check.text import copies, place
from microgradnet.text import legible

__all__ = ["AT_A_KINK", "Judgement", "judge", "told"]

Array = np.ndarray[Any, np.dtype[Any]]

SUSPICIOUS = 1e-5
"""How far the automatic gradient may be from quick differences before anybody looks closer."""

AT_A_KINK = "agrees (at a kink)"

FEW = 2
"""How often the manual function is called at least, to see whether its rounding may matter."""

LONG = 2000
"""Of how many entries a record is in which rounding is measured once before it is measured well."""


@dataclass(frozen=True)
class Judgement:
    """What is to be said of a derivation.

    Attributes
    ----------
    loss : float
    parameters : tuple of ParameterReport
    headline : str
        What the verdicts can't say, in plain words; empty where there is nothing.
    contradicted : tuple of str
        The parameters whose automatic gradient is not to be believed.
    chain : Chain or None
        The record of the loss, if it was looked at.
    rounding : dict of str to float
        What rounding amounts to in the automatic gradients, if it was measured.
    """

    loss: float
    parameters: tuple[ParameterReport, ...]
    headline: str
    contradicted: tuple[str, ...]
    chain: Chain | None
    rounding: dict[str, float]


def judge(derivation: ByHand, rtol: float | None, atol: float | None, caller: str, *, thorough: bool) -> Judgement:
    """Hold the manual gradients against the automatic ones, and both against finite differences.

    Where it need not be thorough, a glance is enough, unless it shows something; nothing is told of parameters then.
    """
    judging = _Judge(derivation, rtol, atol, caller)
    with np.errstate(all="ignore"):  # what overflows on the way is seen in what comes of it
        wrong = thorough or judging.measured.looks_wrong()
        if not wrong and judging.agree_at_once():
            return Judgement(judging.measured.loss, (), "", (), None, {})
        judging.compare(wrong)
        return judging.judgement()


class _Judge:
    def __init__(
        self, derivation: ByHand, rtol: float | None, atol: float | None, caller: str, nested: bool = False
    ) -> None:
        self.derivation, self.rtol, self.atol, self.caller, self.nested = derivation, rtol, atol, caller, nested
        self.measured = Measured(derivation, caller)
        self.automatic = self.measured.automatic
        self.reports: dict[str, ParameterReport] = {}
        self.said: list[str] = []
        self.kinks: dict[str, tuple[str, ...]] = {}
        self.contradicted: list[str] = []

    def compare(self, with_differences: bool) -> None:
        """Hold the manual gradients against the automatic ones, and those against differences."""
        for name, g in self.automatic.items():
            d = self.derivation
            difference = off(d.value, d.values, self.measured.position[name], g) if with_differences else np.nan
            self.reports[name] = self._agreement(name, difference)

    def agree_at_once(self) -> bool:
        """Whether all gradients agree without anything that takes time to find out."""
        for name, g in self.derivation.ascending.items():
            automatic = self.automatic[name]
            if g.shape != automatic.shape or not np.isfinite(g).all():
                return False
            if not within(g, automatic, *standard(g, automatic, self.rtol, self.atol)).all():
                return False
        return True

    def _agreement(self, name: str, difference: float) -> ParameterReport:
        automatic = self.automatic[name]
        manual = self.derivation.gradients[name]
        given = -automatic if self.derivation.descent else automatic
        return agreement(name, manual, given, difference, self.rtol, self.atol)

    def judgement(self) -> Judgement:
        """Ask one judge after the other, those that cost more only where there is something to decide."""
        if not self._with("differs") or self.derivation.unrepeatable() is None:
            for ask in (self._rounding, self._kinks, *(() if self.nested else (self._not_finite, self._differences))):
                ask()
        else:
            for name in [name for name, p in self.reports.items() if not p.ok]:
                self._set(name, "not repeatable")
        self.said += () if self.nested else told(self.derivation, self.measured.loss)
        for name in self._with(AT_A_KINK):
            self._say(_at_a_kink(self.kinks[name]))
        if hidden := [name for name in self._with("agrees") if self._is_hidden(self.reports[name])]:
            self._say(
                f"The gradient of {', '.join(map(legible, hidden))} is no larger than what rounding amounts to there: "
                "that both agree says no more than that both are small."
            )
        return Judgement(
            self.measured.loss, tuple(self.reports.values()), " ".join(self.said), tuple(self.contradicted),
            vars(self.measured).get("chain"), vars(self).get("rounding", {}),
        )  # fmt: skip

    def _is_hidden(self, p: ParameterReport) -> bool:
        """Whether gradients that differ agree by rounding only, and that is as large as they are."""
        rtol, atol = standard(p.manual, p.automatic, self.rtol, self.atol)
        apart = not within(p.manual, p.automatic, rtol, atol).all()
        return self.atol is None and apart and p.atol >= largest(p.automatic)

    @cached_property
    def rounding(self) -> dict[str, float]:
        """What rounding amounts to in each automatic gradient."""
        chain = self.measured.chain
        if len(chain.graph) > LONG:
            once = chain.rounding(times=1)
            if not any(self._may_be_rounding(n, once.get(n, 0.0)) for n in self._with("differs")):
                return once
        return chain.rounding()

    def _with(self, *verdicts: str) -> list[str]:
        return [name for name, p in self.reports.items() if p.verdict in verdicts]

    def _set(self, name: str, verdict: str) -> None:
        self.reports[name] = replace(self.reports[name], verdict=verdict)

    # --- rounding --------------------------------------------------------------------------------------

    def _rounding(self) -> None:
        """Allow what rounding amounts to, of the automatic gradients, then of the manual ones."""
        if self.atol is not None or not self._with("differs"):
            return
        noise: dict[str, Any] = {n: ROUNDING * r for n, r in self.rounding.items()}
        self._allow(noise, self._computed_in)
        if self._with("differs") and callable(self.derivation.manual):
            own, coarsest = self._of_the_manual()
            both = {n: np.maximum(noise.get(n, 0.0), ROUNDING * r) for n, r in own.items()}
            self._allow(both, min(coarsest, self._computed_in, key=lambda t: t.itemsize))
        self._allow_float32(noise)

    def _allow(self, noise: Mapping[str, Any], computed_in: np.dtype[Any], rtol: float | None = None) -> None:
        for name in noise.keys() & self._with("differs"):
            p = self.reports[name]
            allowed = rtol if self.rtol is None else self.rtol
            p = agreement(name, p.manual, p.automatic, p.finite_difference, allowed, self.atol, noise[name])
            if p.ok:
                self.reports[name] = p
                self._coarser(name, computed_in)

    def _allow_float32(self, noise: Mapping[str, Any]) -> None:
        """Allow the rounding of float32 where the manual gradients come in float64, and were computed in that."""
        manual = self.measured.manual
        fine = [n for n in self._with("differs") if min(manual[n].itemsize, self.automatic[n].itemsize) == 8]
        coarse = [n for n in fine if _holds_float32(manual[n])]
        near = [n for n in fine if self.reports[n].largest_absolute <= 0.1 * largest(self.automatic[n])]
        if len(coarse) < len(fine) and near and callable(self.derivation.manual):
            coarse = fine if rounds_to_float32(self._by_hand, self.derivation.values) else coarse
        rtol, of_largest = TOLERANCES[4]
        own = self._of_the_manual(np.float32)[0] if coarse and callable(self.derivation.manual) else {}
        more = float(np.finfo(np.float32).eps / np.finfo(np.float64).eps)
        allowed = {n: max(more * noise.get(n, 0.0), of_largest * largest(self.automatic[n])) for n in coarse}
        allowed = {n: np.maximum(most, ROUNDING * own.get(n, 0.0)) for n, most in allowed.items()}
        self._allow(allowed, np.dtype(np.float32), rtol)

    def _by_hand(self, values: Sequence[Any]) -> list[Array]:
        return list(self.derivation.at(list(values)).gradients.values())

    def _coarser(self, name: str, computed_in: np.dtype[Any]) -> None:
        """Say that a gradient agrees to a precision coarser than that in which both came."""
        p = self.reports[name]
        came = min(p.manual.dtype.itemsize, p.automatic.dtype.itemsize)
        if computed_in.itemsize < came:
            self._set(name, f"agrees (to {computed_in.name})")
            self._say(
                f"Something was computed in {computed_in.name} and returned as float{8 * came}: the gradients agree "
                f"to the rounding of {computed_in.name}."
            )

    @cached_property
    def _computed_in(self) -> np.dtype[Any]:
        """The coarsest precision of the steps of the loss."""
        graph = self.measured.chain.graph
        found = [e.dtype for e in graph if e.operation is not None and e.requires_grad and e.dtype is not None]
        return min([np.dtype(np.float64), *(t for t in found if t.kind == "f")], key=lambda t: t.itemsize)

    def _of_the_manual(self, rounded_to: type[np.floating[Any]] = np.float64) -> tuple[dict[str, Array], np.dtype[Any]]:
        """Measure what rounding changes of each element of the manual gradients.

        A few looks are enough where that is far from being what they differ by.
        """
        least = float(np.finfo(rounded_to).eps)
        noise, coarsest = self._disturbed(least)
        if any(self._may_be_rounding(n, noise[n]) for n in self._with("differs")):
            more, _ = self._disturbed(least, COARSER)
            noise = {n: growing(r, more[n]) for n, r in noise.items()}
        return noise, coarsest

    def _disturbed(self, least: float, times: float = 1.0) -> tuple[dict[str, Array], np.dtype[Any]]:
        """Disturb all results of the manual function by that much; return how far its gradients are from themselves."""
        gradients = self.derivation.gradients
        most = {n: np.zeros(g.shape) for n, g in gradients.items()}
        coarsest: np.dtype[Any] = np.dtype(np.float64)
        for count, (drawn, computed_in) in enumerate(
            disturbed_calls(self._by_hand, self.derivation.values, least, times), 1
        ):
            coarsest = min(coarsest, computed_in, key=lambda t: t.itemsize)
            for (name, g), again in zip(gradients.items(), drawn, strict=True):
                if again.shape == g.shape:
                    changed = np.abs(again.astype(np.float64) - g)
                    most[name] = np.maximum(most[name], np.where(np.isfinite(changed), changed, 0.0))
            if count == FEW and not any(self._may_be_rounding(n, most[n]) for n in self._with("differs")):
                break
        return most, coarsest

    def _may_be_rounding(self, name: str, noise: float | Array) -> bool:
        p = self.reports[name]
        allowed = p.atol + p.rtol * largest(p.automatic) + ROUNDING * float(np.max(noise, initial=0.0))
        return p.largest_absolute <= 100 * allowed

    # --- kinks -----------------------------------------------------------------------------------------

    def _kinks(self) -> None:
        """See whether another derivative was taken where a step stands exactly at a kink."""
        names = [n for n in self._with("differs") if np.isfinite(self.automatic[n]).all()]
        if not any(self.measured.uneven(n) for n in names):
            return
        allowed = {n: self._tolerance(n) for n in names}

        def agrees(name: str, gradient: Array) -> bool:
            return bool(within(self.measured.manual[name], np.asarray(gradient), *allowed[name]).all())

        manual = {n: self.measured.manual[n] for n in names}
        settled = {n: g for n, g in self.measured.manual.items() if self.reports[n].ok}
        allowed |= {n: self._tolerance(n) for n in settled}
        found = Kinks(self.measured.chain).explain(manual, settled, agrees, lambda: self._elsewhere is None)
        if not found and spanned(self.automatic, self.measured.gradients_beside(manual), manual, agrees):
            found = dict.fromkeys(manual, ())
        for name, steps in found.items():
            if self._elsewhere is None or self._elsewhere[name].ok:
                self._set(name, AT_A_KINK)
                self.kinks[name] = steps

    @cached_property
    def _elsewhere(self) -> dict[str, ParameterReport] | None:
        """The verdicts at arguments beside those given, where hardly a step stands at a kink; None if unknown."""
        near = self.measured.nearby
        if self.nested or near is None or not near.manual:
            return None
        if all(np.array_equal(g, near.manual[name]) for name, g in self.derivation.ascending.items()):
            return None  # it doesn't read its arguments
        moved = self.derivation.at(list(near.values))
        judging = _Judge(moved, self.rtol, self.atol, self.caller, nested=True)
        judging.compare(with_differences=False)
        return {p.name: p for p in judging.judgement().parameters}

    def _tolerance(self, name: str) -> tuple[float, float]:
        """Return what is allowed of a gradient that was found to differ: rounding too, but as much for all elements."""
        manual = self.measured.manual[name]
        if manual.itemsize == 8 and _holds_float32(manual):  # it was computed in that
            manual = manual.astype(np.float32)
        rtol, atol = standard(manual, self.automatic[name], self.rtol, self.atol)
        if self.atol is None:
            atol = max(atol, ROUNDING * self.rounding.get(name, 0.0))
        return rtol, atol

    # --- finite differences ------------------------------------------------------------------------------

    def _not_finite(self) -> None:
        """Where the automatic gradient is no number and the manual one is, ask the differences."""
        manual = self.measured.manual
        for name in self._with("not finite"):
            if name in manual and np.isfinite(manual[name]).all():
                self._where_not_finite(name)

    def _where_not_finite(self, name: str) -> None:
        automatic, manual = self.automatic[name], self.measured.manual[name]
        bad = ~np.isfinite(automatic)
        others = within(manual, np.where(bad, manual, automatic), *self._tolerance(name))
        places = [tuple(int(i) for i in index) for index in np.argwhere(bad)]
        found = [self.measured.confirms_element(name, at) for at in places[:MOST]]
        if len(places) > MOST:
            together = [np.where(bad, d, 0.0) for d in self.measured.directions(name)]
            found += [self.measured.confirms(self.derivation.values, name, manual, d) for d in together]
        first = place(places[0])
        d = self.derivation
        with np.errstate(all="ignore"):
            origin = first_nonfinite(d.f, *copies(d.values), argnums=self.measured.position[name])
        why = f" ({_closed(str(origin))})" if origin is not None else ""
        self._say(f"The automatic gradient of {legible(name)} is {automatic[places[0]]}{first and ' at '}{first}{why}.")
        if origin is not None and origin.where is not None and origin.advice:
            self._say(f"This mends it: {_closed(origin.advice)}.")
        if self._in_float64(name):
            self._set(name, f"agrees (to {automatic.dtype.name})")
            self._say(
                f"In float64 the automatic gradient of {legible(name)} is finite, and the manual one agrees with it to "
                f"{automatic.dtype.name}."
            )
        elif others.all() and None in found and False not in found and self.measured.between(name, bad):
            self._set(name, AT_A_KINK)
            self.kinks[name] = ()
        elif all(v is True for v in found) and others.all():
            self._set(name, "agrees with differences")
            self._say("The manual gradient agrees with finite differences there.")
        elif any(v is False for v in found) or not others.all():
            self._set(name, "differs")
            known = [at for at, v in zip(places, found, strict=False) if v is False]
            if known:
                self._say(f"The manual gradient doesn't agree with finite differences at {place(known[0]) or 'it'}.")
            else:
                self._say("The manual gradient differs where the automatic one is a number.")
        else:
            self._say("Finite differences find no derivative there either.")

    def _in_float64(self, name: str) -> bool:
        """Whether the manual gradient agrees with the automatic one at the same arguments in a finer precision."""
        wide = self.measured.widened
        if self.automatic[name].itemsize >= 8 or wide is None or not np.isfinite(wide[name]).all():
            return False
        manual = self.measured.manual[name]
        coarse = min(manual.dtype, self.automatic[name].dtype, key=lambda dtype: dtype.itemsize)
        rtol, of_largest = TOLERANCES[coarse.itemsize]
        p, most = self.reports[name], of_largest * largest(wide[name])
        rtol, atol = rtol if self.rtol is None else p.rtol, most if self.atol is None else p.atol
        return bool(within(manual, wide[name], rtol, atol).all())

    def _differences(self) -> None:
        """See whether the automatic gradient is to be believed, where there is a reason to ask."""
        finite = [n for n in self.automatic if np.isfinite(self.automatic[n]).all()]
        suspects = {n: list(self._suspicions(n)) for n in finite}
        suspects = {n: found for n, found in suspects.items() if found}
        if not suspects or self.derivation.unrepeatable() is not None:
            return
        convicted = {}
        for name, found in suspects.items():
            base = self._convicted(name, found)
            if base is not None:
                convicted[name] = base, found[0]
        if not convicted:
            return
        why = cause(self.derivation, self.measured.chain, {n: d for n, (_, d) in convicted.items()}, self.automatic)
        if not why.text:  # two derivations that agree outweigh differences that contradict the record's own as well
            convicted = {n: found for n, found in convicted.items() if self.reports[n].verdict != "agrees"}
        if why.meant:
            self._meant(convicted, why)
        elif convicted:
            self._contradiction(convicted, why)

    def _suspicions(self, name: str) -> Iterator[Array]:
        """Yield directions along which the automatic gradient doesn't seem to be right."""
        p = self.reports[name]
        if p.finite_difference > SUSPICIOUS:
            yield from self.measured.directions(name)
        if p.verdict == "differs" and np.isfinite(self.measured.manual[name]).all():
            direction, gap = self.measured.apart(name)
            if self.measured.steeper(name, direction, 0.1 * gap):
                yield direction

    def _convicted(self, name: str, found: Sequence[Array]) -> Point | None:
        """Return where the differences certainly contradict the automatic gradient; None if they don't."""
        here = Point(self.derivation.values, self.automatic, self.measured.manual)
        for at, bends in ((here, 1000.0), (self.measured.nearby, 30.0)):
            if at is None:
                break
            for direction in found:
                slope = self.measured.along(at.values, {name: direction})
                if slope is None:
                    continue
                terms = at.automatic[name] * direction
                size = float(np.linalg.norm(np.ravel(terms)))
                rounding = ROUNDING * self.rounding.get(name, 0.0) * float(np.sum(np.abs(direction)))
                if slope.contradicts(float(np.sum(terms)), size, bends, rounding):
                    return at
        return None

    def _meant(self, convicted: Mapping[str, tuple[Point, Array]], why: Cause) -> None:
        """Say what is held constant on purpose: that is no mistake of the automatic gradient."""
        for name, (base, _) in convicted.items():
            if self.reports[name].verdict == "differs" and not self.measured.wrong_elements(name, base):
                self._set(name, "agrees with differences")
                self.contradicted.append(name)
        self._say(f"The automatic gradient of {_listed(convicted)} is another than finite differences say: {why.text}.")
        if self.contradicted:
            self._say(f"The manual gradient of {_listed(self.contradicted)} agrees with the differences.")

    def _contradiction(self, convicted: Mapping[str, tuple[Point, Array]], why: Cause) -> None:
        text = why.text
        if not text and (steps := [step for n in convicted for step in self.kinks.get(n, ())]):
            text = f"{', '.join(dict.fromkeys(steps))} stands exactly at a kink, and its derivative there doesn't fit"
        reason = f": {text}" if text else ""
        self._say(
            f"The automatic gradient is not to be believed here: finite differences contradict that of "
            f"{_listed(convicted)}{reason}."
        )
        confirmed = []
        for name, (base, _) in convicted.items():
            self.contradicted.append(name)
            wrong = self.measured.wrong_elements(name, base)
            if not wrong:
                confirmed.append(name)
                self._set(name, "agrees with differences")
                continue
            self._set(name, "not to be believed")
            at = f" (first at {place(wrong[0])})" if wrong[0] else ""
            self._say(f"The manual gradient of {legible(name)} doesn't agree with the differences either{at}.")
        if confirmed:
            self._say(f"The manual gradient of {_listed(confirmed)} agrees with the differences.")

    def _say(self, sentence: str) -> None:
        if sentence not in self.said:
            self.said.append(sentence)


def told(derivation: ByHand, loss: float) -> list[str]:
    """Say how the manual gradients were read, and whether the loss that came with them is another one."""
    stated = derivation.stated
    if stated is None or np.isclose(stated, loss, rtol=TOLERANCES[4][0], atol=0, equal_nan=True):
        return [*derivation.notes]
    differs = f"The loss that came with the manual gradient is {stated:.9g}, and {derivation.function} is {loss:.9g}."
    return [*derivation.notes, differs]


def _holds_float32(x: Array) -> bool:
    """Whether an array in float64 holds nothing but numbers of float32, and not by chance."""
    with np.errstate(over="ignore"):
        return np.array_equal(x, x.astype(np.float32)) and not np.array_equal(x, x.astype(np.float16))


def _at_a_kink(steps: Sequence[str]) -> str:
    some = ", ".join(dict.fromkeys(steps)) or "the loss"
    return (
        f"At these arguments {some} {'stand' if len(steps) > 1 else 'stands'} exactly at a kink, where more than one "
        "derivative is right: the manual gradient takes one of them, and not the automatic one's."
    )


def _closed(text: str) -> str:
    return text.strip().removesuffix(".")


def _listed(names: Any) -> str:
    return ", ".join(legible(name) for name in names)
