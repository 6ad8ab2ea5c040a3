"""A routine as kernels that Numba compiles, and calls of NumPy between them for the steps that Numba doesn't know.

Kernels are trees of `loops`, written here in the part of Python that Numba compiles quickly. Where numbers leave the
range of floating point, a kernel says so, as NumPy does: by the flags that the processor has set. The operations are
then computed in their own way, with their values and warnings.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import math
import operator
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.compiler.kernels import REDUCTIONS, Kernel, is_elementwise, is_view, resolved
from microgradnet.compiler.loops import (
    Apply,
    Assign,
    Blas,
    Contiguous,
    Expression,
    Load,
    Loop,
    Make,
    Matrix,
    Memory,
    Name,
    Number,
    Remark,
    Statement,
    Store,
    nested,
    plus,
    times,
)
from microgradnet.compiler.numpy_code import Source, Writer, comment
from microgradnet.compiler.routine import Instruction, Routine, Value
from microgradnet.ops.elementwise import masked
from microgradnet.trees import Container, Structure

__all__ = ["in_one", "numba_source", "numba_turns"]

FROZEN = 1 << 7
"""Constants of at most so many elements are part of the machine code; larger ones are arguments of the kernel."""

_DTYPES = frozenset(map(np.dtype, ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?")))

_OTHERWISE = (np.floor_divide, np.float_power)
"""Ufuncs that Numba computes otherwise than NumPy: of ∞, and in another precision."""

_IN_VECTORS = frozenset(
    (
        np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10, np.log1p, np.tan, np.arcsin, np.arccos, np.arctan,
        np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.cbrt, np.power, np.arctan2,
    )
)  # fmt: skip
"""Ufuncs that NumPy computes of several numbers at a time where the processor can, and a loop of Numba's one by one,
which keeps all else in the loop from being done in vectors, too: with AVX-512 exp takes 0.7 ns, and 4.6."""

MANY = 1 << 13
"""Of more numbers than that these ufuncs are NumPy's, with a kernel before and a kernel after."""


def in_one(routine: Routine) -> bool:
    """Whether all the steps are for Numba, so that one kernel does everything."""
    return all(_supported(step, routine) for step in routine.steps)


def _supported(step: Instruction, routine: Routine) -> bool:
    if not {routine.values[i].dtype for i in (*step.inputs, step.output)} <= _DTYPES:
        return False
    match step.kind:
        case "ufunc" if step.function is not masked:
            database = importlib.import_module("numba.np.ufunc_db")
            if step.function in _IN_VECTORS and math.prod(routine.values[step.output].shape) > MANY:
                return False
            dtypes = "".join(dtype.char for dtype in resolved(step, routine.values))
            known = step.function in database.get_ufuncs() and step.function not in _OTHERWISE
            return known and f"{dtypes[:-1]}->{dtypes[-1]}" in database.get_ufunc_info(step.function)
        case "reduce" | "scan":
            return step.function in REDUCTIONS
    return step.kind != "call"


@functools.cache
def _flags() -> tuple[Any, Any, int]:
    """Find what clears and reads the processor's floating-point flags, in C's library, and those that mean an error.

    Which bits they are differs from machine to machine; so those are found that rounding and underflow set, which
    are none.
    """
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    clear, flags = library.feclearexcept, library.fetestexcept
    clear.argtypes = flags.argtypes = [ctypes.c_int]
    three, tiny = 3.0, sys.float_info.min
    clear(-1)
    _ = 1 / three, tiny * tiny
    return clear, flags, ~flags(-1)


# --- a tree of loops as text ------------------------------------------------------------------------------

_SPELLINGS: dict[Any, str] = {
    np.add: "{} + {}", np.subtract: "{} - {}", np.multiply: "{} * {}", np.divide: "{} / {}", np.negative: "-{}",
    np.equal: "{} == {}", np.not_equal: "{} != {}", np.less: "{} < {}", np.less_equal: "{} <= {}",
    np.greater: "{} > {}", np.greater_equal: "{} >= {}",
    np.maximum: "{0} if ({0} > {1}) | ({0} != {0}) else {1}", np.minimum: "{0} if ({0} < {1}) | ({0} != {0}) else {1}",
}  # fmt: skip
"""Ufuncs of floating-point numbers as operators, which Numba compiles in half the time. Of two zeros NumPy's maximum
and minimum return the second, and Numba's the first."""

_OF_INDICES = {
    operator.add: "({} + {})",
    operator.mul: "{} * {}",
    operator.floordiv: "{} // {}",
    operator.mod: "{} % {}",
}


def _text(e: Expression) -> str:
    """Write an expression."""
    if isinstance(e, Number):
        return str(e.value) if e.dtype is None else f"np.{e.dtype.type.__name__}({e.value})"
    if isinstance(e, Name):
        return e.name
    if isinstance(e, Load):
        return f"{e.memory.name}[{_places(e.index)}]"
    parts = [_text(part) for part in e.arguments]
    if e.dtype is None:
        return _OF_INDICES[e.function].format(*parts)
    if e.function is np.astype:
        return f"({parts[0]} != 0)" if e.dtype.kind == "b" else f"np.{e.dtype.type.__name__}({parts[0]})"
    calls = (isinstance(part, Apply) and part.function is not np.astype for part in e.arguments)
    parts = [f"({text})" if inner else text for text, inner in zip(parts, calls, strict=True)]
    if e.function is np.where:
        return "{1} if {0} else {2}".format(*parts)
    of = e.arguments[0].dtype
    if e.function in _SPELLINGS and of is not None and of.kind == "f":
        return _SPELLINGS[e.function].format(*parts)
    return f"np.{e.function.__name__}({', '.join(parts)})"


def _places(index: Sequence[Expression]) -> str:
    return ", ".join(map(_text, index)) or "()"


def _matrix(m: Matrix) -> str:
    return m.memory.name + (f"[{_places(m.index)}]" if m.index else "") + ".T" * m.transposed


def _lines(body: Sequence[Statement], indent: str = "    ") -> list[str]:
    """Write statements."""
    lines: list[str] = []
    for s in body:
        match s:
            case Remark(text):
                lines.append(indent + text)
            case Make(memory):
                lines.append(f"{indent}{memory.name} = np.empty({memory.shape}, np.{memory.dtype.type.__name__})")
            case Assign(name, value):
                lines.append(f"{indent}{name} = {_text(value)}")
            case Store(memory, index, value):
                lines.append(f"{indent}{memory.name}[{_places(index)}] = {_text(value)}")
            case Loop(index, count, inside):
                lines += [f"{indent}for {index} in range({count}):", *_lines(inside, indent + "    ")]
            case Blas(left, right, str(name)):
                lines.append(f"{indent}{name} = np.dot({_matrix(left)}, {_matrix(right)})")
            case Blas(left, right, Matrix() as into):
                lines.append(f"{indent}np.dot({_matrix(left)}, {_matrix(right)}, {_matrix(into)})")
            case Contiguous(memory, source):
                lines.append(f"{indent}{memory.name} = np.ascontiguousarray({source.name})")
    return lines


def _copied(to: Memory, source: Memory, *at: Expression) -> list[Statement]:
    """Write a copy of an array into another, or into a part of it."""
    names = [f"i{k}" for k in range(len(source.shape))]
    indices = tuple(map(Name, names))
    return nested(names, source.shape, [Store(to, (*at, *indices), Load(source, indices))])


# --- small arrays in one ------------------------------------------------------------------------------------


def _in_one_array(body: Sequence[Statement]) -> list[Statement]:
    """Lay the small arrays that a kernel makes into one of each dtype, for each takes 0.02 us to be made and let go of.

    Measured on the article's step, whose kernel makes ten: a call takes 0.9 of the time.
    """
    products = {m.memory.name for s in _all(body) if isinstance(s, Blas) for m in (s.left, s.right, s.into)
                if isinstance(m, Matrix)}  # fmt: skip
    at: dict[str, tuple[Memory, int]] = {}
    sizes: dict[np.dtype[Any], int] = {}
    for made in (s.memory for s in body if isinstance(s, Make)):
        size = math.prod(made.shape)
        if size <= FROZEN and made.name not in products:
            start = sizes.get(made.dtype, 0)
            sizes[made.dtype] = start + size
            at[made.name] = Memory(f"small_{made.dtype.name}", (), made.dtype), start

    def of(memory: Memory, index: tuple[Expression, ...]) -> tuple[Memory, tuple[Expression, ...]]:
        index = tuple(map(placed, index))
        if memory.name not in at:
            return memory, index
        whole, start = at[memory.name]
        flat: Expression = Number(0)
        for k, n in zip(index, memory.shape, strict=True):
            flat = plus(times(flat, n), k)
        return whole, (plus(Number(start), flat),)

    def placed(e: Expression) -> Expression:
        match e:
            case Load():
                return Load(*of(e.memory, e.index))
            case Apply():
                return Apply(e.function, tuple(map(placed, e.arguments)), e.dtype)
        return e

    def moved(body: Sequence[Statement]) -> list[Statement]:
        result: list[Statement] = []
        for s in body:
            match s:
                case Make(memory) if memory.name in at:
                    continue
                case Assign(name, value):
                    result.append(Assign(name, placed(value)))
                case Store(memory, index, value):
                    result.append(Store(*of(memory, index), placed(value)))
                case Loop(index, count, inside):
                    result.append(Loop(index, count, moved(inside)))
                case _:
                    result.append(s)
        return result

    wholes = [Make(Memory(f"small_{dtype.name}", (size,), dtype)) for dtype, size in sizes.items()]
    return [*wholes, *moved(body)]


def _all(body: Sequence[Statement]) -> Iterator[Statement]:
    """Go through statements, and those in their loops."""
    for s in body:
        yield s
        if isinstance(s, Loop):
            yield from _all(s.body)


# --- kernels, and NumPy's calls between them -------------------------------------------------------------


@dataclass(frozen=True)
class _Stage:
    """Steps that are carried out together: by one kernel, or by NumPy; and the values that others want of them."""

    compiled: bool
    steps: tuple[Instruction, ...]
    wanted: frozenset[int]


def _stages(routine: Routine) -> list[_Stage]:
    """Divide the steps into stages, by turns of Numba and of NumPy, so that there are as few as can be.

    A view is part of each stage that looks at it, for a kernel can't return one. So is, in each kernel, what takes less
    time to compute again than to be written to memory and read: arithmetic, unless it is in memory anyway.
    """
    stages: dict[int, list[Instruction]] = {}
    at: dict[int, int] = {}
    for step in routine.steps:
        number = max((at.get(i, 0) for i in step.inputs), default=0)
        known = _supported(step, routine)
        if not (known and is_view(step)):
            number += number % 2 != (not known)
        at[step.output] = number
        stages.setdefault(number, []).append(step)
    of_kernels = [step for step in routine.steps if at[step.output] % 2 == 0]
    views = {step.output: step for step in of_kernels if is_view(step)}
    again = {s.output: s for s in of_kernels if is_elementwise(s) and s.function not in _IN_VECTORS} | views
    kept = set(routine.results)
    for number in sorted(stages, key=lambda n: n % 2, reverse=True):  # first NumPy's, which say what they read
        steps = stages[number]
        own = again if number % 2 == 0 else views
        made = {step.output: step for step in steps if step.output not in own or step.output in kept}
        pending = [i for step in made.values() for i in step.inputs]
        while pending:
            i = pending.pop()
            if i in own and i not in made and (i in views or i not in kept):
                made[i] = own[i]
                pending += own[i].inputs
        steps[:] = [made[i] for i in sorted(made)]
        if number % 2:
            kept |= {i for step in steps for i in step.inputs if i not in views}
    outputs = {number: {step.output for step in steps} for number, steps in stages.items()}
    elsewhere = set(routine.results) | {
        i for number, steps in stages.items() for step in steps for i in step.inputs if i not in outputs[number]
    }
    return [
        _Stage(n % 2 == 0, tuple(steps), frozenset(i for i in outputs[n] if at[i] == n) & elsewhere)
        for n, steps in sorted(stages.items())
        if steps
    ]


def numba_source(
    routine: Routine,
    structure: Container,
    leaves: Sequence[tuple[Any, ...]],
    results: Structure,
    donated: dict[int, int],
) -> Source:
    """Write a routine as source; parameters and result are those of `numpy_source`."""
    return _Numba(routine).source(structure, leaves, results, donated)


class _Numba(Writer):
    """The function that takes arguments apart, calls kernels and NumPy, and puts the result together."""

    def __init__(self, routine: Routine) -> None:
        super().__init__()
        self.routine = routine
        self.values = routine.values
        self.names["np"] = np
        self.names["njit"] = importlib.import_module("numba").njit
        self.names["clear"], self.names["flags"], self.names["wrong"] = _flags()
        self.of: dict[int, str] = {}
        self.frozen: dict[int, str] = {}
        self.uses: Counter[int] = Counter()
        self.ours: set[int] = set()  # what kernels have filled
        for i, place in enumerate(routine.arguments):
            if place is not None:
                self.of[place] = f"a{i}"
        for value in self.values:
            if value.constant is not None:
                constant: Any = value.constant
                array = np.ascontiguousarray(constant) if value.shape else constant[()]
                self.of[value.id] = self.name(array, f"c{value.id}")
                if constant.size <= FROZEN:
                    self.frozen[value.id] = self.of[value.id]

    def source(self, structure: Container, leaves: Any, results: Structure, donated: dict[int, int]) -> Source:
        used = [None if v is None else f"a{i}" for i, v in enumerate(self.routine.arguments)]
        kernels: list[str] = []
        self.add("def run(args, kwargs):", indent=1)
        self.guards(structure, leaves, used, donated.values())
        stages = _stages(self.routine)
        self.uses = Counter(i for stage in stages for step in stage.steps for i in step.inputs)
        self.uses.update(self.routine.results)
        for number, stage in enumerate(stages):
            if stage.compiled:
                kernels += self._kernel(f"kernel_{number}", stage)
                self.ours |= stage.wanted
            else:
                for step in stage.steps:
                    if step.output not in self.of:  # a view that a kernel has filled an array with is that array
                        self._call(step)
        leaves = self.results(self.routine.results, donated, self.of, self.ours, self.ours)
        self.add(f"return {self.tree(results, leaves)}")
        return "\n".join([*kernels, "def make():", *self.lines, "    return run"]) + "\n", self.names

    def _kernel(self, name: str, stage: _Stage) -> list[str]:
        """Call a kernel on arrays that it fills; return its text."""
        empty = self.function(np.empty)
        results = set(self.routine.results)
        targets = {i: f"{'r' if i in results else 't'}{i}" for i in sorted(stage.wanted)}
        kernel = Kernel(self.values, {**self.of, **targets}, self.frozen, targets)
        kernel.write(stage.steps)
        for i, target in targets.items():
            value = self.values[i]
            self.add(f"{target} = {empty}({value.shape}, {self.name(value.dtype, value.dtype.name)})")
        failed = self.name(FloatingPointError, "FloatingPointError")
        given = ", ".join(kernel.taken)
        self.add(f"if not {name}({given}): raise {failed}")
        self.of.update(targets)
        return [
            "@njit(error_model='numpy')", f"def {name}({given}):", "    if flags(wrong): clear(-1)",
            *_lines(_in_one_array(kernel.body)), "    return not flags(wrong)", "",
        ]  # fmt: skip

    def turns(self, states: int, rows: int, count: int) -> Source:
        """Write all turns as one kernel, and what calls it."""
        routine, values = self.routine, self.values
        places = routine.arguments
        new = {i: f"r{i}" for i in dict.fromkeys(routine.results)}
        kernel = Kernel(values, {**new, **self.of}, self.frozen, new)  # a result may be an argument
        kernel.write(routine.steps)
        before: list[str] = []
        after: list[Statement] = []
        names = {f"a{i}": values[v] for i, v in enumerate(places) if v is not None}
        given = [n for n in kernel.taken if n not in names or int(n[1:]) >= states + rows]
        self.add("def run(values):", indent=1)
        self.add(f"{''.join(f'a{i}, ' for i in range(len(places)))} = values")
        for k, v in enumerate(places):
            if k < states:  # the kernel writes into it
                value = values[routine.results[k]]
                self.add(f"a{k} = {self._by_rows(f'a{k}', value)}")
                new_state = Memory(f"a{k}", value.shape, value.dtype)
                after += _copied(new_state, Memory(f"r{routine.results[k]}", value.shape, value.dtype))
                given.append(f"a{k}")
            elif v is None:
                continue
            elif k >= states + rows:
                self.add(f"a{k} = {self._by_rows(f'a{k}', values[v], copy='None')}")
            else:
                self.add(f"rows{k} = {self._by_rows(f'a{k}', values[v], copy='None')}")
                given.append(f"rows{k}")
                if values[v].shape:
                    before.append(f"a{k} = rows{k}[turn]")
                else:  # a part of a vector is no array
                    self.add(f"a{k} = {self._empty((), values[v])}")
                    given.append(f"a{k}")
                    before.append(f"a{k}[()] = rows{k}[turn]")
        for i, name in new.items():
            self.add(f"{name} = {self._empty(values[i].shape, values[i])}")
        collected = [f"seen{k}" for k in range(len(routine.results) - states)]
        for name, i in zip(collected, routine.results[states:], strict=True):
            self.add(f"{name} = {self._empty((count, *values[i].shape), values[i])}")
            memory = Memory(name, (count, *values[i].shape), values[i].dtype)
            after += _copied(memory, Memory(f"r{i}", values[i].shape, values[i].dtype), Name("turn"))
        given = [*dict.fromkeys([*given, *collected])]
        failed = self.name(FloatingPointError, "FloatingPointError")
        self.add(f"if not turns({count}, {', '.join(given)}): raise {failed}")
        self.add(f"return [{', '.join([*(f'a{k}' for k in range(states)), *collected])}]")
        made = [s for s in kernel.body if isinstance(s, Make)]
        text = [
            "@njit(error_model='numpy')", f"def turns(count, {', '.join(given)}):", "    if flags(wrong): clear(-1)",
            *_lines(made), "    for turn in range(count):", *(" " * 8 + line for line in before),
            *_lines([s for s in kernel.body if not isinstance(s, Make)] + after, " " * 8),
            "    return not flags(wrong)",
        ]  # fmt: skip
        return "\n".join([*text, "", "def make():", *self.lines, "    return run"]) + "\n", self.names

    def _by_rows(self, name: str, value: Value, copy: str = "True") -> str:
        """Write what makes an array stored by rows, a new one or, with ``copy="None"``, where it isn't one."""
        dtype = self.name(value.dtype, value.dtype.name)
        return f"{self.function(np.array)}({name}, {dtype}, order='C', copy={copy})"

    def _empty(self, shape: tuple[int, ...], value: Value) -> str:
        return f"{self.function(np.empty)}({shape}, {self.name(value.dtype, value.dtype.name)})"

    def _is_free(self, i: int, value: Value) -> bool:
        """Whether the memory of an operand that nothing else reads is ours, and fit for a result."""
        operand = self.values[i]
        alike = bool(value.shape) and (operand.shape, operand.dtype) == (value.shape, value.dtype)
        return alike and i in self.ours and self.uses[i] == 1

    def _call(self, step: Instruction) -> None:
        """Write a step as a call of NumPy's."""
        value = self.values[step.output]
        inputs = [self.of[i] for i in step.inputs]
        function: Any = step.function
        rest = [self.name(r, "rest") for r in step.rest]
        if step.kind == "call":  # the record keeps a single number as NumPy's scalar, not as a 0-d array
            inputs = [x if self.values[i].shape else f"{x}[()]" for i, x in zip(step.inputs, inputs, strict=True)]
        elif step.kind == "reduce":
            function, rest = function.reduce, [repr(step.rest[0]), "None", "None", repr(bool(step.rest[1]))]
        elif step.kind == "scan":
            function = function.accumulate
        elif isinstance(function, np.ufunc):
            rest = [f"out={self.of[i]}" for i in step.inputs if self._is_free(i, value)][:1]
        text = f"{self.function(function)}({', '.join([*inputs, *rest])})"
        self.of[value.id] = f"v{value.id}"
        self.add(comment(step), f"v{value.id} = " + (text if value.shape else f"{self.function(np.asarray)}({text})"))


# --- a step that is repeated ----------------------------------------------------------------------------------


def numba_turns(routine: Routine, states: int, rows: int, count: int) -> Source:
    """Write a routine as the step of a loop, in one kernel.

    Parameters
    ----------
    routine : Routine
        All of whose steps are for Numba. Its arguments are the state, a row, and what is the same in each turn; its
        results the new state and what is collected.
    states, rows : int
        How many arrays make up the state and a row.
    count : int
        How many turns there are.

    Returns
    -------
    source : str
        Of ``make()``, which makes ``run(values)``: a list of arrays.
    names : dict
    """
    return _Numba(routine).turns(states, rows, count)
