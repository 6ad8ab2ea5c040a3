"""A derivation by hand beside the automatic one, as one picture, from the same alignment as the listing.

At the left stand the statements through which something flows back, at the right ∂L/∂ of what the loss computes, on
one level what is the same. Where the two part, arrows are red: at the left those into what isn't right any more, at
the right, dashed, those that the derivation doesn't have. Nothing is concluded here.
"""

from __future__ import annotations

import ast
import html
import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from microgradnet.check.align import Aligned, is_exact
from microgradnet.check.findings import Diagnosis
from microgradnet.check.observe import Place, Source
from microgradnet.check.telling import Teller, label_of, statements
from microgradnet.notation import TEXT, expression
from microgradnet.text import legible

if TYPE_CHECKING:
    from microgradnet.views.rendering import Drawing

__all__ = ["beside"]

MOST = 80
"""How many statements and quantities a picture holds."""

_BACK = ("cotangent", "contribution", "sum")


@dataclass(eq=False)
class _Statement:
    """A statement of the derivation: what it computes, and from what, and what that is in the automatic one."""

    place: Place
    name: str
    quantity: str
    entries: tuple[int, ...]  # whose ∂L/∂ it is
    returned: bool
    back: bool
    sources: list[_Statement] = field(default_factory=list)
    parted: bool = False
    wrong: tuple[Diagnosis, ...] = ()


def beside(
    program: Source, aligned: Aligned, found: Sequence[Diagnosis], wrong: Collection[str], theme: str
) -> Drawing:
    """Draw a derivation beside the automatic one.

    Raises
    ------
    ValueError
        If that is too much for a picture.
    """
    if theme not in _THEMES:
        raise ValueError(f"draw: theme must be one of {', '.join(map(repr, _THEMES))}; got {theme!r}")
    hand = _by_hand(program, aligned, Teller(program, aligned), found)
    automatic = _Automatic(aligned, {i for s in hand for i in s.entries}, wrong)
    if len(hand) + len(automatic.shown) > MOST:
        raise ValueError(
            f"draw: {len(hand)} statements beside {len(automatic.shown)} quantities are too many for a picture, which "
            f"holds {MOST}; report.listing shows them in lines, and fewer steps of a loop fit"
        )
    from microgradnet.views.rendering import Drawing  # loads graphviz, which a report does without

    title = program.main.split(".")[-1]
    return Drawing(body=list(_body(hand, automatic, title, _THEMES[theme])))


# --- the derivation by hand --------------------------------------------------------------------------------------


def _by_hand(program: Source, aligned: Aligned, teller: Teller, found: Sequence[Diagnosis]) -> list[_Statement]:
    """List the statements through which something flows back, and what flows from which into which."""
    made = {p.index: _statement(program, aligned, teller, p, found) for p in statements(program, aligned)}
    events = sorted(
        (t, k, i) for i in made for k, t in enumerate(aligned.observed[0].seen[i].times) if k < len(made) + MOST
    )
    last: dict[str, _Statement] = {}
    for _, _, i in events:
        s = made[i]
        for name in _read(s.place):
            source = last.get(name)
            if source is not None and source not in s.sources and (source is not s):
                s.sources.append(source)
        for name in _written(s.place):
            last[name] = s
    order = list(made.values())
    changed = True
    while changed:  # what is computed from what flows back does, too
        changed = False
        for s in order:
            if not s.back and any(source.back for source in s.sources):
                s.back = changed = True
    kept = []
    for s in order:
        s.sources = [source for source in s.sources if source.back]
        if s.returned and s.place.is_read and s.sources:  # a variable that is returned: where it was computed says it
            for source in s.sources:
                source.returned = True
        elif s.back:
            kept.append(s)
    _part(kept)
    return kept


def _statement(
    program: Source, aligned: Aligned, teller: Teller, place: Place, found: Sequence[Diagnosis]
) -> _Statement:
    matches = teller.ends(place)[-1:] or aligned.matches(place)
    exact = [m for m in matches if is_exact(m, "cotangent")]
    whole = getattr(place.statement, "value", place.node)
    name = place.variable or label_of(program, place, aligned, whole)
    wrong = tuple(d for d in found if d.file == place.file and place.line <= (d.line or 0) <= _last(place))
    return _Statement(
        place, name, teller.quantity(place),
        tuple(dict.fromkeys(m.quantity.entry for m in exact if m.quantity.entry is not None)) * (
            len(exact) == len(matches)
        ),
        place.variable is None,
        bool(wrong) or any(m is not None and m.quantity.kind in _BACK for m in matches),  # the first may be wrong
        wrong=wrong,
    )  # fmt: skip


def _last(place: Place) -> int:
    return int(place.statement.end_lineno or place.line)


def _part(statements: Sequence[_Statement]) -> None:
    """Mark what isn't right any more: from what is returned wrong up to what is right."""
    pending = [s for s in statements if s.returned and not s.entries]
    while pending:
        s = pending.pop()
        if not s.parted:
            s.parted = True
            pending += [source for source in s.sources if not source.entries]


def _read(place: Place) -> Iterator[str]:
    if isinstance(place.statement, ast.AugAssign):
        yield from _names(place.statement.target)
    yield from (name for node in ast.walk(place.node) for name in _names(node) if not isinstance(node, ast.Constant))


def _written(place: Place) -> Iterator[str]:
    target = getattr(place.statement, "target", None)
    if isinstance(place.statement, ast.AugAssign):
        yield from _names(target)
    elif place.variable is not None:
        yield from _names(ast.parse(place.variable, mode="eval").body)


def _names(node: Any) -> Iterator[str]:
    """Name the variable that a node is, or is a part of; an attribute is a variable of its own."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name | ast.Attribute):
        yield ast.unparse(node)


# --- the automatic one -------------------------------------------------------------------------------------------


class _Automatic:
    """∂L/∂ of what the loss computes, as far as it is shown: what has a name, what branches, what was found."""

    def __init__(self, aligned: Aligned, found: Collection[int], wrong: Collection[str]) -> None:
        self.chain = aligned.known.draws[0].chain
        self.found = set(found)
        self.down = aligned.known.down
        known = {q.entry: q for q in aligned.known.quantities if q.kind == "cotangent" and q.entry is not None}
        local = {q.entry for q in known.values() if q.term}
        parameters = self.chain.parameters
        graph = self.chain.graph
        self.shown = {
            i
            for i in known
            if i in self.found
            or i in parameters.values()
            or (i not in local and not self._is_one(i) and (graph[i].name is not None or self._branches(i)))
        }
        self.sources = {i: self._sources(i) for i in self.shown}
        self.parted: set[int] = set()
        pending = [i for name, i in parameters.items() if name in wrong]
        while pending:
            i = pending.pop()
            if i not in self.parted and i not in self.found:
                self.parted.add(i)
                pending += self.sources[i]

    def _is_one(self, i: int) -> bool:
        """Whether it is 1, as ∂L/∂L is, and that of what is added up to the loss."""
        return np.size(self.chain.right.cotangent(i)) == 1 and bool(np.all(self.chain.right.cotangent(i) == 1))

    def _branches(self, i: int) -> bool:
        return sum(self.chain.graph[k].requires_grad for k in set(self.chain.graph[i].inputs)) > 1

    def _sources(self, i: int) -> list[int]:
        """Find what is shown that ∂L/∂ of an entry is computed from."""
        sources: dict[int, None] = {}
        pending, seen = [link.node for link in self.chain.incoming[i]], set[int]()
        while pending:
            k = pending.pop()
            if k in self.shown:
                sources[k] = None
            elif k not in seen:
                seen.add(k)
                pending += [link.node for link in self.chain.incoming[k]]
        return list(sources)

    def text(self, i: int) -> str:
        """Write ∂L/∂ of an entry."""
        return "−" * self.down + TEXT.partial.format("L", expression(self.chain.graph, i, 4, closed=True))


# --- the picture -------------------------------------------------------------------------------------------------

_THEMES = {
    "light": {"background": "#FFFFFF", "text": "#1A1A1A", "quiet": "#595959", "edge": "#404040", "fill": "#F6F6F6",
              "wrong": "#C40020", "wrongfill": "#FBE5E8"},
    "dark": {"background": "#16181C", "text": "#F2F2F2", "quiet": "#B3B8BF", "edge": "#C9CDD3", "fill": "#24272D",
             "wrong": "#FF6B7D", "wrongfill": "#3A1A20"},
}  # fmt: skip

_FONT = "Helvetica,Arial,sans-serif"


def _body(hand: Sequence[_Statement], automatic: _Automatic, title: str, theme: dict[str, str]) -> Iterator[str]:
    yield f'\tgraph [rankdir=TB bgcolor="{theme["background"]}" fontname="{_FONT}" fontsize=13 '
    yield f'fontcolor="{theme["quiet"]}" nodesep=0.35 ranksep=0.4 pad=0.15 newrank=true]\n'
    yield f'\tnode [shape=box style="rounded,filled" fontname="{_FONT}" fontsize=12 fontcolor="{theme["text"]}" '
    yield f'color="{theme["edge"]}" fillcolor="{theme["fill"]}" margin="0.12,0.05" height=0.3]\n'
    yield f'\tedge [color="{theme["edge"]}" arrowsize=0.6 penwidth=0.9]\n'
    key = {id(s): f"h{k}" for k, s in enumerate(hand)}
    yield from _cluster("by hand", f"{title}, by hand", theme, (_node(s, key[id(s)], theme) for s in hand))
    nodes = (_quantity(automatic, i, theme) for i in sorted(automatic.shown, reverse=True))
    yield from _cluster("automatic", "automatic", theme, nodes)
    for s in hand:
        for source in s.sources:
            later = source.place.line > s.place.line  # in the step of a loop before
            yield _edge(key[id(source)], key[id(s)], s.parted, theme, *["constraint=false"] * later)
    for i in automatic.shown:
        for k in automatic.sources[i]:
            parted = i in automatic.parted
            yield _edge(f"a{k}", f"a{i}", parted, theme, *["style=dashed"] * parted)
    taken: set[int] = set()
    for s in hand:
        for i in s.entries:
            if i in automatic.shown and i not in taken and len(s.entries) == 1:
                taken.add(i)
                yield f"\t{{rank=same; {key[id(s)]}; a{i}}}\n"


def _cluster(name: str, label: str, theme: dict[str, str], nodes: Iterator[str]) -> Iterator[str]:
    yield f'\tsubgraph "cluster_{name}" {{\n\t\tgraph [label=<{_text(label)}> style="rounded" color="{theme["quiet"]}" '
    yield "margin=14 labeljust=l]\n"
    yield from nodes
    yield "\t}\n"


def _node(s: _Statement, key: str, theme: dict[str, str]) -> str:
    """Write a statement: its variable, what it is, its line; a cross where it is wrong."""
    mark = "✗ " * bool(s.wrong)
    rows = [f"<b>{mark}{_text(s.name)}</b>", *map(_text, textwrap.wrap(s.quantity, 36))]
    rows += [_small(f"line {s.place.line}", theme), *(_small(d.kind, theme) for d in s.wrong)]
    style = f' color="{theme["wrong"]}" penwidth=2 fillcolor="{theme["wrongfill"]}"' if s.wrong else ""
    style += f' color="{theme["wrong"]}"' * (s.parted and not s.wrong)
    return f"\t\t{key} [label=<{'<br/>'.join(rows)}>{style}]\n"


def _quantity(automatic: _Automatic, i: int, theme: dict[str, str]) -> str:
    style = f' style="rounded,dashed,filled" color="{theme["wrong"]}"' * (i in automatic.parted)
    return f"\t\ta{i} [label=<{_text(automatic.text(i))}>{style}]\n"


def _edge(source: str, target: str, parted: bool, theme: dict[str, str], *style: str) -> str:
    style = (*style, *([f'color="{theme["wrong"]}"', "penwidth=1.8"] * parted))
    return f"\t{source} -> {target}{f' [{chr(32).join(style)}]' if style else ''}\n"


def _text(text: str) -> str:
    return html.escape(legible(text, 60))


def _small(text: str, theme: dict[str, str]) -> str:
    return f'<font point-size="10" color="{theme["quiet"]}">{_text(text)}</font>'
