"""A graph as a picture: the DOT text of a Graphviz drawing, the same text for the same computation.

Names and values are user data: they only ever stand inside labels, escaped. What identifies a node or a
cluster is made of its position.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.graph import common as shared
from microgradnet.notation import TEXT, Notation, named_apart, over, written_order
from microgradnet.passes import backward_graph, both_graph, tangents
from microgradnet.record import Recorded
from microgradnet.text import arguments, legible, number, shape_text, short, what
from microgradnet.views.arrangement import Arrangement, arrangement
from microgradnet.views.flow import Flow, flow, size_of
from microgradnet.views.folding import Box, Edge, Layout, layout
from microgradnet.views.labels import TRIED
from microgradnet.views.mathematics import MOST, STYLE, as_formulas

if TYPE_CHECKING:
    from microgradnet.typed import Tensor
    from microgradnet.views.rendering import Drawing

__all__ = ["THEMES", "Theme", "at_least", "check_title", "chosen", "draw", "inches", "quiet", "safe"]


def draw(
    *outputs: Tensor,
    names: Mapping[str, Any] | None = None,
    values: Literal["shape", "statistics", "numbers"] = "shape",
    gradients: bool = False,
    direction: Literal["forward", "backward", "both", "tangents"] = "forward",
    depth: int | None = None,
    rankdir: Literal["LR", "TB"] | None = None,
    theme: Literal["light", "dark"] = "light",
    max_nodes: int = 80,
    operations: bool = False,
    shapes: bool = True,
    title: str | None = None,
    legend: bool = False,
    fontsize: float = 12.0,
    size: Literal["slide", "page"] | tuple[float, float] | None = None,
) -> Drawing:
    """Draw what some tensors were computed from.

    Parameters are orange boxes, inputs blue sheets with a folded corner, operations white boxes with round
    corners, outputs green with a double outline; constants are dashed, and plain numbers have no outline.
    Gradients flow back along solid arrows, not along dashed ones. The arguments of an operation enter it in
    the order in which it is written, the first on top (or on the left). Scopes are boxes around their operations; a
    closed scope is a folder, a repetition a stack. Parameters that scopes share are repeated in each of them; where
    these are the steps of a loop, they stand side by side.

    Parameters
    ----------
    *outputs : Tensor
        At least one.
    names : mapping of str to Tensor, optional
        Names for tensors, in place of those they have, such as ``locals()``; see `Graph.of`. Of two that have one
        name in one scope, the second is told apart as `derive` does it: ``w_2``.
    values : {"shape", "statistics", "numbers"}
        What stands below a node's name: its shape; also the mean and range of its values; or the values
        themselves, the middle of large arrays left out.
    gradients : bool
        Show ∂output/∂node at every node, in the form that `values` says (for "shape", the root mean square of
        its elements), and draw each arrow in the colour and width of the gradient that flows back through it,
        on a logarithmic scale. For one output with one element; the graph is kept.
    direction : {"forward", "backward", "both", "tangents"}
        Draw the computation; or the reverse pass, line by line as formulas; or both, each line of the reverse pass
        on the level of its operation: these two are for one output with one element. Or the computation with the
        forward pass of tangents, of one output of any shape: dx beside each leaf x that requires gradients, and what
        follows from it beside what follows from x, operation by operation.
    depth : int, optional
        How many levels of scopes stay open: with 0, each outermost scope is drawn as one node, with the shapes
        that enter and leave it.
    rankdir : {"LR", "TB"}, optional
        From left to right, or from top to bottom. The default is what suits a slide: from left to right, in several
        rows where one would get too long; the steps of a loop beside each other.
    theme : {"light", "dark"}
        For a light or a dark background.
    max_nodes : int
        Fold what would take more nodes than that, at least 10: the deepest scopes close, repetitions become
        ``× N``, and the rest is summed up. The drawing says below itself what was folded.
    operations : bool
        Draw the reverse pass operation by operation, as it is recorded, in place of the formulas that it amounts to.
    shapes : bool
        Write the shapes of arrays.
    title : str, optional
        What stands above the drawing.
    legend : bool
        Say below the drawing which kinds of nodes there are.
    fontsize : float
        Of names, in points; all else is in proportion.
    size : {"slide", "page"} or (float, float), optional
        Scale the drawing, text included, to fit a slide (13.33 by 7.5 inches), a page of text (6.3 by 9.2 inches,
        from top to bottom unless `rankdir` says otherwise), or a width and height in inches.

    Returns
    -------
    graphviz.Digraph
        It shows itself in a notebook; ``.render(outfile="graph.svg")`` writes SVG, PNG or PDF, with or
        without a Graphviz on the PATH; ``.tikz()`` is the drawing as code for LaTeX, ``.source`` the DOT text.

    Raises
    ------
    TypeError
        If an output isn't a tensor, or the title no text.
    ValueError
        If an option is unknown, or gradients are asked for of what has none, or more than one element.
    RuntimeError
        If gradients are asked for, and an earlier reverse pass has freed the graph.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> mg.draw(mg.sum(mg.exp(x))).render(outfile="graph.svg")  # doctest: +SKIP
    'graph.svg'
    """
    for option, given, known in (
        ("values", values, tuple(_VALUES)),
        ("direction", direction, ("forward", "backward", "both", "tangents")),
        ("rankdir", rankdir or "LR", ("LR", "TB")),
    ):
        if given not in known:
            raise ValueError(f"draw: {option} must be one of {', '.join(map(repr, known))}; got {given!r}")
    for option, number_, least in (("depth", depth, 0), ("max_nodes", max_nodes, 10)):
        if number_ is not None:
            at_least("draw", option, number_, least)
    if gradients and direction != "forward":
        raise ValueError(f"draw: gradients=True is for direction='forward'; {direction!r} draws how they are computed")
    colours = chosen("draw", theme, fontsize, title)
    paper = inches("draw", size)
    flowing = None
    formulas: Mapping[int, str] = {}
    where: tuple[str, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    if not (gradients or direction != "forward"):
        graph = _told_apart(Graph.of(*outputs, names=names))
    elif len(outputs) != 1 or not isinstance(outputs[0], Recorded):
        raise (TypeError if len(outputs) == 1 else ValueError)(
            "draw: gradients= and direction= are for one tensor, got "
            + (f"{len(outputs)} outputs" if len(outputs) != 1 else type(outputs[0]).__name__)
        )
    elif gradients:
        graph, flowing = flow(outputs[0], names)
        graph = _told_apart(graph)
    elif direction == "tangents":
        graph = tangents(outputs[0], names=names, caller="draw").graph
    elif operations or len(Graph.of(outputs[0])) > MOST:
        graph = both_graph(outputs[0], names) if direction == "both" else backward_graph(outputs[0], names)
    else:
        lines = as_formulas(outputs[0], names, forward=direction == "both")
        graph, formulas, where, steps = lines.graph, lines.formulas, lines.where, lines.steps
    # Imported here because it loads graphviz, which `import microgradnet` shall not.
    from microgradnet.views.rendering import Drawing

    always_open = int(direction == "both")

    def picture(depth: int | None) -> _Picture:
        return _Picture(
            graph=graph,
            formulas=formulas,
            where=where,
            steps=steps,
            layout=layout(graph, depth=depth, max_nodes=max_nodes, always_open=always_open),
            theme=colours,
            values=(None,) * len(graph) if values == "shape" else graph.values(),
            describe=_VALUES[values],
            scale=None if flowing is None else _Scale(flowing, colours, values),
            direction=direction,
            rankdir=rankdir or ("TB" if size == "page" else None),
            shapes=shapes,
            title=title,
            legend=legend,
            paper=paper,
        )

    drawn = picture(depth)
    if depth is None and rankdir is None:
        # What fills more rows than a slide has is closed scope by scope.
        deepest = max((len(path) for path in drawn.layout.scopes), default=0) - always_open
        for level in range(deepest - 1, 0, -1):
            if drawn.arranged.rows <= _MOST_ROWS:
                break
            drawn = picture(level)
    return Drawing(body=list(drawn.body()))


def _told_apart(graph: Graph) -> Graph:
    """Give boxes the names that formulas have for them, where two of one scope have one name."""
    place = [e.scope for e in graph]
    used: dict[int, tuple[str, ...]] = {}
    for e in graph:
        for i in e.inputs:
            used[i] = shared(used.get(i, e.scope), e.scope)
    for i in graph.inputs:  # they stand where they are used
        place[i] = used.get(i, place[i])
    count = Counter((place[e.id], e.name) for e in graph)
    return Graph(
        [known if count[place[e.id], e.name] > 1 else e for e, known in zip(graph, named_apart(graph), strict=True)],
        graph.outputs,
    )


_MOST_ROWS = 3
_MOST_LINES = 5  # of what made-up names stand for
_SIZES = {"slide": (13.33, 7.5), "page": (6.3, 9.2)}


def inches(caller: str, size: Any) -> tuple[float, float] | None:
    """Read the option `size`: a width and a height."""
    if size is None or (isinstance(size, str) and size in _SIZES):
        return None if size is None else _SIZES[size]
    if isinstance(size, tuple) and len(size) == 2 and all(isinstance(s, int | float) and s > 0 for s in size):
        return size
    raise ValueError(f"{caller}: size must be 'slide', 'page' or a width and a height in inches; got {size!r}")


def at_least(caller: str, option: str, given: Any, least: float) -> None:
    """Check an option that is a number."""
    if not (isinstance(given, Real) and float(given) >= least):
        raise ValueError(f"{caller}: {option} must be at least {least}, got {given!r}")


def check_title(caller: str, title: Any) -> None:
    """Check the option `title`."""
    if title is not None and not isinstance(title, str):
        raise TypeError(f"{caller}: title must be text, got {what(title)}")


def chosen(caller: str, theme: str, fontsize: float, title: str | None) -> Theme:
    """Read the options `theme`, `fontsize` and `title`."""
    check_title(caller, title)
    if theme not in list(THEMES):
        raise ValueError(f"{caller}: theme must be one of {', '.join(map(repr, THEMES))}; got {theme!r}")
    at_least(caller, "fontsize", fontsize, 1)
    return replace(THEMES[theme], font=float(fontsize))


# --- colours ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Theme:
    """Colours, the hues being those of Okabe and Ito, which colour-blind readers can tell apart too.

    (Okabe, Ito: Color Universal Design, 2008.) Fills are tints of the outline, so that text stays readable.
    """

    background: str
    text: str
    quiet: str  # shapes, values, labels of scopes
    edge: str
    parameter: tuple[str, str]  # outline, fill
    input: tuple[str, str]
    constant: tuple[str, str]
    operation: tuple[str, str]
    output: tuple[str, str]
    scope: tuple[str, str]
    folded: tuple[str, str]
    gradient: tuple[str, ...]  # from small to large: ColorBrewer's PuBu, whose lightness alone tells them apart
    not_finite: str
    font: float = 12.0  # points of a name
    face: str = "Helvetica,Arial,sans-serif"


THEMES = {
    "light": Theme(
        background="#FFFFFF",
        text="#1A1A1A",
        quiet="#595959",
        edge="#404040",
        parameter=("#E69F00", "#FDF0D5"),
        input=("#0072B2", "#DCEBF5"),
        constant=("#8C8C8C", "#FFFFFF"),
        operation=("#6B6B6B", "#FFFFFF"),
        output=("#009E73", "#DAF1EA"),
        scope=("#BFBFBF", "#F6F6F6"),
        folded=("#7A4F7F", "#F3EAF4"),
        gradient=("#A6BDDB", "#74A9CF", "#3690C0", "#0570B0", "#045A8D", "#023858"),
        not_finite="#D55E00",
    ),
    "dark": Theme(
        background="#16181C",
        text="#F2F2F2",
        quiet="#B3B8BF",
        edge="#C9CDD3",
        parameter=("#E69F00", "#453310"),
        input=("#56B4E9", "#17374A"),
        constant=("#8A9099", "#16181C"),
        operation=("#9AA1AB", "#24272D"),
        output=("#2BC79B", "#0F3D30"),
        scope=("#4A4F57", "#1D2025"),
        folded=("#CC79A7", "#3A2433"),
        gradient=("#3B4F66", "#3F6F93", "#4A90B8", "#6DB3D3", "#A5D3E6", "#E8F6FC"),
        not_finite="#FF8A3D",
    ),
}

# --- DOT text ---------------------------------------------------------------------------------------

_FORMS = {
    "parameter": "shape=box style=filled penwidth=1.6",
    "input": "shape=note style=filled",
    "constant": 'shape=box style="dashed,filled"',
    "operation": 'shape=box style="rounded,filled"',
}
_NUMBER = 'shape=plaintext style="" margin="0.02,0.02" width=0.2 height=0.2'

_FOLDED = {
    "scope": "shape=folder style=filled penwidth=1.4",
    "repeated": "shape=box3d style=filled penwidth=1.4",
    "rest": 'shape=box style="rounded,dashed,filled" penwidth=1.4',
}

_INVISIBLE = '[label="" style=invis width=0 height=0 fixedsize=true]'

_UNSEEN = 'graph [label="" tooltip=" " style="" bgcolor=transparent pencolor=transparent margin=0]'

_MOST_PORTS = 8


@dataclass(frozen=True, eq=False)
class _Picture:
    """What is to be drawn, and how."""

    graph: Graph
    formulas: Mapping[int, str]
    where: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]
    layout: Layout
    theme: Theme
    values: tuple[Any, ...]
    describe: Callable[[Any, Theme], list[str]]  # the rows of a label that speak of a value
    scale: _Scale | None
    direction: str
    rankdir: str | None
    shapes: bool
    title: str | None
    legend: bool
    paper: tuple[float, float] | None

    @cached_property
    def arranged(self) -> Arrangement:
        """Where the boxes stand."""
        broken = self.rankdir is None and (not self.both or bool(self.formulas))
        return arrangement(self.layout, self.width, self.steps, broken=broken, both=self.both)

    @cached_property
    def toward(self) -> str:
        """Which way the arrows go."""
        return self.rankdir or ("TB" if self.arranged.steps else "LR")

    @cached_property
    def from_edge(self) -> list[int]:
        """For each box how many others of its row stand before it, from the edge where rows begin."""
        places = [0] * len(self.layout.boxes)
        inside = [e for e in self.layout.edges if self.arranged.bands[e.source] == self.arranged.bands[e.target]]
        for e in sorted(inside, key=lambda e: e.target):
            if not self.is_against(e.source):
                places[e.target] = max(places[e.target], places[e.source] + 1)
        for e in sorted(inside, key=lambda e: -e.source):
            if self.is_against(e.source):
                places[e.source] = max(places[e.source], places[e.target] + 1)
        return places

    @cached_property
    def leading(self) -> set[int]:
        """The boxes that lead to others."""
        return {edge.source for edge in self.layout.edges}

    @property
    def against(self) -> bool:
        """Whether the reverse pass is drawn from right to left, below the computation."""
        return self.both and not self.arranged.steps

    def is_against(self, b: int) -> bool:
        """Whether a box is in a reverse pass that is drawn from right to left."""
        return self.against and self.layout.boxes[b].scope[:1] == ("backward",)

    def width(self, b: int) -> float:
        """Estimate the points that a box takes in a row, with the arrow behind it."""
        box = self.layout.boxes[b]
        label = f"{box.title} {box.nodes} nodes" if box.entry is None else self.label(box.entry)
        rows = (re.sub("<[^>]*>", "", row) for row in label.split("</tr>"))
        return 0.55 * self.theme.font * max(len(html.unescape(row)) for row in rows) + 3.5 * self.theme.font

    @property
    def both(self) -> bool:
        """Whether forward and backward are in one picture, the latter drawn against the direction of reading."""
        return self.direction == "both"

    def body(self) -> Iterator[str]:
        """Write the statements of the drawing: attributes, scopes with their nodes, edges, caption."""
        theme, font = self.theme, self.theme.font
        size = "" if self.paper is None else f'size="{self.paper[0]:g},{self.paper[1]:g}!" '
        yield f'\tgraph [rankdir={self.toward} bgcolor="{theme.background}" fontname="{theme.face}" fontsize={font:g} '
        yield f'fontcolor="{theme.quiet}" nodesep=0.2 ranksep=0.3 {size}pad=0.1 newrank=true]\n'
        yield f'\tnode [fontname="{theme.face}" fontsize={font:g} fontcolor="{theme.text}" '
        yield 'margin="0.08,0.04" height=0.3 width=0.3]\n'
        yield f'\tedge [color="{theme.edge}" arrowsize=0.6 penwidth=0.9]\n'
        if self.title is not None:
            yield f"\tsubgraph cluster_title {{\n\tgraph [label=<<b>{safe(self.title, 100)}</b>> labeljust=l "
            yield f'pencolor=transparent fontsize={1.5 * font:g} fontcolor="{theme.text}"]\n'
        yield from self.scopes()
        if self.title is not None:
            yield "\t}\n"
        if self.both and not self.formulas:
            yield from self.levels()
        yield from self.bands()
        if self.formulas and self.toward == "LR":
            yield from self.above()
        for edge in self.layout.edges:
            # What a formula is made of it names.
            ends = [self.both and self.layout.boxes[b].scope[:1] for b in (edge.source, edge.target)]
            if not self.formulas or ends[0] == ends[1]:
                yield self.edge(edge)
        below = [quiet(safe(line, 400), theme) for line in (*_joined(self.where), *self.layout.caption)]
        if self.legend:
            below.append(self.kinds())
        if self.scale is not None:
            below.append(self.scale.legend())
        if below:
            rows = "".join(f'<tr><td align="left">{row}</td></tr>' for row in below)
            yield f'\tgraph [label=<{_TABLE} cellpadding="2">{rows}</table>> labelloc=b labeljust=l]\n'

    def scopes(self) -> Iterator[str]:
        """Write the nodes, each in the box of its scope, outer boxes first."""
        nodes: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        inside: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        user = {(e.source, self.arranged.scope_of(self.layout, e)): e.target for e in self.layout.edges}
        for b, box in enumerate(self.layout.boxes):
            for path in self.arranged.copies.get(b, (box.scope,)):
                key, row = self.key(b, path), self.arranged.bands[user.get((b, path), b)]
                drawn = self.folded(box) if box.entry is None else self.node(box.entry, box.is_output, key)
                nodes.setdefault(path, []).append((row, drawn))
        for path in self.layout.scopes:
            inside.setdefault(path[:-1], []).append(path)
        clusters = {path: i for i, path in enumerate(self.layout.scopes)}
        outline, fill = self.theme.scope
        stack: list[tuple[str, ...] | str] = [()]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                yield item
                continue
            path = item
            indent = "\t" * (len(path) + 1)
            if path:
                outer = indent[1:]
                yield f"{outer}subgraph cluster_{clusters[path]} {{\n"
                yield f'{indent}graph [label=<{safe(path[-1], 60)}> tooltip="{_quoted(" / ".join(path))}" '
                yield f'style="rounded,filled" color="{outline}" pencolor="{outline}" fillcolor="{fill}" '
                yield f'fontsize={self.theme.font:g} fontcolor="{self.theme.quiet}" '
                yield f"labeljust=l{self.labelled(path)} margin=8]\n"
                stack.append(f"{outer}}}\n")
            own = [indent + node for _, node in nodes.get(path, ())]
            inner = inside.get(path, [])
            if self.arranged.steps or self.arranged.rows > 1 + self.both:
                inner = inner[::-1]  # arrows from step to step then come out shortest
            rows = {row for row, _ in nodes.get(path, ())}
            if not inner and not self.arranged.steps and len(rows) > 1:  # boxes that aren't seen hold them together
                own = []
                for row in sorted(rows):
                    own.append(f"{indent}subgraph cluster_row{row}_{clusters.get(path, '')} {{ {_UNSEEN}\n")
                    own += [indent + node for r, node in nodes[path] if r == row]
                    own.append(f"{indent}}}\n")
            # Graphviz begins from this order, and so crosses fewer arrows: operations before what they lead to, but
            # values quoted from the forward pass after the boxes that they enter from the side.
            inner_first = self.direction == "backward" or self.arranged.steps
            stack.extend(reversed([*inner, *own] if inner_first else [*own, *inner]))

    def labelled(self, path: tuple[str, ...]) -> str:
        """Say where the label of a scope stands: at its bottom where arrows enter from above, else at its top."""
        reverse = self.direction == "backward" or (self.against and path[:1] == ("backward",))
        return " labelloc=b" if reverse else ""

    def levels(self) -> Iterator[str]:
        """Write which nodes of the reverse pass stand on the level of which operation."""
        boxes, box_of = self.layout.boxes, self.layout.box_of
        levels: dict[int, list[str]] = {}
        for box in boxes:
            if box.origin is not None and boxes[operation := int(box_of[box.origin])] is not box:
                levels.setdefault(operation, [boxes[operation].key]).append(box.key)
        for keys in levels.values():
            yield f"\t{{rank=same; {'; '.join(keys)}}}\n"

    def widest(self, formula: str) -> int:
        """Choose how many characters of a formula stand in a row."""
        return max(18 if self.both and self.steps else 26, len(formula) // 3)

    def is_narrow(self, node: Entry) -> bool:
        """Whether a node stands above a formula in a step, where there is no room for its shape."""
        return bool(self.formulas) and bool(self.steps) and node.operation is None

    def key(self, b: int, path: tuple[str, ...] | None) -> str:
        """Name a box, or the copy of it in a scope."""
        copies = self.arranged.copies.get(b, ())
        return f"{self.layout.boxes[b].key}_{copies.index(path)}" if path in copies else self.layout.boxes[b].key

    def parted(self, edge: Edge) -> bool:
        """Whether there has to be room between two scopes, in which other arrows begin or end beside this one."""
        is_above = self.formulas and self.both and self.layout.boxes[edge.source].scope[:1] == ("forward",)
        return edge.source not in self.arranged.copies and edge.target in self.leading and not is_above

    def above(self) -> Iterator[str]:
        """Write that parameters stand above the formula that they are in."""
        for edge in self.layout.edges:
            path = self.arranged.scope_of(self.layout, edge)
            source = self.layout.boxes[edge.source].entry
            if source is not None and source.kind == "parameter" and (path or edge.source not in self.arranged.copies):
                yield f"\t{{rank=same; {self.key(edge.source, path)}; {self.layout.boxes[edge.target].key}}}\n"

    def bands(self) -> Iterator[str]:
        """Write that bands begin at the same edge, in their order; and the reverse pass of steps below the others."""
        arranged, boxes = self.arranged, self.layout.boxes
        is_back = [self.both and box.scope[:1] == ("backward",) for box in boxes]
        place = [(is_back[b], arranged.bands[b]) for b in range(len(boxes))]
        after: dict[int, list[int]] = {}
        for e in self.layout.edges:
            if place[e.source] == place[e.target] and e.source not in arranged.copies:
                a, b = (e.target, e.source) if self.against and is_back[e.source] else (e.source, e.target)
                after.setdefault(a, []).append(b)
        entered = {b for following in after.values() for b in following}
        length = [0] * len(boxes)  # of the longest way from a box to the end of its band
        for b in sorted(range(len(boxes)), key=lambda b: b if self.against and is_back[b] else -b):
            length[b] = max((length[c] + 1 for c in after.get(b, ())), default=0)
        # What a band may begin with, by key: that length, and the scope it stands in.
        edges: dict[tuple[bool, int], dict[str, tuple[int, tuple[str, ...]]]] = {}
        for e in self.layout.edges:
            if (path := arranged.scope_of(self.layout, e)) is not None:
                edges.setdefault(place[e.target], {})[self.key(e.source, path)] = length[e.target] + 1, path
        for b, box in enumerate(boxes):
            if b not in entered and b not in arranged.copies:
                edges.setdefault(place[b], {})[box.key] = length[b], box.scope
        for part in (False, True) if arranged.steps else ():
            bands = [edges[p] for p in sorted(edges) if p[0] == part and p[1] >= 0]
            yield from self.in_order("backward" if part else "forward", bands)
        if not arranged.steps and self.toward == "LR" and (self.formulas or not self.both):
            yield from self.in_order("row", [edges[p] for p in sorted(edges)])
            yield from self.as_long()
        if self.both and arranged.steps:
            yield f"\tbetween {_INVISIBLE}\n"
            for b, box in enumerate(boxes):
                if b not in arranged.copies and not is_back[b] and b not in after:
                    yield f"\t{box.key} -> between [style=invis]\n"
                if is_back[b] and b not in entered:
                    yield f"\tbetween -> {box.key} [style=invis]\n"

    def as_long(self) -> Iterator[str]:
        """Write, as comments, that a row ends no sooner than the row whose end leads to its beginning.

        An arrow around a row then crosses what isn't seen, so that Graphviz leads it between the two; but other things
        move too, and whoever lays the drawing out (`labels`) tries whether arrows get shorter.
        """
        bands, copies = self.arranged.bands, self.arranged.copies
        leading = {e.source for e in self.layout.edges if bands[e.source] == bands[e.target]}
        before: dict[int, set[int]] = {}
        for e in self.layout.edges:
            goes_back = self.from_edge[e.source] > self.from_edge[e.target] and not self.is_against(e.source)
            if goes_back and bands[e.source] < bands[e.target] and e.source not in copies:
                before.setdefault(bands[e.target], set()).add(e.source)
        for band, sources in before.items():
            last = [b for b, row in enumerate(bands) if row == band and b not in leading and b not in copies]
            yield f"{TRIED}\tend_{band} {_INVISIBLE}\n"
            for b in (*sorted(sources), *last):
                weight = " weight=0" if b in sources else ""
                yield f"{TRIED}\t{self.layout.boxes[b].key} -> end_{band} [style=invis{weight}]\n"

    def in_order(self, what: str, bands: list[dict[str, tuple[int, tuple[str, ...]]]]) -> Iterator[str]:
        """Write that bands begin side by side, in their order, each given as what it may begin with.

        Graphviz doesn't heed the order of nodes in different scopes: of others it does, from which these hang.
        """
        if len(bands) < 2:
            return
        scope = reduce(shared, [max((path for _, path in band.values()), key=len) for band in bands])
        before = [f"{what}_{i}" for i in range(len(bands))]
        around = ["cluster_title"] if self.title is not None else []
        around += [f"cluster_{self.layout.scopes.index(scope[:i])}" for i in range(1, len(scope) + 1)]
        yield "\t" + "".join(f"subgraph {cluster} {{" for cluster in around)
        yield f"{{rank=same; {'; '.join(f'{b} {_INVISIBLE}' for b in before)}; "
        # Inside of a box Graphviz takes this order for that from the bottom, where the drawing runs from left to right.
        down = before[::-1] if around and self.toward == "LR" else before
        yield f"{' -> '.join(down)} [style=invis]}}{'}' * len(around)}\n"
        for b, band in zip(before, bands, strict=True):
            inside = {key: steps for key, (steps, path) in band.items() if path[: len(scope)] == scope}
            first = [key for key in inside if inside[key] == max(inside.values())]
            for key in first if self.toward == "LR" else first[:1]:
                # Arrows within a group are the last that Graphviz lets others cross.
                group = f"\t{b} [group={b}]\n\t{key} [group={b}]\n" if self.toward == "LR" else ""
                yield f"{group}\t{b} -> {key} [style=invis]\n"

    def edge(self, edge: Edge) -> str:
        """Write one arrow."""
        source, target = self.layout.boxes[edge.source], self.layout.boxes[edge.target]
        start = self.key(edge.source, self.arranged.scope_of(self.layout, edge))
        entry = target.entry
        port = f":a{edge.port}" if entry is not None and self.ports(entry) else ""
        style = []
        turned = self.is_against(edge.source)
        if self.scale is not None:
            style += self.scale.arrow(edge)
        elif not edge.differentiable:
            style += ["style=dashed", f'color="{self.theme.quiet}"']
        bands = self.arranged.bands
        if bands[edge.source] != bands[edge.target] and edge.source not in self.arranged.copies:
            if min(bands[edge.source], bands[edge.target]) >= 0:
                # Graphviz counts the crossings of an arrow, and leads it between rows, if it may hold its ends apart.
                apart = 0 if self.arranged.steps else self.from_edge[edge.target] - self.from_edge[edge.source]
                style.append("weight=0" if apart else "constraint=false")
                turned = apart < 0 or self.arranged.steps  # up, from the end of a step: routed better so
        elif self.parted(edge) and len(shared(source.scope, target.scope)) < min(len(source.scope), len(target.scope)):
            style.append("minlen=2")  # boxes of scopes that follow each other shall not overlap
        if self.both and (source.scope[:1], target.scope[:1]) == (("forward",), ("backward",)):
            turned = False
            style = ["style=dotted", f'color="{self.theme.quiet}"', "constraint=false", "arrowsize=0.4"]
        ends = f"{start} -> {target.key}{port}"
        if turned:
            ends = f"{target.key}{port} -> {start}"
            style.append("dir=back")
        return f"\t{ends}{f' [{chr(32).join(style)}]' if style else ''}\n"

    def is_inside(self, i: int, node: Entry) -> bool:
        """Whether an argument of a node, a number, stands in its label."""
        return self.graph[i].is_number and bool(self.layout.box_of[i] == self.layout.box_of[node.id])

    def ports(self, node: Entry) -> list[int]:
        """List the arguments that enter at a place of their own, so that y − output is not read as output − y."""
        is_plain = node.id in self.formulas or (self.both and node.scope[:1] == ("backward",))
        if is_plain or len(node.inputs) < 2:
            return []
        drawn = [k for k in written_order(node) if not self.is_inside(node.inputs[k], node)]
        return drawn if 2 <= len(drawn) <= _MOST_PORTS else []

    def operation(self, node: Entry) -> tuple[str, str]:
        """Write an operation: by its symbol, or, with numbers in it, by what it does to ``·``; and its arguments."""
        if any(self.is_inside(i, node) for i in node.inputs):
            inside = set(node.inputs)
            names = lambda i: None if i in inside and self.is_inside(i, node) else "·"  # noqa: E731
            if (written := Notation(self.graph, names, TEXT).write(node.id, most=32)) is not None:
                return written, ""
        words = over(node, self.graph[node.inputs[0]].shape if node.inputs else None)
        if node.given and not words and len(node.inputs) < 2:  # of two, arrows tell, and words are beneath
            written = Notation(self.graph, lambda i: "·", STYLE).write(node.id, most=20)
            if written is not None and "=" not in written:
                return written, ""
        if words:
            rest = {k: v for k, v in node.given.items() if k != "axis"}
            return node.title, " ".join(filter(None, [words, arguments(rest)]))
        return node.title, arguments(node.given)

    def node(self, node: Entry, is_output: bool, key: str) -> str:
        """Write one node: its label, and the shape and colours of its kind."""
        label = self.label(node)
        form = _NUMBER
        if not node.is_number:
            outline, fill = self.theme.output if is_output else getattr(self.theme, node.kind)
            form = f'{_FORMS[node.kind]} color="{outline}" fillcolor="{fill}"'
        if ports := self.ports(node):
            label = _with_ports(label, ports, self.toward)
            form += f' margin="{"0.04,0" if self.toward == "TB" else "0,0.03"}"'
        if is_output:
            form += " peripheries=2"
        return f'{key} [label=<{label}> tooltip="{_quoted(_tooltip(node))}" {form}]\n'

    def folded(self, box: Box) -> str:
        """Write one node that stands for many: what they are, how many, and the shapes that enter and leave."""
        count = f"{box.nodes:,} node{'s' if box.nodes > 1 else ''}"
        if box.parameters:
            count += f", {box.parameters:,} parameter{'s' if box.parameters > 1 else ''}"
        rows = [f"<b>{safe(box.title, 60)}</b>"]
        if box.what == "repeated":
            rows.append(f"<b>× {box.times:,}</b>")
        rows.append(quiet(count, self.theme))
        shapes = self.shapes and " → ".join(", ".join(side) for side in (box.enters, box.leaves) if side)
        if shapes:
            rows.append(quiet(safe(shapes, 60), self.theme))
        outline, fill = self.theme.output if box.is_output else self.theme.folded
        form = f'{_FOLDED[box.what]} color="{outline}" fillcolor="{fill}" margin="0.12,0.08"'
        tooltip = _quoted(" · ".join((" / ".join((*box.scope, box.title)), count)))
        return f'{box.key} [label=<{_table(rows)}> tooltip="{tooltip}" {form}]\n'

    def kinds(self) -> str:
        """Write the legend of the kinds of nodes that are there."""
        there = dict.fromkeys(box.entry.kind for box in self.layout.boxes if box.entry is not None)
        samples = [(kind, getattr(self.theme, kind)) for kind in there if kind != "constant"]
        cells = "".join(
            f'<td bgcolor="{fill}" border="1" color="{outline}">{quiet(word, self.theme)}</td>'
            for word, (outline, fill) in [*samples, ("output", self.theme.output)]
        )
        return f'<table border="0" cellborder="0" cellspacing="4" cellpadding="3"><tr>{cells}</tr></table>'

    def label(self, node: Entry) -> str:
        """Write the rows of a node: symbol, arguments, name, shape and values."""
        if node.is_number and not node.name:
            return "?" if node.value is None else safe(node.title)
        rows = []
        if (formula := self.formulas.get(node.id)) is not None:
            shape = f" {quiet(shape_text(node.shape), self.theme)}" if self.shapes else ""
            rows = [
                f"<b>{safe(short(node.name or ''), 60)}</b> {shape}",
                *(safe(row, 80) for row in _wrapped(formula, self.widest(formula))),
            ]
        elif node.operation is not None:
            title, given = self.operation(node)
            rows.append(f'<font point-size="{self.theme.font * 7 / 6:g}">{safe(title)}</font>')
            if given:
                rows.append(quiet(safe(given, 48), self.theme))
        if node.name and formula is None:
            rows.append(f"<b>{safe(short(node.name), 60)}</b>")
        elif node.kind in ("parameter", "input"):
            rows.append(f"<i>{node.kind}</i>")
        if self.shapes and formula is None and not self.is_narrow(node) and (node.shape != () or len(rows) < 2):
            rows.append(quiet(shape_text(node.shape), self.theme))
        if node.dtype is not None and node.dtype != np.float64:
            rows.append(quiet(safe(str(node.dtype)), self.theme))
        rows += self.describe(self.values[node.id], self.theme)
        if self.scale is not None:
            rows += self.scale.rows(node)
        return rows[0] if len(rows) == 1 else _table(rows)


def _wrapped(formula: str, widest: int) -> list[str]:
    """Break a formula that is wider than some characters before operators, outside of parentheses if it can be."""
    if re.fullmatch(r"\([^()]*(\([^()]*\)[^()]*)*\)", formula):  # parentheses around all of it
        formula = formula[1:-1]
    anywhere = "+−⊙·/⋆∨∧"
    widest = max(widest, *map(len, _parted(formula, anywhere, 99)))  # one part is that wide anyway
    parts = [formula]
    for signs, depth in (("+−∨∧", 0), ("⊙·/⋆", 0), (anywhere, 99)):
        parts = [p for part in parts for p in (_parted(part, signs, depth) if len(part) > widest else [part])]
    rows = parts[:1]
    for part in parts[1:]:
        if len(rows[-1]) + len(part) >= widest and len(rows[-1]) > 4:  # a name isn't left alone
            rows.append(part)
        else:
            rows[-1] += f" {part}"
    return rows


def _parted(formula: str, signs: str, depth: int) -> list[str]:
    """Divide a formula before some signs that are no deeper in parentheses."""
    cuts, inside = [0], 0
    for k, c in enumerate(formula):
        inside += (c in "([") - (c in ")]")
        if c == " " and inside <= depth and formula[k + 1 : k + 2] in signs and formula[k + 2 : k + 3] == " ":
            cuts.append(k + 1)
    return [formula[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(formula)], strict=True)]


def _joined(lines: tuple[str, ...]) -> list[str]:
    """Put several short lines into one."""
    rows = [""]
    for line in lines:
        if rows[-1] and len(rows[-1]) + len(line) > 110:
            rows.append(line)
        else:
            rows[-1] = f"{rows[-1]},   {line}" if rows[-1] else f"where {line}" if line is lines[0] else line
    return [*rows[:_MOST_LINES], *(["…"] if len(rows) > _MOST_LINES else [])] if lines else []


_TABLE = '<table border="0" cellborder="0" cellspacing="0"'


def _table(rows: list[str]) -> str:
    cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    return f'{_TABLE} cellpadding="1">{cells}</table>'


def _with_ports(label: str, arguments: list[int], rankdir: str) -> str:
    """Put invisible cells, the places where arguments enter, along the side they come from."""
    count = len(arguments)
    if rankdir == "TB":
        ports = "".join(f'<td port="a{k}" height="4"></td>' for k in arguments)
        rows = [ports, f'<td colspan="{count}">{label}</td>', f'<td colspan="{count}" height="4"></td>']
    else:
        rows = [f'<td port="a{k}" width="6"></td>' for k in arguments]
        rows[0] += f'<td rowspan="{count}">{label}</td><td rowspan="{count}" width="6"></td>'
    return f'{_TABLE} cellpadding="0">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'


# --- gradients --------------------------------------------------------------------------------------


class _Scale:
    """How the size of a gradient is drawn: a colour and a width for each of a few steps of its logarithm."""

    def __init__(self, flowing: Flow, theme: Theme, values: str) -> None:
        self.flowing = flowing
        self.theme = theme
        self.values = values
        sizes = flowing.sizes[np.isfinite(flowing.sizes) & (flowing.sizes > 0)]
        exponents = np.log10(sizes) if sizes.size else np.zeros(1)
        highest = math.floor(exponents.max() + 1e-9) + 1
        lowest = max(math.floor(exponents.min() + 1e-9), highest - _MOST_DECADES)
        decades = -(-(highest - lowest) // len(theme.gradient))  # in each step
        count = -(-(highest - lowest) // decades)
        self.bounds = [highest - decades * i for i in range(count, -1, -1)]
        # The darkest is the largest, however few there are.
        self.colours = theme.gradient[-count:]
        self.widths = np.linspace(1.0, 4.0, len(theme.gradient))[-count:]

    def arrow(self, edge: Edge) -> list[str]:
        """Choose colour and width; an arrow that stands for several gradients shows the largest."""
        sizes = self.flowing.sizes[edge.uses]
        if np.isnan(sizes).all() and not edge.differentiable:
            return ["style=dashed", f'color="{self.theme.quiet}"']
        if not np.isfinite(sizes[~np.isnan(sizes)]).all() or self.has_nan(edge):
            return [f'color="{self.theme.not_finite}"', "penwidth=4", 'tooltip="gradient: not finite"']
        largest = float(np.nanmax(sizes, initial=0.0))
        tooltip = f'tooltip="gradient: {number(largest)}"'
        if largest == 0.0:
            return ["style=dotted", f'color="{self.theme.quiet}"', tooltip]
        step = int(
            np.clip(np.searchsorted(self.bounds, math.log10(largest) + 1e-9, "right") - 1, 0, len(self.colours) - 1)
        )
        return [f'color="{self.colours[step]}"', f"penwidth={self.widths[step]:.1f}", tooltip]

    def has_nan(self, edge: Edge) -> bool:
        """Whether a gradient flows here that is NaN, which in `Flow.sizes` also stands for none."""
        return bool(self.flowing.nan[edge.uses].any())

    def rows(self, node: Entry) -> list[str]:
        """Write the rows of a label that speak of a node's gradient."""
        if not node.requires_grad or node.id not in self.flowing.gradients:
            return []
        title = "∂"
        if node.name and node.name != self.flowing.of:
            title = TEXT.partial.format(short(self.flowing.of, 12), short(node.name, 12))
        gradient = self.flowing.gradients[node.id]
        if self.values == "shape":
            return [quiet(safe(f"{title}: {number(size_of(gradient), 2)}"), self.theme)]
        return [quiet(f"{safe(title)}:", self.theme), *_VALUES[self.values](gradient, self.theme)]

    def legend(self) -> str:
        """Write the legend: a sample of each step, and the sizes it stands for."""
        samples, words = [], []
        pairs = zip(self.bounds, self.bounds[1:], strict=False)
        for (low, high), colour, width in zip(pairs, self.colours, self.widths, strict=True):
            samples.append(_bar(colour, float(width)))
            words.append(f"{_power(low)} … {_power(high)}")
        finite = self.flowing.sizes[~np.isnan(self.flowing.sizes)]
        if self.flowing.nan.any() or np.isinf(finite).any():
            samples.append(_bar(self.theme.not_finite, 4.0))
            words.append("not finite")
        if (finite == 0).any():
            samples.append(quiet("· · · ·", self.theme))
            words.append("zero")
        title = quiet("gradient that flows back through an arrow, root mean square", self.theme)
        rows = ["".join(f"<td>{cell}</td>" for cell in samples)]
        rows.append("".join(f"<td>{quiet(word, self.theme)}</td>" for word in words))
        table = f'{_TABLE} cellpadding="3">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'
        cells = "".join(f'<tr><td align="left">{cell}</td></tr>' for cell in (title, table))
        return f'{_TABLE} cellpadding="1">{cells}</table>'


_MOST_DECADES = 24


def _bar(colour: str, width: float) -> str:
    return (
        f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr>'
        f'<td bgcolor="{colour}" width="40" height="{max(2, round(width * 1.5))}" fixedsize="true"></td></tr></table>'
    )


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


# --- labels -----------------------------------------------------------------------------------------


def safe(text: str, most: int = 32) -> str:
    r"""Escape user text for an HTML-like label, where Graphviz replaces ``\N`` and its like too."""
    return html.escape(legible(text, most)).replace("\\", "\\\\") or " "


def _quoted(text: str) -> str:
    r"""Escape user text for a tooltip.

    Graphviz goes through a tooltip more than once, in an order that depends on its version: ``\\N`` becomes
    ``\N``, and that the node's own name. So a backslash is written with a character that looks like one.
    """
    return html.escape(legible(text, 200)).replace("\\", "⧵")


def _tooltip(node: Entry) -> str:
    parts = [f"{node.id}: {node.kind if node.operation is None else node.operation.name}"]
    parts += [
        node.name or "",
        arguments(node.given),
        shape_text(node.shape),
        "" if node.dtype is None else str(node.dtype),
    ]
    parts.append(" / ".join(node.scope))
    return " · ".join(p for p in parts if p)


def quiet(text: str, theme: Theme) -> str:
    """Write escaped text in the colour of what is less important."""
    return f'<font color="{theme.quiet}">{text}</font>'


_UNKNOWN = "value freed"


def _nothing(value: Any, theme: Theme) -> list[str]:  # noqa: ARG001 - one of three that are called alike
    return []


def _statistics(value: Any, theme: Theme) -> list[str]:
    """Describe values: the number itself of a scalar, else mean and range, and how many are not finite."""
    if value is None:
        return [quiet(_UNKNOWN, theme)]
    array = np.asarray(value)
    if array.ndim == 0:
        return [quiet(f"= {safe(number(array[()]))}", theme)]
    if array.dtype.kind not in "fiub":
        return []
    finite = array[np.isfinite(array)]
    lines = []
    if finite.size:
        with np.errstate(over="ignore"):
            lines.append(f"mean {number(finite.mean(dtype=np.float64), 3)}")
        lines.append(f"{number(finite.min(), 3)} … {number(finite.max(), 3)}")
    if finite.size < array.size:
        lines.append(f"{array.size - finite.size} not finite")
    return [quiet(line, theme) for line in lines]


_MOST = 6  # rows and columns shown in full


def _numbers(value: Any, theme: Theme) -> list[str]:
    """Write an array as a table; leading axes beyond the second are stacked, and the middle is left out."""
    if value is None:
        return [quiet(_UNKNOWN, theme)]
    array = np.asarray(value)
    if array.ndim == 0:
        return [quiet(f"= {safe(number(array[()]))}", theme)]
    if array.size == 0:
        return [quiet("empty", theme)]
    array = array.reshape(-1, array.shape[-1])
    rows, columns = map(_shown, array.shape)
    form = _alike(array[[i for i in rows if i is not None]][:, [j for j in columns if j is not None]])
    align = "right" if len(columns) > 1 else "center"
    table = []
    for i in rows:
        cells = ["⋮" if i is None else "…" if j is None else safe(form(array[i, j])) for j in columns]
        table.append("".join(f'<td align="{align}">{quiet(cell, theme)}</td>' for cell in cells))
    return [f'{_TABLE} cellpadding="2">{"".join(f"<tr>{row}</tr>" for row in table)}</table>']


_VALUES: dict[str, Callable[[Any, Theme], list[str]]] = {
    "shape": _nothing,
    "statistics": _statistics,
    "numbers": _numbers,
}


def _alike(values: Any) -> Callable[[Any], str]:
    """Choose how to write numbers that stand below each other: with three decimals, if that shows them all."""
    if values.dtype.kind != "f" or not np.isfinite(values).all() or (values == np.round(values)).all():
        return number
    largest = np.abs(values).max()
    if 0.01 <= largest < 10_000:
        return lambda v: f"{v:.3f}".replace("-", "−")
    return lambda v: f"{v:.2e}".replace("-", "−")


def _shown(count: int) -> list[int | None]:
    if count <= _MOST:
        return list(range(count))
    return [0, 1, 2, None, count - 2, count - 1]
