"""A program as loops that Numba compiles: one call for everything.

Elementwise steps in a row become one loop in which intermediate values are numbers, never arrays. Small products
of matrices are written out as loops; large ones are BLAS's. Where an intermediate value of an expression leaves
the range of floating point, the kernel says so, and the operations are computed in their own way.
"""

from __future__ import annotations

import importlib
import itertools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from microgradnet.compiler.lowering import Program, Step, Value
from microgradnet.compiler.numpy_code import Source, Writer, comment
from microgradnet.compiler.tracing import Structure

__all__ = ["numba_source", "unsupported"]

WRITTEN_OUT = 1 << 12
"""Products of at most so many multiplications are loops: on 4 x 3 by 3 x 4, 0.02 us where a call of BLAS takes 0.4."""

FROZEN = 1 << 7
"""Constants of at most so many elements are part of the machine code; larger ones are arguments of the kernel."""

_DTYPES = frozenset(map(np.dtype, ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?")))

# How a reduction goes on from one element to the next, and what it begins with; None: with the first element.
_REDUCTIONS: dict[np.ufunc, tuple[str, str | None]] = {
    np.add: ("s + x", "0"),
    np.multiply: ("s * x", "1"),
    np.maximum: ("np.maximum(s, x)", None),
    np.minimum: ("np.minimum(s, x)", None),
    np.logical_or: ("s or x != 0", "0"),
    np.logical_and: ("s and x != 0", "1"),
}


def unsupported(program: Program) -> Step | None:
    """Find the first step that Numba can't compile, or None."""
    return next((step for step in program.steps if not _supported(step, program)), None)


def _supported(step: Step, program: Program) -> bool:
    if not {program.values[i].dtype for i in (*step.inputs, step.output)} <= _DTYPES:
        return False
    match step.kind:
        case "ufunc":
            database = importlib.import_module("numba.np.ufunc_db")
            dtypes = "".join(dtype.char for dtype in _resolved(step, program))
            known = step.function in database.get_ufuncs()
            return known and f"{dtypes[:-1]}->{dtypes[-1]}" in database.get_ufunc_info(step.function)
        case "reduce":
            return step.function in _REDUCTIONS
        case "dot":
            return step.function is np.dot
        case "view":
            return step.function is not operator.getitem or None not in step.rest[0]
    return False


def _resolved(step: Step, program: Program) -> tuple[np.dtype[Any], ...]:
    ufunc: Any = step.function
    return tuple(ufunc.resolve_dtypes((*(program.values[i].dtype for i in step.inputs), None)))


def numba_source(
    program: Program,
    structure: Structure,
    leaves: Sequence[tuple[Any, ...]],
    results: Structure,
    donated: dict[int, int],
) -> Source:
    """Write a program as source; parameters and result are those of `numpy_source`."""
    return _Numba(program).source(structure, leaves, results, donated)


class _Numba(Writer):
    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.values = program.values
        self.names["np"] = np
        self.names["njit"] = importlib.import_module("numba").njit
        self.of: dict[int, str] = {}
        self.taken: list[str] = []
        self.given: list[str] = []
        for i, place in enumerate(program.arguments):
            if place is not None:
                self.of[place] = f"a{i}" if self.values[place].shape else f"a{i}[()]"
                self.taken.append(f"a{i}")
                self.given.append(f"a{i}")
        for value in self.values:
            if value.constant is not None:
                self._constant(value)

    def _constant(self, value: Value) -> None:
        constant: Any = value.constant
        if value.shape == ():
            self.of[value.id] = self.name(constant[()], f"c{value.id}")
        else:
            self.of[value.id] = self.name(np.ascontiguousarray(constant), f"c{value.id}")
            if constant.size > FROZEN:
                self.taken.append(f"k{value.id}")
                self.given.append(self.of[value.id])
                self.of[value.id] = f"k{value.id}"

    def source(self, structure: Structure, leaves: Any, results: Structure, donated: dict[int, int]) -> Source:
        made = self._steps()
        outputs, returned, after = self._results(made, donated)
        kernel = self.lines
        self.lines = []
        used = [None if v is None else f"a{i}" for i, v in enumerate(self.program.arguments)]
        self.add("def run(args, kwargs):", indent=1)
        self.guards(structure, leaves, used)
        self.add(*(f"{name} = {empty}" for name, empty in outputs))
        given = ", ".join([*self.given, *(name for name, _ in outputs)])
        failed = self.name(FloatingPointError, "FloatingPointError")
        self.add(f"if not kernel({given}): raise {failed}")
        self.add(*after, f"return {self.tree(results, returned)}")
        taken = ", ".join([*self.taken, *(name for name, _ in outputs)])
        head = ["@njit(error_model='numpy')", f"def kernel({taken}):", "    ok = True"]
        text = [*head, *kernel, "    return ok", "", "def make():", *self.lines, "    return run"]
        return "\n".join(text) + "\n", self.names

    # --- results ---

    def _results(self, made: set[int], donated: dict[int, int]) -> Any:
        """Name the arrays that the kernel fills, and say what is returned, and what is copied after all is done."""
        outputs: dict[int, str] = {}
        fills: list[tuple[str, str]] = []
        returned: list[str] = []
        after: list[str] = []
        last: list[str] = []
        empty, copyto, array = self.function(np.empty), self.function(np.copyto), self.function(np.array)
        for number, i in enumerate(self.program.results):
            value = self.values[i]
            if i not in outputs:
                outputs[i] = f"r{i}"
                fills.append((f"r{i}", f"{empty}({value.shape}, {self.name(value.dtype, value.dtype.name)})"))
                if value.shape == ():
                    self.add(f"r{i}[()] = {self.of[i]}", indent=1)
                elif i not in made:
                    self.add(f"r{i}[...] = {self.of[i]}", indent=1)
                first = True
            else:
                first = False
            if number in donated:
                returned.append(f"a{donated[number]}")
                last.append(f"{copyto}(a{donated[number]}, r{i})")
            elif first:
                returned.append(f"r{i}")
            else:
                returned.append(f"y{number}")
                after.append(f"y{number} = {array}(r{i})")
        return fills, returned, after + last

    # --- steps ---

    def _steps(self) -> set[int]:
        """Write all steps; return the results that are written to straight away."""
        results = set(self.program.results)
        made: set[int] = set()
        needed: dict[int, int] = {}
        batches = [list(steps) for _, steps in itertools.groupby(self.program.steps, self._batch())]
        for number, steps in enumerate(batches):
            for step in steps:
                needed.update(dict.fromkeys(step.inputs, number))
        for number, steps in enumerate(batches):
            for step in steps:
                value = self.values[step.output]
                kept = value.id in results or needed.get(value.id, number) > number
                if value.shape == ():
                    self.of[value.id] = f"s{value.id}"
                elif step.kind != "view" and kept:
                    if value.id in results:
                        self.of[value.id] = f"r{value.id}"
                        made.add(value.id)
                    else:
                        self.of[value.id] = f"t{value.id}"
                        self.add(f"t{value.id} = np.empty({value.shape}, np.{value.dtype.type.__name__})", indent=1)
            if steps[0].kind == "ufunc":
                self._loops_of(steps)
            else:
                self.add(comment(steps[0]), indent=1)
                getattr(self, f"_{steps[0].kind}")(steps[0])
        return made

    def _batch(self) -> Callable[[Step], Any]:
        """Make the key that is the same for ufuncs in a row whose results have one shape."""
        count = itertools.count()
        return lambda s: self.values[s.output].shape if s.kind == "ufunc" else next(count)

    def _loops_of(self, steps: Sequence[Step]) -> None:
        """Write elementwise steps as one loop over the elements."""
        shape = self.values[steps[0].output].shape
        indices = [f"i{k}" for k in range(len(shape))]
        for k, n in enumerate(shape):
            self.add(f"for i{k} in range({n}):", indent=1 + k)
        inside = {step.output for step in steps}
        indent = 1 + len(shape)
        entry = None
        for step in steps:
            if step.entry is not entry:
                entry = step.entry
                self.add(comment(step), indent=indent)
            value = self.values[step.output]
            resolved = _resolved(step, self.program)
            inputs = [
                self._cast(f"x{i}" if i in inside else self._element(i, indices), self.values[i].dtype, wanted)
                for i, wanted in zip(step.inputs, resolved, strict=False)
            ]
            name = f"s{value.id}" if value.shape == () else f"x{value.id}"
            inside_name = f"x{value.id}"
            self.add(f"{inside_name} = np.{step.function.__name__}({', '.join(inputs)})", indent=indent)
            if name != inside_name:
                self.add(f"{name} = {inside_name}", indent=indent)
            elif value.id in self.of:
                self.add(f"{self.of[value.id]}[{', '.join(indices)}] = {inside_name}", indent=indent)
            if step.hidden and value.dtype.kind == "f":
                self.add(f"ok &= np.isfinite({inside_name})", indent=indent)

    def _cast(self, text: str, dtype: np.dtype[Any], wanted: np.dtype[Any]) -> str:
        return text if dtype == wanted else f"np.{wanted.type.__name__}({text})"

    def _element(self, i: int, indices: Sequence[str]) -> str:
        """Write the element of a value at an index of what it is broadcast to."""
        shape = self.values[i].shape
        if not shape:
            return self.of[i]
        own = indices[len(indices) - len(shape) :]
        return f"{self.of[i]}[{', '.join('0' if n == 1 else k for n, k in zip(shape, own, strict=True))}]"

    def _dot(self, step: Step) -> None:
        """Write a product of matrices and vectors."""
        a, b = (self.values[i] for i in step.inputs)
        value = self.values[step.output]
        rows = ["i"] * (len(a.shape) == 2)
        columns = ["j"] * (len(b.shape) == 2)
        if math.prod(a.shape) * math.prod(b.shape[1:]) > WRITTEN_OUT:
            x, y = (f"np.ascontiguousarray({self.of[i]})" if self.of[i][0] == "a" else self.of[i] for i in step.inputs)
            product = f"np.dot({x}, {y}, {self.of[value.id]})" if value.shape else f"s{value.id} = np.dot({x}, {y})"
            self.add(product, indent=1)
            return
        for index, n in zip(rows + columns, value.shape, strict=True):
            self.add(f"for {index} in range({n}):", indent=1 + (rows + columns).index(index))
        indent = 1 + len(value.shape)
        left, right = f"{self.of[a.id]}[{', '.join([*rows, 'k'])}]", f"{self.of[b.id]}[{', '.join(['k', *columns])}]"
        target = f"{self.of[value.id]}[{', '.join(rows + columns)}]" if value.shape else f"s{value.id}"
        self.add(f"s = np.{value.dtype.type.__name__}(0)", f"for k in range({a.shape[-1]}):", indent=indent)
        self.add(f"s += {left} * {right}", indent=indent + 1)
        self.add(f"{target} = s", indent=indent)

    def _reduce(self, step: Step) -> None:
        """Write a reduction: outer loops over what stays, inner loops over what goes."""
        (i,) = step.inputs
        shape, value = self.values[i].shape, self.values[step.output]
        axis, keepdims = step.rest
        axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        gone = {k % len(shape) for k in axes} if shape else set()
        stay = [k for k in range(len(shape)) if k not in gone]
        follow, start = _REDUCTIONS[step.function]  # type: ignore[index]
        kind = f"np.{value.dtype.type.__name__}"
        for depth, k in enumerate(stay):
            self.add(f"for i{k} in range({shape[k]}):", indent=1 + depth)
        indent = 1 + len(stay)
        first = self._element(i, ["0" if k in gone else f"i{k}" for k in range(len(shape))])
        self.add(f"s = {kind}({first if start is None else start})", indent=indent)
        exact = step.function is np.add and value.dtype.kind == "f"
        if exact:
            self.add(f"c = {kind}(0)", indent=indent)
        for depth, k in enumerate(sorted(gone)):
            self.add(f"for i{k} in range({shape[k]}):", indent=indent + depth)
        inner = indent + len(gone)
        self.add(f"x = {kind}({self._element(i, [f'i{k}' for k in range(len(shape))])})", indent=inner)
        if exact:  # Kahan's summation: no less exact than NumPy's in pairs
            self.add("d = x - c", "u = s + d", "c = (u - s) - d", "s = u", indent=inner)
            self.add("ok &= np.isfinite(s)", indent=indent)
        else:
            self.add(f"s = {kind}({follow})", indent=inner)
        index = [f"i{k}" if k in stay else "0" for k in range(len(shape)) if k in stay or keepdims]
        self.add(f"{self.of[value.id]}[{', '.join(index)}] = s" if value.shape else f"s{value.id} = s", indent=indent)

    def _view(self, step: Step) -> None:
        """Write a view. What is made of one number is an array of it."""
        (i,) = step.inputs
        source, value = self.values[i], self.values[step.output]
        of = self.of[i]
        if value.shape and not source.shape:
            text = f"np.full({value.shape}, {of})"
        elif step.function is operator.getitem and all(part is ... for part in step.rest[0]):
            text = of
        elif step.function is operator.getitem:
            text = f"{of}[{_index(step.rest[0])}]"
        elif step.function is np.transpose:
            order = _order(step, source)
            text = f"{of}.T" if order == tuple(range(len(order)))[::-1] else f"np.transpose({of}, {order})"
        elif not source.shape:
            text = of
        elif step.function is np.broadcast_to:
            text = f"np.broadcast_to({of}, {value.shape})"
        else:
            text = f"{of}.reshape({value.shape})" if value.shape else f"{of}.reshape((1,))[0]"
        if value.shape:
            self.of[value.id] = f"v{value.id}"
        self.add(f"{self.of[value.id]} = {text}", indent=1)


def _order(step: Step, source: Value) -> tuple[int, ...]:
    n = len(source.shape)
    axes = step.rest[0] if step.rest else None
    return tuple(range(n))[::-1] if axes is None else tuple(k % n for k in axes)


def _index(parts: Sequence[Any]) -> str:
    """Write an index of integers and slices, without an ellipsis at the end, which would make an array of a number."""
    parts = parts[:-1] if parts[-1] is ... and len(parts) > 1 else parts
    texts = []
    for part in parts:
        if isinstance(part, slice):
            ends = ["" if p is None else str(int(p)) for p in (part.start, part.stop, part.step)]
            texts.append(":".join(ends))
        else:
            texts.append("..." if part is ... else str(int(part)))
    return ", ".join(texts)
