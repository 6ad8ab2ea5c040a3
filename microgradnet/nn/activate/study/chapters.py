"""The chapters of a study: which quantities stand in each table, how they are defined, and where that comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from microgradnet.nn.activate.study.cost import PEERS
from microgradnet.nn.activate.study.kin import Relative
from microgradnet.nn.activate.study.numerics import DTYPES, Numerics
from microgradnet.nn.activate.study.propagation import FixedPoint, Propagation
from microgradnet.nn.activate.study.shape import Extreme, Shape
from microgradnet.nn.activate.study.simulation import MeasuredByLayer
from microgradnet.nn.activate.study.using import Trained

__all__ = ["CHAPTERS", "Chapter", "Measure", "in_use", "number"]

HE = "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015"
POOLE = "Poole, Lahiri, Raghu, Sohl-Dickstein and Ganguli, Exponential expressivity in deep neural networks, NIPS 2016"
SCHOENHOLZ = "Schoenholz, Gilmer, Ganguli and Sohl-Dickstein, Deep information propagation, ICLR 2017"
HAYOU = (
    "Hayou, Doucet and Rousseau, On the impact of the activation function on deep neural networks training, ICML 2019"
)
DANIELY = "Daniely, Frostig and Singer, Toward deeper understanding of neural networks, NIPS 2016"
LU = "Lu, Shin, Su and Karniadakis, Dying ReLU and initialization, 2019"
GLOROT = "Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010"
GOLDBERG = "Goldberg, What every computer scientist should know about floating-point arithmetic, 1991"
ADAM = "Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015"
SOURCES = {"u″ = −u, 1-16-1": "Lagaris, Likas and Fotiadis, Neural networks for solving differential equations, 1998"}
HIGHAM = "Higham, Accuracy and stability of numerical algorithms, 2002"


@dataclass(frozen=True)
class Measure:
    """A quantity: what it is called, how it is written, what it is.

    Attributes
    ----------
    label : str
    written : callable
        ``written(found)``: the text of a cell, of what was found of an activation.
    definition, source : str
    """

    label: str
    written: Callable[[Any], str]
    definition: str
    source: str = ""


@dataclass(frozen=True)
class Chapter:
    """A table of quantities.

    Attributes
    ----------
    title : str
    of : str
        Which attribute of what was studied the quantities are read from.
    about : str
        What holds for all of them.
    measures : tuple of Measure
    """

    title: str
    of: str
    about: str
    measures: tuple[Measure, ...]


def number(value: float, digits: int = 4) -> str:
    """Write a number briefly: a dash where there is none."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value + 0.0:.{digits}g}".replace("-", "−")


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.3g} %"


# --- propagation -----------------------------------------------------------------------------------------


def _points(points: tuple[FixedPoint, ...] | None) -> str:
    if points is None:
        return "every one"
    slopes = [round(p.slope, 12) for p in points]
    shown = [
        f"{number(p.variance)} ({'kept' if abs(s) < 1 else 'left'}, {number(s, 3)})"
        for p, s in zip(points, slopes, strict=True)
    ]
    return ", ".join(shown) or "none"


def _factor(square: float) -> str:
    return "–" if math.isnan(square) else f"× {number(math.sqrt(square), 3)}"


def _depths(p: Propagation) -> str:
    return f"{number(p.variance_depth, 3)}, {number(p.correlation_depth, 3)}"


def _edge(p: Propagation) -> str:
    return f"{number(p.edge_at(0.0))}, {number(p.edge_at(0.2))}"


def _fixed_correlation(p: Propagation) -> str:
    if p.correlation is None:
        return "–"
    return f"{number(p.correlation.fixed_point)} (C′(1) {number(p.correlation.slope_at_1)})"


_PROPAGATION = (
    Measure(
        "gain, forward", lambda p: number(p.gain, 5),
        "1/√E[f(z)²], z standard normal: weights of n inputs with the standard deviation gain/√n keep the mean square "
        "of the sums at 1", HE,
    ),
    Measure(
        "gain, backward", lambda p: number(p.gain_backward, 5),
        "1/√E[f′(z)²]: with these weights gradients keep their mean square; ∞ where the slope is 0 almost everywhere",
        HE,
    ),
    Measure("mean E[f(z)]", lambda p: number(round(p.mean, 12)), "what a unit gives on average, z normal", GLOROT),
    Measure(
        "χ at the gain", lambda p: number(p.chi),
        "σ_w² E[f′(z)²] for σ_w = gain, forward: the factor of the mean square of a gradient in each layer", POOLE,
    ),
    Measure(
        "variances q that stay", lambda p: _points(p.fixed_points),
        "fixed points of V(q) = σ_w² E[f(√q z)²] for σ_w = gain, and V′ there: below 1 others are drawn to it (kept), "
        "above 1 they leave it; between 10⁻⁴ and 10⁴, and 0", POOLE,
    ),
    Measure("… with σ_w = 1", lambda p: _points(p.fixed_points_at_1), "the same for weights of variance 1/n", POOLE),
    Measure(
        "edge of chaos, σ_b 0, 0.2", _edge,
        "the σ_w at which a variance stays and χ = 1, for biases of the standard deviation 0 and of 0.2", HAYOU,
    ),
    Measure(
        "correlation that stays", _fixed_correlation,
        "c* = C(c*), where C(c) = E[f(u)f(v)]/E[f²] is what the correlation c of two inputs becomes in the next layer; "
        "if the slope at 1 is above 1, inputs as good as equal are driven apart", DANIELY,
    ),
    Measure(
        "depths ξ_q, ξ_c", _depths,
        "in so many layers a variance beside 1, and a correlation beside c*, come e times nearer: −1/ln |V′|, −1/ln C′",
        SCHOENHOLZ,
    ),
    Measure(
        "gradient, 20 layers", lambda p: _factor(p.gradient[0]),
        "the root mean square of the gradient in the 1st layer, in relation to the 20th, σ_w = gain", SCHOENHOLZ,
    ),
    Measure(
        "… with σ_w = 1", lambda p: _factor(p.gradient_at_1[0]),
        "the same for weights of variance 1/n", SCHOENHOLZ,
    ),
    Measure(
        "correlation ½, 20 layers", lambda p: number(float(p.correlations[-1])),
        "what the correlation ½ of two inputs is in the 20th layer, σ_w = gain", POOLE,
    ),
    Measure("dead, saturated", lambda p: f"{_percent(p.dead)}, {_percent(p.saturated)}",
        "the share of standard normal z with f′(z) = 0, and with |f′(z)| < 0.001", GLOROT),
    Measure("dead units", lambda p: _percent(p.dead_units),
        "the share of units in the 20th layer whose slope is 0 for each of 16 inputs, of correlation ½ in the 1st", LU),
)  # fmt: skip


def _root_of(m: MeasuredByLayer, layer: int) -> str:
    mean, error = float(m.mean[layer]), float(m.error[layer])
    if not math.isfinite(mean):
        return "–"
    root = math.sqrt(mean)
    return f"× {number(root, 3)} ± {number(error / (2 * root) if root else error, 2)}"


def _with_error(m: MeasuredByLayer, layer: int) -> str:
    mean, error = float(m.mean[layer]), float(m.error[layer])
    return "–" if math.isnan(mean) else f"{number(mean, 3)} ± {number(error, 2)}"


_SIMULATION = (
    Measure("signal, layer 20", lambda s: _root_of(s.signal, -1),
        "the root mean square of the sums; 1 is expected"),
    Measure("gradient, 20 layers", lambda s: _root_of(s.gradient, 0),
        "the root mean square of the gradient in the 1st layer, in relation to the 20th"),
    Measure("correlation ½, 20 layers", lambda s: _with_error(s.correlations, -1),
        "the mean over pairs of 16 inputs"),
    Measure("dead slopes, units", lambda s: f"{_percent(s.dead)}, {_percent(s.dead_units)}",
        "in the 20th layer: of slopes that are 0, and of units whose slope is 0 for each of 16 inputs"),
)  # fmt: skip


# --- shape -----------------------------------------------------------------------------------------------


def _smooth(s: Shape) -> str:
    if s.smoothness is None:
        return "no jump found up to f″"
    return {-1: "the value jumps", 0: "C⁰: kinks", 1: "C¹: f″ jumps"}[s.smoothness]


def _seams(s: Shape) -> str:
    what = ("f", "f′", "f″")
    shown = [f"{number(k.at)} ({what[k.order]} {number(k.left, 3)} → {number(k.right, 3)})" for k in s.seams[:4]]
    more = f" and {len(s.seams) - 4} more" if len(s.seams) > 4 else ""
    return (", ".join(shown) or "none") + more


def _at(e: Extreme) -> str:
    return f"{number(e.value)}" + (f" at {number(e.at)}" if math.isfinite(e.at) and e.value else "")


def _zeros(s: Shape) -> str:
    shown = ", ".join(number(z) for z in sorted(sorted(s.zeros, key=abs)[:5]))
    return (shown or "none") + (f" and {len(s.zeros) - 5} more" if len(s.zeros) > 5 else "")


def _undefined(s: Shape) -> str:
    return "nowhere" if s.undefined is None else f"{number(s.undefined[0])} to {number(s.undefined[1])}"


_SHAPE = (
    Measure("smoothness", _smooth, "which of f, f′ and f″ jumps somewhere, found along the record of f"),
    Measure("seams", _seams, "where pieces meet: the first of f, f′, f″ that jumps there, from left to right"),
    Measure("pieces", lambda s: s.monotone, "from left to right; a slope of 0 for rounding alone counts as before"),
    Measure("lowest", lambda s: _at(s.lowest), "the infimum, and where it is taken"),
    Measure("highest", lambda s: _at(s.highest), "the supremum, and where it is taken"),
    Measure("zeros", _zeros, "where f is 0; of a stretch its ends"),
    Measure("steepest |f′|", lambda s: _at(s.steepest), "the Lipschitz constant of f"),
    Measure("Lipschitz of f′", lambda s: _at(s.most_bent), "the largest |f″|; ∞ with a kink"),
    Measure("smallest f″", lambda s: _at(s.bend_low), "apart from kinks"),
    Measure("largest f″", lambda s: _at(s.bend_high), "apart from kinks"),
    Measure("towards −∞", lambda s: str(s.left), "the limit, or the line or power that it becomes like, to x = −10⁸"),
    Measure("towards ∞", lambda s: str(s.right), "the same to x = 10⁸"),
    Measure("NaN", _undefined, "from where to where, between −1000 and 1000"),
)  # fmt: skip


# --- numerics --------------------------------------------------------------------------------------------

_ORDERS = ("f", "f′", "f″")


def _worst(order: int, dtype: str) -> Callable[[Numerics], str]:
    def written(n: Numerics) -> str:
        a = n.of(order, dtype)
        if a.against is None:
            return "can't be told"
        if not a.worst:
            return "exact"
        return f"{number(a.worst, 2)} at {number(a.at, 3)}"

    return written


def _cancels(n: Numerics) -> str:
    shown = []
    for a in n.accuracies:
        if a.cancels:
            low, high = max(a.cancels, key=lambda c: c[1] - c[0])
            more = f" (+{len(a.cancels) - 1})" if len(a.cancels) > 1 else ""
            shown.append(f"{_ORDERS[a.order]} {a.dtype[5:]}: {number(low, 3)} to {number(high, 3)}{more}")
    return ", ".join(shown) or "nowhere"


def _overflows(n: Numerics) -> str:
    shown = [
        f"{_ORDERS[a.order]} {a.dtype[5:]}: {', '.join(number(x, 3) for x in a.overflows)}"
        for a in n.accuracies
        if a.overflows
    ]
    return "; ".join(shown) or "nowhere"


_NUMERICS = (
    *(
        Measure(
            f"{_ORDERS[order]}, {dtype}", _worst(order, dtype),
            f"the largest error of {_ORDERS[order]} between −1000 and 1000, in units in the last place, off seams",
            GOLDBERG,
        )
        for order in range(3)
        for dtype in DTYPES
    ),
    Measure("digits cancel", _cancels,
        "where more than 64 units are lost beyond what a rounded x costs: the longest stretch, and how many more",
        HIGHAM),
    Measure("overflows early", _overflows, "the x nearest to 0 at which it isn't finite, though the value would fit"),
)  # fmt: skip


# --- cost, kin -------------------------------------------------------------------------------------------


def _times(ratios: Any) -> str:
    return ", ".join(f"{ratios[peer]:.2g}× {peer}" for peer in PEERS)


_COST = (
    Measure("value", lambda c: _times(c.value), "how many times as long as ReLU and the sigmoid, of 12288 float64"),
    Measure("value and gradient", lambda c: _times(c.gradient), "the same with the reverse pass"),
    Measure("… all compiled", lambda c: _times(c.compiled), "the same, each compiled by mg.compile for NumPy"),
    Measure("gain of compiling", lambda c: f"{c.saved:.2g}×", "value and gradient, uncompiled against compiled"),
    Measure("kept", lambda c: f"{c.kept:.3g} bytes", "for the reverse pass, for 8 bytes of x, beside x itself"),
)  # fmt: skip


def _relative(place: int) -> Callable[[tuple[Relative, ...]], str]:
    def written(found: tuple[Relative, ...]) -> str:
        if place >= len(found):
            return "none near" if not place else "–"
        r = found[place]
        return f"{r}: {number(r.distance, 2)} off, {number(r.far, 2)} farther out"

    return written


_KIN = tuple(
    Measure(
        label, _relative(place),
        "of the registered activations g the nearest a · g(bx + c) + d, with a line e·x if it helps a lot; off is the "
        "root mean square of the difference on −8 … 8 by the standard deviation of f, and farther out on −60 … 60",
    )
    for place, label in enumerate(("nearest", "second", "third"))
)  # fmt: skip


def in_use(trained: Sequence[Trained]) -> Chapter:
    """Make the chapter of what was trained: a row for each problem."""

    def score(place: int) -> Callable[[Sequence[Trained]], str]:
        def written(of: Sequence[Trained]) -> str:
            t = of[place]
            if math.isnan(t.mean):
                return "diverged at every rate"
            return f"{number(t.mean, 3)} ± {number(t.spread, 2)} (rate {t.rate:g})"

        return written

    measures = tuple(
        Measure(t.problem, score(k), f"{t.score}, {len(t.losses)} steps", SOURCES.get(t.problem, ADAM))
        for k, t in enumerate(trained)
    )
    seeds = trained[0].losses.shape[1]
    about = (
        f"Small networks trained from the same {seeds} seeds, weights of the gain, the best of three rates: mean ± "
        "standard deviation, less is better. It holds for these problems alone."
    )
    return Chapter("In use", "trained", about, measures)


CHAPTERS = (
    Chapter("Signals and gradients through layers", "propagation",
        "Expected in wide layers of normal weights without biases, by quadrature.", _PROPAGATION),
    Chapter("Measured in networks", "simulation",
        "8 networks of 20 layers of 256 units, 16 inputs, seeds 0 to 7, σ_w = gain: mean ± standard error.",
        _SIMULATION),
    Chapter("Shape", "shape", "Between −1000 and 1000, and at the ends.", _SHAPE),
    Chapter("Numerics", "numerics",
        "Rounding against the same expression with more digits: float16 and float32 against float64, float64 against "
        "longdouble. What a formula misses isn't seen.", _NUMERICS),
    Chapter("Cost", "cost", "Ratios of medians, measured by turns in this run on this machine.", _COST),
    Chapter("Kin", "kin", "Is it known already? How far apart, never that it is the same.", _KIN),
)  # fmt: skip
"""In the order in which they are printed."""
