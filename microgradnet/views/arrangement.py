"""How the boxes of a picture are arranged so that it fits a slide: the rows of a long chain, the columns of steps.

Graphviz lays out one chain in one row, however long that gets. Here boxes are divided into bands; an arrow from one
band to another doesn't move them apart, so that all bands begin at the same edge, one beside the other. The steps of
a loop, scopes that share parameters, are such bands, and so are the rows that a chain is broken into.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from microgradnet.graph import common
from microgradnet.views.folding import Edge, Layout, Path

__all__ = ["Arrangement", "arrangement", "inside_of", "steps_in"]

_WIDEST = 1180.0  # points of a row, before it is broken
_MOST_ROWS = 3
_FEWEST_STEPS = 3


@dataclass(frozen=True)
class Arrangement:
    """Where the boxes of a layout stand; boxes are known by their index.

    Attributes
    ----------
    copies : dict of int to tuple of paths
        The scopes that a shared parameter is repeated in, once in each.
    bands : tuple of int
        For each box its band, from top to bottom, or from left to right where these are the steps of a loop.
    steps : bool
        Whether there are such steps.
    """

    copies: dict[int, tuple[Path, ...]]
    bands: tuple[int, ...]
    steps: bool

    @property
    def rows(self) -> int:
        """How many rows there are, which may be too many for a slide."""
        return 1 if self.steps else max(self.bands, default=0) + 1

    def scope_of(self, layout: Layout, edge: Edge) -> Path | None:
        """Find the scope of the copy that an arrow comes from; None where its source isn't repeated."""
        target = layout.boxes[edge.target].scope
        return next((path for path in self.copies.get(edge.source, ()) if target[: len(path)] == path), None)


def arrangement(
    layout: Layout, width: Callable[[int], float], known: Collection[Path] = (), *, broken: bool, both: bool
) -> Arrangement:
    """Arrange the boxes of a layout.

    Parameters
    ----------
    layout : Layout
    width : callable
        ``width(box)`` estimates how many points a box, and the arrow behind it, take in a row.
    known : collection of paths
        Scopes that are known to be the steps of a loop.
    broken : bool
        Whether rows are broken that get too long.
    both : bool
        Whether the outermost scopes are the two passes, which stand in rows of their own.
    """
    copies = {}
    steps = dict.fromkeys(path for path in layout.scopes if path in known)
    inputs = {}
    for b, box in enumerate(layout.boxes):
        if box.entry is None or box.entry.operation is not None:
            continue
        users = [layout.boxes[e.target].scope for e in layout.edges if e.source == b]
        inside = inside_of(box.scope, users)
        if not inside:
            continue
        if box.entry.kind == "parameter":  # of one scope alone: it stands in that
            copies[b] = inside
            steps.update(dict.fromkeys(steps_in(box.scope, inside)))
        elif len(inside) == 1:
            inputs[b] = inside
    if steps:
        copies |= {b: inside for b, inside in inputs.items() if inside[0][: len(next(iter(steps)))] in steps}
        return Arrangement(copies, _beside(layout, list(steps)), True)
    bands = [0] * len(layout.boxes)
    if broken:
        first = 0
        parts: dict[str, list[int]] = {}
        for b, box in enumerate(layout.boxes):
            parts.setdefault(box.scope[0] if both and box.scope else "", []).append(b)
        for boxes in parts.values():
            rows = _rows(layout, boxes, width, copies)
            for b, row in zip(boxes, rows, strict=True):
                bands[b] = first + row
            first += max(rows) + 1
    return Arrangement(copies, tuple(bands), False)


def steps_in(outer: Path, inside: Sequence[Path]) -> list[Path]:
    """Say which scopes right inside of another one are the steps of a loop, given where a parameter is used."""
    return [path[: len(outer) + 1] for path in inside] if len(inside) >= _FEWEST_STEPS else []


def inside_of(outer: Path, users: Sequence[Path]) -> tuple[Path, ...]:
    """Find, for each scope right inside of another one, what its users share; nothing if one isn't in any."""
    groups: dict[Path, Path] = {}
    for path in users:
        if path[: len(outer)] != outer or len(path) == len(outer):
            return ()
        key = path[: len(outer) + 1]
        groups[key] = common(groups.get(key, path), path)
    return tuple(groups.values())


def _beside(layout: Layout, steps: Collection[Path]) -> tuple[int, ...]:
    """Give each step a band, and each scope beside it that a step leads to; the rest is in band −1: it is free."""
    depth = len(next(iter(steps)))
    led_to = {
        layout.boxes[e.target].scope[:depth] for e in layout.edges if layout.boxes[e.source].scope[:depth] in steps
    }
    known = {*steps, *(path for path in led_to if len(path) == depth)}
    # The reverse pass of a step stands below it.
    names = dict.fromkeys(path for path in layout.scopes if path in known)
    order = {path: i for i, path in enumerate(names)}
    mirrored = {("backward", *path[1:]): i for path, i in order.items() if path[0] == "forward"}
    order = {**mirrored, **order}
    return tuple(order.get(box.scope[:depth], -1) for box in layout.boxes)


def _rows(layout: Layout, boxes: list[int], width: Callable[[int], float], copies: Collection[int]) -> list[int]:
    """Divide the boxes of a part into rows: as few as are no wider than a slide, broken between scopes if it can be."""
    own = set(boxes)
    edges = [(e.source, e.target) for e in layout.edges if {e.source, e.target} <= own and e.source not in copies]
    users: dict[int, int] = {}
    for source, target in edges:
        users[source] = min(target, users.get(source, target))
    leaf = own - {target for _, target in edges}
    chain = [b for b in boxes if b not in leaf] or boxes
    place = {b: i for i, b in enumerate(chain)}
    at = [place.get(b, place.get(users.get(b, chain[0]), 0)) for b in boxes]
    index = dict(zip(boxes, at, strict=True))

    def rows_of(cuts: Sequence[int]) -> dict[int, int]:
        return {b: sum(index[b] >= cut for cut in cuts) for b in boxes}

    def cost(cuts: Sequence[int]) -> tuple[float, int, float]:
        """Few arrows between rows are better than rows of equal length, if all fit; if none do, the shortest are."""
        row = rows_of(cuts)
        return max(wide := widest(cuts), _WIDEST), sum(row[a] != row[b] for a, b in edges if a in place), wide

    def widest(cuts: Sequence[int]) -> float:
        row = rows_of(cuts)
        rank = dict.fromkeys(boxes, 0)
        for source, target in sorted(edges, key=lambda e: e[1]):
            if row[source] == row[target]:
                rank[target] = max(rank[target], rank[source] + 1)
        widths: dict[tuple[int, int], float] = {}
        for b in boxes:
            key = row[b], rank[b]
            widths[key] = max(widths.get(key, 0.0), width(b))
        return max(sum(w for (r, _), w in widths.items() if r == k) for k in range(len(cuts) + 1))

    if widest(()) <= _WIDEST:
        return [0] * len(boxes)
    scopes = [layout.boxes[b].scope for b in chain]
    everywhere = range(1, len(chain))
    best: Sequence[int] = ()
    for places in ([i for i in everywhere if scopes[i] != scopes[i - 1]], everywhere):
        for count in range(1, _MOST_ROWS):
            options = list(itertools.combinations(places, count))[:2000]
            best = min([*options, best], key=cost)
            if widest(best) <= _WIDEST:
                break
        if widest(best) <= _WIDEST:
            break
    found = rows_of(best)
    return [found[b] for b in boxes]
