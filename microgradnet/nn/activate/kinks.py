"""Where a function of one number has kinks and jumps, found from its values alone.

No derivative is asked for: it is what is to be checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Kink", "find_kinks"]

Array = np.ndarray[Any, np.dtype[Any]]

INTERVALS = 2048
"""Of two kinks in the same of these one is found."""

SPACING = 1e-6
"""Half the distance of the points that a slope is measured between: about the cube root of the precision."""

SMALLEST = 1e-4
"""Slopes, or values, that differ by less than this on both sides of a point are taken for the same."""


@dataclass(frozen=True)
class Kink:
    """A point on whose two sides a function goes on differently.

    Attributes
    ----------
    at : float
        Rounded to six decimals where that is within the error of the search.
    left, right : float
        The slopes on either side.
    jump : float
        f(at⁺) − f(at⁻): 0 for a function that is continuous there.
    """

    at: float
    left: float
    right: float
    jump: float


def find_kinks(f: Callable[[Array], Array], low: float, high: float) -> tuple[Kink, ...]:
    """Find where a function's one-sided slopes differ, or its values jump.

    Every small interval is halved, again and again, into the half in which the values (for jumps) or the slopes
    (for kinks) change more. In the end a smooth function has changed by next to nothing.

    Parameters
    ----------
    f : callable
        Takes and returns arrays of shape (n,).
    low, high : float

    Examples
    --------
    >>> import numpy as np
    >>> find_kinks(np.abs, -1, 2)
    (Kink(at=0.0, left=-1.0, right=1.0, jump=0.0),)
    """
    h = SPACING

    def slope(x: Array, h: float = h) -> Array:
        return (f(x + h) - f(x - h)) / (2 * h)

    x = np.linspace(low, high, INTERVALS + 1)
    found: list[Kink] = []
    after_jump, change = _halve(f, x, 36)
    for at in map(_rounded, after_jump[change > SMALLEST]):
        sides = np.array([at - 2 * h, at + 2 * h])
        left, right = slope(sides)
        jump = float(np.diff(f(sides))[0] - 2 * h * (left + right))
        if abs(jump) > SMALLEST:
            _add(found, Kink(at, _tidy(left), _tidy(right), jump))

    near, change = _halve(slope, x, 12)
    near = near[change > SMALLEST / 4]  # half of a kink on the border of two intervals, and some of that
    sides = near + 4 * h * np.array([[-1.0], [1.0]])
    left, right = slope(sides[0]), slope(sides[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        # The tangents of both sides meet at the kink.
        meeting = sides[0] + (np.diff(f(sides), axis=0)[0] - right * (sides[1] - sides[0])) / (left - right)
    for at, wide in zip(meeting, right - left, strict=True):
        if not abs(wide) > SMALLEST or not low < at < high or any(abs(at - k.at) < 1e-4 for k in found):
            continue
        place = _rounded(at)
        narrow = slope(place + np.array([-h / 4, h / 4]), h / 8)
        if abs(narrow[1] - narrow[0]) > 0.7 * abs(wide):  # a smooth bend gets weaker the closer one looks
            before, after = slope(place + np.array([-2 * h, 2 * h]))
            _add(found, Kink(place, _tidy(before), _tidy(after), jump=0.0))
    return tuple(sorted(found, key=lambda k: k.at))


def _halve(g: Callable[[Array], Array], x: Array, times: int) -> tuple[Array, Array]:
    """Halve the intervals between neighbours to where g changes most: right ends, and how much it changes."""
    a, b = x[:-1], x[1:]
    g_a, g_b = g(a), g(b)
    for _ in range(times):
        middle = (a + b) / 2
        g_middle = g(middle)
        left = np.abs(g_middle - g_a) >= np.abs(g_b - g_middle)
        a, g_a = np.where(left, a, middle), np.where(left, g_a, g_middle)
        b, g_b = np.where(left, middle, b), np.where(left, g_middle, g_b)
    return b, np.abs(g_b - g_a)


def _rounded(at: float) -> float:
    nearest = round(float(at), 6)
    return nearest + 0.0 if abs(nearest - at) < 1e-8 else float(at)


def _tidy(slope: float) -> float:
    """Round to what a difference is exact to; no negative zero."""
    return round(float(slope), 6) + 0.0


def _add(found: list[Kink], kink: Kink) -> None:
    """Add a kink, unless it is known already, from the interval beside it."""
    if all(abs(kink.at - k.at) > 1e-4 for k in found):
        found.append(kink)
