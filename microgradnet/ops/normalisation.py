"""Normalisation: shift and scale numbers so that their mean is 0 and their variance 1, then as a network learns to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from microgradnet.ops.elementwise import astype, sqrt, square
from microgradnet.ops.reductions import mean as mean_of
from microgradnet.ops.shapes import given, reshape, whole
from microgradnet.record import mirrors


def _floating(x: Any, caller: str) -> Any:
    x = given(x, caller)
    return astype(x, np.float64) if whole(x) else x


def _scaled(caller: str, y: Any, gamma: Any, beta: Any, lengths: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """Multiply by gamma and add beta, whose shape is `lengths`, broadcast as `shape`."""
    for name, value in (("gamma", gamma), ("beta", beta)):
        if value is None:
            continue
        value = given(value, caller)
        if value.shape != lengths:
            raise ValueError(f"{caller}: {name} must have shape {lengths}, got {value.shape}")
        value = reshape(value, shape)
        y = y * value if name == "gamma" else y + value
    return y


@mirrors(inputs="leading")
def batch_norm(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    *,
    axis: int = 1,
    eps: float = 1e-5,
    mean: Any = None,
    variance: Any = None,
) -> Any:
    """Normalise each channel over the batch, and over all positions in an image: γ·(x − mean)/√(variance + ε) + β.

    Nothing is kept between calls. While training, the statistics are those of the batch; for inference give those
    that were averaged along the way, ``running = 0.9 * running + 0.1 * x.mean(axis=(0, 2, 3))``.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (n, channels, …), or with the channels at another axis.
    gamma, beta : array_like or Tensor, optional
        Of shape (channels,). Without them nothing is scaled, or shifted.
    axis : int
        That of the channels.
    eps : float
        Added to the variance.
    mean, variance : array_like or Tensor, optional
        Of shape (channels,): both, or neither. The default are those of `x`, over all axes but that of the channels;
        the variance is divided by their number n, and not by n − 1.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the shape of `x`.

    Raises
    ------
    ValueError
        If a shape does not fit, if only one of `mean` and `variance` is given, or the batch is empty.

    References
    ----------
    S. Ioffe and C. Szegedy, "Batch normalization", 2015.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([[1.0, 10.0], [3.0, 30.0]])
    >>> mg.batch_norm(x, [1.0, 2.0], [0.0, 5.0], eps=0.0)
    tensor([[-1.,  3.],
            [ 1.,  7.]])
    >>> mg.batch_norm(x, mean=[0.0, 10.0], variance=[4.0, 100.0], eps=0.0)
    tensor([[0.5, 0. ],
            [1.5, 2. ]])
    """
    x = _floating(x, "batch_norm")
    if x.ndim < 2:
        raise ValueError(f"batch_norm: x must have a batch and channels, (n, channels, …), got shape {x.shape}")
    axis = normalize_axis_index(axis, x.ndim)
    lengths = (x.shape[axis],)
    shape = tuple([n if i == axis else 1 for i, n in enumerate(x.shape)])
    if (mean is None) != (variance is None):
        raise ValueError("batch_norm: mean and variance are given together, or neither")
    if mean is None:
        if not x.size:
            raise ValueError(f"batch_norm: an empty batch has no mean (x has shape {x.shape})")
        y = _standardised(x, tuple([i for i in range(x.ndim) if i != axis]), eps)
    else:
        each = []
        for name, value in (("mean", mean), ("variance", variance)):
            value = given(value, "batch_norm")
            if value.shape != lengths:
                raise ValueError(f"batch_norm: {name} must have shape {lengths}, got {value.shape}")
            each.append(reshape(value, shape))
        y = (x - each[0]) / sqrt(each[1] + eps)
    return _scaled("batch_norm", y, gamma, beta, lengths, shape)


def _standardised(x: Any, axes: Any, eps: float) -> Any:
    """Compute (x − mean) / √(variance + ε), of the deviations both times, in which no large mean cancels."""
    deviation = x - mean_of(x, axis=axes, keepdims=True)
    return deviation / sqrt(mean_of(square(deviation), axis=axes, keepdims=True) + eps)


@mirrors(inputs="leading")
def layer_norm(
    x: Any, gamma: Any = None, beta: Any = None, *, axis: int | Sequence[int] | None = -1, eps: float = 1e-5
) -> Any:
    """Normalise each row by itself: γ·(x − mean)/√(variance + ε) + β, with mean and variance along an axis.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (…, features).
    gamma, beta : array_like or Tensor, optional
        Of the lengths of the normalised axes, (features,). Without them nothing is scaled, or shifted.
    axis : int or tuple of int
        What is normalised together; the default is the last axis.
    eps : float
        Added to the variance, which is divided by the number n of features, and not by n − 1.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of the shape of `x`.

    Raises
    ------
    ValueError
        If a shape does not fit, or there is nothing to take a mean of.

    References
    ----------
    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.layer_norm(mg.tensor([[1.0, 3.0], [10.0, 30.0]]), [1.0, 2.0], eps=0.0)
    tensor([[-1.,  2.],
            [-1.,  2.]])
    """
    x = _floating(x, "layer_norm")
    axes = tuple(range(x.ndim)) if axis is None else tuple(sorted(normalize_axis_tuple(axis, x.ndim)))
    lengths = tuple([x.shape[i] for i in axes])
    if 0 in lengths or not axes:
        raise ValueError(f"layer_norm: there is nothing to take a mean of along axis {axis} (x has shape {x.shape})")
    shape = tuple([n if i in axes else 1 for i, n in enumerate(x.shape)])
    return _scaled("layer_norm", _standardised(x, axes, eps), gamma, beta, lengths, shape)
