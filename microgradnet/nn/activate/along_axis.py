"""The built-in activations that work along an axis: what one element becomes depends on its neighbours."""

from __future__ import annotations

from typing import Any

from microgradnet import ops
from microgradnet.nn.activate.elementwise import INFINITY, gelu, silu
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


def _support(a: Any) -> Any:
    """Write where something is positive as ones, and zeros elsewhere."""
    return ops.astype(a > 0, a.dtype)


def _of_sparsemax(g: Any, z: Any, a: Any, axis: int) -> Any:
    support = _support(a)
    mean = ops.sum(g * support, axis=axis, keepdims=True) / ops.sum(support, axis=axis, keepdims=True)
    return support * (g - mean)


def _falling(x: Any, axis: int) -> tuple[Any, Any]:
    """Return x below its maximum, largest first, and the numbers 1, 2, 3 … beside it."""
    falling = -ops.sort(-x, axis=axis)
    return falling, ops.cumsum(ops.ones_like(falling), axis=axis)


@activation(
    elementwise=False, derivative=_of_sparsemax,
    formula="max(x − τ, 0), Σ = 1", latex=r"\max({0} - \tau, 0)", range=(0, 1), monotonic=None,
    source="Martins and Astudillo, From softmax to sparsemax, ICML 2016",
)  # fmt: skip
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Return the nearest probabilities to x: they add up to 1 along the axis, and many are exactly 0."""
    x = x - ops.max(x, axis=axis, keepdims=True)
    falling, count = _falling(x, axis)
    positive = 1 + count * falling > ops.cumsum(falling, axis=axis)
    number = ops.sum(ops.where(positive, ops.ones_like(x), 0), axis=axis, keepdims=True)
    threshold = (ops.sum(ops.where(positive, falling, 0), axis=axis, keepdims=True) - 1) / number
    return ops.maximum(x - threshold, 0)


def _of_entmax(g: Any, z: Any, a: Any, axis: int) -> Any:
    support = _support(a)
    root = support * ops.sqrt(ops.where(a > 0, a, 1))
    total = ops.sum(root, axis=axis, keepdims=True)
    return root * (g - ops.sum(g * root, axis=axis, keepdims=True) / total)


@activation(
    elementwise=False, derivative=_of_entmax,
    formula="max(x/2 − τ, 0)², Σ = 1", latex=r"\max({0} / 2 - \tau, 0)^2", range=(0, 1), monotonic=None,
    source="Peters, Niculae and Martins, Sparse sequence-to-sequence models, ACL 2019",
)  # fmt: skip
def entmax(x: Any, axis: int = -1) -> Any:
    """Return 1.5-entmax, between `softmax` and `sparsemax`: probabilities that add up to 1, many of them exactly 0."""
    x = ops.maximum((x - ops.max(x, axis=axis, keepdims=True)) / 2, -2)  # τ is −1 or more
    falling, count = _falling(x, axis)
    mean = ops.cumsum(falling, axis=axis) / count
    squares = ops.cumsum(ops.square(falling), axis=axis) / count
    rest = (1 - count * (squares - ops.square(mean))) / count
    root = ops.where(rest > 0, ops.sqrt(ops.where(rest > 0, rest, 1)), 0)
    candidates = mean - root
    kept = ops.where(candidates <= falling, ops.ones_like(x), 0)
    number = ops.sum(kept, axis=axis, keepdims=True)
    threshold = ops.sum(ops.where(count == number, candidates, 0), axis=axis, keepdims=True)
    return ops.square(ops.maximum(x - threshold, 0))


def _gated(gate: Any, slope: Any) -> Any:
    """Return the derivative of a · gate(b), a and b the halves of x, given that of the gate."""

    def derivative(g: Any, z: Any, a: Any, axis: int) -> Any:
        first, second = ops.split(z, 2, axis=axis)
        return ops.concatenate([g * gate(second), g * first * slope(second)], axis=axis)

    return derivative


@activation(
    elementwise=False, derivative=_gated(logistic, logistic_density),
    formula="a·σ(b), the halves of x", range=(-INFINITY, INFINITY), monotonic=None, kinks=(),
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


_SHAZEER = "Shazeer, GLU variants improve transformer, 2020"


@activation(
    elementwise=False, derivative=_gated(ops.relu, _support),
    formula="a·max(b, 0), the halves of x", range=(-INFINITY, INFINITY), monotonic=None, source=_SHAZEER,
)  # fmt: skip
def reglu(x: Any, axis: int = -1) -> Any:
    """Do as `glu` does, with the gate `relu`: the second half along the axis, through it, gates the first.

    Raises
    ------
    ValueError
        If the axis can't be halved.
    """
    first, second = ops.split(x, 2, axis=axis)
    return first * ops.relu(second)


@activation(
    elementwise=False, derivative=_gated(gelu, lambda b: gelu.derivatives["x"](b, None)),
    formula="a·b Φ(b), the halves of x", range=(-INFINITY, INFINITY), monotonic=None, kinks=(), source=_SHAZEER,
)  # fmt: skip
def geglu(x: Any, axis: int = -1) -> Any:
    """Do as `glu` does, with the gate `gelu`: the second half along the axis, through it, gates the first.

    Raises
    ------
    ValueError
        If the axis can't be halved.
    """
    first, second = ops.split(x, 2, axis=axis)
    return first * gelu(second)


@activation(
    elementwise=False, derivative=_gated(silu, lambda b: silu.derivatives["x"](b, None, **silu.parameters)),
    formula="a·b σ(b), the halves of x", range=(-INFINITY, INFINITY), monotonic=None, kinks=(), source=_SHAZEER,
)  # fmt: skip
def swiglu(x: Any, axis: int = -1) -> Any:
    """Do as `glu` does, with the gate `silu`: the second half along the axis, through it, gates the first.

    Raises
    ------
    ValueError
        If the axis can't be halved.
    """
    first, second = ops.split(x, 2, axis=axis)
    return first * silu(second)


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
