"""A Graph as JavaScript: every operation alone, so that each value can be seen and computed anew when a number changes.

`program(graph)` gives a `Script`. Its `kernels` are functions in JavaScript, each of which fills one array; operations
that are computed alike share one, so that their number doesn't grow with the graph. Its `cells`, one for each entry and
at the same position, say where the value of an entry lies and which kernel fills it. `program.js`, beside this file,
runs it: `runtime()` is its text.

In a page, with ``json.dumps(program.data())`` and the text of the kernels in a script::

    const state = open(data, kernels);     // arrays, with the values of leaves in them
    state.set(cell, k, 0.25);              // element k, in the order of rows, of what lies at a cell of `leaves`
    state.run();                           // all kernels, in the order of the graph
    state.values(cell);                    // the elements of any cell in the order of rows, as a typed array
    state.at(cell, k);                     // one of them

Text in a page comes from here only: no name, value or other text of the user's is in a kernel or in `data()`.

What can't be written as loops (LAPACK, SciPy's functions, an operation of one's own that only NumPy computes) is
*frozen* at the value that was recorded; what depends on it is *behind*. A view (a transpose, a slice, a row) has no
kernel: its cell says in which cell's memory it lies, and how.
"""

from __future__ import annotations

import base64
import functools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from microgradnet.compiler.kernels import REDUCTIONS, Kernel, resolved
from microgradnet.compiler.looping import lowered
from microgradnet.compiler.loops import (
    Apply,
    Assign,
    Expression,
    Load,
    Loop,
    Make,
    Memory,
    Name,
    Number,
    Remark,
    Statement,
    Store,
)
from microgradnet.compiler.routine import Instruction, Routine
from microgradnet.graph import Entry, Graph
from microgradnet.ops.elementwise import masked
from microgradnet.record import Array

__all__ = ["Cell", "Script", "program", "runtime"]

_ARRAYS = {
    "float64": "Float64Array", "float32": "Float32Array", "int64": "Float64Array", "uint64": "Float64Array",
    "int32": "Int32Array", "int16": "Int16Array", "int8": "Int8Array", "uint32": "Uint32Array",
    "uint16": "Uint16Array", "uint8": "Uint8Array", "bool": "Uint8Array", "float16": "Float64Array",
}  # fmt: skip
"""What holds numbers of a dtype. JavaScript's numbers are integers up to 2⁵³."""

_STORED = {"int64": np.float64, "uint64": np.float64, "bool": np.uint8, "float16": np.float64}

_ROUNDED = {"float32": "Math.fround({})", "float16": "half({})"}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value lies, and what fills it.

    Attributes
    ----------
    shape : tuple of int
    dtype : str
    memory : int
        The position of the cell in whose memory it lies: its own, or that of what it is a view of.
    strides : tuple of int
        From one element to the next along each axis, in elements.
    offset : int
        Of the first element.
    kernel : int or None
        What fills it; None if nothing does: a leaf, a view, or what is frozen.
    inputs : tuple of int
        The positions of the cells that the kernel reads.
    numbers : tuple of float
        The numbers that the kernel is given besides.
    value : array or None
        Of what has no kernel and is no view.
    """

    shape: tuple[int, ...]
    dtype: str
    memory: int
    strides: tuple[int, ...]
    offset: int = 0
    kernel: int | None = None
    inputs: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    value: Array | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Script:
    """A graph in JavaScript.

    Attributes
    ----------
    kernels : tuple of str
        Functions in JavaScript, as expressions.
    cells : tuple of Cell
        Of the entries of the graph, by position, and after them of tables that kernels read.
    leaves : tuple of int
        The entries that no operation computes: what can be edited. Python's numbers are part of operations.
    frozen : tuple of int
        The operations that can't be written as loops.
    behind : tuple of int
        The operations that depend on these: once something is edited, their values may be those of before.
    """

    kernels: tuple[str, ...]
    cells: tuple[Cell, ...]
    leaves: tuple[int, ...]
    frozen: tuple[int, ...]
    behind: tuple[int, ...]

    def source(self) -> str:
        """Return the kernels as one array in JavaScript, to be named: ``const kernels = ...``."""
        return "[\n" + ",\n".join(self.kernels) + "\n]"

    def data(self) -> dict[str, Any]:
        """Return the rest as what JSON can hold, for `open` of `program.js`.

        Returns
        -------
        dict
            ``layouts``: [dtype, shape, strides]; ``cells``: [layout, memory, offset, kernel or -1, inputs, numbers],
            without what is empty at the end; ``values``: by position in base64, the bytes of the typed array that
            holds them, little end first, without what is all 0; ``leaves``, ``frozen``, ``behind``.
        """
        layouts: dict[Any, int] = {}
        cells = []
        for cell in self.cells:
            layout = layouts.setdefault((cell.dtype, cell.shape, cell.strides), len(layouts))
            kernel = -1 if cell.kernel is None else cell.kernel
            row: list[Any] = [layout, cell.memory, cell.offset, kernel]
            if cell.kernel is not None:
                row.append(cell.inputs)
            if cell.numbers:
                row.append([n if math.isfinite(n) else str(n).replace("inf", "Infinity") for n in cell.numbers])
            cells.append(row)
        valued = [(i, cell) for i, cell in enumerate(self.cells) if cell.value is not None and _has_bits(cell.value)]
        return {
            "layouts": [[dtype, shape, strides] for dtype, shape, strides in layouts],
            "cells": cells, "values": {str(i): _encoded(cell.value, cell.dtype) for i, cell in valued},
            "leaves": self.leaves, "frozen": self.frozen, "behind": self.behind,
        }  # fmt: skip


def runtime() -> str:
    """Return the text of the module in JavaScript that runs a program, and has what its kernels call."""
    return Path(__file__).with_name("program.js").read_text("utf-8")


def program(graph: Graph) -> Script:
    """Write every operation of a graph in JavaScript, each alone.

    Parameters
    ----------
    graph : Graph
        Forward pass, reverse pass or both, as `passes` gives them.

    Returns
    -------
    Script

    Raises
    ------
    RuntimeError
        If the value of a leaf was freed.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> print(program(mg.Graph.of(mg.exp(x))).kernels[0])
    (r, a0, p0) => {
     let x1;
     for (let i0 = 0; i0 < 2; i0++) {
      x1 = Math.exp(a0[p0 + i0]);
      r[i0] = x1;
     }
    }
    """
    return _Programming(graph).program()


# --- the entries, one after the other -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Alone:
    """How an operation is computed from inputs of certain layouts.

    Attributes
    ----------
    kernel : int or None
    inputs : tuple of int
        Which of its inputs the kernel reads, or it is a view of.
    tables : tuple of array
        What the kernel reads after them.
    numbers : tuple of float
    constant : array or None
        What it always is.
    view : tuple of (shape, strides, offset) or None
        How it lies in the memory of its input.
    """

    kernel: int | None = None
    inputs: tuple[int, ...] = ()
    tables: tuple[Array, ...] = ()
    numbers: tuple[float, ...] = ()
    constant: Array | None = None
    view: tuple[tuple[int, ...], tuple[int, ...], int] | None = None


class _Programming:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.cells: list[Cell] = []
        self.kernels: dict[str, int] = {}
        self.known: dict[Any, _Alone | None] = {}
        self.tables: dict[Any, int] = {}
        self.extra: list[Cell] = []
        self.frozen: list[int] = []
        self.behind: list[int] = []
        self.late: set[int] = set()  # both

    def program(self) -> Script:
        for entry in self.graph:
            self.cells.append(self._leaf(entry) if entry.operation is None else self._operation(entry))
        if self.frozen:
            values = self.graph.values()
            for i in self.frozen:
                self.cells[i] = replace(self.cells[i], value=_known(values[i], self.graph[i]))
        leaves = tuple([entry.id for entry in self.graph if entry.operation is None and not _is_number(entry)])
        return Script(tuple(self.kernels), (*self.cells, *self.extra), leaves, tuple(self.frozen), tuple(self.behind))

    def _leaf(self, entry: Entry) -> Cell:
        value = np.asarray(_known(entry.value, entry))
        return _own(value.shape, _stored(value.dtype), entry.id, value)

    def _operation(self, entry: Entry) -> Cell:
        """Say how an operation is computed; what is computed alike is looked at once."""
        places = tuple(dict.fromkeys(entry.inputs))
        key = (
            entry.operation,
            tuple([places.index(i) for i in entry.inputs]),
            _key(dict(entry.static)),
            tuple([self._input_key(i) for i in places]),
        )
        if key not in self.known:
            self.known[key] = self._alone(entry, places)
        alone = self.known[key]
        if not self.late.isdisjoint(places):
            self.behind.append(entry.id)
            self.late.add(entry.id)
        assert entry.shape is not None
        if alone is None:
            self.frozen.append(entry.id)
            self.late.add(entry.id)
            return _own(entry.shape, _stored(entry.dtype), entry.id)
        if alone.constant is not None:
            return _own(entry.shape, _stored(entry.dtype), entry.id, alone.constant)
        inputs = [places[k] for k in alone.inputs]
        if alone.view is not None:
            shape, strides, offset = alone.view
            cell = self.cells[inputs[0]]
            return Cell(shape, cell.dtype, cell.memory, strides, cell.offset + offset)
        inputs += [self._table(table) for table in alone.tables]
        own = _own(entry.shape, _stored(entry.dtype), entry.id)
        return replace(own, kernel=alone.kernel, inputs=tuple(inputs), numbers=alone.numbers)

    def _input_key(self, i: int) -> Any:
        entry, cell = self.graph[i], self.cells[i]
        return _key(entry.value) if _is_number(entry) else (cell.dtype, cell.shape, cell.strides, entry.dtype)

    def _table(self, array: Array) -> int:
        """Return the position of the cell of an array that kernels read."""
        key = _key(array)
        if key not in self.tables:
            self.tables[key] = len(self.graph) + len(self.extra)
            self.extra.append(_own(array.shape, _stored(array.dtype), self.tables[key], array))
        return self.tables[key]

    def _alone(self, entry: Entry, places: Sequence[int]) -> _Alone | None:
        """Write an operation that is looked at for the first time; None if it can't be written."""
        sources = [self.graph[i] for i in places]
        number = {i: k for k, i in enumerate(places)}
        nodes = [
            replace(s, id=k, kind="constant" if _is_number(s) else "input", operation=None, inputs=(), static={})
            for k, s in enumerate(sources)
        ]
        last = replace(entry, id=len(nodes), inputs=tuple([number[i] for i in entry.inputs]))
        given = [None if _is_number(s) else k for k, s in enumerate(sources)]
        routine = lowered(Graph([*nodes, last], [last.id]), given, backend="javascript")
        layouts = {place: self.cells[places[k]] for k, place in enumerate(routine.arguments) if place is not None}
        which = {place: k for k, place in enumerate(routine.arguments) if place is not None}
        if not all(_written_as_loops(step, routine) for step in routine.steps):
            return None
        result = routine.values[routine.results[0]]
        if result.constant is not None:
            return _Alone(constant=np.asarray(result.constant))
        root, view = _seen(routine, result.id, layouts)
        if view is not None:
            return _Alone(inputs=(which[root],), view=view)
        return self._kernel(routine, result.id, layouts, which)

    def _kernel(
        self, routine: Routine, result: int, layouts: Mapping[int, Cell], which: Mapping[int, int]
    ) -> _Alone | None:
        """Write a kernel, or find it among those that are there."""
        arrays = {i: f"a{k}" for k, i in enumerate(layouts)}
        constants = [v for v in routine.values if v.constant is not None]
        numbers = {v.id: f"n{k}" for k, v in enumerate(v for v in constants if not v.shape)}
        tables = {v.id: f"a{k}" for k, v in enumerate((v for v in constants if v.shape), len(arrays))}
        kernel = Kernel(routine.values, arrays | tables, numbers, {result: "r"}, blas=False, watched=False)
        kernel.write(routine.steps)
        used = set(kernel.taken)
        taken = [i for i, name in arrays.items() if name in used]
        read = [i for i, name in tables.items() if name in used]
        given = {arrays[i]: layouts[i].strides for i in taken}
        for i in read:
            shape = routine.values[i].shape
            given[tables[i]] = _contiguous(shape)
        printer = _Printer(given, [*numbers.values()])
        text = printer.text(kernel.body)
        place = self.kernels.setdefault(text, len(self.kernels))
        values: Any = [routine.values[i].constant for i in numbers]
        return _Alone(
            place,
            tuple([which[i] for i in taken]),
            tuple([np.ascontiguousarray(routine.values[i].constant) for i in read]),
            (*(float(value) for value in values), *printer.shifts),
        )


def _known(value: Any, entry: Entry) -> Any:
    if value is None:
        raise RuntimeError(f"the graph was freed: the value of {entry!r} is gone; compute the output again")
    return value


def _is_number(entry: Entry) -> bool:
    """Whether an entry is one of Python's numbers, which take on any dtype and are part of an operation."""
    return entry.kind == "constant" and type(entry.value) in (int, float, bool)


def _own(shape: tuple[int, ...], dtype: str, at: int, value: Array | None = None) -> Cell:
    return Cell(tuple(shape), dtype, at, _contiguous(shape), value=value)


def _contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple([math.prod(shape[k + 1 :]) for k in range(len(shape))])


@functools.cache  # NumPy makes the name anew each time
def _stored(dtype: Any) -> str:
    """Name the dtype in which numbers are held; those of another are shown in float64."""
    return dtype.name if dtype is not None and dtype.name in _ARRAYS else "float64"


def _has_bits(value: Array) -> bool:
    """Whether an array is anything but zeros, none of them −0."""
    array = np.asarray(value)
    return bool(array.any() or (array.dtype.kind == "f" and np.signbit(array).any()))


def _encoded(value: Array, dtype: str) -> str:
    numbers = np.asarray(value, _STORED.get(dtype, np.dtype(dtype)))
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).decode()


def _key(value: Any) -> Any:
    """Make of a static argument what can be looked up, and differs where it does."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return tuple([(name, _key(part)) for name, part in value.items()])
    if isinstance(value, tuple | list):
        return type(value), tuple([_key(part) for part in value])
    if isinstance(value, slice):
        return slice, _key((value.start, value.stop, value.step))
    if isinstance(value, int | float):
        return type(value), repr(value)
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def _seen(routine: Routine, result: int, layouts: Mapping[int, Cell]) -> tuple[int, Any]:
    """Find what a result is a view of, and how it lies there: NumPy reckons, with an array that nobody reads."""
    made = {step.output: step for step in routine.steps}
    chain = []
    while result in made:
        step = made[result]
        if not (step.kind == "view" or step.function is np.reshape):
            return result, None
        chain.append(step)
        result = step.inputs[0]
    if result not in layouts:
        return result, None
    cell = layouts[result]
    array = as_strided(np.empty(1, np.int8), cell.shape, cell.strides)
    start = array.__array_interface__["data"][0]
    for step in reversed(chain):
        if step.function is np.reshape:
            try:
                array = np.reshape(array, step.rest[0], copy=False)
            except ValueError:
                return result, None  # as a view it doesn't lie there
        else:
            array = step.function(array, *step.rest)
    return result, (array.shape, array.strides, array.__array_interface__["data"][0] - start)


# --- a tree of loops as text ---------------------------------------------------------------------------------

_SPELLINGS: dict[Any, str] = {
    np.add: "{} + {}", np.subtract: "{} - {}", np.multiply: "{} * {}", np.divide: "{} / {}", np.negative: "-{}",
    np.positive: "{}", np.conjugate: "{}", np.square: "{0} * {0}", np.reciprocal: "1 / {}", np.sqrt: "Math.sqrt({})",
    np.cbrt: "Math.cbrt({})", np.power: "power({}, {})", np.float_power: "power({}, {})", np.exp: "Math.exp({})",
    np.exp2: "power(2, {})", np.expm1: "Math.expm1({})", np.log: "Math.log({})", np.log2: "Math.log2({})",
    np.log10: "Math.log10({})", np.log1p: "Math.log1p({})", np.sin: "Math.sin({})", np.cos: "Math.cos({})",
    np.tan: "Math.tan({})", np.arcsin: "Math.asin({})", np.arccos: "Math.acos({})", np.arctan: "Math.atan({})",
    np.arctan2: "Math.atan2({}, {})", np.sinh: "Math.sinh({})", np.cosh: "Math.cosh({})", np.tanh: "Math.tanh({})",
    np.arcsinh: "Math.asinh({})", np.arccosh: "Math.acosh({})", np.arctanh: "Math.atanh({})",
    np.hypot: "Math.hypot({}, {})", np.logaddexp: "logaddexp({}, {})", np.logaddexp2: "logaddexp2({}, {})",
    np.absolute: "Math.abs({})", np.fabs: "Math.abs({})", np.sign: "sign({})", np.floor: "Math.floor({})",
    np.ceil: "Math.ceil({})", np.trunc: "Math.trunc({})", np.rint: "rint({})", np.remainder: "remainder({}, {})",
    np.fmod: "{} % {}", np.floor_divide: "floorDivide({}, {})", np.deg2rad: "{} * (Math.PI / 180)",
    np.radians: "{} * (Math.PI / 180)", np.rad2deg: "{} * (180 / Math.PI)", np.degrees: "{} * (180 / Math.PI)",
    np.maximum: "{0} > {1} || {0} != {0} ? {0} : {1}", np.minimum: "{0} < {1} || {0} != {0} ? {0} : {1}",
    np.fmax: "{0} > {1} || {1} != {1} ? {0} : {1}", np.fmin: "{0} < {1} || {1} != {1} ? {0} : {1}",
    np.copysign: "copysign({}, {})", np.heaviside: "heaviside({}, {})", np.ldexp: "ldexp({}, {})",
    np.equal: "{} == {}", np.not_equal: "{} != {}", np.less: "{} < {}", np.less_equal: "{} <= {}",
    np.greater: "{} > {}", np.greater_equal: "{} >= {}", np.isnan: "{0} != {0}", np.isfinite: "isFinite({})",
    np.isinf: "Math.abs({}) == Infinity", np.signbit: "signbit({})", np.logical_not: "{} == 0",
    np.logical_and: "{} != 0 && {} != 0", np.logical_or: "{} != 0 || {} != 0",
    np.logical_xor: "({} == 0) != ({} == 0)",
}  # fmt: skip
"""NumPy's functions of floating-point numbers; what JavaScript hasn't is in `program.js`."""

_OF_INTEGERS = {
    np.floor_divide: "quotient({}, {})", np.remainder: "modulo({}, {})", np.reciprocal: "Math.trunc(1 / {})",
    np.power: "{} ** {}", np.fmod: "{1} ? {0} % {1} + 0 : 0", np.invert: "-1 - {}", np.negative: "0 - {}",
    np.multiply: "{} * {} + 0", np.square: "{0} * {0}",
}  # fmt: skip
"""What differs for integers, of which none is −0; of truth values."""
_OF_BOOLEANS = {
    np.add: "{} | {}", np.multiply: "{} & {}", np.bitwise_and: "{} & {}", np.bitwise_or: "{} | {}",
    np.bitwise_xor: "{} ^ {}", np.invert: "!{}", np.absolute: "{}",
}  # fmt: skip

_EXACT = frozenset({np.where, np.maximum, np.minimum, np.fmax, np.fmin, np.negative, np.absolute, np.positive})
"""What is a number of fewer digits if what it is given is."""

_OF_INDICES = {
    operator.add: "{} + {}", operator.mul: "{} * {}", operator.floordiv: "Math.floor({} / {})", operator.mod: "{} % {}"
}  # fmt: skip


def _spelling(function: Callable[..., Any], kind: str) -> str | None:
    """Say how a function of numbers of a kind of dtype is written; None if it isn't."""
    own: Mapping[Any, str] = _OF_BOOLEANS if kind == "b" else _OF_INTEGERS if kind in "iu" else {}
    return own.get(function) or _SPELLINGS.get(function)


def _written_as_loops(step: Instruction, routine: Routine) -> bool:
    """Whether a step can be written."""
    if not {routine.values[i].dtype.name for i in (*step.inputs, step.output)} <= _ARRAYS.keys():
        return False
    if step.kind == "ufunc" and step.function is not masked:
        dtypes = resolved(step, routine.values)
        return all(d.name in _ARRAYS for d in dtypes) and _spelling(step.function, dtypes[0].kind) is not None
    return step.function in REDUCTIONS if step.kind in ("reduce", "scan") else step.kind != "call"


class _Printer:
    """Writes the body of a kernel.

    Parameters
    ----------
    given : mapping of str to tuple of int
        The strides of the arrays that it reads, by name.
    numbers : sequence of str
        The numbers that it is given.

    Attributes
    ----------
    shifts : list of int
        Numbers that it is given besides: how far from the first element of an array what it reads or writes begins, so
        that the kernels of two rows are one.
    """

    def __init__(self, given: Mapping[str, tuple[int, ...]], numbers: Iterable[str]) -> None:
        self.given = given
        self.parameters = ["r", *(p for name in given for p in (name, _offset(name))), *numbers]
        self.variables: dict[str, None] = {}
        self.shifts: list[int] = []

    def text(self, body: Sequence[Statement]) -> str:
        """Write a function."""
        lines = self._lines(body, " ")
        let = [f" let {', '.join(self.variables)};"] * bool(self.variables)
        parameters = [*self.parameters, *(f"k{i}" for i in range(len(self.shifts)))]
        return "\n".join([f"({', '.join(parameters)}) => {{", *let, *lines, "}"])

    def _lines(self, body: Sequence[Statement], indent: str) -> list[str]:
        lines: list[str] = []
        for s in body:
            match s:
                case Make(memory):
                    size = math.prod(memory.shape)
                    lines.append(f"{indent}const {memory.name} = new {_ARRAYS[memory.dtype.name]}({size});")
                case Assign(name, value):
                    self.variables[name] = None
                    lines.append(f"{indent}{name} = {self._expression(value)};")
                case Store(memory, index, value):
                    lines.append(f"{indent}{memory.name}[{self._place(memory, index)}] = {self._expression(value)};")
                case Loop(index, count, inside):
                    head = f"{indent}for (let {index} = 0; {index} < {count}; {index}++) {{"
                    lines += [head, *self._lines(inside, indent + " "), indent + "}"]
                case Remark():  # it names an operation, and kernels are shared
                    pass
                case _:
                    raise TypeError(f"{s} is not written in JavaScript")
        return lines

    def _place(self, memory: Memory, index: Sequence[Expression]) -> str:
        """Write where an element lies."""
        strides = self.given.get(memory.name, _contiguous(memory.shape))
        fixed, terms = 0, []
        if memory.name in self.given:
            terms.append(_offset(memory.name))
        for part, stride in zip(index, strides, strict=True):
            match part:
                case Apply(operator.add, (Number(start), rest)):
                    fixed, part = fixed + int(start) * stride, rest
            if isinstance(part, Number):
                fixed += int(part.value) * stride
            elif stride:
                text = self._operand(part)
                terms.append(text if stride == 1 else f"{stride} * {text}")
        if fixed:
            terms.append(f"k{len(self.shifts)}")
            self.shifts.append(fixed)
        return " + ".join(terms) or "0"

    def _operand(self, e: Expression) -> str:
        text = self._expression(e)
        return f"({text})" if isinstance(e, Apply) else text

    def _expression(self, e: Expression) -> str:
        if isinstance(e, Number):
            return str(e.value)
        if isinstance(e, Name):
            return e.name
        if isinstance(e, Load):
            return f"{e.memory.name}[{self._place(e.memory, e.index)}]"
        parts = [self._operand(part) for part in e.arguments]
        if e.dtype is None:
            return _OF_INDICES[e.function].format(*parts)
        if e.function is np.where:
            text = "{} ? {} : {}".format(*parts)
        elif e.function is np.astype:
            text = _converted(parts[0], e.dtype)
        else:
            kind = e.arguments[0].dtype.kind if e.arguments[0].dtype is not None else "i"
            text = str(_spelling(e.function, kind)).format(*parts)
        return text if e.function in _EXACT else _ROUNDED.get(e.dtype.name, "{}").format(text)


def _offset(array: str) -> str:
    """Name the place of the first element of an array."""
    return array.replace("a", "p")


def _converted(text: str, dtype: np.dtype[Any]) -> str:
    if dtype.kind == "b":
        return f"{text} != 0"
    return f"Math.trunc({text}) + 0" if dtype.kind in "iu" else f"+{text}"
