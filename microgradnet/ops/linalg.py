"""Linear algebra: products, Einstein sums, diagonals and triangles, and NumPy's `numpy.linalg` under its names.

Matrices stand in the last two axes; the axes before them are a batch and broadcast, as in NumPy (`trace` and
`diagonal` are `numpy.trace` and `numpy.diagonal`, and take the first two). This page is also `mg.linalg`.
LAPACK computes in float32 and float64, so what stands on it refuses float16, as NumPy does.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from string import ascii_letters
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from microgradnet.ops.elementwise import absolute, astype, multiply, not_equal, sign, where
from microgradnet.ops.reductions import max as max_
from microgradnet.ops.reductions import min as min_
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import broadcast_to, expand_dims, given, moveaxis, reshape, swapaxes, transpose
from microgradnet.record import Array, Recorded, mirrors, namespace, primitive

__all__ = [
    "SlogdetResult",
    "cholesky",
    "det",
    "diagonal",
    "dot",
    "einsum",
    "inner",
    "inv",
    "kron",
    "matmul",
    "norm",
    "outer",
    "slogdet",
    "solve",
    "tensordot",
    "trace",
    "tril",
    "triu",
    "vdot",
]


def _t(x: Any) -> Any:
    """Transpose the matrices."""
    return x.T if x.ndim == 2 else swapaxes(x, -1, -2)


def _per_matrix(g: Any) -> Any:
    """Shape one number per matrix of a batch for multiplying the matrices."""
    return expand_dims(g, (-2, -1)) if g.ndim else g


def _scalar(y: Array) -> Array:
    """NumPy's scalar in place of a 0-d array, which is how the record keeps a single number."""
    return y if y.ndim or not isinstance(y, np.ndarray) else y[()]


def _sum_to(d: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which a batch was broadcast."""
    if d.shape == shape:
        return d
    extra = d.ndim - len(shape)
    stretched = (i + extra for i, n in enumerate(shape) if n == 1 and d.shape[i + extra] != 1)
    return reshape(sum_(d, axis=(*range(extra), *stretched)), shape)


# --- products ----------------------------------------------------------------------------------------


def _matmul_on_numpy(a: Array, b: Array) -> Array:
    """Product of matrices; on small ones `dot` takes 0.31 us where `@` takes 0.88."""
    try:
        if a.ndim == 2 == b.ndim or 0 < a.ndim < 3 > b.ndim > 0:
            return a.dot(b)
    except AttributeError:  # a Python number, which NumPy refuses in its own words
        pass
    return np.matmul(a, b)


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Ā = Ḡ Bᵀ."""
    if a.ndim == 2 == b.ndim:
        return matmul(g, b.T)
    if b.ndim == 1:
        return (expand_dims(g, -1) if g.ndim else g) * b
    if a.ndim == 1 and b.ndim == 2:
        return matmul(b, g)
    batch = tuple(range(b.ndim - 2))
    if a.ndim == 1:
        return _tensordot(g, b, axes=((*batch, b.ndim - 2), (*batch, b.ndim - 1)))
    if a.ndim == 2:  # one matrix for the whole batch: sum while multiplying
        return _tensordot(g, b, axes=((*batch, g.ndim - 1), (*batch, b.ndim - 1)))
    return _sum_to(matmul(g, _t(b)), a.shape)


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """B̄ = Aᵀ Ḡ."""
    if a.ndim == 2 == b.ndim:
        return matmul(a.T, g)
    if a.ndim == 1:
        return g * a if b.ndim == 1 else expand_dims(a, -1) * expand_dims(g, -2)
    if a.ndim == 2 and b.ndim == 1:
        return matmul(g, a)
    if b.ndim <= 2:
        rows = tuple(range(a.ndim - 1))
        return _tensordot(a, g, axes=(rows, rows))
    return _sum_to(matmul(_t(a), g), b.shape)


matmul = primitive(
    lambda xp, a, b: _matmul_on_numpy(a, b) if xp is np else xp.matmul(a, b),
    [_matmul_left, _matmul_right],
    name="matmul", keep="a b", on_numpy=_matmul_on_numpy, numpy=np.matmul,
    source="({0} @ {1})", latex=r"{0} \, {1}", symbol="@",
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


_tensordot = primitive(
    lambda xp, a, b, axes=((), ()): _scalar(xp.tensordot(a, b, axes=axes)),
    [_tensordot_left, _tensordot_right],
    name="tensordot", source="np.tensordot({0}, {1}, {axes!r})", latex=r"{0} \cdot_{{{axes}}} {1}", symbol="⊙Σ",
)  # fmt: skip


@mirrors(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
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
    a, b = given(a), given(b)
    try:
        count = operator.index(axes)
    except TypeError:
        of_a, of_b = axes
        pairs = normalize_axis_tuple(of_a, a.ndim), normalize_axis_tuple(of_b, b.ndim)
    else:
        if not 0 <= count <= min(a.ndim, b.ndim):
            raise ValueError(f"tensordot: can't sum over {count} axes (the shapes are {a.shape} and {b.shape})")
        pairs = tuple(range(a.ndim - count, a.ndim)), tuple(range(count))
    if [a.shape[i] for i in pairs[0]] != [b.shape[i] for i in pairs[1]]:
        raise ValueError(f"tensordot: the axes {axes} do not match (the shapes are {a.shape} and {b.shape})")
    return _tensordot(a, b, axes=pairs)


@mirrors(np.dot)
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
    a, b = given(a), given(b)
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    return matmul(a, b) if b.ndim <= 2 else tensordot(a, b, (-1, -2))


@mirrors(np.vdot)
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
    a, b = given(a), given(b)
    if getattr(a.dtype, "kind", "f") == "c":
        a = a.conj()
    return matmul(reshape(a, (-1,)), reshape(b, (-1,)))


@mirrors(np.inner)
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
    a, b = given(a), given(b)
    if a.ndim == 0 or b.ndim == 0:
        return multiply(a, b)
    return matmul(a, b) if a.ndim == 1 == b.ndim else tensordot(a, b, (-1, -1))


_outer = primitive(
    lambda xp, a, b: xp.reshape(a, (-1, 1)) * xp.reshape(b, (1, -1)),
    [
        lambda g, y, a, b: reshape(matmul(g, reshape(b, (-1,))), a.shape),
        lambda g, y, a, b: reshape(matmul(reshape(a, (-1,)), g), b.shape),
    ],
    name="outer", source="np.outer({0}, {1})", latex=r"{0} \otimes {1}", symbol="⊗",
)  # fmt: skip


@mirrors(np.outer)
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
    return _outer(given(a), given(b))


@mirrors(np.kron)
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
    a, b = given(a), given(b)
    ndim = max(a.ndim, b.ndim)
    rows = (1,) * (ndim - a.ndim) + a.shape
    columns = (1,) * (ndim - b.ndim) + b.shape
    blocks = reshape(a, tuple(n for i in rows for n in (i, 1))) * reshape(b, tuple(n for i in columns for n in (1, i)))
    return reshape(blocks, tuple(i * j for i, j in zip(rows, columns, strict=True)))


# --- Einstein sums -----------------------------------------------------------------------------------


def _einsum_forward(xp: Any, *operands: Array, subscripts: str = "", optimize: Any = False) -> Array:
    if not hasattr(xp, "einsum"):
        raise TypeError(f"einsum: {xp.__name__} has none; write the sum with tensordot or matmul")
    if xp is np:
        return _scalar(np.einsum(subscripts, *operands, optimize=optimize))
    return xp.einsum(subscripts, *operands)


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
            d = _embed(moveaxis(d, at, -1), rows=n, columns=n)
            letters = [*letters[:at], *letters[at + 1 :], x, x]
    places = {x: [j for j, z in enumerate(letters) if z == x] for x in lengths}
    return transpose(d, [places[x].pop() for x in mine])


_einsum = primitive(
    _einsum_forward, _einsum_vjp,
    name="einsum", source="np.einsum({subscripts!r}, {inputs}, optimize={optimize!r})",
    latex=r"\operatorname{{einsum}}_{{\text{{{subscripts}}}}}({inputs})", symbol="einsum",
)  # fmt: skip


@mirrors(np.einsum)
def einsum(subscripts: str, /, *operands: Any, optimize: Any = False) -> Any:
    """Multiply arrays and sum, as subscripts say.

    Parameters
    ----------
    subscripts : str
        A letter for each axis, a comma between operands: ``"ij,jk->ik"``. A letter twice in one operand takes
        the diagonal; without ``->`` the letters that occur once remain, in alphabetical order; ``...`` stands
        for axes that broadcast. (NumPy's other format, lists of integers, is refused.)
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
        raise TypeError(
            "einsum: the subscripts come first, as a string like 'ij,jk->ik'; lists of integers are not supported"
        )
    arrays = [given(a) for a in operands]
    return _einsum(*arrays, subscripts=_explicit(subscripts, [a.shape for a in arrays]), optimize=optimize)


def _explicit(subscripts: str, shapes: Sequence[tuple[int, ...]]) -> str:
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


# --- diagonals and triangles -------------------------------------------------------------------------


def _embed_forward(xp: Any, x: Array, rows: int = 0, columns: int = 0, offset: int = 0) -> Array:
    if xp is np:
        y = np.zeros((*x.shape[:-1], rows, columns), x.dtype)
        i = np.arange(x.shape[-1])
        y[..., i + max(-offset, 0), i + max(offset, 0)] = x
        return y
    if x.shape[-1] == 0:
        return xp.zeros((*x.shape[:-1], rows, columns), dtype=x.dtype)
    nearest = xp.clip(xp.arange(rows) - max(-offset, 0), 0, x.shape[-1] - 1)
    on = xp.astype(xp.eye(rows, columns, k=offset), xp.bool)
    return xp.where(on, xp.expand_dims(xp.take(x, nearest, axis=-1), axis=-1), xp.zeros((), dtype=x.dtype))


def _embed_vjp(g: Any, y: Any, x: Any, rows: int, columns: int, offset: int) -> Any:
    return diagonal(g, offset, -2, -1)


_embed = primitive(
    _embed_forward, [_embed_vjp],
    name="embed_diagonal",
    source="""
def embed_diagonal(x, rows, columns, offset):
    y = np.zeros((*x.shape[:-1], rows, columns), x.dtype)
    i = np.arange(x.shape[-1])
    y[..., i + max(-offset, 0), i + max(offset, 0)] = x
    return y
embed_diagonal({0}, {rows}, {columns}, {offset})""",
    latex=r"\operatorname{{diag}} {0}", symbol="diag",
    doc="Put the last axis on the diagonal of matrices that are zero elsewhere: (..., n) to (..., rows, columns).",
)  # fmt: skip


def _diagonal_forward(xp: Any, a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    if xp is np:
        return np.diagonal(a, offset, axis1, axis2)
    return xp.linalg.diagonal(xp.moveaxis(a, (axis1, axis2), (-2, -1)), offset=offset)


def _diagonal_vjp(g: Any, y: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    matrices = _embed(g, rows=a.shape[axis1], columns=a.shape[axis2], offset=offset)
    if (axis1 % a.ndim, axis2 % a.ndim) == (a.ndim - 2, a.ndim - 1):
        return matrices
    return moveaxis(matrices, (-2, -1), (axis1, axis2))


diagonal = primitive(
    _diagonal_forward, [_diagonal_vjp],
    name="diagonal", numpy=np.diagonal,
    source="np.diagonal({0}, {offset}, {axis1}, {axis2})", latex=r"\operatorname{{diag}} {0}", symbol="diag",
    doc="""Take diagonals.

Parameters
----------
a : array_like or Tensor
    With at least two axes.
offset : int
    Which diagonal: above the main one if positive, below if negative.
axis1, axis2 : int
    The axes of the matrices; the first two by default.

Returns
-------
Tensor, or array if `a` is no Tensor
    Without the two axes, the diagonal as the last axis.
""",
)  # fmt: skip


def _trace_forward(xp: Any, a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    if xp is np:
        return np.trace(a, offset, axis1, axis2)
    return xp.sum(_diagonal_forward(xp, a, offset, axis1, axis2), axis=-1)


def _trace_vjp(g: Any, y: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    length = max(min(a.shape[axis1] + min(offset, 0), a.shape[axis2] - max(offset, 0)), 0)
    on_diagonal = broadcast_to(expand_dims(g, -1), (*g.shape, length))
    return _diagonal_vjp(on_diagonal, None, a, offset, axis1, axis2)


trace = primitive(
    _trace_forward, [_trace_vjp],
    name="trace", numpy=np.trace,
    source="np.trace({0}, {offset}, {axis1}, {axis2})", latex=r"\operatorname{{tr}} {0}", symbol="tr",
    doc="""Sum along diagonals.

Parameters
----------
a : array_like or Tensor
    With at least two axes.
offset : int
    Which diagonal: above the main one if positive, below if negative.
axis1, axis2 : int
    The axes of the matrices; the first two by default.

Returns
-------
Tensor, or array if `a` is no Tensor
    Without the two axes.
""",
)  # fmt: skip

_TRIANGLE = """Keep the {part} triangle of matrices, zeros elsewhere.

Parameters
----------
m : array_like or Tensor
    Of shape (..., rows, columns). A vector is repeated as rows first, as in NumPy.
k : int
    The last diagonal to keep: 0 the main one, above it if positive, below if negative.

Returns
-------
Tensor, or array if `m` is no Tensor
    Of the same shape.
"""

tril: Callable[..., Any] = primitive(
    lambda xp, m, k=0: xp.tril(m, k=k), [lambda g, y, m, k: tril(g, k)],
    name="tril", numpy=np.tril, source="np.tril({0}, {k})", latex=r"\operatorname{{tril}}_{{{k}}} {0}",
    doc=_TRIANGLE.format(part="lower"),
)  # fmt: skip
triu: Callable[..., Any] = primitive(
    lambda xp, m, k=0: xp.triu(m, k=k), [lambda g, y, m, k: triu(g, k)],
    name="triu", numpy=np.triu, source="np.triu({0}, {k})", latex=r"\operatorname{{triu}}_{{{k}}} {0}",
    doc=_TRIANGLE.format(part="upper"),
)  # fmt: skip

# --- inverses and systems of equations ---------------------------------------------------------------

inv = primitive(
    lambda xp, a: xp.linalg.inv(a),
    [lambda g, y, a: -matmul(_t(y), matmul(g, _t(y)))],
    name="inv", numpy=np.linalg.inv, source="np.linalg.inv({0})", latex="{{{0}}}^{{-1}}", symbol="·⁻¹",
    doc="""Invert matrices.

Parameters
----------
a : array_like or Tensor
    Of shape (..., n, n).

Returns
-------
Tensor, or array if `a` is no Tensor
    Of the same shape.

Raises
------
numpy.linalg.LinAlgError
    If a matrix is singular or not square.
""",
)  # fmt: skip


def _solve_transposed(g: Any, a: Any, b: Any) -> Any:
    """A⁻ᵀ Ḡ, the columns of Ḡ being what the columns of b are: b̄ before the batch is summed."""
    if b.ndim == 1 and g.ndim > 1:
        return reshape(solve(_t(a), expand_dims(g, -1)), g.shape)
    return solve(_t(a), g)


def _solve_matrix(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Ā = −(A⁻ᵀ Ḡ) Xᵀ."""
    d = _solve_transposed(g, a, b)
    product = expand_dims(d, -1) * expand_dims(y, -2) if b.ndim == 1 else matmul(d, _t(y))
    return _sum_to(-product, a.shape)


solve = primitive(
    lambda xp, a, b: xp.linalg.solve(a, b),
    [_solve_matrix, lambda g, y, a, b: _sum_to(_solve_transposed(g, a, b), b.shape)],
    name="solve", numpy=np.linalg.solve, source="np.linalg.solve({0}, {1})", latex=r"{{{0}}}^{{-1}} \, {1}",
    doc="""Solve systems of linear equations, a x = b.

Parameters
----------
a : array_like or Tensor
    Of shape (..., n, n).
b : array_like or Tensor
    Of shape (n,) or (..., n, k). It is a vector only if it has one axis. The batch axes broadcast.

Returns
-------
Tensor, or array if no argument is a Tensor
    x, of shape (..., n) or (..., n, k).

Raises
------
numpy.linalg.LinAlgError
    If a matrix is singular or not square.
""",
)  # fmt: skip

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
    but_one = xp.prod(xp.where(xp.eye(n, dtype=s.dtype) == 1, xp.ones_like(s)[..., None, :], s[..., None, :]), axis=-1)
    # P[i, j], the product without s[i] and s[j], is but_one[j] / s[i]. For i < j, s[i] is the larger: where it is
    # 0, another factor of P[i, j] is 0 too, except in the last place.
    p = but_one[..., None, :] / xp.where(s == 0, xp.ones_like(s), s)[..., None]
    if n >= 2:
        p[..., -2, -1] = xp.prod(s[..., :-2], axis=-1)
    p = xp.triu(p, k=1)
    return u, vt, sign * but_one, sign[..., None] * (p + xp.matrix_transpose(p))


def _cofactors_forward(xp: Any, x: Array) -> Array:
    determinant = xp.linalg.det(x)[..., None, None]
    regular = determinant != 0
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
    but_one = np.prod(np.where(np.eye(n) == 1, 1, s[..., None, :]), axis=-1)
    p = but_one[..., None, :] / np.where(s == 0, 1, s)[..., None]
    if n >= 2:
        p[..., -2, -1] = np.prod(s[..., :-2], axis=-1)
    p = np.triu(p, 1)
    return u, vt, sign * but_one, sign[..., None] * (p + np.swapaxes(p, -1, -2))
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
    return _per_matrix(det(x)) * _t(inside)


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

det = primitive(
    lambda xp, a: xp.linalg.det(a),
    [lambda g, y, a: _per_matrix(g) * _cofactors(a)],
    name="det", numpy=np.linalg.det, source="np.linalg.det({0})", latex=r"\det {0}",
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
    name="sign_of_det", source="np.linalg.slogdet({0})[0]", latex=r"\operatorname{{sgn}} \det {0}",
)  # fmt: skip
_logabsdet = primitive(
    lambda xp, a: xp.linalg.slogdet(a)[1],
    [lambda g, y, a: _per_matrix(g) * _t(_inverse_at_regular(a, "slogdet: log|det| has no gradient"))],
    name="logabsdet", source="np.linalg.slogdet({0})[1]", latex=r"\log |\det {0}|", symbol="log|det|",
)  # fmt: skip


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Any
    logabsdet: Any


@mirrors(np.linalg.slogdet)
def slogdet(a: Any) -> SlogdetResult:
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
    if not isinstance(a, Recorded):
        return SlogdetResult(*namespace([a]).linalg.slogdet(a))
    return SlogdetResult(_sign_of_det(a), _logabsdet(a))


# --- Cholesky decomposition --------------------------------------------------------------------------


def _cholesky_vjp(g: Any, y: Any, a: Any, upper: bool) -> Any:
    """Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹), where Φ takes the lower triangle and half of the diagonal.

    Equation (10) of I. Murray, *Differentiation of the Cholesky decomposition*, arXiv:1602.07527 (2016).
    """
    lower, g = (_t(y), _t(g)) if upper else (y, g)
    p = matmul(_t(lower), g)
    phi = (tril(p) + tril(p, -1)) / 2
    d = solve(_t(lower), _t(solve(_t(lower), _t(phi))))
    return (d + _t(d)) / 2


def _cholesky_forward(xp: Any, a: Array, upper: bool = False) -> Array:
    return xp.linalg.cholesky(a, upper=upper)


_cholesky = primitive(
    _cholesky_forward, [_cholesky_vjp],
    name="cholesky", source="np.linalg.cholesky({0}, upper={upper!r})",
    latex=r"\operatorname{{chol}} {0}", symbol="chol",
)  # fmt: skip


@mirrors(np.linalg.cholesky)
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


# --- norms -------------------------------------------------------------------------------------------


def _norm_forward(xp: Any, x: Array, p: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    if xp is np:
        return np.linalg.norm(x, p, axis, keepdims)
    return xp.linalg.vector_norm(x, axis=axis, keepdims=keepdims, ord=2 if p is None else p)


def _norm_vjp(g: Any, y: Any, x: Any, p: Any, axis: Any, keepdims: bool) -> Any:
    """∂‖x‖/∂x = sign(x) (|x| / ‖x‖)^(p−1), and 0 where ‖x‖ = 0."""
    if axis is not None and not keepdims:
        g, y = expand_dims(g, axis), expand_dims(y, axis)
    g = where(y == 0, 0, g)
    ratio = x / where(y == 0, 1, y)
    if p in (None, 2):
        return g * ratio
    if p > 0 and p % 2 == 0:
        return g * ratio ** (p - 1)
    size = absolute(ratio)
    return g * sign(x) * where(size == 0, 1, size) ** (p - 1)


_norm = primitive(
    _norm_forward, [_norm_vjp],
    name="norm", symbol="‖·‖", source="np.linalg.norm({0}, ord={p!r}, axis={axis!r}, keepdims={keepdims!r})",
    latex=r"\lVert {0} \rVert",
)  # fmt: skip


@mirrors(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002 - NumPy's name
    """Norms of vectors or matrices.

    At kinks a subgradient is taken: 0 wherever the whole norm is 0; 0 for elements that are 0, where ``|x|`` has
    a kink; and elements that share the largest (or smallest) absolute value share the gradient equally.

    Parameters
    ----------
    x : array_like or Tensor
    ord : {None, float, inf, -inf, "fro"}, optional
        None is the square root of the sum of squares, over any number of axes if `axis` is None. For vectors
        a number p, ``(Σ |x|ᵖ)^(1/p)``; inf and −inf are the largest and the smallest ``|x|``; 0 counts the
        elements that are not 0. For matrices "fro" as None; 1 and −1 are the largest and smallest sum of a column's
        ``|x|``; inf and −inf of a row's.
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
    TypeError
        For the matrix norms 2, −2 and "nuc", which need singular values.
    ValueError
        For an `ord` that is none, or if `x` has neither one axis nor two and `axis` does not choose.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.linalg.norm(mg.tensor([[3.0, 4.0], [6.0, 8.0]]), axis=1)
    tensor([ 5., 10.])
    """
    x = given(x)
    if getattr(x.dtype, "kind", "f") in "iub":
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
        return max_(absolute(x), axis=axis, keepdims=keepdims)
    if p == -math.inf:
        return min_(absolute(x), axis=axis, keepdims=keepdims)
    if p == 0:
        return sum_(astype(not_equal(x, 0), x.dtype), axis=axis, keepdims=keepdims)
    if p == 1:
        return sum_(absolute(x), axis=axis, keepdims=keepdims)
    return _norm(x, p=None if p in (None, 2) else float(p), axis=axis, keepdims=keepdims)


def _matrix_norm(x: Any, p: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if p in (None, "fro", "f"):
        return _norm(x, axis=axes, keepdims=keepdims)
    if p in (2, -2, "nuc"):
        raise TypeError(
            f"norm: ord={p!r} of a matrix needs its singular values, which have no gradient here; "
            "use ord='fro', 1 or inf, or the vector norm along one axis"
        )
    if p not in (1, -1, math.inf, -math.inf):
        raise ValueError(f"norm: ord={p!r} is not a norm of matrices; give 'fro', 1, -1, inf, -inf or None")
    added, chosen = axes if abs(p) == 1 else axes[::-1]
    sums = sum_(absolute(x), axis=added, keepdims=True)
    choose = max_ if p > 0 else min_
    chosen_sums = choose(sums, axis=chosen, keepdims=True)
    if keepdims:
        return chosen_sums
    return reshape(chosen_sums, tuple(n for i, n in enumerate(x.shape) if i not in axes))
