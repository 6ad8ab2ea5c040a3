"""Linear algebra: determinants, powers, norms; and all that `mg.linalg` has.

Matrices stand in the last two axes; the axes before them are a batch and broadcast, as in NumPy. This page is also
`mg.linalg`, and lists what `numpy.linalg` or NumPy itself has of products and diagonals. LAPACK computes in float32
and float64, so what stands on it refuses float16, as NumPy does.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from microgradnet.deferred import deferred
from microgradnet.ops.decompositions import (
    EighResult,
    QRResult,
    SVDResult,
    cholesky,
    eigh,
    eigvalsh,
    lstsq,
    matrix_rank,
    pinv,
    qr,
    svd,
    svdvals,
)
from microgradnet.ops.diagonals import diagonal, trace, tril, triu
from microgradnet.ops.elementwise import _per_length, absolute, astype, masked, not_equal, sign, where
from microgradnet.ops.products import cross_in_space as cross
from microgradnet.ops.products import dot, einsum, inner, kron, matmul, outer, tensordot, transposed, vdot, vecdot
from microgradnet.ops.reductions import max as max_
from microgradnet.ops.reductions import min as min_
from microgradnet.ops.reductions import right_length
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import Axes, all_given, expand_dims, given, moveaxis, reshape, transpose, whole
from microgradnet.ops.systems import inv, solve
from microgradnet.record import (
    CONSTANT,
    Array,
    Recorded,
    attach,
    current_scope,
    given_for,
    mirrors,
    namespace,
    node_of,
    primitive,
    settled,
    value_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Tensor, Unary, Variadic

__all__ = [
    "EighResult",
    "QRResult",
    "SVDResult",
    "SlogdetResult",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "dot",
    "eigh",
    "eigvalsh",
    "einsum",
    "inner",
    "inv",
    "kron",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "tril",
    "triu",
    "vdot",
    "vecdot",
    "vector_norm",
]


def _per_matrix(g: Any) -> Any:
    """Shape one number per matrix of a batch for multiplying the matrices."""
    return expand_dims(g, (-2, -1)) if g.ndim else g


# --- determinants ------------------------------------------------------------------------------------

# The gradient of det is the cofactor matrix, det(X) X⁻ᵀ where X is regular. Cofactors are polynomials, and have
# values at a singular X too. With X = U S Vᵀ, cof(X) = det(U) det(V) · U cof(S) Vᵀ, and the cofactors of a
# diagonal S are products of the singular values that leave one out (P below: that leave two out).


def _inverse_at_regular(a: Any, what: str) -> Any:
    """A⁻¹, for a derivative that exists where A is regular only."""
    try:
        return inv(a)
    except np.linalg.LinAlgError as error:
        raise np.linalg.LinAlgError(f"{what} at a singular matrix (shape {a.shape}); it needs regular ones") from error


def _svd(xp: Any, x: Array) -> tuple[Array, Array, Array, Array]:
    """U, Vᵀ, the products of all singular values but one, and P, both with the sign det(U) det(V)."""
    n = x.shape[-1]
    u, s, vt = xp.linalg.svd(x)
    sign = (xp.linalg.det(u) * xp.linalg.det(vt))[..., None]
    unit = s[..., :1]  # without it, a product with one factor more could leave the range
    unit = xp.where(unit == 0, xp.ones_like(unit), unit)
    s = s / unit
    but_one = xp.prod(xp.where(xp.eye(n, dtype=s.dtype) == 1, xp.ones_like(s)[..., None, :], s[..., None, :]), axis=-1)
    # P[i, j], the product without s[i] and s[j], is but_one[j] / s[i]. For i < j, s[i] is the larger: where it is
    # 0, another factor of P[i, j] is 0 too, except in the last place.
    p = but_one[..., None, :] / xp.where(s == 0, xp.ones_like(s), s)[..., None]
    if n >= 2:
        p[..., -2, -1] = xp.prod(s[..., :-2], axis=-1)
    p = xp.triu(p, k=1) * unit[..., None] ** (n - 2)
    return u, vt, sign * but_one * unit ** (n - 1), sign[..., None] * (p + xp.matrix_transpose(p))


def _cofactors_forward(xp: Any, x: Array) -> Array:
    determinant = xp.linalg.det(x)[..., None, None]
    info = xp.finfo(x.dtype)
    regular = (xp.abs(determinant) > info.smallest_normal / info.eps) & xp.isfinite(determinant)  # with all its digits
    y = determinant * xp.matrix_transpose(xp.linalg.inv(xp.where(regular, x, xp.eye(x.shape[-1], dtype=x.dtype))))
    if xp.all(regular):
        return y
    u, vt, but_one, _ = _svd(xp, x)
    return xp.where(regular, y, (u * but_one[..., None, :]) @ vt)


def _second_forward(xp: Any, g: Array, x: Array) -> Array:
    """Differentiate ⟨G, cof(X)⟩. For a diagonal S: ∂C_ii/∂S_kk = P_ik and ∂C_ij/∂S_ji = −P_ij."""
    u, vt, _, p = _svd(xp, x)
    h = xp.matrix_transpose(u) @ g @ xp.matrix_transpose(vt)
    on_diagonal = p @ xp.linalg.diagonal(h)[..., None]
    eye = xp.eye(x.shape[-1], dtype=x.dtype)
    return u @ (on_diagonal * eye - xp.matrix_transpose(h) * p) @ vt


# The three functions above as NumPy code, for a gradient that is written down.
_SVD_SOURCE = """
def decomposed(x):
    u, s, vt = np.linalg.svd(x)
    n, sign = x.shape[-1], (np.linalg.det(u) * np.linalg.det(vt))[..., None]
    unit = s[..., :1]
    unit = np.where(unit == 0, 1, unit)
    s = s / unit
    but_one = np.prod(np.where(np.eye(n) == 1, 1, s[..., None, :]), axis=-1)
    p = but_one[..., None, :] / np.where(s == 0, 1, s)[..., None]
    if n >= 2:
        p[..., -2, -1] = np.prod(s[..., :-2], axis=-1)
    p = np.triu(p, 1) * unit[..., None] ** (n - 2)
    return u, vt, sign * but_one * unit ** (n - 1), sign[..., None] * (p + np.swapaxes(p, -1, -2))
"""
_COFACTORS_SOURCE = f"""{_SVD_SOURCE}
def cofactors(x):
    determinant = np.linalg.det(x)[..., None, None]
    regular = determinant != 0
    eye = np.eye(x.shape[-1], dtype=x.dtype)
    y = determinant * np.swapaxes(np.linalg.inv(np.where(regular, x, eye)), -1, -2)
    if np.all(regular):
        return y
    u, vt, but_one, _ = decomposed(x)
    return np.where(regular, y, (u * but_one[..., None, :]) @ vt)
cofactors({{0}})"""
_SECOND_SOURCE = f"""{_SVD_SOURCE}
def det_second_derivative(direction, x):
    u, vt, _, p = decomposed(x)
    h = np.swapaxes(u, -1, -2) @ direction @ np.swapaxes(vt, -1, -2)
    on_diagonal = p @ np.diagonal(h, 0, -2, -1)[..., None]
    eye = np.eye(x.shape[-1], dtype=x.dtype)
    return u @ (on_diagonal * eye - np.swapaxes(h, -1, -2) * p) @ vt
det_second_derivative({{0}}, {{1}})"""


def _second_vjp(g: Any, y: Any, direction: Any, x: Any) -> Any:
    """Exchange the directions: the second derivative is symmetric in them."""
    return _second(g, x)


def _third(g: Any, y: Any, direction: Any, x: Any) -> Any:
    """Differentiate det X for the third time, where X is regular; B = X⁻¹."""
    b = _inverse_at_regular(x, "det: no third derivative")
    m, k = matmul(b, direction), matmul(b, g)
    mk = matmul(m, k)
    of_m, of_k, of_mk = (_per_matrix(trace(z, 0, -2, -1)) for z in (m, k, mk))
    inside = (of_m * of_k - of_mk) * b - matmul(of_m * k + of_k * m - mk - matmul(k, m), b)
    return _per_matrix(det(x)) * transposed(inside)


_second = primitive(
    _second_forward, [_second_vjp, _third],
    name="det_second_derivative", source=_SECOND_SOURCE,
    latex=r"\nabla \langle {0}, \operatorname{{cof}} {1} \rangle", symbol="∇²det",
    doc="The second derivative of the determinant at x, applied to a direction.",
)  # fmt: skip

_cofactors = primitive(
    _cofactors_forward,
    [lambda g, y, x: _second(g, x)],
    name="cofactors", source=_COFACTORS_SOURCE,
    latex=r"\operatorname{{cof}} {0}", symbol="cof",
    doc="Cofactor matrices: the gradient of the determinant, at singular matrices too.",
)  # fmt: skip

det: Unary = primitive(
    lambda xp, a: xp.linalg.det(a),
    (lambda g, y, a: _per_matrix(g) * _cofactors(a),),
    name="det", on_numpy=np.linalg.det, numpy=np.linalg.det, source="np.linalg.det({0})", latex=r"\det {0}",
    doc="""Determinants.

First and second derivatives hold at every matrix, singular ones too; from the third on the matrix must be
regular, and `numpy.linalg.LinAlgError` is raised where it is not.

Parameters
----------
a : array_like or Tensor
    Of shape (..., n, n).

Returns
-------
Tensor, or array if `a` is no Tensor
    Of shape (...).

Raises
------
numpy.linalg.LinAlgError
    If the matrices are not square.
""",
)  # fmt: skip

_sign_of_det = primitive(
    lambda xp, a: xp.linalg.slogdet(a)[0], [None],
    name="sign_of_det", on_numpy=lambda a: np.linalg.slogdet(a)[0], source="np.linalg.slogdet({0})[0]",
    text="sgn(det({0}))", latex=r"\operatorname{{sgn}} \det {0}",
)  # fmt: skip
_logabsdet: Any = primitive(
    lambda xp, a: xp.linalg.slogdet(a)[1],
    [lambda g, y, a: _per_matrix(g) * transposed(_inverse_at_regular(a, "slogdet: log|det| has no gradient"))],
    name="logabsdet", on_numpy=lambda a: np.linalg.slogdet(a)[1], source="np.linalg.slogdet({0})[1]",
    text="log(|det({0})|)", latex=r"\log |\det {0}|", symbol="log|det|",
)  # fmt: skip


_T = TypeVar("_T")


class SlogdetResult(NamedTuple, Generic[_T]):
    """What `slogdet` returns."""

    sign: _T
    logabsdet: _T


@overload
def slogdet(a: Tensor) -> SlogdetResult[Tensor]: ...
@overload
def slogdet(a: ArrayLike) -> SlogdetResult[NDArray[Any]]: ...
@mirrors(np.linalg.slogdet)
def slogdet(a: Any) -> SlogdetResult[Any]:
    """Sign and logarithm of the absolute value of determinants, where the determinant itself would overflow.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).

    Returns
    -------
    sign, logabsdet : Tensor, or array if `a` is no Tensor
        A named tuple, each of shape (...). The sign is a constant: gradients stop there. The gradient of
        logabsdet at a singular matrix, where it is −∞, does not exist: the reverse pass raises
        `numpy.linalg.LinAlgError`.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square.
    """
    recorded, a = isinstance(a, Recorded), given(a, "slogdet")
    if not recorded:
        return SlogdetResult(*namespace([a]).linalg.slogdet(a))
    if not settled(a):
        return SlogdetResult(_sign_of_det(a), _logabsdet(a))
    value, node, scope = value_of(a), node_of(a), current_scope()
    sign, logarithm = np.linalg.slogdet(value)  # of which each takes as long as both
    recorded = scope is not None and node.requires_grad
    left = _logabsdet.primitive.left_by(logarithm, (node,), (value,), {}, scope, True) if recorded else CONSTANT
    return SlogdetResult(attach(sign, CONSTANT), attach(logarithm, left))


# --- what `numpy.linalg` has of products and diagonals, with its own axes ----------------------------------


@mirrors(np.linalg.trace)
def _trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return trace(x if dtype is None else astype(x, dtype), offset, -2, -1)


@mirrors(np.linalg.diagonal)
def _diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return diagonal(x, offset, -2, -1)


@mirrors(np.linalg.outer)
def _outer(x1: Any, x2: Any, /) -> Any:
    return outer(x1, x2)


@mirrors(np.linalg.matrix_transpose)
def _matrix_transpose(x: Any, /) -> Any:
    return transposed(x)


# --- powers and products of several matrices ---------------------------------------------------------------


@mirrors(np.linalg.matrix_power, inputs=1)
def matrix_power(a: Any, n: int) -> Any:
    """Multiply matrices by themselves, n times; of a negative n, their inverses.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, m).
    n : int

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape; the identity if n is 0.

    Raises
    ------
    TypeError
        If n is no integer.
    numpy.linalg.LinAlgError
        If the matrices are not square, or n is negative and one is singular.
    """
    a, n = given(a, "matrix_power"), given_for("matrix_power", "n", n)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(f"matrix_power: the matrices must be square (the shape is {a.shape})")
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"matrix_power: the exponent must be an integer, got {n!r}") from None
    if n == 0:
        xp = namespace([value_of(a)])
        return where(xp.asarray(False)[()], a, xp.eye(a.shape[-1], dtype=a.dtype))
    square = inv(a) if n < 0 else a
    result, n = None, abs(n)
    while True:  # by the binary digits of n
        n, odd = divmod(n, 2)
        if odd:
            result = square if result is None else matmul(result, square)
        if n == 0:
            return result
        square = matmul(square, square)


@mirrors(np.linalg.multi_dot, inputs="joined")
def multi_dot(arrays: Sequence[Any]) -> Any:
    """Multiply several matrices in the order that takes the fewest operations.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        Two or more matrices; the first and the last may be vectors.

    Returns
    -------
    Tensor, or array if none is a Tensor
        Of shape (m, n), without m or n where the first or the last is a vector.

    Raises
    ------
    ValueError
        If there are fewer than two, or if they do not multiply.
    """
    factors = all_given(arrays, "multi_dot")
    if len(factors) == 2 and factors[0].ndim == 2 == factors[1].ndim:
        return matmul(*factors)
    if len(factors) < 2:
        raise ValueError(f"multi_dot: two or more matrices are multiplied, got {len(factors)}")
    ends = {0, len(factors) - 1}
    if any(a.ndim != 2 and not (a.ndim == 1 and i in ends) for i, a in enumerate(factors)):
        shapes = " and ".join(str(a.shape) for a in factors)
        raise np.linalg.LinAlgError(f"multi_dot: matrices, and vectors at the ends, are multiplied (got {shapes})")
    rows = [1 if a.ndim == 1 and i == 0 else a.shape[0] for i, a in enumerate(factors)]
    sizes = (*rows, 1 if factors[-1].ndim == 1 else factors[-1].shape[-1])

    def product(i: int, j: int) -> Any:
        if j - i == 1:
            return factors[i]
        k = _cheapest(sizes, i, j)[1]
        return matmul(product(i, k), product(k, j))

    return product(0, len(factors))


@lru_cache(4096)
def _cheapest(sizes: tuple[int, ...], i: int, j: int) -> tuple[int, int]:
    """Count the multiplications of factors i to j, and say where the last product is.

    Matrix-chain multiplication: T. H. Cormen et al., *Introduction to Algorithms*, section 14.2.
    """
    if j - i == 1:
        return 0, i
    costs = [
        (_cheapest(sizes, i, k)[0] + _cheapest(sizes, k, j)[0] + sizes[i] * sizes[k] * sizes[j], k)
        for k in range(i + 1, j)
    ]
    return min(costs)


# --- equations between tensors -----------------------------------------------------------------------------


def _tensorsolve_vjp(g: Array, a: Array) -> Array:
    return np.linalg.solve(a.reshape(g.size, g.size).T, g.ravel())


@mirrors(np.linalg.tensorsolve, inputs=2)
@deferred(
    np.linalg.tensorsolve,
    lambda g, y, a, b: -np.multiply.outer(_tensorsolve_vjp(g, a), y).reshape(a.shape),
    lambda g, y, a, b: _tensorsolve_vjp(g, a).reshape(b.shape),
)
def tensorsolve(a: Any, b: Any, axes: Axes | None = None) -> Any:
    """Solve a x = b for x, summing over all axes of x: ``tensordot(a, x, axes=x.ndim) == b``.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape b.shape + s, with as many elements in s as in b.
    b : array_like or Tensor
    axes : int or sequence of int, optional
        Axes of `a` that are moved to the end first.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape s.

    Raises
    ------
    numpy.linalg.LinAlgError
        If it isn't square, or is singular.
    """
    a, b = given(a, "tensorsolve"), given(b, "tensorsolve")
    if axes is not None:
        moved = normalize_axis_tuple(axes, a.ndim)
        a = transpose(a, [i for i in range(a.ndim) if i not in moved] + list(moved))
    shape = a.shape[b.ndim :]
    n = math.prod(shape)
    if a.ndim < b.ndim or math.prod(a.shape) != n * n:
        raise np.linalg.LinAlgError(
            f"tensorsolve: the axes of a after the first {b.ndim} must hold as many elements as those (the shapes are "
            f"{a.shape} and {b.shape})"
        )
    return reshape(solve(reshape(a, (n, n)), reshape(b, (-1,))), shape)


def _tensorinv_vjp(g: Array, y: Array, a: Array, ind: int) -> Array:
    n = math.prod(a.shape[ind:])
    turned = y.reshape(n, n).T
    return -(turned @ g.reshape(n, n) @ turned).reshape(a.shape)


@mirrors(np.linalg.tensorinv, inputs=1)
@deferred(np.linalg.tensorinv, _tensorinv_vjp)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """Inverse with respect to `tensordot` over the last axes: ``tensordot(tensorinv(a, ind), a, ind)`` is the identity.

    Parameters
    ----------
    a : array_like or Tensor
        With as many elements in its first `ind` axes as in the others.
    ind : int
        How many axes are the first ones; positive.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of shape ``a.shape[ind:] + a.shape[:ind]``.

    Raises
    ------
    ValueError
        If `ind` isn't positive.
    numpy.linalg.LinAlgError
        If it isn't square, or is singular.
    """
    a = given(a, "tensorinv")
    if ind <= 0:
        raise ValueError(f"tensorinv: ind must be positive, got {ind}")
    rest = a.shape[ind:]
    return reshape(inv(reshape(a, (math.prod(rest), -1))), rest + a.shape[:ind])


# --- norms -------------------------------------------------------------------------------------------


def _norm_forward(xp: Any, x: Array, p: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    if xp is np:
        return np.linalg.norm(x, p, axis, keepdims)
    return xp.linalg.vector_norm(x, axis=axis, keepdims=keepdims, ord=2 if p is None else p)


def _norm_vjp(g: Any, y: Any, x: Any, p: Any, axis: Any, keepdims: bool) -> Any:
    """∂‖x‖/∂x = sign(x) (|x| / ‖x‖)^(p−1), and 0 where ‖x‖ = 0."""
    if axis is not None and not keepdims:
        g, y = expand_dims(g, axis), expand_dims(y, axis)
    y = right_length(y, x, p=2.0 if p is None else p, axis=axis)
    g, ratio = masked(g, y != 0), _per_length(x, y)
    if p in (None, 2):
        return g * ratio
    if p > 0 and p % 2 == 0:
        return g * ratio ** (p - 1)
    size = absolute(ratio)
    if p < 2:
        size = where(size == 0, 1, size)
    return where(y == 0, g * ratio, g * sign(x) * size ** (p - 1))


_norm = primitive(
    _norm_forward, [_norm_vjp],
    name="norm", symbol="‖·‖", source="np.linalg.norm({0}, ord={p!r}, axis={axis!r}, keepdims={keepdims!r})",
    latex=r"\lVert {0} \rVert",
)  # fmt: skip


_length: Unary = primitive(
    lambda xp, x: x, (lambda g, y, x: masked(g, x != 0) * _per_length(x, x),),
    name="length", keep="x", source="{0}", latex="{0}", symbol="·",
    doc="The number itself, as a length: where it is 0 its derivative is 0, and it has no second one.",
)  # fmt: skip


_magnitude: Variadic = primitive(
    "abs", [lambda g, y, x: g * sign(x)],
    name="magnitude", keep="x", source="np.abs({0})", latex=r"\left|{0}\right|", symbol="|·|",
    doc="``|x|`` within a length: what `_length` says of its second derivative is not chosen away where x = 0.",
)  # fmt: skip


@mirrors(np.linalg.norm, inputs=1)
def norm(
    x: Any,
    ord: float | str | None = None,  # noqa: A002 - NumPy's name
    axis: Axes | None = None,
    keepdims: bool = False,
) -> Any:
    """Norms of vectors or matrices.

    At kinks a subgradient is taken: 0 wherever the whole norm is 0, where there is no second derivative: it is NaN;
    0 for elements that are 0, where ``|x|`` has a kink; and elements that share the largest (or smallest) absolute
    value share the gradient equally, as do equal singular values. Where second derivatives are wanted of distances
    some of which are 0, as those of points to themselves are, choose before the norm is taken:
    ``norm(where(same, 1, a - b))``.
    Where the squares are too large or too small the value is NumPy's, ∞ or 0; derivatives are right, or NaN where the
    norm itself is too large.

    Parameters
    ----------
    x : array_like or Tensor
    ord : {None, float, inf, -inf, "fro", "nuc"}, optional
        None is the square root of the sum of squares, over any number of axes if `axis` is None. For vectors
        a number p, ``(Σ |x|ᵖ)^(1/p)``; inf and −inf are the largest and the smallest ``|x|``; 0 counts the
        elements that are not 0. For matrices "fro" as None; 1 and −1 are the largest and smallest sum of a column's
        ``|x|``; inf and −inf of a row's; 2 and −2 are the largest and smallest singular value, "nuc" their sum.
    axis : int or pair of int, optional
        The axis of vectors or the axes of matrices. The default is the whole of `x`.
    keepdims : bool
        Whether the axes stay, with length 1.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Without the axes.

    Raises
    ------
    ValueError
        For an `ord` that is none, or if `x` has neither one axis nor two and `axis` does not choose.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.linalg.norm(mg.tensor([[3.0, 4.0], [6.0, 8.0]]), axis=1)
    tensor([ 5., 10.])
    """
    x, ord = given(x, "norm"), given_for("norm", "ord", ord)  # noqa: A001
    if whole(x):
        x = astype(x, np.float64)
    if axis is None:
        if ord is None:
            return _norm(x, keepdims=keepdims)
        axes = tuple(range(x.ndim))
    else:
        axes = normalize_axis_tuple(axis, x.ndim)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    raise ValueError(
        f"norm: ord={ord!r} over {len(axes)} axes of shape {x.shape}; choose one axis for vectors or two for matrices"
    )


def _vector_norm(x: Any, p: Any, axis: int, keepdims: bool) -> Any:
    if isinstance(p, str):  # a ValueError in NumPy too
        raise ValueError(f"norm: ord={p!r} is not a norm of vectors; give a number, inf, -inf or None")
    if p == math.inf:
        return _length(max_(_magnitude(x), axis=axis, keepdims=keepdims))
    if p == -math.inf:
        return _length(min_(_magnitude(x), axis=axis, keepdims=keepdims))
    if p == 0:
        return sum_(astype(not_equal(x, 0), x.dtype), axis=axis, keepdims=keepdims)
    if p == 1:
        return _length(sum_(_magnitude(x), axis=axis, keepdims=keepdims))
    return _norm(x, p=None if p in (None, 2) else float(p), axis=axis, keepdims=keepdims)


def _matrix_norm(x: Any, p: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if p in (None, "fro", "f"):
        return _norm(x, axis=axes, keepdims=keepdims)
    if p in (2, -2, "nuc"):
        return _of_singular_values(x, p, axes, keepdims)
    if p not in (1, -1, math.inf, -math.inf):
        raise ValueError(
            f"norm: ord={p!r} is not a norm of matrices; give 'fro', 'nuc', 1, -1, 2, -2, inf, -inf or None"
        )
    added, chosen = axes if abs(p) == 1 else axes[::-1]
    sums = sum_(_magnitude(x), axis=added, keepdims=True)
    choose = max_ if p > 0 else min_
    chosen_sums = _length(choose(sums, axis=chosen, keepdims=True))
    return chosen_sums if keepdims else _without(chosen_sums, axes)


def _without(y: Any, axes: tuple[int, ...]) -> Any:
    """Leave out axes of length 1."""
    return reshape(y, tuple(n for i, n in enumerate(y.shape) if i not in axes))


def _of_singular_values(x: Any, p: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    s = svdvals(moveaxis(x, axes, (-2, -1)))
    whole = sum_ if p == "nuc" or (p == 2 and s.shape[-1] == 0) else max_ if p == 2 else min_
    y = whole(s, axis=-1)
    return reshape(y, tuple(1 if i in axes else n for i, n in enumerate(x.shape))) if keepdims else y


@mirrors(np.linalg.vector_norm, inputs=1)
def vector_norm(x: Any, /, *, axis: Axes | None = None, keepdims: bool = False, ord: float | None = 2) -> Any:  # noqa: A002
    """Norms of vectors, along any number of axes.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int or sequence of int, optional
        The axes whose elements make one vector; all unless given.
    keepdims : bool
        Whether the axes stay, with length 1.
    ord : float, inf or -inf
        As in `norm`.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Without the axes.
    """
    x = given(x, "vector_norm")
    if axis is None and ord in (None, 2):
        return norm(x, keepdims=keepdims)
    if type(axis) is int:
        return norm(x, ord, axis=axis, keepdims=keepdims)
    axes = normalize_axis_tuple(range(x.ndim) if axis is None else axis, x.ndim)
    rest = tuple(n for i, n in enumerate(x.shape) if i not in axes)
    flat = reshape(moveaxis(x, axes, tuple(range(len(axes)))), (math.prod(x.shape[i] for i in axes), *rest))
    y = norm(flat, ord, axis=0)
    return reshape(y, tuple(1 if i in axes else n for i, n in enumerate(x.shape))) if keepdims else y


@mirrors(np.linalg.matrix_norm, inputs=1)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: float | str | None = "fro") -> Any:  # noqa: A002
    """Norms of matrices.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., m, n).
    keepdims : bool
        Whether both axes stay, with length 1.
    ord : {"fro", "nuc", 1, -1, 2, -2, inf, -inf, None}
        As in `norm`.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (...).
    """
    return norm(x, ord, axis=(-2, -1), keepdims=keepdims)


@mirrors(np.linalg.cond, inputs=1)
def cond(x: Any, p: float | str | None = None) -> Any:
    """Condition numbers of matrices: the norm of a matrix times that of its inverse.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., m, n); square unless p is None, 2 or −2.
    p : {None, "fro", "nuc", 1, -1, 2, -2, inf, -inf}
        The norm, as in `norm`; None is 2, the largest singular value over the smallest, and −2 that upside down.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (...).

    Raises
    ------
    numpy.linalg.LinAlgError
        If there are no elements; or, of a Tensor, if a matrix is singular and p is none of None, 2 and −2.
    """
    recorded, x, kind = isinstance(x, Recorded), given(x, "cond"), given_for("cond", "p", p)
    if not recorded:
        return np.linalg.cond(x, kind)
    if 0 in x.shape[-2:]:
        raise np.linalg.LinAlgError(f"cond: a matrix without elements has no condition (the shape is {x.shape})")
    if kind in (None, 2, -2):
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if kind == -2 else s[..., 0] / s[..., -1]
    return norm(x, kind, axis=(-2, -1)) * norm(_inverse_at_regular(x, "cond: infinite"), kind, axis=(-2, -1))
