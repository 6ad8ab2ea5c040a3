"""Lowering: from the operations of a Graph to the few kinds of steps that both backends know.

How an operation is computed is read from its declaration: `source`, the NumPy expression that it is written as,
is parsed into calls of ufuncs, whose outputs can be told where to go. Where that doesn't do, `forward` is traced,
and stands for the operations that it calls. These are two mechanisms for every operation, one's own included. What
can't be taken apart in either way is called as it is; so is, where NumPy is to carry it out, what has `on_numpy` for
what would be many steps. Gathering, writing into parts, running sums and sums over letters are steps only where there
are loops.
"""

from __future__ import annotations

import ast
import math
import operator
import string
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from microgradnet.compiler.routine import INTO, Instruction, Kind, Lookup, Routine, Value, contracted, gathered, written
from microgradnet.compiler.tracing import trace_forward
from microgradnet.graph import Entry, Graph
from microgradnet.ops.elementwise import masked
from microgradnet.ops.indexing import with_arrays
from microgradnet.record import Array
from microgradnet.template import placeholder

__all__ = ["Target", "lowered"]

Target = Literal["numpy", "numba", "javascript"]


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
    lowering = _Lowering(backend)
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


# --- the expression that an operation is written as ----------------------------------------------------------

_OPERATORS: dict[type, np.ufunc] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.FloorDiv: np.floor_divide,
    ast.Mod: np.remainder, ast.Pow: np.power, ast.USub: np.negative, ast.UAdd: np.positive, ast.Invert: np.invert,
    ast.BitAnd: np.bitwise_and, ast.BitOr: np.bitwise_or, ast.BitXor: np.bitwise_xor, ast.Eq: np.equal,
    ast.NotEq: np.not_equal, ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
}  # fmt: skip

_POWERS: dict[float, np.ufunc] = {2: np.square, 1: np.positive, 0.5: np.sqrt, -1: np.reciprocal}
"""What ``x**p`` computes for floating-point arrays, by p."""

_REDUCTIONS: dict[Any, np.ufunc] = {
    np.sum: np.add, np.prod: np.multiply, np.max: np.maximum, np.min: np.minimum, np.any: np.logical_or,
    np.all: np.logical_and,
}  # fmt: skip

RECIPROCAL = 256
"""The reciprocals of so few numbers take NumPy 50 ns less than one divided by them; those of many twice as long."""

LONG = 32
"""A forward of more steps is left to `on_numpy`, where that is declared: it works on smaller blocks than a plan, and in
other ways, as `erf` does in a third of the time. With few steps a plan is quicker, which goes on in the same block."""

_SCANS: dict[Any, np.ufunc] = {np.cumsum: np.add, np.cumprod: np.multiply}

MULTIPLIED = 1 << 14
"""Of more products NumPy's `einsum` computes several at a time."""

CONVOLVED = 1 << 14
"""A convolution of at most so many products is a product of a matrix, of pieces of the one, with the other."""

SORTED = 1 << 12
"""Lines of at most so many numbers are sorted by counting how many stand before each, where nobody does better."""

_WEAK = (int, float, bool)


class _Unknown(Exception):
    """An operation isn't written as an expression that can be taken apart."""


def _calling(entry: Entry, inputs: Sequence[Any]) -> Callable[..., Array]:
    """Make a function of the arrays among the inputs; Python's numbers, which take on any dtype, stay what they are."""
    operation: Any = entry.operation
    static = entry.static
    if not any(type(i) in _WEAK for i in inputs):
        return partial(operation.compute, **static)

    def call(*arrays: Array) -> Array:
        rest = iter(arrays)
        return operation.compute(*(i if type(i) in _WEAK else next(rest) for i in inputs), **static)

    return call


class _Lowering:
    """Steps and values in the making. An operand is a `Value`, an array, or one of Python's numbers."""

    def __init__(self, backend: Target) -> None:
        self.backend = backend
        self.loops = backend != "numpy"
        self.values: list[Value] = []
        self.steps: list[Instruction] = []
        self.constants: dict[Any, Value] = {}
        self.contiguous: set[int] = set()
        self.transposed: dict[int, Value] = {}  # the value that a matrix is the transpose of
        self.entry: Any = None
        self.within: list[Any] = []  # the operations whose forwards are being traced
        self._of_loops: dict[Any, Callable[..., Any]] = {
            np.zeros: np.zeros, np.array: lambda x: x, np.result_type: lambda x: np.result_type(self.array(x).dtype),
            np.concatenate: self._joined, np.stack: self._stacked, np.pad: self._padded, np.roll: self._rolled,
            np.cumsum: partial(self._scan, np.cumsum), np.cumprod: partial(self._scan, np.cumprod),
            np.tril: lambda a, k: self._masked(a, _triangle(a, k)),
            np.triu: lambda a, k: self._masked(a, ~_triangle(a, k - 1)),
            np.diagonal: self._diagonal, np.trace: lambda a, *rest: self._trace(self._diagonal(a, *rest)),
            np.einsum: lambda subscripts, *arrays, optimize: self._einsum(subscripts, arrays),
            np.convolve: self._convolved,
            np.argmax: partial(self._first, np.argmax), np.argmin: partial(self._first, np.argmin),
            np.sort: lambda a, axis, stable: self._ranked(np.sort, a, axis),
            np.argsort: lambda a, axis, stable: self._ranked(np.argsort, a, axis),
        }  # fmt: skip

    def value(self, shape: tuple[int, ...], dtype: Any, constant: Array | None = None) -> Value:
        self.values.append(Value(len(self.values), tuple(shape), np.dtype(dtype), constant))
        return self.values[-1]

    def array(self, operand: Any, dtype: Any = None) -> Value:
        """Return the value of an operand; a number becomes a 0-d array, which ufuncs take up faster."""
        if isinstance(operand, Value):
            return operand
        array = np.asarray(operand, dtype if np.ndim(operand) == 0 else None)
        key = (array.dtype, array.tobytes()) if array.ndim == 0 else id(operand)
        if key not in self.constants:
            self.constants[key] = self.value(array.shape, array.dtype, array)
            if array.flags.c_contiguous:
                self.contiguous.add(self.constants[key].id)
        return self.constants[key]

    def constant(self, entry: Entry) -> Any:
        """Return a constant; a matrix stored by columns is said to be the transpose of one stored by rows."""
        array: Any = entry.value
        if np.ndim(array) != 2 or array.flags.c_contiguous or not array.flags.f_contiguous:
            return array
        self.entry = entry
        return self._transpose(self.array(array.T))

    def operation(self, entry: Entry, inputs: list[Any]) -> Any:
        """Add the steps of an operation, and return where its value is."""
        if not self.within:
            self.entry = entry
        before = len(self.steps)
        known: Any = entry.operation
        kernel = self.backend == "numpy" and known.quicker
        for way in (self._written, self._traced):
            try:
                result = way(entry, inputs)
                if isinstance(result, Value) and (result.shape, result.dtype) != (entry.shape, entry.dtype):
                    raise _Unknown
            except (_Unknown, TypeError, ValueError, ArithmeticError):
                del self.steps[before:]  # the values that they left behind are nobody's
            else:
                steps = self.steps[before:]
                if not kernel or (len(steps) <= LONG and all(step.kind != "call" for step in steps)):
                    return result
                del self.steps[before:]
                break
        else:
            if self.within:
                raise _Unknown  # where not all of it can be taken apart, the outermost operation is called
        arrays = [i for i in inputs if type(i) not in _WEAK]
        return self._add("call", _calling(entry, inputs), arrays, entry.shape, entry.dtype)

    def _traced(self, entry: Entry, inputs: list[Any]) -> Any:
        """Carry out what the forward of an operation does, if that comes down to steps all of which are known."""
        operation: Any = entry.operation
        if operation in self.within:
            raise _Unknown  # it is nothing but itself
        shapes = {k: (i.shape, i.dtype) for k, i in enumerate(inputs) if isinstance(i, Value)}
        traced = trace_forward(operation, inputs, shapes, entry.static)
        if traced is None:
            raise _Unknown
        graph, given = traced
        place: list[Any] = []
        self.within.append(operation)
        try:
            for inner in graph:
                if inner.operation is not None:
                    place.append(self.operation(inner, [place[i] for i in inner.inputs]))
                else:
                    place.append(inputs[given[inner.id]] if inner.id in given else inner.value)
        finally:
            self.within.pop()
        return place[graph.outputs[0]]

    def _written(self, entry: Entry, inputs: list[Any]) -> Any:
        """Carry out the expression that an operation is written as."""
        operation: Any = entry.operation
        template = operation.template(len(inputs), entry.static)
        if template is None:
            raise _Unknown
        for name, default in operation.defaults.items():
            if placeholder(name) not in template.names and entry.static.get(name, default) is not default:
                raise _Unknown  # the expression doesn't say everything
        scope = {placeholder(i): x for i, x in enumerate(inputs)}
        for name, value in entry.static.items():
            scope[placeholder(name)] = with_arrays(value, tuple(inputs), 0)  # in an index inputs may stand
        if self.loops and template.helper:
            scope |= {f.name: f for f in ast.parse(template.helper).body if isinstance(f, ast.FunctionDef)}
        return self._evaluate(template.expression, scope)

    def _evaluate(self, node: ast.expr, scope: Mapping[str, Any]) -> Any:
        """Turn an expression into steps; what isn't written down here raises `_Unknown`."""

        def of(part: ast.expr) -> Any:
            return self._evaluate(part, scope)

        match node:
            case ast.Name(id=name) if name in scope:
                return scope[name]
            case ast.Constant(value=bool() | int() | float() | str() | None):
                return node.value
            case ast.Constant(value=e) if e is ...:
                return e
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(map(of, parts))
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id="np"), attr="s_"), slice=index):
                return of(index)
            case ast.BinOp(left=a, op=ast.MatMult(), right=b):
                return self._dot(of(a), of(b))
            case ast.BinOp(left=a, op=op, right=b) if type(op) in _OPERATORS:
                return self._ufunc(_OPERATORS[type(op)], of(a), of(b))
            case ast.UnaryOp(op=op, operand=a) if type(op) in _OPERATORS:
                return self._ufunc(_OPERATORS[type(op)], of(a))
            case ast.Compare(left=a, ops=[op], comparators=[b]) if type(op) in _OPERATORS:
                return self._ufunc(_OPERATORS[type(op)], of(a), of(b))
            case ast.Attribute(value=a, attr="T"):
                return self._transpose(self.array(of(a)))
            case ast.Subscript(value=a, slice=ast.Tuple(elts=[])):
                return of(a)
            case ast.Subscript(value=a, slice=index):
                return self._part(of(a), of(index))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name), args=parts, keywords=keywords):
                args, static = [of(a) for a in parts], {str(k.arg): of(k.value) for k in keywords}
                return self._function(getattr(np, name, None), args, static)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="linalg"), attr="norm"), args=[a], keywords=rest):
                return self._norm(of(a), **{str(k.arg): of(k.value) for k in rest})
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if isinstance(
                scope.get(name), ast.FunctionDef
            ):
                return self._inlined(scope[name], [of(a) for a in parts])
            case ast.Call(func=ast.Attribute(value=a, attr="reshape"), args=[shape], keywords=[]):
                return self._reshape(of(a), of(shape))
            case ast.Call(func=ast.Attribute(value=a, attr="astype"), args=[dtype], keywords=[]):
                return self._astype(of(a), np.dtype(of(dtype)))
        raise _Unknown

    def _inlined(self, function: ast.FunctionDef, args: Sequence[Any]) -> Any:
        """Carry out a function of the source that is a straight line, and may write into arrays of its own."""
        scope: dict[str, Any] = dict(zip([a.arg for a in function.args.args], args, strict=True))

        def into(name: str, index: ast.expr, value: ast.expr, adds: bool) -> None:
            of = partial(self._evaluate, scope=scope)
            scope[name] = self._written_into(scope[name], of(index), of(value), adds)

        for line in function.body:
            match line:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    scope[name] = self._evaluate(value, scope)
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=index)], value=value):
                    into(name, index, value, False)
                case ast.Expr(value=ast.Call(
                    func=ast.Attribute(attr="at", value=ast.Attribute(attr="add")),
                    args=[ast.Name(id=name), index, value],
                )):  # fmt: skip
                    into(name, index, value, True)
                case ast.Return(value=ast.expr() as value):
                    return self._evaluate(value, scope)
                case _:
                    raise _Unknown
        raise _Unknown

    # --- the kinds of steps -----------------------------------------------------------------------------

    def _add(self, kind: Kind, function: Any, inputs: Sequence[Any], shape: Any, dtype: Any, **more: Any) -> Value:
        operands = tuple([self.array(i).id for i in inputs])
        result = self.value(shape, dtype)
        self.steps.append(Instruction(kind, function, operands, result.id, self.entry, **more))
        if kind in INTO:
            self.contiguous.add(result.id)
        return result

    def _function(self, function: Any, args: list[Any], static: dict[str, Any]) -> Any:
        if isinstance(function, np.ufunc) and not static:
            return self._ufunc(function, *args)
        if function is np.where and len(args) == 3 and not static:
            return self._where(*args)
        if function is np.clip and len(args) == 3 and not static:
            return self._clip(*args)
        if function is np.tensordot and not static:
            return self._tensordot(*args)
        if self.loops and function in self._of_loops:
            return self._of_loops[function](*args, **static)
        if not args or not isinstance(args[0], Value):
            raise _Unknown
        if function in (np.zeros_like, np.ones_like, np.full_like):
            return function(_hollow(args[0]), *args[1:], **static)
        if function is np.flip and not static:
            return self._flip(*args)
        if function in (np.var, np.std):
            return self._spread(function, args[0], **static)
        if self.loops and static.get("dtype") is not None and function in (np.sum, np.prod):
            args, static = [self._astype(args[0], np.dtype(static["dtype"]))], static | {"dtype": None}
        if len(args) == 1 and static.keys() <= {"axis", "dtype", "keepdims"} and static.get("dtype") is None:
            rest = static.get("axis"), bool(static.get("keepdims", False))
            if function in _REDUCTIONS:
                return self._reduce(_REDUCTIONS[function], args[0], *rest)
            size = math.prod(args[0].shape)
            if function is np.mean and args[0].dtype.char in "fd" and size:
                return self._mean(args[0], *rest)
            if function is np.mean and self.loops and size:
                wider = np.dtype(np.float32 if args[0].dtype.char == "e" else np.float64)
                mean = self._mean(self._astype(args[0], wider), *rest)
                return self._astype(mean, args[0].dtype) if args[0].dtype.char == "e" else mean
        if function in (np.transpose, np.broadcast_to) and not static:
            return self._view(function, args[0], *args[1:])
        raise _Unknown

    def _reduce(self, ufunc: np.ufunc, a: Value, axis: Any, keepdims: bool) -> Value:
        axes = range(len(a.shape)) if axis is None else normalize_axis_tuple(axis, len(a.shape))
        shape = [1 if k in axes else n for k, n in enumerate(a.shape) if keepdims or k not in axes]
        dtype = ufunc.reduce(np.ones(1, a.dtype)).dtype
        return self._add("reduce", ufunc, [a], shape, dtype, rest=(axis, keepdims))

    def _mean(self, a: Value, axis: Any, keepdims: bool) -> Any:
        total = self._reduce(np.add, a, axis, keepdims)
        return self._ufunc(np.divide, total, math.prod(a.shape) // math.prod(total.shape))

    def _spread(self, function: Any, a: Value, axis: Any, dtype: Any, ddof: float, keepdims: bool) -> Any:
        """Write a variance or standard deviation as NumPy computes it: in two passes."""
        if dtype is not None or a.dtype.char not in "fd" or not math.prod(a.shape):
            raise _Unknown
        deviation = self._ufunc(np.subtract, a, self._mean(a, axis, True))
        total = self._reduce(np.add, self._ufunc(np.multiply, deviation, deviation), axis, keepdims)
        freedom = math.prod(a.shape) // math.prod(total.shape) - ddof
        if freedom <= 0:
            raise _Unknown  # NumPy warns
        variance = self._ufunc(np.divide, total, freedom)
        return self._ufunc(np.sqrt, variance) if function is np.std else variance

    def _where(self, condition: Any, a: Any, b: Any) -> Value:
        if not any(isinstance(i, Value) for i in (condition, a, b)):
            raise _Unknown
        if _is_zero(b):
            return self._masked(a, condition)
        if _is_zero(a):
            return self._masked(b, self._ufunc(np.logical_not, condition))
        return self._chosen(condition, a, b)

    def _clip(self, x: Any, low: Any, high: Any) -> Any:
        """Write what NumPy does: where limits cross, the upper one holds; of zeros that of x, if both are numbers."""
        if not any(self.array(i).shape for i in (low, high)):
            return self._ufunc(np.minimum, high, self._ufunc(np.maximum, low, x))
        return self._ufunc(np.minimum, self._ufunc(np.maximum, x, low), high)

    def _masked(self, g: Any, condition: Any) -> Value:
        condition, typed = self.array(condition), isinstance(g, Value) and g.dtype.char in "efd"
        if not typed or condition.dtype != np.bool_:
            return self._chosen(condition, g, 0)
        shape = np.broadcast_shapes(g.shape, condition.shape)
        return self._add("ufunc", masked, [g, condition], shape, g.dtype)

    def _chosen(self, condition: Any, a: Any, b: Any) -> Value:
        # `resolve_dtypes` knows Python's numbers, which take on the other's dtype.
        given: Any = [type(i) if type(i) in (int, float) else self.array(i).dtype for i in (a, b)]
        dtype = np.add.resolve_dtypes((*given, None))[-1]
        operands = [self.array(condition), *(self.array(i, dtype) for i in (a, b))]
        return self._add("function", np.where, operands, np.broadcast_shapes(*(i.shape for i in operands)), dtype)

    def _astype(self, a: Any, dtype: np.dtype[Any]) -> Value:
        if not isinstance(a, Value):
            raise _Unknown
        return a if a.dtype == dtype else self._add("function", np.astype, [a], a.shape, dtype, rest=(dtype,))

    def _ufunc(self, ufunc: np.ufunc, *inputs: Any) -> Any:
        if ufunc.signature is not None or ufunc.nout != 1:
            raise _Unknown
        if not any(isinstance(i, Value) for i in inputs):
            with np.errstate(all="raise"):
                return ufunc(*inputs)
        given = [type(i) if type(i) in (int, float) else self.array(i).dtype for i in inputs]
        inverse = ufunc is np.divide and isinstance(given[0], type) and inputs[0] == 1 and given[1].kind == "f"
        if inverse and math.prod(inputs[1].shape) <= RECIPROCAL:
            return self._ufunc(np.reciprocal, inputs[1])
        if ufunc is np.power and isinstance(given[1], type) and given[0].kind == "f" and inputs[1] in _POWERS:
            return self._ufunc(_POWERS[inputs[1]], inputs[0])
        dtypes = ufunc.resolve_dtypes((*given, None))
        operands = [self.array(i, dtype) if isinstance(g, type) else self.array(i)
                    for i, g, dtype in zip(inputs, given, dtypes, strict=False)]  # fmt: skip
        shape = np.broadcast_shapes(*(i.shape for i in operands))
        return self._add("ufunc", ufunc, operands, shape, dtypes[-1])

    def _dot(self, a: Any, b: Any) -> Value:
        a, b = self.array(a), self.array(b)
        if a.dtype != b.dtype or a.dtype.kind != "f":
            raise _Unknown
        if not 0 < len(a.shape) < 3 > len(b.shape) > 0:
            return self._add("dot", np.matmul, [a, b], _product_shape(a.shape, b.shape), a.dtype)
        shape = (*a.shape[:-1], *b.shape[1:])
        if len(shape) == 2 and shape[0] > shape[1] > 16 and a.shape[1] > 4 * shape[0]:
            # A product over a long axis, as of a gradient, takes BLAS less time with the longer side last:
            # (Bᵀ A)ᵀ took 43 ms where A B took 54, of 784 x 10000 by 10000 x 128 with OpenBLAS.
            product = self._add("dot", np.dot, [self._transpose(x) for x in (b, a)], shape[::-1], a.dtype)
            return self._transpose(product)
        return self._add("dot", np.dot, [a, b], shape, a.dtype)

    def _tensordot(self, a: Any, b: Any, axes: tuple[Sequence[int], Sequence[int]]) -> Value:
        """Write a sum over pairs of axes as one product of matrices."""
        left, right = self.array(a), self.array(b)
        free = [[k for k in range(len(x.shape)) if k not in of] for x, of in zip((left, right), axes, strict=True)]
        shape = (*(left.shape[k] for k in free[0]), *(right.shape[k] for k in free[1]))
        count = math.prod(left.shape[k] for k in axes[0])
        rows, columns = (math.prod(x.shape[k] for k in of) for x, of in zip((left, right), free, strict=True))
        product = self._dot(
            self._reshape(self._transpose(left, (*free[0], *axes[0])), (rows, count)),
            self._reshape(self._transpose(right, (*axes[1], *free[1])), (count, columns)),
        )
        return self._reshape(product, shape)

    def _transpose(self, a: Value, axes: tuple[int, ...] | None = None) -> Value:
        if axes == tuple(range(len(a.shape))):
            return a
        if len(a.shape) != 2:
            return self._view(np.transpose, a, *([axes] if axes else []))
        if a.id in self.transposed:
            return self.transposed[a.id]
        view = self._view(np.transpose, a)
        self.transposed[view.id] = a
        return view

    def _reshape(self, a: Any, shape: Any) -> Value:
        if not isinstance(a, Value) or not isinstance(shape, tuple):
            raise _Unknown
        known = math.prod(n for n in shape if n != -1)
        full = tuple(n if n != -1 else math.prod(a.shape) // known for n in shape)
        kind: Kind = "view" if a.id in self.contiguous else "function"  # which may be a copy
        result = self._add(kind, np.reshape, [a], full, a.dtype, rest=(full,))
        self.contiguous.add(result.id)
        return result

    def _part(self, a: Any, index: Any) -> Value:
        if not isinstance(a, Value):
            raise _Unknown
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
        if any(type(part) is bool for part in parts):
            raise _Unknown
        found: list[Any] = []
        for part in parts:
            if isinstance(part, np.ndarray) and part.dtype.kind == "b" and part.ndim:
                found += part.nonzero()
            else:
                found.append(int(part) if isinstance(part, np.integer) or np.ndim(part) == 0 == _rank(part) else part)
        if not any(part is ... for part in found):  # so that one element is a view too
            found.append(...)
        whole = _hollow(Value(0, shape, np.dtype(np.int8)))
        known = tuple([np.zeros(part.shape, np.intp) if isinstance(part, Value) else part for part in found])
        result = whole[known].shape
        if all(part is None or part is ... or type(part) in (int, slice) for part in found):
            return tuple(found), [], result
        if not self.loops:
            raise _Unknown
        tables: list[Any] = []
        axis = 0
        for k, part in enumerate(found):
            if isinstance(part, Value | np.ndarray):
                tables.append(self._table(part, shape[axis]))
                found[k] = Lookup(len(tables) - 1)
            if part is ...:
                axis = len(shape) - sum(rest is not None for rest in found[k + 1 :])
            else:
                axis += part is not None
        return tuple(found), tables, result

    def _table(self, part: Any, n: int) -> Any:
        """Return an array of places in an axis of length n."""
        if isinstance(part, Value):  # in machine code nobody would see that a place is none
            if self.backend != "javascript" or part.dtype.kind not in "iu":
                raise _Unknown
            return part
        return np.where(part < 0, part + n, part).astype(np.int64)

    def _written_into(self, base: Any, index: Any, value: Any, adds: bool) -> Any:
        """Write into a part of a copy of an array, or add to it."""
        shape, dtype = tuple(base.shape), base.dtype
        parts, tables, part = self._indexed(shape, index)
        if not shape:
            return self._ufunc(np.add, base, value) if adds else self._astype(self.array(value, dtype), dtype)
        if not isinstance(base, Value) and base.size and (base == base.flat[0]).all():
            base = base.dtype.type(base.flat[0])
        value = self.array(value, dtype)
        if np.broadcast_shapes(value.shape, part) != part:
            raise _Unknown
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
            raise _Unknown
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

    def _scan(self, function: Any, a: Any, axis: int, dtype: Any = None) -> Value:
        if not isinstance(a, Value):
            raise _Unknown
        dtype = np.dtype(function(np.ones(1, a.dtype), dtype=dtype).dtype)
        a, axis = self._astype(a, dtype), normalize_axis_index(axis, len(a.shape))
        return self._add("scan", _SCANS[function], [a], a.shape, dtype, rest=(axis,))

    def _diagonal(self, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
        if not isinstance(a, Value):
            raise _Unknown
        axis1, axis2 = (normalize_axis_index(k, len(a.shape)) for k in (axis1, axis2))
        others = [k for k in range(len(a.shape)) if k not in (axis1, axis2)]
        rows, columns = max(-offset, 0), max(offset, 0)
        n = max(min(a.shape[axis1] - rows, a.shape[axis2] - columns), 0)
        along = np.arange(n)
        return self._part(self._transpose(a, (*others, axis1, axis2)), (..., along + rows, along + columns))

    def _trace(self, diagonal: Value) -> Value:
        return self._reduce(np.add, diagonal, -1, False)

    def _einsum(self, subscripts: str, operands: Sequence[Any]) -> Value:
        """Write a sum of products as NumPy's `einsum` does without looking for a better order."""
        arrays = [self.array(a) for a in operands]
        if len({a.dtype for a in arrays}) > 1 or arrays[0].dtype.kind != "f":
            raise _Unknown
        subscripts = _explicit(subscripts, [len(a.shape) for a in arrays])
        letters = subscripts.partition("->")[0].split(",")
        sizes: dict[str, int] = {}
        for part, array in zip(letters, arrays, strict=True):
            sizes |= zip(part, array.shape, strict=True)
        if self.backend == "numba" and math.prod(sizes.values()) > MULTIPLIED:
            raise _Unknown
        shape = np.einsum(subscripts, *map(_hollow, arrays)).shape
        return self._add("einsum", contracted, arrays, shape, arrays[0].dtype, rest=(subscripts,))

    def _convolved(self, a: Any, v: Any) -> Value:
        a, v = self.array(a), self.array(v)
        if a.shape < v.shape:
            a, v = v, a
        (n,), (m,) = a.shape, v.shape
        if (n + m - 1) * m > CONVOLVED or not m:
            raise _Unknown
        around = self._padded(a, [(m - 1, m - 1)], [(0, 0)])
        return self._dot(self._part(around, (np.arange(n + m - 1)[:, None] + np.arange(m),)), self._flip(v))

    def _first(self, function: Any, a: Any, axis: int | None = None, keepdims: bool = False) -> Value:
        if not isinstance(a, Value):
            raise _Unknown
        kept = (1,) * len(a.shape)
        if axis is None:
            a, axis = self._reshape(a, (-1,)), 0
        else:
            axis = normalize_axis_index(axis, len(a.shape))
            kept = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
        if not a.shape[axis]:
            raise _Unknown  # NumPy says so
        first = self._add("first", function, [a], (*a.shape[:axis], *a.shape[axis + 1 :]), np.intp, rest=(axis,))
        return self._reshape(first, kept) if keepdims else first

    def _ranked(self, function: Any, a: Any, axis: int) -> Value:
        if not isinstance(a, Value) or self.backend != "javascript" or max(a.shape, default=0) > SORTED:
            raise _Unknown
        axis = normalize_axis_index(axis, len(a.shape))
        dtype = np.dtype(np.intp) if function is np.argsort else a.dtype
        return self._add("rank", function, [a], a.shape, dtype, rest=(axis,))

    def _norm(self, a: Any, ord: Any, axis: Any, keepdims: bool) -> Any:  # noqa: A002 - NumPy's name
        """Write a norm of vectors as NumPy computes it."""
        if not self.loops or not isinstance(a, Value) or a.dtype.kind != "f":
            raise _Unknown
        of_matrices = (axis is None and len(a.shape) > 1) or isinstance(axis, tuple)
        if of_matrices and ord not in (None, "fro"):
            raise _Unknown
        if ord in (None, 2, "fro"):
            return self._ufunc(np.sqrt, self._reduce(np.add, self._ufunc(np.square, a), axis, keepdims))
        size = self._ufunc(np.absolute, a)
        if ord in (math.inf, -math.inf):
            return self._reduce(np.maximum if ord > 0 else np.minimum, size, axis, keepdims)
        if ord == 1:
            return self._reduce(np.add, size, axis, keepdims)
        if ord == 0:
            raise _Unknown
        total = self._reduce(np.add, self._ufunc(np.power, size, float(ord)), axis, keepdims)
        return self._ufunc(np.power, total, 1 / ord)

    def _flip(self, a: Value, axis: Any = None) -> Value:
        axes = range(len(a.shape)) if axis is None else normalize_axis_tuple(axis, len(a.shape))
        return self._part(a, tuple([slice(None, None, -1 if k in axes else None) for k in range(len(a.shape))]))

    def _view(self, function: Callable[..., Array], a: Value, *rest: Any) -> Value:
        return self._add("view", function, [a], function(_hollow(a), *rest).shape, a.dtype, rest=rest)


def _is_zero(operand: Any) -> bool:
    return type(operand) in (int, float) and operand == 0 and math.copysign(1, operand) == 1


def _triangle(a: Value, k: int) -> Array:
    """Say which elements of matrices are on the diagonal k or below."""
    rows, columns = (a.shape * 2)[-2:]  # those of a vector are its rows
    return np.tri(rows, columns, k, dtype=np.bool)


def _rank(part: Any) -> int:
    """Count the axes of what stands in an index; what is no array or integer has none of the kind."""
    return part.ndim if isinstance(part, np.ndarray) else 0 if isinstance(part, int) else -1


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


def _hollow(value: Value) -> Array:
    """Make an array of a value's shape that takes no memory, to ask NumPy for the shape of what is made of it."""
    return np.broadcast_to(np.ones((), value.dtype), value.shape)


def _product_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Find the shape of a product of matrices of which one at least is a batch."""
    rows, columns = (a[-2:-1] if len(a) > 1 else ()), (b[-1:] if len(b) > 1 else ())
    return (*np.broadcast_shapes(a[:-2], b[:-2]), *rows, *columns)
