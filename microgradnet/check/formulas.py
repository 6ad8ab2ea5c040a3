"""The statements of a derivation by hand as mathematics: it is run once more, on tensors, which record what they did.

Each is written from what the statements before it computed, by the names that these have in the automatic derivation:
∂L/∂z = ∂L/∂a ⊙ σ′(z). Where the user's code takes no tensors, or writes into what it has computed, there is no formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from microgradnet.check.align import Aligned, Match
from microgradnet.check.by_hand import ByHand
from microgradnet.check.explain.chain import Chain
from microgradnet.check.observe import Observation, Place, Source, quietly
from microgradnet.graph import Graph, located
from microgradnet.notation import TEXT, Notation, Style
from microgradnet.record import Node, Recorded, node_of, value_of

__all__ = ["Formulas"]


class Formulas:
    """What each statement does, in mathematics."""

    def __init__(self) -> None:
        self.recorded: dict[tuple[int, int], Any] = {}  # by place and occurrence
        self.graph: Graph = Graph((), ())
        self.position: dict[Node, int] = {}
        self._named: dict[int, Callable[[Style], str]] = {}
        self._notations: dict[Style, Notation] = {}

    @classmethod
    def of(cls, derivation: ByHand, program: Source, aligned: Aligned) -> Formulas:
        """Run a derivation on tensors; whatever it raises then, there are no formulas."""
        made = cls()
        seen: list[Observation] = []

        def watched(*args: Any) -> Any:
            with quietly():
                seen[:] = [program.watch(args, lambda given: program.bound()(*given))]
            return seen[0].result

        try:
            Chain.called(watched, aligned.known.draws[0].values, derivation.names, derivation.positions)
            made._read(program, aligned, seen[0])
        except Exception:  # what the user's code may raise when it is given tensors, and where it has copied them
            return cls()
        return made

    def _read(self, program: Source, aligned: Aligned, seen: Observation) -> None:
        places = [program.places[i] for i in seen.seen]
        places = [p for p in places if p.kind == "expression" and p.parent is None]
        for place in places:
            plain = aligned.observed[0].seen.get(place.index)
            pairs = zip(seen.seen[place.index].values, plain.values if plain else (), strict=False)
            for k, (value, number) in enumerate(pairs):
                if isinstance(value, Recorded) and _alike(value_of(value), number):  # not written into since
                    self.recorded[place.index, k] = value
        if not self.recorded:
            return
        self.graph, self.position = located(*self.recorded.values())
        for place in places:
            for k, match in enumerate(aligned.matches(place)):
                if (place.index, k) in self.recorded and (name := _name(place, match)) is not None:
                    self._named.setdefault(self._at(place, k), name)

    def _at(self, place: Place, k: int) -> int:
        return self.position[node_of(self.recorded[place.index, k])]

    def write(self, place: Place, matches: Sequence[Match | None], style: Style, most: int) -> str | None:
        """Write what a statement does, of a loop in its second step; None if it is too long, or does nothing."""
        k = min(1, len(matches) - 1)
        if (place.index, k) not in self.recorded or place.is_read:
            return None
        at = self._at(place, k)
        if self.graph[at].operation is None:
            return None
        written = self._notation(style).write(at, most=most)
        return None if written is None or (style is TEXT and style.unnamed in written) else written

    def _notation(self, style: Style) -> Notation:
        if style not in self._notations:
            names = {i: style.name(e.name) for i, e in enumerate(self.graph) if e.name is not None}
            names |= {i: name(style) for i, name in self._named.items()}
            self._notations[style] = Notation(self.graph, names.get, style)
        return self._notations[style]


def _name(place: Place, match: Match | None) -> Callable[[Style], str] | None:
    """Choose how a value is called in formulas: as in the automatic derivation if that is short, or by its variable."""
    variable = place.variable
    if match is not None and match.axes is None:
        kind, name = match.quantity.kind, match.quantity.name
        known = match.exact or (kind == "local" and match.factor == 1)
        if known and (" " not in name or (variable is None and kind != "value")):
            return match.text
    return None if variable is None else lambda style: style.name(variable)


def _alike(value: Any, number: Any) -> bool:
    if number is None or np.shape(value) != np.shape(number):
        return False
    return bool(np.allclose(value, number, equal_nan=True))
