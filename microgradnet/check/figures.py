"""A Matplotlib figure that shows itself in a notebook. Importing this loads Matplotlib: only who draws does."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure

__all__ = ["ShownFigure"]


class ShownFigure(Figure):
    """A figure that no window shows, but a cell whose last line it is.

    IPython shows a plain one only after pyplot was imported.
    """

    def _repr_png_(self) -> bytes:
        picture = BytesIO()
        self.savefig(picture, format="png")
        return picture.getvalue()
