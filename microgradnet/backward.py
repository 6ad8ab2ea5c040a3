"""The one reverse pass: from an output back through the record, newest node first.

It reads nodes and the VJPs of their primitives; it knows no operation by name. Given arrays it works at
NumPy's speed; given tensors the pass is itself recorded, and can be differentiated, drawn and printed
like any other computation.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Container, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any

import numpy as np

from microgradnet.calls import KNOWN
from microgradnet.leaving import unfollowed
from microgradnet.ops.elementwise import add, astype, multiply
from microgradnet.ops.indexing import Cleared, Scattered, indexed, setitem
from microgradnet.ops.reductions import sum_to
from microgradnet.record import (
    CONSTANT,
    NEWEST,
    Array,
    Node,
    Recorded,
    Scope,
    attach,
    enter_scope,
    in_places,
    joined,
    leaf,
    namespace,
    node_of,
    value_of,
)

__all__ = ["broadcasts", "in_dtype", "leading_to", "own", "reachable", "reverse"]


_index = attrgetter("index")


def reachable(root: Node, oldest: int = 1) -> tuple[list[Node], set[Node]]:
    """Find what a root was computed from.

    Parameters
    ----------
    root : Node
        A node that requires gradients.
    oldest : int
        Nodes with a larger index, that is, older ones, are not followed.

    Returns
    -------
    order : list of Node
        The operations that gradients flow through, newest first, which is a topological order: every
        consumer of a node is newer than it.
    seen : set of Node
        The same, and the leaves.
    """
    if root.primitive is None:
        return [], {root}
    order = [root]
    seen = {root}
    last = root.index
    in_order = True  # as in a chain, which then needs no sorting
    for node in order:
        for parent in node.inputs:
            if parent.requires_grad and parent not in seen:
                index = parent.index
                if index > oldest:
                    continue
                seen.add(parent)
                if parent.primitive is not None:
                    order.append(parent)
                    in_order = in_order and index > last
                    last = index
    if not in_order:
        order.sort(key=_index)
    return order, seen


def leading_to(targets: Collection[Node], order: Sequence[Node]) -> set[Node]:
    """Of some operations, newest first, find those on a path back to a target; the targets are included."""
    useful = set(targets)
    for node in reversed(order):
        if not useful.isdisjoint(node.inputs):
            useful.add(node)
    return useful


def reverse(
    root: Node,
    seed: Array,
    along: Container[Node] | None = None,
    targets: Collection[Node] = (),
    free: bool = False,
    oldest: float = math.inf,
    since: float = NEWEST,
) -> dict[Node, Array]:
    """Propagate a seed from a root back to the leaves. A hot path.

    Parameters
    ----------
    root : Node
        Where to start.
    seed : array or Recorded
        The cotangent of the root, of its shape and dtype. A `Tensor` makes the pass record itself.
    along : container of Node, optional
        Follow these nodes only.
    targets : collection of Node
        Operations whose cotangents are wanted too.
    free : bool
        Whether to drop what a node has saved as soon as it was used.
    oldest : float
        Targets with a larger index, that is, older ones, are not followed.
    since : float
        Record the pass, whatever the seed is, but not what depends on nothing but leaves that are newer than this
        index: it is an array.

    Returns
    -------
    dict
        Cotangents of the leaves and the targets, each of the shape and dtype of its node.

    Raises
    ------
    RuntimeError
        If an earlier pass has freed the graph.
    TypeError, ValueError
        If a VJP returns what is no array, or an array of the wrong shape.
    """
    record = isinstance(seed, Recorded) or since != NEWEST
    looked_at = record or len(targets) > 0
    cotangents: dict[Node, Array] = {root: seed}
    found: dict[Node, Array] = {}
    follow = root.primitive is not None and (along is None or root in along)
    waiting = [(root.index, root)] if follow else []  # a heap: the newest is next
    while waiting:
        node: Any = heappop(waiting)[1]
        saved = node.saved
        if saved is None:
            raise RuntimeError(
                f"the graph was freed: an earlier backward() has gone through this {node.primitive.name}; call the "
                "earlier one with retain_graph=True, or compute the output again"
            )
        if looked_at:
            if node in targets:
                found[node] = cotangents[node]
                if node.index > oldest:
                    continue
            if record:
                saved = _to_record(node, saved, cotangents, since)
        node.primitive.pull(node, saved, cotangents, waiting, along)
        if free:
            node.saved = None
    cotangents.update(found)
    return cotangents


def _to_record(node: Any, saved: Any, cotangents: dict[Node, Any], since: float) -> Any:
    """Return what the VJPs of a node are given in a pass that is recorded, as far as this depends on what it should."""
    g = cotangents[node]
    depends = node.oldest > since and (node.primitive.reads or since == NEWEST)
    if depends or (isinstance(g, Recorded) and node_of(g).requires_grad):
        enter_scope(Scope("backward", node.scope, node))
        saved = in_places(node, saved, since)
        if not isinstance(g, Recorded):
            cotangents[node] = attach(g, CONSTANT)
    elif isinstance(g, Recorded):
        cotangents[node] = value_of(g)
    return saved


def _through(
    node: Node, root: Node, cotangents: dict[Node, Any], waiting: list[Any], along: Container[Node] | None
) -> None:
    """Take a recorded pass through a node by a record that was made of it anew, from its root back to the inputs."""
    targets = {to for to in node.inputs if to.requires_grad and (along is None or to in along)}
    along = leading_to(targets, reachable(root, node.index)[0]) | {root}
    found = reverse(root, cotangents.pop(node), along, targets, False, node.index)
    for to in targets & found.keys():
        d = found[to]
        if to in cotangents:
            d = cotangents[to] + d
        elif to.primitive is not None:
            heappush(waiting, (to.index, to))
        cotangents[to] = d


KNOWN["__through"] = _through


def fit(d: Any, parent: Node, node: Node, cotangents: dict[Node, Array] | None = None) -> Any:
    """Bring what a VJP returned to the shape and dtype of the input it belongs to.

    A gradient of the output's shape is summed over the axes along which the input was broadcast. What differs from a
    cotangent at an index only may take over the memory of one of the `cotangents` that there are.

    Raises
    ------
    TypeError
        If the VJP returned no array of real numbers.
    ValueError
        If its shape is neither the input's nor the output's.
    """
    if isinstance(d, Scattered | Cleared):
        if isinstance(d, Scattered) and cotangents is not None and parent in cotangents:
            return d  # it adds itself to what is there
        d = d.array()
    operation = getattr(node.primitive, "name", None)
    if not isinstance(d, Recorded) and namespace([d]) is np:
        if d is None or np.asarray(d).dtype.kind not in "fiub":
            if (whole := joined(d)) is not d:  # an array of NumPy's that holds tensors
                return fit(whole, parent, node)
            raise TypeError(
                f"the VJP of {operation!r} returned {'None' if d is None else repr(type(d).__name__)}; "
                f"it must return the gradient of an input of shape {parent.shape}, real numbers"
                + (". If the derivative is zero everywhere, declare None instead of a VJP" if d is None else "")
            )
        if not hasattr(d, "shape"):
            d = np.asarray(d)
    if d.shape != parent.shape:
        if d.shape != node.shape or not broadcasts(parent.shape, node.shape):
            raise ValueError(
                f"the VJP of {operation!r} returned shape {d.shape} for an input of shape {parent.shape}; "
                f"it must return the input's shape, or the output's, {node.shape}, where the input was broadcast"
            )
        d = sum_to(d, parent.shape)
    if d.dtype != parent.dtype:
        d = astype(d, parent.dtype)
    return d


KNOWN["__fit"] = fit


def broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether arrays of one shape are broadcast to another."""
    return len(shape) <= len(to) and all(a in (1, b) for a, b in zip(reversed(shape), reversed(to), strict=False))


def _measure() -> None:
    """Let the pass count how often it refers to a cotangent that nobody else has."""
    # Recorded by the general path, for which no code has to be written as the package is imported.
    plus, times, part, put = (f.primitive.apply for f in (add, multiply, indexed, setitem))
    x = attach(np.zeros(2), leaf(np.zeros(2), requires_grad=True, name=None))
    written = put(0.0, x, index=0)
    root = node_of(plus(plus(part(x, index=0), part(x, index=1)), part(times(2.0, written), index=0)))
    reverse(root, np.float64(1.0))
    # Both have met what nobody else has: the sum of two parts, and the cotangent that a product has made.


def in_dtype(cotangent: Any, node: Node) -> Any:
    """Return a cotangent in the dtype of its node: the sum of several has the byte order of the machine."""
    return cotangent if cotangent.dtype == node.dtype else astype(cotangent, node.dtype)


_ndarray = np.ndarray


def own(cotangents: dict[Node, Array], node: Node, recorded: bool = False) -> Any:
    """Take a cotangent out, or None, as an array that shares its memory with nothing else.

    A VJP may return its cotangent, a view of it or a saved value; such an array has another owner, and is
    copied. One that was computed for this node alone is handed out as it is. A tensor stays one if the pass was
    `recorded`, or if a gradient is asked of it: a VJP may return a constant one.
    """
    g = cotangents.pop(node, None)
    if type(g) is _ndarray and g.dtype is node.dtype:
        # Two references: the local variable, and the argument of getrefcount.
        return g.copy() if g.base is not None or sys.getrefcount(g) > 2 else g
    if g is None:
        return None
    g = in_dtype(g, node)
    if isinstance(g, np.ndarray | np.generic):
        return np.array(g, node.dtype)
    if isinstance(g, Recorded):
        plain = g if recorded else unfollowed(g)
        return g if plain is g else own({node: plain}, node)
    return namespace([g]).asarray(g, copy=True)


_measure()
