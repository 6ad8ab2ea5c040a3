"""How the steps of a derivation are called: by the user's scopes, and what was computed."""

from __future__ import annotations

import numpy as np

from microgradnet.graph import Graph
from microgradnet.notation import expression
from microgradnet.text import legible, number

__all__ = ["constant", "power", "step"]


def step(graph: Graph, node: int) -> str:
    """Name the step that an operation is: its scope, if the user gave one, and what it computes."""
    scope = legible(" / ".join(graph[node].scope), 60)
    text = expression(graph, node)
    return f"{scope}: {text}" if scope else text


def constant(c: float) -> str:
    """Write a constant factor: as a fraction of one where that is rounder."""
    if c and abs(c) < 1 and np.isclose(1 / c, round(1 / c), rtol=1e-6) and abs(round(1 / c)) not in (10, 100, 1000):
        return f"{'−' if c < 0 else ''}1/{abs(round(1 / c))}"
    return number(c)


def power(letter: str, p: int) -> str:
    """Write a whole power of a letter: y, y², 1/y."""
    raised = letter + {1: "", 2: "²", 3: "³"}[abs(p)]
    return raised if p > 0 else f"1/{raised}"
