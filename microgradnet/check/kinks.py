"""Where a loss has a kink exactly at its arguments, several gradients are right: whether a given one is among them.

A step of the record stands at a kink where its derivatives jump when its inputs move by nearly nothing: relu at 0, the
largest of equal numbers, a mask of a comparison with what is equal. Each of those derivatives may be chosen there, or
anything between, and at each such place on its own. So a gradient is right if it is that of some choices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.agreement import largest
from microgradnet.check.dependence import is_floating
from microgradnet.check.explain.chain import Chain, Edit, Inapplicable, Link, Run, declared
from microgradnet.check.explain.wording import step

__all__ = ["Kinks", "spanned"]

Array = Any

MOST = 64
"""How many choices are made at most; where more numbers are at a kink, those of one step are chosen together."""

ROUNDS = 4
"""How often the choices are corrected: the gradient is linear in each of them, not in all together."""


@dataclass(frozen=True, eq=False)
class _Choice:
    """Other derivatives of the steps at a kink: what stands in the place of the output and the inputs of each link.

    Choices of one group exclude each other: their shares add up to 1 at most.
    """

    node: int
    group: int
    at: Mapping[Link, tuple[Array, ...]]


class Kinks:
    """The kinks at which the steps of a chain stand."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._at_rest: dict[Link, Array] = {}
        self.depends = _dependent(chain)

    def explain(
        self,
        manual: Mapping[str, Array],
        settled: Mapping[str, Array],
        agrees: Callable[[str, Array], bool],
        few: Callable[[], bool],
    ) -> dict[str, tuple[str, ...]]:
        """Find which gradients are right for some choice at the kinks; return the steps at which one is made for each.

        Parameters
        ----------
        manual : mapping of str to array
            Gradients that are not the automatic ones.
        settled : mapping of str to array
            Those that are: they must still agree, for the same choices.
        agrees : callable
            Whether a gradient of a parameter agrees with the manual one.
        few : callable
            Whether only as few choices may be made as nothing but a right gradient is explained by: one at most for
            every other number. Nobody who can't try the derivation at other arguments may believe more.
        """
        found: dict[str, tuple[str, ...]] = {}
        moves = list(self._together())
        if not moves:
            return found
        levels: list[list[_Choice]] = [_numbered(moves)]
        alone = self._alone(moves)
        if alone is not None:
            levels.append(alone)
        for choices in levels:
            left = [name for name in manual if name not in found]
            for names in [left, *([name] for name in left if len(left) > 1)]:
                names = [name for name in names if name not in found]
                size = sum(np.size(manual[name]) for name in names)
                if not names or (2 * len({c.group for c in choices}) > size and few()):
                    continue
                fixed = {**settled, **{name: manual[name] for name in found}}
                fitted = self._fit(choices, {name: manual[name] for name in names}, fixed, agrees)
                found |= fitted
        return found

    # --- where the kinks are -----------------------------------------------------------------------------

    def _together(self) -> Iterator[tuple[int, int, Array, Mapping[Link, tuple[Array, ...]]]]:
        """Move the inputs of every step by nearly nothing, all numbers together; yield where the derivative jumps."""
        for entry in self.chain.graph.nodes:
            if entry.operation is None or (entry.id in self.chain.outgoing and not any(entry.operation.keep)):
                continue  # what reads no values has the same derivative at all of them
            for k, i in enumerate(entry.inputs):
                if i not in self.depends or not is_floating(self.chain.values[i]):
                    continue
                for bump in _bumps(self.chain.values[i]):
                    at = self._moved(entry.id, k, bump)
                    if at:
                        yield entry.id, k, bump, at

    def _alone(self, moves: Sequence[tuple[int, int, Array, Mapping[Link, tuple[Array, ...]]]]) -> list[_Choice] | None:
        """Move one number at a time, of those that are at a kink; None if there are too many."""
        found: list[tuple[int, Mapping[Link, tuple[Array, ...]], set[Any]]] = []
        tried = set()
        for node, k, bump, _ in moves:
            x = self.chain.values[self.chain.graph[node].inputs[k]]
            for index in self._tied(node, k, bump):
                for sign in (1, -1):
                    if (node, k, index, sign) in tried:
                        continue
                    tried.add((node, k, index, sign))
                    if len(tried) > 2 * MOST:
                        return None
                    alone = np.zeros(np.shape(x))
                    alone[index] = sign * abs(np.asarray(bump)[index])
                    at = self._moved(node, k, alone)
                    if at:
                        found.append((node, at, self._support(at)))
        return _grouped(found)

    def _tied(self, node: int, k: int, bump: Array) -> list[tuple[int, ...]]:
        """Find the numbers of an input that change the derivative, by halving."""
        todo = [np.arange(np.size(bump))]
        found: list[tuple[int, ...]] = []
        while todo and len(found) <= MOST:
            part = todo.pop()
            some = np.zeros(np.size(bump))
            some[part] = np.ravel(bump)[part]
            if not self._moved(node, k, some.reshape(np.shape(bump))):
                continue
            if part.size == 1:
                found.append(tuple(int(i) for i in np.unravel_index(int(part[0]), np.shape(bump))))
            else:
                todo += [part[: part.size // 2], part[part.size // 2 :]]
        return found

    def _moved(self, node: int, k: int, bump: Array) -> dict[Link, tuple[Array, ...]]:
        """Move an input of a step by nearly nothing; return what the links that have another derivative read then.

        Empty unless the loss stays the same, and the derivative is the same for half of that.
        """
        try:
            return self._jumps(node, k, bump)
        except Inapplicable:  # it doesn't take such numbers
            return {}

    def _jumps(self, node: int, k: int, bump: Array) -> dict[Link, tuple[Array, ...]]:
        found = {}
        near, nearer = self._read(node, k, bump), None
        for link, read in near.items():
            before, there = self._before(link), self._slopes(link, read)
            if before.shape != there.shape:
                continue
            with np.errstate(all="ignore"):
                jumps = np.abs(there - before) > 1e-3 * np.maximum(np.abs(before), np.abs(there))
            if not jumps.any() or not (np.isfinite(before).all() and np.isfinite(there).all()):
                continue
            nearer = self._read(node, k, 0.5 * bump) if nearer is None else nearer
            steady = link in nearer and np.allclose(there, self._slopes(link, nearer[link]), rtol=1e-6, atol=0)
            if steady and (link.node != node or _near(read[0], self.chain.values[node])):
                found[link] = read
        return found

    def _read(self, node: int, k: int, bump: Array) -> dict[Link, tuple[Array, ...]]:
        chain, entry = self.chain, self.chain.graph[node]
        inputs = self._inputs(node)
        inputs[k] = _like(inputs[k] + bump, inputs[k])
        operation: Any = entry.operation
        with np.errstate(all="ignore"):
            y = declared(operation.compute, *inputs, **entry.static)
            if node in chain.outgoing:
                return dict.fromkeys(chain.outgoing[node], (y, *inputs))
            if is_floating(y) or np.array_equal(y, chain.values[node]):
                return {}
            values = chain.forward({node: y})
        if not _near(values[chain.output], chain.values[chain.output]):
            return {}  # a jump
        changed = {
            i for i in self.depends
            if not chain.graph[i].requires_grad and not np.array_equal(values[i], chain.values[i])
        }  # fmt: skip
        return {
            link: (values[link.node], *(values[i] for i in chain.graph[link.node].inputs))
            for link in chain.links if changed.intersection(chain.graph[link.node].inputs)
        }  # fmt: skip

    def _inputs(self, node: int) -> list[Array]:
        return [self.chain.values[i] for i in self.chain.graph[node].inputs]

    def _before(self, link: Link) -> Array:
        if link not in self._at_rest:
            self._at_rest[link] = self._slopes(link, (self.chain.values[link.node], *self._inputs(link.node)))
        return self._at_rest[link]

    def _slopes(self, link: Link, read: Sequence[Array]) -> Array:
        """Compute what a link contributes of some cotangent that has no zeros."""
        y = self.chain.values[link.node]
        g = np.cos(np.arange(1.0, np.size(y) + 1)).reshape(np.shape(y)).astype(np.asarray(y).dtype)[()]
        with np.errstate(all="ignore"):
            return np.asarray(self.chain.vjp_at(link, g, *read))

    def _support(self, at: Mapping[Link, tuple[Array, ...]]) -> set[Any]:
        """Say which numbers of which contributions a choice changes."""
        found: set[Any] = set()
        for link, read in at.items():
            changed = np.flatnonzero(self._slopes(link, read) != self._before(link))
            found |= {(link.node, int(i)) for i in changed}
        return found

    # --- which gradients they allow ------------------------------------------------------------------------

    def _fit(
        self,
        choices: Sequence[_Choice],
        wanted: Mapping[str, Array],
        fixed: Mapping[str, Array],
        agrees: Callable[[str, Array], bool],
    ) -> dict[str, tuple[str, ...]]:
        """Choose so that the gradients come as near as possible to the manual ones; return those that agree then."""
        sizes = [sum(other.group == c.group for other in choices) for c in choices]
        starts = np.zeros(len(choices)), np.array([1 / (1 + size) for size in sizes])
        for shares in starts:  # where one choice closes what another opens, nothing can be seen from the first
            if found := self._fit_from(shares, choices, wanted, fixed, agrees):
                return found
        return {}

    def _fit_from(
        self,
        shares: Array,
        choices: Sequence[_Choice],
        wanted: Mapping[str, Array],
        fixed: Mapping[str, Array],
        agrees: Callable[[str, Array], bool],
    ) -> dict[str, tuple[str, ...]]:
        manual = {**fixed, **wanted}
        goal = _flat(manual, manual)
        found: dict[str, tuple[str, ...]] = {}
        for _ in range(ROUNDS):
            start = _flat(self._gradients(choices, shares), manual)
            slopes = np.array([self._column(choices, shares, v, start, manual) for v in range(len(choices))]).T
            if not np.isfinite(slopes).all() or not np.isfinite(goal).all():
                return found
            shares = _bounded(slopes, goal - start + slopes @ shares, [c.group for c in choices])
            gradients = self._gradients(choices, shares)
            nodes = dict.fromkeys(c.node for c, share in zip(choices, shares, strict=True) if share > 1e-6)
            steps = tuple(step(self.chain.graph, node) for node in nodes)
            if all(agrees(name, gradients[name]) for name in fixed):
                found = {name: steps for name in wanted if agrees(name, gradients[name])}
            if len(found) == len(wanted) or len(choices) == 1:
                break
        return found

    def _column(
        self, choices: Sequence[_Choice], shares: Array, v: int, start: Array, manual: Mapping[str, Array]
    ) -> Array:
        """Return how the gradients change with the share of one choice: in that they are linear."""
        ends = []
        for end in (0.0, 1.0):
            there = shares.copy()
            there[v] = end
            ends.append(start if end == shares[v] else _flat(self._gradients(choices, there), manual))
        return ends[1] - ends[0]

    def _gradients(self, choices: Sequence[_Choice], shares: Array) -> dict[str, Array]:
        made: dict[Link, list[tuple[float, tuple[Array, ...]]]] = {}
        for choice, share in zip(choices, shares, strict=True):
            if share:
                for link, read in choice.at.items():
                    made.setdefault(link, []).append((float(share), read))
        return self.chain.reverse(Edit({link: _mixed(link, parts) for link, parts in made.items()})).gradients()


def spanned(
    automatic: Mapping[str, Array],
    beside: Sequence[Mapping[str, Array]],
    manual: Mapping[str, Array],
    agrees: Callable[[str, Array], bool],
) -> bool:
    """Whether manual gradients lie between the automatic ones and those right beside, all in the same place."""
    start = _flat(automatic, manual)
    columns = np.array([_flat(g, manual) - start for g in beside]).T
    if not beside or not np.isfinite(columns).all():
        return False
    shares = _bounded(columns, _flat(manual, manual) - start, [0] * len(beside))
    for name in manual:
        mixed = sum((t * (g[name] - automatic[name]) for t, g in zip(shares, beside, strict=True)), automatic[name])
        if not agrees(name, mixed):
            return False
    return True


def _mixed(link: Link, parts: Sequence[tuple[float, tuple[Array, ...]]]) -> Callable[[Run, Array], Array]:
    def change(run: Run, d: Array) -> Array:
        g = run.cotangent(link.node)
        return d + sum(share * (run.chain.vjp_at(link, g, *read) - d) for share, read in parts)

    return change


def _dependent(chain: Chain) -> set[int]:
    """Find the entries that depend on a parameter, whether derivatives flow there or not."""
    found = set(chain.parameters.values())
    for entry in chain.graph.nodes:
        if found.intersection(entry.inputs):
            found.add(entry.id)
    return found


def _like(x: Array, old: Array) -> Array:
    return np.asarray(x).astype(np.asarray(old).dtype)[()]


def _bumps(x: Array) -> Iterator[Array]:
    """Yield moves of numbers by a few units in the last place, or hardly off 0: up, down, and by their order."""
    x = np.asarray(x)
    information = np.finfo(x.dtype)
    least = 1e-150 if information.dtype == np.float64 else float(information.tiny) ** 0.5
    small = (16 * float(information.eps) * np.abs(x) + least).astype(np.float64)
    orders = [np.ones(x.shape)]
    if np.unique(x).size < x.size:
        orders.append(np.arange(1.0, x.size + 1).reshape(x.shape))
    for order in orders:
        yield small * order
        yield -small * order


def _near(x: Array, y: Array) -> bool:
    """Whether two results are the same but for what nearly no move makes of them."""
    if np.shape(x) != np.shape(y):
        return False
    most = largest(np.asarray(y).astype(np.float64))
    rtol = 1e-9 if np.asarray(y).dtype.itemsize == 8 else 1e-4
    return bool(np.allclose(x, y, rtol=rtol, atol=rtol * most + 1e-30, equal_nan=True))


def _numbered(
    moves: Iterable[tuple[int, int, Array, Mapping[Link, tuple[Array, ...]]]],
) -> list[_Choice]:
    return [_Choice(node, node, at) for node, _, _, at in moves]


def _grouped(found: Sequence[tuple[int, Mapping[Link, tuple[Array, ...]], set[Any]]]) -> list[_Choice]:
    """Put choices that change the same numbers into one group."""
    groups = list(range(len(found)))
    owner: dict[Any, int] = {}
    for j, (_, _, support) in enumerate(found):
        for number in support:
            if number in owner:
                old, new = groups[owner[number]], groups[j]
                groups = [new if g == old else g for g in groups]
            owner[number] = j
    return [_Choice(node, group, at) for (node, at, _), group in zip(found, groups, strict=True)]


def _flat(gradients: Mapping[str, Array], manual: Mapping[str, Array]) -> Array:
    """Put gradients into one row, each in units of the largest element of the manual one."""
    return np.concatenate([np.ravel(gradients[n]).astype(np.float64) / (largest(m) or 1.0) for n, m in manual.items()])


def _bounded(slopes: Array, goal: Array, groups: Sequence[int]) -> Array:
    """Solve slopes · t = goal by least squares for shares t ≥ 0 that add up to 1 at most in each group.

    C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems" (1974), chapter 23. What is left of each group is
    one more unknown, and that all of it is 1 is an equation of its own.
    """
    count = slopes.shape[1]
    unit = float(np.max(np.abs(slopes), initial=0.0)) or 1.0  # a gap may be small beside the gradients
    slopes, goal = slopes / unit, goal / unit
    if slopes.shape[0] > 2 * count:  # as good, and smaller
        corner: Array = np.linalg.qr(np.column_stack([slopes, goal]), mode="r")
        slopes, goal = corner[:, :count], corner[:, count]
    each = sorted(set(groups))
    weight = 1e3 * max(1.0, float(np.max(np.abs(slopes), initial=0.0)), largest(goal))
    whole = np.array([[float(g == group) for g in groups] for group in each])
    a = np.block([[slopes, np.zeros((slopes.shape[0], len(each)))], [weight * whole, weight * np.eye(len(each))]])
    b = np.concatenate([goal, np.full(len(each), weight)])
    scale = np.linalg.norm(a, axis=0)
    scale[scale == 0] = 1.0
    a = a / scale
    t = np.zeros(a.shape[1])
    passive = np.zeros(a.shape[1], bool)
    tolerance = 1e-14 * float(np.linalg.norm(b))
    for _ in range(3 * a.shape[1]):
        pull = a.T @ (b - a @ t)
        pull[passive] = -np.inf
        best = int(np.argmax(pull))
        if pull[best] <= tolerance:
            break
        passive[best] = True
        while True:
            solved = np.zeros_like(t)
            solved[passive] = np.linalg.lstsq(a[:, passive], b, rcond=None)[0]
            falling = passive & (solved <= 0)
            if not falling.any():
                t = solved
                break
            with np.errstate(all="ignore"):
                step = float(np.min(t[falling] / (t[falling] - solved[falling])))
            t = t + step * (solved - t)
            passive &= t > 1e-15
            t[~passive] = 0.0
            if not passive.any():
                break
    shares: Array = np.clip((t / scale)[:count], 0.0, 1.0)
    return shares
