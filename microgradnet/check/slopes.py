"""Numerical derivatives along a direction: extrapolated differences, and the complex step.

Functions are called from the outside only, with plain arrays. So anything made of arrays has a slope here, an
operation as well as a program.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from microgradnet.record import Recorded

__all__ = ["Several", "Slope", "derivative_along", "evaluate", "scale"]

Array = np.ndarray[Any, np.dtype[Any]]
Several = Callable[..., tuple[Any, ...]]
"""A function of arrays that returns a tuple of arrays."""

STEPS = 0.1 * 4.0 ** -np.arange(8)
"""Steps of the differences, in units of `scale`: from 0.1 down to 6·10⁻⁶."""


def derivative_along(difference: Callable[[float], float]) -> tuple[float, float]:
    """Extrapolate central differences to the step 0.

    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982):
    Richardson extrapolation over a falling sequence of steps, of whose results the one is taken that changed
    least. Large steps win where the function is smooth, small ones near the edge of its domain.

    Parameters
    ----------
    difference : callable
        ``difference(h)`` is the central difference (F(x + h) − F(x − h)) / 2h.

    Returns
    -------
    derivative : float
    uncertainty : float
        How much the result changed in its last extrapolation: an estimate of its error. NaN if no two
        differences were finite.
    """
    best, uncertainty = math.nan, math.inf
    before: list[float] = []
    for h in STEPS:
        row = [difference(float(h))]
        for k, earlier in enumerate(before):
            # The error of a central difference is a series in h²; each column cancels the next term of it.
            factor = 16.0 ** (k + 1)
            row.append((factor * row[k] - earlier) / (factor - 1))
            change = max(abs(row[k + 1] - row[k]), abs(row[k + 1] - earlier))
            if change < uncertainty:
                best, uncertainty = row[k + 1], change
        before = row
        if len(row) > 2 and uncertainty <= 1e-12 * abs(best):
            break
    return best, uncertainty if math.isfinite(uncertainty) else math.nan


def scale(x: Array) -> Array:
    """Return the unit of the steps: |x|, at least 0.01, and √|x| above 1, where sin x still has its old period."""
    size = np.abs(x)
    return np.where(size > 1, np.sqrt(size), np.maximum(size, 0.01))


def evaluate(function: Several, xs: Sequence[Array]) -> list[Array]:
    """Evaluate a function at plain arrays, where differences may leave its domain."""
    with np.errstate(all="ignore"):
        outputs = function(*(x[()] if isinstance(x, np.ndarray) else x for x in xs))
    values = [np.asarray(y._value if isinstance(y, Recorded) else y) for y in outputs]
    for y in values:
        if y.dtype.kind != "f":
            raise TypeError(f"gradcheck: the function must return one floating-point array, got dtype {y.dtype}")
    return values


class Slope:
    """The numerical derivatives of a contracted function along directions of its k-th argument."""

    def __init__(self, function: Several, xs: Sequence[Array], k: int, cotangents: Sequence[Array]) -> None:
        self.function, self.xs, self.k, self.cotangents = function, xs, k, cotangents

    def _at(self, moved: Array) -> list[Array]:
        return evaluate(self.function, [*self.xs[: self.k], moved, *self.xs[self.k + 1 :]])

    def between(self, direction: Array, below: float, above: float) -> float:
        """Return the slope of the chord between two points on the line through x."""
        x = self.xs[self.k]
        low, high = self._at(x + below * direction), self._at(x + above * direction)
        with np.errstate(all="ignore"):
            # Subtract before summing: what does not depend on x cancels exactly.
            parts = (float(np.sum(c * (a - b))) for c, a, b in zip(self.cotangents, high, low, strict=True))
            return sum(parts) / (above - below)

    def along(self, direction: Array) -> tuple[float, str]:
        """Return the derivative along a direction, and how it was found."""
        derivative, uncertainty = derivative_along(lambda h: self.between(direction, -h, h))
        exact = self._complex_step(direction)
        # What is not analytic, such as |x|, may take complex numbers and be wrong: the differences decide.
        if exact is not None and abs(exact - derivative) <= 1e-6 * abs(derivative) + 100 * uncertainty:
            return exact, "complex step"
        return derivative, "differences"

    def _complex_step(self, direction: Array) -> float | None:
        """Im F(x + ih) / h, which subtracts nothing: W. Squire and G. Trapp, SIAM Review 40 (1998)."""
        h = 1e-30
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)  # an imaginary part that is dropped
                moved = [*self.xs[: self.k], self.xs[self.k] + 1j * h * direction, *self.xs[self.k + 1 :]]
                values = [np.asarray(y) for y in self.function(*(x[()] for x in moved))]
        except Exception:  # the function is one of real numbers
            return None
        if any(y.dtype.kind != "c" for y in values):
            return None
        return sum(float(np.sum(c * (y.imag / h))) for c, y in zip(self.cotangents, values, strict=True))

    def sides(self, direction: Array) -> tuple[float, float] | None:
        """Return the slopes on both sides of x where it is a kink; None where they come together.

        Where the function jumps, as sgn at 0, there is no slope, and all numbers lie between both sides.
        """
        gaps, steepest = [], []
        for h in (1e-4, 1e-6):
            below, above = self.between(direction, -h, 0.0), self.between(direction, 0.0, h)
            gaps.append(abs(above - below))
            steepest.append(max(abs(above), abs(below)))
        if steepest[1] > 50 * steepest[0] and steepest[1] * 1e-6 > 1e-8 * self._size():
            return -math.inf, math.inf
        if gaps[1] > 0.5 * gaps[0] and gaps[1] > 1e-4 * steepest[1]:
            return min(below, above), max(below, above)
        return None

    def _size(self) -> float:
        values = self._at(np.asarray(self.xs[self.k]))
        return sum(float(np.sum(np.abs(c * y))) for c, y in zip(self.cotangents, values, strict=True))
