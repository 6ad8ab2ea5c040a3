"""Both passes of a computation as one graph: what was computed, and after it the reverse pass as recorded.

Whoever draws, prints, typesets or examines a gradient reads this. The computation is traced, so that whatever
the reverse pass does is in the graph: also the transpose of an input that needs no gradient itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.backward import leading_to, reachable, reverse
from microgradnet.graph import Graph, located
from microgradnet.record import Node, Recorded, current_scope, traced, within

__all__ = ["Passes", "passes", "root_of"]


@dataclass(frozen=True)
class Passes:
    """An output of one element and its gradients, as one graph.

    Attributes
    ----------
    graph : Graph
        Its outputs are the output, and then the gradients. An entry of the reverse pass has the forward
        operation that it belongs to as its `origin`; its scope is that operation's, with ``backward`` added.
    seed : int
        The position of the seed, one: everything before it is the forward pass, everything after it the reverse
        pass.
    output : int
        The position of the output.
    gradients : mapping of int to int
        The position of ∂output/∂entry by that of the entry, for each that was asked for and that the output
        depends on.
    cotangents : mapping of int to int
        The same for every entry that the reverse pass goes through on the way.
    """

    graph: Graph
    seed: int
    output: int
    gradients: Mapping[int, int]
    cotangents: Mapping[int, int]


def passes(
    output: Any, wrt: Iterable[Any] | None = None, names: Mapping[str, Any] | None = None, *, caller: str
) -> Passes:
    """Trace what an output was computed from, and its reverse pass.

    Parameters
    ----------
    output : Tensor
        Of one element.
    wrt : iterable of Tensor, optional
        What to differentiate with respect to, leaves or results. The default is every leaf that requires
        gradients.
    names : mapping of str to Tensor, optional
        As in `Graph.of`.
    caller : str
        Whose name errors begin with.

    Returns
    -------
    Passes

    Raises
    ------
    ValueError
        If the output has more than one element or doesn't require gradients.
    RuntimeError
        If an earlier pass has freed the graph.
    """
    root_of(output, caller)
    forward, position = located(output, names=names)
    again = forward.trace()
    root: Node = again[forward.outputs[0]]._node
    if wrt is None:
        wanted = [again[i] for i in forward.inputs if forward[i].requires_grad]
    else:
        wanted = [again[position[x._node]] for x in wrt if x._node in position]
    nodes = {x._node for x in wanted}
    title = root.name or "output"
    order, _, _ = reachable(root)
    seed = traced(np.ones(root.shape, root.dtype)[()], name=f"∂{title}/∂{title}")
    with within(current_scope() or root.scope):
        along = leading_to(nodes, order) | {root}
        found: dict[Node, Any] = reverse(root, seed, order, along, along)
    gradients = {x._node: found[x._node] for x in wanted if isinstance(found.get(x._node), Recorded)}
    titles: dict[Node, list[str]] = {}
    for node, gradient in gradients.items():
        titles.setdefault(gradient._node, []).append(f"∂{title}/∂{node.name or 'leaf'}")
    for node, parts in titles.items():
        if node is not seed._node:
            node.name = ", ".join(parts)
    graph, place = located(again[forward.outputs[0]], seed, *gradients.values())
    given = {
        place[tensor._node]
        for tensor, entry in zip(again, forward, strict=True)
        if entry.kind == "constant" and isinstance(tensor, Recorded) and tensor._node in place
    }
    entries = [replace(entry, kind="constant") if entry.id in given else entry for entry in graph]
    return Passes(
        Graph(entries, [graph.outputs[0], *graph.outputs[2:]]),
        place[seed._node],
        place[root],
        {place[node]: place[gradient._node] for node, gradient in gradients.items()},
        {
            place[node]: place[g._node]
            for node, g in found.items()
            if isinstance(g, Recorded) and node in place and g._node in place
        },
    )


def root_of(output: Any, caller: str) -> Node:
    """Return the node of an output of one element that requires gradients, or raise ValueError."""
    root: Node = output._node
    if not root.requires_grad:
        raise ValueError(f"{caller}: the output does not require gradients: none flow")
    if any(n != 1 for n in root.shape):
        raise ValueError(
            f"{caller}: gradients are those of one number, and the output has shape {root.shape}; "
            "take its sum, or one element"
        )
    return root
