"""Activations as curves: plotted, side by side in a gallery, and drawn with characters for a terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.check.plotting import figure
from microgradnet.nn.activate.kinks import find_kinks
from microgradnet.nn.activate.registry import activations, find
from microgradnet.ops import sum as sum_
from microgradnet.transforms import grad

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curve", "gallery", "plot"]

Array = np.ndarray[Any, np.dtype[Any]]

VALUE, SLOPE, BEND = "#0072b2", "#d55e00", "#009e73"
"""Blue, vermillion and bluish green of Okabe and Ito, "Color Universal Design" (2008): told apart by everybody."""

_COLUMNS = 5


def plot(
    f: Callable[[Any], Any],
    interval: tuple[float, float],
    title: str,
    *,
    kinks: Iterable[float],
    saturated: Iterable[tuple[float, float]],
    ax: Axes | None,
) -> Axes:
    """Draw f, f′ and f″ over an interval, with kinks and saturation marked, on new axes if there are none."""
    if ax is None:
        ax = figure(figsize=(7, 4.2), dpi=150).add_subplot()
    pieces = _pieces(f, *interval)
    styles = ((VALUE, "-", 2.2, "f"), (SLOPE, "--", 1.6, "f′"), (BEND, ":", 1.8, "f″"))
    for order, (color, style, width, label) in enumerate(styles):
        for i, x in enumerate(pieces):
            y = _derivative(f, order)(x)
            ax.plot(x, y, color=color, linestyle=style, linewidth=width, label=None if i else label)
    for i, at in enumerate(kinks):
        ax.axvline(at, color="0.45", linewidth=0.8, label=None if i else "kink")
    for i, (a, b) in enumerate(saturated):
        ax.axvspan(a, b, color="0.5", alpha=0.15, linewidth=0, label=None if i else "|f′| < 0.001")
    ax.set(xlabel="x", xlim=interval, title=_plain(title))
    ax.grid(alpha=0.25, linewidth=0.6)
    ax.legend(frameon=False)
    return ax


def gallery(names: Iterable[str] | None = None) -> Figure:
    """Draw activations as one figure of small multiples: f and f′ of each, all on one scale.

    Parameters
    ----------
    names : iterable of str, optional
        The default is every elementwise activation that is registered.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    KeyError
        If there is no activation of a name.
    ValueError
        If there are no names, or one is not of an elementwise activation.
    ImportError
        If there is no Matplotlib (the extra "plot").
    """
    chosen = [n for n, a in activations.items() if a.elementwise and a.name == n] if names is None else list(names)
    if not chosen:
        raise ValueError("gallery: there are no names, so there is nothing to draw")
    for name in chosen:
        if not _is_curve(find(name)):
            raise ValueError(f"gallery: {name} is not elementwise: it is no curve to plot")
    columns = min(_COLUMNS, len(chosen))
    rows = math.ceil(len(chosen) / columns)
    drawn = figure(figsize=(2.0 * columns, 1.75 * rows + 0.4), dpi=150)
    grid = drawn.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for ax, name in zip(grid.flat, chosen, strict=False):
        for x in _pieces(find(name), -4, 4):
            ax.plot(x, _derivative(find(name), 0)(x), color=VALUE, linewidth=2, label="f")
            ax.plot(x, _derivative(find(name), 1)(x), color=SLOPE, linestyle="--", linewidth=1.4, label="f′")
        ax.set_title(_plain(name), fontsize=10)
        ax.axhline(0, color="0.6", linewidth=0.6, zorder=0)
        ax.axvline(0, color="0.6", linewidth=0.6, zorder=0)
        ax.set(xlim=(-4, 4), ylim=(-2.2, 4.2), xticks=(-3, 0, 3), yticks=(-1, 0, 1, 3))
        ax.tick_params(labelsize=8, length=2)
        ax.spines[["top", "right"]].set_visible(False)
    for ax in grid.flat[len(chosen) :]:
        ax.set_visible(False)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    drawn.legend(handles[:2], labels[:2], loc="outside upper right", ncols=2, frameon=False)
    return drawn


def _is_curve(activation: Any) -> bool:
    return bool(getattr(activation, "elementwise", True))


def _plain(text: str) -> str:
    """Take the meaning of mathematics from a name's dollar signs."""
    return text.replace("$", r"\$")


def _derivative(f: Callable[[Any], Any], order: int) -> Callable[[Array], Array]:
    """Make the derivative of that order of an elementwise function of arrays."""

    def summed(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: sum_(g(x))

    g = f
    for _ in range(order):
        g = grad(summed(g))

    def quietly(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(g(x))

    return quietly


def _pieces(f: Callable[[Any], Any], low: float, high: float) -> list[Array]:
    """Divide an interval at the kinks, so that no line joins what the function does on both sides."""
    ends = [low, *(k.at for k in find_kinks(_derivative(f, 0), low, high)), high]
    gap = 1e-6 * (high - low)
    return [np.linspace(a + gap, b - gap, 400) for a, b in pairwise(ends) if b - a > 4 * gap]


# --- with characters -------------------------------------------------------------------------------------

_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a braille character's dots, from the top row to the bottom one, left and right."""

_ASCII = "'-."
"""The three heights that a line of characters can tell apart, from the top."""


def curve(
    f: str | Callable[[Any], Any],
    width: int = 12,
    height: int = 2,
    *,
    low: float = -4.0,
    high: float = 4.0,
    encoding: str | None = "utf-8",
) -> list[str]:
    """Draw an elementwise function with characters: braille dots, or ASCII where those can't be encoded.

    Parameters
    ----------
    f : str or callable
        The name of an activation, or a function of arrays.
    width, height : int
        In characters.
    low, high : float
        The interval.
    encoding : str, optional
        What the characters have to be encoded in; None counts as ASCII.

    Returns
    -------
    list of str
        The lines, from the top.

    Examples
    --------
    >>> curve("relu", 8, 2, encoding="ascii")
    ["      -'", "....-'  "]
    """
    try:
        "⣿".encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return _in_ascii(_levels(f, width, 3 * height, low, high), height)
    return _in_braille(_levels(f, 2 * width, 4 * height, low, high), width, height)


def _levels(f: str | Callable[[Any], Any], count: int, levels: int, low: float, high: float) -> Sequence[int | None]:
    """Return, at `count` places, which of so many levels the value is on: 0 is the top."""
    y = _derivative(find(f), 0)(np.linspace(low, high, count)).astype(float)
    finite = y[np.isfinite(y)]
    if not finite.size:
        return [None] * count
    top, span = finite.max(), float(np.ptp(finite))
    middle = (levels - 1) / 2
    return [
        None if not math.isfinite(v) else round((top - v) / span * (levels - 1)) if span else round(middle) for v in y
    ]


def _in_braille(levels: Sequence[int | None], width: int, height: int) -> list[str]:
    cells = [[0x2800] * width for _ in range(height)]
    before = None
    for column, level in enumerate(levels):
        if level is not None:
            # Fill in what lies between this level and the one before: a steep line has no gaps.
            others = () if before is None else range(min(before, level) + 1, max(before, level))
            for dot in (level, *others):
                cells[dot // 4][column // 2] |= _BRAILLE[dot % 4][column % 2]
        before = level
    return ["".join(map(chr, row)) for row in cells]


def _in_ascii(levels: Sequence[int | None], height: int) -> list[str]:
    rows = [[" "] * len(levels) for _ in range(height)]
    for column, level in enumerate(levels):
        if level is not None:
            rows[level // 3][column] = _ASCII[level % 3]
    return ["".join(row) for row in rows]
