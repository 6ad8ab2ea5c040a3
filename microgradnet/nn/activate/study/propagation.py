"""How signals and gradients travel through many layers of an activation, for wide layers of normal weights.

Weights of n inputs each have the variance σ_w²/n, biases σ_b². Then the sums of a wide layer are normal, and one
number, their variance q, says how large they are: q becomes V(q) = σ_w² E[f(√q z)²] + σ_b² in the next layer, z
standard normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from microgradnet.nn.activate.study.curve import Array, Curve

__all__ = [
    "CORRELATION",
    "FLAT",
    "LAYERS",
    "CorrelationMap",
    "FixedPoint",
    "Propagation",
    "propagation",
    "units_dead_on_all",
]

LAYERS = 20
"""How many layers signals and gradients are followed through."""

CORRELATION = 0.5
"""Of two inputs, in the first layer."""

FLAT = 1e-3
"""Where |f′| is below this, a unit is saturated, as in `check_activation`."""

VARIANCES = np.logspace(-4, 4, 41)

_TERMS = 256
"""Of the series of the correlation map."""


@dataclass(frozen=True)
class FixedPoint:
    """A variance that a layer keeps.

    Attributes
    ----------
    variance : float
    slope : float
        V′ there: below 1 other variances are drawn to it, above 1 they leave it.
    """

    variance: float
    slope: float


@dataclass(frozen=True)
class CorrelationMap:
    """What the correlation of two inputs becomes in the next layer, C(c) = E[f(u) f(v)] / E[f²].

    u and v are normal with the variance 1 and the correlation c; there are no biases. With Hermite's polynomials,
    orthonormal for the normal density, and a_k = E[f(z) h_k(z)] it is Σ a_k² cᵏ / Σ a_k² (Daniely, Frostig and Singer,
    Toward deeper understanding of neural networks, NIPS 2016).

    Attributes
    ----------
    shares : array, shape (257,)
        a_k² / E[f²].
    slope_at_1 : float
        E[f′²] / E[f²]; infinite where the value of f jumps.
    """

    shares: Array
    slope_at_1: float

    @property
    def rest(self) -> float:
        """The share of the terms that were left out: C is exact to rest · |c|²⁵⁷."""
        return max(0.0, 1.0 - float(self.shares.sum()))

    def __call__(self, c: float | Array) -> Array:
        """Compute C(c) for −1 ≤ c ≤ 1."""
        c = np.asarray(c, np.float64)
        powers = c[..., None] ** np.arange(len(self.shares))
        return np.asarray(powers @ self.shares + self.rest * c ** len(self.shares))

    def slope(self, c: float) -> float:
        """Compute C′(c) for 0 ≤ c ≤ 1."""
        if c == 1.0:
            return self.slope_at_1
        k = np.arange(1, len(self.shares))
        return float(np.sum(k * self.shares[1:] * c ** (k - 1)))

    @property
    def fixed_point(self) -> float:
        """The correlation that deep layers tend to: C is convex, so it is 1 if C′(1) ≤ 1, and less if not."""
        if self.slope_at_1 <= 1 + 1e-6:
            return 1.0
        low, high = 0.0, 1 - 1e-9
        if self(0.0) <= 1e-14:
            return 0.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self(middle) > middle else (low, middle)
        return (low + high) / 2

    def through(self, correlation: float, layers: int) -> Array:
        """Follow a correlation, from the first of so many layers to the last."""
        followed = [correlation]
        for _ in range(layers - 1):
            followed.append(float(self(followed[-1])))
        return np.array(followed)


@dataclass(frozen=True)
class Propagation:
    """What becomes of signals and gradients in a deep network; expectations by quadrature, to some 12 digits.

    Attributes
    ----------
    gain, gain_backward : float
        1/√E[f(z)²] and 1/√E[f′(z)²], z standard normal.
    mean, second_moment, second_moment_of_slope : float
        E[f(z)], E[f(z)²], E[f′(z)²].
    chi : float
        χ = σ_w² E[f′²] at σ_w = gain: what the squared norm of a gradient is multiplied by in a layer.
    fixed_points, fixed_points_at_1 : tuple of FixedPoint, or None
        Of V with σ_w = gain and with σ_w = 1, without biases; None where every variance is one.
    variance_depth : float
        ξ_q = −1 / ln |V′(1)| at σ_w = gain: in so many layers a variance beside 1 comes e times closer;
        infinite if never.
    correlation : CorrelationMap or None
    correlation_depth : float
        ξ_c = −1 / ln C′(c*): in so many layers two inputs come e times closer to the correlation c*.
    dead, saturated : float
        The share of numbers, standard normal, at which f′ is 0, or |f′| below 0.001.
    dead_units : float
        The share of units of the 20th layer whose slope is 0 for each of 16 inputs.
    variances, second_moments, slope_moments : array, shape (41,)
        q, E[f(√q z)²], E[f′(√q z)²].
    signal, gradient, correlations : array, shape (20,)
        q, the mean square of a gradient, in relation to the last layer, and the correlation, by layers; σ_w = gain.
    signal_at_1, gradient_at_1 : array, shape (20,)
        For σ_w = 1.
    edge : array, shape (n, 2)
        The edge of chaos: σ_w and σ_b at which a variance q stays and χ = 1, from small q to large.
    """

    gain: float
    gain_backward: float
    mean: float
    second_moment: float
    second_moment_of_slope: float
    chi: float
    fixed_points: tuple[FixedPoint, ...] | None
    fixed_points_at_1: tuple[FixedPoint, ...] | None
    variance_depth: float
    correlation: CorrelationMap | None
    correlation_depth: float
    dead: float
    saturated: float
    dead_units: float
    variances: Array
    second_moments: Array
    slope_moments: Array
    signal: Array
    gradient: Array
    correlations: Array
    signal_at_1: Array
    gradient_at_1: Array
    edge: Array

    def edge_at(self, bias: float) -> float:
        """Compute σ_w on the edge of chaos for a σ_b, between points that were computed; NaN where there are none."""
        if not len(self.edge):
            return math.nan
        order = np.argsort(self.edge[:, 1], kind="stable")
        weights, biases = self.edge[order].T
        if not biases[0] - 1e-9 <= bias <= biases[-1] + 1e-9:
            return math.nan
        return float(np.interp(bias, biases, weights))


def propagation(curve: Curve) -> Propagation:
    """Compute how signals and gradients travel through layers of an activation."""
    second, slope = _moments(curve, 1.0)
    gain, gain_backward = (_inverse_root(m) for m in (second, slope))
    first = curve.rule(1.0).mean(curve.value(curve.rule(1.0).x)) if math.isfinite(second) else math.nan
    usable = 0 < gain < math.inf
    chi = gain**2 * slope if usable else math.nan
    moments = np.array([_moments(curve, float(q)) for q in VARIANCES])
    correlation = _correlation_map(curve, second, slope) if usable else None
    nowhere = np.full(LAYERS, math.nan)
    signal, gradient = _through(curve, gain, fixed=True) if usable else (nowhere, nowhere)
    signal_at_1, gradient_at_1 = _through(curve, 1.0)
    correlations = nowhere if correlation is None else correlation.through(CORRELATION, LAYERS)
    dead = _share(curve, lambda x: curve.slope(x) == 0)
    return Propagation(
        gain=gain,
        gain_backward=gain_backward,
        mean=first,
        second_moment=second,
        second_moment_of_slope=slope,
        chi=chi,
        fixed_points=_fixed_points(curve, gain, moments[:, 0]) if usable else (),
        fixed_points_at_1=_fixed_points(curve, 1.0, moments[:, 0]) if math.isfinite(second) else (),
        variance_depth=_depth(_variance_slope(curve, gain, 1.0)) if usable else math.nan,
        correlation=correlation,
        correlation_depth=math.nan if correlation is None else _depth(correlation.slope(correlation.fixed_point)),
        dead=dead,
        saturated=_share(curve, lambda x: np.abs(curve.slope(x)) < FLAT),
        dead_units=units_dead_on_all(curve, 16, float(correlations[-1]))
        if dead and usable
        else 0.0
        if usable
        else dead,
        variances=VARIANCES,
        second_moments=moments[:, 0],
        slope_moments=moments[:, 1],
        signal=signal,
        gradient=gradient,
        correlations=correlations,
        signal_at_1=signal_at_1,
        gradient_at_1=gradient_at_1,
        edge=_edge(curve, moments),
    )


def _inverse_root(moment: float) -> float:
    if math.isnan(moment):
        return math.nan
    return 1 / math.sqrt(moment) if moment else math.inf


def _moments(curve: Curve, variance: float) -> tuple[float, float]:
    """Compute E[f²] and E[f′²] of a normal number of that variance."""
    rule = curve.rule(variance)
    found = []
    for g, finite in zip((curve.value, curve.slope), rule.finite, strict=True):
        values = g(rule.x)
        with np.errstate(all="ignore"):
            moment = math.nan if np.isnan(values).any() else rule.mean(values**2) if finite else math.inf
        found.append(moment)
    return found[0], found[1]


# --- the variance ----------------------------------------------------------------------------------------


def _variance_slope(curve: Curve, weights: float, variance: float) -> float:
    """Compute V′(q) = σ_w² E[f(√q z)² (z² − 1)] / 2q, in which no derivative of f stands."""
    rule = curve.rule(variance)
    with np.errstate(all="ignore"):
        return weights**2 * rule.mean(curve.value(rule.x) ** 2 * (rule.t**2 - 1)) / (2 * variance)


def _fixed_points(curve: Curve, weights: float, moments: Array) -> tuple[FixedPoint, ...] | None:
    """Find the variances that σ_w² E[f(√q z)²] keeps, 0 among them; None where that are all."""
    with np.errstate(all="ignore"):
        off = np.log(weights**2 * moments) - np.log(VARIANCES)
    if np.all(np.abs(off) < 1e-9):
        return None
    found = []
    if float(curve.value(np.zeros(1))[0]) == 0.0:
        small = 1e-10
        found.append(FixedPoint(0.0, weights**2 * _moments(curve, small)[0] / small))
    for i in np.flatnonzero(np.abs(off) < 1e-9):
        q = float(VARIANCES[i])
        found.append(FixedPoint(q, _variance_slope(curve, weights, q)))
    for i in np.flatnonzero(off[1:] * off[:-1] < 0):
        if min(abs(off[i]), abs(off[i + 1])) < 1e-9:
            continue
        q = _root(
            lambda s: math.log(weights**2 * _moments(curve, math.exp(s))[0]) - s,
            math.log(VARIANCES[i]), math.log(VARIANCES[i + 1]), float(off[i]), float(off[i + 1]),
        )  # fmt: skip
        found.append(FixedPoint(math.exp(q), _variance_slope(curve, weights, math.exp(q))))
    return tuple(sorted(found, key=lambda p: p.variance))


def _root(g: Callable[[float], float], a: float, b: float, g_a: float, g_b: float) -> float:
    """Find where g is 0 between two places of different sign, by the Illinois rule."""
    side = 0
    for _ in range(60):
        c = (a * g_b - b * g_a) / (g_b - g_a)
        g_c = g(c)
        if abs(g_c) < 1e-13 or abs(b - a) < 1e-14:
            return c
        if g_c * g_b > 0:
            b, g_b = c, g_c
            g_a, side = (g_a / 2 if side == 1 else g_a), 1
        else:
            a, g_a = c, g_c
            g_b, side = (g_b / 2 if side == -1 else g_b), -1
    return c


def _through(curve: Curve, weights: float, *, fixed: bool = False) -> tuple[Array, Array]:
    """Follow the variance from 1 through the layers, and the mean square of a gradient from the last to each."""
    q, signal, factors = 1.0, [], []
    for _ in range(LAYERS):
        signal.append(q)
        if not (1e-30 < q < 1e30):
            factors.append(math.nan)
            q = math.nan
            continue
        second, slope = _moments(curve, q)
        factors.append(weights**2 * slope)
        q = 1.0 if fixed else weights**2 * second
    gradient = np.cumprod([1.0, *factors[-2::-1]])[::-1]
    return np.array(signal), gradient


def _depth(slope: float) -> float:
    """Return the number of layers in which a difference becomes e times as small, if it does."""
    size = abs(slope)
    if math.isnan(size):
        return math.nan
    return math.inf if size >= 1 - 1e-9 else 0.0 if size == 0 else -1 / math.log(size)


# --- correlation, edge, dead units -----------------------------------------------------------------------


def _correlation_map(curve: Curve, second: float, slope: float) -> CorrelationMap:
    rule = curve.rule(1.0)
    weighted = rule.weights * curve.value(rule.x)
    before, now = np.zeros_like(rule.t), np.ones_like(rule.t)
    coefficients = []
    for k in range(_TERMS + 1):
        with np.errstate(all="ignore"):
            products = weighted * now  # far out a weight is 0, and the polynomial may be too large
            coefficients.append(float(np.sum(products[weighted != 0])))
            before, now = now, (rule.t * now - math.sqrt(k) * before) / math.sqrt(k + 1)
    shares = np.array(coefficients) ** 2 / second
    return CorrelationMap(shares, math.inf if curve.jumps else slope / second)


def _edge(curve: Curve, moments: Array) -> Array:
    """Go along the edge of chaos, where χ = σ_w² E[f′²] = 1, by the variance q that stays: σ_b² = q − σ_w² E[f²]."""
    small = 1e-12
    variances, moments = np.append(small, VARIANCES), np.concatenate([np.array([_moments(curve, small)]), moments])
    with np.errstate(all="ignore"):
        weights = 1 / np.sqrt(moments[:, 1])
        biases = variances - weights**2 * moments[:, 0]
        biases[np.abs(biases) < 1e-9 * variances] = 0.0
        there = (biases >= 0) & (weights > 0) & np.isfinite(weights)
        return np.stack([weights[there], np.sqrt(biases[there])], axis=1)


def _share(curve: Curve, where: Callable[[Array], Array]) -> float:
    """Compute the probability that something holds of a standard normal number."""
    edges = np.unique(np.concatenate([np.linspace(-8, 8, 1025), [s.at for s in curve.seams if abs(s.at) < 8]]))
    left, right = edges[:-1], edges[1:]
    middles = (left + right) / 2
    if np.isnan(curve.slope(middles)).any():
        return math.nan
    inside = where(middles)
    for at in np.flatnonzero(inside[1:] != inside[:-1]) + 1:  # an end may lie within either of the two
        if edges[at] in {s.at for s in curve.seams}:
            continue
        a, b = (left[at - 1] + right[at - 1]) / 2, (left[at] + right[at]) / 2
        for _ in range(40):
            middle = (a + b) / 2
            a, b = (middle, b) if where(np.array([middle]))[0] == inside[at - 1] else (a, middle)
        edges[at] = (a + b) / 2
    weight = np.diff(_distribution(np.array([-np.inf, *edges[1:-1], np.inf])))
    return float(np.sum(weight[inside]))


def _distribution(x: Array) -> Array:
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x])


def units_dead_on_all(curve: Curve, inputs: int, correlation: float) -> float:
    """Compute the share of units whose slope is 0 for each of so many inputs of one correlation with each other.

    Their sums are √c m + √(1 − c) sᵢ with independent standard normal m and sᵢ: for a given m they are independent.
    """
    ends = np.array([-np.inf, *(s.at for s in curve.seams), np.inf])
    inner = [np.linspace(max(a, -40.0), min(b, 40.0), 9)[1:-1] for a, b in pairwise(ends)]
    flat = [bool(np.all(curve.slope(x) == 0)) for x in inner]
    c = min(max(correlation, 0.0), 1.0 - 1e-6)
    m = np.linspace(-8, 8, 2001)
    share = np.zeros_like(m)
    for a, b, is_flat in zip(ends[:-1], ends[1:], flat, strict=True):
        if is_flat:
            low, high = ((e - math.sqrt(c) * m) / math.sqrt(1 - c) for e in (a, b))
            share += _distribution(high) - _distribution(low)
    density = np.exp(-(m**2) / 2) / math.sqrt(2 * math.pi)
    return float(np.sum(share**inputs * density) * (m[1] - m[0]))
