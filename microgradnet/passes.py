"""Both passes of a computation as one graph: what was computed, and after it the reverse pass as recorded.

Whoever draws, prints, typesets or examines a gradient reads this. The computation is traced, so that whatever
the reverse pass does is in the graph: also the transpose of an input that needs no gradient itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.backward import leading_to, reachable, reverse
from microgradnet.forward import computed_from, push
from microgradnet.graph import Graph, located
from microgradnet.notation import TEXT, differential, expression, named_apart, titles_of
from microgradnet.record import Array, Node, Recorded, current_scope, node_of, traced, within

__all__ = ["Passes", "backward_graph", "both_graph", "in_scopes", "passes", "root_of", "rounding", "tangents"]


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
    forward = named_apart(forward)
    again = forward.trace()
    root: Node = node_of(again[forward.outputs[0]])
    if wrt is None:
        wanted = [again[i] for i in forward.inputs if forward[i].requires_grad]
    else:
        wanted = [again[position[node_of(x)]] for x in wrt if node_of(x) in position]
    nodes = {node_of(x) for x in wanted}
    titled = titles_of(forward.nodes, forward.outputs[0])
    title = titled.get(forward.outputs[0], "output")
    names_of = {node_of(again[i]): name for i, name in titled.items()}
    order, _ = reachable(root)
    seed = traced(np.ones(root.shape, root.dtype)[()], name=TEXT.partial.format(title, title))
    with within(current_scope() or root.scope):
        along = leading_to(nodes, order) | {root}
        found: dict[Node, Any] = reverse(root, seed, along, along)
    gradients = {node_of(x): found[node_of(x)] for x in wanted if isinstance(found.get(node_of(x)), Recorded)}
    titles: dict[Node, list[str]] = {}
    for node, gradient in gradients.items():
        titles.setdefault(node_of(gradient), []).append(TEXT.partial.format(title, names_of.get(node, "v")))
    for node, parts in titles.items():
        if node is not node_of(seed):
            node.name = ", ".join(parts)
    graph, place = located(again[forward.outputs[0]], seed, *gradients.values())
    given = {
        place[node_of(tensor)]
        for tensor, entry in zip(again, forward, strict=True)
        if entry.kind == "constant" and isinstance(tensor, Recorded) and node_of(tensor) in place
    }
    entries = [replace(entry, kind="constant") if entry.id in given else entry for entry in graph]
    return Passes(
        Graph(entries, [graph.outputs[0], *graph.outputs[2:]]),
        place[node_of(seed)],
        place[root],
        {place[node]: place[node_of(gradient)] for node, gradient in gradients.items()},
        {
            place[node]: place[node_of(g)]
            for node, g in found.items()
            if isinstance(g, Recorded) and node in place and node_of(g) in place
        },
    )


def tangents(
    output: Any, wrt: Iterable[Any] | None = None, names: Mapping[str, Any] | None = None, *, caller: str
) -> Passes:
    """Trace what an output was computed from, and beside it the forward pass of tangents.

    The parameters are those of `passes`; the output may have any shape. In what is returned the seeds are the tangents
    of `wrt`, one after the other, of ones; the one gradient is the tangent of the output; and the `cotangents` are the
    tangents of all entries that have one.
    """
    root = node_of(output)
    if not root.requires_grad:
        raise ValueError(f"{caller}: the output does not require gradients: it has no tangent")
    forward, position = located(output, names=names)
    forward = named_apart(forward)
    again = forward.trace()
    root = node_of(again[forward.outputs[0]])
    titles = titles_of(forward.nodes, forward.outputs[0])
    wanted = forward.inputs if wrt is None else dict.fromkeys(position[node_of(x)] for x in wrt)
    starts = [i for i in wanted if forward[i].requires_grad]
    d = differential(titles.values())
    seeds = [traced(np.ones(again[i].shape, again[i].dtype)[()], name=f"{d}{titles.get(i, '')}") for i in starts]
    given = {node_of(again[i]): seed for i, seed in zip(starts, seeds, strict=True)}
    with within(current_scope() or root.scope):
        found = push(computed_from(given, [root]), given, True)
    if root not in found:
        raise ValueError(f"{caller}: the output doesn't depend on any of wrt")
    place_of = {node_of(tensor): i for i, tensor in enumerate(again) if isinstance(tensor, Recorded)}
    for node, tangent in found.items():
        if node_of(tangent).name is None and (title := titles.get(place_of.get(node, -1))):
            node_of(tangent).name = f"{d}{title}"
    graph, place = located(again[forward.outputs[0]], *seeds, found[root])
    seed = min(place[node_of(seed)] for seed in seeds)
    moves = _depends(graph, {place[node_of(seed)] for seed in seeds})
    entries = [replace(e, requires_grad=bool(moves[e.id])) if e.id >= seed else e for e in graph]
    return Passes(
        Graph(entries, [graph.outputs[0], graph.outputs[-1]]),
        seed,
        place[root],
        {place[root]: place[node_of(found[root])]},
        {place[node]: place[node_of(t)] for node, t in found.items() if node in place and node_of(t) in place},
    )


def rounding(output: Any, seed: Array) -> list[Array]:
    """Tell what the rounding of each step of a computation does to its output, in units of machine epsilon.

    Parameters
    ----------
    output : Tensor
        One that requires gradients.
    seed : array
        What the elements of the output count, of its shape and dtype.

    Returns
    -------
    list of array
        For each step that the output was computed from, |cotangent · value|: where 1 + tanh x is nearly 0, the
        last digits of the 1 are all that is left of it.
    """
    graph, position = located(output)
    order, _ = reachable(node_of(output))
    found = reverse(node_of(output), seed, targets=set(order))
    values = graph.values()
    return [np.abs(g * v) for node, g in found.items() if (v := values[position[node]]) is not None]


def root_of(output: Any, caller: str) -> Node:
    """Return the node of an output of one element that requires gradients, or raise ValueError."""
    root: Node = node_of(output)
    if not root.requires_grad:
        raise ValueError(f"{caller}: the output does not require gradients: none flow")
    if any(n != 1 for n in root.shape):
        raise ValueError(
            f"{caller}: gradients are those of one number, and the output has shape {root.shape}; "
            "take its sum, or one element"
        )
    return root


# --- one graph to look at -----------------------------------------------------------------------------


def both_graph(output: Any, names: Mapping[str, Any] | None = None) -> Graph:
    """Record the reverse pass of an output, and return both passes as one graph; see `in_scopes`."""
    return in_scopes(passes(output, names=names, caller="draw"))


def in_scopes(both: Passes) -> Graph:
    """Return both passes as a graph, its entries at the same positions, each pass in a scope of its own.

    What was computed forward is in a scope ``forward``, around its own scopes, and the reverse pass is in one
    named ``backward``, around the scopes of the operations that it belongs to. ``requires_grad`` is true,
    of what is in the reverse pass, for what depends on the seed.
    """
    graph = both.graph
    flows = _depends(graph, {both.seed})
    entries = []
    for entry in graph:
        if entry.id < both.seed:
            entries.append(replace(entry, scope=("forward", *entry.scope), origin=None))
            continue
        is_seed = entry.id == both.seed
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


def _depends(graph: Graph, seeds: Collection[int]) -> Array:
    """Find what was computed from the seeds of a pass, themselves included."""
    flows = np.zeros(len(graph), bool)
    for entry in graph:
        flows[entry.id] = entry.id in seeds or flows[list(entry.inputs)].any()
    return flows


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
                quoted |= {"kind": "input", "operation": None, "name": entry.name or expression(both, old, 1)}
            entry = replace(entry, **quoted)
        entries.append(entry)
    return Graph(entries, [new[i] for i in both.outputs if i in new and both[i].scope[0] == "backward"])
