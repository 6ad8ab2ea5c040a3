"""A plan as a straight line of NumPy calls: Python source, and the function that it defines.

Every name in the source is made here; names and values of the user only occur in comments, made legible, and as
objects that the source refers to.
"""

from __future__ import annotations

import contextvars
import itertools
import linecache
import weakref
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np

from microgradnet.compiler.planning import Batch, Plan
from microgradnet.compiler.routine import Instruction, Value
from microgradnet.ops.elementwise import masked, piece
from microgradnet.text import arguments, legible, shape_text
from microgradnet.trees import Container, Leaf, Static, Structure, children, key_of, keys_of

__all__ = ["MISS", "Writer", "defined", "isolated", "numpy_source", "taking", "writable"]

MISS = object()
"""What a compiled function returns for arguments of another signature."""

_number = itertools.count()

_OUT_BY_NAME = (np.maximum, np.minimum)
"""To these NumPy wants the output named; to others it may be the last argument, which saves 60 ns."""


Source = tuple[str, dict[str, Any]]
"""A text that defines ``make()``, and what the names in it stand for."""


class Writer:
    """Source in the making, and the objects that its names stand for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.known: dict[int, str] = {}
        self._counts: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def add(self, *lines: str, indent: int = 2) -> None:
        """Add lines."""
        self.lines += ["    " * indent + line for line in lines]

    def name(self, value: Any, title: str) -> str:
        """Give an object a name; a function keeps its own, where it is free."""
        if id(value) not in self.known:
            name = title
            while name in self.names:
                name = f"{title}_{next(self._counts[title])}"
            self.names[name] = value
            self.known[id(value)] = name
        return self.known[id(value)]

    def function(self, value: Any) -> str:
        """Name a function as NumPy does."""
        title = getattr(value, "__name__", "call")
        return self.name(value, title if title.isidentifier() and title.isascii() else "call")

    # --- arguments and results --------------------------------------------------------------------------

    def guards(
        self,
        structure: Container,
        values: Sequence[tuple[Any, ...]],
        used: Sequence[str | None],
        donated: Iterable[int],
    ) -> None:
        """Take the arguments apart, and return `MISS` where they are not what was compiled for."""
        args, kwargs = structure.children
        miss = f"return {self.name(MISS, 'MISS')}"
        if not kwargs.children:
            self.add(f"if kwargs: {miss}")
        else:
            self._take("kwargs", kwargs, values, used, miss)
        self._take("args", args, values, used, miss)
        if targets := ", ".join(f"a{i}" for i in donated):
            self.add(f"if not {self.function(writable)}({targets}): {miss}")

    def _take(self, path: str, tree: Structure, values: Any, used: Any, miss: str) -> None:
        if isinstance(tree, Static):
            value, kind = self.name(tree.value, "static"), self.name(type(tree.value), "kind")
            plain = isinstance(tree.value, int | float | str) and tree.value != 0  # 0.0 == -0.0
            equal = f" and {path} != {value}" if plain else ""
            self.add(f"if type({path}) is not {kind} or ({path} is not {value}{equal}): {miss}")
        elif isinstance(tree, Leaf):
            self._array(path, values[tree.index], used[tree.index], miss)
        else:
            self._same_container(path, tree, miss)
            stem = "p" if path == "args" else f"{path}_"
            parts = [f"{stem}{i}" if not isinstance(t, Leaf) else f"a{t.index}" for i, t in enumerate(tree.children)]
            if parts:
                inside = f"{path}.values()" if tree.is_dict else path
                if not (tree.is_dict or issubclass(tree.kind, list | tuple)):
                    inside = f"{self.function(children)}({path}, {self.name(tree.keys, 'keys')})"
                self.add(f"{', '.join(parts)}, = {inside}")
            for part, child in zip(parts, tree.children, strict=True):
                self._take(part, child, values, used, miss)

    def _same_container(self, path: str, tree: Container, miss: str) -> None:
        """Return `MISS` where a container is of another kind, or holds other things."""
        own = f"type({path}) is not {self.name(tree.kind, 'kind')} or " if path != "args" else ""
        if tree.factory is not None:
            own += f"{path}.default_factory is not {self.name(tree.factory, 'factory')} or "
        if tree.keys is None or issubclass(tree.kind, tuple):
            self.add(f"if {own}len({path}) != {len(tree.children)}: {miss}")
        elif tree.is_dict and all(type(key) is str for key in tree.keys):  # in another order it isn't taken apart alike
            self.add(f"if {own}[*{path}] != {self.name([*tree.keys], 'keys')}: {miss}")
        else:
            found = f"{self.function(key_of)}({self.function(keys_of)}({path}))"
            self.add(f"if {own}{found} != {self.name(key_of(tree.keys), 'keys')}: {miss}")

    def _array(self, path: str, expected: tuple[Any, ...], used: str | None, miss: str) -> None:
        kind, shape, dtype = expected
        if kind is float:
            self.add(f"if type({path}) is not float: {miss}")
            if used:
                self.add(f"{path} = {self.name(np.array, 'array')}({path}, {self.name(dtype, dtype.name)})")
            return
        ndarray, name = self.name(np.ndarray, "ndarray"), self.name(dtype, dtype.name)
        self.add(f"if type({path}) is not {ndarray} or {path}.shape != {shape} or {path}.dtype is not {name}: {miss}")

    def results(
        self,
        values: Sequence[int],
        donated: dict[int, int],
        of: dict[int, str],
        ours: Collection[int],
        fresh: Iterable[int],
    ) -> list[str]:
        """Write what makes arrays of the caller's own of the results; those that are given away come last.

        Parameters
        ----------
        values : sequence of int
            The value of each result.
        donated : dict of int to int
            The argument whose memory a result is written to, by result.
        of : dict of int to str
            What values are called.
        ours : collection of int
            Those in memory of our own; what others look into may be an argument that is written to before.
        fresh : iterable of int
            Those that are new arrays, and become the caller's.
        """
        leaves: list[str] = []
        last: list[str] = []
        unused = set(fresh)

        def copied(number: int, i: int) -> str:
            self.add(f"y{number} = {self.function(np.array)}({of[i]})")
            return f"y{number}"

        for number, i in enumerate(values):
            if number in donated:
                source = of[i] if i in ours else copied(number, i)
                leaves.append(f"a{donated[number]}")
                last.append(f"{self.function(np.copyto)}(a{donated[number]}, {source})")
            elif i in unused:
                leaves.append(of[i])
                unused.remove(i)
            else:
                leaves.append(copied(number, i))
        self.add(*last)
        return leaves

    def tree(self, structure: Structure, leaves: Sequence[str]) -> str:
        """Write the expression that puts a result together."""
        if isinstance(structure, Leaf):
            return leaves[structure.index]
        if isinstance(structure, Static):
            return self.name(structure.value, "static")
        written = [self.tree(child, leaves) for child in structure.children]
        if structure.kind is dict:
            pairs = zip(structure.keys or (), written, strict=True)
            return "{" + ", ".join(f"{self.name(key, 'key')}: {part}" for key, part in pairs) + "}"
        parts = "".join(f"{part}, " for part in written)
        if structure.kind is list:
            return f"[{parts}]"
        return f"({parts.rstrip()})" if structure.kind is tuple else f"{self.name(structure.make, 'made')}(({parts}))"


def comment(step: Instruction) -> str:
    """Say in a comment which operation a step belongs to."""
    entry = step.entry
    symbol = entry.operation.symbol if entry.operation else ""
    parts = [symbol, arguments(entry.given), shape_text(entry.shape), entry.name or "", "/".join(entry.scope)]
    return "# " + "  ".join(legible(p, 60) for p in parts if p)


def taking(
    structure: Container, expected: Sequence[tuple[Any, ...]], writer: Writer | None = None
) -> Callable[..., Any]:
    """Make ``given(args, kwargs)``, which returns the leaves of arguments; `MISS` where they are not as expected.

    What is expected of each leaf, the writer reads: mostly its type, shape and dtype.
    """
    writer = writer or Writer()
    writer.guards(structure, expected, [None] * len(expected), ())
    writer.add(f"return [{', '.join(f'a{i}' for i in range(len(expected)))}]")
    source = "\n".join(["def make():", "    def given(args, kwargs):", *writer.lines, "    return given"])
    given: Callable[..., Any] = defined(source, writer.names)()
    return given


def defined(source: str, names: dict[str, Any]) -> Callable[[], Any]:
    """Define the function ``make`` of a source; as long as it lives, a traceback will show its lines."""
    filename = f"<microgradnet.compile {next(_number)}>"
    code: CodeType = compile(source, filename, "exec")
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(code, names)  # only names made here are in it
    make: Callable[[], Any] = names.pop("make")  # Numba keeps kernels, and so what they can name, when they are deleted
    weakref.finalize(make, linecache.cache.pop, filename, None)
    return make


# --- the straight line ----------------------------------------------------------------------------------


def numpy_source(
    plan: Plan, structure: Container, leaves: Sequence[tuple[Any, ...]], results: Structure, donated: dict[int, int]
) -> Source:
    """Write a plan as source.

    Parameters
    ----------
    plan : Plan
    structure : tuple
        That of the arguments: a pair of a tuple and a dict.
    leaves : sequence of (type, shape, dtype)
        What the leaves of the arguments are: the type is ndarray or float.
    results : tuple
        The structure of the result.
    donated : dict of int to int
        The argument whose memory a result is written to, by result.

    Returns
    -------
    source : str
        Of ``make()``, which makes a function with memory of its own: ``run(args, kwargs)``.
    names : dict
        What the names in it stand for.
    """
    return _NumPy(plan).source(structure, leaves, results, donated)


class _NumPy(Writer):
    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.values = plan.routine.values
        self.of: dict[int, str] = {}
        self.fixed: set[int] = set()
        self.memory: dict[Any, str] = {}
        self.head: list[str] = []
        for i, place in enumerate(plan.routine.arguments):
            if place is not None:
                self.of.setdefault(place, f"a{i}")
        for value in self.values:
            if value.constant is not None:
                self.of[value.id] = self.name(value.constant, f"c{value.id}")
                self.fixed.add(value.id)

    def source(self, structure: Container, leaves: Any, results: Structure, donated: dict[int, int]) -> Source:
        plan = self.plan
        used = [None if v is None else f"a{i}" for i, v in enumerate(plan.routine.arguments)]
        self.add("def run(args, kwargs):", indent=1)
        self.guards(structure, leaves, used, donated.values())
        for number, batch in enumerate(plan.batches):
            self._batch(number, batch)
        leaves = self.results(plan.routine.results, donated, self.of, plan.place, plan.fresh)
        self.add(f"return {self.tree(results, leaves)}")
        pieces = [f"    m{i} = {self.name(piece, 'piece')}({size})" for i, size in enumerate(plan.sizes)]
        body = "\n".join(
            ["def make():", *pieces, *("    " + line for line in self.head), *self.lines, "    return run"]
        )
        return body + "\n", self.names

    # --- where values are ---

    def _own(self, value: Value, rows: int = 0) -> str:
        """Name the memory of a value; two of the same shape and dtype at one place have one name."""
        shape = (rows, *value.shape[1:]) if rows else value.shape
        return self._memory(self.plan.place[value.id], shape, value.dtype)

    def _scratch(self, value: Value) -> str:
        """Name the memory of what one block adds to a value."""
        return self._memory(self.plan.scratch[value.id], value.shape, value.dtype)

    def _memory(self, place: int, shape: tuple[int, ...], dtype: Any) -> str:
        key = place, shape, dtype
        if key not in self.memory:
            self.memory[key] = f"t{len(self.memory)}"
            array = f"{self.name(viewed, 'viewed')}(m{place}, {shape}, {self.name(dtype, dtype.name)})"
            self.head.append(f"{self.memory[key]} = {array}")
        return self.memory[key]

    def _batch(self, number: int, batch: Batch) -> None:
        entry = None
        if batch.rows:
            self._blocks(number, batch)
            return
        for step in batch.steps:
            if step.entry is not entry:
                entry = step.entry
                self.add(comment(step))
            self._step(step)

    def _step(self, step: Instruction) -> None:
        value = self.values[step.output]
        inputs = [self.of[i] for i in step.inputs]
        function = self.function(step.function)
        rest = [self.name(r, "rest") for r in step.rest]
        if step.kind == "view":
            fixed = step.inputs[0] in self.fixed
            self.of[value.id] = f"v{value.id}"
            if step.function is np.transpose:  # the method takes 0.06 us where the function takes 0.3
                line = f"v{value.id} = {inputs[0]}.transpose({', '.join(rest)})"
            else:
                line = f"v{value.id} = {function}({', '.join([*inputs, *rest])})"
            if fixed:
                self.fixed.add(value.id)
                self.head.append(line)
            else:
                self.add(line)
        elif step.kind in ("function", "call"):
            self.of[value.id] = f"v{value.id}"
            if step.kind == "call":  # the record keeps a single number as NumPy's scalar, not as a 0-d array
                inputs = [x if self.values[i].shape else f"{x}[()]" for i, x in zip(step.inputs, inputs, strict=True)]
            self.add(f"v{value.id} = {function}({', '.join([*inputs, *rest])})")
        else:
            self._into(step, value, inputs, function)

    def _into(self, step: Instruction, value: Value, inputs: list[str], function: str) -> None:
        """Write a step whose result is told where to go."""
        if value.id in self.plan.fresh:
            out = self.of[value.id] = f"r{value.id}"
            if value.shape and step.kind != "reduce":
                self.add(f"{out} = {function}({', '.join(inputs)})")
                return
            self.add(f"{out} = {self._empty(value)}")
        else:
            out = self.of[value.id] = self._own(value)
            self.fixed.add(value.id)
        self.add(self._call(step, inputs, out))

    def _call(self, step: Instruction, inputs: list[str], out: str) -> str:
        function = self.function(step.function)
        if step.kind == "reduce":
            axis, keepdims = step.rest
            reduce = self.name(step.function.reduce, f"{function}_reduce")  # type: ignore[attr-defined]
            return f"{reduce}({inputs[0]}, {axis!r}, None, {out}, {bool(keepdims)})"
        if step.kind == "inner":
            return f"{function}({', '.join(map(self._flat, inputs))}, {out})"
        if step.kind == "contract":
            return f"{function}({inputs[0]}.transpose(), {inputs[1]}, {out})"
        if step.function is masked:  # by the bits, as `masked` itself computes it of many numbers
            g, target = (self._bits(x, self.values[step.output].dtype) for x in (inputs[0], out))
            return f"{self.function(np.multiply)}({g}, {inputs[1]}, {target})"
        out = f"out={out}" if step.function in _OUT_BY_NAME else out
        return f"{function}({', '.join([*inputs, out])})"

    def _flat(self, name: str) -> str:
        """Name memory seen as a vector."""
        line = f"{name}_flat = {name}.reshape(-1)"
        if line not in self.head:
            self.head.append(line)
        return f"{name}_flat"

    def _bits(self, name: str, dtype: np.dtype[Any]) -> str:
        """Write numbers seen as integers; memory of our own is seen so once and for all."""
        bits = np.dtype(f"i{dtype.itemsize}")
        view = f"{name}.view({self.name(bits, bits.name)})"
        if name not in self.memory.values():
            return view
        line = f"{name}_bits = {view}"
        if line not in self.head:
            self.head.append(line)
        return f"{name}_bits"

    def _empty(self, value: Value) -> str:
        return f"{self.name(np.empty, 'empty')}({value.shape}, {self.name(value.dtype, value.dtype.name)})"

    # --- block by block ---

    def _blocks(self, number: int, batch: Batch) -> None:
        """Write a loop over blocks of rows. What is fixed is sliced once and for all."""
        length = batch.length(self.values)
        inside: dict[int, str] = {}
        sliced: dict[str, tuple[str, bool]] = {}
        before: list[str] = []
        lines: list[str] = []
        entry = None

        def part(i: int) -> str:
            if i not in inside:
                inside[i] = f"{self.of[i]}_"
                sliced[inside[i]] = self.of[i], i in self.fixed
            return inside[i]

        for step in batch.steps:
            value = self.values[step.output]
            parts = batch.parts(step, self.values)
            inputs = [part(i) if by_row else self.of[i] for i, by_row in zip(step.inputs, parts, strict=True)]
            total = batch.accumulates(step, self.values)
            if value.id in self.plan.blocks:
                whole = self._own(value, batch.rows)
                inside[value.id] = f"{whole}_"
                sliced[inside[value.id]] = whole, True
            elif value.id in self.plan.fresh:
                self.of[value.id] = f"r{value.id}"
                before.append(f"r{value.id} = {self._empty(value)}")
            else:
                self.of[value.id] = self._own(value)
                self.fixed.add(value.id)
            if step.entry is not entry:
                entry = step.entry
                lines.append(comment(step))
            if total:
                out, more = self.of[value.id], self._scratch(value)
                before.append(f"{out}.fill(0)")
                lines += [self._call(step, inputs, more), f"{self.function(np.add)}({out}, {more}, {out})"]
            else:
                lines.append(self._call(step, inputs, part(value.id)))
        fixed = {name: whole for name, (whole, known) in sliced.items() if known}
        names = ", ".join(["rows", *fixed])
        self.head.append(f"blocks_{number} = {self.name(blocks, 'blocks')}({length}, {batch.rows}"
                         f"{''.join(f', {whole}' for whole in fixed.values())})")  # fmt: skip
        self.add(*before, f"for {names}, in blocks_{number}:")
        self.add(*(f"{name} = {whole}[rows]" for name, (whole, known) in sliced.items() if not known), indent=3)
        self.add(*lines, indent=3)


# --- memory -------------------------------------------------------------------------------------------------


def writable(*arrays: Any) -> bool:
    """Whether each of the arrays can be written to without a change to another."""
    for k, a in enumerate(arrays):
        if not a.flags.writeable:
            return False
        for b in arrays[:k]:
            if a is b or (not (a.base is None is b.base) and np.shares_memory(a, b)):
                return False
    return True


def viewed(memory: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Look at the beginning of a piece of memory as an array."""
    return np.ndarray(shape, dtype, memory)


def blocks(length: int, rows: int, *arrays: Any) -> list[tuple[Any, ...]]:
    """Slice arrays into blocks of rows; one that is no longer than a block is used for each of them."""
    parts = []
    for start in range(0, length, rows):
        stop = min(start + rows, length)
        here = slice(start, stop)
        parts.append((here, *(a[here] if len(a) == length else a[: stop - start] for a in arrays)))
    return parts


def isolated() -> contextvars.Context:
    """Make a context in which NumPy raises an error where numbers leave the range of floating point."""
    context = contextvars.Context()
    context.run(np.seterr, over="raise", divide="raise", invalid="raise")
    return context
