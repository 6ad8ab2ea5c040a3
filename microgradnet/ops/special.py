"""Special functions: the error function, the normal distribution's, the Gaussian, with all digits in their tails.

Near 0 the error function is Cody's rational approximation ("Rational Chebyshev approximations for the error function",
Mathematics of Computation 23, 1969). All else comes of 1 / (e^(x²) erfc x) = √π x + G(x), which has no tail: G falls
from 1 to 0, and one rational approximation, made by Remez's algorithm, does for every x ≥ 0. They are evaluated in
float64; other precisions are rounded from it. Values hold within 5 units in the last place, and those of erf and erfc
within 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.ops.elementwise import _elementwise, piece, where
from microgradnet.record import Array

if TYPE_CHECKING:
    from microgradnet.typed import Unary

_NEAR = 0.46875
"""Below it erf x is the better known, above it erfc x."""

Rational = tuple[Sequence[float], Sequence[float]]
"""The coefficients of numerator and denominator by falling powers."""

# erf(x)/x in x², up to _NEAR.
_ERF: Rational = (
    (
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3,
    ),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
# G(x) = 1 / (e^(x²) erfc x) − √π x for 0 ≤ x ≤ 28, within 10⁻¹⁷ of the whole.
_REST: Rational = (
    (
        0.8862269253878288, 18.773749429035547, 195.5270397320846, 1298.4644906218896, 6025.978172276212,
        20242.132839464404, 49348.95961211174, 84824.23267726641, 94647.81387848781, 53996.63964291185,
    ),
    (
        1.0, 21.183907733929317, 221.62863885623204, 1486.3441653035109, 7018.717443831604, 24274.17489993417,
        62158.37962837145, 116466.57270589391, 153430.02096633654, 129425.68248329888, 53996.63964291185,
    ),
)  # fmt: skip
_SLOPE = math.sqrt(math.pi)


def polynomial(x: Any, coefficients: Sequence[float]) -> Any:
    """Evaluate a polynomial, coefficients by falling powers, by Horner's rule."""
    y: Any = coefficients[0]
    for c in coefficients[1:]:
        y = y * x + c
    return y


def _ratio(x: Array, coefficients: Rational) -> Array:
    over, under = coefficients
    return polynomial(x, over) / polynomial(x, under)


def _falling(xp: Any, x: Array) -> Array:
    """Compute 1 / (e^(x²) erfc x) for x ≥ 0; beyond 28, where erfc x is 0, less than that."""
    x = xp.clip(x, 0.0, 30.0)
    return _SLOPE * x + _ratio(x, _REST)


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
    far = 1 - _gauss(xp, size, 1.0) / _falling(xp, size)
    return xp.where(size <= _NEAR, near, xp.where(x < 0, -far, far))


def _upper(xp: Any, x: Array, c: float) -> Array:
    """Compute erfc(√c·x), c = 1 or 1/2, without the rounding of √c·x where the result falls steeply."""
    above = _gauss(xp, x, c) / _falling(xp, math.sqrt(c) * xp.abs(x))
    return xp.where(x < 0, 2 - above, above)


# --- on NumPy's arrays ---------------------------------------------------------------------------------------

# The same formulas, in place, a block at a time, which stays in the processor's cache (tests/benchmarks/special.py).
# What counts is how often a block is gone through, and that nothing is chosen number by number.

_BLOCK = 16384


def _in_blocks(kernel: Callable[..., Array]) -> Callable[..., Array]:
    """Compute block by block in float64, and round to the input's own floating dtype."""

    @wraps(kernel)
    def on_numpy(x: Array, **static: Any) -> Array:
        x, y = _with_result(x)
        flat, out = x.reshape(-1), y.reshape(-1)
        for i in range(0, flat.size, _BLOCK):
            out[i : i + _BLOCK] = kernel(flat[i : i + _BLOCK].astype(np.float64, copy=False), **static)
        return y if y.ndim else y[()]

    return on_numpy


def _with_result(x: Array) -> tuple[Array, Array]:
    """Return an input as an array, and an empty one of its shape and floating dtype."""
    x = np.asarray(x)
    return x, np.empty(x.shape, x.dtype if x.dtype.kind == "f" else np.float64)


def _rows(count: int, size: int) -> Array:
    """Make memory for so many arrays, which all begin where a line of the cache does."""
    width = -(-size // 8) * 8
    return piece(8 * count * width).view(np.float64).reshape(count, width)[:, :size]


def _into(y: Array, x: Array, coefficients: Sequence[float]) -> None:
    """Evaluate a polynomial as `polynomial` does, in the memory of y."""
    first, second, *rest = coefficients
    if first == 1:
        np.add(x, second, y)
    else:
        np.multiply(x, first, y)
        y += second
    for c in rest:
        y *= x
        y += c


def _quotient(x: Array, coefficients: Rational) -> Array:
    y, under = _rows(2, x.size)
    _into(y, x, coefficients[0])
    _into(under, x, coefficients[1])
    y /= under
    return y


def _falling_on_numpy(x: Array) -> Array:
    y = _quotient(x, _REST)
    y += _SLOPE * x
    return y


def _erf_on_numpy(x: Array) -> Array:
    size = np.abs(x)
    near = np.flatnonzero(size <= _NEAR)
    np.minimum(size, 6.0, out=size)  # beyond, it is 1
    y = _falling_on_numpy(size)
    size *= size
    np.exp(np.negative(size, size), size)
    size /= y
    np.copysign(np.subtract(1.0, size, size), x, y)
    z = x[near]
    y[near] = z * _quotient(z * z, _ERF)
    return y


def _erfc_on_numpy(x: Array) -> Array:
    y = _gauss_on_numpy(x)
    y /= _falling_on_numpy(np.minimum(np.abs(x), 30.0))
    np.copysign(y, x, y)
    y += 2.0 * np.signbit(x)
    return y


def _gauss_on_numpy(x: Array, c: float = 1.0) -> Array:
    """Compute e^(−c·x²) as `_gauss` does; what is rounded to 2⁻²¹ has an exact square too, as no x is above 45."""
    x = np.minimum(np.abs(x), 45.0)
    high = x + _ROUNDING
    high -= _ROUNDING
    rest = high - x
    x += high
    rest *= x
    rest *= c
    high *= high
    high *= -c
    y: Array = np.exp(high, high)
    more = rest * (1 / 6)
    more += 0.5
    more *= rest
    more += 1.0
    more *= rest
    more *= y
    y += more
    return y


_ROUNDING = 1.5 * 2.0**31
"""What is added to it loses the digits below 2⁻²¹."""


# Of the normal distribution, with u = |x|: Φ(−u) = e^(−u²/2) / (√(2π) u + G(u)), with another G.
#
# The rounding of u² costs Φ(−u) units in the last place in proportion to u², so that it is computed with care, as
# above, where it is the result. But for x > 0 it is only what is subtracted, and x is seldom below −2.8. Between, one
# formula without a choice in it does for all numbers, with fewer coefficients: it has to hold to the last digit up to
# 2.8, and from there on to the last digit of 1 − Φ(−u). In the digits of float32 there is no rounding to care for.

_CENTRE: tuple[float, Rational] = (
    -math.sqrt(8),
    (
        (
            2.5069000186732513, 56.008887926097145, 583.3515551659897, 3617.8638392340445, 14343.271920456835,
            34827.04053195794, 46681.09465766327,
        ),
        (
            1.0, 22.348952957479046, 234.62573909192545, 1489.367065667884, 6167.783886043054, 16754.69313681647,
            28043.495851521995, 23340.547328831635,
        ),
    ),
)  # fmt: skip
"""The lowest x, and G(|x|)."""

_CENTRE_OF_FLOAT32: tuple[float, Rational] = (
    -14.5,
    (
        (0.00024740851897062983, 2.4953588079478513, 23.71285591584983, 94.56687578095249, 205.9436166428691),
        (1.0, 9.373214105842223, 40.68176890500044, 94.17973617000685, 102.97180998561555),
    ),
)  # fmt: skip

_SLOPE_OF_NORMAL = math.sqrt(2 * math.pi)


def _of_normal(combine: Callable[..., None], careful: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Compute what is made of Φ: quickly in the centre, carefully below.

    ``combine(out, x, v, u, tail, e)`` is given x, v = x within the centre, u = |v|, Φ(−u), e^(−u²/2); all but x may be
    written to.
    """
    careful = _in_blocks(careful)

    def on_numpy(x: Array) -> Array:
        x, y = _with_result(x)
        lowest, (over, under) = _CENTRE if y.dtype.itemsize > 4 else _CENTRE_OF_FLOAT32
        flat, out = x.reshape(-1), y.reshape(-1)
        memory = _rows(4, min(flat.size, _BLOCK))
        below = []
        for i in range(0, flat.size, _BLOCK):
            part = flat[i : i + _BLOCK]
            v, u, tail, e = memory[:, : part.size]
            below.append(np.flatnonzero(part < lowest) + i)
            np.abs(np.clip(part, lowest, 40.0, out=v), u)
            _into(tail, u, over)
            _into(e, u, under)
            tail /= e
            np.multiply(u, _SLOPE_OF_NORMAL, e)
            tail += e
            np.multiply(u, u, e)
            e *= -0.5
            np.exp(e, e)
            np.divide(e, tail, tail)
            combine(out[i : i + _BLOCK], part, v, u, tail, e)
        if sum(map(len, below)):
            at = np.concatenate(below)
            out[at] = careful(flat[at])
        return y if y.ndim else y[()]

    return on_numpy


def _distribution(out: Array, x: Array, v: Array, u: Array, tail: Array, e: Array) -> None:
    """Φ(x), which is Φ(−u) for x < 0, and 1 − Φ(−u) for x > 0."""
    np.greater(v, 0.0, out=u)
    np.multiply(u, 2.0, v)
    v -= 1.0
    tail *= v
    np.subtract(u, tail, out, casting="same_kind")


def _gelu(out: Array, x: Array, v: Array, u: Array, tail: Array, e: Array) -> None:
    """X Φ(x) = max(x, 0) − u Φ(−u)."""
    tail *= u
    np.subtract(np.maximum(x, 0.0, out=u), tail, out, casting="same_kind")


def _gelu_slope(out: Array, x: Array, v: Array, u: Array, tail: Array, e: Array) -> None:
    """Φ(x) + x e^(−x²/2) / √(2π)."""
    e *= v
    e *= _DENSITY
    _distribution(tail, x, v, u, tail, e)
    np.add(tail, e, out, casting="same_kind")


_DENSITY = 1 / math.sqrt(2 * math.pi)
_LEAST = -60.0
"""Where all is 0: what is below is kept from being infinite."""


def _below(x: Array) -> Array:
    """Compute Φ(x) for x ≤ 0."""
    u = np.minimum(np.abs(x), -_LEAST)
    y = _gauss_on_numpy(u, 0.5)
    y /= _falling_on_numpy(math.sqrt(0.5) * u)
    y *= 0.5
    return y


def _gelu_below(x: Array) -> Array:
    return np.maximum(x, _LEAST) * _below(x)


def _gelu_slope_below(x: Array) -> Array:
    return _below(x) + _DENSITY * np.maximum(x, _LEAST) * _gauss_on_numpy(x, 0.5)


gelu_on_numpy = _of_normal(_gelu, _gelu_below)
gelu_slope_on_numpy = _of_normal(_gelu_slope, _gelu_slope_below)


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
    on_numpy=_in_blocks(_erfc_on_numpy),
    source=_written("erfc", "np.vectorize(math.erfc, otypes=[float])(x)"), latex=r"\operatorname{{erfc}} {0}",
)  # fmt: skip

ndtr: Unary = _elementwise(
    "ndtr",
    [lambda g, y, x: g * (1 / math.sqrt(2 * math.pi)) * gauss(x, c=0.5)],
    "Distribution function of the standard normal distribution, Φ(x) = ½ erfc(−x/√2), with all digits where it is "
    "small.",
    keep="x", forward=_in_float64(lambda xp, x: 0.5 * _upper(xp, -x, 0.5)),
    on_numpy=_of_normal(_distribution, _below),
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
