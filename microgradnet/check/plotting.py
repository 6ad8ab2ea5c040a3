"""Gradients as pictures. Matplotlib is loaded when one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.check.agreement import ParameterReport, largest
from microgradnet.text import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figure", "heat_maps"]


def figure(**options: Any) -> Figure:
    """Make a Matplotlib figure that shows itself in a notebook, or say how to install what makes it."""
    try:
        from microgradnet.check.figures import ShownFigure
    except ImportError as error:
        raise ImportError('plot needs Matplotlib: pip install "microgradnet[plot]"') from error
    return ShownFigure(layout="constrained", **options)


def heat_maps(title: str, parameters: Sequence[ParameterReport]) -> Any:
    """Draw manual, automatic and difference, a row for each parameter."""
    drawn = figure(figsize=(9, 0.6 + 2.4 * len(parameters)))
    drawn.suptitle(_text(title))
    grid = drawn.subplots(len(parameters), 3, squeeze=False)
    for p, row in zip(parameters, grid, strict=True):
        most = max(largest(p.manual), largest(p.automatic)) or 1.0
        arrays = {"manual": p.manual, "automatic": p.automatic}
        if p.manual.shape == p.automatic.shape:
            arrays["difference"] = p.manual - p.automatic
        for axes, what in zip(row, ("manual", "automatic", "difference"), strict=True):
            axes.set_title(_text(f"{legible(p.name)}: {what}"))
            axes.set_xticks([])
            axes.set_yticks([])
            if what in arrays:
                image = _heat_map(axes, np.asarray(arrays[what], np.float64), most)
            else:
                axes.text(0.5, 0.5, "other shape", ha="center", va="center", transform=axes.transAxes)
        drawn.colorbar(image, ax=list(row))
    return drawn


def _heat_map(axes: Any, x: Any, most: float) -> Any:
    """Draw an array of any shape as rows of its last axis; what isn't finite stays grey."""
    if not np.isfinite(x).all():
        axes.set(facecolor="0.6", xlabel="grey: not finite")
    rows = x.reshape(-1, x.shape[-1]) if x.size and x.ndim else x.reshape(1, -1)
    return axes.imshow(
        np.where(np.isfinite(rows), rows, np.nan) if x.size else np.zeros((1, 1)),
        cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto", interpolation="nearest",
    )  # fmt: skip


def _text(text: str) -> str:
    return text.replace("$", r"\$")  # Matplotlib would set what stands between two as mathematics
