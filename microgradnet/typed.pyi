"""What a type checker and an editor know of a call. There is nothing here to run: a room for checkers only.

A tensor among the inputs of an operation gives a tensor; arrays and numbers give an array. Each protocol says so for
one number of inputs. `P` are the static arguments, with the names, types and defaults of the declaration; most
have none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Concatenate, Protocol, TypeAlias, TypeVar, overload

import numpy as np
from _typeshed import DataclassInstance
from numpy.typing import DTypeLike, NDArray
from typing_extensions import ParamSpec

from microgradnet.record import Primitive as Primitive
from microgradnet.tensor import Tensor as Tensor

P = ParamSpec("P", default=[])
R_co = TypeVar("R_co", covariant=True)

Array: TypeAlias = NDArray[Any]
"""What operations make of arrays and numbers. A single number may be NumPy's scalar, which has the same methods."""

ArrayLike: TypeAlias = complex | np.number[Any] | np.bool | NDArray[Any] | Sequence["ArrayLike"]
"""What is plain: an array, a number, lists of numbers. Unlike NumPy's alias of this name it leaves out tensors."""

Input: TypeAlias = Tensor | ArrayLike

Number: TypeAlias = complex | np.number[Any] | np.bool
Numbers: TypeAlias = Number | NDArray[Any] | Sequence["Number | Numbers_"]
"""What is one array where it is differentiated: a list of arrays is no array, but a container."""

Numbers_: TypeAlias = Sequence["Number | Numbers_"]

Tree = TypeVar("Tree", bound=Mapping[Any, Any] | list[Any] | tuple[Any, ...] | DataclassInstance)
"""A container of arrays; its gradient is one of the same type."""

Function: TypeAlias = Callable[Concatenate[Any, P], Any]
"""What can be differentiated with respect to its first argument."""

Axis: TypeAlias = int | tuple[int, ...] | None
DType: TypeAlias = DTypeLike | None

class Operation(Protocol):
    """What operations have beside being called. Those that are composed of others have no `primitive`."""

    __name__: str

    @property
    def primitive(self) -> Primitive: ...

class Unary(Operation, Protocol[P]):
    """Of one input."""

    @overload
    def __call__(self, x: Tensor, /, *static: P.args, **named: P.kwargs) -> Tensor: ...
    @overload
    def __call__(self, x: ArrayLike, /, *static: P.args, **named: P.kwargs) -> Array: ...

class Reduction(Operation, Protocol):
    """Of one input, along axes."""

    @overload
    def __call__(self, a: Tensor, /, axis: Axis = None, keepdims: bool = False) -> Tensor: ...
    @overload
    def __call__(self, a: ArrayLike, /, axis: Axis = None, keepdims: bool = False) -> Array: ...

class ReductionOver(Operation, Protocol):
    """Of one input, along axes, of the elements that a mask names."""

    @overload
    def __call__(
        self,
        a: Tensor,
        /,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        where: Input = True,
        initial: Input | None = None,
    ) -> Tensor: ...
    @overload
    def __call__(
        self,
        a: ArrayLike,
        /,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        where: Input = True,
        initial: Input | None = None,
    ) -> Array: ...

class ReductionIn(Operation, Protocol):
    """The same, computed in a dtype."""

    @overload
    def __call__(
        self,
        a: Tensor,
        /,
        axis: Axis = None,
        dtype: DType = None,
        keepdims: bool = False,
        *,
        where: Input = True,
        initial: Input | None = None,
    ) -> Tensor: ...
    @overload
    def __call__(
        self,
        a: ArrayLike,
        /,
        axis: Axis = None,
        dtype: DType = None,
        keepdims: bool = False,
        *,
        where: Input = True,
        initial: Input | None = None,
    ) -> Array: ...

class Binary(Operation, Protocol[P]):
    """Of two inputs."""

    @overload
    def __call__(self, a: Tensor, b: Input, /, *static: P.args, **named: P.kwargs) -> Tensor: ...
    @overload
    def __call__(self, a: ArrayLike, b: Tensor, /, *static: P.args, **named: P.kwargs) -> Tensor: ...
    @overload
    def __call__(self, a: ArrayLike, b: ArrayLike, /, *static: P.args, **named: P.kwargs) -> Array: ...

class Ternary(Operation, Protocol):
    """Of three inputs."""

    @overload
    def __call__(self, a: Tensor, b: Input, c: Input, /) -> Tensor: ...
    @overload
    def __call__(self, a: Input, b: Tensor, c: Input, /) -> Tensor: ...
    @overload
    def __call__(self, a: Input, b: Input, c: Tensor, /) -> Tensor: ...
    @overload
    def __call__(self, a: ArrayLike, b: ArrayLike, c: ArrayLike, /) -> Array: ...

class Leading(Operation, Protocol[P]):
    """Of one input and perhaps more: whether there are others among `P` isn't known."""

    @overload
    def __call__(self, x: Tensor, /, *rest: P.args, **named: P.kwargs) -> Tensor: ...
    @overload
    def __call__(self: Leading[[]], x: ArrayLike, /) -> Array: ...
    @overload
    def __call__(self, x: ArrayLike, /, *rest: P.args, **named: P.kwargs) -> Any: ...

class Variadic(Operation, Protocol):
    """Of any number of inputs."""

    @overload
    def __call__(self, a: Tensor, /, *inputs: Input, **static: Any) -> Tensor: ...
    @overload
    def __call__(self, a: ArrayLike, b: Tensor, /, *inputs: Input, **static: Any) -> Tensor: ...
    @overload
    def __call__(self, *inputs: ArrayLike, **static: Any) -> Array: ...

class Joining(Operation, Protocol[P]):
    """Of a sequence of inputs."""

    # What is declared as a list of tensors or arrays may hold arrays only; that it holds a tensor is the likelier.
    @overload
    def __call__(self, arrays: Iterable[ArrayLike], /, *static: P.args, **named: P.kwargs) -> Array: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, arrays: Iterable[Input], /, *static: P.args, **named: P.kwargs) -> Tensor: ...

class Splitting(Operation, Protocol[P]):
    """Of one input, several results."""

    @overload
    def __call__(self, x: Tensor, /, *static: P.args, **named: P.kwargs) -> list[Tensor]: ...
    @overload
    def __call__(self, x: ArrayLike, /, *static: P.args, **named: P.kwargs) -> list[Array]: ...

class OfFirst(Protocol[R_co, P]):
    """What a transform makes of a function: of an array or a number as the first argument it is `R_co`.

    A tensor there is being differentiated outside, or is not: what is returned is then a tensor, or an array.
    """

    @overload
    def __call__(self, x: Numbers, /, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, x: Tensor, /, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    @overload
    def __call__(self, x: Tree, /, *args: P.args, **kwargs: P.kwargs) -> Any: ...

class OfAny(Protocol[R_co]):
    """The same, where the arguments to differentiate are any: of arrays and numbers alone it is `R_co`."""

    @overload
    def __call__(self, *args: Numbers, **kwargs: Any) -> R_co: ...
    @overload
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

class Gradient(Protocol[P]):
    """What `grad` makes of a function."""

    @overload
    def __call__(self, x: Numbers, /, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, x: Tensor, /, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    @overload
    def __call__(self, x: Tree, /, *args: P.args, **kwargs: P.kwargs) -> Tree: ...

class GradientAndAux(Protocol[P]):
    """The same of a function that returns something on the side."""

    @overload
    def __call__(self, x: Numbers, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Array, Any]: ...
    @overload
    def __call__(self, x: Tensor, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Any, Any]: ...
    @overload
    def __call__(self, x: Tree, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Tree, Any]: ...

class ValueAndGradient(Protocol[P]):
    """What `value_and_grad` makes of a function."""

    @overload
    def __call__(self, x: Numbers, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Array, Array]: ...
    @overload
    def __call__(self, x: Tensor, /, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    @overload
    def __call__(self, x: Tree, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Array, Tree]: ...

class ValueGradientAndAux(Protocol[P]):
    """The same of a function that returns something on the side."""

    @overload
    def __call__(self, x: Numbers, /, *args: P.args, **kwargs: P.kwargs) -> tuple[tuple[Array, Any], Array]: ...
    @overload
    def __call__(self, x: Tensor, /, *args: P.args, **kwargs: P.kwargs) -> tuple[tuple[Any, Any], Any]: ...
    @overload
    def __call__(self, x: Tree, /, *args: P.args, **kwargs: P.kwargs) -> tuple[tuple[Array, Any], Tree]: ...
