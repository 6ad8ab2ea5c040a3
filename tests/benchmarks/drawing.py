"""Seconds to build the DOT text of a drawing, the snapshot included, for graphs of 10³ to 10⁶ nodes."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

LENGTHS = [10**3, 10**4, 10**5, 10**6]
MOST_SECONDS = {10**5: 10.0, 10**6: 60.0}


def chain(length: int) -> mg.Tensor:
    y = mg.tensor(1.0, requires_grad=True)
    for _ in range(length):
        y = mg.sin(y)
    return y


def layers(length: int) -> mg.Tensor:
    """Layers in scopes of their own, five nodes each."""
    h = mg.tensor(np.ones(2), name="x")
    for i in range(length // 5):
        weights = mg.tensor(np.eye(2), requires_grad=True)
        with mg.scope(f"layer {i}"):
            h = mg.tanh(weights @ h + 0.1)
    return mg.sum(h)


def wild(length: int) -> mg.Tensor:
    """No scopes and no repetitions."""
    random = np.random.default_rng(0)
    choices = random.integers(0, 3, length).tolist()
    backs = random.integers(1, 50, length).tolist()
    tensors = [mg.tensor(0.1, requires_grad=True) for _ in range(50)]
    for choice, back in zip(choices, backs, strict=True):
        a, b = tensors[-1], tensors[-back]
        tensors.append(mg.sin(a) if choice == 0 else mg.tanh(a) if choice == 1 else a + b)
    return tensors[-1]


GRAPHS: dict[str, Callable[[int], mg.Tensor]] = {"chain": chain, "layers": layers, "wild": wild}


def report(name: str, length: int, **options: Any) -> tuple[str, float]:
    output = GRAPHS[name](length)
    gc.collect()
    start = perf_counter()
    source = mg.draw(output, **options).source
    seconds = perf_counter() - start
    memory = ""
    if length <= 10**5:  # measured apart from the time, which this lengthens
        tracemalloc.start()
        try:
            mg.draw(output, **options)
            memory = f", {tracemalloc.get_traced_memory()[1] / length:.0f} bytes per node"
        finally:
            tracemalloc.stop()
    how = "".join(f", {key}={value!r}" for key, value in options.items())
    return f"{name} of {length:>9,} nodes{how}: {seconds:.3f} s, {len(source):,} characters{memory}", seconds


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("length", LENGTHS)
def test_seconds_to_build_dot_text(name: str, length: int, show: Callable[[str], None]) -> None:
    line, seconds = report(name, length)
    show(line)
    assert seconds < MOST_SECONDS.get(length, 10.0), line


OPTIONS: list[dict[str, Any]] = [{"gradients": True}, {"direction": "backward"}, {"direction": "both"}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_seconds_for_the_reverse_pass(options: dict[str, Any], show: Callable[[str], None]) -> None:
    """It has several nodes for each one of the forward pass."""
    line, seconds = report("layers", 10**5, **options)
    show(line)
    assert seconds < 60.0, line


if __name__ == "__main__":
    for name in GRAPHS:
        for length in LENGTHS:
            print(report(name, length)[0], flush=True)
    for options in OPTIONS:
        print(report("layers", 10**5, **options)[0], flush=True)
