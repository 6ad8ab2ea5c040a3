"""One run of a function on traced arguments: its structure of arguments and results, and its Graph.

Arguments and results are trees: tuples, lists and dicts with arrays and numbers as leaves. This room takes
trees apart, puts them together again, and turns a function into a Graph of the leaves. It does the same with the
forward of a single operation. It computes nothing.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from microgradnet.graph import Graph, located
from microgradnet.leaving import Running
from microgradnet.record import Array, Primitive, Recorded, TracingError, node_of, traced
from microgradnet.simplify import key_of, simplification

__all__ = ["Leaf", "Static", "Trace", "flatten", "is_recorded", "statics", "trace", "trace_forward", "unflatten"]

_HERE = Path(__file__).parents[1]
_NUMPY = Path(np.__file__).parent


class Leaf:
    """Stands in a structure for an array or a number; `Leaf.index` counts them from the left."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaf) and other.index == self.index

    def __hash__(self) -> int:
        return hash(self.index)


class Static:
    """Stands in a structure for a value that belongs to the signature: 1, 1.0 and True differ, 0.0 and -0.0 too."""

    __slots__ = ("key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.key = key_of(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


Structure = Any
"""A tree of tuples, each headed by the type of the container, with `Leaf` and `Static` at its ends."""


def flatten(tree: Any, leaves: list[Any], is_leaf: Callable[[Any], bool], what: str) -> Structure:
    """Take a tree apart: append its leaves to a list, and return a structure. What is no leaf is static.

    Raises
    ------
    TypeError
        If a dict has keys other than strings.
    """
    kind = type(tree)
    if kind in (tuple, list) or (isinstance(tree, tuple) and hasattr(tree, "_fields")):
        return (kind, *(flatten(child, leaves, is_leaf, what) for child in tree))
    if kind is dict:
        if not all(isinstance(key, str) for key in tree):
            raise TypeError(f"compile: {what} contains a dict whose keys are not all strings: {list(tree)!r}")
        return (dict, *((key, flatten(child, leaves, is_leaf, what)) for key, child in tree.items()))
    if is_leaf(tree):
        leaves.append(tree)
        return Leaf(len(leaves) - 1)
    return Static(tree)


def unflatten(structure: Structure, leaves: Sequence[Any]) -> Any:
    """Put a tree together again."""
    if isinstance(structure, Leaf):
        return leaves[structure.index]
    if isinstance(structure, Static):
        return structure.value
    kind, *children = structure
    if kind is dict:
        return {key: unflatten(child, leaves) for key, child in children}
    parts = [unflatten(child, leaves) for child in children]
    return kind._make(parts) if hasattr(kind, "_fields") else kind(parts)


def statics(structure: Structure) -> Iterator[Any]:
    """List the values in a structure that are no leaves."""
    if isinstance(structure, Static):
        yield structure.value
    elif not isinstance(structure, Leaf):
        kind, *children = structure
        for child in children:
            yield from statics(child[1] if kind is dict else child)


def is_recorded(value: Any) -> bool:
    """Whether somebody differentiates or traces a value from outside."""
    return isinstance(value, Recorded) and (node_of(value).requires_grad or node_of(value).traced)


@dataclass(frozen=True)
class Trace:
    """What a function computes from arrays of certain shapes and dtypes.

    Attributes
    ----------
    graph : Graph
        Simplified. Its outputs are the results that depend on something; the same one may be there twice.
    arguments : tuple of (int or None)
        The position in the graph of each leaf of the arguments; None if nothing depends on it.
    structure : tuple
        That of the result; a leaf counts the outputs of the graph.
    """

    graph: Graph
    arguments: tuple[int | None, ...]
    structure: Structure


def trace(f: Callable[..., Any], structure: Structure, leaves: Sequence[Array]) -> Trace:
    """Run f on traced arguments.

    Raises
    ------
    TypeError
        If f asks for the value of a traced tensor (the message names the line), depends on a tensor from
        outside that requires gradients or is being traced itself, or returns something that is no tree of arrays
        and numbers.
    """
    before = node_of(traced(np.float64(0.0))).index  # indices fall
    tensors = [traced(leaf[()], number=leaf.ndim == 0) for leaf in leaves]
    places = [node_of(tensor) for tensor in tensors]  # the function may write into them, which moves them on
    args, kwargs = unflatten(structure, tensors)
    try:
        returned = Running("compile", compiling=True).call(f, args, kwargs)
    except TracingError as error:
        raise TracingError(f"compile: {_line(error.__traceback__)}: {error}") from error
    results: list[Any] = []
    shape = flatten(returned, results, _is_result, "the result")
    for value in statics(shape):
        if value is not None and not isinstance(value, str):  # it may hold what this call has traced
            raise TypeError(
                f"compile: the result contains a {type(value).__name__}; return arrays, numbers, and tuples, lists "
                "and dicts of them"
            )
    outputs = [r if isinstance(r, Recorded) else traced(np.array(r)[()]) for r in results]
    if not outputs:
        return Trace(Graph((), ()), (None,) * len(tensors), shape)
    graph, position = located(*outputs)
    own = set(places)
    for node, place in position.items():
        if node.primitive is None and node.index > before and (node.requires_grad or node.traced):
            what = "is being traced" if node.traced else "requires gradients"
            way = "" if node.traced else ", or detach() it to freeze it"
            raise TypeError(
                f"compile: the function uses a tensor of shape {graph[place].shape} that {what} and is not an "
                f"argument, so its value would be frozen; make it an argument{way}"
            )
    # What is not an argument never changes: as a constant it takes part in what is computed beforehand.
    given = {position[node] for node in own & position.keys()}
    entries = [e if e.id in given or e.kind == "operation" else replace(e, kind="constant") for e in graph]
    simpler, moved = simplification(Graph(entries, graph.outputs))
    where = [moved[position[node]] if node in position else None for node in places]
    # The values of the first call are not kept alive.
    bare = [e if e.kind == "constant" else replace(e, value=None) for e in simpler]
    return Trace(Graph(bare, simpler.outputs), tuple(where), shape)


class _Namespace:
    """The Array API namespace in which forwards are traced: NumPy's, whose functions call ours on tensors."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def asarray(x: Any, **options: Any) -> Any:
        return x if isinstance(x, Recorded) else np.asarray(x, **options)


def trace_forward(
    operation: Primitive, inputs: Sequence[Any], unknown: Mapping[int, tuple[Any, Any]], static: Mapping[str, Any]
) -> tuple[Graph, dict[int, int]] | None:
    """Trace the forward of an operation.

    Parameters
    ----------
    operation : Primitive
    inputs : sequence
        Those that are constants; the others are passed over.
    unknown : mapping of int to (shape, dtype)
        The inputs that are no constants, by position.
    static : mapping
        The other arguments.

    Returns
    -------
    graph : Graph
    given : dict of int to int
        Which input stands at a position in the graph.

    None if the forward can't be traced: it asks for values, or returns what depends on none of the inputs.
    """
    tensors = {k: traced(np.ones(shape, dtype)[()]) for k, (shape, dtype) in unknown.items()}
    try:
        with np.errstate(all="ignore"):
            result = operation.forward(_Namespace(), *(tensors.get(k, i) for k, i in enumerate(inputs)), **static)
    except Exception:  # the user's forward may raise anything on ones, which nobody has given, and when it is traced
        return None
    if not isinstance(result, Recorded):
        return None
    graph, position = located(result)
    return graph, {position[node_of(t)]: k for k, t in tensors.items() if node_of(t) in position}


def _is_result(value: Any) -> bool:
    return isinstance(value, Recorded | np.ndarray | np.generic | float | int)


def _line(error: TracebackType | None) -> str:
    """Find the user's line in a traceback: the innermost that is not in this package or in NumPy."""
    frames = [
        frame
        for frame in traceback.extract_tb(error)
        if not Path(frame.filename).is_relative_to(_HERE) and not Path(frame.filename).is_relative_to(_NUMPY)
    ]
    if not frames:
        return "the function"
    frame = frames[-1]
    text = linecache.getline(frame.filename, frame.lineno or 0).strip()
    return f"{frame.filename}:{frame.lineno}" + (f": {text.removesuffix(chr(58))}" if text else "")
