"""Elementwise functions made of pieces: signs and fractions of numbers, angles, and choices between arrays.

The rules at kinks are those of `elementwise`: what compares is as `maximum`, what has a sign as `absolute`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.deferred import deferred
from microgradnet.ops.elementwise import (
    _OF_TIES,
    _absolute_vjp,
    _difference,
    _elementwise,
    _shared,
    arctan2,
    astype,
    equal,
    floor_divide,
    greater,
    isfinite,
    isnan,
    logistic,
    masked,
    multiply,
    positive,
    power,
    remainder,
    trunc,
    where,
)
from microgradnet.ops.indexing import getitem, setitem
from microgradnet.ops.reductions import scalar
from microgradnet.ops.shapes import all_given, given, is_tensor, whole, zeros_like
from microgradnet.record import Array, Recorded, given_for, mirrors, primitive, value_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import Binary, Tensor, Unary

# --- exponentials and angles -------------------------------------------------------------------------

logaddexp2: Binary = _elementwise(
    "logaddexp2",
    [
        lambda g, y, a, b: g * logistic(math.log(2) * _difference(a, b)),
        lambda g, y, a, b: g * logistic(math.log(2) * _difference(b, a)),
    ],
    "log₂(2ᵃ + 2ᵇ), without overflow; equal infinities share the gradient equally.",
    forward=lambda xp, a, b: xp.logaddexp(a * math.log(2), b * math.log(2)) / math.log(2), on_numpy=np.logaddexp2,
    keep="a b", text="log₂(2^{0} + 2^{1})", latex=r"\log_2(2^{{{0}}} + 2^{{{1}}})", symbol="log₂(2ᵃ+2ᵇ)",
)  # fmt: skip


_float64 = np.dtype(np.float64)


@mirrors(np.float_power, inputs=2)
def float_power(x1: Any, x2: Any) -> Any:
    """Power x1ˣ² in float64, whatever the dtypes.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        Broadcast against each other.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the broadcast shape. Its derivatives are those of `power`.
    """
    x1, x2 = given(x1, "float_power"), given(x2, "float_power")
    if value_of(x1).dtype == value_of(x2).dtype == _float64:
        return power(x1, x2)
    return power(astype(x1, np.float64), astype(x2, np.float64))


@mirrors(np.deg2rad, np.radians, inputs=1)
def deg2rad(x: Any) -> Any:
    """Convert degrees to radians.

    Parameters
    ----------
    x : array_like or Tensor

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape.
    """
    return multiply(given(x, "deg2rad"), math.pi / 180)


@mirrors(np.rad2deg, np.degrees, inputs=1)
def rad2deg(x: Any) -> Any:
    """Convert radians to degrees.

    Parameters
    ----------
    x : array_like or Tensor

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape.
    """
    return multiply(given(x, "rad2deg"), 180 / math.pi)


radians, degrees = deg2rad, rad2deg


def _sinc_derivative(u: Array, n: int) -> Array:
    """Compute the n-th derivative of sin u / u: by its series near 0, else by uf⁽ⁿ⁾ + nf⁽ⁿ⁻¹⁾ = sin⁽ⁿ⁾u."""
    u = np.asarray(u, np.float64)
    far = np.where(np.abs(u) > n + 1, u, 1.0)
    f = np.sin(far) / far
    for k in range(1, n + 1):
        f = (np.sin(far + k * np.pi / 2) - k * f) / far
    near = np.where(np.abs(u) > n + 1, 0.0, u)
    series = np.zeros_like(near)
    for k in reversed(range((n + 1) // 2, (n + 1) // 2 + 14 + n)):
        series = series * near**2 + (-1) ** k / (math.factorial(2 * k - n) * (2 * k + 1))
    return np.where(np.abs(u) > n + 1, f, series * near ** (n % 2))


def _sinc_on_numpy(x: Array, n: int = 0) -> Array:
    y: Array = np.sinc(x)
    if n:
        y = (np.pi**n * _sinc_derivative(np.pi * np.asarray(x), n)).astype(y.dtype)
    return y if y.ndim else y[()]


def _sinc_forward(xp: Any, x: Array, n: int = 0) -> Array:
    if xp is not np:
        raise TypeError(f"sinc: {xp.__name__} has none; write mg.where(x == 0, 1, mg.sin(u) / u), where u isn't 0")
    return _sinc_on_numpy(x, n)


_SINC_SOURCE = """
def sinc_derivative(x, n):
    from math import factorial
    u = np.pi * np.asarray(x)
    far, near = np.where(abs(u) > n + 1, u, 1.0), np.where(abs(u) > n + 1, 0.0, u)
    f, series = np.sin(far) / far, 0 * near
    for k in range(1, n + 1):
        f = (np.sin(far + k * np.pi / 2) - k * f) / far
    for k in reversed(range((n + 1) // 2, (n + 1) // 2 + 14 + n)):
        series = series * near**2 + (-1) ** k / (factorial(2 * k - n) * (2 * k + 1))
    return np.pi**n * np.where(abs(u) > n + 1, f, series * near ** (n % 2)).astype(np.result_type(x))[()]
sinc_derivative({0}, {n})"""

_sinc: Callable[..., Any] = primitive(
    _sinc_forward,
    [lambda g, y, x, n: g * _sinc(x, n=n + 1)],
    name="sinc", keep="x", structure="elementwise", on_numpy=_sinc_on_numpy,
    source=lambda n: _SINC_SOURCE if n else "np.sinc({0})",
    text=lambda n: "sinc⁽{n}⁾({0})" if n else "sinc({0})",
    latex=lambda n: r"\operatorname{{sinc}}^{{({n})}} {0}" if n else r"\operatorname{{sinc}} {0}",
)  # fmt: skip


@mirrors(np.sinc, inputs=1)
def sinc(x: Any) -> Any:
    """Compute the normalized sine, sin(πx) / (πx), and 1 at 0. Its derivatives of every order hold near 0, too.

    Parameters
    ----------
    x : array_like or Tensor

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(mg.grad(mg.sinc))(0.0)  # −π² / 3
    array(-3.28986813)
    """
    return _sinc(x)


@mirrors(np.angle, inputs=1)
def angle(z: Any, deg: bool = False) -> Any:
    """Angle of a real number in the complex plane: 0, or π where it is negative. Its derivative is 0.

    Parameters
    ----------
    z : array_like or Tensor
        Plain arrays may be complex.
    deg : bool
        Whether to return degrees.

    Returns
    -------
    Tensor, or array if `z` is no Tensor
        Of the same shape.
    """
    if not is_tensor(z):
        return np.angle(given(z, "angle"), deg)
    y = arctan2(0.0, z)
    return rad2deg(y) if deg else y


@mirrors(np.real, inputs=1)
def real(val: Any) -> Any:
    """Real part: a tensor's is itself.

    Parameters
    ----------
    val : array_like or Tensor
        Plain arrays may be complex.

    Returns
    -------
    Tensor, or array if `val` is no Tensor
        Of the same shape.
    """
    return val if is_tensor(val) else np.real(given(val, "real"))


@mirrors(np.imag, inputs=1)
def imag(val: Any) -> Any:
    """Imaginary part: a tensor's is 0, a constant.

    Parameters
    ----------
    val : array_like or Tensor
        Plain arrays may be complex.

    Returns
    -------
    Tensor, or array if `val` is no Tensor
        Of the same shape.
    """
    return zeros_like(val) if is_tensor(val) else np.imag(given(val, "imag"))


@mirrors(np.conjugate, inputs=1)
def conjugate(x: Any) -> Any:
    """Complex conjugate: a tensor's is itself.

    Parameters
    ----------
    x : array_like or Tensor
        Plain arrays may be complex.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape.
    """
    return positive(x) if is_tensor(x) else np.conjugate(given(x, "conjugate"))


conj = conjugate


@mirrors(np.real_if_close, inputs=1)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """Leave out imaginary parts that are near 0: a tensor has none.

    Parameters
    ----------
    a : array_like or Tensor
        Plain arrays may be complex.
    tol : float
        In machine epsilons.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape.
    """
    return a if is_tensor(a) else np.real_if_close(given(a, "real_if_close"), tol)


# --- signs and fractions -----------------------------------------------------------------------------

fabs: Unary = _elementwise(
    "fabs",
    [lambda g, y, x: _absolute_vjp(g, x)],
    "Absolute value ``|x|`` as a floating-point number; at the kink, x = 0, the subgradient 0 is taken.",
    forward=lambda xp, x: xp.abs(x), on_numpy=np.fabs, keep="x", text="|{0}|", latex=r"\left|{0}\right|", symbol="|·|",
)  # fmt: skip

signbit: Unary = _elementwise("signbit", [None], "Whether the sign is minus; −0 has one.", text="signbit({0})")


@mirrors(np.isposinf, inputs=1)
def isposinf(x: Any) -> Any:
    """Tell where +∞ stands.

    Parameters
    ----------
    x : array_like or Tensor

    Returns
    -------
    Tensor of bool, or array if `x` is no Tensor
        Of the same shape. It is a constant: gradients stop here.
    """
    return equal(x, math.inf)


@mirrors(np.isneginf, inputs=1)
def isneginf(x: Any) -> Any:
    """Tell where −∞ stands.

    Parameters
    ----------
    x : array_like or Tensor

    Returns
    -------
    Tensor of bool, or array if `x` is no Tensor
        Of the same shape. It is a constant: gradients stop here.
    """
    return equal(x, -math.inf)


_copysign_vjp: Binary = _elementwise(
    "copysign_vjp",
    [lambda u, z, g, s: _copysign_vjp(u, s), None],
    "g ⊙ ±1, with the sign of s.",
    forward=lambda xp, g, s: xp.where(xp.signbit(s), -g, g), keep="s", source="np.where(np.signbit({1}), -{0}, {0})",
    text="±{0}", latex=r"\pm {0}",
)  # fmt: skip

copysign: Binary = _elementwise(
    "copysign",
    [lambda g, y, a, b: _copysign_vjp(_absolute_vjp(g, a), b), None],
    "``|a|`` with the sign of b; where a = 0, a kink, the subgradient 0 is taken. No gradient flows to b.",
    keep="a b", text="±|{0}|", latex=r"\operatorname{{copysign}}({0}, {1})",
)  # fmt: skip

heaviside: Binary = _elementwise(
    "heaviside",
    [None, lambda g, y, a, b: masked(g, a == 0)],
    "0 where a < 0, b where a = 0, 1 where a > 0. The gradient flows to b where a = 0, and nowhere else.",
    forward=lambda xp, a, b: xp.where(a == 0, b, xp.where(xp.isnan(a), a, xp.astype(a > 0, a.dtype))),
    on_numpy=np.heaviside, keep="a", latex=r"H({0})", symbol="H",
)  # fmt: skip

fmax: Binary = _elementwise(
    "fmax",
    [
        lambda g, y, a, b: _shared(g, (a > b) | (b != b), a == b),
        lambda g, y, a, b: _shared(g, (b > a) | ((a != a) & (b == b)), a == b),
    ],
    f"The larger of a and b, or the one that is not NaN. {_OF_TIES}",
    beside_number=[
        lambda g, y, a, b: masked(g, (a > b) | (b != b)), lambda g, y, a, b: masked(g, (b > a) | ((a != a) & (b == b)))
    ],
    forward=lambda xp, a, b: xp.where(xp.isnan(b) | (a >= b), a, b), on_numpy=np.fmax,
    keep="a b", text="max({0}, {1})", latex=r"\max({0}, {1})", symbol="max",
)  # fmt: skip

fmin: Binary = _elementwise(
    "fmin",
    [
        lambda g, y, a, b: _shared(g, (a < b) | (b != b), a == b),
        lambda g, y, a, b: _shared(g, (b < a) | ((a != a) & (b == b)), a == b),
    ],
    f"The smaller of a and b, or the one that is not NaN. {_OF_TIES}",
    beside_number=[
        lambda g, y, a, b: masked(g, (a < b) | (b != b)), lambda g, y, a, b: masked(g, (b < a) | ((a != a) & (b == b)))
    ],
    forward=lambda xp, a, b: xp.where(xp.isnan(b) | (a <= b), a, b), on_numpy=np.fmin,
    keep="a b", text="min({0}, {1})", latex=r"\min({0}, {1})", symbol="min",
)  # fmt: skip

fmod: Binary = _elementwise(
    "fmod",
    [lambda g, y, a, b: g, lambda g, y, a, b: -g * trunc(a / b)],
    "Remainder a − b·trunc(a / b), with the sign of a. At its jumps the derivative is that of the pieces.",
    forward=lambda xp, a, b: a - b * xp.trunc(a / b), on_numpy=np.fmod, keep="a b", text="fmod({0}, {1})",
    latex=r"\operatorname{{fmod}}({0}, {1})",
)  # fmt: skip

ldexp: Binary = _elementwise(
    "ldexp",
    [lambda g, y, a, b: ldexp(g, b), None],
    "a·2ᵇ, with integers b, which are not differentiated.",
    forward=lambda xp, a, b: a * 2.0**b, on_numpy=np.ldexp, keep="b", text="{0} ⊙ 2^{1}", latex=r"{0} \cdot 2^{{{1}}}",
)  # fmt: skip

_fraction: Unary = _elementwise(
    "fraction",
    [lambda g, y, x: g],
    "What trunc leaves of x, with its sign.",
    forward=lambda xp, x: xp.where(xp.isinf(x), xp.zeros_like(x), x - xp.trunc(x)),
    on_numpy=lambda x: np.modf(x)[0],
    keep="", source="np.modf({0})[0]", text="{0} − trunc({0})", latex=r"{0} - \operatorname{{trunc}} {0}",
)  # fmt: skip

fix = mirrors(np.fix)(trunc)


@mirrors(np.modf)
def modf(x: Any) -> tuple[Tensor | NDArray[Any], ...]:
    """Split into the fraction and the integer part, both with the sign of x.

    Parameters
    ----------
    x : array_like or Tensor

    Returns
    -------
    fraction, whole : Tensor, or array if `x` is no Tensor
        Of the same shape. The fraction has the derivative 1, the whole is a constant.
    """
    x = given(x, "modf")
    x = astype(x, np.float64) if whole(x) else x
    return _fraction(x), trunc(x)


@mirrors(np.divmod)
def divmod(x1: Any, x2: Any) -> tuple[Tensor | NDArray[Any], ...]:  # noqa: A001 - NumPy's name
    """Return `floor_divide` and `remainder` of two arrays.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        Broadcast against each other.

    Returns
    -------
    quotient, remainder : Tensor, or array if no argument is a Tensor
        Of the broadcast shape. The quotient is a constant.
    """
    return floor_divide(x1, x2), remainder(x1, x2)


@mirrors(np.nan_to_num, inputs=1)
@deferred(np.nan_to_num, lambda g, y, x, nan, posinf, neginf: g * np.isfinite(x))
def nan_to_num(
    x: Any, copy: bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Any:
    """Put finite numbers in the place of NaN and of the infinities. No gradient flows to where they stand.

    Parameters
    ----------
    x : array_like or Tensor
    copy : bool
        Accepted, as NumPy's; nothing is changed in place.
    nan, posinf, neginf : float
        What takes their places; of the infinities the default is the largest and the smallest number of the dtype.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape and dtype.
    """
    nan, posinf, neginf = (
        given_for("nan_to_num", k, v) for k, v in (("nan", nan), ("posinf", posinf), ("neginf", neginf))
    )
    if not is_tensor(x):
        return np.nan_to_num(given(x, "nan_to_num"), nan=nan, posinf=posinf, neginf=neginf)
    if whole(x):
        return x
    largest = float(np.finfo(x.dtype).max)
    high, low = largest if posinf is None else posinf, -largest if neginf is None else neginf
    finite = where(isnan(x), nan, where(greater(x, 0), high, low))
    return where(isfinite(x), x, astype(finite, x.dtype))


# --- choosing between arrays -------------------------------------------------------------------------


@mirrors(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Take, element by element, the choice of the first condition that holds.

    Parameters
    ----------
    condlist : sequence of array_like of bool or Tensor
        Which are not differentiated.
    choicelist : sequence of array_like or Tensor
        As many. All broadcast against each other.
    default : array_like or Tensor
        What is taken where no condition holds.

    Returns
    -------
    Tensor, or array if there is no Tensor
        Of the broadcast shape.

    Raises
    ------
    ValueError
        If there are no conditions, or not as many choices.
    TypeError
        If a condition isn't boolean.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([-2.0, 0.5, 3.0])
    >>> mg.select([x < 0, x < 1], [-x, x**2], 1.0)
    tensor([2.  , 0.25, 1.  ])
    """
    conditions, choices = list(condlist), list(choicelist)
    if len(conditions) != len(choices) or not choices:
        raise ValueError(f"select: as many choices as conditions are needed, got {len(choices)} and {len(conditions)}")
    for i, condition in enumerate(conditions):
        dtype = given(condition, "select").dtype
        if getattr(dtype, "kind", "") != "b":
            raise TypeError(f"select: conditions must be boolean, got dtype {dtype} in entry {i}")
    dtype = np.result_type(*(_kind(c) for c in (*choices, default)))
    y = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        y = where(condition, choice, y)
    return y if y.dtype == dtype else astype(y, dtype)


def _kind(a: Any) -> Any:
    """Return what NumPy's promotion asks for: a number of Python's, or a dtype."""
    return a if type(a) in (int, float, bool) else given(a, "select").dtype


@mirrors(np.piecewise, inputs=1)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Compute a function in pieces, each of the elements for which its condition holds only.

    Parameters
    ----------
    x : array_like or Tensor
    condlist : sequence of array_like of bool or Tensor
        Of the shape of `x`. Where several hold, the last one counts.
    funclist : sequence of callable or number
        One for each condition, and perhaps another for where none holds. A function gets the elements as a vector.
    *args, **kw
        Are handed on to the functions.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If there are neither as many functions as conditions nor one more.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([-4.0, 0.0, 4.0])
    >>> mg.piecewise(x, [x < 0, x > 0], [lambda x: -x, mg.sqrt, 1.0])
    tensor([4., 1., 2.])
    """
    x = given(x, "piecewise")
    masks = _masks(condlist, x)
    if len(funclist) == len(masks) + 1:
        masks.append(~np.logical_or.reduce(masks))
    elif len(funclist) != len(masks):
        n = len(masks)
        raise ValueError(f"piecewise: {n} conditions need {n} or {n + 1} functions, got {len(funclist)}")
    y: Any = zeros_like(x)
    left = np.ones(x.shape, bool)
    for mask, f in reversed(list(zip(masks, funclist, strict=True))):
        mine = mask & left
        left &= ~mask
        piece = f
        if callable(f):
            part = getitem(x, mine)
            if not part.size:
                continue
            piece = f(part, *args, **kw)
        y = setitem(given(piece, "piecewise"), y, index=mine)
    return y


def _masks(condlist: Any, x: Any) -> list[Any]:
    """Return the conditions, which may be one without a list, as masks of the shape of x."""
    first = condlist if np.isscalar(condlist) else condlist[0]
    if np.isscalar(condlist) or (x.ndim and not isinstance(first, list) and getattr(first, "ndim", 0) == 0):
        condlist = [condlist]
    values = [c.concrete("piecewise: a condition") if isinstance(c, Recorded) else c for c in condlist]
    masks = [np.asarray(v, bool) for v in values]
    return [m if m.shape == x.shape else np.broadcast_to(m, x.shape) for m in masks]


def _choose_forward(xp: Any, index: Array, *choices: Array) -> Array:
    y = xp.where(index == 0, choices[0], choices[-1])
    for i, choice in enumerate(choices[1:-1], 1):
        y = xp.where(index == i, choice, y)
    return y


def _choose_on_numpy(index: Array, *choices: Array) -> Array:
    try:
        return scalar(np.choose(index, choices))
    except ValueError:
        if ((index < 0) | (index >= len(choices))).any():
            raise ValueError(
                "an index is out of bounds; mode='wrap' counts on from the other end, mode='clip' takes it"
            ) from None
        raise


_CHOOSE_SOURCE = """
def choose(index, *choices):
    return np.choose(index, choices)
choose({inputs})"""


_choose: Any = primitive(
    _choose_forward,
    lambda i, g, y, index, *choices: masked(g, equal(index, i - 1)),
    name="choose", keep="", on_numpy=_choose_on_numpy, source=_CHOOSE_SOURCE,
    latex=r"\operatorname{{choose}}({inputs})",
)  # fmt: skip


@mirrors(np.choose)
def choose(a: Any, choices: Any, mode: str = "raise") -> Any:
    """Take, element by element, the choice that an index names.

    Parameters
    ----------
    a : array_like of int or Tensor
        Indices, which are not differentiated.
    choices : sequence of array_like or Tensor
        All broadcast against each other and against `a`.
    mode : {"raise", "wrap", "clip"}
        What an index out of bounds means: an error, a position counted on from the other end, or the nearest end.

    Returns
    -------
    Tensor, or array if there is no Tensor
        Of the broadcast shape.
    """
    index, parts = given(a, "choose"), all_given(choices, "choose")
    n = len(parts)
    if mode == "wrap":
        index = index % n
    elif mode == "clip":
        index = index.clip(0, n - 1)
    elif mode != "raise":
        raise ValueError(f"choose: mode must be 'raise', 'wrap' or 'clip', got {mode!r}")
    return _choose.of(1 + n)(index, *parts)
