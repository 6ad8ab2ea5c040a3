"""What can be measured of a derivation by hand: slopes of its loss, gradients beside its arguments.

Nothing is concluded here. What a measurement says of a gradient is for `verdicts`, which asks for it where it matters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from microgradnet.check.agreement import largest
from microgradnet.check.by_hand import ByHand
from microgradnet.check.differences import OUTSIDE, Along, Profile, ahead, along, bend, directions, glance, line
from microgradnet.check.explain.chain import Chain
from microgradnet.check.slopes import scale

__all__ = ["MOST", "Measured", "Point"]

Array = np.ndarray[Any, np.dtype[Any]]

AT_A_GLANCE = 1e-3
"""How far the automatic gradient may be from a plain difference."""

PATTERN = np.random.default_rng(0).standard_normal(1009)
"""A direction to glance along, repeated."""

MANY = 1000
"""Up to how many elements each has a step of its own at a glance."""

LEAST_SHARE = 1e-3
"""How much less a parameter may be moved at a glance than another."""

BESIDE = 1e-12
"""How far off the arguments the other side of a kink is looked at, in units of the steps of differences."""

SIDES = 16
"""How many random sides of the arguments are looked at."""

MOST = 64
"""How many elements of a gradient are held against differences one by one."""


@dataclass(frozen=True)
class Point:
    """Arguments of the loss, and both gradients there, up the loss."""

    values: Sequence[Any]
    automatic: Mapping[str, Array]
    manual: Mapping[str, Array]


class Measured:
    """A derivation by hand, the automatic gradients of its loss, and what can be measured of both.

    Attributes
    ----------
    derivation : ByHand
    loss : float
    automatic : dict of str to array
        The automatic gradient of each parameter.
    position : dict of str to int
        Which argument each parameter is.
    """

    def __init__(self, derivation: ByHand, caller: str) -> None:
        self.derivation, self.caller = derivation, caller
        self.loss, self.automatic = derivation.automatic(caller)
        self.position = dict(zip(self.automatic, derivation.positions, strict=True))

    @cached_property
    def manual(self) -> dict[str, Array]:
        """The manual gradients that could be right by their shapes, up the loss."""
        return {n: g for n, g in self.derivation.ascending.items() if g.shape == self.automatic[n].shape}

    @cached_property
    def chain(self) -> Chain:
        """The record of the loss."""
        d = self.derivation
        with np.errstate(all="ignore"):
            return Chain.of(d.f, d.values, d.names, d.positions)

    @cached_property
    def nearby(self) -> Point | None:
        """Arguments beside those given, where no step stands at a kink, and both gradients there."""
        d, random = self.derivation, np.random.default_rng(1)
        values = list(d.values)
        for i in d.positions:
            x = np.asarray(values[i])
            values[i] = (x + 1e-3 * scale(x) * random.standard_normal(x.shape)).astype(x.dtype)[()]
        try:
            manual = d.at(values).ascending if callable(d.manual) else {}
            _, automatic = replace(d, values=values).automatic(self.caller)
        except OUTSIDE:
            return None
        return Point(values, automatic, manual)

    @cached_property
    def widened(self) -> dict[str, Array] | None:
        """The automatic gradients where all floating-point arguments are float64; None if there are none."""
        values = [_in_double(v) for v in self.derivation.values]
        try:
            return replace(self.derivation, values=values).automatic(self.caller)[1]
        except OUTSIDE:
            return None

    def gradients_beside(self, manual: Mapping[str, Array]) -> list[dict[str, Array]]:
        """Compute automatic gradients hardly off the arguments, on all sides of them, where the loss has a kink there.

        So the kinks are seen too of which there is no record, as where the function branches on a value.
        """
        random = np.random.default_rng(2)
        towards = {n: self.apart(n)[0] for n in manual}
        sides = [{n: sign * d for n, d in towards.items()} for sign in (1, -1)]
        sides += [{n: self.unit(n) * random.standard_normal(g.shape) for n, g in manual.items()} for _ in range(SIDES)]
        found = []
        for side in sides:
            values = list(self.derivation.values)
            for n, d in side.items():
                x = np.asarray(values[self.position[n]])
                values[self.position[n]] = (x + BESIDE * d).astype(x.dtype)[()]
            try:
                loss, gradients = replace(self.derivation, values=values).automatic(self.caller)
            except OUTSIDE:
                continue
            if abs(loss - self.loss) <= 1e-9 * max(abs(loss), abs(self.loss)) + BESIDE:  # no jump
                found.append(gradients)
        return found

    def looks_wrong(self) -> bool:
        """Whether a plain difference of the loss along one direction isn't what the automatic gradients say.

        That of all parameters together, in which the slope of each is of the same size.
        """
        moves = {name: self._step_at_a_glance(name) * np.resize(PATTERN, g.shape) for name, g in self.automatic.items()}
        terms = {name: np.ravel(g * moves[name]) for name, g in self.automatic.items()}
        sizes = {name: float(np.linalg.norm(t)) for name, t in terms.items()}
        least = min((size for size in sizes.values() if size), default=0.0)
        shares = {name: max(least / size, LEAST_SHARE) if size else 1.0 for name, size in sizes.items()}
        exact = all(g.dtype == np.float64 for g in self.automatic.values())  # differences are taken in float64
        found = self._look(
            (lambda at: ahead(at, self.loss)) if exact else glance,
            {name: shares[name] * direction for name, direction in moves.items()},
        )
        slope = sum(shares[name] * float(np.sum(t)) for name, t in terms.items())
        size = sum(shares[name] * sizes[name] for name in sizes)
        return found is not None and not abs(found - slope) <= AT_A_GLANCE * size

    def _step_at_a_glance(self, name: str) -> float | Array:
        """Return the unit of the steps; of many elements one for all, which takes a third of the time."""
        x = np.asarray(self.derivation.values[self.position[name]])
        if x.size <= MANY:
            return self.unit(name)
        return max(float(np.linalg.norm(x.ravel())) / math.sqrt(x.size), 0.01)

    def apart(self, name: str) -> tuple[Array, float]:
        """Return a direction along which both gradients say slopes as far apart as can be, and how far that is."""
        unit = self.unit(name)
        gap = self.manual[name].astype(np.float64) - self.automatic[name]
        direction: Array = unit * (gap * unit / (largest(gap * unit) or 1.0))
        return direction, float(np.sum(gap * direction))

    def unit(self, name: str) -> Array:
        """Return the unit of the steps of differences for each element."""
        return scale(np.asarray(self.derivation.values[self.position[name]]).astype(np.float64))

    def uneven(self, name: str) -> bool:
        """Whether the loss bends at its arguments towards where the gradients differ, or has another slope there."""
        direction, gap = self.apart(name)
        found = self._look(lambda at: bend(at, self.loss), {name: direction})
        return (found is not None and found > 1e-3 * gap) or self.steeper(name, direction, 0.1 * gap)

    def steeper(self, name: str, direction: Array, by: float) -> bool:
        """Whether the slope of the loss along a direction is that far from what the automatic gradient says."""
        found = self._look(glance, {name: direction})
        return found is not None and abs(found - float(np.sum(self.automatic[name] * direction))) > by

    def between(self, name: str, bad: Array) -> bool:
        """Whether the slopes that the manual gradient says are between those on both sides, along every direction."""
        random = np.random.default_rng(3)
        unit = np.where(bad, self.unit(name), 0.0)
        moves = [unit * random.standard_normal(bad.shape) for _ in range(SIDES)]
        for index in list(np.argwhere(bad))[:MOST]:
            alone = np.zeros(bad.shape)
            alone[tuple(index)] = unit[tuple(index)]
            moves.append(alone)
        for direction in moves:
            both = self._sides({name: direction})
            slope = float(np.sum(self.manual[name] * direction))
            if both is None or not both[0] <= slope <= both[1]:
                return False
        return True

    def _sides(self, moves: Mapping[str, Array]) -> tuple[float, float] | None:
        """Return the slopes on both sides, a little apart, the lower one first; None where there is none."""
        slopes = []
        for h in (1e-6, -1e-6, 1e-7, -1e-7):
            slope = self._look(partial(_one_sided, h=h), moves)
            if slope is None:
                return None
            slopes.append(slope)
        *far, near, near_behind = slopes
        slack = 1e-3 * max(map(abs, far)) + 8 * float(np.finfo(np.float64).eps) * abs(self.loss) / 1e-7
        if abs(far[0] - near) > slack or abs(far[1] - near_behind) > slack:
            return None
        return min(far) - slack, max(far) + slack

    def confirms_element(self, name: str, at: tuple[int, ...]) -> bool | None:
        """Hold an element of the manual gradient against differences; None where there is no derivative."""
        direction = np.zeros(self.manual[name].shape)
        direction[at] = self.unit(name)[at]
        return self.confirms(self.derivation.values, name, self.manual[name], direction)

    def confirms(self, values: Sequence[Any], name: str, gradient: Array, direction: Array) -> bool | None:
        """Whether differences confirm a gradient along a direction; None where they can't tell."""
        found = self.along(values, {name: direction})
        if found is None:
            return None
        terms = gradient * direction
        size = float(np.linalg.norm(np.ravel(terms)))
        even = found.bend <= 0.01 * max(size, abs(found.slope)) + found.rounding
        if even and found.confirms(float(np.sum(terms)), size):
            return True
        return False if found.contradicts(float(np.sum(terms)), size, 1000) else None

    def along(self, values: Sequence[Any], moves: Mapping[str, Array]) -> Along | None:
        """Differentiate the loss along a direction; None where it can't be evaluated."""
        at = line(self.derivation.value, values, {self.position[n]: d for n, d in moves.items()})
        try:
            found = along(at)
        except OUTSIDE:
            return None
        return found if np.isfinite([found.slope, found.change]).all() else None

    def _look(self, look: Callable[[Profile], float], moves: Mapping[str, Array]) -> float | None:
        """Look along a direction at the arguments given; None where the loss can't be evaluated."""
        d = self.derivation
        try:
            with np.errstate(all="ignore"):
                found = look(line(d.value, d.values, {self.position[n]: move for n, move in moves.items()}))
        except OUTSIDE:
            return None
        return found if np.isfinite(found) else None

    def directions(self, name: str) -> Iterator[Array]:
        """Draw the directions along which a gradient is judged."""
        return directions(self.derivation.values[self.position[name]])

    def wrong_elements(self, name: str, base: Point) -> list[tuple[int, ...]]:
        """Find the elements that the differences don't confirm of a manual gradient; () where it isn't known which."""
        manual = base.manual.get(name)
        if manual is None or manual.shape != self.automatic[name].shape or not np.isfinite(manual).all():
            return [()]
        whole = all(self.confirms(base.values, name, manual, d) for d in self.directions(name))
        if manual.size > MOST:
            return [] if whole else [()]
        unit = scale(np.asarray(base.values[self.position[name]]).astype(np.float64))
        most = float(np.max(np.abs(manual * unit), initial=0.0))
        wrong = []
        for index in np.ndindex(manual.shape):
            direction = np.zeros(manual.shape)
            direction[index] = unit[index]
            found = self.along(base.values, {name: direction})
            if found is None or not found.confirms(float(manual[index] * unit[index]), most):
                wrong.append(index)
        return wrong if wrong or whole else [()]


def _in_double(value: Any) -> Any:
    kind = value.dtype.kind if isinstance(value, np.ndarray | np.generic) else ""
    return value.astype(np.float64) if kind == "f" else value


def _one_sided(at: Profile, h: float) -> float:
    return (at(h) - at(0.0)) / h
