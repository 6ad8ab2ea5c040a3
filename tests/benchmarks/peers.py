"""The same training step in each spelling of ours and in other libraries, beside the one written by hand in NumPy.

    pip install -e ".[bench]"
    python -m tests.benchmarks.peers

One process, in turns, BLAS on a single thread; the time of all threads counts. A library that isn't installed is
said to be missing; one whose loss after ten steps isn't that of the step written by hand is shown as failed. The plain
spelling comes first: x and y as arrays, as README and newcomers write it. Takes three minutes.
"""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

import microgradnet as mg
from tests.benchmarks.compiled import CONTENDERS, RATE, SHAPES, data
from tests.benchmarks.measure import side_by_side
from tests.benchmarks.network import Step, by_hand

ROUNDS = {4: 61, 1797: 61, 10_000: 7}


def plain(x: np.ndarray, y: np.ndarray, rate: float) -> Step:
    def loss(weights1: Any, weights2: Any, x: Any, y: Any) -> Any:
        return mg.sum((y - mg.sigmoid(mg.sigmoid(x @ weights1) @ weights2)) ** 2)

    value_and_grad = mg.value_and_grad(loss, argnums=(0, 1))

    def step(weights1: Any, weights2: Any) -> Any:
        value, (g1, g2) = value_and_grad(weights1, weights2, x, y)
        return value, weights1 - rate * g1, weights2 - rate * g2

    return step


def with_backward(x: Any, y: Any, rate: float) -> Step:
    """The style of PyTorch: the weights are tensors from the first call on, and are updated in place."""
    held: list[Any] = []

    def step(*weights: Any) -> Any:
        if not held:
            held.extend(mg.tensor(w, requires_grad=True) for w in weights)
        weights1, weights2 = held
        loss = mg.sum((y - mg.sigmoid(mg.sigmoid(x @ weights1) @ weights2)) ** 2)
        loss.backward()
        for w in held:
            w.data -= rate * w.grad
            w.grad = None
        return loss, weights1, weights2

    return step


OURS: dict[str, Callable[..., Step]] = {
    "`value_and_grad`, plain arrays": plain,
    "`backward()`, plain arrays": with_backward,
    "`value_and_grad`, x and y tensors": lambda x, y, rate: plain(mg.tensor(x), mg.tensor(y), rate),
    "`backward()`, x and y tensors": lambda x, y, rate: with_backward(mg.tensor(x), mg.tensor(y), rate),
    **{name: make for name, make in CONTENDERS.items() if name != "uncompiled"},
}


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
    **OURS,
    "jax.jit": with_jax,
    "torch": with_torch,
    "autograd": with_autograd,
    "mygrad": with_mygrad,
}


def report(name: str, shape: Any, dtype: Any) -> str:
    """The time of a step, that of NumPy by hand being 1, or what prevents it."""
    x, y, weights = data(shape, dtype)
    theirs = by_hand(x, y, dtype(RATE))
    try:
        with np.errstate(over="ignore"):  # in autograd's derivative of 1 / x
            ours = PEERS[name](x, y, RATE)
            losses = [ten_steps(step, weights) for step in (ours, theirs)]
    except ModuleNotFoundError as missing:
        return f"missing: pip install {missing.name}"
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}"
    if not np.isclose(*losses, rtol=1e-9 if dtype is np.float64 else 1e-4):
        return f"failed: its loss is {losses[0]}, not {losses[1]}"
    # With rate 0, for weights that are updated in place would drift where numbers are subnormal, and slow.
    ours, theirs = PEERS[name](x, y, 0.0), by_hand(x, y, dtype(0))
    with np.errstate(over="ignore"):
        return f"{side_by_side(lambda: ours(*weights), lambda: theirs(*weights), rounds=ROUNDS[shape[0]]).ratio:.2f}"


def ten_steps(step: Step, weights: Any) -> float:
    for _ in range(10):
        value, *weights = step(*weights)
    return float(value)


def ask_jax_for_one_thread() -> None:
    """Before JAX is loaded, which reads these variables. It takes two threads for some products all the same."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    os.environ.setdefault("JAX_ENABLE_X64", "1")


def versions() -> str:
    """What is compared, for whoever compares with these figures."""
    found = [f"Python {platform.python_version()}"]
    found += [f"{i['internal_api']} for {i['architecture']}" for i in threadpool_info() if i["user_api"] == "blas"][:1]
    for name in ("numpy", "numba", "jax", "torch", "autograd", "mygrad"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def main() -> None:
    ask_jax_for_one_thread()
    print(f"{versions()}\nProcessor time of a training step, that of NumPy by hand being 1:\n")
    cases = [(shape, dtype) for dtype in (np.float64, np.float32) for shape in SHAPES]
    titles = [f"{' × '.join(map(str, shape))}, {np.dtype(dtype)}" for shape, dtype in cases]
    print(f"| | {' | '.join(titles)} |\n| --- |{' --- |' * len(cases)}")
    notes = []
    for name in PEERS:
        figures = [report(name, *case) for case in cases]
        notes += [f"{name}, {title}: {f}" for title, f in zip(titles, figures, strict=True) if ":" in f]
        print(f"| {name} | {' | '.join(f.split(':')[0] for f in figures)} |", flush=True)
    print("", *notes, sep="\n")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
