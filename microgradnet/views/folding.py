"""What a picture of a graph consists of: boxes, and edges between them, few enough to be read.

A small graph is drawn as it is, a box for every entry. In a larger one scopes close, repetitions fold into
``× N``, and whatever is still too much is summed up. Everything here is a few passes over arrays, one number
per entry: time and memory are linear, and nothing is recursive. Nothing here knows a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.text import shape_text

__all__ = ["Box", "Edge", "Layout", "layout"]

Ints = np.ndarray[Any, np.dtype[Any]]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """One node of a picture: an entry of the graph, or many that were folded.

    Attributes
    ----------
    key : str
        Identifies it: ``n`` and the position of its entry, or ``f`` and a number for what was folded.
    what : {"entry", "scope", "repeated", "rest"}
    entry : Entry or None
        None for what was folded.
    title : str
        The name of a closed scope, or what is repeated. User data.
    times : int
        How often it is repeated.
    scope : tuple of str
        The open scopes it is drawn in.
    nodes, parameters : int
        How many entries it stands for, and how many of them are parameters.
    enters, leaves : tuple of str
        The shapes that enter and leave what was folded.
    is_output : bool
    origin : int or None
        The position of the forward operation that it belongs to, in a reverse pass.
    """

    key: str
    what: Literal["entry", "scope", "repeated", "rest"]
    entry: Entry | None
    title: str
    times: int
    scope: Path
    nodes: int
    parameters: int
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    is_output: bool
    origin: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow: from one box to another, which it enters as the argument `port`; None where that was folded.

    `uses` are the places that it stands for in the list of all arguments of all entries, in their order.
    """

    source: int
    target: int
    port: int | None
    differentiable: bool
    uses: Ints


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture: its boxes, arrows and scopes, which box each entry is in, and what was folded in words."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    scopes: tuple[Path, ...]
    box_of: Ints
    caption: tuple[str, ...]


def layout(graph: Graph, *, depth: int | None = None, max_nodes: int = 80, always_open: int = 0) -> Layout:
    """Decide what is drawn of a graph.

    Parameters
    ----------
    graph : Graph
    depth : int, optional
        How many levels of scopes stay open; those below are closed, each into one box.
    max_nodes : int
        If there are more boxes than that, fold until there are not.
    always_open : int
        Levels of scopes that never close, and that `depth` doesn't count.

    Returns
    -------
    Layout
    """
    flat = _Flat.of(graph)
    deepest = max(map(len, flat.paths))
    start = deepest if depth is None else min(depth + always_open, deepest)
    state = _closed(flat, start)
    level = start
    if state.count > max_nodes:
        for level in range(min(start, _MOST_LEVELS), min(start, always_open) - 1, -1):
            state = _closed(flat, level)
            if state.count <= max_nodes:
                break
            state = _repetitions(state)
            if state.count <= max_nodes:
                break
        else:
            state = _summed_up(state, max_nodes)
    shown = None if level == deepest else level - always_open
    return _finished(graph, state, shown, closed_by_itself=level < start)


_MOST_LEVELS = 16  # deeper scopes are never tried one level at a time
_LONGEST = 200  # boxes in a repetition
_FEWEST = 4  # repetitions


# --- the graph as arrays ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Flat:
    """A graph as arrays: one element per entry, or per use of an entry as an argument."""

    source: Ints  # per use
    target: Ints
    look: Ints  # per entry: equal for entries that look alike
    path: Ints  # index into paths
    leaf: Ints
    parameter: Ints
    data: Ints  # an input, which is never put inside of what uses it
    number: Ints  # known and without a name: it is written in what uses it
    output: Ints
    paths: list[Path]
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, graph: Graph) -> _Flat:
        entries = graph.nodes
        counts = np.fromiter((len(e.inputs) for e in entries), np.int64, len(entries))
        source = np.fromiter(chain.from_iterable(e.inputs for e in entries), np.int64, int(counts.sum()))
        looks: dict[Any, int] = {}
        paths: dict[Path, int] = {(): 0}
        look = np.fromiter(
            (looks.setdefault((e.kind, id(e.operation), e.shape, len(e.inputs)), len(looks)) for e in entries),
            np.uint64,
            len(entries),
        )
        path = np.fromiter((paths.setdefault(e.scope, len(paths)) for e in entries), np.int64, len(entries))
        output = np.zeros(len(entries), bool)
        output[list(graph.outputs)] = True
        return cls(
            source=source,
            target=np.repeat(np.arange(len(entries)), counts),
            look=_mixed(look),
            path=path,
            leaf=np.fromiter((e.operation is None for e in entries), bool, len(entries)),
            parameter=np.fromiter((e.kind == "parameter" for e in entries), bool, len(entries)),
            data=np.fromiter((e.kind == "input" for e in entries), bool, len(entries)),
            number=np.fromiter(
                (e.is_number and e.value is not None and not e.name for e in entries), bool, len(entries)
            ),
            output=output,
            paths=list(paths),
            entries=entries,
        )

    def path_index(self, path: Path, known: dict[Path, int]) -> int:
        if path not in known:
            known[path] = len(self.paths)
            self.paths.append(path)
        return known[path]


def _mixed(x: Ints) -> Ints:
    """Scatter integers over 64 bits, so that sums of different ones differ (the finaliser of SplitMix64)."""
    x = x.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Ints = x ^ (x >> np.uint64(31))
    return mixed


# --- stages of folding --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fold:
    what: Literal["scope", "repeated", "rest"]
    title: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class _State:
    """Which box each entry is in; boxes are numbered in the order of their newest entries."""

    flat: _Flat
    of: Ints  # per entry
    last: Ints  # per box: its newest entry
    path: Ints
    folds: Mapping[int, _Fold] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.last)

    def merged(self, into: Ints, paths: Mapping[int, int], folds: Mapping[int, _Fold]) -> _State:
        """Join boxes: `into` gives for every box the one it goes into; folds and paths are by the latter."""
        alive = np.unique(into)
        last = np.zeros(self.count, np.int64)
        np.maximum.at(last, into, self.last)
        order = alive[np.argsort(last[alive], kind="stable")]
        new = np.zeros(self.count, np.int64)
        new[order] = np.arange(len(order))
        path = self.path[order]
        for box, index in paths.items():
            path[new[box]] = index
        kept = {int(new[b]): f for b, f in self.folds.items() if into[b] == b}
        kept.update((int(new[b]), f) for b, f in folds.items())
        return _State(self.flat, new[into[self.of]], last[order], path, kept)

    def edges(self) -> tuple[Ints, Ints]:
        """Find the sources and targets of the uses that cross from one box to another, each pair once, by target."""
        source, target = self.of[self.flat.source], self.of[self.flat.target]
        crossing = source != target
        pairs = np.unique(target[crossing] * self.count + source[crossing])
        return pairs % self.count, pairs // self.count

    def holds(self, what: Ints) -> Ints:
        """Say for every box whether an entry in it is of a kind."""
        found = np.zeros(self.count, bool)
        found[self.of[what]] = True
        return found

    def title(self, box: int) -> str:
        if box in self.folds:
            fold = self.folds[box]
            return fold.title if fold.times == 1 else f"({fold.title}) × {fold.times:,}"
        return self.flat.entries[int(self.last[box])].title


def _closed(flat: _Flat, depth: int) -> _State:
    """Close every scope that is inside of `depth` others."""
    count = len(flat.entries)
    everything = np.arange(count)
    state = _State(flat, everything, everything, flat.path)
    known = {path: i for i, path in enumerate(flat.paths)}
    to = np.array([flat.path_index(p[: depth + 1], known) if len(p) > depth else -1 for p in list(known)])
    place = to[flat.path]
    inside = place >= 0
    if not inside.any():
        return _with_numbers(state)
    first = np.full(len(flat.paths), count)
    np.minimum.at(first, place[inside], everything[inside])
    into = np.where(inside, first[place], everything)
    closed = np.flatnonzero(first < count)
    folds, paths = {}, {}
    for p in closed.tolist():
        path = flat.paths[p]
        folds[int(first[p])] = _Fold("scope", path[-1])
        paths[int(first[p])] = flat.path_index(path[:depth], known)
    return _with_own_leaves(_with_numbers(state.merged(into, paths, folds)))


def _with_numbers(state: _State) -> _State:
    """Put a number that is used once into the box of the operation that uses it, whose label it stands in."""
    flat = state.flat
    uses = np.bincount(flat.source, minlength=len(flat.entries))
    user = np.zeros(len(flat.entries), np.int64)
    user[flat.source] = flat.target
    numbers = np.flatnonzero(flat.number & (uses == 1) & ~flat.output)
    folded = np.zeros(state.count, bool)
    folded[list(state.folds)] = True
    own, users = state.of[numbers], state.of[user[numbers]]
    free = ~folded[own] & ~folded[users]
    into = np.arange(state.count)
    into[own[free]] = users[free]
    return state.merged(into, {}, {}) if free.any() else state


def _with_own_leaves(state: _State) -> _State:
    """Put parameters and constants that only one folded box uses inside of it."""
    flat = state.flat
    source, target = state.edges()
    low, high = np.full(state.count, state.count), np.full(state.count, -1)
    np.minimum.at(low, source, target)
    np.maximum.at(high, source, target)
    folded = np.zeros(state.count + 1, bool)
    folded[list(state.folds)] = True
    closed = np.zeros(state.count + 1, bool)
    closed[[b for b, fold in state.folds.items() if fold.what == "scope"]] = True
    free = ~state.holds(~flat.leaf | flat.data | flat.output)
    # What every repetition shares, such as the weights of a recurrent network, stays outside of it.
    own = folded[:-1] | ~state.holds(flat.parameter) | closed[low]
    inside = np.flatnonzero(free & own & (low == high) & folded[low])
    if not len(inside):
        return state
    into = np.arange(state.count)
    into[inside] = low[inside]
    return state.merged(into, {}, {})


def _repetitions(state: _State) -> _State:
    """Fold what is repeated into one box each, and then repetitions of repetitions."""
    for fewest in (8, 8, _FEWEST, _FEWEST):
        runs = _runs(state, fewest)
        if not runs:
            continue
        into = np.arange(state.count)
        folds = {}
        leaf = ~state.holds(~state.flat.leaf)
        for start, period, times in runs:
            into[start : start + period * times] = start
            folds[start] = _Fold("repeated", _pattern(state, leaf, start, period, times), times)
        state = _with_own_leaves(state.merged(into, {}, folds))
    return state


def _runs(state: _State, fewest: int) -> list[tuple[int, int, int]]:
    """Find where boxes that look alike follow each other with a period: (first box, period, repetitions).

    A box is like the one a period later if their entries look alike and each argument comes from as far back,
    from the very same box, or from leaves that look alike. So an unrolled loop is found, whatever its body.
    """
    flat, count = state.flat, state.count
    source, target = state.edges()
    look = np.zeros(count, np.uint64)
    np.add.at(look, state.of, flat.look)
    leaf = ~state.holds(~flat.leaf)
    degree = np.bincount(target, minlength=count)
    look = _mixed(look + _mixed(state.path * np.int64(64) + np.minimum(degree, 63)))
    outputs = np.flatnonzero(state.holds(flat.output))
    look[outputs] = _mixed(look[outputs] + outputs.astype(np.uint64))  # an output is like nothing else
    rank = np.arange(len(target)) - np.searchsorted(target, target)
    arguments = np.full((3, count), -1)
    for k in range(3):
        arguments[k, target[rank == k]] = source[rank == k]
    taken = np.zeros(count, bool)
    runs = []
    for period in range(1, min(_LONGEST, count // fewest) + 1):
        same = look[period:] == look[:-period]
        same &= ~(taken[period:] | taken[:-period])
        at = np.flatnonzero(same)
        for argument in arguments:
            a, b = argument[at], argument[at + period]
            at = at[(b - a == period) | (a == b) | (leaf[a] & leaf[b] & (look[a] == look[b]))]
        if len(at) < (fewest - 1) * period:
            continue
        breaks = np.flatnonzero(np.diff(at) != 1) + 1
        end = 0
        starts, ends = at[np.r_[0, breaks]], at[np.r_[breaks - 1, len(at) - 1]] + 1
        long = ends - starts >= (fewest - 1) * period
        for first, stop in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
            start = max(first, end)
            times = (stop - start) // period + 1
            if stop > start and times >= fewest:
                end = start + period * times
                taken[start:end] = True
                runs.append((start, period, times))
    return runs


def _pattern(state: _State, leaf: Ints, start: int, period: int, times: int) -> str:
    """Write what is repeated: the symbols of one repetition, or the first and the last of many names."""
    if period == 1:
        first, last = state.title(start), state.title(start + times - 1)
        return first if first == last else f"{first} … {last}"
    body = [b for b in range(start, start + period) if not leaf[b]] or list(range(start, start + period))
    titles = [state.title(b) for b in body[:5]]
    return " → ".join(titles) + (" → …" if len(body) > 5 else "")


def _summed_up(state: _State, most: int) -> _State:
    """Keep the newest boxes; divide the others into stretches of the order in which they were computed.

    Arrows between stretches all point the same way, since no operation is older than its arguments.
    """
    flat = state.flat
    kept = max(1, most // 3)
    boxes = np.arange(state.count)
    leaf = ~state.holds(~flat.leaf)
    older = boxes < state.count - kept
    into = boxes.copy()
    folds: dict[int, _Fold] = {}
    # Data and parameters: one box for each kind, unless they are few.
    for what, title in ((flat.data, "inputs"), (flat.parameter, "parameters")):
        these = np.flatnonzero(leaf & state.holds(what))
        these = these[into[these] == these]
        if len(these) > most // 8:
            into[these] = these[0]
            folds[int(these[0])] = _Fold("rest", title)
    operations = boxes[older & ~leaf]
    for part in np.array_split(operations, max(1, min(8, most // 4))):
        if len(part):
            into[part] = part[0]
            if len(part) > 1:
                folds[int(part[0])] = _Fold("rest", "operations")
    # Constants go to what uses them first.
    constants = leaf & ~state.holds(flat.data | flat.parameter)
    source, target = state.edges()
    first = np.full(state.count, state.count)
    np.minimum.at(first, source, target)
    held = np.flatnonzero(constants & (first < state.count))
    held = held[older[held] | older[first[held]]]
    into[held] = into[first[held]]
    root = into.copy()
    folds.update({int(b): _Fold("rest", "operations") for b in np.unique(root[held]) if int(b) not in folds})
    return state.merged(root, dict.fromkeys(folds, 0), folds)


# --- the layout ---------------------------------------------------------------------------------------


def _finished(graph: Graph, state: _State, level: int | None, *, closed_by_itself: bool) -> Layout:
    flat, of = state.flat, state.of
    source, target = of[flat.source], of[flat.target]
    crossing = np.flatnonzero(source != target)
    nodes = np.bincount(of, minlength=state.count)
    parameters = np.bincount(of[flat.parameter], minlength=state.count)
    outputs = state.holds(flat.output)
    enters: dict[int, dict[str, None]] = {b: {} for b in state.folds}
    leaves: dict[int, dict[str, None]] = {b: {} for b in state.folds}
    edges: dict[tuple[int, int, int | None], list[int]] = {}
    first_use = np.searchsorted(flat.target, np.arange(len(flat.entries)))
    for use in crossing.tolist():
        a, b = int(source[use]), int(target[use])
        entry = flat.entries[int(flat.source[use])]
        if b in enters:
            enters[b][shape_text(entry.shape)] = None
        if a in leaves:
            leaves[a][shape_text(entry.shape)] = None
        port = None if b in state.folds else use - int(first_use[flat.target[use]])
        edges.setdefault((a, b, port), []).append(use)
    for i in graph.outputs:
        if (b := int(of[i])) in leaves:
            leaves[b][shape_text(graph[i].shape)] = None
    origins: dict[int, int] = {}
    for entry in graph:
        if entry.origin is not None:
            origins.setdefault(int(of[entry.id]), entry.origin)
    boxes = []
    for b in range(state.count):
        fold = state.folds.get(b)
        entry = flat.entries[int(state.last[b])]
        boxes.append(
            Box(
                key=f"n{entry.id}" if fold is None else f"f{entry.id}",
                what="entry" if fold is None else fold.what,
                entry=entry if fold is None else None,
                title="" if fold is None else fold.title,
                times=1 if fold is None else fold.times,
                scope=flat.paths[int(state.path[b])],
                nodes=int(nodes[b]),
                parameters=int(parameters[b]),
                enters=_shapes(enters.get(b, ())),
                leaves=_shapes(leaves.get(b, ())),
                is_output=bool(outputs[b]),
                origin=origins.get(b),
            )
        )
    drawn = {box.scope[:i] for box in boxes for i in range(1, len(box.scope) + 1)}
    return Layout(
        tuple(boxes),
        tuple(
            Edge(a, b, port, any(flat.entries[int(flat.source[u])].requires_grad for u in uses), np.array(uses))
            for (a, b, port), uses in edges.items()
        ),
        tuple(path for path in graph.scopes if path in drawn),
        of,
        _caption(graph, boxes, level, closed_by_itself=closed_by_itself),
    )


def _shapes(shapes: Iterable[str]) -> tuple[str, ...]:
    shapes = tuple(shapes)
    return shapes if len(shapes) <= 4 else (*shapes[:3], "…")


def _caption(graph: Graph, boxes: list[Box], level: int | None, *, closed_by_itself: bool) -> tuple[str, ...]:
    """Say what was folded."""
    count = {what: sum(box.what == what for box in boxes) for what in ("entry", "scope", "repeated", "rest")}
    if count["entry"] == len(boxes):
        return ()
    lines = [f"{len(graph):,} nodes, drawn as {len(boxes):,}:"]
    if level is not None and (count["scope"] or closed_by_itself):
        below = "all scopes" if level == 0 else f"scopes below level {level}"
        lines.append(f"{below} are closed" + (" to keep this readable" if closed_by_itself else ""))
    if count["repeated"]:
        folded = sum(box.nodes for box in boxes if box.what == "repeated")
        lines.append(f"{folded:,} nodes of repetitions are folded into × N")
    if count["rest"]:
        folded = sum(box.nodes for box in boxes if box.what == "rest")
        lines.append(f"{folded:,} others are summed up in the order in which they were computed")
    return (" ".join([lines[0], "; ".join(lines[1:])]),)
