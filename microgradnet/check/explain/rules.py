"""Mistakes inside one local derivative: a term or a factor of its formula left out.

The vector-Jacobian product of an operation is written with operations, so it can be recorded like anything else. The
record is the formula, and what may be forgotten in a sum or a product is found in it; none is known by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Chain, Edit, Inapplicable, Link, Run, declared
from microgradnet.check.explain.hypothesis import Hypothesis
from microgradnet.check.explain.wording import power, step
from microgradnet.graph import Entry, Graph, located
from microgradnet.notation import cotangent, expression
from microgradnet.ops.reductions import FORMULAS
from microgradnet.record import Recorded, node_of, traced
from microgradnet.simplify import simplification

__all__ = ["within_rules"]

Array = Any

LARGEST = 40
"""Of how many steps the formula of a local derivative may be made, to have its parts forgotten one by one."""


@dataclass(frozen=True)
class Rule:
    """The formula of what a link contributes.

    Attributes
    ----------
    graph : Graph
        From the cotangent, the value and the inputs to the contribution.
    leaves : dict of int to int
        The entries of these in it, and their places among the arguments of a VJP.
    """

    graph: Graph
    leaves: Mapping[int, int]

    @classmethod
    def of(cls, chain: Chain, link: Link) -> Rule | None:
        """Record what a link computes; None if it is no formula, or too long a one."""
        values = _arguments(chain.right, link)
        names = _letters_for(chain, len(values) - 2)
        given = [traced(v, name=n) if hasattr(v, "dtype") else v for v, n in zip(values, names, strict=True)]
        try:
            contribution = _as_in_the_textbook(chain.vjp_at(link, *given), given)
        except Inapplicable:  # a rule that looks at the numbers
            return None
        if not isinstance(contribution, Recorded):
            return None
        recorded, position = located(contribution)
        if len(recorded) > LARGEST:
            return None
        graph, where = simplification(recorded)
        places = ((position.get(node_of(t)), i) for i, t in enumerate(given) if isinstance(t, Recorded))
        leaves = {where[place]: i for place, i in places if place in where}
        return cls(graph, leaves)

    def compute(self, arguments: list[Array], replaced: Mapping[tuple[int, int], float]) -> Array:
        """Evaluate the formula with a number in the place of some operands: the k-th input of an entry."""
        values: list[Array] = []
        for entry in self.graph:
            if entry.operation is None:
                value = arguments[self.leaves[entry.id]] if entry.id in self.leaves else entry.value
            else:
                inputs = [_number(values[i], replaced.get((entry.id, k))) for k, i in enumerate(entry.inputs)]
                value = declared(entry.operation.compute, *inputs, **entry.static)
            values.append(value)
        return values[self.graph.outputs[0]]

    def depends_on_g(self) -> set[int]:
        """Find the entries that are computed from the cotangent."""
        found: set[int] = set()
        for entry in self.graph:
            if self.leaves.get(entry.id) == 0 or not found.isdisjoint(entry.inputs):
                found.add(entry.id)
        return found

    def text(self, chain: Chain, link: Link) -> str:
        """Write the formula, and what its letters stand for."""
        node = chain.entry(link)
        meanings = [cotangent(chain.graph, node.id), *(expression(chain.graph, i) for i in (node.id, *node.inputs))]
        letters = [f"{self.graph[e].name} = {meanings[i]}" for i, e in sorted((i, e) for e, i in self.leaves.items())]
        formula = expression(self.graph, self.graph.outputs[0], 12)
        return f"{cotangent(chain.graph, chain.parent(link))} = {formula}, where {', '.join(letters)}"


def _as_in_the_textbook(contribution: Any, given: list[Any]) -> Any:
    """Record the formula of an operation that is computed otherwise for the sake of the last digits."""
    node = node_of(contribution)
    formula = FORMULAS.get(node.primitive.name) if node.primitive is not None else None
    of = {node_of(t): t for t in given if isinstance(t, Recorded)}
    if formula is None or not all(i in of for i in node.inputs):
        return contribution
    return formula(*(of[i] for i in node.inputs), **node.static)


def _arguments(run: Run, link: Link) -> list[Array]:
    entry = run.chain.entry(link)
    return [run.cotangent(link.node), run.values[link.node], *(run.values[i] for i in entry.inputs)]


def _letters_for(chain: Chain, inputs: int) -> list[str]:
    """Choose letters that the user's names leave: for the cotangent, the value, and the inputs."""
    taken = {entry.name for entry in chain.graph}
    g, y, x = (next((letter for letter in some if letter not in taken), some[-1]) for some in ("gḡ", "yvṽ", "xuũ"))
    return [g, y, *([x] if inputs == 1 else (f"{x}{'₁₂₃₄₅₆₇₈₉'[k % 9]}" for k in range(inputs)))]


def _number(value: Array, number: float | None) -> Array:
    return value if number is None else np.full_like(value, number)[()]


def within_rules(chain: Chain) -> Iterator[Hypothesis]:
    """Leave a term or a factor out of the formula of one local derivative."""
    for link in chain.links:
        rule = Rule.of(chain, link)
        if rule is None:
            continue
        right, g = chain.right.contribution(link), chain.right.cotangent(link.node)
        known = [right, g] if np.shape(g) == chain.graph[chain.parent(link)].shape else [right]
        for kind, wrong, replaced in (*_letters(rule, chain, link), *_parts(rule)):
            changed = _computed(rule, _arguments(chain.right, link), replaced)
            if changed is None or any(_alike(changed, other) for other in known) or _proportional(changed, right):
                continue  # a constant factor, or the whole derivative left out: mistakes of their own
            known.append(changed)
            operation = chain.entry(link).operation
            yield Hypothesis(
                kind, step(chain.graph, link.node), f"{wrong} was left out", rule.text(chain, link), 2.5,
                Edit({link: partial(_mutilated, link=link, rule=rule, replaced=replaced)}),
                (operation.name if operation else "", link.i, wrong),
            )  # fmt: skip


def _computed(rule: Rule, arguments: list[Array], replaced: Mapping[tuple[int, int], float]) -> Array | None:
    """Evaluate a formula; None where some operation in it can't take such numbers."""
    try:
        return rule.compute(arguments, replaced)
    except Inapplicable:
        return None


def _mutilated(run: Run, _: Array, *, link: Link, rule: Rule, replaced: Mapping[tuple[int, int], float]) -> Array:
    return rule.compute(_arguments(run, link), replaced)


Part = tuple[str, str, dict[tuple[int, int], float]]
"""A kind of mistake, what is left out, and the numbers that stand in its place."""


def _parts(rule: Rule) -> Iterator[Part]:
    """Find the terms of its sums and the factors of its products."""
    of_g = rule.depends_on_g()
    values = rule.graph.values()
    for entry in rule.graph:
        neutral = _neutral(entry, values)
        for k, operand in enumerate(entry.inputs if neutral is not None else ()):
            if neutral == 1 and operand in of_g:
                continue
            kind, what = ("missing-factor", "factor") if neutral == 1 else ("missing-term", "term")
            yield kind, f"the {what} {expression(rule.graph, operand, 12)}", {(entry.id, k): float(neutral or 0)}


def _neutral(entry: Entry, values: tuple[Any, ...]) -> int | None:
    """Return 0 for a sum or a difference, 1 for a product or a quotient: what leaves the first operand as it is."""
    if entry.operation is None or len(entry.inputs) != 2:
        return None
    if entry.dtype is None or entry.dtype.kind != "f":
        return None
    a, b = (np.asarray(values[i], entry.dtype) for i in entry.inputs)
    for neutral in (0, 1):
        e = np.full_like(b, neutral)
        compute = partial(declared, entry.operation.compute, **entry.static)
        try:
            same = np.array_equal(compute(a, e), a + np.zeros_like(b))
            twice = compute(2 * a, e)
        except (Inapplicable, ValueError):  # shapes that aren't broadcast, as those of a matrix product
            return None
        if same and np.array_equal(twice, 2 * a + np.zeros_like(b)):
            return neutral
    return None


def _letters(rule: Rule, chain: Chain, link: Link) -> Iterator[Part]:
    """Find y and x where the whole formula has them as a power: 1/y in that of a root."""
    arguments = _arguments(chain.right, link)
    before = _computed(rule, arguments, {})
    for leaf, i in rule.leaves.items():
        if i == 0 or np.asarray(arguments[i]).dtype.kind != "f":  # labels, masks and indices are no factors
            continue
        doubled = _computed(rule, [2 * a if k == i else a for k, a in enumerate(arguments)], {})
        if before is None or doubled is None:
            continue
        for p in (-3, -2, -1, 1, 2, 3):
            if np.allclose(doubled, 2.0**p * before, rtol=1e-6, atol=0) and np.any(before):
                ones = {(e.id, k): 1.0 for e in rule.graph for k, operand in enumerate(e.inputs) if operand == leaf}
                yield "missing-factor", f"the factor {power(rule.graph[leaf].name or '', p)}", ones


def _alike(x: Array, y: Array) -> bool:
    return np.shape(x) == np.shape(y) and np.allclose(x, y, rtol=1e-6, atol=0, equal_nan=True)


def _proportional(x: Array, y: Array) -> bool:
    """Whether one is a multiple of the other."""
    c = float(np.sum(x * y)) / (float(np.sum(y * y)) or 1.0)
    return _alike(x, c * y)
