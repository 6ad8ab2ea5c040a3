"""Where a NaN or an infinity comes from: the first operation that made one, in a loss or in its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Chain
from microgradnet.check.explain.wording import expression
from microgradnet.check.text import argument_names

__all__ = ["Nonfinite", "first_nonfinite"]


@dataclass(frozen=True)
class Nonfinite:
    """The operation that first made a NaN or an infinity."""

    operation: str
    step: str
    direction: str
    index: tuple[int, ...]
    value: float
    inputs: dict[str, float | str] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    where: str | None = None
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.direction}: {self.step} made {self.value} at {list(self.index)}"


def first_nonfinite(f: Callable[..., Any], *args: Any, argnums: int | Sequence[int] | None = None) -> Nonfinite | None:
    """Find the operation that first makes a NaN or an infinity."""
    positions = [argnums] if isinstance(argnums, int) else list(range(len(args)) if argnums is None else argnums)
    chain = Chain.of(f, list(args), argument_names(f, len(args)), positions)
    if not np.isfinite(chain.values[chain.output]).all():
        for entry in chain.graph.nodes:
            if entry.operation is not None and not np.isfinite(chain.values[entry.id]).all():
                return _of(chain, entry.id, chain.values[entry.id], "forward")
    for link in chain.links:
        if not np.isfinite(chain.right.contribution(link)).all():
            return _of(chain, link.node, chain.right.contribution(link), "backward")
    return None


def _of(chain: Chain, node: int, value: Any, direction: str) -> Nonfinite:
    operation = chain.graph[node].operation
    at = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
    return Nonfinite(
        operation.name if operation else "", expression(chain.graph, node), direction, at,
        float(np.asarray(value)[at]), scope=chain.graph[node].scope,
    )  # fmt: skip
