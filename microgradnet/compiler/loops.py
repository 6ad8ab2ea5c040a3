"""Kernels: steps as loops over numbers, in the part of Python that Numba compiles quickly.

Elementwise steps in a row become one loop in which intermediate values are numbers, never arrays. A view is no array
either: an element of it is an element of what it looks at, at another index. Small products of matrices are written
out as loops; large ones are BLAS's.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from microgradnet.compiler.numpy_code import Writer, comment
from microgradnet.compiler.routine import Instruction, Value
from microgradnet.ops.elementwise import masked

__all__ = ["REDUCTIONS", "Kernel", "is_elementwise", "is_view", "resolved"]

WRITTEN_OUT = 1 << 12
"""Products of at most so many multiplications are loops: on 4 x 3 by 3 x 4, 0.02 us where a call of BLAS takes 0.4."""

REDUCTIONS: dict[Any, tuple[str, str | None]] = {
    np.add: ("s + x", "0"),
    np.multiply: ("s * x", "1"),
    np.maximum: ("s if (s > x) | (s != s) else x", None),
    np.minimum: ("s if (s < x) | (s != s) else x", None),
    np.logical_or: ("s or x != 0", "0"),
    np.logical_and: ("s and x != 0", "1"),
}
"""How a reduction goes on from one element to the next, and what it begins with; None: with the first element."""

_OPERATORS: dict[Any, str] = {
    np.add: "{} + {}", np.subtract: "{} - {}", np.multiply: "{} * {}", np.divide: "{} / {}", np.negative: "-{}",
    np.equal: "{} == {}", np.not_equal: "{} != {}", np.less: "{} < {}", np.less_equal: "{} <= {}",
    np.greater: "{} > {}", np.greater_equal: "{} >= {}",
    np.maximum: "{0} if ({0} > {1}) | ({0} != {0}) else {1}", np.minimum: "{0} if ({0} < {1}) | ({0} != {0}) else {1}",
}  # fmt: skip
"""Ufuncs of floating-point numbers as operators, which Numba compiles in half the time. Of two zeros NumPy's maximum
and minimum return the second, and Numba's the first."""


def resolved(step: Instruction, values: Sequence[Value]) -> tuple[np.dtype[Any], ...]:
    """Say in which dtypes an elementwise step takes its inputs and gives its result."""
    dtypes = [values[i].dtype for i in step.inputs]
    result = values[step.output].dtype
    if step.function is np.where:
        return dtypes[0], result, result, result
    if step.function is np.astype:
        return result, result
    if step.function is masked:
        return result, dtypes[1], result
    ufunc: Any = step.function
    return tuple(ufunc.resolve_dtypes((*dtypes, None)))


def is_view(step: Instruction) -> bool:
    """Whether the elements of a step's result are elements of its input."""
    return step.kind == "view" or step.function is np.reshape


def is_elementwise(step: Instruction) -> bool:
    """Whether each element of a step's result is computed of those at its place."""
    return step.kind == "ufunc" or step.function in (np.where, np.astype)


class Kernel(Writer):
    """The text of a kernel.

    Parameters
    ----------
    values : sequence of Value
    outside : mapping of int to str
        The arrays that it may be given.
    frozen : mapping of int to str
        The constants that are part of the machine code.
    targets : mapping of int to str
        The arrays that it fills.

    Attributes
    ----------
    taken : list of str
        The arrays that it takes.
    """

    def __init__(
        self, values: Sequence[Value], outside: Mapping[int, str], frozen: Mapping[int, str], targets: Mapping[int, str]
    ) -> None:
        super().__init__()
        self.values = values
        self.outside = outside
        self.targets = targets
        self.taken: list[str] = []
        self.of: dict[int, str] = dict(frozen)
        self.views: dict[int, Instruction] = {}
        self.own: set[int] = set(targets)  # arrays whose memory is as BLAS wants it

    def write(self, steps: Sequence[Instruction]) -> None:
        """Write all steps."""
        self.views = {step.output: step for step in steps if is_view(step)}
        inside = {step.output for step in steps}
        outer = dict.fromkeys(i for step in steps for i in step.inputs if i not in inside and i not in self.of)
        for i in outer:
            self.of[i] = self.outside[i] if self.values[i].shape else f"{self.outside[i]}[()]"
        self.of |= {i: target for i, target in self.targets.items() if self.values[i].shape}
        self.taken = [self.outside[i] for i in (*outer, *self.targets)]
        batches = self._batches(step for step in steps if not is_view(step))
        needed = {self._root(i): number for number, batch in enumerate(batches) for step in batch for i in step.inputs}
        needed |= {self._root(i): len(batches) for i in self.targets if i in self.views}
        for number, batch in enumerate(batches):
            for step in batch:
                if needed.get(step.output, number) > number or not is_elementwise(step):
                    self._place(self.values[step.output])
            if is_elementwise(batch[0]):
                self._elementwise(batch)
            else:
                self.add(comment(batch[0]), indent=1)
                (self._dot if batch[0].kind == "dot" else self._reduce)(batch[0])
        for i, target in self.targets.items():
            if i in self.views:
                self._copy(i, target)
            elif not self.values[i].shape:
                self.add(f"{target}[()] = s{i}", indent=1)

    def _root(self, i: int) -> int:
        """Find the value that a view looks at in the end."""
        while i in self.views:
            (i,) = self.views[i].inputs
        return i

    def _batches(self, steps: Iterable[Instruction]) -> list[list[Instruction]]:
        """Put elementwise steps in a row together whose results have one shape."""
        batches: list[list[Instruction]] = []
        for step in steps:
            if batches and self._joins(step, batches[-1]):
                batches[-1].append(step)
            else:
                batches.append([step])
        return batches

    def _joins(self, step: Instruction, batch: Sequence[Instruction]) -> bool:
        """Whether a step can be in the loop of others: it wants nothing that a later turn of the loop makes."""
        if not (is_elementwise(step) and is_elementwise(batch[0])):
            return False
        made = {s.output for s in batch}
        through_views = {self._root(i) for i in step.inputs if i in self.views}
        return self.values[step.output].shape == self.values[batch[0].output].shape and not through_views & made

    def _place(self, value: Value) -> None:
        """Make an array for a value that is looked at later. A single number is in a variable."""
        if value.shape and value.id not in self.of:
            self.of[value.id] = f"t{value.id}"
            self.own.add(value.id)
            self.add(f"t{value.id} = np.empty({value.shape}, np.{value.dtype.type.__name__})", indent=1)

    # --- where an element is ---

    def _element(self, i: int, indices: Sequence[str]) -> str:
        """Write the element of a value at an index of what it is broadcast to."""
        while True:
            shape = self.values[i].shape
            own = indices[len(indices) - len(shape) :]
            indices = ["0" if n == 1 else k for n, k in zip(shape, own, strict=True)]
            if i not in self.views:
                break
            step = self.views[i]
            (i,) = step.inputs
            indices = _looked_at(step, indices, shape, self.values[i].shape)
        if not self.values[i].shape:
            return self.of.get(i, f"s{i}")
        return f"{self.of[i]}[{', '.join(indices)}]"

    def _loops(self, indices: Sequence[str], shape: Sequence[int], indent: int = 1) -> int:
        """Open a loop for each index; return how far what is in them is indented."""
        for index, n in zip(indices, shape, strict=True):
            self.add(f"for {index} in range({n}):", indent=indent)
            indent += 1
        return indent

    def _copy(self, i: int, target: str) -> None:
        """Fill an array with the elements of a view."""
        shape = self.values[i].shape
        indices = [f"i{k}" for k in range(len(shape))]
        indent = self._loops(indices, shape)
        self.add(f"{target}[{', '.join(indices) or '()'}] = {self._element(i, indices)}", indent=indent)

    # --- the kinds of steps ---

    def _elementwise(self, steps: Sequence[Instruction]) -> None:
        """Write elementwise steps as one loop over the elements."""
        shape = self.values[steps[0].output].shape
        indices = [f"i{k}" for k in range(len(shape))]
        indent = self._loops(indices, shape)
        inside = {step.output for step in steps}
        letter = "x" if shape else "s"
        entry = None
        for step in steps:
            if step.entry is not entry:
                entry = step.entry
                self.add(comment(step), indent=indent)
            value = self.values[step.output]
            dtypes = resolved(step, self.values)
            inputs = [
                _cast(f"{letter}{i}" if i in inside else self._element(i, indices), self.values[i].dtype, wanted)
                for i, wanted in zip(step.inputs, dtypes, strict=False)
            ]
            name = f"{letter}{value.id}"
            self.add(f"{name} = {_written(step, inputs, dtypes)}", indent=indent)
            if shape and value.id in self.of:
                self.add(f"{self.of[value.id]}[{', '.join(indices)}] = {name}", indent=indent)

    def _dot(self, step: Instruction) -> None:
        """Write a product of matrices and vectors, or of each of a batch."""
        a, b = (self.values[i] for i in step.inputs)
        value = self.values[step.output]
        batch = [f"i{k}" for k in range(max(len(a.shape), len(b.shape)) - 2)]
        rows, columns = ["i"] * (len(a.shape) > 1), ["j"] * (len(b.shape) > 1)
        indices = [*batch, *rows, *columns]
        target = f"{self.of[value.id]}[{', '.join(indices)}]" if value.shape else f"s{value.id}"
        if math.prod(value.shape) * a.shape[-1] > WRITTEN_OUT:
            left, right = (self._matrix(i, batch) for i in step.inputs)
            indent = self._loops(batch, value.shape[: len(batch)])
            place = f"{self.of[value.id]}[{', '.join(batch)}]" if batch else self.of.get(value.id)
            self.add(f"np.dot({left}, {right}, {place})" if value.shape else f"{target} = np.dot({left}, {right})",
                     indent=indent)  # fmt: skip
            return
        indent = self._loops(indices, value.shape)
        left, right = self._element(a.id, [*batch, *rows, "k"]), self._element(b.id, [*batch, "k", *columns])
        self.add(f"s = np.{value.dtype.type.__name__}(0)", f"for k in range({a.shape[-1]}):", indent=indent)
        self.add(f"s += {left} * {right}", indent=indent + 1)
        self.add(f"{target} = s", indent=indent)

    def _matrix(self, i: int, batch: Sequence[str]) -> str:
        """Write a matrix, or one of a batch, in memory as BLAS wants it."""
        value = self.values[i]
        step = self.views.get(i)
        if (
            step is not None
            and step.function is np.transpose
            and len(value.shape) == 2
            and step.rest in ((), ((1, 0),))
        ):
            return f"{self._matrix(step.inputs[0], ())}.T"
        if step is not None and i not in self.of:
            self._place(value)
            self._copy(i, self.of[i])
        elif i not in self.own:
            self.add(f"t{i} = np.ascontiguousarray({self.of[i]})", indent=1)
            self.of[i] = f"t{i}"
            self.own.add(i)
        shape = value.shape[:-2]
        own = ["0" if n == 1 else k for n, k in zip(shape, batch[len(batch) - len(shape) :], strict=True)]
        return f"{self.of[i]}[{', '.join(own)}]" if own else self.of[i]

    def _reduce(self, step: Instruction) -> None:
        """Write a reduction: outer loops over what stays, inner loops over what goes."""
        (i,) = step.inputs
        shape, value = self.values[i].shape, self.values[step.output]
        axis, keepdims = step.rest
        axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        gone = sorted({k % len(shape) for k in axes}) if shape else []
        stay = [k for k in range(len(shape)) if k not in gone]
        follow, start = REDUCTIONS[step.function]
        kind = f"np.{value.dtype.type.__name__}"
        indent = self._loops([f"i{k}" for k in stay], [shape[k] for k in stay])
        first = self._element(i, ["0" if k in gone else f"i{k}" for k in range(len(shape))])
        self.add(f"s = {kind}({first if start is None else start})", indent=indent)
        exact = step.function is np.add and value.dtype.kind == "f"
        if exact:
            self.add(f"c = {kind}(0)", indent=indent)
        inner = self._loops([f"i{k}" for k in gone], [shape[k] for k in gone], indent)
        self.add(f"x = {kind}({self._element(i, [f'i{k}' for k in range(len(shape))])})", indent=inner)
        if exact:  # Kahan's summation: no less exact than NumPy's in pairs
            self.add("d = x - c", "u = s + d", "c = (u - s) - d", "s = u", indent=inner)
        else:
            self.add(f"s = {kind}({follow})", indent=inner)
        index = [f"i{k}" if k in stay else "0" for k in range(len(shape)) if k in stay or keepdims]
        self.add(f"{self.of[value.id]}[{', '.join(index)}] = s" if value.shape else f"s{value.id} = s", indent=indent)


def _cast(text: str, dtype: np.dtype[Any], wanted: np.dtype[Any]) -> str:
    if dtype == wanted:
        return text
    return f"({text} != 0)" if wanted.kind == "b" else f"np.{wanted.type.__name__}({text})"


def _written(step: Instruction, inputs: Sequence[str], dtypes: Sequence[np.dtype[Any]]) -> str:
    """Write an elementwise step on numbers."""
    if step.function is np.where:
        return "{1} if {0} else {2}".format(*inputs)
    if step.function is np.astype:
        return inputs[0]
    if step.function is masked:
        return f"{inputs[0]} if {inputs[1]} else np.{dtypes[0].type.__name__}(0)"
    if step.function in _OPERATORS and dtypes[0].kind == "f":
        return _OPERATORS[step.function].format(*inputs)
    return f"np.{step.function.__name__}({', '.join(inputs)})"


# --- views as indices ----------------------------------------------------------------------------------------


def _looked_at(step: Instruction, indices: Sequence[str], shape: tuple[int, ...], source: tuple[int, ...]) -> list[str]:
    """Write the index at which a view looks at its input, from an index of the view."""
    if step.function is np.transpose:
        order = step.rest[0] if step.rest and step.rest[0] is not None else range(len(source))[::-1]
        place = {k % len(source): index for k, index in zip(order, indices, strict=True)}
        return [place[k] for k in range(len(source))]
    if step.function is np.broadcast_to:
        return list(indices[len(indices) - len(source) :])
    if step.function is operator.getitem:
        return _in_parts(step.rest[0], list(indices), source)
    return _before_reshape(indices, shape, source)


def _in_parts(parts: Sequence[Any], indices: list[str], source: tuple[int, ...]) -> list[str]:
    """Write the index of an element of ``x[parts]`` in x."""
    missing = len(source) - sum(part is not None and part is not ... for part in parts)
    k = parts.index(...)
    result: list[str] = []
    for part in (*parts[:k], *[slice(None)] * missing, *parts[k + 1 :]):
        if part is None:
            indices.pop(0)
            continue
        n = source[len(result)]
        if isinstance(part, slice):
            start, _, step = part.indices(n)
            index = indices.pop(0)
            result.append(index if (start, step) == (0, 1) else f"({start} + {step} * ({index}))")
        else:
            result.append(str(int(part) % n))
    return result


def _before_reshape(indices: Sequence[str], shape: tuple[int, ...], source: tuple[int, ...]) -> list[str]:
    """Write the index of an element before a reshape, by the smallest groups of axes that hold as many elements."""
    if 0 in shape:
        return ["0"] * len(source)
    result: list[str] = []
    k = 0
    while len(result) < len(source):
        first, start = len(result), k
        here, there, last = 1, source[first], first + 1
        while here != there:
            if here < there:
                here *= shape[k]
                k += 1
            else:
                there *= source[last]
                last += 1
        flat = ""
        for index, n in zip(indices[start:k], shape[start:k], strict=True):
            if n > 1:
                flat = f"({flat} * {n} + {index})" if flat else index
        result += _unraveled(flat, source[first:last])
    return result


def _unraveled(flat: str, shape: Sequence[int]) -> list[str]:
    """Write the index of the element that stands at a place of the flat array."""
    texts = []
    for k, n in enumerate(shape):
        after, before = math.prod(shape[k + 1 :]), math.prod(shape[:k])
        text = f"{flat} // {after}" if after > 1 else flat
        texts.append("0" if n == 1 else f"{text} % {n}" if before > 1 else text)
    return texts
