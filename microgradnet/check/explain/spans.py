"""Stretches of a chain that a derivation takes in one step, as from z to σ(z), however that is spelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Chain, Inapplicable, Link, Run, Site, declared, summed
from microgradnet.check.explain.functions import Function, of_operation, recognised
from microgradnet.record import compositions

__all__ = ["Span", "Spans"]

Array = Any

LONGEST = 24
"""How many links a stretch of the chain may have, to be one step of a derivation."""


class Spans:
    """The stretches z … a of the forward pass between equal shapes, found as they are asked for.

    Either every way on from z goes through a, or it is a single step on one of the ways. Those nearest the
    loss come first, and the shortest of those from the same z.
    """

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._from: dict[int, tuple[Span, ...]] = {}

    def __iter__(self) -> Iterator[Span]:
        for z in self.chain.order[1:]:
            if z not in self._from:
                self._from[z] = tuple(self._longer_and_longer(z))
            yield from self._from[z]

    def _longer_and_longer(self, z: int) -> Iterator[Span]:
        graph, ways = self.chain.graph, self.chain.incoming[z]
        nodes = [link.node for link in ways]
        for link in ways:
            if nodes.count(link.node) == 1 < len(nodes) and graph[z].shape == graph[link.node].shape:
                yield Span(self.chain, z, link.node, (link,))
        a, most = self._next_one[z], 8
        while a and most and graph[z].shape == graph[a].shape:
            links = _between(self.chain, z, a)
            if len(links) > LONGEST:
                return
            yield Span(self.chain, z, a, links)
            a, most = self._next_one[a], most - 1

    @cached_property
    def _next_one(self) -> dict[int, int]:
        """The nearest entry after each that every way from there to the output goes through; 0 after the output."""
        output = self.chain.output
        next_one = {output: 0}
        depth = {output: 0}
        for node in self.chain.order[1:]:
            ways = [link.node for link in reversed(self.chain.incoming[node])]  # so that `meet` only ever moves on
            meet = ways[0]
            for other in ways[1:]:
                while meet != other:
                    if depth[meet] < depth[other]:
                        other = next_one[other] or output
                    elif meet == output:
                        break
                    else:
                        meet = next_one[meet] or output
            next_one[node], depth[node] = meet, depth[meet] + 1
        return next_one


class Span:
    """A stretch of the chain from the entry z to the entry a of the same shape: one step of a derivation.

    Attributes
    ----------
    chain : Chain
    z, a : int
    links : tuple of Link
        Those between them, in the order of the reverse pass.
    """

    def __init__(self, chain: Chain, z: int, a: int, links: tuple[Link, ...]) -> None:
        self.chain, self.z, self.a, self.links = chain, z, a, links

    @cached_property
    def function(self) -> Function | None:
        """The declared function of one number that it is: as one operation, by its name, or spelled out."""
        entry = self.chain.graph[self.a]
        if self.is_one_operation:
            return None if entry.operation is None else of_operation(entry.operation, **entry.static)
        if self.derivative is None:
            return None
        name = entry.scope[-1] if entry.scope else ""
        if name in compositions and self.chain.graph[self.z].scope[: len(entry.scope)] != entry.scope:
            return Function(name, name, lambda x: self._at(x)[self.a], self._pull_at)
        return recognised(self.chain.values[self.z], self.chain.values[self.a]) if len(self.links) <= 6 else None

    def _at(self, x: Array) -> list[Array]:
        """Compute the values of this stretch again, from another value of z."""
        values, changed = list(self.chain.values), {self.z}
        values[self.z] = x
        for entry in self.chain.graph[self.z + 1 : self.a + 1]:
            if entry.operation is not None and not changed.isdisjoint(entry.inputs):
                changed.add(entry.id)
                inputs = (values[i] for i in entry.inputs)
                values[entry.id] = declared(entry.operation.compute, *inputs, **entry.static)
        return values

    def _pull_at(self, g: Array, y: Array, x: Array) -> Array:
        values = self._at(x)
        values[self.a] = y
        return self._pull(values, g)

    @cached_property
    def _diagonal(self) -> Array:
        return self._diagonal_in(self.chain.right)

    def diagonal(self, run: Run) -> Array:
        """Return the diagonal of the Jacobian ∂a/∂z."""
        return self._diagonal if run.values is self.chain.values else self._diagonal_in(run)

    def _diagonal_in(self, run: Run) -> Array:
        diagonal = np.zeros_like(run.cotangent(self.a))
        for at in np.ndindex(diagonal.shape):
            unit = np.zeros_like(diagonal)
            unit[at] = 1
            diagonal[at] = self.pull(run, unit)[at]
        return diagonal

    @property
    def site(self) -> Site:
        """Where an edit of this stretch is made, and of nothing else."""
        return self.links[0] if len(self.links) == 1 else self.z

    @property
    def is_one_operation(self) -> bool:
        """Whether it is a single operation of one input."""
        return len(self.links) == 1 and len(self.chain.graph[self.a].inputs) == 1

    def pull(self, run: Run, g: Array) -> Array:
        """Take a cotangent of a back to z, by this stretch alone."""
        return self._pull(run.values, g)

    def _pull(self, values: Sequence[Array], g: Array) -> Array:
        found: dict[int, Array] = {self.a: g}
        for link in self.links:
            parent = self.chain.parent(link)
            d = summed(self.chain.vjp(link, found[link.node], values), self.chain.graph[parent].shape or ())
            found[parent] = found[parent] + d if parent in found else d
        return found[self.z]

    @cached_property
    def derivative(self) -> Array | None:
        """The local derivative ∂a/∂z, if it works element by element; None where elements are mixed."""
        right = self.chain.right
        g = right.cotangent(self.a)
        test = np.random.default_rng(0).uniform(0.5, 1.5, np.shape(g)).astype(g.dtype)
        try:
            with np.errstate(all="ignore"):
                derivative = self.pull(right, np.ones_like(g))
                if not np.shape(g):
                    return derivative
                eps = 64 * float(np.finfo(g.dtype).eps)
                elementwise = np.allclose(self.pull(right, test), test * derivative, rtol=eps, atol=0, equal_nan=True)
        except Inapplicable:
            return None
        return derivative if elementwise else None


def _between(chain: Chain, z: int, a: int) -> tuple[Link, ...]:
    """Find all links on all ways from one entry to another, in the order of the reverse pass."""
    found = {a}
    stack = [a]
    while stack:
        node = stack.pop()
        parents = {chain.parent(link) for link in chain.outgoing.get(node, ())} if node != z else set()
        new = {parent for parent in parents if parent >= z} - found  # what is older can't come from z
        found |= new
        stack += new
    links: list[Link] = []
    inside = {z}
    for node in sorted(found - {z}):
        through = [link for link in chain.outgoing.get(node, ()) if chain.parent(link) in inside]
        if through:
            inside.add(node)
            links += reversed(through)
    return tuple(reversed(links))
