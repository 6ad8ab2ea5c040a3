"""Graph: a frozen snapshot of what was recorded, in topological order.

The rooms above (pictures, source, mathematics, compilation) read this and never the record itself. A
snapshot knows no operation by name, and holds on to the values that it saw: they outlive a `backward` that
frees the record.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from microgradnet.deferred import opened
from microgradnet.ownership import owned
from microgradnet.record import (
    CONSTANT,
    ROOT,
    Array,
    Node,
    Primitive,
    Recorded,
    Scope,
    node_of,
    traced,
    value_of,
    within,
)
from microgradnet.text import arguments, legible, number, printable, shape_text, short, what

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["Entry", "Graph", "Kind", "common", "computed", "located", "needed"]

Kind = Literal["parameter", "input", "constant", "operation"]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One node of a `Graph`: a tensor that was given, a constant, or the result of an operation.

    Attributes
    ----------
    id : int
        Its position in `Graph.nodes`; inputs come before what is computed from them.
    kind : {"parameter", "input", "constant", "operation"}
        A parameter is a given tensor that requires gradients, an input one that does not; a constant is a
        plain array or number; an operation is whatever was computed.
    operation : Primitive or None
        What computed it; None unless it is an operation.
    inputs : tuple of int
        Positions of the operation's array arguments, in order.
    static : mapping
        The operation's other arguments (axis, shape, ...), by name.
    value : array, number or None
        None where the record has none: no VJP reads it, or a reverse pass had freed it before this snapshot was
        taken. `Graph.values` computes what can be.
    shape : tuple of int or None
        None for a constant whose value was freed.
    dtype : dtype or None
        None for Python's own numbers, which have none, and for a constant whose value was freed.
    name : str or None
        The name the user gave it.
    scope : tuple of str
        The scopes it was recorded in, outermost first. A constant is placed where it is used.
    origin : int or None
        In a reverse pass that was recorded: the position of the forward operation this belongs to.
    requires_grad : bool
        Whether derivatives flow through it.
    """

    id: int
    kind: Kind
    operation: Primitive | None
    inputs: tuple[int, ...]
    static: Mapping[str, Any]
    value: Array | None
    shape: tuple[int, ...] | None
    dtype: Any
    name: str | None
    scope: tuple[str, ...]
    origin: int | None
    requires_grad: bool

    @property
    def given(self) -> dict[str, Any]:
        """The static arguments that differ from their defaults."""
        defaults = {} if self.operation is None else self.operation.defaults
        return {k: v for k, v in self.static.items() if k not in defaults or not _same(v, defaults[k])}

    @property
    def title(self) -> str:
        """What it is in a word or a sign, without its inputs: an operation's symbol, a name, a number, or its kind."""
        if self.operation is not None:
            return legible(self.operation.symbol, 16)
        if self.name:
            return short(self.name)
        return number(self.value) if self.is_number and self.value is not None else self.kind

    @property
    def is_number(self) -> bool:
        """Whether this is a constant without axes, such as the 2 in x**2."""
        return self.kind == "constant" and self.shape == ()

    def __repr__(self) -> str:
        what = self.kind if self.operation is None else self.operation.name
        name = "" if self.name is None else f" {self.name!r}"
        return f"<Entry {self.id}: {what}{name} {self.shape}>"


class Graph:
    """What some tensors were computed from: a frozen list of entries in topological order, oldest first.

    Made by `Graph.of`. It has a length, can be iterated over and indexed by position; ``str(graph)`` is a
    numbered listing.

    Attributes
    ----------
    nodes : tuple of Entry
    inputs : tuple of int
        Positions of the parameters and inputs.
    outputs : tuple of int
        Positions of the tensors it was made of, in the order they were given.
    scopes : tuple of tuple of str
        Every scope that has an entry, and those around it, outer ones first.

    Examples
    --------
    >>> import microgradnet as mg
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True, name="w")
    >>> graph = mg.Graph.of(mg.exp(2 * w))
    >>> len(graph)
    4
    >>> print(graph)
    4 nodes: 1 parameter, 1 constant, 2 operations
    0  parameter        2  w
    1  2
    2  ⊙          1, 0  2
    3  exp        2     2     output
    """

    __slots__ = ("inputs", "nodes", "outputs", "scopes")

    nodes: tuple[Entry, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    scopes: tuple[tuple[str, ...], ...]

    def __init__(self, nodes: Iterable[Entry], outputs: Iterable[int]) -> None:
        nodes = tuple(nodes)
        put = object.__setattr__
        put(self, "nodes", nodes)
        put(self, "inputs", tuple(n.id for n in nodes if n.kind in ("parameter", "input")))
        put(self, "outputs", tuple(outputs))
        scopes: dict[tuple[str, ...], None] = {}
        for scope in dict.fromkeys(n.scope for n in nodes):
            scopes.update(dict.fromkeys(scope[:i] for i in range(1, len(scope) + 1)))
        put(self, "scopes", tuple(scopes))

    def __setattr__(self, attribute: str, value: object) -> None:
        raise AttributeError(f"a Graph is frozen: {attribute!r} can't be set")

    def __reduce__(self) -> tuple[type[Graph], tuple[tuple[Entry, ...], tuple[int, ...]]]:
        return Graph, (self.nodes, self.outputs)

    @classmethod
    def of(cls, *outputs: Tensor, names: Mapping[str, Any] | None = None) -> Graph:
        """Take a snapshot of everything that some tensors were computed from.

        Parameters
        ----------
        *outputs : Tensor
            At least one.
        names : mapping of str to Tensor, optional
            Names for tensors, in place of those they have; ``names=locals()`` names them as the code does.
            What isn't a tensor or an array is passed over; of several names for one tensor the first counts
            that doesn't begin with an underscore.

        Returns
        -------
        Graph

        Raises
        ------
        TypeError
            If an output isn't a tensor, or `names` isn't a mapping from strings.
        """
        return located(*outputs, names=names)[0]

    def values(self, given: Mapping[int, Array] | None = None) -> tuple[Array | None, ...]:
        """Return the value of every node, those that the record didn't keep computed again.

        Parameters
        ----------
        given : mapping of int to array, optional
            Other values for some nodes, by position; whatever depends on them is computed from these.

        Returns
        -------
        tuple of array or None
            By position; None where the value depends on one that was freed.
        """
        with np.errstate(all="ignore"):  # the computation itself has warned already
            return computed(self.nodes, given or {})

    def trace(self) -> tuple[Any, ...]:
        """Record the computation once more, every step of it: also what no derivative flows through.

        Returns
        -------
        tuple of Tensor or number
            By position. Whatever is computed from them is recorded too, a transposed input as well as a
            reverse pass.

        Raises
        ------
        RuntimeError
            If a value it starts from was freed.
        """
        again: list[Any] = []
        scopes: dict[tuple[str, ...], Scope] = {(): ROOT}
        for node in self.nodes:
            if node.operation is None and node.value is None:
                raise RuntimeError(f"the graph was freed: the value of {node!r} is gone; compute the output again")
            if node.is_number:
                again.append(node.value)
                continue
            with within(_scope(node.scope, scopes)):
                if node.operation is None:
                    result = traced(node.value, requires_grad=node.requires_grad)
                else:
                    result = node.operation.apply(*(again[i] for i in node.inputs), **node.static)
            node_of(result).name = node.name
            again.append(result)
        return tuple(again)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.nodes)

    @overload
    def __getitem__(self, position: int) -> Entry: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, position: int | slice) -> Entry | tuple[Entry, ...]:
        return self.nodes[position]

    def __repr__(self) -> str:
        return f"<Graph of {self._summary()}>"

    def _summary(self) -> str:
        counts = dict.fromkeys(("parameter", "input", "constant", "operation"), 0)
        for node in self.nodes:
            counts[node.kind] += 1
        parts = [f"{n:,} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items() if n]
        return f"{len(self):,} node{'s' if len(self) > 1 else ''}: " + ", ".join(parts)

    def __str__(self) -> str:
        """List the nodes: number, operation, inputs, shape, dtype unless float64, name, scope."""
        most, kept = 60, 25
        nodes = self.nodes if len(self) <= most else (*self.nodes[:kept], *self.nodes[-kept:])
        outputs = set(self.outputs)
        rows = [_row(node, node.id in outputs) for node in nodes]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = []
        for row in rows:
            cells = [row[0].rjust(widths[0])]
            cells += [cell.ljust(width) for cell, width in zip(row[1:], widths[1:], strict=True) if width]
            lines.append("  ".join(cells).rstrip())
        if len(self) > most:
            lines.insert(kept, f"{'⋮'.rjust(widths[0])}  {len(self) - 2 * kept:,} more")
        return printable("\n".join([self._summary(), *lines]))


def computed(nodes: Sequence[Entry], given: Mapping[int, Array]) -> tuple[Array | None, ...]:
    """Return the value of every entry as `Graph.values` does, with NumPy's warnings: the one evaluator."""
    new = dict(given)
    values: list[Array | None] = []
    for node in nodes:
        value = new.get(node.id, node.value)
        changed = node.id not in new and not new.keys().isdisjoint(node.inputs)
        if node.operation is not None and (changed or value is None):
            inputs = [values[i] for i in node.inputs]
            value = None
            if all(v is not None for v in inputs):
                value = node.operation.compute(*inputs, **node.static)
        if changed:
            new[node.id] = value
        values.append(value)
    return tuple(values)


def needed(nodes: Sequence[Entry], outputs: Iterable[int]) -> list[int]:
    """Find what some entries are computed from, themselves included, in order."""
    found = [False] * len(nodes)
    for i in outputs:
        found[i] = True
    for node in reversed(nodes):
        if found[node.id]:
            for i in node.inputs:
                found[i] = True
    return [i for i, yes in enumerate(found) if yes]


# --- taking the snapshot ----------------------------------------------------------------------------


def located(*outputs: Any, names: Mapping[str, Any] | None = None) -> tuple[Graph, dict[Node, int]]:
    """Take a snapshot as `Graph.of` does, and say at which position each node of the record is in it."""
    if not outputs:
        raise TypeError("Graph.of: give at least one tensor")
    for output in outputs:
        if not isinstance(output, Recorded):
            raise TypeError(f"Graph.of: an output must be a Tensor, got {what(output)}")
    return _snapshot(outputs, _Names(names))


class _Names:
    """The names that a user's mapping gives: by node, and by value for tensors that nobody tracks."""

    def __init__(self, names: Mapping[str, Any] | None) -> None:
        self.of_node: dict[Node, str] = {}
        self._arrays: dict[tuple[Any, ...], list[tuple[str, Array]]] = {}
        if names is None:
            return
        if not isinstance(names, Mapping):
            raise TypeError(f"names must be a mapping from names to tensors, such as locals(); got {what(names)}")
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"names must be a mapping from names to tensors; {name!r} is no name")
        for name, given in sorted(names.items(), key=lambda item: item[0].startswith("_")):
            if isinstance(given, Recorded) and node_of(given) is not CONSTANT:
                self.of_node.setdefault(node_of(given), name)
                continue
            value = value_of(given)
            if isinstance(value, np.ndarray):
                self._arrays.setdefault((value.shape, value.dtype), []).append((name, value))

    def of_value(self, value: Array | None) -> str | None:
        """Return the name of an array: of that very one, or of one that it is the record's copy of."""
        if not isinstance(value, np.ndarray):
            return None
        known = self._arrays.get((value.shape, value.dtype), ())
        same = (name for name, array in known if array is value)
        equal = (name for name, array in known if array.tobytes() == value.tobytes())
        return next(itertools.chain(same, equal), None)


def _snapshot(outputs: tuple[Recorded, ...], names: _Names) -> tuple[Graph, dict[Node, int]]:
    order = _topological_order(node_of(o) for o in outputs)
    scopes = _Scopes()
    values: dict[Node, Array | None] = {}
    # Where each constant array is used, by identity: the scopes that all its uses share.
    used_in: dict[int, tuple[str, ...]] = {}
    for node in order:
        for parent, value in zip(node.inputs, (node.saved or ())[1:], strict=False):
            if parent is CONSTANT:
                here = scopes.path(node.scope)
                used_in[id(value)] = common(used_in.get(id(value), here), here)
            elif value is not None and (parent.primitive is None or parent.saved is None or parent.saved[0] is None):
                known = values.setdefault(parent, value)
                if known is not value and parent.primitive is None and not _same_array(known, value):
                    values[parent] = None  # its data were replaced between two uses: there is no one value
    for output in outputs:
        if node_of(output) is not CONSTANT:
            values.setdefault(node_of(output), owned(value_of(output)))

    entries: list[Entry] = []
    position: dict[Node, int] = {}
    constants: dict[int, int] = {}

    def add_constant(value: Array | None, scope: tuple[str, ...], kind: Kind = "constant") -> int:
        known = value is not None
        array = known and getattr(value, "shape", ()) != ()
        if array or kind == "input":
            if id(value) in constants:
                return constants[id(value)]
            constants[id(value)] = len(entries)
            scope = used_in.get(id(value), scope)
        shape = tuple(getattr(value, "shape", ())) if known else None
        dtype = getattr(value, "dtype", None)
        name = names.of_value(value)
        entries.append(Entry(len(entries), kind, None, (), {}, value, shape, dtype, name, scope, None, False))
        return len(entries) - 1

    for node in order:
        scope = scopes.path(node.scope)
        saved = node.saved
        inputs = tuple(
            position[p] if p is not CONSTANT else add_constant(saved[i] if saved is not None else None, scope)
            for i, p in enumerate(node.inputs, 1)
        )
        operation = node.primitive
        kind: Kind = "operation" if operation is not None else "parameter" if node.requires_grad else "input"
        value = saved[0] if saved is not None else None
        if value is None:
            value = values.get(node)
        name = names.of_node.get(node) or node.name
        origin = scopes.origin(node.scope, position)
        position[node] = len(entries)
        entries.append(
            Entry(
                len(entries), kind, operation, inputs, node.static, value,
                node.shape, node.dtype, name, scope, origin, node.requires_grad,
            )
        )  # fmt: skip
    ends = [
        position[node_of(o)] if node_of(o) is not CONSTANT else add_constant(value_of(o), (), "input") for o in outputs
    ]
    return Graph(entries, ends), position


def _topological_order(roots: Iterable[Node]) -> list[Node]:
    """Return what the roots were computed from, oldest first; indices fall with every node that is made."""
    stack = [root for root in roots if root is not CONSTANT]
    reached = set(stack)
    while stack:
        node = stack.pop()
        opened([node])
        for parent in node.inputs:
            if parent is not CONSTANT and parent not in reached:
                reached.add(parent)
                stack.append(parent)
    return sorted(reached, key=lambda node: -node.index)


class _Scopes:
    """Paths and origins of scopes; a recorded reverse pass has a scope for every operation."""

    def __init__(self) -> None:
        self.paths: dict[Scope, tuple[str, ...]] = {}
        self.interned: dict[tuple[str, ...], tuple[str, ...]] = {}

    def path(self, scope: Scope) -> tuple[str, ...]:
        if scope not in self.paths:
            path = scope.path
            self.paths[scope] = self.interned.setdefault(path, path)
        return self.paths[scope]

    def origin(self, scope: Scope | None, position: Mapping[Node, int]) -> int | None:
        """Return the position of the operation that a scope of a reverse pass belongs to, if it is there."""
        while scope is not None:
            if scope.origin is not None and scope.origin in position:
                return position[scope.origin]
            scope = scope.parent
        return None


def _same_array(a: Array | None, b: Array) -> bool:
    return (
        isinstance(a, np.ndarray | np.generic) and isinstance(b, np.ndarray | np.generic) and a.tobytes() == b.tobytes()
    )


def common(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scopes that two paths share."""
    if a == b:
        return a
    length = next((i for i, (u, v) in enumerate(zip(a, b, strict=False)) if u != v), min(len(a), len(b)))
    return a[:length]


def _scope(path: tuple[str, ...], known: dict[tuple[str, ...], Scope]) -> Scope:
    """Make the scope of a path inside those that are known."""
    for i, name in enumerate(path, 1):
        if path[:i] not in known:
            known[path[:i]] = Scope(name, known[path[: i - 1]])
    return known[path]


def _same(value: Any, default: Any) -> bool:
    # Only numbers and text are compared: == on arrays is no yes or no.
    return value is default or (
        type(value) is type(default) and isinstance(value, int | float | str) and bool(value == default)
    )


def _row(node: Entry, is_output: bool) -> tuple[str, ...]:
    if node.operation is not None:
        what = f"{node.title} {arguments(node.given)}".rstrip()
    elif node.is_number and node.value is not None:
        what = number(node.value)
    else:
        what = node.kind
    named = "" if node.name is None else short(node.name)
    return (
        str(node.id),
        what,
        ", ".join(map(str, node.inputs[:8])) + (", …" if len(node.inputs) > 8 else ""),
        "" if node.is_number else shape_text(node.shape),
        "" if node.dtype is None or node.dtype == np.float64 else legible(str(node.dtype), 16),
        named,
        "output" if is_output else "",
        legible(" / ".join(node.scope), 60),
    )
