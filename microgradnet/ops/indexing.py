"""Indexing: parts of an array, by slices, integers and masks; picking, sorting and differences along an axis.

Indices are never differentiated, and a record keeps its own copy of index arrays. `scatter_add`, the transpose of
indexing, is how gradients go back. `setitem` and `additem` make a new array of one that is written into; what that
means for tensors says `writing`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from microgradnet.deferred import deferred
from microgradnet.ops.elementwise import equal, masked, not_equal
from microgradnet.ops.shapes import along, broadcast_to, concatenate, flat, given, is_traced, reshape, stack
from microgradnet.ownership import references
from microgradnet.plain import REAL, array, is_array, plain, standard
from microgradnet.record import (
    Array,
    Moving,
    Recorded,
    given_for,
    is_view,
    mirrors,
    node_of,
    primitive,
    value_of,
    view_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Input, Tensor

Index = Any
"""What stands between NumPy's brackets: an integer, slice, None, ..., array or list, or a tuple of them."""


_ndarray, _intp, _of_indices = np.ndarray, np.intp, np.dtype(np.intp)


def _gather_on_numpy(x: Array, index: Index = ()) -> Array:
    y = x[index] if type(x) is _ndarray else np.asarray(x)[index]
    return y[()] if type(y) is _ndarray and not y.ndim else y


def _gather(xp: Any, x: Array, index: Index = ()) -> Array:
    if xp is np:
        return _gather_on_numpy(x, index)
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


def _getitem_vjp(g: Any, y: Any, x: Any, index: Index) -> Any:
    if y is None and isinstance(g, REAL) and not _repeats(index):  # in a reverse pass that isn't recorded
        return Scattered(g, index, x.shape)
    return _scatter_add(g, index, x.shape)


class _OfShape:
    """Stands for an input of which a VJP reads the shape only."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape


def _index_behind(index: Index) -> Index | None:
    """Return an index behind one more axis in front; None where NumPy would put the axes of arrays elsewhere then."""
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [isinstance(part, np.ndarray | list) for part in parts]
    cut = [part is None or part is ... or isinstance(part, slice) for part in parts]
    return None if any(arrays) and any(cut) else (slice(None), *parts)


def _getitem_leading(x: Any, index: Index, shape: Any = None) -> Any:
    whole = _index_behind(index)
    return stack([_getitem(part, index) for part in x]) if whole is None else _getitem(x, whole)


def _scatter_leading(x: Any, index: Index, shape: tuple[int, ...]) -> Any:
    whole = _index_behind(index)
    if whole is None:
        return stack([_scatter_add(part, index, shape) for part in x])
    return _scatter_add(x, whole, (x.shape[0], *shape))


_getitem = primitive(
    _gather,
    [_getitem_vjp],
    name="getitem", keep="x", views=True, on_numpy=_gather_on_numpy, structure="linear", leading=_getitem_leading,
    source="{0}[{index!r}]", text="{0}[{index}]", latex="{0}[{index}]", symbol="[·]",
)  # fmt: skip

indexed: Any = _getitem
"""Indexing by an index that nobody can change later: what `getitem` calls."""

_SCATTER_SOURCE = """
def scatter_add(x, index, shape):
    y = np.zeros(shape, np.result_type(x))
    np.add.at(y, index, x)
    return y[()]
scatter_add({0}, np.s_[{index!r}], {shape!r})"""

_scatter_add: Callable[..., Any] = primitive(
    _scatter,
    [lambda g, y, x, index, shape: _getitem(g, index)],
    name="scatter_add", keep="", structure="linear", leading=_scatter_leading,
    source=_SCATTER_SOURCE, text=lambda index, shape: "({0} at [{index}])",
    latex=r"\operatorname{{scatter}}_{{{shape}}}({0}, [{index}])",
)  # fmt: skip


_ALL = slice(None)
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
    if not (kind is int or kind in _BASIC or (kind is tuple and _BASIC.issuperset(map(type, index)))):
        index, traced = without_traced(index)
        if traced:
            return _getitem_at(x, *traced, index=index)
    if not isinstance(x, Recorded):
        return _getitem(x, index)
    if not isinstance(x, Moving):
        node = node_of(x)
        if node.primitive in WRITES and not node.traced:
            return _of_written(x, index)
    part: Any = indexed(x, index)
    if kind is tuple and part.ndim == 0:
        if _keeps_array(index):
            view_of(x, part, _getitem.primitive, {"index": index})
        elif not index and is_view(part):
            part._view = None
    return part


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
    index, traced = without_traced(index)
    shape = tuple(shape)
    return _scatter_add_at(x, *traced, index=index, shape=shape) if traced else _scatter_add(x, index, shape)


# --- writing -----------------------------------------------------------------------------------------

# A cotangent that is nearly all zeros, or nearly the same as another one, is as large as the whole array. A loop over
# its elements would make one for each. So the VJPs of indexing and writing tell a reverse pass over the record what is
# different, and it is written into the memory of the cotangent that is there, if nobody else has that.


class Scattered:
    """The cotangent of what was indexed: zero except at the index. It is added to the one that there is in place."""

    __slots__ = ("_index", "_part", "_shape")
    __array_ufunc__ = None  # so that an array leaves the sum to this
    alone: ClassVar[float] = 0.0
    """What is counted of a cotangent that a reverse pass alone reaches; `backward` measures it."""

    def __init__(self, part: Array, index: Index, shape: tuple[int, ...]) -> None:
        self._part = part
        self._index = index
        self._shape = shape

    def array(self) -> Array:
        """Return it as an array."""
        return _scatter(np, self._part, self._index, self._shape)

    def __radd__(self, known: Array) -> Array:
        if not _writable(known, references(known), Scattered):
            return known + self.array().astype(known.dtype)
        known[self._index] += self._part
        return known


class Cleared:
    """The cotangent of what was written over: that of the result, with zeros at the index."""

    __slots__ = ("_g", "_index")
    alone: ClassVar[float] = 0.0

    def __init__(self, g: Array, index: Index) -> None:
        self._g = g
        self._index = index

    def array(self) -> Array:
        """Return it, in the memory of the cotangent of the result if the pass alone reaches that, from here."""
        g = self._g if _writable(self._g, references(self._g), Cleared) else self._g.copy("K")
        g[self._index] = 0
        return g


def _writable(g: Any, count: float, kind: type[Scattered | Cleared]) -> bool:
    """Whether a cotangent is reached by the pass alone; the first time ever it is, and is counted."""
    kind.alone = kind.alone or count
    return type(g) is np.ndarray and count == kind.alone and g.base is None and g.flags.writeable


def _own_part(g: Any, index: Index) -> Any:
    """Return a part of a cotangent, in memory of its own."""
    if isinstance(g, Recorded) or standard(g):
        return getitem(g, index)
    return _part_on_numpy(g, index)


def _lasting(index: Index, shape: tuple[int, ...]) -> Any:
    """Say which numbers remain of those that are written at an index: at one place the last."""
    places = np.empty(shape, np.intp)
    order = np.arange(places[index].size).reshape(places[index].shape)
    places[index] = order
    return (places[index] == order)[()]


def _set(xp: Any, value: Array, x: Array, index: Index = ()) -> Array:
    y = np.array(x, order="K") if xp is np else xp.asarray(x, copy=True)
    y[index] = value
    return y if isinstance(x, np.ndarray) or xp is not np else y[()]


def _add(xp: Any, value: Array, x: Array, index: Index = ()) -> Array:
    if xp is not np:
        return _set(xp, x[index] + value, x, index)
    y = np.array(x, order="K")
    add_into(y, index, value)
    return y if isinstance(x, np.ndarray) or xp is not np else y[()]


def add_into(y: Array, index: Index, value: Array) -> None:
    """Add to an array in place; where the index names an element more than once, its numbers add up."""
    if _repeats(index):
        np.add.at(y, index, value)
    else:
        y[index] += value


def _set_value_vjp(g: Any, y: Any, value: Any, x: Any, index: Index) -> Any:
    part = _own_part(g, index)
    return masked(part, _lasting(index, g.shape)) if _repeats(index) else part


def _set_vjp(g: Any, y: Any, value: Any, x: Any, index: Index) -> Any:
    return Cleared(g, index) if y is None and isinstance(g, REAL) and g.ndim else setitem(0.0, g, index)


_SET_SOURCE = """
def setitem(value, x, index):
    y = np.array(x)
    y[index] = value
    return y
setitem({0}, {1}, np.s_[{index!r}])"""

_ADD_SOURCE = """
def additem(value, x, index):
    y = np.array(x)
    np.add.at(y, index, value)
    return y
additem({0}, {1}, np.s_[{index!r}])"""


def _written_leading(write: Callable[..., Any]) -> Callable[..., Any]:
    """Write into each of several arrays."""

    def leading(value: Any, x: Any, index: Index) -> Any:
        whole = _index_behind(index)
        if whole is None or not x.shape[0]:
            return stack([write(v, part, index=index) for v, part in zip(value, x, strict=True)]) if x.shape[0] else x
        ndim = np.broadcast_to(0.0, x.shape[1:])[index].ndim
        own = value.shape[1:][max(0, value.ndim - 1 - ndim) :]  # NumPy lets what is written have more axes of length 1
        return write(reshape(value, (value.shape[0], *(1,) * (ndim - len(own)), *own)), x, index=whole)

    return leading


setitem: Any = primitive(
    _set, [_set_value_vjp, _set_vjp],
    name="setitem", keep="", structure="linear", leading=_written_leading(lambda *a, **at: setitem(*a, **at)),
    source=_SET_SOURCE, text="set({1}, [{index}], {0})",
    latex=r"\operatorname{{set}}_{{[{index}]}}({1}, {0})", symbol="[·] =",
    doc="The array x with a value, which is broadcast, in place of what stands at an index.",
)  # fmt: skip

additem: Any = primitive(
    _add, [lambda g, y, value, x, index: _own_part(g, index), lambda g, y, value, x, index: g],
    name="additem", keep="", structure="linear", leading=_written_leading(lambda *a, **at: additem(*a, **at)),
    source=_ADD_SOURCE, text="add({1}, [{index}], {0})",
    latex=r"\operatorname{{add}}_{{[{index}]}}({1}, {0})", symbol="[·] +=",
    doc="The array x with a value added at an index.",
)  # fmt: skip


def _part_on_numpy(x: Array, index: Index = (), shape: tuple[int, ...] = ()) -> Array:
    if type(index) is tuple and index and type(x) is _ndarray and x.size:  # of nothing, `take` lets any index pass
        last, n = index[-1], len(index)
        integers = type(last) is _intp or (type(last) is _ndarray and last.dtype is _of_indices)
        if integers and (n == 1 or all(i is _ALL for i in index[:-1])):  # as `picked`, in a quarter of the time
            return x.take(last, n - 1)
    part = _gather_on_numpy(x, index)
    return part if type(part) is not _ndarray or part.base is None else part.copy()


def _part_of(xp: Any, x: Array, index: Index = (), shape: tuple[int, ...] = ()) -> Array:
    return _own_part(x, index)


def _part_vjp(g: Any, y: Any, x: Any, index: Index, shape: tuple[int, ...]) -> Any:
    return _getitem_vjp(g, y, _OfShape(shape), index)


# A part that is no view, as of what was written into and may be written into again: it keeps nothing of the array
# itself, of whose memory nobody else may know then.
_getitem_of: Any = primitive(
    _part_of, [_part_vjp],
    name="getitem_of", keep="", on_numpy=_part_on_numpy, structure="linear", leading=_getitem_leading,
    source="{0}[{index!r}]", text=lambda index, shape: "{0}[{index}]", latex=lambda index, shape: "{0}[{index}]",
    symbol="[·]",
)  # fmt: skip


def _of_written(x: Recorded, index: Index) -> Any:
    part = _getitem_of(x, index, x.shape)
    if is_basic(index) and (part.ndim or _keeps_array(index)):
        view_of(x, part, _getitem_of.primitive, {"index": index, "shape": x.shape})
    return part


def _keeps_array(index: Index) -> bool:
    """Whether an index that names a single number takes an array without axes, which is a view, and not that number."""
    return isinstance(index, tuple) and type(...) in map(type, index)


def is_basic(index: Index) -> bool:
    """Whether an index takes a view, as integers and slices do, and no copy, as arrays and masks do."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is ... or isinstance(part, int | np.integer | slice) for part in parts) and not any(
        isinstance(part, bool | np.bool) for part in parts
    )


def is_part(primitive: Any) -> bool:
    """Whether an operation is indexing, with an index that is known."""
    return primitive in (_getitem.primitive, _getitem_of.primitive)


# An index that is traced changes from call to call, so it is an input of the operation and no part of its
# declaration: these are the operations above with such inputs.


@dataclass(frozen=True)
class _Place:
    """Stands in an index for the input of that number."""

    number: int

    def __repr__(self) -> str:
        return f"{{{self.number}}}"


def without_traced(index: Index, first: int = 1) -> tuple[Index, list[Recorded]]:
    """Take traced tensors out of an index, and make the rest one that nobody can change later.

    What stands for a tensor has the number of the input that it will be, and `first` that of the first.
    """
    traced: list[Recorded] = []

    def part(i: Index) -> Index:
        if not (isinstance(i, Recorded) and node_of(i).traced):
            return _plain(i)
        if value_of(i).dtype.kind == "b":
            i.concrete("a mask, and so the shape of its result,")
        traced.append(i)
        return _Place(first + len(traced) - 1)

    return (tuple([part(i) for i in index]) if isinstance(index, tuple) else part(index)), traced


def with_arrays(index: Index, arrays: tuple[Any, ...], first: int = 1) -> Index:
    """Put the traced arrays back into an index."""
    if isinstance(index, tuple):
        return tuple([with_arrays(i, arrays, first) for i in index])
    return arrays[index.number - first] if isinstance(index, _Place) else index


def _of_reading(index: Index) -> Index:
    """Return the index to read what was written at an index: there, the arrays are one input earlier."""
    if isinstance(index, tuple):
        return tuple([_of_reading(i) for i in index])
    return _Place(index.number - 1) if isinstance(index, _Place) else index


_getitem_at: Callable[..., Any] = primitive(
    lambda xp, x, *arrays, index=(): _gather(xp, x, with_arrays(index, arrays)),
    lambda i, g, y, x, *arrays, index: _scatter_add_at(g, *arrays, index=index, shape=x.shape),
    name="getitem_at", views=True, source="{0}[{index!r}]", text="{0}[{index}]", latex="{0}[{index}]", symbol="[·]",
)  # fmt: skip

_scatter_add_at: Callable[..., Any] = primitive(
    lambda xp, x, *arrays, index=(), shape=(): _scatter(xp, x, with_arrays(index, arrays), shape),
    lambda i, g, y, x, *arrays, index, shape: _getitem_at(g, *arrays, index=index),
    name="scatter_add_at", source=_SCATTER_SOURCE, text=lambda index, shape: "({0} at [{index}])",
    latex=r"\operatorname{{scatter}}_{{{shape}}}({0}, [{index}])", symbol="scatter_add",
)  # fmt: skip


def _lasting_at(shape: tuple[int, ...], index: Index, arrays: tuple[Any, ...]) -> Any:
    """Say which numbers remain of those that are written at an index with arrays, which may be traced."""
    nothing = np.zeros(shape, np.intp)
    read = _of_reading(index)
    lengths = _getitem_at(nothing, *arrays, index=read).shape
    order = np.arange(math.prod(lengths)).reshape(lengths)
    return equal(_getitem_at(setitem_at(order, nothing, *arrays, index=index), *arrays, index=read), order)


def _set_at_vjp(i: int, g: Any, y: Any, value: Any, x: Any, *arrays: Any, index: Index) -> Any:
    if i == 1:
        return setitem_at(0.0, g, *arrays, index=index)
    return masked(_getitem_at(g, *arrays, index=_of_reading(index)), _lasting_at(g.shape, index, arrays))


setitem_at: Any = primitive(
    lambda xp, value, x, *arrays, index=(): _set(xp, value, x, with_arrays(index, arrays, 2)),
    _set_at_vjp,
    name="setitem_at", source=_SET_SOURCE, text="set({1}, [{index}], {0})",
    latex=r"\operatorname{{set}}_{{[{index}]}}({1}, {0})", symbol="[·] =",
)  # fmt: skip

additem_at: Any = primitive(
    lambda xp, value, x, *arrays, index=(): _add(xp, value, x, with_arrays(index, arrays, 2)),
    lambda i, g, y, value, x, *arrays, index: g if i else _getitem_at(g, *arrays, index=_of_reading(index)),
    name="additem_at", source=_ADD_SOURCE, text="add({1}, [{index}], {0})",
    latex=r"\operatorname{{add}}_{{[{index}]}}({1}, {0})", symbol="[·] +=",
)  # fmt: skip

WRITES = frozenset({setitem.primitive, additem.primitive, setitem_at.primitive, additem_at.primitive})


# --- picking along an axis ---------------------------------------------------------------------------

_MOST = sys.maxsize


def _indices(indices: Any) -> Any:
    """Return indices as an array of their own; as the tensor that they are, if they are traced."""
    if type(indices) is int and -_MOST <= indices <= _MOST:
        return _intp(indices)
    if isinstance(indices, Recorded) and node_of(indices).traced:
        return indices
    own = np.array(value_of(indices) if isinstance(indices, Recorded) else array(indices, "indices"))
    return own if own.size else own.astype(np.intp)


def _in_range_forward(xp: Any, indices: Array, n: int = 0, whose: str = "indices") -> Array:
    wrong = (indices < 0) | (indices >= n)
    if np.any(wrong):
        raise IndexError(f"{whose} must be from 0 to {n - 1}, got {np.asarray(indices)[wrong].flat[0]}")
    return indices


_in_range: Any = primitive(
    _in_range_forward, [None],
    name="in_range", text=lambda n, whose: "{0}", latex=lambda n, whose: "{0}",
    source="""
def in_range(indices, n, whose):
    wrong = (indices < 0) | (indices >= n)
    if np.any(wrong):
        raise IndexError(f"{whose} must be from 0 to {n - 1}, got {np.asarray(indices)[wrong].flat[0]}")
    return indices
in_range({0}, {n!r}, {whose!r})""",
    doc="Indices as they are, each of which must name one of n things: NumPy would count negative ones from the end.",
)  # fmt: skip


def counting_indices(indices: Any, n: int, whose: str) -> Any:
    """Return indices that name one of n things, so that none counts from the end.

    Raises
    ------
    IndexError
        If one is out of range; if they are traced, then when they are known.
    TypeError
        If they are no integers.
    """
    indices = _indices(indices)
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"{whose} must be integers from 0 to {n - 1}, got dtype {indices.dtype}; .astype(int) makes some"
        )
    return _in_range(indices, n=n, whose=whose)


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
    if axis is None or (not a.ndim and axis in (0, -1)):  # NumPy sees an axis in a number here
        a, axis = flat(a, "take"), 0
    axis = normalize_axis_index(axis, a.ndim)
    where = _indices(indices)
    if mode == "wrap":
        where = where % a.shape[axis]
    elif mode == "clip":
        where = where.clip(0, a.shape[axis] - 1)
    elif mode != "raise":
        raise ValueError(f"take: mode must be 'raise', 'wrap' or 'clip', got {mode!r}")
    if isinstance(where, Recorded):
        return getitem(a, (_ALL,) * axis + (where,))
    return picked(a, axis, where if type(where) is _intp else where[()])


def picked(a: Any, axis: int, where: Array) -> Any:
    """Pick elements along an axis by integers, which nobody else has."""
    return _getitem_of(a, (_ALL,) * axis + (where,), a.shape)


@lru_cache(64)
def _lines(shape: tuple[int, ...]) -> tuple[Array, ...]:
    """Return the positions along each axis, each along its own."""
    lines = np.ix_(*map(np.arange, shape))
    for line in lines:
        line.flags.writeable = False
    return lines


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
    arr, axis = (flat(arr, "take_along_axis"), 0) if axis is None else (given(arr, "take_along_axis"), axis)
    axis = normalize_axis_index(axis, arr.ndim)
    where = _indices(indices)
    if where.ndim != arr.ndim:
        raise ValueError(
            f"take_along_axis: indices need as many axes as the array, got shapes {where.shape} and {arr.shape}"
        )
    if where.dtype.kind not in "iu":
        raise IndexError(f"take_along_axis: indices must be integers, got dtype {where.dtype}")
    lines = _lines(arr.shape)
    index = (*lines[:axis], where, *lines[axis + 1 :])
    return getitem(arr, index) if is_traced(where) else _getitem_of(arr, index, arr.shape)


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
    return _sort(flat(a, "sort")) if axis is None else _sort(a, axis=axis)


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
    return _argsort(flat(a, "argsort")) if axis is None else _argsort(a, axis=axis)


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
    a, axis = (flat(a, "argpartition"), -1) if axis is None else (given(a, "argpartition"), axis)
    return _argpartition(a, kth=_places("argpartition", kth), axis=axis)


def _partition_vjp(g: Array, y: Array, a: Array, kth: Any, axis: int | None) -> Array:
    d, along = np.zeros(a.shape, a.dtype), -1 if axis is None else axis
    order = np.argpartition(a, kth, axis)
    np.put_along_axis(d.reshape(-1) if axis is None else d, order, g, along)
    return d


@mirrors(np.partition, inputs=1)
@deferred(np.partition, _partition_vjp)
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
    a, axis = (flat(a, "partition"), -1) if axis is None else (given(a, "partition"), axis)
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


def of_differences(g: Array, a: Array, n: int, axis: int) -> Array:
    """Return the gradient of a plain array, from that of what `diff` makes of it."""
    if not g.size:
        return np.zeros_like(a)
    axis %= g.ndim
    for _ in range(n):
        d = np.zeros((*g.shape[:axis], g.shape[axis] + 1, *g.shape[axis + 1 :]), g.dtype)
        along(d, axis, slice(1, None))[...] = g
        along(d, axis, slice(0, -1))[...] -= g
        g = d
    return g


@mirrors(np.diff, inputs=1)
@deferred(np.diff, lambda g, y, a, n, axis: of_differences(g, a, n, axis))
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
    if prepend is not None or append is not None:
        one = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
        ends = [e if e is None or given(e, "diff").ndim else broadcast_to(e, one) for e in (prepend, append)]
        a = concatenate([part for part in (ends[0], a, ends[1]) if part is not None], axis)
    for _ in range(n):
        later, earlier = along(a, axis, slice(1, None)), along(a, axis, slice(0, -1))
        a = not_equal(later, earlier) if a.dtype == bool else later - earlier
    return a
