"""Simplification: the same values from fewer operations.

A graph is gone through once, in topological order. At each operation the rules of one table are tried, each of
which knows one identity of arithmetic; what is equal is computed once, and what nothing needs is left out. A
rule holds for infinities, NaN and zeros of both signs too: 0·x stays, for x may be infinite, and x + 0 stays,
for x may be −0. What was rounded stays so, but for the last digit; a product may stay finite whose factors
overflowed one after the other; and −0 that is summed with nothing stays −0, where NumPy makes it 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from microgradnet import ops
from microgradnet.graph import Entry, Graph, needed
from microgradnet.ops.elementwise import _absolute_vjp, _astype, _sigmoid_vjp, argument, detached, masked
from microgradnet.ops.indexing import _getitem
from microgradnet.ops.shapes import _broadcast_to, _reshape, _roll, _transpose
from microgradnet.record import Primitive, primitives
from microgradnet.template import parsed
from microgradnet.trees import key_of

__all__ = ["RULES", "simplification", "simplified"]


def simplified(graph: Graph) -> Graph:
    """Compute the same with fewer operations.

    Parameters
    ----------
    graph : Graph

    Returns
    -------
    Graph
        With the same inputs and outputs, in the same order, all inputs among them that nothing needs any more.
        Every value has the shape and dtype that it had, and equals it but for rounding. Operations are taken to
        be functions: called twice on the same, they return the same.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> print(simplified(mg.Graph.of(-(mg.exp(x) + mg.exp(x)))))
    4 nodes: 1 parameter, 1 constant, 2 operations
    0  parameter        2  x
    1  exp        0     2
    2  −2
    3  ⊙          2, 1  2     output
    """
    return simplification(graph)[0]


def simplification(graph: Graph) -> tuple[Graph, dict[int, int]]:
    """Simplify as `simplified` does, and say where each entry went.

    Returns
    -------
    simpler : Graph
    position : dict of int to int
        Where the value of an entry is found in the simpler graph, for those that it still computes.
    """
    rewriting = _Rewriting()
    place: list[int] = []
    for entry in graph:
        if entry.operation is not None:
            inputs = tuple([place[i] for i in entry.inputs])
            entry = replace(entry, operation=_as_built_in(entry.operation), inputs=inputs)
        place.append(rewriting.add(entry).id)
    nodes = rewriting.nodes
    outputs = [place[i] for i in graph.outputs]
    given = [node.id for node in nodes if node.kind in ("parameter", "input")]
    new = {old: i for i, old in enumerate(needed(nodes, [*given, *outputs]))}
    position = {old: new[at] for old, at in enumerate(place) if at in new}
    kept = []
    for old in new:
        node = nodes[old]
        origin = None if node.origin is None else position.get(node.origin)
        kept.append(replace(node, id=new[old], inputs=tuple([new[i] for i in node.inputs]), origin=origin))
    return Graph(kept, [new[i] for i in outputs]), position


# --- the rewriting ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Call:
    """What a rule puts in the place of an entry: an operation on entries, numbers and other calls."""

    operation: Primitive
    inputs: tuple[Any, ...]
    shape: tuple[int, ...] | None
    dtype: Any
    static: Mapping[str, Any] = field(default_factory=dict)


class _Rewriting:
    """The simpler graph as it grows."""

    def __init__(self) -> None:
        self.nodes: list[Entry] = []
        self.known: dict[Any, int] = {}

    def add(self, entry: Entry) -> Entry:
        """Add an entry in its simplest form, or find the one that is equal to it."""
        while True:
            inputs = [self.nodes[i] for i in entry.inputs]
            for rule in _rules_of(entry.operation):
                found = rule(entry, inputs, self.nodes)
                if found is not None:
                    break
            else:
                return self._final(entry)
            if isinstance(found, Entry):
                return self._named(found, entry)
            if not isinstance(found, _Call):
                return self._final(_constant(found, entry))
            entry = self._called(found, entry)

    def _called(self, call: _Call, instead_of: Entry) -> Entry:
        """Make the entry of a call, whose inputs are added."""
        inputs = tuple([self._input(i, instead_of) for i in call.inputs])
        return replace(
            instead_of, kind="operation", operation=call.operation, inputs=inputs, static=call.static,
            shape=call.shape, dtype=call.dtype,
        )  # fmt: skip

    def _input(self, given: Any, user: Entry) -> int:
        if isinstance(given, Entry):
            return given.id
        inner = replace(user, name=None, value=None)
        return self.add(self._called(given, inner) if isinstance(given, _Call) else _constant(given, inner)).id

    def _final(self, entry: Entry) -> Entry:
        """Add an entry that no rule makes simpler, unless there is one that computes the same."""
        key = _identity(entry)
        if key is not None and key in self.known:
            return self._named(self.nodes[self.known[key]], entry)
        entry = replace(entry, id=len(self.nodes))
        self.nodes.append(entry)
        if key is not None:
            self.known[key] = entry.id
        return entry

    def _named(self, found: Entry, entry: Entry) -> Entry:
        """Let an entry keep the name, and the value, of the one that it stands for."""
        if found.kind != "operation":
            return found
        name = entry.name if found.name is None else found.name
        value = entry.value if found.value is None else found.value
        if name is not found.name or value is not found.value:
            self.nodes[found.id] = found = replace(found, name=name, value=value)
        return found


def _constant(value: Any, instead_of: Entry) -> Entry:
    return replace(
        instead_of, kind="constant", operation=None, inputs=(), static={}, value=value, shape=(), name=None,
        dtype=getattr(value, "dtype", None), origin=None, requires_grad=False,
    )  # fmt: skip


def _identity(entry: Entry) -> Any:
    """Return what two entries have in common that compute the same; None for data, which is only itself."""
    if entry.operation is not None:
        return entry.operation, entry.inputs, key_of(entry.static)
    if entry.is_number and entry.value is not None and entry.name is None:
        return key_of(entry.value)
    return None


# --- the operations that rules are about ------------------------------------------------------------------


def _declared(*operations: Any) -> frozenset[Primitive]:
    return frozenset([operation.primitive for operation in operations])


_ELEMENTWISE = frozenset([p for p in primitives.values() if p.module == ops.add.__module__])
_PACKAGE = __name__.partition(".")[0] + "."


@lru_cache(1024)
def _as_built_in(operation: Primitive) -> Primitive:
    """Return the built-in operation that one's own is declared like, for which the same rules hold; or itself.

    It is written as the same NumPy code, and in mathematics not otherwise. Values don't depend on the VJPs.
    """
    base = primitives.get(operation.name, operation)
    if base.beside_number is operation:
        operation = base
    if operation.module.startswith(_PACKAGE):
        return operation
    built_in = _built_in().get(_code(operation), operation)
    alike = operation.text in (None, built_in.text) and (
        operation.latex == built_in.latex
        if operation.latex is not None
        else operation.symbol in (operation.name, built_in.symbol)
    )
    return built_in if alike else operation


@cache
def _built_in() -> Mapping[Any, Primitive]:
    """Return the built-in operations by their code; of several the first."""
    return {_code(p): p for p in reversed(primitives.values()) if p.module.startswith(_PACKAGE)}


def _code(operation: Primitive) -> Any:
    """Return what operations have in common that are written as the same NumPy code."""
    source = operation.source
    if isinstance(source, str):
        with suppress(ValueError):  # whoever writes the operation says what is wrong
            template = parsed(source, operation.arity or 2, tuple(operation.defaults))
            return template.helper, template.code, operation.arity, frozenset(operation.defaults)
    return source if callable(source) else operation


# --- what the rules look at -----------------------------------------------------------------------------

_Result = Any
"""An entry that is equal, a call that is, a number, or None: the rule says nothing here."""

Rule = Callable[[Entry, list[Entry], Sequence[Entry]], _Result]
"""``rule(entry, its inputs, the simpler graph so far)``."""

_NUMBERS = (int, float, np.generic)


def _number(entry: Entry) -> Any:
    """Return the number that a constant is, or None."""
    return entry.value if entry.is_number and isinstance(entry.value, _NUMBERS) else None


def _signed(entry: Entry) -> Any:
    """Return the number that a constant is, or None where its sign can't be turned: it is unsigned, or 0, not 0.0."""
    number = _number(entry)
    return number if isinstance(number, float | np.floating) or (isinstance(number, int) and number) else None


def _spread(entry: Entry, nodes: Sequence[Entry]) -> Any:
    """Return the number that every element is known to be, in the entry's dtype, or None."""
    inner = nodes[entry.inputs[0]] if _calls(entry, _broadcast_to) else entry
    number = _number(inner)
    if number is None or entry.dtype is None:
        return number
    return np.asarray(number, entry.dtype)[()]


def _is(entry: Entry, number: float, nodes: Sequence[Entry]) -> bool:
    """Whether every element is a certain number, its sign included."""
    n = _spread(entry, nodes)
    return n is not None and n == number and math.copysign(1, n) == math.copysign(1, number)


def _calls(entry: Entry, operation: Any) -> bool:
    return entry.operation is operation.primitive


def _like(entry: Entry, operation: Any, /, *inputs: Any, **static: Any) -> _Call:
    """Call an operation whose result has the shape and dtype of an entry."""
    return _Call(operation.primitive, inputs, entry.shape, entry.dtype, static)


def _again(entry: Entry, *inputs: Any) -> _Call:
    """Call the operation of an entry on other inputs; the result has the shape and dtype of its own."""
    assert entry.operation is not None
    return _Call(entry.operation, inputs, entry.shape, entry.dtype, entry.static)


def _real(entry: Entry) -> bool:
    """Whether this is of a floating dtype, where a sign can be moved about."""
    return entry.dtype is not None and entry.dtype.kind == "f"


def _negated(entry: Entry, nodes: Sequence[Entry]) -> Entry | None:
    """Return what an entry is the negative of, or None. An integer may have none, and is not converted after it."""
    return nodes[entry.inputs[0]] if _calls(entry, ops.negative) and _real(entry) else None


def _same(entry: Entry, x: Entry) -> _Result:
    """Return x, if it has the shape and dtype of the entry that it is equal to."""
    if x.dtype is None:
        return None
    return x if x.shape == entry.shape and x.dtype == entry.dtype else None


# --- the rules --------------------------------------------------------------------------------------------


def folded(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Compute a number from numbers."""
    numbers = [_number(i) for i in x]
    if e.operation is None or e.shape != () or not x or any(n is None for n in numbers):
        return None
    typed = [np.asarray(n)[()] for n in numbers]  # Python's own raise errors where NumPy's overflow
    with np.errstate(all="ignore"):
        return np.asarray(e.operation.compute(*typed, **e.static)).astype(e.dtype)[()]


def spread_constant(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write an array of one number over and over, that has no name, as that number, broadcast."""
    a = e.value
    if e.kind != "constant" or e.name is not None or not isinstance(a, np.ndarray) or not a.size:
        return None
    first = a.flat[0]
    if a.dtype.kind not in "fiub" or not (a == first).all() or (first == 0 and np.signbit(a).any()):
        return None
    return _like(e, _broadcast_to, first, shape=a.shape)


def filled(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write what takes nothing but a shape and a dtype from an array as one number, broadcast."""
    number = np.asarray(_calls(e, ops.ones_like)).astype(e.dtype)[()]
    return _like(e, _broadcast_to, number, shape=e.shape) if e.shape else number


def spread_result(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Compute on one number what would be computed on many equal ones."""
    numbers = [_spread(i, nodes) for i in x]
    if e.operation is None or e.shape == () or any(n is None for n in numbers):
        return None
    return _like(e, _broadcast_to, _Call(e.operation, tuple(numbers), (), e.dtype, e.static), shape=e.shape)


def spread_rearranged(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Rearrange equal numbers into equal ones."""
    number = _spread(x[0], nodes)
    if number is None or (_calls(e, _broadcast_to) and _number(x[0]) is not None):
        return None
    return _like(e, _broadcast_to, number, shape=e.shape) if e.shape else number


def sum_of_spread(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Add up n equal numbers: n times the number."""
    number = _spread(x[0], nodes)
    if number is None or not _real(e) or not math.prod(x[0].shape or ()) or not np.isfinite(number):
        return None
    count = math.prod(x[0].shape or ()) // math.prod(e.shape or ())
    with np.errstate(over="ignore"):
        total = np.asarray(float(number) * count).astype(e.dtype)[()]
    return _like(e, _broadcast_to, total, shape=e.shape) if e.shape else total


def spread_by_the_operation(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Leave broadcasting to an elementwise operation that does it anyway."""
    for k, i in enumerate(x):
        if not _calls(i, _broadcast_to):
            continue
        inner = nodes[i.inputs[0]]
        shapes = [inner.shape if j == k else other.shape for j, other in enumerate(x)]
        if None in shapes or np.broadcast_shapes(*(s or () for s in shapes)) != e.shape:
            continue
        small = _spread(i, nodes) if inner.dtype is None else inner
        return _again(e, *x[:k], small, *x[k + 1 :])
    return None


def pythons_number(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write a number beside an array of its own dtype as Python's, which takes the dtype that it meets."""
    for k, i in enumerate(x):
        other = x[1 - k]
        if _number(i) is not None and i.dtype is not None and _real(i) and i.dtype == other.dtype:
            number = float(_number(i))
            if not np.isfinite(number):
                continue
            return _again(e, *x[:k], number, *x[k + 1 :])
    return None


def number_first(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write a number before what it multiplies."""
    if _number(x[1]) is not None and _number(x[0]) is None:
        return _like(e, ops.multiply, x[1], x[0])
    return None


def times_one(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Leave out a factor of one: 1·x = x·1 = x."""
    if _is(x[0], 1, nodes):
        return _same(e, x[1])
    return _same(e, x[0]) if _is(x[1], 1, nodes) else None


def by_one(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Leave out a divisor or exponent of one: x / 1 = x¹ = x."""
    return _same(e, x[0]) if _is(x[1], 1, nodes) else None


def minus_zero(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Leave out what is not subtracted: x − 0 = x."""
    return _same(e, x[0]) if _is(x[1], 0.0, nodes) else None


def plus_minus_zero(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Leave out −0: x + (−0) = x. But x + 0 stays, for where x is −0 it is 0."""
    if _is(x[0], -0.0, nodes):
        return _same(e, x[1])
    return _same(e, x[0]) if _is(x[1], -0.0, nodes) else None


def itself(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Leave out what changes nothing: +x = x, and so is x as an argument or detached."""
    return _same(e, x[0])


def to_its_own_dtype(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Convert to the dtype that it has: nothing happens."""
    return _same(e, x[0])


def to_its_own_shape(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Reshape or broadcast to the shape that it has: nothing happens."""
    return _same(e, x[0])


def over_nothing(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Sum over axes of length 1, or no axes: at most the shape changes, and −0 to 0."""
    if x[0].dtype is None or x[0].dtype != e.dtype or x[0].shape is None or e.shape is None:
        return None
    if math.prod(x[0].shape) != math.prod(e.shape) or not math.prod(e.shape):
        return None
    return _same(e, x[0]) or _like(e, _reshape, x[0], shape=e.shape)


def in_order(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Transpose in the order that the axes have: nothing happens."""
    n = len(e.shape or ())
    return _same(e, x[0]) if _axes(e) == tuple(range(n)) else None


def transposed_twice(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Permute axes once: (xᵀ)ᵀ = x."""
    if not _calls(x[0], _transpose):
        return None
    first, second = _axes(x[0]), _axes(e)
    axes: tuple[int, ...] | None = tuple([first[i] for i in second])
    if axes == tuple(range(len(second)))[::-1]:
        axes = None  # as .T has it
    return _like(e, _transpose, nodes[x[0].inputs[0]], axes=axes)


def _axes(e: Entry) -> tuple[int, ...]:
    n = len(e.shape or ())
    axes = e.static["axes"]
    return tuple(range(n))[::-1] if axes is None else tuple([i % n for i in axes])


def reshaped_twice(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Of two reshapes the last one counts."""
    return _like(e, _reshape, nodes[x[0].inputs[0]], shape=e.shape) if _calls(x[0], _reshape) else None


def broadcast_twice(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Of two broadcasts the last one counts."""
    return _like(e, _broadcast_to, nodes[x[0].inputs[0]], shape=e.shape) if _calls(x[0], _broadcast_to) else None


def twice(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write a sum as a product: x + x = 2·x, which a sign or another factor can join."""
    return _like(e, ops.multiply, 2, x[0]) if x[0].id == x[1].id and _real(e) and _real(x[0]) else None


def minus_minus(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Let a sign cancel: −(−x) = x, and −(c·x) = (−c)·x.

    But −(a − b) stays: where a = b it is −0, and b − a is 0.
    """
    if not _real(e):
        return None
    if _calls(x[0], ops.negative):
        return _same(e, nodes[x[0].inputs[0]])
    if _calls(x[0], ops.multiply):
        c, a = (nodes[i] for i in x[0].inputs)
        if _signed(c) is not None:
            return _like(e, ops.multiply, -_signed(c), a)
    return None


def times_minus_one(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write a factor as a sign: (−1)·x = −x."""
    if _is(x[0], -1, nodes) and _real(e) and x[1].shape == e.shape and x[1].dtype == e.dtype:
        return _like(e, ops.negative, x[1])
    return None


def sign_of_a_product(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Move signs outside, where they cancel: (−a)·b = a·(−b) = −(a·b), and so for quotients."""
    for k, i in enumerate(x):
        a = _negated(i, nodes)
        if a is not None:
            number = _signed(x[1 - k])
            if number is not None:
                return _again(e, *((a, -number) if k == 0 else (-number, a)))
            return _like(e, ops.negative, _again(e, *x[:k], a, *x[k + 1 :]))
    return None


def plus_minus(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Subtract what is added with a sign: a + (−b) = a − b, and (−a) + b = b − a."""
    a, b = (_negated(i, nodes) for i in x)
    if b is not None:
        return _like(e, ops.subtract, x[0], b)
    return _like(e, ops.subtract, x[1], a) if a is not None else None


def minus_a_negative(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Add what is subtracted with a sign: a − (−b) = a + b."""
    b = _negated(x[1], nodes)
    return _like(e, ops.add, x[0], b) if b is not None else None


def factors(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Collect factors: c·(d·x) = (c·d)·x, where one is a power of 2, so that nothing is rounded otherwise."""
    c = _number(x[0])
    if c is None or not _real(e) or not _calls(x[1], ops.multiply) or x[1].dtype != e.dtype:
        return None
    d, rest = _number(nodes[x[1].inputs[0]]), nodes[x[1].inputs[1]]
    if d is None or rest.dtype != e.dtype or not all(isinstance(n, int | float) for n in (c, d)):
        return None
    exact = any(math.frexp(n)[0] in (0.5, -0.5) for n in (c, d))
    size = abs(c * d)
    least, most = np.finfo(e.dtype).tiny, np.finfo(e.dtype).max
    return _like(e, ops.multiply, c * d, rest) if exact and least <= size <= most else None


def sigmoid_times_number(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write c·σ′, with σ′ = y(1 − y), as a product, from which c = 1 goes away."""
    c = _number(x[0])
    if c is None or x[1].shape != e.shape or x[1].dtype != e.dtype:
        return None
    return _like(e, ops.multiply, c, _like(e, ops.multiply, x[1], _like(e, ops.subtract, 1.0, x[1])))


def mask_of_one(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write 1 where a condition holds and 0 elsewhere as the condition, a number."""
    if _is(x[0], 1, nodes) and x[1].shape == e.shape and x[1].dtype == np.bool_:
        return _like(e, _astype, x[1], dtype=e.dtype)
    return None


def sign_times_number(e: Entry, x: list[Entry], nodes: Sequence[Entry]) -> _Result:
    """Write c·sgn x as a product, from which c = 1 goes away. But not for c < 0: where x is 0 it would be −0."""
    c = _number(x[0])
    if c is None or not np.isfinite(c) or np.signbit(c) or x[1].shape != e.shape or x[1].dtype != e.dtype:
        return None
    return _like(e, ops.multiply, c, _like(e, ops.sign, x[1]))


_ARITHMETIC = _declared(ops.add, ops.subtract, ops.multiply, ops.divide)

RULES: Mapping[Rule, Collection[Primitive]] = {
    folded: (),
    spread_constant: (),
    filled: _declared(ops.ones_like, ops.zeros_like),
    spread_result: _ELEMENTWISE,
    spread_rearranged: _declared(_transpose, _reshape, ops.flip, _roll, _getitem, _broadcast_to),
    sum_of_spread: _declared(ops.sum),
    times_one: _declared(ops.multiply),
    by_one: _declared(ops.divide, ops.power),
    minus_zero: _declared(ops.subtract),
    plus_minus_zero: _declared(ops.add),
    itself: _declared(ops.positive, argument, detached),
    to_its_own_dtype: _declared(_astype),
    to_its_own_shape: _declared(_reshape, _broadcast_to),
    over_nothing: _declared(ops.sum),
    in_order: _declared(_transpose),
    transposed_twice: _declared(_transpose),
    reshaped_twice: _declared(_reshape),
    broadcast_twice: _declared(_broadcast_to),
    spread_by_the_operation: _ELEMENTWISE,
    pythons_number: _ARITHMETIC,
    number_first: _declared(ops.multiply),
    twice: _declared(ops.add),
    minus_minus: _declared(ops.negative),
    times_minus_one: _declared(ops.multiply),
    sign_of_a_product: _declared(ops.multiply, ops.divide),
    plus_minus: _declared(ops.add),
    minus_a_negative: _declared(ops.subtract),
    factors: _declared(ops.multiply),
    sigmoid_times_number: _declared(_sigmoid_vjp),
    mask_of_one: _declared(masked),
    sign_times_number: _declared(_absolute_vjp),
}
"""Every rule, and the operations that it is about; none where it is about all."""


@lru_cache(1024)
def _rules_of(operation: Primitive | None) -> tuple[Rule, ...]:
    """Find the rules that are tried at an operation, or at what is given."""
    return tuple(rule for rule, about in RULES.items() if not about or operation in about)
