"""Indexing: parts of an array, by slices, integers and masks; picking, sorting and differences along an axis.

Indices are never differentiated, and a record keeps its own copy of index arrays. Writing into a tensor is
not supported; `scatter_add`, the transpose of indexing, is how gradients go back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from microgradnet.ops.elementwise import not_equal
from microgradnet.ops.shapes import along, broadcast_to, concatenate, given, ravel
from microgradnet.plain import array, is_array, plain
from microgradnet.record import Array, Recorded, given_for, mirrors, node_of, primitive, value_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Input, Tensor

Index = Any
"""What stands between NumPy's brackets: an integer, slice, None, ..., array or list, or a tuple of them."""


def _gather(xp: Any, x: Array, index: Index = ()) -> Array:
    if xp is np:
        x = np.asarray(x)
    y = x[index]
    return y if y.ndim else y[()]


def _repeats(index: Index) -> bool:
    """Whether an index can name an element more than once: only arrays of integers can."""
    if isinstance(index, tuple):
        return any(isinstance(i, np.ndarray) and i.dtype.kind in "iu" for i in index)
    return isinstance(index, np.ndarray) and index.dtype.kind in "iu"


def _scatter(xp: Any, x: Array, index: Index = (), shape: tuple[int, ...] = ()) -> Array:
    x = x if hasattr(x, "dtype") else np.asarray(x)
    z = xp.zeros(shape, dtype=x.dtype)
    if not _repeats(index):
        z[index] = x
    elif xp is np:
        np.add.at(z, index, x)
    else:
        raise TypeError(
            f"indexing with arrays of integers has a gradient for NumPy's arrays only, not for {xp.__name__}"
        )
    return z if z.ndim else z[()]


_getitem = primitive(
    _gather,
    [lambda g, y, x, index: _scatter_add(g, index, x.shape)],
    name="getitem", keep="x", source="{0}[{index!r}]", text="{0}[{index}]", latex="{0}[{index}]", symbol="[·]",
)  # fmt: skip

_SCATTER_SOURCE = """
def scatter_add(x, index, shape):
    y = np.zeros(shape, np.result_type(x))
    np.add.at(y, index, x)
    return y[()]
scatter_add({0}, np.s_[{index!r}], {shape!r})"""

_scatter_add: Callable[..., Any] = primitive(
    _scatter,
    [lambda g, y, x, index, shape: _getitem(g, index)],
    name="scatter_add", keep="", source=_SCATTER_SOURCE, text="scatter({0}, [{index}], ({shape}))",
    latex=r"\operatorname{{scatter}}_{{{shape}}}({0}, [{index}])",
)  # fmt: skip


_BASIC = frozenset({int, slice, type(None), type(...)})


def _plain(index: Index) -> Index:
    """Make an index that nobody can change later: arrays are copied, tensors and lists become arrays."""
    if type(index) in _BASIC:
        return index
    if isinstance(index, Recorded):
        index = value_of(index)
    elif isinstance(index, list):
        indices = plain(index, "an index")
        return indices if indices.size else indices.astype(np.intp)
    elif type(index) is np.ndarray or is_array(index):
        index = array(index, "an index")
    if isinstance(index, np.ndarray):
        return index.copy() if index.ndim or index.dtype.kind == "b" else index[()]
    if isinstance(index, tuple):
        return tuple([_plain(i) for i in index])
    return index


@overload
def getitem(x: Tensor, index: Index) -> Tensor: ...
@overload
def getitem(x: ArrayLike, index: Index) -> NDArray[Any]: ...
def getitem(x: Any, index: Index) -> Any:
    """Return a part of an array: ``x[index]``.

    Parameters
    ----------
    x : array_like or Tensor
    index : int, slice, None, ..., array or list of int or bool, Tensor of such, or a tuple of these
        Basic and advanced indexing, as NumPy has it.

    Returns
    -------
    Tensor, or array if `x` is no Tensor

    Raises
    ------
    IndexError
        If the index is out of bounds, or is none.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.grad(lambda x: mg.sum(x[[0, 0, 2]]))(np.zeros(3))
    array([2., 0., 1.])
    """
    kind = type(index)
    if kind is int or kind is slice or (kind is tuple and _BASIC.issuperset(map(type, index))):
        return _getitem(x, index)
    index, traced = _without_traced(index)
    return _getitem_at(x, *traced, index=index) if traced else _getitem(x, index)


@overload
def scatter_add(x: Tensor, index: Index, shape: tuple[int, ...]) -> Tensor: ...
@overload
def scatter_add(x: ArrayLike, index: Index, shape: tuple[int, ...]) -> NDArray[Any]: ...
def scatter_add(x: Any, index: Index, shape: tuple[int, ...]) -> Any:
    """Add numbers into zeros of a given shape at an index: the transpose of `getitem`.

    Where the index names an element more than once, its numbers add up.

    Parameters
    ----------
    x : array_like or Tensor
        Of the shape that indexing gives.
    index : int, slice, None, ..., array or list of int or bool, Tensor of such, or a tuple of these
        As between NumPy's brackets.
    shape : tuple of int
        Of the result.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the given shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.scatter_add(mg.tensor([1.0, 2.0, 3.0]), [0, 0, 2], (4,))
    tensor([3., 0., 3., 0.])
    """
    index, traced = _without_traced(index)
    shape = tuple(shape)
    return _scatter_add_at(x, *traced, index=index, shape=shape) if traced else _scatter_add(x, index, shape)


# An index that is traced changes from call to call, so it is an input of the operation and no part of its
# declaration: these two are `getitem` and `scatter_add` with such inputs.


@dataclass(frozen=True)
class _Place:
    """Stands in an index for the input of that number."""

    number: int

    def __repr__(self) -> str:
        return f"{{{self.number}}}"


def _without_traced(index: Index) -> tuple[Index, list[Recorded]]:
    """Take traced tensors out of an index, and make the rest one that nobody can change later."""
    traced: list[Recorded] = []

    def part(i: Index) -> Index:
        if not (isinstance(i, Recorded) and node_of(i).traced):
            return _plain(i)
        if value_of(i).dtype.kind == "b":
            i.concrete("a mask, and so the shape of its result,")
        traced.append(i)
        return _Place(len(traced))

    return (tuple([part(i) for i in index]) if isinstance(index, tuple) else part(index)), traced


def _with_arrays(index: Index, arrays: tuple[Array, ...]) -> Index:
    if isinstance(index, tuple):
        return tuple([_with_arrays(i, arrays) for i in index])
    return arrays[index.number - 1] if isinstance(index, _Place) else index


_getitem_at: Callable[..., Any] = primitive(
    lambda xp, x, *arrays, index=(): _gather(xp, x, _with_arrays(index, arrays)),
    lambda i, g, y, x, *arrays, index: _scatter_add_at(g, *arrays, index=index, shape=x.shape),
    name="getitem_at", source="{0}[{index!r}]", text="{0}[{index}]", latex="{0}[{index}]", symbol="[·]",
)  # fmt: skip

_scatter_add_at: Callable[..., Any] = primitive(
    lambda xp, x, *arrays, index=(), shape=(): _scatter(xp, x, _with_arrays(index, arrays), shape),
    lambda i, g, y, x, *arrays, index, shape: _getitem_at(g, *arrays, index=index),
    name="scatter_add_at", source=_SCATTER_SOURCE, text="scatter({0}, [{index}], ({shape}))",
    latex=r"\operatorname{{scatter}}_{{{shape}}}({0}, [{index}])", symbol="scatter_add",
)  # fmt: skip


# --- picking along an axis ---------------------------------------------------------------------------


def _indices(indices: Any) -> Any:
    """Return indices as an array of their own; as the tensor that they are, if they are traced."""
    if isinstance(indices, Recorded) and node_of(indices).traced:
        return indices
    own = np.array(value_of(indices) if isinstance(indices, Recorded) else array(indices, "indices"))
    return own if own.size else own.astype(np.intp)


@mirrors(np.take, inputs=1)
def take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Pick elements along an axis.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, ...).
    indices : array_like of int or Tensor
        Of any shape; one that occurs several times gets the sum of its gradients.
    axis : int, optional
        The default picks from the flattened array.
    mode : {"raise", "wrap", "clip"}
        What an index out of bounds means: an error, a position counted on from the other end, or the nearest end.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of shape ``(..., *indices.shape, ...)``.

    Raises
    ------
    IndexError
        If an index is out of bounds.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.grad(lambda x: mg.sum(mg.take(x, [0, 0, 2])))(np.zeros(3))
    array([2., 0., 1.])
    """
    a = given(a, "take")
    if axis is None:
        a, axis = ravel(a), 0
    axis = normalize_axis_index(axis, a.ndim)
    where = _indices(indices)
    n = a.shape[axis]
    if mode == "wrap":
        where = where % n
    elif mode == "clip":
        where = where.clip(0, n - 1)
    elif mode != "raise":
        raise ValueError(f"take: mode must be 'raise', 'wrap' or 'clip', got {mode!r}")
    return getitem(a, (slice(None),) * axis + (where[()],))


@mirrors(np.take_along_axis, inputs=1)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Pick elements along an axis, with indices of their own for each line: what `argsort` and `argmax` return.

    Parameters
    ----------
    arr : array_like or Tensor
        Of shape (..., n, ...).
    indices : array_like of int or Tensor
        Of shape (..., k, ...); other axes broadcast.
    axis : int, optional
        None picks from the flattened array.

    Returns
    -------
    Tensor, or array if `arr` is no Tensor
        Of shape (..., k, ...).
    """
    arr = given(arr, "take_along_axis")
    if axis is None:
        arr, axis = ravel(arr), 0
    axis = normalize_axis_index(axis, arr.ndim)
    where = _indices(indices)
    if where.ndim != arr.ndim:
        raise ValueError(
            f"take_along_axis: indices need as many axes as the array, got shapes {where.shape} and {arr.shape}"
        )
    if where.dtype.kind not in "iu":
        raise IndexError(f"take_along_axis: indices must be integers, got dtype {where.dtype}")
    lines = np.ix_(*map(np.arange, arr.shape))
    return getitem(arr, (*lines[:axis], where, *lines[axis + 1 :]))


# --- sorting -----------------------------------------------------------------------------------------

_KINDS = (None, "quicksort", "heapsort", "mergesort", "stable")


def _argsort_forward(xp: Any, a: Array, axis: int = -1) -> Array:
    return np.argsort(a, axis=axis, stable=True) if xp is np else xp.argsort(a, axis=axis, stable=True)


_argsort = primitive(_argsort_forward, [None], name="argsort", source="np.argsort({0}, axis={axis!r}, stable=True)")

_sort = primitive(
    lambda xp, a, axis=-1: xp.sort(a, axis=axis, stable=True),
    # What stood at i went to the place where i stands in the order.
    [lambda g, y, a, axis: take_along_axis(g, _argsort(_argsort(a, axis=axis), axis=axis), axis)],
    name="sort", keep="a", source="np.sort({0}, axis={axis!r}, stable=True)", latex=r"\operatorname{{sort}} {0}",
)  # fmt: skip


def _check_kind(caller: str, kind: str | None) -> None:
    if kind not in _KINDS:
        raise ValueError(f"{caller}: kind must be one of {_KINDS[1:]}, got {kind!r}")


@mirrors(np.sort, inputs=1)
def sort(a: Any, axis: int | None = -1, kind: str | None = None, *, stable: bool | None = None) -> Any:
    """Sort along an axis, ascending. The gradient goes back to where each number came from.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, optional
        None sorts the flattened array.
    kind, stable :
        Accepted, as NumPy's; every sort is stable here: of equal numbers the first gets the first's gradient.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape, or of shape (size,).

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.grad(lambda x: mg.sort(x) @ np.array([1.0, 10.0, 100.0]))(np.array([5.0, 3.0, 4.0]))
    array([100.,   1.,  10.])
    """
    _check_kind("sort", kind)
    return _sort(ravel(a)) if axis is None else _sort(a, axis=axis)


@mirrors(np.argsort, inputs=1)
def argsort(a: Any, axis: int | None = -1, kind: str | None = None, *, stable: bool | None = None) -> Any:
    """Return the indices that sort along an axis: constants, gradients stop here.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int, optional
        None sorts the flattened array.
    kind, stable :
        Accepted, as NumPy's; every sort is stable here.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Integers, of the same shape, or of shape (size,).
    """
    _check_kind("argsort", kind)
    return _argsort(ravel(a)) if axis is None else _argsort(a, axis=axis)


_argpartition = primitive(
    lambda xp, a, kth=0, axis=-1: np.argpartition(a, kth, axis) if xp is np else xp.argsort(a, axis=axis),
    [None],
    name="argpartition",
    source="np.argpartition({0}, {kth!r}, {axis!r})",
)


def _places(caller: str, kth: Any) -> Any:
    """Return one place in the order, or several, as what nobody can change later."""
    kth = np.asarray(given_for(caller, "kth", kth))
    return tuple(kth.tolist()) if kth.ndim else int(kth)


@mirrors(np.argpartition, inputs=1)
def argpartition(a: Any, kth: int | Sequence[int], axis: int | None = -1, kind: str = "introselect") -> Any:
    """Return the indices that `partition` takes along an axis: constants, gradients stop here.

    Parameters
    ----------
    a : array_like or Tensor
    kth : int or sequence of int
        Whose place in the order is to be right.
    axis : int, optional
        None takes the flattened array.
    kind : str
        Accepted, as NumPy's.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Integers, of the same shape, or of shape (size,).
    """
    a = given(a, "argpartition")
    if axis is None:
        a, axis = ravel(a), -1
    return _argpartition(a, kth=_places("argpartition", kth), axis=axis)


@mirrors(np.partition, inputs=1)
def partition(a: Any, kth: int | Sequence[int], axis: int | None = -1, kind: str = "introselect") -> Any:
    """Sort along an axis as far as needed for some places. The gradient goes back to where each number came from.

    Parameters
    ----------
    a : array_like or Tensor
    kth : int or sequence of int
        What stands there is as in a sorted array; what is smaller stands before it.
    axis : int, optional
        None takes the flattened array.
    kind : str
        Accepted, as NumPy's.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape, or of shape (size,).
    """
    a = given(a, "partition")
    if axis is None:
        a, axis = ravel(a), -1
    return take_along_axis(a, argpartition(a, kth, axis), axis)


def _concrete(a: Any, caller: str) -> Any:
    return a.concrete(f"{caller}, whose shape depends on the values,") if isinstance(a, Recorded) else given(a, caller)


@mirrors(np.nonzero)
def nonzero(a: Input) -> tuple[NDArray[Any], ...]:
    """Return the indices of what isn't 0: arrays, which are constants.

    Parameters
    ----------
    a : array_like or Tensor

    Returns
    -------
    tuple of array of int
        One for each axis.
    """
    return np.nonzero(_concrete(a, "nonzero"))


@mirrors(np.flatnonzero)
def flatnonzero(a: Input) -> NDArray[Any]:
    """Return the indices of what isn't 0 in the flattened array: an array, which is a constant.

    Parameters
    ----------
    a : array_like or Tensor

    Returns
    -------
    array of int
    """
    return np.flatnonzero(_concrete(a, "flatnonzero"))


@mirrors(np.argwhere)
def argwhere(a: Input) -> NDArray[Any]:
    """Return the indices of what isn't 0, a row for each: an array, which is a constant.

    Parameters
    ----------
    a : array_like or Tensor

    Returns
    -------
    array of int
        Of shape (k, axes).
    """
    return np.argwhere(_concrete(a, "argwhere"))


# --- differences -------------------------------------------------------------------------------------


@mirrors(np.diff, inputs=1)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours along an axis, n times over.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., k, ...).
    n : int
        How often.
    axis : int
    prepend, append : array_like or Tensor, optional
        What to put before and after `a` first; a number counts as one entry of each line.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of shape (..., k − n, ...).
    """
    a = given(a, "diff")
    if n < 0:
        raise ValueError(f"diff: n can't be negative, got {n}")
    if n == 0:
        return a
    axis = normalize_axis_index(axis, a.ndim)
    one = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
    ends = [e if e is None or given(e, "diff").ndim else broadcast_to(e, one) for e in (prepend, append)]
    if prepend is not None or append is not None:
        a = concatenate([part for part in (ends[0], a, ends[1]) if part is not None], axis)
    for _ in range(n):
        later, earlier = along(a, axis, slice(1, None)), along(a, axis, slice(0, -1))
        a = not_equal(later, earlier) if a.dtype == bool else later - earlier
    return a
