"""The statements of a derivation by hand as mathematics, each written from what the statements before it computed.

The derivation runs once more, with tensors in place of the variables that a statement reads, and what they recorded is
written, by the names that the values have in the automatic derivation: ∂L/∂z = ∂L/∂a ⊙ σ′(z). What is assigned is an
array again, so that code which writes into arrays runs as it is. A statement that takes no tensors has no formula.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from microgradnet.check.align import Aligned, Match
from microgradnet.check.observe import Place, Source
from microgradnet.graph import Graph, located
from microgradnet.leaving import Running
from microgradnet.notation import TEXT, Notation, Style
from microgradnet.record import CONSTANT, Node, Recorded, attach, node_of, traced, value_of
from microgradnet.tensor import tensor

__all__ = ["Formulas"]

TRIES = 32
"""How many runs may find statements that take no tensors."""


class Formulas:
    """What each statement does, in mathematics."""

    def __init__(self, program: Source, aligned: Aligned) -> None:
        self.program, self.aligned = program, aligned
        self.recorded: dict[tuple[int, int], Any] = {}  # by place and occurrence
        self._called: dict[Node, Callable[[Style], str]] = {}
        self._notations: dict[Style, Notation] = {}
        self.graph: Graph = Graph((), ())
        self.position: dict[Node, int] = {}

    @classmethod
    def of(cls, program: Source, aligned: Aligned) -> Formulas:
        """Run a derivation on tensors, without the statements that refuse them."""
        made, refusing = cls(program, aligned), dict[int, int]()
        for _ in range(TRIES if program.observed else 0):
            run = _TensorRun(made, refusing)
            try:
                run.go()
            except Exception:  # what the user's code may raise when it is given tensors
                if run.at is None or refusing.get(run.at) == len(_LEAVES):
                    break
                refusing[run.at] = refusing.get(run.at, 0) + 1
            else:
                break
        try:
            made.graph, made.position = located(*made.recorded.values()) if made.recorded else (made.graph, {})
        except Exception:  # tensors of another run, which the user's code may have kept
            made.recorded.clear()
        return made

    def keep(self, place: Place, k: int, value: Any) -> None:
        """Remember what a statement recorded, if it is what it computes of arrays; nothing is of a mere constant."""
        plain = self.aligned.observed[0].seen.get(place.index)
        if plain is None or k >= len(plain.values) or node_of(value) is CONSTANT:
            return
        if _alike(value_of(value), plain.values[k]):
            # What is written into the tensor later moves it on to another node.
            self.recorded[place.index, k] = attach(value_of(value), node_of(value))
            self.call(place, k, value, place.variable if place.is_assigned else None)

    def call(self, place: Place, k: int, value: Any, otherwise: str | None) -> None:
        """Say how a value is called in formulas: as in the automatic derivation if that is short, else as told."""
        matches = self.aligned.matches(place)
        name = _name(matches[k] if k < len(matches) else None, otherwise)
        if name is not None:
            self._called.setdefault(node_of(value), name)

    def write(self, place: Place, style: Style, most: int) -> str | None:
        """Write what a statement does, of a loop in its second step; None if it is too long, or does nothing."""
        key = next((key for k in (1, 0) if (key := (place.index, k)) in self.recorded), None)
        if key is None or place.is_read:
            return None
        at = self.position[node_of(self.recorded[key])]
        if self.graph[at].operation is None:
            return None
        written = self._notation(style).write(at, most=most)
        return None if written is None or (style is TEXT and style.unnamed in written) else written

    def _notation(self, style: Style) -> Notation:
        if style not in self._notations:
            names = {i: self._called[node](style) for node, i in self.position.items() if node in self._called}
            self._notations[style] = Notation(self.graph, names.get, style)
        return self._notations[style]


_LEAVES = ((traced, "fbiu"), (traced, "fb"), (tensor, "fb"))
"""What is handed out, of which kinds of numbers, in the order in which it is tried.

What is traced remembers comparisons, too, but nothing may be decided by its values; whole numbers may have to stay an
index.
"""


class _TensorRun:
    """One run in which statements read tensors."""

    def __init__(self, formulas: Formulas, refusing: Mapping[int, int]) -> None:
        self.formulas, self.refusing = formulas, refusing
        self.places = formulas.program.places
        self.at: int | None = None  # the statement that was given tensors last
        self.count = Counter[int]()
        self.foreign: set[int] = set()  # statements of a helper that was given tensors
        self._roots: dict[int, int | None] = {}

    def go(self) -> None:
        program, aligned = self.formulas.program, self.formulas.aligned
        with program.exchanged():
            program.hooked(self.look, lambda i: True)
            # What makes an array or a number of a tensor refuses it: a formula with that number would say nothing.
            Running("compare").call(program.call, [aligned.known.draws[0].values])

    def look(self, i: int, value: Any) -> Any:
        """Hand out a tensor where a variable is read, and an array where a statement is done."""
        if i not in self._roots:
            self._roots[i] = self._root(i)
        place, root, k = self.places[i], self._roots[i], self.count[i]
        self.count[i] += 1
        leaf = 0 if root is None else self.refusing.get(root, 0)
        if place.kind == "after" and isinstance(value, Recorded):
            self.formulas.call(place, k, value, place.variable)
        if root is None or leaf == len(_LEAVES):
            return value
        if i == root:
            return self._done(place, k, value)
        if not place.is_read:
            return value
        if isinstance(value, Recorded):
            if isinstance(place.node, ast.Name):
                self.foreign.add(root)
            if not isinstance(place.node, ast.Attribute):  # x.T is written as such
                self.formulas.call(place, k, value, None)
        elif isinstance(value, np.ndarray | np.floating | float) and np.asarray(value).dtype.kind in _LEAVES[leaf][1]:
            self.at = root
            value = _LEAVES[leaf][0](value, requires_grad=np.asarray(value).dtype.kind == "f")
            self.formulas.call(place, k, value, self.formulas.program.text(place))
        return value

    def _done(self, place: Place, k: int, value: Any) -> Any:
        foreign = place.index in self.foreign
        self.foreign.discard(place.index)
        if not isinstance(value, Recorded):
            return value
        self.formulas.keep(place, k, value)
        return value if foreign else value_of(value)

    def _root(self, i: int) -> int | None:
        """Return the array that is assigned or returned, in which an expression is."""
        *_, place = self.places[i], *self.formulas.program.around(self.places[i])
        plain = self.formulas.aligned.observed[0].seen.get(place.index)
        told = place.variable is not None or isinstance(place.statement, ast.Return | ast.Lambda)
        arrays = plain is not None and any(isinstance(v, np.ndarray | np.floating) for v in plain.values)
        return place.index if told and arrays and place.kind == "expression" else None


def _name(match: Match | None, otherwise: str | None) -> Callable[[Style], str] | None:
    """Choose how a value is called."""
    short = match is not None and match.axes is None and " " not in match.quantity.name
    if match is not None and short and (match.exact or (match.quantity.kind == "local" and match.factor == 1)):
        return match.text
    return None if otherwise is None else lambda style: style.name(otherwise)


def _alike(value: Any, number: Any) -> bool:
    if number is None or np.shape(value) != np.shape(number):
        return False
    return bool(np.allclose(value, number, equal_nan=True))
