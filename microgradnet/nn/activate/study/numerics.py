"""How many digits of an activation and of its derivatives are right, along the line and in each precision.

What float16 and float32 give is measured against the same expression in float64, and float64 against it in NumPy's
longdouble, where that has more digits. So it is rounding that is measured, and what cancels; what a formula misses of
the function that was meant isn't seen. `check_activation` with a reference in mpmath sees that too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.nn.activate.study.curve import Array, Curve

__all__ = ["DTYPES", "Accuracy", "Numerics", "numerics"]

DTYPES = ("float16", "float32", "float64")

_FINER = {"float16": "float64", "float32": "float64", "float64": "longdouble"}

_LINE = np.unique(
    np.concatenate(
        [np.linspace(-20, 20, 1601) + 1.37e-5, np.geomspace(1e-4, 1000, 281), -np.geomspace(1e-4, 1000, 281)]
    )
)

CANCELS = 64.0
"""In units in the last place, beyond what the rounding of x alone makes: from here on digits are said to cancel."""


@dataclass(frozen=True)
class Accuracy:
    """How far off f, f′ or f″ is in one precision.

    Attributes
    ----------
    order : int
        0 for f, 1 for f′, 2 for f″.
    dtype : str
    against : str or None
        The precision it is measured against; None where there is no finer one.
    x, ulps : array, shape (n,)
        Where it was measured, and the error in units in the last place of the exact value, not smaller than those of
        the smallest normal number; NaN where there is none.
    worst, typical : float
        The largest, and the median; NaN without anything to measure against.
    at : float
        Where the largest is.
    cancels : tuple of (float, float)
        Stretches on which more than 64 units are lost, and not because x itself is rounded.
    overflows : tuple of float
        The x nearest to 0, on each side, at which it isn't finite, though the exact value is.
    """

    order: int
    dtype: str
    against: str | None
    x: Array
    ulps: Array
    worst: float
    typical: float
    at: float
    cancels: tuple[tuple[float, float], ...]
    overflows: tuple[float, ...]


@dataclass(frozen=True)
class Numerics:
    """The accuracy of f, f′ and f″ in float16, float32 and float64.

    Attributes
    ----------
    accuracies : tuple of Accuracy
    """

    accuracies: tuple[Accuracy, ...]

    def of(self, order: int, dtype: str) -> Accuracy:
        """Return the accuracy of a derivative in a precision."""
        return next(a for a in self.accuracies if (a.order, a.dtype) == (order, dtype))


def numerics(curve: Curve) -> Numerics:
    """Measure the rounding errors of f, f′ and f″ along the line, away from seams."""
    finer = dict(_FINER)
    found = []
    for order, g in enumerate(curve.derivatives):
        # What is computed in float64 throughout tells nothing about itself, nor do derivatives that are made of it.
        finer = {dtype: wide for dtype, wide in finer.items() if _is_finer(g, dtype, wide)}
        found += [_accuracy(curve, order, dtype, finer.get(dtype)) for dtype in DTYPES]
    return Numerics(tuple(found))


def _accuracy(curve: Curve, order: int, dtype: str, against: str | None) -> Accuracy:
    kind = np.dtype(dtype).type
    info = np.finfo(kind)
    x = np.unique(_LINE.astype(kind))
    for s in curve.seams:
        x = x[np.abs(x.astype(float) - s.at) > 1e-3 * max(1.0, abs(s.at))]
    g = curve.derivatives[order]
    if against is None:
        nowhere = np.full(x.shape, math.nan)
        return Accuracy(order, dtype, None, x, nowhere, math.nan, math.nan, math.nan, (), ())
    wide = np.dtype(against).type
    found, exact = np.asarray(g(x)).astype(wide), np.asarray(g(x.astype(wide)))
    with np.errstate(all="ignore"):
        representable = np.isfinite(exact) & (np.abs(exact) <= float(info.max))
        unit = np.spacing(np.maximum(np.abs(exact), info.tiny).astype(kind)).astype(exact.dtype)
        ulps = np.where(representable & np.isfinite(found), np.abs(found - exact) / unit, math.nan).astype(float)
        allowed = CANCELS + 4 * _of_rounded_x(g, x, exact, unit)
    known = np.isfinite(ulps)
    worst = int(np.nanargmax(ulps)) if known.any() else None
    return Accuracy(
        order, dtype, against, x, ulps,
        worst=math.nan if worst is None else float(ulps[worst]),
        typical=float(np.median(ulps[known])) if known.any() else math.nan,
        at=math.nan if worst is None else float(x[worst]),
        cancels=_stretches(x, known & (ulps > allowed)),
        overflows=_nearest(x[representable & ~np.isfinite(found)]),
    )  # fmt: skip


def _is_finer(g: Any, dtype: str, against: str) -> bool:
    """Whether a function is computed with more digits in another precision: an operation may have float64 only."""
    wide = np.dtype(against).type
    if np.finfo(wide).eps > np.finfo(dtype).eps / 8:
        return False
    x = np.linspace(-4.0, 4.0, 65).astype(dtype).astype(wide) * (1 + 3 * wide(np.finfo(wide).eps)) + wide(1.37e-5)
    try:
        g(x.astype(dtype))
        y = np.asarray(g(x))
    except Exception:  # an operation that doesn't compute in one of them
        return False
    if y.dtype != wide:
        return False
    y = y[np.abs(y) <= np.finfo(dtype).max]
    return len(np.unique(y)) < 8 or bool(np.any(y.astype(dtype).astype(wide) != y))


def _of_rounded_x(g: Any, x: Array, exact: Array, unit: Array) -> Array:
    """Say how many units f would change by if x was another number beside it: so much nobody can avoid."""
    step = np.spacing(np.abs(x)).astype(exact.dtype)
    beside = g(x.astype(exact.dtype) + step)
    moved = np.abs(beside - exact) / unit
    return np.where(np.isfinite(moved), moved, 0.0).astype(float)


def _stretches(x: Array, where: Array) -> tuple[tuple[float, float], ...]:
    """Return from where to where something holds, at three points in a row or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], where.astype(int), [0]])))
    return tuple((float(x[a]), float(x[b - 1])) for a, b in edges.reshape(-1, 2) if b - a >= 3)


def _nearest(x: Array) -> tuple[float, ...]:
    sides = [side for side in (x[x < 0], x[x >= 0]) if side.size]
    return tuple(float(min(side, key=abs)) for side in sides)
