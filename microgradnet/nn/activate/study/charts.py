"""Figures as data, drawn by Matplotlib for those who have it, and as SVG of a few lines for a page."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.plotting import figure
from microgradnet.nn.activate.study.curve import Array
from microgradnet.text import legible

__all__ = ["STYLE", "Chart", "ChartLine", "drawn", "legend", "svg"]

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#7a7a7a", "#e69f00")
"""Of Okabe and Ito, "Color Universal Design" (2008), the yellow darkened; told apart by dashes too."""

_DASHES = ("", "6 3", "2 2", "8 3 2 3", "1 3", "12 4", "4 4", "9 2 2 2 2 2")

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 360, 240, 46, 34, 24, 10


@dataclass(frozen=True)
class ChartLine:
    """One line of a figure, or points with a spread.

    Attributes
    ----------
    name : str
        Of the activation.
    x, y : array, shape (n,)
        A NaN parts the line.
    spread : array, shape (n,), or None
        What is drawn above and below.
    points : bool
        Whether points are drawn, and no line.
    """

    name: str
    x: Array
    y: Array
    spread: Array | None = None
    points: bool = False


@dataclass(frozen=True)
class Chart:
    """A figure as data.

    Attributes
    ----------
    title, xlabel, ylabel : str
    lines : tuple of ChartLine
    log : str
        Which axes are logarithmic: "", "x", "y" or "xy".
    note : str
        What it shows, and where the definition comes from.
    ylim : tuple of float, or None
    """

    title: str
    xlabel: str
    ylabel: str
    lines: tuple[ChartLine, ...]
    log: str = ""
    note: str = ""
    ylim: tuple[float, float] | None = None

    @property
    def names(self) -> list[str]:
        """The names of the lines, each once."""
        return list(dict.fromkeys(line.name for line in self.lines))


# --- Matplotlib ------------------------------------------------------------------------------------------


def drawn(charts: Sequence[Chart], names: Sequence[str], columns: int = 3) -> Any:
    """Draw figures as one, side by side; a name has the same colour in all of them."""
    columns = min(columns, len(charts))
    rows = math.ceil(len(charts) / columns)
    whole = figure(figsize=(4.0 * columns, 3.1 * rows), dpi=150)
    axes = whole.subplots(rows, columns, squeeze=False).flat
    for chart, ax in zip(charts, axes, strict=False):
        for line in chart.lines:
            i = names.index(line.name)
            style: dict[str, Any] = {"color": COLORS[i % 8], "label": "_" if line.points else _plain(line.name)}
            if line.points:
                ax.errorbar(line.x, line.y, line.spread, fmt="o", markersize=3, elinewidth=0.8, **style)
                continue
            dashes = _DASHES[i % 8]
            shape = (0, tuple(map(float, dashes.split()))) if dashes else "-"
            ax.plot(line.x, line.y, linestyle=shape, linewidth=1.6, **style)
            if line.spread is not None:
                ax.fill_between(
                    line.x, line.y - line.spread, line.y + line.spread, color=COLORS[i % 8], alpha=0.15, linewidth=0
                )
        ax.set_title(_plain(chart.title), fontsize=10)
        ax.set(xlabel=_plain(chart.xlabel), ylabel=_plain(chart.ylabel))
        (low, high), (bottom, top) = _limits(chart)
        ax.set(xscale="log" if "x" in chart.log else "linear", yscale="log" if "y" in chart.log else "linear")
        ax.set(xlim=(low, high), ylim=(bottom, top))
        ax.grid(alpha=0.25, linewidth=0.6)
        ax.tick_params(labelsize=8)
        if any(not line.points for line in chart.lines):
            ax.legend(frameon=False, fontsize=8)
    for ax in list(whole.axes)[len(charts) :]:
        ax.set_visible(False)
    return whole


def _plain(text: str) -> str:
    return legible(text, 80).replace("$", r"\$")


# --- SVG -------------------------------------------------------------------------------------------------

STYLE = (
    ".mg-chart{width:100%;height:auto;display:block;font:11px system-ui,sans-serif}"
    ".mg-chart.mg-key{width:34px;display:inline-block}.mg-chart text{fill:currentColor}"
    ".mg-chart .axis{stroke:currentColor;stroke-opacity:.18;fill:none}"
    ".mg-chart .line{fill:none;stroke-width:1.8;stroke-linejoin:round}.mg-chart .band{opacity:.16;stroke:none}"
    + "".join(f".mg-chart .c{i}{{stroke:{c}}}.mg-chart .f{i}{{fill:{c};stroke:none}}" for i, c in enumerate(COLORS))
    + "@media (prefers-color-scheme:dark){"
    + "".join(
        f".mg-chart .c{i}{{stroke:{c}}}.mg-chart .f{i}{{fill:{c};stroke:none}}"
        for i, c in enumerate(("#5ab4f0", "#ff8a45", "#2fd6a5", "#e8a5cc", "#e3c34a", "#9bd7ff", "#b0b0b0", "#ffc04d"))
    )
    + "}"
)


def svg(chart: Chart, names: Sequence[str]) -> str:
    """Write a figure as SVG in the colours of the page, with a description for those who hear it."""
    (low, high), (bottom, top) = _limits(chart)
    across, up = (_scale(low, high, "x" in chart.log), _scale(bottom, top, "y" in chart.log))
    parts = []
    for value, label in _ticks(low, high, "x" in chart.log):
        x = _LEFT + across(value) * (_WIDTH - _LEFT - _RIGHT)
        parts.append(f'<path class="axis" d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 13}" text-anchor="middle">{label}</text>')
    for value, label in _ticks(bottom, top, "y" in chart.log):
        y = _HEIGHT - _BOTTOM - up(value) * (_HEIGHT - _TOP - _BOTTOM)
        parts.append(f'<path class="axis" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 4}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for line in chart.lines:
        i = names.index(line.name) % 8
        x, y = _placed(line, line.y, across, up)
        if line.spread is not None:
            parts.append(_spread(line, i, across, up))
        if line.points:
            parts += [
                f'<circle class="f{i}" cx="{a:.1f}" cy="{b:.1f}" r="2.2"/>' for a, b in zip(x, y, strict=True) if b == b
            ]
        else:
            dash = f' stroke-dasharray="{_DASHES[i]}"' if _DASHES[i] else ""
            parts.append(f'<path class="line c{i}"{dash} d="{_path(x, y)}"/>')
    title, xlabel = html.escape(chart.title), html.escape(chart.xlabel)
    about = html.escape(f"{chart.title}: {chart.ylabel} against {chart.xlabel} of {', '.join(chart.names)}")
    return (
        f'<svg class="mg-chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{about}">'
        f'<text x="{_LEFT}" y="14" font-weight="600">{title}</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 5}" text-anchor="end">{xlabel}</text>'
        f"{''.join(parts)}</svg>"
    )


def legend(names: Sequence[str]) -> str:
    """Write which line is whose, once for all figures of a page."""
    keys = []
    for i, name in enumerate(names):
        dash = f' stroke-dasharray="{_DASHES[i % 8]}"' if _DASHES[i % 8] else ""
        keys.append(
            '<span><svg class="mg-chart mg-key" viewBox="0 0 34 10" aria-hidden="true">'
            f'<path class="line c{i % 8}"{dash} d="M1 5H33"/></svg> {html.escape(legible(name))}</span>'
        )
    return f'<p class="mg-legend">{" ".join(keys)}</p>'


def _limits(chart: Chart) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what the axes have to show; what isn't finite, or can't have a logarithm, is not shown."""
    x = np.concatenate([line.x for line in chart.lines])
    y = np.concatenate([line.y for line in chart.lines])
    known = np.isfinite(x) & np.isfinite(y) & ((x > 0) | ("x" not in chart.log)) & ((y > 0) | ("y" not in chart.log))
    if not known.any():
        return (0.1, 1.0), (0.1, 1.0)
    return _around(x[known], "x" in chart.log, 0.0), chart.ylim or _around(y[known], "y" in chart.log, 0.05)


def _around(values: Array, log: bool, margin: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    if log:
        if high <= 1.2 * low:
            low, high = low / 2, high * 2
        grow = (high / low) ** margin
        return low / grow, high * grow
    if high - low < 1e-12 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    return low - margin * (high - low), high + margin * (high - low)


def _scale(low: float, high: float, log: bool) -> Any:
    if not log:
        return lambda v: (v - low) / (high - low)
    with np.errstate(all="ignore"):
        return lambda v: (np.log(v) - math.log(low)) / (math.log(high) - math.log(low))


def _ticks(low: float, high: float, log: bool) -> list[tuple[float, str]]:
    if log:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        if last - first >= 1:
            return [(10.0**k, _power(k)) for k in range(first, last + 1, max(1, (last - first) // 4))]
        factor = (high / low) ** (1 / 3)
        return [(low * factor**k, f"{low * factor**k:.2g}") for k in range(4)]
    rough = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= rough)
    return [
        (k * step, f"{k * step:.6g}".replace("-", "−"))
        for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def _power(k: int) -> str:
    if -3 <= k <= 3:
        return f"{10.0**k:g}"
    return "10" + str(k).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _placed(line: ChartLine, values: Array, across: Any, up: Any) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        x = _LEFT + np.asarray(across(line.x), float) * (_WIDTH - _LEFT - _RIGHT)
        y = _HEIGHT - _BOTTOM - np.clip(np.asarray(up(values), float), -0.02, 1.02) * (_HEIGHT - _TOP - _BOTTOM)
    return np.where(np.isfinite(x), x, np.nan), np.where(np.isfinite(x) & np.isfinite(y), y, np.nan)


def _path(x: Array, y: Array) -> str:
    parts, pen = [], "M"
    for a, b in zip(x, y, strict=True):
        if math.isnan(b):
            pen = "M"
            continue
        parts.append(f"{pen}{a:.1f} {b:.1f}")
        pen = "L"
    return "".join(parts)


def _spread(line: ChartLine, i: int, across: Any, up: Any) -> str:
    """Draw the spread: a bar for each point, a band for a line."""
    spread = np.zeros_like(line.y) if line.spread is None else np.nan_to_num(line.spread)
    x, high = _placed(line, line.y + spread, across, up)
    _, low = _placed(line, line.y - spread, across, up)
    floor = float(_HEIGHT - _BOTTOM)
    low = np.where(np.isnan(low) & np.isfinite(high), floor, low)
    if line.points:
        bars = "".join(f"M{a:.1f} {b:.1f}V{c:.1f}" for a, b, c in zip(x, low, high, strict=True) if not math.isnan(c))
        return f'<path class="line c{i}" style="stroke-width:1" d="{bars}"/>'
    known = np.isfinite(high) & np.isfinite(low)
    around = [*zip(x[known], high[known], strict=True), *reversed([*zip(x[known], low[known], strict=True)])]
    return f'<path class="band f{i}" d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in around)}Z"/>' if around else ""
