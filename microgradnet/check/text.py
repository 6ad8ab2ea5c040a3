"""What this room needs of arguments and numbers before it says anything: names, copies, limits, aligned tables."""

from __future__ import annotations

import inspect
import math
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from microgradnet.leaving import argument_names
from microgradnet.trees import flatten, is_container, unflatten

__all__ = [
    "aligned", "argument_names", "check_call", "check_tolerances", "copies", "groups", "place", "shown",
]  # fmt: skip


def check_call(f: Callable[..., Any], args: Sequence[Any], caller: str, what: str, names: Iterable[str] = ()) -> None:
    """Raise TypeError if a function can't be called with these arguments by position; say how it could be.

    The names are those that the arguments may have where the signature, as ``**params``, gives none.
    """
    try:
        signature = inspect.signature(f, follow_wrapped=False)
    except (TypeError, ValueError):  # some built-in functions have no signature
        return
    try:
        signature.bind(*args)
    except TypeError as error:
        reason = str(error)
    else:
        return
    given = list(signature.parameters.values())
    bare = str(inspect.Signature([p.replace(default=p.empty, annotation=p.empty) for p in given]))
    name = getattr(f, "__name__", "").replace("<lambda>", "") or "f"
    first = [p.name for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    wanted = [p.name for p in given if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if not wanted and any(p.kind is p.VAR_KEYWORD for p in given):
        wanted = list(map(str, names)) or [f"w{i + 1}" for i in range(len(args) - len(first))]
    if not wanted:
        raise TypeError(f"{caller}: {what} is {name}{bare}, which can't be called with {len(args)} arguments: {reason}")
    call = ", ".join([*first, *(f"{n}={n}" for n in wanted)])
    raise TypeError(
        f"{caller}: {what} is {name}{bare}, which takes {' and '.join(wanted)} by keyword, but {caller} passes "
        f"arguments by position; wrap it: lambda {', '.join([*first, *wanted])}: {name}({call})"
    )


def copies(values: Sequence[Any]) -> list[Any]:
    """Return the arguments for one call, which may write to its own."""
    return [_copy(v) if is_container(v) else v.copy() if isinstance(v, np.ndarray) else v for v in values]


def _copy(tree: Any) -> Any:
    arrays: list[Any] = []
    structure = flatten(tree, arrays, lambda value: isinstance(value, np.ndarray))
    return unflatten(structure, [a.copy() for a in arrays])


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
