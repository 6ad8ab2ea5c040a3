"""The reverse pass for a picture: how large the gradient is everywhere, and the pass itself as a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.backward import fit, reachable, reverse
from microgradnet.graph import Entry, Graph, located, number
from microgradnet.passes import passes, root_of
from microgradnet.record import Node

__all__ = ["Flow", "backward_graph", "both_graph", "flow", "size_of"]

Sizes = np.ndarray[Any, np.dtype[Any]]

# --- the size of the gradient -------------------------------------------------------------------------


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
    order, _, _ = reachable(root)
    with np.errstate(all="ignore"):  # a gradient that overflows is what the picture is there to show
        found = reverse(root, np.ones(root.shape, root.dtype)[()], order, targets=set(order))
        uses: dict[Node, int] = {}
        for node in order:
            for parent in node.inputs:
                uses[parent] = uses.get(parent, 0) + 1
        start = np.cumsum([0, *(len(entry.inputs) for entry in graph)])
        sizes = np.full(start[-1], np.nan)
        flows = np.zeros(start[-1], bool)
        for node in order:
            g = found.get(node)
            if g is None:
                continue
            primitive: Any = node.primitive
            saved: Any = node.saved
            at = start[position[node]]
            for k, (parent, vjp) in enumerate(zip(node.inputs, primitive.vjps)):  # noqa: B905 - as in `reverse`
                if not parent.requires_grad or vjp is None:
                    continue
                if uses[parent] == 1:
                    d = found[parent]
                else:  # what flows through this use alone
                    d = vjp(g, *saved, **node.static)
                    if getattr(d, "shape", None) != parent.shape or d.dtype != parent.dtype:
                        d = fit(d, parent, node)
                sizes[at + k] = size_of(d)
                flows[at + k] = True
    gradients = {position[node]: g for node, g in found.items()}
    return graph, Flow(graph[graph.outputs[0]].name or "output", gradients, sizes, flows & np.isnan(sizes))


def size_of(gradient: Any) -> float:
    """Compute the root mean square, without overflow on the way."""
    array = np.abs(np.asarray(gradient, float))
    largest = float(array.max(initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean((array / largest) ** 2)))


# --- the reverse pass as a graph ----------------------------------------------------------------------


def both_graph(output: Any, names: Mapping[str, Any] | None = None) -> Graph:
    """Record the reverse pass of an output, and return both passes as one graph.

    What was computed forward is in a scope ``forward``, around its own scopes, and the reverse pass is in one
    named ``backward``, around the scopes of the operations that it belongs to. ``requires_grad`` is true,
    of what is in the reverse pass, for what depends on the seed.
    """
    both = passes(output, names=names, caller="draw")
    graph = both.graph
    flows = np.zeros(len(graph), bool)
    entries = []
    for entry in graph:
        if entry.id < both.seed:
            entries.append(replace(entry, scope=("forward", *entry.scope), origin=None))
            continue
        is_seed = entry.id == both.seed
        flows[entry.id] = is_seed or flows[list(entry.inputs)].any()
        scope = graph[both.output].scope if is_seed else entry.scope
        entries.append(
            replace(
                entry,
                scope=("backward", *(scope[:-1] if scope[-1:] == ("backward",) else scope)),
                origin=both.output if is_seed else entry.origin,
                requires_grad=bool(flows[entry.id]),
            )
        )
    return Graph(entries, graph.outputs)


def backward_graph(output: Any, names: Mapping[str, Any] | None = None) -> Graph:
    """Record the reverse pass of an output, and return it; values of the forward pass are its inputs."""
    both = both_graph(output, names)
    kept = [e.id for e in both if e.scope[0] == "backward"]
    kept = sorted({*kept, *(i for k in kept for i in both[k].inputs)})
    new = {old: i for i, old in enumerate(kept)}
    entries = []
    for old in kept:
        entry = replace(both[old], id=new[old], scope=both[old].scope[1:], origin=None)
        if both[old].scope[0] == "backward":
            entry = replace(entry, inputs=tuple(new[i] for i in entry.inputs))
        else:
            quoted: Any = {"inputs": (), "requires_grad": False, "scope": ()}
            if entry.operation is not None:
                quoted |= {"kind": "input", "operation": None, "name": entry.name or _formula(both, both[old])}
            entry = replace(entry, **quoted)
        entries.append(entry)
    return Graph(entries, [new[i] for i in both.outputs if i in new and both[i].scope[0] == "backward"])


def _formula(graph: Graph, entry: Entry) -> str:
    """Write what an operation without a name computed from those that have one: ``y − output``, ``exp(…)``."""
    inputs = [graph[i] for i in entry.inputs]
    words = [e.name or (number(e.value) if e.is_number and e.value is not None else "…") for e in inputs]
    symbol = entry.operation.symbol if entry.operation is not None else ""
    if len(words) == 2 and not symbol.isalnum():
        return f"{words[0]} {symbol} {words[1]}"
    return f"{symbol}({', '.join(words[:4])}{', …' if len(words) > 4 else ''})"
