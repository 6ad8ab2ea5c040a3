"""Reductions: many numbers become one, along axes; running sums and products; softmax and its relatives.

The gradient of a reduction spreads over what was reduced, so most VJPs here begin with `_spread`. Axes may be
negative, and tuples wherever NumPy takes them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, overload

import numpy as np

from microgradnet.ops.elementwise import _per_length, _quiet, astype, equal, exp, isclose, masked, moderate, where
from microgradnet.ops.shapes import (
    SMALL,
    along,
    behind,
    broadcast_on_numpy,
    broadcast_to,
    flat,
    flip,
    pad,
    reshape,
    shape,
    transpose,
)
from microgradnet.record import VJP, Array, given_for, mirrors, primitive

if TYPE_CHECKING:
    from microgradnet.typed import Binary, DType, Reduction, ReductionIn, ReductionOver, Unary

_P = ParamSpec("_P")

Axis = int | tuple[int, ...] | None
"""One axis, several, or None for all."""

_DOC = """{summary}

Parameters
----------
a : array_like or Tensor
axis : {axes}, optional
    What to reduce; the default is everything.{more}
keepdims : bool
    Whether reduced axes stay, with length 1.{over}

Returns
-------
Tensor, or array if `a` is no Tensor
    Without the reduced axes.{stops}
"""
INITIAL = "\ninitial : number, optional\n    What is reduced along with the elements."
WHERE = """
where : array_like of bool or Tensor
    Which elements count, broadcast to the shape of `a`; not differentiated."""
_DTYPE = "\ndtype : dtype, optional\n    To compute in; the default is NumPy's choice."
_STOPS = " The result is a constant: gradients stop here."


@overload
def _reduction(name: str, vjp: VJP | None, summary: str, *, over: str, **known: Any) -> Any: ...
@overload
def _reduction(
    name: str, vjp: VJP | None, summary: str, *, forward: Callable[Concatenate[Any, Any, _P], Array], **known: Any
) -> Unary[_P]: ...
@overload
def _reduction(name: str, vjp: VJP | None, summary: str, *, forward: None = None, **known: Any) -> Reduction: ...
def _reduction(
    name: str,
    vjp: VJP | None,
    summary: str,
    *,
    forward: Callable[..., Array] | None = None,
    axes: str = "int or tuple of int",
    more: str = "",
    over: str = "",
    source: str | None = None,
    **known: Any,
) -> Any:
    """Declare a reduction, named and documented in the one way they all are. `over` a mask, see `statistics`."""

    def run(xp: Any, a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
        return getattr(xp, name)(a, axis=axis, keepdims=keepdims)

    doc = _DOC.format(summary=summary, axes=axes, more=more, over=over, stops="" if vjp else _STOPS)
    latex = rf"\operatorname{{{{{name.replace('_', ' ')}}}}} {{0}}"
    known = {"numpy": getattr(np, name, None), "latex": latex, "doc": doc, **known}
    dtype = ", dtype={dtype!r}" if more is _DTYPE else ""
    source = source or f"np.{name}({{0}}, axis={{axis!r}}{dtype}, keepdims={{keepdims!r}})"
    return primitive(forward or run, [vjp], name=name, source=source, **known)


def _axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Count the reduced axes from 0."""
    if axis is None or ndim == 0:
        return tuple(range(ndim))
    each = axis if isinstance(axis, tuple) else (axis,)
    return tuple([i % ndim for i in each])


def _kept(r: Any, x: Any, axis: Axis, keepdims: bool = False) -> Any:
    """Put the reduced axes of x back into a result, as length 1; one number broadcasts without them."""
    if keepdims or axis is None:
        return r
    axes = _axes(axis, x.ndim)
    return reshape(r, tuple([1 if i in axes else n for i, n in enumerate(x.shape)]))


_floating = np.floating


def _spread(r: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """Repeat a result of reducing x to x's shape."""
    if isinstance(r, _floating):  # as most reverse passes begin
        return broadcast_on_numpy(r, x.shape)
    r = _kept(r, x, axis, keepdims)
    if type(r) is _ndarray and x.nbytes <= SMALL:
        y = np.empty(x.shape, r.dtype)
        y[...] = r
        return y
    return broadcast_to(r, x.shape)


def _count(x: Any, axis: Axis) -> int:
    """Count the numbers of x that become one."""
    return math.prod([x.shape[i] for i in _axes(axis, x.ndim)])


# --- sums and means ----------------------------------------------------------------------------------


_ndarray: Any = np.ndarray
_asarray: Any = np.asarray
_maximum_reduce: Callable[..., Array] = np.maximum.reduce


def _reduced_by(reduce: Callable[..., Array]) -> Callable[..., Array]:
    """Return what a function of NumPy's like `np.sum` calls in the end, 1.1 us later."""
    return lambda a, axis=None, dtype=None, keepdims=False: reduce(a, axis, dtype, None, keepdims)


_sum_on_numpy = _reduced_by(np.add.reduce)


def _sum_forward(xp: Any, a: Array, axis: Axis = None, dtype: DType = None, keepdims: bool = False) -> Array:
    return xp.sum(a, axis=axis, dtype=dtype, keepdims=keepdims)


def _sum_leading(a: Any, axis: Axis, **how: Any) -> Any:
    return sum(a, behind(axis, a.ndim), **how)


sum: ReductionIn = _reduction(  # noqa: A001 - NumPy's name, like the others here
    "sum",
    lambda g, y, a, axis, dtype, keepdims: _spread(g, a, axis, keepdims),
    "Sum.",
    forward=_sum_forward, on_numpy=_sum_on_numpy, keep="a", more=_DTYPE, over=INITIAL + WHERE,
    text="Σ {0}", latex=r"\sum {0}", symbol="Σ",
    structure="linear", leading=_sum_leading,
)  # fmt: skip


# Of an array the method takes 0.6 to 0.9 us less than NumPy's function, which calls it.


def _mean_on_numpy(a: Array, axis: Axis = None, dtype: DType = None, keepdims: bool = False) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).mean(axis, dtype, None, keepdims)


def _mean_forward(xp: Any, a: Array, axis: Axis = None, dtype: DType = None, keepdims: bool = False) -> Array:
    if xp is np:
        return _mean_on_numpy(a, axis, dtype, keepdims)
    return xp.mean(a if dtype is None else xp.astype(a, dtype), axis=axis, keepdims=keepdims)


def _mean_vjp(g: Any, y: Any, a: Any, axis: Axis, dtype: DType, keepdims: bool) -> Any:
    # The count may exceed the largest float16; its reciprocal is still a number.
    return _spread(g * (1 / (_count(a, axis) or 1)), a, axis, keepdims)


def _mean_leading(a: Any, axis: Axis, **how: Any) -> Any:
    return mean(a, behind(axis, a.ndim), **how)


mean: ReductionIn = _reduction(
    "mean", _mean_vjp, "Arithmetic mean; of nothing it is NaN, with NumPy's warning.",
    forward=_mean_forward, on_numpy=_mean_on_numpy, keep="a", more=_DTYPE, over=WHERE,
    structure="linear", leading=_mean_leading,
)  # fmt: skip


# --- lengths whose squares leave the range of floating point ------------------------------------------


@_quiet
def _right_length(xp: Any, y: Array, x: Array, p: float = 2.0, axis: Axis = None, count: float | None = None) -> Array:
    """Compute a length with x in units of its largest element, or of its smallest where that counts most."""
    size = xp.abs(x)
    unit = (xp.max if p > 0 else xp.min)(size, axis=axis, keepdims=y.ndim > 0)
    ordinary = xp.isfinite(unit) & (unit > 0)
    unit = xp.where(ordinary, unit, xp.ones_like(unit))
    length = unit * (xp.sum((size / unit) ** p, axis=axis, keepdims=y.ndim > 0) / (count or 1)) ** (1 / p)
    right = xp.where(ordinary, length, y)
    too_large = xp.isinf(right) if count is not None else xp.isinf(right) & ordinary
    return xp.where(too_large, xp.full_like(y, math.nan), right)


@functools.cache
@_quiet
def _lengths_in_range(dtype: np.dtype[Any], p: float) -> tuple[Any, Any]:
    """Find between which lengths y the sum, yᵖ, is a normal number with all its digits."""
    info = np.finfo(dtype)
    low, high = sorted([np.float64(info.tiny / info.eps) ** (1 / p), np.float64(info.max) ** (1 / p)])
    return low, high


def _right_length_on_numpy(y: Array, x: Array, p: float = 2.0, axis: Axis = None, count: float | None = None) -> Array:
    low, high = _lengths_in_range(y.dtype, p)
    odd = ~((low <= y) & (y < high))
    if not (x.size and odd.any()):
        return y
    if not y.ndim:
        return scalar(_right_length(np, y, x, p, axis, count))
    axes = _axes(axis, x.ndim)
    last = range(-len(axes), 0)
    right = y.copy()
    y, x, odd = (np.moveaxis(z, axes, last) for z in (right, x, odd))
    lines = odd.reshape(odd.shape[: x.ndim - len(axes)])
    y[lines] = _right_length(np, y[lines], x[lines], p, tuple(last), count)  # into `right`, which y is a view of
    return right


def _right_length_forward(
    xp: Any, y: Array, x: Array, p: float = 2.0, axis: Axis = None, count: float | None = None
) -> Array:
    if xp is np:
        return _right_length_on_numpy(y, x, p, axis, count)
    return _right_length(xp, y, x, p, axis, count)


_recorded_right_length: Callable[..., Any] = primitive(
    _right_length_forward,
    [lambda g, z, y, x, p, axis, count: g, None],
    name="right_length", keep="", source="{0}", latex="{0}", symbol="·",
    doc="What `right_length` computes.",
)  # fmt: skip


def right_length(y: Any, x: Any, p: float = 2.0, axis: Axis = None, count: float | None = None) -> Any:
    """Return a length y = (Σ |x|ᵖ / count)^(1/p), and the right one where the sum has left the range of floating point.

    There y is ∞ or 0, as in NumPy, and derivatives made with it would be 0. A length that is too large itself is NaN,
    and so is that of deviations (they have a count) from a mean that is. Of plain arrays this takes a third of the time
    that a call of the operation takes.
    """
    if type(y) in (np.ndarray, np.float64, np.float32) and type(x) is np.ndarray:
        return _right_length_on_numpy(y, x, p, axis, count)
    return _recorded_right_length(y, x, p=p, axis=axis, count=count)


def _deviation(a: Any, axis: Axis, dtype: DType) -> Any:
    if dtype is not None:
        a = astype(a, dtype=dtype)
    return a - mean(a, axis=axis, keepdims=True)


def _per_degree_of_freedom(a: Any, axis: Axis, ddof: float) -> float:
    """1 / (n − ddof): NaN where no degree of freedom is left, as the variance is."""
    n = _count(a, axis) - ddof
    return 1 / n if n > 0 else math.nan


def _var_on_numpy(a: Array, axis: Axis = None, dtype: DType = None, ddof: float = 0, keepdims: bool = False) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).var(axis, dtype, None, ddof, keepdims)


def _std_on_numpy(a: Array, axis: Axis = None, dtype: DType = None, ddof: float = 0, keepdims: bool = False) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).std(axis, dtype, None, ddof, keepdims)


def _var_forward(
    xp: Any, a: Array, axis: Axis = None, dtype: DType = None, ddof: float = 0, keepdims: bool = False
) -> Array:
    if xp is np:
        return _var_on_numpy(a, axis, dtype, ddof, keepdims)
    return xp.var(a if dtype is None else xp.astype(a, dtype), axis=axis, correction=ddof, keepdims=keepdims)


def _var_vjp(g: Any, y: Any, a: Any, axis: Axis, dtype: DType, ddof: float, keepdims: bool) -> Any:
    return _kept(g, a, axis, keepdims) * (2 * _per_degree_of_freedom(a, axis, ddof)) * _deviation(a, axis, dtype)


def _std_forward(
    xp: Any, a: Array, axis: Axis = None, dtype: DType = None, ddof: float = 0, keepdims: bool = False
) -> Array:
    if xp is np:
        return _std_on_numpy(a, axis, dtype, ddof, keepdims)
    return xp.std(a if dtype is None else xp.astype(a, dtype), axis=axis, correction=ddof, keepdims=keepdims)


def _std_vjp(g: Any, y: Any, a: Any, axis: Axis, dtype: DType, ddof: float, keepdims: bool) -> Any:
    if _count(a, axis) == 1:  # it is 0 whatever a is, and so are derivatives of any order
        return _deviation(a, axis, dtype) * _per_degree_of_freedom(a, axis, ddof)
    g, y, d = _kept(g, a, axis, keepdims), _kept(y, a, axis, keepdims), _deviation(a, axis, dtype)
    y = right_length(y, d, axis=axis, count=_count(a, axis) - ddof)
    d = _per_length(d, y)
    return masked(g, y != 0) * _per_degree_of_freedom(a, axis, ddof) * d


def _spread_measure(
    name: str, forward: Callable[..., Array], on_numpy: Callable[..., Array], vjp: VJP, keep: str
) -> Any:
    return primitive(
        forward, (vjp,), name=name, on_numpy=on_numpy, keep=keep, latex=rf"\operatorname{{{{{name}}}}} {{0}}",
        source=f"np.{name}({{0}}, axis={{axis!r}}, dtype={{dtype!r}}, ddof={{ddof!r}}, keepdims={{keepdims!r}})",
    )  # fmt: skip


_var = _spread_measure("var", _var_forward, _var_on_numpy, _var_vjp, "a")
_std = _spread_measure("std", _std_forward, _std_on_numpy, _std_vjp, "y a")


def _one_ddof(caller: str, ddof: float, correction: float | None) -> float:
    ddof = given_for(caller, "ddof", ddof)
    if correction is None:
        return ddof
    if ddof != 0:
        raise ValueError(f"{caller}: ddof and correction are two names of one number; give one of them")
    return given_for(caller, "correction", correction)  # type: ignore[no-any-return]


@mirrors(np.var, inputs=1)
def var(
    a: Any,
    axis: Axis = None,
    dtype: DType = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    correction: float | None = None,
    where: Any = True,
) -> Any:
    """Take the variance, Σ (a − mean a)² / (n − ddof).

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        What to reduce; the default is everything.
    dtype : dtype, optional
        To compute in; the default is NumPy's choice.
    ddof, correction : float
        Two names of the same number.
    keepdims : bool
        Whether reduced axes stay, with length 1.
    where : array_like of bool or Tensor
        Which elements count, broadcast to the shape of `a`; not differentiated.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Without the reduced axes. NaN where n ≤ ddof, with NumPy's warning.
    """
    ddof = _one_ddof("var", ddof, correction)
    if where is not True:
        return _var(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=where)
    return _var(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims)


@mirrors(np.std, inputs=1)
def std(
    a: Any,
    axis: Axis = None,
    dtype: DType = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    correction: float | None = None,
    where: Any = True,
) -> Any:
    """Take the standard deviation, √var.

    Where it is 0, a kink, the subgradient 0 is taken, and there is no second derivative: it is NaN. Where the squares
    are too large or too small the value is NumPy's, ∞ or 0, and derivatives are right.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        What to reduce; the default is everything.
    dtype : dtype, optional
        To compute in; the default is NumPy's choice.
    ddof, correction : float
        Two names of the same number.
    keepdims : bool
        Whether reduced axes stay, with length 1.
    where : array_like of bool or Tensor
        Which elements count, broadcast to the shape of `a`; not differentiated.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Without the reduced axes. NaN where n ≤ ddof, with NumPy's warning.
    """
    ddof = _one_ddof("std", ddof, correction)
    if where is not True:
        return _std(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=where)
    return _std(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims)


# --- running sums and products -----------------------------------------------------------------------


def _shifted(x: Any, axis: int, first: float) -> Any:
    """Move x one place on along an axis, and put a number at the free place."""
    widths = [(0, 0)] * x.ndim
    widths[axis] = (1, 0)
    return pad(along(x, axis, slice(0, x.shape[axis] - 1)), widths, constant_values=first)


def _before(x: Any, axis: int) -> Any:
    """Multiply all that stands before each number."""
    return cumprod(_shifted(x, axis, 1), axis)


def _recurrence_forward(xp: Any, a: Array, b: Array, axis: int = 0) -> Array:
    """Compute hᵢ = bᵢ + aᵢ·hᵢ₋₁ in log₂ n steps, each of which doubles how far back every hᵢ has looked.

    W. D. Hillis and G. L. Steele, "Data parallel algorithms", 1986.
    """
    n = b.shape[axis]
    step = 1
    while step < n:
        start, later, earlier = slice(step), slice(step, None), slice(n - step)
        factor = along(a, axis, later)
        b = xp.concat((along(b, axis, start), along(b, axis, later) + factor * along(b, axis, earlier)), axis=axis)
        a = xp.concat((along(a, axis, start), factor * along(a, axis, earlier)), axis=axis)
        step *= 2
    return b


def _backward_recurrence(a: Any, b: Any, axis: int) -> Any:
    """Compute hᵢ = bᵢ + aᵢ₊₁·hᵢ₊₁."""
    return flip(_recurrence(_shifted(flip(a, axis=axis), axis, 0), flip(b, axis=axis), axis=axis), axis=axis)


_RECURRENCE_SOURCE = """
def linear_recurrence(a, b, axis):
    a, b, step = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0), 1
    while step < len(b):
        b = np.concatenate((b[:step], b[step:] + a[step:] * b[:-step]))
        a = np.concatenate((a[:step], a[step:] * a[:-step]))
        step *= 2
    return np.moveaxis(b, 0, axis)
linear_recurrence({0}, {1}, {axis!r})"""

_recurrence = primitive(
    _recurrence_forward,
    [
        lambda g, y, a, b, axis: _backward_recurrence(a, g, axis) * _shifted(y, axis, 0),
        lambda g, y, a, b, axis: _backward_recurrence(a, g, axis),
    ],
    name="linear_recurrence", keep="y a", source=_RECURRENCE_SOURCE, latex=r"h_i = {{{1}}}_i + {{{0}}}_i h_{{i-1}}",
)  # fmt: skip


def _cumsum_on_numpy(a: Array, axis: int = 0, dtype: DType = None) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).cumsum(axis, dtype)


def _cumsum_forward(xp: Any, a: Array, axis: int = 0, dtype: DType = None) -> Array:
    return _cumsum_on_numpy(a, axis, dtype) if xp is np else xp.cumulative_sum(a, axis=axis, dtype=dtype)


_cumsum: Callable[..., Any] = primitive(
    _cumsum_forward,
    [lambda g, y, a, axis, dtype: flip(_cumsum(flip(g, axis=axis), axis=axis), axis=axis)],
    name="cumsum", keep="", structure="linear",
    leading=lambda a, axis, dtype: _cumsum(a, axis=behind(axis, a.ndim), dtype=dtype),
    on_numpy=_cumsum_on_numpy, source="np.cumsum({0}, axis={axis!r}, dtype={dtype!r})",
    latex=r"\operatorname{{cumsum}} {0}",
)  # fmt: skip


def _cumprod_on_numpy(a: Array, axis: int = 0, dtype: DType = None) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).cumprod(axis, dtype)


def _cumprod_forward(xp: Any, a: Array, axis: int = 0, dtype: DType = None) -> Array:
    return _cumprod_on_numpy(a, axis, dtype) if xp is np else xp.cumulative_prod(a, axis=axis, dtype=dtype)


def _cumprod_vjp(g: Any, y: Any, a: Any, axis: int, dtype: DType) -> Any:
    # ∂yₖ/∂aᵢ = (a₀ ⋯ aᵢ₋₁)(aᵢ₊₁ ⋯ aₖ): no division, so zeros are nothing special.
    if not a.size:
        return g
    if dtype is not None:
        a = astype(a, dtype=dtype)
    (axis,) = _axes(axis, a.ndim)
    return _before(a, axis) * _backward_recurrence(a, g, axis)


_cumprod = primitive(
    _cumprod_forward, [_cumprod_vjp],
    name="cumprod", keep="a", on_numpy=_cumprod_on_numpy, source="np.cumprod({0}, axis={axis!r}, dtype={dtype!r})",
    latex=r"\operatorname{{cumprod}} {0}",
)  # fmt: skip


@mirrors(np.cumsum, inputs=1)
def cumsum(a: Any, axis: int | None = None, dtype: DType = None) -> Any:
    """Add up along an axis: running sums.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, optional
        The default runs through the flattened array.
    dtype : dtype, optional
        To compute in; the default is NumPy's choice.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape, or of shape (size,).
    """
    return _cumsum(flat(a, "cumsum"), dtype=dtype) if axis is None else _cumsum(a, axis=axis, dtype=dtype)


@mirrors(np.cumprod, inputs=1)
def cumprod(a: Any, axis: int | None = None, dtype: DType = None) -> Any:
    """Multiply along an axis: running products. Their derivatives are right at zeros, too.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, optional
        The default runs through the flattened array.
    dtype : dtype, optional
        To compute in; the default is NumPy's choice.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape, or of shape (size,).
    """
    return _cumprod(flat(a, "cumprod"), dtype=dtype) if axis is None else _cumprod(a, axis=axis, dtype=dtype)


def _prod_vjp(g: Any, y: Any, a: Any, axis: Axis, dtype: DType, keepdims: bool) -> Any:
    """Multiply, for each number, all others, before and after it: no division by zeros."""
    if not a.size:
        return _spread(g, a, axis, keepdims)
    x = a if dtype is None else astype(a, dtype=dtype)
    axes = _axes(axis, a.ndim)
    order = (*(i for i in range(a.ndim) if i not in axes), *axes)  # the reduced axes last, then as one
    moved = transpose(x, order)
    kept = moved.shape[: a.ndim - len(axes)]
    rows = reshape(moved, (*kept, _count(a, axis)))
    last = len(kept)
    others = _before(rows, last) * flip(_before(flip(rows, axis=last), last), axis=last)
    back = tuple(order.index(i) for i in range(a.ndim))
    return _kept(g, a, axis, keepdims) * transpose(reshape(others, moved.shape), back)


def _prod_forward(xp: Any, a: Array, axis: Axis = None, dtype: DType = None, keepdims: bool = False) -> Array:
    return xp.prod(a, axis=axis, dtype=dtype, keepdims=keepdims)


prod: ReductionIn = _reduction(
    "prod", _prod_vjp, "Product. Its derivatives are right at zeros, too.",
    forward=_prod_forward,
    on_numpy=_reduced_by(np.multiply.reduce), more=_DTYPE, over=INITIAL + WHERE, keep="a",
    text="Π {0}", latex=r"\prod {0}", symbol="Π",
)  # fmt: skip

# --- the largest and the smallest --------------------------------------------------------------------


def _extremum_vjp(g: Any, y: Any, a: Any, axis: Axis, keepdims: bool) -> Any:
    """Share the gradient equally among whatever equals the extremum (of NaN: among the NaNs)."""
    chosen = (a == _kept(y, a, axis, keepdims)) | (a != a)
    count = sum(astype(chosen, dtype=a.dtype), axis=axis, keepdims=True)
    return masked(_kept(g, a, axis, keepdims) / count, chosen)


max: ReductionOver = _reduction(  # noqa: A001
    "max", _extremum_vjp, "Largest number; where several are equal, they share the gradient equally.",
    on_numpy=_reduced_by(np.maximum.reduce), over=INITIAL + WHERE, latex=r"\max {0}",
)  # fmt: skip
min: ReductionOver = _reduction(  # noqa: A001
    "min", _extremum_vjp, "Smallest number; where several are equal, they share the gradient equally.",
    on_numpy=_reduced_by(np.minimum.reduce), over=INITIAL + WHERE, latex=r"\min {0}",
)  # fmt: skip
amax = mirrors(np.amax)(max)
amin = mirrors(np.amin)(min)

argmax: Reduction = _reduction(
    "argmax", None, "Index of the largest number, the first if there are several.", axes="int"
)
argmin: Reduction = _reduction(
    "argmin", None, "Index of the smallest number, the first if there are several.", axes="int"
)
any: ReductionOver = _reduction("any", None, "Whether at least one is not zero.", over=WHERE)  # noqa: A001
all: ReductionOver = _reduction("all", None, "Whether none is zero.", over=WHERE)  # noqa: A001


@mirrors(np.allclose, inputs=2)
def allclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Tell whether all elements are equal within a tolerance: ``|a − b| ≤ atol + rtol·|b|``.

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
    Tensor of bool, or bool if no argument is a Tensor
        Of shape (). It is a constant: gradients stop here.
    """
    return all(isclose(a, b, rtol, atol, equal_nan))


@mirrors(np.array_equal)
def array_equal(a1: Any, a2: Any) -> bool:
    """Tell whether two arrays have the same shape and elements.

    Parameters
    ----------
    a1, a2 : array_like or Tensor

    Returns
    -------
    bool
    """
    return shape(a1) == shape(a2) and bool(all(equal(a1, a2)))


def _count_nonzero_forward(xp: Any, a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    # NumPy before 2.2 returns Python's int for all axes.
    return xp.asarray(xp.count_nonzero(a, axis=axis, keepdims=keepdims))[()]


count_nonzero = _reduction("count_nonzero", None, "How many are not zero.", forward=_count_nonzero_forward)


def sum_to(d: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which something of a shape was broadcast."""
    if d.shape == shape:
        return d
    extra = d.ndim - len(shape)
    stretched = (i + extra for i, n in enumerate(shape) if n == 1 and d.shape[i + extra] != 1)
    return reshape(sum(d, axis=(*range(extra), *stretched)), shape)


# --- softmax and its relatives -----------------------------------------------------------------------


def scalar(y: Array) -> Array:
    """NumPy's scalar in place of a 0-d array, which is how the record keeps a single number."""
    return y if y.ndim else y[()]


def _highest(xp: Any, x: Array, axis: Axis) -> Array:
    """Find the largest number, to be subtracted before exponentials are taken; 0 where it is infinite or NaN."""
    if not x.size:
        return xp.zeros((), dtype=x.dtype)
    m = xp.max(x, axis=axis, keepdims=True)
    return xp.where(xp.isfinite(m), m, xp.zeros_like(m))


# In what is `_quiet`, x − max x may overflow to −∞, whose exponential is the right 0; log 0 is the right −∞.


def _below_highest(a: Array, axis: Axis) -> tuple[Array, Array] | None:
    """Subtract the largest number, and return it too: where all of that is finite, as it mostly is."""
    if type(a) is not np.ndarray or a.dtype.kind != "f" or not a.ndim or not a.size:
        return None
    m = _maximum_reduce(a, axis, None, None, True)
    return (a - m, m) if moderate(m) else None


@_quiet
def _logsumexp_forward(xp: Any, a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    a = xp.asarray(a)
    m = _highest(xp, a, axis)
    y = xp.log(xp.sum(xp.exp(a - m), axis=axis, keepdims=True)) + m
    if not keepdims:
        y = xp.squeeze(y, axis=_axes(axis, a.ndim))
    return scalar(y)


def _logsumexp_on_numpy(a: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    if (below := _below_highest(a, axis)) is None:
        return _logsumexp_forward(np, a, axis, keepdims)
    e, m = below
    s = _sum_on_numpy(np.exp(e, e), axis, None, True)
    y: Array = np.add(np.log(s, s), m, s)
    return y if keepdims else scalar(np.squeeze(y, _axes(axis, a.ndim)))


# As NumPy code these three begin alike: with the largest number, or 0 where it is infinite, subtracted.
_SHIFTED_SOURCE = """
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0)
"""
_LOGSUMEXP_SOURCE = f"""
def logsumexp(x, axis=None, keepdims=False):{_SHIFTED_SOURCE}\
    y = np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)) + m
    return y if keepdims else np.squeeze(y, axis)
logsumexp({{0}}, axis={{axis!r}}, keepdims={{keepdims!r}})"""
_SOFTMAX_SOURCE = f"""
def softmax(x, axis):{_SHIFTED_SOURCE}\
    e = np.exp(x - m)
    return e / np.sum(e, axis=axis, keepdims=True)
softmax({{0}}, {{axis!r}})"""
_SHARES_SOURCE = """
def softmax_shares(x, axis):
    highest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    shifted = np.where(x == highest, 0, x - np.where(np.isfinite(highest), highest, 0))
    e = np.exp(np.where(np.isinf(highest) & (x != highest), -np.inf, shifted))
    return e / np.sum(e, axis=axis, keepdims=True)
softmax_shares({0}, {axis!r})"""
_LOG_SOFTMAX_SOURCE = f"""
def log_softmax(x, axis):{_SHIFTED_SOURCE}\
    return x - m - np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True))
log_softmax({{0}}, {{axis!r}})"""

logsumexp = _reduction(
    "logsumexp",
    lambda g, y, a, axis, keepdims: _kept(g, a, axis, keepdims) * _shares(a, axis=axis),
    "Logarithm of the sum of exponentials, log Σ eᵃ, stable for every finite a; of nothing it is −∞. Where the largest "
    "is infinite, all that equal it share the gradient equally.",
    forward=_logsumexp_forward, on_numpy=_logsumexp_on_numpy, keep="a", source=_LOGSUMEXP_SOURCE,
    text="log(Σ exp({0}))", latex=r"\log \sum e^{{{0}}}", symbol="log Σ exp",
)  # fmt: skip


@_quiet
def _softmax_forward(xp: Any, a: Array, axis: Axis = -1) -> Array:
    a = xp.asarray(a)
    e = xp.exp(a - _highest(xp, a, axis))
    return scalar(e / xp.sum(e, axis=axis, keepdims=True))


def _quick_softmax(a: Array, axis: Axis) -> Array | None:
    """Compute eᵃ / Σ eᵃ in one new array, where nothing is infinite."""
    if (below := _below_highest(a, axis)) is None:
        return None
    e, _ = below
    np.exp(e, e)
    return np.divide(e, _sum_on_numpy(e, axis, None, True), e)


def _softmax_on_numpy(a: Array, axis: Axis = -1) -> Array:
    y = _quick_softmax(a, axis)
    return _softmax_forward(np, a, axis) if y is None else y


@_quiet
def _shares_forward(xp: Any, a: Array, axis: Axis = None) -> Array:
    if not a.size:
        return a
    highest = xp.max(a, axis=axis, keepdims=True)
    finite = xp.isfinite(highest)
    shifted = a - xp.where(finite, highest, xp.zeros_like(highest))
    others = xp.where(finite, shifted, xp.full_like(a, -math.inf))
    e = xp.exp(xp.where(a == highest, xp.zeros_like(a), others))
    return scalar(e / xp.sum(e, axis=axis, keepdims=True))


def _shares_on_numpy(a: Array, axis: Axis = None) -> Array:
    y = _quick_softmax(a, axis)
    return _shares_forward(np, a, axis) if y is None else y


@_quiet
def _log_softmax_forward(xp: Any, a: Array, axis: Axis = -1) -> Array:
    a = xp.asarray(a)
    shifted = a - _highest(xp, a, axis)
    return scalar(shifted - xp.log(xp.sum(xp.exp(shifted), axis=axis, keepdims=True)))


def _log_softmax_on_numpy(a: Array, axis: Axis = -1) -> Array:
    if (below := _below_highest(a, axis)) is None:
        return _log_softmax_forward(np, a, axis)
    shifted, _ = below
    s = _sum_on_numpy(np.exp(shifted), axis, None, True)
    return np.subtract(shifted, np.log(s, s), shifted)


_NORMALIZED = """{summary}

Parameters
----------
a : array_like or Tensor
axis : int, tuple of int or None
    What to normalize over; None is everything.

Returns
-------
Tensor, or array if `a` is no Tensor
    Of the same shape. Entries of −∞ have probability 0; where all are −∞ the result is NaN.
"""


# Their VJPs are operations of their own: where one probability is near 1, the textbook's formulas would cancel. But
# what they return adds up to 0, so there it is what the others lack.


def _likely_from_others(xp: Any, d: Array, likely: Array, axis: Axis) -> Array:
    others = xp.sum(xp.where(likely, xp.zeros_like(d), d), axis=axis, keepdims=True)
    return scalar(xp.where(likely, 0 - others, d))


def _likely_from_others_on_numpy(d: Array, likely: Array, axis: Axis) -> Array:
    """Do the same in place, if there are any."""
    if np.count_nonzero(likely):
        d[likely] = 0
        np.copyto(d, 0 - _sum_on_numpy(d, axis, None, True), where=likely)
    return d


@_quiet
def _leading_in_g(vjp: Callable[..., Any]) -> Callable[..., Any]:
    """Take several cotangents g for one y."""
    return lambda i, g, y, axis: vjp(g, broadcast_to(y, g.shape), behind(axis, g.ndim))


def _softmax_vjp_forward(xp: Any, g: Array, y: Array, axis: Axis = -1) -> Array:
    d = y * (g - xp.sum(g * y, axis=axis, keepdims=True))
    return _likely_from_others(xp, d, y > 0.5, axis)


def _softmax_vjp_on_numpy(g: Array, y: Array, axis: Axis = -1) -> Array:
    if not _are_alike(g, y):
        return _softmax_vjp_forward(np, g, y, axis)
    d = g * y
    np.subtract(g, _sum_on_numpy(d, axis, None, True), d)
    d *= y
    return _likely_from_others_on_numpy(d, y > 0.5, axis)


def _softmax_vjp_of_y(u: Any, z: Any, g: Any, y: Any, axis: Axis) -> Any:
    # A constant added to ḡ makes no difference: the one is chosen that makes ḡ 0 where the probability is near 1.
    g = g - sum(where(y > 0.5, g, 0), axis=axis, keepdims=True)
    return u * (g - sum(g * y, axis=axis, keepdims=True)) - g * sum(u * y, axis=axis, keepdims=True)


@_quiet
def _log_softmax_vjp_forward(xp: Any, g: Array, y: Array, axis: Axis = -1) -> Array:
    d = g - xp.exp(y) * xp.sum(g, axis=axis, keepdims=True)
    return _likely_from_others(xp, d, y > -math.log(2), axis)


def _log_softmax_vjp_on_numpy(g: Array, y: Array, axis: Axis = -1) -> Array:
    if not _are_alike(g, y):
        return _log_softmax_vjp_forward(np, g, y, axis)
    d = np.exp(y)
    d *= _sum_on_numpy(g, axis, None, True)
    np.subtract(g, d, d)
    return _likely_from_others_on_numpy(d, y > -math.log(2), axis)


def _log_softmax_vjp_of_g(u: Any, z: Any, g: Any, y: Any, axis: Axis) -> Any:
    u = u - sum(where(y > -math.log(2), u, 0), axis=axis, keepdims=True)
    return u - sum(u * exp(y), axis=axis, keepdims=True)


def _log_softmax_vjp_of_y(u: Any, z: Any, g: Any, y: Any, axis: Axis) -> Any:
    return -u * exp(y) * sum(g, axis=axis, keepdims=True)


def _are_alike(g: Array, y: Array) -> bool:
    return type(g) is type(y) is np.ndarray and g.dtype is y.dtype and g.shape == y.shape != ()


_LIKELY_SOURCE = """  # where the difference cancels; but all of them add up to 0
    return np.where(likely, 0 - np.sum(np.where(likely, 0, d), axis=axis, keepdims=True), d)
"""
_SOFTMAX_VJP_SOURCE = f"""
def softmax_vjp(g, y, axis):
    d = y * (g - np.sum(g * y, axis=axis, keepdims=True))
    likely = y > 0.5{_LIKELY_SOURCE}\
softmax_vjp({{0}}, {{1}}, {{axis!r}})"""
_LOG_SOFTMAX_VJP_SOURCE = f"""
def log_softmax_vjp(g, y, axis):
    d = g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)
    likely = y > -np.log(2){_LIKELY_SOURCE}\
log_softmax_vjp({{0}}, {{1}}, {{axis!r}})"""

_SUM_THAT_KEEPS = r"\sum_{{\mathrm{{axis}} = {axis}, \, \mathrm{{keepdims}} = \mathrm{{True}}}}"

softmax_vjp: Binary[...] = primitive(
    _softmax_vjp_forward,
    (lambda u, z, g, y, axis: softmax_vjp(u, y, axis=axis), _softmax_vjp_of_y),
    name="softmax_vjp", keep="g y", structure="linear in g",
    leading=_leading_in_g(lambda *a: softmax_vjp(*a)), on_numpy=_softmax_vjp_on_numpy, source=_SOFTMAX_VJP_SOURCE,
    text="{1} ⊙ ({0} − Σ({0} ⊙ {1}, axis={axis}, keepdims=True))",
    latex=rf"{{1}} \odot ({{0}} - {_SUM_THAT_KEEPS} {{0}} \odot {{1}})", symbol="⊙ softmax′",
    doc="ḡ · ∂softmax, written with the value y, which adds up to 1: y ⊙ (ḡ − Σ ḡ ⊙ y).",
)  # fmt: skip
log_softmax_vjp: Binary[...] = primitive(
    _log_softmax_vjp_forward,
    (_log_softmax_vjp_of_g, _log_softmax_vjp_of_y),
    name="log_softmax_vjp", keep="g y", structure="linear in g",
    leading=_leading_in_g(lambda *a: log_softmax_vjp(*a)),
    on_numpy=_log_softmax_vjp_on_numpy, source=_LOG_SOFTMAX_VJP_SOURCE,
    text="{0} − exp({1}) ⊙ Σ({0}, axis={axis}, keepdims=True)",
    latex=rf"{{0}} - e^{{{{{{1}}}}}} \odot {_SUM_THAT_KEEPS} {{0}}", symbol="⊙ log softmax′",
    doc="ḡ · ∂log softmax, written with the value y, whose exponentials add up to 1: ḡ − eʸ Σ ḡ.",
)  # fmt: skip


def _softmax_vjp_formula(g: Any, y: Any, axis: Axis) -> Any:
    return y * (g - sum(g * y, axis=axis, keepdims=True))


def _log_softmax_vjp_formula(g: Any, y: Any, axis: Axis) -> Any:
    return g - exp(y) * sum(g, axis=axis, keepdims=True)


FORMULAS: dict[str, Callable[..., Any]] = {
    "softmax_vjp": _softmax_vjp_formula,
    "log_softmax_vjp": _log_softmax_vjp_formula,
}
"""The textbook's formulas of operations that are computed otherwise, for who reads them and looks for their parts."""

softmax = primitive(
    _softmax_forward,
    (lambda g, y, a, axis: softmax_vjp(g, y, axis=axis),),
    name="softmax", keep="y", on_numpy=_softmax_on_numpy, source=_SOFTMAX_SOURCE, latex=r"\operatorname{{softmax}} {0}",
    doc=_NORMALIZED.format(summary="Probabilities eᵃ / Σ eᵃ, stable for every finite a."),
)  # fmt: skip

_shares: Callable[..., Any] = primitive(
    _shares_forward,
    [lambda g, y, a, axis: softmax_vjp(g, y, axis=axis)],
    name="softmax_shares", keep="y", on_numpy=_shares_on_numpy, source=_SHARES_SOURCE,
    latex=r"\operatorname{{softmax}} {0}", symbol="softmax",
    doc="The gradient of logsumexp: softmax, and where the largest is infinite, equal shares for those that equal it.",
)  # fmt: skip

log_softmax = primitive(
    _log_softmax_forward,
    (lambda g, y, a, axis: log_softmax_vjp(g, y, axis=axis),),
    name="log_softmax", keep="y", on_numpy=_log_softmax_on_numpy, source=_LOG_SOFTMAX_SOURCE,
    latex=r"\log \operatorname{{softmax}} {0}",
    doc=_NORMALIZED.format(summary="Logarithm of softmax, a − log Σ eᵃ, stable for every finite a."),
)  # fmt: skip
