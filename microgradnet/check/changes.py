"""What a mend changes first, as a step of the derivation; and whether what it mends is right, but of another loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

import numpy as np

from microgradnet.check.align import Aligned, Match
from microgradnet.check.explain.chain import Chain
from microgradnet.check.explain.wording import step
from microgradnet.check.mend.mends import Mend
from microgradnet.check.observe import quietly
from microgradnet.check.rerun import Edit, Rerun
from microgradnet.graph import Graph
from microgradnet.notation import cotangent, expression
from microgradnet.text import legible

__all__ = ["Changed", "first_changed", "is_a_gradient", "is_multiple"]

USES = 3
"""How many uses of a value are named."""

STEP = 1e-5
"""How far the arguments are moved to see how a derivation changes, relative to their size."""

NEAR = 1e-4
"""How far the two mixed derivatives may be apart, relative to the larger."""


@dataclass(frozen=True)
class Changed:
    """The first quantity of the right derivation that is another after a mend.

    Attributes
    ----------
    right : Match
        What it is then.
    before : Match or None
        What was there, if that is known.
    is_multiple : bool
        Whether what was there is a multiple of it.
    there : Match
        What it is at the place itself, if that is known, else in its statement.
    """

    right: Match
    before: Match | None
    is_multiple: bool
    there: Match

    @property
    def goes_forward(self) -> bool:
        """Whether it is one of the forward pass, and not only a multiple of what was there."""
        own = self.right.quantity
        known = self.before is not None and self.before.quantity is own
        return own.kind == "value" and not known and not self.is_multiple

    def step(self, chain: Chain) -> str:
        """Write where that is in the loss: the operation that is differentiated, and of which parameter it is."""
        quantity = self.there.quantity
        if quantity.entry is None:
            return quantity.name
        if quantity.kind not in ("cotangent", "sum"):
            return _spelled(chain.graph, quantity.entry)
        own = cotangent(chain.graph, quantity.entry)
        uses = list(dict.fromkeys(link.node for link in chain.incoming[quantity.entry]))
        where = "; ".join(_spelled(chain.graph, a) for a in uses[:USES])
        if quantity.entry in chain.parameters.values() or not uses:
            return f"{own}, by {where}" if uses else own
        return where


def _spelled(graph: Graph, node: int) -> str:
    """Name a step; where the user has a name for its value, with how it is computed."""
    name = graph[node].name
    if name is None or graph[node].operation is None:
        return step(graph, node)
    nameless = Graph([replace(e, name=None) if e.id == node else e for e in graph], graph.outputs)
    scope = legible(" / ".join(graph[node].scope), 60)
    return f"{scope}: " * bool(scope) + f"{legible(name)} = {expression(nameless, node)}"


def first_changed(rerun: Rerun, aligned: Aligned, mend: Mend) -> Changed | None:
    """Run with a mend, and say which quantity of the right derivation is the first that wasn't there before."""
    program, seen = rerun.program, aligned.observed[0].seen
    roots = (program.places[i] for i in seen if program.places[i].parent is None and i not in program.unset)
    gone = mend.place.statement if mend.left_out else None  # what it has changed is as it was before, and no news
    whole = [p.index for p in roots if p.kind != "statement" and (p.kind != "after" or p.statement is not gone)]
    observed = {*whole, *mend.edits[0]}
    after: list[dict[int, list[Any]]] = []
    with program.exchanged(), quietly():
        rerun.focus({program.places[i].statement for i in observed})
        for draw in range(len(rerun.draws)):
            after.append({})
            edits = {**mend.edits[draw], **{i: _keeping(i, after[-1], mend.edits[draw]) for i in observed}}
            try:
                rerun.gradients(edits, draw, mend.left_out)
            except Exception:  # what the user's code may raise
                return None
    there = aligned.known.identify([a.get(mend.place.index, [None])[0] for a in after])
    there = there if there is not None and there.quantity.kind in ("cotangent", "local", "product") else None
    for i in sorted(whole, key=lambda i: seen[i].times[:1]):
        before = zip(*(o.seen[i].values if i in o.seen else [] for o in aligned.observed), strict=False)
        rounds = zip(before, zip(*(a.get(i, []) for a in after), strict=False), strict=False)
        other = [
            (x, y) for x, y in rounds if not any(v is None for v in (*x, *y)) and not all(map(np.array_equal, x, y))
        ]
        for olds, news in (*other[:1], *other[-1:]):  # in a loop, what is added up is only whole at its end
            if (right := aligned.known.identify(news)) is not None:
                return Changed(right, aligned.known.identify(olds), is_multiple(olds, news), there or right)
    return None if there is None else Changed(there, None, True, there)


def is_multiple(olds: Sequence[Any], news: Sequence[Any]) -> bool:
    """Whether values are others times a constant, at each of the draws."""
    for x, y in zip(olds, news, strict=True):
        if np.shape(x) != np.shape(y) or not np.vdot(x, x) > 0:  # of the smallest numbers the squares are 0
            return False
        c = float(np.vdot(x, y)) / float(np.vdot(x, x))
        if not np.allclose(y, c * np.asarray(x), rtol=1e-9, atol=0):
            return False
    return True


def _keeping(i: int, kept: dict[int, list[Any]], edits: Mapping[int, Edit]) -> Edit:
    def edit(v: Any, frame: FrameType, k: int) -> Any:
        new = edits[i](v, frame, k) if i in edits else v
        kept.setdefault(i, []).append(np.array(new) if isinstance(new, np.ndarray | float | np.floating) else None)
        return new

    return edit


def is_a_gradient(rerun: Rerun) -> bool:
    """Whether a derivation is the gradient of anything: its derivatives are symmetric, by central differences."""
    random = np.random.default_rng(11)
    derivation, values = rerun.derivation, rerun.draws[0].values
    places = {derivation.names[i]: i for i in derivation.positions}

    def slope(along: Mapping[str, Any], seen_from: Mapping[str, Any]) -> float:
        ends = []
        for sign in (1, -1):
            moved = list(values)
            for name, i in places.items():
                moved[i] = values[i] + sign * STEP * along[name]
            found = derivation.at(moved).ascending
            ends.append(sum(float(np.sum(found[n] * seen_from[n])) for n in places))
        return (ends[0] - ends[1]) / (2 * STEP)

    with quietly():
        try:
            for _ in range(2):
                u, v = ({n: random.standard_normal(np.shape(values[i])) for n, i in places.items()} for _ in range(2))
                one, other = slope(u, v), slope(v, u)
                if not abs(one - other) <= NEAR * max(abs(one), abs(other)):
                    return False
        except Exception:  # what the user's code may raise
            return False
    return True
