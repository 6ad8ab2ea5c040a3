"""Diagonals and triangles of matrices.

Matrices stand in the last two axes, except for `trace` and `diagonal`, which are `numpy.trace` and `numpy.diagonal` and
take the first two.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from microgradnet.ops.shapes import behind, broadcast_to, expand_dims, moveaxis
from microgradnet.record import Array, primitive

__all__ = ["diagonal", "trace", "tril", "triu"]


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


embed: Any = primitive(
    _embed_forward, [_embed_vjp],
    name="embed_diagonal", structure="linear", leading=lambda x, **static: embed(x, **static),
    source="""
def embed_diagonal(x, rows, columns, offset):
    y = np.zeros((*x.shape[:-1], rows, columns), x.dtype)
    i = np.arange(x.shape[-1])
    y[..., i + max(-offset, 0), i + max(offset, 0)] = x
    return y
embed_diagonal({0}, {rows}, {columns}, {offset})""",
    text=lambda rows, columns, offset: "diag({0}, offset={offset})" if offset else "diag({0})",
    latex=lambda rows, columns, offset: r"\operatorname{{diag}} {0}", symbol="diag",
    doc="Put the last axis on the diagonal of matrices that are zero elsewhere: (..., n) to (..., rows, columns).",
)  # fmt: skip


_ndarray: Any = np.ndarray
_asarray: Any = np.asarray


def _diagonal_on_numpy(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).diagonal(offset, axis1, axis2)


def _diagonal_forward(xp: Any, a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    if xp is np:
        return _diagonal_on_numpy(a, offset, axis1, axis2)
    return xp.linalg.diagonal(xp.moveaxis(a, (axis1, axis2), (-2, -1)), offset=offset)


def _diagonal_vjp(g: Any, y: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    matrices = embed(g, rows=a.shape[axis1], columns=a.shape[axis2], offset=offset)
    if (axis1 % a.ndim, axis2 % a.ndim) == (a.ndim - 2, a.ndim - 1):
        return matrices
    return moveaxis(matrices, (-2, -1), (axis1, axis2))


def _diagonal_leading(a: Any, offset: int, axis1: int, axis2: int) -> Any:
    return diagonal(a, offset, *behind((axis1, axis2), a.ndim))


diagonal = primitive(
    _diagonal_forward, (_diagonal_vjp,),
    name="diagonal", views=True, structure="linear", leading=_diagonal_leading,
    on_numpy=_diagonal_on_numpy, numpy=np.diagonal,
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


def _trace_on_numpy(a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    return (a if type(a) is _ndarray else _asarray(a)).trace(offset, axis1, axis2)


def _trace_forward(xp: Any, a: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    if xp is np:
        return _trace_on_numpy(a, offset, axis1, axis2)
    return xp.sum(_diagonal_forward(xp, a, offset, axis1, axis2), axis=-1)


def _trace_vjp(g: Any, y: Any, a: Any, offset: int, axis1: int, axis2: int) -> Any:
    length = max(min(a.shape[axis1] + min(offset, 0), a.shape[axis2] - max(offset, 0)), 0)
    on_diagonal = broadcast_to(expand_dims(g, -1), (*g.shape, length))
    return _diagonal_vjp(on_diagonal, None, a, offset, axis1, axis2)


def _trace_leading(a: Any, offset: int, axis1: int, axis2: int) -> Any:
    return trace(a, offset, *behind((axis1, axis2), a.ndim))


trace = primitive(
    _trace_forward, (_trace_vjp,),
    name="trace", structure="linear", leading=_trace_leading, on_numpy=_trace_on_numpy, numpy=np.trace,
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


@lru_cache(64)
def _triangle(rows: int, columns: int, k: int) -> Array:
    mask = np.tri(rows, columns, k, bool)
    mask.flags.writeable = False
    return mask


_where, _SMALL = np.where, 4096


def _is_small(m: Array, k: int) -> bool:
    """Whether it is worth while to keep the mask, which NumPy makes anew in every call."""
    return type(m) is _ndarray and m.ndim > 1 and m.size <= _SMALL and type(k) is int


def _tril_on_numpy(m: Array, k: int = 0) -> Array:
    return _where(_triangle(*m.shape[-2:], k), m, m.dtype.type(0)) if _is_small(m, k) else np.tril(m, k)


def _triu_on_numpy(m: Array, k: int = 0) -> Array:
    return _where(_triangle(*m.shape[-2:], k - 1), m.dtype.type(0), m) if _is_small(m, k) else np.triu(m, k)


def _tril_forward(xp: Any, m: Array, k: int = 0) -> Array:
    return xp.tril(m, k=k)


def _tril_vjp(g: Any, y: Any, m: Any, k: int) -> Any:
    return tril(g, k)


tril = primitive(
    _tril_forward, (_tril_vjp,),
    name="tril", structure="elementwise", on_numpy=_tril_on_numpy, numpy=np.tril,
    source="np.tril({0}, {k})", latex=r"\operatorname{{tril}}_{{{k}}} {0}",
    doc=_TRIANGLE.format(part="lower"),
)  # fmt: skip


def _triu_forward(xp: Any, m: Array, k: int = 0) -> Array:
    return xp.triu(m, k=k)


def _triu_vjp(g: Any, y: Any, m: Any, k: int) -> Any:
    return triu(g, k)


triu = primitive(
    _triu_forward, (_triu_vjp,),
    name="triu", structure="elementwise", on_numpy=_triu_on_numpy, numpy=np.triu,
    source="np.triu({0}, {k})", latex=r"\operatorname{{triu}}_{{{k}}} {0}",
    doc=_TRIANGLE.format(part="upper"),
)  # fmt: skip
