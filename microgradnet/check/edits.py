"""What a reverse pass has of its own: the links that an edit replaces, and the run in which it is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from microgradnet.check.chain import Chain

__all__ = ["Change", "Edit", "Link", "OutOfTime", "Run", "Site"]

Array = Any


class OutOfTime(Exception):
    """The deadline of a chain has passed; raised by whatever would evaluate one more link of it."""


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
        return {name: np.asarray(self.cotangent(node)) for name, node in self.chain.parameters.items()}
