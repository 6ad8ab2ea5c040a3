"""A way in which a derivation may have gone wrong, and the same one in all places that are alike.

Which one is true is decided elsewhere, by trying it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from microgradnet.check.explain.chain import Chain, Change, Edit, Link, Site

__all__ = ["STEPS", "Hypothesis", "role", "times", "with_families"]

STEPS = 12
"""How many steps are named at most where the same mistake was made in many."""


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


def times(c: float) -> Change:
    """Multiply by a number what the right derivation has."""
    return lambda run, d: d * c


def with_families(chain: Chain, hypotheses: Iterable[Hypothesis]) -> Iterator[Hypothesis]:
    """Yield each mistake, then the same one in all places where it can be made, and in those of the same role."""
    families: dict[tuple[Any, ...], list[Hypothesis]] = {}
    for hypothesis in hypotheses:
        chain.go_on()
        yield hypothesis
        if hypothesis.family is not None:
            families.setdefault((hypothesis.kind, *hypothesis.family), []).append(hypothesis)
    for family in families.values():
        roles: dict[tuple[Any, ...], list[Hypothesis]] = {}
        for hypothesis in family:
            roles.setdefault(role(chain, next(iter(hypothesis.edit.at))), []).append(hypothesis)
        yield from (_everywhere(alike) for alike in (family, *roles.values()) if len(alike) > 1)


def _everywhere(alike: list[Hypothesis]) -> Hypothesis:
    first = alike[0]
    steps = "; ".join(list(dict.fromkeys(h.step for h in alike))[:STEPS])
    wrong = f"{first.wrong}, and likewise in {len(alike) - 1} more"
    return Hypothesis(first.kind, steps, wrong, first.right, first.cost + 0.4, Edit.all(h.edit for h in alike))


def role(chain: Chain, site: Site) -> tuple[Any, ...]:
    """Say what a place is like: the operation, and what else goes into it. Those of a recurrence are alike."""
    node, i = site if isinstance(site, Link) else (site, -1)
    entry = chain.graph[node]
    others = [chain.graph[k] for at, k in enumerate(entry.inputs) if at != i or len(entry.inputs) == 1]
    return (i, *((e.operation.name, repr(e.static)) if e.operation else (e.kind, e.name) for e in (entry, *others)))
