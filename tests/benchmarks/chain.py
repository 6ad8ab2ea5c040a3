"""Long chains of scalar operations: time and memory per node, whether both grow linearly, and PyTorch beside them."""

from __future__ import annotations

import gc
import importlib.util
import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

LENGTHS = [10**4, 10**5, 10**6]

LINKS: dict[str, Callable[[Any], Any]] = {
    "x * 0.999999": lambda x: x * 0.999999,
    "sin(x)": mg.sin,
}


def chain(length: int, link: Callable[[Any], Any], x: Any) -> Any:
    for _ in range(length):
        x = link(x)
    return x


def times(length: int, link: Callable[[Any], Any]) -> np.ndarray:
    """Microseconds per node: to compute without recording, to record, to differentiate, to free."""
    gc.collect()
    x = mg.tensor(1.0, requires_grad=True)
    stamps = [perf_counter()]
    chain(length, link, np.float64(1.0))
    stamps.append(perf_counter())
    y = chain(length, link, x)
    stamps.append(perf_counter())
    y.backward()
    stamps.append(perf_counter())
    del y
    stamps.append(perf_counter())
    assert np.isfinite(x.grad)
    return 1e6 / length * np.diff(stamps)


def bytes_per_node(length: int, link: Callable[[Any], Any]) -> float:
    """Measured apart from the times, which this lengthens."""
    x = mg.tensor(1.0, requires_grad=True)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        y = chain(length, link, x)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del y
    return (after - before) / length


def report(length: int, name: str) -> tuple[str, float]:
    repeats = [times(length, LINKS[name]) for _ in range(max(3, 10**5 // length))]
    plain, record, differentiate, free = np.median(repeats, axis=0)
    line = (
        f"chain of {length:>9,} times {name}, per node: record {record:.2f} µs (NumPy alone {plain:.2f}), "
        f"differentiate {differentiate:.2f} µs, free {free:.2f} µs, {bytes_per_node(length, LINKS[name]):.0f} bytes"
    )
    return line, record + differentiate + free


@pytest.mark.parametrize("name", LINKS)
def test_time_and_memory_of_long_chains_grow_linearly(name: str, show: Callable[[str], None]) -> None:
    totals = []
    for length in LENGTHS:
        line, total = report(length, name)
        show(line)
        totals.append(total)
    assert max(totals) < 3 * min(totals), f"{totals} µs per node for {LENGTHS} nodes"


def beside_torch(length: int, name: str, rounds: int = 15) -> str:
    """How long recording and differentiating take, PyTorch's time being 1: the medians of rounds in turns."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    links = (LINKS[name], torch.sin if name == "sin(x)" else LINKS[name])

    def seconds(x: Any, link: Callable[[Any], Any]) -> np.ndarray:
        gc.collect()
        stamps = [perf_counter()]
        y = chain(length, link, x)
        stamps.append(perf_counter())
        y.backward()
        stamps.append(perf_counter())
        return np.diff(stamps)

    ratios = []
    for _ in range(rounds):
        ours = seconds(mg.tensor(1.0, requires_grad=True), links[0])
        ratios.append(ours / seconds(torch.tensor(1.0, dtype=torch.float64, requires_grad=True), links[1]))
    record, differentiate = np.median(ratios, axis=0)
    return f"chain of {length:,} times {name}, PyTorch being 1: record {record:.2f}, differentiate {differentiate:.2f}"


if __name__ == "__main__":
    if importlib.util.find_spec("torch"):
        for name in LINKS:
            for length in LENGTHS[:2]:
                print(beside_torch(length, name))
    for name in LINKS:
        for length in LENGTHS:
            print(report(length, name)[0])
