"""Inverses of matrices and systems of linear equations.

Matrices stand in the last two axes; the axes before them are a batch and broadcast, as in NumPy. LAPACK computes in
float32 and float64, so what stands on it refuses float16, as NumPy does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.ops.products import matmul, transposed
from microgradnet.ops.reductions import sum_to
from microgradnet.ops.shapes import expand_dims, reshape
from microgradnet.record import primitive

if TYPE_CHECKING:
    from microgradnet.typed import Binary, Unary

__all__ = ["inv", "solve"]

inv: Unary = primitive(
    lambda xp, a: xp.linalg.inv(a),
    (lambda g, y, a: -matmul(transposed(y), matmul(g, transposed(y))),),
    name="inv", on_numpy=np.linalg.inv, numpy=np.linalg.inv,
    source="np.linalg.inv({0})", latex="{{{0}}}^{{-1}}", symbol="·⁻¹",
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
        return reshape(solve(transposed(a), expand_dims(g, -1)), g.shape)
    return solve(transposed(a), g)


def _solve_matrix(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Ā = −(A⁻ᵀ Ḡ) Xᵀ."""
    d = _solve_transposed(g, a, b)
    product = expand_dims(d, -1) * expand_dims(y, -2) if b.ndim == 1 else matmul(d, transposed(y))
    return sum_to(-product, a.shape)


solve: Binary = primitive(
    lambda xp, a, b: xp.linalg.solve(a, b),
    (_solve_matrix, lambda g, y, a, b: sum_to(_solve_transposed(g, a, b), b.shape)),
    name="solve", structure="linear in b", on_numpy=np.linalg.solve, numpy=np.linalg.solve,
    source="np.linalg.solve({0}, {1})",
    text="{0}⁻¹ · {1}", latex=r"{{{0}}}^{{-1}} \, {1}",
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
