"""Automatic derivatives held against numerical ones along lines, and what can be said of them.

A verdict is given only where the numbers carry it. The cheapest numerical derivative that agrees is enough to call
one right; one that doesn't agree accuses nobody before all steps were tried and both sides' rounding was measured.
What could be wrong by a factor of 2 without being seen is never called right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import COARSER, Chain, Inapplicable
from microgradnet.check.slopes import Ladder, Line, Several, Slope
from microgradnet.passes import rounding
from microgradnet.record import Recorded, node_of
from microgradnet.tensor import tensor

__all__ = ["Automatic", "Judge", "LineComparison", "Tolerances"]

Array = np.ndarray[Any, np.dtype[Any]]

RTOL = {2: 3e-2, 4: 1e-3, 8: 1e-6}
"""Relative tolerance, by the item size of the coarsest floating dtype among the arguments."""

EPS = float(np.finfo(np.float64).eps)

SEVERITY = ("right", "kink", "lost digits", "doubtful", "too small to tell", "not finite", "WRONG")


@dataclass(frozen=True)
class Tolerances:
    """How far an automatic derivative may be off, beside what is measured to be rounding."""

    rtol: float
    atol: float
    stated: bool

    @classmethod
    def of(cls, xs: Sequence[Array], rtol: float | None, atol: float | None) -> Tolerances:
        """Take what is given, else what the coarsest dtype among the arguments deserves."""
        usual = RTOL[min(8, min(x.itemsize for x in xs))]
        return cls(usual if rtol is None else rtol, 0.0 if atol is None else atol, rtol is not None)


@dataclass(frozen=True)
class LineComparison:
    """Both derivatives along a line, and what can be said of them."""

    line: Line
    automatic: float
    numerical: float
    tolerance: float
    method: str
    verdict: str

    @property
    def difference(self) -> float:
        """How far apart they are."""
        return abs(self.automatic - self.numerical)

    @property
    def ok(self) -> bool:
        """Whether the automatic one is right."""
        return self.verdict in ("right", "kink", "lost digits")

    @property
    def badness(self) -> tuple[bool, int, float]:
        """What is wrong comes after what can't be told, and what is right comes before both."""
        off = self.difference / self.tolerance if self.tolerance else math.inf if self.difference else 0.0
        severity = 0 if self.verdict == "kink" else SEVERITY.index(self.verdict)
        return not self.ok, severity, math.inf if math.isnan(off) else off


class Automatic:
    """The automatic derivatives at a point, and how much of them is rounding."""

    def __init__(
        self, times: Callable[[float], Several], point: Sequence[Array], contracted: Callable[..., Any]
    ) -> None:
        self._times, self._point, self._contracted = times, point, contracted
        self.values = self._at(point)

    def _at(self, point: Sequence[Array], times: float = 1.0) -> list[Array]:
        """Return the derivatives at a point, of so many times the function."""
        with np.errstate(all="ignore"):  # what isn't finite is named
            return [np.asarray(g, np.float64) for g in self._times(times)(*(x[()] for x in point))]

    @cached_property
    def in_float64(self) -> Automatic | None:
        """The same, computed in float64; None if it was to begin with."""
        if all(x.dtype == np.float64 for x in self._point):
            return None
        return Automatic(self._times, [x.astype(np.float64) for x in self._point], self._contracted)

    @cached_property
    def _irregular(self) -> list[list[Array]]:
        """How the derivatives change from arguments to others nearby, less what is linear in the distance."""
        random = np.random.default_rng(0)
        found = []
        for _ in range(4):
            # So close that what is quadratic is less than a last digit; and every digit changes.
            spread = [2 ** (np.finfo(x.dtype).nmant // 3) for x in self._point]
            digits = [
                (random.integers(s // 2, 2 * s, x.shape) * np.spacing(np.abs(x)) * (x != 0)).astype(x.dtype)
                for x, s in zip(self._point, spread, strict=True)
            ]
            once = self._at([x + d for x, d in zip(self._point, digits, strict=True)])
            twice = self._at([x + 2 * d for x, d in zip(self._point, digits, strict=True)])
            found.append([a - 2 * b + c for a, b, c in zip(self.values, once, twice, strict=True)])
        return found

    @cached_property
    def _scaled(self) -> list[list[Array]]:
        """How the derivatives of multiples of the function differ from multiples of the derivatives."""
        multiples = ((factor, self._at(self._point, factor)) for factor in (0.7, 0.9, 1.3))
        return [[a - b / factor for a, b in zip(self.values, found, strict=True)] for factor, found in multiples]

    @cached_property
    def _shortened(self) -> list[list[Array]]:
        """How far off the derivatives are in the next shorter dtype, times the ratio of the last digits of both."""
        coarsest = min((x.dtype for x in self._point), key=lambda d: d.itemsize)
        if coarsest.itemsize < 4:
            return []
        shorter, digits = (np.float32, 29) if coarsest.itemsize > 4 else (np.float16, 13)
        random = np.random.default_rng(0)
        found = []
        for _ in range(4):
            short = [(x * (1 + random.uniform(-1e-3, 1e-3, x.shape))).astype(shorter) for x in self._point]
            again = self._at([x.astype(y.dtype) for x, y in zip(short, self._point, strict=True)])
            try:
                once = self._at(short)
            except (TypeError, ValueError, ArithmeticError):  # not every function takes so few digits
                return []
            found.append([2.0**-digits * (a - b) for a, b in zip(once, again, strict=True)])
        return found

    @cached_property
    def _in_its_steps(self) -> list[list[list[Array]]]:
        """How far the derivatives are taken by disturbing all steps of both passes, by last digits and by more."""
        names = [f"x{k}" for k in range(len(self._point))]
        try:
            chain = Chain.of(self._contracted, [x[()] for x in self._point], names, range(len(names)))
            random, right = np.random.default_rng(0), chain.right.gradients()
            drawn = [[chain.disturbed(random, by).gradients() for _ in range(3)] for by in (1.0, COARSER)]
        except (Inapplicable, TypeError, ValueError, ArithmeticError):  # what can't be recorded as a whole
            return [[], []]
        zeros = dict(zip(names, map(np.zeros_like, self._point), strict=True))
        return [[[(zeros | g)[n] - (zeros | right)[n] for n in names] for g in found] for found in drawn]

    def in_its_steps(self, line: Line, k: int) -> float:
        """Return how much of a derivative along a line the rounding of its steps may amount to.

        Rounding that is coarser changes more; what doesn't is the jump at a kink that was crossed, and doesn't count.
        """
        fine, coarse = (
            max((abs(line.along(g[k])) for g in found if math.isfinite(line.along(g[k]))), default=0.0)
            for found in self._in_its_steps
        )
        return 4 * fine if coarse >= 0.1 * COARSER * fine else 0.0

    def rounding(self, line: Line, k: int) -> tuple[float, float, float]:
        """Return how much of a derivative along a line can be rounding: by fewer digits, by what is nearby, by factors.

        The first says nothing where the function computes in float64 whatever it is given; the second counts what is
        no rounding where the derivative varies much from one number to the next; the third what is no VJP.
        """
        short, nearby, scaled = (
            max((abs(line.along(g[k])) for g in found if math.isfinite(line.along(g[k]))), default=0.0)
            for found in (self._shortened, self._irregular, self._scaled)
        )
        smallest = float(np.finfo(self._point[k].dtype).tiny)
        return 10 * short + smallest, 5 * nearby + smallest, 5 * scaled


class Judge:
    """Holds the automatic derivatives with respect to the k-th argument against numerical ones."""

    def __init__(self, slope: Slope, automatic: Automatic, tolerances: Tolerances) -> None:
        self.slope, self.automatic, self.tolerances = slope, automatic, tolerances
        self.values = automatic.values[slope.k]

    def worst(self, lines: Sequence[Line]) -> LineComparison:
        """Compare along every line, and return the comparison that comes out worst."""
        quick = [self._quickly(line) for line in lines]
        found = [c for c in quick if c.ok]
        for doubtful in sorted((c for c in quick if not c.ok), key=lambda c: c.badness, reverse=True):
            found.append(self._thoroughly(doubtful.line))
            if found[-1].verdict in ("WRONG", "not finite"):
                break
        worst = max(found, key=lambda c: c.badness)
        # One difference of an element may agree by chance: what was found in haste is made sure of where it is
        # furthest off. One along a random direction doesn't.
        hasty = worst.line.direction is None and any(worst is c for c in quick)
        return self._surely(worst) if hasty else worst

    def _limit(self, line: Line, numerical: float) -> float:
        given = self.tolerances
        if line.direction is None:
            return given.atol + given.rtol * abs(numerical)
        size = given.atol * float(np.linalg.norm(line.direction))
        if given.stated:
            return size + given.rtol * abs(numerical)
        # One wrong element has to be seen beside many right ones.
        return size + given.rtol * (float(np.max(np.abs(self.values * line.direction))) + abs(numerical) / 10)

    def _found(self, verdict: str, line: Line, numerical: float, tolerance: float, method: str) -> LineComparison:
        return LineComparison(line, line.along(self.values), numerical, tolerance, method, verdict)

    def _quickly(self, line: Line) -> LineComparison:
        """Compare with one central difference."""
        automatic, numerical = line.along(self.values), self.slope.central(line).slope
        limit = self._limit(line, numerical)
        right = abs(automatic - numerical) <= limit
        if right and automatic == numerical == 0:
            right = not self.slope.complex_step(line)  # the sum 1e20 + sin x doesn't see the sine
        return self._found("right" if right else "doubtful", line, numerical, limit, "differences")

    def _surely(self, c: LineComparison) -> LineComparison:
        """Confirm what one central difference says, by the complex step or by a longer difference."""
        if (exact := self._by_complex_step(c.line)) is not None:
            return exact
        longer = self.slope.central(c.line, 4).slope
        return c if abs(longer - c.numerical) <= 15 * c.tolerance else self._thoroughly(c.line)

    def _by_complex_step(self, line: Line) -> LineComparison | None:
        """Compare with the complex step, if that agrees and one central difference doesn't contradict it."""
        exact = self.slope.complex_step(line)
        if exact is None or not abs(line.along(self.values) - exact) <= self._limit(line, exact):
            return None
        central, longer = self.slope.central(line), self.slope.central(line, 4)
        # What is not analytic, such as |x|, may take complex numbers and be wrong. The error of a central difference
        # is a fifteenth of what it changes by with four times the step.
        error = abs(central.slope - longer.slope) / 5 + 10 * central.rounding()
        if not abs(exact - central.slope) <= 1e-6 * abs(exact) + error:
            return None
        return self._found("right", line, exact, self._limit(line, exact), "complex step")

    def _thoroughly(self, line: Line) -> LineComparison:
        if not math.isfinite(line.along(self.values)):
            return self._found("not finite", line, self.slope.central(line).slope, 0.0, "differences")
        ladder = self.slope.ladder(line)
        found = self._by_complex_step(line) or self._by_differences(line, ladder)
        if found.verdict == "WRONG" and (inside := self._rounding_inside(ladder)) > np.max(ladder.rounding):
            return self._by_differences(line, replace(ladder, rounding=np.maximum(ladder.rounding, inside)))
        return found

    def _rounding_inside(self, ladder: Ladder) -> float:
        """Bound the rounding of all steps that lead from x to those elements of the function that depend on it.

        That of its values may be far less: x (1 + tanh x) is computed to the last digits of x, and is nearly 0 at −9.
        """
        slope = self.slope
        xs: list[Any] = [x[()] for x in slope.xs]
        xs[slope.k] = tensor(slope.xs[slope.k], requires_grad=True)
        total = 0.0
        for c, mask, y in zip(slope.cotangents, ladder.depends, slope.function(*xs), strict=True):
            if isinstance(y, Recorded) and node_of(y).requires_grad:
                sizes = rounding(y, np.asarray(c * mask, y.dtype)[()])
                total += float(np.finfo(y.dtype).eps) * sum(float(np.sum(size)) for size in sizes)
        return total if math.isfinite(total) else 0.0

    def _by_differences(self, line: Line, ladder: Ladder) -> LineComparison:
        """Compare with differences at all steps, and with the complex step where they don't contradict it."""
        automatic, (numerical, off), method = line.along(self.values), ladder.slope, "differences"
        if not ladder.finite:
            return self._found("not finite", line, math.nan, 0.0, method)
        seen = 8 * off <= abs(numerical)  # twice as much would be seen
        nothing = abs(numerical) <= 4 * off < math.inf
        exact = self._exact(line, ladder)
        if exact is not None:
            numerical, method = exact, "complex step"
            off = 0.0 if seen else off
        limit = self._limit(line, numerical)
        difference = abs(automatic - numerical)
        if difference <= limit and (method == "complex step" or 2 * off <= limit):
            return self._found("right", line, numerical, limit, method)
        if difference <= limit + 2 * off and seen:
            return self._found("right", line, numerical, limit + 2 * off, method)
        if method == "differences" and (sides := ladder.sides()) is not None:
            low, high, unsure = sides
            within = limit + 2 * unsure
            verdict = "kink" if low - within <= automatic <= high + within else "WRONG"
            return self._found(verdict, line, numerical, within, method)
        short, nearby, scaled = self.automatic.rounding(line, self.slope.k)
        rounded = max(short, nearby)
        slack = limit + 2 * off + rounded
        irregular = abs(automatic) <= max(nearby, scaled) and (abs(automatic) <= 4 * off or not ladder.changes)
        irregular = irregular or abs(automatic) <= max(short, min(nearby, scaled))
        if nothing and irregular:
            unseen = max(100 * rounded, EPS * float(np.max(np.abs(self.values))))
            if exact is None or abs(exact) <= unseen or self._is_rounding(exact, line):
                return self._found("right", line, numerical, slack, method)  # both are 0
        wide = self.automatic.in_float64
        if wide is not None and difference <= slack + scaled:
            settled = Judge(self.slope, wide, self.tolerances)._by_differences(line, ladder)
            return self._found(settled.verdict, line, numerical, slack, method)
        if difference <= slack and 4 * (2 * off + rounded) <= abs(numerical):
            return self._found("right", line, numerical, slack, method)
        unable = difference <= limit + 10 * off + rounded or not (seen or ladder.shows(automatic, line.size))
        unable = unable or (nothing and ladder.rounded_away(automatic, line.size))
        if not unable and difference <= slack + (lost := self.automatic.in_its_steps(line, self.slope.k)):
            known = wide is not None and Judge(self.slope, wide, self.tolerances)._by_differences(line, ladder).ok
            told = known or 2 * (2 * off + rounded + lost) <= abs(numerical)
            return self._found("lost digits" if told else "too small to tell", line, numerical, slack + lost, method)
        return self._found("too small to tell" if unable else "WRONG", line, numerical, slack, method)

    def _is_rounding(self, exact: float, line: Line) -> bool:
        """Whether a complex step is another number close by."""
        random = np.random.default_rng(0)
        for _ in range(4):
            near = Line(line.x * (1 + random.uniform(-1e-6, 1e-6, line.x.shape)), line.at, line.direction)
            found = self.slope.complex_step(near)
            if found is None or abs(found - exact) > 0.01 * abs(exact):
                return True
        return False

    def _exact(self, line: Line, ladder: Ladder) -> float | None:
        """Return the complex step, unless differences contradict it."""
        exact, again = self.slope.complex_step(line), self.slope.complex_step(line, 2.0**-76)
        if exact is None or again is None or abs(exact - again) > 1e-9 * abs(exact):
            return None  # not analytic here
        slope, off = ladder.slope
        return exact if abs(exact - slope) <= 1e-6 * abs(slope) + 10 * off else None
