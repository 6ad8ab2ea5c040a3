"""Why an automatic gradient is contradicted by finite differences: what left the record, or whose VJP is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.by_hand import ByHand
from microgradnet.check.differences import Along, along
from microgradnet.check.explain.chain import Chain, Inapplicable, Link, declared
from microgradnet.check.explain.wording import step
from microgradnet.check.slopes import scale
from microgradnet.notation import expression
from microgradnet.record import ROOT, TracingError, traced, within

__all__ = ["Cause", "cause"]

Array = Any

MOST = 300
"""How many VJPs are held against differences."""


@dataclass(frozen=True)
class Cause:
    """Why the automatic gradient is another than that of the loss.

    Attributes
    ----------
    text : str
        In words; empty if it isn't known.
    meant : bool
        Whether somebody said so: by ``detach`` or ``no_grad``.
    """

    text: str = ""
    meant: bool = False


def cause(derivation: ByHand, chain: Chain, directions: Mapping[str, Array], gradients: Mapping[str, Array]) -> Cause:
    """Find why the slope of the loss along some directions of the parameters is not that of the gradients."""
    wrong = next((link for link in chain.links[:MOST] if _is_wrong(chain, link)), None)
    if wrong is not None:
        operation: Any = chain.entry(wrong).operation
        return Cause(f"the VJP of {operation.name} is wrong at {step(chain.graph, wrong.node)}")
    recorded = {name: node for name, node in chain.parameters.items() if name in directions}
    moves = {node: directions[name] for name, node in recorded.items()}
    if not _is_the_slope_of_the_record(chain, moves, {node: gradients[name] for name, node in recorded.items()}):
        return Cause()
    if held := list(_held(chain)):
        names = ", ".join(dict.fromkeys(expression(chain.graph, node) for node in held))
        return Cause(f"{names} is held constant, by detach() or no_grad()", meant=True)
    asked = _left_by(derivation)
    return Cause(f"a number left the record by {asked} and is held constant by the gradient" if asked else "")


def _held(chain: Chain) -> Iterator[int]:
    """Find what is held constant though it could be differentiated, and is used by what is."""
    graph = chain.graph
    depends = set(chain.parameters.values())
    for entry in graph.nodes:
        if entry.operation is None or not depends.intersection(entry.inputs):
            continue
        depends.add(entry.id)
        if entry.requires_grad or entry.dtype is None or entry.dtype.kind != "f":
            continue
        y, given = chain.values[entry.id], [i for i in entry.inputs if graph[i].requires_grad]
        same = any(np.array_equal(y, chain.values[i]) for i in given)
        if same or any(vjp is not None for vjp in entry.operation.vjps):
            yield entry.id


def _is_the_slope_of_the_record(chain: Chain, moves: Mapping[int, Array], gradients: Mapping[int, Array]) -> bool:
    """Whether the gradient is right of the record, in which all that isn't differentiated is held constant."""
    still = {entry.id: chain.values[entry.id] for entry in chain.graph if not entry.requires_grad}

    def line(h: float) -> float:
        moved = {node: chain.values[node] + h * d for node, d in moves.items()}
        return float(np.asarray(chain.forward({**still, **moved})[chain.output]).item())

    terms = [np.ravel(gradients[node] * d) for node, d in moves.items()]
    if not terms:
        return True
    size = float(np.linalg.norm(np.concatenate(terms)))
    found = along(line)
    return not found.contradicts(float(sum(t.sum() for t in terms)), size)


def _left_by(derivation: ByHand) -> str:
    """Say what the loss asked a tensor for, that has no value while it is traced; empty if nothing."""
    values = [
        traced(np.array(v)[()], requires_grad=True) if i in derivation.positions else v
        for i, v in enumerate(derivation.values)
    ]
    try:
        with within(ROOT):
            derivation.call(*values)
    except TracingError as error:
        asked = str(error).partition(" of a tensor")[0]
        return "" if asked.startswith("bool") else asked
    except TypeError:
        pass
    return ""


def _is_wrong(chain: Chain, link: Link) -> bool:
    """Whether a VJP is contradicted by the differences of its own operation."""
    entry = chain.entry(link)
    operation: Any = entry.operation
    inputs = [chain.values[i] for i in entry.inputs]
    x, y = np.asarray(inputs[link.i]), chain.values[link.node]
    random = np.random.default_rng(0)
    g = random.standard_normal(np.shape(y)).astype(np.asarray(y).dtype)[()]
    direction = scale(x) * random.standard_normal(x.shape)

    def line(h: float) -> float:
        moved: Sequence[Any] = [*inputs[: link.i], (x + h * direction)[()], *inputs[link.i + 1 :]]
        return float(np.sum(g * declared(operation.compute, *moved, **entry.static)))

    try:
        with np.errstate(all="ignore"):
            terms = np.asarray(chain.vjp(link, g, chain.values)) * direction
        found: Along = along(line)
    except Inapplicable:  # outside of its domain
        return False
    return found.contradicts(float(np.sum(terms)), float(np.linalg.norm(terms)))
