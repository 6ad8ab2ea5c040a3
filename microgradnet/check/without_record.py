"""A gradient derived by hand, held against numerical derivatives alone: for a loss that can't be recorded.

Each number of each parameter is moved, and the differences of the loss are extrapolated. What they don't know is not
called right: neither agreement nor a difference is seen below what their estimates are off by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from microgradnet.check.agreement import ROUNDING, ParameterReport, agreement, largest
from microgradnet.check.by_hand import ByHand
from microgradnet.check.differences import OUTSIDE, Along, along, line
from microgradnet.check.explain.chain import Chain
from microgradnet.check.slopes import scale
from microgradnet.check.text import place
from microgradnet.check.verdicts import AT_A_KINK, Judgement, told
from microgradnet.ops.reductions import sum as sum_
from microgradnet.text import legible

__all__ = ["judge_without_record"]

Array = np.ndarray[Any, np.dtype[Any]]

RTOL = 1e-6
"""How well two gradients have to agree, in relation to the element: differences know no more."""

COARSE = 1e-2
"""How far off the estimates may be, in relation to the largest element, where a gradient is said to agree."""


def judge_without_record(derivation: ByHand, rtol: float | None, atol: float | None, caller: str) -> Judgement:
    """Hold the manual gradients against extrapolated differences.

    Raises
    ------
    TypeError, ValueError
        If the loss is not one finite number.
    """
    loss = derivation.plainly(*derivation.values)
    if not isinstance(loss, np.ndarray | np.generic | float | int):
        raise TypeError(f"{caller}: the loss must return one number, got {type(loss).__name__}")
    number = np.asarray(loss)
    if number.size != 1:
        raise ValueError(f"{caller}: the loss must be one number, got shape {number.shape}; sum it, or take its mean")
    if number.dtype.kind not in "fiu" or not np.isfinite(number).all():
        raise ValueError(f"{caller}: the loss is {number.item()} at these arguments, so there is no gradient")
    moved = [_moved(derivation, i) for i in derivation.positions]
    said = [
        "The loss was not recorded: what is called automatic here are numerical derivatives, differences of the loss "
        "that are extrapolated to the step 0."
    ]
    reports = []
    for i, slopes in zip(derivation.positions, moved, strict=True):
        report, more = _report(derivation, derivation.names[i], slopes, rtol, atol)
        reports.append(report)
        said += more
    if any(not p.ok for p in reports) and (again := derivation.unrepeatable()) is not None:
        what, how = again
        reports = [p if p.ok else replace(p, verdict="not repeatable") for p in reports]
        said[1:] = [f"It can't be compared: {what} is another one at every call ({how})."]
    value = float(number.item())
    sign = -1.0 if derivation.descent else 1.0
    chain = _linear(derivation, [sign * p.automatic for p in reports])
    off = {p.name: (p.atol + p.rtol * largest(p.automatic)) / ROUNDING for p in reports}
    return Judgement(value, tuple(reports), " ".join([*said, *told(derivation, value)]), (), chain, off)


def _linear(derivation: ByHand, gradients: Sequence[Array]) -> Chain:
    """Record a loss with these gradients: there is no more of it than they are."""

    def f(*values: Any) -> Any:
        return sum(sum_(g * values[i]) for i, g in zip(derivation.positions, gradients, strict=True))

    return Chain.of(f, derivation.values, derivation.names, derivation.positions)


def _moved(derivation: ByHand, i: int) -> Array:
    """Differentiate the loss with respect to each number of an argument: an array of `Along`, or None."""
    x = np.asarray(derivation.values[i])
    unit = scale(x.astype(np.float64))
    found = np.empty(x.shape, object)
    for at in np.ndindex(x.shape):
        direction = np.zeros(x.shape)
        direction[at] = unit[at]
        try:
            found[at] = along(line(derivation.value, derivation.values, {i: direction}))
        except OUTSIDE:
            found[at] = None
    return found


def _report(
    derivation: ByHand, name: str, moved: Array, rtol: float | None, atol: float | None
) -> tuple[ParameterReport, list[str]]:
    """Compare the gradient of one parameter, and say what the table doesn't."""
    manual = derivation.gradients[name]
    unit = scale(np.asarray(derivation.values[derivation.names.index(name)]).astype(np.float64))
    slope, off, bend = (_each(moved, which) / unit for which in (_slope, _off, _bend))
    sign = -1.0 if derivation.descent else 1.0
    coarse = 1e-4 if manual.itemsize < 8 else RTOL
    with np.errstate(all="ignore"):
        report = agreement(name, manual, sign * slope, np.nan, coarse if rtol is None else rtol, atol, off)
    if manual.shape != slope.shape or report.verdict == "not finite":
        return report, []
    most = max(largest(slope), largest(manual))
    allowed = report.rtol * np.abs(slope) + np.maximum(off, 0.0 if atol is None else atol)
    kinked = bend > COARSE * most + 4 * off
    between = np.abs(manual - sign * slope) <= bend / 2 + allowed
    agree = np.abs(manual - sign * slope) <= allowed
    known = off <= COARSE * most
    verdict, said = report.verdict, []
    if (kinked & ~agree & between).any() and (agree | (kinked & between)).all():
        verdict = AT_A_KINK
        said.append(f"The slopes of the loss differ on both sides of {_at(name, kinked)}: it stands at a kink.")
    elif verdict == "agrees" and not known.all():
        verdict = "can't be told"
        said.append(f"The differences don't say what the derivative is with respect to {_at(name, ~known)}.")
    return replace(report, verdict=verdict), said


def _each(moved: Array, which: Any) -> Array:
    return np.array([np.nan if a is None else which(a) for a in moved.ravel()]).reshape(moved.shape)


def _slope(a: Along) -> float:
    return a.slope


def _off(a: Along) -> float:
    return a.rounding + 10 * a.change


def _bend(a: Along) -> float:
    return a.bend


def _at(name: str, where: Array) -> str:
    index = tuple(int(i) for i in np.argwhere(where)[0])
    return f"{legible(name)}{place(index)}"
