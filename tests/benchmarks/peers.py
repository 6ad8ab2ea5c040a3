"""The same training step in other libraries, beside the one written by hand in NumPy.

    pip install -e ".[bench]"
    python -m tests.benchmarks.peers

One process, in turns, BLAS on a single thread. A library that isn't installed is said to be missing; one whose
loss after ten steps isn't that of the step written by hand is shown as failed.
"""

from __future__ import annotations

import os

# Before any library starts its threads. JAX reads these two.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks.compiled import CONTENDERS, RATE, ROUNDS, SHAPES, data
from tests.benchmarks.measure import side_by_side
from tests.benchmarks.network import Step, by_hand


def with_jax(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    jax = importlib.import_module("jax")
    jnp = jax.numpy
    inputs, targets = jnp.asarray(x), jnp.asarray(y)

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + jnp.exp(-z))

    def loss(weights: Any) -> Any:
        return jnp.sum((targets - sigmoid(sigmoid(inputs @ weights[0]) @ weights[1])) ** 2)

    @jax.jit
    def step(*weights: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(weights)
        return value, *(w - rate * g for w, g in zip(weights, gradients, strict=True))

    return lambda *weights: jax.block_until_ready(step(*weights))


def with_torch(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def step(*weights: Any) -> Any:
        leaves = [torch.as_tensor(w).detach().requires_grad_() for w in weights]
        value = ((targets - torch.sigmoid(torch.sigmoid(inputs @ leaves[0]) @ leaves[1])) ** 2).sum()
        gradients = torch.autograd.grad(value, leaves)
        return value.detach(), *(w.detach() - rate * g for w, g in zip(leaves, gradients, strict=True))

    return step


def with_autograd(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    autograd, anp = importlib.import_module("autograd"), importlib.import_module("autograd.numpy")

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + anp.exp(-z))

    def loss(weights: Any) -> Any:
        return anp.sum((y - sigmoid(anp.dot(sigmoid(anp.dot(x, weights[0])), weights[1]))) ** 2)

    value_and_grad = autograd.value_and_grad(loss)

    def step(*weights: Any) -> Any:
        value, gradients = value_and_grad(weights)
        return value, *(w - rate * g for w, g in zip(weights, gradients, strict=True))

    return step


def with_mygrad(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    mygrad = importlib.import_module("mygrad")

    def step(*weights: Any) -> Any:
        w1, w2 = (mygrad.tensor(w) for w in weights)
        sigmoid = importlib.import_module("mygrad.nnet.activations").sigmoid
        value = mygrad.sum((y - sigmoid(sigmoid(x @ w1) @ w2)) ** 2)
        value.backward()
        return value.data, w1.data - rate * w1.grad, w2.data - rate * w2.grad

    return step


PEERS: dict[str, Callable[..., Step]] = {
    **CONTENDERS,
    "jax.jit": with_jax,
    "torch": with_torch,
    "autograd": with_autograd,
    "mygrad": with_mygrad,
}


def report(name: str, shape: Any, dtype: Any) -> str:
    x, y, weights = data(shape, dtype)
    theirs = by_hand(x, y, dtype(RATE))
    try:
        ours = PEERS[name](x, y, RATE)
        losses = [ten_steps(step, weights) for step in (ours, theirs)]
    except ModuleNotFoundError as missing:
        return f"missing: {missing.name}"
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}"
    if not np.isclose(*losses, rtol=1e-9 if dtype is np.float64 else 1e-4):
        return f"failed: its loss is {losses[0]}, not {losses[1]}"
    return f"{side_by_side(lambda: ours(*weights), lambda: theirs(*weights), rounds=ROUNDS[shape[0]]).ratio:.2f}"


def ten_steps(step: Step, weights: Any) -> float:
    for _ in range(10):
        value, *weights = step(*weights)
    return float(value)


if __name__ == "__main__":
    with threadpool_limits(1):
        for dtype in (np.float64, np.float32):
            for shape in SHAPES:
                print(f"\n{' x '.join(map(str, shape))}, {np.dtype(dtype)}: time, that of NumPy by hand being 1")
                for name in PEERS:
                    print(f"  {name:18} {report(name, shape, dtype)}", flush=True)
