"""What is inside the closed boxes of a live page: a picture of its own for each, and in it closed boxes again.

Boxes that look alike, as the repetitions of a loop do, share one picture, so that a long loop takes little room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.graph import Graph
from microgradnet.views.explorer.picture import drawn, edge_key
from microgradnet.views.explorer.symbols import Words
from microgradnet.views.folding import Box, Layout, layout

__all__ = ["insides_of"]

FEW = 60
"""How many boxes the picture of an inside has, as far as closing scopes can help."""

FLAT = 24
"""How many values are shown each, whatever they are."""

ROOM = 1_500_000
"""How many bytes all pictures of insides may take; a box beyond that stays closed."""

Opens = dict[int, list[Any]]
"""By the position of a closed box: which picture is inside, which entries this shows, as `_runs` writes them, how many
of these are only what the others are computed from, and in how many scopes it is."""


def insides_of(graph: Graph, folded: Layout, words: Sequence[Words]) -> tuple[Opens, list[dict[str, Any]]]:
    """Draw what is inside the closed boxes of a picture, and inside theirs.

    Returns
    -------
    (Opens, list of dict)
        Of the picture itself, and the pictures of insides: as JSON can hold them. In the ``opens`` of one of these,
        entries are positions among those that it shows.
    """
    pictures: list[dict[str, Any]] = []
    known: dict[Any, int] = {}
    room = ROOM
    opens: Opens = {}
    waiting: list[tuple[Layout, _Opening | None, Opens]] = [(folded, None, opens)]
    for outer, within, found in waiting:  # which grows
        entries = list(range(len(graph))) if within is None else within.entries
        place = {i: k for k, i in enumerate(entries)}
        for b, members in _closed(outer, entries, 0 if within is None else within.around):
            inside = _Opening.of(graph, outer.boxes[b], members, within)
            look = inside.look(graph)
            if look not in known:
                if room <= 0:
                    continue
                own: Opens = {}
                drawing = inside.folded(graph)
                known[look] = len(pictures)
                pictures.append(inside.picture(drawing, words, own))
                room -= len(pictures[-1]["svg"])
                waiting.append((drawing, inside, own))
            found[b] = [known[look], _runs([place[i] for i in inside.entries]), inside.around, inside.depth - 1]
    return opens, pictures


def _closed(folded: Layout, entries: Sequence[int], around: int) -> Iterator[tuple[int, list[int]]]:
    """List the closed boxes of a picture, and the entries in each."""
    inside: dict[int, list[int]] = {b: [] for b, box in enumerate(folded.boxes) if box.entry is None}
    for i, b in zip(entries[around:], folded.box_of[around - len(entries) :].tolist(), strict=True):
        if b in inside:
            inside[b].append(i)
    yield from ((b, members) for b, members in inside.items() if members)


@dataclass(frozen=True)
class _Opening:
    """What is in a closed box: first the entries `around` it that something in it is computed from, then its own.

    The former are drawn where they are few.
    `depth` is in how many scopes all of it is. What is divided has no more boxes than parts: repetitions, or stretches
    of what has no scopes; their `names` stand for first scopes.
    """

    entries: list[int]
    around: int
    skipped: int  # of these, so many are not drawn
    depth: int
    names: dict[int, str]
    is_divided: bool

    @classmethod
    def of(cls, graph: Graph, box: Box, members: list[int], within: _Opening | None) -> _Opening:
        """Find what is computed from what, and decide whether it is divided into parts."""
        own = set(members)
        around = [*dict.fromkeys(j for i in members for j in graph[i].inputs if j not in own)]
        is_scope = box.what == "scope" and (within is None or box.title not in within.names.values())
        depth = (1 if within is None else within.depth) + max(0, len(box.scope) - 1) + is_scope
        parts: dict[str, list[int]] = {}
        for i in members:
            parts.setdefault(graph[i].scope[depth] if len(graph[i].scope) > depth else "", []).append(i)
        loose = len(parts.get("", ()))
        if is_scope:
            is_divided = len(members) > FEW and (len(parts) == 1 or loose <= FEW)
        else:
            is_divided = len(members) > FLAT
        if not is_divided:
            skipped = len(around) if len(around) > FLAT else 0
            return cls([*around, *members], len(around), skipped, depth, {}, is_divided=False)
        names: dict[int, str] = {}
        groups = [*parts.items()]
        if loose > FEW:
            names = dict.fromkeys(parts[""], "values")
        if len(groups) == 1:
            count = box.times if box.times > 1 else len(members) // FLAT + 1
            groups = [(str(n), part.tolist()) for n, part in enumerate(np.array_split(members, count), 1)]
            names = {i: name for name, part in groups for i in part}
        if len(groups) > FEW:  # several in one
            for some in np.array_split(np.arange(len(groups)), FEW // 2):
                name = f"{groups[some[0]][0]} … {groups[some[-1]][0]}"
                names |= {i: name for n in some for i in groups[n][1]}
        return cls([*around, *members], len(around), len(around), depth, names, is_divided=True)

    def look(self, graph: Graph) -> Any:
        """Tell what it looks like: equal for what is drawn alike, but for names that the page knows."""
        place = {i: k for k, i in enumerate(self.entries)}
        known: dict[str, int] = {}
        rows = []
        for k, i in enumerate(self.entries):
            entry = graph[i]
            if k < self.around:
                rows.append((entry.kind, entry.shape, entry.is_number and entry.title))
                continue
            scope: tuple[Any, ...] = entry.scope[self.depth :]
            if self.is_divided:
                name = self.names.get(i, scope[0] if scope else "")
                scope = (known.setdefault(name, len(known)), *scope[1:])
            rows.append((entry.kind, id(entry.operation), entry.shape, *(place[j] for j in entry.inputs), *scope))
        return entry.scope[0], self.around, self.is_divided, tuple(rows)

    def folded(self, graph: Graph) -> Layout:
        """Decide what is drawn."""
        shown = self.entries[self.skipped :]
        around = self.around - self.skipped
        place = {i: k for k, i in enumerate(shown)}
        users = {j: i for i in reversed(self.entries[self.around :]) for j in graph[i].inputs}
        new = []
        for k, i in enumerate(shown):
            entry = graph[i]
            if k < around:
                kind = entry.kind if entry.is_number else "input"
                given: dict[str, Any] = {"kind": kind, "inputs": (), "operation": None, "requires_grad": False}
                new.append(replace(entry, id=k, origin=None, scope=graph[users[i]].scope[:1], **given))
                continue
            inner = entry.scope[self.depth :]
            if i in self.names:
                inner = (self.names[i], *inner)
            inputs = tuple(place[j] for j in entry.inputs if j in place)
            new.append(replace(entry, id=k, origin=None, inputs=inputs, scope=(entry.scope[0], *inner)))
        part = Graph(new, [])
        if self.is_divided:
            return layout(part, depth=0, max_nodes=len(new), always_open=1)
        return layout(part, max_nodes=FEW + around, always_open=1)

    def picture(self, folded: Layout, words: Sequence[Words], opens: Opens) -> dict[str, Any]:
        """Lay it out; as JSON can hold it."""
        shown = self.entries[self.skipped :]
        return {
            "svg": drawn(folded, [words[i] for i in shown], range(self.around - self.skipped)),
            "boxes": [box.key for box in folded.boxes],
            "edges": [[edge.source, edge.target, edge_key(edge)] for edge in folded.edges],
            "of": [-1] * self.skipped + folded.box_of.tolist(),
            "opens": opens,
        }


def _runs(numbers: Sequence[int]) -> list[int]:
    """Write integers in few: 5, 6, 7, 2 as 5, 3, 2, 1, each stretch by its first and its length."""
    runs: list[int] = []
    for n in numbers:
        if runs and runs[-2] + runs[-1] == n:
            runs[-1] += 1
        else:
            runs += [n, 1]
    return runs
