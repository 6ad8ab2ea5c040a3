"""The gradient of each row of a batch: the gradient of one row is traced, and its steps are carried out for all rows.

A traced gradient comes down to the few kinds of steps of a compiled function. Each kind says what it is with one more
axis in front; what has no such rule is carried out row by row.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from microgradnet.compiler.looping import lowered
from microgradnet.compiler.numpy_code import MISS, taking
from microgradnet.compiler.routine import Instruction, Routine
from microgradnet.compiler.tracing import trace
from microgradnet.leaving import Running, argument_names, compiling, followed
from microgradnet.ops.elementwise import masked
from microgradnet.ops.shapes import concatenate, stack
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded, node_of, traced, value_of
from microgradnet.transforms import Argnums, _check_function, _grad, _positions, _Transformed
from microgradnet.trees import (
    Container,
    Structure,
    children,
    flatten,
    is_container,
    key_of,
    keys_of,
    paths,
    statics,
    unflatten,
)

__all__ = ["per_example"]

_index = operator.attrgetter("index")

_TOLD = int, float, str, slice, np.ndarray, np.generic, np.dtype, type(...)
"""Types of static arguments whose values say all about them, as those of functions don't."""

_COMPARED = 1 << 20
"""Bytes up to which a constant is compared with that of the last call."""


def per_example(
    loss: Callable[..., Any], argnums: Argnums = 0, *, rows: Argnums | None = None, keepdims: bool = False
) -> Callable[..., Any]:
    """Make a function that returns the gradient of a loss for each row of a batch.

    It is ``np.stack([mg.grad(loss)(w, x[i], y[i]) for i in range(len(x))])`` without the loop.

    Parameters
    ----------
    loss : callable
        A function of one row that returns one number: ``loss(w, x, y)`` with parameters w, which are the same for all
        rows. Arguments may be containers, as in `value_and_grad`.
    argnums : int or sequence of int
        The positions of the arguments to differentiate.
    rows : int or sequence of int, optional
        The positions of the arguments that are given as batches, one row for each along the first axis. The default is
        all that are not differentiated.
    keepdims : bool
        Whether a row keeps its first axis, of length 1: for a loss that is written over a batch, as
        ``mean((x @ w - y)**2)``. Its value for a batch of one row is that row's loss.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> gradients``: as `grad` returns them, each array with a new first axis, of the rows.

    Raises
    ------
    TypeError
        When called, if a batch is no array or container of arrays, and whatever `grad` refuses.
    ValueError
        When called, if batches have different lengths, or there is none.

    Notes
    -----
    The loss of one row is traced in every call, as `compile` traces a function, and its gradient where the loss has
    other steps than in the last call; ``mg.compile`` of this function traces once. Where it can't be traced, since it
    branches on a value, or where somebody differentiates what comes out, rows are gone through one by one: the numbers
    are the same. What the loss draws at random may be the same for all rows; give it the random numbers of each row as
    a batch.

    A loss whose rows depend on each other, as by batch normalisation, has no gradient for each row: here each row is a
    batch by itself.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> def loss(w, x, y):
    ...     return (x @ w - y) ** 2
    >>> w, x, y = np.array([1.0, -1.0]), np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]), np.array([0.0, -1.0, 2.0])
    >>> mg.per_example(loss)(w, x, y)
    array([[-2., -4.],
           [ 0.,  0.],
           [-0., -6.]])
    """
    _check_function(loss, "per_example")
    positions = _positions(argnums, "per_example")
    batches = None if rows is None else _positions(rows, "per_example", "rows")
    return _Transformed(
        _per_example, loss, positions, not isinstance(argnums, Sequence), batches, keepdims, _LastTrace()
    )


def _per_example(
    f: Callable[..., Any],
    positions: tuple[int, ...],
    one: bool,
    rows: tuple[int, ...] | None,
    keepdims: bool,
    last: _LastTrace,
    /,
    *args: Any,
    **kwargs: Any,
) -> Any:
    examples = last.examples
    leaves: Any = examples.given(args, kwargs) if examples is not None else MISS
    if examples is None or leaves is MISS:
        examples, leaves = _taken_apart(f, positions, one, rows, keepdims, args, kwargs)
    if not any(isinstance(x, Recorded) and followed(x) and node_of(x).requires_grad for x in leaves):
        with suppress(Exception):  # what the loss raises, it raises for the first row, too
            return examples.at_once(leaves, last)
    return examples.one_by_one(leaves)


def _taken_apart(
    f: Callable[..., Any],
    positions: tuple[int, ...],
    one: bool,
    rows: tuple[int, ...] | None,
    keepdims: bool,
    args: Sequence[Any],
    kwargs: dict[str, Any],
) -> tuple[_Examples, list[Any]]:
    """Take arguments apart, into what is known of such arguments, and the arrays in them."""
    names = argument_names(f, len(args))
    for i in (*positions, *(rows or ())):
        if not -len(args) <= i < len(args):
            raise TypeError(f"per_example: argument {i} is asked for, but there are {len(args)}")
    differentiated = {i % len(args) for i in positions}
    batches = (
        [i for i in range(len(args)) if i not in differentiated] if rows is None else [i % len(args) for i in rows]
    )
    leaves: list[Any] = []
    of_rows: set[int] = set()
    moved: set[int] = set()
    parts: list[Structure] = []
    for i, (name, arg) in enumerate(zip(names, args, strict=True)):
        before = len(leaves)
        parts.append(flatten(arg, leaves, _is_leaf, f"per_example: {name}"))
        if i in differentiated:
            moved.update(range(before, len(leaves)))
        if i in batches:
            _check_batch(parts[-1], leaves[before:], name)
            of_rows.update(range(before, len(leaves)))
    by_name = flatten(kwargs, leaves, _is_leaf, "per_example: an argument by name")
    structure = Container(tuple, (Container(tuple, tuple(parts)), by_name))
    lengths = sorted({len(value_of(leaves[i])) for i in of_rows})
    if len(lengths) != 1:
        given = (
            f"have lengths {' and '.join(map(str, lengths))}" if lengths else "are missing: there is no argument left"
        )
        raise ValueError(
            f"per_example: the batches {given}; each has one row for each example, and is given by position"
        )

    def gradient(loss: Callable[..., Any]) -> Any:
        return _Transformed(_grad, loss, positions, one, "per_example")

    leaves = [x if isinstance(x, Recorded) else plain(x, "per_example: an argument") for x in leaves]
    return _Examples(f, gradient, structure, moved, of_rows, lengths[0], keepdims), leaves


def _is_leaf(value: Any) -> bool:
    return isinstance(value, Recorded) or (is_array(value) and getattr(value.dtype, "kind", "f") in "fiub")


def _check_batch(structure: Structure, leaves: Sequence[Any], name: str) -> None:
    """Raise if what should be a batch has no rows."""
    for path, other in statics(structure, name).items():
        if other is not None:
            raise TypeError(
                f"per_example: {path} is a batch, with a row for each example, but it is of type "
                f"{type(other).__name__}; rows= says which arguments are batches"
            )
    for path, leaf in zip(paths(structure, name), leaves, strict=False):
        if not np.ndim(value_of(leaf)):
            raise TypeError(f"per_example: {path} is a batch, but it is one number; rows= says which arguments are")


class _Examples:
    """A gradient to be computed for each row.

    Parameters
    ----------
    loss : callable
        Of one row.
    gradient : callable
        Makes its gradient of it.
    structure : Structure
        That of the arguments, by position and by name.
    moved : set of int
        Which of the arrays in them are in arguments to differentiate.
    of_rows : set of int
        Which of them are batches.
    count : int
        How many rows there are.
    keepdims : bool
        Whether a row keeps its first axis.

    Attributes
    ----------
    given : callable
        ``given(args, kwargs)`` takes arguments of the same kind apart; `MISS` for those of another.
    """

    def __init__(
        self,
        loss: Callable[..., Any],
        gradient: Callable[[Callable[..., Any]], Callable[..., Any]],
        structure: Container,
        moved: set[int],
        of_rows: set[int],
        count: int,
        keepdims: bool,
    ) -> None:
        self.given: Callable[..., Any] = lambda *_: MISS
        self.loss = loss
        self.gradient = gradient
        self.structure = structure
        self.moved = moved
        self.of_rows = of_rows
        self.count = count
        self.keepdims = keepdims

    def _row(self, leaves: Sequence[Any], i: int) -> list[Any]:
        """Return the arrays that the gradient of row i is given."""
        at: Any = slice(i, i + 1) if self.keepdims else i
        return [x[at] if k in self.of_rows else x for k, x in enumerate(leaves)]

    def one_by_one(self, leaves: Sequence[Any]) -> Any:
        """Go through the rows one by one."""
        found: list[list[Any]] = []
        shape: Any = None
        gradient = self.gradient(self.loss)
        first = leaves if self.count else [*map(_with_a_row, leaves)]
        for i in range(max(self.count, 1)):
            args, kwargs = unflatten(self.structure, self._row(first, i))
            found.append([])
            shape = flatten(gradient(*args, **kwargs), found[-1], _is_leaf)
        stacked = [(stack if any(map(_is_tensor, each)) else np.stack)(each) for each in zip(*found, strict=True)]
        return unflatten(shape, stacked if self.count else [x[:0] for x in stacked])

    def at_once(self, leaves: Sequence[Any], last: _LastTrace) -> Any:
        """Trace the gradient of one row, and carry its steps out for all of them."""
        steps, structure = self._traced(leaves, last)
        if last.examples is not self and all(type(x) is np.ndarray for x in leaves):
            expected = [(np.ndarray, x.shape, x.dtype) for x in leaves]
            self.given = taking(self.structure, expected)
            last.examples = self
        if self.keepdims:
            leaves = [x[:, None] if k in self.of_rows else x for k, x in enumerate(leaves)]
        return unflatten(structure, steps.carried_out(leaves, self.count))

    def _traced(self, leaves: Sequence[Any], last: _LastTrace) -> tuple[_Steps, Structure]:
        """Return the steps of the gradient of one row: those of the last call if the loss has the same."""
        samples = [*map(value_of, leaves)]
        if not self.count:
            samples = [_with_a_row(x) if k in self.of_rows else x for k, x in enumerate(samples)]
        row = [np.asarray(x)[()] for x in self._row(samples, 0)]
        given = self.structure, tuple([(x.shape, x.dtype) for x in row])
        known, steps, structure = last.traced
        if known is not None and known[0] == given:
            tensors = [
                traced(x, requires_grad=k in self.moved and x.dtype.kind == "f", number=x.ndim == 0)
                for k, x in enumerate(row)
            ]
            args, kwargs = unflatten(self.structure, tensors)
            with suppress(Exception):  # which comes out below
                output = Running("compile", compiling="numpy").call(self.loss, args, kwargs)
                if _noted(output, args, kwargs) == known[1]:
                    return steps, structure
        key: Any = None

        @wraps(self.loss)
        def noted(*args: Any, **kwargs: Any) -> Any:
            nonlocal key
            output = self.loss(*args, **kwargs)
            key = _noted(output, args, kwargs)
            return output

        graph = trace(self.gradient(noted), self.structure, row, "numpy")
        routine, structure = lowered(graph.graph, graph.arguments, backend="numpy"), graph.structure
        steps = _Steps(routine, self.of_rows)
        last.traced = key and (given, key), steps, structure
        return steps, structure


class _LastTrace:
    """What the last call of a function has traced: which steps of the loss, those of its gradient, and their result.

    And what it has found out about the arguments.
    """

    def __init__(self) -> None:
        self.traced: tuple[Any, Any, Any] = (None, None, None)
        self.examples: _Examples | None = None

    def __reduce__(self) -> Any:
        return _LastTrace, ()  # whoever has a copy traces for itself


def _noted(output: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
    """Note how a loss was computed from traced arguments, constants and all; None where that can't be told."""
    arguments: list[Any] = []
    _tensors((args, kwargs), arguments)
    place: dict[Any, int] = {node_of(x): i for i, x in enumerate(arguments)}
    first = max([node.index for node in place], default=0)
    found = [node_of(output)] if _is_tensor(output) else []
    made: dict[Any, None] = {}
    for node in found:
        if node in place or node in made:
            continue
        if node.primitive is not None:
            made[node] = None
            found += node.inputs
        elif node.requires_grad or (node.traced and node.index > first):  # a tensor from outside
            return None
    steps: list[Any] = []
    for node in sorted(made, key=_index, reverse=True):
        if not all(map(_is_told, node.static.values())):
            return None
        read: list[Any] = []
        for x, value in zip(node.inputs, node.saved[1:], strict=True):
            known = place.get(x)
            if known is None and isinstance(value, np.ndarray) and value.nbytes > _COMPARED:
                return None
            read.append(key_of(value) if known is None else known)
        place[node] = len(place)
        steps.append((node.primitive, tuple(read), key_of(node.static), node.requires_grad, node.dtype))
    return (*steps, place.get(found[0])) if found else None


def _tensors(tree: Any, found: list[Any]) -> None:
    """Find the tensors in containers, in order."""
    if _is_tensor(tree):
        found.append(tree)
    elif is_container(tree):
        for part in children(tree, keys_of(tree)):
            _tensors(part, found)


def _is_told(value: Any) -> bool:
    """Whether two values of a static argument that have the same key mean the same."""
    if isinstance(value, tuple | list):
        return all(map(_is_told, value))
    return value is None or isinstance(value, _TOLD)


def _with_a_row(x: Any) -> Any:
    """Return a batch, of zeros if it has no row."""
    return x if not np.ndim(x) or len(x) else np.zeros((1, *x.shape[1:]), x.dtype)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Recorded)


# --- steps with one more axis in front ------------------------------------------------------------------------


class _Steps:
    """A routine of one row, to be carried out for all rows.

    Parameters
    ----------
    routine : Routine
    of_rows : set of int
        The arguments that have an axis of rows in front.
    """

    def __init__(self, routine: Routine, of_rows: set[int]) -> None:
        self.routine = routine
        self.constants = {v.id: v.constant for v in routine.values if v.constant is not None}
        self.batched = {i for k, i in enumerate(routine.arguments) if i is not None and k in of_rows}
        for step in routine.steps:
            if not self.batched.isdisjoint(step.inputs):
                self.batched.add(step.output)
        last = {i: step.output for step in routine.steps for i in step.inputs}
        self.done: dict[int, list[int]] = {}
        for i in last.keys() - {*routine.results}:
            self.done.setdefault(last[i], []).append(i)

    def carried_out(self, arguments: Sequence[Any], count: int) -> list[Any]:
        """Return the results, of so many rows."""
        values, batched = self.routine.values, self.batched
        given = {i: x for i, x in zip(self.routine.arguments, arguments, strict=True) if i is not None}
        of: dict[int, Any] = self.constants | given
        for step in self.routine.steps:
            if step.output in batched:
                inputs = [_Operand(of[i], values[i].shape, i in batched) for i in step.inputs]
                of[step.output] = _step_of_rows(step, inputs, values[step.output].shape, count)
                del inputs
            else:
                of[step.output] = _one_step(step, [of[i] for i in step.inputs])
            for i in self.done.get(step.output, ()):
                del of[i]  # the memory of the gradient of a large batch is wanted
        results: list[Any] = []
        for i in self.routine.results:
            x = of[i] if i in batched else np.broadcast_to(of[i], (count, *values[i].shape))
            own = _is_tensor(x) or (
                x.base is None and x.flags.owndata and not any(x is y for y in (*results, *given.values()))
            )
            results.append(x if own else np.array(x))
        return results


class _Operand(NamedTuple):
    """What a step reads: an array, the shape that it has for one row, and whether it has an axis of rows in front."""

    array: Any
    shape: tuple[int, ...]
    batched: bool

    def spread(self, ndim: int) -> Any:
        """Return the array as it is broadcast against others with so many axes for one row."""
        if not self.batched or len(self.shape) == ndim:
            return self.array
        return self.array.reshape((self.array.shape[0],) + (1,) * (ndim - len(self.shape)) + self.shape)


def _one_step(step: Instruction, arrays: Sequence[Any]) -> Any:
    """Carry out a step as it is."""
    function: Any = step.function
    if step.kind == "reduce":
        return function.reduce(arrays[0], axis=step.rest[0], keepdims=bool(step.rest[1]))
    if function is masked:
        return np.where(arrays[1], arrays[0], arrays[0].dtype.type(0))
    if step.kind == "call":  # the record keeps a single number as NumPy's scalar
        arrays = [x[()] for x in arrays]
    return function(*arrays, *step.rest)


def _step_of_rows(step: Instruction, inputs: list[_Operand], shape: tuple[int, ...], count: int) -> Any:
    """Carry out a step for all rows."""
    function: Any = step.function
    first = inputs[0]
    if function is np.multiply and len(inputs) == 2 and (both := _outer(*inputs)) is not None:
        return both
    if step.kind == "ufunc" or function is np.where:
        return _one_step(step, [x.spread(len(shape)) for x in inputs])
    if step.kind == "reduce":
        axis, keepdims = step.rest
        axes = range(len(first.shape)) if axis is None else normalize_axis_tuple(axis, len(first.shape))
        return function.reduce(first.array, axis=tuple([k + 1 for k in axes]), keepdims=bool(keepdims))
    if function in (np.dot, np.matmul):
        return _product(*inputs)
    if function is np.astype:
        return first.array.astype(*step.rest)
    if function is np.reshape:
        return np.reshape(first.array, (count, *shape))
    if function is np.transpose:
        axes = step.rest[0] if step.rest and step.rest[0] is not None else range(len(shape))[::-1]
        return np.transpose(first.array, (0, *(k % len(shape) + 1 for k in axes)))
    if function is np.broadcast_to:
        return np.broadcast_to(first.spread(len(shape)), (count, *shape))
    if function is operator.getitem:
        return first.array[(slice(None), *step.rest[0])]
    rows = [_one_step(step, [x.array[i] if x.batched else x.array for x in inputs]) for i in range(count)]
    if not rows:
        return np.zeros((0, *shape), first.array.dtype)
    return (stack if any(map(_is_tensor, rows)) else np.stack)(rows)


def _outer(a: _Operand, b: _Operand) -> Any:
    """Multiply a column with a row for each row of a batch, as quickly as an array is filled; None of others.

    Where there are many weights, writing the products takes most of the time. With a column of zeros beside the column,
    and a row of zeros below the row, they are products of matrices, which BLAS writes.
    """
    if not (a.batched and b.batched and len(a.shape) == len(b.shape) == 2 and a.shape[1] == b.shape[0] == 1):
        return None
    left, right = a.array, b.array
    is_tensor = _is_tensor(left) or _is_tensor(right)
    in_machine_code = is_tensor and (run := compiling()) is not None and run.compiling == "numba"
    if in_machine_code or left.dtype != right.dtype or left.dtype.char not in "fd":
        return left * right
    join: Any = concatenate if is_tensor else np.concatenate
    columns, rows = (join([x, np.zeros(x.shape, x.dtype)], axis=k) for k, x in ((2, left), (1, right)))
    return columns @ rows


def _product(a: _Operand, b: _Operand) -> Any:
    """Multiply matrices and vectors: with one that is the same for all rows, as one large product."""
    if len(a.shape) == 1 and len(b.shape) == 1:
        if not (a.batched and b.batched):
            return np.matmul(a.array, b.array) if a.batched else np.matmul(b.array, a.array)
        return np.add.reduce(a.array * b.array, axis=1)
    if a.batched and not b.batched and len(b.shape) == 2:
        rows = a.array.reshape((-1, a.shape[-1]))
        return np.matmul(rows, b.array).reshape((*a.array.shape[:-1], b.shape[1]))
    if len(a.shape) == 2 and not a.batched and len(b.shape) == 1:
        return np.matmul(b.array, np.transpose(a.array))
    left = a.array[..., None, :] if len(a.shape) == 1 else a.array
    right = b.array[..., None] if len(b.shape) == 1 else b.array
    axes = max(len(a.shape), len(b.shape), 2)
    left, right = (_Operand(x, x.shape[1:] if o.batched else x.shape, o.batched).spread(axes)
                   for x, o in ((left, a), (right, b)))  # fmt: skip
    product = left * right if left.shape[-1] == 1 and axes == 2 else np.matmul(left, right)
    if len(a.shape) == 1:
        product = product[..., 0, :]
    return product[..., 0] if len(b.shape) == 1 else product
