"""One full training step of the article's network beside the same step written by hand in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

Weights = tuple[np.ndarray, np.ndarray]
Step = Callable[[np.ndarray, np.ndarray], tuple[Any, np.ndarray, np.ndarray]]


def by_hand(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    def sigmoid(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    def step(weights1: np.ndarray, weights2: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        layer1 = sigmoid(np.dot(x, weights1))
        output = sigmoid(np.dot(layer1, weights2))
        error = y - output
        delta = 2 * error * (output * (1 - output))
        d_weights2 = np.dot(layer1.T, delta)
        d_weights1 = np.dot(x.T, np.dot(delta, weights2.T) * (layer1 * (1 - layer1)))
        return np.sum(error**2), weights1 + rate * d_weights1, weights2 + rate * d_weights2

    return step


def automatic(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    inputs, targets = mg.tensor(x), mg.tensor(y)

    def loss(weights1: Any, weights2: Any) -> Any:
        layer1 = mg.sigmoid(inputs @ weights1)
        output = mg.sigmoid(layer1 @ weights2)
        return mg.sum(mg.square(targets - output))

    return descent(mg.value_and_grad(loss, argnums=(0, 1)), rate)


def automatic_with_scopes(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    """The same with the loss as `mg.article` has it, whose layers are named for pictures."""
    inputs, targets = mg.tensor(x), mg.tensor(y)
    return descent(mg.value_and_grad(lambda *weights: mg.article.loss(inputs, targets, *weights), argnums=(0, 1)), rate)


def automatic_backward(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    """The same with tensors and `backward`."""
    inputs, targets = mg.tensor(x), mg.tensor(y)

    def value_and_grad(*weights: np.ndarray) -> Any:
        weights1, weights2 = (mg.tensor(w, requires_grad=True) for w in weights)
        layer1 = mg.sigmoid(inputs @ weights1)
        output = mg.sigmoid(layer1 @ weights2)
        loss = mg.sum(mg.square(targets - output))
        loss.backward()
        return loss.numpy(), (weights1.grad, weights2.grad)

    return descent(value_and_grad, rate)


def descent(value_and_grad: Callable[..., Any], rate: float) -> Step:
    def step(weights1: np.ndarray, weights2: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        value, (g1, g2) = value_and_grad(weights1, weights2)
        return value, weights1 - rate * g1, weights2 - rate * g2

    return step


def article() -> tuple[np.ndarray, np.ndarray, Weights, float]:
    x, y = mg.article.dataset()
    return x, y, mg.article.initial_weights(x, y, seed=0), 1.0


def digits() -> tuple[np.ndarray, np.ndarray, Weights, float]:
    """Numbers in the shapes of scikit-learn's digits with 64 hidden units."""
    random = np.random.default_rng(0)
    x = random.random((1797, 64))
    y = np.eye(10)[random.integers(0, 10, 1797)]
    return x, y, (random.normal(0, 0.1, (64, 64)), random.normal(0, 0.1, (64, 10))), 1e-3


CASES = [("4 x 3 x 4 x 1", article), ("1797 x 64 x 64 x 10", digits)]
WAYS = [
    ("value_and_grad", automatic),
    ("tensors and backward", automatic_backward),
    ("value_and_grad of mg.article.loss", automatic_with_scopes),
]


@pytest.mark.parametrize(("shapes", "case"), CASES, ids=[s for s, _ in CASES])
@pytest.mark.parametrize(("way", "make"), WAYS, ids=[w for w, _ in WAYS])
def test_training_step_beside_numpy(
    shapes: str, case: Any, way: str, make: Any, benchmark: Any, show: Callable[[str], None]
) -> None:
    x, y, weights, rate = case()
    with threadpool_limits(1):
        benchmark.group = f"training step, {shapes}"
        benchmark(make(x, y, rate), *weights)
    show(measure(shapes, case, way, make))


@pytest.mark.parametrize(("shapes", "case"), CASES, ids=[s for s, _ in CASES])
def test_training_step_by_hand(shapes: str, case: Any, benchmark: Any) -> None:
    x, y, weights, rate = case()
    with threadpool_limits(1):
        benchmark.group = f"training step, {shapes}"
        benchmark(by_hand(x, y, rate), *weights)


def measure(shapes: str, case: Any, way: str, make: Any) -> str:
    x, y, weights, rate = case()
    ours, theirs = make(x, y, rate), by_hand(x, y, rate)
    for a, b in zip(ours(*weights), theirs(*weights), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
    with threadpool_limits(1):
        ratio = side_by_side(lambda: ours(*weights), lambda: theirs(*weights), rounds=301)
    return ratio.report(f"training step, {shapes}, {way}", "NumPy by hand")


if __name__ == "__main__":
    for way in WAYS:
        for case in CASES:
            print(measure(*case, *way))
