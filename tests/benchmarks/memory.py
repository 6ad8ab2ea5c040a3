"""Peaks of memory, and time, of a deep network and of a recurrent one over a long text: checkpoints and scans.

python -m tests.benchmarks.memory
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import side_by_side

LAYERS, LETTERS = 100, 900


def peak(f: Callable[[], Any]) -> int:
    """Return how many bytes are allocated at most while something is called, above what was before."""
    f()  # what is made once
    gc.collect()
    tracemalloc.start()
    try:
        f()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def deep(pieces: int) -> Callable[[], Any]:
    """The gradient of a network of many layers, cut into pieces that are checkpoints; into none for 0."""
    random = np.random.default_rng(0)
    w, rows = random.normal(size=(128, 128)) / 12, random.normal(size=(512, 128))

    def piece(x: Any, w: Any, layers: int) -> Any:
        for _ in range(layers):
            x = mg.tanh(x @ w)
        return x

    def loss(w: Any) -> Any:
        x: Any = rows
        for _ in range(max(1, pieces)):
            x = (mg.checkpoint(piece) if pieces else piece)(x, w, LAYERS // max(1, pieces))
        return mg.sum(x * x)

    return lambda: mg.grad(loss)(w)


def recurrent(pieces: int, compiled: bool = False) -> Callable[[], Any]:
    """The gradient of a recurrent network over a long text, in pieces that are checkpoints; in none for 0."""
    random = np.random.default_rng(0)
    w, table = random.normal(size=(64, 64)) / 8, random.normal(size=(27, 64))
    text = random.integers(0, 27, size=(LETTERS, 32))

    def read(h: Any, text: Any, w: Any) -> Any:
        def step(h: Any, letters: Any) -> Any:
            h = mg.tanh(h @ w + mg.embedding(table, letters))
            return h, mg.mean(h * h)

        h, losses = mg.scan(step, h, xs=text)
        return h, mg.sum(losses)

    def loss(w: Any) -> Any:
        start = np.zeros((32, 64))
        if not pieces:
            return read(start, text, w)[1]
        cut = text.reshape(pieces, -1, 32)
        _, losses = mg.scan(lambda h, part: mg.checkpoint(read)(h, part, w), start, xs=cut)
        return mg.sum(losses)

    gradient = mg.grad(loss)
    if compiled:
        gradient = mg.compile(gradient, backend="numpy")
    return lambda: gradient(w)


WAYS = {
    f"{LAYERS} layers": {
        "all of it kept": deep(0), **{f"{n} pieces": deep(n) for n in (5, 10, 20)},
    },
    f"{LETTERS} letters": {
        "a scan": recurrent(0), **{f"a scan over {n} pieces": recurrent(n) for n in (10, 30, 90)},
        "a scan, compiled": recurrent(0, compiled=True),
    },
}  # fmt: skip


def measure(what: str) -> list[str]:
    ways = WAYS[what]
    first, *_ = ways.values()
    expected, most = first(), peak(first)
    lines = []
    for name, gradient in ways.items():
        np.testing.assert_allclose(gradient(), expected, rtol=1e-9, atol=1e-12)
        least = peak(gradient)
        ratio = 1.0 if gradient is first else side_by_side(gradient, first, rounds=5).ratio
        lines.append(
            f"| {what} | {name} | {least / 2**20:.1f} MiB | {least / most:.2f} | "
            f"{'1' if gradient is first else f'{ratio:.2f}'} |"
        )
    return lines


@pytest.mark.parametrize("what", WAYS)
def test_memory_and_time_of_a_gradient(what: str, show: Callable[[str], None]) -> None:
    with threadpool_limits(1):
        show("\n".join(measure(what)))


if __name__ == "__main__":
    print("| of | way | peak | beside the first | time beside the first |\n| --- | --- | --- | --- | --- |")
    with threadpool_limits(1):
        for what in WAYS:
            print(*measure(what), sep="\n", flush=True)
