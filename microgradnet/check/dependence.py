"""What an element of a result depends on, found by computing it again with other numbers in places of its inputs.

No operation is known here by name: a call is a function of arrays, an operation's or that of a VJP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Call", "Index", "element", "first", "is_floating", "like", "place_of", "summand"]

Array = Any
Index = tuple[int, ...]

FILLS = (0.5, 2.0, -0.5)
"""Numbers that stand for others to see what depends on them: most operations have finite results at the first."""

REFUSALS = (TypeError, ValueError, IndexError)
"""What operations raise of numbers, or shapes, that they don't take."""


@dataclass(frozen=True)
class Call:
    """One call of a function of arrays: its arguments, and the shape of its result."""

    f: Callable[..., Array]
    given: Sequence[Array]
    shape: tuple[int, ...] | None

    def alone(self, at: Index, value: Any) -> list[Any] | None:
        """Return the numbers that an element is computed from, if f computes each from those in its place only."""
        try:
            own = [element(x, place_of(np.shape(x), self.shape or (), at)) for x in self.given]
            result = self.f(*own)
        except REFUSALS:  # it takes no single numbers
            return None
        return own if np.shape(result) == () and _same(result, value) else None

    def cause(self, at: Index, value: Any, among: Sequence[int] | None = None) -> tuple[int, Index] | None:
        """Find the argument, and its element, that made an element of the result what it is by not being finite.

        None if it would be the same with finite numbers in their places.
        """
        among = range(len(self.given)) if among is None else among
        if all(np.isfinite(self.given[k]).all() for k in among if is_floating(self.given[k])):
            return None
        own = self.alone(at, value)
        if own is not None:
            found = _cause(self.f, own, (), value, among)
            return found and (found[0], place_of(np.shape(self.given[found[0]]), self.shape or (), at))
        return _cause(self.f, self.given, at, value, among)

    def influence(self, k: int, at: Index) -> Array:
        """Say which elements of the result depend on an element of the k-th argument; all, if it can't be told."""
        results = []
        for fill in FILLS[:2]:
            changed = np.array(self.given[k])
            changed[at] = fill
            try:
                results.append(self.f(*self.given[:k], like(changed, self.given[k]), *self.given[k + 1 :]))
            except REFUSALS:
                return np.ones(self.shape or (), bool)
        a, b = results
        return np.asarray((a != b) & ((a == a) | (b == b)))

    def overflows(self) -> bool:
        """Whether the call goes beyond the largest number of its dtype."""
        try:
            with np.errstate(over="raise"):
                self.f(*self.given)
        except FloatingPointError:
            return True
        return False


def _cause(
    f: Callable[..., Array], given: Sequence[Array], at: Index, value: Any, among: Sequence[int]
) -> tuple[int, Index] | None:
    """Do what `Call.cause` does, for all elements together: half of the suspects are let off at a time."""
    bad = [(k, np.flatnonzero(~np.isfinite(given[k]))) for k in among if is_floating(given[k])]
    which = np.concatenate([np.full(len(i), k) for k, i in bad])
    places = np.concatenate([i for _, i in bad])

    def same_with(low: int, high: int, fill: float) -> bool:
        """Whether the element is the same where only these of the suspects are not finite."""
        arrays = list(given)
        off = (np.arange(len(which)) < low) | (np.arange(len(which)) >= high)
        for k in {int(k) for k in which[off]}:
            arrays[k] = np.array(given[k])
            arrays[k].flat[places[off & (which == k)]] = fill
            arrays[k] = like(arrays[k], given[k])
        try:
            return _same(element(f(*arrays), at), value)
        except REFUSALS:
            return False

    low, high = 0, len(which)
    if low == high or all(same_with(0, 0, fill) for fill in FILLS):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if same_with(low, middle, FILLS[0]):
            high = middle
        elif same_with(middle, high, FILLS[0]):
            low = middle
        else:  # it takes more than one, as in ∞ − ∞
            break
    k = int(which[low])
    return k, tuple(map(int, np.unravel_index(int(places[low]), np.shape(given[k]))))


def like(x: Array, old: Array) -> Array:
    """Return an array of no axes as what it was: Python's number, or NumPy's."""
    if np.ndim(x):
        return x
    return type(old)(x) if type(old) in (float, int, bool) else np.asarray(x)[()]


def is_floating(x: Array) -> bool:
    """Whether an array or a number holds real floating-point numbers."""
    return bool(np.asarray(x).dtype.kind == "f")


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) or bool(a != a and b != b)


def first(x: Array) -> Index:
    """Return the index of the first element that is not finite."""
    position = int(np.argmin(np.isfinite(x)))
    return tuple(map(int, np.unravel_index(position, np.shape(x))))


def element(x: Array, at: Index) -> Any:
    """Return an element of an array, or of a number, which has one."""
    return x[at] if np.ndim(x) else x if at == () else np.asarray(x)[at]


def place_of(shape: tuple[int, ...], whole: tuple[int, ...], at: Index) -> Index:
    """Find the element of an array that stands at a place of what it is broadcast to."""
    extra = len(whole) - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, whole[extra:], strict=True)):
        raise ValueError(f"{shape} is not broadcast to {whole}")
    return tuple(0 if n == 1 else i for n, i in zip(shape, at[extra:], strict=True))


def summand(raw: Array, shape: tuple[int, ...], at: Index) -> Index | None:
    """Find an element that is not finite among those that were summed to one; None if all are finite."""
    if np.shape(raw) == shape:
        return at
    for i in np.argwhere(~np.isfinite(raw)):
        inside = tuple(map(int, i))
        if place_of(shape, np.shape(raw), inside) == at:
            return inside
    return None
