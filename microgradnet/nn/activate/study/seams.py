"""Where the pieces of a function meet, found in its record: jumps, kinks, and where the second derivative jumps.

No operation is known by name. What it was given is followed along the line, and a place is kept where an input passes
0, or another number that the operation was given, or where a mask turns; then the function itself is asked whether
anything happens there. Places beyond a grid's reach, and two in one of its cells, are found as well as others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.nn.activate.kinks import find_kinks
from microgradnet.record import Recorded
from microgradnet.tensor import tensor

__all__ = ["Seam", "find_seams"]

Array = np.ndarray[Any, np.dtype[Any]]
Function = Callable[[Array], Array]

GRID = np.unique(
    np.concatenate([np.linspace(-10, 10, 1601), np.geomspace(10, 1000, 161), -np.geomspace(10, 1000, 161)]) + 1.37e-5
)
"""Close where activations have their pieces; on no round number, for that is where those meet."""

_MOST = 64
"""How many places are asked about."""

SMALLEST = 1e-6
"""A jump, of f, f′ or f″, that is smaller in relation to what jumps is taken for rounding."""


@dataclass(frozen=True)
class Seam:
    """A place at which two pieces of a function meet.

    Attributes
    ----------
    at : float
    order : int
        Of the first derivative that jumps: 0 for the value itself, 1 for a kink, 2 for a bend.
    left, right : float
        That derivative on both sides.
    """

    at: float
    order: int
    left: float
    right: float


def find_seams(f: Function, derivatives: tuple[Function, Function, Function]) -> tuple[Seam, ...]:
    """Find the seams of an elementwise function between −1000 and 1000.

    Parameters
    ----------
    f : callable
        The expression: of a tensor it records what is to be read.
    derivatives : tuple of callable
        f, f′ and f″ of arrays.
    """
    found: list[Seam] = []
    # Those in the record are exact; what is found from values alone is added to them.
    for at in [*_in_record(f), *(k.at for g in derivatives[:2] for k in find_kinks(g, -8.0, 8.0))]:
        if any(abs(at - s.at) <= 1e-6 * max(1.0, abs(at)) for s in found):
            continue
        seam = _seam(_round(at), derivatives)
        if seam is not None:
            found.append(seam)
    return tuple(sorted(found, key=lambda s: s.at))


def _round(at: float) -> float:
    nearest = round(float(at), 9)
    return nearest + 0.0 if abs(nearest - at) <= 1e-12 * max(1.0, abs(at)) else float(at)


def _seam(at: float, derivatives: tuple[Function, Function, Function]) -> Seam | None:
    """Ask a function and its derivatives whether one of them jumps there, and not only changes quickly."""
    for order, g in enumerate(derivatives):
        gaps = []
        for h in (1e-5, 1e-7):
            h *= max(1.0, abs(at))
            sides = g(np.array([at - 2 * h, at - h, at + h, at + 2 * h]))
            gaps.append((2 * sides[1] - sides[0], 2 * sides[2] - sides[3], float(np.max(np.abs(sides)))))
        (left, right, size), coarse = gaps[1], gaps[0]
        if not np.isfinite([left, right]).all():
            continue
        gap = abs(right - left)
        if gap > SMALLEST * max(size, 1e-300) and gap > 0.5 * abs(coarse[1] - coarse[0]) and gap > 1e-9:
            return Seam(at, order, float(left), float(right))
    return None


# --- in the record ---------------------------------------------------------------------------------------


def _in_record(f: Function) -> list[float]:
    """Return the places at which an operation of the record is given a number at which it may change."""
    try:
        marks = _marks(f, GRID)
    except Exception:  # the function may raise anything, and is asked about that elsewhere
        return []
    left, right, keys = [], [], []
    for key, values in marks.items():
        turned = np.sign(values[1:]) != np.sign(values[:-1])
        turned &= np.isfinite(values[1:]) & np.isfinite(values[:-1])
        at = np.flatnonzero(turned)
        if at.size > _MOST:  # that of a sine, or noise
            continue
        left += list(GRID[at])
        right += list(GRID[at + 1])
        keys += [key] * at.size
    order = sorted(range(len(left)), key=lambda i: abs(left[i]))[: 4 * _MOST]
    a, b = np.array([left[i] for i in order]), np.array([right[i] for i in order])
    keys = [keys[i] for i in order]
    if not keys:
        return []
    rows = np.arange(len(keys))

    def signs(x: Array) -> Array:
        known = _marks(f, x)
        return np.sign([known[key][row] if key in known else np.nan for key, row in zip(keys, rows, strict=True)])

    try:
        sign_a = signs(a)
        for _ in range(60):
            middle = (a + b) / 2
            same = signs(middle) == sign_a
            a, b = np.where(same, middle, a), np.where(same, b, middle)
    except Exception:
        return []
    return list(dict.fromkeys(_round(p) for p in (a + b) / 2))[:_MOST]


def _marks(f: Function, x: Array) -> dict[Any, Array]:
    """Record f along x; return, for what each operation was given, how far it is from what the operation may change at.

    The keys are those of another x, too.
    """
    with np.errstate(all="ignore"):
        y = f(tensor(x, requires_grad=True))  # type: ignore[arg-type]
        if not isinstance(y, Recorded):
            return {}
        graph = Graph.of(y)  # type: ignore[arg-type]
        values = graph.values()
    found: dict[Any, Array] = {}
    for entry in graph.nodes:
        for what, mark in _of_entry(entry, values, x.shape):
            found[entry.id, what] = mark
    return found


def _of_entry(entry: Entry, values: tuple[Any, ...], shape: tuple[int, ...]) -> Iterator[tuple[Any, Array]]:
    if entry.operation is None:
        value = values[entry.id]
        if getattr(value, "dtype", None) == np.bool_ and np.shape(value) == shape:
            yield "mask", np.where(value, 1.0, -1.0)
        return
    for k, v in enumerate(entry.static.values()):
        if getattr(v, "dtype", None) == np.bool_ and np.shape(v) == shape:
            yield ("static", k), np.where(v, 1.0, -1.0)
    given = [values[i] for i in entry.inputs]
    lines = [(k, v) for k, v in enumerate(given) if np.shape(v) == shape and np.asarray(v).dtype.kind == "f"]
    numbers = [*(v for v in given if v is not None and np.shape(v) == ()), *entry.static.values()]
    for k, line in lines:
        yield (k, "zero"), line
        for i, limit in enumerate(numbers):
            if isinstance(limit, int | float | np.generic | np.ndarray) and np.shape(limit) == () and limit:
                yield (k, "number", i), line - limit
    for (i, a), (k, b) in itertools.combinations(lines, 2):
        yield ("both", i, k), a - b
