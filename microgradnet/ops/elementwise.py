"""Elementwise mathematics: computed number by number, the arguments broadcast against each other.

One paragraph per operation: its value, one VJP per input, how it is written, and the rule at its kinks. A
VJP gets the cotangent g, the output y and the inputs. The reverse pass sums over broadcast axes, so no VJP
mentions broadcasting.

The derivatives of orders 1 to 3 hold within 4 units in the last place, in float64 and float32, from the subnormal
numbers to the infinite ones; what misses that has its bound where it is declared, `ulps`. Where terms of unlike signs
meet, near a zero of a derivative, the bound is one of the terms. Exact zeros and limits at infinity are exact.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from microgradnet.record import VJP, Array, Recorded, is_number, mirrors, primitive, undispatched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Binary, DType, Input, Tensor, Ternary, Unary

INFINITY = math.inf

_STOPS = "The derivative is zero wherever it exists, so the result is a constant: gradients stop here."
_ARGUMENTS = {
    1: "x : array_like or Tensor\n    Of any shape.",
    2: "a, b : array_like or Tensor\n    Broadcast against each other.",
    3: "condition, a, b : array_like or Tensor\n    Broadcast against each other.",
}

ULPS: dict[str, tuple[int, int, int]] = {}
"""By operation, where 4 do not do: the units in the last place within which the derivatives of orders 1 to 3 hold."""


_LINE = 64
"""Bytes of a line of the cache."""


def piece(size: int) -> Any:
    """Make a piece of memory, so many bytes, that begins where a line of the cache does: ufuncs are quicker there."""
    memory = np.empty(size + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    return memory[start : start + size]


def _elementwise(
    name: str,
    vjps: Sequence[VJP | None],
    summary: str,
    *,
    forward: str | Callable[..., Array] | None = None,
    source: str | None = None,
    ulps: tuple[int, int, int] | None = None,
    **known: Any,
) -> Any:
    """Declare an elementwise operation, named and documented in the one way they all are."""
    arity = len(vjps)
    if ulps is not None:
        ULPS[name] = ulps
        first, second, third = ulps
        summary += f"\n\nThe first three derivatives hold within {first}, {second} and {third} units in the last place."
    arguments = ", ".join(f"{{{i}}}" for i in range(arity))
    stops = "" if any(vjps) else f"\n    {_STOPS}"
    doc = f"""{summary}

Parameters
----------
{_ARGUMENTS[arity]}

Returns
-------
Tensor, or array if no argument is a Tensor
    Of the broadcast shape, NumPy's dtype.{stops}
"""
    by: Any = forward or name
    return primitive(
        by,
        vjps,
        name=name,
        numpy=getattr(np, name, None),
        source=source or f"np.{name}({arguments})",
        structure="elementwise",
        doc=doc,
        **known,
    )


# --- arithmetic --------------------------------------------------------------------------------------

add: Binary = _elementwise(
    "add",
    [lambda g, y, a, b: g, lambda g, y, a, b: g],
    "Sum a + b.",
    keep="", on_numpy=operator.add, source="({0} + {1})", latex="{0} + {1}", symbol="+",
)  # fmt: skip

subtract: Binary = _elementwise(
    "subtract",
    [lambda g, y, a, b: g, lambda g, y, a, b: -g],
    "Difference a − b.",
    keep="", on_numpy=operator.sub, source="({0} - {1})", latex="{0} - {1}", symbol="−",
)  # fmt: skip

multiply: Binary = _elementwise(
    "multiply",
    [lambda g, y, a, b: g * b, lambda g, y, a, b: g * a],
    "Product a·b, elementwise.",
    keep="a b", on_numpy=operator.mul, source="({0} * {1})", latex=r"{0} \odot {1}", symbol="⊙",
)  # fmt: skip

divide: Binary = _elementwise(
    "divide",
    [lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b],
    "Quotient a / b.",
    keep="y b", on_numpy=operator.truediv, source="({0} / {1})", latex=r"\frac{{{0}}}{{{1}}}", symbol="/",
)  # fmt: skip

floor_divide: Binary = _elementwise(
    "floor_divide",
    [None, None],
    "Quotient rounded towards −∞, ⌊a / b⌋.",
    source="({0} // {1})", latex=r"\left\lfloor {0} / {1} \right\rfloor", text="⌊{0} / {1}⌋", symbol="⌊/⌋",
)  # fmt: skip

remainder: Binary = _elementwise(
    "remainder",
    [lambda g, y, a, b: g, lambda g, y, a, b: -g * floor_divide(a, b)],
    "Remainder a − b⌊a / b⌋, with the sign of b. At its jumps the derivative is that of the pieces.",
    keep="a b", source="({0} % {1})", text="{0} mod {1}", latex=r"{0} \bmod {1}", symbol="mod",
)  # fmt: skip

negative: Unary = _elementwise(
    "negative",
    [lambda g, y, x: -g],
    "Negation −x.",
    keep="", on_numpy=operator.neg, source="(-{0})", latex="-{0}", symbol="−",
)  # fmt: skip

positive: Unary = _elementwise(
    "positive",
    [lambda g, y, x: g],
    "The number itself, +x.",
    keep="", source="(+{0})", text="{0}", latex="{0}", symbol="+",
)  # fmt: skip

reciprocal: Unary = _elementwise(
    "reciprocal",
    [lambda g, y, x: -g * y * y],
    "Reciprocal 1 / x.",
    keep="y", forward=lambda xp, x: 1 / x, on_numpy=np.reciprocal, text="1 / {0}",
    latex=r"\frac{{1}}{{{0}}}", symbol="1/·",
)  # fmt: skip

square: Unary = _elementwise(
    "square",
    [lambda g, y, x: g * (x + x)],
    "Square x².",
    keep="x", latex="{{{0}}}^2", symbol="·²",
)  # fmt: skip

sqrt: Unary = _elementwise(
    "sqrt",
    [lambda g, y, x: g / (y + y)],
    "Square root √x; the derivative at 0 is +∞.",
    keep="y", latex=r"\sqrt{{{0}}}", symbol="√", ulps=(4, 4, 6),
)  # fmt: skip

cbrt: Unary = _elementwise(
    "cbrt",
    [lambda g, y, x: g / y / y / 3],  # the derivatives of y·y would be 0 where its reciprocal still counts
    "Cube root ∛x; the derivative at 0 is +∞.",
    keep="y", forward=lambda xp, x: xp.sign(x) * xp.abs(x) ** (1 / 3), on_numpy=np.cbrt,
    latex=r"\sqrt[3]{{{0}}}", symbol="∛", ulps=(4, 8, 16),
)  # fmt: skip


def _power_base(g: Any, y: Any, x: Any, p: Any) -> Any:
    """d/dx xᵖ = p·xᵖ⁻¹, and 0 for p = 0, at x = 0 and ∞ too."""
    if isinstance(p, (int, float)):  # half the time of int | float
        if p == 2:
            return g * (x + x)
        return where(False, g, 0) if p == 0 else g * (p * x ** (p - 1))
    p = _in_dtype_of(y, p)
    return g * p * where((x == 0) & (p == 0), 1, x) ** (p - 1)


def _power_exponent(g: Any, y: Any, x: Any, p: Any) -> Any:
    """d/dp xᵖ = xᵖ·log x, and 0 where x = 0, and where x = ∞ and xᵖ = 0."""
    if isinstance(x, int | float) and x < math.inf:
        return g * y * (math.log(x) if x > 0 else 0.0 if x == 0 else math.nan)
    return g * y * log(where((x == 0) | ((x > 0) & (y == 0)), 1, _in_dtype_of(y, x)))


def _in_dtype_of(y: Any, x: Any) -> Any:
    """Convert an operand of a smaller dtype to the result's: NumPy takes the logarithm of 8-bit integers in float16."""
    return x if getattr(x, "dtype", y.dtype) == y.dtype else astype(x, y.dtype)


power: Binary = _elementwise(
    "power",
    [_power_base, _power_exponent],
    "Power aᵇ. The derivative in a is 0 where b = 0; the derivative in b is 0 where a = 0, and NaN where a < 0.",
    forward="pow", on_numpy=operator.pow, source="({0} ** {1})", text="{0}^{1}", latex="{{{0}}}^{{{1}}}",
    symbol="xʸ",
)  # fmt: skip

# --- exponentials and logarithms ---------------------------------------------------------------------

exp: Unary = _elementwise(
    "exp",
    [lambda g, y, x: g * y],
    "Exponential eˣ.",
    keep="y", latex="e^{{{0}}}", symbol="exp",
)  # fmt: skip

exp2: Unary = _elementwise(
    "exp2",
    [lambda g, y, x: g * y * math.log(2)],
    "Power of two, 2ˣ.",
    keep="y", forward=lambda xp, x: 2**x, on_numpy=np.exp2, text="2^{0}",
    latex="2^{{{0}}}", symbol="2ˣ",
)  # fmt: skip

expm1: Unary = _elementwise(
    "expm1",
    [lambda g, y, x: g * exp(x)],  # y + 1 would lose all digits for large negative x
    "eˣ − 1, exact near 0.",
    keep="x", text="exp({0}) − 1", latex="e^{{{0}}} - 1", symbol="eˣ−1",
)  # fmt: skip

log: Unary = _elementwise(
    "log",
    [lambda g, y, x: g / x],
    "Natural logarithm log x.",
    keep="x", latex=r"\log {0}", symbol="log",
)  # fmt: skip

log2: Unary = _elementwise(
    "log2",
    [lambda g, y, x: g * (1 / math.log(2)) / x],
    "Logarithm to base 2.",
    keep="x", latex=r"\log_2 {0}", symbol="log₂",
)  # fmt: skip

log10: Unary = _elementwise(
    "log10",
    [lambda g, y, x: g * (1 / math.log(10)) / x],
    "Logarithm to base 10.",
    keep="x", latex=r"\log_{{10}} {0}", symbol="log₁₀",
)  # fmt: skip

log1p: Unary = _elementwise(
    "log1p",
    [lambda g, y, x: g / (1 + x)],
    "log(1 + x), exact near 0.",
    keep="x", text="log(1 + {0})", latex=r"\log(1 + {0})", symbol="log(1+·)",
)  # fmt: skip

logaddexp: Binary = _elementwise(
    "logaddexp",
    [lambda g, y, a, b: g * logistic(_difference(a, b)), lambda g, y, a, b: g * logistic(_difference(b, a))],
    "log(eᵃ + eᵇ), without overflow; equal infinities share the gradient equally.\n\nThe rounding of a − b costs its "
    "derivatives ``|a − b|`` units in the last place more.",
    keep="a b", text="log(exp({0}) + exp({1}))", latex=r"\log(e^{{{0}}} + e^{{{1}}})", symbol="log(eᵃ+eᵇ)",
)  # fmt: skip

# --- circular and hyperbolic functions ---------------------------------------------------------------

sin: Unary = _elementwise("sin", [lambda g, y, x: g * cos(x)], "Sine, x in radians.", keep="x", latex=r"\sin {0}")
cos: Unary = _elementwise("cos", [lambda g, y, x: -g * sin(x)], "Cosine, x in radians.", keep="x", latex=r"\cos {0}")
tan: Unary = _elementwise(
    "tan", [lambda g, y, x: g * (1 + y * y)], "Tangent, x in radians.", keep="y", latex=r"\tan {0}"
)
arcsin: Unary = _elementwise(
    "arcsin",
    [lambda g, y, x: g / sqrt(one_minus_square(x))],
    "Inverse sine in radians, −1 ≤ x ≤ 1; the derivative at ±1 is +∞.",
    keep="x", forward="asin", latex=r"\arcsin {0}",
)  # fmt: skip
arccos: Unary = _elementwise(
    "arccos",
    [lambda g, y, x: -g / sqrt(one_minus_square(x))],
    "Inverse cosine in radians, −1 ≤ x ≤ 1; the derivative at ±1 is −∞.",
    keep="x", forward="acos", latex=r"\arccos {0}",
)  # fmt: skip
arctan: Unary = _elementwise(
    "arctan",
    [lambda g, y, x: g * lorentzian(x)],
    "Inverse tangent in radians.",
    keep="x",
    forward="atan",
    latex=r"\arctan {0}",
    ulps=(4, 4, 8),
)


def _per_square(a: Any, b: Any) -> Any:
    """Divide a by a² + b² without overflow; 0 at the origin."""
    r = hypot(a, b)
    return _per_length(_direction(a, b, r), r)


arctan2: Binary = _elementwise(
    "arctan2",
    [lambda g, y, a, b: g * _per_square(b, a), lambda g, y, a, b: -g * _per_square(a, b)],
    "Angle of the point (b, a) in radians; at the origin the derivatives are taken as 0.",
    keep="a b", forward="atan2", latex=r"\operatorname{{atan2}}({0}, {1})", ulps=(4, 4, 10),
)  # fmt: skip
hypot: Binary = _elementwise(
    "hypot",
    [lambda g, y, a, b: g * _direction(a, b, y), lambda g, y, a, b: g * _direction(b, a, y)],
    "Length √(a² + b²) without overflow; at the origin, a kink, the subgradient 0 is taken, and there is no second "
    "derivative: it is NaN.",
    latex=r"\sqrt{{{{{0}}}^2 + {{{1}}}^2}}",
)  # fmt: skip
sinh: Unary = _elementwise("sinh", [lambda g, y, x: g * cosh(x)], "Hyperbolic sine.", keep="x", latex=r"\sinh {0}")
cosh: Unary = _elementwise("cosh", [lambda g, y, x: g * sinh(x)], "Hyperbolic cosine.", keep="x", latex=r"\cosh {0}")
tanh: Unary = _elementwise(
    "tanh",
    [lambda g, y, x: g * (1 - y * y)],
    "Hyperbolic tangent. Its derivatives, made of 1 − y², hold to units in the last place of 1: from ``|x|`` = 19 on "
    "they are 0.",
    keep="y", latex=r"\tanh {0}",
)  # fmt: skip
arcsinh: Unary = _elementwise(
    "arcsinh",
    [lambda g, y, x: g / hypot(x, 1.0)],
    "Inverse hyperbolic sine.",
    keep="x", forward="asinh", latex=r"\operatorname{{arsinh}} {0}", ulps=(4, 4, 6),
)  # fmt: skip
arccosh: Unary = _elementwise(
    "arccosh",
    [lambda g, y, x: g / sqrt(x - 1) / sqrt(x + 1)],
    "Inverse hyperbolic cosine, x ≥ 1; the derivative at 1 is +∞.",
    keep="x", forward="acosh", latex=r"\operatorname{{arcosh}} {0}",
)  # fmt: skip
arctanh: Unary = _elementwise(
    "arctanh",
    [lambda g, y, x: g / one_minus_square(x)],
    "Inverse hyperbolic tangent, −1 < x < 1.",
    keep="x", forward="atanh", latex=r"\operatorname{{artanh}} {0}",
)  # fmt: skip

# --- sigmoid, softplus, relu -------------------------------------------------------------------------

# By dtype: the highest x whose eˣ doesn't overflow, and one. A 0-d array of one adds in 0.27 us where the number 1
# takes 0.5; and `argmin` and `item` find the lowest x in 0.3 us where `min` takes 1.0 (4 x 4, float64). Of many
# numbers NumPy tells by a flag of the processor's whether one does, in no pass of its own: 1797 x 64 take 0.93 of the
# time.
_IN_RANGE = {
    np.dtype(dtype).num: (highest, np.ones((), dtype))
    for dtype, highest in ((np.float16, 11.0), (np.float32, 88.0), (np.float64, 709.0))
}


def _sigmoid(xp: Any, x: Array) -> Array:
    """1 / (1 + e⁻ˣ) = e^min(x, 0) / (1 + e^−|x|), where nothing overflows and nothing cancels."""
    if xp.isdtype(x.dtype, "complex floating"):
        return 1 / (1 + xp.exp(-x))
    if not xp.isdtype(x.dtype, "real floating"):
        x = xp.astype(x, xp.float64)
    return xp.exp(xp.minimum(x, xp.zeros_like(x))) / (1 + xp.exp(-xp.abs(x)))


# Found once: `np.exp` takes 0.03 us to look up, since the module of NumPy's has a `__getattr__`.
_ndarray = np.ndarray
_np_add, _np_divide, _np_exp = np.add, np.divide, np.exp
_np_multiply, _np_negative, _np_subtract = np.multiply, np.negative, np.subtract

_MANY = 8192
"""From how many numbers on a look at each takes longer than to ask NumPy for an error."""


def _sigmoid_on_numpy(x: Array) -> Array:
    """Compute 1 / (1 + e⁻ˣ) as the textbook has it, in place, where that can't overflow.

    Of many numbers eˣ / (1 + eˣ), a pass over memory less, in 0.9 of the time.
    """
    if type(x) is _ndarray and x.ndim and (known := _IN_RANGE.get(x.dtype.num)) and x.size:
        highest, one = known
        if x.size > _MANY:
            with suppress(FloatingPointError), np.errstate(over="raise", invalid="raise"):  # ∞ / ∞ is invalid
                e = _np_exp(x)
                return _np_divide(e, _np_add(e, one), e)
        elif x.item(x.argmin()) > -highest:
            e = _np_negative(x)
            _np_exp(e, e)
            _np_add(e, one, e)
            return _np_divide(one, e, e)
    elif type(x) is np.float64 and x > -709.0:
        return 1.0 / (1.0 + np.exp(-x))
    return _sigmoid(np, np.asarray(x))[()]


def _sigmoid_vjp_on_numpy(g: Array, y: Array) -> Array:
    """Compute g·y(1 − y) in one new array (measured on 1797 x 64: with three it takes up to 10 times as long)."""
    if type(y) is _ndarray and y.ndim and (known := _IN_RANGE.get(y.dtype.num)) and g.dtype is y.dtype:
        e = _np_subtract(known[1], y)
        _np_multiply(y, e, e)
        return _np_multiply(g, e, e) if g.shape == e.shape else g * e
    return g * (y * (1.0 - y))


_sigmoid_vjp: Binary = _elementwise(
    "sigmoid_vjp",
    [lambda u, z, g, y: _sigmoid_vjp(u, y), lambda u, z, g, y: u * g * (1.0 - 2.0 * y)],
    "g ⊙ σ′, the derivative of the sigmoid written with its value y: σ′ = y(1 − y).",
    forward=lambda xp, g, y: g * (y * (1.0 - y)), on_numpy=_sigmoid_vjp_on_numpy, keep="g y",
    source="{0} * ({1} * (1 - {1}))", text="{0} ⊙ {1} ⊙ (1 − {1})",
    latex=r"{0} \odot {1} \odot (1 - {1})", symbol="⊙ σ′",
)  # fmt: skip

sigmoid: Unary = _elementwise(
    "sigmoid",
    [lambda g, y, x: _sigmoid_vjp(g, y)],
    "Logistic sigmoid σ(x) = 1 / (1 + e⁻ˣ), stable for every finite x. Its derivatives, made of y(1 − y), hold to "
    "units in the last place of 1/4: from x = 37 on they are 0.",
    keep="y", forward=_sigmoid, on_numpy=_sigmoid_on_numpy,
    source="1 / (1 + np.exp(-{0}))", latex=r"\sigma({0})", symbol="σ",
)  # fmt: skip


# What other derivatives are made of: operations whose own derivatives hold where those of a formula would cancel.


def _logistic_density(xp: Any, x: Array) -> Array:
    e = xp.exp(-xp.abs(x))
    return e / ((1 + e) * (1 + e))


def _logistic_density_on_numpy(x: Array) -> Array:
    """Compute the same in two new arrays."""
    if type(x) is not np.ndarray or not x.ndim or not (known := _IN_RANGE.get(x.dtype.num)):
        return _logistic_density(np, x)
    e = np.abs(x)
    np.exp(np.negative(e, e), e)
    square = np.add(e, known[1])
    np.multiply(square, square, square)
    return np.divide(e, square, e)


logistic_density: Unary = _elementwise(
    "logistic_density",
    [lambda g, y, x: -g * y * tanh(0.5 * x)],
    "σ(x)·σ(−x), the derivative of the sigmoid with all digits where it is small.",
    keep="y x", forward=_logistic_density, on_numpy=_logistic_density_on_numpy,
    source="np.exp(-np.abs({0})) / (1 + np.exp(-np.abs({0}))) ** 2", latex=r"\sigma({0}) \, \sigma(-{0})",
    symbol="σ′",
    ulps=(4, 4, 12),
)  # fmt: skip

logistic: Unary = _elementwise(
    "logistic",
    [lambda g, y, x: g * logistic_density(x)],
    "The sigmoid σ(x), with derivatives computed from x: they have all digits where they are small.",
    keep="x", forward=_sigmoid, on_numpy=_sigmoid_on_numpy,
    source="1 / (1 + np.exp(-{0}))", latex=r"\sigma({0})", symbol="σ",
)  # fmt: skip

one_minus_square: Unary = _elementwise(
    "one_minus_square",
    [lambda g, y, x: g * (-2.0 * x)],
    "1 − x², exact near ±1.",
    keep="x", forward=lambda xp, x: (1 - x) * (1 + x), source="((1 - {0}) * (1 + {0}))", text="1 − {0}²",
    latex="1 - {{{0}}}^2",
)  # fmt: skip

_quiet = np.errstate(over="ignore", divide="ignore", invalid="ignore")


@_quiet
def _lorentzian(xp: Any, x: Array) -> Array:
    r = xp.hypot(x, xp.ones_like(x))
    return 1 / r / r


def moderate(x: Array) -> Any:
    """Whether the sum of all squares is finite: 0.3 us where `isfinite` and `all` take 2 (4 x 4, float64)."""
    return np.vdot(x, x) < INFINITY


def _lorentzian_on_numpy(x: Array) -> Array:
    if not moderate(x):
        return _lorentzian(np, np.asarray(x))[()]  # x² is infinite, but 1/x² may be a number
    if type(x) is np.ndarray and x.ndim and (known := _IN_RANGE.get(x.dtype.num)):
        y = np.multiply(x, x)
        np.add(y, known[1], y)
        return np.divide(known[1], y, y)
    return 1 / (1 + x * x)


lorentzian: Unary = _elementwise(
    "lorentzian",
    [lambda g, y, x: g * -2.0 * (where(y == 0, 0, x) * y) * y],
    "1 / (1 + x²), without overflow.",
    keep="y x", forward=_lorentzian, on_numpy=_lorentzian_on_numpy,
    source="1 / (1 + {0} * {0})", text="1 / (1 + {0}²)", latex=r"\frac{{1}}{{1 + {{{0}}}^2}}", ulps=(4, 8, 12),
)  # fmt: skip


@_quiet
def _over_length(xp: Any, a: Array, r: Array) -> Array:
    endless = xp.isinf(r)
    odd = endless | (r == 0)
    ratio = a / xp.where(odd, xp.ones_like(r), r)
    return xp.where(odd, xp.where(endless & xp.isinf(ratio), xp.sign(ratio), xp.zeros_like(ratio)), ratio)


def _over_length_on_numpy(a: Array, r: Array) -> Array:
    if type(r) is np.ndarray:
        usual = r.size > 0 and r.item(r.argmin()) > 0 and r.item(r.argmax()) < INFINITY
    else:
        usual = 0 < r < INFINITY
    return a / r if usual else _over_length(np, a, r)[()]


_per_length: Binary = _elementwise(
    "per_length",
    [lambda g, y, a, r: g / r, lambda g, y, a, r: -g * y / r],
    "a / r, where r is a length that a is part of: 0 where r = 0, where a direction has no derivative.",
    keep="y r", forward=lambda xp, a, r: _over_length_on_numpy(a, r) if xp is np else _over_length(xp, a, r),
    source="({0} / np.where({1} == 0, 1, {1}))", text="{0} / {1}", latex=r"\frac{{{0}}}{{{1}}}",
)  # fmt: skip


def _over_third(xp: Any, a: Array, b: Array, r: Array) -> Array:
    return _over_length_on_numpy(a, r) if xp is np else _over_length(xp, a, r)


_direction: Callable[..., Any] = primitive(
    _over_third,
    [
        lambda g, y, a, b, r: g * square(_direction(b, a, r)) / r,
        lambda g, y, a, b, r: -g * y * _direction(b, a, r) / r,
        None,
    ],
    name="direction", structure="elementwise", source="({0} / np.where({2} == 0, 1, {2}))", text="{0} / {2}",
    latex=r"\frac{{{0}}}{{{2}}}",
    doc="a / r with the length r = √(a² + b²), of which the derivatives know: 1 − a²/r² would cancel in b²/r².",
)  # fmt: skip


@_quiet
def _without_nan(xp: Any, a: Array, b: Array) -> Array:
    d = a - b
    return xp.where(a == b, xp.zeros_like(d), d)


def _difference_on_numpy(a: Array, b: Array) -> Array:
    return a - b if moderate(a) or moderate(b) else _without_nan(np, a, b)[()]


_difference: Binary = _elementwise(
    "difference",
    [lambda g, y, a, b: g, lambda g, y, a, b: -g],
    "a − b, and 0 for equal infinities.",
    keep="", forward=_without_nan, on_numpy=_difference_on_numpy,
    source="np.where({0} == {1}, 0, {0} - {1})", text="{0} − {1}", latex="{0} - {1}",
)  # fmt: skip


def _softplus(xp: Any, x: Array) -> Array:
    """max(x, 0) + log(1 + e^−|x|); NumPy's logaddexp warns of NaN."""
    x = xp.asarray(x)
    if not xp.isdtype(x.dtype, "real floating"):
        x = xp.astype(x, xp.float64)
    return xp.maximum(x, xp.zeros_like(x)) + xp.log1p(xp.exp(-xp.abs(x)))


softplus: Unary = _elementwise(
    "softplus",
    [lambda g, y, x: g * logistic(x)],
    "log(1 + eˣ), stable for every finite x.",
    keep="x", forward=_softplus, on_numpy=partial(_softplus, np),
    source="np.logaddexp({0}, 0.0)", latex=r"\log(1 + e^{{{0}}})",
)  # fmt: skip

# --- kinks: choosing between numbers -----------------------------------------------------------------

# The convention that holds here is stated in docs/limits.md, under "Kinks".

# By dtype: the integer of as many bits, and zero: a 0-d array is compared in 0.3 us where the number 0 takes 0.5.
_BITS = {np.dtype(f"f{size}").num: (np.dtype(f"i{size}"), np.zeros((), f"f{size}")) for size in (2, 4, 8)}
_NO_BITS = None, 0

SMALL = 512
"""Of so few numbers `np.where` takes less time than looking at them as integers."""


def _masked_on_numpy(g: Array, condition: Array) -> Array:
    """Choose g or 0. Of many numbers, by their bits: as an integer, a number times true or false is itself or 0.

    On 10000 x 128 at random that takes 0.8 of the time of ``g * condition``, which `np.where` takes 3 to 7 times.
    """
    bits, zero = _BITS.get(g.dtype.num, _NO_BITS)
    if type(condition) is np.ndarray and condition.ndim:
        if condition.size <= SMALL or not bits or condition.dtype.num:
            return np.where(condition, g, zero)
        shape = g.shape if g.shape == condition.shape else np.broadcast(g, condition).shape
        whole: Array = np.empty_like(condition, g.dtype, shape=shape)
        np.multiply(g.view(bits), condition, whole.view(bits))
        return whole  # no view, for a view would be copied when it is handed out
    if type(g) is np.ndarray:
        return np.where(condition, g, zero)
    return g if condition else g.dtype.type(0)


masked: Binary = _elementwise(
    "masked",
    [lambda u, z, g, condition: masked(u, condition), None],
    "g where the condition holds, 0 elsewhere, whatever g is there: the VJP of what chooses.",
    forward=lambda xp, g, condition: xp.where(condition, g, xp.zeros_like(g)), on_numpy=_masked_on_numpy,
    keep="condition", source="np.where({1}, {0}, 0)", text="{0} ⊙ {1}", latex=r"{0} \odot {1}", symbol="⊙",
)  # fmt: skip


def _relu_on_numpy(x: Array) -> Array:
    y: Array = np.maximum(x, _BITS.get(x.dtype.num, _NO_BITS)[1] if hasattr(x, "dtype") else 0)
    return y


relu: Unary = _elementwise(
    "relu",
    [lambda g, y, x: masked(g, x > 0)],
    "Rectifier max(x, 0); at the kink, x = 0, the subgradient 0 is taken.",
    keep="x", forward=lambda xp, x: xp.maximum(x, xp.zeros_like(x)), on_numpy=_relu_on_numpy,
    source="np.maximum({0}, 0)", latex=r"\max({0}, 0)", symbol="ReLU",
)  # fmt: skip


def _absolute_vjp_on_numpy(g: Array, x: Array) -> Array:
    """Compute g·sgn x; a mask is only needed where some x is 0, which takes next to no time to find out."""
    if type(x) is not np.ndarray:
        return g * np.sign(x) if x else _masked_on_numpy(g, x != 0) * np.sign(x)
    if np.count_nonzero(x if x.size <= SMALL else x != 0) < x.size:
        g = _masked_on_numpy(g, x != 0)
    y: Array = np.sign(x)
    return g * y if y.size <= SMALL or g.dtype is not y.dtype or g.shape != y.shape else np.multiply(g, y, y)


_absolute_vjp: Binary = _elementwise(
    "absolute_vjp",
    [lambda u, z, g, x: _absolute_vjp(u, x), None],
    "g ⊙ sgn x, and 0 where x = 0, whatever g is there: the VJP of the absolute value.",
    forward=lambda xp, g, x: xp.where(x != 0, g, xp.zeros_like(g)) * xp.sign(x), on_numpy=_absolute_vjp_on_numpy,
    keep="x", source="np.where({1} != 0, {0}, 0) * np.sign({1})", latex=r"{0} \odot \operatorname{{sgn}} {1}",
    text="{0} ⊙ sgn({1})", symbol="⊙ sgn",
)  # fmt: skip

absolute: Unary = _elementwise(
    "absolute",
    [lambda g, y, x: _absolute_vjp(g, x)],
    "Absolute value ``|x|``; at the kink, x = 0, the subgradient 0 is taken.",
    keep="x", forward="abs", on_numpy=operator.abs, source="np.abs({0})", latex=r"\left|{0}\right|", symbol="|·|",
)  # fmt: skip


_OF_TIES = "Equal ones take half of the gradient each; beside a number, as in max(x, 0), the derivative there is 0."


def _shared(g: Any, won: Any, tied: Any) -> Any:
    """Pass on g where an input is the one that counts, and half of it where both are."""
    return masked(g, won) + masked(0.5 * g, tied)


maximum: Binary = _elementwise(
    "maximum",
    [lambda g, y, a, b: _shared(g, a > b, a == b), lambda g, y, a, b: _shared(g, b > a, a == b)],
    f"The larger of a and b. {_OF_TIES}",
    beside_number=[lambda g, y, a, b: masked(g, a > b), lambda g, y, a, b: masked(g, b > a)],
    keep="a b", latex=r"\max({0}, {1})", symbol="max",
)  # fmt: skip

minimum: Binary = _elementwise(
    "minimum",
    [lambda g, y, a, b: _shared(g, a < b, a == b), lambda g, y, a, b: _shared(g, b < a, a == b)],
    f"The smaller of a and b. {_OF_TIES}",
    beside_number=[lambda g, y, a, b: masked(g, a < b), lambda g, y, a, b: masked(g, b < a)],
    keep="a b", latex=r"\min({0}, {1})", symbol="min",
)  # fmt: skip


_where = undispatched(np.where)


def _where_on_numpy(condition: Array, a: Array, b: Array) -> Array:
    y: Array = _where(condition, a, b)
    return y if y.ndim else y[()]


where: Ternary = _elementwise(
    "where",
    [None, lambda g, y, condition, a, b: where(condition, g, 0), lambda g, y, condition, a, b: where(condition, 0, g)],
    "a where the condition holds, b elsewhere. No gradient flows into the condition.",
    keep="condition", forward=lambda xp, condition, a, b: (_where_on_numpy if xp is np else xp.where)(condition, a, b),
    on_numpy=_where_on_numpy,
    source="np.where({0}, {1}, {2})", latex=r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
)  # fmt: skip


def _clip_on_numpy(x: Array, low: Array, high: Array) -> Array:
    return x.clip(low, high) if type(x) is _ndarray else np.clip(x, low, high)  # 0.5 us less


_clip = primitive(
    lambda xp, x, low, high: xp.clip(x, low, high),
    [lambda g, y, x, low, high: masked(g, (low < x) & (x < high)), None, None],
    name="clip", keep="x low high", structure="elementwise", on_numpy=_clip_on_numpy, source="np.clip({0}, {1}, {2})",
    latex=r"\operatorname{{clip}}({0}, {1}, {2})",
)  # fmt: skip


@overload
def clip(
    a: Tensor,
    a_min: Input | None = None,
    a_max: Input | None = None,
    *,
    min: Input | None = None,
    max: Input | None = None,
) -> Tensor: ...
@overload
def clip(
    a: ArrayLike,
    a_min: ArrayLike | None = None,
    a_max: ArrayLike | None = None,
    *,
    min: ArrayLike | None = None,
    max: ArrayLike | None = None,
) -> NDArray[Any]: ...
@overload
def clip(a: ArrayLike, a_min: Tensor, a_max: Input | None = None) -> Tensor: ...
@overload
def clip(a: ArrayLike, a_min: ArrayLike | None, a_max: Tensor) -> Tensor: ...
@mirrors(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """Limit to the range from `a_min` to `a_max`; None leaves that side open.

    The gradient flows to `a` inside the range. At an end that is a number it is 0; at one that is an array or a tensor,
    `a` and the end take half each, as in `maximum` and `minimum`, and beyond it flows to the end.

    Parameters
    ----------
    a, a_min, a_max : array_like or Tensor
        Broadcast against each other.
    min, max : array_like or Tensor
        Other names of the limits, as in NumPy.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the broadcast shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.clip(mg.tensor([-2.0, 0.5, 3.0]), -1, 1)
    tensor([-1. ,  0.5,  1. ])
    """
    if (a_min is not None and min is not None) or (a_max is not None and max is not None):
        raise TypeError("clip: min and max are other names of a_min and a_max; give one of them")
    a_min, a_max = min if a_min is None else a_min, max if a_max is None else a_max
    if is_number(a_min) and is_number(a_max):
        return _clip(a, a_min, a_max)
    if a_min is a_max is None or not any(isinstance(i, Recorded) for i in (a, a_min, a_max)):
        return _clip(a, -math.inf if a_min is None else a_min, math.inf if a_max is None else a_max)
    if a_max is None:
        return maximum(a_min, a) if is_number(a_min) else maximum(a, a_min)  # of two zeros the second, as NumPy
    if a_min is None:
        return minimum(a_max, a) if is_number(a_max) else minimum(a, a_max)
    return minimum(maximum(a, a_min), a_max)


# --- derivative zero: gradients stop here ------------------------------------------------------------

sign: Unary = _elementwise(
    "sign", [None], "−1, 0 or 1: the sign of x.", latex=r"\operatorname{{sgn}} {0}", symbol="sgn"
)
floor: Unary = _elementwise("floor", [None], "The largest integer ≤ x.", latex=r"\lfloor {0} \rfloor", symbol="⌊·⌋")
ceil: Unary = _elementwise("ceil", [None], "The smallest integer ≥ x.", latex=r"\lceil {0} \rceil", symbol="⌈·⌉")
trunc: Unary = _elementwise("trunc", [None], "x without its fraction.", latex=r"\operatorname{{trunc}} {0}")
rint: Unary = _elementwise(
    "rint", [None], "The nearest integer, halves to even.",
    forward="round", on_numpy=np.rint, latex=r"\operatorname{{round}} {0}",
)  # fmt: skip


def _round(xp: Any, a: Array, decimals: int = 0) -> Array:
    return xp.round(a, decimals) if xp is np else xp.round(a * 10**decimals) / 10**decimals


round = primitive(  # noqa: A001 - NumPy's name
    _round, (None,),
    name="round", numpy=np.round, source="np.round({0}, {decimals})", latex=r"\operatorname{{round}} {0}",
    doc=f"""Round to a number of decimals, halves to even.

Parameters
----------
a : array_like or Tensor
    Of any shape.
decimals : int
    How many remain; negative ones are places before the point.

Returns
-------
Tensor, or array if `a` is no Tensor
    Of the same shape and dtype. {_STOPS}
""",
)  # fmt: skip
mirrors(np.around)(round)

equal: Binary = _elementwise(
    "equal", [None, None], "a = b, true or false.", source="({0} == {1})", latex="{0} = {1}", symbol="="
)
not_equal: Binary = _elementwise(
    "not_equal", [None, None], "a ≠ b.", source="({0} != {1})", latex=r"{0} \ne {1}", symbol="≠"
)
less: Binary = _elementwise("less", [None, None], "a < b.", source="({0} < {1})", latex="{0} < {1}", symbol="<")
less_equal: Binary = _elementwise(
    "less_equal", [None, None], "a ≤ b.", source="({0} <= {1})", latex=r"{0} \le {1}", symbol="≤"
)
greater: Binary = _elementwise("greater", [None, None], "a > b.", source="({0} > {1})", latex="{0} > {1}", symbol=">")
greater_equal: Binary = _elementwise(
    "greater_equal", [None, None], "a ≥ b.", source="({0} >= {1})", latex=r"{0} \ge {1}", symbol="≥"
)
logical_and: Binary = _elementwise("logical_and", [None, None], "Both a and b.", latex=r"{0} \land {1}", symbol="∧")
logical_or: Binary = _elementwise("logical_or", [None, None], "a or b, or both.", latex=r"{0} \lor {1}", symbol="∨")
logical_xor: Binary = _elementwise("logical_xor", [None, None], "Either a or b.", latex=r"{0} \oplus {1}", symbol="⊕")
logical_not: Unary = _elementwise("logical_not", [None], "Not x.", latex=r"\lnot {0}", symbol="¬")
bitwise_and: Binary = _elementwise(
    "bitwise_and", [None, None], "a & b, bit by bit.",
    source="({0} & {1})", text="{0} ∧ {1}", latex=r"{0} \land {1}", symbol="&",
)  # fmt: skip
bitwise_or: Binary = _elementwise(
    "bitwise_or", [None, None], "a | b, bit by bit.",
    source="({0} | {1})", text="{0} ∨ {1}", latex=r"{0} \lor {1}", symbol="|",
)  # fmt: skip
bitwise_xor: Binary = _elementwise(
    "bitwise_xor", [None, None], "a ^ b, bit by bit.",
    source="({0} ^ {1})", text="{0} ⊕ {1}", latex=r"{0} \oplus {1}", symbol="^",
)  # fmt: skip
invert: Unary = _elementwise(
    "invert", [None], "~x, bit by bit.",
    forward="bitwise_invert", source="(~{0})", text="¬{0}", latex=r"\lnot {0}", symbol="~",
)  # fmt: skip
isnan: Unary = _elementwise("isnan", [None], "Whether x is NaN.", latex=r"\operatorname{{isnan}} {0}")
isinf: Unary = _elementwise("isinf", [None], "Whether x is infinite.", latex=r"\operatorname{{isinf}} {0}")
isfinite: Unary = _elementwise(
    "isfinite", [None], "Whether x is neither infinite nor NaN.", latex=r"\operatorname{{isfinite}} {0}"
)


def _isclose(xp: Any, a: Array, b: Array, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Array:
    return xp.isclose(a, b, rtol, atol, equal_nan)


isclose = primitive(
    _isclose, (None, None),
    name="isclose", numpy=np.isclose, source="np.isclose({0}, {1}, {rtol}, {atol}, {equal_nan})", symbol="≈",
    doc=f"""Tell which elements are equal within a tolerance: ``|a − b| ≤ atol + rtol·|b|``, as in NumPy.

Parameters
----------
a, b : array_like or Tensor
    Broadcast against each other.
rtol, atol : float
    The relative tolerance and the absolute one.
equal_nan : bool
    Whether NaN equals NaN.

Returns
-------
Tensor of bool, or array if no argument is a Tensor
    Of the broadcast shape. {_STOPS}
""",
)  # fmt: skip


def _convert(xp: Any, x: Array, dtype: Any = np.float64) -> Array:
    return x.astype(dtype) if xp is np else xp.astype(x, dtype)


_astype = primitive(
    _convert, [lambda g, y, x, dtype: g],
    name="astype", keep="", structure="elementwise",
    source="{0}.astype({dtype!r})", text="{0}", latex="{0}", symbol="dtype",
)  # fmt: skip

argument = primitive(
    lambda xp, x: x, [lambda g, y, x: g],
    name="argument", keep="", structure="elementwise", source="{0}", latex="{0}", symbol="·",
    doc="The number itself, as the argument of a function that is differentiated: its own place in the record.",
)  # fmt: skip

detached = primitive(
    lambda xp, x: x, [None],
    name="detached", source="{0}", latex="{0}", symbol="detach",
    doc="The number itself, as a constant: gradients stop here.",
)  # fmt: skip


@mirrors(np.astype, inputs=1)
def astype(x: Any, dtype: DType = np.float64) -> Any:
    """Convert to another dtype. The gradient comes back in the dtype of the input.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    dtype : dtype
        What to convert to.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape. If the dtype is not floating, a constant: gradients stop here.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.grad(lambda x: mg.astype(x, np.float64) ** 2)(np.float32(3.0)).dtype
    dtype('float32')
    """
    return _astype(x if _is_floating(dtype) else detached(x), dtype=dtype)


def _is_floating(dtype: Any) -> bool:
    try:
        return np.dtype(dtype).kind in "fc"
    except TypeError:  # another library's
        return "float" in str(dtype)
