"""Planning: which steps run block by block, and which values share memory.

A value's memory is free for another as soon as nothing looks at it any more. An elementwise step writes its
result over an input that is needed no longer.

What works on the rows of large arrays, each on its own, is carried out on a block of rows after another:
elementwise operations, products with a matrix from the right, reductions within a row. So a block is still in
the cache when the next step wants it, and what is needed only then only has memory for one block. What sums over
the rows, as the gradient of a weight does, takes part: each block adds its share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from microgradnet.compiler.routine import INTO, Instruction, Routine, Value

__all__ = ["BLOCK", "Batch", "Plan", "plan"]

BLOCK = 1 << 17
"""Bytes of a value in a block, so that several values fit into the cache. Up to four times as many are taken where
the rows are multiplied by a matrix of more bytes, which is gone through anew for each block, as is its gradient: with
784 x 128 numbers, a training step took 0.83 of the time by hand with 512 rows and 0.91 with 128."""

SMALL_PRODUCT = 1_000_000
"""OpenBLAS carries out a product of so few multiplications without copying its operands, where there is AVX-512
(OpenMathLib/OpenBLAS, pull request 3335). With a matrix of 64 x 64 numbers a training step took 0.80 ms in blocks of
224 rows, and 0.98 in blocks of 256."""

SHORT = 16
"""So few numbers may be added up in any order; their inner product with ones takes 0.4 µs, where a sum takes 0.8."""


@dataclass(frozen=True)
class Batch:
    """Steps that are carried out together.

    Attributes
    ----------
    steps : tuple of Instruction
        Either one, or several that read the same number of rows. A product of a transpose, aᵀ b, is here a step
        of the kind "contract" that reads the rows of a and b.
    rows : int
        How many rows a block has; 0 where the step works on whole arrays.
    """

    steps: tuple[Instruction, ...]
    rows: int = 0

    def length(self, values: Sequence[Value]) -> int:
        """How many rows there are altogether."""
        return values[self.steps[0].output].shape[0]

    def parts(self, step: Instruction, values: Sequence[Value]) -> tuple[bool, ...]:
        """Say which inputs of a step are read a block of rows at a time; where there are no blocks, all are."""
        return by_rows(values, step, self.length(values)) if self.rows else (True,) * len(step.inputs)

    def accumulates(self, step: Instruction, values: Sequence[Value]) -> bool:
        """Whether the result of a step is a sum over the blocks."""
        return self.rows > 0 and accumulates(values, step)


@dataclass
class Plan:
    """How a routine is carried out.

    Attributes
    ----------
    routine : Routine
    batches : list of Batch
    place : dict of int to int
        The piece of memory of a value. What has none is an argument, a constant, a view, what a call returns, or
        a result, which is a new array each time.
    sizes : list of int
        Bytes of each piece of memory.
    blocks : dict of int to int
        Rows of the values that exist a block at a time.
    scratch : dict of int to int
        The piece of memory for what one block adds to a value that is a sum over blocks.
    fresh : set of int
        The results that are made as new arrays; all others are copied.
    """

    routine: Routine
    batches: list[Batch]
    fresh: set[int]
    place: dict[int, int] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    blocks: dict[int, int] = field(default_factory=dict)
    scratch: dict[int, int] = field(default_factory=dict)


def plan(routine: Routine, kept: Iterable[int] = ()) -> Plan:
    """Plan a routine.

    Parameters
    ----------
    routine : Routine
    kept : iterable of int
        Results that are copied to where they belong, and so need no arrays of their own.

    Returns
    -------
    Plan
    """
    made = {s.output for s in routine.steps if s.kind in INTO}
    fresh = (made & set(routine.results)) - set(kept)
    routine = _short_sums(routine, made - fresh)
    planned = Plan(routine, _Batching(routine).done(), fresh)
    _Memory(planned).assign()
    return planned


def _short_sums(routine: Routine, owned: set[int]) -> Routine:
    """Write the sum of a few numbers in memory of our own as an inner product: of ones, or of what was multiplied."""
    values, steps = list(routine.values), {step.output: step for step in routine.steps}
    uses = Counter(i for step in routine.steps for i in step.inputs) + Counter(routine.results)
    for step in routine.steps:
        if step.kind != "reduce" or step.function is not np.add or step.rest != (None, False):
            continue
        (i,) = step.inputs
        value = values[i]
        if i not in owned or value.dtype.char not in "fd" or not 0 < math.prod(value.shape) <= SHORT:
            continue
        factors = 2 * steps[i].inputs if steps[i].function is np.square else steps[i].inputs
        multiplied = steps[i].kind == "ufunc" and steps[i].function in (np.square, np.multiply)
        alike = all(f in owned and (values[f].shape, values[f].dtype) == (value.shape, value.dtype) for f in factors)
        if multiplied and alike and uses[i] == 1:
            del steps[i]
        else:
            ones = Value(len(values), value.shape, value.dtype, np.ones(value.shape, value.dtype))
            values.append(ones)
            factors = i, ones.id
        steps[step.output] = replace(step, kind="inner", function=np.dot, inputs=factors, rest=())
    return replace(routine, values=tuple(values), steps=tuple(steps.values()))


def by_rows(values: Sequence[Value], step: Instruction, length: int) -> tuple[bool, ...]:
    """Say which inputs of a step are read a block of rows at a time where values have so many rows.

    Parameters
    ----------
    values : sequence of Value
        Those of the routine.
    step : Instruction
    length : int

    Returns
    -------
    tuple of bool
        One per input; the others are read whole. Empty where the step can't be carried out like that.
    """
    shapes = [values[i].shape for i in step.inputs]
    shape = values[step.output].shape
    if step.kind == "ufunc" and shape[:1] == (length,):
        return tuple([len(s) == len(shape) and s[0] == length for s in shapes])
    if step.kind == "reduce" and shapes[0][:1] == (length,):
        within = not accumulates(values, step)
        return (True,) if within or (step.function is np.add and _adds_up(values[step.output])) else ()
    if step.kind == "contract" and shapes[0][0] == length and _adds_up(values[step.output]):
        return (True, True)
    if step.kind == "dot" and [len(s) for s in shapes] == [2, 2] and shapes[0][0] == length:
        return (True, False) if values[step.inputs[1]].nbytes <= 8 * BLOCK else ()
    return ()


def accumulates(values: Sequence[Value], step: Instruction) -> bool:
    """Whether the result of a step, carried out a block of rows at a time, is a sum over the blocks."""
    if step.kind == "reduce":
        axis = step.rest[0]
        return axis is None or 0 in normalize_axis_tuple(axis, len(values[step.inputs[0]].shape))
    return step.kind == "contract"


def _adds_up(value: Value) -> bool:
    """Whether a value may be the sum of one for each block: it is small, and of a dtype that BLAS knows."""
    return value.dtype.char in "fd" and value.nbytes <= 8 * BLOCK


class _Batching:
    """Steps put into batches, in the order of the routine.

    A step joins the last batch of as many rows, if everything that it reads is there: either the same rows, made
    in that batch, or what was made before it. Views cost nothing, and stand right after what they look into.
    """

    def __init__(self, routine: Routine) -> None:
        self.values = routine.values
        self.rows = _rows(routine)
        self.batches: list[list[Instruction]] = []
        self.views: list[list[Instruction]] = [[]]  # those before each batch, and after the last
        self.open: dict[int, int] = {}  # by the number of rows, the last batch
        self.home: dict[int, int] = {}  # the batch in which the rows of a value are made
        self.whole: dict[int, int] = {}  # the first batch that can read all of it
        self.transposed: dict[int, int] = {}  # the value that a view is the transpose of
        for step in routine.steps:
            if step.kind == "view":
                self._look(step)
            elif not any(self._join(step, length) for step, length in self._ways(step)):
                self._begin(step)
        self._drop_views(set(routine.results))

    def done(self) -> list[Batch]:
        """Return the batches in order."""
        done = [Batch((view,)) for view in self.views[0]]
        for steps, views in zip(self.batches, self.views[1:], strict=True):
            rows = self.rows[self.values[steps[0].output].shape[0]] if len(steps) > 1 else 0
            done += [Batch(tuple(steps), rows), *(Batch((view,)) for view in views)]
        return done

    def _look(self, step: Instruction) -> None:
        (i,) = step.inputs
        self.whole[step.output] = self.whole.get(i, 0)
        self.views[self.whole[step.output]].append(step)
        if step.function is np.transpose and not step.rest and len(self.values[i].shape) == 2:
            self.transposed[step.output] = i

    def _ways(self, step: Instruction) -> list[tuple[Instruction, int]]:
        """List the ways to carry out a step block by block, and the number of rows that it takes part in."""
        ways = []
        if step.kind == "dot" and step.function is np.dot and step.inputs[0] in self.transposed:
            a, b = self.transposed[step.inputs[0]], step.inputs[1]
            if len(self.values[b].shape) == 2:
                ways.append((replace(step, kind="contract", inputs=(a, b)), self.values[a].shape[0]))
        shapes = [self.values[step.output].shape] + [self.values[step.inputs[0]].shape] * (step.kind == "reduce")
        return ways + [(step, length) for shape in shapes for length in shape[:1]]

    def _join(self, step: Instruction, length: int) -> bool:
        parts = by_rows(self.values, step, length)
        if length not in self.open or not parts:
            return False
        k = self.open[length]
        for i, part in zip(step.inputs, parts, strict=True):
            if self.whole.get(i, 0) > k and not (part and self.home.get(i) == k):
                return False
        self.batches[k].append(step)
        self.whole[step.output] = k + 1
        if not accumulates(self.values, step):
            self.home[step.output] = k
        return True

    def _begin(self, step: Instruction) -> None:
        k = len(self.batches)
        self.batches.append([step])
        self.views.append([])
        self.whole[step.output] = k + 1
        for length in self.values[step.output].shape[:1]:
            if length in self.rows and by_rows(self.values, step, length) and not accumulates(self.values, step):
                self.open[length] = self.home[step.output] = k

    def _drop_views(self, used: set[int]) -> None:
        """Drop views that nobody looks through: those of what is contracted over its rows."""
        for k in reversed(range(len(self.views))):
            for step in self.batches[k] if k < len(self.batches) else ():
                used.update(step.inputs)
            for view in reversed(self.views[k]):
                if view.output in used:
                    used.update(view.inputs)
                else:
                    self.views[k].remove(view)


def _rows(routine: Routine) -> dict[int, int]:
    """Say how many rows a block has, by the number of rows of values that are much larger than one."""
    widest: dict[int, int] = {}
    heaviest: dict[int, Value] = {}
    for step in routine.steps:
        value = routine.values[step.output]
        for length in value.shape[:1]:
            if length and by_rows(routine.values, step, length) and not accumulates(routine.values, step):
                widest[length] = max(widest.get(length, 0), value.nbytes // length)
                if step.kind == "dot":
                    matrix = routine.values[step.inputs[1]]
                    heaviest[length] = max(heaviest.get(length, matrix), matrix, key=lambda v: v.nbytes)
    rows = {
        length: _block_rows(width, heaviest.get(length))
        for length, width in widest.items()
        if length * width >= 2 * BLOCK
    }
    return {length: n for length, n in rows.items() if 2 * n <= length}


def _block_rows(width: int, matrix: Value | None) -> int:
    """Say how many rows of so many bytes a block has, if its rows are multiplied by a matrix."""
    if matrix is None or not matrix.nbytes:
        return max(1, BLOCK // width)
    quick = SMALL_PRODUCT // math.prod(matrix.shape)
    rows = max(BLOCK, min(matrix.nbytes, 4 * BLOCK)) // width
    return quick if quick < rows <= 2 * quick else max(1, rows)


class _Memory:
    """Pieces of memory handed out and taken back along the routine."""

    def __init__(self, planned: Plan) -> None:
        self.plan = planned
        self.values = planned.routine.values
        self.free: list[int] = []
        self.holders: dict[int, set[int]] = {}
        self.roots = self._looked_into()
        self.last = self._last_uses()
        self.ending: dict[int, list[int]] = {}
        for root, (b, _) in self.last.items():
            self.ending.setdefault(b, []).append(root)

    def _looked_into(self) -> dict[int, frozenset[int]]:
        """Say for each value into whose memory it may look."""
        roots: dict[int, frozenset[int]] = {}
        for batch in self.plan.batches:
            for step in batch.steps:
                if step.kind in ("view", "function", "call"):
                    roots[step.output] = frozenset().union(*(roots.get(i, frozenset()) for i in step.inputs))
                else:
                    roots[step.output] = frozenset([step.output])
        return roots

    def _last_uses(self) -> dict[int, tuple[int, int]]:
        """Say at which (batch, step) the memory of each value is looked at for the last time."""
        last: dict[int, tuple[int, int]] = {}
        for b, batch in enumerate(self.plan.batches):
            for s, step in enumerate(batch.steps):
                for i in (*step.inputs, step.output):
                    last.update(dict.fromkeys(self.roots.get(i, ()), (b, s)))
        end = (len(self.plan.batches), 0)
        for i in self.plan.routine.results:
            last.update(dict.fromkeys(self.roots.get(i, ()), end))
        return last

    def assign(self) -> None:
        """Give every value its memory."""
        for b, batch in enumerate(self.plan.batches):
            # Memory that a step of the batch has done with holds rows that a later block needs, unless it is
            # written over row by row: only a value of the same layout can have it before the batch ends. What
            # only holds a block can be written over by whatever does too.
            done: list[int] = []
            for s, step in enumerate(batch.steps):
                ended = [i for i in dict.fromkeys(step.inputs) if self._ends(i, b, s) and self._alone(i, batch)]
                if step.kind in INTO and step.output not in self.plan.fresh:
                    self._place(step, batch, b, done, ended if step.kind == "ufunc" else [])
                if batch.accumulates(step, self.values):
                    self.plan.scratch[step.output] = self._block(self.values[step.output].nbytes, done)
                    self.holders.setdefault(self.plan.scratch[step.output], set())
                taken = self.plan.place.get(step.output)
                done += [i for i in ended if self.plan.place[i] != taken]
            used = [self.plan.place[root] for root in self.ending.get(b, ()) if root in self.plan.place]
            for root in self.ending.get(b, ()):
                if root in self.plan.place:
                    self.holders[self.plan.place[root]].discard(root)
            used += [self.plan.scratch[step.output] for step in batch.steps if step.output in self.plan.scratch]
            self.free += [piece for piece in dict.fromkeys(used) if not self.holders[piece]]

    def _ends(self, i: int, b: int, s: int) -> bool:
        return i in self.plan.place and self.last[i] == (b, s)

    def _alone(self, i: int, batch: Batch) -> bool:
        """Whether a batch reads the memory of a value only as that value, row by row, and not through a view."""
        for step in batch.steps:
            for j, part in zip(step.inputs, batch.parts(step, self.values), strict=True):
                if i in self.roots.get(j, ()) and not (i == j and part):
                    return False
        return True

    def _place(self, step: Instruction, batch: Batch, b: int, done: list[int], ended: list[int]) -> None:
        """Choose the memory of a result: that of an input, of a value that is done with, or another piece."""
        plan = self.plan
        value = self.values[step.output]
        total = batch.accumulates(step, self.values)
        local = batch.rows > 0 and not total and self.last[value.id][0] == b
        size = value.nbytes // value.shape[0] * batch.rows if local else value.nbytes
        same = [] if total else [i for i in (*ended, *done) if self._fits(i, value, local)]
        if same:
            plan.place[value.id] = plan.place[same[0]]
            if same[0] in done:
                done.remove(same[0])
            local = same[0] in plan.blocks
        else:
            plan.place[value.id] = self._block(size, done) if local else self._piece(size)
        if local:
            plan.blocks[value.id] = batch.rows
        self.holders.setdefault(plan.place[value.id], set()).add(value.id)

    def _fits(self, i: int, value: Value, local: bool) -> bool:
        """Whether a value can be written over another row by row."""
        other = self.values[i]
        return (other.shape, other.dtype) == (value.shape, value.dtype) and (local or i not in self.plan.blocks)

    def _block(self, size: int, done: list[int]) -> int:
        """Take memory for what lasts no longer than a block: of a block that is done with, or another piece."""
        sizes, place = self.plan.sizes, self.plan.place
        ended = [i for i in done if i in self.plan.blocks]
        if not ended:
            return self._piece(size)
        nearest = min(ended, key=lambda i: abs(sizes[place[i]] - size))
        done.remove(nearest)
        sizes[place[nearest]] = max(sizes[place[nearest]], size)
        return place[nearest]

    def _piece(self, size: int) -> int:
        """Take the smallest free piece that is large enough, or enlarge the largest, or make one."""
        sizes = self.plan.sizes
        enough = [p for p in self.free if sizes[p] >= size]
        if enough:
            piece = min(enough, key=sizes.__getitem__)
        elif self.free:
            piece = max(self.free, key=sizes.__getitem__)
            sizes[piece] = size
        else:
            sizes.append(size)
            return len(sizes) - 1
        self.free.remove(piece)
        return piece
