"""Kernels: steps as a tree of loops over numbers.

Elementwise steps in a row become one loop in which intermediate values are numbers, never arrays. A view is no array
either: an element of it is an element of what it looks at, at another index. Small products of matrices are written
out as loops; large ones are BLAS's, where there is one.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from microgradnet.compiler.loops import (
    Apply,
    Assign,
    Blas,
    Contiguous,
    Expression,
    Load,
    Make,
    Matrix,
    Memory,
    Name,
    Number,
    Remark,
    Statement,
    Store,
    at_remainder,
    cast,
    nested,
    over,
    plus,
    times,
)
from microgradnet.compiler.numpy_code import comment
from microgradnet.compiler.routine import Instruction, Lookup, Value, gathered
from microgradnet.ops.elementwise import masked

__all__ = ["REDUCTIONS", "Kernel", "is_elementwise", "is_view", "resolved"]

WRITTEN_OUT = 1 << 12
"""Products of at most so many multiplications are loops: on 4 x 3 by 3 x 4, 0.02 us where a call of BLAS takes 0.4."""

REDUCTIONS: dict[Any, int | None] = {
    np.add: 0, np.multiply: 1, np.maximum: None, np.minimum: None, np.logical_or: 0, np.logical_and: 1,
}  # fmt: skip
"""What a reduction begins with; None: with the first element."""


def resolved(step: Instruction, values: Sequence[Value]) -> tuple[np.dtype[Any], ...]:
    """Say in which dtypes an elementwise step takes its inputs and gives its result."""
    dtypes = [values[i].dtype for i in step.inputs]
    result = values[step.output].dtype
    if step.function is np.where:
        return np.dtype(bool), result, result, result
    if step.function is np.astype:
        return result, result
    if step.function is masked:
        return result, dtypes[1], result
    ufunc: Any = step.function
    return tuple(ufunc.resolve_dtypes((*dtypes, None)))


def is_view(step: Instruction) -> bool:
    """Whether the elements of a step's result are elements of its first input."""
    return step.kind == "view" or step.function in (np.reshape, gathered)


def is_elementwise(step: Instruction) -> bool:
    """Whether each element of a step's result is computed of those at its place."""
    return step.kind == "ufunc" or step.function in (np.where, np.astype)


class Kernel:
    """A kernel in the making.

    Parameters
    ----------
    values : sequence of Value
    outside : mapping of int to str
        The arrays that it may be given.
    frozen : mapping of int to str
        The constants that its text names.
    targets : mapping of int to str
        The arrays that it fills.
    blas : bool
        Whether large products are BLAS's.
    watched : bool
        Whether somebody watches for numbers that leave the range, so that sums need not get along with infinity.

    Attributes
    ----------
    body : list of Statement
        What it does.
    taken : list of str
        The arrays that it takes.
    """

    def __init__(
        self,
        values: Sequence[Value],
        outside: Mapping[int, str],
        frozen: Mapping[int, str],
        targets: Mapping[int, str],
        *,
        blas: bool = True,
        watched: bool = True,
    ) -> None:
        self.values = values
        self.outside = {i: Memory(name, values[i].shape, values[i].dtype) for i, name in outside.items()}
        self.targets = {i: Memory(name, values[i].shape, values[i].dtype) for i, name in targets.items()}
        self.most = WRITTEN_OUT if blas else math.inf
        self.watched = watched
        self.body: list[Statement] = []
        self.taken: list[str] = []
        self.scalars: dict[int, Expression] = {}
        self.of: dict[int, Memory] = {}
        for i, name in frozen.items():
            if values[i].shape:
                self.of[i] = Memory(name, values[i].shape, values[i].dtype)
            else:
                self.scalars[i] = Name(name, values[i].dtype)
        self.views: dict[int, Instruction] = {}
        self.own: set[int] = set(targets)  # arrays whose memory is as BLAS wants it

    def write(self, steps: Sequence[Instruction]) -> None:
        """Write all steps."""
        self.views = {step.output: step for step in steps if is_view(step)}
        known = {step.output for step in steps} | self.scalars.keys() | self.of.keys()
        outer = dict.fromkeys(i for i in (*(i for step in steps for i in step.inputs), *self.targets) if i not in known)
        for i in outer:
            if self.values[i].shape:
                self.of[i] = self.outside[i]
            else:
                self.scalars[i] = Load(self.outside[i], ())
        copied = {i for i in self.targets if i in self.views or i in outer}
        self.of |= {i: target for i, target in self.targets.items() if self.values[i].shape and i not in copied}
        self.taken = [*(self.outside[i].name for i in outer), *(target.name for target in self.targets.values())]
        batches = self._batches(step for step in steps if not is_view(step))
        needed = {
            root: number for number, batch in enumerate(batches) for step in batch for i in step.inputs
            for root in self._roots(i)
        }  # fmt: skip
        needed |= {root: len(batches) for i in copied for root in self._roots(i)}
        for number, batch in enumerate(batches):
            for step in batch:
                if needed.get(step.output, number) > number or not is_elementwise(step):
                    self._place(self.values[step.output])
            if is_elementwise(batch[0]):
                self._elementwise(batch)
            else:
                self.body.append(Remark(comment(batch[0])))
                getattr(self, f"_{batch[0].kind}")(batch[0])
        for i, target in self.targets.items():
            if i in copied:
                self._copy(i, target)
            elif not self.values[i].shape:
                self.body.append(Store(target, (), self._element(i, ())))

    def _roots(self, i: int) -> Iterator[int]:
        """Find the values that are read where a view is: what it looks at in the end, and the tables of where."""
        while i in self.views:
            i, *tables = self.views[i].inputs
            for table in tables:
                yield from self._roots(table)
        yield i

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
        through_views = {root for i in step.inputs if i in self.views for root in self._roots(i)}
        return self.values[step.output].shape == self.values[batch[0].output].shape and not through_views & made

    def _place(self, value: Value) -> None:
        """Make an array for a value that is looked at later. A single number is in a variable."""
        if value.shape and value.id not in self.of:
            self.of[value.id] = Memory(f"t{value.id}", value.shape, value.dtype)
            self.own.add(value.id)
            self.body.append(Make(self.of[value.id]))

    # --- where an element is ---

    def _element(self, i: int, indices: Sequence[Expression]) -> Expression:
        """Return the element of a value at an index of what it is broadcast to."""
        while True:
            shape = self.values[i].shape
            own = indices[len(indices) - len(shape) :]
            indices = [Number(0) if n == 1 else k for n, k in zip(shape, own, strict=True)]
            if i not in self.views:
                break
            step = self.views[i]
            i, *tables = step.inputs
            indices = self._looked_at(step, indices, tables, shape, self.values[i].shape)
        if not self.values[i].shape:
            return self.scalars.get(i, Name(f"s{i}", self.values[i].dtype))
        return Load(self.of[i], tuple(indices))

    def _copy(self, i: int, target: Memory) -> None:
        """Fill an array with the elements of a view."""
        names = [f"i{k}" for k in range(len(target.shape))]
        indices = tuple(map(Name, names))
        self.body += nested(names, target.shape, [Store(target, indices, self._element(i, indices))])

    def _result(self, value: Value, indices: Sequence[Expression], x: Expression) -> Statement:
        """Put a number where it belongs."""
        return Store(self.of[value.id], tuple(indices), x) if value.shape else Assign(f"s{value.id}", x)

    # --- the kinds of steps ---

    def _elementwise(self, steps: Sequence[Instruction]) -> None:
        """Write elementwise steps as one loop over the elements."""
        shape = self.values[steps[0].output].shape
        names = [f"i{k}" for k in range(len(shape))]
        indices = tuple(map(Name, names))
        inside = {step.output for step in steps}
        letter = "x" if shape else "s"
        body: list[Statement] = []
        entry = None
        for step in steps:
            if step.entry is not entry:
                entry = step.entry
                body.append(Remark(comment(step)))
            value = self.values[step.output]
            inputs = [
                cast(Name(f"{letter}{i}", self.values[i].dtype) if i in inside else self._element(i, indices), wanted)
                for i, wanted in zip(step.inputs, resolved(step, self.values), strict=False)
            ]
            name = Name(f"{letter}{value.id}", value.dtype)
            body.append(Assign(name.name, _computed(step, inputs, value.dtype)))
            if shape and value.id in self.of:
                body.append(Store(self.of[value.id], indices, name))
        self.body += nested(names, shape, body)

    def _sum_of_products(
        self, value: Value, indices: Sequence[str], inner: Mapping[str, int], factors: Sequence[tuple[int, list[str]]]
    ) -> None:
        """Write, for each element of a value, the sum of products over inner indices."""
        zero: Expression = Number(0, value.dtype)
        s = Name("s", value.dtype)
        elements = [cast(self._element(i, [Name(k) for k in ks]), value.dtype) for i, ks in factors]
        product = elements[0]
        for element in elements[1:]:
            product = Apply(np.multiply, (product, element), value.dtype)
        added = Assign("s", Apply(np.add, (s, product), value.dtype))
        body = [Assign("s", zero), *nested([*inner], [*inner.values()], [added])]
        body.append(self._result(value, [*map(Name, indices)], s))
        self.body += nested(indices, value.shape, body)

    def _dot(self, step: Instruction) -> None:
        """Write a product of matrices and vectors, or of each of a batch."""
        a, b = (self.values[i] for i in step.inputs)
        value = self.values[step.output]
        batch = [f"i{k}" for k in range(max(len(a.shape), len(b.shape)) - 2)]
        rows, columns = ["i"] * (len(a.shape) > 1), ["j"] * (len(b.shape) > 1)
        if math.prod(value.shape) * a.shape[-1] <= self.most:
            factors = [(a.id, [*batch, *rows, "k"]), (b.id, [*batch, "k", *columns])]
            self._sum_of_products(value, [*batch, *rows, *columns], {"k": a.shape[-1]}, factors)
            return
        indices = tuple(map(Name, batch))
        left, right = (self._matrix(i, indices) for i in step.inputs)
        into = Matrix(self.of[value.id], indices) if value.shape else f"s{value.id}"
        self.body += nested(batch, value.shape[: len(batch)], [Blas(left, right, into)])

    def _einsum(self, step: Instruction) -> None:
        """Write a sum of products, with a letter for each index."""
        given, kept = step.rest[0].split("->")
        letters = [[*part] for part in given.split(",")]
        sizes: dict[str, int] = {}
        for i, part in zip(step.inputs, letters, strict=True):
            sizes |= {k: max(n, sizes.get(k, n)) if n else 0 for k, n in zip(part, self.values[i].shape, strict=True)}
        names = {letter: f"i{k}" for k, letter in enumerate(sizes)}
        factors = [(i, [names[k] for k in part]) for i, part in zip(step.inputs, letters, strict=True)]
        inner = {names[k]: n for k, n in sizes.items() if k not in kept}
        self._sum_of_products(self.values[step.output], [names[k] for k in kept], inner, factors)

    def _matrix(self, i: int, batch: tuple[Expression, ...]) -> Matrix:
        """Return a matrix, or one of a batch, in memory as BLAS wants it."""
        value = self.values[i]
        step = self.views.get(i)
        if (
            step is not None
            and step.function is np.transpose
            and len(value.shape) == 2
            and step.rest in ((), ((1, 0),))
        ):
            inner = self._matrix(step.inputs[0], ())
            return Matrix(inner.memory, inner.index, not inner.transposed)
        if step is not None and i not in self.of:
            self._place(value)
            self._copy(i, self.of[i])
        elif i not in self.own:
            memory = Memory(f"t{i}", value.shape, value.dtype)
            self.body.append(Contiguous(memory, self.of[i]))
            self.of[i] = memory
            self.own.add(i)
        shape = value.shape[:-2]
        own = (Number(0) if n == 1 else k for n, k in zip(shape, batch[len(batch) - len(shape) :], strict=True))
        return Matrix(self.of[i], tuple(own))

    def _reduce(self, step: Instruction) -> None:
        """Write a reduction: outer loops over what stays, inner loops over what goes."""
        (i,) = step.inputs
        shape, value = self.values[i].shape, self.values[step.output]
        axis, keepdims = step.rest
        axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        gone = sorted({k % len(shape) for k in axes}) if shape else []
        stay = [k for k in range(len(shape)) if k not in gone]
        names = [f"i{k}" for k in range(len(shape))]
        dtype, start = value.dtype, REDUCTIONS[step.function]
        first = self._element(i, [Number(0) if k in gone else Name(names[k]) for k in range(len(shape))])
        s, x = Name("s", dtype), Name("x", dtype)
        exact = step.function is np.add and dtype.kind == "f"
        inner: list[Statement] = [Assign("x", cast(self._element(i, [*map(Name, names)]), dtype))]
        if exact:
            inner += self._kahan(s, x, dtype)
        else:
            inner.append(Assign("s", Apply(step.function, (s, x), dtype)))
        index = [Name(names[k]) if k in stay else Number(0) for k in range(len(shape)) if k in stay or keepdims]
        body: list[Statement] = [Assign("s", cast(first, dtype) if start is None else Number(start, dtype))]
        body += [Assign("c", Number(0, dtype))] * exact
        body += nested([names[k] for k in gone], [shape[k] for k in gone], inner)
        body.append(self._result(value, index, s))
        self.body += nested([names[k] for k in stay], [shape[k] for k in stay], body)

    def _kahan(self, s: Name, x: Name, dtype: np.dtype[Any]) -> list[Statement]:
        """Write one addition of Kahan's summation: no less exact than NumPy's in pairs."""
        c, d, u = (Name(name, dtype) for name in "cdu")

        def minus(a: Expression, b: Expression) -> Expression:
            return Apply(np.subtract, (a, b), dtype)

        steps = {"d": minus(x, c), "u": Apply(np.add, (s, d), dtype), "c": minus(minus(u, s), d)}
        if not self.watched:  # of a sum that is infinite nothing is missing
            finite = Apply(np.isfinite, (c,), np.dtype(bool))
            steps |= {"s": u}
            return [
                *(Assign(name, e) for name, e in steps.items()),
                Assign("c", Apply(np.where, (finite, c, Number(0, dtype)), dtype)),
            ]
        return [*(Assign(name, e) for name, e in steps.items()), Assign("s", u)]

    def _first(self, step: Instruction) -> None:
        """Write where the first of the largest or smallest numbers along an axis stands; NaN is both."""
        (i,) = step.inputs
        shape, value = self.values[i].shape, self.values[step.output]
        (axis,) = step.rest
        names = [f"i{k}" for k in range(len(shape))]
        here = [*map(Name, names)]
        s, x, best = Name("s", value.dtype), Name("x", self.values[i].dtype), Name("u", self.values[i].dtype)
        yes = np.dtype(bool)
        better = np.greater if step.function is np.argmax else np.less
        nan, known = Apply(np.not_equal, (x, x), yes), Apply(np.equal, (best, best), yes)
        nan_first = Apply(np.logical_and, (nan, known), yes)
        inner: list[Statement] = [
            Assign("x", self._element(i, here)),
            Assign("n", Apply(np.logical_or, (Apply(better, (x, best), yes), nan_first), yes)),
            Assign("s", Apply(np.where, (Name("n", yes), cast(here[axis], value.dtype), s), value.dtype)),
            Assign("u", Apply(np.where, (Name("n", yes), x, best), x.dtype)),
        ]
        start = self._element(i, [*here[:axis], Number(0), *here[axis + 1 :]])
        outer = names[:axis] + names[axis + 1 :]
        body: list[Statement] = [Assign("s", Number(0, value.dtype)), Assign("u", start)]
        body += nested(names[axis : axis + 1], shape[axis : axis + 1], inner)
        body.append(self._result(value, [*map(Name, outer)], s))
        self.body += nested(outer, shape[:axis] + shape[axis + 1 :], body)

    def _scan(self, step: Instruction) -> None:
        """Write a running sum or product along an axis."""
        (i,) = step.inputs
        value = self.values[step.output]
        (axis,) = step.rest
        names = [f"i{k}" for k in range(len(value.shape))]
        outer = [name for k, name in enumerate(names) if k != axis]
        indices = tuple(map(Name, names))
        s = Name("s", value.dtype)
        x = cast(self._element(i, indices), value.dtype)
        inner: list[Statement] = [
            Assign("s", Apply(step.function, (s, x), value.dtype)),
            Store(self.of[value.id], indices, s),
        ]
        start = Number(REDUCTIONS[step.function] or 0, value.dtype)
        body: list[Statement] = [
            Assign("s", start),
            *nested(names[axis : axis + 1], value.shape[axis : axis + 1], inner),
        ]
        self.body += nested(outer, [n for k, n in enumerate(value.shape) if k != axis], body)

    def _rank(self, step: Instruction) -> None:
        """Write a stable order, by counting what stands before each number; NaN is the largest."""
        (i,) = step.inputs
        value, source = self.values[step.output], self.values[i]
        (axis,) = step.rest
        names = [f"i{k}" for k in range(len(value.shape))]
        here = [*map(Name, names)]
        there = [*here[:axis], Name("j"), *here[axis + 1 :]]
        x, y = self._element(i, here), self._element(i, there)
        yes, index = np.dtype(bool), np.dtype(np.intp)
        after, count = Name("n", yes), Name("s", index)

        def both(a: Expression, b: Expression) -> Expression:
            return Apply(np.logical_and, (a, b), yes)

        def either(a: Expression, b: Expression) -> Expression:
            return Apply(np.logical_or, (a, b), yes)

        nan, other_nan = (Apply(np.not_equal, (e, e), yes) for e in (x, y))
        less = either(Apply(np.less, (y, x), yes), both(nan, Apply(np.equal, (y, y), yes)))
        same = either(Apply(np.equal, (y, x), yes), both(nan, other_nan))
        earlier = Apply(np.less, (there[axis], here[axis]), yes)
        inner: list[Statement] = [
            Assign("n", either(less, both(same, earlier))),
            Assign("s", Apply(np.add, (count, cast(after, index)), index)),
        ]
        result = here[axis] if step.function is np.argsort else x
        place = (*here[:axis], count, *here[axis + 1 :])
        body = [Assign("s", Number(0, index)), *nested(["j"], source.shape[axis : axis + 1], inner)]
        self.body += nested(names, value.shape, [*body, Store(self.of[value.id], place, result)])

    def _write(self, step: Instruction) -> None:
        """Write parts into a copy of an array, one after the other."""
        value = self.values[step.output]
        _, adds, pieces = step.rest
        base, *parts = step.inputs[: len(pieces) + 1]
        tables = step.inputs[len(pieces) + 1 :]
        names = [f"i{k}" for k in range(len(value.shape))]
        whole = tuple(map(Name, names))
        if adds or tables or sum(math.prod(shape) for _, shape in pieces) < math.prod(value.shape):
            filled = Store(self.of[value.id], whole, cast(self._element(base, whole), value.dtype))
            self.body += nested(names, value.shape, [filled])
        for i, (index, shape) in zip(parts, pieces, strict=True):
            names = [f"i{k}" for k in range(len(shape))]
            indices = list(map(Name, names))
            place = tuple(self._in_parts(index, [*indices], tables, value.shape))
            x = cast(self._element(i, indices), value.dtype)
            if adds:
                x = Apply(np.add, (Load(self.of[value.id], place), x), value.dtype)
            self.body += nested(names, shape, [Store(self.of[value.id], place, x)])

    # --- views as indices ---

    def _looked_at(
        self,
        step: Instruction,
        indices: Sequence[Expression],
        tables: Sequence[int],
        shape: tuple[int, ...],
        source: tuple[int, ...],
    ) -> list[Expression]:
        """Return the index at which a view looks at its input, from an index of the view."""
        if step.function is np.transpose:
            order = step.rest[0] if step.rest and step.rest[0] is not None else range(len(source))[::-1]
            place = {k % len(source): index for k, index in zip(order, indices, strict=True)}
            return [place[k] for k in range(len(source))]
        if step.function is np.broadcast_to:
            return list(indices[len(indices) - len(source) :])
        if step.function in (operator.getitem, gathered):
            return self._in_parts(step.rest[0], list(indices), tables, source)
        return _before_reshape(indices, shape, source)

    def _in_parts(
        self, parts: Sequence[Any], indices: list[Expression], tables: Sequence[int], source: tuple[int, ...]
    ) -> list[Expression]:
        """Return the index of an element of ``x[parts]`` in x."""
        missing = len(source) - sum(part is not None and part is not ... for part in parts)
        k = parts.index(...)
        full = (*parts[:k], *[slice(None)] * missing, *parts[k + 1 :])
        through = self._through_tables(full, indices, tables)
        result: list[Expression] = []
        for part in full:
            if part is None:
                indices.pop(0)
                continue
            n = source[len(result)]
            if isinstance(part, slice):
                start, _, step = part.indices(n)
                result.append(plus(Number(start), times(indices.pop(0), step)))
            elif isinstance(part, Lookup):
                known = self.values[tables[part.number]].constant is not None  # and counted from the front
                result.append(through[part.number] if known else _counted(through[part.number], n))
            else:
                result.append(Number(int(part) % n))
        return result

    def _through_tables(
        self, parts: Sequence[Any], indices: list[Expression], tables: Sequence[int]
    ) -> dict[int, Expression]:
        """Take from an index of ``x[parts]`` what is that of the tables, and return what stands in each there.

        NumPy puts the axes of tables and integers where the first is if they stand together, and else in front.
        """
        at = [k for k, part in enumerate(parts) if isinstance(part, Lookup)]
        if not at:
            return {}
        at = [k for k, part in enumerate(parts) if isinstance(part, Lookup | int | np.integer)]
        together = at[-1] - at[0] == len(at) - 1
        first = sum(not isinstance(part, int | np.integer) for part in parts[: at[0]]) if together else 0
        width = max(len(self.values[i].shape) for i in tables)
        here = indices[first : first + width]
        del indices[first : first + width]
        return {number: self._element(i, here) for number, i in enumerate(tables)}


def _counted(place: Expression, n: int) -> Expression:
    """Count a place from the front; those below 0 count from the end."""
    dtype = place.dtype
    below = Apply(np.less, (place, Number(0, dtype)), np.dtype(bool))
    return Apply(np.where, (below, Apply(np.add, (place, Number(n, dtype)), dtype), place), dtype)


def _computed(step: Instruction, inputs: Sequence[Expression], dtype: np.dtype[Any]) -> Expression:
    """Return an elementwise step on numbers."""
    if step.function is np.astype:
        return inputs[0]
    if step.function is masked:
        return Apply(np.where, (inputs[1], inputs[0], Number(0, dtype)), dtype)
    return Apply(step.function, tuple(inputs), dtype)


def _before_reshape(indices: Sequence[Expression], shape: tuple[int, ...], source: tuple[int, ...]) -> list[Expression]:
    """Return the index of an element before a reshape, by the smallest groups of axes that hold as many elements."""
    if 0 in shape:
        return [Number(0)] * len(source)
    result: list[Expression] = []
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
        flat: Expression = Number(0)
        for index, n in zip(indices[start:k], shape[start:k], strict=True):
            if n > 1:
                flat = plus(times(flat, n), index)
        result += _unraveled(flat, source[first:last])
    return result


def _unraveled(flat: Expression, shape: Sequence[int]) -> list[Expression]:
    """Return the index of the element that stands at a place of the flat array."""
    result: list[Expression] = []
    for k, n in enumerate(shape):
        after, before = math.prod(shape[k + 1 :]), math.prod(shape[:k])
        place = over(flat, after)
        result.append(Number(0) if n == 1 else at_remainder(place, n) if before > 1 else place)
    return result
