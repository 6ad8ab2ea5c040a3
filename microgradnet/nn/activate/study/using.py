"""Small networks trained with an activation in them, over seeds, beside others: what is seen there, and no more.

Weights are normal with the standard deviation gain/√n, in the first layer 1/√n; biases are 0. All take the same steps,
Adam's, on all rows (Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015), at each of three rates; the
rate is kept with which the mean loss over the seeds ends lowest. Parameters of an activation keep their defaults.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from microgradnet import ops
from microgradnet.compiler import compile  # noqa: A004
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.study.curve import Array
from microgradnet.transforms import grad, value_and_grad

__all__ = ["RATES", "Trained", "problems", "trained"]

RATES = (0.003, 0.01, 0.03)


@dataclass(frozen=True)
class Trained:
    """What came of training with an activation on one problem.

    Attributes
    ----------
    problem : str
    score : str
        What is measured in the end, on what wasn't trained on.
    rate : float
        The learning rate, the best of three.
    losses : array, shape (steps, seeds)
        NaN from where one was no longer finite.
    scores : array, shape (seeds,)
    """

    problem: str
    score: str
    rate: float
    losses: Array
    scores: Array

    @property
    def mean(self) -> float:
        """The mean of the scores; NaN if a network diverged."""
        return float(self.scores.mean())

    @property
    def spread(self) -> float:
        """Their standard deviation over the seeds."""
        return float(self.scores.std(ddof=1)) if len(self.scores) > 1 else math.nan


@dataclass(frozen=True)
class Problem:
    """Something to learn.

    Attributes
    ----------
    name, score : str
        What it is, and what is measured in the end.
    sizes : tuple of int
        The numbers of units, from the inputs to the outputs.
    steps : int
    loss : callable
        ``loss(network, weights)``: an array of shape (seeds,), with ``network(x, weights)``.
    measure : callable
        ``measure(network, weights)``: the score of each network.
    bias : bool
    """

    name: str
    score: str
    sizes: tuple[int, ...]
    steps: int
    loss: Callable[[Any, Any], Any]
    measure: Callable[[Any, Any], Array]
    bias: bool = True


def trained(problem: Problem, f: Activation, gain: float, seeds: int) -> Trained:
    """Train as many networks as there are seeds, at each rate, and keep the best rate."""
    scale = gain if 0 < gain < math.inf else 1.0
    runs = [(rate, *_run(problem, f, scale, seeds, rate)) for rate in RATES]
    rate, losses, scores = min(runs, key=lambda run: float(np.nan_to_num(run[1][-1], nan=np.inf).mean()))
    return Trained(problem.name, problem.score, rate, losses, scores)


def _run(problem: Problem, f: Activation, gain: float, seeds: int, rate: float) -> tuple[Array, Array]:
    weights = _initial(problem, gain, seeds)
    network = _network(f, problem.bias)
    step = compile(value_and_grad(lambda w: ops.sum(problem.loss(network, w))), backend="numpy")
    each = compile(lambda w: problem.loss(network, w), backend="numpy")
    first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))
    losses = np.full((problem.steps, seeds), math.nan)
    with np.errstate(all="ignore"):
        for t in range(1, problem.steps + 1):
            _, gradients = step(weights)
            losses[t - 1] = each(weights)
            if not np.isfinite(losses[t - 1]).all():
                return losses, np.full(seeds, math.nan)
            for i, g in enumerate(gradients):
                first[i] = 0.9 * first[i] + 0.1 * g
                second[i] = 0.999 * second[i] + 0.001 * g * g
                size = np.sqrt(second[i] / (1 - 0.999**t)) + 1e-8
                weights[i] = weights[i] - rate * first[i] / (1 - 0.9**t) / size
        return losses, np.asarray(problem.measure(network, weights), float)


def _initial(problem: Problem, gain: float, seeds: int) -> list[Array]:
    """Draw weights (seeds, n, m), and biases (seeds, 1, m), of each layer; the same numbers for every activation."""
    weights: list[Array] = []
    for layer, (n, m) in enumerate(pairwise(problem.sizes)):
        drawn = [np.random.default_rng([seed, layer]).normal(size=(n, m)) for seed in range(seeds)]
        weights.append(np.stack(drawn) * (gain if layer else 1.0) / math.sqrt(n))
        if problem.bias:
            weights.append(np.zeros((seeds, 1, m)))
    return weights


def _network(f: Activation, bias: bool) -> Callable[[Any, Any], Any]:
    """Return what goes through all layers, with f between them: (rows, n) to (seeds, rows, m)."""

    def network(x: Any, weights: Any) -> Any:
        pairs = list(zip(weights[::2], weights[1::2], strict=True)) if bias else [(w, None) for w in weights]
        for i, (w, b) in enumerate(pairs):
            z = ops.matmul(f(x) if i else x, w)
            x = z if b is None else z + b
        return x

    return network


# --- the problems ----------------------------------------------------------------------------------------


def problems() -> Iterator[Problem]:
    """Yield what is trained on: the article's rows, digits or rings, a deep narrow network, an oscillation."""
    yield _article()
    yield _digits()
    yield _deep()
    yield _oscillation()


def _article() -> Problem:
    x = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = np.array([[0.0], [1], [1], [0]])

    def loss(network: Any, weights: Any) -> Any:
        return ops.sum(ops.square(y - ops.sigmoid(network(x, weights))), axis=(-2, -1))

    return Problem("the article's rows, 3-4-1", "loss", (3, 4, 1), 300, loss, loss, bias=False)


def _digits() -> Problem:
    """Classify handwritten digits, or without scikit-learn points on three rings."""
    try:
        from sklearn.datasets import load_digits

        digits = load_digits()
        order = np.random.default_rng(0).permutation(len(digits.data))[:800]
        x, labels = (digits.data[order] - 8) / 6, digits.target[order]
        name = "digits, 64-32-10"
    except ImportError:
        random = np.random.default_rng(0)
        labels, angle = random.integers(0, 3, 800), random.uniform(0, 2 * np.pi, 800)
        radius = 0.5 + labels + random.normal(0, 0.2, 800)
        x, name = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), "three rings, 2-32-3"
    classes = int(labels.max()) + 1
    known = np.eye(classes)[labels[:400]]

    def loss(network: Any, weights: Any) -> Any:
        return -ops.mean(ops.sum(known * ops.log_softmax(network(x[:400], weights), axis=-1), axis=-1), axis=-1)

    def wrong(network: Any, weights: Any) -> Array:
        found = np.asarray(network(x[400:], weights)).argmax(axis=-1)
        return 100 * np.asarray((found != labels[400:]).mean(axis=-1))

    return Problem(name, "% wrong of 400 others", (x.shape[1], 32, classes), 60, loss, wrong)


def _deep() -> Problem:
    x = np.linspace(-1.7, 1.7, 48)[:, None]
    others = x[:-1] + 0.5 * np.diff(x, axis=0)

    def wave(x: Array) -> Array:
        return np.asarray(np.sin(3 * x))

    def loss(network: Any, weights: Any) -> Any:
        return ops.mean(ops.square(network(x, weights) - wave(x)), axis=(-2, -1))

    def error(network: Any, weights: Any) -> Array:
        return np.asarray(np.sqrt(np.mean((np.asarray(network(others, weights)) - wave(others)) ** 2, axis=(-2, -1))))

    return Problem("a wave, 1-12×10 layers-1", "root mean square error", (1, *[12] * 10, 1), 250, loss, error)


def _oscillation() -> Problem:
    """Solve u″ = −u, u(0) = 0, u′(0) = 1 on 0 … 3: the loss has second derivatives by x in it.

    Lagaris, Likas and Fotiadis, Artificial neural networks for solving ordinary and partial differential equations,
    IEEE Transactions on Neural Networks 9, 1998.
    """
    x = np.linspace(0, 3, 24)[:, None]

    def solution(network: Any, weights: Any) -> Callable[[Any], Any]:
        return lambda t: t + ops.square(t) * network(t, weights)  # u(0) = 0 and u′(0) = 1 for any weights

    def loss(network: Any, weights: Any) -> Any:
        # Each network has rows of its own, and each row a derivative of its own.
        rows = x + 0 * weights[0][:, :1, :1]
        u = solution(network, weights)
        bend = grad(lambda t: ops.sum(grad(lambda s: ops.sum(u(s)))(t)))(rows)
        return ops.mean(ops.square(bend + u(rows)), axis=(-2, -1))

    def error(network: Any, weights: Any) -> Array:
        found = np.asarray(solution(network, weights)(x + 0 * weights[0][:, :1, :1]))
        return np.asarray(np.max(np.abs(found - np.sin(x)), axis=(-2, -1)))

    return Problem("u″ = −u, 1-16-1", "largest error of u", (1, 16, 1), 300, loss, error)
