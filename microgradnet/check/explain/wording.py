"""How the steps of a derivation are called: by the user's scopes, and what was computed."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from microgradnet.graph import Graph
from microgradnet.notation import expression
from microgradnet.text import legible, number

__all__ = ["constant", "counted", "step"]


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


def counted(graph: Graph, c: float, read: Collection[str] = ()) -> str:
    """Write a factor, and what it is if it is the length of an argument: ``7, the columns of x``.

    Of an argument that is `read` there rather than of another, and of data rather than of a parameter.
    """
    arguments = [e for e in graph if e.name is not None and e.operation is None and e.shape]
    arguments.sort(key=lambda e: (e.name not in read, e.requires_grad))
    for n, before in ((c, ""), (1 / c, "1/") if c else (0.0, "")):
        for entry in arguments if n > 1.5 else ():
            shape, name = entry.shape or (), legible(entry.name or "")
            axes = ["the rows", "the columns", *(f"axis {axis}" for axis in range(2, len(shape)))]
            lengths = dict(zip(axes, shape, strict=False)) if len(shape) > 1 else {"the length": shape[0]}
            for what, size in (*lengths.items(), ("the elements", math.prod(shape))):
                if abs(n - size) < 1e-6 * size:
                    return f"{before}{size}, {what} of {name}"
    return constant(c)
