"""The reverse pass as a teacher writes it: a few lines, each of them a formula, as a graph to be drawn.

What is read here are the simplified passes of a `Derivation`. Of the operations in them only those become a line that
are a gradient asked for, that are used more than once, or that get long; all else is written inside of the lines.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.graph import Entry, Graph, common, needed
from microgradnet.notation import TEXT, Notation, axes_between, free_letter, numbered, only_reshapes, over, word_of
from microgradnet.passes import Passes, passes
from microgradnet.text import legible, shape_text
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
        What the names of values stand for that formulas quote, if the forward pass isn't there to show it.
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
        self.plainly: dict[int, str] = {}  # templates of what is spread to its shape,
        self.shapes: dict[int, tuple[int, ...]] = {}  # and the shapes of what is written in them
        self.users = self._users()
        for entry in self.entries:
            self._put_in_words(entry)
        self._name_slopes()
        self._name_outer_products()
        self.graph = Graph(self.entries, derivation.simpler.outputs)
        self.computed = derivation.computed_forward
        self.output = derivation.position[both.output]
        self.loss = TEXT.name(derivation.titles[both.output])
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

    def _users(self) -> list[list[Entry]]:
        """List for each entry what the output and the gradients need that is computed from it."""
        users: list[list[Entry]] = [[] for _ in self.entries]
        for k in needed(self.entries, self.derivation.simpler.outputs):
            for i in dict.fromkeys(self.entries[k].inputs):
                users[i].append(self.entries[k])
        return users

    def _put_in_words(self, entry: Entry) -> None:
        """Choose a template for what is a sum over an axis, or only gives numbers another shape."""
        operation, after = entry.operation, entry.shape or ()
        if operation is None or len(entry.inputs) != 1:
            return
        source = self.entries[entry.inputs[0]]
        before = source.shape or ()
        if (words := over(entry, source.shape)) and "·" not in operation.symbol:
            template = f"{_literally(legible(operation.symbol))} {words} of {{0}}"
            if len(after) == len(before):
                axes = [slice(None) if n == m else None for n, m in zip(before, after, strict=True)]
                shorter = tuple(m for m, axis in zip(after, axes, strict=True) if axis is not None)
                self._set_shape(entry, shorter, template, f"({template})[{{index}}]")
            else:
                self.instead[entry.id] = template
        elif only_reshapes(entry, self.entries):
            self._set_shape(entry, before, "{0}", "{0}[{index}]")
        elif operation.views and operation.text is None and operation.symbol == operation.name:
            numbers = np.arange(math.prod(before)).reshape(before)  # of equal numbers nothing is seen
            spread = np.asarray(operation.compute(numbers, **entry.static))
            if numbers.size != spread.size and np.array_equal(np.broadcast_to(numbers, spread.shape), spread):
                self._set_shape(entry, before, "{0}", "{0}[{index}]")

    def _set_shape(self, entry: Entry, before: tuple[int, ...], plain: str, indexed: str) -> None:
        """Write something of a shape as what has the shape of an entry, unless it is spread to that anyway."""
        after = entry.shape or ()
        index = axes_between(before, after)
        if index is None:
            written = f"({plain} in shape {shape_text(after)})"
        else:
            written = indexed.format("{0}", index=STYLE.static(index)) if index else plain
        if _is_spread(before, after):
            self.plainly[entry.id] = plain
            written = plain if self._may_be_spread(entry, before) else written
        self.instead[entry.id] = written

    def _may_be_spread(self, entry: Entry, shape: tuple[int, ...]) -> bool:
        """Whether everything is the same where an entry is written in a shape that is spread to its own."""
        found = {entry.id: shape}
        pending = [entry]
        while pending:
            given = pending.pop()
            for user in self.users[given.id]:
                assert user.operation is not None
                if user.operation.structure != "elementwise":
                    if not _takes_a_number(user, given.shape or (), found[given.id]):
                        return False
                    continue
                shapes = [found.get(i, self.shapes.get(i, self.entries[i].shape or ())) for i in user.inputs]
                together = np.broadcast_shapes(*shapes)
                if together == user.shape or found.get(user.id) == together:
                    continue
                if not _is_spread(together, user.shape or ()):
                    return False
                found[user.id] = together
                pending.append(user)
        self.shapes |= found
        return True

    def _name_outer_products(self) -> None:
        """Write a column times a row as the product of two vectors, a ⊗ b."""
        for entry in self.entries:
            if entry.operation is None or entry.operation.symbol != "⊙" or len(entry.shape or ()) != 2:
                continue
            made = [self._vector_of(i) for i in entry.inputs]
            for (column, first), (row, second) in (made, made[::-1]):
                if first == 0 and second == 1:
                    self.entries[entry.id] = replace(entry, inputs=(column, row))
                    self.instead[entry.id] = "{0} ⊗ {1}"

    def _vector_of(self, i: int) -> tuple[int, int | None]:
        """Find the vector that an entry is, and the axis of a matrix along which it lies; None where it is none."""
        entry = self.entries[i]
        if len(entry.shape or ()) == 1:
            return i, 1
        if i in self.titles or not only_reshapes(entry, self.entries) or len(entry.shape or ()) != 2:
            return i, None
        (source,) = entry.inputs
        if len(self.entries[source].shape or ()) != 1:
            return i, None
        return source, 0 if (entry.shape or ())[1] == 1 else 1

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
            slope = f"{_literally(word)}′"
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
        named = {i: self._partial(of) for i, of in self.derivation.whose.items() if self.recorded[of].name}
        symbols = {**self.titles, self.output: self.loss, **named, **self.gradients}
        unnamed = [i for i in lines if i not in symbols]
        z, delta, t = (free_letter(letters, self.titles.values()) for letters in ("zvsuq", "δεηζ", "tprk"))
        forward = [i for i in unnamed if i in self.computed]
        back = [i for i in unnamed if i not in self.computed and i in self.flowing]
        others = [i for i in unnamed if i not in self.computed and i not in self.flowing]
        symbols |= {i: numbered(z, k) for k, i in enumerate(forward, 1)}
        symbols |= {i: numbered(delta, len(back) - k) for k, i in enumerate(back)}
        symbols |= {i: numbered(t, k) for k, i in enumerate(others, 1)} | self._constants(lines)
        return {i: symbol for i, symbol in symbols.items() if i in set(lines) or self.graph[i].operation is None}

    def _constants(self, lines: list[int]) -> dict[int, str]:
        """Name arrays that nobody has named, c₁ and c₂, if there are several: one alone is a constant."""
        read = [self.entries[i] for i in needed(self.entries, lines) if i not in self.titles]
        found = [entry.id for entry in read if entry.kind == "constant" and not entry.is_number]
        letter = free_letter("ckgm", self.titles.values())
        return {i: numbered(letter, k) for k, i in enumerate(found, 1)} if len(found) > 1 else {}

    # --- the graph -----------------------------------------------------------------------------------------

    def formulas(self, forward: bool) -> FormulaGraph:
        """Put the lines into a graph."""
        lines = self._chosen(forward)
        beside = [i for i in lines if forward or i not in self.computed]  # what has its shape beside it
        self.instead |= {i: self.plainly[i] for i in beside if i in self.plainly}
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
            name = symbols.get(at)
            entries.append(replace(self.graph[at], id=len(entries), name=name, scope=scope, origin=None))
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
        where = self._quoted(lines, symbols)
        shown = () if forward else tuple(f"{symbols[i]} = {notation.write(i) or TEXT.rest}" for i in where)
        if shown and (constants := [*self._constants(lines).values()]):
            shown = (f"{constants[0]} … {constants[-1]} are constants", *shown)
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
        origin = self.graph[line].origin
        return self.graph[self.output if origin is None else origin].scope

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

    def _quoted(self, lines: list[int], symbols: Mapping[int, str]) -> list[int]:
        """List the lines of the forward pass that formulas of the reverse pass name, and what these are made of."""
        found: set[int] = set()
        pending = [i for i in lines if i not in self.computed]
        while pending:
            made_of = [i for i in self._made_of(pending.pop(), symbols) if i in self.computed and i not in found]
            found.update(made_of)
            pending += made_of
        return [i for i in lines if i in found]

    def _partial(self, leaf: int) -> str:
        return TEXT.partial.format(self.loss, TEXT.name(self.derivation.titles.get(leaf, "v")))


def _literally(text: str) -> str:
    """Write a text into a template."""
    return text.replace("{", "{{").replace("}", "}}")


def _is_spread(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether NumPy spreads what has one shape to another."""
    try:
        return np.broadcast_shapes(before, after) == after
    except ValueError:
        return False


def _takes_a_number(entry: Entry, shape: tuple[int, ...], given: tuple[int, ...]) -> bool:
    """Whether an operation computes the same of one number as of many that are equal, in a shape."""
    assert entry.operation is not None
    if given or len(entry.inputs) > 1:
        return False
    try:
        found, wanted = (entry.operation.compute(np.full(s, 1.5), **entry.static) for s in ((), shape))
    except (AttributeError, LookupError, TypeError, ValueError):
        return False
    return np.array_equal(found, wanted)


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
