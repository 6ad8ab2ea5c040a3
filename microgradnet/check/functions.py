"""The declared operations that are functions of one number, applied element by element: σ, tanh, exp, ..."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from microgradnet.record import Primitive, primitives

__all__ = ["derivative", "elementwise", "recognised"]

Array = Any


def elementwise() -> tuple[Primitive, ...]:
    """Return all of them."""
    return _elementwise(len(primitives))


@lru_cache(maxsize=1)
def _elementwise(count: int) -> tuple[Primitive, ...]:
    """Find the declared operations on one input that work element by element; `count` is how many are declared."""
    test = np.array([0.2, 0.7, 1.3])
    found = []
    for primitive in list(primitives.values())[:count]:
        if primitive.arity != 1 or not primitive.differentiable or primitive.defaults:
            continue
        try:
            with np.errstate(all="ignore"):
                whole = primitive.compute(test)
                single = [primitive.compute(x) for x in test]
        except Exception:
            continue
        if np.shape(whole) == (3,) and np.array_equal(whole, single, equal_nan=True):
            found.append(primitive)
    return tuple(found)


def recognised(z: Array, a: Array) -> Primitive | None:
    """Find the function that takes z to a, if the numbers say so."""
    z, a = np.asarray(z), np.asarray(a)
    if np.unique(z).size < 2:
        return None
    eps = 64 * float(np.finfo(a.dtype).eps)
    with np.errstate(all="ignore"):
        for candidate in elementwise():
            y = candidate.compute(z)
            if np.shape(y) == a.shape and np.allclose(y, a, rtol=eps, atol=0):
                return candidate
    return None


def derivative(function: Primitive, g: Array, y: Array, x: Array) -> Array:
    """Compute g·f′ by the VJP of a function, with any value for y = f(x) and any for x."""
    vjp: Any = next(iter(function.vjps))
    return vjp(g, y, x, **function.defaults)
