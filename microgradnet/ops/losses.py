"""Losses: how far predictions are from what was wanted, one number for each example. Other operations make them up.

Nothing is reduced here: ``mg.mean`` or ``mg.sum`` of a loss is the number to differentiate. So no factor of n comes or
goes unseen. What was wanted is looked at before it is used: a label that NumPy would count from the end, or a column
beside a row that it would broadcast to a matrix, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.lib.array_utils import normalize_axis_index

from microgradnet.ops.elementwise import (
    astype,
    clip,
    isfinite,
    logical_and,
    logical_not,
    not_equal,
    relu,
    softplus,
    where,
)
from microgradnet.ops.entropies import xlog1py, xlogy
from microgradnet.ops.indexing import counting_indices, take_along_axis
from microgradnet.ops.linalg import norm
from microgradnet.ops.reductions import all as all_
from microgradnet.ops.reductions import any as any_
from microgradnet.ops.reductions import log_softmax
from microgradnet.ops.reductions import sum as sum_
from microgradnet.ops.shapes import expand_dims, given, is_traced, squeeze, whole
from microgradnet.plain import NUMBERS
from microgradnet.record import given_for, mirrors, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_similarity", "hinge", "huber", "nll_loss",
    "softmax_cross_entropy",
]  # fmt: skip


# --- of one class among several ----------------------------------------------------------------------


@mirrors(inputs=2)
def softmax_cross_entropy(logits: Any, labels: Any, axis: int = -1) -> Any:
    """Cross-entropy of what softmax makes of logits: −Σ labels · log softmax(logits). Its gradient is softmax − labels.

    Parameters
    ----------
    logits : array_like or Tensor
        Of shape (..., c, ...), c classes along the axis; any finite numbers, and −∞ for a class that can't be.
    labels : array_like or Tensor
        Integers from 0 to c − 1, of the shape of `logits` without the axis; or the shares of all classes, of the shape
        of `logits`, which are differentiated too.
    axis : int
        Of the classes.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        The loss of each example, of the shape of `logits` without the axis. Its mean is what PyTorch's
        ``cross_entropy`` returns.

    Raises
    ------
    IndexError
        If a label is out of range; negative ones are.
    TypeError
        If labels that should be integers are none.
    ValueError
        If the labels have another shape.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> logits, labels = np.array([[1000.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), [0, 2]
    >>> mg.softmax_cross_entropy(logits, labels)
    array([-0.        ,  1.09861229])
    >>> mg.grad(lambda z: mg.mean(mg.softmax_cross_entropy(z, labels)))(logits)
    array([[ 0.        ,  0.        ,  0.        ],
           [ 0.16666667,  0.16666667, -0.33333333]])
    """
    logits = given(logits, "softmax_cross_entropy: logits")
    return _of_classes("softmax_cross_entropy", "logits", log_softmax(logits, axis=axis), labels, axis)


@mirrors(inputs=2)
def nll_loss(log_probabilities: Any, labels: Any, axis: int = -1) -> Any:
    """Negative log-likelihood of labels: minus the logarithm of the probability that each one was given.

    Parameters
    ----------
    log_probabilities : array_like or Tensor
        Of shape (..., c, ...), as `log_softmax` returns them.
    labels : array_like or Tensor
        As for `softmax_cross_entropy`.
    axis : int
        Of the classes. PyTorch's images have them along axis 1.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        The loss of each example, of the shape of `log_probabilities` without the axis.

    Raises
    ------
    IndexError
        If a label is out of range; negative ones are.
    TypeError
        If labels that should be integers are none.
    ValueError
        If the labels have another shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.nll_loss(mg.log([[0.5, 0.25, 0.25]]), [1])
    array([1.38629436])
    """
    log_probabilities = given(log_probabilities, "nll_loss: log_probabilities")
    return _of_classes("nll_loss", "log_probabilities", log_probabilities, labels, axis)


def _of_classes(caller: str, what: str, log_p: Any, labels: Any, axis: int) -> Any:
    axis = normalize_axis_index(axis, log_p.ndim)
    labels = given(labels, f"{caller}: labels")
    one_each = log_p.shape[:axis] + log_p.shape[axis + 1 :]
    if labels.shape == log_p.shape:
        return -sum_(_times_finite(labels, log_p), axis=axis)
    if labels.shape != one_each:
        raise ValueError(
            f"{caller}: labels have shape {labels.shape}, but {what} of shape {log_p.shape}, with the classes along "
            f"axis {axis}, need one integer each, of shape {one_each}, or a share of each class, of shape {log_p.shape}"
        )
    indices = counting_indices(labels, log_p.shape[axis], f"{caller}: labels")
    return -squeeze(take_along_axis(log_p, expand_dims(indices, axis), axis), axis)


def _times_finite(labels: Any, log_p: Any) -> Any:
    """Multiply, with 0 where a class that can't be has no share."""
    labels = astype(labels, log_p.dtype) if whole(labels) else labels
    if is_traced(log_p) or not bool(all_(isfinite(value_of(log_p)))):
        log_p = where(logical_and(labels == 0, logical_not(isfinite(log_p))), 0, log_p)
    return labels * log_p


# --- of yes and no -----------------------------------------------------------------------------------


@mirrors(inputs=2)
def binary_cross_entropy(probabilities: Any, labels: Any) -> Any:
    """Cross-entropy of the probabilities of yes: −y log p − (1 − y) log(1 − p), infinite where p excludes the label.

    Where the probabilities are the sigmoid of something, `binary_cross_entropy_with_logits` of that loses no digits.

    Parameters
    ----------
    probabilities : array_like or Tensor
        From 0 to 1, of any shape.
    labels : array_like or Tensor
        From 0 to 1 (or booleans), of the same shape or one number; differentiated, too.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        The loss of each element, of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ, or numbers are out of range.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.binary_cross_entropy([0.5, 1.0, 0.0], [1, 1, 0])
    array([ 0.69314718, -0.        , -0.        ])
    """
    p, y = _alike("binary_cross_entropy", "probabilities", probabilities, "labels", labels)
    _check_range(p, "binary_cross_entropy: probabilities", "of logits there is binary_cross_entropy_with_logits")
    _check_range(y, "binary_cross_entropy: labels", "(labels + 1) / 2 makes them of -1 and 1")
    return -(xlogy(y, p) + xlog1py(1 - y, -p))


@mirrors(inputs=2)
def binary_cross_entropy_with_logits(logits: Any, labels: Any) -> Any:
    """Cross-entropy of the probabilities σ(logits), with all digits for every finite logit; the gradient is σ − labels.

    Parameters
    ----------
    logits : array_like or Tensor
        Of any shape.
    labels : array_like or Tensor
        From 0 to 1 (or booleans), of the same shape or one number; differentiated, too.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        The loss of each element, of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ, or labels are out of range.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.binary_cross_entropy_with_logits([0.0, 50.0, -1000.0], [1, 1, 1])
    array([6.93147181e-01, 1.92874985e-22, 1.00000000e+03])
    """
    z, y = _alike("binary_cross_entropy_with_logits", "logits", logits, "labels", labels)
    _check_range(y, "binary_cross_entropy_with_logits: labels", "(labels + 1) / 2 makes them of -1 and 1")
    return y * softplus(-z) + (1 - y) * softplus(z)  # softplus(z) − y z would cancel


@mirrors(inputs=2)
def hinge(scores: Any, labels: Any) -> Any:
    """Hinge loss of a margin, max(0, 1 − labels · scores); at the kink, where the margin is 1, its slope is 0.

    Parameters
    ----------
    scores : array_like or Tensor
        Of any shape.
    labels : array_like or Tensor
        −1 and 1, of the same shape or one number.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        The loss of each element, of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ, or labels are neither −1 nor 1.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.hinge([0.5, 2.0, 3.0], [1, 1, -1])
    array([0.5, 0. , 4. ])
    """
    s, y = _alike("hinge", "scores", scores, "labels", labels)
    if not is_traced(y) and bool(any_(wrong := abs(value_of(y)) != 1)):
        raise ValueError(
            f"hinge: labels must be -1 or 1, got {_first(value_of(y), wrong)}; 2 * labels - 1 makes them of 0 and 1"
        )
    return relu(1 - y * s)


# --- of numbers and directions -----------------------------------------------------------------------


@mirrors(inputs=2)
def huber(predictions: Any, targets: Any, delta: float = 1.0) -> Any:
    """Huber's loss of the errors r = predictions − targets: r²/2 from −δ to δ, and δ (±r − δ/2) beyond.

    Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35, 1964. The second derivative
    at ±δ, a kink of the slope, is 0.

    Parameters
    ----------
    predictions, targets : array_like or Tensor
        Of one shape; the targets may be one number.
    delta : float
        From where on an error counts in proportion, and not as its square; positive.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        The loss of each element, of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ, or `delta` isn't positive.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.huber([0.5, -3.0], [0.0, 0.0])
    array([0.125, 2.5  ])
    """
    predictions, targets = _alike("huber", "predictions", predictions, "targets", targets)
    delta = float(given_for("huber", "delta", delta))
    if not delta > 0:
        raise ValueError(f"huber: delta must be positive, got {delta}")
    r = predictions - targets
    near = clip(r, -delta, delta)
    return near * (r - near / 2)


@mirrors(inputs=2)
def cosine_similarity(x: Any, y: Any, axis: int = -1) -> Any:
    """Cosine of the angle between vectors: x · y / (‖x‖ ‖y‖).

    A vector of zeros has no direction: its similarity is 0, and so is its gradient.

    Parameters
    ----------
    x, y : array_like or Tensor
        Vectors along the axis; broadcast against each other.
    axis : int
        Of both.

    Returns
    -------
    Tensor, or array if neither is a Tensor
        Without the axis.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.cosine_similarity([[3.0, 4.0], [1.0, 0.0]], [3.0, 4.0])
    array([1. , 0.6])
    """
    u, v = (_direction(given(a, "cosine_similarity"), axis) for a in (x, y))
    return sum_(u * v, axis=axis)


def _direction(x: Any, axis: int) -> Any:
    zero = logical_not(any_(not_equal(x, 0), axis=axis, keepdims=True))
    if not is_traced(x) and not bool(any_(value_of(zero))):
        return x / norm(x, axis=axis, keepdims=True)
    x = where(zero, 1, x)  # or the derivative of the norm of 0 would take part
    return where(zero, 0, x / norm(x, axis=axis, keepdims=True))


# --- what is looked at before it is used -----------------------------------------------------------------


def _alike(caller: str, what: str, predictions: Any, whose: str, targets: Any) -> Sequence[Any]:
    """Return predictions and targets: of one shape, or a number as it is, and integers in the predictions' dtype."""
    x = given(predictions, f"{caller}: {what}")
    if type(targets) in NUMBERS:
        return x, targets
    y = given(targets, f"{caller}: {whose}")
    if y.ndim and y.shape != x.shape:
        raise ValueError(
            f"{caller}: {whose} have shape {y.shape}, but {what} have shape {x.shape}; reshape or broadcast_to one of "
            "them, for what they were broadcast to may pair each with every other"
        )
    return x, astype(y, x.dtype) if whole(y) and not whole(x) else y


def _check_range(y: Any, whose: str, hint: str) -> None:
    """Raise if a number isn't from 0 to 1; not while it is traced, when it has another value in every call."""
    if is_traced(y):
        return
    value = value_of(y)
    inside = (value >= 0) & (value <= 1)
    if not bool(all_(inside)):
        raise ValueError(f"{whose} must be from 0 to 1, got {_first(value, logical_not(inside))}; {hint}")


def _first(value: Any, wrong: Any) -> Any:
    return value[wrong].reshape(-1)[0] if getattr(value, "ndim", 0) else value
