"""A graph as a picture: the DOT text of a Graphviz drawing, the same text for the same computation.

Names and values are user data: they only ever stand inside labels, escaped. What identifies a node or a
cluster is made of its position.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from microgradnet.graph import Entry, Graph
from microgradnet.notation import TEXT
from microgradnet.passes import backward_graph, both_graph
from microgradnet.record import Recorded
from microgradnet.text import arguments, legible, number, shape_text
from microgradnet.views.flow import Flow, flow, size_of
from microgradnet.views.folding import Box, Edge, Layout, layout

if TYPE_CHECKING:
    from microgradnet.typed import Tensor
    from microgradnet.views.rendering import Drawing

__all__ = ["draw"]


def draw(
    *outputs: Tensor,
    names: Mapping[str, Any] | None = None,
    values: Literal["shape", "statistics", "numbers"] = "shape",
    gradients: bool = False,
    direction: Literal["forward", "backward", "both"] = "forward",
    depth: int | None = None,
    rankdir: Literal["LR", "TB"] = "LR",
    theme: Literal["light", "dark"] = "light",
    max_nodes: int = 80,
) -> Drawing:
    """Draw what some tensors were computed from.

    Parameters are orange boxes, inputs blue sheets with a folded corner, operations white boxes with round
    corners, outputs green with a double outline; constants are dashed, and plain numbers have no outline.
    Gradients flow back along solid arrows, not along dashed ones. The arguments of an operation enter it in
    their order, the first on top (or on the left). Scopes are boxes around their operations; a closed scope is
    a folder, a repetition a stack.

    Parameters
    ----------
    *outputs : Tensor
        At least one.
    names : mapping of str to Tensor, optional
        Names for tensors, in place of those they have, such as ``locals()``; see `Graph.of`.
    values : {"shape", "statistics", "numbers"}
        What stands below a node's name: its shape; also the mean and range of its values; or the values
        themselves, the middle of large arrays left out.
    gradients : bool
        Show ∂output/∂node at every node, in the form that `values` says (for "shape", the root mean square of
        its elements), and draw each arrow in the colour and width of the gradient that flows back through it,
        on a logarithmic scale. For one output with one element; the graph is kept.
    direction : {"forward", "backward", "both"}
        Draw the computation; or the reverse pass, as it is recorded; or both, each step of the reverse pass on
        the level of its operation. The last two are for one output with one element.
    depth : int, optional
        How many levels of scopes stay open: with 0, each outermost scope is drawn as one node, with the shapes
        that enter and leave it.
    rankdir : {"LR", "TB"}
        From left to right, or from top to bottom.
    theme : {"light", "dark"}
        For a light or a dark background.
    max_nodes : int
        Fold what would take more nodes than that, at least 10: the deepest scopes close, repetitions become
        ``× N``, and the rest is summed up. The drawing says below itself what was folded.

    Returns
    -------
    graphviz.Digraph
        It shows itself in a notebook; ``.render(outfile="graph.svg")`` writes SVG, PNG or PDF, with or
        without a Graphviz on the PATH; ``.source`` is the DOT text.

    Raises
    ------
    TypeError
        If an output isn't a tensor.
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
        ("direction", direction, ("forward", "backward", "both")),
        ("rankdir", rankdir, ("LR", "TB")),
        ("theme", theme, tuple(_THEMES)),
    ):
        if given not in known:
            raise ValueError(f"draw: {option} must be one of {', '.join(map(repr, known))}; got {given!r}")
    for option, number_, least in (("depth", depth, 0), ("max_nodes", max_nodes, 10)):
        if number_ is not None and number_ < least:
            raise ValueError(f"draw: {option} must be at least {least}, got {number_}")
    if gradients and direction != "forward":
        raise ValueError(f"draw: gradients=True is for direction='forward'; {direction!r} draws how they are computed")
    flowing = None
    if not (gradients or direction != "forward"):
        graph = Graph.of(*outputs, names=names)
    elif len(outputs) != 1 or not isinstance(outputs[0], Recorded):
        raise (TypeError if len(outputs) == 1 else ValueError)(
            "draw: gradients= and direction= are for one tensor, got "
            + (f"{len(outputs)} outputs" if len(outputs) != 1 else type(outputs[0]).__name__)
        )
    elif gradients:
        graph, flowing = flow(outputs[0], names)
    else:
        graph = both_graph(outputs[0], names) if direction == "both" else backward_graph(outputs[0], names)
    # Imported here because it loads graphviz, which `import microgradnet` shall not.
    from microgradnet.views.rendering import Drawing

    picture = _Picture(
        layout=layout(graph, depth=depth, max_nodes=max_nodes, always_open=int(direction == "both")),
        theme=_THEMES[theme],
        rankdir=rankdir,
        values=(None,) * len(graph) if values == "shape" else graph.values(),
        describe=_VALUES[values],
        scale=None if flowing is None else _Scale(flowing, _THEMES[theme], values),
        direction=direction,
    )
    return Drawing(body=list(picture.body()))


# --- colours ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Theme:
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


_THEMES = {
    "light": _Theme(
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
    "dark": _Theme(
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

_FONT = "Helvetica,Arial,sans-serif"

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

_MOST_PORTS = 8


@dataclass(frozen=True)
class _Picture:
    """What is to be drawn, and how."""

    layout: Layout
    theme: _Theme
    rankdir: str
    values: tuple[Any, ...]
    describe: Callable[[Any, _Theme], list[str]]  # the rows of a label that speak of a value
    scale: _Scale | None
    direction: str

    @property
    def both(self) -> bool:
        """Whether forward and backward are in one picture, the latter drawn against the direction of reading."""
        return self.direction == "both"

    def body(self) -> Iterator[str]:
        """Write the statements of the drawing: attributes, scopes with their nodes, edges, caption."""
        theme = self.theme
        yield f'\tgraph [rankdir={self.rankdir} bgcolor="{theme.background}" fontname="{_FONT}" fontsize=11 '
        yield f'fontcolor="{theme.quiet}" nodesep=0.3 ranksep=0.35 pad=0.15 newrank=true]\n'
        yield f'\tnode [fontname="{_FONT}" fontsize=12 fontcolor="{theme.text}" '
        yield 'margin="0.08,0.04" height=0.3 width=0.4]\n'
        yield f'\tedge [color="{theme.edge}" arrowsize=0.6 penwidth=0.9]\n'
        yield from self.scopes()
        if self.both:
            yield from self.levels()
        for edge in self.layout.edges:
            yield self.edge(edge)
        below = [_quiet(_text(line, 400), theme) for line in self.layout.caption]
        if self.scale is not None:
            below.append(self.scale.legend())
        if below:
            rows = "".join(f'<tr><td align="left">{row}</td></tr>' for row in below)
            yield f'\tgraph [label=<{_TABLE} cellpadding="3">{rows}</table>> labelloc=b labeljust=l]\n'

    def scopes(self) -> Iterator[str]:
        """Write the nodes, each in the box of its scope, outer boxes first."""
        nodes: dict[tuple[str, ...], list[Box]] = {}
        inside: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for box in self.layout.boxes:
            nodes.setdefault(box.scope, []).append(box)
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
                yield f'{indent}graph [label=<{_text(path[-1], 60)}> tooltip="{_quoted(" / ".join(path))}" '
                yield f'style="rounded,filled" color="{outline}" fillcolor="{fill}" '
                yield f"labeljust=l{self.labelled(path)} margin=10]\n"
                stack.append(f"{outer}}}\n")
            own = [
                indent + (self.folded(box) if box.entry is None else self.node(box.entry, box.is_output))
                for box in nodes.get(path, ())
            ]
            inner = inside.get(path, ())
            # Graphviz begins from this order, and so crosses fewer arrows: operations before what they lead to, but
            # values quoted from the forward pass after the boxes that they enter from the side.
            stack.extend(reversed([*inner, *own] if self.direction == "backward" else [*own, *inner]))

    def labelled(self, path: tuple[str, ...]) -> str:
        """Say where the label of a scope stands: at its bottom where arrows enter from above, else at its top."""
        reverse = self.direction == "backward" or (self.both and path[0] == "backward")
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

    def edge(self, edge: Edge) -> str:
        """Write one arrow."""
        source, target = self.layout.boxes[edge.source], self.layout.boxes[edge.target]
        entry = target.entry
        port = f":a{edge.port}" if entry is not None and self.has_ports(entry) else ""
        style = []
        if self.scale is not None:
            style += self.scale.arrow(edge)
        elif not edge.differentiable:
            style += ["style=dashed", f'color="{self.theme.quiet}"']
        ends = f"{source.key} -> {target.key}{port}"
        if self.both and target.scope[:1] == ("backward",):
            if source.scope[:1] == ("backward",):
                ends = f"{target.key}{port} -> {source.key}"
                style.append("dir=back")
            else:
                style = ["style=dotted", f'color="{self.theme.quiet}"', "constraint=false", "arrowsize=0.4"]
        return f"\t{ends}{f' [{chr(32).join(style)}]' if style else ''}\n"

    def has_ports(self, node: Entry) -> bool:
        """Whether each argument enters at a place of its own, so that y − output is not read as output − y."""
        return 2 <= len(node.inputs) <= _MOST_PORTS and not (self.both and node.scope[0] == "backward")

    def node(self, node: Entry, is_output: bool) -> str:
        """Write one node: its label, and the shape and colours of its kind."""
        label = self.label(node)
        form = _NUMBER
        if not node.is_number:
            outline, fill = self.theme.output if is_output else getattr(self.theme, node.kind)
            form = f'{_FORMS[node.kind]} color="{outline}" fillcolor="{fill}"'
        if self.has_ports(node):
            label = _with_ports(label, len(node.inputs), self.rankdir)
            form += ' margin="0,0.03"'
        if is_output:
            form += " peripheries=2"
        return f'n{node.id} [label=<{label}> tooltip="{_quoted(_tooltip(node))}" {form}]\n'

    def folded(self, box: Box) -> str:
        """Write one node that stands for many: what they are, how many, and the shapes that enter and leave."""
        count = f"{box.nodes:,} nodes"
        if box.parameters:
            count += f", {box.parameters:,} parameter{'s' if box.parameters > 1 else ''}"
        rows = [f"<b>{_text(box.title, 60)}</b>"]
        if box.what == "repeated":
            rows.append(f"<b>× {box.times:,}</b>")
        rows.append(_quiet(count, self.theme))
        shapes = " → ".join(", ".join(side) for side in (box.enters, box.leaves) if side)
        if shapes:
            rows.append(_quiet(_text(shapes, 60), self.theme))
        outline, fill = self.theme.output if box.is_output else self.theme.folded
        form = f'{_FOLDED[box.what]} color="{outline}" fillcolor="{fill}" margin="0.12,0.08"'
        tooltip = _quoted(" · ".join((" / ".join((*box.scope, box.title)), count)))
        return f'{box.key} [label=<{_table(rows)}> tooltip="{tooltip}" {form}]\n'

    def label(self, node: Entry) -> str:
        """Write the rows of a node: symbol, arguments, name, shape and values."""
        if node.is_number and not node.name:
            return "?" if node.value is None else _text(node.title)
        rows = []
        if node.operation is not None:
            rows.append(f'<font point-size="14">{_text(node.title)}</font>')
            if given := arguments(node.given):
                rows.append(_quiet(_text(given, 48), self.theme))
        if node.name:
            rows.append(f"<b>{_text(node.name)}</b>")
        elif node.kind in ("parameter", "input"):
            rows.append(f"<i>{node.kind}</i>")
        if node.shape != () or len(rows) < 2:
            rows.append(_quiet(shape_text(node.shape), self.theme))
        if node.dtype is not None and node.dtype != np.float64:
            rows.append(_quiet(_text(str(node.dtype)), self.theme))
        rows += self.describe(self.values[node.id], self.theme)
        if self.scale is not None:
            rows += self.scale.rows(node)
        return rows[0] if len(rows) == 1 else _table(rows)


_TABLE = '<table border="0" cellborder="0" cellspacing="0"'


def _table(rows: list[str]) -> str:
    cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    return f'{_TABLE} cellpadding="1">{cells}</table>'


def _with_ports(label: str, count: int, rankdir: str) -> str:
    """Put invisible cells, the places where arguments enter, along the side they come from."""
    if rankdir == "TB":
        ports = "".join(f'<td port="a{i}" height="4"></td>' for i in range(count))
        rows = [ports, f'<td colspan="{count}">{label}</td>', f'<td colspan="{count}" height="4"></td>']
    else:
        rows = [f'<td port="a{i}" width="6"></td>' for i in range(count)]
        rows[0] += f'<td rowspan="{count}">{label}</td><td rowspan="{count}" width="6"></td>'
    return f'{_TABLE} cellpadding="0">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'


# --- gradients --------------------------------------------------------------------------------------


class _Scale:
    """How the size of a gradient is drawn: a colour and a width for each of a few steps of its logarithm."""

    def __init__(self, flowing: Flow, theme: _Theme, values: str) -> None:
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
            title = TEXT.partial.format(legible(self.flowing.of, 12), legible(node.name, 12))
        gradient = self.flowing.gradients[node.id]
        if self.values == "shape":
            return [_quiet(_text(f"{title}: {number(size_of(gradient), 2)}"), self.theme)]
        return [_quiet(f"{_text(title)}:", self.theme), *_VALUES[self.values](gradient, self.theme)]

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
            samples.append(_quiet("· · · ·", self.theme))
            words.append("zero")
        title = _quiet("gradient that flows back through an arrow, root mean square", self.theme)
        rows = ["".join(f"<td>{cell}</td>" for cell in samples)]
        rows.append("".join(f"<td>{_quiet(word, self.theme)}</td>" for word in words))
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


def _text(text: str, most: int = 32) -> str:
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


def _quiet(text: str, theme: _Theme) -> str:
    return f'<font point-size="9" color="{theme.quiet}">{text}</font>'


_UNKNOWN = "value freed"


def _nothing(value: Any, theme: _Theme) -> list[str]:  # noqa: ARG001 - one of three that are called alike
    return []


def _statistics(value: Any, theme: _Theme) -> list[str]:
    """Describe values: the number itself of a scalar, else mean and range, and how many are not finite."""
    if value is None:
        return [_quiet(_UNKNOWN, theme)]
    array = np.asarray(value)
    if array.ndim == 0:
        return [_quiet(f"= {_text(number(array[()]))}", theme)]
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
    return [_quiet(line, theme) for line in lines]


_MOST = 6  # rows and columns shown in full


def _numbers(value: Any, theme: _Theme) -> list[str]:
    """Write an array as a table; leading axes beyond the second are stacked, and the middle is left out."""
    if value is None:
        return [_quiet(_UNKNOWN, theme)]
    array = np.asarray(value)
    if array.ndim == 0:
        return [_quiet(f"= {_text(number(array[()]))}", theme)]
    if array.size == 0:
        return [_quiet("empty", theme)]
    array = array.reshape(-1, array.shape[-1])
    rows, columns = map(_shown, array.shape)
    form = _alike(array[[i for i in rows if i is not None]][:, [j for j in columns if j is not None]])
    align = "right" if len(columns) > 1 else "center"
    table = []
    for i in rows:
        cells = ["⋮" if i is None else "…" if j is None else _text(form(array[i, j])) for j in columns]
        table.append("".join(f'<td align="{align}">{_quiet(cell, theme)}</td>' for cell in cells))
    return [f'{_TABLE} cellpadding="2">{"".join(f"<tr>{row}</tr>" for row in table)}</table>']


_VALUES: dict[str, Callable[[Any, _Theme], list[str]]] = {
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
