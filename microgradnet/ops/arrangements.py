"""Arrangements: joining, cutting and turning arrays, inserting and leaving out, as NumPy's shorter names have it.

Most are compositions of what `shapes` and `indexing` declare. What moves elements one by one lets NumPy move their
positions, and takes what stands there; so errors are NumPy's.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from microgradnet.deferred import deferred, deferred_join
from microgradnet.ops.diagonals import diagonal, embed
from microgradnet.ops.elementwise import astype
from microgradnet.ops.indexing import getitem, picked, scatter_add
from microgradnet.ops.reductions import sum as add_up
from microgradnet.ops.reductions import sum_to
from microgradnet.ops.shapes import (
    Axes,
    all_given,
    along,
    as_ints,
    atleast_1d,
    broadcast_to,
    concatenate,
    copied,
    counted,
    expand_dims,
    flat,
    flip,
    given,
    is_traced,
    moveaxis,
    part_of_join,
    ravel,
    reshape,
    split,
    stack,
    transpose,
    unshared,
)
from microgradnet.plain import NUMBERS
from microgradnet.record import Array, given_for, mirrors, primitive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import Tensor


# --- turning -----------------------------------------------------------------------------------------


def _with_axes(caller: str, a: Any, least: int) -> Any:
    a = given(a, caller)
    if a.ndim < least:
        raise ValueError(f"{caller}: at least {least} axes are needed, got {a.ndim}")
    return a


@mirrors(np.fliplr, inputs=1)
def fliplr(m: Any) -> Any:
    """Reverse the order along the second axis.

    Parameters
    ----------
    m : array_like or Tensor
        With at least two axes.

    Returns
    -------
    Tensor, or array if `m` is no Tensor
        Of the same shape.
    """
    return flip(_with_axes("fliplr", m, 2), axis=1)


@mirrors(np.flipud, inputs=1)
def flipud(m: Any) -> Any:
    """Reverse the order along the first axis.

    Parameters
    ----------
    m : array_like or Tensor
        With at least one axis.

    Returns
    -------
    Tensor, or array if `m` is no Tensor
        Of the same shape.
    """
    return flip(_with_axes("flipud", m, 1), axis=0)


@mirrors(np.rot90, inputs=1)
def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """Turn by quarters of a circle, from the first of two axes towards the second.

    Parameters
    ----------
    m : array_like or Tensor
        With at least two axes.
    k : int
        How many quarters.
    axes : pair of int
        The plane.

    Returns
    -------
    Tensor, or array if `m` is no Tensor

    Raises
    ------
    ValueError
        If the axes aren't two different ones.
    """
    m = given(m, "rot90")
    if len(axes) != 2:
        raise ValueError(f"rot90: axes are two, got {len(axes)}")
    i, j = counted(axes, m.ndim, "axes")
    turned = list(range(m.ndim))
    turned[i], turned[j] = j, i
    match k % 4:
        case 1:
            return transpose(flip(m, axis=j), turned)
        case 2:
            return flip(m, axis=(i, j))
        case 3:
            return flip(transpose(m, turned), axis=j)
    return getitem(m, ...)


@mirrors(np.rollaxis, inputs=1)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move an axis back, until it stands before another one; `moveaxis` is the newer name.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int
        Which one.
    start : int
        Before which position.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        A view of the same memory.
    """
    a = given(a, "rollaxis")
    axis, start = normalize_axis_index(axis, a.ndim), normalize_axis_index(start, a.ndim + 1)
    return moveaxis(a, axis, start - 1 if axis < start else start)


@mirrors(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """View each argument with at least three axes; of a vector the new ones stand on both sides.

    Parameters
    ----------
    *arys : array_like or Tensor

    Returns
    -------
    Tensor, array, or a tuple of them if there are several arguments
    """
    results = []
    for a in all_given(arys, "atleast_3d"):
        ndim = a.ndim
        before = (1,) * (ndim < 2)
        results.append(a if ndim >= 3 else reshape(a, before + a.shape + (1,) * (3 - ndim - len(before))))
    return results[0] if len(results) == 1 else tuple(results)


# --- joining -----------------------------------------------------------------------------------------


@mirrors(np.dstack, inputs="joined")
@deferred_join(np.dstack, lambda i, g, y, *arrays: part_of_join(i, g, arrays, 2, 3))
def dstack(tup: Iterable[Any]) -> Any:
    """Put arrays behind one another, along the third axis.

    Parameters
    ----------
    tup : sequence of array_like or Tensor

    Returns
    -------
    Tensor, or array if there is no Tensor
        With at least three axes.
    """
    return concatenate([atleast_3d(a) for a in tup], 2)


@mirrors(np.column_stack, inputs="joined")
@deferred_join(np.column_stack, lambda i, g, y, *arrays: part_of_join(i, g, arrays, 1, 2))
def column_stack(tup: Iterable[Any]) -> Any:
    """Put columns beside one another: vectors, and matrices as they are.

    Parameters
    ----------
    tup : sequence of array_like or Tensor

    Returns
    -------
    Tensor, or array if there is no Tensor
        With two axes.
    """
    parts = [given(a, "column_stack") for a in tup]
    return concatenate([reshape(a, (-1, 1)) if a.ndim < 2 else a for a in parts], 1)


@mirrors(np.block)
def block(arrays: Any) -> Any:
    """Join nested lists of blocks: the innermost along the last axis, those around them along the one before.

    Parameters
    ----------
    arrays : nested list of array_like or Tensor
        To the same depth everywhere.

    Returns
    -------
    Tensor, or array if there is no Tensor

    Raises
    ------
    ValueError
        If the depths differ, a list is empty, or the shapes do not match.

    Examples
    --------
    >>> import microgradnet as mg
    >>> a = mg.tensor([1.0, 2.0])
    >>> mg.block([[a, 3.0], [0.0, a]])
    tensor([[1., 2., 3.],
            [0., 1., 2.]])
    """
    depth, at = 0, arrays
    while isinstance(at, list):
        if not at:
            raise ValueError("block: a list of blocks is empty")
        depth, at = depth + 1, at[0]
    ndim = max(depth, _most_axes(arrays, depth))
    return _joined(arrays, depth, ndim) if depth else copied(given(arrays, "block"))


def _most_axes(arrays: Any, depth: int) -> int:
    if depth:
        if not isinstance(arrays, list) or not arrays:
            raise ValueError("block: lists are nested to different depths, or one is empty")
        return max(_most_axes(a, depth - 1) for a in arrays)
    if isinstance(arrays, list):
        raise ValueError("block: lists are nested to different depths")
    return int(given(arrays, "block").ndim)


def _joined(arrays: Any, depth: int, ndim: int) -> Any:
    if depth:
        return concatenate([_joined(a, depth - 1, ndim) for a in arrays], -depth)
    a = given(arrays, "block")
    return reshape(a, (1,) * (ndim - a.ndim) + a.shape) if a.ndim < ndim else a


def _appended(g: Array, a: Array, axis: int | None, *, last: bool) -> Any:
    """Return what belongs to the first or the last of two arrays in one that was made of both."""
    if axis is None:
        return (g[len(g) - a.size :] if last else g[: a.size]).reshape(a.shape)
    n = a.shape[axis]
    return along(g, axis % g.ndim, slice(g.shape[axis] - n, None) if last else slice(n))


@mirrors(np.append, inputs=2)
@deferred(
    np.append,
    lambda g, y, arr, values, axis: _appended(g, arr, axis, last=False),
    lambda g, y, arr, values, axis: _appended(g, values, axis, last=True),
)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Put values after an array.

    Parameters
    ----------
    arr, values : array_like or Tensor
        With as many axes, and equal lengths along the others.
    axis : int, optional
        The default joins the flattened arrays.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
    """
    arr, values = given(arr, "append"), given(values, "append")
    return concatenate([arr, values], axis)


# --- cutting -----------------------------------------------------------------------------------------


@mirrors(np.hsplit, inputs="split")
def hsplit(ary: Any, indices_or_sections: Axes) -> list[Any]:
    """Cut into parts beside one another: along the second axis, a vector along its only one.

    Parameters
    ----------
    ary : array_like or Tensor
    indices_or_sections : int or sequence of int
        How many parts of equal length, or the indices where they begin.

    Returns
    -------
    list of Tensor, or of array if `ary` is no Tensor
    """
    ary = _with_axes("hsplit", ary, 1)
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@mirrors(np.vsplit, inputs="split")
def vsplit(ary: Any, indices_or_sections: Axes) -> list[Any]:
    """Cut into parts below one another: along the first of at least two axes.

    Parameters
    ----------
    ary : array_like or Tensor
    indices_or_sections : int or sequence of int
        How many parts of equal length, or the indices where they begin.

    Returns
    -------
    list of Tensor, or of array if `ary` is no Tensor
    """
    return split(_with_axes("vsplit", ary, 2), indices_or_sections, 0)


@mirrors(np.dsplit, inputs="split")
def dsplit(ary: Any, indices_or_sections: Axes) -> list[Any]:
    """Cut into parts behind one another: along the third axis.

    Parameters
    ----------
    ary : array_like or Tensor
    indices_or_sections : int or sequence of int
        How many parts of equal length, or the indices where they begin.

    Returns
    -------
    list of Tensor, or of array if `ary` is no Tensor
    """
    return split(_with_axes("dsplit", ary, 3), indices_or_sections, 2)


@mirrors(np.unstack)
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Tensor | NDArray[Any], ...]:
    """Take an array apart along an axis.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., n, ...).
    axis : int

    Returns
    -------
    tuple of Tensor, or of array if `x` is no Tensor
        As many as the axis is long, without that axis.
    """
    x = _with_axes("unstack", x, 1)
    axis = normalize_axis_index(axis, x.ndim)
    return tuple(along(x, axis, i) for i in range(x.shape[axis]))


# --- inserting and leaving out -----------------------------------------------------------------------


@mirrors(np.delete, inputs=1)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """Leave elements out.

    Parameters
    ----------
    arr : array_like or Tensor
    obj : int, slice, or sequence of int or bool
        Which ones along the axis.
    axis : int, optional
        The default leaves them out of the flattened array.

    Returns
    -------
    Tensor, or array if `arr` is no Tensor
    """
    arr, axis = (flat(arr, "delete"), 0) if axis is None else (given(arr, "delete"), axis)
    axis = normalize_axis_index(axis, arr.ndim)
    n, obj = arr.shape[axis], given_for("delete", "obj", obj)
    places: Any = obj if isinstance(obj, slice) else np.asarray(obj)
    if places is not obj and places.dtype.kind not in "iu":
        return picked(arr, axis, np.delete(np.arange(n), obj))
    left = np.ones(n, bool)
    left[places] = False
    return picked(arr, axis, left.nonzero()[0])


def _insert_vjp(g: Array, arr: Array, obj: Any, values: Array | None, axis: int | None) -> Array:
    """Insert numbers in place of the values, among −1 everywhere else, and collect by them."""
    new = 0 if values is None else np.arange(values.size).reshape(values.shape)
    places = np.insert(np.full(arr.shape, -1), obj, new, axis)
    if values is None:
        return g[places < 0].reshape(arr.shape)
    return np.bincount(places[places >= 0], g[places >= 0], values.size).reshape(values.shape)


@mirrors(np.insert, inputs="leading")
@deferred(
    np.insert,
    lambda g, y, arr, obj, values, axis: _insert_vjp(g, arr, obj, None, axis),
    None,
    lambda g, y, arr, obj, values, axis: _insert_vjp(g, arr, obj, values, axis),
)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Put values between elements.

    Parameters
    ----------
    arr : array_like or Tensor
    obj : int, slice, or sequence of int or bool
        Before which elements along the axis.
    values : array_like or Tensor
        Broadcast to what is inserted, and converted to the dtype of `arr`.
    axis : int, optional
        The default inserts into the flattened array.

    Returns
    -------
    Tensor, or array if no argument is a Tensor

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.insert(mg.tensor([1.0, 2.0]), 1, [5.0, 6.0])
    tensor([1., 5., 6., 2.])
    """
    arr, obj = given(arr, "insert"), given_for("insert", "obj", obj)
    if axis is None:
        arr, axis = ravel(arr), 0
    axis = normalize_axis_index(axis, arr.ndim)
    n = arr.shape[axis]
    values = astype(given(values, "insert"), arr.dtype)
    values = reshape(values, (1,) * (arr.ndim - values.ndim) + values.shape)
    count: Any
    if isinstance(obj, slice):
        count = len(range(*obj.indices(n)))
    else:
        count = np.count_nonzero(obj) if np.asarray(obj).dtype.kind == "b" and np.ndim(obj) else np.size(obj)
    if not isinstance(obj, slice) and np.ndim(obj) == 0:
        values = moveaxis(values, 0, axis)
    if count == 1:  # one place takes all of them
        count = values.shape[axis]
    values = broadcast_to(values, (*arr.shape[:axis], count, *arr.shape[axis + 1 :]))
    order = np.insert(np.arange(n), obj, np.arange(n, n + count))
    return picked(concatenate([arr, values], axis), axis, order)


@mirrors(np.resize, inputs=1)
@deferred(
    np.resize,
    lambda g, y, a, new_shape: np.bincount(np.arange(g.size) % a.size, g.ravel(), a.size).reshape(a.shape),
    when=lambda a: a.size > 0,
)
def resize(a: Any, new_shape: Axes) -> Any:
    """Fill a shape with the elements in order, over and over again if it is larger.

    Parameters
    ----------
    a : array_like or Tensor
    new_shape : int or sequence of int

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the new shape.
    """
    a = ravel(a)
    if not a.size:
        return broadcast_to(given(0 * np.ones((), a.dtype), "resize"), new_shape)
    return getitem(a, np.resize(np.arange(a.size), new_shape))


@mirrors(np.compress, inputs=2)
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """Keep the elements along an axis for which a condition holds.

    Parameters
    ----------
    condition : array_like of bool or Tensor
        Of shape (k,), with k up to the length of the axis; it is not differentiated.
    a : array_like or Tensor
    axis : int, optional
        The default takes them from the flattened array.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
    """
    a, axis = (flat(a, "compress"), 0) if axis is None else (given(a, "compress"), axis)
    mask = np.asarray(given_for("compress", "condition", condition))
    if mask.ndim != 1:
        raise ValueError(f"compress: the condition must be a vector, got shape {mask.shape}")
    return picked(a, normalize_axis_index(axis, a.ndim), mask.nonzero()[0])


@mirrors(np.trim_zeros)
def _trim_zeros(filt: Any, trim: str = "fb") -> Any:
    """Leave out the zeros at the ends of a vector, as `numpy.poly1d` does of its coefficients."""
    if filt.ndim != 1 or not set(trim.lower()) <= {"f", "b"}:
        raise ValueError(f"trim_zeros: a vector is wanted, and 'f', 'b' or both, got shape {filt.shape} and {trim!r}")
    there = np.flatnonzero(filt.concrete("trim_zeros, whose length depends on the values,"))
    if not there.size:
        return filt[:0]
    return filt[there[0] if "f" in trim.lower() else 0 : there[-1] + 1 if "b" in trim.lower() else None]


@mirrors(np.extract, inputs=2)
def extract(condition: Any, arr: Any) -> Any:
    """Return the elements for which a condition holds, as a vector.

    Parameters
    ----------
    condition : array_like of bool or Tensor
        Of as many elements; it is not differentiated.
    arr : array_like or Tensor

    Returns
    -------
    Tensor, or array if `arr` is no Tensor
        Of shape (k,).
    """
    mask = np.asarray(given_for("extract", "condition", condition))
    return picked(flat(arr, "extract"), 0, mask.ravel().nonzero()[0])


# --- spreading ---------------------------------------------------------------------------------------


def _tile_vjp(g: Any, y: Any, A: Any, reps: tuple[int, ...]) -> Any:  # noqa: N803
    """Add up the copies: they are axes of their own, before those of the array."""
    shape = (1,) * (len(reps) - A.ndim) + A.shape
    counts = (1,) * (len(shape) - len(reps)) + reps
    copies = reshape(g, tuple([n for pair in zip(counts, shape, strict=True) for n in pair]))
    return reshape(add_up(copies, axis=tuple(range(0, 2 * len(shape), 2))), A.shape)


def _tile_forward(xp: Any, A: Array, reps: tuple[int, ...] = ()) -> Array:  # noqa: N803
    if xp is np:
        return np.tile(A, reps)
    shape = (1,) * (len(reps) - A.ndim) + A.shape
    counts = (1,) * (len(shape) - len(reps)) + reps
    copies = xp.reshape(A, tuple([n for length in shape for n in (1, length)]))
    copies = xp.broadcast_to(copies, tuple([n for pair in zip(counts, shape, strict=True) for n in pair]))
    return xp.reshape(copies, tuple([r * n for r, n in zip(counts, shape, strict=True)]))


_tile = primitive(
    _tile_forward, (_tile_vjp,),
    name="tile", keep="A", structure="linear", on_numpy=np.tile, source="np.tile({0}, {reps!r})",
    latex=r"\operatorname{{tile}}_{{{reps}}} {0}",
)  # fmt: skip


@mirrors(np.tile, inputs=1)
def tile(A: Any, reps: Axes) -> Any:  # noqa: N803 - NumPy's name
    """Build an array from copies of another, side by side.

    Parameters
    ----------
    A : array_like or Tensor
    reps : int or sequence of int
        How many copies along each axis; the last of them belongs to the last axis.

    Returns
    -------
    Tensor, or array if `A` is no Tensor
    """
    return _tile(A, as_ints(reps))


def _repeat_vjp(g: Any, y: Any, a: Any, repeats: int | tuple[int, ...], axis: int | None) -> Any:
    """Add up what was repeated."""
    shape, axis = ((math.prod(a.shape),), 0) if axis is None else (a.shape, axis % a.ndim)
    if isinstance(repeats, int):
        copies = reshape(g, (*shape[: axis + 1], repeats, *shape[axis + 1 :]))
        return reshape(add_up(copies, axis=axis + 1), a.shape)
    where = np.repeat(np.arange(shape[axis]), repeats)
    return reshape(scatter_add(g, (slice(None),) * axis + (where,), shape), a.shape)


def _repeat_on_numpy(a: Array, repeats: int | tuple[int, ...] = 1, axis: int | None = None) -> Array:
    return a.repeat(repeats, axis) if type(a) is np.ndarray else np.repeat(a, repeats, axis)  # 0.4 us less


def _repeat_forward(xp: Any, a: Array, repeats: int | tuple[int, ...] = 1, axis: int | None = None) -> Array:
    if xp is np:
        return _repeat_on_numpy(a, repeats, axis)
    a, axis = (xp.reshape(a, (-1,)), 0) if axis is None else (a, axis % a.ndim)
    before, (n, *after) = a.shape[:axis], a.shape[axis:]
    if not isinstance(repeats, int):
        return xp.take(a, xp.asarray(np.repeat(np.arange(n), repeats)), axis=axis)
    copies = xp.broadcast_to(xp.reshape(a, (*before, n, 1, *after)), (*before, n, repeats, *after))
    return xp.reshape(copies, (*before, n * repeats, *after))


_repeat = primitive(
    _repeat_forward,
    (_repeat_vjp,),
    name="repeat", keep="a", structure="linear", on_numpy=_repeat_on_numpy,
    source="np.repeat({0}, {repeats!r}, {axis!r})",
    latex=r"\operatorname{{repeat}}_{{{repeats}}} {0}",
)  # fmt: skip


@mirrors(np.repeat, inputs=1)
def repeat(a: Any, repeats: Axes, axis: int | None = None) -> Any:
    """Repeat each element along an axis.

    Parameters
    ----------
    a : array_like or Tensor
    repeats : int or sequence of int
        How often; one number for all, or one for each element.
    axis : int, optional
        The default repeats the elements of the flattened array.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
    """
    counts = as_ints(repeats)
    return _repeat(a, counts if len(counts) != 1 else counts[0], axis if axis is None else operator.index(axis))


_broadcast_shapes = lru_cache(256)(np.broadcast_shapes)


@mirrors(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Tensor | NDArray[Any], ...]:
    """Broadcast arrays against each other.

    Parameters
    ----------
    *args : array_like or Tensor
    subok : bool
        Accepted, as NumPy's; it makes no difference here.

    Returns
    -------
    tuple of Tensor and array
        All of the broadcast shape.
    """
    arrays = [given(a, "broadcast_arrays") for a in args]
    shape = _broadcast_shapes(*[a.shape for a in arrays])
    return tuple(a if a.shape == shape else broadcast_to(a, shape) for a in arrays)


@mirrors(np.meshgrid)
def meshgrid(
    *xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Tensor | NDArray[Any], ...]:
    """Make a grid of coordinates from a vector for each axis.

    Parameters
    ----------
    *xi : array_like or Tensor
        Of shape (n,) each.
    copy : bool
        Accepted, as NumPy's.
    sparse : bool
        Whether each stays of length 1 along the axes of the others.
    indexing : {"xy", "ij"}
        Whether the first runs along the second axis, as in pictures, or along the first.

    Returns
    -------
    tuple of Tensor and array
        One for each vector.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij', got {indexing!r}")
    n = len(xi)
    places = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else list(range(n))
    grid = [
        reshape(given(x, "meshgrid"), tuple(-1 if i == place else 1 for i in range(n)))
        for x, place in zip(xi, places, strict=True)
    ]
    return tuple(map(unshared, grid if sparse else broadcast_arrays(*grid)))


@mirrors(np.diag, inputs=1)
def diag(v: Any, k: int = 0) -> Any:
    """Take the diagonal of a matrix, or make the matrix of a diagonal.

    Parameters
    ----------
    v : array_like or Tensor
        Of shape (m, n), or (n,).
    k : int
        Which diagonal: above the main one if positive, below if negative.

    Returns
    -------
    Tensor, or array if `v` is no Tensor
        A vector, or a matrix with zeros beside the diagonal.
    """
    v = given(v, "diag")
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(f"diag: a vector or a matrix is needed, got shape {v.shape}")
    n = v.shape[0] + abs(operator.index(k))
    return embed(v, rows=n, columns=n, offset=k)


@mirrors(np.diagflat, inputs=1)
@deferred(np.diagflat, lambda g, y, v, k: np.diagonal(g, k).reshape(v.shape))
def diagflat(v: Any, k: int = 0) -> Any:
    """Make the matrix of a diagonal, the array flattened.

    Parameters
    ----------
    v : array_like or Tensor
    k : int
        Which diagonal: above the main one if positive, below if negative.

    Returns
    -------
    Tensor, or array if `v` is no Tensor
        With zeros beside the diagonal.
    """
    return diag(ravel(v), k)


@mirrors(np.lib.stride_tricks.sliding_window_view, inputs=1)
def sliding_window_view(
    x: Any,
    window_shape: Axes,
    axis: int | tuple[int, ...] | None = None,
    *,
    subok: bool = False,
    writeable: bool = False,
) -> Any:
    """Show every window of a shape, as `numpy.lib.stride_tricks.sliding_window_view`; here it is no view.

    Parameters
    ----------
    x : array_like or Tensor
    window_shape : int or tuple of int
        Of a window, along the axes.
    axis : int or tuple of int, optional
        The default is all axes.
    subok, writeable : bool
        Accepted; nothing is written into a tensor.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        The position of the window, then the place in it.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.sliding_window_view(mg.tensor([1.0, 2.0, 3.0]), 2)
    tensor([[1., 2.],
            [2., 3.]])
    """
    x = given(x, "sliding_window_view")
    places = np.arange(x.size).reshape(x.shape)
    return getitem(ravel(x), np.lib.stride_tricks.sliding_window_view(places, window_shape, axis))


# --- numbers at equal distances ----------------------------------------------------------------------


def _ends(caller: str, start: Any, stop: Any, num: int, endpoint: bool, least: Any = 0.0) -> tuple[Any, Any, Any, Any]:
    """Return both ends and the shares of each, 0 to 1, along a new first axis."""
    if num < 0:
        raise ValueError(f"{caller}: how many numbers can't be negative, got {num}")
    dtype = np.result_type(*(x if type(x) in NUMBERS else given(x, caller).dtype for x in (start, stop)), least)
    start, stop = (astype(given(x, caller), dtype) for x in broadcast_arrays(start, stop))
    share = np.arange(num, dtype=float) / max(num - 1 if endpoint else num, 1)
    later = share.reshape(-1, *(1,) * start.ndim).astype(dtype)
    return start, stop, (1 - share).reshape(later.shape).astype(dtype), later


def _placed(y: Any, dtype: Any, axis: int) -> Any:
    if dtype is not None:
        y = astype(np.floor(y) if np.dtype(dtype).kind in "iu" else y, dtype)
    return moveaxis(y, 0, axis) if axis else y


def _between(end: int, g: Array, of: Array, num: int, endpoint: bool) -> Any:
    share = np.arange(num) / max(num - 1 if endpoint else num, 1)
    return sum_to(np.tensordot(share if end else 1 - share, g, 1), np.shape(of))


@mirrors(np.linspace)
@deferred(
    np.linspace,
    lambda g, y, start, stop, num, endpoint: _between(0, g, start, num, endpoint),
    lambda g, y, start, stop, num, endpoint: _between(1, g, stop, num, endpoint),
)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: str | None = None,
) -> Any:
    """Place numbers at equal distances between two ends, through which gradients flow.

    Parameters
    ----------
    start, stop : array_like or Tensor
        Broadcast against each other.
    num : int
        How many.
    endpoint : bool
        Whether the last one is `stop`.
    retstep : bool
        Whether to return the distance too.
    dtype : dtype, optional
        The default is that of the ends, floating.
    axis : int
        Where the new axis stands in the result.
    device : str, optional
        Accepted, as NumPy's.

    Returns
    -------
    Tensor, or array if no end is a Tensor
        Of the broadcast shape, with an axis of length `num`. With `retstep`, a pair.
    """
    start, stop, earlier, later = _ends("linspace", start, stop, operator.index(num), endpoint)
    y = _placed(start * earlier + stop * later, dtype, axis)
    parts = num - 1 if endpoint else num
    return (y, (stop - start) / parts if parts > 0 else start * math.nan) if retstep else y


@mirrors(np.logspace, inputs="leading")
@deferred(
    np.logspace,
    lambda g, y, start, stop, num, endpoint, base: _between(0, g * y * np.log(base), start, num, endpoint),
    lambda g, y, start, stop, num, endpoint, base: _between(1, g * y * np.log(base), stop, num, endpoint),
)
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Place numbers whose logarithms have equal distances: base to the power of `linspace`.

    Parameters
    ----------
    start, stop : array_like or Tensor
        Logarithms of the ends.
    num : int
        How many.
    endpoint : bool
        Whether the last one is ``base**stop``.
    base : array_like or Tensor
    dtype : dtype, optional
        The default is that of the ends, floating.
    axis : int
        Where the new axis stands in the result.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the broadcast shape, with an axis of length `num`.
    """
    if np.ndim(base):
        start, stop, base = broadcast_arrays(start, stop, base)
    return _placed(base ** linspace(start, stop, num, endpoint), dtype, axis)


@mirrors(np.geomspace, inputs="leading")
@deferred(
    np.geomspace,
    lambda g, y, start, stop, num, endpoint: _between(0, g * y, start, num, endpoint) / start,
    lambda g, y, start, stop, num, endpoint: _between(1, g * y, stop, num, endpoint) / stop,
)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Place numbers of which each has the same ratio to the one before.

    Parameters
    ----------
    start, stop : array_like or Tensor
        Of the same sign, and not 0.
    num : int
        How many.
    endpoint : bool
        Whether the last one is `stop`.
    dtype : dtype, optional
        The default is at least float64, as NumPy's.
    axis : int
        Where the new axis stands in the result.

    Returns
    -------
    Tensor, or array if no end is a Tensor
        Of the broadcast shape, with an axis of length `num`.

    Raises
    ------
    ValueError
        If an end is 0.
    """
    start, stop, _, later = _ends("geomspace", start, stop, operator.index(num), endpoint, np.float64)
    for end in (start, stop):
        if not is_traced(end) and np.any(np.equal(end, 0)):
            raise ValueError("geomspace: an end is 0, which no ratio leads to")
    return _placed(start * (stop / start) ** later, dtype, axis)


# --- a function along axes ---------------------------------------------------------------------------


@mirrors(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a function of a vector for every line along an axis.

    Parameters
    ----------
    func1d : callable
        Of a vector; it returns a number or an array, of the same shape for all lines.
    axis : int
    arr : array_like or Tensor
    *args, **kwargs
        Are handed on to the function.

    Returns
    -------
    Tensor, or array if there is no Tensor
        With the axes of a result in the place of the axis.
    """
    arr = _with_axes("apply_along_axis", arr, 1)
    axis = normalize_axis_index(axis, arr.ndim)
    lines = moveaxis(arr, axis, -1)
    others = lines.shape[:-1]
    if 0 in others:
        raise ValueError(f"apply_along_axis: there is no line in an array of shape {arr.shape}")
    each = [given(func1d(lines[i], *args, **kwargs), "apply_along_axis") for i in np.ndindex(others)]
    y = reshape(stack(each), (*others, *each[0].shape))
    more = each[0].ndim
    last = range(len(others), len(others) + more)
    return moveaxis(y, tuple(last), tuple(range(axis, axis + more))) if more else y


@mirrors(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Axes) -> Any:
    """Call a reduction along one axis after another; the axes stay, with length 1.

    Parameters
    ----------
    func : callable
        ``func(a, axis)``, with or without the axis in its result.
    a : array_like or Tensor
    axes : int or sequence of int

    Returns
    -------
    Tensor, or array if there is no Tensor
        With as many axes as `a`.
    """
    y: Any = given(a, "apply_over_axes")
    ndim = y.ndim
    for axis in atleast_1d(np.asarray(axes)).tolist():
        axis = normalize_axis_index(axis, ndim)
        result = given(func(y, axis), "apply_over_axes")
        if result.ndim < ndim:
            result = expand_dims(result, axis)
        if result.ndim != ndim:
            raise ValueError("apply_over_axes: the function changes the number of axes by more than one")
        y = result
    return y
