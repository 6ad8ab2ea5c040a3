"""What this room needs of arguments and numbers before it says anything: names, copies, limits, aligned tables."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from typing import Any

import numpy as np

from microgradnet.leaving import argument_names

__all__ = ["aligned", "argument_names", "check_tolerances", "copies", "groups", "place", "shown"]


def copies(values: Sequence[Any]) -> list[Any]:
    """Return the arguments for one call, which may write to its own."""
    return [v.copy() if isinstance(v, np.ndarray) else v for v in values]


def check_tolerances(**tolerances: float | None) -> None:
    """Raise ValueError for a tolerance below 0, or NaN."""
    for name, given in tolerances.items():
        if given is not None and not given >= 0:
            raise ValueError(f"{name} must be 0 or more, got {given}")


def place(index: tuple[int, ...]) -> str:
    """Write where an element stands, as one would index it."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def shown(number: float, digits: int = 2) -> str:
    """Write a number with some digits; a dash where there is none."""
    return "–" if math.isnan(number) else f"{number:.{digits}g}"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Write a table with every column as wide as its widest entry; columns that don't fit follow below the others.

    The width is that of the terminal, or 80 where there is none.
    """
    table = [header, *rows]
    widths = _widths(table)
    blocks = (
        "\n".join("  ".join(row[i].ljust(widths[i]) for i in columns).rstrip() for row in table)
        for columns in groups(table, shutil.get_terminal_size().columns if width is None else width, gap=2)
    )
    return "\n\n".join(blocks)


def groups(table: Sequence[Sequence[str]], width: int, gap: int) -> list[list[int]]:
    """Divide the columns of a table into groups that fit a width and are alike, with the first column in each."""
    widths = _widths(table)
    best = _filled(widths, width, gap)
    for narrower in range(width, 0, -1):
        found = _filled(widths, narrower, gap)
        if len(found) > len(best):
            break
        best = found
    return best


def _filled(widths: Sequence[int], width: int, gap: int) -> list[list[int]]:
    found = [[0]]
    used = widths[0]
    for i in range(1, len(widths)):
        if used + gap + widths[i] > width and len(found[-1]) > 1:
            found.append([0])
            used = widths[0]
        found[-1].append(i)
        used += gap + widths[i]
    return found


def _widths(table: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*table, strict=True)]
