"""Dual numbers: a tangent that is computed as the operation is called, beside its value.

A function whose tangent alone is wanted need not be recorded: each call computes the value, and from the tangents of
its inputs that of its output, by the rules of the forward pass. What asks a dual number for its place in the record (a
reverse pass inside the function, a write, an operation with a recorded tensor) gets one: a leaf that has this tangent.
From there on it is recorded, and the forward pass goes on from these leaves.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from microgradnet.calls import KNOWN
from microgradnet.forward import push, wrong_shape
from microgradnet.ops.elementwise import argument
from microgradnet.plain import NUMBERS
from microgradnet.record import (
    CONSTANT,
    ROOT,
    Argument,
    Array,
    Moving,
    Node,
    Primitive,
    Recorded,
    attach,
    current_scope,
    is_number,
    leaf,
    next_index,
    node_of,
    settled,
    traced,
    viewed,
    within,
)
from microgradnet.tensor import Tensor

__all__ = ["Dual", "Moved"]


class Dual(Moving, Tensor):
    """A tensor with its tangent, as long as nobody asks for its place in the record."""

    __slots__ = ()

    _settled = True  # of all of them: it need not be written into each


Dual.__name__ = Dual.__qualname__ = Tensor.__name__  # what it is to who uses it


class _Placed(Node):
    """The place of what was a dual number, and a result: `made` is the operation that has computed it."""

    __slots__ = ("made",)


_APART = 2.0**-20
"""How far places are apart that are made later than they belong; less than between two nodes."""


class Moved:
    """One run of a function with tangents beside its values.

    Attributes
    ----------
    index : int
        Of the record when it began: what the function makes is newer, and has a smaller one.
    tangents : dict of Node to array
        Of the leaves at which it is recorded after all.
    places : list of Node
        What dual numbers have got for a place: such a leaf, or its copy, which knows what made it.
    over : bool
        Whether the function has returned: what it has kept is a constant then, as nothing knows what made it.
    """

    __slots__ = ("index", "over", "places", "tangents")

    def __init__(self) -> None:
        self.index = next_index()
        self.tangents: dict[Node, Array] = {}
        self.places: list[Node] = []
        self.over = False

    def dual(self, value: Array, tangent: Array, made: Primitive | None = None) -> Dual:
        """Make a dual number; `made` is the operation that has computed it."""
        result = Dual()
        result._value = value
        result._tangent = tangent
        result._made = made
        result._run = self
        return result

    def place(self, dual: Dual) -> Node:
        """Give a dual number its place in the record: it is a tensor like all others from now on."""
        node = CONSTANT if self.over else self._new_place(dual)
        dual.__class__ = Tensor  # type: ignore[assignment]
        dual._node = node  # type: ignore[misc]
        dual._settled = True
        del dual._tangent, dual._made, dual._run
        return node

    def _new_place(self, dual: Dual) -> Node:
        value, made = dual._value, dual._made
        node = leaf(value, requires_grad=True, name=None, node_type=Argument)
        # As old as the run: what began since, as a transform inside it, has to see that it comes from outside.
        index = self.index - len(self.places) * _APART
        node.index = node.oldest = index  # type: ignore[assignment]
        self.tangents[node] = dual._tangent
        if made is not None:
            scope = current_scope() or ROOT
            node = argument.primitive.left_by(value, (node,), (value,), {}, scope, True, _Placed)
            node.index, node.made = index - _APART / 2, made  # type: ignore[assignment, attr-defined]
        self.places.append(node)
        return node


def moved(primitive: Any, inputs: Sequence[Any], static: Mapping[str, Any]) -> Any:
    """Call an operation on dual numbers, among its inputs: the general path; the other is `calls.dual_of`."""
    run: Any = None
    values: list[Any] = []
    tangents: list[Any] = []
    numbers = False
    for x in inputs:
        tangent = None
        if type(x) is Dual:
            if run is not None and x._run is not run:
                return _recorded(primitive, inputs, static)
            run, tangent, x = x._run, x._tangent, x._value
        elif isinstance(x, Recorded):
            if not settled(x) or x._node.requires_grad:
                return _recorded(primitive, inputs, static)
            x = x._value
        elif type(x) in NUMBERS or (type(x) is np.ndarray and x.dtype.kind in "fiub"):
            numbers = numbers or is_number(x)
        else:
            return _recorded(primitive, inputs, static)
        values.append(x)
        tangents.append(tangent)
    if any(isinstance(v, Recorded) for v in static.values()):
        return _recorded(primitive, inputs, static)
    if current_scope() is None or not primitive.differentiable:
        if primitive.views:
            return _recorded(primitive, inputs, static)
        constants = [x if t is None else attach(v, CONSTANT) for x, v, t in zip(inputs, values, tangents, strict=True)]
        return primitive.call(*constants, **static)
    if numbers:
        primitive = primitive.beside_number
    parents = [CONSTANT if t is None else _parent(v) for v, t in zip(values, tangents, strict=True)]
    node, y = _computed(primitive, values, parents, static)
    given = {parent: t for parent, t in zip(parents, tangents, strict=True) if t is not None}
    tangent = push([node], given, False).get(node)
    result = run.dual(y, np.zeros(y.shape, y.dtype)[()] if tangent is None else tangent, primitive)
    return viewed(result, primitive, inputs[0], static) if primitive.views else result


def _parent(value: Any) -> Node:
    return leaf(value, requires_grad=True, name=None, node_type=Argument)


def _computed(
    primitive: Primitive, values: Sequence[Any], parents: Sequence[Node], static: Mapping[str, Any]
) -> tuple[Node, Array]:
    """Compute the value, and make the node that the forward pass reads."""
    static = {**primitive.defaults, **static}
    try:
        y = primitive.compute(*values, **static)
    except ValueError as error:
        KNOWN["__raise_with_shapes"](primitive, error, values)
    if not hasattr(y, "dtype"):
        KNOWN["__raise_with_type"](primitive, y)
    return primitive.left_by(y, tuple(parents), values, static, current_scope() or ROOT, differentiated=True), y


def _recorded(primitive: Primitive, inputs: Sequence[Any], static: Mapping[str, Any]) -> Any:
    """Call an operation, whose inputs take their places in the record first."""
    for x in inputs:
        if isinstance(x, Dual):
            x._run.place(x)
    return primitive.call(*inputs, **static)


def _in_shape(tangent: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Broadcast the tangent of an input to the shape of the output, in its dtype."""
    return np.broadcast_to(tangent, shape).astype(dtype, copy=False)[()]


def _fitted(pushed: Any, primitive: Primitive, shape: tuple[int, ...], dtype: Any) -> Any:
    """Bring the tangent of an output to its dtype; zeros if there is none."""
    if pushed is None:
        return np.zeros(shape, dtype)[()]
    if pushed.shape != shape:
        raise wrong_shape(pushed, primitive, shape)
    return pushed if pushed.dtype is dtype else pushed.astype(dtype)


# --- VJPs of arrays, in as few steps as there are --------------------------------------------------------


_PACKAGE = __name__.partition(".")[0] + "."

_UFUNCS: dict[Any, Any] = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.neg: np.negative,
}


def _fused(primitive: Primitive, vjp: Any, dtype: str, names: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Write the VJP of a built-in elementwise operation of one input as calls of NumPy's, into memory of its own.

    No constant has to be made an array anew then, and no step takes new memory. It is traced, for arrays of one dtype,
    where its arguments, cotangent, output and input, have these names. Nothing is written if it isn't made of
    elementwise operations alone, or isn't the package's own: it may read what changes from call to call.

    Returns
    -------
    steps : str
        They leave the tangent in ``__pushed``.
    known : dict
        What they know, by names that begin with that of the dtype.
    """
    written: tuple[str, dict[str, Any]] = "", {}
    if all(str(module).startswith(_PACKAGE) for module in (primitive.module, getattr(vjp, "__module__", None))):
        given = [traced(np.full(2, 0.5, KNOWN[dtype])) for _ in names]
        with np.errstate(all="ignore"), within(ROOT), suppress(TypeError):  # where it asks for numbers
            written = _straight(vjp(*given), dict(zip(map(node_of, given), names, strict=True)), dtype)
    return written


def _straight(pulled: Any, given: Mapping[Node, str], dtype: str) -> tuple[str, dict[str, Any]]:
    """Write what was traced from nodes that have names as steps; none if it isn't made of elementwise operations."""
    if not isinstance(pulled, Recorded):
        return "", {}
    found = [node for node in [node_of(pulled)] if node not in given]
    used: Counter[Node] = Counter()
    for node in found:
        found += [p for p in dict.fromkeys(node.inputs) if p not in used and p not in given and p is not CONSTANT]
        used.update(node.inputs)
    names = {**given}
    known: dict[str, Any] = {}
    own: set[Node] = set()  # what lies in new memory, as what a ufunc returns does
    lines = []
    for k, node in enumerate(sorted(found, key=lambda node: -node.index)):
        primitive: Any = node.primitive
        if primitive is None or primitive.structure != "elementwise" or node.static or node.dtype != KNOWN[dtype]:
            return "", {}
        arguments = []
        for i, parent in enumerate(node.inputs):
            if parent is CONSTANT:
                value = node.saved[1 + i]  # type: ignore[index]
                if type(value) not in (int, float):
                    return "", {}
                known[f"{dtype}_c{k}_{i}"] = np.asarray(value, KNOWN[dtype])
            arguments.append(names.get(parent, f"{dtype}_c{k}_{i}"))
        known[f"{dtype}_f{k}"] = function = _UFUNCS.get(primitive.on_numpy, primitive.on_numpy)
        if isinstance(function, np.ufunc):
            arguments += [names[p] for p in node.inputs if p in own and used[p] == 1][:1]
            own.add(node)
        names[node] = f"__t{k}"
        lines.append(f"__t{k} = {dtype}_f{k}({', '.join(arguments)})\n")
    return f"{''.join(lines)}__pushed = {names[node_of(pulled)]}", known


KNOWN |= {
    "__fused": _fused,
    "__Dual": Dual,
    "__fitted": _fitted,
    "__in_shape": _in_shape,
    "__moved": moved,
    "__zeros_like": np.zeros_like,
}
