"""A loss as its author wrote it, for NumPy alone: what it writes into arrays of its own is recorded all the same.

``Z = np.zeros(shape)`` and then ``Z[i, j] = ...``, ``X.dot(W)`` of a plain X, ``math.exp(t)``: such a loss is refused
where it is differentiated, since an array of NumPy's keeps no gradient. Where a derivation by hand is compared with it,
its own code shouldn't have to be another. While it is recorded, its arguments are tensors, and what its files call
``np`` and ``math`` makes tensors where NumPy would make arrays of real numbers.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from microgradnet.check.observe import reached
from microgradnet.record import Recorded
from microgradnet.tensor import tensor

__all__ = ["as_tensor", "globals_of", "tensors_made"]

_LOCK = threading.RLock()


def as_tensor(value: Any) -> Any:
    """Make a tensor of an array of real numbers; return all else as it is."""
    return tensor(value) if type(value) is np.ndarray and value.dtype.kind == "f" else value


def _making(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: as_tensor(function(*args, **kwargs))


def _of_tensors(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of `math` be that of NumPy's where it is given a tensor."""
    of_arrays = getattr(np, name, function)
    return lambda *args: (of_arrays if any(isinstance(a, Recorded) for a in args) else function)(*args)


class _Instead(ModuleType):
    """A module with some other functions."""

    def __init__(self, module: ModuleType, others: Mapping[str, Any]) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(others)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


_MADE = {name: _making(getattr(np, name)) for name in ("zeros", "empty", "ones", "full", "eye", "identity")}
_MATH = {name: _of_tensors(name, getattr(math, name)) for name in ("cos", "exp", "log", "sin", "sqrt", "tanh")}
_OTHERS = {
    id(np): _Instead(np, _MADE),
    id(math): _Instead(math, _MATH),
    **{id(getattr(np, name)): other for name, other in _MADE.items()},
    **{id(getattr(math, name)): other for name, other in _MATH.items()},
}
"""What stands for NumPy, `math` and their functions, by whatever name a file has them."""


def globals_of(f: Callable[..., Any]) -> list[dict[str, Any]]:
    """Return the global variables of the user's files that are reached from a function."""
    return list({id(g.__globals__): g.__globals__ for g in reached(f)}.values())


@contextmanager
def tensors_made(variables: list[dict[str, Any]]) -> Iterator[None]:
    """Let what files call NumPy and `math` make and take tensors meanwhile."""
    with _LOCK:
        before = [(g, {k: v for k, v in g.items() if id(v) in _OTHERS}) for g in variables]
        try:
            for g, own in before:
                g.update({k: _OTHERS[id(v)] for k, v in own.items()})
            yield
        finally:
            for g, own in before:
                g.update(own)
