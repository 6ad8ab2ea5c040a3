"""A function as one operation: it stands in the record as one node, and its reverse pass is a rule of its own.

Other operations have a VJP for each input. What is made of a whole function finds all its gradients at once, since
each of them alone would take as long. Nothing is known here of what the function computes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Sequence
from functools import partial
from heapq import heappush
from typing import Any

import numpy as np

from microgradnet.backward import fit
from microgradnet.record import Array, Node, Primitive, _Each, value_of

__all__ = ["Whole"]

Rule = Callable[..., Sequence[Any]]
"""``rule(g, y, inputs, wanted, **static)``: the cotangent of each input; those not in `wanted` may be None."""


class Whole(Primitive):
    """An operation on any number of inputs whose cotangents are found together.

    Parameters
    ----------
    name : str
    forward : callable
        ``forward(xp, *inputs, **static)``, as of every operation.
    rule : callable
        ``rule(g, y, inputs, wanted, **static)`` returns a sequence of cotangents, one for each input, of its shape;
        None for one that isn't `wanted`, by position, or that has none.
    statics : sequence of str
        The names of the static arguments.
    symbol : str
        What a drawing writes in the node.
    """

    def __init__(
        self, name: str, forward: Callable[..., Array], rule: Rule, statics: Sequence[str], symbol: str
    ) -> None:
        kinds = inspect.Parameter
        parameters = [kinds("inputs", kinds.VAR_POSITIONAL), *(kinds(s, kinds.KEYWORD_ONLY) for s in statics)]

        def vjp(i: int, g: Any, y: Any, *inputs: Any, **static: Any) -> Any:
            d = rule(g, y, inputs, [i], **static)[i]
            return np.zeros(np.shape(value_of(inputs[i]))) if d is None else d

        super().__init__(
            name, forward, partial(forward, np), _Each(vjp), None, inspect.Signature(parameters),
            quicker=False, numpy=None, source=None, text=None, latex=None, symbol=symbol, keep=None, views=False,
            structure=None, leading=None,
        )  # fmt: skip
        self.rule = rule
        self.pull = self._pull

    def _pull(
        self, node: Any, saved: Any, cotangents: dict[Node, Any], waiting: list[Any], along: Container[Node] | None
    ) -> None:
        """Take a reverse pass through a node, as `calls.pull_of` has it."""
        g = cotangents.pop(node)
        y, *inputs = saved
        followed = [to.requires_grad and (along is None or to in along) for to in node.inputs]
        wanted = [i for i, yes in enumerate(followed) if yes]
        found = self.rule(g, y, inputs, wanted, **node.static)
        for i in wanted:
            to, d = node.inputs[i], found[i]
            if d is None:
                continue
            d = fit(d, to, node)
            if to in cotangents:
                d = cotangents[to] + d
            elif to.primitive is not None:
                heappush(waiting, (to.index, to))
            cotangents[to] = d
