"""A way in which a derivation may have gone wrong, as an edit of the chain rule that can be evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from microgradnet.check.explain.chain import Chain, Change, Edit, Link, Site

__all__ = ["Hypothesis", "role", "times"]


@dataclass(frozen=True)
class Hypothesis:
    """A way in which a derivation may have gone wrong.

    Attributes
    ----------
    kind : str
    step : str
        Where, by the user's names.
    wrong, right : str
        What would have been done, and what should have been.
    cost : float
        How far-fetched it is; the simplest mistakes cost 1.
    edit : Edit
    family : tuple, optional
        What it has in common with the same mistake in other places.
    """

    kind: str
    step: str
    wrong: str
    right: str
    cost: float
    edit: Edit
    family: tuple[Any, ...] | None = None

    def __add__(self, other: Hypothesis) -> Hypothesis:
        """Make both mistakes."""
        return Hypothesis(
            f"{self.kind} + {other.kind}",
            f"{self.step}; {other.step}",
            f"{self.wrong}; and {other.wrong}",
            f"{self.right}; and {other.right}",
            self.cost + other.cost,
            Edit.all((self.edit, other.edit)),
        )


def times(c: float) -> Change:
    """Multiply by a number what the right derivation has."""
    return lambda run, d: d * c


def role(chain: Chain, site: Site) -> tuple[Any, ...]:
    """Say what a place in a chain is like: the operation, and what else goes into it, or what does if nothing else.

    The places of a recurrence, or of layers, where the same mistake would be made have the same role.
    """
    node, i = site if isinstance(site, Link) else (site, -1)
    entry = chain.graph[node]
    others = [chain.graph[k] for at, k in enumerate(entry.inputs) if at != i or len(entry.inputs) == 1]
    return (i, *((e.operation.name, repr(e.static)) if e.operation else (e.kind, e.name) for e in (entry, *others)))
