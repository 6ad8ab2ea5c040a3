"""Samples along an axis: convolution and correlation, differences and sums over a grid, interpolation, phases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from microgradnet.deferred import deferred
from microgradnet.ops.elementwise import absolute, astype, ceil, floor, greater, remainder, where
from microgradnet.ops.indexing import diff, getitem, of_differences, take
from microgradnet.ops.reductions import cumsum
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import along, concatenate, flip, given, pad, ravel, reshape, whole
from microgradnet.record import Array, Recorded, mirrors, primitive, value_of

if TYPE_CHECKING:
    from microgradnet.typed import Binary

_ndarray = np.ndarray

# --- convolution -------------------------------------------------------------------------------------


def _convolve_forward(xp: Any, a: Array, v: Array) -> Array:
    if xp is not np:
        raise TypeError(f"convolve: {xp.__name__} has none")
    return np.convolve(a, v)


def _convolve_vjp(g: Any, other: Any, n: int) -> Any:
    """Correlate the cotangent with the other vector, where both overlap fully."""
    m = other.shape[0]
    return getitem(_convolve(g, flip(other)), slice(m - 1, m - 1 + n))


_convolve: Binary = primitive(
    _convolve_forward,
    (
        lambda g, y, a, v: _convolve_vjp(g, v, a.shape[0]),
        lambda g, y, a, v: _convolve_vjp(g, a, v.shape[0]),
    ),
    name="convolve", keep="a v", structure="multilinear",
    source="np.convolve({0}, {1})", text="{0} ∗ {1}", latex=r"{0} \ast {1}", symbol="∗",
)  # fmt: skip


def _vectors(caller: str, a: Any, v: Any) -> tuple[Any, Any]:
    vectors = tuple(given(x, caller) for x in (a, v))
    for x in vectors:
        if x.ndim > 1 or not x.size:
            raise ValueError(f"{caller}: two vectors that aren't empty are needed, got a shape {x.shape}")
    return tuple(reshape(x, (-1,)) for x in vectors)


def _overlap(full: Any, n: int, m: int, mode: str, start: int) -> Any:
    if mode == "full":
        return full
    short, long = sorted((n, m))
    return getitem(full, slice(short - 1, long) if mode == "valid" else slice(start, start + long))


def _middle(a: Any, v: Any) -> int:
    """Return where the places in the middle begin in a correlation."""
    n, m = len(a), len(v)
    return (m - 1) // 2 if n >= m else n // 2


def _full(g: Array, a: Array, v: Array, mode: str, start: int) -> Array:
    """Put the gradient of the places of a mode, plain, among zeros for all the others; see `_overlap`."""
    if mode == "full":
        return g
    start = min(a.size, v.size) - 1 if mode == "valid" else start
    full = np.zeros(a.size + v.size - 1, g.dtype)
    full[start : start + g.size] = g
    return full


def _check_mode(caller: str, mode: str) -> None:
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"{caller}: mode must be 'full', 'same' or 'valid', got {mode!r}")


@mirrors(np.convolve, inputs=2)
@deferred(
    np.convolve,
    lambda g, y, a, v, mode: np.correlate(_full(g, a, v, mode, (min(a.size, v.size) - 1) // 2), v, "valid"),
    lambda g, y, a, v, mode: np.correlate(_full(g, a, v, mode, (min(a.size, v.size) - 1) // 2), a, "valid"),
    when=lambda a, v: type(a) is type(v) is _ndarray and a.ndim == v.ndim == 1,
)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Convolve two vectors, yₖ = Σ aᵢ·vₖ₋ᵢ.

    Parameters
    ----------
    a, v : array_like or Tensor
        Of shapes (n,) and (m,).
    mode : {"full", "same", "valid"}
        All places where they overlap, n + m − 1; the middle max(n, m) of them; or those where they overlap fully.

    Returns
    -------
    Tensor, or array if no argument is a Tensor

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.convolve(mg.tensor([1.0, 2.0, 3.0]), [1.0, -1.0])
    tensor([ 1.,  1.,  1., -3.])
    """
    _check_mode("convolve", mode)
    a, v = _vectors("convolve", a, v)
    n, m = a.shape[0], v.shape[0]
    return _overlap(_convolve(a, v), n, m, mode, (min(n, m) - 1) // 2)


@mirrors(np.correlate, inputs=2)
@deferred(
    np.correlate,
    lambda g, y, a, v, mode: np.convolve(_full(g, a, v, mode, _middle(a, v)), v, "valid"),
    lambda g, y, a, v, mode: np.correlate(_full(g, a, v, mode, _middle(a, v)), a, "valid")[::-1],
    when=lambda a, v: type(a) is type(v) is _ndarray and a.ndim == v.ndim == 1,
)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Correlate two vectors, yₖ = Σ aₖ₊ᵢ·vᵢ.

    Parameters
    ----------
    a, v : array_like or Tensor
        Of shapes (n,) and (m,). Of complex plain vectors, `v` is conjugated.
    mode : {"valid", "same", "full"}
        The places where they overlap fully; max(n, m) in the middle; or all, n + m − 1.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
    """
    _check_mode("correlate", mode)
    a, v = _vectors("correlate", a, v)
    n, m = a.shape[0], v.shape[0]
    if getattr(v.dtype, "kind", "f") == "c":
        v = v.conj()
    return _overlap(_convolve(a, flip(v)), n, m, mode, _middle(a, v))


# --- differences and sums ----------------------------------------------------------------------------


@mirrors(np.ediff1d, inputs=1)
@deferred(np.ediff1d, lambda g, y, ary: of_differences(g, ary.ravel(), 1, 0).reshape(ary.shape))
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbours in the flattened array.

    Parameters
    ----------
    ary : array_like or Tensor
    to_end, to_begin : array_like or Tensor, optional
        What to put after and before them.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (size − 1,), and what was put to it.
    """
    d = diff(ravel(ary))
    ends = [None if e is None else astype(ravel(e), d.dtype) for e in (to_begin, to_end)]
    parts = [part for part in (ends[0], d, ends[1]) if part is not None]
    return d if len(parts) == 1 else concatenate(parts)


def _steps(h: Any, n: int, which: int) -> Any:
    """Return the distances of one axis, a number or a vector of n − 1 of them."""
    if which >= 2:
        raise ValueError(f"gradient: distances must be numbers or vectors, got {which} axes")
    if which == 0:
        return h
    if h.shape[0] != n:
        raise ValueError(f"gradient: {h.shape[0]} coordinates for an axis of length {n}")
    d = diff(astype(h, np.float64) if whole(h) else h)
    equal = not isinstance(d, Recorded) and np.all(d == d[:1])
    return d[0] if equal and n > 1 else d


def _edges(f: Any, h: Any, axis: int, edge_order: int) -> tuple[Any, Any]:
    """Differentiate at both ends, from one or two neighbours on one side."""
    n = f.shape[axis]

    def at(i: int) -> Any:
        return along(f, axis, slice(i, i + 1 or None))

    first, second, last, before = (h, h, h, h) if not h.ndim else (h[0], h[1 % len(h)], h[-1], h[-2 % len(h)])
    if edge_order == 1:
        return (at(1) - at(0)) / first, (at(-1) - at(-2)) / last
    whole = first + second
    start = (
        at(0) * (-(first + whole) / (first * whole)) + at(1) * (whole / (first * second))
        - at(2) * (first / (second * whole))
    )  # fmt: skip
    whole = before + last
    end = (
        at(n - 3) * (last / (before * whole)) - at(n - 2) * (whole / (before * last))
        + at(n - 1) * ((last + whole) / (last * whole))
    )  # fmt: skip
    return start, end


def _slopes(f: Any, h: Any, axis: int, edge_order: int) -> Any:
    if f.shape[axis] < edge_order + 1:
        raise ValueError(
            f"gradient: an axis of length {f.shape[axis]} is too short; edge_order={edge_order} needs {edge_order + 1}"
        )
    before, here, after = (along(f, axis, s) for s in (slice(0, -2), slice(1, -1), slice(2, None)))
    h = h if hasattr(h, "ndim") else f.dtype.type(h)
    if not h.ndim:
        middle = (after - before) / (2.0 * h)
    else:
        h = astype(h, np.result_type(f.dtype, h.dtype))
        shape = tuple(-1 if i == axis else 1 for i in range(f.ndim))
        left, right = reshape(h[:-1], shape), reshape(h[1:], shape)
        middle = (
            before * (-right / (left * (left + right))) + here * ((right - left) / (left * right))
            + after * (left / (right * (left + right)))
        )  # fmt: skip
    start, end = _edges(f, h, axis, edge_order)
    y = concatenate([start, middle, end], axis)
    return y if y.dtype == f.dtype else astype(y, f.dtype)


def _gradient_vjp(g: Array, y: Array, f: Array, h: Any, axis: int) -> Array:
    d = np.zeros_like(g)
    to, g = np.moveaxis(d, axis, 0), np.moveaxis(g, axis, 0)
    steps = np.diff(h) if np.ndim(h) else np.full(2, h)
    steps = steps.reshape(-1, *[1] * (g.ndim - 1))
    left, right, inner = steps[:-1], steps[1:], g[1:-1]
    to[:-2] -= inner * (right / (left * (left + right)))
    to[1:-1] += inner * ((right - left) / (left * right))
    to[2:] += inner * (left / (right * (left + right)))
    start, end = g[0] / steps[0], g[-1] / steps[-1]
    to[0] -= start
    to[1] += start
    to[-2] -= end
    to[-1] += end
    return d


def _gradient_on_numpy(f: Array, h: Any, axis: int) -> Array:
    """Do what `np.gradient` does along one axis, in a fifth of the time."""
    h = _steps(h, f.shape[axis], np.ndim(h))
    y = np.empty_like(f)
    to, of = y.swapaxes(0, axis), f.swapaxes(0, axis)
    first, last = of[1] - of[0], of[-1] - of[-2]
    if np.ndim(h):
        left, right = (d.reshape(-1, *[1] * (f.ndim - 1)) for d in (h[:-1], h[1:]))
        inner = (of[1:-1] - of[:-2]) * (right / (left * (left + right)))
        to[1:-1] = inner + (of[2:] - of[1:-1]) * (left / (right * (left + right)))
        to[0], to[-1] = first / h[0], last / h[-1]
    else:
        np.subtract(of[2:], of[:-2], to[1:-1])
        to[0], to[-1] = first + first, last + last
        y /= h + h
    return y


@deferred(_gradient_on_numpy, _gradient_vjp, None)
def gradient_along(f: Any, h: Any, axis: int) -> Any:
    """Differentiate along one axis, at distances that are plain."""
    return _slopes(f, _steps(h, f.shape[axis], np.ndim(h)), axis, 1)


@mirrors(np.gradient)
def gradient(f: Any, *varargs: Any, axis: int | tuple[int, ...] | None = None, edge_order: int = 1) -> Any:
    """Differentiate samples along axes: by central differences, at both ends by one-sided ones.

    Parameters
    ----------
    f : array_like or Tensor
    *varargs : array_like or Tensor
        Nothing for distances of 1; one number for all axes; or for each axis a number, or the coordinates along it.
    axis : int or tuple of int, optional
        The default is all axes.
    edge_order : {1, 2}
        Whether the ends are accurate to first or second order.

    Returns
    -------
    Tensor, or array if no argument is a Tensor; a tuple of them if there are several axes
        Of the shape of `f`.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.gradient(mg.tensor([1.0, 2.0, 4.0, 7.0]))
    tensor([1. , 1.5, 2.5, 3. ])
    """
    f = given(f, "gradient")
    if whole(f):
        f = astype(f, np.float64)
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    spacings = [given(v, "gradient") if type(v) not in (int, float) else v for v in varargs]
    ndims = [getattr(s, "ndim", 0) for s in spacings]
    if not spacings:
        spacings, ndims = [1.0] * len(axes), [0] * len(axes)
    elif len(spacings) == 1 and ndims == [0]:
        spacings, ndims = spacings * len(axes), [0] * len(axes)
    elif len(spacings) != len(axes):
        raise TypeError(f"gradient: {len(spacings)} distances for {len(axes)} axes")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order must be 1 or 2, got {edge_order}")
    found = []
    for i, h, ndim in zip(axes, spacings, ndims, strict=True):
        plain = edge_order == 1 and not isinstance(h, Recorded)
        found.append(gradient_along(f, h, i) if plain else _slopes(f, _steps(h, f.shape[i], ndim), i, edge_order))
    return found[0] if len(found) == 1 else tuple(found)


def _trapezoid_vjp(g: Array, a: Array, dx: float, axis: int) -> Array:
    d = np.empty_like(a)
    d[...] = np.expand_dims(g * dx, axis)
    for end in (slice(0, 1), slice(-1, None)):
        along(d, axis % a.ndim, end)[...] /= 2
    return d if a.shape[axis] > 1 else np.zeros_like(a)


@mirrors(np.trapezoid, inputs="leading")
@deferred(np.trapezoid, lambda g, y, a, dx, axis: _trapezoid_vjp(g, a, dx, axis))
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate samples by the trapezoidal rule.

    Parameters
    ----------
    y : array_like or Tensor
        Of shape (..., n, ...).
    x : array_like or Tensor, optional
        Their coordinates, of shape (n,) or of the shape of `y`.
    dx : array_like or Tensor
        Their distances, if there are no coordinates.
    axis : int

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Without the axis.
    """
    y = given(y, "trapezoid")
    axis = normalize_axis_index(axis, y.ndim)
    d: Any = dx
    if x is not None:
        x = given(x, "trapezoid")
        d = (
            reshape(diff(x), tuple(-1 if i == axis else 1 for i in range(y.ndim)))
            if x.ndim == 1
            else diff(x, axis=axis)
        )
    return sum_(d * (along(y, axis, slice(1, None)) + along(y, axis, slice(0, -1))) / 2.0, axis=axis)


@mirrors(np.unwrap, inputs=1)
@deferred(np.unwrap, lambda g, y, p, discont, axis, period: g)
def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Take out jumps of more than half a period. What is added is constant between the jumps, so the derivative is 1.

    Parameters
    ----------
    p : array_like or Tensor
    discont : float, optional
        The smallest jump to take out; the default is half a period, which is the least.
    axis : int
    period : float

    Returns
    -------
    Tensor, or array if `p` is no Tensor
        Of the same shape.
    """
    p = given(p, "unwrap")
    axis = normalize_axis_index(axis, p.ndim)
    d = diff(p, axis=axis)
    half = period / 2
    turns = where(greater(d, 0), ceil((d - half) / period), floor((d + half) / period))
    if discont is not None and discont > half:
        turns = where(absolute(d) < discont, 0, turns)
    turns = where(absolute(d) < half, 0, turns)
    widths = [(1, 0) if i == axis else (0, 0) for i in range(p.ndim)]
    return p - pad(cumsum(turns, axis=axis), widths) * period


# --- interpolation -----------------------------------------------------------------------------------

_searchsorted = primitive(
    lambda xp, a, v, side="left": xp.searchsorted(a, v, side=side), (None, None),
    name="searchsorted", source="np.searchsorted({0}, {1}, {side!r})",
)  # fmt: skip


@mirrors(np.searchsorted, inputs=2)
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """Find where numbers belong in a sorted vector: constants, gradients stop here.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (n,), ascending.
    v : array_like or Tensor
        The numbers.
    side : {"left", "right"}
        Before or after those that are equal.
    sorter : array_like of int, optional
        What sorts `a`, if it isn't.

    Returns
    -------
    Tensor of int, or array if no argument is a Tensor
        Of the shape of `v`.
    """
    a = given(a, "searchsorted")
    return _searchsorted(a if sorter is None else take(a, sorter), given(v, "searchsorted"), side=side)


@mirrors(np.digitize, inputs=2)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """Find the bins that numbers belong to: constants, gradients stop here.

    Parameters
    ----------
    x : array_like or Tensor
    bins : array_like or Tensor
        Their edges, of shape (n,), ascending or descending.
    right : bool
        Whether an edge belongs to the bin on its left.

    Returns
    -------
    Tensor of int, or array if no argument is a Tensor
        Of the shape of `x`.

    Raises
    ------
    ValueError
        If the edges are not in order.
    """
    x, bins = given(x, "digitize"), given(bins, "digitize")
    edges = bins.concrete("digitize: the edges") if isinstance(bins, Recorded) else bins
    steps = np.diff(edges)
    side = "left" if right else "right"
    if np.all(steps >= 0):
        return searchsorted(bins, x, side)
    if not np.all(steps <= 0):
        raise ValueError("digitize: the edges must be in ascending or descending order")
    return edges.size - searchsorted(flip(bins), x, side)


def _interp_vjp(k: int, g: Array, x: Array, xp: Array, fp: Array) -> Array:
    n = len(xp)
    i = xp.searchsorted(x, "right").clip(1, n - 1)
    width = xp[i] - xp[i - 1]
    wide = width != 0
    share, slope = (x - xp[i - 1], fp[i] - fp[i - 1]) / np.where(wide, width, 1.0)
    inside = (x >= xp[0]) & (x <= xp[-1])
    if k == 0:
        return np.where(inside, g * slope, 0.0)
    if k == 1:
        below, above = slope * np.where(wide, share - 1, -1.0), np.where(wide, -slope * share, 0.0)
        inner: Any = np.where(inside, g, 0.0)
        outer = None
    else:
        below, above = 1 - share, share
        inner, outer = np.where(inside, g, 0.0), np.where(inside, 0.0, g)
    at = np.ravel(i)
    d = np.bincount(at - 1, np.ravel(inner * below), n) + np.bincount(at, np.ravel(inner * above), n)
    if outer is not None:
        d[0] += np.sum(outer, where=x < xp[0])
        d[-1] += np.sum(outer, where=x > xp[-1])
    return d


@mirrors(np.interp, inputs="leading")
@deferred(
    np.interp,
    lambda g, y, x, xp, fp: _interp_vjp(0, g, x, xp, fp),
    lambda g, y, x, xp, fp: _interp_vjp(1, g, x, xp, fp),
    lambda g, y, x, xp, fp: _interp_vjp(2, g, x, xp, fp),
    when=lambda x, xp, fp: type(xp) is _ndarray and xp.size > 1,
)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None) -> Any:
    """Interpolate linearly between points; gradients flow to the coordinates, the points and their values.

    At a point, where the slope jumps, that of the interval on its right is taken; beyond the ends it is 0.

    Parameters
    ----------
    x : array_like or Tensor
        Where.
    xp, fp : array_like or Tensor
        The points, ascending, and their values, of shape (n,).
    left, right : array_like or Tensor, optional
        The values beyond the ends; the default is those at the ends.
    period : float, optional
        Of the points: they need not be in order then, and there are no ends.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the shape of `x`, float64.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.grad(mg.interp)(0.5, np.array([0.0, 1.0, 2.0]), np.array([0.0, 3.0, 4.0]))
    array(3.)
    """
    x, xp, fp = (astype(given(i, "interp"), np.float64) for i in (x, xp, fp))
    if xp.ndim != 1 or xp.shape != fp.shape or not xp.shape[0]:
        raise ValueError(f"interp: the points are two vectors of one length, got shapes {xp.shape} and {fp.shape}")
    if period is not None:
        if period == 0:
            raise ValueError("interp: the period can't be 0")
        x, xp, fp = _in_one_period(x, xp, fp, abs(period))
        left = right = None
    n = xp.shape[0]
    first, last = getitem(fp, 0) if left is None else left, getitem(fp, n - 1) if right is None else right
    if n == 1:
        inside = getitem(fp, 0) + 0 * x
    else:
        i = _searchsorted(xp, x, side="right").clip(1, n - 1)
        below, value = getitem(xp, i - 1), getitem(fp, i - 1)
        width = getitem(xp, i) - below
        inside = value + (getitem(fp, i) - value) / where(width == 0, 1.0, width) * (x - below)
    return where(x < getitem(xp, 0), first, where(x > getitem(xp, n - 1), last, inside))


def _in_one_period(x: Any, xp: Any, fp: Any, period: float) -> tuple[Any, Any, Any]:
    """Sort the points within a period, and put the last before them and the first after them."""
    x, xp = remainder(x, period), remainder(xp, period)
    order = np.argsort(value_of(xp) if not isinstance(xp, Recorded) else xp.concrete("interp: the points"))
    xp, fp = getitem(xp, order), getitem(fp, order)
    ends = slice(-1, None), slice(0, 1)
    xp = concatenate([getitem(xp, ends[0]) - period, xp, getitem(xp, ends[1]) + period])
    return x, xp, concatenate([getitem(fp, ends[0]), fp, getitem(fp, ends[1])])
