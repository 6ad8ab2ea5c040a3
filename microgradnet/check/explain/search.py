"""The search for what explains a derivation.

Every hypothesis is evaluated, and those are kept that reproduce the numbers of the derivation. So a diagnosis is
never a guess from how the numbers look; where several reproduce them, all are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.check.by_hand import ByHand
from microgradnet.check.explain.chain import Chain, Inapplicable, OutOfWork
from microgradnet.check.explain.evidence import (
    Case,
    not_finite,
    not_repeatable,
    not_to_be_believed,
)
from microgradnet.check.explain.hypothesis import Hypothesis, with_families
from microgradnet.check.explain.itself import itself
from microgradnet.check.explain.links import in_links
from microgradnet.check.explain.losses import other_losses
from microgradnet.check.explain.spans import Spans
from microgradnet.check.findings import Diagnoses, Diagnosis
from microgradnet.check.verdicts import Judgement
from microgradnet.text import legible

__all__ = ["BUDGET", "search"]

Array = np.ndarray[Any, np.dtype[Any]]

BUDGET = 20.0
"""Seconds that a search takes at most, unless told otherwise: twice what all its work takes where that is slow."""

WORK = 30_000
"""How much is computed in a second; measured: 27 000 to 43 000 of a recurrent network on an old processor."""

ALTERNATIVES = 8
"""How many explanations are told beside the first."""

FAR_FETCHED = 2.0
"""How much more an explanation may cost than the first, to be told beside it."""

ALONE = "the loss was not recorded, so there are no steps to look at"
"""What is said of a gradient that was held against numerical derivatives."""

NOT_THIS = (Inapplicable, ValueError)
"""What evaluating a mistake raises where it can't have been made: above all, shapes that don't fit."""


def search(
    derivation: ByHand,
    judgement: Judgement,
    rtol: float | None,
    atol: float | None,
    budget: float = BUDGET,
) -> Diagnoses:
    """Search for what explains what is wrong with a derivation; see `diagnose`."""
    if all(p.ok for p in judgement.parameters):
        return Diagnoses()
    if judgement.contradicted:
        return Diagnoses([not_to_be_believed(judgement)])
    with np.errstate(all="ignore"):  # a mistake may well divide by zero
        chain = judgement.chain or Chain.of(derivation.f, derivation.values, derivation.names, derivation.positions)
        case = Case(chain, derivation.ascending, rtol, atol, judgement)
        chain.work, chain.most = 0.0, budget * WORK
        found = [not_finite(case, name) for name in case.not_finite]
        wrong = frozenset(n for n in case.wrong if derivation.recorded or not case.reproduces(n, case.right[n]))
        if wrong and (what := derivation.unrepeatable()) is not None:
            found.append(not_repeatable(case, *what))
        elif wrong:
            found += _Search(case, derivation).explain(wrong)
        if not found and not derivation.recorded:
            found.append(
                _Search(case, derivation).unexplained(frozenset(p.name for p in judgement.parameters if not p.ok))
            )
    return Diagnoses(found)


# --- the search --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Tried:
    """A hypothesis, and for which gradients it gives the manual ones, and for which neither these nor the right ones.

    On the way to the latter the mistake can't have been made, though it would be theirs too.
    """

    hypothesis: Hypothesis
    reproduced: frozenset[str]
    contradicted: frozenset[str]


@dataclass
class _Search:
    case: Case
    derivation: ByHand
    stopped: bool = False  # before everything was tried
    _fresh: list[tuple[Case, bool]] | None = None

    def explain(self, wrong: frozenset[str]) -> list[Diagnosis]:
        """Return one diagnosis for each cause: one mistake for all if there is, else as few as possible."""
        known: list[_Tried] = []
        try:
            self._collect(known, wrong)
        except OutOfWork:
            self.stopped = True
        with self.case.chain.unlimited():
            found, left = self._fewest(known, wrong)
        diagnoses = [self._diagnosis(names, alike) for names, alike in found]
        if left:
            diagnoses.append(self.unexplained(left))
        return diagnoses

    def _collect(self, known: list[_Tried], wrong: frozenset[str]) -> None:
        """Try one mistake after the other, until one explains everything and no other would be as simple.

        What would change a gradient that is right, or one in another way, waits until all else was tried.
        """
        chain, enough = self.case.chain, np.inf
        spans = Spans(chain)
        waiting: list[Hypothesis] = []
        kinds = [(1.0, itself(self.case, wrong))]
        if self.derivation.recorded:
            kinds += [*in_links(self.case, wrong, spans), (2.1, other_losses(spans))]
        for least, kind in kinds:
            for hypothesis in with_families(chain, kind) if least <= enough else ():
                if hypothesis.cost > enough or not chain.changed_by(hypothesis.edit) & wrong:
                    continue
                if not self._is_promising(hypothesis, wrong):
                    waiting.append(hypothesis)
                elif (tried := self._try(hypothesis)) is not None:
                    known.append(tried)
                    if tried.reproduced >= wrong and not tried.contradicted and self._survivors([tried], wrong):
                        enough = min(enough, hypothesis.cost + FAR_FETCHED)
        for hypothesis in waiting if enough == np.inf else ():
            tried = self._try(hypothesis)
            if tried is None or not tried.reproduced & wrong:
                continue
            known.append(tried)

    def _is_promising(self, hypothesis: Hypothesis, wrong: frozenset[str]) -> bool:
        """Whether nothing but wrong gradients would be changed, and the smallest of them is what was given."""
        case, edit = self.case, hypothesis.edit
        changed = case.chain.changed_by(edit)
        if any(case.right[name].any() for name in changed - wrong):  # of zeros a factor changes nothing
            return False
        smallest = min(changed & wrong, key=lambda name: case.manual[name].size)
        try:
            run = case.chain.reverse(edit, toward=smallest)
        except NOT_THIS:
            return False
        return case.reproduces(smallest, np.asarray(run.cotangent(case.chain.parameters[smallest])))

    def _fewest(
        self, known: Sequence[_Tried], wrong: frozenset[str]
    ) -> tuple[list[tuple[frozenset[str], list[_Tried]]], frozenset[str]]:
        """Choose explanations of all that is wrong, the one that explains most first; return what is left."""
        found = []
        left = wrong
        while left and (best := self._best(known, left)):
            found.append(best)
            left = left - best[0]
        return found, left

    def _try(self, hypothesis: Hypothesis) -> _Tried | None:
        try:
            return _Tried(hypothesis, *self._judged(self.case, hypothesis))
        except NOT_THIS:
            return None

    @staticmethod
    def _judged(case: Case, hypothesis: Hypothesis) -> tuple[frozenset[str], frozenset[str]]:
        edit = hypothesis.edit
        gradients = case.chain.reverse(edit).gradients()
        return case.judged({name: gradients[name] for name in case.chain.changed_by(edit)})

    def _best(self, tried: Iterable[_Tried], left: frozenset[str]) -> tuple[frozenset[str], list[_Tried]] | None:
        """Choose the explanations of as many parameters as possible, simplest first.

        What no gradient contradicts goes before all else, which can but have been done for some gradients alone.
        """
        ranked = sorted((t for t in tried if t.reproduced & left), key=lambda t: t.hypothesis.cost)
        for candidates in ([t for t in ranked if not t.contradicted], ranked):
            candidates.sort(key=lambda t: -len(t.reproduced & left))
            while candidates:
                names = candidates[0].reproduced & left
                alike = [t for t in candidates if t.reproduced >= names]
                survivors = self._survivors(alike, names)
                if survivors:
                    return names, survivors
                candidates = [t for t in candidates if t not in alike]
        return None

    # --- fresh inputs --------------------------------------------------------------------------------

    @property
    def fresh(self) -> list[tuple[Case, bool]]:
        """The same derivation at other arguments, where it is a function: other parameters, then other data too.

        With each, whether it must hold there: a right derivation may for some data only, as for labels that sum to 1.
        """
        if self._fresh is None:
            self._fresh = []
            if callable(self.derivation.manual) and self.derivation.recorded:
                random = np.random.default_rng(0)
                for data_too in (False, True):
                    case = self._case_at(_jittered(self.derivation, random, data_too))
                    if case is not None:
                        self._fresh.append((case, not data_too))
        return self._fresh

    def _case_at(self, values: list[Any]) -> Case | None:
        try:
            derivation = self.derivation.at(values)
            if all(np.array_equal(derivation.gradients[n], g) for n, g in self.derivation.gradients.items()):
                return None  # it doesn't read its arguments
            chain = Chain.of(derivation.f, values, derivation.names, derivation.positions)
        except Exception:  # the user's loss and derivation, at arguments that the user did not choose
            return None
        case = Case(chain, derivation.ascending, None, None)
        alike = len(chain.graph) == len(self.case.chain.graph) and all(
            a.operation is b.operation and a.inputs == b.inputs and a.shape == b.shape
            for a, b in zip(chain.graph, self.case.chain.graph, strict=True)
        )
        return case if alike and not case.not_finite else None

    def _survivors(self, alike: list[_Tried], names: frozenset[str]) -> list[_Tried]:
        """Keep what explains the derivation at other arguments too, and contradicts no more there than here."""
        for case, must_hold in self.fresh:
            kept = []
            for tried in alike[:60]:
                try:
                    reproduced, contradicted = self._judged(case, tried.hypothesis)
                except NOT_THIS:
                    continue
                if reproduced >= names and contradicted <= tried.contradicted:
                    kept.append(tried)
            if kept or must_hold:
                alike = kept
        return alike

    # --- what to say ---------------------------------------------------------------------------------

    def _diagnosis(self, names: frozenset[str], alike: list[_Tried]) -> Diagnosis:
        ordered = tuple(name for name in self.case.manual if name in names)
        near = [t for t in alike if t.hypothesis.cost <= alike[0].hypothesis.cost + FAR_FETCHED]
        each = [self._told(t, ordered) for t in near]
        distinct = list({(d.kind, d.step, d.wrong): d for d in each}.values())
        first, *others = distinct
        if not others and self.stopped:
            sure = "nothing else was found before the search stopped; a larger budget= lets it try more"
        elif not others and len(near) < len(alike):
            sure = "nothing else that was tried explains it, but for what is far-fetched"
        elif not others:
            sure = "nothing else that was tried explains it"
        elif self.fresh:
            sure = "the same numbers, at any arguments, come from:"
        elif callable(self.derivation.manual):
            sure = "these explain it equally well at these arguments:"
        else:
            sure = (
                "these explain it equally well at these arguments; give the manual gradient as a function, and "
                "fresh random ones are tried:"
            )
        if not self.derivation.recorded:
            sure = f"{ALONE}; {sure}"
        if others and self.stopped:
            sure = f"{sure.removesuffix(':')} (there may be more, the search stopped before it had tried everything):"
        return replace(first, equally_good=tuple(others[:ALTERNATIVES]), sure=sure)

    def _told(self, tried: _Tried, names: tuple[str, ...]) -> Diagnosis:
        h, case = tried.hypothesis, self.case
        with case.chain.unlimited():
            gradients = case.chain.reverse(h.edit).gradients()
        before = case.residual(case.right, names)
        wrong = h.wrong
        if tried.contradicted:
            wrong += f"; for {' and '.join(f'∂loss/∂{legible(n)}' for n in names)} alone: the others don't have it"
        return Diagnosis(h.kind, names, h.step, wrong, h.right, before, case.residual(gradients, names))

    def unexplained(self, names: frozenset[str]) -> Diagnosis:
        ordered = tuple(name for name in self.case.manual if name in names)
        before = self.case.residual(self.case.right, ordered)
        wrong = "no mistake that was tried reproduces these numbers"
        if self.stopped:
            wrong = "the search stopped: no mistake that could be tried in the time given reproduces these numbers"
        wrong = "; ".join([wrong, *filter(None, map(self.case.shows, ordered[:3]))])
        right = "give single quantities to mg.compare_steps, in the order computed, to see where the two part"
        if not self.derivation.recorded:
            right = f"not known: {ALONE}"
        return Diagnosis("unexplained", ordered, "unknown", wrong, right, before, before)


def _jittered(derivation: ByHand, random: np.random.Generator, data_too: bool) -> list[Any]:
    """Draw other arguments near those given, of the same signs."""
    values = list(derivation.values)
    for i, value in enumerate(values):
        x = np.asarray(value)
        if x.dtype.kind == "f" and (i in derivation.positions or (data_too and isinstance(value, np.ndarray))):
            factor = np.exp(0.4 * random.standard_normal(x.shape))
            fresh = np.where(x == 0, 0.3 * random.standard_normal(x.shape), x * factor)
            values[i] = fresh.astype(x.dtype)[()]
    return values
