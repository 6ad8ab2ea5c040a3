"""The shape of an activation: smoothness, pieces, range, steepness, zeros, and what becomes of it far out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from microgradnet.nn.activate.study.curve import Array, Curve
from microgradnet.nn.activate.study.seams import Seam

__all__ = ["FAR", "Asymptote", "Extreme", "Shape", "shape"]

FAR = 1000.0
"""As far as is looked on both sides."""

_FLAT_TOP = 50
"""In places of the grid: what is as large at more of them is so on a stretch, and not at one place."""


@dataclass(frozen=True)
class Extreme:
    """The largest or smallest value of something, and where it is.

    Attributes
    ----------
    at : float
        Infinite where it is only come near to, is reached far out, or on a whole stretch.
    value : float
    """

    at: float
    value: float


@dataclass(frozen=True)
class Asymptote:
    """What a function becomes like as x goes to one end.

    Attributes
    ----------
    kind : {"constant", "line", "power", "faster", "slower", "none", "undefined"}
        A constant, a line, |x|^power, faster than any power, a logarithm or slower than any power, no limit (it
        oscillates), NaN.
    slope, intercept : float
        Of the constant or line that it comes near to; NaN if there is none.
    power : float
        That of |x|.
    """

    kind: str
    slope: float = math.nan
    intercept: float = math.nan
    power: float = math.nan

    def __str__(self) -> str:
        if self.kind == "constant":
            return f"{self.intercept:.4g}".replace("-", "−")
        if self.kind == "line":
            slope = {1.0: "x", -1.0: "−x"}.get(self.slope, f"{self.slope:.4g}·x".replace("-", "−"))
            sign = "" if not self.intercept else f" {'−' if self.intercept < 0 else '+'} {abs(self.intercept):.4g}"
            return slope + sign
        if self.kind == "power":
            return f"grows as |x|^{self.power:.3g}"
        return {
            "faster": "grows faster than any power",
            "slower": "grows slower than any power",
            "undefined": "NaN",
        }.get(self.kind, "no limit")


@dataclass(frozen=True)
class Shape:
    """What an activation looks like between −1000 and 1000, and beyond.

    Attributes
    ----------
    seams : tuple of Seam
        Jumps (order 0), kinks (1), and jumps of the second derivative (2).
    smoothness : int or None
        How many derivatives are continuous, −1 if the value jumps; None where no jump of f, f′ or f″ was found.
    turns : tuple of Extreme
        Where it turns from rising to falling or back, at most 64 from 0 outwards; and the value there.
    monotone : str
        Its pieces from left to right, such as "falls, rises".
    lowest, highest : Extreme
    steepest : Extreme
        Where |f′| is largest: the Lipschitz constant of f, infinite with a jump.
    most_bent : Extreme
        Where |f″| is largest: the Lipschitz constant of f′, infinite with a kink.
    bend_low, bend_high : Extreme
        The smallest and the largest f″, apart from kinks.
    zeros : tuple of float
        Where f passes 0 or touches it, at most 64; the ends of a stretch of zeros are among them.
    left, right : Asymptote
    undefined : tuple of float, or None
        From where to where it is NaN; None if nowhere.
    """

    seams: tuple[Seam, ...]
    smoothness: int | None
    turns: tuple[Extreme, ...]
    monotone: str
    lowest: Extreme
    highest: Extreme
    steepest: Extreme
    most_bent: Extreme
    bend_low: Extreme
    bend_high: Extreme
    zeros: tuple[float, ...]
    left: Asymptote
    right: Asymptote
    undefined: tuple[float, float] | None


_MOST = 64


def shape(curve: Curve) -> Shape:
    """Look at an activation between −1000 and 1000, closely between −10 and 10, and at its ends."""
    x = _grid(curve)
    values, slopes, bends = (g(x) for g in curve.derivatives)
    least = min((s.order for s in curve.seams), default=None)
    turns = _turns(curve, x, slopes)
    left, right = (_asymptote(curve, side) for side in (-1.0, 1.0))
    ends = [e for side, end in ((-1.0, left), (1.0, right)) if (e := _end(curve, end, side)) is not None]
    candidates = [*_sides(curve), *sorted(turns, key=lambda e: abs(e.at)), *ends]
    steepest, most_bent = (_largest(curve, g, y, x) for g, y in ((curve.slope, slopes), (curve.bend, bends)))
    if least == 0:
        steepest = Extreme(next(s.at for s in curve.seams if s.order == 0), math.inf)
    if least in (0, 1):
        most_bent = Extreme(next(s.at for s in curve.seams if s.order <= 1), math.inf)
    missing = x[np.isnan(values)]
    return Shape(
        seams=curve.seams,
        smoothness=None if least is None else least - 1,
        turns=turns,
        monotone=_monotone(curve, x, slopes),
        lowest=_best([*candidates, _zoomed(curve, lambda z: -curve.value(z), -values, x, -1.0)], min),
        highest=_best([*candidates, _zoomed(curve, curve.value, values, x, 1.0)], max),
        steepest=steepest,
        most_bent=most_bent,
        bend_low=_zoomed(curve, lambda z: -curve.bend(z), -bends, x, -1.0),
        bend_high=_zoomed(curve, curve.bend, bends, x, 1.0),
        zeros=_zeros(curve, x, values),
        left=left,
        right=right,
        undefined=(float(missing[0]), float(missing[-1])) if missing.size else None,
    )


def _grid(curve: Curve) -> Array:
    """Return places between −1000 and 1000: dense around 0, on no round number but close to every seam."""
    far = np.geomspace(10, FAR, 800)
    seams = np.array([s.at for s in curve.seams])
    beside = 1e-7 * np.maximum(1.0, np.abs(seams))
    x = [np.linspace(-10, 10, 4002) + 1.37e-5, far, -far, seams - beside, seams + beside]
    return np.unique(np.concatenate(x))


# --- extremes --------------------------------------------------------------------------------------------


def _zoomed(curve: Curve, g: Callable[[Array], Array], y: Array, x: Array, sign: float) -> Extreme:
    """Find the largest value of g, given values on a grid; of several alike the nearest to 0. `sign` goes on it."""
    known = np.where(np.isnan(y), -np.inf, y)
    first = int(np.argmax(known))
    if not np.isfinite(known[first]):
        return Extreme(math.copysign(math.inf, x[first]), sign * float(known[first]))
    inner, near = known[1:-1], known[first] - 1e-4 * abs(known[first])
    peaks = 1 + np.flatnonzero((inner >= known[:-2]) & (inner >= known[2:]) & (inner >= near))
    places = [first, *sorted(map(int, peaks), key=lambda i: abs(x[i]))[:1]]
    found = [_climbed(curve, g, known, x, i) for i in places]
    best = max(e.value for e in found)
    chosen = min((e for e in found if e.value >= best - 1e-12 * abs(best)), key=lambda e: abs(e.at))
    at = chosen.at
    if np.count_nonzero(known == known[first]) > _FLAT_TOP and all(s.at != at for s in curve.seams):
        at = math.inf  # on a whole stretch
    return Extreme(at, sign * chosen.value + 0.0)


def _climbed(curve: Curve, g: Callable[[Array], Array], known: Array, x: Array, i: int) -> Extreme:
    """Go from a place of the grid to the largest value of g near it, by grids of its neighbourhood."""
    low, high = x[max(i - 1, 0)], x[min(i + 1, len(x) - 1)]
    for s in curve.seams:  # not across a seam
        low, high = (max(low, s.at) if s.at < x[i] else low), (min(high, s.at) if s.at > x[i] else high)
    at, best = float(x[i]), float(known[i])
    edge = i in (0, len(x) - 1)
    for _ in range(0 if edge else 12):
        z = np.linspace(low, high, 19)[1:-1]
        v = g(z)
        v = np.where(np.isnan(v), -np.inf, v)
        k = int(np.argmax(v))
        if v[k] > best:
            at, best = float(z[k]), float(v[k])
        step = (high - low) / 18
        low, high = max(low, at - step), min(high, at + step)
    for digits in (0, 3, 6, 12):  # a top is flat: as good a place, and a shorter number
        near = round(at, digits)
        if not edge and abs(near - at) < 1e-6 and g(np.array([near]))[0] >= best - 1e-14 * abs(best):
            at = near + 0.0
            break
    # Beside a seam is as near to it as can be.
    at = next((s.at for s in curve.seams if abs(s.at - at) < 2e-7 * max(1.0, abs(at))), at)
    return Extreme(math.copysign(math.inf, at) if edge or math.isinf(best) else at, best)


def _largest(curve: Curve, g: Callable[[Array], Array], y: Array, x: Array) -> Extreme:
    """Find where |g| is largest: infinite where it grows and grows the closer one comes to a place."""
    found = _zoomed(curve, lambda z: np.abs(g(z)), np.abs(y), x, 1.0)
    if math.isinf(found.at):
        farther = np.abs(g(math.copysign(1.0, found.at) * np.array([1e4, 1e5])))
        return Extreme(found.at, math.inf) if farther[1] > 1.2 * farther[0] > found.value else found
    if math.isfinite(found.value):
        closer = [float(np.nanmax(np.abs(g(found.at + h * np.array([-1.0, 1.0]))))) for h in (1e-3, 1e-6, 1e-9)]
        if closer[2] > 3 * closer[1] > 9 * closer[0]:
            return Extreme(found.at, math.inf)
    return found


def _best(found: list[Extreme], which: Callable[..., Extreme]) -> Extreme:
    """Choose the smallest or largest; of those that are alike to rounding, the first."""
    best = which(found, key=lambda e: e.value)
    return next(e for e in found if math.isclose(e.value, best.value, rel_tol=1e-12, abs_tol=1e-300))


def _sides(curve: Curve) -> list[Extreme]:
    """Return the values on both sides of seams, for a kink may be an extreme, and that at 0, where a domain may end."""
    jumps = [Extreme(s.at, v) for s in curve.seams if s.order == 0 for v in (s.left, s.right)]
    places = np.array([*(s.at for s in curve.seams if s.order), 0.0])
    values = curve.value(places)
    return jumps + [Extreme(float(p), float(v)) for p, v in zip(places, values, strict=True) if not np.isnan(v)]


def _end(curve: Curve, asymptote: Asymptote, side: float) -> Extreme | None:
    """Return what is come near to at one end: the border of the range."""
    if asymptote.kind == "constant":
        return Extreme(side * math.inf, asymptote.intercept)
    if asymptote.kind in ("none", "undefined"):
        return None
    return Extreme(side * math.inf, math.copysign(math.inf, float(curve.value(np.array([side * 1e8]))[0])))


# --- pieces ----------------------------------------------------------------------------------------------


def _turns(curve: Curve, x: Array, slopes: Array) -> tuple[Extreme, ...]:
    """Find where the slope passes from one sign to the other, over stretches on which it is 0 too."""
    there = np.flatnonzero((np.abs(slopes) > 0) & np.isfinite(slopes))
    signs = np.sign(slopes[there])
    at = np.flatnonzero(signs[1:] != signs[:-1])
    if not at.size:
        return ()
    a, b, sign = x[there[at]], x[there[at + 1]], signs[at]
    for _ in range(60):
        middle = (a + b) / 2
        left = np.sign(curve.slope(middle)) == sign
        a, b = np.where(left, middle, a), np.where(left, b, middle)
    places = (a + b) / 2
    values = curve.value(places)
    order = np.sort(np.argsort(np.abs(places), kind="stable")[:_MOST])
    return tuple(Extreme(_round(float(places[i])), float(values[i])) for i in order)


def _monotone(curve: Curve, x: Array, slopes: Array) -> str:
    """Say what it does from left to right; where the slope is 0 for rounding alone, it goes on as it did."""
    known = np.isfinite(slopes)
    x, signs = x[known], np.sign(slopes[known])
    if not signs.size:
        return "undefined"
    starts = np.flatnonzero(np.append(True, signs[1:] != signs[:-1]))
    seams = [s.at for s in curve.seams]
    runs: list[float] = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(x)
        borders = [x[k] for k in (start, end) if 0 < k < len(x)]
        rounded = borders and not any(abs(b - s) < 0.01 * max(1.0, abs(b)) for b in borders for s in seams)
        if (signs[start] or not rounded) and (not runs or runs[-1] != signs[start]):
            runs.append(float(signs[start]))
    if len(runs) > 7:
        return f"rises and falls in {len(runs)} pieces"
    return ", ".join({1.0: "rises", -1.0: "falls", 0.0: "flat"}[r] for r in runs)


def _zeros(curve: Curve, x: Array, values: Array) -> tuple[float, ...]:
    """Find where the value passes 0, is 0 at the end of a stretch, or is 0 at a turn, at a seam or at 0 itself."""
    usable = np.isfinite(values[1:]) & np.isfinite(values[:-1])
    at = np.flatnonzero((np.sign(values[1:]) != np.sign(values[:-1])) & usable)
    a, b, sign = x[at], x[at + 1], np.sign(values[at])
    for _ in range(60):
        middle = (a + b) / 2
        left = np.sign(curve.value(middle)) == sign
        a, b = np.where(left, middle, a), np.where(left, b, middle)
    places = np.array([0.0, *(s.at for s in curve.seams)])
    places = places[curve.value(places) == 0]
    alone = [p for p in places if not (curve.value(p + np.array([-1e-6, 1e-6])) == 0).all()]  # within a stretch
    jumps = [s.at for s in curve.seams if s.order == 0]
    passed = [p for p in (a + b) / 2 if not any(abs(p - j) < 1e-9 for j in jumps)]
    # Where a tail becomes too small for a number, it hasn't come to 0.
    passed = [p for p in passed if np.max(np.abs(curve.value(p * np.array([0.99, 1.01])))) > 1e-30]
    found: list[float] = []
    for p in sorted([*map(float, passed), *map(float, alone)], key=abs):
        if abs(p) < 1e-280:
            p = 0.0  # as near as halving comes
        if all(abs(p - q) > 1e-7 * max(1.0, abs(p)) for q in found):
            found.append(_round(p))
    return tuple(sorted(found[:_MOST]))


def _round(at: float) -> float:
    nearest = round(at, 9)
    return nearest + 0.0 if abs(nearest - at) <= 1e-8 * max(1.0, abs(at)) and abs(at) < 1e-8 else float(at)


# --- ends ------------------------------------------------------------------------------------------------


def _asymptote(curve: Curve, side: float) -> Asymptote:
    """Say what f becomes like at one end, from its values at powers of ten."""
    x = side * np.array([1e3, 1e4, 1e5, 1e6, 1e7, 1e8])
    y = curve.value(x).astype(float)
    if np.isnan(y).any():
        return Asymptote("undefined")
    if not np.isfinite(y).all():
        return Asymptote("faster")
    if _settles(y):
        return Asymptote("constant", 0.0, _tidy(y[-1], 1e-7))
    slopes = curve.slope(x).astype(float)
    slope = _tidy(slopes[-1])
    if slope and _settles(slopes):
        rest = (y - slope * x)[:4]  # beyond, the line leaves no digits for it
        if _settles(rest, rtol=1e-6):
            return Asymptote("line", slope, _tidy(rest[-1], 1e-4))
    sizes = np.abs(y)
    if (np.diff(sizes) > 0).all():
        powers = np.diff(np.log10(sizes))
        if abs(powers[-1] - powers[-2]) < 1e-3:
            return Asymptote("power", power=round(float(powers[-1]), 3))
        return Asymptote("slower" if powers[-1] < powers[0] and powers[-1] < 0.2 else "faster")
    return Asymptote("none")


def _settles(y: Array, rtol: float = 1e-7, atol: float = 1e-4) -> bool:
    """Whether values at powers of ten come near to one: the last steps are small, and smaller than those before."""
    steps = np.abs(np.diff(y))
    scale = rtol * float(np.max(np.abs(y)))
    return bool(steps[-1] <= max(atol, scale) and (np.diff(steps) <= max(scale, 1e-12)).all())


def _tidy(value: float, near: float = 1e-9) -> float:
    """Round to a short number that is near."""
    short = round(float(value), 3)
    return short + 0.0 if abs(short - value) < near else float(value)
