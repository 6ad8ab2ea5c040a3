"""Products of arrays: of matrices and of batches of them, over chosen axes, and Einstein sums.

Matrices stand in the last two axes; the axes before them are a batch and broadcast, as in NumPy.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from microgradnet.deferred import deferred
from microgradnet.ops.diagonals import embed
from microgradnet.ops.elementwise import multiply
from microgradnet.ops.indexing import getitem
from microgradnet.ops.reductions import scalar, sum_to
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import (
    all_given,
    as_ints,
    behind,
    broadcast_to,
    counted,
    expand_dims,
    given,
    moveaxis,
    pad,
    reshape,
    roll,
    swapaxes,
    transpose,
)
from microgradnet.record import Array, Recorded, mirrors, primitive, undispatched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Binary, Input, Tensor

__all__ = [
    "cross", "dot", "einsum", "inner", "kron", "matmul", "matvec", "outer", "tensordot", "vdot", "vecdot", "vecmat",
]  # fmt: skip


def transposed(x: Any) -> Any:
    """Transpose the matrices."""
    return x.T if x.ndim == 2 else swapaxes(x, -1, -2)


# --- products ----------------------------------------------------------------------------------------


def _matmul_on_numpy(a: Array, b: Array) -> Array:
    """Product of matrices; on small ones `dot` takes 0.31 us where `@` takes 0.88."""
    try:
        if a.ndim == 2 == b.ndim or 0 < a.ndim < 3 > b.ndim > 0:
            return a.dot(b)
    except AttributeError:  # a Python number, which NumPy refuses in its own words
        pass
    return np.matmul(a, b)


_ndarray = np.ndarray  # of two arrays the product is taken directly: 0.3 us less than by `matmul`


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Ā = Ḡ Bᵀ."""
    if a.ndim == 2 == b.ndim:
        return g.dot(b.T) if type(g) is _ndarray is type(b) else matmul(g, b.T)
    if b.ndim == 1:
        return (expand_dims(g, -1) if g.ndim else g) * b
    if a.ndim == 1 and b.ndim == 2:
        return matmul(b, g)
    batch = tuple(range(b.ndim - 2))
    if a.ndim == 1:
        return _tensordot(g, b, axes=((*batch, b.ndim - 2), (*batch, b.ndim - 1)))
    if a.ndim == 2:  # one matrix for the whole batch: sum while multiplying
        return _tensordot(g, b, axes=((*batch, g.ndim - 1), (*batch, b.ndim - 1)))
    return sum_to(matmul(g, transposed(b)), a.shape)


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """B̄ = Aᵀ Ḡ."""
    if a.ndim == 2 == b.ndim:
        return a.T.dot(g) if type(a) is _ndarray is type(g) else matmul(a.T, g)
    if a.ndim == 1:
        return g * a if b.ndim == 1 else expand_dims(a, -1) * expand_dims(g, -2)
    if a.ndim == 2 and b.ndim == 1:
        return matmul(g, a)
    if b.ndim <= 2:
        rows = tuple(range(a.ndim - 1))
        return _tensordot(a, g, axes=(rows, rows))
    return sum_to(matmul(transposed(a), g), b.shape)


def _matmul_leading(i: int, a: Any, b: Any) -> Any:
    """Multiply with several matrices, or vectors, in the place of one."""
    if i and b.ndim == 2 and a.ndim <= 2:  # vectors: one product for all of them
        return matmul(b, a.T)
    if not i and b.ndim == 2:  # rows
        return matmul(reshape(a, (math.prod(a.shape[:-1]), a.shape[-1])), b)
    x = (a, b)[i]
    own = x.shape[1:]
    mine = own if len(own) > 1 else ((*own, 1) if i else (1, *own))
    other = (b, a)[i]
    if other.ndim == 1:
        other = expand_dims(other, -2 if i else -1)
    x = reshape(x, (x.shape[0], *(1,) * max(0, other.ndim - len(mine)), *mine))
    return matmul(other, x) if i else matmul(x, other)


matmul: Binary = primitive(
    lambda xp, a, b: _matmul_on_numpy(a, b) if xp is np else xp.matmul(a, b),
    (_matmul_left, _matmul_right),
    name="matmul", keep="a b", on_numpy=_matmul_on_numpy, numpy=np.matmul,
    structure="multilinear", leading=_matmul_leading,
    source="({0} @ {1})", text="{0} · {1}", latex=r"{0} \, {1}", symbol="@",
    doc="""Multiply matrices, a @ b.

Parameters
----------
a : array_like or Tensor
    Of shape (..., m, k) or (k,).
b : array_like or Tensor
    Of shape (..., k, n) or (k,). The batch axes broadcast.

Returns
-------
Tensor, or array if no argument is a Tensor
    Of shape (..., m, n), without m or n where the argument is a vector.

Raises
------
ValueError
    If the shapes do not multiply, or an argument is a single number.

Examples
--------
>>> import microgradnet as mg
>>> mg.matmul(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 1.0])
tensor([3., 7.])
""",
)  # fmt: skip
mirrors(np.linalg.matmul)(matmul)


def _inverse(order: Sequence[int]) -> tuple[int, ...]:
    """Find the axes that undo a permutation."""
    return tuple(sorted(range(len(order)), key=order.__getitem__))


_Pairs = tuple[tuple[int, ...], tuple[int, ...]]


def _free(ndim: int, summed: Sequence[int]) -> tuple[int, ...]:
    return tuple(i for i in range(ndim) if i not in summed)


def _tensordot_left(g: Any, y: Any, a: Any, b: Any, axes: _Pairs) -> Any:
    """Contract the cotangent with b over b's free axes; then put a's axes in their places."""
    of_a, of_b = axes
    free_a, free_b = _free(a.ndim, of_a), _free(b.ndim, of_b)
    d = _tensordot(g, b, axes=(tuple(range(len(free_a), g.ndim)), free_b))
    return transpose(d, _inverse([*free_a, *(of_a[of_b.index(i)] for i in sorted(of_b))]))


def _tensordot_right(g: Any, y: Any, a: Any, b: Any, axes: _Pairs) -> Any:
    of_a, of_b = axes
    free_a, free_b = _free(a.ndim, of_a), _free(b.ndim, of_b)
    d = _tensordot(a, g, axes=(free_a, tuple(range(len(free_a)))))
    return transpose(d, _inverse([*(of_b[of_a.index(i)] for i in sorted(of_a)), *free_b]))


@lru_cache(256)
def _as_matrices(a: tuple[int, ...], b: tuple[int, ...], axes: _Pairs) -> tuple[tuple[int, ...], ...]:
    """Say how arrays of two shapes are turned and reshaped to be multiplied as matrices, and the product's shape."""
    (of_a, of_b), free_a, free_b = axes, _free(len(a), axes[0]), _free(len(b), axes[1])
    rows, columns = [a[i] for i in free_a], [b[i] for i in free_b]
    n, (*turned_a,), (*turned_b,) = math.prod(a[i] for i in of_a), (*free_a, *of_a), (*of_b, *free_b)
    return (
        tuple(turned_a), (math.prod(rows), n), tuple(turned_b), (n, math.prod(columns)), (*rows, *columns)
    )  # fmt: skip


def _tensordot_on_numpy(a: Array, b: Array, axes: _Pairs = ((), ())) -> Array:
    """Compute what `numpy.tensordot` does, which finds these axes anew in every call."""
    turned_a, left, turned_b, right, shape = _as_matrices(a.shape, b.shape, axes)
    product = np.dot(a.transpose(turned_a).reshape(left), b.transpose(turned_b).reshape(right))
    return scalar(product.reshape(shape))


def _tensordot_leading(i: int, a: Any, b: Any, axes: _Pairs) -> Any:
    of_a, of_b = axes
    if i == 0:
        return _tensordot(a, b, axes=(behind(tuple(of_a), a.ndim), of_b))
    return moveaxis(_tensordot(a, b, axes=(of_a, behind(tuple(of_b), b.ndim))), a.ndim - len(of_a), 0)


_tensordot = primitive(
    lambda xp, a, b, axes=((), ()): scalar(xp.tensordot(a, b, axes=axes)),
    [_tensordot_left, _tensordot_right],
    name="tensordot", on_numpy=_tensordot_on_numpy, structure="multilinear", leading=_tensordot_leading,
    source="np.tensordot({0}, {1}, {axes!r})", latex=r"{0} \cdot_{{{axes}}} {1}", symbol="⊙Σ",
)  # fmt: skip


@mirrors(np.tensordot, np.linalg.tensordot, inputs=2)
def tensordot(a: Any, b: Any, axes: int | Sequence[Any] = 2) -> Any:
    """Sum products over pairs of axes, one of each array.

    Parameters
    ----------
    a, b : array_like or Tensor
    axes : int, or pair of int or of sequences of int
        How many: the last of `a` with the first of `b`, in order; or which of `a` and which of `b`.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        With the axes of `a` and then those of `b` that are left.

    Raises
    ------
    ValueError
        If paired axes differ in length.
    """
    a, b = given(a, "tensordot"), given(b, "tensordot")
    wanted: Any = axes
    try:
        wanted = operator.index(wanted)
    except TypeError:
        of_a, of_b = wanted
        wanted = as_ints(of_a), as_ints(of_b)
    return _tensordot(a, b, axes=_paired(a.shape, b.shape, wanted))


@lru_cache(256)
def _paired(a: tuple[int, ...], b: tuple[int, ...], axes: int | _Pairs) -> _Pairs:
    """Count the axes of two shapes that are summed over."""
    shapes = f"(the shapes are {a} and {b})"
    if isinstance(axes, int):
        if not 0 <= axes <= min(len(a), len(b)):
            raise ValueError(f"tensordot: can't sum over {axes} axes {shapes}")
        of_a, of_b = tuple(range(len(a) - axes, len(a))), tuple(range(axes))
    else:
        of_a, of_b = counted(axes[0], len(a)), counted(axes[1], len(b))
    if [a[i] for i in of_a] != [b[i] for i in of_b]:
        raise ValueError(f"tensordot: the axes {axes} do not match {shapes}")
    return of_a, of_b


@mirrors(np.dot, inputs=2)
def dot(a: Any, b: Any) -> Any:
    """Sum products over the last axis of a and the second to last of b; multiply by a single number.

    For vectors and matrices this is `matmul`; for more axes every matrix of `a` meets every matrix of `b`.

    Parameters
    ----------
    a, b : array_like or Tensor

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape ``a.shape[:-1] + b.shape[:-2] + b.shape[-1:]``.
    """
    a, b = given(a, "dot"), given(b, "dot")
    ndim = b.ndim
    if ndim == 0 or a.ndim == 0:
        return multiply(a, b)
    return matmul(a, b) if ndim <= 2 else tensordot(a, b, (-1, -2))


@mirrors(np.vdot, inputs=2)
def vdot(a: Any, b: Any) -> Any:
    """Sum of the products of all elements, the arrays flattened.

    Parameters
    ----------
    a, b : array_like or Tensor
        Of equal size. Of complex plain arrays, `a` is conjugated.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        A single number.
    """
    a, b = given(a, "vdot"), given(b, "vdot")
    if not isinstance(a, Recorded) and getattr(a.dtype, "kind", "f") == "c":
        a = a.conj()
    return matmul(a if a.ndim == 1 else reshape(a, (-1,)), b if b.ndim == 1 else reshape(b, (-1,)))


@mirrors(np.inner, inputs=2)
def inner(a: Any, b: Any) -> Any:
    """Sum products over the last axes of both; multiply by a single number.

    Parameters
    ----------
    a, b : array_like or Tensor
        With last axes of equal length.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape ``a.shape[:-1] + b.shape[:-1]``.
    """
    a, b = given(a, "inner"), given(b, "inner")
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    return matmul(a, b) if a.ndim == 1 == b.ndim else tensordot(a, b, (-1, -1))


def _outer_on_numpy(a: Array, b: Array) -> Array:
    return a.reshape(-1, 1) * b.reshape(1, -1)


def _outer_leading(i: int, a: Any, b: Any) -> Any:
    if i == 0:
        return reshape(a, (a.shape[0], math.prod(a.shape[1:]), 1)) * reshape(b, (-1,))
    return reshape(a, (-1, 1)) * reshape(b, (b.shape[0], 1, math.prod(b.shape[1:])))


_outer = primitive(
    lambda xp, a, b: xp.reshape(a, (-1, 1)) * xp.reshape(b, (1, -1)),
    [
        lambda g, y, a, b: reshape(matmul(g, reshape(b, (-1,))), a.shape),
        lambda g, y, a, b: reshape(matmul(reshape(a, (-1,)), g), b.shape),
    ],
    name="outer", on_numpy=_outer_on_numpy, structure="multilinear", leading=_outer_leading,
    source="np.outer({0}, {1})", latex=r"{0} \otimes {1}", symbol="⊗",
)  # fmt: skip


@mirrors(np.outer, inputs=2)
def outer(a: Any, b: Any) -> Any:
    """Every element of a times every element of b, the arrays flattened.

    Parameters
    ----------
    a, b : array_like or Tensor

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (a.size, b.size).
    """
    return _outer(given(a, "outer"), given(b, "outer"))


@mirrors(np.kron, inputs=2)
def kron(a: Any, b: Any) -> Any:
    """Kronecker product: every element of a times the whole of b, as blocks.

    Parameters
    ----------
    a, b : array_like or Tensor
        Axes of length 1 are put before the shape of the one with fewer.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Along each axis as long as the product of both lengths.
    """
    a, b = given(a, "kron"), given(b, "kron")
    ndim = max(a.ndim, b.ndim)
    rows = (1,) * (ndim - a.ndim) + a.shape
    columns = (1,) * (ndim - b.ndim) + b.shape
    blocks = reshape(a, tuple(n for i in rows for n in (i, 1))) * reshape(b, tuple(n for i in columns for n in (1, i)))
    return reshape(blocks, tuple(i * j for i, j in zip(rows, columns, strict=True)))


def _last(x: Any, axis: int) -> Any:
    """Move an axis to the end, if it isn't there."""
    return x if axis == -1 and x.ndim else moveaxis(x, axis, -1)


def _newer(name: str) -> list[Any]:
    """Name a function of NumPy 2.2, if this NumPy has it."""
    return [getattr(np, name)] if hasattr(np, name) else []


@mirrors(np.vecdot, np.linalg.vecdot, inputs=2)
@deferred(
    np.vecdot,
    lambda g, y, a, b: sum_to(g[..., None] * b, a.shape),
    lambda g, y, a, b: sum_to(g[..., None] * a, b.shape),
)
def vecdot(x1: Any, x2: Any, *, axis: int = -1, keepdims: bool = False) -> Any:
    """Products of vectors: sum along one axis, the others broadcast.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        Of shape (..., n). Of complex plain arrays, `x1` is conjugated.
    axis : int
        Along which the vectors lie.
    keepdims : bool
        Whether that axis stays, with length 1.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the broadcast shape, without the axis.
    """
    x1, x2 = given(x1, "vecdot"), given(x2, "vecdot")
    if not (x1.ndim and x2.ndim):
        raise ValueError(f"vecdot: vectors are needed, got shapes {x1.shape} and {x2.shape}")
    x1, x2 = _last(x1, axis), _last(x2, axis)
    if x1.shape[-1] != x2.shape[-1]:
        raise ValueError(f"vecdot: vectors of {x1.shape[-1]} and of {x2.shape[-1]} numbers have no product")
    if getattr(x1.dtype, "kind", "f") == "c":
        x1 = x1.conj()
    y = sum_(x1 * x2, axis=-1)
    return expand_dims(y, axis) if keepdims else y


@mirrors(*_newer("matvec"), inputs=2)
@deferred(
    getattr(np, "matvec", None),
    lambda g, y, a, x: sum_to(g[..., :, None] * x[..., None, :], a.shape),
    lambda g, y, a, x: sum_to((g[..., None, :] @ a)[..., 0, :], x.shape),
)
def matvec(x1: Any, x2: Any) -> Any:
    """Products of matrices and vectors, A·x; the axes before them broadcast.

    Parameters
    ----------
    x1 : array_like or Tensor
        Matrices, of shape (..., m, n).
    x2 : array_like or Tensor
        Vectors, of shape (..., n).

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (..., m).
    """
    x1, x2 = given(x1, "matvec"), given(x2, "matvec")
    if x1.ndim < 2 or not x2.ndim:
        raise ValueError(f"matvec: matrices and vectors are needed, got shapes {x1.shape} and {x2.shape}")
    return getitem(matmul(x1, expand_dims(x2, -1)), (..., 0))


@mirrors(*_newer("vecmat"), inputs=2)
@deferred(
    getattr(np, "vecmat", None),
    lambda g, y, x, a: sum_to((a @ g[..., :, None])[..., 0], x.shape),
    lambda g, y, x, a: sum_to(x[..., :, None] * g[..., None, :], a.shape),
)
def vecmat(x1: Any, x2: Any) -> Any:
    """Products of vectors and matrices, x·A; the axes before them broadcast.

    Parameters
    ----------
    x1 : array_like or Tensor
        Vectors, of shape (..., m). Complex plain ones are conjugated.
    x2 : array_like or Tensor
        Matrices, of shape (..., m, n).

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (..., n).
    """
    x1, x2 = given(x1, "vecmat"), given(x2, "vecmat")
    if not x1.ndim or x2.ndim < 2:
        raise ValueError(f"vecmat: vectors and matrices are needed, got shapes {x1.shape} and {x2.shape}")
    if getattr(x1.dtype, "kind", "f") == "c":
        x1 = x1.conj()
    return getitem(matmul(expand_dims(x1, -2), x2), (..., 0, slice(None)))


@mirrors(np.cross, inputs=2)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Cross products of vectors in space, or in the plane, where there is one number of each.

    Parameters
    ----------
    a, b : array_like or Tensor
        Of 3 or 2 numbers along an axis; the others broadcast.
    axisa, axisb, axisc : int
        Along which axis the vectors lie, of `a`, of `b` and of the result.
    axis : int, optional
        All three of these.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the broadcast shape; of two vectors in the plane without their axis.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.cross(mg.tensor([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0])
    tensor([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = _last(given(a, "cross"), axisa), _last(given(b, "cross"), axisb)
    lengths = a.shape[-1], b.shape[-1]
    if not {*lengths} <= {2, 3}:
        raise ValueError(f"cross: vectors of 2 or 3 numbers are needed, got {lengths[0]} and {lengths[1]}")
    if lengths == (2, 2):
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    a, b = (pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)]) if x.shape[-1] == 2 else x for x in (a, b))
    y = roll(a, -1, -1) * roll(b, 1, -1) - roll(a, 1, -1) * roll(b, -1, -1)
    return y if axisc == -1 else moveaxis(y, -1, axisc)


@mirrors(np.linalg.cross, inputs=2)
def cross_in_space(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Cross products of vectors in space, as `numpy.linalg.cross` has them: of 3 numbers only.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        Of 3 numbers along an axis; the others broadcast.
    axis : int
        Along which the vectors lie.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the broadcast shape.
    """
    if given(x1, "cross").shape[axis] != 3 or given(x2, "cross").shape[axis] != 3:
        raise ValueError("cross: np.linalg.cross takes vectors of 3 numbers; np.cross takes those of 2, too")
    return cross(x1, x2, axis=axis)


# --- Einstein sums -----------------------------------------------------------------------------------


def _einsum_forward(xp: Any, *operands: Array, subscripts: str = "", optimize: Any = False) -> Array:
    if not hasattr(xp, "einsum"):
        raise TypeError(f"einsum: {xp.__name__} has none; write the sum with tensordot or matmul")
    return xp.einsum(subscripts, *operands)


_sum_products = undispatched(np.einsum)


def _einsum_on_numpy(*operands: Array, subscripts: str = "", optimize: Any = False) -> Array:
    if optimize is False:  # as is the default, without which NumPy asks 0.3 us less
        return scalar(_sum_products(subscripts, *operands))
    return scalar(_sum_products(subscripts, *operands, optimize=optimize))


def _einsum_vjp(i: int, g: Any, y: Any, *operands: Any, subscripts: str, optimize: Any) -> Any:
    """Sum with the cotangent in the place of the i-th operand, and that operand's subscripts as the output."""
    left, out = subscripts.split("->")
    terms = left.split(",")
    mine, others = terms[i], [*terms[:i], *terms[i + 1 :]]
    lengths = dict(zip(mine, operands[i].shape, strict=True))
    # Of my letters, one that nobody else has was summed out: my gradient repeats along it. One where I have
    # length 1 was perhaps broadcast: my gradient is summed over it. Both come back with length 1 first.
    found = [x for x in lengths if lengths[x] != 1 and any(x in term for term in (out, *others))]
    inner_subscripts = f"{','.join([out, *others])}->{''.join(found)}"
    rest = operands[:i] + operands[i + 1 :]
    d = _einsum(g, *rest, subscripts=inner_subscripts, optimize=optimize is not False)
    shape = tuple(lengths.values())
    if d.shape != shape:
        have = dict(zip(found, d.shape, strict=True))
        d = broadcast_to(reshape(d, tuple(have.get(x, 1) for x in lengths)), shape)
    if len(lengths) == len(mine):
        return d
    # A letter that I have several times took a diagonal: the gradient goes back onto it, zeros around.
    letters = list(lengths)
    for x, n in lengths.items():
        for _ in range(mine.count(x) - 1):
            at = letters.index(x)
            d = embed(moveaxis(d, at, -1), rows=n, columns=n)
            letters = [*letters[:at], *letters[at + 1 :], x, x]
    places = {x: [j for j, z in enumerate(letters) if z == x] for x in lengths}
    return transpose(d, [places[x].pop() for x in mine])


def _einsum_leading(i: int, *operands: Any, subscripts: str, optimize: Any) -> Any:
    left, out = subscripts.split("->")
    letter = next(x for x in ascii_letters if x not in subscripts)
    terms = left.split(",")
    terms[i] = letter + terms[i]
    return _einsum(*operands, subscripts=f"{','.join(terms)}->{letter}{out}", optimize=optimize)


_einsum: Any = primitive(
    _einsum_forward, _einsum_vjp,
    name="einsum", views=True, on_numpy=_einsum_on_numpy, structure="multilinear", leading=_einsum_leading,
    source="np.einsum({subscripts!r}, {inputs}, optimize={optimize!r})",
    text="einsum('{subscripts}', {inputs})", latex=r"\operatorname{{einsum}}_{{\text{{{subscripts}}}}}({inputs})",
)  # fmt: skip


@overload
def einsum(subscripts: str, a: Tensor, /, *operands: Input, optimize: Any = False) -> Tensor: ...
@overload
def einsum(subscripts: str, a: ArrayLike, b: Tensor, /, *operands: Input, optimize: Any = False) -> Tensor: ...
@overload
def einsum(subscripts: str, /, *operands: ArrayLike, optimize: Any = False) -> NDArray[Any]: ...
@mirrors(np.einsum)
def einsum(subscripts: str, /, *operands: Any, optimize: Any = False) -> Any:
    """Multiply arrays and sum, as subscripts say.

    Parameters
    ----------
    subscripts : str
        A letter for each axis, a comma between operands: ``"ij,jk->ik"``. A letter twice in one operand takes
        the diagonal; without ``->`` the letters that occur once remain, in alphabetical order; ``...`` stands
        for axes that broadcast. Or in NumPy's other format, a list of integers after each operand, and one for the
        output: ``einsum(a, [0, 1], b, [1, 2], [0, 2])``.
    *operands : array_like or Tensor
    optimize : bool, str or list
        As in NumPy: whether to look for a cheaper order of several products, and use matrix products. It then
        holds for the gradients too.

    Returns
    -------
    Tensor, or array if no operand is a Tensor
        With the axes that are left.

    Raises
    ------
    ValueError
        If the subscripts do not fit the operands.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.einsum("ii->", mg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    if not isinstance(subscripts, str):
        subscripts, operands = _as_text(subscripts, *operands)
    arrays = all_given(operands, "einsum")
    explicit = _explicit(subscripts, tuple([a.shape for a in arrays]))
    return _einsum.of(len(arrays))(*arrays, subscripts=explicit, optimize=optimize)


_IN_ORDER = ascii_uppercase + ascii_lowercase  # of their codes, in which the letters that remain are sorted


def _as_text(*interleaved: Any) -> tuple[str, tuple[Any, ...]]:
    """Write subscripts that are lists of integers, each after its operand, as a string; return the operands too."""
    operands, subscripts = interleaved[:-1:2], interleaved[1::2]
    try:
        terms = ["".join("..." if i is ... else _IN_ORDER[operator.index(i)] for i in term) for term in subscripts]
        out = "".join("..." if i is ... else _IN_ORDER[operator.index(i)] for i in interleaved[-1])
    except (TypeError, IndexError):
        raise TypeError(
            "einsum: the subscripts come first, as a string like 'ij,jk->ik', or after each operand, as a list of "
            "integers below 52"
        ) from None
    return ",".join(terms) + (f"->{out}" if len(interleaved) % 2 else ""), operands


@lru_cache(256)
def _explicit(subscripts: str, shapes: tuple[tuple[int, ...], ...]) -> str:
    """Rewrite subscripts with an output, and with letters in place of ``...``."""
    given_as = f"(the subscripts are {subscripts!r}, the shapes are {' and '.join(map(str, shapes))})"
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum: {len(terms)} terms for {len(shapes)} operands {given_as}")
    hidden = [len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, shapes, strict=True)]
    for term, count in zip(terms, hidden, strict=True):
        if count < 0 or (count and "..." not in term):
            raise ValueError(f"einsum: {term!r} does not fit an operand's number of axes {given_as}")
    dots = "".join(x for x in ascii_letters if x not in subscripts)[: max(hidden)]
    if len(dots) < max(hidden):
        raise ValueError(f"einsum: more axes than there are letters {given_as}")
    terms = [term.replace("...", dots[len(dots) - count :], 1) for term, count in zip(terms, hidden, strict=True)]
    if not arrow:
        out = dots + "".join(x for x in sorted(set(left) - set(",.")) if left.count(x) == 1)
    elif dots and "..." not in out:
        raise ValueError(f"einsum: the output needs '...', for the operands have it {given_as}")
    else:
        out = out.replace("...", dots, 1)
    return f"{','.join(terms)}->{out}"
