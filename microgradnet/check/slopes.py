"""Numerical derivatives along a line, and how far they can be trusted.

Three methods, from cheap to thorough. One central difference is right to many digits where a function is of the
usual scale. The complex step, Im F(x + ih) / h, subtracts nothing and so loses nothing (W. Squire and G. Trapp, "Using
complex variables to estimate derivatives of real functions", SIAM Review 40, 1998), but means something only for
functions that are analytic. Where these don't settle it, differences at all steps from the size of x down to its
last digits are extrapolated to the step 0 (C. J. F. Ridders, Advances in Engineering Software 4, 1982). There the
function's own scale shows: the steps at which it is smooth and yet changes by more than it is rounded.

Functions are called from the outside only, with plain arrays. So anything made of arrays has a slope here, an
operation as well as a program.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from microgradnet.record import value_of

__all__ = ["Ladder", "Line", "Several", "Slope", "derivative_along", "evaluate", "extrapolated", "scale"]

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
    steps = STEPS.tolist()
    for count, (found, change) in enumerate(_richardson(steps, map(difference, steps), 2), 1):
        if change < uncertainty:
            best, uncertainty = found, change
        if count > 2 and uncertainty <= 1e-12 * abs(best):
            break
    return best, uncertainty if math.isfinite(uncertainty) else math.nan


def _richardson(
    steps: Sequence[float], quotients: Iterable[float], power: int, most: int = len(STEPS)
) -> Iterator[tuple[float, float]]:
    """Extrapolate difference quotients to the step 0, from each step and at the most so many before it.

    The error of a quotient is a series in step^power, of which each extrapolation cancels the next term. Yields, for
    each step, the result that changed least, and by how much; the quotient itself and infinity where there is none.
    """
    before: list[float] = []
    for i, quotient in enumerate(quotients):
        row, best, least = [quotient], quotient, math.inf
        for k, earlier in enumerate(before[:most]):
            ratio = steps[i - k - 1] / steps[i]
            better = row[k] + (row[k] - earlier) / ((ratio if power == 1 else ratio * ratio) - 1)
            change = max(abs(better - row[k]), abs(better - earlier))
            if change < least:
                best, least = better, change
            row.append(better)
        before = row
        yield best, least


def scale(x: Array) -> Array:
    """Return the unit of the steps: |x|, at least 0.01, and √|x| above 1, where sin x still has its old period."""
    size = np.abs(x)
    return np.where(size > 1, np.sqrt(size), np.maximum(size, 0.01))


def evaluate(function: Several, xs: Sequence[Array]) -> list[Array]:
    """Evaluate a function at plain arrays, where differences may leave its domain."""
    with np.errstate(all="ignore"):
        return _values(function, xs)


def _values(function: Several, xs: Sequence[Array]) -> list[Array]:
    outputs = function(*(x[()] if isinstance(x, np.ndarray) else x for x in xs))
    values = [np.asarray(value_of(y)) for y in outputs]
    for y in values:
        if y.dtype.kind != "f":
            raise TypeError(f"gradcheck: the function must return one floating-point array, got dtype {y.dtype}")
    return values


def extrapolated(steps: Array, changes: Array, rounding: Array, power: int) -> tuple[float, float]:
    """Extrapolate changes of a function to its slope at the step 0, from all steps that say something.

    Parameters
    ----------
    steps : ndarray
        Falling.
    changes : ndarray
        How much the function changes over each step: slope · step (1 + O(step^power)).
    rounding : ndarray
        How much of each change can be due to the rounding of the function's values.
    power : int
        2 for central differences, 1 for those of one side.

    Returns
    -------
    slope : float
    uncertainty : float
        An estimate of its error; infinite where the function is not seen to be smooth at any of these steps. Both
        are NaN if no change is finite.
    """
    use = np.isfinite(changes) & np.isfinite(rounding)
    h, y, noise = steps[use], changes[use], rounding[use]
    count = h.size
    if count < 4:
        return (float(y[-1] / h[-1]), math.inf) if count else (math.nan, math.nan)
    found, off = np.array(list(_richardson(h.tolist(), (y / h).tolist(), power, most=4))).T
    # A slope has to account for the changes over the smaller steps as well: what is left of them is rounding.
    left = np.abs(y[None, :] - found[:, None] * h[None, :]) * np.tri(count, k=-1).T
    off = off + 2 * np.maximum(left.max(axis=1), np.maximum.accumulate(noise[::-1])[::-1]) / h
    if _bent(h, y, noise):
        last, before = float(y[-1] / h[-1]), float(y[-3] / h[-3])
        return last, 2 * abs(last) if abs(last) < abs(before) / 2 else math.inf  # as x^1.5 at 0, or as log x
    # From small steps to large, as long as these don't contradict: beyond that the function bends too much.
    best, uncertainty, low, high = math.nan, math.inf, -math.inf, math.inf
    for i in range(count - 1 - min(3, count // 4), 0, -1):
        if not math.isfinite(off[i]):
            continue
        if found[i] - 10 * off[i] > high or found[i] + 10 * off[i] < low:
            break
        low, high = max(low, found[i] - 10 * off[i]), min(high, found[i] + 10 * off[i])
        if off[i] <= uncertainty:
            best, uncertainty = float(found[i]), float(off[i])
    return (best, uncertainty) if math.isfinite(best) else (float(found[-1]), math.inf)


def _bent(h: Array, y: Array, noise: Array) -> bool:
    """Whether a function is still no straight line over almost the smallest steps there are, and not for rounding."""
    if h.size < 6:
        return False
    size, grows = np.abs(y[-6:]), np.diff(np.abs(y[-6:]))
    line = size[2:4] * (h[-6:-4] / h[-4:-2])  # in this order: the numbers may be tiny
    bends = (np.abs(size[:2] - line) > 0.3 * line) & (np.abs(size[:2] - line) > 100 * noise[-6:-4])
    return bool((np.all(grows < 0) or np.all(grows > 0)) and np.all(bends))


class Line:
    """The points x + t · direction, or, of one element, x with t added to it."""

    def __init__(self, x: Array, at: tuple[int, ...] | None = None, direction: Array | None = None) -> None:
        self.x, self.at, self.direction = x, at, direction
        size = 1.0 if at is None else abs(x.item(at))
        self.size = size or float(np.max(np.abs(x))) or 1.0
        self.unit = math.sqrt(size) if size > 1 else max(size, 0.01)

    def along(self, gradient: Array) -> float:
        """Return the derivative along the line."""
        return float(gradient[self.at] if self.direction is None else np.sum(gradient * self.direction))

    def __call__(self, t: complex) -> Array:
        """Return the point at t."""
        if self.direction is not None:
            return np.asarray(self.x + t * self.direction)
        moved = self.x.astype(np.complex128 if isinstance(t, complex) else np.float64)
        moved[self.at] += t
        return moved

    def step(self, t: float) -> float:
        """Return a step close to t by which the element can be moved without rounding."""
        if self.at is None:
            return t
        size = abs(float(self.x[self.at]))
        return (size + t) - size

    def steps(self) -> Iterator[float]:
        """Go through steps for extrapolation, each a quarter of the one before.

        From half the size of x to its last digits; of small numbers, from about 1. What is in between for tiny ones,
        further than 48 powers of two from both, is left out.
        """
        smaller = max(0, -math.frexp(self.size)[1] // 2)
        for j in range(smaller, -27, -1):
            t = self.step(math.ldexp(self.size, 2 * j - 1))
            if t > 0 and (j <= 2 or j > smaller - 24):
                yield t


@dataclass(frozen=True)
class Ladder:
    """How much a function changes over falling steps, forward and backward, and how much of that may be rounding."""

    steps: Array
    forward: Array
    backward: Array
    rounding: Array
    depends: tuple[Any, ...]  # for each value of the function, which of its elements are seen to change

    @property
    def finite(self) -> bool:
        """Whether the function is finite anywhere beside x."""
        return bool(np.any(np.isfinite(self.forward) | np.isfinite(self.backward)))

    @property
    def changes(self) -> bool:
        """Whether the function is seen to change at all."""
        return bool(np.any(self.forward != 0) or np.any(self.backward != 0))

    @cached_property
    def slope(self) -> tuple[float, float]:
        """The slope and its uncertainty: one-sided where the function is defined on one side only."""
        both = self.forward + self.backward
        sides = ((both / 2, 2), (self.forward, 1), (self.backward, 1))
        counts = [np.count_nonzero(np.isfinite(side)) for side, _ in sides]
        side, power = sides[0 if counts[0] > 3 else 1 if counts[1] >= counts[2] else 2]
        slope, off = extrapolated(self.steps, side, self.rounding, power)
        # The rounding of 1e8 + x² − 1e8 is not that of its values: the least change that is seen may be rounding, if
        # what is seen beyond it is smooth.
        smooth, unsure = extrapolated(self.steps, side, np.maximum(self.rounding, _least(side)), power)
        if abs(smooth - slope) > 10 * off and 8 * unsure <= abs(smooth) and self.sides() is None:
            return smooth, unsure
        return slope, off

    def shows(self, slope: float, size: float) -> bool:
        """Whether a slope would be seen above the rounding of f over steps of the billionth part of x."""
        small = self.steps <= 2.0**-30 * size
        both = np.abs(self.forward[small] + self.backward[small]) / 2
        return bool(np.max(10 * np.maximum(both, self.rounding[small]), initial=0.0) < abs(slope) * 2.0**-30 * size)

    def rounded_away(self, slope: float, size: float) -> bool:
        """Whether f doesn't change over small steps only since it rounds numbers of the size of x inside.

        As log(1 + eˣ) − x at 30, which changes by whole last digits of 30. That a slope is seen to be 0 says nothing
        then about one whose changes over these steps are smaller.
        """
        least = min(filter(None, (_least(self.forward), _least(self.backward))), default=0.0)
        flat = np.max(self.steps[(self.forward == 0) & (self.backward == 0)], initial=0.0)
        return bool(0 < least <= 2.0**-46 * size and abs(slope) * flat <= 2 * least)

    def sides(self) -> tuple[float, float, float] | None:
        """Return the slopes on both sides and their uncertainty where there is a kink; else None.

        Where the function jumps, as sgn at 0, there is no slope, and all numbers lie between both sides.
        """
        if any(self._jumps(side) for side in (self.forward, self.backward)):
            return -math.inf, math.inf, 0.0
        (a, off_a), (b, off_b) = (
            extrapolated(self.steps, side, np.maximum(self.rounding, _least(side)), 1)
            for side in (self.backward, self.forward)
        )
        off = off_a + off_b
        if not abs(a - b) > 4 * off + 1e-6 * max(abs(a), abs(b)):
            return None
        return min(a, b), max(a, b), off

    def _jumps(self, side: Array) -> bool:
        last = side[np.isfinite(side)][-12:]
        return last.size == 12 and bool(
            np.ptp(last) <= 1e-3 * abs(last[-1]) and abs(last[-1]) > 1e3 * np.max(self.rounding[-12:])
        )


def _least(changes: Array) -> float:
    """Return the least change that is seen, 0 if none is: no smaller one would be."""
    seen = np.abs(changes[np.isfinite(changes) & (changes != 0)])
    return float(np.min(seen)) if seen.size else 0.0


@dataclass(frozen=True)
class Central:
    """One central difference, and how much of it may be rounding."""

    slope: float
    rounding: Callable[[], float]


class Slope:
    """The numerical derivatives of a contracted function along lines through its k-th argument.

    The function is evaluated where it may overflow or isn't defined: inside ``np.errstate(all="ignore")``.
    """

    def __init__(
        self, function: Several, xs: Sequence[Array], k: int, cotangents: Sequence[Array], values: Sequence[Array]
    ) -> None:
        self.function, self.xs, self.k, self.cotangents, self.values = function, list(xs), k, cotangents, values
        self.complex = True

    def _at(self, moved: Array) -> list[Array]:
        return _values(self.function, [*self.xs[: self.k], moved, *self.xs[self.k + 1 :]])

    def _change(self, high: Sequence[Array], low: Sequence[Array]) -> float:
        # Subtract before summing: what does not depend on x cancels exactly.
        return sum(
            float(c) * (float(a) - float(b)) if c.ndim == 0 else float(np.sum(c * (a - b)))
            for c, a, b in zip(self.cotangents, high, low, strict=True)
        )

    def _rounding(self, masks: Sequence[Any], *points: Sequence[Array]) -> float:
        """Bound the rounding of values of the function, of those elements that depend on x."""
        total = 0.0
        for i, (c, mask) in enumerate(zip(self.cotangents, masks, strict=True)):
            largest = np.max([np.abs(p[i]) for p in points], axis=0)
            digits = np.finfo(points[0][i].dtype)
            total += float(np.sum(np.abs(c) * (largest * digits.eps + 2 * digits.smallest_subnormal) * mask))
        return total

    def central(self, line: Line, times: int = 1) -> Central:
        """Return one central difference, over a step that suits functions of the usual scale, or so many times it."""
        h = times * line.step(max(2.0**-17 * line.unit, 2.0**-30 * line.size))
        high, low = self._at(line(h)), self._at(line(-h))

        def rounding() -> float:
            return self._rounding([a != b for a, b in zip(high, low, strict=True)], high, low) / h

        return Central(self._change(high, low) / (2 * h), rounding)

    def complex_step(self, line: Line, h: float = 2.0**-66) -> float | None:
        """Return Im F(x + ih) / h, or None if the function is one of real numbers; h is in units of x, at most 1."""
        h *= min(line.size, 1.0)
        if not self.complex or not h:
            return None
        moved = [*self.xs[: self.k], line(1j * h), *self.xs[self.k + 1 :]]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)  # an imaginary part that is dropped
                values = [np.asarray(y) for y in self.function(*(x[()] for x in moved))]
        except Exception:  # it took real numbers at this point, so this is about complex ones
            self.complex = False
            return None
        if any(y.dtype.kind != "c" for y in values):
            self.complex = False
            return None
        found = sum(float(np.sum(c * (y.imag / h))) for c, y in zip(self.cotangents, values, strict=True))
        return found if math.isfinite(found) else None

    def ladder(self, line: Line) -> Ladder:
        """Evaluate the function at all steps along a line, both ways."""
        rows: list[tuple[float, float, float, float]] = []
        depends: list[Any] = [False] * len(self.values)
        for t in line.steps():
            changes, ends, differ = [], [self.values], [np.zeros(y.shape, bool) for y in self.values]
            for sign in (1, -1):
                try:
                    end = self._at(line(sign * t))
                except (ArithmeticError, ValueError):  # outside the domain
                    changes.append(math.nan)
                    continue
                changes.append(sign * self._change(end, self.values))
                if math.isfinite(changes[-1]):
                    ends.append(end)
                    differ = [d | (a != y) for d, a, y in zip(differ, end, self.values, strict=True)]
            depends = [d | e for d, e in zip(depends, differ, strict=True)]
            rows.append((t, changes[0], changes[1], self._rounding(differ, *ends)))
        if not any(np.any(d) for d in depends):
            depends = [True] * len(depends)  # nothing is seen to: all may, by less than their rounding
        steps, forward, backward, rounding = np.array(rows).reshape(-1, 4).T
        rounding = np.maximum(rounding, self._rounding(depends, self.values))
        return Ladder(steps, forward, backward, rounding, tuple(depends))
