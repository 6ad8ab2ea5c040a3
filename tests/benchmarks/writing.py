"""Writing into a buffer, element by element: beside NumPy's own loop, a list that is stacked, and a smaller buffer.

Against a smaller buffer the time is that of one write: a ratio of one says that the cost grows with the number of
writes alone, and not with the size of what is written into.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import microgradnet as mg
from tests.benchmarks.measure import Ratio, side_by_side

KERNEL = np.random.default_rng(0).normal(size=(3, 3))


def image(n: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n + 2, n + 2))


def convolved(out: Any, x: Any, kernel: Any) -> Any:
    """Convolve naively: a window and an element at a time."""
    n = len(out)
    for i in range(n):
        for j in range(n):
            out[i, j] = np.sum(x[i : i + 3, j : j + 3] * kernel)
    return np.sum(out * out)


def accumulated(out: Any, x: Any, kernel: Any) -> Any:
    """Add to the elements of the buffer, one product at a time."""
    n = len(out)
    for i in range(n):
        for j in range(n):
            out[i, j] += x[i, j] * kernel[0, 0]
            out[i, j] += x[i, j + 1] * kernel[0, 1]
    return np.sum(out * out)


def stacked(x: Any, kernel: Any) -> Any:
    """Convolve into a list."""
    n = len(x) - 2
    values = [np.sum(x[i : i + 3, j : j + 3] * kernel) for i in range(n) for j in range(n)]
    return mg.sum(mg.stack(values) ** 2)


def gradient(loop: Callable[..., Any], n: int) -> Callable[[], Any]:
    x = image(n)
    pull = mg.grad(lambda x, kernel: loop(mg.zeros((n, n)), x, kernel), argnums=(0, 1))
    return lambda: pull(x, KERNEL)


def per_write(ratio: Ratio, large: int, small: int) -> str:
    return f"{ratio.ratio * small**2 / large**2:.2f} times that of a buffer of {small}×{small}"


def measure(large: int = 100, small: int = 25) -> list[str]:
    x = image(small)
    of_list = mg.grad(stacked, argnums=(0, 1))
    for a, b in zip(gradient(convolved, small)(), of_list(x, KERNEL), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
    with_list = side_by_side(gradient(convolved, small), lambda: of_list(x, KERNEL), rounds=7)
    by_numpy = side_by_side(
        gradient(convolved, small), lambda: convolved(np.zeros((small, small)), x, KERNEL), rounds=7
    )
    lines = [
        with_list.report(f"naive convolution, {small**2} writes, and its gradient", "a list that is stacked"),
        by_numpy.report(f"naive convolution, {small**2} writes, and its gradient", "NumPy's loop without one"),
    ]
    for loop in (convolved, accumulated):
        ratio = side_by_side(gradient(loop, large), gradient(loop, small), rounds=3, least=0.0)
        lines.append(f"{loop.__name__}, {large**2:,} elements, time per element: {per_write(ratio, large, small)}")
    return lines


def test_writing_is_linear_in_the_number_of_writes(show: Callable[[str], None]) -> None:
    for line in measure():
        show(line)


if __name__ == "__main__":
    print("\n".join(measure()))
