"""What is known about an activation, and how it is called: as an expression, or as one operation.

Nothing is registered here, and nothing checked but the arguments.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from microgradnet.leaving import unfollowed
from microgradnet.ops.elementwise import masked, where
from microgradnet.record import Recorded, primitive, primitives, scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Tensor

__all__ = ["Activation", "Derivative"]

Derivative = Callable[..., Any]
"""``derivative(z, a, **parameters)``: f′(z), given the input z and the value a = f(z), whichever is handier. Where f
works along an axis it is ``derivative(g, z, a, **parameters)``: the gradient of z, given that of a."""

_OF_INPUTS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Activation:
    """An activation and what is known about it, as `activation` was told. Calling it computes its value.

    Without a hand-written derivative, a call on a tensor runs the expression in a scope of the activation's name:
    all derivatives follow from the operations, and a drawing shows a box. With one, a call is one operation, whose
    derivative it is. An operation of the package stays itself. A copy of an activation is itself, as
    of a function; a pickle of a registered one holds its name.

    Attributes
    ----------
    name : str
    function : callable
        ``function(x, **parameters)``, as it was given.
    parameters : mapping of str to object
        What else it takes, with the defaults.
    learnable : tuple of str
        Which of them a layer trains.
    derivatives : mapping of str to callable
        The derivatives worked out by hand: of x, under its name in `function`, and of each learnable parameter;
        empty where none were.
    elementwise : bool
        Whether each element of the result depends on the element at its place only.
    symbol, formula, latex, range, source, monotonic, kinks :
        As given to `activation`; None where it wasn't said.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.activations["leaky_relu"]
    <activation leaky_relu(x, negative_slope=0.01)>
    >>> mg.activations["leaky_relu"](-2.0, negative_slope=0.5)
    np.float64(-1.0)
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        derivative: Derivative | Mapping[str, Derivative] | None = None,
        learnable: Any = (),
        elementwise: bool = True,
        **facts: Any,
    ) -> None:
        self.name = name
        self.function = function
        self.argument: str
        self.parameters: Mapping[str, Any]
        self.argument, self.parameters = _signature(name, function)
        self.learnable: tuple[str, ...] = _learnable(name, learnable, self.parameters)
        self.derivatives: Mapping[str, Derivative] = _derivatives(name, derivative, self.argument, self.learnable)
        self.elementwise = elementwise
        self.symbol: str | None = facts.get("symbol")
        self.formula: str | None = facts.get("formula")
        self.latex: str | None = facts.get("latex")
        self.range: tuple[float, float] | None = facts.get("range")
        self.source: str | None = facts.get("source")
        self.monotonic: bool | None = facts.get("monotonic")
        self.kinks: tuple[float, ...] | None = facts.get("kinks")
        _check_facts(self)
        self.__name__ = self.__qualname__ = name
        self.__module__ = getattr(function, "__module__", __name__)
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        self.__signature__: inspect.Signature = inspect.Signature(
            [
                inspect.Parameter(self.argument, inspect.Parameter.POSITIONAL_ONLY),
                *(
                    inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=v)
                    for k, v in self.parameters.items()
                ),
            ]
        )
        if hasattr(function, "primitive"):
            self._run = function
        else:
            self._run = self._as_operation() if self.derivatives else self._as_expression

    @overload
    def __call__(self, x: Tensor, /, *parameters: Any, **named: Any) -> Tensor: ...
    @overload
    def __call__(self, x: ArrayLike, /, *parameters: Any, **named: Any) -> NDArray[Any]: ...
    def __call__(self, /, *given: Any, **named: Any) -> Any:
        """Compute the value of x: an array of a plain array, a `Tensor` of a `Tensor`."""
        return self._run(*given, **named)

    def __repr__(self) -> str:
        given = [self.argument, *(f"{k}={v!r}" for k, v in self.parameters.items())]
        return f"<activation {self.name}({', '.join(given)})>"

    def __copy__(self) -> Activation:
        return self  # as a function is its own copy

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Activation:
        return self

    def pull(self, g: Any, z: Any, a: Any, /, **parameters: Any) -> dict[str, Any]:
        """Return the gradients worked out by hand, given g, that of the value a = f(z).

        Parameters
        ----------
        g, a : array
            Of one shape.
        z : array
        **parameters
            Those that don't have their default.

        Returns
        -------
        dict of str to array
            Under the names in `derivatives`; for a learnable parameter one for each element, not yet added up.

        Raises
        ------
        ValueError
            If no derivative by hand is known.
        """
        if not self.derivatives:
            raise ValueError(
                f"no derivative by hand is known of {self.name!r}; "
                f"register it with activation({self.name}, derivative=lambda z, a: ...)"
            )
        given = {**self.parameters, **parameters}
        return {of: unfollowed(self._pulled(of, g, z, a, given)) for of in self.derivatives}

    def _pulled(self, of: str, g: Any, z: Any, a: Any, parameters: Mapping[str, Any]) -> Any:
        derivative = self.derivatives[of]
        if not self.elementwise:
            return derivative(g, z, a, **parameters)
        mask, slope = pieces(derivative(z, a, **parameters))
        passed = g if mask is None else masked(g, mask)
        return passed if slope is None else passed * slope

    @property
    def is_composed(self) -> bool:
        """Whether a call is made of several operations or inputs, and not one operation of x."""
        return not hasattr(self._run, "primitive")

    # --- the ways to be called -------------------------------------------------------------------------

    def _as_expression(self, /, *given: Any, **named: Any) -> Any:
        if any(isinstance(x, Recorded) for x in (*given, *named.values())):
            with scope(self.name):
                return self.function(*given, **named)
        return self.function(*given, **named)

    def _as_operation(self) -> Callable[..., Any]:
        """Declare the operation that has x and the learnable parameters as inputs, and the others as static."""
        inputs = (self.argument, *self.learnable)
        static = [name for name in self.parameters if name not in self.learnable]
        order = (*self.learnable, *static)

        def forward(_: Any, /, *given: Any, **rest: Any) -> Any:
            return self.function(given[0], **dict(zip(order, given[1:], strict=False)), **rest)

        def vjp(of: str) -> Callable[..., Any]:
            def pulled(g: Any, y: Any, x: Any, /, *learned: Any, **rest: Any) -> Any:
                return self._pulled(of, g, x, y, {**dict(zip(self.learnable, learned, strict=True)), **rest})

            return pulled

        vjps = [vjp(of) for of in inputs]
        forward.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                *(inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD) for k in ("_", *inputs)),
                *(
                    inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=self.parameters[k])
                    for k in static
                ),
            ]
        )
        for function in (forward, *vjps):
            function.__module__ = self.__module__
        operation = primitive(
            forward,
            vjps,
            name=_free(self.name),
            latex=self.latex or rf"\operatorname{{{{{self.name}}}}}({{0}})".replace("_", r"\_"),
            symbol=self.symbol or self.name,
            doc=self.__doc__,
        )
        if not self.learnable:
            return operation
        signature = self.__signature__

        def call(*given: Any, **named: Any) -> Any:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            return operation(*(bound.arguments[k] for k in inputs), **{k: bound.arguments[k] for k in static})

        return call


def pieces(derivative: Any) -> tuple[Any, Any]:
    """Take a derivative apart: where it isn't 0, and what it is there; None for everywhere, and for one."""
    if isinstance(derivative, tuple):
        mask, slope = derivative
        return mask, slope
    return (derivative, None) if getattr(derivative, "dtype", None) == np.bool_ else (None, derivative)


def as_numbers(derivative: Any) -> Any:
    """Write a derivative as an array of slopes."""
    mask, slope = pieces(derivative)
    return slope if mask is None else where(mask, 1 if slope is None else slope, 0)


def _free(name: str) -> str:
    """Return a name that no operation has: that of the activation, or with a number."""
    number, free = 1, name
    while free in primitives:
        number += 1
        free = f"{name}_{number}"
    return free


# --- what is refused -----------------------------------------------------------------------------------


def _signature(name: str, function: Callable[..., Any]) -> tuple[str, Mapping[str, Any]]:
    """Read from a function what its first argument is called, and its parameters with their defaults."""
    if isinstance(function, np.ufunc):  # what it takes beside x is about memory
        return "x", MappingProxyType({})
    taken = list(inspect.signature(function).parameters.values())
    first, rest = next(iter(taken), None), taken[1:]
    if first is None or first.kind not in (*_OF_INPUTS, inspect.Parameter.VAR_POSITIONAL):
        raise TypeError(f"activation {name!r}: the function must take x as its first argument, and takes none")
    for p in rest:
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            raise TypeError(
                f"activation {name!r}: the parameter {p.name!r} has no default; "
                "a layer calls an activation with x alone"
            )
    argument = first.name if first.kind in _OF_INPUTS else "x"
    return argument, MappingProxyType(
        {p.name: p.default for p in rest if p.kind in _NAMED and p.default is not p.empty}
    )


def _learnable(name: str, learnable: Any, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = {learnable} if isinstance(learnable, str) else set(learnable)
    if unknown := sorted(map(str, wanted - parameters.keys())):
        raise ValueError(f"activation {name!r}: learnable names {unknown}, but its parameters are {list(parameters)}")
    for k in wanted:
        if isinstance(parameters[k], bool) or not isinstance(parameters[k], int | float):
            raise TypeError(
                f"activation {name!r}: {k!r} is learnable, so its default must be a number, got {parameters[k]!r}"
            )
    return tuple(k for k in parameters if k in wanted)


def _derivatives(name: str, derivative: Any, argument: str, learnable: tuple[str, ...]) -> Mapping[str, Derivative]:
    if derivative is None:
        return MappingProxyType({})
    needed = (argument, *learnable)
    if not isinstance(derivative, Mapping):
        if learnable:
            raise TypeError(
                f"activation {name!r}: with learnable parameters, derivative= is a mapping with a function for each of "
                f"{list(needed)}"
            )
        derivative = {argument: derivative}
    if set(derivative) != set(needed):
        raise ValueError(f"activation {name!r}: derivative= has {list(derivative)}, but must have {list(needed)}")
    for d in derivative.values():
        if not callable(d):
            raise TypeError(f"activation {name!r}: the derivative must be a function of (z, a), got {type(d).__name__}")
    return MappingProxyType({k: derivative[k] for k in needed})


def _check_facts(declared: Activation) -> None:
    """Refuse facts that aren't what they should be."""
    name = declared.name
    for fact in ("symbol", "formula", "latex", "source"):
        value = getattr(declared, fact)
        if value is not None and not isinstance(value, str):
            raise TypeError(f"activation {name!r}: {fact}= must be a string, got {type(value).__name__}")
    if declared.formula is not None and "\n" in declared.formula:
        raise ValueError(f"activation {name!r}: formula= must be one line")
    for fact in ("elementwise", "monotonic"):
        value = getattr(declared, fact)
        if value is not None and not isinstance(value, bool):
            raise TypeError(f"activation {name!r}: {fact}= must be True or False, got {value!r}")
    if declared.range is not None:
        ends = _numbers(name, "range", declared.range)
        if len(ends) != 2 or not ends[0] <= ends[1]:
            raise ValueError(f"activation {name!r}: range= must be (lowest, highest), got {ends}")
        declared.range = (ends[0], ends[1])
    if declared.kinks is not None:
        declared.kinks = _numbers(name, "kinks", declared.kinks)


def _numbers(name: str, fact: str, values: Any) -> tuple[float, ...]:
    try:
        numbers = tuple(map(float, values))
    except (TypeError, ValueError):
        raise TypeError(f"activation {name!r}: {fact}= must be a tuple of numbers, got {values!r}") from None
    if any(map(math.isnan, numbers)):
        raise ValueError(f"activation {name!r}: {fact}= must be numbers, got {numbers}")
    return numbers
