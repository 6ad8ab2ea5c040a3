"""A whole training step as one compiled function: the same numbers, sooner.

The step is written as ever: a loss, its gradient, new weights. `mg.compile` traces it once and generates a straight
line of NumPy calls, which is printed at the end.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

import microgradnet as mg

x, y = mg.article.dataset()


def step(weights, rate):
    def loss(weights1, weights2):
        return mg.article.loss(x, y, weights1, weights2)

    value, gradients = mg.value_and_grad(loss, argnums=(0, 1))(*weights)
    return value, tuple(w - rate * g for w, g in zip(weights, gradients, strict=True))


def train(step):
    weights = mg.article.initial_weights(x, y, seed=0)
    start = perf_counter()
    for _ in range(1500):
        value, weights = step(weights, 1.0)
    return value, perf_counter() - start


fast = mg.compile(step, backend="numpy")
value, seconds = train(step)
fast_value, fast_seconds = train(fast)

print(f"as written: loss {value:.6f} in {seconds:.3f} s")
print(f"compiled:   loss {fast_value:.6f} in {fast_seconds:.3f} s, {seconds / fast_seconds:.1f} times as fast")
np.testing.assert_allclose(fast_value, value, rtol=1e-9)
print(*fast.signatures)
print(fast.source())
