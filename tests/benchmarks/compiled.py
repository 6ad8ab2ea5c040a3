"""One training step: compiled, recorded anew each time, and written by hand in NumPy with `out=`, beside plain NumPy.

python -m tests.benchmarks.compiled
"""

from __future__ import annotations

import gc
import importlib.util
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import duration, side_by_side
from tests.benchmarks.network import Step, Weights, by_hand

SHAPES = [(4, 3, 4, 1), (1797, 64, 64, 10), (10_000, 784, 128, 10)]
ROUNDS = {4: 301, 1797: 101, 10_000: 11}
RATE = 1e-3


def data(shape: tuple[int, int, int, int], dtype: Any) -> tuple[np.ndarray, np.ndarray, Weights]:
    n, d, h, o = shape
    random = np.random.default_rng(0)
    x = random.random((n, d)).astype(dtype)
    y = np.eye(o)[random.integers(0, o, n)].astype(dtype)
    w1, w2 = (random.normal(0, 0.1, s).astype(dtype) for s in ((d, h), (h, o)))
    return x, y, (w1, w2)


def uncompiled(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    inputs, targets = mg.tensor(x), mg.tensor(y)

    def loss(weights1: Any, weights2: Any) -> Any:
        layer1 = mg.sigmoid(inputs @ weights1)
        return mg.sum(mg.square(targets - mg.sigmoid(layer1 @ weights2)))

    value_and_grad = mg.value_and_grad(loss, argnums=(0, 1))

    def step(weights1: Any, weights2: Any) -> Any:
        value, (g1, g2) = value_and_grad(weights1, weights2)
        return value, weights1 - rate * g1, weights2 - rate * g2

    return step


def compiled(backend: Any) -> Callable[..., Step]:
    return lambda x, y, rate: mg.compile(uncompiled(x, y, rate), backend=backend)


CONTENDERS: dict[str, Callable[..., Step]] = {"uncompiled": uncompiled, "compiled, numpy": compiled("numpy")}
if importlib.util.find_spec("numba"):
    importlib.import_module("scipy.linalg")  # its BLAS, which Numba calls, must be there before threads are limited
    CONTENDERS["compiled, numba"] = compiled("numba")


def measure(shape: tuple[int, int, int, int], dtype: Any, make: Callable[..., Step], name: str) -> str:
    """Time a step beside the one written by hand, both reaching the same."""
    x, y, weights = data(shape, dtype)
    theirs, ours = by_hand(x, y, dtype(RATE)), make(x, y, RATE)
    start = time.perf_counter()
    results = ours(*weights)
    first = time.perf_counter() - start
    for a, b in zip(results, theirs(*weights), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9 if dtype is np.float64 else 1e-4, atol=1e-6)
    del a, b, results
    ratio = side_by_side(lambda: ours(*weights), lambda: theirs(*weights), rounds=ROUNDS[shape[0]])
    memory = extra_memory(ours, weights) / extra_memory(theirs, weights)
    what = f"{' x '.join(map(str, shape))}, {np.dtype(dtype)}, {name}"
    return f"{ratio.report(what, 'by hand')}; memory {memory:.2f}; first call {duration(first)}"


def extra_memory(step: Step, weights: Weights) -> int:
    """The most that is allocated during a call, what the step keeps from one call to the next included."""
    gc.collect()
    tracemalloc.start()
    try:
        if isinstance(step, type(mg.compile(abs))):
            step = mg.compile(step.__wrapped__, backend=step.backend)  # type: ignore[arg-type]
            step(*weights)  # so that what it keeps counts; tracing, which happens once, doesn't
            gc.collect()
            tracemalloc.reset_peak()
        step(*weights)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", CONTENDERS)
def test_training_step_beside_numpy(name: str, shape: Any, dtype: Any, show: Callable[[str], None]) -> None:
    with threadpool_limits(1):
        show(measure(shape, dtype, CONTENDERS[name], name))


if __name__ == "__main__":
    with threadpool_limits(1):
        for dtype in (np.float64, np.float32):
            for shape in SHAPES:
                for name, make in CONTENDERS.items():
                    print(measure(shape, dtype, make, name), flush=True)
