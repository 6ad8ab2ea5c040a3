"""1,500 training steps of the article's network as one `mg.scan`, beside the loop by hand in NumPy.

python -m tests.benchmarks.scan
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import duration, side_by_side

TURNS = 1500

x, y = mg.article.dataset()


def by_hand(weights: Any) -> Any:
    w1, w2 = weights
    losses = []
    for _ in range(TURNS):
        layer1 = 1 / (1 + np.exp(-x @ w1))
        output = 1 / (1 + np.exp(-layer1 @ w2))
        error = y - output
        delta = 2 * error * output * (1 - output)
        d2 = layer1.T @ delta
        d1 = x.T @ ((delta @ w2.T) * layer1 * (1 - layer1))
        w1, w2 = w1 + d1, w2 + d2
        losses.append(np.sum(error * error))
    return (w1, w2), losses


def step(weights: Any) -> Any:
    value, (d1, d2) = mg.value_and_grad(mg.article.loss, argnums=(2, 3))(x, y, *weights)
    return (weights[0] - d1, weights[1] - d2), value


def measure(backend: Any) -> str:
    train = mg.compile(lambda weights: mg.scan(step, weights, TURNS), backend=backend)
    weights = mg.article.initial_weights(x, y, seed=0)
    (ours, losses), (theirs, expected) = train(weights), by_hand(weights)
    np.testing.assert_allclose(losses, expected, rtol=1e-9)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)
    ratio = side_by_side(lambda: train(weights), lambda: by_hand(weights), rounds=21)
    per_step = [duration(seconds / TURNS) for seconds in (ratio.ours, ratio.theirs)]
    return f"- backend {backend}: {per_step[0]} a step, by hand {per_step[1]}, ratio {ratio.ratio:.3f}"


BACKENDS = ["numpy", *(["numba"] if importlib.util.find_spec("numba") else [])]


@pytest.mark.parametrize("backend", BACKENDS)
def test_many_steps_in_one_call_beside_numpy(backend: str, show: Callable[[str], None]) -> None:
    with threadpool_limits(1):
        show(measure(backend))


if __name__ == "__main__":
    with threadpool_limits(1):
        for backend in BACKENDS:
            print(measure(backend), flush=True)
