"""How the reports of this room are written: names of arguments, places in arrays, aligned tables."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["aligned", "argument_names", "place", "shown"]


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Return what f calls its first positional arguments: by the signature, else by position."""
    names: list[str] = []
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # some built-in functions have no signature
        parameters = []
    for p in parameters:
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            names.append(p.name)
        elif p.kind is p.VAR_POSITIONAL:
            names += [f"{p.name}[{i}]" for i in range(count - len(names))]
    names += [f"argument {i}" for i in range(len(names), count)]
    return names[:count]


def place(index: tuple[int, ...]) -> str:
    """Write where an element stands, as one would index it."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def shown(number: float, digits: int = 2) -> str:
    """Write a number with some digits; a dash where there is none."""
    return "–" if math.isnan(number) else f"{number:.{digits}g}"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table with every column as wide as its widest entry."""
    table = [header, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table)
