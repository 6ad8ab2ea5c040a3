"""What a training step by hand consists of: its products of matrices alone, and all else alone, beside the whole.

python -m tests.benchmarks.floor
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

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
