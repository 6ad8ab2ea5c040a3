"""Shapes: the same numbers, arranged, repeated or put together otherwise.

Three families: rearranging one array, repeating it, and joining or splitting several. Most functions are
compositions of the few primitives `reshape`, `transpose`, `broadcast_to`, `flip`, `roll`, `concatenate`,
`stack` and `pad`. Where possible results are views, as in NumPy; nothing in a record is ever written to.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from microgradnet.deferred import deferred_join
from microgradnet.plain import array, plain
from microgradnet.record import (
    Array,
    Recorded,
    is_view,
    joined,
    mirrors,
    node_of,
    primitive,
    undispatched,
    value_of,
    view_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, DType, Input, Tensor

_ndarray = np.ndarray  # 0.03 us less than at each use, since NumPy's module has a `__getattr__`

Axes = int | Sequence[int]
"""An axis, or several."""


def given(a: Any, whose: str) -> Any:
    """Return a tensor or an array as it is, and make an array of a number or a list; see `plain`."""
    if isinstance(a, Recorded) or (type(a) is _ndarray and a.dtype.char != "O"):
        return a
    a = joined(a)
    a = a if isinstance(a, Recorded) or type(a) is _ndarray else array(a, whose)
    return a if hasattr(a, "shape") else np.asarray(a)


def all_given(arrays: Iterable[Any], whose: str) -> list[Any]:
    """Do for each what `given` does for one."""
    return [a if isinstance(a, Recorded) or type(a) is _ndarray else given(a, whose) for a in arrays]


def is_index(value: Any) -> bool:
    """Whether this is one integer (rather than a sequence of them)."""
    return type(value) is int or (hasattr(value, "__index__") and getattr(value, "ndim", 0) == 0)


def is_tensor(a: Any) -> bool:
    """Whether something is in the record, or may come to be."""
    return isinstance(a, Recorded)


def is_traced(a: Any) -> bool:
    """Whether something has another value in every call, so that nothing may depend on the one it has now."""
    return isinstance(a, Recorded) and node_of(a).traced


def whole(a: Any) -> bool:
    """Whether an array holds integers or truth values."""
    return getattr(value_of(a).dtype, "kind", "f") in "iub"


_INTS = frozenset({int})


def as_ints(value: Any) -> tuple[int, ...]:
    """Make a tuple of Python's integers, which nobody can change later, of one or a sequence of them."""
    if type(value) is int:
        return (value,)
    if type(value) is tuple and _INTS.issuperset(map(type, value)):
        return value
    if is_index(value):
        return (operator.index(value),)
    return tuple([operator.index(i) for i in value])


def counted(axes: Any, ndim: int, name: str | None = None) -> tuple[int, ...]:
    """Count axes from 0. NumPy's function, which takes 0.6 us, is asked where one is given twice or isn't there."""
    one = axes[0] if type(axes) is tuple and len(axes) == 1 else axes
    if type(one) is int and -ndim <= one < ndim:
        return (one % ndim,)
    if type(axes) is tuple and _INTS.issuperset(map(type, axes)):
        found = [i % ndim for i in axes if -ndim <= i < ndim]
        if len(set(found)) == len(axes):
            return tuple(found)
    return normalize_axis_tuple(axes, ndim, name)


def behind(axis: Any, ndim: int) -> Any:
    """Name axes as they are behind one more in front; None is all of them. With that, there are `ndim`."""
    if axis is None or ndim == 1:  # a number has no axis, and 0 and -1 name it
        return tuple(range(1, ndim))
    if isinstance(axis, tuple):
        return tuple([behind(i, ndim) for i in axis])
    return axis + 1 if axis >= 0 else axis


_ALL = slice(None)


def along(a: Any, axis: int, part: Any) -> Any:
    """Index one axis, counted from 0, and leave the others."""
    return a[(_ALL,) * axis + (part,) + (_ALL,) * (a.ndim - axis - 1)]


def _copy_on_numpy(x: Array) -> Array:
    return x.copy("K") if type(x) is _ndarray and x.ndim else np.array(x, order="K")[()]


_copy: Any = primitive(
    lambda xp, x: _copy_on_numpy(x) if xp is np else xp.asarray(x, copy=True), [lambda g, y, x: g],
    name="copy", keep="", structure="elementwise", on_numpy=_copy_on_numpy,
    source="np.copy({0})", text="{0}", latex="{0}", symbol="copy",
)  # fmt: skip


copied: Any = _copy
"""The same numbers in an array of their own."""


def unshared(a: Any) -> Any:
    """Return a result that NumPy makes a copy of in memory of its own, where here it is a view."""
    return _copy(a) if isinstance(a, Recorded) and is_view(a) else a


# --- rearranging -------------------------------------------------------------------------------------


def _reshape_on_numpy(x: Array, shape: tuple[int, ...] = ()) -> Array:
    try:
        y = x.reshape(shape)  # 0.2 us where the function takes 0.9
    except AttributeError:  # a number of Python's
        y = np.reshape(x, shape)
    return y if y.ndim else y[()]


def _reshape_forward(xp: Any, x: Array, shape: tuple[int, ...] = ()) -> Array:
    return _reshape_on_numpy(x, shape) if xp is np else xp.reshape(x, shape)


_reshape: Any = primitive(
    _reshape_forward,
    [lambda g, y, x, shape: _reshape(g, x.shape)],
    name="reshape", keep="x", views=True, on_numpy=_reshape_on_numpy, structure="linear", leading=lambda x, shape: x,
    source="{0}.reshape({shape!r})", latex=r"\operatorname{{reshape}}_{{{shape}}} {0}",
)  # fmt: skip


def _to_number(a: Any) -> Any:
    """Take all axes away. The number is a view too, in NumPy an array without axes."""
    number = _reshape(a, ())
    if isinstance(a, Recorded) and (a.ndim or is_view(a)):
        view_of(a, number, _reshape.primitive, {"shape": ()})
    return number


@mirrors(np.reshape, inputs=1)
def reshape(a: Any, shape: Axes, order: str = "C") -> Any:
    """Give an array another shape; the numbers stay in order.

    Parameters
    ----------
    a : array_like or Tensor
    shape : int or sequence of int
        One entry may be −1: it is computed from the others.
    order : {"C", "F"}
        Whether the last index changes fastest, or the first. ("A" depends on how the memory is laid out, which
        operations on tensors do not keep; it is refused.)

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the given shape.

    Raises
    ------
    ValueError
        If the sizes differ, or for another order.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.reshape(mg.tensor([1.0, 2.0, 3.0, 4.0]), (2, -1))
    tensor([[1., 2.],
            [3., 4.]])
    """
    shape = shape if type(shape) is tuple else as_ints(shape)
    if order == "C":
        return _reshape(a, shape) if shape else _to_number(a)
    if order != "F":
        raise ValueError(f"reshape: order must be 'C' or 'F', got {order!r}")
    return transpose(_reshape(transpose(a), shape[::-1]))


@mirrors(np.ravel, inputs=1)
def ravel(a: Any, order: str = "C") -> Any:
    """Flatten to one axis.

    Parameters
    ----------
    a : array_like or Tensor
    order : {"C", "F"}
        Whether the last index changes fastest, or the first.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of shape (size,).
    """
    return _reshape(a, (-1,)) if order == "C" else reshape(a, (-1,), order)


def flat(a: Any, whose: str) -> Any:
    """Return what `ravel` does, for operations that make an array of their own of it: a vector is flat already."""
    a = given(a, whose)
    return a if a.ndim == 1 else _reshape(a, (-1,))


def _transpose_on_numpy(x: Array, axes: tuple[int, ...] | None = None) -> Array:
    return x.transpose(axes) if type(x) is _ndarray else np.transpose(x, axes)


def _transpose_forward(xp: Any, x: Array, axes: tuple[int, ...] | None = None) -> Array:
    if xp is np:
        return _transpose_on_numpy(x, axes)
    return xp.permute_dims(x, tuple(range(x.ndim))[::-1] if axes is None else axes)


def _transpose_vjp(g: Any, y: Any, x: Any, axes: tuple[int, ...] | None) -> Any:
    if axes is None:
        return _transpose(g)
    n = len(axes)
    inverse = [0] * n
    for i, axis in enumerate(axes):
        inverse[axis % n] = i
    return _transpose(g, tuple(inverse))


def _turns_matrices(axes: tuple[int, ...] | None) -> bool:
    """Whether a permutation of axes is the transpose of textbooks: of a matrix, or of each of a batch."""
    return axes is None or [a % len(axes) for a in axes] == [*range(len(axes) - 2), len(axes) - 1, len(axes) - 2]


def _transpose_leading(x: Any, axes: tuple[int, ...] | None) -> Any:
    return _transpose(x, (0, *(range(x.ndim - 1, 0, -1) if axes is None else behind(tuple(axes), x.ndim))))


_transpose = primitive(
    _transpose_forward, [_transpose_vjp],
    name="transpose", keep="", views=True, on_numpy=_transpose_on_numpy, structure="linear", leading=_transpose_leading,
    source=lambda axes: "{0}.T" if axes is None else "np.transpose({0}, {axes!r})",
    text=lambda axes: "{0}ᵀ" if _turns_matrices(axes) else "transpose({0}, ({axes}))",
    latex=lambda axes: r"{{{0}}}^\top" if _turns_matrices(axes) else r"\operatorname{{transpose}}_{{{axes}}} {0}",
    symbol="·ᵀ",
)  # fmt: skip


@mirrors(np.transpose, inputs=1)
def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """Permute the axes; by default reverse them.

    Parameters
    ----------
    a : array_like or Tensor
    axes : sequence of int, optional
        Axis i of the result is axis ``axes[i]`` of `a`.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        A view of the same memory.
    """
    return _transpose(a) if axes is None else _transpose(a, as_ints(axes))


@mirrors(np.matrix_transpose, inputs=1)
def matrix_transpose(x: Any) -> Any:
    """Swap the last two axes.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., m, n).

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (..., n, m).
    """
    x = given(x, "matrix_transpose")
    if (ndim := x.ndim) < 2:
        raise ValueError(f"matrix_transpose: at least two axes are needed, got {ndim}")
    return _transpose(x, _swapped(ndim, -2, -1))


@lru_cache(256)
def _swapped(ndim: int, axis1: int, axis2: int) -> tuple[int, ...]:
    i, j = normalize_axis_index(axis1, ndim), normalize_axis_index(axis2, ndim)
    axes = list(range(ndim))
    axes[i], axes[j] = j, i
    return tuple(axes)


@mirrors(np.swapaxes, inputs=1)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes.

    Parameters
    ----------
    a : array_like or Tensor
    axis1, axis2 : int

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        A view of the same memory.
    """
    a = given(a, "swapaxes")
    if not type(axis1) is type(axis2) is int:
        axis1, axis2 = operator.index(axis1), operator.index(axis2)
    return _transpose(a, _swapped(a.ndim, axis1, axis2))


@lru_cache(256)
def _moved(ndim: int, source: tuple[int, ...], destination: tuple[int, ...]) -> tuple[int, ...]:
    sources = counted(source, ndim, "source")
    destinations = counted(destination, ndim, "destination")
    if len(sources) != len(destinations):
        raise ValueError(f"moveaxis: {len(sources)} axes can't move to {len(destinations)} places")
    axes = [i for i in range(ndim) if i not in sources]
    for to, axis in sorted(zip(destinations, sources, strict=True)):
        axes.insert(to, axis)
    return tuple(axes)


@mirrors(np.moveaxis, inputs=1)
def moveaxis(a: Any, source: Axes, destination: Axes) -> Any:
    """Move axes to new positions; the others keep their order.

    Parameters
    ----------
    a : array_like or Tensor
    source, destination : int or sequence of int
        Where each axis is and where it goes.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        A view of the same memory.
    """
    a = given(a, "moveaxis")
    return _transpose(a, _moved(a.ndim, as_ints(source), as_ints(destination)))


@mirrors(np.expand_dims, inputs=1)
def expand_dims(a: Any, axis: Axes) -> Any:
    """Insert axes of length 1.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int
        Where the new axes stand in the result.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        With one more axis for each that was given.
    """
    a = given(a, "expand_dims")
    new = as_ints(axis)
    lengths = list(a.shape)
    for i in sorted(counted(new, len(lengths) + len(new))):
        lengths.insert(i, 1)
    return _reshape(a, tuple(lengths))


def _of_a_number(a: Any, axis: Any) -> bool:
    """Whether this is the axis that NumPy sees in a number here, which has none."""
    return not a.shape and type(axis) is int and axis in (0, -1)


@lru_cache(256)
def _squeezed(lengths: tuple[int, ...], axis: tuple[int, ...] | None) -> tuple[int, ...]:
    if axis is None:
        return tuple([n for n in lengths if n != 1])
    axes = counted(axis, len(lengths))
    if any(lengths[i] != 1 for i in axes):
        raise ValueError(f"squeeze: axis {axis if len(axis) > 1 else axis[0]} of shape {lengths} is not of length 1")
    return tuple([n for i, n in enumerate(lengths) if i not in axes])


@mirrors(np.squeeze, inputs=1)
def squeeze(a: Any, axis: Axes | None = None) -> Any:
    """Remove axes of length 1.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional
        The default is every axis of length 1.

    Returns
    -------
    Tensor, or array if `a` is no Tensor

    Raises
    ------
    ValueError
        If a given axis is longer than 1.
    """
    a = given(a, "squeeze")
    shape = _squeezed(a.shape, None if axis is None or _of_a_number(a, axis) else as_ints(axis))
    return _reshape(a, shape) if shape else _to_number(a)


_BACK = slice(None, None, -1)


def _flip_on_numpy(m: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    if type(m) is _ndarray:  # 0.8 us less
        if axis is None:
            return m[(_BACK,) * m.ndim]
        if type(axis) is int and -m.ndim <= axis < m.ndim:
            return m[(_ALL,) * (axis % m.ndim) + (_BACK,)]
    return np.flip(m, axis)


def _flip_forward(xp: Any, m: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    return xp.flip(m, axis=axis)


def _flip_vjp(g: Any, y: Any, m: Any, axis: int | tuple[int, ...] | None) -> Any:
    return flip(g, axis=axis)


def _flip_leading(m: Any, axis: Any) -> Any:
    return flip(m, behind(axis, m.ndim))


flip = primitive(
    _flip_forward, (_flip_vjp,),
    name="flip", keep="", views=True, on_numpy=_flip_on_numpy, numpy=np.flip, structure="linear",
    leading=_flip_leading,
    source="np.flip({0}, {axis!r})", latex=r"\operatorname{{flip}} {0}",
    doc="""Reverse the order along axes.

Parameters
----------
m : array_like or Tensor
axis : int or tuple of int, optional
    The default is every axis.

Returns
-------
Tensor, or array if `m` is no Tensor
    Of the same shape.
""",
)  # fmt: skip


def _opposite(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


def _roll_on_numpy(a: Array, shift: Axes = 0, axis: Axes | None = None) -> Array:
    if type(axis) is int and type(shift) is int and type(a) is _ndarray and -a.ndim <= axis < a.ndim:  # 3 us less
        axis %= a.ndim
        middle = -shift % (a.shape[axis] or 1)
        return np.concatenate((along(a, axis, slice(middle, None)), along(a, axis, slice(middle))), axis)
    if axis is None and type(shift) is int and type(a) is _ndarray:
        return _roll_on_numpy(a.ravel(), shift, 0).reshape(a.shape)
    return np.roll(a, shift, axis)


def _roll_forward(xp: Any, a: Array, shift: Axes = 0, axis: Axes | None = None) -> Array:
    return xp.roll(a, shift, axis=axis)


def _roll_leading(a: Any, shift: Any, axis: Any) -> Any:
    if axis is None:  # in the order of the elements
        return _roll(_reshape(a, (a.shape[0], math.prod(a.shape[1:]))), shift, 1)
    return _roll(a, shift, behind(axis, a.ndim))


_roll: Callable[..., Any] = primitive(
    _roll_forward,
    [lambda g, y, a, shift, axis: _roll(g, _opposite(shift), axis)],
    name="roll", keep="", on_numpy=_roll_on_numpy, structure="linear", leading=_roll_leading,
    source="np.roll({0}, {shift!r}, {axis!r})", latex=r"\operatorname{{roll}}_{{{shift}}} {0}",
)  # fmt: skip


@mirrors(np.roll, inputs=1)
def roll(a: Any, shift: Axes, axis: Axes | None = None) -> Any:
    """Shift along axes; what leaves at one end enters at the other.

    Parameters
    ----------
    a : array_like or Tensor
    shift : int or tuple of int
        By how many places.
    axis : int or tuple of int, optional
        The default rolls the flattened array and keeps its shape.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape.
    """
    axis = axis if axis is None or is_index(axis) else as_ints(axis)
    return _roll(a, shift if is_index(shift) else as_ints(shift), axis)


def _at_least(axes: int, a: Any, whose: str) -> Any:
    """Put axes of length 1 before those that there are."""
    a = given(a, whose)
    shape = a.shape
    return a if len(shape) >= axes else _reshape(a, (1,) * (axes - len(shape)) + shape)


@overload
def atleast_1d(x: Tensor, /) -> Tensor: ...
@overload
def atleast_1d(x: ArrayLike, /) -> NDArray[Any]: ...
@overload
def atleast_1d(x: Input, y: Input, /, *arys: Input) -> tuple[Tensor | NDArray[Any], ...]: ...
@mirrors(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """View each argument with at least one axis.

    Parameters
    ----------
    *arys : array_like or Tensor

    Returns
    -------
    Tensor, array, or a tuple of them if there are several arguments
    """
    if len(arys) == 1:
        return _at_least(1, arys[0], "atleast_1d")
    return tuple([_at_least(1, a, "atleast_1d") for a in arys])


@overload
def atleast_2d(x: Tensor, /) -> Tensor: ...
@overload
def atleast_2d(x: ArrayLike, /) -> NDArray[Any]: ...
@overload
def atleast_2d(x: Input, y: Input, /, *arys: Input) -> tuple[Tensor | NDArray[Any], ...]: ...
@mirrors(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """View each argument with at least two axes; a vector becomes a row.

    Parameters
    ----------
    *arys : array_like or Tensor

    Returns
    -------
    Tensor, array, or a tuple of them if there are several arguments
    """
    if len(arys) == 1:
        return _at_least(2, arys[0], "atleast_2d")
    return tuple([_at_least(2, a, "atleast_2d") for a in arys])


# --- repeating ---------------------------------------------------------------------------------------

_floating, _empty = np.floating, np.empty  # 0.03 us less than at each use

SMALL = 32768
"""Bytes up to which copying is quicker than NumPy's view of one element in many places (2.9 us)."""


def broadcast_on_numpy(x: Array, shape: tuple[int, ...] = ()) -> Array:
    """Spread over a shape: a number in 0.4 us where NumPy's function takes 3, for so begin most reverse passes.

    A small array is filled, since operations on one that lies in order are sooner called.
    """
    if shape and isinstance(x, _floating):
        y = _empty(shape, x.dtype)
        if y.nbytes > SMALL:
            return _ndarray(shape, x.dtype, x, 0, (0,) * len(shape))  # read-only: it lies in the number itself
        y.fill(x)
        return y
    return np.broadcast_to(x, shape) if shape else x


_broadcast_to = primitive(
    lambda xp, x, shape=(): xp.broadcast_to(x, shape),
    [lambda g, y, x, shape: g],  # of y's shape: the reverse pass sums it down, as for every broadcast input
    name="broadcast_to", keep="", views=True, on_numpy=broadcast_on_numpy, structure="elementwise",
    source="np.broadcast_to({0}, {shape!r})", latex=r"\operatorname{{broadcast}}_{{{shape}}} {0}",
)  # fmt: skip


@mirrors(np.broadcast_to, inputs=1)
def broadcast_to(array: Any, shape: Axes) -> Any:
    """Repeat an array along new axes, and along axes of length 1, to fill a shape.

    Parameters
    ----------
    array : array_like or Tensor
    shape : int or sequence of int

    Returns
    -------
    Tensor, or array if `array` is no Tensor
        Of the given shape.

    Raises
    ------
    ValueError
        If the array can't be broadcast to the shape.
    """
    return _broadcast_to(array, shape if type(shape) is tuple else as_ints(shape))


# --- joining and splitting ---------------------------------------------------------------------------


def _concatenate_vjp(i: int, g: Any, y: Any, *arrays: Any, axis: int) -> Any:
    start = sum(a.shape[axis] for a in arrays[:i])
    return along(g, axis, slice(start, start + arrays[i].shape[axis]))


_join = undispatched(np.concatenate)

_concatenate: Any = primitive(
    lambda xp, *arrays, axis=0: xp.concat(arrays, axis=axis),
    _concatenate_vjp,
    on_numpy=lambda *arrays, axis=0: _join(arrays, axis),
    name="concatenate", keep="arrays", structure="linear",
    leading=lambda *arrays, axis: _concatenate(*arrays, axis=behind(axis, arrays[0].ndim)),
    source="np.concatenate([{inputs}], axis={axis!r})", symbol="concat",
)  # fmt: skip


Casting = Literal["no", "equiv", "safe", "same_kind", "unsafe"]


def _converted(joined: Any, dtype: Any, casting: Casting) -> Any:
    """Convert what was joined, as far as NumPy's rule allows."""
    if value_of(joined).dtype == dtype:
        return joined
    if not np.can_cast(joined.dtype, dtype, casting):
        raise TypeError(f"cannot cast from {joined.dtype} to {np.dtype(dtype)} by the rule {casting!r}")
    return joined.astype(dtype)


@mirrors(np.concatenate, inputs="joined")
def concatenate(
    arrays: Iterable[Any], axis: int | None = 0, *, dtype: DType = None, casting: Casting = "same_kind"
) -> Any:
    """Join arrays along an axis they have.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        Of equal shapes, except along the axis.
    axis : int, optional
        None joins the flattened arrays.
    dtype, casting : dtype, str
        What to convert the result to, if not of the dtype that NumPy promotes to, and how far that may go.

    Returns
    -------
    Tensor, or array if there is no Tensor

    Raises
    ------
    ValueError
        If there is no array, or the shapes do not match.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.concatenate([mg.tensor([1.0, 2.0]), [3.0]])
    tensor([1., 2., 3.])
    """
    parts = arrays if type(arrays) is list or type(arrays) is tuple else list(arrays)
    if axis is None:
        parts, axis = [flat(a, "concatenate") for a in parts], 0
    if parts and axis:
        axis = normalize_axis_index(axis, max(given(parts[0], "concatenate").ndim, 1))
    y = _concatenate.of(len(parts))(*parts, axis=axis) if axis else _concatenate.of(len(parts))(*parts)
    return y if dtype is None else _converted(y, dtype, casting)


def _stack_on_numpy(*arrays: Array, axis: int = 0) -> Array:
    """Join along a new axis; of small arrays and numbers in a quarter of the time of `np.stack`, and less."""
    try:
        return np.stack(arrays, axis) if axis else np.array(arrays)
    except ValueError:  # in NumPy's words for it
        return np.stack(arrays, axis)


_stack: Any = primitive(
    lambda xp, *arrays, axis=0: xp.stack(arrays, axis=axis),
    lambda i, g, y, *arrays, axis: along(g, axis, i),
    name="stack", keep="", on_numpy=_stack_on_numpy, structure="linear",
    leading=lambda *arrays, axis: _stack(*arrays, axis=axis + (axis >= 0)),
    source="np.stack([{inputs}], axis={axis!r})",
)  # fmt: skip


@mirrors(np.stack, inputs="joined")
def stack(arrays: Iterable[Any], axis: int = 0, *, dtype: DType = None, casting: Casting = "same_kind") -> Any:
    """Join arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        Of equal shapes.
    axis : int
        Where the new axis stands in the result.
    dtype, casting : dtype, str
        What to convert the result to, if not of the dtype that NumPy promotes to, and how far that may go.

    Returns
    -------
    Tensor, or array if there is no Tensor

    Raises
    ------
    ValueError
        If there is no array, or the shapes differ.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.stack([mg.tensor([1.0, 2.0]), [3.0, 4.0]], axis=1)
    tensor([[1., 3.],
            [2., 4.]])
    """
    parts = all_given(arrays, "stack")
    if parts and axis:
        axis = normalize_axis_index(axis, parts[0].ndim + 1)
    y = _stack.of(len(parts))(*parts, axis=axis) if axis else _stack.of(len(parts))(*parts)
    return y if dtype is None else _converted(y, dtype, casting)


def part_of_join(i: int, g: Array, arrays: Sequence[Any], axis: int, ndim: int) -> Any:
    """Return what belongs to the i-th of some arrays that were joined; one of fewer axes has length 1 there."""
    lengths = [np.shape(a)[axis] if np.ndim(a) >= ndim else 1 for a in arrays[: i + 1]]
    start = sum(lengths[:-1])
    return along(g, axis, slice(start, start + lengths[-1])).reshape(arrays[i].shape)


def _vstack_on_numpy(arrays: Sequence[Array]) -> Array:
    return _join([a if a.ndim > 1 else a.reshape(1, -1) for a in arrays])


def _hstack_on_numpy(arrays: Sequence[Array]) -> Array:
    plain = {*map(type, arrays)} == {_ndarray}
    return _join(arrays, 1 if arrays[0].ndim > 1 else 0) if plain else np.hstack(arrays)


@mirrors(np.vstack, inputs="joined")
@deferred_join(_vstack_on_numpy, lambda i, g, y, *arrays: part_of_join(i, g, arrays, 0, 2))
def vstack(tup: Iterable[Any], *, dtype: DType = None, casting: Casting = "same_kind") -> Any:
    """Put arrays below one another; vectors are rows.

    Parameters
    ----------
    tup : sequence of array_like or Tensor
    dtype, casting : dtype, str
        What to convert the result to, if not of the dtype that NumPy promotes to, and how far that may go.

    Returns
    -------
    Tensor, or array if there is no Tensor
        With at least two axes.
    """
    return concatenate([_at_least(2, a, "vstack") for a in tup], 0, dtype=dtype, casting=casting)


@mirrors(np.hstack, inputs="joined")
@deferred_join(_hstack_on_numpy, lambda i, g, y, *arrays: part_of_join(i, g, arrays, y.ndim > 1, min(y.ndim, 2)))
def hstack(tup: Iterable[Any], *, dtype: DType = None, casting: Casting = "same_kind") -> Any:
    """Put arrays beside one another: along the second axis, vectors along their only one.

    Parameters
    ----------
    tup : sequence of array_like or Tensor
    dtype, casting : dtype, str
        What to convert the result to, if not of the dtype that NumPy promotes to, and how far that may go.

    Returns
    -------
    Tensor, or array if there is no Tensor
    """
    parts = [_at_least(1, a, "hstack") for a in tup]
    return concatenate(parts, 0 if parts and parts[0].ndim == 1 else 1, dtype=dtype, casting=casting)


@mirrors(np.array_split, inputs="split")
def array_split(ary: Any, indices_or_sections: Axes, axis: int = 0) -> list[Any]:
    """Cut an array into parts along an axis, of lengths that differ by one at most.

    Parameters
    ----------
    ary : array_like or Tensor
    indices_or_sections : int or sequence of int
        How many parts, or the indices where they begin.
    axis : int

    Returns
    -------
    list of Tensor, or of array if `ary` is no Tensor
    """
    a = given(ary, "array_split")
    axis = normalize_axis_index(axis, a.ndim)
    n = a.shape[axis]
    if is_index(indices_or_sections):
        (parts,) = as_ints(indices_or_sections)
        if parts <= 0:
            raise ValueError(f"array_split: the number of parts must be positive, got {parts}")
        short, longer = divmod(n, parts)
        ends = list(accumulate([short + 1] * longer + [short] * (parts - longer)))
    else:
        ends = [*as_ints(indices_or_sections), n]
    before, after = (_ALL,) * axis, (_ALL,) * (a.ndim - axis - 1)
    return [a[(*before, slice(start, end), *after)] for start, end in pairwise([0, *ends])]


@mirrors(np.split, inputs="split")
def split(ary: Any, indices_or_sections: Axes, axis: int = 0) -> list[Any]:
    """Cut an array into parts along an axis.

    Parameters
    ----------
    ary : array_like or Tensor
    indices_or_sections : int or sequence of int
        How many parts of equal length, or the indices where they begin.
    axis : int

    Returns
    -------
    list of Tensor, or of array if `ary` is no Tensor

    Raises
    ------
    ValueError
        If the parts can't be of equal length.
    """
    if is_index(indices_or_sections):
        (parts,) = as_ints(indices_or_sections)
        n = given(ary, "split").shape[axis]
        if parts <= 0 or n % parts:
            raise ValueError(f"split: an axis of length {n} can't be cut into {parts} equal parts; see array_split")
    return array_split(ary, indices_or_sections, axis)


# --- padding -----------------------------------------------------------------------------------------

_Pairs = tuple[tuple[Any, Any], ...]


def _pad_forward(xp: Any, array: Array, pad_width: _Pairs = (), constant_values: _Pairs = ()) -> Array:
    for axis, (widths, values) in enumerate(zip(pad_width, constant_values, strict=True)):
        if any(widths):
            before, after = (
                xp.full((*array.shape[:axis], width, *array.shape[axis + 1 :]), value, dtype=array.dtype)
                for width, value in zip(widths, values, strict=True)
            )
            array = xp.concat((before, array, after), axis=axis)
    return array


def _pad_vjp(g: Any, y: Any, array: Any, pad_width: _Pairs, constant_values: _Pairs) -> Any:
    return g[tuple(slice(before, before + n) for (before, _), n in zip(pad_width, array.shape, strict=True))]


def _pad_on_numpy(array: Array, pad_width: _Pairs = (), constant_values: _Pairs = ()) -> Array:
    constants = {value for pair in constant_values for value in pair}
    if len(constants) != 1:
        return _pad_forward(np, array, pad_width, constant_values)
    lengths = [before + n + after for (before, after), n in zip(pad_width, array.shape, strict=True)]
    padded = np.full(lengths, constants.pop(), array.dtype)  # in a fifth of the time
    padded[tuple([slice(before, before + n) for (before, _), n in zip(pad_width, array.shape, strict=True)])] = array
    return padded


_pad = primitive(
    _pad_forward, [_pad_vjp],
    name="pad", keep="array", on_numpy=_pad_on_numpy,
    source="np.pad({0}, {pad_width!r}, constant_values={constant_values!r})",
    latex=r"\operatorname{{pad}} {0}",
)  # fmt: skip


def _pairs(given: Any, ndim: int) -> _Pairs:
    """Return a pair for each axis, of one number, one pair, or a pair for each."""
    if not isinstance(given, np.ndarray):
        return ((given, given),) * ndim
    return tuple([(before, after) for before, after in np.broadcast_to(given, (ndim, 2)).tolist()])


@mirrors(np.pad, inputs=1)
def pad(array: Any, pad_width: int | Sequence[Any], mode: str = "constant", *, constant_values: Any = 0) -> Any:
    """Add numbers around an array.

    Parameters
    ----------
    array : array_like or Tensor
        Of shape (n, m, ...).
    pad_width : int, pair of int, or one pair for each axis
        How many before and after.
    mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What is added: given constants, or numbers of the array itself, as NumPy does.
    constant_values : number, pair of number, or one pair for each axis
        For the mode "constant"; not differentiated.

    Returns
    -------
    Tensor, or array if `array` is no Tensor
        Of shape (before + n + after, ...).

    Raises
    ------
    TypeError
        If a tensor that requires gradients is given as a constant.
    ValueError
        For another mode.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.pad(mg.tensor([1.0, 2.0]), 1)
    tensor([0., 1., 2., 0.])
    """
    a = given(array, "pad")
    widths = _pairs(pad_width if type(pad_width) is int else np.asarray(pad_width, dtype=np.intp), a.ndim)
    if any(width < 0 for pair in widths for width in pair):
        raise ValueError(f"pad: widths can't be negative, got {pad_width!r}")
    if mode == "constant":
        if isinstance(constant_values, Recorded) and node_of(constant_values).requires_grad:
            raise TypeError("pad: constant_values are not differentiated; detach() them, or use concatenate")
        constants = np.asarray(
            constant_values.concrete("pad: constant_values")
            if isinstance(constant_values, Recorded)
            else plain(constant_values, "pad: constant_values")
        )
        return _pad(a, widths, _pairs(constants if constants.ndim else constants.item(), a.ndim))
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"pad: mode {mode!r} is not supported; use constant, edge, reflect, symmetric or wrap")
    if np.ndim(constant_values) or constant_values != 0:
        raise TypeError(f"pad: constant_values does not go with mode {mode!r}")
    for axis, (n, pair) in enumerate(zip(a.shape, widths, strict=True)):
        if any(pair):  # pad the positions, and take what stands there
            a = along(a, axis, np.pad(np.arange(n), pair, mode=mode))  # type: ignore[call-overload]
    return a


# --- what has the same shape -------------------------------------------------------------------------


@mirrors(np.shape)
def shape(a: Any) -> tuple[int, ...]:
    """Return the size along each axis.

    Parameters
    ----------
    a : array_like or Tensor

    Returns
    -------
    tuple of int
    """
    lengths: tuple[int, ...] = given(a, "shape").shape
    return lengths


@mirrors(np.ndim)
def ndim(a: Any) -> int:
    """Return the number of axes.

    Parameters
    ----------
    a : array_like or Tensor

    Returns
    -------
    int
    """
    return len(shape(a))


@mirrors(np.size)
def size(a: Any, axis: Axes | None = None) -> int:
    """Return the number of elements, or the size along some axes.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or tuple of int, optional

    Returns
    -------
    int
    """
    lengths = given(a, "size").shape
    return math.prod(lengths if axis is None else [lengths[i] for i in as_ints(axis)])


_FILLED = """{summary} It is a constant.

Parameters
----------
a : array_like or Tensor
dtype : dtype, optional
    The default is that of `a`.

Returns
-------
Tensor, or array if `a` is no Tensor
    Of the shape of `a`.
"""


def _zeros_like(xp: Any, a: Array, dtype: DType = None) -> Array:
    return xp.zeros_like(a, dtype=dtype)


def _ones_like(xp: Any, a: Array, dtype: DType = None) -> Array:
    return xp.ones_like(a, dtype=dtype)


zeros_like = primitive(
    _zeros_like, (None,),
    name="zeros_like", numpy=np.zeros_like, source="np.zeros_like({0}, dtype={dtype!r})", latex="0",
    doc=_FILLED.format(summary="Zeros in the shape of another array."),
)  # fmt: skip
ones_like = primitive(
    _ones_like, (None,),
    name="ones_like", numpy=np.ones_like, source="np.ones_like({0}, dtype={dtype!r})", latex="1",
    doc=_FILLED.format(summary="Ones in the shape of another array."),
)  # fmt: skip
