"""The one forward pass of tangents: from arguments through the record, oldest node first.

There is no second table of derivatives. A VJP is linear in its cotangent, and what is declared of an operation's
`structure` says what its transpose is: the VJP of what is computed element by element is its own; what is linear is
its own derivative; all else is transposed by a reverse pass through its VJP. Given tensors, the pass is recorded.

A pass may carry several tangents at once, which lie along one more axis in front: the columns of a Jacobian.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from microgradnet.backward import fit, leading_to, reachable, reverse
from microgradnet.calls import KNOWN
from microgradnet.deferred import opened
from microgradnet.leaving import Running
from microgradnet.ops.elementwise import astype
from microgradnet.ops.shapes import broadcast_to, reshape, stack
from microgradnet.record import (
    CONSTANT,
    ROOT,
    Array,
    Node,
    Recorded,
    Scope,
    attach,
    current_scope,
    enter_scope,
    in_places,
    leaf,
    node_of,
    within,
)

__all__ = ["computed_from", "push", "wrong_shape"]

_index = attrgetter("index")


def computed_from(starts: Collection[Node], roots: Iterable[Node]) -> list[Node]:
    """Find the operations between some nodes and others, oldest first, which is a topological order."""
    oldest = max([node.index for node in starts])
    roots = [root for root in roots if root.requires_grad and root.index <= oldest]
    found = [reachable(root, oldest)[0] for root in roots]
    if opened(node for order in found for node in order if node.primitive.push is None):  # type: ignore[union-attr]
        found = [reachable(root, oldest)[0] for root in roots]
    if len(found) == 1 and all(start.primitive is None for start in starts):
        return found[0][::-1]
    return sorted({node for each in found for node in each}.difference(starts), key=_index, reverse=True)


def push(
    order: Sequence[Node],
    tangents: dict[Node, Any],
    record: bool,
    count: int | None = None,
    since: float = -math.inf,
) -> dict[Node, Any]:
    """Propagate tangents from where they are given through what was computed from there.

    Parameters
    ----------
    order : sequence of Node
        The operations to go through, oldest first.
    tangents : dict of Node to array or Tensor
        Those that are given, each of the shape and dtype of its node. The others are added to it; what has none has
        the tangent 0.
    record : bool
        Whether to record the pass; the tangents are Tensors then, if nothing is said of `since`.
    count : int, optional
        How many tangents each of them is: along one more axis in front.
    since : float
        Of a pass that is recorded: not what depends on nothing but leaves that are newer than this index; the tangents
        that are given are arrays, then.

    Returns
    -------
    dict
        The same `tangents`.

    Raises
    ------
    RuntimeError
        If a reverse pass has freed the graph.
    ValueError
        If a declared `structure` isn't that of the operation, as far as the shape shows.
    """
    batch = () if count is None else (count,)
    moving = tangents.keys()
    for node in order:
        saved: Any = node.saved
        shape = batch + node.shape
        primitive: Any = node.primitive
        if saved is None:
            raise RuntimeError(
                f"the graph was freed: an earlier backward() has gone through this {primitive.name}; call the "
                "earlier one with retain_graph=True, or compute the output again"
            )
        if record and node.oldest > since and _depends(node, tangents):
            enter_scope(Scope("tangent", node.scope, node))
            saved = in_places(node, saved, since)
        try:
            if primitive.push is not None:
                pushed = primitive.push(node, saved, tangents, shape)
            else:
                inputs = node.inputs
                if moving.isdisjoint(inputs):
                    continue
                rule: Callable[..., Any] = _RULES.get(primitive.structure, _multilinear)
                pushed = rule(node, saved, [tangents.get(x) for x in inputs], batch)
        except Exception as error:
            error.add_note(f"raised in pushing a tangent through the operation {primitive.name!r}")
            raise
        if pushed is not None:
            fits = pushed.shape == shape and pushed.dtype is node.dtype
            tangents[node] = pushed if fits else _fitting(pushed, node, batch)
    return tangents


def _depends(node: Any, tangents: dict[Node, Any]) -> bool:
    """Whether the tangent of a node has to be recorded; those of its inputs are all made Tensors, then."""
    plain: set[Node] = set()
    depends = False
    for x in node.inputs:
        t = tangents.get(x)
        if t is None:
            continue
        if isinstance(t, Recorded):
            depends = True
        else:
            plain.add(x)
            depends = depends or node.primitive.reads
    if depends:
        for x in plain:
            tangents[x] = attach(tangents[x], CONSTANT)
    return depends


def _linear(node: Node, saved: Sequence[Any], given: Sequence[Any], batch: tuple[int, ...]) -> Any:
    """Apply the operation to the tangents: it is its own derivative."""
    primitive: Any = node.primitive
    if len(given) == 1 and not batch:
        return primitive.call(*given, **node.static)
    values = saved[1:]
    shapes = [np.shape(v) if p is CONSTANT else p.shape for v, p in zip(values, node.inputs, strict=True)]
    moved = [vjp is not None for vjp, _ in zip(primitive.vjps, values, strict=False)]  # the others stay as they are
    tangents = [
        value if not moves else t if t is not None else np.zeros(batch + shape, node.dtype)
        for t, shape, moves, value in zip(given, shapes, moved, values, strict=True)
    ]
    if not batch:
        return primitive.call(*tangents, **node.static)
    if primitive.leading is not None:
        return primitive.leading(*tangents, **node.static)
    each = [[t[i] if m else t for t, m in zip(tangents, moved, strict=True)] for i in range(*batch)]
    return _stacked([primitive.call(*inputs, **node.static) for inputs in each], node, batch)


def _multilinear(node: Node, saved: Sequence[Any], given: Sequence[Any], batch: tuple[int, ...]) -> Any:
    """Apply the operation with each tangent in the place of its input, and add up: the product rule."""
    total = None
    primitive: Any = node.primitive
    for i, (tangent, vjp) in enumerate(zip(given, primitive.vjps, strict=False)):
        if tangent is None or vjp is None or not (primitive.linear_in is None or i in primitive.linear_in):
            continue
        before, after = saved[1 : i + 1], saved[i + 2 :]
        if not batch:
            part = primitive.call(*before, tangent, *after, **node.static)
        elif primitive.leading is not None:
            part = primitive.leading(i, *before, tangent, *after, **node.static)
        else:
            part = _stacked([primitive.call(*before, t, *after, **node.static) for t in tangent], node, batch)
        if batch:
            part = _fitting(part, node, batch)
        total = part if total is None else total + part
    if primitive.linear_in is None:
        return total
    rest = [None if i in primitive.linear_in else tangent for i, tangent in enumerate(given)]
    part = _RULES[None](node, saved, rest, batch) if any(tangent is not None for tangent in rest) else None
    return total if part is None else part if total is None else total + part


def _transposed(node: Node, saved: Sequence[Any], given: Sequence[Any], batch: tuple[int, ...]) -> Any:
    """Transpose each VJP, which is linear in its cotangent g, by a reverse pass through it, back to g.

    See J. Townsend, "A new trick for calculating Jacobian vector products", 2017.
    """
    zeros = np.zeros(node.shape, node.dtype)[()]
    with within(current_scope() or ROOT):
        cotangent: Any = attach(zeros, leaf(zeros, requires_grad=True, name=None))
        start = {node_of(cotangent)}
        values = [v if v is None or isinstance(v, Recorded) else attach(np.asarray(v)[()], CONSTANT) for v in saved]
        total = None
        primitive: Any = node.primitive
        for vjp, tangent, parent in zip(primitive.vjps, given, node.inputs, strict=False):
            if tangent is None or vjp is None:
                continue
            pulled = fit(vjp(cotangent, *values, **node.static), parent, node)
            root = node_of(pulled) if isinstance(pulled, Recorded) else CONSTANT
            if not root.requires_grad or root.index > node_of(cotangent).index:
                continue
            along = leading_to(start, reachable(root, node_of(cotangent).index)[0])

            def transpose(t: Any, root: Node = root, along: Any = along) -> Any:
                return reverse(root, t, along).get(node_of(cotangent))

            part = _for_each(transpose, tangent, parent, node, batch) if batch else transpose(tangent)
            if part is not None:
                total = part if total is None else total + part
    return total


def _for_each(transpose: Callable[[Any], Any], tangents: Any, parent: Node, node: Node, batch: tuple[int, ...]) -> Any:
    """Apply a linear map to several tangents: at once, by a forward pass through its record, unless it would recur."""
    zeros = np.zeros(parent.shape, parent.dtype)[()]
    start: Any = attach(zeros, leaf(zeros, requires_grad=True, name=None))
    end = transpose(start)
    if end is None:
        return None
    order = computed_from([node_of(start)], [node_of(end)])
    if all(inner.primitive.structure for inner in order):  # type: ignore[union-attr]
        return push(order, {node_of(start): tangents}, isinstance(tangents, Recorded), *batch).get(node_of(end))
    return _stacked([transpose(t) for t in tangents], node, batch)


_RULES: dict[str | None, Callable[..., Any]] = {
    "linear": _linear,
    # No VJP may make a number of its cotangent.
    None: lambda *known: Running("the forward pass").call(_transposed, known),
}


def _stacked(parts: Sequence[Any], node: Node, batch: tuple[int, ...]) -> Any:
    return stack(parts) if parts else np.zeros((*batch, *node.shape), node.dtype)


def _spread(tangent: Any, node: Node, shape: tuple[int, ...]) -> Any:
    """Broadcast the tangent of an input to the shape of the output, behind the axis of a batch if there is one."""
    if tangent.shape != shape:
        batch = len(shape) - len(node.shape)
        own = tangent.shape[batch:]
        if batch:
            tangent = reshape(tangent, (*shape[:batch], *(1,) * (len(node.shape) - len(own)), *own))
        tangent = broadcast_to(tangent, shape)
    return tangent if tangent.dtype == node.dtype else astype(tangent, node.dtype)


KNOWN["__spread"] = _spread


def _fitting(pushed: Array, node: Node, batch: tuple[int, ...]) -> Any:
    """Bring a tangent to the dtype of its node, and that of a batch, whose elements are in order, to its shape."""
    shape = (*batch, *node.shape)
    if pushed.shape != shape:
        if not batch or np.prod(pushed.shape) != np.prod(shape):
            raise wrong_shape(pushed, node.primitive, shape)
        pushed = reshape(pushed, shape)
    return pushed if pushed.dtype == node.dtype else astype(pushed, node.dtype)


def wrong_shape(pushed: Array, primitive: Any, shape: tuple[int, ...]) -> ValueError:
    """Say that a tangent doesn't have the shape of its output, so that what is declared can't be true."""
    return ValueError(
        f"the tangent of {primitive!r} has shape {pushed.shape}, but the output has shape {shape}; its structure isn't "
        f"{getattr(primitive, 'structure', None)!r}"
    )
