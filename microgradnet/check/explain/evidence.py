"""The numbers of a derivation beside those of the right one: which differ, and what they show at a glance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from microgradnet.check.agreement import ROUNDING, largest, standard, within
from microgradnet.check.explain.chain import Chain
from microgradnet.check.findings import Diagnosis
from microgradnet.check.verdicts import Judgement
from microgradnet.text import legible, number

__all__ = ["Case", "not_finite", "not_repeatable", "not_to_be_believed"]

Array = np.ndarray[Any, np.dtype[Any]]


class Case:
    """The numbers of a derivation beside the chain that they should come from.

    Attributes
    ----------
    chain : Chain
    manual : dict of str to array
    wrong, not_finite : list of str
        The parameters whose manual gradient is another than the right one, or where either holds what is no number.
    """

    def __init__(
        self,
        chain: Chain,
        manual: dict[str, Array],
        rtol: float | None,
        atol: float | None,
        judgement: Judgement | None = None,
    ) -> None:
        self.chain = chain
        self.manual = manual
        self.right = {name: np.zeros(np.shape(m), m.dtype) for name, m in manual.items()}
        with chain.unlimited():
            self.right |= chain.right.gradients()
        self.not_finite = [
            n for n, m in manual.items() if not (np.isfinite(m).all() and np.isfinite(self.right[n]).all())
        ]
        by_size = {name: standard(m, self.right[name], rtol, atol) for name, m in manual.items()}
        self.wrong = [
            n for n, m in manual.items() if n not in self.not_finite and not _same(m, self.right[n], *by_size[n])
        ]
        noise = chain.rounding() if atol is None and judgement is None and self.wrong else {}
        if judgement is not None:  # it knows of kinks, and of rounding in the manual gradient
            right = {p.name for p in judgement.parameters if p.ok}
            self.not_finite = [n for n in self.not_finite if n not in right]
            self.wrong = [n for n in self.wrong if n not in right]
            noise = judgement.rounding
        self.tolerances: dict[str, tuple[float, float]] = {}
        for name, m in manual.items():
            relative, absolute = by_size[name]
            absolute = max(absolute, ROUNDING * noise.get(name, 0.0))
            # What reproduces a large wrong gradient is as large.
            self.tolerances[name] = relative, max(absolute, standard(m, m, rtol, atol)[1])

    def reproduces(self, name: str, gradient: Array) -> bool:
        """Whether the manual gradient of a parameter is the given one, to rounding."""
        return _same(self.manual[name], gradient, *self.tolerances[name])

    def judged(self, gradients: Mapping[str, Array]) -> tuple[frozenset[str], frozenset[str]]:
        """Name the parameters whose manual gradient is the given one, and those for which it is neither nor right."""
        known = {n: g for n, g in gradients.items() if n in self.manual}
        reproduced = frozenset(n for n, g in known.items() if self.reproduces(n, g))
        others = known.keys() - reproduced
        return reproduced, frozenset(n for n in others if not _same(self.right[n], known[n], *self.tolerances[n]))

    def shows(self, name: str) -> str:
        """Say what is seen of a gradient that nothing explains: its shape, its digits, where it differs; or nothing."""
        manual, right, own = self.manual[name], self.right[name], f"∂loss/∂{legible(name)}"
        if manual.shape != right.shape:
            return f"{own} has the shape {manual.shape}, {legible(name)} has {right.shape}"
        off = ~within(manual, right, *self.tolerances[name])
        for digits in range(1, 9):
            unit, near = 10.0**-digits, np.abs(manual - right) <= 0.51 * 10.0**-digits
            if near.all() and np.allclose(manual, np.round(manual, digits), rtol=0, atol=1e-6 * unit):
                rounded = f"{digits} decimal{'s' * (digits > 1)}"
                return f"{own} is rounded to {rounded}, as in print: give all digits, or say atol={unit / 2:g}"
        at, most = np.abs(manual[off]), np.abs(right[off])
        if at.size > 1 and at.any() and np.ptp(at) <= 1e-6 * at.max() < most.min() and (manual * right >= 0).all():
            return f"the elements of {own} beyond ±{number(at.max())} are cut to that: it was clipped"
        return _apart(off, f"{own} differs", manual, right) or _apart(~off, f"{own} is right", manual, right)

    def fit(self, names: Collection[str], parts: Mapping[str, Array], rest: Mapping[str, Array]) -> float | None:
        """Find c with manual = rest + c·part by least squares, if the parts have enough to show it."""
        top = bottom = 0.0
        seen = 0
        for name in names:
            if name not in parts or self.manual[name].shape != parts[name].shape:
                return None
            b = parts[name].astype(np.float64)
            top += float(np.sum((self.manual[name] - rest[name]) * b))
            bottom += float(np.sum(b * b))
            seen += int(np.count_nonzero(b))
        if not np.isfinite(bottom) or bottom == 0:
            return None
        factor = _rounder(top / bottom, max(self.tolerances[name][0] for name in names))
        return factor if seen >= 3 or _is_round(factor) else None

    def residual(self, gradients: Mapping[str, Array], names: Iterable[str]) -> float:
        """Return the largest difference, relative to the largest element of the manual gradient."""
        worst = 0.0
        for name in names:
            g, m = np.asarray(gradients.get(name, 0.0)), self.manual[name]
            if g.shape != m.shape:
                return np.inf
            with np.errstate(all="ignore"):
                worst = max(worst, largest(g - m) / (largest(m) or 1.0))
        return worst


def not_finite(case: Case, name: str) -> Diagnosis:
    """Say which element of a gradient is no number: of the manual one, or of the automatic one where that is none."""
    own = f"∂loss/∂{name}"
    right, whose, g = "a finite number", "", case.manual[name]
    if np.isfinite(g).all():
        right = "not known: the automatic gradient doesn't say, so no step of the derivation is held against it"
        whose, g = " of the automatic gradient", case.right[name]
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(g))[0])
    wrong = f"element {list(where)}{whose} is {g[where]}" if where else f"it{whose and ', automatic,'} is {g[()]}"
    return Diagnosis("not-finite", (name,), own, wrong, right, np.inf, np.inf)


def not_to_be_believed(judgement: Judgement) -> Diagnosis:
    """Say that there is nothing to hold a derivation against."""
    names = judgement.contradicted
    return Diagnosis(
        "not-to-be-believed", names, "the automatic gradient", judgement.headline,
        "nothing is diagnosed: what the steps are held against is itself wrong", np.inf, np.inf,
    )  # fmt: skip


def not_repeatable(case: Case, what: str, how: str) -> Diagnosis:
    """Say which function returns something else at every call."""
    before = case.residual(case.right, case.wrong)
    return Diagnosis(
        "not-repeatable", tuple(case.wrong), what, how,
        "the same numbers at every call: draw random numbers outside of the function, or from a seed within it",
        before, before,
    )  # fmt: skip


def _same(manual: Array, other: Array, rtol: float, atol: float) -> bool:
    return np.shape(other) == manual.shape and bool(within(manual, other, rtol, atol).all())


def _rounder(factor: float, rtol: float) -> float:
    """Return the whole number, or one over it, that a factor is to the precision of what it was found by."""
    for whole in (round(factor), 1 / round(1 / factor) if 1e-9 < abs(factor) < 1 else 0):
        if whole and abs(factor - whole) <= rtol * abs(whole):
            return float(whole)
    return factor


def _is_round(factor: float) -> bool:
    multiples = [factor * k for k in (1, 2, 3, 4, 10)] + ([1 / factor] if factor else [])
    return any(np.isclose(c, round(c), rtol=1e-6, atol=1e-9) for c in multiples)


def _apart(which: Array, words: str, manual: Array, right: Array) -> str:
    """Say of which single element, row or column alone something is true, if it is one of several."""
    if which.sum() == 1 < which.size:
        at = tuple(int(i) for i in np.argwhere(which)[0])
        numbers = f": {number(manual[at])} for {number(right[at])}" if manual[at] != right[at] else ""
        return f"{words} at {list(at)} alone{numbers}"
    for axis, n in enumerate(which.shape):
        where = np.unique(np.nonzero(which)[axis])
        if len(where) == 1 < n and which.ndim > 1:
            matrix, at = which.ndim == 2, where[0]
            part = f"in {('row', 'column')[axis]} {at}" if matrix else f"at {at} along axis {axis}"
            return f"{words} {part} alone"
    return ""
