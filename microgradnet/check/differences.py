"""The slope of a loss along a direction, by finite differences, with how sure it is: the judge of every gradient.

A gradient is contradicted only where the differences are sure of it. Where rounding, a kink or a jump is seen near
the arguments they say nothing, and so they do where the loss can't be evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.slopes import STEPS, derivative_along, evaluate, scale

__all__ = ["OUTSIDE", "Along", "Profile", "ahead", "along", "bend", "directions", "glance", "line", "off"]

Array = np.ndarray[Any, np.dtype[Any]]

OUTSIDE = (ArithmeticError, AssertionError, IndexError, RuntimeError, TypeError, ValueError)
"""What a loss raises outside of its domain."""

Profile = Callable[[float], float]
"""A function of the way gone along a direction."""

OTHER_STEPS = 0.37
"""What the steps are multiplied by for a second estimate, which has other errors of rounding."""

ACCURACY = 1e-6
"""How well a slope is known at best, in relation to its size; far less than it could be."""


@dataclass(frozen=True)
class Along:
    """The slope of a function along a line.

    Attributes
    ----------
    slope : float
        NaN where the function can't be evaluated near its start.
    change : float
        How far estimates of the slope, extrapolated from different steps, are from each other.
    waver : float
        How far plain differences with moderate steps are from it: those of a function that rounds its inputs, or
        consists of steps, don't settle.
    bend : float
        How much the slope changes across the smallest steps. Of what is smooth this is nearly nothing: rounding,
        kinks and jumps are seen here.
    rounding : float
        How far off rounding the function's last digit takes it at the smallest step.
    """

    slope: float
    change: float
    waver: float
    bend: float
    rounding: float

    def contradicts(self, other: float, size: float, bends: float = 30, rounding: float = 0.0) -> bool:
        """Whether the slope is certainly another one than this; `size` is that of its terms.

        `rounding` is how far off this one may be.

        `bends` is how many times the bend is doubted. Kinks may cancel each other along a line, so that little is
        seen of them; where some are to be expected it is large.
        """
        doubt = rounding + self.rounding + 10 * self.change + 3 * self.waver + bends * self.bend
        doubt += ACCURACY * max(size, abs(self.slope), abs(other))
        return abs(self.slope - other) > doubt  # False for NaN

    def confirms(self, other: float, size: float) -> bool:
        """Whether the slope is this one, as far as it is known; False where too little is known."""
        known = self.rounding + 10 * self.change + ACCURACY * max(size, abs(self.slope))
        enough = max(0.01 * max(size, abs(self.slope), abs(other)), 20 * self.rounding)
        return abs(self.slope - other) <= known <= enough


def along(line: Profile) -> Along:
    """Find the slope of a function at 0, and what there is to doubt it."""
    ends: dict[float, float] = {}

    def at(h: float) -> float:
        if h not in ends:
            ends[h] = line(h)
        return ends[h]

    with np.errstate(all="ignore"):
        (slope, change), (other, other_change) = (
            derivative_along(lambda h, c=c: (at(c * h) - at(-c * h)) / (2 * c * h))  # type: ignore[misc]
            for c in (1.0, OTHER_STEPS)
        )
        waver = max(abs((at(h) - at(-h)) / (2 * h) - slope) for h in map(float, STEPS[3:]))
        small = [float(h) for h in STEPS[-2:]]
        middle = at(0.0)
        bends = [abs(at(h) + at(-h) - 2 * middle) / h for h in small]
        if slope != 0 and all(at(h) == at(-h) == middle for h in small):
            bends.append(math.inf)  # it rounds, or consists of steps
        rounding = 8 * float(np.finfo(np.float64).eps) * max(map(abs, ends.values())) / small[-1]
    return Along(slope, max(change, other_change, abs(slope - other)), waver, max(bends), rounding)


def glance(at: Profile) -> float:
    """Return a plain difference with a small step."""
    h = float(STEPS[6])
    return (at(h) - at(-h)) / (2 * h)


def ahead(at: Profile, start: float) -> float:
    """Return the difference of one step forward from the value at the start: half the work, and some digits less."""
    h = float(STEPS[6])
    return (at(h) - start) / h


def bend(at: Profile, middle: float) -> float:
    """Return how much the slope changes across the smallest steps, given the value in the middle."""
    h = float(STEPS[-1])
    return abs(at(h) + at(-h) - 2 * middle) / h


def line(f: Callable[..., Any], values: Sequence[Any], moves: Mapping[int, Array]) -> Profile:
    """Return the loss along directions of some of its arguments, by their positions."""
    starts = {i: np.asarray(values[i]).astype(np.float64) for i in moves}

    def at(h: float) -> float:
        moved = list(values)
        for i, direction in moves.items():
            moved[i] = (starts[i] + h * direction)[()]
        return float(evaluate(lambda *a: (f(*a),), moved)[0].item())

    return at


def directions(x: Any) -> Iterator[Array]:
    """Draw the directions along which every gradient is judged, in units of the steps."""
    x = np.asarray(x).astype(np.float64)
    random = np.random.default_rng(0)
    for _ in range(2 if x.size else 0):
        yield scale(x) * random.standard_normal(x.shape)


def off(f: Callable[..., Any], values: Sequence[Any], position: int, gradient: Array) -> float:
    """Hold the gradient of a loss with respect to one argument against finite differences along random directions.

    Returns
    -------
    float
        The largest difference of two derivatives along a direction, in relation to the length of both; NaN where
        the loss can't be evaluated near the argument, or the gradient isn't finite.
    """
    worst = 0.0
    for direction in directions(values[position]):
        at = line(f, values, {position: direction})
        try:
            with np.errstate(all="ignore"):
                numerical, _ = derivative_along(lambda h, at=at: (at(h) - at(-h)) / (2 * h))  # type: ignore[misc]
        except OUTSIDE:
            return math.nan
        with np.errstate(all="ignore"):
            terms = gradient * direction
            size = float(np.sqrt(np.sum(terms * terms)))
            difference = abs(numerical - float(np.sum(terms))) / (size or 1.0)
        if not math.isfinite(difference):
            return math.nan
        worst = max(worst, difference)
    return worst
