"""What an activation costs: time, beside ReLU and the sigmoid in the same run, and memory for the reverse pass."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.compiler import compile  # noqa: A004
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.registry import activations
from microgradnet.ops import sum as sum_
from microgradnet.record import CONSTANT, Recorded, node_of
from microgradnet.tensor import tensor
from microgradnet.transforms import value_and_grad

__all__ = ["ELEMENTS", "PEERS", "Cost", "costs"]

PEERS = ("relu", "sigmoid")

ELEMENTS = 96 * 128
"""So few that they stay in a processor's cache."""

_ROUNDS = 11


@dataclass(frozen=True)
class Cost:
    """Times in relation to those of ReLU and the sigmoid, measured turn by turn; each is the median of 11.

    Attributes
    ----------
    value, gradient : mapping of str to float
        How many times as long the value takes as that of "relu" and "sigmoid", and value and gradient together.
    compiled : mapping of str to float
        Value and gradient together, all of them compiled for NumPy.
    saved : float
        How many times as fast value and gradient are when they are compiled.
    kept : float
        The bytes that a call keeps for the reverse pass beside x itself, for each element of 8 bytes.
    """

    value: Mapping[str, float]
    gradient: Mapping[str, float]
    compiled: Mapping[str, float]
    saved: float
    kept: float


def costs(studied: Mapping[str, Activation]) -> dict[str, Cost]:
    """Measure activations by turns, on 12288 normal numbers."""
    x = np.random.default_rng(0).normal(size=ELEMENTS)
    everything = {**studied, **{f"{name} itself": activations[name] for name in PEERS}}
    ways: dict[str, list[Callable[[], Any]]] = {name: _ways(f, x) for name, f in everything.items()}
    taken: dict[str, list[list[float]]] = {name: [[], [], []] for name in ways}
    with np.errstate(all="ignore"):
        for _ in range(_ROUNDS):
            for name, runs in ways.items():
                for run, times in zip(runs, taken[name], strict=True):
                    times.append(min(_seconds(run) for _ in range(3)))  # of the first, others have emptied the cache
    medians = {name: [statistics.median(times) for times in each] for name, each in taken.items()}

    def beside(name: str, way: int) -> dict[str, float]:
        return {peer: medians[name][way] / medians[f"{peer} itself"][way] for peer in PEERS}

    return {
        name: Cost(
            value=beside(name, 0),
            gradient=beside(name, 1),
            compiled=beside(name, 2),
            saved=medians[name][1] / medians[name][2],
            kept=_kept(f, x),
        )
        for name, f in studied.items()
    }


def _seconds(run: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _ways(f: Activation, x: np.ndarray[Any, np.dtype[Any]]) -> list[Callable[[], Any]]:
    """Return what is timed, each run once: value; value and gradient; the same compiled."""
    plain = value_and_grad(lambda z: sum_(f(z)))
    quick = compile(plain, backend="numpy")
    runs: list[Callable[[], Any]] = [lambda: f(x), lambda: plain(x), lambda: quick(x)]
    with np.errstate(all="ignore"):
        for run in runs:
            run()
    return runs


def _kept(f: Activation, x: np.ndarray[Any, np.dtype[Any]]) -> float:
    """Add up the arrays that the steps of a call hold for their VJPs, for each element."""
    leaf = tensor(x, requires_grad=True)
    with np.errstate(all="ignore"):
        y = f(leaf)
    if not isinstance(y, Recorded):
        return 0.0
    found: dict[int, int] = {}
    nodes, seen = [node_of(y)], set()
    while nodes:
        node = nodes.pop()
        if node in seen or node.primitive is None:
            continue
        seen.add(node)
        nodes += node.inputs
        pairs = zip((None, *node.inputs), node.saved or (), strict=False)
        of_steps = [v for parent, v in pairs if parent is None or parent.primitive is not None or parent is CONSTANT]
        found |= {id(v): v.nbytes for v in of_steps if isinstance(v, np.ndarray) and v.size > 1}
    return sum(found.values()) / x.size
