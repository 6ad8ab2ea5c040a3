"""The reverse pass as a teacher writes it: a few lines, each of them a formula, as a graph to be drawn.

What is read here are the simplified passes of a `Derivation`. Of the operations in them only those become a line that
are a gradient asked for, that are used more than once, or that get long; all else is written inside of the lines.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.graph import Entry, Graph, common, needed
from microgradnet.notation import TEXT, Notation, delta, over, word_of
from microgradnet.passes import Passes, passes
from microgradnet.text import legible
from microgradnet.views.arrangement import inside_of, steps_in
from microgradnet.views.derivation import Derivation

__all__ = ["MOST", "STYLE", "FormulaGraph", "as_formulas"]

MOST = 2000
"""How many operations are written as formulas; a larger picture is folded anyway."""

_LONGEST = 36  # characters of a formula that stands inside of another
_LONGEST_SUM = 120  # of the terms of a gradient that comes from many places
_SHORTEST = 10  # of a value of the forward pass that gets a name of its own


def _argument(value: Any) -> str:
    """Write an argument of an operation, an index say, without the numbers of its arrays."""
    if isinstance(value, tuple | list) and any(isinstance(v, np.ndarray | slice) for v in value):
        return ", ".join(map(_argument, value))
    return TEXT.rest if isinstance(value, np.ndarray) else TEXT.static(value)


STYLE = replace(TEXT, static=_argument)


@dataclass(frozen=True)
class FormulaGraph:
    """A reverse pass to be drawn.

    Attributes
    ----------
    graph : Graph
        The forward pass, in a scope ``forward``, if it was asked for; then the lines, each of them an entry whose
        inputs are the lines, and the operations of the forward pass, that its formula is made of.
    formulas : mapping of int to str
        The right side of each line, by position.
    where : tuple of str
        What the names stand for that were made up, if the forward pass isn't there to show it.
    steps : tuple of paths
        The scopes that are the steps of a loop.
    """

    graph: Graph
    formulas: Mapping[int, str]
    where: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]


def as_formulas(output: Any, names: Mapping[str, Any] | None, *, forward: bool) -> FormulaGraph:
    """Write the reverse pass of an output of one element as formulas, after its forward pass if wanted."""
    both = passes(output, names=names, caller="draw")
    return _Writing(both, Derivation(both)).formulas(forward)


class _Writing:
    """A reverse pass that is being divided into lines; positions are those of `Derivation.simpler`."""

    def __init__(self, both: Passes, derivation: Derivation) -> None:
        self.both = both
        self.derivation = derivation
        self.recorded = both.graph[: both.seed]
        self.values = derivation.simpler.values()
        self.entries = list(derivation.simpler.nodes)
        self.instead: dict[int, str] = {}
        self.through: set[int] = set()  # gradients that came back through f, the δ of textbooks
        self.titles = {
            derivation.position[i]: TEXT.name(title)
            for i, title in reversed(derivation.titles.items())
            if i in derivation.position
        }
        self.flowing = self._flowing()
        for entry in self.entries:
            self._put_in_words(entry)
        self._name_slopes()
        self.graph = Graph(self.entries, derivation.simpler.outputs)
        self.computed = derivation.computed_forward
        self.output = derivation.position[both.output]
        others = [title for i, title in self.titles.items() if i != self.output]
        self.loss = TEXT.name(self.recorded[both.output].name or _unnamed(others))
        self.gradients: dict[int, str] = {}
        for leaf, at in derivation.gradients.items():
            if at not in self.computed:
                self.gradients.setdefault(at, self._partial(leaf))

    def _flowing(self) -> set[int]:
        """Find what depends on the seed: gradients, and not the factors that they are multiplied by."""
        depends = np.zeros(len(self.both.graph), bool)
        for entry in self.both.graph[self.both.seed :]:
            depends[entry.id] = entry.id == self.both.seed or depends[list(entry.inputs)].any()
        position = self.derivation.position
        return {position[i] for i in np.flatnonzero(depends).tolist() if i in position}

    def _put_in_words(self, entry: Entry) -> None:
        """Choose a template for what is a sum over an axis, or only gives numbers another shape."""
        operation = entry.operation
        if operation is None or len(entry.inputs) != 1:
            return
        source = self.entries[entry.inputs[0]]
        if (words := over(entry, source.shape)) and "·" not in operation.symbol:
            symbol = legible(operation.symbol).replace("{", "{{").replace("}", "}}")
            self.instead[entry.id] = f"{symbol} {words} of {{0}}"
        elif operation.views and operation.text is None and operation.symbol == operation.name:
            before = np.arange(math.prod(source.shape or ())).reshape(source.shape)  # of equal numbers nothing is seen
            after = np.asarray(operation.compute(before, **entry.static))
            if before.size == after.size:
                same = np.array_equal(before.ravel(), after.ravel())
            else:
                same = np.array_equal(np.broadcast_to(before, after.shape), after)
            if same:
                self.instead[entry.id] = "{0}"

    def _name_slopes(self) -> None:
        """Write a gradient that comes back through f as δ ⊙ f′(z), where that is shorter than what computes it.

        That it is so is tried with numbers: going back through f multiplies whatever comes by the same slopes.
        """
        position, cotangents = self.derivation.position, self.both.cotangents
        computed = self.both.graph.values()
        for entry in self.recorded:
            if (word := word_of(entry)) is None or not entry.requires_grad:
                continue
            (z,) = entry.inputs
            p, q = (position.get(cotangents.get(i, -1), -1) for i in (entry.id, z))
            if q < 0 or p == q or z not in position or q in self.derivation.computed_forward:
                continue
            slopes = _slopes(entry, computed[entry.id], computed[z])
            through = slopes if slopes is None or p < 0 else self.values[p] * slopes  # with no p, it was one
            if through is None or not np.allclose(np.asarray(self.values[q]), through, 1e-6, 0, equal_nan=True):
                continue
            self.through.add(q)
            slope = f"{word.replace('{', '{{').replace('}', '}}')}′"
            template = f"{slope}({{0}})" if p < 0 else f"{{0}} ⊙ {slope}({{1}})"
            rewritten = replace(self.entries[q], inputs=(position[z],) if p < 0 else (p, position[z]))
            names = {**dict.fromkeys([p], "δ"), position[z]: "z", **self.titles}
            shorter = Notation(Graph([*self.entries[:q], rewritten], [q]), names.get, STYLE, {q: template}).write(q)
            plain = Notation(self.derivation.simpler, names.get, STYLE, self.instead).write(q)
            if shorter is not None and (plain is None or len(plain) > len(shorter)):
                self.entries[q] = rewritten
                self.instead[q] = template

    def _chosen(self, forward: bool) -> list[int]:
        """Choose the lines, in order: of the reverse pass, and of the forward pass if it is drawn too."""
        symbols = dict(self.titles)
        notation = Notation(self.graph, symbols.get, STYLE, self.instead)
        wanted = [*self.derivation.gradients.values(), *([self.output] if forward else [])]
        kept = [i for i in needed(self.graph.nodes, wanted) if self.graph[i].operation is not None]
        uses = np.zeros(len(self.graph), int)
        read: set[int] = set()
        for i in kept:
            for k in notation.operands(i):
                uses[k] += 1
                if (i in self.computed) < (k in self.computed):
                    read.add(k)  # by the reverse pass
        lines = []
        for i in kept:
            length = len(notation.write(i) or "…" * _LONGEST_SUM)
            if i in self.computed:
                is_line = i in symbols or i == self.output or (i in read and length > _SHORTEST)
                is_line |= forward and (length > _LONGEST or (uses[i] > 1 and length > _SHORTEST))
            else:
                is_line = i in self.gradients or i in self.through
                is_line |= length > (_LONGEST if i in self.derivation.whose else _LONGEST_SUM)
                is_line |= uses[i] > 1 and (i in self.flowing or length > _SHORTEST)
            if is_line:
                symbols.setdefault(i, "z₀" if i in self.computed else "δ₀")
                lines.append(i)
        return lines

    def _symbols(self, lines: list[int]) -> dict[int, str]:
        """Name what lines compute: z₁, z₂ going forward, δ₂, δ₁ going back, and t₁ for factors on the way."""
        symbols = {**self.titles, self.output: self.loss, **self.gradients}
        unnamed = [i for i in lines if i not in symbols]
        taken = {re.sub("[0-9₀-₉_]+$", "", title) for title in self.titles.values()}
        letter = next((c for c in "zvsuq" if c not in taken), "z")
        forward = [i for i in unnamed if i in self.computed]
        back = [i for i in unnamed if i not in self.computed and i in self.flowing]
        others = [i for i in unnamed if i not in self.computed and i not in self.flowing]
        symbols |= {i: letter + delta(k)[1:] for k, i in enumerate(forward, 1)}
        symbols |= {i: delta(len(back) - k) for k, i in enumerate(back)}
        symbols |= {i: f"t{delta(k)[1:]}" for k, i in enumerate(others, 1)}
        return {i: symbol for i, symbol in symbols.items() if i in set(lines) or self.graph[i].operation is None}

    # --- the graph -----------------------------------------------------------------------------------------

    def formulas(self, forward: bool) -> FormulaGraph:
        """Put the lines into a graph."""
        lines = self._chosen(forward)
        symbols = self._symbols(lines)
        notation = Notation(self.graph, symbols.get, STYLE, self.instead)
        entries: list[Entry] = []
        place: dict[int, int] = {}
        written: dict[int, str] = {}

        def add(at: int, symbol: str, text: str, made_of: Iterable[int], part: str) -> None:
            # Between the passes there are no arrows: formulas name what they quote.
            inputs = [place[i] for i in made_of if i in place and (part == "forward") == (i in self.computed)]
            written[len(entries)] = text
            entries.append(
                replace(
                    self.graph[at], id=len(entries), kind="operation", static={}, value=self.values[at], name=symbol,
                    inputs=tuple(dict.fromkeys(inputs)), origin=None, requires_grad=part == "backward" or at in gradual,
                    scope=(part, *self._scope(at)) if forward else self._scope(at),
                )
            )  # fmt: skip

        gradual = {i for i in lines if self.graph[i].requires_grad}
        for at in self._leaves(lines) if forward else []:
            place[at] = len(entries)
            scope = ("forward", *self.graph[at].scope)
            entries.append(replace(self.graph[at], id=len(entries), scope=scope, origin=None))
        for at in lines:
            part = "forward" if at in self.computed else "backward"
            if forward or part == "backward":
                text = notation.write(at) or TEXT.rest
                made_of = self._made_of(at, symbols)
                add(at, symbols[at], text, made_of, part)
                place[at] = len(entries) - 1
        outputs = [place[self.output]] if forward else []
        for leaf, at in self.derivation.gradients.items():
            symbol = self._partial(leaf)
            if symbols.get(at) == symbol and at in place:
                outputs.append(place[at])
            else:  # it equals something else
                add(at, symbol, notation.refer(at), [at], "backward")
                outputs.append(len(entries) - 1)
        where = [i for i in lines if i in self.computed and i not in self.titles]
        shown = () if forward else tuple(f"{symbols[i]} = {notation.write(i) or TEXT.rest}" for i in where)
        return FormulaGraph(Graph(entries, outputs), written, shown, self._steps(("forward",) if forward else ()))

    def _steps(self, around: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Find the scopes that share parameters."""
        found: dict[tuple[str, ...], None] = {}
        for leaf in self.derivation.gradients:
            scope = self.recorded[leaf].scope
            users = [entry.scope for entry in self.recorded if leaf in entry.inputs]
            found.update(dict.fromkeys(steps_in(scope, inside_of(scope, users))))
        return tuple((*around, *path) for path in found)

    def _leaves(self, lines: Iterable[int]) -> list[int]:
        """List what the lines of the forward pass start from."""
        wanted = needed(self.graph.nodes, [self.output, *(i for i in lines if i in self.computed)])
        return [i for i in wanted if self.graph[i].operation is None and not self.graph[i].is_number]

    def _scope(self, line: int) -> tuple[str, ...]:
        """Find the scope of a line: that of the operation it goes back through, or of all that used a parameter."""
        if line in self.computed:
            return self.graph[line].scope
        for leaf, at in self.derivation.gradients.items():
            if at == line:
                users = [entry.scope for entry in self.recorded if leaf in entry.inputs]
                return functools.reduce(common, users) if users else ()
        origin = self.derivation.origins.get(line)
        return self.both.graph[self.both.output if origin is None else origin].scope

    def _made_of(self, line: int, symbols: Mapping[int, str]) -> list[int]:
        """List the lines and leaves that stand in the formula of a line."""
        found: dict[int, None] = {}
        pending = list(reversed(self.graph[line].inputs))
        while pending:
            i = pending.pop()
            if i in symbols or self.graph[i].operation is None:
                found[i] = None
            elif i not in found:
                pending += reversed(self.graph[i].inputs)
        return list(found)

    def _partial(self, leaf: int) -> str:
        return TEXT.partial.format(self.loss, TEXT.name(self.derivation.titles.get(leaf, "v")))


def _unnamed(taken: Collection[str]) -> str:
    """Name the loss of somebody who hasn't."""
    return next(name for name in ("loss", "output", "L") if name not in taken or name == "L")


def _slopes(entry: Entry, y: Any, z: Any) -> Any:
    """Return f′(z) of an operation of one input, if its VJP is a product with that; None if it is another one."""
    assert entry.operation is not None
    vjp = next(iter(entry.operation.vjps))
    if vjp is None or y is None or z is None or np.shape(y) != np.shape(z):
        return None
    with np.errstate(all="ignore"):
        slopes = np.asarray(vjp(np.ones_like(y), y, z, **entry.static))
        other = np.linspace(0.5, 1.5, np.size(y), dtype=np.asarray(y).dtype).reshape(np.shape(y))
        found = np.asarray(vjp(other, y, z, **entry.static))
        return slopes if np.allclose(found, other * slopes, 1e-5, 0, equal_nan=True) else None
