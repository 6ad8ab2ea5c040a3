"""The gradient of each row of a batch beside one gradient of the batch, a loop over rows, and PyTorch's `vmap`.

Writing the gradients takes most of the time where the weights are many: for each row as many numbers as there are
weights. Beside them stand the same gradients by hand, in NumPy's plainest spelling, and filling such arrays alone.

python -m tests.benchmarks.per_example
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

SHAPES = [(64, 64, 32, 10), (256, 64, 32, 10), (64, 784, 128, 10), (256, 784, 128, 10)]


def loss(params: Any, x: Any, y: Any) -> Any:
    output = mg.tanh(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]
    return mg.sum((output - y) ** 2)


def data(rows: int, d: int, h: int, o: int) -> tuple[Any, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    params = {
        "w1": 0.1 * random.normal(size=(d, h)), "b1": np.zeros(h),
        "w2": 0.1 * random.normal(size=(h, o)), "b2": np.zeros(o),
    }  # fmt: skip
    return params, random.random((rows, d)), np.eye(o)[random.integers(0, o, rows)]


def by_hand(params: Any, x: Any, y: Any) -> Any:
    h = np.tanh(x @ params["w1"] + params["b1"])
    d_output = 2 * (h @ params["w2"] + params["b2"] - y)
    d_h = (d_output @ params["w2"].T) * (1 - h * h)
    return {
        "w1": np.einsum("ni,nj->nij", x, d_h), "b1": d_h, "w2": np.einsum("ni,nj->nij", h, d_output), "b2": d_output,
    }  # fmt: skip


def torch_ratio(params: Any, x: Any, y: Any) -> str:
    """The same ratio of PyTorch's."""
    import torch
    from torch.func import grad, vmap

    torch.set_num_threads(1)

    def loss(params: Any, x: Any, y: Any) -> Any:
        output = torch.tanh(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]
        return ((output - y) ** 2).sum()

    args = {k: torch.tensor(v) for k, v in params.items()}, torch.tensor(x), torch.tensor(y)
    each: Any = vmap(grad(loss), (None, 0, 0))
    return f"{side_by_side(lambda: each(*args), lambda: grad(loss)(*args), rounds=11).ratio:.1f}"


def measure(shape: tuple[int, int, int, int]) -> str:
    params, x, y = data(*shape)
    each, one = mg.per_example(loss), mg.grad(loss)
    fast = mg.compile(each, backend="numpy")
    for k, found in each(params, x, y).items():
        np.testing.assert_allclose(found.sum(0), one(params, x, y)[k], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(fast(params, x, y)[k], found, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(by_hand(params, x, y)[k], found, rtol=1e-9, atol=1e-12)
    beside: dict[str, Callable[[], Any]] = {
        "per_example": lambda: each(params, x, y),
        "compiled": lambda: fast(params, x, y),
        "a loop": lambda: [one(params, x[i], y[i]) for i in range(len(x))],
        "by hand": lambda: by_hand(params, x, y),
        "filling": lambda: {k: np.full((len(x), *v.shape), 1.0) for k, v in params.items()},
    }
    ratios = [f"{name} {side_by_side(f, lambda: one(params, x, y), rounds=11).ratio:.1f}" for name, f in beside.items()]
    if importlib.util.find_spec("torch"):
        ratios.append(f"PyTorch, beside its own gradient, {torch_ratio(params, x, y)}")
    return f"{' x '.join(map(str, shape))}, beside one gradient: {', '.join(ratios)}"


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_gradient_of_each_row(shape: Any, show: Callable[[str], None]) -> None:
    with threadpool_limits(1):
        show(measure(shape))


if __name__ == "__main__":
    with threadpool_limits(1):
        for shape in SHAPES:
            print(measure(shape), flush=True)
