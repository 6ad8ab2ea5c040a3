"""What models of sequences are made of beside products: rows of a table, attention, and units left out at random.

All three are put together from other operations.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from microgradnet.ops.elementwise import astype, equal, logical_not, where
from microgradnet.ops.indexing import counting_indices, take
from microgradnet.ops.products import matmul
from microgradnet.ops.reductions import all as all_
from microgradnet.ops.reductions import any as any_
from microgradnet.ops.reductions import softmax
from microgradnet.ops.shapes import given, is_traced, reshape, swapaxes
from microgradnet.record import given_for, mirrors, scope, value_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Input, Tensor

__all__ = ["dropout", "embedding", "scaled_dot_product_attention"]


@mirrors(inputs=1)
def embedding(table: Any, indices: Any) -> Any:
    """Look up rows of a table: ``table[indices]``, with every index from 0 to n − 1.

    Parameters
    ----------
    table : array_like or Tensor
        Of shape (n, ...), a row for each of n things.
    indices : array_like of int or Tensor
        Of any shape. A row that is looked up several times gets the sum of its gradients.

    Returns
    -------
    Tensor, or array if `table` is no Tensor
        Of shape ``(*indices.shape, ...)``.

    Raises
    ------
    IndexError
        If an index is out of range; negative ones are.
    TypeError
        If the indices are no integers.
    ValueError
        If the table has no axes.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> table = np.array([[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]])
    >>> mg.embedding(table, [2, 1, 2])
    array([[ 2., 20.],
           [ 1., 10.],
           [ 2., 20.]])
    >>> mg.grad(lambda table: mg.sum(mg.embedding(table, [2, 1, 2])))(table)
    array([[0., 0.],
           [1., 1.],
           [2., 2.]])
    """
    table = given(table, "embedding")
    if not table.ndim:
        raise ValueError("embedding: the table needs a row for each index, got a number")
    indices = given(indices, "embedding: the indices")
    return take(table, counting_indices(indices, table.shape[0], "embedding: the indices"), axis=0)


@mirrors(inputs=1)
def dropout(x: Any, rate: float, rng: np.random.Generator) -> Any:
    """Set numbers to 0 at random, and divide the others by 1 − rate, so that the mean stays: inverted dropout.

    Each call draws a new mask, ``rng.random(x.shape) >= rate``: while training, that is. To evaluate, leave it out.
    What has to give the same twice, as a function does that `gradcheck` looks at, makes its generator itself, from a
    seed. Srivastava and others, Dropout, Journal of Machine Learning Research 15, 2014.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    rate : float
        Which share is left out, from 0 (then nothing is drawn) to 1.
    rng : numpy.random.Generator
        What draws: ``np.random.default_rng(0)``, made once.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of the same shape and floating dtype. No gradient flows to what was left out.

    Raises
    ------
    TypeError
        If `rng` is no generator; or `x` is being traced, as in a function that is compiled, where one mask would
        stay for all calls. There, let the mask be an argument: ``mg.where(mask, x, 0) / (1 - rate)``.
    ValueError
        If `rate` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> rng = np.random.default_rng(0)
    >>> mg.dropout(np.ones(8), 0.5, rng)
    array([2., 0., 0., 0., 2., 2., 2., 2.])
    >>> mg.dropout(np.ones(8), 0.5, rng)
    array([2., 2., 2., 0., 2., 0., 2., 0.])
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"dropout: rng must be a numpy.random.Generator, got {type(rng).__name__}; make one by "
            "np.random.default_rng(seed), once, so that each call draws another mask"
        )
    rate = float(given_for("dropout", "rate", rate))
    if not 0 <= rate <= 1:
        raise ValueError(f"dropout: rate must be from 0 to 1, got {rate}")
    x = given(x, "dropout")
    if is_traced(x):
        raise TypeError(
            "dropout: the mask would be drawn once, while the function is traced, and stay for all calls; draw it "
            "outside, mask = rng.random(x.shape) >= rate, and let it be an argument: mg.where(mask, x, 0) / (1 - rate)"
        )
    if rate == 0:
        return x
    kept = rng.random(x.shape) >= rate
    return where(kept, x / (1 - rate or 1), 0)  # of rate 1 nothing is kept


@overload
def scaled_dot_product_attention(q: Tensor, k: Input, v: Input, mask: Input | None = None) -> Tensor: ...
@overload
def scaled_dot_product_attention(q: Input, k: Tensor, v: Input, mask: Input | None = None) -> Tensor: ...
@overload
def scaled_dot_product_attention(q: Input, k: Input, v: Tensor, mask: Input | None = None) -> Tensor: ...
@overload
def scaled_dot_product_attention(q: Input, k: Input, v: Input, mask: Tensor) -> Tensor: ...
@overload
def scaled_dot_product_attention(
    q: ArrayLike, k: ArrayLike, v: ArrayLike, mask: ArrayLike | None = None
) -> NDArray[Any]: ...
def scaled_dot_product_attention(q: Any, k: Any, v: Any, mask: Any = None) -> Any:
    """Means of values v, weighed by how well queries match keys: softmax(q kᵀ / √d) v.

    Vaswani and others, Attention is all you need, NeurIPS 2017.

    Parameters
    ----------
    q : array_like or Tensor
        Queries, of shape (..., n, d).
    k : array_like or Tensor
        Keys, of shape (..., m, d).
    v : array_like or Tensor
        Values, of shape (..., m, e).
    mask : array_like or Tensor, optional
        Broadcast to (..., n, m). Booleans: True where a query may look at a key, as in PyTorch's function of this
        name and in JAX; ``np.tri(n, dtype=bool)`` lets each look back only. Floating-point numbers are added to the
        scores, in their dtype; −∞ excludes.

    Returns
    -------
    Tensor, or array if none is a Tensor
        Of shape (..., n, e). A query that may look at nothing gets 0, and sends no gradient back.

    Raises
    ------
    TypeError
        If the mask holds integers.
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> q, v = np.zeros((3, 2)), np.array([[3.0], [5.0], [10.0]])
    >>> mg.scaled_dot_product_attention(q, q, v, np.tri(3, dtype=bool))
    array([[3.],
           [4.],
           [6.]])
    """
    q, k, v = (given(a, f"scaled_dot_product_attention: {name}") for a, name in ((q, "q"), (k, "k"), (v, "v")))
    _check_shapes(q.shape, k.shape, v.shape)
    with scope("attention"):
        scores = matmul(q / math.sqrt(max(q.shape[-1], 1)), swapaxes(k, -1, -2))
        return matmul(softmax(scores) if mask is None else _masked_softmax(scores, mask), v)


def _check_shapes(q: tuple[int, ...], k: tuple[int, ...], v: tuple[int, ...]) -> None:
    if min(len(q), len(k), len(v)) < 2 or q[-1] != k[-1] or k[-2] != v[-2]:
        raise ValueError(
            "scaled_dot_product_attention: q, k and v must have shapes (..., n, d), (..., m, d) and (..., m, e), got "
            f"{q}, {k} and {v}"
        )


def _masked_softmax(scores: Any, mask: Any) -> Any:
    """Compute softmax of the scores that a mask leaves; 0 where it leaves none."""
    mask = given(mask, "scaled_dot_product_attention: mask")
    try:
        fits = np.broadcast_shapes(mask.shape, scores.shape) == scores.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"scaled_dot_product_attention: a mask of shape {mask.shape} can't be broadcast to that of the scores, "
            f"{scores.shape}"
        )
    kind = getattr(mask.dtype, "kind", "f")
    if kind not in "bf":
        raise TypeError(
            f"scaled_dot_product_attention: a mask of dtype {mask.dtype} could be meant in two ways; give booleans, by "
            ".astype(bool), True where a query may look, or floating-point numbers, which are added to the scores"
        )
    mask = mask if mask.ndim else reshape(mask, (1,))
    nothing = logical_not(any_(mask, axis=-1, keepdims=True)) if kind == "b" else _excludes_all(mask)
    scores = where(mask, scores, -math.inf) if kind == "b" else scores + astype(mask, scores.dtype)
    if not is_traced(nothing) and not bool(any_(value_of(nothing))):
        return softmax(scores)
    return where(nothing, 0, softmax(where(nothing, 0, scores)))


def _excludes_all(mask: Any) -> Any:
    return all_(equal(mask, -math.inf), axis=-1, keepdims=True)
