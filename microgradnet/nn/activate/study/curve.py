"""An elementwise activation as a function of one number, with its derivatives: what every page of the study reads."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from microgradnet.nn.activate.checks import raised
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.quadrature import Rule, normal_rule
from microgradnet.nn.activate.study.seams import Seam, find_seams
from microgradnet.ops import sum as sum_
from microgradnet.transforms import grad

__all__ = ["Array", "Curve"]

Array = np.ndarray[Any, np.dtype[Any]]


class Curve:
    """An activation, with the defaults of its parameters, along the line.

    Attributes
    ----------
    name : str
    activation : Activation
    """

    def __init__(self, name: str, activation: Activation) -> None:
        self.name = name
        self.activation = activation
        self._rules: dict[float, Rule] = {}
        self._slope = grad(lambda z: sum_(self.activation(z)))
        self._bend = grad(lambda z: sum_(self._slope(z)))

    def value(self, x: Array) -> Array:
        """Compute f."""
        with np.errstate(all="ignore"):
            return np.broadcast_to(self.activation(x), np.shape(x))

    def slope(self, x: Array) -> Array:
        """Compute f′."""
        return _quietly(self._slope, x)

    def bend(self, x: Array) -> Array:
        """Compute f″."""
        return _quietly(self._bend, x)

    @property
    def derivatives(self) -> tuple[Callable[[Array], Array], ...]:
        """f, f′ and f″."""
        return self.value, self.slope, self.bend

    @cached_property
    def seams(self) -> tuple[Seam, ...]:
        """Where pieces meet."""
        return find_seams(self.activation.function, (self.value, self.slope, self.bend))

    @cached_property
    def jumps(self) -> bool:
        """Whether the value jumps somewhere."""
        return any(s.order == 0 for s in self.seams)

    def rule(self, variance: float) -> Rule:
        """Return the rule for E[f²] and E[f′²] of a normal number of that variance."""
        if variance not in self._rules:
            breaks = [s.at for s in self.seams]
            self._rules[variance] = normal_rule([self.value, self.slope], float(np.sqrt(variance)), breaks)
        return self._rules[variance]

    def refuse(self, caller: str) -> None:
        """Raise an error, in words, if this is no function of one number at a time, or raises one somewhere.

        Raises
        ------
        ValueError
        """
        if not self.activation.elementwise:
            raise ValueError(
                f"{caller}: {self.name} works along an axis, so it is no curve; mg.check_activation tells about it"
            )
        x = np.linspace(-3.0, 3.0, 14) + 0.0137
        try:
            with np.errstate(all="ignore"):
                whole, part = (np.asarray(self.activation(z)) for z in (x, x[2:-3]))
                for far in (_FAR, _FAR[:, None], _FAR.astype(np.float32)):
                    self.activation(far)
            for z in (x, _FAR):
                self.bend(z)
        except Exception as error:  # the user's activation may raise anything
            raise ValueError(f"{caller}: {self.name} raises {raised(error)}") from error
        if whole.shape != x.shape:
            raise ValueError(f"{caller}: {self.name} isn't elementwise: it makes shape {whole.shape} of {x.shape}")
        if whole.dtype.kind != "f":
            raise ValueError(f"{caller}: {self.name} makes {whole.dtype} of floating-point numbers")
        if not np.allclose(part, whole[2:-3], rtol=1e-9, atol=1e-12, equal_nan=True):
            raise ValueError(f"{caller}: {self.name} isn't elementwise: what becomes of a number depends on others")


_FAR = np.array([s * 10.0**k for k in (-300, -9, -3, 0, 2, 3, 8, 30) for s in (-1, 1)])
"""Of every size at which a study asks for values."""


def _quietly(g: Callable[[Any], Any], x: Array) -> Array:
    """Differentiate without a word of NumPy's, or of a constant's: its slope is 0."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="grad: the function returned")
        return np.asarray(g(x))
