"""`Tensor`: an array that remembers how it was made, with Python's operators and NumPy's protocols.

No mathematics lives here: each operator and method calls the operation of that name, and `backward` calls
the one reverse pass.
"""

from __future__ import annotations

import inspect
import operator
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from microgradnet import ops
from microgradnet.backward import in_dtype, own, reachable, reverse
from microgradnet.leaving import (
    LostGradient,
    Running,
    array_of,
    called,
    constant_of,
    followed,
    frozen,
    library_function,
    number_of,
    numbers_made,
    running,
    warn_of_numbers,
)
from microgradnet.objects import joined, objects_of
from microgradnet.ops.creation import copy
from microgradnet.ops.instead import INSTEAD, OF_OTHERS, UNTOLD, full_name, missing, refusal
from microgradnet.ops.scientific import OF_SCIPY
from microgradnet.ops.statistics import running_extreme
from microgradnet.ops.writing import assign, at, in_place, is_leaf, write, write_out
from microgradnet.ownership import held
from microgradnet.plain import REAL, NotPlain, array, is_array, knows_how, plain, standard
from microgradnet.record import (
    CONSTANT,
    Recorded,
    attach,
    current_scope,
    in_child_of_fork,
    leaf,
    namespace,
    numpy_functions,
    results_are,
    within,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import Axis, DType, Input

__all__ = ["Tensor", "tensor"]


def tensor(data: Any, *, requires_grad: bool = False, dtype: DType = None, name: str | None = None) -> Tensor:
    """Make a tensor from a copy of some data.

    Parameters
    ----------
    data : array_like or Tensor
        Numbers of any shape: of Python's or NumPy's, an array of NumPy's, lists of numbers. An array of another
        library that follows the Array API standard (of JAX, of array-api-strict) stays in it, and so does what
        operations, `backward` and `gradients` compute of such tensors. All else is refused.
    requires_grad : bool
        Whether gradients with respect to it are wanted. Only floating dtypes can have them.
    dtype : dtype, optional
        The default is that of the data.
    name : str, optional
        What pictures, listings and errors call it.

    Returns
    -------
    Tensor
        A leaf: given, not computed.

    Raises
    ------
    TypeError
        If gradients are wanted of integers, booleans or complex numbers; if the data are a matrix, a masked array,
        records, objects, text, dates, or an array of a library that doesn't follow the standard (the error says
        what to give instead); or a tensor that is being recorded.

    Examples
    --------
    >>> import microgradnet as mg
    >>> w = mg.tensor([1.0, 2.0, 3.0], requires_grad=True, name="w")
    >>> loss = mg.sum(w**2)
    >>> loss.backward()
    >>> w.grad
    array([2., 4., 6.])
    """
    if isinstance(data, Recorded):
        if followed(data):
            raise TypeError("tensor() would copy a tensor out of its record and lose its gradient; detach() it first")
        data = data._value
    if standard(data):
        xp = data.__array_namespace__()
        value = xp.asarray(data, dtype=dtype, copy=True)
        floating = bool(xp.isdtype(value.dtype, "real floating"))
    else:
        copied = np.array(plain(data, "tensor()"), dtype=dtype, order="K")
        if copied.dtype.kind not in "fiubc":
            raise TypeError(
                f"tensor() takes dtypes of numbers, got {copied.dtype}, which NumPy also has for integers of more than "
                "64 bits; give float(x) of those"
            )
        value = copied if copied.ndim else copied[()]
        floating = value.dtype.kind == "f"
    if requires_grad and not floating:
        raise TypeError(
            f"only floating-point tensors can require gradients, got dtype {value.dtype}; "
            "pass dtype=float (or float32) to convert"
        )
    if name is not None and not isinstance(name, str):
        raise TypeError(f"a name must be a string, got {type(name).__name__}")
    result: Tensor = attach(value, leaf(value, requires_grad=bool(requires_grad), name=name))
    return result


_adding = threading.RLock()
"""Held while gradients are added up in leaves, which several threads may share."""


@in_child_of_fork
def _renew_lock() -> None:
    global _adding
    _adding = threading.RLock()


_Operator = Callable[["Tensor", "Input"], "Tensor"]


def _operator(operation: Callable[..., Any], name: str, theirs: str) -> _Operator:
    """Make the method of an operator; `theirs` is the one that Python would call of the other operand."""

    def operator(self: Tensor, other: Any) -> Any:
        try:
            return operation(self, other)
        except NotPlain as error:
            return _answered(error, self, other, theirs)

    operator.__name__ = name
    operator.__qualname__ = f"Tensor.{name}"
    return operator


def _reflected(operation: Callable[..., Any], name: str) -> _Operator:
    """Make the method of an operator for a tensor that stands on the right, where the other operand had no answer."""

    def reflected(self: Tensor, other: Any) -> Any:
        return operation(other, self)

    reflected.__name__ = name
    reflected.__qualname__ = f"Tensor.{name}"
    return reflected


def _updating(operation: Callable[[Any, Any], Any], sign: str) -> _Operator:
    """Make the method of an in-place operator."""

    def update(self: Tensor, other: Any) -> Any:
        self.concrete(f"in-place {sign}") if is_leaf(self) else None
        if self.requires_grad and is_leaf(self):
            if current_scope() is not None:
                raise TypeError(
                    f"in-place {sign} on a tensor that is being recorded would change a value its graph still needs; "
                    f"write t = t {sign[:-1]} other, or update a leaf under mg.no_grad()"
                )
            self.data = operation(self, other)
            return self
        return in_place(self, operation, other, f"t {sign} other")

    update.__name__ = f"in-place {sign}"
    return update


def _answered(error: NotPlain, tensor: Tensor, other: Any, theirs: str) -> Any:
    """Let an operand that isn't plain answer if it knows how; else raise what there is against it."""
    if not isinstance(other, Recorded) and knows_how(other):
        method = getattr(type(other), theirs, None)
        answer = NotImplemented if method is None else method(other, tensor)
        if answer is not NotImplemented:
            return answer
    if theirs in ("__eq__", "__ne__") and not is_array(other):  # as of all that are of another kind: not the same
        return NotImplemented
    raise error


def _answer_of(error: NotPlain, ufunc: Any, inputs: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Let an input of a NumPy function that isn't plain answer if it knows how; else raise what there is against it."""
    for theirs in inputs:
        protocol = None if isinstance(theirs, Recorded) else getattr(type(theirs), "__array_ufunc__", None)
        if protocol is not None and knows_how(theirs):
            answer = protocol(theirs, ufunc, "__call__", *inputs, **kwargs)
            if answer is not NotImplemented:
                return answer
    raise error


class _InLoops(Recorded):
    """What NumPy's loops over objects call, by the names of its functions, and whoever is used to: ``t.exp()``."""

    __slots__ = ()


for _ufunc, _operation in numpy_functions.items():
    if isinstance(_ufunc, np.ufunc) and any(set(_types) == set("O->") for _types in _ufunc.types):
        setattr(_InLoops, _ufunc.__name__, _operation)


class Tensor(_InLoops):
    """An array that remembers how it was made. `tensor` makes one; operations on tensors return more.

    It behaves like a NumPy array: operators, NumPy's everyday methods, and NumPy's functions themselves
    (``np.exp(t)``) work on it. A tensor is a leaf (it was given) or the result of an operation.
    """

    __slots__ = ()
    __array_priority__: ClassVar[float] = 1000.0
    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    # --- value, gradient, name -----------------------------------------------------------------------

    @property
    def data(self) -> NDArray[Any]:
        """The value as a NumPy array.

        Of a leaf it is writable, and ``w.data -= 0.1 * w.grad`` updates the leaf: what was recorded before
        keeps the values it was recorded with. Of a result it is read-only. It is copied where a graph still needs it;
        and, as long as somebody else holds on to it, once for every use that is recorded.
        """
        value = constant_of(self, ".data")
        if self._node.primitive is not None:
            view = np.asarray(value).view()
            view.flags.writeable = False
            return view
        if self._settled:
            del value  # which would count as somebody who holds it
            if not held(self):
                self._value = np.array(self._value, order="K")
            self._settled = False
        leaf_value: NDArray[Any] = self._value
        return leaf_value

    @data.setter
    def data(self, value: Any) -> None:
        if value is self.concrete("a new value"):
            return
        node = self._node
        if node.primitive is not None:
            raise AttributeError(
                f"the data of a result (of {node.primitive.name}) can't be replaced, only that of a leaf"
            )
        given = value.concrete("the value") if isinstance(value, Recorded) else value
        if standard(self._value):
            new = _copied(given, self._value, ".data =")
        else:
            new = np.array(plain(given, ".data ="), order="K")
            if new.dtype != self.dtype:
                new = new.astype(self.dtype, casting="same_kind")
        if new.shape != self._value.shape:
            raise ValueError(f"the data of this tensor have shape {self._value.shape}, got {new.shape}")
        self._value = new[()] if isinstance(new, np.ndarray) else new
        self._settled = isinstance(self._value, REAL)

    @property
    def grad(self) -> NDArray[Any] | Tensor | None:
        """What `backward` has added up here: None, an array, or a Tensor after ``create_graph=True``."""
        grad: NDArray[Any] | Tensor | None = self._node.grad
        return grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if not self.requires_grad or self._node.primitive is not None:
            raise AttributeError("only a leaf that requires gradients has a grad to set")
        if value is not None:
            value = value if isinstance(value, Recorded) else _copied(value, self._value, ".grad =")
            if value.shape != self.shape:
                raise ValueError(f"the gradient of this tensor has shape {self.shape}, got {value.shape}")
            value = np.array(value) if isinstance(value, np.generic) else value
        self._node.grad = value

    @property
    def requires_grad(self) -> bool:
        """Whether derivatives flow through this tensor. Can be set on a leaf."""
        return self._node.requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._node.primitive is not None:
            raise RuntimeError("requires_grad can be changed on a leaf only; use detach() on a result")
        if value and self.dtype.kind != "f":
            raise TypeError(f"only floating-point tensors can require gradients, got dtype {self.dtype}")
        if bool(value) != self._node.requires_grad:
            self._node = leaf(self._value, requires_grad=bool(value), name=self.name)

    @property
    def name(self) -> str | None:
        """What pictures, listings and errors call it. Can be set."""
        return self._node.name

    @name.setter
    def name(self, value: str | None) -> None:
        if value is not None and not isinstance(value, str):
            raise TypeError(f"a name must be a string, got {type(value).__name__}")
        if self._node is CONSTANT:
            self._node = leaf(self._value, requires_grad=False, name=value)
        else:
            self._node.name = value

    @property
    def shape(self) -> tuple[int, ...]:
        """Its size along each axis."""
        shape: tuple[int, ...] = self._value.shape
        return shape

    @property
    def ndim(self) -> int:
        """Its number of axes."""
        ndim: int = self._value.ndim
        return ndim

    @property
    def size(self) -> int:
        """Its number of elements."""
        size: int = self._value.size
        return size

    @property
    def nbytes(self) -> int:
        """The number of bytes that its elements take."""
        nbytes: int = self._value.nbytes
        return nbytes

    @property
    def itemsize(self) -> int:
        """The number of bytes that an element takes."""
        return self.dtype.itemsize

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of its elements."""
        if sys._getframe(1).f_globals.get("__name__") in _CONVERTING:
            raise AttributeError("dtype")
        dtype: np.dtype[Any] = self._value.dtype
        return dtype

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The transpose: axes in reverse order."""
        return ops.transpose(self)

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The transpose of the last two axes."""
        return ops.swapaxes(self, -1, -2)

    def numpy(self) -> NDArray[Any]:
        """Return the value as a NumPy array of its own, outside the record."""
        return np.array(constant_of(self, ".numpy()"), order="K")

    def detach(self) -> Tensor:
        """Return a tensor of the same value that gradients don't flow through."""
        if self._node.traced:
            return ops.elementwise.detached(self)
        result: Tensor = attach(self._value if self._settled else np.array(self._value, order="K"), CONSTANT)
        return result

    def item(self, *index: Any) -> Any:
        """Return the value of a one-element tensor, or that of the element at an index, as a Python number."""
        if index:
            return constant_of(self, ".item()").item(*index)
        if self.size != 1:
            raise ValueError(f"item() takes a tensor of one element; this one has shape {self.shape}")
        return _item(constant_of(self, ".item()"))

    def tobytes(self, order: str = "C") -> bytes:
        """Return the bytes of the value."""
        return constant_of(self, ".tobytes()").tobytes(order)  # type: ignore[no-any-return]

    def tolist(self) -> Any:
        """Return the value as nested lists of Python numbers."""
        return constant_of(self, ".tolist()").tolist()

    # --- the reverse pass ----------------------------------------------------------------------------

    def backward(self, gradient: Any = None, *, create_graph: bool = False, retain_graph: bool = False) -> None:
        """Add ∂self/∂leaf to the `grad` of every leaf that this tensor was computed from.

        Parameters
        ----------
        gradient : array_like or Tensor, optional
            The seed: the cotangent of this tensor, of its shape. It may be left out where that is one number.
        create_graph : bool
            Record the pass itself, so that gradients can be differentiated again; `grad` is then a Tensor.
        retain_graph : bool
            Keep what the graph has saved, so that it can be gone through again. Otherwise it is freed as the
            pass goes on; the structure remains, and can be drawn.

        Raises
        ------
        RuntimeError
            If this tensor doesn't depend on one that requires gradients, or an earlier pass has freed the graph.
        ValueError
            If a seed is missing, or has the wrong shape.

        Warns
        -----
        UserWarning
            If ``float(t)``, or a function of `math`, has made a number of something that this tensor was computed
            from: what was computed from that number has no gradient. ``t.item()`` says that a constant is meant.
        """
        node = self._node
        if not node.requires_grad:
            raise RuntimeError(
                "backward: this tensor does not depend on any tensor that requires gradients; make one with "
                "mg.tensor(..., requires_grad=True), and compute outside of no_grad()"
            )
        seed = seed_for(self, gradient, "backward")
        if numbers_made():
            warn_of_numbers(reachable(node)[1], node, "backward")
        recorded = create_graph or node.traced
        if recorded:
            with within(node.scope):
                found = Running("backward").call(reverse, (node, constant(seed)))
        else:
            found = reverse(node, seed._value if isinstance(seed, Recorded) else seed, free=not retain_graph)
        with _adding:  # of two threads that read a sum and write theirs, the later one would win
            for leaf_node in list(found):
                g = own(found, leaf_node, recorded)
                leaf_node.grad = g if leaf_node.grad is None else in_dtype(leaf_node.grad + g, leaf_node)

    # --- operators -----------------------------------------------------------------------------------

    __add__: ClassVar[_Operator] = _operator(ops.add, "__add__", "__radd__")
    __radd__: ClassVar[_Operator] = _reflected(ops.add, "__radd__")
    __sub__: ClassVar[_Operator] = _operator(ops.subtract, "__sub__", "__rsub__")
    __rsub__: ClassVar[_Operator] = _reflected(ops.subtract, "__rsub__")
    __mul__: ClassVar[_Operator] = _operator(ops.multiply, "__mul__", "__rmul__")
    __rmul__: ClassVar[_Operator] = _reflected(ops.multiply, "__rmul__")
    __truediv__: ClassVar[_Operator] = _operator(ops.divide, "__truediv__", "__rtruediv__")
    __rtruediv__: ClassVar[_Operator] = _reflected(ops.divide, "__rtruediv__")
    __floordiv__: ClassVar[_Operator] = _operator(ops.floor_divide, "__floordiv__", "__rfloordiv__")
    __rfloordiv__: ClassVar[_Operator] = _reflected(ops.floor_divide, "__rfloordiv__")
    __mod__: ClassVar[_Operator] = _operator(ops.remainder, "__mod__", "__rmod__")
    __rmod__: ClassVar[_Operator] = _reflected(ops.remainder, "__rmod__")
    __pow__: ClassVar[_Operator] = _operator(ops.power, "__pow__", "__rpow__")
    __rpow__: ClassVar[_Operator] = _reflected(ops.power, "__rpow__")
    __matmul__: ClassVar[_Operator] = _operator(ops.matmul, "__matmul__", "__rmatmul__")
    __rmatmul__: ClassVar[_Operator] = _reflected(ops.matmul, "__rmatmul__")
    __and__: ClassVar[_Operator] = _operator(ops.bitwise_and, "__and__", "__rand__")
    __rand__: ClassVar[_Operator] = _reflected(ops.bitwise_and, "__rand__")
    __or__: ClassVar[_Operator] = _operator(ops.bitwise_or, "__or__", "__ror__")
    __ror__: ClassVar[_Operator] = _reflected(ops.bitwise_or, "__ror__")
    __xor__: ClassVar[_Operator] = _operator(ops.bitwise_xor, "__xor__", "__rxor__")
    __rxor__: ClassVar[_Operator] = _reflected(ops.bitwise_xor, "__rxor__")
    __eq__: ClassVar[_Operator] = _operator(ops.equal, "__eq__", "__eq__")  # type: ignore[assignment]
    __ne__: ClassVar[_Operator] = _operator(ops.not_equal, "__ne__", "__ne__")  # type: ignore[assignment]
    __lt__: ClassVar[_Operator] = _operator(ops.less, "__lt__", "__gt__")
    __le__: ClassVar[_Operator] = _operator(ops.less_equal, "__le__", "__ge__")
    __gt__: ClassVar[_Operator] = _operator(ops.greater, "__gt__", "__lt__")
    __ge__: ClassVar[_Operator] = _operator(ops.greater_equal, "__ge__", "__le__")

    def __divmod__(self, other: Input) -> tuple[Tensor, Tensor]:
        return self // other, self % other

    def __rdivmod__(self, other: Input) -> tuple[Tensor, Tensor]:
        return other // self, other % self

    def __neg__(self) -> Tensor:
        return ops.negative(self)

    def __pos__(self) -> Tensor:
        return ops.positive(self)

    def __abs__(self) -> Tensor:
        return ops.absolute(self)

    def __invert__(self) -> Tensor:
        return ops.invert(self)

    def __round__(self, decimals: int = 0) -> Tensor:
        return ops.round(self, decimals)

    __iadd__: ClassVar[_Operator] = _updating(operator.add, "+=")
    __isub__: ClassVar[_Operator] = _updating(operator.sub, "-=")
    __imul__: ClassVar[_Operator] = _updating(operator.mul, "*=")
    __itruediv__: ClassVar[_Operator] = _updating(operator.truediv, "/=")
    __ipow__: ClassVar[_Operator] = _updating(operator.pow, "**=")
    __imatmul__: ClassVar[_Operator] = _updating(operator.matmul, "@=")
    __ifloordiv__: ClassVar[_Operator] = _updating(operator.floordiv, "//=")
    __imod__: ClassVar[_Operator] = _updating(operator.mod, "%=")
    __iand__: ClassVar[_Operator] = _updating(operator.and_, "&=")
    __ior__: ClassVar[_Operator] = _updating(operator.or_, "|=")
    __ixor__: ClassVar[_Operator] = _updating(operator.xor, "^=")

    # --- parts and iteration -------------------------------------------------------------------------

    __getitem__ = ops.getitem

    def __setitem__(self, index: Any, value: Any) -> None:
        assign(self, index, value)

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(self.shape[0]))

    def __contains__(self, value: Any) -> bool:
        given = value._value if isinstance(value, Recorded) else array(value, "in")
        return bool(np.any(self.concrete("in") == given))

    def __dir__(self) -> list[str]:
        """Name what there is."""
        return [name for name in super().__dir__() if name not in _ELSEWHERE]

    # --- conversions ---------------------------------------------------------------------------------

    def _number(self, kind: str) -> Any:
        if self.size != 1:
            raise TypeError(f"{kind}() takes a tensor of one element; this one has shape {self.shape}")
        return _item(number_of(self, kind))

    def __float__(self) -> float:
        return float(self._number("float"))

    def as_integer_ratio(self) -> tuple[int, int]:
        """Return two integers whose quotient is the one element; `statistics` and `fractions` ask for them."""
        return float(self).as_integer_ratio()

    def __int__(self) -> int:
        return int(self._number("int"))

    def __complex__(self) -> complex:
        return complex(self._number("complex"))

    def __index__(self) -> int:
        if self.ndim or self.dtype.kind not in "iub":
            raise TypeError(f"only a 0-d integer tensor can be an index, not shape {self.shape} of {self.dtype}")
        return int(self._number("operator.index"))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"the truth value of a tensor of shape {self.shape} is ambiguous; use mg.any(t) or mg.all(t), "
                "np.maximum(a, b) for max(a, b), and np.where(condition, a, b) for if and else"
            )
        return bool(self.concrete("the truth value"))

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        value = self.concrete("the text")
        return format(_item(value) if self.size == 1 else value, spec)

    # --- NumPy's protocols ---------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.generic]:
        if followed(self):
            if sys._getframe(1).f_code is _INDEX_TRICKS:
                return _joined(self)
            whole = dtype is not None and np.dtype(dtype).kind in "iub"  # which has no derivative, as in `astype`
            if whole and not self._node.traced:
                return np.array(self.concrete("a NumPy array"), dtype=dtype, order="K")
            objects: NDArray[np.generic] | None = objects_of(self, dtype, copy, INSTEAD)
            if objects is not None:
                return objects
        return np.array(array_of(self, _INSTEAD), dtype=dtype, order="K")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if kwargs or method != "__call__":  # mostly there is nothing to look at, which takes 0.3 us
            if (out := kwargs.pop("out", None)) is not None:
                return write_out(out, f"np.{ufunc.__name__}", partial(getattr(ufunc, method), *inputs), kwargs)
            if method == "at":
                return at(ufunc, *inputs)
            if method != "__call__":
                return _of_ufunc(ufunc, method, inputs, kwargs)
            if "where" in kwargs:
                raise TypeError(
                    f"np.{ufunc.__name__}: where= leaves what it doesn't name undefined, so it goes with out= alone; "
                    f"write np.where(mask, np.{ufunc.__name__}(t), value)"
                )
        operation = _operation_of(ufunc)
        if operation is None:
            operation = _of_scipy(ufunc)
        try:
            return operation(*inputs, **kwargs) if kwargs else operation(*inputs)
        except NotPlain as error:
            return _answer_of(error, ufunc, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if len(args) > 1:
            if (len(args) > 2 or function in _OUT_SECOND) and len(args) > _place_of_out(function):
                args, kwargs = _named_out(function, args, kwargs)
        elif function is _where and args:
            return ops.nonzero(*args)
        if kwargs and ("out" in kwargs or "device" in kwargs):
            kwargs = {k: v for k, v in kwargs.items() if k != "device"}  # which ``like=`` takes along
            if (out := kwargs.pop("out", None)) is not None:
                return write_out(out, f"np.{function.__name__}", partial(function, *args), kwargs)
        operation = _operation_of(function)
        if operation is None:
            raise refusal(function)
        try:
            return operation(*args, **kwargs) if kwargs else operation(*args)
        except NotPlain:
            whole = tuple(map(joined, args))
            if all(map(operator.is_, whole, args)):
                raise
            return operation(*whole, **kwargs)

    # --- copies, pickles, text -----------------------------------------------------------------------

    def __copy__(self) -> Tensor:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        make, (state,) = self.__reduce__()
        return make(state)  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        run = running()
        if run is not None and followed(self):
            raise LostGradient(
                f"{run.caller}: a copy of {called(self._node)} has no gradient; t.copy() and np.copy(t) make one that "
                "has"
            )
        if self._node.primitive is not None:
            raise TypeError(
                f"a result (of {self._node.primitive.name}) can't be copied or pickled, since its graph would be lost; "
                "give t.numpy() to what plots or saves it; to keep a tensor, detach() it first, or pickle the leaves"
            )
        return _leaf, ((constant_of(self, "a copy"), self.requires_grad, self.name, self.grad),)

    def __str__(self) -> str:
        if frozen(self):
            self.concrete("the text")
        return repr(self)

    def __repr__(self) -> str:
        value = np.asarray(self._value)
        if frozen(self):
            parts = [f"traced, shape={value.shape}"]
        else:
            parts = [np.array2string(value, separator=", ", prefix="tensor(")]
        if value.dtype != np.float64:
            parts.append(f"dtype={value.dtype}")
        if self.name is not None:
            parts.append(f"name={self.name!r}")
        if self.requires_grad:
            parts.append("requires_grad=True")
        if self._node.primitive is not None:
            parts.append(f"from {self._node.primitive.name}")
        return f"tensor({', '.join(parts)})"

    # --- NumPy's everyday methods --------------------------------------------------------------------

    def sum(
        self, axis: Axis = None, dtype: DType = None, out: Tensor | None = None, keepdims: bool = False, **over: Any
    ) -> Tensor:
        """Return `microgradnet.sum` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.sum(self, axis=axis, dtype=dtype, keepdims=keepdims)
        return _by_numpy("sum", self, axis=axis, dtype=dtype, keepdims=keepdims, **_given(out=out), **over)

    def prod(
        self, axis: Axis = None, dtype: DType = None, out: Tensor | None = None, keepdims: bool = False, **over: Any
    ) -> Tensor:
        """Return `microgradnet.prod` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.prod(self, axis=axis, dtype=dtype, keepdims=keepdims)
        return _by_numpy("prod", self, axis=axis, dtype=dtype, keepdims=keepdims, **_given(out=out), **over)

    def mean(
        self, axis: Axis = None, dtype: DType = None, out: Tensor | None = None, keepdims: bool = False, **over: Any
    ) -> Tensor:
        """Return `microgradnet.mean` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.mean(self, axis=axis, dtype=dtype, keepdims=keepdims)
        return _by_numpy("mean", self, axis=axis, dtype=dtype, keepdims=keepdims, **_given(out=out), **over)

    def var(
        self,
        axis: Axis = None,
        dtype: DType = None,
        out: Tensor | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        **over: Any,
    ) -> Tensor:
        """Return `microgradnet.var` of this tensor; `over` is NumPy's ``where``."""
        if out is None and not over:
            return ops.var(self, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims)
        return _by_numpy("var", self, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, **_given(out=out), **over)

    def std(
        self,
        axis: Axis = None,
        dtype: DType = None,
        out: Tensor | None = None,
        ddof: float = 0,
        keepdims: bool = False,
        **over: Any,
    ) -> Tensor:
        """Return `microgradnet.std` of this tensor; `over` is NumPy's ``where``."""
        if out is None and not over:
            return ops.std(self, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims)
        return _by_numpy("std", self, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, **_given(out=out), **over)

    def max(self, axis: Axis = None, out: Tensor | None = None, keepdims: bool = False, **over: Any) -> Tensor:
        """Return `microgradnet.max` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.max(self, axis=axis, keepdims=keepdims)
        return _by_numpy("max", self, axis=axis, keepdims=keepdims, **_given(out=out), **over)

    def min(self, axis: Axis = None, out: Tensor | None = None, keepdims: bool = False, **over: Any) -> Tensor:
        """Return `microgradnet.min` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.min(self, axis=axis, keepdims=keepdims)
        return _by_numpy("min", self, axis=axis, keepdims=keepdims, **_given(out=out), **over)

    def any(self, axis: Axis = None, out: Tensor | None = None, keepdims: bool = False, **over: Any) -> Tensor:
        """Return `microgradnet.any` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.any(self, axis=axis, keepdims=keepdims)
        return _by_numpy("any", self, axis=axis, keepdims=keepdims, **_given(out=out), **over)

    def all(self, axis: Axis = None, out: Tensor | None = None, keepdims: bool = False, **over: Any) -> Tensor:
        """Return `microgradnet.all` of this tensor; `over` are NumPy's ``initial`` and ``where``."""
        if out is None and not over:
            return ops.all(self, axis=axis, keepdims=keepdims)
        return _by_numpy("all", self, axis=axis, keepdims=keepdims, **_given(out=out), **over)

    def argmax(self, axis: int | None = None, out: Tensor | None = None, *, keepdims: bool = False) -> Tensor:
        """Return `microgradnet.argmax` of this tensor."""
        return _into(out, "argmax", ops.argmax(self, axis=axis, keepdims=keepdims))

    def argmin(self, axis: int | None = None, out: Tensor | None = None, *, keepdims: bool = False) -> Tensor:
        """Return `microgradnet.argmin` of this tensor."""
        return _into(out, "argmin", ops.argmin(self, axis=axis, keepdims=keepdims))

    def cumsum(self, axis: int | None = None, dtype: DType = None, out: Tensor | None = None) -> Tensor:
        """Return `microgradnet.cumsum` of this tensor."""
        return _into(out, "cumsum", ops.cumsum(self, axis=axis, dtype=dtype))

    def cumprod(self, axis: int | None = None, dtype: DType = None, out: Tensor | None = None) -> Tensor:
        """Return `microgradnet.cumprod` of this tensor."""
        return _into(out, "cumprod", ops.cumprod(self, axis=axis, dtype=dtype))

    def dot(self, other: Input, out: Tensor | None = None) -> Tensor:
        """Return `microgradnet.dot` of this tensor."""
        return _into(out, "dot", ops.dot(self, other))

    def reshape(self, *shape: Any, order: str = "C") -> Tensor:
        """Return `microgradnet.reshape` of this tensor."""
        return ops.reshape(self, shape[0] if len(shape) == 1 else shape, order)

    def ravel(self, order: str = "C") -> Tensor:
        """Return `microgradnet.ravel` of this tensor."""
        return ops.ravel(self, order)

    def flatten(self, order: str = "C") -> Tensor:
        """Return a copy of the elements as one axis."""
        return copy(ops.ravel(self, order))

    def copy(self, order: str = "C") -> Tensor:
        """Return `microgradnet.copy` of this tensor."""
        return copy(self, order)

    def fill(self, value: Input) -> None:
        """Write one value everywhere."""
        write(self, ..., value, what="t.fill")

    def put(self, indices: Any, values: Input, mode: str = "raise") -> None:
        """Write values at positions of the flattened tensor, as `numpy.put`."""
        _by_numpy("put", self, indices, values, mode)

    def sort(self, axis: int = -1, kind: str | None = None, *, stable: bool | None = None) -> None:
        """Sort in place; `microgradnet.sort` returns a sorted tensor."""
        write(self, ..., ops.sort(self, axis, kind, stable=stable), what="t.sort")

    def argsort(self, axis: int | None = -1, kind: str | None = None, *, stable: bool | None = None) -> Tensor:
        """Return `microgradnet.argsort` of this tensor."""
        return ops.argsort(self, axis, kind, stable=stable)

    def nonzero(self) -> tuple[NDArray[Any], ...]:
        """Return the indices of what isn't 0: arrays, which are constants."""
        indices: tuple[NDArray[Any], ...] = np.nonzero(self.concrete("nonzero, whose shape depends on the values,"))
        return indices

    def conj(self) -> Tensor:
        """Return this tensor: its numbers are real."""
        return self

    conjugate = conj

    @property
    def real(self) -> Tensor:
        """The tensor itself: its numbers are real."""
        return self

    @property
    def imag(self) -> Tensor:
        """Zeros."""
        return ops.zeros_like(self)

    def transpose(self, *axes: Any) -> Tensor:
        """Return `microgradnet.transpose` of this tensor."""
        return ops.transpose(self, None if not axes else axes[0] if len(axes) == 1 else axes)

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Return `microgradnet.swapaxes` of this tensor."""
        return ops.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Axis = None) -> Tensor:
        """Return `microgradnet.squeeze` of this tensor."""
        return ops.squeeze(self, axis)

    def repeat(self, repeats: Any, axis: int | None = None) -> Tensor:
        """Return `microgradnet.repeat` of this tensor."""
        return ops.repeat(self, repeats, axis)

    def take(self, indices: Any, axis: int | None = None, out: Tensor | None = None, mode: str = "raise") -> Tensor:
        """Return `microgradnet.take` of this tensor."""
        return _into(out, "take", ops.take(self, indices, axis, mode=mode))

    def clip(
        self,
        min: Input | None = None,  # noqa: A002 - NumPy's names
        max: Input | None = None,  # noqa: A002
        out: Tensor | None = None,
    ) -> Tensor:
        """Return `microgradnet.clip` of this tensor."""
        return _into(out, "clip", ops.clip(self, min, max))

    def round(self, decimals: int = 0, out: Tensor | None = None) -> Tensor:
        """Return `microgradnet.round` of this tensor."""
        return _into(out, "round", ops.round(self, decimals))

    def compress(self, condition: Any, axis: int | None = None, out: Tensor | None = None) -> Tensor:
        """Return `numpy.compress` of this tensor."""
        return _by_numpy("compress", condition, self, axis, **_given(out=out))

    def choose(self, choices: Any, out: Tensor | None = None, mode: str = "raise") -> Tensor:
        """Return `numpy.choose` of this tensor, whose integers say which of the choices is taken."""
        return _by_numpy("choose", self, choices, mode=mode, **_given(out=out))

    def searchsorted(self, v: Any, side: str = "left", sorter: Any = None) -> Any:
        """Return `numpy.searchsorted` of this tensor."""
        return _by_numpy("searchsorted", self, v, side, sorter)

    def partition(self, kth: Any, axis: int = -1) -> None:
        """Sort in place as far as needed for some places, as `numpy.partition` does of a copy."""
        write(self, ..., _by_numpy("partition", self, kth, axis), what="t.partition")

    def argpartition(self, kth: Any, axis: int | None = -1) -> Tensor:
        """Return `numpy.argpartition` of this tensor."""
        return _by_numpy("argpartition", self, kth, axis)

    def astype(
        self,
        dtype: DType,
        order: str = "K",  # noqa: ARG002
        casting: Any = "unsafe",
        copy: bool = True,  # noqa: ARG002
    ) -> Tensor:
        """Return `microgradnet.astype` of this tensor; `order` and `copy` are accepted, as NumPy's."""
        if dtype is not None and not np.can_cast(self.dtype, dtype, casting):
            raise TypeError(f"astype: {self.dtype} can't be cast to {np.dtype(dtype)} by the rule {casting!r}")
        return ops.astype(self, dtype)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return `microgradnet.diagonal` of this tensor."""
        return ops.diagonal(self, offset, axis1, axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
        """Return `microgradnet.trace` of this tensor."""
        return ops.trace(self, offset, axis1, axis2)


def _by_numpy(name: str, *arguments: Any, **options: Any) -> Tensor:
    """Call a function of NumPy's, whose types know no tensors."""
    result: Tensor = getattr(np, name)(*arguments, **options)
    return result


def _given(**options: Any) -> dict[str, Any]:
    """Leave out what was not given."""
    return {name: value for name, value in options.items() if value is not None}


def _into(out: Tensor | None, name: str, result: Tensor) -> Tensor:
    """Return a result, or write it into what was given as ``out``."""
    return result if out is None else write_out(out, f"t.{name}", lambda: result, {})


def _item(value: Any) -> Any:
    """Return the only element of an array as a Python number."""
    return value.item() if hasattr(value, "item") else float(value)


def _leaf(state: tuple[Any, bool, str | None, Any]) -> Tensor:
    value, requires_grad, name, grad = state
    result = tensor(value, requires_grad=requires_grad, name=name)
    plain_grad = grad is not None and not isinstance(grad, Recorded)
    result._node.grad = namespace([grad]).asarray(grad, copy=True) if plain_grad else grad
    return result


_floating = np.floating


def seed_for(output: Recorded, seed: Any, caller: str, what: str = "seed", of: str = "output") -> Any:
    """Return the seed of a reverse pass: as given, in the output's shape and dtype, or one for a single number."""
    value = output._value
    if seed is None:
        if isinstance(value, _floating):
            return type(value)(1)
        if value.size != 1:
            raise ValueError(
                f"{caller}: the output has shape {value.shape}; pass a seed of that shape, or reduce it to one "
                "number (mg.sum, mg.mean)"
            )
        return namespace([value]).ones_like(value)[()]
    if not isinstance(seed, Recorded):
        seed = _copied(seed, value, f"{caller}: the {what}")
    if seed.shape != value.shape:
        raise ValueError(f"{caller}: the {what} has shape {seed.shape}, but the {of} has shape {value.shape}")
    return seed


def _copied(value: Any, like: Any, whose: str) -> Any:
    """Copy what was given for an array into its library and dtype."""
    xp = namespace([like])
    if xp is np or not standard(value):
        value = plain(value, whose)
        if np.iscomplexobj(value):  # NumPy would drop a part of it
            raise TypeError(f"{whose}: real numbers are wanted, got {np.asarray(value).dtype}; give x.real")
    copied = xp.asarray(value, dtype=like.dtype, copy=True)
    return copied[()] if xp is np else copied


def constant(value: Any) -> Tensor:
    """Make a constant tensor of an array of the record's own; leave tensors as they are."""
    return value if isinstance(value, Tensor) else attach(value[()], CONSTANT)


def _of_scipy(ufunc: Any) -> Any:
    """Look up what a ufunc of SciPy's calls on tensors, or say what to write instead."""
    found = OF_SCIPY.get(full_name(ufunc))
    if found is None:
        raise refusal(ufunc)
    return found


def _of_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what a method of a ufunc does, where there is an operation for it, or say what to write instead."""
    if method == "reduce" and ufunc in _REDUCTIONS:
        return _REDUCTIONS[ufunc](*inputs, **{"axis": 0, **kwargs})
    if method == "accumulate" and ufunc in _RUNNING:
        if np.ndim(inputs[0]) == 0:
            raise TypeError(f"np.{ufunc.__name__}.accumulate: a number has no axis to go along")
        return _RUNNING[ufunc](*inputs, **{"axis": 0, **kwargs})
    if method == "outer" and ufunc in numpy_functions:
        a, b = inputs
        ndim = ops.ndim(a)
        return numpy_functions[ufunc](ops.expand_dims(a, tuple(range(ndim, ndim + ops.ndim(b)))), b, **kwargs)
    raise refusal(ufunc, method)


def _named_out(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give an ``out`` by its name that was given by its position, and what follows it."""
    names, i = _signature(function), _place_of_out(function)
    return args[:i], {**dict(zip(names[i:], args[i:], strict=False)), **kwargs}


@cache
def _place_of_out(function: Any) -> int:
    """Say before how many other arguments of a NumPy function its ``out`` stands; behind all where it has none."""
    names = _signature(function)
    return names.index("out") if "out" in names else sys.maxsize


@cache
def _signature(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return []
    return [] if any(p.kind is p.VAR_POSITIONAL for p in parameters.values()) else list(parameters)


_where, _operation_of = np.where, numpy_functions.get  # 0.1 us less than at each use
_OUT_SECOND = frozenset({np.fix, np.isneginf, np.isposinf})
"""NumPy's functions of two arguments whose second is an ``out``."""
_INDEX_TRICKS = type(np.r_).__getitem__.__code__


class _Joined(np.ndarray[Any, Any]):
    """The numbers of a tensor on their way through ``np.r_[...]`` and ``np.c_[...]``, where the tensor comes out again.

    That code of NumPy's asks for arrays, of any class, gives them more axes, and joins them by `numpy.concatenate`.
    """

    tensor: Any = None

    def __array_finalize__(self, made_of: Any) -> None:
        self.tensor = getattr(made_of, "tensor", None)

    def transpose(self, axes: Any) -> _Joined:  # type: ignore[override]
        """Permute the axes, also of the tensor."""
        return _joined(ops.transpose(self.joined(), axes))

    def joined(self) -> Tensor:
        """Return the tensor, with the axes and in the dtype that it was given since."""
        tensor: Tensor = ops.astype(ops.reshape(self.tensor, self.shape), self.dtype)
        return tensor

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is not np.concatenate:
            raise refusal(function)
        parts = [part.joined() if isinstance(part, _Joined) else part for part in args[0]]
        return ops.concatenate(parts, *args[1:], **kwargs)


def _joined(tensor: Tensor) -> _Joined:
    made = np.array(tensor._value).view(_Joined)
    made.tensor = tensor
    return made


class _Elsewhere:
    """An attribute that tensors have elsewhere: who asks for it is told what to write here.

    A ``__getattr__`` would do the same, and make every attribute of a tensor slower.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> NoReturn:
        words = missing(self.name, ops.__all__, of_tensor=True)
        asked = library_function() if instance is not None else None
        if asked in INSTEAD:  # as SciPy's code that asks an array for its strides
            words = f"; {asked} takes none: {INSTEAD[asked]}"
        raise AttributeError(f"'Tensor' object has no attribute {self.name!r}{words}", name=self.name, obj=instance)


_INSTEAD = INSTEAD | UNTOLD
"""What to write instead of a function that takes a tensor for an array."""

_CONVERTING = ("numpy._core._methods", "numpy.lib._nanfunctions_impl")
"""Where NumPy converts the mean of an array of objects to the dtype of their sum, if that has one."""

_ELSEWHERE = {*OF_OTHERS, *ops.__all__, *dir(np.ndarray), *(name.rpartition(".")[2] for name in INSTEAD)}
_ELSEWHERE = {name for name in _ELSEWHERE.difference(dir(Tensor)) if not name.startswith("_")}
for _name in _ELSEWHERE:
    setattr(Tensor, _name, _Elsewhere(_name))

_REDUCTIONS: dict[Any, Callable[..., Any]] = {
    np.add: ops.sum, np.multiply: ops.prod, np.maximum: ops.max, np.minimum: ops.min, np.fmax: ops.nanmax,
    np.fmin: ops.nanmin, np.logaddexp: ops.logsumexp, np.logical_and: ops.all, np.logical_or: ops.any,
}  # fmt: skip
_RUNNING: dict[Any, Callable[..., Any]] = {
    np.add: ops.cumsum, np.multiply: ops.cumprod, np.maximum: running_extreme,
    np.minimum: partial(running_extreme, sign=-1),
}  # fmt: skip

results_are(Tensor, joined)
