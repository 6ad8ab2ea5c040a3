"""The gain of an activation: the scale of initial weights with which signals keep their size from layer to layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from microgradnet.nn.activate.quadrature import normal_rule
from microgradnet.nn.activate.registry import find

__all__ = ["gain"]


def gain(f: str | Callable[[Any], Any]) -> float:
    """Compute what weights are scaled by so that an activation keeps the second moment of normal sums: 1/√E[f(z)²].

    z is normal with mean 0 and variance 1. Weights of n inputs each are then drawn with the standard deviation
    gain / √n (He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015).

    Parameters
    ----------
    f : str or callable
        The name of an activation, or an elementwise function of arrays, with the defaults of its parameters.

    Returns
    -------
    float
        Infinite where E[f(z)²] is 0, and 0 where it is infinite.

    Raises
    ------
    KeyError
        If there is no activation of that name.
    TypeError
        If f is neither a name nor a function.
    ValueError
        If it is not elementwise, raises an error, or its value is NaN somewhere.

    Examples
    --------
    >>> from microgradnet.nn import gain
    >>> round(gain("relu") ** 2, 12), round(gain("tanh"), 4)
    (2.0, 1.5925)
    """
    activation = find(f)
    from microgradnet.nn.activate.study.curve import Curve  # it takes a while to load

    curve = Curve(activation.name, activation)
    curve.refuse("gain")
    rule = normal_rule([curve.value], breaks=[s.at for s in curve.seams])
    values = curve.value(rule.x)
    if np.isnan(values).any():
        at = min(rule.x[np.isnan(values)], key=abs)
        raise ValueError(f"gain: the value of {activation.name} is NaN at x = {at:.4g}")
    if not rule.finite[0]:
        return 0.0
    second = rule.mean(values**2)
    return 1 / math.sqrt(second) if second else math.inf
