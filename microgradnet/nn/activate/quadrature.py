"""Expectations over a normal number, of functions with kinks, jumps and poles.

Gauss and Hermite's rule takes a function for a polynomial and is off by per cent at a kink. Here the line is divided,
at given places and wherever two rules contradict each other, until they don't.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Rule", "normal_rule"]

Array = np.ndarray[Any, np.dtype[Any]]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)

_NEAR, _FAR = 12.0, 38.0
"""In standard deviations: beyond the first a normal number has next to no weight, beyond the second none."""

_HALVINGS = 48

_EXACT = 1e-14
"""A panel is divided where that changes more than this share of the whole."""

_UNSETTLED = 1e-6
"""What still changes by so much, however finely it is divided, has no finite value."""


@dataclass(frozen=True)
class Rule:
    """Points and weights: E[h(x)] for a normal x of mean 0 is Σ weights · h(points).

    Attributes
    ----------
    t : array, shape (n,)
        The points, in standard deviations.
    deviation : float
    weights : array, shape (n,)
        The normal density is in them.
    finite : tuple of bool
        Of each function whose square it was made for: whether E[h²] is finite.
    """

    t: Array
    deviation: float
    weights: Array
    finite: tuple[bool, ...]

    @property
    def x(self) -> Array:
        """The points."""
        return self.deviation * self.t

    def mean(self, values: Array) -> float:
        """E[h(x)], given h at the points; NaN where one is NaN."""
        return float(np.sum(self.weights * values))


def normal_rule(
    functions: Sequence[Callable[[Array], Array]], deviation: float = 1.0, breaks: Iterable[float] = ()
) -> Rule:
    """Make the rule that integrates the squares of functions against the normal density, to some 13 digits.

    Parameters
    ----------
    functions : sequence of callable
        Of arrays, each element on its own.
    deviation : float
        Of x, whose mean is 0.
    breaks : iterable of float
        Values of x at which the functions have kinks or jumps. Others are found, at the price of more calls.

    Examples
    --------
    >>> import numpy as np
    >>> rule = normal_rule([np.abs], deviation=2.0, breaks=[0.0])
    >>> round(rule.mean(np.abs(rule.x)) / 2.0, 12), round(float(np.sqrt(2 / np.pi)), 12)
    (0.797884560803, 0.797884560803)
    """
    edges = _edges(deviation, breaks)
    left, right = edges[:-1], edges[1:]
    whole = _squares(functions, deviation, left, right)
    kept: list[tuple[Array, Array]] = []
    kept_sum = np.zeros(len(functions))
    finite = np.ones(len(functions), bool)
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        first, second = (_squares(functions, deviation, a, b) for a, b in ((left, middle), (middle, right)))
        total = kept_sum + np.sum(first + second, axis=1)
        with np.errstate(invalid="ignore"):
            change = np.abs(first + second - whole)
        # What isn't a number is not divided further: that would make no number of it.
        unsettled = np.any(change > _EXACT * total[:, None], axis=0)
        kept.append((left[~unsettled], right[~unsettled]))
        kept_sum += np.sum((first + second)[:, ~unsettled], axis=1)
        if not unsettled.any():
            break
        a, m, b = left[unsettled], middle[unsettled], right[unsettled]
        left, right = np.concatenate([a, m]), np.concatenate([m, b])
        whole = np.concatenate([first[:, unsettled], second[:, unsettled]], axis=1)
    else:
        finite = np.sum(change, axis=1) <= _UNSETTLED * total
        kept.append((left, right))
    left, right = (np.concatenate(ends) for ends in zip(*kept, strict=True))
    t, weights = _points(left, right)
    parts = _squares(functions, deviation, left, right)
    outer = np.sum(parts[:, np.maximum(np.abs(left), np.abs(right)) > _FAR - 2], axis=1)
    finite &= np.isfinite(np.sum(parts, axis=1)) & (outer <= _UNSETTLED * np.sum(parts, axis=1))
    with np.errstate(under="ignore"):
        density = np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
    return Rule(t.ravel(), deviation, (weights * density).ravel(), tuple(map(bool, finite)))


def _edges(deviation: float, breaks: Iterable[float]) -> Array:
    near = np.linspace(-_NEAR, _NEAR, 49)
    far = np.linspace(_NEAR, _FAR, 27)[1:]
    places = np.array([b / deviation for b in breaks])
    places = places[np.abs(places) < _FAR]
    return np.unique(np.concatenate([near, far, -far, places]))


def _points(left: Array, right: Array) -> tuple[Array, Array]:
    """Return the points of each panel and their weights, shape (panels, 16)."""
    half = (right - left)[:, None] / 2
    return (left + right)[:, None] / 2 + half * _NODES, half * _WEIGHTS


def _squares(functions: Sequence[Callable[[Array], Array]], deviation: float, left: Array, right: Array) -> Array:
    """Integrate h² times the density over each panel, shape (functions, panels)."""
    t, weights = _points(left, right)
    with np.errstate(all="ignore"):
        root = np.exp(-(t**2) / 4)  # squared with h, or e^(x²) would overflow before the density tames it
        return np.stack([np.sum((h(deviation * t) * root) ** 2 * weights, axis=1) for h in functions]) / math.sqrt(
            2 * math.pi
        )
