"""Scalar code: the derivative of a gradient descent whose objective integrates an ODE, beside HIPS autograd.

Three levels of derivatives, and thousands of operations on 0-d values and vectors of two elements. The force of
the ODE is the gradient of a potential; the descent takes the gradient of how far the trajectory ends from a
target; and what is asked for is the derivative of the last distance with respect to the descent's rate.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

TARGET = np.array([0.5, -0.25])
START = np.array([1.0, 0.5])
STEPS = 20
DESCENTS = 5
DT = 0.1


def derivative_of_descent(xp: Any, grad: Callable[..., Any]) -> Callable[[float], Any]:
    """Make the function to be timed from a library's mathematics and its `grad`."""

    def potential(q: Any, stiffness: Any) -> Any:
        return 0.5 * stiffness * xp.sum(q * q) + 0.25 * xp.sum(xp.sin(q) ** 2)

    force = grad(potential)

    def distance(velocity: Any, stiffness: float) -> Any:
        q, p = START, velocity
        for _ in range(STEPS):
            p = p - DT * force(q, stiffness)
            q = q + DT * p
        return xp.sum((q - TARGET) ** 2)

    slope = grad(distance)

    def last_distance(rate: Any) -> Any:
        velocity = np.array([0.1, -0.1])
        for _ in range(DESCENTS):
            velocity = velocity - rate * slope(velocity, 1.5)
        return distance(velocity, 1.5)

    return grad(last_distance)


ours = derivative_of_descent(mg, mg.grad)


def measure() -> str:
    autograd = importlib.import_module("autograd")
    theirs = derivative_of_descent(importlib.import_module("autograd.numpy"), autograd.grad)
    np.testing.assert_allclose(ours(0.1), theirs(0.1), rtol=1e-10)
    ratio = side_by_side(lambda: ours(0.1), lambda: theirs(0.1), rounds=21)
    return ratio.report("derivative of a gradient descent through an ODE", "autograd")


def test_derivative_of_a_gradient_descent_beside_autograd(benchmark: Any, show: Callable[[str], None]) -> None:
    benchmark.pedantic(ours, args=(0.1,), rounds=10)
    show(measure())


if __name__ == "__main__":
    print(measure())
