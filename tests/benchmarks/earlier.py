"""Gradients of sums of operations, reductions and activations, beside an earlier version of the package.

Both versions are loaded in one process, so that they meet the same weather. The earlier one is taken from the
repository, so this needs a clone of it with its history:

python -m tests.benchmarks.earlier e89f3fb > tests/benchmarks/results/earlier.txt
"""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import microgradnet
from tests.benchmarks.measure import side_by_side
from tests.ops.cases import BINARY, UNARY

BEFORE = "e89f3fb"
"""The last version whose masks multiplied with 0 where today's choose."""
SHAPES = [(4, 4), (10_000, 128)]
ROUNDS = {4: 51, 10_000: 7}

Loss = Callable[..., Any]
"""``loss(mg, *arrays)``, with the package that computes it as the first argument."""


def earlier(commit: str) -> Any:
    """Load the package as a commit has it, beside the one that is loaded."""
    repository = Path(__file__).parents[2]
    archive = subprocess.run(
        ["git", "archive", commit, "microgradnet"], cwd=repository, capture_output=True, check=True
    ).stdout
    ours = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "microgradnet"}
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        sys.path.insert(0, folder)
        try:
            found = importlib.import_module("microgradnet")
            assert str(found.__file__).startswith(folder)
            _ = found.activations, found.article  # which are only imported when they are asked for
        finally:
            sys.path.remove(folder)
            for name in [name for name in sys.modules if name.split(".")[0] == "microgradnet"]:
                del sys.modules[name]
            sys.modules.update(ours)
    return found


# --- what is differentiated ------------------------------------------------------------------------------------


def of_operation(name: str) -> Loss:
    return lambda mg, *x: mg.sum(getattr(mg, name)(*x))


def of_activation(name: str) -> Loss:
    return lambda mg, x: mg.sum(mg.activations[name](x))


OTHERS: dict[str, Loss] = {
    "maximum with 0": lambda mg, x: mg.sum(mg.maximum(x, 0.0)),
    "minimum with 0": lambda mg, x: mg.sum(mg.minimum(x, 0.0)),
    "clip": lambda mg, x: mg.sum(mg.clip(x, -1.0, 1.0)),
    "where": lambda mg, x: mg.sum(mg.where(x > 0, x, 0.0)),
    "x ** 2": lambda mg, x: mg.sum(x**2),
    "x ** 3": lambda mg, x: mg.sum(x**3),
    "x * x": lambda mg, x: mg.sum(x * x),
    **{
        f"{name}, {words}": lambda mg, x, name=name, axis=axis: mg.sum(getattr(mg, name)(x, axis=axis))
        for name in ("sum", "mean", "var", "std", "max", "min", "logsumexp", "softmax", "log_softmax")
        for words, axis in (("all", None), ("rows", 1))
    },
    "weighted softmax": lambda mg, x: mg.sum(mg.softmax(x) * WEIGHTS[x.shape]),
    "weighted log_softmax": lambda mg, x: mg.sum(mg.log_softmax(x) * WEIGHTS[x.shape]),
}
WEIGHTS = {shape: microgradnet.tensor(np.random.default_rng(1).random(shape)).numpy() for shape in SHAPES}
for weights in WEIGHTS.values():
    weights.flags.writeable = False  # so that they aren't copied


def cases(shape: tuple[int, int]) -> Iterator[tuple[str, Loss, list[np.ndarray]]]:
    """What is measured: a name, a loss and its arguments."""
    random = np.random.default_rng(0)
    for name, draw in UNARY.items():
        if name != "abs":
            yield name, of_operation(name), [draw(*shape)(random)]
    for name, draws in BINARY.items():
        yield name, of_operation(name), [draw(*shape)(random) for draw in draws]
    x = 2 * random.normal(size=shape)
    for name, loss in OTHERS.items():
        yield name, loss, [x]
    for name in microgradnet.activations:
        yield f"activation {name}", of_activation(name), [x]


def by_gradients(mg: Any, loss: Loss, arrays: list[np.ndarray]) -> Callable[[], Any]:
    leaves = [mg.tensor(x, requires_grad=True) for x in arrays]
    return lambda: mg.gradients(loss(mg, *leaves), leaves)


def by_value_and_grad(mg: Any, loss: Loss, arrays: list[np.ndarray]) -> Callable[[], Any]:
    transformed = mg.value_and_grad(partial(loss, mg), argnums=tuple(range(len(arrays))))
    return lambda: transformed(*arrays)[1]


def by_value_and_grad_of_read_only(mg: Any, loss: Loss, arrays: list[np.ndarray]) -> Callable[[], Any]:
    """The same without the copies of arguments, which today's version owns."""
    arrays = [x.copy() for x in arrays]
    for x in arrays:
        x.flags.writeable = False
    return by_value_and_grad(mg, loss, arrays)


DOORS = {
    "gradients": by_gradients,
    "value_and_grad": by_value_and_grad,
    "of read-only arrays": by_value_and_grad_of_read_only,
}


def step(mg: Any, layers: bool) -> Callable[[], Any]:
    """A step of the article's network, its layers with names or without."""
    x, y = map(mg.tensor, microgradnet.article.dataset())

    def loss(weights1: Any, weights2: Any) -> Any:
        return mg.sum(mg.square(y - mg.sigmoid(mg.sigmoid(x @ weights1) @ weights2)))

    weights = microgradnet.article.initial_weights(x.numpy(), y.numpy(), seed=0)
    value_and_grad = mg.value_and_grad(partial(mg.article.loss, x, y) if layers else loss, argnums=(0, 1))
    return lambda: value_and_grad(*weights)[1]


# --- measured --------------------------------------------------------------------------------------------------


def ratio(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> float:
    for a, b in zip(ours(), theirs(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    return side_by_side(ours, theirs, rounds=rounds).ratio


def measure(before: Any, shape: tuple[int, int], show: Callable[[str], None], only: str = "") -> None:
    """Show, case by case, our time per time of the earlier version, through each door."""
    size = " x ".join(map(str, shape))
    for name, loss, arrays in cases(shape):
        if only not in name:
            continue
        found = []
        for door in DOORS.values():
            ours, theirs = (door(mg, loss, arrays) for mg in (microgradnet, before))
            found.append(ratio(ours, theirs, ROUNDS[shape[0]]))
        show(f"{size}, {name}: " + ", ".join(f"{door} {r:.2f}" for door, r in zip(DOORS, found, strict=True)))


def measure_steps(before: Any, show: Callable[[str], None]) -> None:
    for name, layers in (("without", False), ("with", True)):
        found = ratio(step(microgradnet, layers), step(before, layers), 301)
        show(f"a step of the article's network {name} scopes: value_and_grad {found:.2f}")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradients_beside_an_earlier_version(shape: Any, show: Callable[[str], None]) -> None:
    try:
        before = earlier(BEFORE)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone of the repository with its history")
    measure(before, shape, show)
    if shape == SHAPES[0]:
        measure_steps(before, show)


if __name__ == "__main__":
    commit, only = (*sys.argv[1:], *(BEFORE, "")[len(sys.argv) - 1 :])
    show = partial(print, flush=True)
    show(f"Processor time, that of {commit} being 1:")
    before = earlier(commit)
    measure_steps(before, show)
    for shape in SHAPES:
        measure(before, shape, show, only)
