"""`study_activation`: what an inventor of an activation measures by hand, computed from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.registry import find
from microgradnet.nn.activate.study.charts import Chart, ChartLine
from microgradnet.nn.activate.study.cost import costs
from microgradnet.nn.activate.study.curve import Array, Curve
from microgradnet.nn.activate.study.kin import kin
from microgradnet.nn.activate.study.numerics import numerics
from microgradnet.nn.activate.study.propagation import propagation
from microgradnet.nn.activate.study.report import Studied, Study
from microgradnet.nn.activate.study.shape import shape
from microgradnet.nn.activate.study.simulation import simulate
from microgradnet.nn.activate.study.using import RATES, Trained, problems, trained

__all__ = ["study_activation"]

BESIDE = ("relu", "tanh")
"""What one alone is put beside."""


def study_activation(
    *activations: str | Callable[[Any], Any], seeds: int = 0, progress: Callable[[str], None] | None = None
) -> Study:
    """Study activations side by side: signals through layers, shape, rounding, cost, and what they are kin to.

    Everything is computed from the function: expectations of normal sums by quadrature, confirmed in real networks with
    seeds; kinks from its record; rounding against more digits; times turn by turn with ReLU's and the sigmoid's.

    Parameters
    ----------
    *activations : str or callable
        Names of activations, or elementwise functions of arrays made of this package's operations; parameters have
        their defaults. One alone is put beside ReLU and tanh.
    seeds : int
        From how many seeds small networks are trained with each: the article's, one on handwritten digits (without
        scikit-learn, on rings), a deep narrow one, and one whose loss has second derivatives in it. Each takes seconds
        for each activation.
    progress : callable, optional
        Called with a line of text before each part, such as ``print``.

    Returns
    -------
    Study
        Print it; show it in a notebook; ``study.save("page.html")``; ``study.plot()``; ``study["gelu"].shape.zeros``.

    Raises
    ------
    KeyError
        If there is no activation of a name.
    TypeError
        If one is neither a name nor a function, or needs more than x; if there is none.
    ValueError
        If one raises an error, or isn't elementwise: what works along an axis is no curve. If `seeds` is negative.

    Examples
    --------
    >>> import microgradnet as mg
    >>> study = mg.study_activation("silu", lambda x: x * mg.sigmoid(1.702 * x))
    >>> list(study)
    ['silu', '<lambda>']
    >>> round(study["silu"].propagation.gain, 4)
    1.6765
    >>> print(study["<lambda>"].kin[0])
    0.5875·silu(1.702·x)
    """
    if not activations:
        raise TypeError("study_activation: give at least one activation, by name or as a function")
    if not isinstance(seeds, int) or seeds < 0:
        raise ValueError(f"study_activation: seeds must be a whole number, 0 or more, got {seeds!r}")
    say = progress or (lambda _: None)
    chosen = [*activations, *BESIDE] if len(activations) == 1 else list(activations)
    curves = _curves(chosen)
    for curve in curves:
        curve.refuse("study_activation")
    say("timing")
    spent = costs({curve.name: curve.activation for curve in curves})
    found = []
    for curve in curves:
        say(curve.name)
        expected = propagation(curve)
        found.append(
            Studied(
                name=curve.name,
                activation=curve.activation,
                propagation=expected,
                simulation=simulate(curve, expected.gain) if 0 < expected.gain < np.inf else None,
                shape=shape(curve),
                numerics=numerics(curve),
                cost=spent[curve.name],
                kin=kin(curve),
                trained=tuple(_trained(curve, expected.gain, seeds, say)),
            )
        )
    return Study(found, [*_charts(curves, found), *_loss_charts(found)])


def _trained(curve: Curve, gain: float, seeds: int, say: Callable[[str], None]) -> Iterator[Trained]:
    """Train networks on each problem; say which one is next."""
    for problem in problems() if seeds else ():
        say(f"{curve.name}: {problem.name}, {seeds} seeds at {len(RATES)} rates")
        yield trained(problem, curve.activation, gain, seeds)


def _curves(chosen: Sequence[str | Callable[[Any], Any]]) -> list[Curve]:
    """Find the activations, each once; two functions of one name are told apart by a number."""
    curves: dict[str, Curve] = {}
    seen: list[Activation] = []
    for given in chosen:
        try:
            activation = find(given)
        except TypeError as error:
            raise TypeError(f"study_activation: {error}") from error
        if any(activation is s or activation.function is s.function for s in seen):
            continue
        seen.append(activation)
        name = given if isinstance(given, str) else activation.name
        number, free = 1, name
        while free in curves:
            number += 1
            free = f"{name} {number}"
        curves[free] = Curve(free, activation)
    return list(curves.values())


# --- figures ---------------------------------------------------------------------------------------------


def _charts(curves: Sequence[Curve], found: Sequence[Studied]) -> list[Chart]:
    x = np.linspace(-5, 5, 501) + 1.37e-5
    lines: list[list[ChartLine]] = [
        [ChartLine(c.name, *_parted(c, x, g)) for c in curves for g in (c.derivatives[order],)] for order in range(3)
    ]
    layers = np.arange(1, len(found[0].propagation.signal) + 1)
    return [
        Chart("Value f", "x", "f", tuple(lines[0]), ylim=_cut(lines[0])),
        Chart("Slope f′", "x", "f′", tuple(lines[1]), ylim=_cut(lines[1])),
        Chart("Bend f″", "x", "f″", tuple(lines[2]), ylim=_cut(lines[2])),
        _variance_chart(found),
        _correlation_chart(found),
        _edge_chart(found),
        _by_layers("Gradient by layers", "mean square, to the last layer", "gradient", "gradient", found, layers, "y"),
        _by_layers("Correlation ½ by layers", "correlation", "correlations", "correlations", found, layers, ""),
        *(_error_chart(found, order, what) for order, what in enumerate(("f", "f′", "f″"))),
    ]


def _parted(curve: Curve, x: Array, g: Callable[[Array], Array]) -> tuple[Array, Array]:
    """Return a line that is interrupted at jumps of what is drawn."""
    order = curve.derivatives.index(g) if g in curve.derivatives else 0
    jumps = [s.at for s in curve.seams if s.order <= order and abs(s.at) < 5]
    places = np.unique(np.concatenate([x, np.array([j + d for j in jumps for d in (-1e-6, 0.0, 1e-6)])]))
    y = np.array(g(places), float)
    y[np.isin(places, jumps)] = np.nan
    return places, y


def _cut(lines: Sequence[ChartLine]) -> tuple[float, float] | None:
    """Leave out of a picture what grows beyond all others."""
    y = np.concatenate([line.y for line in lines])
    y = y[np.isfinite(y)]
    if not y.size:
        return None
    low, high = max(float(y.min()), -6.0), min(float(y.max()), 6.0)
    return (low - 0.05 * (high - low + 0.1), high + 0.05 * (high - low + 0.1)) if low < high else None


def _variance_chart(found: Sequence[Studied]) -> Chart:
    lines = []
    for s in found:
        p = s.propagation
        with np.errstate(all="ignore"):
            lines.append(ChartLine(s.name, p.variances, p.gain**2 * p.second_moments / p.variances))
    note = "V(q)/q for σ_w = gain: where it is 1 a variance stays. " + _POOLE
    return Chart("Variance in the next layer", "variance q", "V(q) / q", tuple(lines), "xy", note)


def _correlation_chart(found: Sequence[Studied]) -> Chart:
    c = np.linspace(-1, 1, 201)
    lines = [ChartLine(s.name, c, s.propagation.correlation(c)) for s in found if s.propagation.correlation is not None]
    note = "C(c) of two inputs, σ_w = gain; it is c on the diagonal. Daniely, Frostig and Singer 2016"
    return Chart("Correlation in the next layer", "correlation c", "C(c)", tuple(lines), "", note)


def _edge_chart(found: Sequence[Studied]) -> Chart:
    lines = []
    for s in found:
        edge = s.propagation.edge[s.propagation.edge[:, 1] <= 2.0]
        one = len(edge) and np.ptp(edge, axis=0).max() < 1e-6
        lines.append(
            ChartLine(s.name, edge[:1, 1], edge[:1, 0], points=True)
            if one
            else ChartLine(s.name, edge[:, 1], edge[:, 0])
        )
    note = "σ_w and σ_b with χ = 1 at a variance that stays; one alone is a point. Hayou, Doucet and Rousseau 2019"
    return Chart("Edge of chaos", "σ_b", "σ_w", tuple(lines), "", note, (0.0, 5.0))


def _by_layers(
    title: str, ylabel: str, of: str, measured: str, found: Sequence[Studied], layers: Array, log: str
) -> Chart:
    lines = [ChartLine(s.name, layers, getattr(s.propagation, of)) for s in found]
    for s in found:
        if s.simulation is not None:
            m = getattr(s.simulation, measured)
            lines.append(ChartLine(s.name, layers, m.mean, m.spread, points=True))
    note = "Lines: expected. Points: mean and standard deviation over 8 networks of width 256. σ_w = gain. " + _POOLE
    return Chart(title, "layer", ylabel, tuple(lines), log, note)


def _loss_charts(found: Sequence[Studied]) -> list[Chart]:
    charts = []
    for place, problem in enumerate(t.problem for t in found[0].trained):
        lines = []
        for s in found:
            losses = s.trained[place].losses
            spread = losses.std(axis=1) if losses.shape[1] > 1 else None
            lines.append(ChartLine(s.name, np.arange(1, len(losses) + 1), losses.mean(axis=1), spread))
        note = "Loss: the mean over the seeds, and one standard deviation, at the best of three rates."
        charts.append(Chart(problem, "step", "loss", tuple(lines), "y", note))
    return charts


_POOLE = "Poole et al. 2016, Schoenholz et al. 2017"


def _error_chart(found: Sequence[Studied], order: int, what: str) -> Chart:
    lines = []
    for s in found:
        a = s.numerics.of(order, "float32")
        near = np.abs(a.x.astype(float)) <= 20
        x, y = a.x[near].astype(float), np.maximum(a.ulps[near], 1e-2)
        blocks = len(x) // 12
        if blocks and np.isfinite(y).any():
            worst = np.nanmax(np.where(np.isfinite(y), y, 0)[: 12 * blocks].reshape(-1, 12), axis=1)
            lines.append(ChartLine(s.name, x[: 12 * blocks].reshape(-1, 12).mean(axis=1), np.maximum(worst, 1e-2)))
    note = "The largest of every 12 neighbours, in units in the last place, against float64."
    return Chart(f"Rounding of {what}, float32", "x", "ULP", tuple(lines), "y", note)
