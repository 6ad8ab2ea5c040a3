"""What an operation refuses, in the words that it says; and what is just not refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

V, M, C = (mg.tensor(np.arange(1.0, 1 + np.prod(s)).reshape(s), requires_grad=True) for s in ((3,), (2, 3), (2, 2, 2)))

IMAGES = mg.tensor(np.ones((2, 3, 5, 4)), requires_grad=True)

REFUSALS: dict[str, tuple[Any, type[Exception], str]] = {
    "sort": (
        lambda: mg.sort(V, kind="fast"),
        ValueError,
        "sort: kind must be one of ('quicksort', 'heapsort', 'mergesort', 'stable'), got 'fast'",
    ),
    "argsort": (
        lambda: mg.argsort(V, kind="fast"),
        ValueError,
        "argsort: kind must be one of ('quicksort', 'heapsort', 'mergesort', 'stable'), got 'fast'",
    ),
    "take": (
        lambda: mg.take(V, [0], mode="fast"),
        ValueError,
        "take: mode must be 'raise', 'wrap' or 'clip', got 'fast'",
    ),
    "take_along_axis, axes": (
        lambda: mg.take_along_axis(M, np.array([0]), 1),
        ValueError,
        "take_along_axis: indices need as many axes as the array, got shapes (1,) and (2, 3)",
    ),
    "take_along_axis, dtype": (
        lambda: mg.take_along_axis(V, np.array([0.0]), 0),
        IndexError,
        "take_along_axis: indices must be integers, got dtype float64",
    ),
    "diff": (lambda: mg.diff(V, -1), ValueError, "diff: n can't be negative, got -1"),
    "norm of three axes": (
        lambda: mg.linalg.norm(C, 1, (0, 1, 2)),
        ValueError,
        "norm: ord=1 over 3 axes of shape (2, 2, 2); choose one axis for vectors or two for matrices",
    ),
    "norm of no axes": (
        lambda: mg.linalg.norm(C, 1, ()),
        ValueError,
        "norm: ord=1 over 0 axes of shape (2, 2, 2); choose one axis for vectors or two for matrices",
    ),
    "norm of all axes": (
        lambda: mg.linalg.norm(C, 1),
        ValueError,
        "norm: ord=1 over 3 axes of shape (2, 2, 2); choose one axis for vectors or two for matrices",
    ),
    "norm of a vector": (
        lambda: mg.linalg.norm(V, "fro"),
        ValueError,
        "norm: ord='fro' is not a norm of vectors; give a number, inf, -inf or None",
    ),
    "norm of a matrix": (
        lambda: mg.linalg.norm(M, 3),
        ValueError,
        "norm: ord=3 is not a norm of matrices; give 'fro', 'nuc', 1, -1, 2, -2, inf, -inf or None",
    ),
    "tensordot, too many axes": (
        lambda: mg.tensordot(V, M, 2),
        ValueError,
        "tensordot: can't sum over 2 axes (the shapes are (3,) and (2, 3))",
    ),
    "tensordot, less than none": (
        lambda: mg.tensordot(V, M, -1),
        ValueError,
        "tensordot: can't sum over -1 axes (the shapes are (3,) and (2, 3))",
    ),
    "tensordot, other axes": (
        lambda: mg.tensordot(V, M, 1),
        ValueError,
        "tensordot: the axes 1 do not match (the shapes are (3,) and (2, 3))",
    ),
    "einsum, lists": (
        lambda: mg.einsum(V, [99]),
        TypeError,
        "einsum: the subscripts come first, as a string like 'ij,jk->ik', or after each operand, as a list of integers "
        "below 52",
    ),
    "einsum, terms": (
        lambda: mg.einsum("i,j->ij", V),
        ValueError,
        "einsum: 2 terms for 1 operands (the subscripts are 'i,j->ij', the shapes are (3,))",
    ),
    "einsum, too few letters": (
        lambda: mg.einsum("i->i", M),
        ValueError,
        "einsum: 'i' does not fit an operand's number of axes (the subscripts are 'i->i', the shapes are (2, 3))",
    ),
    "einsum, too many letters": (
        lambda: mg.einsum("ijk->ijk", M),
        ValueError,
        "einsum: 'ijk' does not fit an operand's number of axes (the subscripts are 'ijk->ijk', the shapes are (2, 3))",
    ),
    "einsum, dots in the output": (
        lambda: mg.einsum("i...->i", M),
        ValueError,
        "einsum: the output needs '...', for the operands have it "
        "(the subscripts are 'i...->i', the shapes are (2, 3))",
    ),
    "var": (
        lambda: mg.var(V, ddof=1, correction=1),
        ValueError,
        "var: ddof and correction are two names of one number; give one of them",
    ),
    "reshape": (lambda: mg.reshape(V, (3,), "A"), ValueError, "reshape: order must be 'C' or 'F', got 'A'"),
    "matrix_transpose": (
        lambda: mg.matrix_transpose(V),
        ValueError,
        "matrix_transpose: at least two axes are needed, got 1",
    ),
    "moveaxis": (lambda: mg.moveaxis(C, (0, 1), 2), ValueError, "moveaxis: 2 axes can't move to 1 places"),
    "squeeze": (lambda: mg.squeeze(M, 0), ValueError, "squeeze: axis 0 of shape (2, 3) is not of length 1"),
    "array_split": (
        lambda: mg.array_split(V, 0),
        ValueError,
        "array_split: the number of parts must be positive, got 0",
    ),
    "split": (
        lambda: mg.split(V, 2),
        ValueError,
        "split: an axis of length 3 can't be cut into 2 equal parts; see array_split",
    ),
    "split in no parts": (
        lambda: mg.split(V, 0),
        ValueError,
        "split: an axis of length 3 can't be cut into 0 equal parts; see array_split",
    ),
    "pad, negative": (lambda: mg.pad(V, (-1, 0)), ValueError, "pad: widths can't be negative, got (-1, 0)"),
    "pad, mode": (
        lambda: mg.pad(V, 1, "mean"),
        ValueError,
        "pad: mode 'mean' is not supported; use constant, edge, reflect, symmetric or wrap",
    ),
    "pad, a constant beside a mode": (
        lambda: mg.pad(V, 1, "edge", constant_values=1),
        TypeError,
        "pad: constant_values does not go with mode 'edge'",
    ),
    "pad, a constant to differentiate": (
        lambda: mg.pad(V, 1, constant_values=V[0]),
        TypeError,
        "pad: constant_values are not differentiated; detach() them, or use concatenate",
    ),
    "select, lengths": (
        lambda: mg.select([V > 0], []),
        ValueError,
        "select: as many choices as conditions are needed, got 0 and 1",
    ),
    "select, conditions": (
        lambda: mg.select([V], [V]),
        TypeError,
        "select: conditions must be boolean, got dtype float64 in entry 0",
    ),
    "piecewise": (
        lambda: mg.piecewise(V, [V > 0, V < 0], [mg.exp]),
        ValueError,
        "piecewise: 2 conditions need 2 or 3 functions, got 1",
    ),
    "choose, negative": (
        lambda: mg.choose([0, -1, 0], [V, V]),
        ValueError,
        "choose: an index is out of bounds; mode='wrap' counts on from the other end",
    ),
    "choose, mode": (
        lambda: mg.choose([0], [V], mode="other"),
        ValueError,
        "choose: mode must be 'raise', 'wrap' or 'clip', got 'other'",
    ),
    "quantile, a percentage": (
        lambda: mg.quantile(V, 30),
        ValueError,
        "quantile: a quantile is a share, between 0 and 1 (a percentile is between 0 and 100)",
    ),
    "quantile, method": (
        lambda: mg.quantile(V, 0.3, method="cubic"),
        ValueError,
        "quantile: method 'cubic' is none of",
    ),
    "quantile, weights": (
        lambda: mg.quantile(V, 0.3, weights=V),
        TypeError,
        "quantile: weights= is not supported on tensors; repeat elements by np.repeat",
    ),
    "quantile, a share to differentiate": (
        lambda: mg.quantile(V, V[0] / 10, method="lower"),
        TypeError,
        "quantile: q with method='lower' is not differentiated; detach() the tensor given for it",
    ),
    "average, weights of another shape": (
        lambda: mg.average(M, weights=V),
        TypeError,
        "average: weights of shape (3,) for an array of shape (2, 3) need an axis",
    ),
    "average, weights of another length": (
        lambda: mg.average(M, 0, V),
        ValueError,
        "average: weights of shape (3,) don't fit the axes (0,) of shape (2, 3)",
    ),
    "average, no weight": (
        lambda: mg.average(V, weights=V - V),
        ZeroDivisionError,
        "average: the weights sum to zero",
    ),
    "max where, of nothing": (
        lambda: np.max(V, where=[True, False, True]),
        ValueError,
        "max: there is no max of nothing, so where= needs initial= beside it",
    ),
    "nanargmax of NaN": (lambda: mg.nanargmax(V * np.nan), ValueError, "nanargmax: there is nothing but NaN"),
    "cumulative_sum, no axis": (
        lambda: mg.cumulative_sum(M),
        ValueError,
        "cumulative_sum: of an array of shape (2, 3), axis= says along which axis",
    ),
    "convolve, matrices": (
        lambda: mg.convolve(M, V),
        ValueError,
        "convolve: two vectors that aren't empty are needed, got a shape (2, 3)",
    ),
    "convolve, mode": (
        lambda: mg.convolve(V, V, "other"),
        ValueError,
        "convolve: mode must be 'full', 'same' or 'valid', got 'other'",
    ),
    "conv2d, one image": (
        lambda: mg.conv2d(np.ones((3, 8, 8)), np.ones((2, 3, 3, 3))),
        ValueError,
        "conv2d: x must have axes (batch, channels, height, width), got shape (3, 8, 8); of one image give x[None]",
    ),
    "conv1d, images": (
        lambda: mg.conv1d(IMAGES, np.ones((2, 3, 3))),
        ValueError,
        "conv1d: x must have axes (batch, channels, length), got shape (2, 3, 5, 4)",
    ),
    "conv2d, one kernel": (
        lambda: mg.conv2d(IMAGES, np.ones((3, 3))),
        ValueError,
        "conv2d: weights must have axes (channels out, channels in / groups, height, width), got shape (3, 3)",
    ),
    "conv2d, channels": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 1, 3, 3))),
        ValueError,
        "conv2d: x has 3 channels, the weights are for 1 (x has shape (2, 3, 5, 4), the weights (2, 1, 3, 3))",
    ),
    "conv2d, channels of groups": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 2, 3, 3)), groups=2),
        ValueError,
        "conv2d: x has 3 channels, the weights are for 2 for each of 2 groups "
        "(x has shape (2, 3, 5, 4), the weights (2, 2, 3, 3))",
    ),
    "conv2d, groups": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 1, 3, 3)), groups=3),
        ValueError,
        "conv2d: 2 channels out can't be divided among 3 groups (x has shape (2, 3, 5, 4), the weights (2, 1, 3, 3))",
    ),
    "conv2d, a long kernel": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 5))),
        ValueError,
        "conv2d: a kernel of width 5 is longer than x, of width 4",
    ),
    "conv2d, a long kernel on padded images": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), padding=1, dilation=4),
        ValueError,
        "conv2d: a kernel of height 3 that spans 9 is longer than x, of height 5 padded to 7",
    ),
    "conv2d, bias": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), np.ones((2, 1, 1))),
        ValueError,
        "conv2d: the bias has shape (2, 1, 1); one number for each channel out is needed, (2,)",
    ),
    "conv2d, padding": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), padding="full"),
        ValueError,
        "conv2d: padding must be 'same', 'valid' or integers, got 'full'",
    ),
    "conv2d, no padding": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), padding=None),
        TypeError,
        "conv2d: padding must be an integer, or 2 of them, of at least 0, got None",
    ),
    "conv2d, no groups": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), groups=0),
        ValueError,
        "conv2d: groups must be an integer of at least 1, got 0",
    ),
    "conv2d, negative padding": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), padding=-1),
        ValueError,
        "conv2d: padding must be an integer, or 2 of them, of at least 0, got -1",
    ),
    "conv2d, pairs": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), padding=[(1, 1)]),
        ValueError,
        "conv2d: padding must be one pair for each of 2 axes, got [(1, 1)]",
    ),
    "conv2d, stride": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), stride=0),
        ValueError,
        "conv2d: stride must be an integer, or 2 of them, of at least 1, got 0",
    ),
    "conv2d, strides": (
        lambda: mg.conv2d(IMAGES, np.ones((2, 3, 3, 3)), stride=1.5),
        TypeError,
        "conv2d: stride must be an integer, or 2 of them, of at least 1, got 1.5",
    ),
    "conv2d, no height": (
        lambda: mg.conv2d(IMAGES[:, :, :0], np.ones((2, 3, 3, 3))),
        ValueError,
        "conv2d: the height is 0 (x has shape (2, 3, 0, 4), the weights (2, 3, 3, 3))",
    ),
    "max_pool, axes": (
        lambda: mg.max_pool(V, 2),
        ValueError,
        "max_pool: x must have axes (batch, channels, length) or (batch, channels, height, width), or a size be given "
        "for each of its last axes; got shape (3,) and size 2",
    ),
    "max_pool, a long window": (
        lambda: mg.max_pool(IMAGES, (2, 7), padding=1),
        ValueError,
        "max_pool: a window of width 7 is longer than x, of width 4 padded to 6",
    ),
    "avg_pool, padding": (
        lambda: mg.avg_pool(IMAGES, 2, padding=2),
        ValueError,
        "avg_pool: a padding of 2 is more than half of a window of 2",
    ),
    "batch_norm, no channels": (
        lambda: mg.batch_norm(V),
        ValueError,
        "batch_norm: x must have a batch and channels, (n, channels, …), got shape (3,)",
    ),
    "batch_norm, gamma": (
        lambda: mg.batch_norm(IMAGES, np.ones(4)),
        ValueError,
        "batch_norm: gamma must have shape (3,), got (4,)",
    ),
    "batch_norm, half of the statistics": (
        lambda: mg.batch_norm(IMAGES, mean=np.ones(3)),
        ValueError,
        "batch_norm: mean and variance are given together, or neither",
    ),
    "batch_norm, empty": (
        lambda: mg.batch_norm(IMAGES[:0]),
        ValueError,
        "batch_norm: an empty batch has no mean (x has shape (0, 3, 5, 4))",
    ),
    "layer_norm, beta": (
        lambda: mg.layer_norm(M, beta=np.ones(2)),
        ValueError,
        "layer_norm: beta must have shape (3,), got (2,)",
    ),
    "layer_norm, nothing": (
        lambda: mg.layer_norm(M[:, :0]),
        ValueError,
        "layer_norm: there is nothing to take a mean of along axis -1 (x has shape (2, 0))",
    ),
    "gradient, too short": (
        lambda: mg.gradient(M, axis=0, edge_order=2),
        ValueError,
        "gradient: an axis of length 2 is too short; edge_order=2 needs 3",
    ),
    "gradient, distances": (lambda: mg.gradient(M, 1.0, 2.0, 3.0), TypeError, "gradient: 3 distances for 2 axes"),
    "interp, lengths": (
        lambda: mg.interp(V, [0.0, 1.0], V),
        ValueError,
        "interp: the points are two vectors of one length, got shapes (2,) and (3,)",
    ),
    "cross": (
        lambda: mg.cross(V[:1], V),
        ValueError,
        "cross: vectors of 2 or 3 numbers are needed, got 1 and 3",
    ),
    "cross of linalg": (
        lambda: mg.linalg.cross(V[:2], V),
        ValueError,
        "cross: np.linalg.cross takes vectors of 3 numbers; np.cross takes those of 2, too",
    ),
    "vecdot": (
        lambda: mg.vecdot(V, V[:2]),
        ValueError,
        "vecdot: vectors of 3 and of 2 numbers have no product",
    ),
    "block": (
        lambda: mg.block([V, [V]]),
        ValueError,
        "block: lists are nested to different depths",
    ),
    "geomspace": (lambda: mg.geomspace(V - V, 1.0), ValueError, "geomspace: an end is 0, which no ratio leads to"),
    "where= of what takes none": (
        lambda: np.cumsum(V, where=[True, False, True]),
        TypeError,
        "cumsum() got an unexpected keyword argument 'where'",
    ),
    "mg.argmax with where=": (
        lambda: mg.argmax(V, where=[True, False, True]),  # type: ignore[call-overload]
        TypeError,
        "argmax() got an unexpected keyword argument 'where'",
    ),
    "mg.mean with initial=": (
        lambda: mg.mean(V, initial=1.0),  # NumPy's has none, either
        TypeError,
        "mean() got an unexpected keyword argument 'initial'",
    ),
    "mg.sum with a word that it doesn't know": (
        lambda: mg.sum(V, weights=V),  # type: ignore[call-overload]
        TypeError,
        "sum() got an unexpected keyword argument 'weights'",
    ),
    "log|det| of a singular matrix": (
        lambda: mg.grad(lambda a: mg.linalg.slogdet(a)[1])(np.zeros((2, 2))),
        np.linalg.LinAlgError,
        "slogdet: log|det| has no gradient at a singular matrix (shape (2, 2)); it needs regular ones",
    ),
    "vjp of nothing": (lambda: mg.vjp(mg.sin), TypeError, "vjp: at least one argument to differentiate is needed"),
    "an argument that is unknown": (
        lambda: mg.flip(V, axes=0),
        TypeError,
        "flip() got an unexpected keyword argument 'axes'",
    ),
    "a declaration without a forward": (
        lambda: mg.primitive(3, [None], name="nothing_here"),
        TypeError,
        "primitive: forward must be a function or the name of one, got 3",
    ),
    "a declaration of what isn't there": (
        lambda: mg.primitive("nothing_there", [None]),
        ValueError,
        "primitive: 'nothing_there' is no function of the Array API standard's namespaces",
    ),
    "compile, complex numbers": (
        lambda: mg.compile(mg.sin, backend="numpy")(np.array([1j])),
        TypeError,
        "compile: arguments must hold real numbers, got dtype complex128",
    ),
    "compile, what is no number": (
        lambda: mg.compile(mg.sin, backend="numpy")(np.array(["a"])),
        TypeError,
        "compile: an argument: an array of dtype <U1 holds text, no numbers; give x.astype(float)",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_says(case: str) -> None:
    call, error, words = REFUSALS[case]
    with pytest.raises(error, match="^" + re.escape(words)):
        call()


# What stands at the edge of what is refused.
TAKEN: dict[str, tuple[Any, Any]] = {
    "diff of no times": (lambda: mg.diff(V, 0), [1, 2, 3]),
    "sort of any kind": (lambda: mg.sort(V, kind="quicksort"), [1, 2, 3]),
    "tensordot over no axes": (lambda: mg.tensordot(V, V, 0)[0], [1, 2, 3]),
    "tensordot over all axes": (lambda: mg.tensordot(M, M, 2), 91),
    "split in one part": (lambda: mg.split(V, 1)[0], [1, 2, 3]),
    "array_split in more parts than there are": (lambda: mg.array_split(V, 4)[3], []),
    "pad by nothing": (lambda: mg.pad(V, 0), [1, 2, 3]),
    "pad with zeros in a mode": (lambda: mg.pad(V, 1, "edge", constant_values=0), [1, 1, 2, 3, 3]),
    "var by either name": (lambda: mg.var(V, ddof=0, correction=1), 1),
    "norm of integers": (lambda: mg.linalg.norm(mg.tensor([3, 4])), 5),
    "an index in a tuple in a tuple": (lambda: M[(mg.tensor(1), slice(None))], [4, 5, 6]),
    "sigmoid of integers": (lambda: mg.sigmoid(mg.tensor([0])), [0.5]),
    "einsum without spaces or an arrow": (lambda: mg.einsum("i j , j", M, V), [14, 32]),
    "einsum with dots": (lambda: mg.einsum("...j,j", M, V), [14, 32]),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_just_not_refused(case: str) -> None:
    call, expected = TAKEN[case]
    np.testing.assert_array_equal(call().numpy(), expected)
