"""Gradients as pictures. Matplotlib is loaded when one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.check.agreement import ParameterReport, largest
from microgradnet.graph import legible

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
            if what not in arrays:
                axes.text(0.5, 0.5, "other shape", ha="center", va="center", transform=axes.transAxes)
                continue
            x = np.asarray(arrays[what], np.float64)
            image = axes.imshow(
                x.reshape(-1, x.shape[-1]) if x.ndim else x.reshape(1, 1),
                cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto", interpolation="nearest",
            )  # fmt: skip
        drawn.colorbar(image, ax=list(row))
    return drawn


def _text(text: str) -> str:
    return text.replace("$", r"\$")  # Matplotlib would set what stands between two as mathematics
