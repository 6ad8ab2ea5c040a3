"""The built-in activations that work along an axis: what one element becomes depends on its neighbours."""

from __future__ import annotations

from typing import Any

from microgradnet import ops
from microgradnet.nn.activate.elementwise import INFINITY
from microgradnet.nn.activate.registry import activation
from microgradnet.ops.elementwise import logistic, logistic_density, masked
from microgradnet.ops.reductions import log_softmax_vjp, softmax_vjp


@activation(
    elementwise=False, derivative=lambda g, z, a, axis: softmax_vjp(g, a, axis=axis),
    formula="eˣ / Σ eˣ", range=(0, 1), monotonic=None, kinks=(),
    source="Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990",
)  # fmt: skip
def softmax(x: Any, axis: int = -1) -> Any:
    """Make probabilities that grow with x, and add up to 1 along the axis."""
    return ops.softmax(x, axis=axis)


@activation(
    elementwise=False, derivative=lambda g, z, a, axis: -softmax_vjp(g, a, axis=axis),
    formula="e⁻ˣ / Σ e⁻ˣ", range=(0, 1), monotonic=None, kinks=(), source="PyTorch, torch.nn.Softmin",
)  # fmt: skip
def softmin(x: Any, axis: int = -1) -> Any:
    """Make probabilities that fall with x, and add up to 1 along the axis."""
    return ops.softmax(-x, axis=axis)


@activation(
    elementwise=False, derivative=lambda g, z, a, axis: log_softmax_vjp(g, a, axis=axis),
    formula="x − log Σ eˣ", range=(-INFINITY, 0), monotonic=None, kinks=(), source="PyTorch, torch.nn.LogSoftmax",
)  # fmt: skip
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return the logarithm of `softmax`."""
    return ops.log_softmax(x, axis=axis)


def _of_glu(g: Any, z: Any, a: Any, axis: int) -> Any:
    first, second = ops.split(z, 2, axis=axis)
    return ops.concatenate([g * logistic(second), g * first * logistic_density(second)], axis=axis)


@activation(
    elementwise=False, derivative=_of_glu,
    formula="a · σ(b), the halves of x", range=(-INFINITY, INFINITY), monotonic=None, kinks=(),
    source="Dauphin, Fan, Auli and Grangier, Language modeling with gated convolutional networks, ICML 2017",
)  # fmt: skip
def glu(x: Any, axis: int = -1) -> Any:
    """Let the second half along the axis, through a sigmoid, gate the first: half as many units come out.

    Raises
    ------
    ValueError
        If the axis can't be halved.
    """
    first, second = ops.split(x, 2, axis=axis)
    return first * ops.sigmoid(second)


def _grouped(x: Any, pieces: int, axis: int) -> tuple[Any, int]:
    """Bring the pieces of each unit, neighbours along the axis, on an axis of their own; return where it is."""
    shape = ops.shape(x)
    axis %= len(shape)
    if shape[axis] % pieces:
        raise ValueError(f"maxout: {shape[axis]} units can't be taken {pieces} at a time")
    return ops.reshape(x, (*shape[:axis], shape[axis] // pieces, pieces, *shape[axis + 1 :])), axis + 1


def _of_maxout(g: Any, z: Any, a: Any, pieces: int, axis: int) -> Any:
    grouped, own = _grouped(z, pieces, axis)
    highest = grouped == ops.expand_dims(a, own)
    count = ops.sum(ops.astype(highest, z.dtype), axis=own, keepdims=True)
    return ops.reshape(masked(ops.expand_dims(g, own), highest) / count, ops.shape(z))


@activation(
    elementwise=False, derivative=_of_maxout,
    formula="max of each 2 neighbours", range=(-INFINITY, INFINITY), monotonic=None,
    source="Goodfellow, Warde-Farley, Mirza, Courville and Bengio, Maxout networks, ICML 2013",
)  # fmt: skip
def maxout(x: Any, pieces: int = 2, axis: int = -1) -> Any:
    """Return the largest of every so many neighbours along the axis. Equals share the gradient.

    Raises
    ------
    ValueError
        If the number of units is no multiple of `pieces`.
    """
    grouped, own = _grouped(x, pieces, axis)
    return ops.max(grouped, axis=own)
