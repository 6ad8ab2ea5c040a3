"""Special functions: the error function, the normal distribution's, the Gaussian, with all digits in their tails.

The rational approximations are those of W. J. Cody, "Rational Chebyshev approximations for the error function",
Mathematics of Computation 23, 1969. They are evaluated in float64; other precisions are rounded from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.ops.elementwise import _elementwise, where
from microgradnet.record import Array

if TYPE_CHECKING:
    from microgradnet.typed import Unary

_NEAR = 0.46875
"""Below it erf x is the better known, above it e^(x²) erfc x."""

# Numerator and denominator by falling powers. erf(x)/x in x² up to _NEAR; e^(x²) erfc(x) in x up to 4, and from 4 on
# in x⁻²: the rest that it lacks of 1/(√π x).
_ERF = (
    (
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3,
    ),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
        2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
        1.23033935479799725e3,
    ),
    (
        1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ),
)  # fmt: skip
_FAR = (
    (
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ),
    (
        1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)  # fmt: skip


def _ratio(x: Array, coefficients: tuple[Sequence[float], Sequence[float]]) -> Array:
    """Evaluate a rational function by Horner's rule."""
    over, under = coefficients
    p, q = over[0], under[0]
    for a, b in zip(over[1:], under[1:], strict=True):
        p, q = p * x + a, q * x + b
    return p / q


def _scaled(xp: Any, x: Array) -> Array:
    """Compute e^(x²) erfc(x) for x ≥ _NEAR."""
    middle = _ratio(xp.clip(x, _NEAR, 4.0), _MIDDLE)
    x = xp.clip(x, 4.0, 1e100)
    inverse = 1 / (x * x)
    far = (1 / math.sqrt(math.pi) - inverse * _ratio(inverse, _FAR)) / x
    return xp.where(x > 4.0, far, middle)


def _gauss(xp: Any, x: Array, c: float) -> Array:
    """Compute e^(−c·x²), c a power of two, with x² in two parts: rounded to one it would cost x²·c digits' worth."""
    x = xp.clip(xp.abs(x), 0.0, 60.0)  # beyond, it is 0
    shifted = 134217729.0 * x  # 2²⁷ + 1: the upper half of the digits, whose square is exact (Veltkamp, Dekker)
    high = shifted - (shifted - x)
    y = xp.exp(-c * high * high)
    rest = c * (high - x) * (high + x)  # below 10⁻⁴, and e to it is 1 + rest + rest²/2 + rest³/6
    return y + y * rest * (1 + rest * (0.5 + rest / 6))


def _in_float64(compute: Callable[..., Array]) -> Callable[..., Array]:
    """Compute in float64, and round to the input's own floating dtype."""

    @wraps(compute)
    def forward(xp: Any, x: Array, **static: Any) -> Array:
        x = xp.asarray(x)
        dtype = x.dtype if xp.isdtype(x.dtype, "real floating") else xp.float64
        y = xp.astype(compute(xp, xp.astype(x, xp.float64), **static), dtype)
        return y if y.ndim else y[()]

    return forward


@_in_float64
def _erf(xp: Any, x: Array) -> Array:
    size = xp.abs(x)
    near = x * _ratio(xp.clip(size, 0.0, _NEAR) ** 2, _ERF)
    far = 1 - _gauss(xp, size, 1.0) * _scaled(xp, size)
    return xp.where(size <= _NEAR, near, xp.where(x < 0, -far, far))


def _upper(xp: Any, x: Array, c: float) -> Array:
    """Compute erfc(√c·x), c = 1 or 1/2, without the rounding of √c·x where the result falls steeply."""
    t = math.sqrt(c) * x
    size = xp.abs(t)
    near = 1 - t * _ratio(xp.clip(size, 0.0, _NEAR) ** 2, _ERF)
    far = _gauss(xp, x, c) * _scaled(xp, size)
    return xp.where(size <= _NEAR, near, xp.where(t < 0, 2 - far, far))


# --- on NumPy's arrays ---------------------------------------------------------------------------------------

# The same formulas, each on the numbers that it is for, a block at a time, which stays in the processor's cache: with
# whole arrays, and all formulas on all numbers, they take 2 to 5 times as long (tests/benchmarks/special.py).

_BLOCK = 8192


def _in_blocks(kernel: Callable[..., Array]) -> Callable[..., Array]:
    """Compute block by block in float64, and round to the input's own floating dtype."""

    @wraps(kernel)
    def on_numpy(x: Array, **static: Any) -> Array:
        x = np.asarray(x)
        flat = x.reshape(-1)
        y = np.empty(x.shape, x.dtype if x.dtype.kind == "f" else np.float64)
        out = y.reshape(-1)
        for i in range(0, flat.size, _BLOCK):
            out[i : i + _BLOCK] = kernel(flat[i : i + _BLOCK].astype(np.float64, copy=False), **static)
        return y if y.ndim else y[()]

    return on_numpy


def _quotient(x: Array, coefficients: tuple[Sequence[float], Sequence[float]]) -> Array:
    """Evaluate a rational function by Horner's rule, in place."""
    over, under = coefficients
    p, q = x * over[0], x * under[0]
    for a, b in zip(over[1:-1], under[1:-1], strict=True):
        p += a
        p *= x
        q += b
        q *= x
    p += over[-1]
    q += under[-1]
    p /= q
    return p


def _erf_on_numpy(x: Array) -> Array:
    size = np.abs(x)
    near = np.flatnonzero(size <= _NEAR)
    np.minimum(size, 6.0, out=size)  # beyond, it is 1
    y = _quotient(size, _MIDDLE)
    size *= size
    y *= np.exp(np.negative(size, size), size)
    np.copysign(np.subtract(1.0, y, y), x, y)
    z = x[near]
    y[near] = z * _quotient(z * z, _ERF)
    return y


def _scaled_on_numpy(size: Array) -> Array:
    y = _quotient(np.minimum(size, 4.0), _MIDDLE)
    beyond = np.flatnonzero(size > 4.0)
    if beyond.size:
        x = np.minimum(size[beyond], 1e100)
        inverse = 1 / (x * x)
        y[beyond] = (1 / math.sqrt(math.pi) - inverse * _quotient(inverse, _FAR)) / x
    return y


def _upper_on_numpy(x: Array, c: float) -> Array:
    t = math.sqrt(c) * x
    size = np.abs(t)
    near = np.flatnonzero(size <= _NEAR)
    y = _gauss_on_numpy(x, c)
    y *= _scaled_on_numpy(size)
    np.copyto(y, 2 - y, where=t < 0)
    z = t[near]
    y[near] = 1 - z * _quotient(z * z, _ERF)
    return y


def _gauss_on_numpy(x: Array, c: float = 1.0) -> Array:
    """Compute e^(−c·x²) with x² in two parts, as Cody has it: of x in sixteenths, and the rest."""
    x = np.minimum(np.abs(x), 60.0)
    high = 16.0 * x
    np.rint(high, high)
    high *= 1 / 16
    rest = x - high
    x += high
    rest *= x
    rest *= -c
    high *= high
    high *= -c
    y: Array = np.exp(high, high)
    y *= np.exp(rest, rest)
    return y


def _written(name: str, expression: str) -> str:
    """Write a function with Python's own error functions: NumPy has none."""
    return f"""
def {name}(x):
    import math

    return np.asarray({expression}, x.dtype)[()]
{name}({{0}})"""


erf: Unary = _elementwise(
    "erf",
    [lambda g, y, x: g * (2 / math.sqrt(math.pi)) * gauss(x)],
    "Error function 2/√π ∫₀ˣ e^(−t²) dt.",
    keep="x", forward=_erf, on_numpy=_in_blocks(_erf_on_numpy),
    source=_written("erf", "np.vectorize(math.erf, otypes=[float])(x)"), latex=r"\operatorname{{erf}} {0}",
)  # fmt: skip

erfc: Unary = _elementwise(
    "erfc",
    [lambda g, y, x: g * (-2 / math.sqrt(math.pi)) * gauss(x)],
    "Complementary error function 1 − erf x, with all digits where it is small.",
    keep="x", forward=_in_float64(lambda xp, x: _upper(xp, x, 1.0)),
    on_numpy=_in_blocks(lambda x: _upper_on_numpy(x, 1.0)),
    source=_written("erfc", "np.vectorize(math.erfc, otypes=[float])(x)"), latex=r"\operatorname{{erfc}} {0}",
)  # fmt: skip

ndtr: Unary = _elementwise(
    "ndtr",
    [lambda g, y, x: g * (1 / math.sqrt(2 * math.pi)) * gauss(x, c=0.5)],
    "Distribution function of the standard normal distribution, Φ(x) = ½ erfc(−x/√2), with all digits where it is "
    "small.",
    keep="x", forward=_in_float64(lambda xp, x: 0.5 * _upper(xp, -x, 0.5)),
    on_numpy=_in_blocks(lambda x: 0.5 * _upper_on_numpy(-x, 0.5)),
    source=_written("ndtr", "0.5 * np.vectorize(math.erfc, otypes=[float])(-x / math.sqrt(2))"),
    latex=r"\Phi({0})", symbol="Φ",
)  # fmt: skip

gauss: Unary[...] = _elementwise(
    "gauss",
    [lambda g, y, x, c: g * (-2 * c) * (where(y == 0, 0, x) * y)],  # at ∞, too, it is 0
    "e^(−c·x²) for c a power of two, the static argument, with all digits where it is small.",
    forward=_in_float64(lambda xp, x, c=1.0: _gauss(xp, x, c)), on_numpy=_in_blocks(_gauss_on_numpy),
    source="np.exp(-{c!r} * {0}**2)", latex="e^{{-{c} {0}^2}}",
)  # fmt: skip
