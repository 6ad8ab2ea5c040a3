"""Which places of a derivation the loss computes, too: a function of both often makes the loss and its gradients.

``loss, grads = model.loss(X, y)``: whoever wants the loss alone calls that, and drops the rest. So what the loss runs
is shaken, and what it doesn't depend on is the derivation's own.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from microgradnet.check.observe import Endless, Hook, Observation, Source

__all__ = ["computed_by_both"]

DEPTH = 3
"""How deep in tuples and lists arrays are looked for."""

LONGER = 4
"""How many times as long a run may take that is shaken: what is shaken may be what ends a loop."""


def computed_by_both(program: Source, loss: Source, values: Sequence[Any], plain: Observation) -> frozenset[int]:
    """Find the places of a derivation that its loss runs, as was observed, but for those that it doesn't depend on."""
    idle = _Shaking(loss, values, plain).idle()
    reached = {(loss.places[i].file, loss.places[i].span) for i in plain.seen if i not in idle}
    return frozenset(p.index for p in program.places if (p.file, p.span) in reached)


class _Shaking:
    """A loss at some arguments, as it was observed there, run again with values shaken."""

    def __init__(self, loss: Source, values: Sequence[Any], plain: Observation) -> None:
        self.loss, self.values, self.plain = loss, values, plain
        self.longest = LONGER * sum(s.count for s in plain.seen.values())

    def idle(self) -> frozenset[int]:
        """Find the places that nothing of the loss comes of."""
        movable = self._movable()
        roots = {i: self._root(i, movable) for i in self.plain.seen}
        idle = self._of_no_use(list(dict.fromkeys(root for root in roots.values() if root is not None)))
        inside: dict[ast.AST, set[int]] = {}
        for root in roots.values():
            if root is not None:
                inside.setdefault(self.loss.places[root].statement, set()).add(root)

        def is_idle(i: int) -> bool:
            if (root := roots[i]) is not None:
                return root in idle
            # A count, or what a loop is over, is of no use if nothing is that is computed in its statement.
            own = {r for s in ast.walk(self.loss.places[i].statement) for r in inside.get(s, ())}
            return bool(own) and own <= idle

        return frozenset(i for i in self.plain.seen if is_idle(i))

    def _of_no_use(self, places: list[int]) -> frozenset[int]:
        """Find those of some places that the loss doesn't depend on: many together, then halves of them."""
        found: set[int] = set()
        groups = [places] if places else []
        while groups:
            group = groups.pop()
            if self._is_same({*group}):
                found |= {*group}
            elif len(group) > 1:
                groups += [group[: len(group) // 2], group[len(group) // 2 :]]
        return frozenset(found)

    def _root(self, i: int, movable: Collection[int]) -> int | None:
        """Return the outermost expression around one that can be shaken; None if it is a part of a count or a shape."""
        root: int | None = None
        own = self.loss.places[i]
        for place in (own, *self.loss.around(own)):
            if place.index in movable:
                root = place.index
            elif self.plain.first(place.index) is not None:
                root = None
        return root

    def _movable(self) -> frozenset[int]:
        """Find the places where there is anything to shake."""
        found: set[int] = set()

        def look(i: int, v: Any) -> Any:
            if i not in found and _shaken(v, np.random.default_rng(0)) is not v:
                found.add(i)
            return v

        self._run(look)
        return frozenset(found)

    def _is_same(self, chosen: Collection[int]) -> bool:
        """Whether the loss is what it was with what is computed at some places shaken."""
        random = np.random.default_rng(5)

        def put(i: int, v: Any) -> Any:
            return self.loss.exchanged_at(i, v, _shaken(v, random)) if i in chosen else v

        try:
            return bool(np.array_equal(self._run(put), self.plain.result))
        except (Exception, Endless):  # what the user's code may raise, given what it was not made for
            return False

    def _run(self, put: Hook) -> Any:
        count = 0

        def counted(i: int, v: Any) -> Any:
            nonlocal count
            count += 1
            if count > self.longest:
                raise Endless
            return put(i, v)

        with self.loss.exchanged():
            self.loss.hooked(counted, lambda i: True)
            return self.loss.call(self.values)


def _shaken(value: Any, random: np.random.Generator, depth: int = DEPTH) -> Any:
    """Return other numbers for real ones, and for a mask its contrary, in a tuple or a list, too; all else as it is."""
    if isinstance(value, tuple | list) and depth and type(value) in (tuple, list):
        parts = [_shaken(v, random, depth - 1) for v in value]
        return value if all(p is v for p, v in zip(parts, value, strict=True)) else type(value)(parts)
    kind = value.dtype.kind if isinstance(value, np.ndarray | np.generic) else {float: "f", bool: "b"}.get(type(value))
    if kind == "b":
        return np.logical_not(value)
    if kind != "f" or not np.size(value):
        return value
    return value + (1 + np.abs(value)) * random.standard_normal(np.shape(value))
