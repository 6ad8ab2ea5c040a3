"""The reverse pass for a picture: how large the gradient is everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.backward import fit, reachable, reverse
from microgradnet.graph import Graph, located
from microgradnet.notation import titles_of
from microgradnet.passes import root_of
from microgradnet.record import Node

__all__ = ["Flow", "flow", "size_of"]

Sizes = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Flow:
    """The gradients of one output.

    Attributes
    ----------
    of : str
        The output's name.
    gradients : mapping of int to array
        ∂output/∂entry by the entry's position, where the output depends on it.
    sizes : array
        For each argument of each entry, in their order: the root mean square of the elements of the gradient
        that flows back through it; NaN where none does.
    nan : array
        For each of them, whether a gradient that is not a number flows.
    """

    of: str
    gradients: Mapping[int, Any]
    sizes: Sizes
    nan: Sizes


def flow(output: Any, names: Mapping[str, Any] | None = None) -> tuple[Graph, Flow]:
    """Run the reverse pass from an output of one element; the graph is kept.

    Raises
    ------
    ValueError
        If the output has more than one element, or doesn't require gradients.
    RuntimeError
        If an earlier pass has freed the graph.
    """
    graph, position = located(output, names=names)
    root = root_of(output, "draw")
    order, _ = reachable(root)
    with np.errstate(all="ignore"):  # a gradient that overflows is what the picture is there to show
        found, through = _reversed(root, order, 1.0)
        scaled, scaled_through = _reversed(root, order, _SCALE)
        start = np.cumsum([0, *(len(entry.inputs) for entry in graph)])
        sizes = np.full(start[-1], np.nan)
        flows = np.zeros(start[-1], bool)
        for (node, k), d in through.items():
            at = start[position[node]] + k
            sizes[at] = 0.0 if _is_noise(d, scaled_through[node, k]) else size_of(d)
            flows[at] = True
        gradients = {position[node]: np.zeros_like(g) if _is_noise(g, scaled[node]) else g for node, g in found.items()}
    of = titles_of(graph.nodes, graph.outputs[0])[graph.outputs[0]]
    return graph, Flow(of, gradients, sizes, flows & np.isnan(sizes))


_SCALE = 0.7
"""Another seed: the gradients are as many times as large, but for what is nothing but rounding."""


def _reversed(root: Node, order: list[Node], seed: float) -> tuple[dict[Node, Any], dict[tuple[Node, int], Any]]:
    """Run the reverse pass from a seed: the gradient of every node, and what flows through each of its arguments."""
    found = reverse(root, np.full(root.shape, seed, root.dtype)[()], targets=set(order))
    uses: dict[Node, int] = {}
    for node in order:
        for parent in node.inputs:
            uses[parent] = uses.get(parent, 0) + 1
    through = {}
    for node in order:
        g = found.get(node)
        if g is None:
            continue
        primitive: Any = node.primitive
        saved: Any = node.saved
        for k, (parent, vjp) in enumerate(zip(node.inputs, primitive.vjps)):  # noqa: B905 - as in `reverse`
            if not parent.requires_grad or vjp is None:
                continue
            if uses[parent] == 1:
                d = found[parent]
            else:  # what flows through this use alone
                d = vjp(g, *saved, **node.static)
                if getattr(d, "shape", None) != parent.shape or d.dtype != parent.dtype:
                    d = fit(d, parent, node)
            through[node, k] = d
    return found, through


def _is_noise(gradient: Any, scaled: Any) -> bool:
    """Whether a gradient is what rounding left of terms that cancel: it isn't linear in the seed."""
    size = size_of(gradient)
    if size == 0.0 or not np.isfinite(size):
        return False
    expected = np.asarray(gradient, float) * _SCALE
    return size_of(np.asarray(scaled, float) - expected) > 0.01 * _SCALE * size


def size_of(gradient: Any) -> float:
    """Compute the root mean square, without overflow on the way."""
    array = np.abs(np.asarray(gradient, float))
    largest = float(array.max(initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean((array / largest) ** 2)))
