"""Derivatives to many digits, which those of the package are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

__all__ = ["assert_near", "derivatives", "nth_derivative"]


def derivatives(f: Callable[[Any], Any], x: float, *, of_slope: bool = False) -> list[Any]:
    """The first three derivatives of a function of one number, by central differences of a minute step.

    A step of 10⁻⁶⁰ leaves an error of 10⁻¹²⁰, and takes 180 of the digits; very small or large numbers need more.
    With `of_slope` f is the first derivative itself.
    """
    ordinary = x == 0 or 1e-25 < abs(x) < 1e25
    digits, step = (700, 60) if ordinary else (1700, 400)
    with mpmath.workdps(digits):
        z = mpf(x)
        h = mpf(10) ** -step * max(1, abs(z))
        f0, f1, f2, b1, b2 = f(z), f(z + h), f(z + 2 * h), f(z - h), f(z - 2 * h)
        first, second = (f1 - b1) / (2 * h), (f1 - 2 * f0 + b1) / h**2
        return [f0, first, second] if of_slope else [first, second, (f2 - 2 * f1 + 2 * b1 - b2) / (2 * h**3)]


def nth_derivative(f: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    """The derivative of an order of a function that works number by number."""
    import microgradnet as mg

    for _ in range(order):
        f = lambda x, f=f: mg.grad(lambda x: mg.sum(f(x)))(x)
    return f


def assert_near(found: Any, exact: Any, x: Any, order: int, ulps: float, size: float, what: str) -> None:
    """Compare a derivative with the exact one: within units in the last place of it, or of `size` if that is larger.

    Where it, or a factor that x or its powers multiply, is smaller than the normal numbers, digits are lost.
    """
    dtype = np.asarray(found).dtype.type
    with np.errstate(over="ignore"):
        rounded = dtype(float(exact))
    if not np.isfinite(rounded):
        assert found == rounded, f"derivative {order} of {what} at {x}: {found}, and it is {rounded}"
        return
    info = np.finfo(dtype)
    unit = float(np.spacing(dtype(max(abs(float(exact)), size))))
    scale = (1 + abs(float(x))) ** order if abs(x) < 1e4 else 1.0
    lost = 4 * scale * float(info.smallest_subnormal) if abs(float(exact)) < scale * float(info.tiny) else 0.0
    assert np.isfinite(found), f"derivative {order} of {what} at {x}: {found}, and it is {rounded}"
    off = float(abs(mpf(float(found)) - exact))
    assert off <= ulps * unit + lost, (
        f"derivative {order} of {what} at {x}: {found}, and it is {rounded}: {off / unit:.3g} ULP"
    )
