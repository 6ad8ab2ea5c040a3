"""The picture that a live page lights up: DOT text whose nodes and arrows can be found again in the SVG.

Colours are the page's: everything has a class, and the style sheet knows it, so that one picture is right on light and
on dark. User text stands in labels only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from microgradnet.text import legible, shape_text
from microgradnet.views.explorer.symbols import Words
from microgradnet.views.folding import Box, Edge, Layout

__all__ = ["drawn", "edge_key"]

_FONT = "Helvetica,Arial,sans-serif"


def drawn(layout: Layout, words: Sequence[Words], around: Collection[int] = ()) -> str:
    """Lay both passes out, and return SVG.

    The forward pass runs from left to right, and below each operation stand its steps of the reverse pass. Of entries
    `around` what is drawn, names alone are there.
    """
    from microgradnet.views.rendering import to_bytes  # it loads graphviz, which `import microgradnet` shall not

    svg = to_bytes("".join(_dot(layout, words, around)), "svg").decode()
    svg = svg[svg.index("<svg") :]
    # What Graphviz writes besides: comments, titles, which browsers show when the pointer rests, and colours and type,
    # which are the page's.
    svg = re.sub(r"<!--.*?-->\n?|<title>.*?</title>\n?", "", svg, flags=re.S)
    svg = re.sub(r'((?:width|height)="[\d.]+)pt"', r'\1"', svg)
    svg = re.sub(r' (?:xml:space|xmlns:xlink|font-family|fill|stroke)="[^"<>]*"(?=[^<>]*>)', "", svg)
    svg = re.sub(
        r'(?<=<g )([^<>]*class="(?:node|cluster)[^<>]*>\s*)<path((?: stroke[^<>]*?)?) d="([^"]*)"/>', _as_rect, svg
    )
    return re.sub(r"(\d\.\d)\d+(?=[^<>]*/?>)|\n", r"\1", svg)


def _as_rect(found: re.Match[str]) -> str:
    """Write a box with round corners as one, and not as a path."""
    before, more, path = found.groups()
    xs, ys = ([float(n) for n in re.findall(r"-?[\d.]+", path)[k::2]] for k in (0, 1))
    left, top = min(xs), min(ys)
    size = f'width="{max(xs) - left:.1f}" height="{max(ys) - top:.1f}"'
    return f'{before}<rect{more} x="{left}" y="{top}" {size} rx="10"/>'


def edge_key(edge: Edge) -> str:
    """Return what finds an arrow in the SVG."""
    return f"e{edge.source}-{edge.target}-{'' if edge.port is None else edge.port}"


def _dot(layout: Layout, words: Sequence[Words], around: Collection[int]) -> Iterator[str]:
    yield 'digraph {\n graph [rankdir=LR bgcolor="transparent" nodesep=0.22 ranksep=0.4 pad=0.1 newrank=true '
    yield f'fontname="{_FONT}" fontsize=11]\n node [shape=box style="rounded,filled" fontname="{_FONT}" fontsize=13 '
    yield 'height=0.3 width=0.4 margin="0.1,0.05"]\n edge [arrowsize=0.6]\n'
    yield from _scopes(layout, words, around)
    yield from _levels(layout)
    for edge in layout.edges:
        yield _arrow(layout, edge)
    yield "}\n"


def _scopes(layout: Layout, words: Sequence[Words], around: Collection[int]) -> Iterator[str]:
    """Write the nodes, each in the box of its scope; that of a whole pass has no outline."""
    nodes: dict[tuple[str, ...], list[Box]] = {}
    inside: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for box in layout.boxes:
        nodes.setdefault(box.scope, []).append(box)
    for path in layout.scopes:
        inside.setdefault(path[:-1], []).append(path)
    clusters = {path: i for i, path in enumerate(layout.scopes)}
    stack: list[tuple[str, ...] | str] = [()]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        if len(item) > 1:
            yield f'subgraph cluster_{clusters[item]} {{ graph [class="scope" style="rounded" labeljust=l margin=10 '
            yield f"label=<{_text(item[-1], 40)}>{' labelloc=b' if item[0] == 'backward' else ''}]\n"
            stack.append("}\n")
        stack.extend(reversed([*(_node(box, words, around) for box in nodes.get(item, ())), *inside.get(item, ())]))


def _node(box: Box, words: Sequence[Words], around: Collection[int]) -> str:
    entry = box.entry
    if entry is None:
        times = f" × {box.times}" if box.times > 1 else ""
        label = f"{_text(box.title, 40)}{times}<br/>{_small(f'{box.nodes:,} values')}"
        return f'{box.key} [id="{box.key}" class="folded" label=<{label}>]\n'
    if entry.id in around:
        text = _text(entry.title if entry.is_number else words[entry.id].symbol, 24)
        return f'{box.key} [id="{box.key}" class="number" style="" penwidth=0 label=<{text}>]\n'
    output = " output" if box.is_output and entry.scope[0] == "forward" else ""
    backward = " backward" if entry.scope[0] == "backward" else ""
    if entry.is_number:
        text = _text(entry.title, 16)
        return f'{box.key} [id="{box.key}" class="number{backward}" style="" penwidth=0 label=<{text}>]\n'
    shape = f"<br/>{_small(shape_text(entry.shape))}" if entry.shape else ""
    label = _text(words[entry.id].label, 40) + shape
    return f'{box.key} [id="{box.key}" class="{entry.kind}{backward}{output}" label=<{label}>]\n'


def _levels(layout: Layout) -> Iterator[str]:
    """Write which nodes of the reverse pass stand below which operation."""
    levels: dict[int, list[str]] = {}
    for box in layout.boxes:
        if box.origin is not None and layout.boxes[operation := int(layout.box_of[box.origin])] is not box:
            levels.setdefault(operation, [layout.boxes[operation].key]).append(box.key)
    for keys in levels.values():
        yield f"{{rank=same; {'; '.join(keys)}}}\n"


def _arrow(layout: Layout, edge: Edge) -> str:
    """Write an arrow: back against the direction of reading; dotted where the reverse pass uses a forward value."""
    source, target = layout.boxes[edge.source], layout.boxes[edge.target]
    back = [b.scope[:1] == ("backward",) for b in (source, target)]
    given = f'id="{edge_key(edge)}" class="{"quoted" if back == [False, True] else "arrow"}"'
    if all(back):
        return f"{target.key} -> {source.key} [{given} dir=back]\n"
    extra = " style=dotted constraint=false arrowsize=0.4" if back == [False, True] else ""
    return f"{source.key} -> {target.key} [{given}{extra}]\n"


def _text(text: Any, most: int) -> str:
    return html.escape(legible(str(text), most))


def _small(text: str) -> str:
    return f'<font point-size="10">{html.escape(text)}</font>'
