"""Lowering: from the operations of a Graph to the few kinds of steps that both backends know.

How an operation is computed is read from its declaration: `source`, the NumPy expression that it is written as,
is parsed into calls of ufuncs, whose outputs can be told where to go. Where that doesn't do, `forward` is traced,
and stands for the operations that it calls. These are two mechanisms for every operation, one's own included. What
can't be taken apart in either way is called as it is; so is, where NumPy is to carry it out, what has `on_numpy` for
what would be many steps. What is a step only where there are loops is in `looping`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from microgradnet.compiler.routine import INTO, Instruction, Kind, Value
from microgradnet.compiler.tracing import trace_forward
from microgradnet.graph import Entry
from microgradnet.ops.elementwise import masked
from microgradnet.ops.indexing import with_arrays
from microgradnet.record import Array
from microgradnet.template import placeholder

__all__ = ["Lowering", "Target", "Unknown", "hollow"]

Target = Literal["numpy", "numba", "javascript"]


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

_WEAK = (int, float, bool)


class Unknown(Exception):
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


class Lowering:
    """Steps and values in the making. An operand is a `Value`, an array, or one of Python's numbers.

    Attributes
    ----------
    own : dict
        How functions of NumPy's are steps beside those that every backend knows.
    """

    def __init__(self, backend: Target = "numpy") -> None:
        self.backend = backend
        self.own: dict[Any, Callable[..., Any]] = {}
        self.values: list[Value] = []
        self.steps: list[Instruction] = []
        self.constants: dict[Any, Value] = {}
        self.contiguous: set[int] = set()
        self.transposed: dict[int, Value] = {}  # the value that a matrix is the transpose of
        self.entry: Any = None
        self.within: list[Any] = []  # the operations whose forwards are being traced

    def value(self, shape: tuple[int, ...], dtype: Any, constant: Array | None = None) -> Value:
        """Make a value."""
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
                if not isinstance(result, Value | np.ndarray | np.generic | int | float):
                    raise Unknown
                if isinstance(result, Value) and (result.shape, result.dtype) != (entry.shape, entry.dtype):
                    raise Unknown
            except (Unknown, TypeError, ValueError, ArithmeticError, IndexError):
                del self.steps[before:]  # the values that they left behind are nobody's
            else:
                steps = self.steps[before:]
                if not kernel or (len(steps) <= LONG and all(step.kind != "call" for step in steps)):
                    return result
                del self.steps[before:]
                break
        else:
            if self.within:
                raise Unknown  # where not all of it can be taken apart, the outermost operation is called
        arrays = [i for i in inputs if type(i) not in _WEAK]
        return self._add("call", _calling(entry, inputs), arrays, entry.shape, entry.dtype)

    def _traced(self, entry: Entry, inputs: list[Any]) -> Any:
        """Carry out what the forward of an operation does, if that comes down to steps all of which are known."""
        operation: Any = entry.operation
        if operation in self.within:
            raise Unknown  # it is nothing but itself
        shapes = {k: (i.shape, i.dtype) for k, i in enumerate(inputs) if isinstance(i, Value)}
        traced = trace_forward(operation, inputs, shapes, entry.static)
        if traced is None:
            raise Unknown
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
            raise Unknown
        for name, default in operation.defaults.items():
            if placeholder(name) not in template.names and entry.static.get(name, default) is not default:
                raise Unknown  # the expression doesn't say everything
        scope = {placeholder(i): x for i, x in enumerate(inputs)}
        for name, value in entry.static.items():
            scope[placeholder(name)] = with_arrays(value, tuple(inputs), 0)  # in an index inputs may stand
        scope |= {f.name: f for f in ast.parse(template.helper).body if isinstance(f, ast.FunctionDef)}
        return self._evaluate(template.expression, scope)

    def _inlined(self, function: ast.FunctionDef, args: Sequence[Any]) -> Any:  # noqa: ARG002
        """Carry out a function that the source defines."""
        raise Unknown

    def _evaluate(self, node: ast.expr, scope: Mapping[str, Any]) -> Any:
        """Turn an expression into steps; what isn't written down here raises `Unknown`."""

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
            case ast.Slice(lower=low, upper=high, step=step):
                return slice(*(None if part is None else of(part) for part in (low, high, step)))
            case ast.Attribute(value=a, attr="shape" | "dtype" as attribute):
                return getattr(self.array(of(a)), attribute)
            case ast.Attribute(value=a, attr="T"):
                return self._transpose(self.array(of(a)))
            case ast.Subscript(value=a, slice=ast.Tuple(elts=[])):
                return of(a)
            case ast.Subscript(value=a, slice=index):
                return self._part(of(a), of(index))
            case ast.Call(func=ast.Attribute() as path, args=parts, keywords=keywords) if _numpys(path) is not None:
                args, static = [of(a) for a in parts], {str(k.arg): of(k.value) for k in keywords}
                return self._function(_numpys(path), args, static)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if type(scope.get(name)) is ast.FunctionDef:
                return self._inlined(scope[name], [*map(of, args)])
            case ast.Call(func=ast.Attribute(value=a, attr="reshape"), args=[shape], keywords=[]):
                return self._reshape(of(a), of(shape))
            case ast.Call(func=ast.Attribute(value=a, attr="astype"), args=[dtype], keywords=[]):
                return self._astype(of(a), np.dtype(of(dtype)))
        raise Unknown

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
        if function in self.own:
            return self.own[function](*args, **static)
        if not args or not isinstance(args[0], Value):
            raise Unknown
        if function in (np.zeros_like, np.ones_like, np.full_like):
            return function(hollow(args[0]), *args[1:], **static)
        if function is np.flip and not static:
            return self._flip(*args)
        if function in (np.var, np.std):
            return self._spread(function, args[0], **static)
        if len(args) == 1 and static.keys() <= {"axis", "dtype", "keepdims"} and static.get("dtype") is None:
            rest = static.get("axis"), bool(static.get("keepdims", False))
            if function in _REDUCTIONS:
                return self._reduce(_REDUCTIONS[function], args[0], *rest)
            size = math.prod(args[0].shape)
            if function is np.mean and args[0].dtype.char in "fd" and size:
                return self._mean(args[0], *rest)
        if function in (np.transpose, np.broadcast_to) and not static:
            return self._view(function, args[0], *args[1:])
        raise Unknown

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
            raise Unknown
        deviation = self._ufunc(np.subtract, a, self._mean(a, axis, True))
        total = self._reduce(np.add, self._ufunc(np.multiply, deviation, deviation), axis, keepdims)
        freedom = math.prod(a.shape) // math.prod(total.shape) - ddof
        if freedom <= 0:
            raise Unknown  # NumPy warns
        variance = self._ufunc(np.divide, total, freedom)
        return self._ufunc(np.sqrt, variance) if function is np.std else variance

    def _where(self, condition: Any, a: Any, b: Any) -> Value:
        if not any(isinstance(i, Value) for i in (condition, a, b)):
            raise Unknown
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
            raise Unknown
        return a if a.dtype == dtype else self._add("function", np.astype, [a], a.shape, dtype, rest=(dtype,))

    def _ufunc(self, ufunc: np.ufunc, *inputs: Any) -> Any:
        if ufunc.signature is not None or ufunc.nout != 1:
            raise Unknown
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
            raise Unknown
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
            raise Unknown
        known = math.prod(n for n in shape if n != -1)
        full = tuple(n if n != -1 else math.prod(a.shape) // known for n in shape)
        kind: Kind = "view" if a.id in self.contiguous else "function"  # which may be a copy
        result = self._add(kind, np.reshape, [a], full, a.dtype, rest=(full,))
        self.contiguous.add(result.id)
        return result

    def _part(self, a: Any, index: Any) -> Value:
        parts = index if isinstance(index, tuple) else (index,)
        if not isinstance(a, Value) or not all(i is None or i is ... or type(i) in (int, slice) for i in parts):
            raise Unknown
        parts = parts if ... in parts else (*parts, ...)  # so that one element is a view too
        return self._view(operator.getitem, a, parts)

    def _flip(self, a: Value, axis: Any = None) -> Value:
        axes = range(len(a.shape)) if axis is None else normalize_axis_tuple(axis, len(a.shape))
        return self._part(a, tuple([slice(None, None, -1 if k in axes else None) for k in range(len(a.shape))]))

    def _view(self, function: Callable[..., Array], a: Value, *rest: Any) -> Value:
        return self._add("view", function, [a], function(hollow(a), *rest).shape, a.dtype, rest=rest)


def _numpys(path: ast.Attribute) -> Any:
    """Find what a name such as ``np.exp`` or ``np.linalg.norm`` stands for; None for another."""
    match path:
        case ast.Attribute(value=ast.Name(id="np"), attr=name):
            return getattr(np, name, None)
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="np"), attr="linalg"), attr=name):
            return getattr(np.linalg, name, None)
    return None


def _is_zero(operand: Any) -> bool:
    return type(operand) in (int, float) and operand == 0 and math.copysign(1, operand) == 1


def hollow(value: Value) -> Array:
    """Make an array of a value's shape that takes no memory, to ask NumPy for the shape of what is made of it."""
    return np.broadcast_to(np.ones((), value.dtype), value.shape)


def _product_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Find the shape of a product of matrices of which one at least is a batch."""
    rows, columns = (a[-2:-1] if len(a) > 1 else ()), (b[-1:] if len(b) > 1 else ())
    return (*np.broadcast_shapes(a[:-2], b[:-2]), *rows, *columns)
