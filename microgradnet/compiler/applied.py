"""A compiled function as one operation of the record.

Its value, its cotangents and its tangents are functions of the arrays in its arguments. Each is compiled when it is
first asked for, and stands in the record as one operation in turn: so derivatives of every order are compiled. A
snapshot, for a drawing or for source, opens the node, which then is what the function records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from microgradnet.calls import call_of
from microgradnet.compiler.numpy_code import Writer, taking
from microgradnet.compiler.tracing import Trace, is_result
from microgradnet.deferred import Closed
from microgradnet.graph import Graph
from microgradnet.ops.elementwise import argument, astype
from microgradnet.ops.shapes import concatenate, reshape
from microgradnet.record import CONSTANT, Moving, Node, Recorded, attach, is_number, node_of, value_of
from microgradnet.transforms import _push, _run, vjp
from microgradnet.trees import Container, Leaf, Structure, flatten, unflatten
from microgradnet.wholes import Whole

__all__ = ["MOVES", "Applied", "kind_of_tensor"]

PLAIN, STAYS, MOVES = range(3)
"""What the array in an argument is: no tensor, a tensor, or one that is differentiated outside."""


def kind_of_tensor(x: Any) -> int | None:
    """Return which of these an argument is; None if it is being traced."""
    if not isinstance(x, Recorded):
        return PLAIN
    if isinstance(x, Moving):  # to ask it for its place would put it into the record
        return MOVES
    node = node_of(x)
    return None if node.traced else MOVES if node.requires_grad else STAYS


class Applied:
    """What calls a compiled function with tensors that are differentiated.

    Parameters
    ----------
    f : callable
        The function.
    compiled : callable
        It compiles another one.
    structure : Structure
        That of the arguments, by position and by name.
    kinds : sequence of (type, shape, dtype)
        Those of the arrays and numbers in them.
    tensors : sequence of int
        What each of these is.
    trace : Trace
        What the function computes from them.

    Attributes
    ----------
    given : callable
        ``given(args, kwargs)`` takes arguments apart, into what a call is given; `MISS` for those of another kind.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        compiled: Callable[[Callable[..., Any]], Callable[..., Any]],
        structure: Container,
        kinds: Sequence[tuple[Any, ...]],
        tensors: Sequence[int],
        trace: Trace,
    ) -> None:
        graph = trace.graph
        depends = _depends(graph, {at: k for k, at in enumerate(trace.arguments) if tensors[k] == MOVES})
        inside = [i for i, at in enumerate(graph.outputs) if depends[at]]
        moves = {k for i in inside for k in depends[graph.outputs[i]]}
        expected = [(t, k in moves, *kind) for k, (t, kind) in enumerate(zip(tensors, kinds, strict=True))]
        self.given = taking(structure, expected, _Taking())
        self._results = trace.structure
        ends: dict[int, Any] = {i: graph[graph.outputs[i]] for i in inside}
        self._ends = {i: (end.shape, end.dtype) for i, end in ends.items()}
        self._alone = bool(inside) and isinstance(trace.structure, Leaf)
        others = [i for i in range(len(graph.outputs)) if i not in inside]
        self._others = {i: graph[graph.outputs[i]].kind == "constant" for i in others}
        results = _Results(f, structure, tensors)
        self._constants = compiled(lambda *leaves: results.some(others, leaves))
        operation: Any = call_of(_Operation(_Vector(results, inside), compiled))
        self._operation = operation.of(len(tensors))

    def __call__(self, given: Sequence[Any]) -> Any:
        """Call the function: what depends on nothing that moves is constant, and no tensor if it never changes."""
        if self._alone:
            return self._operation(*given)
        found: dict[int, Any] = {}
        if self._others:
            constants = self._constants(*[_array(value_of(x)) for x in given])
            both = zip(self._others.items(), constants, strict=True)
            found = {i: y if fixed else attach(_bare(y), CONSTANT) for (i, fixed), y in both}
        if self._ends:
            found |= self._parts(self._operation(*given))
        return unflatten(self._results, [found[i] for i in sorted(found)])

    def _parts(self, vector: Any) -> dict[int, Any]:
        """Cut what the operation returned into the results."""
        if len(self._ends) == 1:
            return dict.fromkeys(self._ends, vector)
        parts: dict[int, Any] = {}
        start = 0
        for i, (shape, dtype) in self._ends.items():
            part = reshape(vector[start : start + prod(shape)], shape)
            parts[i] = part if part.dtype == dtype else astype(part, dtype)
            start += prod(shape)
        return parts


def _depends(graph: Graph, moving: Mapping[int | None, int]) -> list[set[int]]:
    """Return the arguments that a derivative flows to from each entry."""
    found: list[set[int]] = []
    for entry in graph:
        depends: set[int] = set()
        if entry.dtype is not None and np.dtype(entry.dtype).kind == "f":
            if entry.id in moving:
                depends = {moving[entry.id]}
            elif entry.operation is not None:
                through = zip(entry.inputs, entry.operation.vjps, strict=False)
                depends = depends.union(*(found[i] for i, rule in through if rule is not None))
        found.append(depends)
    return found


class _Taking(Writer):
    """What takes arguments apart in which there are tensors: those that move remain tensors.

    Of a leaf is expected what it is, whether it moves, its type, shape and dtype.
    """

    def _array(self, path: str, expected: tuple[Any, ...], used: str | None, miss: str) -> None:
        tensor, moves, kind, shape, dtype = expected
        if not tensor:
            super()._array(path, (kind, shape, dtype), used, miss)
            return
        self.add(f"if {self.function(kind_of_tensor)}({path}) != {tensor}: {miss}")
        self.add(f"v = {self.function(value_of)}({path})")
        self.add(f"if v.shape != {shape} or v.dtype is not {self.name(dtype, dtype.name)}: {miss}")
        if not moves:
            self.add(f"{path} = v")


class _Results:
    """The results of a function, in order, as a function of the arrays in its arguments."""

    def __init__(self, f: Callable[..., Any], structure: Structure, tensors: Sequence[int]) -> None:
        self.f = f
        self._structure = structure
        self._tensors = tensors

    def some(self, wanted: Sequence[int], leaves: Sequence[Any]) -> list[Any]:
        """Return those in some places."""
        # A tensor without axes is no number, which is what is traced in its place; what is copied is none.
        each = zip(leaves, self._tensors, strict=True)
        given = [argument(x) if tensor and is_number(x) else x for x, tensor in each]
        args, kwargs = unflatten(self._structure, given)
        found: list[Any] = []
        flatten(self.f(*args, **kwargs), found, is_result)
        return [found[i] for i in wanted]


class _Vector:
    """A function of arrays that returns one: some results of another, one after the other."""

    def __init__(self, results: _Results, inside: Sequence[int]) -> None:
        self._results = results
        self._inside = inside
        self.__name__ = getattr(results.f, "__name__", type(results.f).__name__)

    def __call__(self, *leaves: Any) -> Any:
        found = self._results.some(self._inside, leaves)
        if len(found) > 1:
            return concatenate([reshape(y, (-1,)) for y in found])
        places = [node_of(x) for x in leaves if isinstance(x, Recorded)]
        return argument(found[0]) if node_of(found[0]) in places else found[0]

    def along(self, moving: Sequence[int], leaves: Sequence[Any]) -> Callable[..., Any]:
        """Return it as a function of some of the arrays."""

        def f(*moved: Any) -> Any:
            given = [*leaves]
            for i, x in zip(moving, moved, strict=True):
                given[i] = x
            return self(*given)

        return f


class _Operation(Closed, Whole):
    """What stands for a compiled function in the record; both passes through it are compiled functions, too."""

    def __init__(self, f: _Vector, compiled: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        super().__init__("compile", lambda xp, *inputs: self._computed(*inputs), self._cotangents, (), f.__name__)
        self.function = f
        self.on_numpy = self._computed
        self.push = self._tangent
        self._compiled = compiled
        self._known: dict[Any, Callable[..., Any]] = {}

    @cached_property
    def _value(self) -> Callable[..., Any]:
        return self._compiled(self.function)

    def _computed(self, *values: Any) -> Any:
        return _bare(self._value(*map(_array, values)))

    def _cotangents(self, g: Any, y: Any, inputs: Sequence[Any], wanted: Sequence[int]) -> list[Any]:  # noqa: ARG002
        key = "pull", *wanted
        pull = self._known.get(key)
        if pull is None:
            pull = self._known[key] = self._compiled(self._pulled(tuple(wanted)))
        pulled = pull(_array(g), *map(_array, inputs))
        found: list[Any] = [None] * len(inputs)
        for i, d in zip(wanted, pulled if len(wanted) > 1 else [pulled], strict=True):
            found[i] = _bare(d)
        return found

    def _pulled(self, wanted: Sequence[int]) -> Callable[..., Any]:
        f: Any = self.function

        def pulled(g: Any, *leaves: Any) -> Any:
            found = vjp(f.along(wanted, leaves), *[leaves[i] for i in wanted])[1](g)
            return found if len(found) > 1 else found[0]

        return pulled

    def _tangent(self, node: Any, saved: Sequence[Any], tangents: Mapping[Node, Any], shape: tuple[int, ...]) -> Any:
        moving = [i for i, x in enumerate(node.inputs) if x in tangents]
        if not moving:
            return None
        several = len(shape) > len(node.shape)
        key = "several" if several else "one", *moving
        pushed = self._known.get(key)
        if pushed is None:
            pushed = self._known[key] = self._compiled(self._pushed(moving, several))
        given = [tangents[node.inputs[i]] for i in moving]
        return _bare(pushed(*map(_array, given), *map(_array, saved[1:])))

    def _pushed(self, moving: Sequence[int], several: bool) -> Callable[..., Any]:
        f: Any = self.function

        def pushed(*given: Any) -> Any:
            tangents, leaves = given[: len(moving)], given[len(moving) :]
            count = tangents[0].shape[0] if several else None
            run, _ = _run("compile", f.along(moving, leaves), [leaves[i] for i in moving], {}, range(len(moving)))
            found = _push(run.order(), dict(zip(run.places, tangents, strict=True)), run.output, True, count)
            t = found.get(node_of(run.output))
            return np.zeros((*(() if count is None else (count,)), *run.output.shape)) if t is None else t

        return pushed


def _array(value: Any) -> Any:
    """Return an argument of a compiled function: the record keeps a single number as NumPy's scalar."""
    return np.asarray(value) if isinstance(value, np.generic) else value


def _bare(value: Any) -> Any:
    """Return an array as the record keeps it."""
    return value[()] if type(value) is np.ndarray and not value.ndim else value
