"""Convolutions beside PyTorch's: forward, and forward with all gradients, on one thread each.

python -m tests.benchmarks.convolution
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded

import numpy as np
import pytest

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

Shape = tuple[int, ...]
LAYERS: dict[str, tuple[Shape, Shape, int, tuple[int, ...]]] = {
    "LeNet's first, 64x1x28x28 * 6x1x5x5": ((64, 1, 28, 28), (6, 1, 5, 5), 2, (1,)),
    "LeNet's second, 64x6x14x14 * 16x6x5x5": ((64, 6, 14, 14), (16, 6, 5, 5), 0, (0, 1)),
    "32x64x32x32 * 64x64x3x3": ((32, 64, 32, 32), (64, 64, 3, 3), 1, (0, 1)),
}
"""The shapes of images and kernels, the padding, and whose gradients are wanted: nobody's of the first images."""

Step = Callable[[], Any]


def steps(shape: Shape, kernel: Shape, padding: int, wanted: tuple[int, ...], dtype: Any) -> tuple[Step, ...]:
    """Return ours and PyTorch's, forward only and with gradients."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    arrays = [random.normal(size=s).astype(dtype) for s in (shape, kernel)]
    tensors = [torch.tensor(a, requires_grad=i in wanted) for i, a in enumerate(arrays)]
    plain = [t.detach() for t in tensors]
    g = random.normal(size=mg.conv2d(*arrays, padding=padding).shape).astype(dtype)
    cotangent = torch.tensor(g)
    leaves = [mg.tensor(a, requires_grad=i in wanted) for i, a in enumerate(arrays)]

    def ours() -> Any:
        return mg.gradients(mg.conv2d(*leaves, padding=padding), [leaves[i] for i in wanted], seed=g)

    def theirs() -> Any:
        y = torch.nn.functional.conv2d(*tensors, padding=padding)
        return torch.autograd.grad(y, [tensors[i] for i in wanted], cotangent)

    for a, b in zip(ours(), theirs(), strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=1e-3, atol=1e-3 * np.abs(a).max())
    return (
        lambda: mg.conv2d(*arrays, padding=padding), lambda: torch.nn.functional.conv2d(*plain, padding=padding),
        ours, theirs,
    )  # fmt: skip


def measure(dtype: Any, show: Callable[[str], None]) -> None:
    """Measure every layer, and both of LeNet's together."""
    lenet = []
    for name, layer in LAYERS.items():
        our_forward, their_forward, ours, theirs = steps(*layer, dtype)
        rounds = 15 if layer[0][1] == 64 else 51
        for what, a, b in [("forward", our_forward, their_forward), ("forward and gradients", ours, theirs)]:
            show(side_by_side(a, b, rounds=rounds).report(f"{name}, {np.dtype(dtype).name}, {what}", "PyTorch"))
        if name.startswith("LeNet"):
            lenet.append((ours, theirs))
    together = [lambda k=k: [pair[k]() for pair in lenet] for k in (0, 1)]
    result = side_by_side(*together, rounds=51)
    show(result.report(f"LeNet's two convolutions, {np.dtype(dtype).name}, forward and gradients", "PyTorch"))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_convolutions_beside_compiled_code(dtype: Any, show: Callable[[str], None]) -> None:
    measure(dtype, show)


if __name__ == "__main__":
    for dtype in (np.float32, np.float64):
        measure(dtype, lambda line: print(line, flush=True))
