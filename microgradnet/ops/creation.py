"""Arrays to begin with, which can be written into: buffers, copies, and arrays of what was computed one by one.

A plain array that a tensor is written into would lose the tensor's gradient, so NumPy's own `zeros` and its relatives
give a tensor here only where they are told so: ``np.zeros(shape, like=t)``, ``np.zeros_like(t)``. Nothing is recorded
until something is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from microgradnet.leaving import compiling
from microgradnet.ops.elementwise import astype
from microgradnet.ops.shapes import _copy, broadcast_to, given, stack, zeros_like
from microgradnet.plain import plain
from microgradnet.record import CONSTANT, Array, Recorded, attach, mirrors, traced, value_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, DType, Input, Tensor

__all__ = ["array", "copy", "empty", "empty_like", "full", "full_like", "ones", "zeros"]

Shape = int | Sequence[int]


def _buffer(value: Array) -> Tensor:
    """Make a tensor of a new array. In a function that is compiled it is traced: each call has one of its own."""
    return attach(value, CONSTANT) if compiling() is None else traced(value)


def _order(order: str, caller: str) -> None:
    if order not in ("C", "F", "K", "A"):
        raise ValueError(f"{caller}: order must be 'C', 'F', 'A' or 'K', got {order!r}")


@mirrors(np.zeros)
def zeros(shape: Shape, dtype: DType = float, order: str = "C") -> Tensor:
    """Make a tensor of zeros, to write into.

    Parameters
    ----------
    shape : int or sequence of int
    dtype : dtype
        What is written into it takes on this dtype.
    order : {"C", "F"}
        Accepted, as NumPy's.

    Returns
    -------
    Tensor
        Of the given shape; a constant until something is written into it.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def squares(x):
    ...     out = mg.zeros(len(x))
    ...     for i in range(len(x)):
    ...         out[i] = x[i] ** 2
    ...     return mg.sum(out)
    >>> mg.grad(squares)(np.array([1.0, 2.0, 3.0]))
    array([2., 4., 6.])
    """
    _order(order, "zeros")
    return _buffer(np.zeros(shape, dtype))


@mirrors(np.ones)
def ones(shape: Shape, dtype: DType = float, order: str = "C") -> Tensor:
    """Make a tensor of ones, to write into.

    Parameters
    ----------
    shape : int or sequence of int
    dtype : dtype
    order : {"C", "F"}
        Accepted, as NumPy's.

    Returns
    -------
    Tensor
        Of the given shape; a constant until something is written into it.
    """
    _order(order, "ones")
    return _buffer(np.ones(shape, dtype))


@mirrors(np.empty)
def empty(shape: Shape, dtype: DType = float, order: str = "C") -> Tensor:
    """Make a tensor to write into, which has zeros until then.

    Parameters
    ----------
    shape : int or sequence of int
    dtype : dtype
    order : {"C", "F"}
        Accepted, as NumPy's.

    Returns
    -------
    Tensor
        Of the given shape; a constant until something is written into it.
    """
    return zeros(shape, dtype, order)


@mirrors(np.full)
def full(shape: Shape, fill_value: Input, dtype: DType = None, order: str = "C") -> Tensor:
    """Make a tensor that has a value everywhere, to write into. Gradients flow through the value.

    Parameters
    ----------
    shape : int or sequence of int
    fill_value : array_like or Tensor
        Broadcast to the shape.
    dtype : dtype, optional
        The default is that of the value.
    order : {"C", "F"}
        Accepted, as NumPy's.

    Returns
    -------
    Tensor
        Of the given shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(lambda x: mg.sum(mg.full((2, 3), x)))(1.0)
    array(6.)
    """
    _order(order, "full")
    value: Any = given(fill_value, "full")
    if dtype is not None and value.dtype != dtype:
        value = astype(value, dtype=dtype)
    lengths = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    filled: Any = broadcast_to(value, lengths)
    made: Tensor = _copy(filled) if isinstance(value, Recorded) else _buffer(np.array(filled))
    return made


@mirrors(np.empty_like, inputs=1)
def empty_like(prototype: Any, dtype: DType = None) -> Any:
    """Make what has the shape of another array, to write into; it has zeros until then.

    Parameters
    ----------
    prototype : array_like or Tensor
    dtype : dtype, optional
        The default is that of `prototype`.

    Returns
    -------
    Tensor, or array if `prototype` is no Tensor
        A constant until something is written into it.
    """
    return zeros_like(prototype, dtype=dtype)


@overload
def full_like(a: Tensor, fill_value: Input, dtype: DType = None) -> Tensor: ...
@overload
def full_like(a: ArrayLike, fill_value: Tensor, dtype: DType = None) -> Tensor: ...
@overload
def full_like(a: ArrayLike, fill_value: ArrayLike, dtype: DType = None) -> NDArray[Any]: ...
@mirrors(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: DType = None) -> Any:
    """Fill the shape of another array with a value, through which gradients flow.

    Parameters
    ----------
    a : array_like or Tensor
    fill_value : array_like or Tensor
        Broadcast to the shape of `a`.
    dtype : dtype, optional
        The default is that of `a`.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        Of the shape of `a`, to write into.
    """
    a = given(a, "full_like")
    filled = full(a.shape, fill_value, a.dtype if dtype is None else dtype)
    return filled if isinstance(a, Recorded) or isinstance(fill_value, Recorded) else value_of(filled)


# --- copies --------------------------------------------------------------------------------------------


@mirrors(np.copy, inputs=1)
def copy(a: Any, order: str = "K") -> Any:
    """Copy an array: what is written into the copy stays there. Gradients flow through it.

    Parameters
    ----------
    a : array_like or Tensor
    order : {"C", "F", "A", "K"}
        Accepted, as NumPy's.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def rectified(x):
    ...     y = np.copy(x)
    ...     y[y < 0] = 0
    ...     return np.sum(x * y)
    >>> mg.grad(rectified)(np.array([2.0, -3.0]))
    array([4., 0.])
    """
    _order(order, "copy")
    return _copy(given(a, "copy"))


@mirrors(np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray)
def array(object: Any, dtype: DType = None) -> Tensor:  # noqa: A002 - NumPy's name
    """Make one tensor of tensors, arrays and numbers in nested lists, as `numpy.array` does of numbers.

    NumPy itself can't: ``np.array([t, u])`` asks each tensor for its numbers, which have no gradient.

    Parameters
    ----------
    object : Tensor, array_like, or nested sequences of them
        What stands in one sequence has one shape.
    dtype : dtype, optional
        The default is the common one.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shapes in one sequence differ.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def rotated(angle):
    ...     turn = mg.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ...     return (turn @ np.array([1.0, 0.0]))[1]
    >>> mg.grad(rotated)(0.0)
    array(1.)
    """
    joined: Any = _joined(object)
    recorded = isinstance(joined, Recorded)
    made: Tensor = joined if recorded else _buffer(np.array(plain(joined, "array"), order="K"))
    made = _copy(made) if made is object else made
    return made if dtype is None or made.dtype == dtype else astype(made, dtype=dtype)


def _joined(given_: Any) -> Any:
    """Join what stands in nested sequences, if there is a tensor somewhere."""
    if not isinstance(given_, list | tuple) or not has_tensors(given_):
        return given_
    parts = [_joined(part) for part in given_]
    shapes = {np.shape(value_of(part)) for part in parts}
    if len(shapes) > 1:
        raise ValueError(
            f"array: what stands in one list must have one shape, got {', '.join(map(str, sorted(shapes)))}"
        )
    return stack(parts)


def has_tensors(parts: Any) -> bool:
    """Whether there is a tensor in nested sequences."""
    return any(isinstance(p, Recorded) or (isinstance(p, list | tuple) and has_tensors(p)) for p in parts)
