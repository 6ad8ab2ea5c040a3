"""The chain rule of one loss, link by link, so that single links can be replaced.

A `Chain` is the record of a loss and its reverse pass at some arguments. An `Edit` replaces what single links
of the reverse pass compute; `Chain.reverse` evaluates what depends on them, and nothing else. This room reads
graphs and VJPs; it knows no operation by name, and no mistake that somebody could make.
"""

from __future__ import annotations

import bisect
import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from microgradnet.backward import broadcasts
from microgradnet.check.agreement import largest
from microgradnet.graph import Entry, Graph, located, needed
from microgradnet.leaving import Running
from microgradnet.notation import names_in
from microgradnet.ops.reductions import sum_to
from microgradnet.record import ROOT, Recorded, attach, current_scope, node_of, traced, value_of, within
from microgradnet.tensor import tensor

__all__ = [
    "COARSER", "Chain", "Change", "Edit", "Inapplicable", "Link", "OutOfWork", "Run", "Site", "declared", "summed",
    "the_one",
]  # fmt: skip

Array = Any

NEAR = 16
"""How many values near a step are tried in its place."""

COARSER = 64
"""How much coarser rounding is made, to see that it is rounding."""

ELEMENTS, PRODUCTS = 5_000, 50_000
"""How many elements, or products of a matrix product, take as long as a call does."""

KINK = 1e4
"""From how many units in the last place of the largest element on rounding may be the jump at a kink."""


class OutOfWork(Exception):
    """As much was computed as may be; raised by whatever would evaluate one more link of a chain."""


class Inapplicable(Exception):
    """A declared function can't take what it was given in place of what it was made for."""


def declared(function: Callable[..., Any], /, *args: Any, **static: Any) -> Any:
    """Call what an operation or an activation was declared with, at something else than in the right derivation.

    Raises
    ------
    Inapplicable
        Whatever the function raises: it may be a user's.
    """
    try:
        return function(*args, **static)
    except Exception as error:  # the user's forward or VJP, given what it was not made for, may raise anything
        raise Inapplicable from error


class Link(NamedTuple):
    """What the `i`-th input of an operation contributes to its cotangent: one VJP."""

    node: int
    i: int


Site = Link | int
"""Where an edit is made: a contribution, before it is summed to the input's shape; or the cotangent of a node."""

Change = Callable[["Run", Array], Array]
"""What stands there instead, from the run so far and what the right derivation has."""


@dataclass(frozen=True)
class Edit:
    """A derivation that departs from the right one.

    Attributes
    ----------
    at : mapping of Site to Change
    values : callable, optional
        The forward values that this derivation reads, by position, given the chain.
    """

    at: Mapping[Site, Change] = field(default_factory=dict)
    values: Callable[[Chain], Sequence[Array]] | None = None

    @classmethod
    def all(cls, edits: Iterable[Edit]) -> Edit:
        """Make several edits; at the same place, one after the other."""
        at: dict[Site, Change] = {}
        values = None
        for edit in edits:
            values = values or edit.values
            for site, change in edit.at.items():
                at[site] = _after(at[site], change) if site in at else change
        return cls(at, values)


def _after(first: Change, second: Change) -> Change:
    return lambda run, d: second(run, first(run, d))


@dataclass(frozen=True)
class Run:
    """One reverse pass: what it read, and what it found that the right one doesn't have.

    Attributes
    ----------
    chain : Chain
    values : sequence of array
        The forward value of every entry.
    base : Run or None
        The right one.
    cotangents : dict of int to array
    summed, raw : dict of Link to array
        The contributions, summed to the input's shape and before.
    """

    chain: Chain
    values: Sequence[Array]
    base: Run | None
    cotangents: dict[int, Array] = field(default_factory=dict)
    summed: dict[Link, Array] = field(default_factory=dict)
    raw: dict[Link, Array] = field(default_factory=dict)

    def cotangent(self, node: int) -> Array:
        """Return ∂loss/∂node, as this derivation has it."""
        return self._find("cotangents", node)

    def contribution(self, link: Link) -> Array:
        """Return what a link contributes, before it is summed to the input's shape."""
        return self._find("raw", link)

    def _find(self, kind: str, at: Site) -> Array:
        mine = getattr(self, kind)
        if at in mine or self.base is None:
            return mine[at]
        return getattr(self.base, kind)[at]

    def total(self, node: int) -> Array:
        """Add up what all consumers of a node contribute."""
        total: Array = None
        for link in self.chain.incoming[node]:
            d = self._find("summed", link)
            total = d if total is None else total + d
        return np.zeros(self.chain.graph[node].shape or ())[()] if total is None else total

    def pull(self, link: Link, g: Array) -> Array:
        """Apply the VJP of a link to a cotangent."""
        return self.chain.vjp(link, g, self.values)

    def gradients(self) -> dict[str, Array]:
        """Return the gradient of every parameter, zero where the loss doesn't depend on it."""
        known = self.cotangents if self.base is None else self.base.cotangents
        return {
            name: np.asarray(self.cotangent(node)) if node in known else np.zeros(self.chain.graph[node].shape or ())
            for name, node in self.chain.parameters.items()
        }


def _chosen(value: Array, inputs: Sequence[Array]) -> bool:
    """Whether a result is made of numbers that went in, as a maximum is: nothing was rounded."""
    result = np.asarray(value)
    given = [np.ravel(x) for x in inputs if np.asarray(x).dtype == result.dtype]
    numbers = result[result != 0]
    if not given or (numbers.size and not any(np.any(x == numbers[0]) for x in given)):
        return False  # of nearly all operations the first number says it already
    return bool(np.isin(numbers, np.concatenate(given)).all())


class Chain:
    """A loss at some arguments and its reverse pass.

    Attributes
    ----------
    graph : Graph
        The forward pass.
    values : tuple of array
        The value of each of its entries.
    output : int
    parameters : dict of str to int
        The entries of the parameters that the loss depends on.
    links : tuple of Link
        The contributions that the reverse pass computes, in its order.
    incoming : dict of int to list of Link
        The contributions to every cotangent.
    inside : dict of int to str
        The names that entries have in functions that the loss calls.
    texts : dict
        How entries are written, once they were.
    vjps : dict of Link to callable
    work, most : float
        What was computed so far, in VJPs of small arrays, and how much may be before `OutOfWork` is raised: the same on
        every machine.
    """

    def __init__(self, graph: Graph, output: int, parameters: Mapping[str, int]) -> None:
        self.graph = graph
        self.values: tuple[Any, ...] = graph.values()
        self.output = output
        self.parameters = dict(parameters)
        self.inside: dict[int, str] = {}
        self.texts: dict[Any, str] = {}
        self.vjps = dict(self._links())
        self.links: tuple[Link, ...] = tuple(self.vjps)
        self.incoming: dict[int, list[Link]] = {output: []}
        self.outgoing: dict[int, list[Link]] = {}
        for link in self.links:
            self.incoming.setdefault(self.parent(link), []).append(link)
            self.outgoing.setdefault(link.node, []).append(link)
        self.order = sorted(self.incoming, reverse=True)
        self.work, self.most = 0.0, math.inf
        self._cost: dict[int, float] = {}  # of each entry
        self._ancestors: tuple[int, set[int]] = -1, set()  # of the entry that was asked for last

    @classmethod
    def of(cls, f: Callable[..., Any], values: Sequence[Any], names: Sequence[str], positions: Sequence[int]) -> Chain:
        """Record f at some arguments; those at the positions are the parameters."""
        loss, given = cls.called(f, values, names, positions)
        if not isinstance(loss, Recorded) or not node_of(loss).requires_grad:
            loss = 0.0 * sum((given[i] * 0.0).sum() for i in positions)
        graph, position = located(loss, names=names_in(f, names))
        parameters = {names[i]: position[node_of(given[i])] for i in positions if node_of(given[i]) in position}
        return cls(graph, graph.outputs[0], parameters)

    @staticmethod
    def called(
        f: Callable[..., Any], values: Sequence[Any], names: Sequence[str], positions: Sequence[int]
    ) -> tuple[Any, list[Any]]:
        """Call f on tensors with the names of its arguments, and return what it returns, and them.

        A function that branches on values can't be traced, but its loss can be recorded; one that does with its data
        what tensors can't gets it as plain arrays, without their names.
        """

        def call(leaf: Callable[..., Any], with_data: bool) -> tuple[Any, list[Any]]:
            given = list(values)
            for i, value in enumerate(given):
                if i in positions:
                    given[i] = leaf(_value(value), requires_grad=True, name=names[i])
                elif with_data and isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
                    given[i] = leaf(_value(value), requires_grad=False, name=names[i])
            # The function may write into its arguments, which moves them on in the record.
            kept = [attach(value_of(x), node_of(x)) if isinstance(x, Recorded) else x for x in given]
            with within(current_scope() or ROOT):
                return Running("diagnose").call(f, given), kept

        for leaf in (traced, tensor):
            try:
                return call(leaf, True)
            except (TypeError, IndexError):  # as of NumPy, indexed with a tensor
                continue
        return call(tensor, False)

    def parent(self, link: Link) -> int:
        """Return the entry whose cotangent a link contributes to."""
        return self.graph[link.node].inputs[link.i]

    def _links(self) -> Iterator[tuple[Link, Callable[..., Any]]]:
        reached = {self.output}
        for entry in reversed(self.graph.nodes):
            if entry.id not in reached or entry.operation is None:
                continue
            for i, (parent, vjp) in enumerate(zip(entry.inputs, entry.operation.vjps, strict=False)):
                if vjp is not None and self.graph[parent].requires_grad:
                    reached.add(parent)
                    yield Link(entry.id, i), vjp

    def entry(self, link: Link) -> Entry:
        """Return the operation of a link."""
        return self.graph[link.node]

    def vjp(self, link: Link, g: Array, values: Sequence[Array], **static: Any) -> Array:
        """Compute one contribution from the cotangent of the operation's output, before it is summed."""
        entry = self.graph[link.node]
        inputs = [values[i] for i in entry.inputs]
        return self.vjp_at(link, g, values[link.node], *inputs, **static)

    def vjp_at(self, link: Link, g: Array, y: Array, /, *inputs: Array, **static: Any) -> Array:
        """Compute one contribution with the output and the inputs given, whatever they were."""
        self.go_on(self.cost(link.node))
        return declared(self.vjps[link], g, y, *inputs, **{**self.graph[link.node].static, **static})

    def cost(self, node: int) -> float:
        """Return what it costs to compute an entry, or what one of its links contributes."""
        if node not in self._cost:
            entry = self.graph[node]
            sizes = [math.prod(shape or ()) for shape in (entry.shape, *(self.graph[i].shape for i in entry.inputs))]
            products = math.sqrt(math.prod(sizes)) if len(sizes) == 3 else 0.0  # of matrices
            self._cost[node] = 1 + max(sizes) / ELEMENTS + products / PRODUCTS
        return self._cost[node]

    def go_on(self, work: float = 0.0) -> None:
        """Count work, and raise `OutOfWork` if it is more than may be done."""
        self.work += work
        if self.work > self.most:
            raise OutOfWork

    @contextmanager
    def unlimited(self) -> Iterator[None]:
        """For the length of a ``with`` block, evaluate without end: to choose among what was found by then."""
        most, self.most = self.most, math.inf
        try:
            yield
        finally:
            self.most = most

    # --- evaluating ------------------------------------------------------------------------------------

    @cached_property
    def right(self) -> Run:
        """The right reverse pass."""
        return self.reverse(Edit(), base=False)

    @cached_property
    def _leads_to(self) -> dict[int, frozenset[str]]:
        """The parameters whose gradients depend on the cotangent of each entry."""
        found: dict[int, frozenset[str]] = {}
        own = {node: frozenset([name]) for name, node in self.parameters.items()}
        for node in reversed(self.order):
            parents = {self.parent(link) for link in self.outgoing.get(node, ())}
            found[node] = own.get(node, frozenset()).union(*(found[parent] for parent in parents))
        return found

    def changed_by(self, edit: Edit) -> frozenset[str]:
        """Name the parameters whose gradients may be changed by an edit."""
        if edit.values is not None:
            return frozenset(self.parameters)
        nodes = (self.parent(site) if isinstance(site, Link) else site for site in edit.at)
        return frozenset[str]().union(*(self._leads_to[node] for node in nodes))

    def reverse(self, edit: Edit, *, base: bool = True, toward: str | None = None) -> Run:
        """Go back through the chain with an edit; what doesn't depend on it is not computed again.

        If the name of a parameter is given, nothing but its gradient is computed.

        Raises
        ------
        Inapplicable, ValueError
            If the edit makes no sense here: shapes that don't fit, most likely.
        """
        self.go_on()
        again = not base or edit.values is not None
        run = Run(self, edit.values(self) if edit.values else self.values, self.right if base else None)
        changed: set[int] = set()
        with np.errstate(all="ignore"):
            for node in self.order if again else self._reached(edit, changed):
                if toward is not None and toward not in self._leads_to[node]:
                    continue
                if again or node in changed:
                    g = np.ones_like(run.values[node])[()] if node == self.output else run.total(node)
                    run.cotangents[node] = g
                if node in edit.at:
                    run.cotangents[node] = edit.at[node](run, run.cotangent(node))
                for link in self.outgoing.get(node, ()):
                    if node not in run.cotangents and link not in edit.at:
                        continue
                    if toward is not None and toward not in self._leads_to[self.parent(link)]:
                        continue
                    d = run.pull(link, run.cotangent(node)) if node in run.cotangents else run.contribution(link)
                    if link in edit.at:
                        d = edit.at[link](run, d)
                    parent = self.parent(link)
                    run.raw[link] = d
                    run.summed[link] = summed(d, np.shape(run.values[parent]))
                    changed.add(parent)
        return run

    def _reached(self, edit: Edit, changed: set[int]) -> Iterator[int]:
        """Yield the entries at which an edit is made, and those that are changed meanwhile, the last ones first."""
        ahead = [-(site.node if isinstance(site, Link) else site) for site in edit.at]
        heapq.heapify(ahead)
        before = None
        while ahead:
            node = -heapq.heappop(ahead)
            if node != before:
                yield node
                before = node
                for link in self.outgoing.get(node, ()):
                    if (parent := self.parent(link)) in changed:
                        heapq.heappush(ahead, -parent)

    def forward(self, replaced: Mapping[int, Any], noise: Callable[[Array], Array] | None = None) -> list[Array]:
        """Compute all values again from others for some entries, each an array or a function of the values before."""
        self.go_on()
        values: list[Array] = []
        with np.errstate(all="ignore"):
            for entry in self.graph:
                value = replaced.get(entry.id)
                if callable(value):
                    value = value(values)
                elif value is None:
                    value = self.values[entry.id]
                    if entry.operation is not None:
                        self.go_on(self.cost(entry.id))
                        inputs = [values[i] for i in entry.inputs]
                        value = declared(entry.operation.compute, *inputs, **entry.static)
                        value = value if noise is None or _chosen(value, inputs) else noise(value)
                values.append(value)
        return values

    def rounding(self, times: int = 3) -> dict[str, float]:
        """Estimate how far rounding takes each gradient from the exact one: the largest difference over elements.

        Every result of both passes is disturbed at random by a few units in the last place: Monte Carlo
        arithmetic, D. S. Parker, UCLA CSD-970002 (1997). That is done a few times. Rounding that is coarser changes
        more; what doesn't, where there is much of it, is the jump at a kink that was crossed, and doesn't count.
        """
        noise = self._disturbed(1.0, times)
        right = self.right.gradients()
        doubtful = {n for n, r in noise.items() if np.max(r, initial=0.0) > KINK * _eps(right[n]) * largest(right[n])}
        if doubtful:
            coarser = self._disturbed(COARSER, times)
            for n in doubtful:
                noise[n] = growing(noise[n], coarser[n])
        return {n: float(np.max(r, initial=0.0)) for n, r in noise.items()}

    def _disturbed(self, by: float, times: int) -> dict[str, Array]:
        """Return how far each element of the gradients is taken by disturbing all results, by so many times more."""
        random = np.random.default_rng(0)
        right = self.right.gradients()
        most = {name: np.zeros(np.shape(g)) for name, g in right.items()}
        for _ in range(times):
            try:
                gradients = self.disturbed(random, by).gradients()
            except Inapplicable:  # at the edge of what a user's operation takes
                break
            for name, g in gradients.items():
                with np.errstate(all="ignore"):
                    difference = np.abs(g.astype(np.float64) - right[name])
                most[name] = np.maximum(most[name], np.where(np.isfinite(difference), difference, 0.0))
        return most

    def disturbed(self, random: np.random.Generator, by: float = 1.0) -> Run:
        """Go through both passes with every result disturbed by a few units in the last place, or so many times more.

        Raises
        ------
        Inapplicable
            If an operation can't take that.
        """

        def by_ulps(x: Array) -> Array:
            dtype = getattr(x, "dtype", None)
            if dtype is None or dtype.kind != "f":
                return x
            ulps = by * (14 * random.random(np.shape(x)) - 7)
            return (x * (1 + float(np.finfo(dtype).eps) * ulps)).astype(dtype)

        edit = Edit({link: lambda run, d: by_ulps(d) for link in self.links}, lambda chain: chain.forward({}, by_ulps))
        with self.unlimited():
            return self.reverse(edit)

    def weight(self, link: Link) -> Array:
        """Compute what a link contributes where every cotangent is 1; 0 if its VJP can't take that."""
        try:
            return self.right.pull(link, np.ones_like(self.right.cotangent(link.node)))
        except Inapplicable:
            return 0.0

    # --- what else is in it ---------------------------------------------------------------------------------

    @cached_property
    def _alike(self) -> dict[tuple[int, ...] | None, list[int]]:
        """The entries of each shape that hold real numbers, in order."""
        alike: dict[tuple[int, ...] | None, list[int]] = {}
        for e in self.graph:
            if not e.is_number and e.dtype is not None and e.dtype.kind == "f":
                alike.setdefault(e.shape, []).append(e.id)
        return alike

    @cached_property
    def _given(self) -> dict[tuple[int, ...] | None, list[int]]:
        """Those of them that were not computed."""
        return {shape: [i for i in ids if self.graph[i].operation is None] for shape, ids in self._alike.items()}

    def confusable(self, node: int) -> list[int]:
        """Find what could be taken for an entry: real numbers of its shape, what was given or was computed near it."""
        shape = self.graph[node].shape
        alike = self._alike.get(shape, [])
        here = bisect.bisect_left(alike, node)
        window = alike[max(here - NEAR, 0) : here + NEAR]
        near = sorted(window, key=lambda i: abs(i - node))[:NEAR]
        return sorted({*near, *self._given.get(shape, ())})

    @cached_property
    def counts(self) -> frozenset[int]:
        """The numbers of elements that are added up in the loss: along each axis of what is reduced, and in all."""
        found: set[int] = set()
        for link in self.links:
            entry = self.entry(link)
            given, result = self.graph[self.parent(link)].shape or (), entry.shape or ()
            fewer = math.prod(given) // max(math.prod(result), 1)
            if len(entry.inputs) == 1:
                adds = fewer > 1 and bool(np.all(self.weight(link)))
            else:  # a product that is summed, of vectors
                adds = fewer > 1 and len(result) < min(len(self.graph[i].shape or ()) for i in entry.inputs)
            if adds:
                found.update((fewer, *given))
        return frozenset((found | self._terms()) - {0, 1})

    def _terms(self) -> set[int]:
        """Count the terms that are added up one after the other, as those of a loss in a loop are."""
        terms: dict[int, list[int]] = {}
        for link in self.links:
            if self.entry(link).shape == () and len(self.entry(link).inputs) == 2 and the_one(self.weight(link)) == 1:
                terms.setdefault(link.node, []).append(self.parent(link))
        found: dict[int, int] = {}
        for node in sorted(terms):
            found[node] = sum(found.get(parent, 1) for parent in terms[node])
        inside = {parent for parents in terms.values() for parent in parents}
        return {n for node, n in found.items() if node not in inside and n > 2}

    @cached_property
    def means(self) -> frozenset[int]:
        """Those of them that are divided by: 1/n is a local derivative, alone or times one over a whole number."""
        derivatives = {the_one(self.weight(link)) for link in self.links}
        return frozenset(n for n in self.counts if any(d and _is_whole(1 / (d * n)) for d in derivatives))

    def ancestors(self, node: int) -> set[int]:
        """Find the entries that one is computed from."""
        if node != self._ancestors[0]:
            self._ancestors = node, set(needed(self.graph.nodes, self.graph[node].inputs))
        return self._ancestors[1]


def _value(value: Any) -> Array:
    array = np.array(value)
    array.flags.writeable = False
    return array if array.ndim else array[()]


def growing(noise: Array, coarser: Array) -> Array:
    """Return the noise where it grows with rounding that is `COARSER`; elsewhere something turned over at a tie."""
    return np.where(coarser >= 0.1 * COARSER * noise, noise, 0.0)


def _eps(x: Array) -> float:
    return float(np.finfo(x.dtype).eps)


def _is_whole(x: float) -> bool:
    return 0.5 < abs(x) < 1e9 and math.isclose(x, round(x), rel_tol=1e-5)


def the_one(x: Array) -> float | None:
    """Return the one number that an array consists of, if it does."""
    numbers = np.unique(np.asarray(x))
    return float(numbers[0]) if numbers.size == 1 and np.isfinite(numbers[0]) else None


def summed(d: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes along which an array of some shape was broadcast.

    Raises
    ------
    ValueError
        If d can't come from an array of that shape.
    """
    if not broadcasts(shape, np.shape(d)):
        raise ValueError(f"shape {np.shape(d)} is not broadcast from {shape}")
    return d if np.shape(d) == shape else sum_to(d, shape)[()]
