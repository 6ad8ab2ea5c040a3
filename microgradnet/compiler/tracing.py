"""One run of a function on traced arguments: its structure of arguments and results, and its Graph.

Arguments and results are trees, with arrays and numbers as leaves. This room turns a function into a Graph of the
leaves. It does the same with the forward of a single operation. It computes nothing.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from microgradnet.graph import Graph, located
from microgradnet.leaving import Running
from microgradnet.record import Array, Primitive, Recorded, TracingError, node_of, traced
from microgradnet.simplify import simplification
from microgradnet.trees import Structure, flatten, statics, unflatten

__all__ = ["Trace", "is_result", "trace", "trace_forward"]

_HERE = Path(__file__).parents[1]
_NUMPY = Path(np.__file__).parent


@dataclass(frozen=True)
class Trace:
    """What a function computes from arrays of certain shapes and dtypes.

    Attributes
    ----------
    graph : Graph
        Simplified. Its outputs are the results that depend on something; the same one may be there twice.
    arguments : tuple of (int or None)
        The position in the graph of each leaf of the arguments; None if nothing depends on it.
    structure : Structure
        That of the result; a leaf counts the outputs of the graph.
    """

    graph: Graph
    arguments: tuple[int | None, ...]
    structure: Structure


def trace(f: Callable[..., Any], structure: Structure, leaves: Sequence[Array], backend: str = "auto") -> Trace:
    """Run f on traced arguments, to be compiled for a backend.

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
        returned = Running("compile", compiling=backend).call(f, args, kwargs)
    except TracingError as error:
        raise TracingError(f"compile: {_line(error.__traceback__)}: {error}") from error
    results: list[Any] = []
    shape = flatten(returned, results, is_result, "compile: the result")
    for value in statics(shape).values():
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


def is_result(value: Any) -> bool:
    """Whether a part of what a function returns is an array or a number."""
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
