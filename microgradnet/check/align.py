"""Which quantity of the automatic derivation a value is: the same numbers, at several arguments, up to a factor.

The automatic derivation knows every forward value, every ∂L/∂value, what each step adds to one, and the local
derivatives. A value is one of them if it is that at all draws of the arguments: transposed, in another shape, summed
over an axis, and with a factor that is the same at all. What is none of them is unknown, which is never wrong.
"""

from __future__ import annotations

import ast
import itertools
import math
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeGuard, TypeVar

import numpy as np

from microgradnet.check.agreement import ROUNDING
from microgradnet.check.by_hand import ByHand
from microgradnet.check.differences import OUTSIDE
from microgradnet.check.explain.chain import Chain, Inapplicable, Link, Run
from microgradnet.check.observe import Observation, Place, Source
from microgradnet.check.structure import fresh
from microgradnet.graph import Graph, located
from microgradnet.notation import LATEX, TEXT, Style, derivative, expression, names_in
from microgradnet.record import Node, Recorded, node_of

__all__ = [
    "APART", "CLOSE", "CLOSEST", "Aligned", "Draw", "Known", "Match", "Quantity", "draws_elsewhere", "draws_of",
    "formula", "is_exact",
]  # fmt: skip

Array = np.ndarray[Any, np.dtype[Any]]
T = TypeVar("T")

APART, CLOSE, CLOSEST = 0.3, 0.03, 0.003
"""How far fresh arguments are from those given; and closer, where a derivation holds near them alone.

A loss that decides by numbers, as a loop over margins does, takes the same way at the closest.
"""

DRAWS = 3
"""At how many fresh arguments an alignment must hold, beside those given."""

ELSEWHERE = 2
"""At how many arguments of other signs a change must hold."""

SAMPLE = 2048
"""How many elements of a large array are looked at."""

NEAR = 1e-7
"""How far a value may be from a quantity, relative to its largest element."""

COARSEST = 1e-4
"""How far it may be at most where rounding takes it: what is further off is something else."""

FEW = 3
"""Fewer numbers are a multiple of some quantity or other by chance."""

COMPOSED = 6
"""How many steps in a row the derivative of one value with respect to another goes through at most."""

A_TURN = 6
"""How many like steps one turn of a loop has at most, for each of them to be one array of all turns."""

BLOCKS = 2, 3, 4
"""Into how many blocks columns may be taken apart: a GRU and an LSTM have so many gates."""

OCCURRENCES = 64
"""How many values of an expression in a loop are aligned."""

_DIGITS = "₀₁₂₃₄₅₆₇₈₉"
_INDICES = str.maketrans("0123456789", _DIGITS)

_random = np.random.default_rng(0)
_PROBE: Array = _random.standard_normal(8 * SAMPLE)


@dataclass(frozen=True)
class Draw:
    """Arguments of the loss, and the right derivation there."""

    values: list[Any]
    chain: Chain
    gradients: Mapping[str, Array]

    @cached_property
    def disturbed(self) -> Run:
        """The right derivation with every result off by a few units in the last place."""
        try:
            with np.errstate(all="ignore"):
                return self.chain.disturbed(np.random.default_rng(0))
        except Inapplicable:  # at the edge of what a user's operation takes
            return self.chain.right

    @cached_property
    def rounding(self) -> Mapping[str, float]:
        """How far rounding takes each gradient, at most, relative to its largest element."""
        return {n: _noise([g], [self.gradients[n]]) for n, g in self.disturbed.gradients().items()}

    @cached_property
    def cancelled(self) -> Mapping[str, float]:
        """The gradients that are nothing but rounding, as of a bias that a mean is taken of, and how large that is."""
        pairs = {n: (g, self.gradients[n]) for n, g in self.disturbed.gradients().items() if g.size}
        off = {n: ROUNDING * float(np.max(np.abs(g - true))) for n, (g, true) in pairs.items()}
        return {n: o for n, o in off.items() if float(np.max(np.abs(pairs[n][1]))) <= o < math.inf}


def _noise(disturbed: Sequence[Array], values: Sequence[Array]) -> float:
    """Return how far rounding takes what is computed so at each draw, at most, relative to its largest element."""
    if any(np.asarray(v).dtype.kind != "f" for v in values):
        return 0.0
    with np.errstate(all="ignore"):
        most = max(float(np.max(np.abs(v), initial=0.0)) for v in values)
        off = max(float(np.max(np.abs(d - v), initial=0.0)) for d, v in zip(disturbed, values, strict=True))
    return min(ROUNDING * off / most, COARSEST) if 0 < off < math.inf and 0 < most < math.inf else 0.0


def draws_of(derivation: ByHand, count: int = DRAWS, apart: float = APART) -> list[Draw]:
    """Derive at the arguments given, in float64, and at fresh ones of the same signs and structure, so far apart."""
    random = np.random.default_rng(7)
    program = Source.of(derivation.f)
    first = _drawn(derivation, [_in_double(v) for v in derivation.values], program)
    found = [] if first is None else [first]
    for _ in range(2 * count if found else 0):
        draw = _drawn(derivation, _fresh(derivation, random, apart), program)
        if draw is not None and _alike(draw.chain, found[0].chain):
            found.append(draw)
        if len(found) > count:
            break
    return found


def draws_elsewhere(derivation: ByHand, count: int = ELSEWHERE) -> list[Draw]:
    """Derive at arguments whose signs are others, where there are both: what branches goes other ways there."""
    random, program = np.random.default_rng(19), Source.of(derivation.f)
    drawn = (_drawn(derivation, _fresh(derivation, random, APART, turned=True), program) for _ in range(count))
    return [d for d in drawn if d is not None]


def _drawn(derivation: ByHand, values: list[Any], program: Source | None) -> Draw | None:
    try:
        with np.errstate(all="ignore"):
            chain = _named(derivation, values, program)
            gradients = {name: np.zeros(np.shape(values[i])) for name, i in _positions(derivation).items()}
            gradients |= chain.right.gradients()
    except (*OUTSIDE, Inapplicable):
        return None
    if not all(np.isfinite(g).all() for g in gradients.values()):
        return None
    return Draw(values, chain, gradients)


def _positions(derivation: ByHand) -> dict[str, int]:
    return {derivation.names[i]: i for i in derivation.positions}


def _fresh(derivation: ByHand, random: np.random.Generator, apart: float, *, turned: bool = False) -> list[Any]:
    """Draw other float arguments, with the signs of those given, or with these elsewhere; see `fresh`."""
    values = list(derivation.values)
    for i, value in enumerate(values):
        x = np.asarray(value) if isinstance(value, np.ndarray | float | np.floating) else np.asarray(0)
        if x.dtype.kind == "f":
            drawn = apart * random.standard_normal(x.shape)
            is_data = i not in derivation.positions
            moved = fresh(x.astype(np.float64), drawn, random if turned else None, is_data=is_data)
            values[i] = moved if isinstance(value, np.ndarray) else moved[()]
    return values


def _in_double(value: Any) -> Any:
    kind = value.dtype.kind if isinstance(value, np.ndarray | np.generic) else ""
    return value.astype(np.float64) if kind == "f" else value


def _alike(a: Chain, b: Chain) -> bool:
    return len(a.graph) == len(b.graph) and all(
        p.operation is q.operation and p.inputs == q.inputs and p.shape == q.shape
        for p, q in zip(a.graph, b.graph, strict=True)
    )


# --- the record, in the loss's own names -------------------------------------------------------------------------


def _named(derivation: ByHand, values: list[Any], program: Source | None) -> Chain:
    """Record the loss, with the names that its source gives to what it computes."""
    f, names, positions = derivation.f, derivation.names, derivation.positions
    if program is None:
        return Chain.of(f, values, names, positions)
    seen: list[Observation] = []

    def watched(*args: Any) -> Any:
        seen[:] = [program.watch(args, lambda a: f(*a))]
        return seen[0].result

    loss, given = Chain.called(watched, values, names, positions)
    if not isinstance(loss, Recorded) or not node_of(loss).requires_grad:
        return Chain.of(f, values, names, positions)
    own = {name: t for name, t in _variables(program, seen[0]).items() if node_of(t).name is None}
    data = {names[i]: x for i, x in enumerate(values) if i not in positions and isinstance(x, np.ndarray)}
    graph, position = located(loss, names={**_rows(data), **names_in(f, names), **own})
    parameters = {names[i]: position[node_of(given[i])] for i in positions if node_of(given[i]) in position}
    chain = Chain(graph, graph.outputs[0], parameters)
    outside = {name.split("[")[0] for name in names}
    inside = {name: t for name, t in _variables_inside(program, seen[0], position).items() if name not in outside}
    chain.inside = {position[node_of(t)]: name for name, t in inside.items() if node_of(t) in position}
    return chain


def _rows(data: Mapping[str, Array]) -> dict[str, Array]:
    """Name the rows of data that a loop goes through; of those that are the same none."""
    arrays = [(name, x) for name, x in data.items() if x.ndim > 1 and len(x) <= OCCURRENCES]
    rows = [(f"{name}[{k}]", row) for name, x in arrays for k, row in enumerate(x)]
    count = Counter((row.shape, row.tobytes()) for _, row in rows)
    return {name: row for name, row in rows if count[row.shape, row.tobytes()] == 1}


def _variables(program: Source, seen: Observation) -> dict[str, Any]:
    """Find what the variables of a function held, each value by its own name: h, or h₀, h₁, … if there are several."""
    found: dict[str, list[Any]] = {}
    for i, at in seen.seen.items():
        place = program.places[i]
        if (place.is_assigned or place.kind == "after") and program.is_own(place):
            found.setdefault(place.variable or "", []).extend(v for v in at.values if isinstance(v, Recorded))
    return _numbered(found)


def _variables_inside(program: Source, seen: Observation, position: Mapping[Node, int]) -> dict[str, Any]:
    """Find what those of the functions held that it calls, in the order in which that was computed.

    What one returns to the other is called as the one around calls it, and what is filled bit by bit when that is done.
    """
    inside = [(program.places[i], at) for i, at in seen.seen.items()]
    inside = [(place, at) for place, at in inside if not program.is_own(place)]
    filled = {(p.function, p.variable) for p, at in inside if p.kind == "after" and isinstance(at.values[0], Recorded)}
    named: dict[int, tuple[str, Any]] = {}
    for place, at in inside:
        root, _, element = (place.variable or "").partition("[")
        values, in_part = at.values, bool(element) and (place.function, root) in filled
        if place.kind == "after":
            values = values[-1:] if at.count == len(values) else []
        elif in_part or not place.is_assigned or isinstance(place.node, ast.Name):
            continue
        if root:
            tensors = (v for v in values if isinstance(v, Recorded) and node_of(v) in position)
            named |= {position[node_of(t)]: (root, t) for t in tensors}
    found: dict[str, list[Any]] = {}
    for _, (root, t) in sorted(named.items(), key=lambda item: item[0]):
        found.setdefault(root, []).append(t)
    return _numbered(found)


def _numbered(found: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Give each value the name of its variable, with a number if there are several."""
    named = {}
    for variable, tensors in found.items():
        distinct = list({id(node_of(t)): t for t in tensors}.values())
        root = variable.split("[")[0].removeprefix("self.")
        for k, t in enumerate(distinct):
            named[root + str(k).translate(_INDICES) if len(distinct) > 1 else root] = t
    return named


# --- quantities --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Quantity:
    """Something that the automatic derivation computes.

    Attributes
    ----------
    kind : str
        ``"value"``, ``"cotangent"``, ``"contribution"``, ``"local"`` derivative, ``"product"`` or ``"sum"``.
    values : list of array
        At each draw.
    role : tuple
        What it has in common with those of other steps of a loop.
    """

    kind: str
    values: list[Array]
    role: tuple[Any, ...]
    write: Callable[[Style], str]
    entry: int | None = None  # in the record: of a value, of what a cotangent is of, of the step of a derivative
    term: bool = False  # of a sum, whose gradient is the same
    given: bool = False  # an argument of the loss, or a constant
    part_of: int | None = None  # of a contribution: the value whose gradient it is a part of
    turns: int = 0  # of what like steps of a loop compute, one after the other: how many these are

    @property
    def name(self) -> str:
        """What it is, as mathematics, in the names of the loss."""
        return self.write(TEXT)


@dataclass(frozen=True)
class Match:
    """A value is a quantity times a factor, its axes in another order maybe."""

    quantity: Quantity
    factor: float
    axes: tuple[int, ...] | None
    same_shape: bool
    down: bool = False
    index: tuple[int | str, ...] | None = None  # of the row, the element or the columns that it is
    scale: float = 1.0  # what gradients are multiplied by until the end, as where that divides by the rows

    @property
    def exact(self) -> bool:
        """Whether it is a forward value or a ∂L/∂value itself: no factor, and in its own shape or transposed.

        In a derivation that points down the loss, −∂L/∂value is as good; and in one that divides by the rows last,
        what is as many times as large.
        """
        if self.quantity.kind not in ("value", "cotangent") or not self.same_shape:
            return False
        as_good = [-1.0] * self.down + [self.scale] if self.quantity.kind == "cotangent" else []
        return any(abs(self.factor - c) < NEAR * abs(c) for c in (1.0, *as_good))

    def text(self, style: Style = TEXT) -> str:
        """Write it as mathematics."""
        name = self.quantity.write(style)
        if self.quantity.kind == "value" and " " in name and (self.axes is not None or abs(self.factor - 1) > NEAR):
            name = style.bracket.format(name)
        if self.axes is not None:
            whole = self.quantity.kind == "value" and (" " not in name or name[0] == "(")
            name = style.transposed.format(name if whole else style.bracket.format(name))
        if self.index is not None:
            name = style.bracket.format(name) if " " in name and name[-1] not in "])" else name
            name += f"[{', '.join(map(str, self.index))}]"
        return _times(self.factor, name, style)


def is_exact(match: Match | None, kind: str) -> TypeGuard[Match]:
    """Whether something is known for a forward value of the loss, a ``"value"``, or a ∂L/∂value, a ``"cotangent"``."""
    return match is not None and match.exact and match.quantity.kind == kind


_WORDS = {2.0: "twice ", 0.5: "half of ", 3.0: "three times ", -1.0: "−", -2.0: "−2 × ", -0.5: "−½ × "}


def _times(factor: float, name: str, style: Style) -> str:
    if abs(factor - 1) < NEAR:
        return name
    if style is LATEX:
        return _times_in_latex(factor, name)
    for known, word in _WORDS.items():
        if abs(factor - known) < NEAR * abs(known):
            return word + name
    whole, part = _ratio(factor)
    if whole:
        return f"{whole} × {name}".replace("-", "−", whole < 0)
    if part:
        return f"{name} / {part}" if part > 0 else f"−{name} / {-part}"
    return f"{factor:.4g} × {name}"


def _times_in_latex(factor: float, name: str) -> str:
    sign, (whole, part) = "-" * (factor < 0), _ratio(abs(factor))
    if whole == 1:
        return sign + name
    number = str(whole) if whole else rf"\frac{{1}}{{{part}}}" if part else LATEX.number(float(f"{abs(factor):.4g}"))
    return rf"{sign}{number} \, {name}"


def _ratio(factor: float) -> tuple[int, int]:
    """Return the whole number that a factor is, or that it is one over; 0 for which it isn't."""
    whole, part = round(factor), round(1 / factor)
    return (
        whole if abs(factor - whole) < 1e-6 * abs(factor) else 0,
        part if abs(1 / factor - part) < 1e-6 * abs(1 / factor) else 0,
    )


class Aligned:
    """What was observed of a derivation, aligned with what the automatic one knows."""

    def __init__(self, known: Known, observed: Sequence[Observation]) -> None:
        self.known, self.observed = known, observed
        self.named: dict[str, Place] = {}
        self._matched: dict[int, list[Match | None]] = {}

    def first(self, place: Place) -> Match | None:
        """Say what was computed at a place when it was first reached: what is later may be of its own making."""
        return next(iter(self.matches(place)), None)

    def matches(self, place: Place) -> list[Match | None]:
        """Say which quantity was computed at a place, each time that it was reached."""
        if place.index not in self._matched:
            seen = [o.seen.get(place.index) for o in self.observed]
            count = min((len(s.values) if s else 0) for s in seen)
            last = [count - 1] if place.kind == "after" and count > OCCURRENCES else []
            steps = [[s.numbers(k) for s in seen if s] for k in [*range(min(count, OCCURRENCES) - len(last)), *last]]
            self._matched[place.index] = self._of_one([self.known.identify(values) for values in steps], steps)
        return self._matched[place.index]

    def _of_one(self, matches: list[Match | None], steps: Sequence[list[Any]]) -> list[Match | None]:
        """Prefer the one quantity of which all are parts that were found in the steps of a loop, if there is one.

        Where a label is 0 the error is the output, too.
        """
        parts = {m.quantity.name: m.factor for m in matches if m is not None and m.index}
        for name, factor in parts.items() if len(parts) > 1 else ():
            same = [self.known.part_of(name, values) for values in steps]
            if all(m is not None and m.factor == factor for m in same):
                return same
        return matches

    def rows(self, place: Place) -> list[Match | None]:
        """Say of what the values in a loop over its rows or elements are one each; nothing if of no quantity."""
        seen = [o.seen.get(place.index) for o in self.observed]
        count = seen[0].count if seen[0] else 0
        if not 1 < count <= OCCURRENCES or not all(s and s.count == len(s.values) == count for s in seen):
            return []
        values = [[s.numbers(k) for k in range(count)] for s in seen if s]
        arrays = [[np.asarray(v) for v in some] for some in values if not any(v is None for v in some)]
        if len(arrays) != len(seen) or any(v.shape != arrays[0][0].shape for values in arrays for v in values):
            return []
        match = self.known.identify([np.stack(values) for values in arrays])
        if match is None or not match.same_shape or match.quantity.kind not in ("value", "cotangent"):
            return []
        return [replace(match, same_shape=False, index=(k,)) for k in range(count)]

    def scaled(self, program: Source) -> None:
        """Take what the first gradient is multiplied by for what all are until the end, if none is itself before."""
        seen, chain = self.observed[0].seen, self.known.draws[0].chain
        roots = [p for p in program.places if p.parent is None and p.variable is not None and p.index in seen]
        roots = sorted(
            (p for p in roots if p.kind == "expression" and not p.is_read), key=lambda p: seen[p.index].times
        )
        first = (next(iter(self.matches(p)), None) for p in roots)
        found = [m for m in first if m is not None and m.quantity.kind == "cotangent"]
        factors = [round(m.factor, 9) for m in found if m.quantity.entry not in chain.parameters.values()]
        scale = factors[0] if factors and not any(abs(c) == 1 for c in factors) else 1.0
        if scale != 1 and (factors.count(scale) > 1 or scale in chain.means):
            self.known.scale, self._matched = scale, {}

    def name(self, program: Source) -> None:
        """Give what the loss has no names for those that the derivation has: `named` says where it gives them.

        And what has none then the names that it has in functions that the loss calls.
        """
        chain = self.known.draws[0].chain
        taken = {e.name for e in chain.graph if e.name}
        names: dict[int, str] = {}
        for i in self.observed[0].seen:
            place = program.places[i]
            if not place.is_assigned or place.is_read or not program.is_own(place):
                continue
            if place.variable is None or not place.variable.isidentifier() or place.variable in taken:
                continue
            matches = self.matches(place)
            for k, match in enumerate(matches):
                if match is None or not match.exact or match.axes is not None or match.index:
                    continue  # what is a part is no name of the whole
                quantity, own = match.quantity, place.variable + str(k).translate(_INDICES) * (len(matches) > 1)
                if quantity.entry is None or quantity.kind != "value" or own in taken | set(names.values()):
                    continue
                names.setdefault(quantity.entry, own)
                self.named.setdefault(own, place)
        for entry, name in chain.inside.items():
            if entry not in names and name not in taken | set(names.values()):
                names[entry] = name
        entries = [replace(e, name=names[e.id]) if e.id in names and not e.name else e for e in chain.graph]
        chain.graph = Graph(entries, chain.graph.outputs)
        self._matched = {}  # of equal quantities the one that has a name is meant


def _regions(shape: tuple[int, ...]) -> Iterator[tuple[Any, tuple[int | str, ...]]]:
    """List the indices of rows, elements and equal blocks of columns, as of gates side by side; and their texts."""
    for n in range(1, len(shape) + 1):
        yield from ((index, index) for index in itertools.islice(np.ndindex(shape[:n]), OCCURRENCES))
    width = shape[-1] if shape else 0
    for size in (width // count for count in BLOCKS if width % count == 0 and width > count):
        for start in range(0, width, size):
            yield (..., slice(start, start + size)), (*[":"] * (len(shape) - 1), f"{start}:{start + size}")


class Known:
    """All that the automatic derivation computes at some draws, to be looked up by its numbers.

    Attributes
    ----------
    draws : list of Draw
    quantities : list of Quantity
    """

    def __init__(self, draws: Sequence[Draw], *, down: bool = False) -> None:
        self.draws, self.down, self.scale = list(draws), down, 1.0
        known = list(_quantities([d.chain for d in draws]))
        self.quantities = [*known, *_of_all_turns(known, draws[0].chain.graph)]
        self.differentiable = frozenset(
            q.entry for q in self.quantities if q.kind == "cotangent" and q.entry is not None
        )
        self._buckets: dict[tuple[int, int], list[tuple[int, tuple[int, ...] | None, Array]]] = {}
        with np.errstate(all="ignore"):
            for k, quantity in enumerate(self.quantities):
                for axes in _orders(quantity.values[0].ndim):
                    if (keyed := _keyed(quantity.values, axes)) is not None:
                        flat, key = keyed
                        self._buckets.setdefault(key, []).append((k, axes, flat))

    def _scale_of(self, quantity: Quantity) -> float:
        """Return what is as good as 1 for a quantity; the gradient of a parameter is returned."""
        return 1.0 if quantity.entry in self.draws[0].chain.parameters.values() else self.scale

    def identify(self, values: Sequence[Any], near: float = NEAR) -> Match | None:
        """Say which quantity a value is, given its numbers at every draw; None if it is unknown."""
        arrays = _arrays(values)
        if arrays is None or len(arrays) != len(self.draws):
            return None
        if (keyed := _keyed(arrays)) is None:
            return None
        flat, key = keyed
        near_by = ((*known, near) for known in _near(self._buckets, key))
        found = self._best(arrays[0], flat, near_by) or self._best(arrays[0], flat, self._rounded.get(flat.size, ()))
        if arrays[0].ndim == 0 and arrays[0].dtype.kind != "f":  # a count or an index is no gradient's element
            return found if is_exact(found, "value") else None
        return found or self._part(flat, key, near)

    def part_of(self, name: str, values: Sequence[Any]) -> Match | None:
        """Say which part of the quantity of a name a value is; None if it is none."""
        arrays = _arrays(values)
        keyed = None if arrays is None else _keyed(arrays)
        return None if keyed is None else self._part(*keyed, NEAR, name)

    def _part(self, flat: Array, key: tuple[int, int], near: float, name: str | None = None) -> Match | None:
        """Say of which quantity a value is a row, or what is at one time of many, or what is one gate's."""
        around = _near(self._parts, key)
        known = ((q, index, _factor(flat, of, near)) for q, index, of in around if name in (None, q.name))
        found = [(q, index, c) for q, index, c in known if c is not None and any(_ratio(c))]  # of few numbers
        if not found:
            return None
        quantity, index, factor = min(found, key=lambda f: (f[2] != 1, _RANK[f[0].kind], len(f[0].name)))
        return Match(quantity, factor, None, True, self.down, index, self._scale_of(quantity))

    @cached_property
    def _parts(self) -> dict[tuple[int, int], list[tuple[Quantity, tuple[int | str, ...], Array]]]:
        """The rows of values and gradients, what they are at one place of their first two axes, and their blocks."""
        found: dict[tuple[int, int], list[tuple[Quantity, tuple[int | str, ...], Array]]] = {}
        for quantity in self.quantities:
            shape = quantity.values[0].shape
            if quantity.kind not in ("value", "cotangent") or quantity.given or quantity.turns:
                continue
            for index, written in _regions(shape):
                part = [v[index] for v in quantity.values]
                if (keyed := _keyed(part)) is not None:
                    flat, key = keyed
                    found.setdefault(key, []).append((replace(quantity, values=part), written, flat))
        return found

    def _best(
        self, first: Array, flat: Array, known: Iterable[tuple[int, tuple[int, ...] | None, Array, float]]
    ) -> Match | None:
        """Choose the quantity that a value is among some, each with how far it may be off."""
        best: tuple[tuple[Any, ...], Match] | None = None
        for k, axes, other, near in known:
            factor = _factor(flat, other, near)
            if factor is None:
                continue
            quantity = self.quantities[k]
            same = _same_shape(first, quantity.values[0], axes) or (
                axes is None and _is_of_turns(first.shape, quantity)
            )
            if not same and not _is_flattened(first, quantity.values[0], axes):
                continue
            match = Match(quantity, factor, axes, same, self.down, scale=self._scale_of(quantity))
            if flat.size < FEW and not match.exact:
                continue
            plain = abs(factor - 1) < NEAR or match.exact
            opposite = quantity.kind == "cotangent" and factor == -1
            rank = (
                not plain and not opposite,
                quantity.kind == "contribution",
                (factor < 0) != (self.down and quantity.kind in ("cotangent", "contribution", "sum")),
                axes is not None,
                not match.exact,
                _RANK[quantity.kind],
                quantity.term,
                len(quantity.name),
            )
            if best is None or rank < best[0]:
                best = rank, match
        if best is None:
            return None
        match = best[1]
        shape = match.quantity.values[0].shape
        is_turned = match.axes is None and len(shape) == 2 and first.shape == shape[::-1] != shape  # of a single row
        return replace(match, axes=(1, 0)) if is_turned else match

    @cached_property
    def _rounded(self) -> dict[int, list[tuple[int, tuple[int, ...] | None, Array, float]]]:
        """The quantities that rounding takes further than anything is allowed to be, by their size."""
        found: dict[int, list[tuple[int, tuple[int, ...] | None, Array, float]]] = {}
        noise = {i: self._noise_at(i) for i in {q.entry for q in self.quantities} if i is not None}
        for known in itertools.chain(*self._buckets.values()) if any(n > NEAR for n in noise.values()) else ():
            off = noise.get(self.quantities[known[0]].entry or 0, 0.0)
            if off > NEAR:
                found.setdefault(known[2].size, []).append((*known, off))
        return found

    def _noise_at(self, entry: int) -> float:
        """Return how far rounding takes an entry of the record, or its gradient."""
        runs = [(d.disturbed, d.chain) for d in self.draws]
        values = [run.values[entry] for run, _ in runs], [chain.values[entry] for _, chain in runs]
        if any(entry not in chain.right.cotangents for _, chain in runs):
            return _noise(*values)
        cotangents = [run.cotangent(entry) for run, _ in runs], [chain.right.cotangent(entry) for _, chain in runs]
        return max(_noise(*values), _noise(*cotangents))

    def like(self, shape: tuple[int, ...]) -> Iterator[tuple[Quantity, tuple[int, ...] | None]]:
        """List what a value of this shape could be: quantities of that shape, or transposed to it."""
        for kind in ("cotangent", "contribution", "value", "local", "product"):
            for quantity in self.quantities:
                if quantity.kind != kind:
                    continue
                of = quantity.values[0].shape
                if _squeezed(of) == _squeezed(shape) or _is_of_turns(shape, quantity):
                    yield quantity, None
                if len(of) == 2 and len(shape) == 2 and of[::-1] == shape and 1 not in shape:
                    yield quantity, (1, 0)

    def series(self, shape: tuple[int, ...], count: int) -> Iterator[tuple[Match, list[list[Array]]]]:
        """List what a value of this shape could be that is computed so many times: at each draw, each time.

        That is one quantity; its rows, columns or elements; or those of like steps, the first or the last one first.
        """
        if count == 1:
            for quantity, axes in self.like(shape):
                if all((v == v.flat[0]).all() for v in quantity.values if v.size):
                    continue  # a constant is whatever it is multiplied by
                turned = [v if axes is None else v.transpose(axes) for v in quantity.values]
                yield Match(quantity, 1.0, axes, True, self.down), [[v] for v in turned]
            return
        for kind in ("cotangent", "contribution", "local", "product", "value"):
            of_kind = [q for q in self.quantities if q.kind == kind and not q.turns]
            for quantity in of_kind:
                for parts in _cut([np.asarray(v) for v in quantity.values], shape, count):
                    for order in (1, -1):
                        yield _first_of(quantity, parts, order, self.down)
            alike: dict[Any, list[Quantity]] = {}
            for q in of_kind:
                if _squeezed(q.values[0].shape) == _squeezed(shape):
                    alike.setdefault(q.role, []).append(q)
            for group in alike.values():
                for first in range(len(group) - count + 1):
                    chosen = group[first : first + count]
                    parts = [[q.values[d] for q in chosen] for d in range(len(self.draws))]
                    for order in (1, -1):
                        yield _first_of(chosen[0], parts, order, self.down)


def _first_of(quantity: Quantity, parts: list[list[Array]], order: int, down: bool) -> tuple[Match, list[list[Array]]]:
    parts = [at[::order] for at in parts]
    return Match(replace(quantity, values=[at[0] for at in parts]), 1.0, None, True, down), parts


def _cut(values: list[Array], shape: tuple[int, ...], count: int) -> Iterator[list[list[Array]]]:
    """Cut an array at each draw into parts of a shape, along each axis."""
    of = values[0].shape
    for axis in range(len(of)):
        if of[axis] == count and _squeezed(of[:axis] + of[axis + 1 :]) == _squeezed(shape):
            yield [[v.take(k, axis) for k in range(count)] for v in values]
    if _squeezed(shape) == () and values[0].ndim > 1 and values[0].size == count:
        yield [list(v.ravel()) for v in values]


_RANK = {"value": 0, "cotangent": 1, "local": 2, "contribution": 3, "product": 4, "sum": 5}


def _orders(ndim: int) -> list[tuple[int, ...] | None]:
    if ndim < 2 or ndim > 4:
        return [None]
    if ndim == 4:  # those of images
        return [None, (0, 2, 3, 1), (0, 3, 1, 2), (1, 0, 2, 3), (0, 1, 3, 2), (3, 2, 1, 0)]
    return [None, *list(itertools.permutations(range(ndim)))[1:]]


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def _same_shape(value: Array, of: Array, axes: tuple[int, ...] | None) -> bool:
    shape = of.shape if axes is None else tuple(of.shape[a] for a in axes)
    return _squeezed(value.shape) == _squeezed(shape)


def _is_of_turns(shape: tuple[int, ...], of: Quantity) -> bool:
    """Whether the first axes of a value go through the turns of one loop in another."""
    own = of.values[0].shape[1:]
    outer = shape[: len(shape) - len(own)]
    return of.turns > 0 and math.prod(outer) == of.turns and shape[len(outer) :] == own


def _is_flattened(value: Array, of: Array, axes: tuple[int, ...] | None) -> bool:
    """Whether neighbouring axes of one are one axis of the other: else its rows are of pieces of several rows."""
    shape = of.shape if axes is None else tuple(of.shape[a] for a in axes)
    a, b = ({*itertools.accumulate(s, operator.mul)} for s in map(_squeezed, (value.shape, shape)))
    return a <= b or b <= a


def _arrays(values: Sequence[Any]) -> list[Array] | None:
    """Return the numbers of a value at all draws, if they are numbers of one shape that aren't all the same."""
    arrays = []
    for v in values:
        if v is None or isinstance(v, tuple | Recorded):
            return None
        try:
            arrays.append(np.asarray(v))
        except ValueError:  # a list of arrays of several shapes
            return None
    if not arrays or any(a.shape != arrays[0].shape or a.dtype.kind not in "fiub" for a in arrays):
        return None
    return arrays


_PLACES: dict[int, Array] = {}


def _flat(arrays: Sequence[Array], axes: tuple[int, ...] | None) -> Array | None:
    """Put the numbers of all draws into one row; of large arrays some, always at the same places."""
    parts = []
    for a in arrays:
        x = np.ravel(a if axes is None else a.transpose(axes))
        if x.size > SAMPLE:
            if x.size not in _PLACES:
                _PLACES[x.size] = np.random.default_rng(x.size).integers(x.size, size=SAMPLE)
            x = x[_PLACES[x.size]]
        parts.append(x.astype(np.float64))
    flat = np.concatenate(parts)
    if not flat.size or not np.isfinite(flat).all() or (flat.size > 1 and (flat == flat[0]).all()):
        return None
    return None if flat.size < FEW and (flat == np.round(flat)).all() else flat


def _keyed(arrays: Sequence[Array], axes: tuple[int, ...] | None = None) -> tuple[Array, tuple[int, int]] | None:
    """Put the numbers of all draws into one row, with a key that is the same for all its multiples."""
    flat = _flat(arrays, axes)
    norm = 0.0 if flat is None else float(np.linalg.norm(flat))
    if flat is None or not norm > 0 or not math.isfinite(norm):
        return None
    return flat, (flat.size, round(abs(float(flat @ _PROBE[: flat.size])) / norm * 1e5))


def _near(table: Mapping[tuple[int, int], Sequence[T]], key: tuple[int, int]) -> Iterator[T]:
    """List what has a key, or, as rounding may have it, one beside that."""
    return itertools.chain(*(table.get((key[0], key[1] + shift), ()) for shift in (0, -1, 1)))


def _factor(value: Array, of: Array, near: float = NEAR) -> float | None:
    """Find c with value = c · of; a whole number, or one over it, where it is near one."""
    c = float(value @ of) / float(of @ of)
    if c == 0 or np.abs(value - c * of).max() > near * np.abs(value).max():
        return None
    whole = float(round(c)) if abs(c) > 0.75 else 1 / round(1 / c)
    return whole if abs(c - whole) < near * abs(c) else c


def _quantities(chains: Sequence[Chain]) -> Iterator[Quantity]:
    first = chains[0]

    def of(known: Sequence[Mapping[Any, Any]], key: Any) -> list[Array] | None:
        found = [at.get(key) for at in known]
        if any(v is None for v in found):
            return None
        arrays = [np.asarray(v) for v in found]
        alike = all(a.shape == arrays[0].shape and a.dtype.kind in "fiub" for a in arrays)
        return arrays if alike else None

    values_of = [dict(enumerate(c.values)) for c in chains]
    cotangents, raw = [c.right.cotangents for c in chains], [c.right.raw for c in chains]
    roles = [_role(first, i) for i in range(len(first.graph))]
    for entry in first.graph:
        i = entry.id
        if not entry.is_number and (values := of(values_of, i)) is not None:
            given = entry.operation is None
            yield Quantity("value", values, ("value", roles[i]), partial(_value, first, i), i, given=given)
    summed = []
    for node in first.order:
        if (values := of(cotangents, node)) is None:
            continue
        if _is_negative(chains, node):
            continue  # it is that of what it is the negative of, with the other sign
        write = partial(_d, first, node)
        yield Quantity("cotangent", values, ("cotangent", roles[node]), write, node, _is_term(first, node))
        summed += [(node, axis, values) for axis in (None, *range(values[0].ndim)) if values[0].ndim]
    local: dict[tuple[int, int], list[Array]] = {}
    for link in first.links:
        parent = first.parent(link)
        values = of(raw, link)
        role = (roles[link.node], link.i)
        if values is None:
            continue
        if len(first.incoming[parent]) > 1 or values[0].shape != first.graph[parent].shape:
            adds = partial(_adds, first, link.node, parent)
            both = [of(raw, other) for other in first.outgoing[link.node] if first.parent(other) == parent]
            alike = all(b is not None and all(map(np.array_equal, b, values)) for b in both)
            whole = [len(both) * v for v in values] if alike else values  # w ⊙ w hears w twice
            yield Quantity("contribution", whole, ("contribution", role), adds, link.node, part_of=parent)
        slopes = [_local(c, link, v) for c, v in zip(chains, values, strict=True)]
        if all(s is not None for s in slopes):
            local[link.node, parent] = slopes  # type: ignore[assignment]
            slope = partial(_slope, first, link.node, parent)
            yield Quantity("local", slopes, ("local", role), slope, link.node)  # type: ignore[arg-type]
    yield from _composed(first, local, roles)
    for node, axis, values in summed:
        yield Quantity(
            "sum", [v.sum(axis) for v in values], ("sum", axis, roles[node]), partial(_summed, first, axis, node), node
        )


def _of_all_turns(known: Sequence[Quantity], graph: Graph) -> Iterator[Quantity]:
    """Put in one array what like steps of a loop compute, as a derivation has it that takes all rows at once.

    A turn may have several of them, and the first one may begin with a constant: what a variable holds in each turn is
    alike, too. Nothing is added up: what a use brings to a parameter is that of its own turn.
    """
    alike: dict[Any, list[Quantity]] = {}
    for quantity in known:
        if quantity.kind in ("value", "cotangent", "local", "product") and not quantity.given:
            alike.setdefault(quantity.role, []).append(quantity)
            name = None if quantity.entry is None else graph[quantity.entry].name
            if name is not None and quantity.kind in ("value", "cotangent"):
                alike.setdefault((quantity.kind, name.rstrip(_DIGITS), quantity.values[0].shape), []).append(quantity)
    # Gradients come in the other order.
    for group in dict.fromkeys(tuple(sorted(group, key=lambda q: q.entry or 0)) for group in alike.values()):
        for each in (n for n in range(1, A_TURN + 1) if len(group) % n == 0 and len(group) > n):
            for k in range(each):
                steps = group[k::each]
                values = [np.stack(arrays) for arrays in zip(*(q.values for q in steps), strict=True)]
                write = partial(_from_to, steps[0].write, steps[-1].write)
                yield Quantity(steps[0].kind, values, ("turns", steps[0].role), write, turns=len(steps))


def _from_to(first: Callable[[Style], str], last: Callable[[Style], str], style: Style) -> str:
    one, other = first(style), last(style)
    if one == other:
        return rf"{one} \text{{ in every turn}}" if style is LATEX else f"{one} in every turn"
    return rf"{one} \dots {other}" if style is LATEX else f"{one} … {other}"


def _is_negative(chains: Sequence[Chain], i: int) -> bool:
    """Whether an entry that has no name is no more than the negative of another."""
    first = chains[0]
    links = [link for link in first.links if link.node == i]
    if first.graph[i].name is not None or len(first.graph[i].inputs) != 1 or len(links) != 1:
        return False
    pulled = ((c.right.raw.get(links[0]), c.right.cotangents.get(i)) for c in chains)
    return all(a is not None and b is not None and np.array_equal(a, -b) for a, b in pulled)


def _text(chain: Chain, i: int, depth: int, style: Style, *, closed: bool = False) -> str:
    """Write an entry; once, as long as the graph has these names, for each is asked for at every match."""
    key = chain.graph, i, depth, style, closed
    if key not in chain.texts:
        chain.texts[key] = expression(chain.graph, i, depth, closed=closed, style=style)
    return chain.texts[key]


def _value(chain: Chain, i: int, style: Style) -> str:
    return _text(chain, i, 3, style)


def formula(chain: Chain, i: int) -> str:
    """Write how an entry is computed, in the names of the loss, and not by its own."""
    entries = [replace(e, name=None) if e.id == i else e for e in chain.graph]
    return expression(Graph(entries, chain.graph.outputs), i, 4)


def _d(chain: Chain, i: int, style: Style) -> str:
    return style.partial.format("L", _text(chain, i, 4, style, closed=True))


def _is_term(chain: Chain, i: int) -> bool:
    """Whether an entry without a name is a term of a sum that has the same gradient, as x · w is of x · w + b."""
    if chain.graph[i].name is not None or len(chain.incoming[i]) != 1:
        return False
    return np.array_equal(chain.right.cotangent(i), chain.right.cotangent(chain.incoming[i][0].node))


def _adds(chain: Chain, node: int, i: int, style: Style) -> str:
    by = _text(chain, node, 1, style)
    if style is LATEX:
        return rf"{_d(chain, i, style)} \text{{ through }} {by}"
    return f"part of {_d(chain, i, style)} through {by}"


def _slope(chain: Chain, a: int, z: int, style: Style) -> str:
    return derivative(chain.graph, a, z, style)


def _summed(chain: Chain, axis: int | None, i: int, style: Style) -> str:
    which = {None: "", 0: "rows", 1: "columns"}.get(axis, f"axis {axis}")
    if style is LATEX:
        return rf"\sum_{{\text{{{which}}}}} {_d(chain, i, style)}"
    return f"Σ{' over ' * bool(which)}{which} of {_d(chain, i, style)}"


def _role(chain: Chain, i: int) -> tuple[Any, ...]:
    """Say what an entry is like, so that the steps of a loop are alike."""
    entry = chain.graph[i]

    def kind(k: int) -> Any:
        e = chain.graph[k]
        return (e.operation.name, e.shape) if e.operation else (e.kind, e.name if e.kind == "parameter" else e.shape)

    return (kind(i), tuple(map(kind, entry.inputs)))


def _local(chain: Chain, link: Link, contribution: Array) -> Array | None:
    """Return the derivative of an elementwise step, if it is one: a contribution is the cotangent times that."""
    g = np.asarray(chain.right.cotangent(link.node))
    if g.shape != np.shape(contribution) or g.ndim == 0 or not _one_input(chain, link):
        return None
    try:
        slope = np.asarray(chain.right.pull(link, np.ones_like(g)))
    except (Inapplicable, ValueError):
        return None
    if slope.shape != g.shape or not np.allclose(slope * g, contribution, rtol=1e-9, atol=0):
        return None
    return slope


def _one_input(chain: Chain, link: Link) -> bool:
    inputs = chain.graph[link.node].inputs
    return sum(chain.graph[i].requires_grad for i in set(inputs)) == 1


def _composed(chain: Chain, local: Mapping[tuple[int, int], list[Array]], roles: Sequence[Any]) -> Iterator[Quantity]:
    """Multiply the local derivatives of elementwise steps in a row: σ′(z) of a σ that is spelt out."""
    below: dict[int, list[tuple[int, list[Array]]]] = {}
    for (a, z), slopes in local.items():
        below.setdefault(a, []).append((z, slopes))
    for (a, z), slopes in local.items():
        path, values = z, slopes
        for _ in range(COMPOSED):
            if len(below.get(path, ())) != 1:
                break
            path, more = below[path][0]
            values = [v * m for v, m in zip(values, more, strict=True)]
            yield Quantity("product", values, ("product", roles[a], roles[path]), partial(_slope, chain, a, path), a)
