"""Decompositions of matrices, and what is solved by them: eigenvalues, singular values, QR, Cholesky, least squares.

Matrices stand in the last two axes; the axes before them are a batch. What a decomposition gives is partly a choice:
the sign of an eigenvector or of a pair of singular vectors, the basis of the space that belongs to a repeated value,
and of what completes a basis. NumPy's choice is taken. The derivative is that of what follows the matrix
continuously: right for every function of the result that doesn't depend on the choice of a sign, and for others as long
as the sign stays.

Repeated values leave no such thing. Functions of the values alone have gradients there, subgradients where they have
kinks. Vectors have none: what a function of them would need isn't in their cotangents, even where it has a gradient (as
V Λ Vᵀ has), so that the reverse pass raises `numpy.linalg.LinAlgError` in place of an answer that is wrong. Repeated
means equal within rounding, where the cotangents, too, cancel but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar, overload

import numpy as np

from microgradnet.deferred import deferred
from microgradnet.ops.diagonals import tril, triu
from microgradnet.ops.elementwise import absolute, astype, masked, where
from microgradnet.ops.indexing import argsort, sort, take_along_axis
from microgradnet.ops.products import matmul, transposed
from microgradnet.ops.reductions import count_nonzero
from microgradnet.ops.reductions import max as max_
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import concatenate, expand_dims, flip, given, is_traced, pad
from microgradnet.ops.systems import solve
from microgradnet.record import Array, Recorded, given_for, mirrors, namespace, primitive, value_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Input, Tensor, Unary

__all__ = [
    "EighResult",
    "QRResult",
    "SVDResult",
    "cholesky",
    "eigh",
    "eigvalsh",
    "lstsq",
    "matrix_rank",
    "pinv",
    "qr",
    "svd",
    "svdvals",
]

_T = TypeVar("_T")


class EighResult(NamedTuple, Generic[_T]):
    """What `eigh` returns."""

    eigenvalues: _T
    eigenvectors: _T


class SVDResult(NamedTuple, Generic[_T]):
    """What `svd` returns."""

    U: _T
    S: _T
    Vh: _T


class QRResult(NamedTuple, Generic[_T]):
    """What `qr` returns."""

    Q: _T
    R: _T


def _times_columns(a: Any, s: Any) -> Any:
    """Compute A diag(s)."""
    return a * expand_dims(s, -2)


# --- where a derivative exists --------------------------------------------------------------------------


def _told_apart_forward(xp: Any, p: Array, q: Array, s: Array, what: str = "") -> Array:
    h = p + q
    h = h - xp.matrix_transpose(h)
    n = s.shape[-1]
    if n < 2 or h.size == 0:
        return h
    gap = xp.abs(s[..., None, :] - s[..., :, None])
    rounding = 100 * n * xp.finfo(s.dtype).eps
    largest = xp.max(xp.abs(p), axis=-2) + xp.max(xp.abs(q), axis=-2)
    largest = largest[..., None, :] + largest[..., :, None]
    only_rounding = (largest > 0) & (xp.abs(h) <= rounding * largest)
    lost = (gap == 0) | (only_rounding & (gap <= rounding * xp.max(xp.abs(s), axis=-1)[..., None, None]))
    if xp.any(xp.triu(lost, k=1)):
        raise np.linalg.LinAlgError(
            f"{what}: two values are equal within rounding, so their vectors are a choice, and what these contribute "
            "to a gradient can't be known; functions of the values alone have gradients, as of np.linalg.eigvalsh and "
            "np.linalg.svdvals"
        )
    return h


def _told_apart_vjp(g: Any, y: Any, p: Any, q: Any, s: Any, what: str) -> Any:
    return _told_apart_twice(g, y, s, what=what)


_told_apart: Callable[..., Any] = primitive(
    _told_apart_forward, (_told_apart_vjp, _told_apart_vjp, None),
    name="told_apart", keep="y s", symbol="·",
    source="""
def told_apart(p, q, s):
    h = p + q
    h = h - np.swapaxes(h, -1, -2)
    n = s.shape[-1]
    if n < 2 or h.size == 0:
        return h
    gap = np.abs(s[..., None, :] - s[..., :, None])
    rounding = 100 * n * np.finfo(s.dtype).eps
    largest = np.max(np.abs(p), axis=-2) + np.max(np.abs(q), axis=-2)
    largest = largest[..., None, :] + largest[..., :, None]
    only_rounding = (largest > 0) & (np.abs(h) <= rounding * largest)
    lost = (gap == 0) | (only_rounding & (gap <= rounding * np.max(np.abs(s), axis=-1)[..., None, None]))
    if np.any(np.triu(lost, k=1)):
        raise np.linalg.LinAlgError("two values are equal within rounding: their vectors have no known derivative")
    return h
told_apart({0}, {1}, {2})""",
    text=lambda what: "{0} + {1} - ({0} + {1})ᵀ", latex=lambda what: r"{0} + {1} - ({0} + {1})^\top",
    doc="P + Q − (P + Q)ᵀ, to be divided by differences of s: an error where these say nothing.",
)  # fmt: skip


def _told_apart_twice_forward(xp: Any, g: Array, h: Array, s: Array, what: str = "") -> Array:
    n = s.shape[-1]
    if n > 1 and h.size:
        gap = xp.abs(s[..., None, :] - s[..., :, None])
        rounding = (100 * n * xp.finfo(s.dtype).eps) ** 0.5
        if xp.any(xp.triu((h != 0) & (gap <= rounding * xp.max(xp.abs(s), axis=-1)[..., None, None]), k=1)):
            raise np.linalg.LinAlgError(
                f"{what}: two values are so near each other that rounding, divided by the square of their distance, "
                "would be all of the second derivative of what their vectors contribute"
            )
    return g - xp.matrix_transpose(g)


_told_apart_twice: Callable[..., Any] = primitive(
    _told_apart_twice_forward, (lambda g, y, d, h, s, what: g - transposed(g), None, None),
    name="told_apart_twice", keep="", symbol="·",
    source="""
def told_apart_twice(g, h, s):
    n = s.shape[-1]
    if n > 1 and h.size:
        gap = np.abs(s[..., None, :] - s[..., :, None])
        rounding = (100 * n * np.finfo(s.dtype).eps) ** 0.5
        if np.any(np.triu((h != 0) & (gap <= rounding * np.max(np.abs(s), axis=-1)[..., None, None]), k=1)):
            raise np.linalg.LinAlgError("two values are so near that rounding would be all of a second derivative")
    return g - np.swapaxes(g, -1, -2)
told_apart_twice({0}, {1}, {2})""",
    text=lambda what: "{0} - {0}ᵀ", latex=lambda what: r"{0} - {0}^\top",
    doc="G − Gᵀ in a second derivative, to be divided by squares of differences of s: an error where they say nothing.",
)  # fmt: skip


def _over_gaps(p: Any, q: Any, s: Any, what: str) -> Any:
    """Divide P + Q − (P + Q)ᵀ by 2 (s_j − s_i), with 0 on the diagonal."""
    gaps = expand_dims(s, -2) - expand_dims(s, -1)
    return _told_apart(p, q, s, what=what) / (2 * where(gaps == 0, 1, gaps))


def _of_full_rank_forward(xp: Any, g: Array, a: Array, rcond: Any = 0.0, what: str = "") -> Array:
    s = xp.linalg.svdvals(a)
    if s.shape[-1] and xp.any(s[..., -1] <= rcond * s[..., 0]):
        raise np.linalg.LinAlgError(
            f"{what}: no derivative at a matrix that lacks full rank (shape {a.shape}): singular values are 0, or "
            "count as 0"
        )
    return g


def _of_full_rank_vjp(g: Any, y: Any, x: Any, a: Any, rcond: Any, what: str) -> Any:
    """Ask for more: what a first derivative divides by, and rounding with it, a second one divides by once more."""
    rounding = 100 * a.shape[-1] * float(namespace([value_of(a)]).finfo(a.dtype).eps)
    return _of_full_rank(g, a, rcond=rcond + rounding, what=what)


_of_full_rank: Callable[..., Any] = primitive(
    _of_full_rank_forward, [_of_full_rank_vjp, None],
    name="of_full_rank", keep="a", symbol="·", text=lambda rcond, what: "{0}", latex=lambda rcond, what: "{0}",
    source="""
def of_full_rank(g, a, rcond):
    s = np.linalg.svdvals(a)
    if s.shape[-1] and np.any(s[..., -1] <= rcond * s[..., 0]):
        raise np.linalg.LinAlgError("no derivative at a matrix that lacks full rank")
    return g
of_full_rank({0}, {1}, {rcond!r})""",
    doc="The cotangent itself: an error where the matrix lacks full rank.",
)  # fmt: skip


# --- eigenvalues of symmetric matrices ----------------------------------------------------------------


# Values and vectors are of one decomposition, and so stand in one array: where two values are equal but for rounding,
# V Λ Vᵀ has a gradient only because the same gap stands above and below the line. But each has a node and a VJP: of one
# for both, a cotangent of 0 doesn't say whether nobody has asked for the vectors. So the values are read off the array,
# but follow the matrix.


def _eigen_vjp(g: Any, y: Any, a: Any, uplo: str) -> Any:
    """Ā = V (F ∘ sk(Vᵀ V̄)) Vᵀ with F_ij = 1 / (λ_j − λ_i).

    Section 3.1 of M. B. Giles, *Collected matrix derivative results for forward and reverse mode algorithmic
    differentiation*, Advances in Automatic Differentiation (2008).
    """
    v = y[..., :-1, :]
    half = matmul(transposed(v), g[..., :-1, :]) / 2
    return matmul(matmul(v, _over_gaps(half, half, _eigenvalues(a, y), "eigh")), transposed(v))


def _of_triangle(xp: Any, function: str, a: Array, uplo: str) -> Any:
    if xp is np:
        return getattr(np.linalg, function)(a, uplo)
    return getattr(xp.linalg, function)(a if uplo in "Ll" else xp.matrix_transpose(a))


def _eigen_forward(xp: Any, a: Array, uplo: str = "L") -> Array:
    values, vectors = _of_triangle(xp, "eigh", a, uplo)
    return xp.concat([vectors, values[..., None, :]], axis=-2)


_eigen = primitive(
    _eigen_forward, [_eigen_vjp],
    name="eigendecomposition",
    source="""
def eigendecomposition(a, uplo):
    values, vectors = np.linalg.eigh(a, uplo)
    return np.concatenate([vectors, values[..., None, :]], axis=-2)
eigendecomposition({0}, {uplo!r})""",
    text="[V; λᵀ]({0})", latex=r"[V; \lambda^\top]({0})", symbol="[V; λᵀ]",
    doc="The eigenvectors of symmetric matrices (..., n, n) above the eigenvalues, of shape (..., n + 1, n).",
)  # fmt: skip


def _eigenvalues_vjp(g: Any, y: Any, a: Any, both: Any) -> Any:
    """Ā = V diag(λ̄) Vᵀ."""
    v = both[..., :-1, :]
    return matmul(_times_columns(v, g), transposed(v))


def _last_row(xp: Any, a: Array, both: Array) -> Array:
    return xp.asarray(both[..., -1, :], copy=True)


_eigenvalues = primitive(
    _last_row, [_eigenvalues_vjp, None],
    name="eigenvalues", keep="both", symbol="λ",
    source="{1}[..., -1, :].copy()", text="eigenvalues({0})", latex=r"\lambda({0})",
    doc="Eigenvalues of a matrix that is decomposed: a change of its vectors changes none.",
)  # fmt: skip

_eigenvalues_alone = primitive(
    lambda xp, a, uplo="L": _of_triangle(xp, "eigvalsh", a, uplo),
    [lambda g, y, a, uplo: _eigenvalues_vjp(g, y, a, _eigen(a, uplo=uplo))],
    name="eigvalsh", symbol="λ",
    source="np.linalg.eigvalsh({0}, {uplo!r})", text="eigenvalues({0})", latex=r"\lambda({0})",
    doc="Eigenvalues, whose vectors are computed in the reverse pass: no tangent of these is asked for.",
)  # fmt: skip


@overload
def eigh(a: Tensor, UPLO: str = "L") -> EighResult[Tensor]: ...  # noqa: N803
@overload
def eigh(a: ArrayLike, UPLO: str = "L") -> EighResult[NDArray[Any]]: ...  # noqa: N803
@mirrors(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> EighResult[Any]:  # noqa: N803 - NumPy's name
    """Eigenvalues and eigenvectors of symmetric matrices, a = V diag(λ) Vᵀ.

    As in NumPy only one triangle of `a` is read. The gradient is symmetric: what belongs to an entry and to its mirror
    image is shared equally by both.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).
    UPLO : {"L", "U"}
        The triangle that is read.

    Returns
    -------
    eigenvalues, eigenvectors : Tensor, or array if `a` is no Tensor
        A named tuple: of shape (..., n), in ascending order, and of shape (..., n, n), one eigenvector a column. The
        sign of an eigenvector is LAPACK's choice, which gradients leave as it is. Where eigenvalues are repeated, those
        of the eigenvalues hold (for a function that orders them: a subgradient), and for what depends on eigenvectors
        the reverse pass raises `numpy.linalg.LinAlgError`.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square.

    Notes
    -----
    λ̄ and V̄ being the cotangents, Ā = V (diag λ̄ + F ∘ sk(VᵀV̄)) Vᵀ with F_ij = 1/(λ_j − λ_i) and sk the antisymmetric
    part: M. B. Giles, *Collected matrix derivative results for forward and reverse mode algorithmic differentiation*
    (2008), section 3.1.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(lambda a: mg.linalg.eigh(a).eigenvalues[-1])([[2.0, 0.0], [0.0, 5.0]])
    array([[0., 0.],
           [0., 1.]])
    """
    recorded, a = isinstance(a, Recorded), given(a, "eigh")
    if not recorded:
        return EighResult(*_of_triangle(namespace([a]), "eigh", a, UPLO))
    both = _eigen(a, uplo=UPLO)
    return EighResult(_eigenvalues(a, both), both[..., :-1, :])


def _eigvalsh_vjp(g: Array, y: Array, a: Array, UPLO: Any) -> Array:  # noqa: N803
    v = np.linalg.eigh(a, UPLO)[1]
    return _times_columns(v, g) @ transposed(v)


@mirrors(np.linalg.eigvalsh, inputs=1)
@deferred(np.linalg.eigvalsh, _eigvalsh_vjp)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:  # noqa: N803
    """Eigenvalues of symmetric matrices, in ascending order.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n). One triangle is read; the gradient is symmetric, as that of `eigh`.
    UPLO : {"L", "U"}
        The triangle that is read.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of shape (..., n). Where eigenvalues are repeated, gradient and tangent are right for functions that don't
        depend on their order, as sums are, and those of a subgradient for others; second derivatives raise
        `numpy.linalg.LinAlgError`.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrices are not square.
    """
    recorded, a = isinstance(a, Recorded), given(a, "eigvalsh")
    return _eigenvalues_alone(a, uplo=UPLO) if recorded else _of_triangle(namespace([a]), "eigvalsh", a, UPLO)


# --- singular values ------------------------------------------------------------------------------------


def _apart(y: Any, a: Any) -> tuple[Any, Any]:
    """Take U and V, which stand one above the other, apart."""
    rows, columns = a.shape[-2:]
    return y[..., :rows, :], y[..., rows : rows + columns, :]


def _singular_forward(xp: Any, a: Array) -> Array:
    u, s, vt = xp.linalg.svd(a, full_matrices=False)
    return xp.concat([u, xp.matrix_transpose(vt), s[..., None, :]], axis=-2)


def _singular_vjp(g: Any, y: Any, a: Any) -> Any:
    """Ā = U (F ∘ sk(P + Q) + H ∘ sk(P − Q)) Vᵀ + (I − U Uᵀ) Ū S⁻¹ Vᵀ + U S⁻¹ V̄ᵀ (I − V Vᵀ).

    P = UᵀŪ, Q = VᵀV̄, F_ij = 1 / (s_j − s_i), H_ij = 1 / (s_j + s_i): J. Townsend, *Differentiating the singular value
    decomposition* (2016), with the two fractions of s_j² − s_i² apart, so that no square leaves the range.
    """
    (u, v), (du, dv) = _apart(y, a), _apart(g, a)
    s = _singular_values(a, y)
    p, q = matmul(transposed(u), du), matmul(transposed(v), dv)
    inner = _over_gaps(p, q, s, "svd")
    sums = expand_dims(s, -2) + expand_dims(s, -1)
    other = p - q
    inner = inner + (other - transposed(other)) / (2 * where(sums == 0, 1, sums))
    rows, columns = a.shape[-2:]
    d = matmul(matmul(u, inner), transposed(v))
    if rows == columns:
        return d
    s = _of_full_rank(s, a, what="svd")
    if rows > columns:
        return d + matmul((du - matmul(u, p)) / expand_dims(s, -2), transposed(v))
    return d + matmul(u, transposed((dv - matmul(v, q)) / expand_dims(s, -2)))


_singular = primitive(
    _singular_forward, [_singular_vjp],
    name="singular_decomposition",
    source="""
def singular_decomposition(a):
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, np.swapaxes(vt, -1, -2), s[..., None, :]], axis=-2)
singular_decomposition({0})""",
    text="[U; V; sᵀ]({0})", latex=r"[U; V; s^\top]({0})", symbol="[U; V; sᵀ]",
    doc="The singular vectors of matrices (..., m, n), U above V, above the values: (..., m + n + 1, min(m, n)).",
)  # fmt: skip


def _singular_values_vjp(g: Any, y: Any, a: Any, both: Any) -> Any:
    """Ā = U diag(s̄) Vᵀ, and 0 where s, which is a length, is 0."""
    u, v = _apart(both, a)
    return matmul(_times_columns(u, masked(g, y != 0)), transposed(v))


_singular_values = primitive(
    _last_row, [_singular_values_vjp, None],
    name="singular_values", symbol="σ",
    source="{1}[..., -1, :].copy()", text="singular_values({0})", latex=r"\sigma({0})",
    doc="Singular values of a matrix that is decomposed: a change of its vectors changes none.",
)  # fmt: skip


_singular_values_alone = primitive(
    lambda xp, a: xp.linalg.svdvals(a), [lambda g, y, a: _singular_values_vjp(g, y, a, _singular(a))],
    name="svdvals", symbol="σ",
    source="np.linalg.svdvals({0})", text="singular_values({0})", latex=r"\sigma({0})",
    doc="Singular values, whose vectors are computed in the reverse pass: no tangent of these is asked for.",
)  # fmt: skip


def _complement_forward(xp: Any, a: Array, of: str = "U") -> Array:
    k = min(a.shape[-2:])
    if of == "Q":
        return xp.linalg.qr(a, mode="complete")[0][..., k:]
    u, _, vt = xp.linalg.svd(a, full_matrices=True)
    return u[..., k:] if of == "U" else xp.matrix_transpose(vt)[..., k:]


def _complement_vjp(g: Any, y: Any, a: Any, of: str) -> Any:
    """Ā = −C C̄ᵀ (A⁺)ᵀ: what follows A is the space, and the basis C of it only turns with the space."""
    inverse = transposed(pinv(a, rcond=0.0))
    g = _of_full_rank(_free_of_choice(g, y), a, what="qr" if of == "Q" else "svd")
    return -matmul(inverse, matmul(g, transposed(y))) if of == "V" else -matmul(y, matmul(transposed(g), inverse))


_complement = primitive(
    _complement_forward, [_complement_vjp],
    name="complement", symbol="⊥",
    source="""
def complement(a, of):
    k = min(a.shape[-2:])
    if of == "Q":
        return np.linalg.qr(a, mode="complete")[0][..., k:]
    u, _, vt = np.linalg.svd(a)
    return u[..., k:] if of == "U" else np.swapaxes(vt, -1, -2)[..., k:]
complement({0}, {of!r})""",
    text="complement_{of}({0})", latex=r"{of}_\perp({0})",
    doc="What completes the basis that a decomposition gives: the columns of U, V or Q beyond min(m, n).",
)  # fmt: skip


def _free_of_choice_forward(xp: Any, g: Array, basis: Array) -> Array:
    h = xp.matrix_transpose(basis) @ g
    if h.size and xp.any(
        xp.abs(h - xp.matrix_transpose(h))
        > xp.finfo(g.dtype).eps ** 0.5 * xp.max(xp.abs(g), axis=(-2, -1))[..., None, None]
    ):
        raise np.linalg.LinAlgError(
            "what completes a basis is a choice, and this depends on it, so it has no derivative: only the space has, "
            "as in C @ C.T; take the reduced decomposition (full_matrices=False, mode='reduced') where it isn't needed"
        )
    return g


_free_of_choice = primitive(
    _free_of_choice_forward, [lambda g, y, x, basis: g, None],
    name="free_of_choice", keep="", symbol="·", text="{0}", latex="{0}",
    source="""
def free_of_choice(g, basis):
    h = np.swapaxes(basis, -1, -2) @ g
    turned = np.abs(h - np.swapaxes(h, -1, -2))
    size = np.max(np.abs(g), axis=(-2, -1), keepdims=True) if g.size else 0
    if np.any(turned > np.finfo(g.dtype).eps ** 0.5 * size):
        raise np.linalg.LinAlgError("what completes a basis is a choice, and this depends on it")
    return g
free_of_choice({0}, {1})""",
    doc="The cotangent of a basis itself: an error where it turns with the basis.",
)  # fmt: skip


def _svd_of_symmetric(a: Any) -> SVDResult[Any]:
    """Order eigenvalues by size, as NumPy does; their signs go to V."""
    values, u = eigh(a)
    order = flip(argsort(absolute(values)), axis=-1)
    values = take_along_axis(values, order, axis=-1)
    u = take_along_axis(u, expand_dims(order, -2), axis=-1)
    signs = astype(where(values < 0, -1, 1), values.dtype)
    return SVDResult(u, absolute(values), transposed(_times_columns(u, signs)))


@overload
def svd(
    a: Tensor, full_matrices: bool = True, compute_uv: Literal[True] = True, hermitian: bool = False
) -> SVDResult[Tensor]: ...
@overload
def svd(
    a: ArrayLike, full_matrices: bool = True, compute_uv: Literal[True] = True, hermitian: bool = False
) -> SVDResult[NDArray[Any]]: ...
@overload
def svd(a: Tensor, full_matrices: bool = True, *, compute_uv: Literal[False], hermitian: bool = False) -> Tensor: ...
@overload
def svd(
    a: ArrayLike, full_matrices: bool = True, *, compute_uv: Literal[False], hermitian: bool = False
) -> NDArray[Any]: ...
@mirrors(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Singular value decomposition, a = U diag(s) Vᵀ.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n).
    full_matrices : bool
        Whether U and V are square. What completes them is an arbitrary basis of a space: of a function that depends on
        the basis, and not on the space alone, the reverse pass raises `numpy.linalg.LinAlgError`.
    compute_uv : bool
        Whether U and Vᵀ are wanted, and not the singular values alone.
    hermitian : bool
        Whether `a` is symmetric: as in NumPy the lower triangle is read, and the gradient is symmetric.

    Returns
    -------
    U, S, Vh : Tensor, or array if `a` is no Tensor
        A named tuple, of shape (..., m, k), (..., k) and (..., k, n) with k = min(m, n); or, of full matrices, of
        (..., m, m), (..., k) and (..., n, n). Without `compute_uv`, S alone. The sign of a pair of singular vectors is
        LAPACK's choice, which gradients leave as it is. Where singular values are repeated, or 0 and the matrix isn't
        square, functions of S alone have gradients, and for what depends on U or V the reverse pass raises
        `numpy.linalg.LinAlgError`. The gradient of a singular value that is 0 is 0.

    Notes
    -----
    J. Townsend, *Differentiating the singular value decomposition* (2016); M. B. Giles, *Collected matrix derivative
    results for forward and reverse mode algorithmic differentiation* (2008), section 3.2.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(lambda a: mg.sum(mg.linalg.svd(a).S))([[3.0, 0.0], [0.0, -4.0]])
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    recorded, a = isinstance(a, Recorded), given(a, "svd")
    if not recorded:
        xp = namespace([a])
        if not compute_uv:
            return np.linalg.svd(a, compute_uv=False, hermitian=hermitian) if xp is np else xp.linalg.svdvals(a)
        options = {"hermitian": hermitian} if xp is np else {}
        return SVDResult(*xp.linalg.svd(a, full_matrices=full_matrices, **options))
    if hermitian:
        return _svd_of_symmetric(a) if compute_uv else flip(sort(absolute(eigvalsh(a))), axis=-1)
    if not compute_uv:
        return svdvals(a)
    both = _singular(a)
    values = _singular_values(a, both)
    u, v = _apart(both, a)
    rows, columns = a.shape[-2:]
    if full_matrices and rows > columns:
        u = concatenate([u, _complement(a, of="U")], axis=-1)
    if full_matrices and rows < columns:
        v = concatenate([v, _complement(a, of="V")], axis=-1)
    return SVDResult(u, values, transposed(v))


def _svdvals_vjp(g: Array, y: Array, x: Array) -> Array:
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return _times_columns(u, np.where(y == 0, 0, g)) @ vt


@mirrors(np.linalg.svdvals, inputs=1)
@deferred(np.linalg.svdvals, _svdvals_vjp)
def svdvals(x: Any, /) -> Any:
    """Singular values, in descending order.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (..., m, n).

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (..., min(m, n)). Where they are repeated, gradient and tangent are right for functions that don't
        depend on their order, as sums are, and those of a subgradient for others. Of a singular value that is 0 they
        are 0. Second derivatives raise `numpy.linalg.LinAlgError` in both cases, of a square matrix in the first.
    """
    recorded, x = isinstance(x, Recorded), given(x, "svdvals")
    if not recorded:
        return namespace([x]).linalg.svdvals(x)
    return _singular_values_alone(x)


# --- QR -------------------------------------------------------------------------------------------------


def _qr_forward(xp: Any, a: Array) -> Array:
    q, r = xp.linalg.qr(a, mode="reduced")
    return xp.concat([q, xp.matrix_transpose(r)], axis=-2)


def _qr_vjp(g: Any, y: Any, a: Any) -> Any:
    """Ā = (Q̄ + Q copyltu(R R̄ᵀ − Q̄ᵀ Q)) R⁻ᵀ, where copyltu copies the lower triangle to the upper one.

    S. F. Walter, L. Lehmann, *Algorithmic differentiation of linear algebra functions with application in optimum
    experimental design* (2010). Of a wide A = [X Y] only X has a decomposition: X = Q U, R = [U QᵀY].
    """
    (q, r), (dq, dr) = _apart(y, a), _apart(g, a)
    r, dr = transposed(r), transposed(dr)
    rows, columns = a.shape[-2:]
    if rows < columns:
        more = dr[..., rows:]
        dq = dq + matmul(a[..., rows:], transposed(more))
        r, dr = r[..., :rows], dr[..., :rows]
    m = matmul(r, transposed(dr)) - matmul(transposed(dq), q)
    inside = dq + matmul(q, tril(m) + transposed(tril(m, -1)))
    longest = max_(absolute(r), axis=-2, keepdims=True) if r.size else r  # for columns of different sizes do no harm
    rounding = 4 * r.shape[-1] * float(namespace([value_of(r)]).finfo(r.dtype).eps)
    inside = _of_full_rank(inside, r / where(longest == 0, 1, longest), rcond=rounding, what="qr")
    d = transposed(solve(r, transposed(inside)))
    return concatenate([d, matmul(q, more)], axis=-1) if rows < columns else d


_qr = primitive(
    _qr_forward, [_qr_vjp],
    name="qr_decomposition",
    source="""
def qr_decomposition(a):
    q, r = np.linalg.qr(a)
    return np.concatenate([q, np.swapaxes(r, -1, -2)], axis=-2)
qr_decomposition({0})""",
    text="[Q; Rᵀ]({0})", latex=r"[Q; R^\top]({0})", symbol="[Q; Rᵀ]",
    doc="Q above Rᵀ, of shape (..., m + n, min(m, n)).",
)  # fmt: skip


@overload
def qr(a: Tensor, mode: Literal["reduced", "complete"] = "reduced") -> QRResult[Tensor]: ...
@overload
def qr(a: ArrayLike, mode: Literal["reduced", "complete"] = "reduced") -> QRResult[NDArray[Any]]: ...
@overload
def qr(a: Tensor, mode: Literal["r"]) -> Tensor: ...
@overload
def qr(a: ArrayLike, mode: Literal["r"]) -> NDArray[Any]: ...
@mirrors(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """QR decomposition, a = Q R with orthonormal columns of Q and R upper triangular.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n). The first min(m, n) columns are independent wherever there is a gradient.
    mode : {"reduced", "complete", "r"}
        Whether Q has min(m, n) columns, or m; "r" is R alone. What completes Q is an arbitrary basis of a space: of a
        function that depends on the basis, and not on the space alone, the reverse pass raises
        `numpy.linalg.LinAlgError`.

    Returns
    -------
    Q, R : Tensor, or array if `a` is no Tensor
        A named tuple, of shape (..., m, k) and (..., k, n) with k = min(m, n), or m if `mode` is "complete".

    Raises
    ------
    TypeError
        For NumPy's mode "raw", whose reflectors have no gradient here.
    ValueError
        For a mode that is none.

    Notes
    -----
    S. F. Walter, L. Lehmann, *Algorithmic differentiation of linear algebra functions with application in optimum
    experimental design* (2010).

    Examples
    --------
    >>> import microgradnet as mg
    >>> gradient = mg.grad(lambda a: mg.linalg.qr(a, "r")[0, 0])([[3.0, 1.0], [4.0, 2.0]])
    >>> gradient[:, 0]  # R[0, 0] is minus the length of the first column
    array([-0.6, -0.8])
    """
    recorded, a = isinstance(a, Recorded), given(a, "qr")
    if not recorded:
        result = namespace([a]).linalg.qr(a, mode=mode)
        return QRResult(*result) if mode in ("reduced", "complete") else result
    if mode == "raw":
        raise TypeError("qr: mode='raw' has no gradient; use mode='reduced', 'complete' or 'r'")
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"qr: mode must be 'reduced', 'complete' or 'r', got {mode!r}")
    q, r = _apart(_qr(a), a)
    r = triu(transposed(r))
    if mode == "r":
        return r
    rows, columns = a.shape[-2:]
    if mode == "complete" and rows > columns:
        q = concatenate([q, _complement(a, of="Q")], axis=-1)
        r = pad(r, [(0, 0)] * (a.ndim - 2) + [(0, rows - columns), (0, 0)])
    return QRResult(q, r)


# --- least squares --------------------------------------------------------------------------------------


def _pinv_forward(xp: Any, a: Array, rcond: Any = 1e-15) -> Array:
    return np.linalg.pinv(a, rcond) if xp is np else xp.linalg.pinv(a, rtol=rcond)


def _pinv_vjp(g: Any, y: Any, a: Any, rcond: Any) -> Any:
    """Ā = −PᵀḠPᵀ + (I − A P) Ḡᵀ P Pᵀ + Pᵀ P Ḡᵀ (I − P A), with P = A⁺ of full rank.

    G. H. Golub, V. Pereyra, *The differentiation of pseudo-inverses and nonlinear least squares problems whose
    variables separate*, SIAM Journal on Numerical Analysis 10 (1973). One of the last two is 0.
    """
    g = _of_full_rank(g, a, rcond=rcond, what="pinv")
    t = transposed(y)
    d = -matmul(t, matmul(g, t))
    rows, columns = a.shape[-2:]
    h = transposed(g)
    if rows > columns:
        return d + matmul(matmul(h - matmul(a, matmul(y, h)), y), t)
    if rows < columns:
        return d + matmul(t, matmul(y, h - matmul(matmul(h, y), a)))
    return d


_pinv = primitive(
    _pinv_forward, [_pinv_vjp],
    name="pinv", source="np.linalg.pinv({0}, {rcond!r})", symbol="·⁺",
    text=lambda rcond: "{0}⁺", latex=lambda rcond: "{{{0}}}^{{+}}",
)  # fmt: skip


def _symmetric(a: Any) -> Any:
    """Make symmetric matrices of their lower triangles."""
    return tril(a) + transposed(tril(a, -1))


@mirrors(np.linalg.pinv, inputs=1)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue) -> Any:
    """Moore-Penrose inverses.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., m, n).
    rcond, rtol : float or array_like, optional
        Singular values count as 0 up to this part of the largest; 1e-15 unless given. They aren't differentiated.
    hermitian : bool
        Whether `a` is symmetric: as in NumPy the lower triangle is read.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of shape (..., n, m). At a matrix that lacks full rank, singular values that count as 0 taken for 0, it isn't
        continuous: the reverse pass raises `numpy.linalg.LinAlgError`.

    Notes
    -----
    G. H. Golub, V. Pereyra, *The differentiation of pseudo-inverses and nonlinear least squares problems whose
    variables separate*, SIAM Journal on Numerical Analysis 10 (1973).

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(lambda a: mg.linalg.pinv(a)[0, 0])([[2.0], [0.0]])
    array([[-0.25],
           [ 0.  ]])
    """
    a, rcond, rtol = given(a, "pinv"), given_for("pinv", "rcond", rcond), given_for("pinv", "rtol", rtol)
    if rcond is not None and rtol is not np._NoValue:
        raise ValueError("pinv: rcond and rtol are two names of one limit; give one of them")
    if rcond is None:
        rcond = 1e-15 if rtol is np._NoValue else rtol
    if rcond is None:
        rcond = max(a.shape[-2:]) * float(namespace([value_of(a)]).finfo(a.dtype).eps)
    return _pinv(_symmetric(a) if hermitian else a, rcond=rcond)


def _lstsq_of_matrix(g: Any, y: Any, a: Any, b: Any, rcond: float) -> Any:
    """Ā = −d xᵀ + r (P d)ᵀ + (Pᵀ x) (ḡ − Aᵀ d)ᵀ with P = A⁺ of full rank, d = Pᵀ ḡ, r = b − A x."""
    g = _of_full_rank(g, a, rcond=rcond, what="lstsq")
    p, (rows, columns) = pinv(a, rcond), a.shape
    if b.ndim == 1:
        g, y, b = expand_dims(g, -1), expand_dims(y, -1), expand_dims(b, -1)
    d = matmul(p.T, g)
    whole = -matmul(d, y.T)
    if rows > columns:
        return whole + matmul(b - matmul(a, y), matmul(p, d).T)
    return whole + matmul(matmul(p.T, y), (g - matmul(a.T, d)).T) if rows < columns else whole


def _lstsq_forward(xp: Any, a: Array, b: Array, rcond: float = 1e-15) -> Array:
    if xp is not np:
        raise TypeError("lstsq: it computes with NumPy's arrays only; give np.asarray(a)")
    return np.linalg.lstsq(a, b, rcond)[0]


_lstsq: Callable[..., Any] = primitive(
    _lstsq_forward,
    [_lstsq_of_matrix, lambda g, y, a, b, rcond: matmul(pinv(a, rcond).T, g)],
    name="lstsq", source="np.linalg.lstsq({0}, {1}, {rcond!r})[0]", symbol="·⁺·",
    text=lambda rcond: "{0}⁺ · {1}", latex=lambda rcond: r"{{{0}}}^{{+}} \, {1}",
)  # fmt: skip


@overload
def lstsq(a: Tensor, b: Input, rcond: float | None = None) -> tuple[Tensor, Any, int, Any]: ...
@overload
def lstsq(a: ArrayLike, b: Tensor, rcond: float | None = None) -> tuple[Tensor, Any, int, Any]: ...
@overload
def lstsq(
    a: ArrayLike, b: ArrayLike, rcond: float | None = None
) -> tuple[NDArray[Any], NDArray[Any], int, NDArray[Any]]: ...
@mirrors(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> tuple[Any, Any, Any, Any]:
    """Solve linear systems in the sense of least squares: the shortest x of those that make ‖a x − b‖ smallest.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (m, n). For a gradient with respect to `a` it has full rank.
    b : array_like or Tensor
        Of shape (m,) or (m, k).
    rcond : float, optional
        Singular values count as 0 up to this part of the largest; the default is max(m, n) times the dtype's precision,
        and so is any negative number without the factor.

    Returns
    -------
    x, residuals, rank, s : Tensor, or array if no argument is a Tensor; the rank is an integer
        x of shape (n,) or (n, k); the sums of squared residuals, of shape (1,) or (k,), of shape (0,) if the rank is
        less than n or m ≤ n; the rank of `a`; its singular values, of shape (min(m, n),).
    """
    recorded, a, b = isinstance(a, Recorded) or isinstance(b, Recorded), given(a, "lstsq"), given(b, "lstsq")
    if not recorded:
        return np.linalg.lstsq(a, b, rcond)
    eps = float(np.finfo(np.result_type(a.dtype, b.dtype)).eps)
    rcond = max(a.shape) * eps if rcond is None else given_for("lstsq", "rcond", rcond)
    rcond = eps if rcond < 0 else rcond
    x = _lstsq(a, b, rcond=rcond)
    s = svdvals(a)
    traced = is_traced(s)
    values = s if traced else value_of(s)
    rank: Any = count_nonzero(values > rcond * values[:1])
    rank = rank if traced else int(rank)
    rows, columns = a.shape
    if rows > columns and (traced or rank == columns):
        square = (b - matmul(a, x)) ** 2
        residuals = sum_(square, axis=0, keepdims=b.ndim == 1)
    else:
        residuals = np.zeros(0, x.dtype)
    return x, residuals, rank, s


def _matrix_rank_forward(xp: Any, a: Array, tol: Any = None, hermitian: bool = False, rtol: Any = None) -> Array:
    if xp is np:
        return np.asarray(np.linalg.matrix_rank(a, tol, hermitian, rtol=rtol))[()]
    return xp.linalg.matrix_rank(a, rtol=rtol)


matrix_rank: Unary[...] = primitive(
    _matrix_rank_forward, (None,),
    name="matrix_rank", numpy=np.linalg.matrix_rank,
    source="np.linalg.matrix_rank({0}, {tol!r}, {hermitian!r}, rtol={rtol!r})", latex=r"\operatorname{{rank}} {0}",
    doc="""Ranks of matrices. Gradients stop there: they are integers.

Parameters
----------
a : array_like or Tensor
    Of shape (..., m, n).
tol, rtol : float or array_like, optional
    Singular values count as 0 up to `tol`, or up to `rtol` times the largest.
hermitian : bool
    Whether `a` is symmetric.

Returns
-------
Tensor, or array if `a` is no Tensor
    Integers, of shape (...).
""",
)  # fmt: skip

# --- Cholesky decomposition --------------------------------------------------------------------------


def _cholesky_vjp(g: Any, y: Any, a: Any, upper: bool) -> Any:
    """Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹), where Φ takes the lower triangle and half of the diagonal.

    Equation (10) of I. Murray, *Differentiation of the Cholesky decomposition*, arXiv:1602.07527 (2016).
    """
    lower, g = (transposed(y), transposed(g)) if upper else (y, g)
    p = matmul(transposed(lower), g)
    phi = (tril(p) + tril(p, -1)) / 2
    d = solve(transposed(lower), transposed(solve(transposed(lower), transposed(phi))))
    return (d + transposed(d)) / 2


def _cholesky_forward(xp: Any, a: Array, upper: bool = False) -> Array:
    return xp.linalg.cholesky(a, upper=upper)


_cholesky = primitive(
    _cholesky_forward, [_cholesky_vjp],
    name="cholesky", on_numpy=np.linalg.cholesky, source="np.linalg.cholesky({0}, upper={upper!r})",
    latex=r"\operatorname{{chol}} {0}", symbol="chol",
)  # fmt: skip


@mirrors(np.linalg.cholesky, inputs=1)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Decompose symmetric positive definite matrices, a = L Lᵀ with L lower triangular.

    As in NumPy only one triangle of `a` is read, and `a` is taken to be symmetric. So is its gradient: what
    belongs to an entry and to its mirror image is shared equally by both.

    Parameters
    ----------
    a : array_like or Tensor
        Of shape (..., n, n).
    upper : bool
        Return U = Lᵀ, a = Uᵀ U, instead.

    Returns
    -------
    Tensor, or array if `a` is no Tensor
        Of the same shape.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is not positive definite or not square.
    """
    return _cholesky(a, upper=bool(upper))
