"""Below what no change can go: the parts of a training step by hand, and the parts of a recorded one.

python -m tests.benchmarks.floor

Of the step by hand: its products of matrices alone, and all else alone. Of the step with `value_and_grad` on plain
arrays: what a record in pure Python can't do without. That is the same calls of NumPy, those of the forward pass and
of the VJPs; a copy of each array that somebody else could write to; NumPy's asking a right operand whether it knows
better; and a tensor and a node for each operation, filled in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.compiled import RATE, ROUNDS, SHAPES, data
from tests.benchmarks.measure import side_by_side
from tests.benchmarks.network import Weights, by_hand


def products(x: np.ndarray, y: np.ndarray, weights: Weights) -> Callable[[], object]:
    """The five products, written into memory that is there."""
    w1, w2 = weights
    layer1, delta = x @ w1, x @ w1 @ w2
    into = [np.empty_like(a) for a in (layer1, delta, w2, layer1, w1)]
    pairs = [(x, w1), (layer1, w2), (layer1.T, delta), (delta, w2.T), (x.T, layer1)]
    return lambda: [np.dot(a, b, out) for (a, b), out in zip(pairs, into, strict=True)]


def elementwise(x: np.ndarray, y: np.ndarray, weights: Weights) -> Callable[[], object]:
    """What the step does with the products."""
    w1, w2 = weights
    z1, z2 = x @ w1, x @ w1 @ w2
    back, one = z2 @ w2.T, np.ones((), x.dtype)

    def rest() -> object:
        layer1, output = (one / (one + np.exp(-z)) for z in (z1, z2))
        error = y - output
        delta = 2 * error * (output * (1 - output))
        inner = back * (layer1 * (1 - layer1))
        return np.sum(error**2), delta, inner, w1 + one * w1, w2 + one * w2

    return rest


class Asked:
    """A right operand that NumPy asks, as it asks a tensor."""

    def __array_ufunc__(self, ufunc: object, method: str, *inputs: object, **kwargs: object) -> None: ...


class Filled:
    """As many places as a node and its tensor have together."""

    __slots__ = tuple("abcdefghijklmnopqr")


def fill(value: object, *inputs: object) -> Filled:
    made, node = Filled(), Filled()
    made.a, made.b, made.c = value, node, True  # type: ignore[attr-defined]
    node.a = node.b = node.c = node.d = node.e = node.f = node.g = node.h = None  # type: ignore[attr-defined]
    node.i, node.j = inputs, (value, *inputs)  # type: ignore[attr-defined]
    return made


def recorded(x: np.ndarray, y: np.ndarray, weights: Weights) -> Callable[[], object]:
    """What is left of the recorded step if everything were free that a record could do without."""
    sigmoid, slope = mg.sigmoid.primitive.on_numpy, mg.sigmoid.primitive.vjps[0]
    asked, one = Asked(), np.float64(1)

    def step() -> object:
        w1, w2 = (w.copy() for w in weights)
        mine, target = x.copy(), y.copy()
        x @ asked, y - asked
        nodes = [fill(w1), fill(w2)]
        values = [mine.dot(w1)]
        values.append(sigmoid(values[-1]))
        values.append(values[-1].dot(w2))
        values.append(sigmoid(values[-1]))
        values.append(target - values[-1])
        values.append(values[-1] ** 2)
        value = np.add.reduce(values[-1], None)
        nodes += [fill(v, v) for v in (*values, value)]
        _, layer1, _, output, error, _ = values
        g = np.empty(error.shape)
        g.fill(one)
        delta = slope(-(g * (error + error)), output, None)
        inner = slope(delta.dot(w2.T), layer1, None)
        d1, d2 = mine.T.dot(inner), layer1.T.dot(delta)
        return np.array(value), w1 - RATE * d1, w2 - RATE * d2

    return step


if __name__ == "__main__":
    with threadpool_limits(1):
        for dtype in (np.float64, np.float32):
            for shape in SHAPES[1:]:
                x, y, weights = data(shape, dtype)
                step = by_hand(x, y, dtype(RATE))
                for part in (products, elementwise):
                    ratio = side_by_side(part(x, y, weights), lambda s=step, w=weights: s(*w), rounds=ROUNDS[shape[0]])
                    what = f"{' x '.join(map(str, shape))}, {np.dtype(dtype)}, {part.__name__}"
                    print(ratio.report(what, "whole step"), flush=True)
        x, y, weights = data(SHAPES[0], np.float64)
        step, least = by_hand(x, y, RATE), recorded(x, y, weights)
        for a, b in zip(least(), step(*weights), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
        ratio = side_by_side(least, lambda: step(*weights), rounds=301)
        print(ratio.report("4 x 3 x 4 x 1, float64, what a record can't do without", "by hand"))
