"""A function that is run again in the reverse pass, in place of a record of it: memory for time.

What stands in the record is one node. Its reverse pass runs the function once more, records that, and goes back
through it; tensors that the function reads from outside are found in the record of the first run, which is dropped.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import accumulate
from math import prod
from typing import Any, TypeVar

import numpy as np

from microgradnet.backward import leading_to, reachable, reverse
from microgradnet.deferred import opened
from microgradnet.forward import push
from microgradnet.leaving import Running, compiling, followed
from microgradnet.ops.elementwise import argument, astype
from microgradnet.ops.shapes import concatenate, reshape
from microgradnet.ownership import owned
from microgradnet.plain import is_array
from microgradnet.record import (
    CONSTANT,
    ROOT,
    Argument,
    Array,
    Moving,
    Node,
    Recorded,
    attach,
    current_scope,
    leaf,
    next_index,
    node_of,
    settled,
    value_of,
    within,
)
from microgradnet.tensor import Tensor, constant
from microgradnet.transforms import _check_function, _Transformed
from microgradnet.trees import Structure, flatten, statics, unflatten
from microgradnet.wholes import Whole

__all__ = ["checkpoint"]

_F = TypeVar("_F", bound=Callable[..., Any])


def checkpoint(f: _F) -> _F:
    """Make a function that computes the same as f and keeps no record of it: the reverse pass runs f again.

    Of all that f computes, only its arguments and its result are kept. A chain of n layers in √n pieces of √n layers,
    each a checkpoint, has as much memory as 2√n layers, and takes the time of one more forward pass.

    Parameters
    ----------
    f : callable
        Arguments and results are tensors, arrays and whatever else, in containers too. Tensors that f reads from
        outside (parameters in a closure, attributes of a layer) get their gradients as ever.

    Returns
    -------
    callable
        Of the same arguments. Gradients of all orders are exact, and checkpoints nest.

    Raises
    ------
    RuntimeError
        In the reverse pass, if f computes something else than before: what it reads has changed, or it draws random
        numbers. A `numpy.random.Generator` that it is given, or names, draws the same again, and goes on from where it
        was.
    TypeError
        If f makes a Python number of what it computes, whose gradient would be lost.

    Notes
    -----
    A drawing shows one node with the name of f. In a function that `mg.compile` compiles, f is traced as if it were
    called itself, since what is generated has a plan for all memory.

    T. Chen, B. Xu, C. Zhang and C. Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> def layers(x, w):
    ...     for _ in range(10):
    ...         x = mg.tanh(x @ w)
    ...     return x
    >>> def loss(w, x):
    ...     for _ in range(10):
    ...         x = mg.checkpoint(layers)(x, w)
    ...     return mg.sum(x**2)
    >>> mg.grad(loss)(np.eye(2), np.array([[0.5, -1.0]])).round(4)
    array([[ 1.476 , -1.4232],
           [-1.5405,  1.4787]])
    """
    _check_function(f, "checkpoint")
    made: Any = _Transformed(_checkpoint, f)
    return made  # type: ignore[no-any-return]


def _checkpoint(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    scope = current_scope()
    if scope is None or compiling() is not None:
        return f(*args, **kwargs)
    given: list[Any] = []
    structure = flatten((args, kwargs), given, _is_leaf, "checkpoint: the arguments")
    dual = [isinstance(x, Moving) for x in given]
    if any(dual) and not any(followed(x) for x, moves in zip(given, dual, strict=True) if not moves):
        return f(*args, **kwargs)  # tangents go along, and nothing is kept
    values = [x._value if settled(x) else owned(value_of(x)) for x in given]
    call = _Repeatable(f, structure, given)
    first = call.run([argument(x) if followed(x) else x for x in given])
    if first.output is None:
        return first.returned
    call.keep(first)
    parents = (*(node_of(x) if isinstance(x, Recorded) else CONSTANT for x in given), *call.outside)
    y = first.output._value
    node = call.operation().left_by(y, parents, [*values, *call.outside.values()], {}, scope, differentiated=True)
    return first.with_parts_of(attach(y, node))


class _Recording:
    """One run of a function that is recorded.

    Attributes
    ----------
    returned : object
    output : Tensor or None
        What it returned that depends on something differentiated: the tensor, or several as one vector; None if nothing
        does.
    since : int
        The index of the record after the arguments were made: what is older has a larger one, and is outside.
    arguments : list of (Node or None)
        The places of its arguments that are tensors.
    inside : list of int
        Which of the tensors that are returned make up the output.
    order : list of Node
        The operations inside that the output depends on.
    """

    def __init__(self, call: _Repeatable, given: Sequence[Any]) -> None:
        self.arguments = [node_of(x) if isinstance(x, Recorded) else None for x in given]
        self.since = next_index()
        args, kwargs = unflatten(call.structure, given)
        self.returned = Running("checkpoint").call(call.f, args, kwargs)
        self._found: list[Any] = []
        self._structure = flatten(self.returned, self._found, _is_recorded, "checkpoint: the result")
        # In a later run some arguments are constants, and the same of what is returned makes up the output.
        inside = [k for k, y in enumerate(self._found) if self._is_inside(node_of(y))]
        self.inside = inside if call.inside is None else [k for k in call.inside if k < len(self._found)]
        self.output = self._laid([self._found[k] for k in self.inside])
        root = None if self.output is None else node_of(self.output)
        self.order = [] if root is None else reachable(root, self.since)[0]

    def _is_inside(self, node: Node) -> bool:
        return node.requires_grad and (node.index < self.since or node in self.arguments)

    def _laid(self, outputs: Sequence[Any]) -> Any:
        """Return several results as one vector; of one, a copy of its place, as it may be an argument."""
        if not outputs:
            return None
        return argument(outputs[0]) if len(outputs) == 1 else concatenate([reshape(y, (-1,)) for y in outputs])

    def with_parts_of(self, output: Tensor) -> Any:
        """Return what was returned, with what stands for the output in its places."""
        outputs = [self._found[k] for k in self.inside]
        parts: list[Any] = [output]
        if len(outputs) > 1:
            ends = [*accumulate(prod(y.shape) for y in outputs)]
            pieces = [output[end - prod(y.shape) : end] for y, end in zip(outputs, ends, strict=True)]
            parts = [reshape(piece, y.shape) for piece, y in zip(pieces, outputs, strict=True)]
            parts = [p if p.dtype == y.dtype else astype(p, y.dtype) for p, y in zip(parts, outputs, strict=True)]
        found = list(self._found)
        for k, part in zip(self.inside, parts, strict=True):
            found[k] = part
        return unflatten(self._structure, found)

    def outside(self) -> dict[Node, Any]:
        """Find the tensors from outside that the output depends on, with their values where the record has them."""
        found: dict[Node, Any] = {}
        own = {node for node in self.arguments if node is not None}
        for node in self.order:
            for parent, value in zip(node.inputs, (node.saved or ())[1:], strict=False):
                if parent.requires_grad and parent.index >= self.since and parent not in own:
                    known = found.get(parent)
                    found[parent] = value if known is None else known
        return found


class _Repeatable:
    """A call of a function that is to be run again.

    Attributes
    ----------
    outside : dict of Node to (array or None)
        The tensors that it reads from outside, and their values, where those are known.
    inside : list of int or None
        Which of the tensors that it returns depend on something differentiated; None before the first run.
    """

    def __init__(self, f: Callable[..., Any], structure: Structure, given: Sequence[Any]) -> None:
        self.f = f
        self.structure = structure
        self.name = getattr(f, "__name__", type(f).__name__)
        self._tensors = [isinstance(x, Recorded) for x in given]
        self._followed = [followed(x) for x in given]
        self._random = [(g, g.bit_generator.state) for g in _generators(f, statics(structure))]
        self.outside: dict[Node, Any] = {}
        self.inside: list[int] | None = None

    def run(self, given: Sequence[Any]) -> _Recording:
        """Run the function, and record it."""
        with within(current_scope() or ROOT):
            return _Recording(self, given)

    def keep(self, run: _Recording) -> None:
        """Remember what the first run has read from outside, and which of its results depend on something."""
        self.outside = run.outside()
        self.inside = run.inside

    def operation(self) -> Whole:
        """Make the operation that stands for this call."""

        def forward(xp: Any, *inputs: Any) -> Any:  # noqa: ARG001 - the function finds it itself
            return self.value(inputs)

        made = Whole("checkpoint", forward, self.cotangents, (), self.name)
        made.push = self.tangent
        return made

    def _same_draws(self, f: Callable[[], Any]) -> Any:
        """Call something with the generators of random numbers as they were at the first run."""
        now = [(g, g.bit_generator.state) for g, _ in self._random]
        try:
            for generator, state in self._random:
                generator.bit_generator.state = state
            return f()
        finally:
            for generator, state in now:
                generator.bit_generator.state = state

    def value(self, inputs: Sequence[Any]) -> Any:
        """Compute the output of other values."""
        given = inputs[: len(self._tensors)]
        for known, value in zip(self.outside.values(), inputs[len(given) :], strict=True):
            if known is None or not _equal(known, value):
                raise RuntimeError(
                    f"checkpoint: {self.name} reads a tensor from outside, of shape {np.shape(value)}, and can't be "
                    "computed anew with another; make it an argument"
                )
        tensors = [self._leaf(x) if is_tensor else x for x, is_tensor in zip(given, self._tensors, strict=True)]
        return value_of(self._same_draws(lambda: self.run(tensors)).output)

    @staticmethod
    def _leaf(value: Array) -> Tensor:
        return attach(value, leaf(value, requires_grad=True, name=None, node_type=Argument))

    def cotangents(self, g: Any, y: Any, inputs: Sequence[Any], wanted: Sequence[int]) -> list[Any]:
        """Run the function again, and go back through it: return a cotangent for each input."""
        recorded = isinstance(g, Recorded)
        run = self._again(y, inputs, recorded)
        places = [*run.arguments, *self.outside]
        targets = {node for i in wanted if (node := places[i]) is not None}
        root = node_of(run.output)
        along = leading_to(targets, run.order) | {root}
        found = reverse(root, g, along, targets, not recorded, run.since)
        return [None if node is None else found.get(node) for node in places]

    def tangent(self, node: Any, saved: Sequence[Any], tangents: Mapping[Node, Any], shape: tuple[int, ...]) -> Any:
        """Run the function again, and push tangents through it: return that of the output, or None."""
        places = [x for x in node.inputs if x in tangents]
        if not places:
            return None
        recorded = any(isinstance(tangents[x], Recorded) for x in places)
        y, *inputs = saved
        run = self._again(y, inputs, recorded)
        to = [*run.arguments, *self.outside]
        given = {at: tangents[x] for x, at in zip(node.inputs, to, strict=True) if at is not None and x in tangents}
        root = node_of(run.output)
        closed = [x for x in run.order if x.primitive is not None and x.primitive.push is None]
        order = reachable(root, run.since)[0] if opened(closed) else run.order
        count = None if len(shape) == len(node.shape) else shape[0]
        return push(order[::-1], given, recorded, count).get(root)

    def _again(self, y: Any, inputs: Sequence[Any], recorded: bool) -> _Recording:
        """Run the function on what it was given, in places of its own, and make sure that it is the same run."""
        given: list[Any] = []
        for x, is_tensor, is_followed in zip(inputs, self._tensors, self._followed, strict=False):
            if not is_tensor:
                given.append(value_of(x))
            elif not is_followed:
                given.append(constant(x))
            else:  # in a place of its own also where it isn't wanted: what is read from outside may be the same tensor
                given.append(_linked(x) if recorded and followed(x) else self._leaf(value_of(x)))
        run: _Recording = self._same_draws(lambda: self.run(given))
        self._check(run, value_of(y), run.outside())
        return run

    def _check(self, run: _Recording, y: Any, outside: Mapping[Node, Any]) -> None:
        """Raise if a run has computed something else than the first."""
        known = self.outside
        same = run.output is not None and _alike(run.output._value, y)
        if same and all(node in known and _equal(known[node], v) for node, v in outside.items()):
            return
        raise RuntimeError(
            f"checkpoint: run again in the reverse pass, {self.name} computed something else than before: what it "
            "reads from outside has changed since, or it draws random numbers. Give it a numpy.random.Generator as an "
            "argument, which draws the same again, and change parameters after the reverse pass"
        )


def _linked(x: Tensor) -> Tensor:
    """Make an argument that gradients are wanted of, in a place of its own, from a tensor on the record."""
    made: Tensor = argument(x)
    node = node_of(made)
    if not node.requires_grad:  # it is traced only
        node.requires_grad, node.oldest = True, node.index
    return made


def _is_recorded(value: Any) -> bool:
    return isinstance(value, Recorded)


def _is_leaf(value: Any) -> bool:
    if isinstance(value, Recorded):
        return True
    return is_array(value) and getattr(value.dtype, "kind", "f") in "fiub"


def _equal(known: Any, value: Any) -> bool:
    """Whether two values are equal, if both are known."""
    if known is value or known is None or value is None:
        return True
    if not isinstance(known, np.ndarray | np.generic):
        return True  # of another library, which the output shows
    return bool(np.array_equal(known, value, equal_nan=known.dtype.kind == "f"))


def _alike(value: Any, y: Any) -> bool:
    """Whether two values are equal up to rounding."""
    if np.shape(value) != np.shape(y):
        return False
    if not isinstance(y, np.ndarray | np.generic):
        return True
    most = 1e3 * np.finfo(y.dtype).eps
    return bool(np.allclose(value, y, rtol=most, atol=most * float(np.max(np.abs(y), initial=0.0)), equal_nan=True))


def _generators(f: Any, others: Mapping[str, Any]) -> list[np.random.Generator]:
    """Find the generators of random numbers that a function is given, or names."""
    named = [*others.values()]
    while isinstance(f, partial):
        named += [*f.args, *f.keywords.values()]
        f = f.func
    named += getattr(getattr(f, "__self__", f), "__dict__", {}).values()
    with suppress(TypeError, ValueError):
        found = inspect.getclosurevars(f)
        named += [*found.nonlocals.values(), *found.globals.values(), *(getattr(f, "__defaults__", None) or ())]
    return [*{id(g): g for g in named if isinstance(g, np.random.Generator)}.values()]
