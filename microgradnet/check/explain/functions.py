"""The declared functions of one number, applied element by element: σ, tanh, exp, and activations of several steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Inapplicable, declared
from microgradnet.record import Primitive, compositions, primitives
from microgradnet.transforms import vjp

__all__ = ["Function", "elementwise", "few", "of_operation", "recognised"]

Array = Any

FAMILIAR = {"σ", "tanh", "ReLU", "softplus", "exp"}
"""The symbols of functions that are confused most easily."""

FEW = 512
"""How many of the elements of an array are looked at first."""


@dataclass(frozen=True)
class Function:
    """A function of one number and its derivative.

    Attributes
    ----------
    name, symbol : str
    compute : callable
        ``compute(x)``.
    pull : callable
        ``pull(g, y, x)`` is g·f′, with any value for y = f(x) and any for x. Both raise `Inapplicable` where they
        can't take what they are given.
    """

    name: str
    symbol: str
    compute: Callable[[Array], Array]
    pull: Callable[[Array, Array, Array], Array]

    @property
    def unfamiliar(self) -> bool:
        """Whether it is hardly taken for another: only a matter of which explanation is named first."""
        return self.symbol not in FAMILIAR

    def takes(self, x: Array, y: Array, eps: float = 1e-5) -> bool:
        """Whether it takes one array to another; if it doesn't, a few elements tell."""
        with np.errstate(all="ignore"):
            try:
                return all(
                    np.shape(some := self.compute(of(x))) == np.shape(of(y))
                    and np.allclose(some, of(y), rtol=eps, atol=0, equal_nan=True)
                    for of in (few, np.asarray)
                )
            except Inapplicable:
                return False


def few(x: Array) -> Array:
    """Return some elements of an array, from everywhere in it."""
    flat = np.ravel(x)
    return flat[:: max(flat.size // FEW, 1)]


def of_operation(operation: Primitive, **static: Any) -> Function | None:
    """Return the function that an operation is with some static arguments, if it is one of one number."""
    known = _of_operation(operation)
    if known is None or not static or static == operation.defaults:
        return known
    return _bound(operation, static)


@lru_cache(maxsize=512)
def _of_operation(operation: Primitive) -> Function | None:
    if operation.arity != 1 or not operation.differentiable:
        return None
    function = _bound(operation, operation.defaults)
    return function if _is_elementwise(function) else None


def _bound(operation: Primitive, static: dict[str, Any]) -> Function:
    rule: Any = next(iter(operation.vjps))
    return Function(
        operation.name,
        operation.symbol,
        partial(declared, operation.compute, **static),
        partial(declared, rule, **static),
    )


def _composed(name: str, f: Callable[..., Any]) -> Function:
    def compute(x: Array) -> Array:
        return f(np.asarray(x)[()])

    def pull(g: Array, _: Array, x: Array) -> Array:
        (pulled,) = vjp(f, np.asarray(x)[()])[1](g)
        return pulled

    return Function(name, name, partial(declared, compute), partial(declared, pull))


def _is_elementwise(function: Function) -> bool:
    """Whether it is a function of one number; what moves elements and leaves them as they are is none."""
    test = np.array([[-1.3, -0.4, 0.2], [0.7, 1.2, 8.0]])
    try:
        with np.errstate(all="ignore"):
            whole = function.compute(test)
            single = [[function.compute(x) for x in row] for row in test]
    except Inapplicable:
        return False
    if np.shape(whole) != np.shape(single):
        return False
    return np.array_equal(whole, single, equal_nan=True) and not np.array_equal(whole, test)


def elementwise() -> tuple[Function, ...]:
    """Return all that are declared, as an operation or as an activation of several, and that NumPy computes.

    Nobody takes Γ for σ; and SciPy may take minutes over it, as at −10⁹, where attention is masked.
    """
    return _elementwise(tuple(primitives.values()), tuple(compositions.items()))


@lru_cache(maxsize=1)
def _elementwise(
    operations: tuple[Primitive, ...], composed: tuple[tuple[str, Callable[..., Any]], ...]
) -> tuple[Function, ...]:
    single = (_of_operation(operation) for operation in operations if "scipy" not in str(operation.source))
    several = (_composed(name, f) for name, f in composed)
    return (*(f for f in single if f is not None), *(f for f in several if _is_elementwise(f)))


def recognised(z: Array, a: Array) -> Function | None:
    """Find the function that takes z to a, if the numbers say so."""
    if np.unique(few(z)).size < 2:
        return None
    eps = 64 * float(np.finfo(np.asarray(a).dtype).eps)
    return next((candidate for candidate in elementwise() if candidate.takes(z, a, eps)), None)
