"""Activations by name: one registry, and one door into it, which the built-in ones use like everybody's own.

An activation is an elementwise function made of the package's operations, so its gradient is automatic. Its
derivative worked out by hand may be registered beside it; formulas derived by hand use that one.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, overload

from microgradnet.ops import relu, sigmoid, sign, softplus, tanh

__all__ = ["Activations", "activation", "activations", "derivative_of", "find"]

Activation = Callable[[Any], Any]
Derivative = Callable[[Any, Any], Any]
"""``derivative(z, a)``: f′(z), given the pre-activation z and the activation a = f(z), whichever is handier."""

_F = TypeVar("_F", bound=Activation)

_functions: dict[str, Activation] = {}
_derivatives: dict[str, Derivative | None] = {}


class Activations(Mapping[str, Activation]):
    """The registered activations by name. Reading only; `activation` registers."""

    def __getitem__(self, name: str) -> Activation:
        try:
            return _functions[name]
        except KeyError:
            raise UnknownActivation(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(_functions)

    def __len__(self) -> int:
        return len(_functions)

    def __contains__(self, name: object) -> bool:
        return name in _functions

    def __repr__(self) -> str:
        return f"<activations: {', '.join(_functions)}>"


class UnknownActivation(KeyError):
    """Raised for a name that nobody registered; says which come near it."""

    def __str__(self) -> str:
        (name,) = self.args
        near = difflib.get_close_matches(str(name), _functions, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"there is no activation {name!r}; {hint}registered are {', '.join(_functions)}"


activations = Activations()


@overload
def activation(function: _F, /) -> _F: ...
@overload
def activation(
    function: None = None, /, *, name: str | None = None, derivative: Derivative | None = None, replace: bool = False
) -> Callable[[_F], _F]: ...
@overload
def activation(
    function: _F, /, *, name: str | None = None, derivative: Derivative | None = None, replace: bool = False
) -> _F: ...
def activation(
    function: Any = None,
    /,
    *,
    name: str | None = None,
    derivative: Derivative | None = None,
    replace: bool = False,
) -> Any:
    """Register an activation, as ``@activation`` or ``@activation(name=..., derivative=...)``.

    Parameters
    ----------
    function : callable
        Takes a tensor or array of any shape and returns one of the same shape, each element computed from
        the one at its place. Made of this package's operations, it needs no derivative.
    name : str, optional
        What it is called wherever an activation can be named. The default is the function's own name.
    derivative : callable, optional
        The derivative worked out by hand, ``derivative(z, a)`` with the pre-activation z and the activation
        a = function(z). Needed only where gradients are compared with formulas derived by hand.
    replace : bool
        Allow a name that is in use.

    Returns
    -------
    callable
        The function itself, unchanged.

    Raises
    ------
    TypeError
        If the function, the name or the derivative is not what it should be.
    ValueError
        If the name is in use, or the function has none.

    Examples
    --------
    >>> from microgradnet.nn import activation, activations
    >>> import microgradnet as mg
    >>> @activation(derivative=lambda z, a: 2 * z * a * -1, replace=True)
    ... def bump(z):
    ...     return mg.exp(-(z**2))
    >>> activations["bump"](0.0)
    np.float64(1.0)
    """
    if function is None:
        return lambda f: activation(f, name=name, derivative=derivative, replace=replace)
    if not callable(function):
        raise TypeError(f"activation: a function is needed, got {type(function).__name__}")
    if derivative is not None and not callable(derivative):
        raise TypeError(f"activation: the derivative must be a function of (z, a), got {type(derivative).__name__}")
    if name is None:
        name = getattr(function, "__name__", "<lambda>")
        if name == "<lambda>":
            raise ValueError("activation: this function has no name of its own; pass name=")
    if not isinstance(name, str) or not name:
        raise TypeError(f"activation: the name must be a string that isn't empty, got {name!r}")
    if name in _functions and not replace:
        raise ValueError(f"activation: the name {name!r} is in use; choose another, or pass replace=True")
    _functions[name] = function
    _derivatives[name] = derivative
    return function


def find(named: str | Activation) -> Activation:
    """Return the activation of that name; a function is returned as it is.

    Raises
    ------
    KeyError
        If nobody registered the name.
    TypeError
        If it is neither a name nor a function.
    """
    if isinstance(named, str):
        return activations[named]
    if not callable(named):
        raise TypeError(f"an activation is given by name or as a function, got {type(named).__name__}")
    return named


def derivative_of(named: str | Activation) -> Derivative:
    """Return the derivative worked out by hand that was registered with an activation.

    Raises
    ------
    KeyError
        If nobody registered the name.
    ValueError
        If it was registered without one, or the function was never registered.
    """
    function = find(named)
    names = [named] if isinstance(named, str) else [n for n, f in _functions.items() if f is function]
    for name in names:
        derivative = _derivatives[name]
        if derivative is not None:
            return derivative
    called = names[0] if names else getattr(function, "__name__", "activation")
    raise ValueError(
        f"no derivative by hand is known of {called!r}; "
        f"register it with activation({called}, derivative=lambda z, a: ...)"
    )


# --- the built-in ones -------------------------------------------------------------------------------


@activation(derivative=lambda z, a: 0 * z + 1)
def identity(z: Any) -> Any:
    """Return z itself: f(z) = z, f′(z) = 1."""
    return z


activation(sigmoid, derivative=lambda z, a: a * (1 - a))
activation(tanh, derivative=lambda z, a: 1 - a * a)
activation(relu, derivative=lambda z, a: sign(a))
activation(softplus, derivative=lambda z, a: sigmoid(z))
