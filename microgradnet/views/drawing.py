"""A graph as a picture: the DOT text of a Graphviz drawing, the same text for the same computation.

Names and values are user data: they only ever stand inside labels, escaped. What identifies a node or a
cluster is made of its position.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from microgradnet.graph import Entry, Graph, arguments, legible, number, shape_text

if TYPE_CHECKING:
    from microgradnet.views.rendering import Drawing

__all__ = ["draw"]


def draw(
    *outputs: Any,
    names: Mapping[str, Any] | None = None,
    values: Literal["shape", "statistics", "numbers"] = "shape",
    rankdir: Literal["LR", "TB"] = "LR",
    theme: Literal["light", "dark"] = "light",
    max_nodes: int = 400,
) -> Drawing:
    """Draw what some tensors were computed from.

    Parameters are orange boxes, inputs blue sheets with a folded corner, operations grey boxes with round
    corners, outputs green with a double outline; constants are dashed, and plain numbers have no outline.
    Gradients flow back along solid arrows, not along dashed ones. The arguments of an operation enter it in
    their order, the first on top (or on the left). Scopes are boxes around their operations.

    Parameters
    ----------
    *outputs : Tensor
        At least one.
    names : mapping of str to Tensor, optional
        Names for tensors, in place of those they have, such as ``locals()``; see `Graph.of`.
    values : {"shape", "statistics", "numbers"}
        What stands below a node's name: its shape; also the mean and range of its values; or the values
        themselves, the middle of large arrays left out.
    rankdir : {"LR", "TB"}
        From left to right, or from top to bottom.
    theme : {"light", "dark"}
        For a light or a dark background.
    max_nodes : int
        A larger graph is refused, since nobody could read it.

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
        If an option is unknown, or there are more than `max_nodes` nodes.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> mg.draw(mg.sum(mg.exp(x))).render(outfile="graph.svg")  # doctest: +SKIP
    'graph.svg'
    """
    for option, given, known in (
        ("values", values, tuple(_VALUES)),
        ("rankdir", rankdir, ("LR", "TB")),
        ("theme", theme, tuple(_THEMES)),
    ):
        if given not in known:
            raise ValueError(f"draw: {option} must be one of {', '.join(map(repr, known))}; got {given!r}")
    graph = Graph.of(*outputs, names=names)
    if len(graph) > max_nodes:
        raise ValueError(
            f"draw: the graph has {len(graph):,} nodes, too many for a readable picture; draw a part of it "
            f"(a smaller example, or an intermediate result), print mg.tree(output) or mg.Graph.of(output), "
            f"or pass max_nodes={len(graph)} to draw it all the same"
        )
    # Imported here because it loads graphviz, which `import microgradnet` shall not.
    from microgradnet.views.rendering import Drawing

    known_values = (None,) * len(graph) if values == "shape" else graph.values()
    picture = _Picture(graph, _THEMES[theme], rankdir, known_values, _VALUES[values])
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

_MOST_PORTS = 8


@dataclass(frozen=True)
class _Picture:
    """A graph and how it is to be drawn."""

    graph: Graph
    theme: _Theme
    rankdir: str
    values: tuple[Any, ...]
    describe: Callable[[Any, _Theme], list[str]]  # the rows of a label that speak of a value

    def body(self) -> Iterator[str]:
        """Write the statements of the drawing: attributes, scopes with their nodes, edges."""
        theme = self.theme
        yield f'\tgraph [rankdir={self.rankdir} bgcolor="{theme.background}" fontname="{_FONT}" fontsize=11 '
        yield f'fontcolor="{theme.quiet}" nodesep=0.3 ranksep=0.35 pad=0.15]\n'
        yield f'\tnode [fontname="{_FONT}" fontsize=12 fontcolor="{theme.text}" '
        yield 'margin="0.08,0.04" height=0.3 width=0.4]\n'
        yield f'\tedge [color="{theme.edge}" arrowsize=0.6 penwidth=0.9]\n'
        yield from self.scopes()
        for node in self.graph:
            for k, i in enumerate(node.inputs):
                port = f":a{k}" if _has_ports(node) else ""
                quiet = "" if self.graph[i].requires_grad else f' [style=dashed color="{theme.quiet}"]'
                yield f"\tn{i} -> n{node.id}{port}{quiet}\n"

    def scopes(self) -> Iterator[str]:
        """Write the nodes, each in the box of its scope, outer boxes first."""
        nodes: dict[tuple[str, ...], list[Entry]] = {}
        inside: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for node in self.graph:
            nodes.setdefault(node.scope, []).append(node)
        for path in self.graph.scopes:
            inside.setdefault(path[:-1], []).append(path)
        boxes = {path: i for i, path in enumerate(self.graph.scopes)}
        outputs = frozenset(self.graph.outputs)
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
                yield f"{outer}subgraph cluster_{boxes[path]} {{\n"
                yield f'{indent}graph [label=<{_text(path[-1], 60)}> tooltip="{_quoted(" / ".join(path))}" '
                yield f'style="rounded,filled" color="{outline}" fillcolor="{fill}" labeljust=l margin=10]\n'
                stack.append(f"{outer}}}\n")
            for node in nodes.get(path, ()):
                yield indent + self.node(node, is_output=node.id in outputs)
            stack.extend(reversed(inside.get(path, ())))

    def node(self, node: Entry, *, is_output: bool) -> str:
        """Write one node: its label, and the shape and colours of its kind."""
        label = self.label(node)
        form = _NUMBER
        if not node.is_number:
            outline, fill = self.theme.output if is_output else getattr(self.theme, node.kind)
            form = f'{_FORMS[node.kind]} color="{outline}" fillcolor="{fill}"'
        if _has_ports(node):
            label = _with_ports(label, len(node.inputs), self.rankdir)
            form += ' margin="0,0.03"'
        if is_output:
            form += " peripheries=2"
        return f'n{node.id} [label=<{label}> tooltip="{_quoted(_tooltip(node))}" {form}]\n'

    def label(self, node: Entry) -> str:
        """Write the rows of a node: symbol, arguments, name, shape and values."""
        if node.is_number and not node.name:
            return "?" if node.value is None else _text(number(node.value))
        rows = []
        if node.operation is not None:
            rows.append(f'<font point-size="14">{_text(node.operation.symbol, 16)}</font>')
            if given := arguments(node):
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
        cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
        return rows[0] if len(rows) == 1 else f'{_TABLE} cellpadding="1">{cells}</table>'


_TABLE = '<table border="0" cellborder="0" cellspacing="0"'


def _has_ports(node: Entry) -> bool:
    """Whether each argument enters at a place of its own, so that y − output is not read as output − y."""
    return 2 <= len(node.inputs) <= _MOST_PORTS


def _with_ports(label: str, count: int, rankdir: str) -> str:
    """Put invisible cells, the places where arguments enter, along the side they come from."""
    if rankdir == "TB":
        ports = "".join(f'<td port="a{i}" height="4"></td>' for i in range(count))
        rows = [ports, f'<td colspan="{count}">{label}</td>', f'<td colspan="{count}" height="4"></td>']
    else:
        rows = [f'<td port="a{i}" width="6"></td>' for i in range(count)]
        rows[0] += f'<td rowspan="{count}">{label}</td><td rowspan="{count}" width="6"></td>'
    return f'{_TABLE} cellpadding="0">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'


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
    parts += [node.name or "", arguments(node), shape_text(node.shape), "" if node.dtype is None else str(node.dtype)]
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
