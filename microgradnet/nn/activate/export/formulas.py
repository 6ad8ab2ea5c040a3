"""What an activation computes, with its derivatives, as graphs of operations that other libraries have.

An operation that is made of others is written as these. Nothing here knows how a library spells them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.graph import Graph, located
from microgradnet.nn.activate.declaration import Activation, as_numbers, pieces
from microgradnet.record import Recorded, node_of, traced
from microgradnet.simplify import simplified
from microgradnet.transforms import gradients

__all__ = ["AlongAxis", "ElementByElement", "Formula", "expanded", "formula", "of_rows", "of_units"]

_DEEPEST = 16
"""How often operations are written as others, one within the other."""


@dataclass(frozen=True)
class Formula:
    """Some results as a graph; a result that depends on nothing is a number.

    Attributes
    ----------
    graph : Graph or None
        None if all are numbers.
    results : tuple of int or float
        The positions of results, and those that are numbers.
    needs_x : tuple of bool
        Which of them are computed from the first argument.
    """

    graph: Graph | None
    results: tuple[Any, ...]
    needs_x: tuple[bool, ...]


@dataclass(frozen=True)
class ElementByElement:
    """f, its first derivatives by x and by the learnable parameters, and the second ones, the upper triangle by rows.

    Attributes
    ----------
    arguments : tuple of str
    value, slopes, seconds : Formula
    masked : bool
        Whether the derivative of x is a mask, 0 or a number: nothing passes where it is 0, be the gradient infinite.
    """

    arguments: tuple[str, ...]
    value: Formula
    slopes: Formula
    seconds: Formula
    masked: bool


@dataclass(frozen=True)
class AlongAxis:
    """f, its vector-Jacobian product, of the cotangent g and x, and its Jacobian-vector product, of x and dx."""

    value: Formula
    vjp: Formula
    jvp: Formula


def of_units(
    declared: Activation, arguments: Sequence[str], static: Mapping[str, Any], spelled: Collection[str]
) -> ElementByElement:
    """Write an activation that works number by number.

    Parameters
    ----------
    declared : Activation
    arguments : sequence of str
        What x and the learnable parameters are called.
    static : mapping of str to object
        The other parameters.
    spelled : collection of str
        Operations that need not be written as others.
    """
    x = np.linspace(-1.9, 2.1, 8)
    numbers = [x, *(np.full(x.shape, float(declared.parameters[k])) for k in declared.learnable)]
    leaves = [traced(v, requires_grad=True, name=n) for v, n in zip(numbers, arguments, strict=True)]
    learned = dict(zip(declared.learnable, leaves[1:], strict=True))
    y = declared.function(leaves[0], **learned, **static)
    masked = False
    if declared.derivatives:
        by_hand = [d(leaves[0], y, **learned, **static) for d in declared.derivatives.values()]
        mask, slope = pieces(by_hand[0])
        masked = mask is not None and not isinstance(slope, Recorded)
        slopes = [_plain(as_numbers(d)) for d in by_hand]
    else:
        slopes = _derivatives(y, leaves)
    seconds = [d for i, slope in enumerate(slopes) for d in _derivatives(slope, leaves)[i:]]
    value, first, second = (formula(results, leaves, spelled) for results in ([y], slopes, seconds))
    return ElementByElement(tuple(arguments), value, first, second, masked)


def of_rows(
    declared: Activation, shape: tuple[int, ...], static: Mapping[str, Any], spelled: Collection[str]
) -> AlongAxis:
    """Write an activation that works along an axis, for x of a shape."""
    x = traced(np.sin(np.arange(float(np.prod(shape)))).reshape(shape) * 3, requires_grad=True, name="x")
    y = declared.function(x, **static)
    g = traced(np.ones(y.shape), requires_grad=True, name="g")
    if declared.derivatives:
        pulled = declared.derivatives[declared.argument](g, x, y, **static)
    else:
        (pulled,) = gradients(y, [x], seed=g, create_graph=True)
    dx = traced(np.ones(shape), requires_grad=True, name="dx")
    (pushed,) = gradients(pulled, [g], seed=dx, create_graph=True)
    return AlongAxis(
        formula([y], [x], spelled), formula([pulled], [x, g], spelled), formula([pushed], [x, g, dx], spelled)
    )


def _derivatives(y: Any, leaves: Sequence[Any]) -> list[Any]:
    """Differentiate each number by each of the leaves."""
    if not isinstance(y, Recorded) or not node_of(y).requires_grad:
        return [0.0] * len(leaves)
    result: Any = y
    found: list[Any] = gradients(result, list(leaves), seed=np.ones(y.shape), create_graph=True)
    return found


def _plain(value: Any) -> Any:
    """Return an array of one number many times as that number, for Python; anything else as it is."""
    if isinstance(value, Recorded):
        return value
    array = np.asarray(value)
    if array.size and (array == array.flat[0]).all():
        return array.flat[0].item()
    if not array.ndim:
        return array.item()
    return value


def formula(results: Sequence[Any], leaves: Sequence[Any], spelled: Collection[str]) -> Formula:
    """Write what was recorded with operations that have a template, and simplify it.

    Raises
    ------
    TypeError
        If an operation has no template, and can't be recorded as others.
    """
    results = expanded(results, leaves, spelled)
    recorded: list[Any] = [r for r in results if isinstance(r, Recorded)]
    if not recorded:
        return Formula(None, tuple(results), (False,) * len(results))
    graph = simplified(_with_numbers(Graph.of(*recorded)))
    ends = iter(graph.outputs)
    places = tuple(_number_at(graph, next(ends)) if isinstance(r, Recorded) else float(r) for r in results)
    reached = [False] * len(graph)
    for entry in graph:
        is_x = entry.operation is None and entry.name == leaves[0].name
        reached[entry.id] = is_x or any(reached[i] for i in entry.inputs)
    return Formula(graph, places, tuple(isinstance(p, int) and reached[p] for p in places))


def expanded(results: Sequence[Any], leaves: Sequence[Any], spelled: Collection[str]) -> list[Any]:
    """Record results anew with operations that have a template, as long as others are among them."""
    known = {node_of(leaf): leaf for leaf in leaves}
    found = list(results)
    for _ in range(_DEEPEST):
        found, changed = _once(found, known, spelled)
        if not changed:
            break
    return [_plain(r) for r in found]


def _number_at(graph: Graph, place: int) -> int | float:
    """Return the number that stands at a place, be it spread over an array; or the place."""
    entry = graph[place]
    while entry.operation is not None and entry.operation.name == "broadcast_to":
        entry = graph[entry.inputs[0]]
    return float(entry.value) if entry.is_number else place  # type: ignore[arg-type]


def _with_numbers(graph: Graph) -> Graph:
    """Write arrays of one number many times, such as the ones that a gradient begins with, as that number."""
    entries = []
    for entry in graph:
        number = _plain(entry.value) if entry.kind == "constant" and entry.shape else entry.value
        if isinstance(number, int | float) and not isinstance(number, bool):
            entry = replace(entry, value=np.float64(number), shape=(), dtype=np.dtype(np.float64))
        entries.append(entry)
    return Graph(entries, graph.outputs)


def _once(results: Sequence[Any], known: Mapping[Any, Any], spelled: Collection[str]) -> tuple[list[Any], bool]:
    """Record results anew, operations without a template as those that they are made of."""
    recorded = [r for r in results if isinstance(r, Recorded)]
    if not recorded:
        return list(results), False
    graph, position = located(*recorded)
    leaf_at = {position[node]: leaf for node, leaf in known.items() if node in position}
    again: list[Any] = []
    changed = False
    for entry in graph:
        operation = entry.operation
        if operation is None:
            again.append(leaf_at.get(entry.id, entry.value))
            continue
        given = [again[i] for i in entry.inputs]
        if operation.name in spelled or operation.template(len(given), entry.static) is not None:
            again.append(operation.apply(*given, **entry.static))
            continue
        changed = True
        try:
            again.append(operation.forward(np, *given, **entry.static))
        except Exception as error:
            raise TypeError(
                f"the operation {operation.name!r} has no template, and isn't made of operations that have one; "
                "declare it with source="
            ) from error
    ends = iter(graph.outputs)
    return [again[next(ends)] if isinstance(r, Recorded) else r for r in results], changed
