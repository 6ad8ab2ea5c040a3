"""How well two gradients of a parameter agree: in numbers, and as a verdict with its tolerance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.report import for_json
from microgradnet.check.text import check_tolerances

__all__ = ["ROUNDING", "TOLERANCES", "ParameterReport", "agreement", "differences", "largest", "standard", "within"]

Array = np.ndarray[Any, np.dtype[Any]]

TOLERANCES = {2: (1e-2, 1e-2), 4: (1e-4, 1e-5), 8: (1e-9, 1e-12)}
"""(rtol, atol / magnitude of the gradient), by the item size of the coarser of both gradients."""

UNDERFLOW = {t().itemsize: float(np.finfo(t).tiny) / 64 for t in (np.float16, np.float32, np.float64)}
"""How large a difference may be at least, by the item size: among the numbers so small that they have lost digits."""

ROUNDING = 16
"""How many times the estimated effect of rounding an element may be off."""


@dataclass(frozen=True)
class ParameterReport:
    """How the manual and the automatic gradient of one parameter compare.

    Attributes
    ----------
    name : str
    shape : tuple of int
        The parameter's.
    manual, automatic : array
        Both gradients; both point down the loss where the manual one was said to.
    largest_absolute : float
        The largest ``|manual − automatic|``, NaN where an element is not finite or the shapes differ.
    where_absolute : tuple of int or None
        The index of it; None if the parameter is empty.
    largest_relative : float
        The largest ``|manual − automatic| / max(|manual|, |automatic|)``.
    where_relative : tuple of int or None
    ulps : float
        The largest difference in units in the last place of the automatic element, in the coarser dtype of both.
    cosine : float
        Of the angle between both: 1 where they point the same way, −1 the opposite way; NaN where one is zero.
    ratio : float
        The length of the manual one over that of the automatic one.
    share : float
        The share of elements that agree.
    finite_difference : float
        How far the automatic gradient itself is from finite differences along random directions, in relation to
        its length; NaN where the loss can't be evaluated near its arguments.
    rtol, atol : float
        A difference may be ``atol + rtol * |automatic|``; where rounding was measured for each element, `atol` is the
        largest that one may have.
    verdict : str
        One of:

        - ``"agrees"``: with the automatic gradient, to the tolerance;
        - ``"agrees (to float32)"`` or ``"agrees (to float16)"``: to the rounding of the precision that one of them was
          computed in, though both came in a finer one; or the automatic one is no number in that precision, and
          the manual one agrees with what it is in float64;
        - ``"agrees (at a kink)"``: some step stands exactly where its derivative jumps, and the manual gradient takes
          another of the derivatives that are right there;
        - ``"agrees with differences"``: finite differences contradict the automatic gradient, or it isn't finite, and
          they confirm the manual one;
        - ``"not to be believed"``: finite differences contradict the automatic gradient, and don't confirm the manual
          one;
        - ``"differs"``;
        - ``"not finite"``: an element of one of them is no number, and the differences don't say what is right;
        - ``"can't be told"``: numerical derivatives, where they are all there is, don't say what is right;
        - ``"not repeatable"``: it differs, and the loss or the manual gradient is another one at every call;
        - ``"other shape"``.
    """

    name: str
    shape: tuple[int, ...]
    manual: Array
    automatic: Array
    largest_absolute: float
    where_absolute: tuple[int, ...] | None
    largest_relative: float
    where_relative: tuple[int, ...] | None
    ulps: float
    cosine: float
    ratio: float
    share: float
    finite_difference: float
    rtol: float
    atol: float
    verdict: str

    @property
    def ok(self) -> bool:
        """Whether the manual gradient is right, as far as anything can tell: every verdict that says "agrees"."""
        return self.verdict.startswith("agrees")

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays, as JSON knows it."""
        names = (
            "where_absolute", "where_relative", "largest_absolute", "largest_relative", "ulps", "cosine", "ratio",
            "share", "finite_difference", "rtol", "atol", "verdict", "ok",
        )  # fmt: skip
        known = {"name": self.name, "shape": self.shape, "manual_shape": self.manual.shape}
        return dict(for_json(known | {name: getattr(self, name) for name in names}))


def standard(manual: Array, automatic: Array, rtol: float | None, atol: float | None) -> tuple[float, float]:
    """Return the tolerances by dtype and by the size of the gradient, where none are given."""
    itemsize = min(8, automatic.itemsize, manual.itemsize)
    check_tolerances(rtol=rtol, atol=atol)
    by_dtype, of_largest = TOLERANCES[itemsize]
    return (
        by_dtype if rtol is None else rtol,
        max(of_largest * largest(automatic), UNDERFLOW[itemsize]) if atol is None else atol,
    )


def differences(manual: Array, automatic: Array, magnitude: Array) -> tuple[Array, Array]:
    """Compare two gradients of one parameter, or two updates, element by element.

    Parameters
    ----------
    manual, automatic : array, both of one shape
    magnitude : array, broadcast to that shape
        How large the numbers are that were rounded: for each element the sum of the absolute values of the terms
        that it is the sum of, if they are known, or else the largest element.

    Returns
    -------
    absolute : array
        |manual − automatic|.
    relative : array
        absolute / magnitude: what rounding errors are in proportion to. Magnitudes below the smallest that
        keeps full precision count as that one.
    """
    absolute = np.abs(manual - automatic)
    info = np.finfo(magnitude.dtype)
    return absolute, absolute / np.maximum(magnitude, info.tiny / info.eps)


def largest(x: Array) -> float:
    """Return the largest finite |element|; 0 if there is none."""
    return float(np.max(np.abs(x), initial=0.0, where=np.isfinite(x)))


def within(manual: Array, other: Array, rtol: float, atol: float | Array) -> Array:
    """Say which elements differ by no more than ``atol + rtol * |other|``; the shapes must be the same."""
    with np.errstate(all="ignore"):
        close = np.abs(manual.astype(np.float64) - other) <= atol + rtol * np.abs(other)
        result: Array = close & np.isfinite(other)  # rtol times infinity is no tolerance
    return result


def agreement(
    name: str,
    manual: Array,
    automatic: Array,
    finite_difference: float,
    rtol: float | None,
    atol: float | None,
    rounding: float | Array = 0.0,
) -> ParameterReport:
    """Compare both gradients of a parameter; `rounding` is how far off rounding may take each element."""
    relative_tolerance, absolute_tolerance = standard(manual, automatic, rtol, atol)
    if manual.shape != automatic.shape:
        return ParameterReport(
            name, automatic.shape, manual, automatic, math.nan, None, math.nan, None, math.nan, math.nan, math.nan, 0.0,
            finite_difference, relative_tolerance, absolute_tolerance, "other shape",
        )  # fmt: skip
    m, a = manual.astype(np.float64), automatic.astype(np.float64)
    finite = bool(np.isfinite(m).all() and np.isfinite(a).all())
    agrees = within(m, a, relative_tolerance, np.maximum(absolute_tolerance, rounding))
    absolute_tolerance = max(absolute_tolerance, float(np.max(rounding, initial=0.0)))
    with np.errstate(all="ignore"):
        difference = np.abs(m - a)
        size = np.maximum(np.abs(m), np.abs(a))
        relative = difference / np.where(size == 0, 1, size)
        coarser = min(manual.dtype, automatic.dtype, key=lambda dtype: dtype.itemsize)
        ulps = difference / np.spacing(np.abs(a).astype(coarser)).astype(np.float64)
    of_m, of_a = _length(m), _length(a)
    absolute, where_absolute = _where_largest(difference)
    relative_, where_relative = _where_largest(relative)
    return ParameterReport(
        name,
        automatic.shape,
        manual,
        automatic,
        absolute,
        where_absolute,
        relative_,
        where_relative,
        _where_largest(ulps)[0],
        float(np.sum((m / of_m) * (a / of_a))) if of_m and of_a and finite else math.nan,
        of_m / of_a if of_a and finite else math.nan if of_m or not finite else 1.0,
        float(np.mean(agrees)) if agrees.size else 1.0,
        finite_difference,
        relative_tolerance,
        absolute_tolerance,
        "agrees" if finite and agrees.all() else "differs" if finite else "not finite",
    )


def _length(x: Array) -> float:
    """√Σx², without overflow."""
    most = largest(x)
    return most * float(np.sqrt(np.sum((x / most) ** 2))) if most else 0.0


def _where_largest(x: Array) -> tuple[float, tuple[int, ...] | None]:
    """Find the largest element, NaN before all others, and where it stands."""
    if not x.size:
        return 0.0, None
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(x)), x.shape))
    return float(x[where]), where
