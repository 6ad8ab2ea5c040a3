"""A step that is repeated, as one operation of a compiled function: traced once, carried out in a loop.

The step is a Graph from the state, a row of what is gone over, and what it takes from outside, to the new state and
what is collected. The way back through a loop is a loop too: of the VJP of the step, from the last turn to the first,
over the states that the turns began with.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from microgradnet import ops
from microgradnet.compiler.looping import lowered
from microgradnet.compiler.numpy_code import defined, isolated, numpy_source
from microgradnet.compiler.planning import plan
from microgradnet.graph import Entry, Graph, computed, located, needed
from microgradnet.ops.elementwise import detached
from microgradnet.record import Node, Recorded, attach, next_index, node_of, traced
from microgradnet.simplify import simplification
from microgradnet.transforms import vjp
from microgradnet.trees import Container, Leaf
from microgradnet.wholes import Whole

__all__ = ["Turns", "first_turn", "turns_of"]


class Turns:
    """A step and how often it is carried out.

    Attributes
    ----------
    graph : Graph
        One turn. Its outputs are the new state, and then what is collected.
    arguments : tuple of (int or None)
        The position in the graph of each array of the state, each row, and each value from outside, in this order;
        None if nothing depends on it.
    samples : list of array
        One of each, as it was when the step was traced.
    states, rows : int
        How many there are of both.
    count : int
        How many turns there are.
    backend : {"auto", "numpy", "numba"}
        Who is asked to carry them out.
    """

    def __init__(
        self,
        graph: Graph,
        arguments: Sequence[int | None],
        samples: Sequence[Any],
        states: int,
        rows: int,
        count: int,
        backend: str,
    ) -> None:
        self.graph = graph
        self.arguments = tuple(arguments)
        self.samples = samples
        self.states = states
        self.rows = rows
        self.count = count
        self.backend = backend
        self._idle: list[Callable[..., list[Any]]] = []

    def __repr__(self) -> str:
        return f"{self.count} turns"

    # --- carried out ----------------------------------------------------------------------------------------

    @property
    def outputs(self) -> list[tuple[tuple[int, ...], np.dtype[Any]]]:
        """The shape and dtype of each result: the state in the end, and what was collected, a row for each turn."""
        entries = [self.graph[i] for i in self.graph.outputs]
        shapes = [((self.count,) if k >= self.states else ()) + (e.shape or ()) for k, e in enumerate(entries)]
        return [(shape, np.dtype(e.dtype)) for shape, e in zip(shapes, entries, strict=True)]

    def run(self, *values: Any) -> list[Any]:
        """Carry out all turns, of arrays; in their own way, where numbers leave the range of floating point."""
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = self._code[0]()
        try:
            results = worker(values)
        except FloatingPointError:
            return self._one_by_one(values)
        self._idle.append(worker)
        return results

    @property
    def source(self) -> str:
        """What was generated."""
        return self._code[1]

    @cached_property
    def _code(self) -> tuple[Callable[[], Callable[..., list[Any]]], str]:
        """Generate what carries out the turns: a function that makes a worker, and its source."""
        if self.backend != "numpy" and importlib.util.find_spec("numba") is not None:
            from microgradnet.compiler.numba_code import in_one, numba_turns

            routine = lowered(self.graph, self.arguments, backend="numba")
            if in_one(routine) and (self.backend == "numba" or routine.is_small):
                source, names = numba_turns(routine, self.states, self.rows, self.count)
                return defined(source, names), source
        routine = lowered(self.graph, self.arguments, backend="numpy")
        kinds = [(np.ndarray, np.shape(s), np.asarray(s).dtype) for s in self.samples]
        leaves = Container(tuple, tuple(map(Leaf, range(len(kinds)))))
        results = Container(list, tuple(map(Leaf, range(len(routine.results)))))
        structure = Container(tuple, (leaves, Container(dict, (), ())))
        source, names = numpy_source(plan(routine), structure, kinds, results, {})
        make = defined(source, names)

        def worker() -> Callable[..., list[Any]]:
            step = make()
            call = isolated().run
            return lambda values: call(self._looped, lambda *given: step(given, {}), values)

        return worker, source

    def _looped(self, step: Callable[..., Sequence[Any]], values: Sequence[Any]) -> list[Any]:
        """Carry out the turns by a function of arrays that carries out one."""
        given = [np.array(v, dtype=np.asarray(s).dtype, copy=None) for v, s in zip(values, self.samples, strict=True)]
        state, others = given[: self.states], given[self.states + self.rows :]
        rows = given[self.states : self.states + self.rows]
        collected = [np.empty(shape, dtype) for shape, dtype in self.outputs[self.states :]]
        for turn in range(self.count):
            results = step(*state, *(row[turn, ...] for row in rows), *others)
            state = list(results[: self.states])
            for rows_of, row in zip(collected, results[self.states :], strict=True):
                rows_of[turn] = row
        return [*state, *collected]

    def _one_by_one(self, values: Sequence[Any]) -> list[Any]:
        """Carry out the turns operation by operation, as if nothing had been compiled."""
        graph = self.graph

        def step(*given: Any) -> list[Any]:
            known = {p: v[()] for p, v in zip(self.arguments, given, strict=True) if p is not None}
            found = computed(graph.nodes, known)
            return [np.asarray(found[i]) for i in graph.outputs]

        return self._looped(step, values)

    # --- differentiated -------------------------------------------------------------------------------------

    def turn(self, *given: Any) -> list[Any]:
        """Carry out one turn by operations on tensors, which are recorded."""
        known = {p: v for p, v in zip(self.arguments, given, strict=True) if p is not None}
        found: list[Any] = []
        for entry in self.graph:
            if entry.id in known:
                found.append(known[entry.id])
            elif entry.operation is None:
                found.append(entry.value)
            else:
                found.append(entry.operation.apply(*(found[i] for i in entry.inputs), **entry.static))
        return [found[i] for i in self.graph.outputs]

    @cached_property
    def keeping(self) -> Turns:
        """The same turns, which also collect the state that each of them begins with."""
        since = next_index()
        places = [traced(np.asarray(s)[()]) for s in self.samples]
        graph, arguments, _ = first_turn([*self.turn(*places), *places[: self.states]], [*map(node_of, places)], since)
        return Turns(graph, arguments, self.samples, self.states, self.rows, self.count, self.backend)

    @cached_property
    def back(self) -> Turns:
        """The turns of the way back, of turns that collect their states.

        The state is the cotangent of the state, and that of what comes from outside as far as it is summed up; rows are
        the states, the rows, and the cotangents of what was collected, all from the last turn to the first.
        """
        floats, moved, seeded = self.differentiable, self._moved, self._seeded
        own = [self.samples[i] for i in floats]
        outputs = [self.graph[i] for i in self.graph.outputs]
        ones = [np.ones(outputs[i].shape or (), outputs[i].dtype) for i in seeded]
        outside = self.samples[self.states + self.rows :]
        samples = [
            *ones[: len(moved)],
            *(s for i, s in zip(floats, own, strict=True) if i >= self.states + self.rows),
            *self.samples[: self.states + self.rows],
            *ones[len(moved) :],
            *outside,
        ]
        since = next_index()
        places = [traced(np.asarray(s)[()]) for s in samples]
        sums = places[len(moved) : len(moved) + self._summed]
        start = len(moved) + self._summed
        cotangents = [*places[: len(moved)], *places[start + self.states + self.rows : len(places) - len(outside)]]
        given = [*places[start : start + self.states + self.rows], *places[len(places) - len(outside) :]]

        def step(*differentiated: Any) -> tuple[Any, ...]:
            leaves = list(given)
            for i, leaf in zip(floats, differentiated, strict=True):
                leaves[i] = leaf
            results = self.turn(*leaves)
            return tuple([results[i] for i in seeded])

        with np.errstate(all="ignore"):
            pulled = vjp(step, *(given[i] for i in floats))[1](tuple(cotangents))
        of = dict(zip(floats, pulled, strict=True))
        added = [of[i] for i in floats if i >= self.states + self.rows]
        results = [
            *(of[i] for i in moved),
            *(a + b for a, b in zip(sums, added, strict=True)),
            *(of[i] for i in floats if self.states <= i < self.states + self.rows),
        ]
        graph, arguments, _ = first_turn(results, [*map(node_of, places)], since)
        rows = self.states + self.rows + len(ones) - len(moved)
        return Turns(graph, arguments, samples, start, rows, self.count, self.backend)

    @cached_property
    def differentiable(self) -> list[int]:
        """Which of the inputs hold floating-point numbers."""
        return [i for i, s in enumerate(self.samples) if np.asarray(s).dtype.kind == "f"]

    @property
    def _moved(self) -> list[int]:
        return [i for i in self.differentiable if i < self.states]

    @property
    def _summed(self) -> int:
        return sum(i >= self.states + self.rows for i in self.differentiable)

    @cached_property
    def _seeded(self) -> list[int]:
        """Which of the outputs hold floating-point numbers; of the state they are those of the inputs."""
        return [i for i, k in enumerate(self.graph.outputs) if np.dtype(self.graph[k].dtype).kind == "f"]

    def cotangents(self, g: Any, dtype: str, inputs: Sequence[Any]) -> list[Any]:
        """Go back through all turns: return a cotangent for each input, None where it has none."""
        keeping = self.keeping
        before = turns_of(keeping, inputs)[len(self.outputs) :]
        parts = dict(zip(self._in(dtype), self._apart(g, dtype), strict=True))
        seeds = [parts.get(i, np.zeros(*self.outputs[i])) for i in self._seeded]
        moved, split = self._moved, self.states + self.rows
        zeros = [np.zeros(np.shape(self.samples[i]), np.asarray(self.samples[i]).dtype)
                 for i in self.differentiable if i >= split]  # fmt: skip
        rows = [*before, *inputs[self.states : split], *seeds[len(moved) :]]
        found = turns_of(
            self.back, [*seeds[: len(moved)], *zeros, *(ops.flip(row, axis=0) for row in rows), *inputs[split:]]
        )
        cotangents: list[Any] = [None] * len(inputs)
        of_rows = [i for i in self.differentiable if self.states <= i < split]
        for i, d in zip(moved, found, strict=False):
            cotangents[i] = d
        for i, d in zip([i for i in self.differentiable if i >= split], found[len(moved) :], strict=False):
            cotangents[i] = d
        for i, d in zip(of_rows, found[len(moved) + len(zeros) :], strict=True):
            cotangents[i] = ops.flip(d, axis=0)
        return cotangents

    # --- several results as one vector ----------------------------------------------------------------------

    def _in(self, dtype: str) -> list[int]:
        return [i for i, (_, other) in enumerate(self.outputs) if other.str == dtype]

    def _apart(self, vector: Any, dtype: str) -> list[Any]:
        """Cut a vector of all results of one dtype into those results."""
        parts = []
        start = 0
        for i in self._in(dtype):
            shape = self.outputs[i][0]
            parts.append(ops.reshape(vector[start : start + prod(shape)], shape))
            start += prod(shape)
        return parts


def first_turn(results: Sequence[Any], places: Sequence[Node], since: int) -> tuple[Graph, list[int | None], list[Any]]:
    """Take down what some results were computed from, back to some tensors, and to what is older.

    Parameters
    ----------
    results : sequence of Tensor or array
    places : sequence of Node
        Those of traced leaves, as they were before a step may have written into them.
    since : int
        The index of the record before they were made; what is older has a larger one.

    Returns
    -------
    graph : Graph
        Simplified.
    arguments : list of (int or None)
        Where the leaves are in it, and after them the tensors from outside.
    outside : list of Tensor
        What older tensors, traced or differentiated ones, the results depend on.
    """
    own = set(places)
    outputs = [r if isinstance(r, Recorded) else traced(np.asarray(r)[()]) for r in results]
    graph, position = located(*outputs)
    of: dict[int, Node] = {at: node for node, at in position.items()}
    entries: list[Entry] = []
    outside: list[int] = []
    for entry in graph:
        node = of.get(entry.id)
        older = node is not None and node.index >= since
        if node is not None and older and (node.traced or node.requires_grad):
            outside.append(entry.id)
            entry = replace(entry, kind="input", operation=None, inputs=(), static={}, origin=None)
        elif entry.operation is None:
            entry = replace(entry, kind="input" if node in own else "constant", origin=None)
        else:
            entry = replace(entry, origin=None)
        entries.append(entry)
    used = set(needed(entries, graph.outputs))
    outside = [i for i in outside if i in used]
    entries = [e if e.id in used or e.operation or of.get(e.id) in own else replace(e, kind="constant", value=0.0)
               for e in entries]  # fmt: skip
    with np.errstate(all="ignore"):
        values = computed(graph.nodes, {}) if outside else ()
    simpler, moved = simplification(Graph(entries, graph.outputs))
    bare = [e if e.kind == "constant" else replace(e, value=None) for e in simpler]
    where = [moved.get(position[node]) if node in position else None for node in places]
    tensors = [attach(values[i], of[i]) for i in outside]
    return Graph(bare, simpler.outputs), [*where, *(moved[i] for i in outside)], tensors


def turns_of(turns: Turns, inputs: Sequence[Any]) -> list[Any]:
    """Carry out turns of tensors: one operation for each dtype of the results, which is a vector of all of them."""
    results: list[Any] = [None] * len(turns.outputs)
    constants = [detached(i) if isinstance(i, Recorded) else i for i in inputs]  # type: ignore[call-overload]
    for kind, dtype in dict.fromkeys((dtype.kind, dtype.str) for _, dtype in turns.outputs):
        given = inputs if kind == "f" else constants
        vector = _scan.apply(*given, turns=turns, dtype=dtype)
        for i, part in zip(turns._in(dtype), turns._apart(vector, dtype), strict=True):
            results[i] = part
    return results


def _forward(xp: Any, *inputs: Any, turns: Turns, dtype: str) -> Any:  # noqa: ARG001 - one namespace
    if any(isinstance(i, Recorded) for i in inputs):
        raise TypeError("scan: the turns are carried out as a whole")
    results = turns.run(*inputs)
    return np.concatenate([np.ravel(results[i]) for i in turns._in(dtype)])


def _rule(g: Any, y: Any, inputs: Any, wanted: Any, turns: Turns, dtype: str) -> Sequence[Any]:  # noqa: ARG001
    return turns.cotangents(g, dtype, inputs)


_scan = Whole("scan", _forward, _rule, ("turns", "dtype"), "scan")
