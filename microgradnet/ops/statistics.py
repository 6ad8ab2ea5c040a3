"""Statistics: means with weights, quantiles, covariances, and reductions that leave elements out.

What leaves elements out (those that are NaN, or that a mask excludes) puts in their places what makes no difference, so
no gradient flows to them. Quantiles are means of two neighbours in the order; of equal numbers, they go by `sort`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from microgradnet.deferred import deferred
from microgradnet.ops import elementwise, reductions
from microgradnet.ops.arrangements import diag
from microgradnet.ops.elementwise import (
    astype,
    clip,
    floor,
    isnan,
    logical_and,
    logical_not,
    maximum,
    minimum,
    sqrt,
    square,
    where,
)
from microgradnet.ops.indexing import getitem, sort, take_along_axis
from microgradnet.ops.products import matmul
from microgradnet.ops.reductions import INITIAL, WHERE, Axis, _cumprod_vjp, cumprod, cumsum, mean, prod, std, var
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import (
    along,
    broadcast_to,
    concatenate,
    expand_dims,
    given,
    is_traced,
    moveaxis,
    reshape,
    transpose,
    whole,
)
from microgradnet.record import VJP, Array, Recorded, given_for, mirrors, primitive, value_of

if TYPE_CHECKING:
    from microgradnet.typed import Binary, DType, Unary

_DOC = """{summary}

Parameters
----------
a : array_like or Tensor
axis : int or tuple of int, optional
    What to reduce; the default is everything.{more}
keepdims : bool
    Whether reduced axes stay, with length 1.{where}

Returns
-------
Tensor, or array if `a` is no Tensor
    Without the reduced axes.
"""


def _any(mask: Any) -> bool:
    """Whether a mask holds anywhere; it may, if it is traced."""
    return is_traced(mask) or bool(np.any(value_of(mask)))


# --- where a mask says so ----------------------------------------------------------------------------


def _filled(a: Any, mask: Any, fill: float) -> Any:
    """Put a number where a mask doesn't hold; NumPy's True stands for a mask that holds everywhere."""
    return a if mask is True else where(mask, a, fill)


def _counted(a: Any, mask: Any, axis: Axis, keepdims: bool = False) -> Any:
    here = broadcast_to(astype(given(mask, "where"), np.intp), a.shape)  # float16 counts to 2048
    return astype(sum_(here, axis=axis, keepdims=keepdims), a.dtype)


def _sum_where(a: Any, mask: Any, axis: Axis, keepdims: bool, *, initial: Any = 0, dtype: DType = None) -> Any:
    y = sum_(_filled(a, mask, 0), axis=axis, dtype=dtype, keepdims=keepdims)
    return y if type(initial) in (int, float) and initial == 0 else y + initial


def _prod_where(a: Any, mask: Any, axis: Axis, keepdims: bool, *, initial: Any = 1, dtype: DType = None) -> Any:
    y = prod(_filled(a, mask, 1), axis=axis, dtype=dtype, keepdims=keepdims)
    return y if type(initial) in (int, float) and initial == 1 else y * initial


def _mean_where(a: Any, mask: Any, axis: Axis, keepdims: bool, *, dtype: DType = None) -> Any:
    if dtype is not None:
        a = astype(a, dtype)
    if whole(a):
        a = astype(a, np.float64)
    return sum_(_filled(a, mask, 0), axis=axis, keepdims=keepdims) / _counted(a, mask, axis, keepdims)


def _var_where(
    a: Any, mask: Any, axis: Axis, keepdims: bool, *, dtype: DType = None, ddof: float = 0, correction: Any = None
) -> Any:
    ddof = ddof if correction is None else correction
    if dtype is not None:
        a = astype(a, dtype)
    a = _filled(a, mask, 0)
    d = _filled(a - _mean_where(a, mask, axis, True), mask, 0)
    left = _counted(d, mask, axis, keepdims) - ddof
    if _any(left <= 0):
        left = where(left > 0, left, math.nan)
    return sum_(square(d), axis=axis, keepdims=keepdims) / left


def _std_where(a: Any, mask: Any, axis: Axis, keepdims: bool, **options: Any) -> Any:
    y = _var_where(a, mask, axis, keepdims, **options)
    flat = y == 0
    return where(flat, 0, sqrt(where(flat, 1, y))) if _any(flat) else sqrt(y)


def _extreme_where(name: str) -> Callable[..., Any]:
    reduce, of_two = {"max": (reductions.max, maximum), "min": (reductions.min, minimum)}[name]

    def extreme(a: Any, mask: Any, axis: Axis, keepdims: bool, *, initial: Any = None) -> Any:
        if initial is None:
            if mask is not True:
                raise ValueError(f"{name}: there is no {name} of nothing, so where= needs initial= beside it")
            return reduce(a, axis=axis, keepdims=keepdims)
        a = _filled(a, mask, initial)
        for i in _axes(a, axis):
            if a.shape[i] == 0:
                one = (*a.shape[:i], 1, *a.shape[i + 1 :])
                a = concatenate([a, broadcast_to(astype(given(initial, name), a.dtype), one)], i)
        return of_two(reduce(a, axis=axis, keepdims=keepdims), initial)

    return extreme


def _whether_where(reduce: Callable[..., Any], neutral: bool) -> Callable[..., Any]:
    def whether(a: Any, mask: Any, axis: Axis, keepdims: bool) -> Any:
        return reduce(where(mask, a != 0, neutral), axis=axis, keepdims=keepdims)

    return whether


def _reduced_where(
    over: Callable[..., Any],
    name: str,
    known: str,
    a: Any,
    axis: Axis = None,
    dtype: DType = None,
    *,
    where: Any = True,
    keepdims: bool = False,
    **options: Any,
) -> Any:
    """Reduce the elements that a mask names, beginning with an `initial` number; options are not differentiated."""
    if unknown := options.keys() - {known}:
        raise TypeError(f"{name}() got an unexpected keyword argument {min(unknown)!r}")
    options = {k: given_for(name, k, v) for k, v in {**options, "dtype": dtype}.items() if v is not None}
    mask = True if where is True else given(where, "where")
    return over(given(a, name), mask, axis, keepdims is True, **options)


_REDUCTIONS: list[tuple[Any, Callable[..., Any], str]] = [
    (sum_, _sum_where, "initial"),
    (prod, _prod_where, "initial"),
    (mean, _mean_where, ""),
    (reductions._var, _var_where, "ddof"),
    (reductions._std, _std_where, "ddof"),
    (reductions.max, _extreme_where("max"), "initial"),
    (reductions.min, _extreme_where("min"), "initial"),
    (reductions.any, _whether_where(reductions.any, False), ""),
    (reductions.all, _whether_where(reductions.all, True), ""),
]
for _reduction, _over, _known in _REDUCTIONS:
    _more = {"where": True, "initial": None} if _known == "initial" else {"where": True}
    _reduction.__signature__ = inspect.Signature([
        *_reduction.__signature__.parameters.values(),
        *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value) for name, value in _more.items()),
    ])  # fmt: skip
    _reduction.primitive.over = partial(_reduced_where, _over, _reduction.primitive.name, _known)


# --- where there is no NaN ---------------------------------------------------------------------------


def _present(a: Any, mask: Any = True) -> tuple[Any, Any]:
    """Return an array, and a mask of what is neither NaN nor left out; True if no dtype could hold NaN."""
    a = given(a, "a reduction without NaN")
    if whole(a):
        return a, True if mask is True else given(mask, "where")
    here = logical_not(isnan(a))
    return a, here if mask is True else logical_and(here, mask)


def _axes(a: Any, axis: Axis) -> tuple[int, ...]:
    return tuple(range(a.ndim)) if axis is None else normalize_axis_tuple(axis, a.ndim)


def _kept(a: Array, axis: Axis) -> tuple[int, ...]:
    """Return the shape of a reduced array with all axes kept."""
    axes = _axes(a, axis)
    return tuple(1 if i in axes else n for i, n in enumerate(a.shape))


def _unless_nan(name: str, plain: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Compute what a function of NumPy's does, but plainly, unless there is NaN: it would be in the plain result."""
    without, method = getattr(np, name), name[3:]

    def computes(a: Array, *inputs: Any, **static: Any) -> Array:
        y = plain(a, *inputs, **static) if plain else getattr(a, method)(**static)
        return y if (y == y).all() else without(a, *inputs, **static)

    return computes


def _nanprod_vjp(g: Array, y: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    nan = np.isnan(a)
    return np.where(nan, 0.0, reductions._prod_vjp(g, y, np.where(nan, 1.0, a), axis, None, keepdims))


def _nanmean_vjp(g: Array, y: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    here, kept = ~np.isnan(a), _kept(a, axis)
    return np.where(here, np.reshape(g, kept) / np.maximum(np.sum(here, axis).reshape(kept), 1), 0.0)


def _nanvar_vjp(g: Array, y: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    here, kept = ~np.isnan(a), _kept(a, axis)
    n = np.maximum(np.sum(here, axis).reshape(kept), 1)
    a = np.where(here, a, 0.0)
    return np.where(here, np.reshape(g, kept) * 2 / n * (a - np.sum(a, axis).reshape(kept) / n), 0.0)


def _nanstd_vjp(g: Array, y: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    return _nanvar_vjp(np.where(y > 0, g / np.where(y > 0, 2 * y, 1.0), 0.0), y, a, axis, keepdims)


def _nan_extreme_vjp(g: Array, y: Array, a: Array, axis: Axis, keepdims: bool) -> Array:
    kept = _kept(a, axis)
    here = a == np.reshape(y, kept)
    return np.where(here, np.reshape(g, kept) / np.maximum(np.sum(here, axis).reshape(kept), 1), 0.0)


def _nan_reduction(
    name: str, reduce: Callable[..., Any], over: Any, summary: str, *, more: str = "", vjp: VJP | None = None
) -> Unary[...]:
    """Declare the reduction of what isn't NaN."""

    def reduction(
        a: Any, axis: Axis = None, dtype: DType = None, *, keepdims: bool = False, where: Any = True, **options: Any
    ) -> Any:
        a, mask = _present(a, where)
        if dtype is not None:
            options["dtype"] = dtype
        if mask is True and "initial" not in options:
            return reduce(a, axis=axis, keepdims=keepdims, **options)
        return over(a, mask, axis, keepdims, **options)

    return _named(reduction, name, summary, more, WHERE, vjp)


def _named(reduction: Any, name: str, summary: str, more: str, masks: str, vjp: VJP | None = None) -> Unary[...]:
    reduction.__name__ = reduction.__qualname__ = name
    reduction.__doc__ = _DOC.format(summary=summary, more=more, where=masks)
    if vjp is not None:
        reduction = deferred(_unless_nan(name), vjp)(reduction)
    return mirrors(getattr(np, name), inputs=1)(reduction)


_DTYPE = reductions._DTYPE
_DDOF = f"{_DTYPE}\nddof, correction : float\n    Two names of the same number."

nansum = _nan_reduction(
    "nansum", sum_, _sum_where, "Sum of what isn't NaN; of nothing it is 0.", more=_DTYPE + INITIAL,
    vjp=lambda g, y, a, axis, keepdims: np.where(np.isnan(a), 0.0, np.reshape(g, _kept(a, axis))),
)  # fmt: skip
nanprod = _nan_reduction(
    "nanprod", prod, _prod_where, "Product of what isn't NaN; of nothing it is 1.", more=_DTYPE + INITIAL,
    vjp=_nanprod_vjp,
)  # fmt: skip
nanmean = _nan_reduction(
    "nanmean", mean, _mean_where, "Arithmetic mean of what isn't NaN.", more=_DTYPE, vjp=_nanmean_vjp
)
nanvar = _nan_reduction("nanvar", var, _var_where, "Variance of what isn't NaN.", more=_DDOF, vjp=_nanvar_vjp)
nanstd = _nan_reduction(
    "nanstd", std, _std_where,
    "Standard deviation of what isn't NaN; where it is 0, a kink, the subgradient 0 is taken.", more=_DDOF,
    vjp=_nanstd_vjp,
)  # fmt: skip


def _nan_extreme(name: str, sign: float, summary: str) -> Unary[...]:
    reduce, over = getattr(reductions, name[3:]), _extreme_where(name[3:])

    def reduction(
        a: Any, axis: Axis = None, *, keepdims: bool = False, initial: float | None = None, where: Any = True
    ) -> Any:
        a, mask = _present(a, where)
        if mask is True or initial is not None:
            return over(a, mask, axis, keepdims, initial=initial)
        if where is not True:
            return over(a, mask, axis, keepdims)  # which says what is missing
        y = reduce(_filled(a, mask, -sign * math.inf), axis=axis, keepdims=keepdims)
        nothing = logical_not(reductions.any(mask, axis=axis, keepdims=keepdims))
        return elementwise.where(nothing, math.nan, y) if _any(nothing) else y

    return _named(reduction, name, summary, INITIAL, WHERE, _nan_extreme_vjp)


nanmax = _nan_extreme(
    "nanmax", 1, "Largest number that isn't NaN; where several are equal, they share the gradient equally."
)
nanmin = _nan_extreme(
    "nanmin", -1, "Smallest number that isn't NaN; where several are equal, they share the gradient equally."
)


def _nancumsum_vjp(g: Array, y: Array, a: Array, axis: int | None) -> Array:
    d = np.flip(np.cumsum(np.flip(g, axis), axis), axis).reshape(a.shape)
    return np.where(np.isnan(a), 0.0, d)


def _nancumprod_vjp(g: Array, y: Array, a: Array, axis: int | None) -> Array:
    x = np.where(np.isnan(a), 1.0, a)
    d = _cumprod_vjp(g, y, x.ravel() if axis is None else x, axis or 0, None).reshape(a.shape)
    return np.where(np.isnan(a), 0.0, d)


def _nan_running(name: str, run: Any, neutral: float, summary: str, vjp: VJP) -> Unary[...]:
    def running(a: Any, axis: int | None = None, dtype: DType = None) -> Any:
        a, mask = _present(a)
        return run(_filled(a, mask, neutral), axis=axis, dtype=dtype)

    def computes(a: Array, **static: Any) -> Array:
        return getattr(np.where(np.isnan(a), neutral, a), name[3:])(**static)

    running.__name__ = running.__qualname__ = name
    running.__doc__ = f"""{summary}

Parameters
----------
a : array_like or Tensor
axis : int, optional
    The default goes through the flattened array.
dtype : dtype, optional
    To compute in; the default is NumPy's choice.

Returns
-------
Tensor, or array if `a` is no Tensor
    Of the same shape, or of shape (size,).
"""
    return mirrors(getattr(np, name), inputs=1)(deferred(computes, vjp)(running))


nancumsum = _nan_running("nancumsum", cumsum, 0, "Running sum, in which NaN counts as 0.", _nancumsum_vjp)
nancumprod = _nan_running("nancumprod", cumprod, 1, "Running product, in which NaN counts as 1.", _nancumprod_vjp)


def _cumulative(name: str, run: Any, first: float, summary: str) -> Unary[...]:
    def cumulative(x: Any, /, *, axis: int | None = None, dtype: DType = None, include_initial: bool = False) -> Any:
        x = given(x, name)
        if axis is None:
            if x.ndim != 1:
                raise ValueError(f"{name}: of an array of shape {x.shape}, axis= says along which axis")
            axis = 0
        y = run(x, axis=axis, dtype=dtype)
        if not include_initial:
            return y
        axis = normalize_axis_index(axis, y.ndim)
        one = (*y.shape[:axis], 1, *y.shape[axis + 1 :])
        return concatenate([np.full(one, first, y.dtype), y], axis)

    cumulative.__name__ = cumulative.__qualname__ = name
    cumulative.__doc__ = f"""{summary}

Parameters
----------
x : array_like or Tensor
axis : int, optional
    Of a vector it may be left out.
dtype : dtype, optional
    To compute in; the default is NumPy's choice.
include_initial : bool
    Whether to begin with {first:.0f}, so that there is one more.

Returns
-------
Tensor, or array if `x` is no Tensor
"""
    return mirrors(getattr(np, name), inputs=1)(cumulative)


cumulative_sum = _cumulative("cumulative_sum", cumsum, 0, "Running sum along an axis.")
cumulative_prod = _cumulative("cumulative_prod", cumprod, 1, "Running product along an axis.")


@mirrors(np.ptp, inputs=1)
def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Range of the values, from the smallest to the largest; those that are equal share the gradient equally.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        What to reduce; the default is everything.
    keepdims : bool
        Whether reduced axes stay, with length 1.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Without the reduced axes.
    """
    a = given(a, "ptp")
    return reductions.max(a, axis=axis, keepdims=keepdims) - reductions.min(a, axis=axis, keepdims=keepdims)


def _nan_index(name: str, find: Any, fill: float, summary: str) -> Unary[...]:
    def index(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
        a, mask = _present(a)
        if mask is not True and _any(logical_not(reductions.any(mask, axis=axis))) and not is_traced(mask):
            raise ValueError(f"{name}: there is nothing but NaN")
        return find(_filled(a, mask, fill), axis=axis, keepdims=keepdims)

    return _named(index, name, f"{summary} It is a constant: gradients stop here.", "", "")


nanargmax = _nan_index("nanargmax", reductions.argmax, -math.inf, "Index of the largest number that isn't NaN.")
nanargmin = _nan_index("nanargmin", reductions.argmin, math.inf, "Index of the smallest number that isn't NaN.")


def _leader_forward(xp: Any, a: Array, axis: int = 0, sign: int = 1) -> Array:
    if xp is not np:
        raise TypeError(f"accumulate: {xp.__name__} has none")
    y = (np.maximum if sign > 0 else np.minimum).accumulate(a, axis)
    later, before = along(a, axis, slice(1, None)), along(y, axis, slice(0, -1))
    leads = (sign * later > sign * before) | (np.isnan(later) & ~np.isnan(before))
    places = np.arange(1, a.shape[axis]).reshape([-1 if i == axis else 1 for i in range(a.ndim)])
    index = np.zeros(a.shape, np.intp)
    along(index, axis, slice(1, None))[...] = np.where(leads, places, 0)
    return np.maximum.accumulate(index, axis)


_LEADER_SOURCE = """
def leader(a, axis, sign):
    a = np.moveaxis(sign * a, axis, 0)
    before = np.maximum.accumulate(a)[:-1]
    leads = (a[1:] > before) | (np.isnan(a[1:]) & ~np.isnan(before))
    places = np.arange(1, len(a)).reshape(-1, *(1,) * (a.ndim - 1))
    index = np.concatenate((np.zeros_like(a[:1], np.intp), np.where(leads, places, 0)))
    return np.moveaxis(np.maximum.accumulate(index), 0, axis)
leader({0}, {axis}, {sign})"""

_leader = primitive(_leader_forward, [None], name="leader", source=_LEADER_SOURCE)


def running_extreme(a: Any, axis: int = 0, *, sign: int = 1) -> Any:
    """Largest number so far, as `numpy.maximum.accumulate`; the smallest, if `sign` is −1.

    The gradient goes to where that number was reached first.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int
    sign : {1, -1}

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape.
    """
    a = given(a, "accumulate")
    axis = normalize_axis_index(axis, a.ndim)
    return take_along_axis(a, _leader(a, axis=axis, sign=sign), axis) if a.size else a


# --- quantiles ---------------------------------------------------------------------------------------


def _lines(a: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """Put the reduced axes last, as one; and return the shape that the result has with all axes kept."""
    axes = _axes(a, axis)
    others = [i for i in range(a.ndim) if i not in axes]
    kept = tuple(1 if i in axes else n for i, n in enumerate(a.shape))
    if axes == (a.ndim - 1,):
        return a, kept
    shape = (*(a.shape[i] for i in others), math.prod(a.shape[i] for i in axes))
    return reshape(a if axes == tuple(range(a.ndim)) else transpose(a, (*others, *axes)), shape), kept


_CHOOSING = frozenset({"inverted_cdf", "closest_observation", "lower", "higher", "nearest"})
"""Methods that choose one neighbour, and don't interpolate."""


def _position(q: Any, n: int, method: str) -> Any:
    """Find where in an order of n numbers a quantile stands: NumPy says so of 0, 1, 2, …, for every method."""
    if method == "linear":
        return q * (n - 1)
    at: Any = np.quantile  # its types know the methods one by one
    return at(np.arange(float(n)), given_for("quantile", f"q with method={method!r}", q), method=method)


def _at(order: Any, position: Any) -> Any:
    """Interpolate between neighbours of the last axis, at positions that are the same for every line."""
    low = floor(position)
    share = position - low
    if is_traced(low):
        below: Any = astype(low, np.intp)
        above = minimum(below + 1, order.shape[-1] - 1)
    else:
        below = np.asarray(value_of(low)).astype(np.intp)[()]
        if not isinstance(share, Recorded) and not np.any(share):
            return getitem(order, (..., below))
        above = np.minimum(below + 1, order.shape[-1] - 1)
    share = astype(share, order.dtype)
    return getitem(order, (..., below)) * (1 - share) + getitem(order, (..., above)) * share


def _at_each(order: Any, position: Any, last: Any) -> Any:
    """Interpolate between neighbours of the last axis, at one position for every line, not beyond its last number."""
    position = expand_dims(position, -1)
    low = floor(position)
    share = astype(position - low, order.dtype)
    below = maximum(astype(low, np.intp), 0)
    above = minimum(below + 1, expand_dims(last, -1))
    y = take_along_axis(order, below, -1) * (1 - share) + take_along_axis(order, above, -1) * share
    return getitem(y, (..., 0))


def _quantile(a: Any, q: Any, axis: Axis, method: str, keepdims: bool, *, without_nan: bool = False) -> Any:
    a = given(a, "quantile")
    if whole(a):
        a = astype(a, np.float64)
    dtype = a.dtype
    if type(q) in (int, float):
        q = np.float64(q)
    else:
        q = given(q, "quantile")
        dtype = dtype if method in _CHOOSING else np.result_type(dtype, q.dtype)
    if not is_traced(q) and not np.all((value_of(q) >= 0) & (value_of(q) <= 1)):
        raise ValueError("quantile: a quantile is a share, between 0 and 1 (a percentile is between 0 and 100)")
    lines, kept = _lines(a if a.dtype == dtype else astype(a, dtype), axis)
    n = lines.shape[-1]
    if n == 0:
        y = mean(lines, axis=-1)  # NaN, with NumPy's warning
        y = broadcast_to(y, (*q.shape, *y.shape))
    elif without_nan:
        y = _without_nan(sort(lines, axis=-1), q, method)
    else:
        order = sort(lines, axis=-1)
        y = _at(order, _position(q, n, method))
        last = isnan(getitem(order, (..., n - 1)))
        if _any(last):
            y = where(reshape(last, (*last.shape, *(1,) * q.ndim)), math.nan, y)
        if q.ndim:
            y = moveaxis(y, tuple(range(y.ndim - q.ndim, y.ndim)), tuple(range(q.ndim)))
    return reshape(y, (*q.shape, *kept)) if keepdims else y


def _without_nan(order: Any, q: Any, method: str) -> Any:
    """Take quantiles of the numbers in front of the NaNs, which are as many in every line as there are."""
    if q.ndim:
        flat = [_without_nan(order, q[i], method) for i in np.ndindex(q.shape)]
        y = concatenate([expand_dims(f, 0) for f in flat], 0)
        return reshape(y, (*q.shape, *y.shape[1:]))
    present = logical_not(isnan(order))
    n = sum_(astype(present, np.float64), axis=-1)
    if method == "linear":
        position = q * maximum(n - 1, 0)
    else:
        of_each = np.zeros(order.shape[-1] + 1)
        for count in range(1, of_each.size) if is_traced(n) else np.unique(value_of(n)).astype(int):
            of_each[count] = _position(q, count, method) if count else 0
        position = getitem(of_each, astype(n, np.intp))
    y = _at_each(where(present, order, 0), position, astype(maximum(n - 1, 0), np.intp))
    nothing = n == 0
    return where(nothing, math.nan, y) if _any(nothing) else y


def _quantile_on_numpy(a: Array, q: Any, axis: Axis = None, keepdims: bool = False) -> Array:
    """Do what `np.quantile` does by the method "linear"; of one share in a quarter of the time."""
    if np.ndim(q) or not 0 <= q <= 1:
        return np.quantile(a, q, axis=axis, keepdims=keepdims)
    lines, kept = _lines(a, axis)
    last = lines.shape[-1] - 1
    below = int(q * last)
    share, above = q * last - below, min(below + 1, last)
    order = np.partition(lines, (below, above, last), -1)  # NaN is last
    y, end = order[..., below] * (1 - share), order[..., last]
    if share:  # of nothing of what is infinite
        y = y + order[..., above] * share
    y = np.where(end == end, y, end)
    return (y.reshape(kept) if keepdims else y)[()]


def _median_on_numpy(a: Array, **static: Any) -> Array:
    return _quantile_on_numpy(a, 0.5, **static)


def _quantile_vjps(*, per: float = 1, without_nan: bool = False) -> tuple[VJP, VJP]:
    """Make the VJPs of quantiles, for plain arrays: one sort, and the two neighbours of each position."""

    def vjp(k: int, g: Array, a: Array, q: Any, axis: Axis) -> Array:
        lines, _ = _lines(a, axis)
        shape, n = lines.shape[:-1], lines.shape[-1]
        lines = lines.reshape(-1, n)
        order = lines.argsort(1, kind="stable")
        rows = np.arange(len(lines))
        nan = np.isnan(lines[rows, order[:, -1]])  # they stand last
        last: Any = n - 1
        if without_nan and nan.any():
            last = n - 1 - np.isnan(lines).sum(1)
            nan = last < 0
            last = np.maximum(last, 0)
        slopes, d = [], np.zeros_like(lines)
        for share, u in zip(np.ravel(q) / per, np.reshape(g, (-1, len(lines))), strict=True):
            position = share * last
            below = np.floor(position).astype(np.intp)
            low, high = order[rows, below], order[rows, np.minimum(below + 1, last)]
            u = np.where(nan, 0.0, u)
            if k == 1:
                step = lines[rows, high] - lines[rows, low]
                slopes.append(np.sum(u * last * (np.where(nan, 0.0, step) if without_nan else step)) / per)
                continue
            d[rows, low] += u * (1 - (position - below))
            d[rows, high] += u * (position - below)
        if k == 1:
            return np.reshape(slopes, np.shape(q))
        axes = _axes(a, axis)
        return np.moveaxis(d.reshape(shape + tuple(a.shape[i] for i in axes)), range(len(shape), a.ndim), axes)

    return (
        lambda g, y, a, q, axis, keepdims: vjp(0, g, a, q, axis),
        lambda g, y, a, q, axis, keepdims: vjp(1, g, a, q, axis),
    )


def _of_half(vjps: tuple[VJP, VJP]) -> VJP:
    return lambda g, y, a, axis, keepdims: vjps[0](g, y, a, 0.5, axis, keepdims)


_METHODS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip

_QUANTILE = """{summary}

Parameters
----------
a : array_like or Tensor
q : array_like or Tensor
    {of}; gradients flow to it with the method "linear".
axis : int or tuple of int, optional
    What to reduce; the default is everything.
overwrite_input : bool
    Accepted, as NumPy's; nothing is overwritten.
method : str
    One of NumPy's: how to choose between two neighbours in the order.
keepdims : bool
    Whether reduced axes stay, with length 1.
weights : None
    Not supported.

Returns
-------
Tensor, or array if no argument is a Tensor
    Of the shape of `q`, then that of `a` without the reduced axes. The gradient goes to the neighbours, by their
    shares; of equal numbers, they go by `sort`.

Raises
------
ValueError
    For a share that is none, or another method.
"""


def _quantiles(name: str, summary: str, *, per: float, without_nan: bool) -> Binary[...]:
    def quantiles(
        a: Any,
        q: Any,
        axis: Axis = None,
        *,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: bool = False,
        weights: Any = None,
    ) -> Any:
        if weights is not None:
            raise TypeError(f"{name}: weights= is not supported on tensors; repeat elements by np.repeat")
        if method not in _METHODS:
            raise ValueError(f"{name}: method {method!r} is none of NumPy's: {', '.join(_METHODS)}")
        a = given(a, name)
        if per != 1:
            q = q / per if type(q) in (int, float) else given(q, name) / per
        return _quantile(a, q, axis, method, keepdims, without_nan=without_nan)

    quantiles.__name__ = quantiles.__qualname__ = name
    quantiles.__doc__ = _QUANTILE.format(summary=summary, of="Shares, 0 to 1" if per == 1 else "Percentages, 0 to 100")
    vjps = _quantile_vjps(per=per, without_nan=without_nan)

    def on_numpy(a: Array, q: Any, **static: Any) -> Array:
        return _quantile_on_numpy(a, q / per, **static)

    computes = _unless_nan(name, on_numpy) if without_nan else on_numpy
    computed = deferred(computes, *vjps, when=lambda a, q: np.size(a) > 0)(quantiles)
    return mirrors(getattr(np, name), inputs=2)(computed)


quantile = _quantiles("quantile", "Number below which a share of the elements lies.", per=1, without_nan=False)
percentile = _quantiles(
    "percentile", "Number below which a percentage of the elements lies.", per=100, without_nan=False
)
nanquantile = _quantiles(
    "nanquantile", "Number below which a share of those elements lies that aren't NaN.", per=1, without_nan=True
)
nanpercentile = _quantiles(
    "nanpercentile", "Number below which a percentage of those elements lies that aren't NaN.", per=100,
    without_nan=True,
)  # fmt: skip


@mirrors(np.median, inputs=1)
@deferred(_median_on_numpy, _of_half(_quantile_vjps()), when=lambda a: a.size > 0)
def median(a: Any, axis: Axis = None, *, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """Middle of the sorted numbers, or the mean of the two in the middle. NaN makes it NaN.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        What to reduce; the default is everything.
    overwrite_input : bool
        Accepted, as NumPy's; nothing is overwritten.
    keepdims : bool
        Whether reduced axes stay, with length 1.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Without the reduced axes. The gradient goes to the middle, halves to both if there are two; of equal numbers, it
        goes by `sort`.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.grad(mg.median)(np.array([5.0, 3.0, 4.0, 1.0]))
    array([0. , 0.5, 0.5, 0. ])
    """
    return _quantile(a, 0.5, axis, "linear", keepdims)


@mirrors(np.nanmedian, inputs=1)
@deferred(
    _unless_nan("nanmedian", _median_on_numpy), _of_half(_quantile_vjps(without_nan=True)), when=lambda a: a.size > 0
)
def nanmedian(a: Any, axis: Axis = None, *, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """Median of what isn't NaN.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        What to reduce; the default is everything.
    overwrite_input : bool
        Accepted, as NumPy's; nothing is overwritten.
    keepdims : bool
        Whether reduced axes stay, with length 1.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Without the reduced axes.
    """
    return _quantile(a, 0.5, axis, "linear", keepdims, without_nan=True)


# --- means with weights, covariances -----------------------------------------------------------------


def _no_weight(total: Any) -> bool:
    return not is_traced(total) and bool(np.any(value_of(total) == 0))


@mirrors(np.average)
def average(a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Mean with weights, Σ w·a / Σ w; gradients flow to both.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        What to reduce; the default is everything.
    weights : array_like or Tensor, optional
        Of the shape of `a`, or of that of the reduced axes. The default gives all the same.
    returned : bool
        Whether to return the sum of the weights too.
    keepdims : bool
        Whether reduced axes stay, with length 1.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Without the reduced axes. With `returned`, a pair.

    Raises
    ------
    ZeroDivisionError
        If weights sum to 0.
    """
    a = given(a, "average")
    axes = None if axis is None else normalize_axis_tuple(axis, a.ndim, "axis")
    if weights is None:
        y = mean(a, axis=axes, keepdims=keepdims)
        return (y, np.full(y.shape, a.size / y.size, y.dtype)[()]) if returned else y
    w = given(weights, "average")
    if w.shape != a.shape:
        if axes is None:
            raise TypeError(f"average: weights of shape {w.shape} for an array of shape {a.shape} need an axis")
        if w.shape != tuple(a.shape[i] for i in axes):
            raise ValueError(f"average: weights of shape {w.shape} don't fit the axes {axes} of shape {a.shape}")
        shape = tuple(n if i in axes else 1 for i, n in enumerate(a.shape))
        w = reshape(w if len(axes) == 1 else transpose(w, np.argsort(axes).tolist()), shape)
    if whole(a):
        a = astype(a, np.float64)
    total = sum_(w, axis=axes, keepdims=keepdims)
    if _no_weight(total):
        raise ZeroDivisionError("average: the weights sum to zero")
    y = sum_(a * w, axis=axes, keepdims=keepdims) / total
    return (y, total if total.shape == y.shape else broadcast_to(total, y.shape)) if returned else y


def _weights_of_samples(name: str, weights: Any, n: int) -> Any:
    """Check weights of n observations, which are not differentiated."""
    w = np.asarray(given_for("cov", name, weights), dtype=float)
    if name == "fweights" and not np.all(w == np.around(w)):
        raise TypeError("cov: fweights must be integers")
    if w.ndim > 1 or w.shape[0] != n:
        raise RuntimeError(f"cov: {name} of shape {w.shape} for {n} observations")
    if np.any(w < 0):
        raise ValueError(f"cov: {name} can't be negative")
    return w


def _variables(m: Any, rowvar: bool, dtype: Any) -> Any:
    m = astype(m, dtype)
    m = reshape(m, (1, -1)) if m.ndim < 2 else m
    return m if rowvar or m.shape[0] == 1 else transpose(m)


def _cov_vjp(g: Array, m: Array) -> Array:
    """Return the gradient of plain observations, from that of their covariances."""
    g = np.reshape(g, (len(m), len(m)))
    return (g + g.T) @ (m - np.mean(m, 1, keepdims=True)) / (m.shape[1] - 1)


def _cov_on_numpy(m: Array) -> Array:
    """Do what `np.cov` does, in a third of the time."""
    d = m - m.mean(1, np.result_type(m, np.float64), keepdims=True)
    y = d @ d.T / (m.shape[1] - 1)
    return y if len(m) > 1 else y[0, 0]


@mirrors(np.cov, inputs="leading")
@deferred(_cov_on_numpy, lambda g, y, m: _cov_vjp(g, m), when=lambda m: m.ndim == 2 and m.size > 0 and m.shape[1] > 1)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: DType = None,
) -> Any:
    """Covariances of variables.

    Parameters
    ----------
    m : array_like or Tensor
        Of shape (variables, observations), or (observations,).
    y : array_like or Tensor, optional
        More variables, of the same observations.
    rowvar : bool
        Whether a variable is a row, or a column.
    bias : bool
        Whether to divide by n, and not by n − 1.
    ddof : int, optional
        To divide by n − ddof.
    fweights, aweights : array_like, optional
        How often each observation counts, and how much; not differentiated.
    dtype : dtype, optional
        The default is at least float64.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (variables, variables), or () of one variable.
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError(f"cov: ddof must be an integer, got {ddof}")
    given_arrays = [given(x, "cov") for x in (m, y) if x is not None]
    if any(x.ndim > 2 for x in given_arrays):
        raise ValueError("cov: at most two axes: variables and observations")
    dtype = np.result_type(*(x.dtype for x in given_arrays), np.float64) if dtype is None else dtype
    first, *more = given_arrays
    x = astype(reshape(first, (1, -1)) if first.ndim < 2 else first, dtype)
    x = x if rowvar or first.ndim == 1 else transpose(x)
    if x.shape[0] == 0:
        return np.zeros((0, 0))
    x = concatenate([x, *(_variables(v, rowvar, dtype) for v in more)], 0)
    n = x.shape[1]
    ddof = (0 if bias else 1) if ddof is None else ddof
    w = None if fweights is None else _weights_of_samples("fweights", fweights, n)
    if aweights is not None:
        reliability = _weights_of_samples("aweights", aweights, n)
        w = reliability if w is None else w * reliability
    left: Any = n - ddof
    if w is not None:
        total = np.sum(w)
        left = total - (ddof if aweights is None or ddof == 0 else ddof * np.sum(w * reliability) / total)
    if left <= 0:
        import warnings

        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
        left = 0.0
    d = x - average(x, axis=1, weights=w, keepdims=True) if w is None else x - expand_dims(average(x, 1, w), 1)
    turned = transpose(d if w is None else d * w.astype(x.dtype))
    y = matmul(d, turned.conj() if turned.dtype.kind == "c" else turned) / x.dtype.type(left)
    return reshape(y, ()) if y.shape == (1, 1) else y


def _corrcoef_vjp(g: Array, y: Array, x: Array) -> Array:
    """Return the gradient of plain observations, from that of their correlations: of lines of length 1, z zᵀ."""
    d = x - np.mean(x, 1, keepdims=True)
    length = np.linalg.norm(d, axis=1, keepdims=True)
    z = d / length
    g = (g + g.T) @ z
    return (g - z * np.sum(g * z, 1, keepdims=True)) / length


def _corrcoef_on_numpy(x: Array) -> Array:
    c = _cov_on_numpy(x)
    deviation = np.sqrt(c.diagonal())
    c = c / deviation[:, None] / deviation
    return c.clip(-1.0, 1.0, c)


@mirrors(np.corrcoef, inputs="leading")
@deferred(_corrcoef_on_numpy, _corrcoef_vjp, when=lambda x: x.ndim == 2 and len(x) > 1 and x.shape[1] > 1)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: DType = None) -> Any:
    """Correlation coefficients of variables, between −1 and 1.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (variables, observations), or (observations,).
    y : array_like or Tensor, optional
        More variables, of the same observations.
    rowvar : bool
        Whether a variable is a row, or a column.
    dtype : dtype, optional
        The default is at least float64.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (variables, variables), or () of one variable.
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviation = sqrt(diag(c))
    return clip(c / expand_dims(deviation, 1) / deviation, -1.0, 1.0)
