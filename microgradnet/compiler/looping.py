"""Lowering where there are loops: what NumPy has a function for, and a loop does in passing.

Indices that are arrays, writing into parts of an array, joining and padding, running sums and sums over letters are
steps here. Helper functions in the source of a declaration are taken apart, if they are a straight line.
"""

from __future__ import annotations

import ast
import math
import operator
import string
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from microgradnet.compiler.lowering import Lowering, Target, Unknown, hollow
from microgradnet.compiler.routine import Lookup, Routine, Value, contracted, gathered, written
from microgradnet.graph import Graph
from microgradnet.record import Array

__all__ = ["lowered"]

_SCANS: dict[Any, np.ufunc] = {np.cumsum: np.add, np.cumprod: np.multiply}

MULTIPLIED = 1 << 14
"""Of more products NumPy's `einsum` computes several at a time."""

CONVOLVED = 1 << 14
"""A convolution of at most so many products is a product of a matrix, of pieces of the one, with the other."""

SEARCHED = 1 << 6
"""Among more numbers NumPy's `searchsorted` is quicker than to count those before."""

SORTED = 1 << 12
"""Lines of at most so many numbers are sorted by counting how many stand before each, where nobody does better."""


def lowered(graph: Graph, arguments: Sequence[int | None], *, backend: Target = "numba") -> Routine:
    """Write a graph as a routine.

    Parameters
    ----------
    graph : Graph
    arguments : sequence of (int or None)
        The positions in the graph of the leaves of the arguments.
    backend : {"numba", "numpy", "javascript"}
        Who is to carry it out.

    Returns
    -------
    Routine
    """
    lowering = Lowering() if backend == "numpy" else Looping(backend)
    place: list[Any] = []
    given = set(arguments)
    for entry in graph:
        if entry.operation is not None:
            place.append(lowering.operation(entry, [place[i] for i in entry.inputs]))
        elif entry.id in given:
            place.append(lowering.value(entry.shape or (), entry.dtype))
        else:
            place.append(lowering.constant(entry))
    results = [lowering.array(place[i]) for i in graph.outputs]
    return Routine(
        tuple(lowering.values),
        tuple(lowering.steps),
        tuple([None if i is None else place[i].id for i in arguments]),
        tuple([v.id for v in results]),
    )


class Looping(Lowering):
    """Steps and values in the making, where what carries them out has loops."""

    def __init__(self, backend: Target) -> None:
        super().__init__(backend)
        self.own = {
            np.zeros: np.zeros, np.array: self._copied, np.result_type: lambda x: np.result_type(self.array(x).dtype),
            np.broadcast_to: lambda a, shape: self._view(np.broadcast_to, self.array(a), shape),  # of a constant too
            np.sum: partial(self._reduced, np.add), np.prod: partial(self._reduced, np.multiply),
            np.mean: self._average, np.linalg.norm: self._norm, np.einsum: self._einsum, np.convolve: self._convolved,
            np.concatenate: self._joined, np.stack: self._stacked, np.pad: self._padded, np.roll: self._rolled,
            np.tile: self._tiled, np.repeat: self._repeated,
            np.cumsum: partial(self._scan, np.cumsum), np.cumprod: partial(self._scan, np.cumprod),
            np.tril: lambda a, k: self._masked(a, _triangle(a, k)),
            np.triu: lambda a, k: self._masked(a, ~_triangle(a, k - 1)),
            np.diagonal: self._diagonal, np.trace: lambda a, *rest: self._trace(self._diagonal(a, *rest)),
            np.round: self._round, np.count_nonzero: self._count_nonzero, np.isclose: self._isclose,
            np.searchsorted: self._searchsorted,
            np.argmax: partial(self._first, np.argmax), np.argmin: partial(self._first, np.argmin),
            np.sort: lambda a, axis, stable: self._ranked(np.sort, a, axis),
            np.argsort: lambda a, axis, stable: self._ranked(np.argsort, a, axis),
        }  # fmt: skip

    def _inlined(self, function: ast.FunctionDef, args: Sequence[Any]) -> Any:
        """Carry out a function of the source that is a straight line, and may write into arrays of its own."""
        scope: dict[str, Any] = dict(zip([a.arg for a in function.args.args], args, strict=True))

        of = partial(self._evaluate, scope=scope)
        for line in function.body:
            if (write := _write(line)) is not None:
                name, index, value, adds = write
                if not _is_own(name, function):
                    raise Unknown
                scope[name] = self._written_into(scope[name], of(index), of(value), adds)
            elif isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and len(line.targets) == 1:
                scope[line.targets[0].id] = of(line.value)
            elif isinstance(line, ast.Return) and line.value is not None:
                return of(line.value)
            else:
                raise Unknown
        raise Unknown

    def _copied(self, a: Any) -> Any:
        if not isinstance(a, Value | np.ndarray):
            raise Unknown
        return a

    def _reduced(self, ufunc: np.ufunc, a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Value:
        if not isinstance(a, Value):
            raise Unknown
        return self._reduce(ufunc, a if dtype is None else self._astype(a, np.dtype(dtype)), axis, keepdims)

    def _average(self, a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        """Write a mean: that of integers is one of float64, and that of float16 is computed in float32."""
        if not isinstance(a, Value) or dtype is not None or not math.prod(a.shape):
            raise Unknown
        if a.dtype.char in "fd":
            return self._mean(a, axis, keepdims)
        if a.dtype.char == "e":
            return self._astype(self._mean(self._astype(a, np.dtype(np.float32)), axis, keepdims), a.dtype)
        return self._mean(self._astype(a, np.dtype(np.float64)), axis, keepdims)

    def _count_nonzero(self, a: Any, axis: Any = None, keepdims: bool = False) -> Value:
        return self._reduced(np.add, self._ufunc(np.not_equal, a, 0), axis, np.intp, keepdims)

    def _round(self, a: Any, decimals: int = 0) -> Any:
        """Round as NumPy does: of numbers that are scaled."""
        if not isinstance(a, Value) or a.dtype.kind != "f":
            raise Unknown
        if not decimals:
            return self._ufunc(np.rint, a)
        to, back = (np.multiply, np.divide) if decimals > 0 else (np.divide, np.multiply)
        scale = float(10 ** abs(decimals))
        return self._ufunc(back, self._ufunc(np.rint, self._ufunc(to, a, scale)), scale)

    def _isclose(self, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> Any:
        of = self._ufunc
        if not any(isinstance(x, Value) for x in (a, b)) or self.array(b).dtype.kind != "f":
            raise Unknown
        most = of(np.add, atol, of(np.multiply, rtol, of(np.absolute, b)))
        near = of(np.less_equal, of(np.absolute, of(np.subtract, a, b)), most)
        close = of(np.logical_or, of(np.logical_and, near, of(np.isfinite, b)), of(np.equal, a, b))
        if not equal_nan:
            return close
        return of(np.logical_or, close, of(np.logical_and, of(np.not_equal, a, a), of(np.not_equal, b, b)))

    def _searchsorted(self, a: Any, v: Any, side: str = "left") -> Value:
        """Count what stands before each number; NaN is the largest."""
        line, of = self.array(a), self._ufunc
        v = self.array(v)
        if len(line.shape) != 1 or (self.backend == "numba" and line.shape[0] > SEARCHED):
            raise Unknown
        x = self._reshape(v, (*v.shape, 1))
        nan = of(np.not_equal, x, x)
        if side == "left":
            before = of(np.logical_or, of(np.less, line, x), of(np.logical_and, nan, of(np.equal, line, line)))
        else:
            before = of(np.logical_or, of(np.less_equal, line, x), nan)
        return self._reduced(np.add, before, -1, np.intp)

    # --- places in an array ---

    def _part(self, a: Any, index: Any) -> Value:
        if not isinstance(a, Value):
            raise Unknown
        parts, tables, shape = self._indexed(a.shape, index)
        if not tables:
            return self._view(operator.getitem, a, parts)
        return self._add("function", gathered, [a, *tables], shape, a.dtype, rest=(parts,))

    def _indexed(self, shape: tuple[int, ...], index: Any) -> tuple[tuple[Any, ...], list[Any], tuple[int, ...]]:
        """Take the arrays out of an index of an array of some shape; return the rest, them, and the shape of the part.

        Masks become the places where they are true. Places are counted from the front.
        """
        parts = index if isinstance(index, tuple) else (index,)
        if len(parts) == 1 and parts[0] is True:
            parts = (None,)
        found: list[Any] = []
        for part in parts:
            if isinstance(part, np.ndarray) and part.dtype.kind == "b" and part.ndim:
                found += part.nonzero()
            elif isinstance(part, np.integer) or (_is_table(part) and not isinstance(part, Value) and part.ndim == 0):
                found.append(int(part))
            elif part is None or part is ... or type(part) in (int, slice) or _is_table(part):
                found.append(part)
            else:
                raise Unknown
        if not any(part is ... for part in found):  # so that one element is a view too
            found.append(...)
        known = tuple([np.zeros(part.shape, np.intp) if isinstance(part, Value) else part for part in found])
        result = hollow(Value(0, shape, np.dtype(np.int8)))[known].shape
        tables: list[Any] = []
        axis = 0
        for k, part in enumerate(found):
            if part is ...:
                axis = len(shape) - sum(rest is not None for rest in found[k + 1 :])
                continue
            if _is_table(part):
                tables.append(self._table(part, shape[axis]))
                found[k] = Lookup(len(tables) - 1)
            axis += part is not None
        return tuple(found), tables, result

    def _table(self, part: Any, n: int) -> Any:
        """Return an array of places in an axis of length n."""
        if isinstance(part, Value):  # in machine code nobody would see that a place is none
            if self.backend != "javascript":
                raise Unknown
            return part
        return np.where(part < 0, part + n, part).astype(np.int64)

    def _written_into(self, base: Any, index: Any, value: Any, adds: bool) -> Any:
        """Write into a part of a copy of an array, or add to it."""
        shape, dtype = tuple(base.shape), base.dtype
        parts, tables, part = self._indexed(shape, index)
        if not shape:
            return self._ufunc(np.add, base, value) if adds else self._astype(self.array(value, dtype), dtype)
        if not isinstance(base, Value) and not (base.any() or np.signbit(base).any()):
            base = base.dtype.type(0)
        value = self.array(value, dtype)
        if np.broadcast_shapes(value.shape, part) != part:
            raise Unknown
        return self._write(shape, dtype, base, [(value, parts, part)], tables, adds)

    def _write(
        self,
        shape: tuple[int, ...],
        dtype: Any,
        base: Any,
        pieces: Sequence[tuple[Any, tuple[Any, ...], tuple[int, ...]]],
        tables: Sequence[Any] = (),
        adds: bool = False,
    ) -> Value:
        rest = (shape, dtype), adds, tuple([(parts, part) for _, parts, part in pieces])
        return self._add("write", written, [base, *(x for x, _, _ in pieces), *tables], shape, dtype, rest=rest)

    def _joined(self, arrays: Sequence[Any], axis: int = 0) -> Value:
        """Write arrays one after the other."""
        arrays = [self.array(a) for a in arrays]
        axis = normalize_axis_index(axis, len(arrays[0].shape))
        ends = np.cumsum([a.shape[axis] for a in arrays]).tolist()
        places = [slice(end - a.shape[axis], end) for a, end in zip(arrays, ends, strict=True)]
        shape = (*arrays[0].shape[:axis], ends[-1], *arrays[0].shape[axis + 1 :])
        return self._put(shape, arrays, [(*[slice(None)] * axis, place, ...) for place in places])

    def _stacked(self, arrays: Sequence[Any], axis: int = 0) -> Value:
        arrays = [self.array(a) for a in arrays]
        axis = normalize_axis_index(axis, len(arrays[0].shape) + 1)
        shape = (*arrays[0].shape[:axis], len(arrays), *arrays[0].shape[axis:])
        return self._put(shape, arrays, [(*[slice(None)] * axis, k, ...) for k in range(len(arrays))])

    def _put(self, shape: tuple[int, ...], arrays: Sequence[Value], places: Sequence[tuple[Any, ...]]) -> Value:
        """Write arrays into places that fill an array."""
        dtype = np.result_type(*(a.dtype for a in arrays))
        pieces = [(a, place, a.shape) for a, place in zip(arrays, places, strict=True)]
        return self._write(shape, dtype, dtype.type(0), pieces)

    def _padded(self, a: Any, width: Sequence[tuple[int, int]], constant_values: Sequence[tuple[Any, Any]]) -> Value:
        values = {value for pair, used in zip(constant_values, width, strict=True) if any(used) for value in pair}
        if not isinstance(a, Value) or len(values) > 1:
            raise Unknown
        shape = tuple([n + sum(pair) for n, pair in zip(a.shape, width, strict=True)])
        place = tuple([slice(before, before + n) for n, (before, _) in zip(a.shape, width, strict=True)])
        return self._write(shape, a.dtype, a.dtype.type(*values), [(a, (*place, ...), a.shape)])

    def _rolled(self, a: Any, shift: Any, axis: Any = None) -> Any:
        if axis is None:
            return self._reshape(self._rolled(self._reshape(a, (-1,)), shift, 0), a.shape)
        shifts, axes = np.broadcast_arrays(shift, axis)
        for by, k in zip(shifts.ravel().tolist(), axes.ravel().tolist(), strict=True):
            k %= len(a.shape)
            by = by % max(a.shape[k], 1)
            before = [slice(None)] * k
            a = self._joined(
                [self._part(a, (*before, s)) for s in (slice(a.shape[k] - by, None), slice(a.shape[k] - by))], k
            )
        return a

    def _tiled(self, a: Any, reps: Any) -> Value:
        reps = reps if isinstance(reps, tuple) else (reps,)
        a, ndim = self.array(a), max(len(reps), len(self.array(a).shape))
        shape, reps = (1,) * (ndim - len(a.shape)) + a.shape, (1,) * (ndim - len(reps)) + reps
        apart = [n for pair in zip((1,) * ndim, shape, strict=True) for n in pair]
        wide = tuple([n for pair in zip(reps, shape, strict=True) for n in pair])
        tiles = self._view(np.broadcast_to, self._reshape(a, tuple(apart)), wide)
        return self._reshape(tiles, tuple([r * n for r, n in zip(reps, shape, strict=True)]))

    def _repeated(self, a: Any, repeats: Any, axis: int | None = None) -> Value:
        if axis is None:
            a, axis = self._reshape(a, (-1,)), 0
        axis = normalize_axis_index(axis, len(a.shape))
        before, n, after = a.shape[:axis], a.shape[axis], a.shape[axis + 1 :]
        if not isinstance(repeats, int):
            return self._part(a, (*[slice(None)] * axis, np.repeat(np.arange(n), repeats)))
        times = self._view(np.broadcast_to, self._reshape(a, (*before, n, 1, *after)), (*before, n, repeats, *after))
        return self._reshape(times, (*before, n * repeats, *after))

    def _scan(self, function: Any, a: Any, axis: int, dtype: Any = None) -> Value:
        if not isinstance(a, Value):
            raise Unknown
        dtype = np.dtype(function(np.ones(1, a.dtype), dtype=dtype).dtype)
        a, axis = self._astype(a, dtype), normalize_axis_index(axis, len(a.shape))
        return self._add("scan", _SCANS[function], [a], a.shape, dtype, rest=(axis,))

    def _diagonal(self, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        if not isinstance(a, Value):
            raise Unknown
        axis1, axis2 = (normalize_axis_index(k, len(a.shape)) for k in (axis1, axis2))
        others = [k for k in range(len(a.shape)) if k not in (axis1, axis2)]
        rows, columns = max(-offset, 0), max(offset, 0)
        n = max(min(a.shape[axis1] - rows, a.shape[axis2] - columns), 0)
        along = np.arange(n)
        return self._part(self._transpose(a, (*others, axis1, axis2)), (..., along + rows, along + columns))

    def _trace(self, diagonal: Value) -> Value:
        return self._reduce(np.add, diagonal, -1, False)

    def _einsum(self, subscripts: str, *operands: Any, optimize: Any = False) -> Value:  # noqa: ARG002 - as written
        """Write a sum of products as NumPy's `einsum` does without looking for a better order."""
        arrays = [self.array(a) for a in operands]
        if len({a.dtype for a in arrays}) > 1 or arrays[0].dtype.kind != "f":
            raise Unknown
        subscripts = _explicit(subscripts, [len(a.shape) for a in arrays])
        letters = subscripts.partition("->")[0].split(",")
        sizes: dict[str, int] = {}
        for part, array in zip(letters, arrays, strict=True):
            sizes |= zip(part, array.shape, strict=True)
        if self.backend == "numba" and math.prod(sizes.values()) > MULTIPLIED:
            raise Unknown
        shape = np.einsum(subscripts, *map(hollow, arrays)).shape
        return self._add("einsum", contracted, arrays, shape, arrays[0].dtype, rest=(subscripts,))

    def _convolved(self, a: Any, v: Any) -> Value:
        a, v = self.array(a), self.array(v)
        if a.shape < v.shape:
            a, v = v, a
        (n,), (m,) = a.shape, v.shape
        if (n + m - 1) * m > CONVOLVED or not m:
            raise Unknown
        around = self._padded(a, [(m - 1, m - 1)], [(0, 0)])
        return self._dot(self._part(around, (np.arange(n + m - 1)[:, None] + np.arange(m),)), self._flip(v))

    def _first(self, function: Any, a: Any, axis: int | None = None, keepdims: bool = False) -> Value:
        if not isinstance(a, Value):
            raise Unknown
        kept = (1,) * len(a.shape)
        if axis is None:
            a, axis = self._reshape(a, (-1,)), 0
        else:
            axis = normalize_axis_index(axis, len(a.shape))
            kept = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
        if not a.shape[axis]:
            raise Unknown  # NumPy says so
        first = self._add("first", function, [a], (*a.shape[:axis], *a.shape[axis + 1 :]), np.intp, rest=(axis,))
        return self._reshape(first, kept) if keepdims else first

    def _ranked(self, function: Any, a: Any, axis: int) -> Value:
        if not isinstance(a, Value) or self.backend != "javascript" or max(a.shape, default=0) > SORTED:
            raise Unknown
        axis = normalize_axis_index(axis, len(a.shape))
        dtype = np.dtype(np.intp) if function is np.argsort else a.dtype
        return self._add("rank", function, [a], a.shape, dtype, rest=(axis,))

    def _norm(self, a: Any, ord: Any, axis: Any, keepdims: bool) -> Any:  # noqa: A002 - NumPy's name
        """Write a norm of vectors as NumPy computes it."""
        if not isinstance(a, Value) or a.dtype.kind != "f":
            raise Unknown
        of_matrices = (axis is None and len(a.shape) > 1) or isinstance(axis, tuple)
        if of_matrices and ord not in (None, "fro"):
            raise Unknown
        if ord in (None, 2, "fro"):
            return self._ufunc(np.sqrt, self._reduce(np.add, self._ufunc(np.square, a), axis, keepdims))
        size = self._ufunc(np.absolute, a)
        if ord in (math.inf, -math.inf):
            return self._reduce(np.maximum if ord > 0 else np.minimum, size, axis, keepdims)
        if ord == 1:
            return self._reduce(np.add, size, axis, keepdims)
        if ord == 0:
            raise Unknown
        total = self._reduce(np.add, self._ufunc(np.power, size, float(ord)), axis, keepdims)
        return self._ufunc(np.power, total, 1 / ord)


def _write(line: ast.stmt) -> tuple[str, ast.expr, ast.expr, bool] | None:
    """Take a line apart that writes into an array: its name, the index, the value, and whether that is added."""
    match line:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=index)], value=value):
            return name, index, value, False
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr="add"), attr="at"), args=[a, i, x])):
            return (a.id, i, x, True) if isinstance(a, ast.Name) else None
    return None


def _is_own(name: str, function: ast.FunctionDef) -> bool:
    """Whether a name stands for an array that the function makes, and that nothing else looks at until it returns."""
    looks = []
    for line in function.body:
        write = _write(line)
        if isinstance(line, ast.Return) or (write is not None and write[0] == name):
            continue
        if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(line)):
            looks.append(line)
    match looks:
        case [ast.Assign(value=ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="zeros" | "array")))]:
            return True
    return False


def _is_table(part: Any) -> bool:
    """Whether what stands in an index is an array of integers."""
    return isinstance(part, Value | np.ndarray) and part.dtype.kind in "iu"


def _triangle(a: Value, k: int) -> Array:
    """Say which elements of matrices are on the diagonal k or below."""
    rows, columns = (a.shape * 2)[-2:]  # those of a vector are its rows
    return np.tri(rows, columns, k, dtype=np.bool)


def _explicit(subscripts: str, axes: Sequence[int]) -> str:
    """Write subscripts with what comes out, and letters for the axes that an ellipsis stands for."""
    given, arrow, kept = subscripts.replace(" ", "").partition("->")
    free = [c for c in string.ascii_letters if c not in subscripts]
    parts = given.split(",")
    widths = [n - len(part.replace("...", "")) if "..." in part else 0 for part, n in zip(parts, axes, strict=True)]
    most = max(widths)
    parts = [p.replace("...", "".join(free[most - w : most])) for p, w in zip(parts, widths, strict=True)]
    if not arrow:
        once = "".join(sorted(c for c in {*given} - {*",."} if given.count(c) == 1))
        kept = "..." * ("..." in given) + once
    return f"{','.join(parts)}->{kept.replace('...', ''.join(free[:most]))}"
