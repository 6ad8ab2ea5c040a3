"""What people get wrong when they derive a gradient, as edits of the chain rule.

Each function below looks at one kind of place in a chain and yields `Hypothesis` after `Hypothesis`: what could
have been done there instead. They hold for every operation and none is known by name; which hypothesis is true
is decided elsewhere, by evaluating it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Array, Chain, Edit, Link, Run, the_one
from microgradnet.check.explain.elements import counts, moved, other_axes, overwritten, sums
from microgradnet.check.explain.factors import (
    diagonals,
    left_out,
    of_reductions,
    one_case,
    operands,
    others_derivatives,
    points,
    products,
    products_for_elements,
)
from microgradnet.check.explain.hypothesis import Hypothesis, role, times
from microgradnet.check.explain.rules import within_rules
from microgradnet.check.explain.spans import Span, Spans
from microgradnet.check.explain.wording import constant, step
from microgradnet.notation import cotangent, expression

__all__ = ["hypotheses", "is_summand", "scaled", "updated", "zeroed"]

SHORT = 1000
"""Up to how many links of a chain everything that may be wrong is listed before anything is tried."""

STEPS = 12
"""How many steps are named at most where the same mistake was made in many."""


def hypotheses(chain: Chain, *more: Iterator[Hypothesis]) -> Iterator[Hypothesis]:
    """Yield everything that could have gone wrong in a chain, and each mistake made in all places that are alike.

    The simplest come first; of a long chain, those near the loss do, and of these the simplest. What `more`
    there is to try is put in its place among them.
    """
    spans = Spans(chain)
    kinds = (
        _whole_gradients(chain), _signs(chain), _constants(spans), counts(chain), sums(chain), other_axes(chain),
        _terms(chain), overwritten(chain), left_out(spans), of_reductions(chain), one_case(chain), points(spans),
        others_derivatives(spans), diagonals(spans), operands(chain), products(chain), products_for_elements(spans),
        within_rules(chain), _exchanged(chain), moved(chain), _updates(chain),
    )  # fmt: skip
    at_once = None if len(chain.links) <= SHORT else 256
    left = [*more, *(_with_families(chain, kind) for kind in kinds)]
    while left:
        batches = [list(itertools.islice(each, at_once)) for each in left]
        yield from sorted(itertools.chain(*batches), key=lambda h: h.cost)
        left = [each for each, batch in zip(left, batches, strict=True) if batch and at_once]


def _with_families(chain: Chain, generator: Iterator[Hypothesis]) -> Iterator[Hypothesis]:
    """Yield each mistake, then the same one in all places where it can be made, and in those of the same role."""
    families: dict[tuple[Any, ...], list[Hypothesis]] = {}
    for hypothesis in generator:
        chain.go_on()
        yield hypothesis
        if hypothesis.family is not None:
            families.setdefault((hypothesis.kind, *hypothesis.family), []).append(hypothesis)
    for family in families.values():
        if len(family) > 1:
            yield _everywhere(family)
        if len(family) > 2:
            roles: dict[tuple[Any, ...], list[Hypothesis]] = {}
            for hypothesis in family:
                roles.setdefault(role(chain, next(iter(hypothesis.edit.at))), []).append(hypothesis)
            yield from (_everywhere(alike) for alike in roles.values() if 1 < len(alike) < len(family))


def _everywhere(alike: list[Hypothesis]) -> Hypothesis:
    first = alike[0]
    edit = Edit.all(h.edit for h in alike)
    steps = "; ".join(list(dict.fromkeys(h.step for h in alike))[:STEPS])
    return Hypothesis(
        first.kind, steps, f"{first.wrong}, and likewise in {len(alike) - 1} more", first.right, first.cost + 0.4, edit
    )


# --- whole gradients --------------------------------------------------------------------------------


def _whole_gradients(chain: Chain) -> Iterator[Hypothesis]:
    """Give a gradient transposed, as zero, or as that of another parameter."""
    for name, node in chain.parameters.items():
        shape = chain.graph[node].shape or ()
        own = cotangent(chain.graph, node)
        if len(shape) == 2:
            yield Hypothesis("transpose", own, f"{own} is transposed", own, 1.0, Edit({node: lambda run, g: g.T}), ())
        for axes in itertools.islice(itertools.permutations(range(len(shape))), 1, 24) if len(shape) > 2 else ():
            wrong = f"{own} has its axes in the order {axes}"
            turned = Edit({node: partial(_turned, axes=axes)})
            yield Hypothesis("transpose", own, wrong, own, 1.1, turned, (axes,))
        wrong = f"{own} is zero: {name} was taken for a constant"
        yield Hypothesis("detached", own, wrong, own, 1.3, Edit({node: lambda run, g: 0 * g}), ())
        for other, place in chain.parameters.items():
            if other == name:
                continue
            wrong = f"{cotangent(chain.graph, place)} was given as {own}"
            edit = Edit({node: partial(_of_another, place=place)})
            yield Hypothesis("wrong-parameter", own, wrong, own, 1.5, edit)


def _turned(run: Run, g: Array, *, axes: tuple[int, ...]) -> Array:  # noqa: ARG001
    return np.transpose(g, axes)


def _of_another(run: Run, _: Array, *, place: int) -> Array:
    return run.chain.right.cotangent(place)


def _signs(chain: Chain) -> Iterator[Hypothesis]:
    """Take the direction down the loss for the gradient."""
    for node in chain.parameters.values():
        own = cotangent(chain.graph, node)
        yield Hypothesis("sign", own, f"−{own}, the direction down the loss", own, 1.2, Edit({node: times(-1)}), ())


def _constants(spans: Spans) -> Iterator[Hypothesis]:
    """Leave out the constants that single steps multiply by: signs and exponents."""
    chain, graph = spans.chain, spans.chain.graph
    for span in spans:
        if len(span.links) > 1 or span.derivative is None:
            continue
        (link,) = span.links
        factor = the_one(span.derivative)
        where = step(graph, span.a)
        if factor == -1:
            wrong = f"the inner derivative −1 of {expression(graph, span.a)} was left out"
            right = f"{cotangent(graph, span.z)} = −{cotangent(graph, span.a)}"
            yield Hypothesis("sign", where, wrong, right, 1.0, Edit({link: times(-1)}), role(chain, link))
        power = _exponent(chain, span)
        if power not in (None, 0.0, 1.0):
            wrong = f"the factor {constant(power)} of the derivative of {expression(graph, span.a)} was left out"
            right = f"the derivative of uᵖ is p uᵖ⁻¹, here with p = {constant(power)}"
            yield Hypothesis("scale", where, wrong, right, 1.4, Edit({link: times(1 / power)}))


def _exponent(chain: Chain, span: Span) -> float | None:
    """Return p where a = zᵖ up to a factor: there z·a′/a is a constant."""
    z, a = (np.asarray(chain.values[i]) for i in (span.z, span.a))
    fit = (a != 0) & (z != 0)
    if span.derivative is None or not fit.any() or (not span.is_one_operation and _parts(chain, span) > 1):
        return None
    ratio = (z * span.derivative)[fit] / a[fit]
    p = float(ratio.flat[0])
    return round(p, 6) if ratio.size > 1 and np.allclose(ratio, p, rtol=1e-5, atol=0) else None


def _parts(chain: Chain, span: Span) -> int:
    """Count the inputs of an operation that are more than numbers."""
    return sum(not chain.graph[i].is_number for i in chain.graph[span.a].inputs)


def scaled(chain: Chain, node: int, links: tuple[Link, ...], factor: float) -> Hypothesis | None:
    """Say what it means that a gradient, or what one branch contributes to it, was multiplied by a number."""
    graph = chain.graph
    own = "every gradient" if node == chain.output else cotangent(graph, node)
    branch = bool(links) and len(chain.incoming[node]) > len(links)
    edit = Edit(dict.fromkeys(links, times(factor)) if branch else {node: times(factor)})
    what = f"what {expression(graph, links[0].node)} contributes to {own}" if branch else own
    leaf = graph[node].operation is None or node == chain.output
    where = step(graph, links[0].node) if branch else own if leaf else step(graph, node)
    if np.isclose(factor, -1, rtol=1e-5):
        right = "the same, upwards; or say descent=True, if updates are added" if node == chain.output else own
        return Hypothesis("sign", where, f"{what} has the other sign", right, 1.6, edit, ())
    if np.isclose(factor, 0, atol=1e-7) or np.isclose(factor, 1, rtol=1e-7):
        return None  # a missing term, which is a hypothesis of its own; or nothing wrong
    if branch and np.isclose(factor, 2, rtol=1e-6):
        return None
    right = f"{own} without that factor"
    for count in sorted(chain.counts - {2}):
        if np.isclose(factor * count, 1, rtol=1e-5):
            return Hypothesis("mean-for-sum", where, f"{what} is divided by {count}", right, 1.9, edit, (count,))
        if np.isclose(factor, count, rtol=1e-5) and count in chain.means:
            return Hypothesis("sum-for-mean", where, f"{what} is multiplied by {count}", right, 1.9, edit, (count,))
    cost = 1.8 if any(np.isclose(factor, c, rtol=1e-5) for c in (2, 0.5, 0.1, 0.01, 0.001)) else 3.0
    return Hypothesis(
        "scale", where, f"{what} is multiplied by {constant(factor)}", right, cost, edit, (f"{factor:.5g}",)
    )


# --- branches ---------------------------------------------------------------------------------------


def is_summand(chain: Chain, link: Link) -> bool:
    """Whether a link leads to one of the terms of a sum: an operation that passes its cotangent on to several."""
    others = {chain.parent(each) for each in chain.outgoing[link.node]}
    g, d = chain.right.cotangent(link.node), chain.right.contribution(link)
    return len(others) > 1 and np.shape(g) == np.shape(d) and bool(np.all(np.abs(d) == np.abs(g)))


def _terms(chain: Chain) -> Iterator[Hypothesis]:
    """Forget a branch of a fan-out, or count it twice; where there is but one, hold the input constant."""
    graph = chain.graph
    for node, incoming in chain.incoming.items():
        branches: dict[int, list[Link]] = {}
        for link in incoming:
            branches.setdefault(link.node, []).append(link)
        own = cotangent(graph, node)
        for consumer, links in branches.items():
            term = f"what {expression(graph, consumer)} contributes to {own}"
            where = step(graph, consumer)
            alike = role(chain, links[0])
            gone = Edit(dict.fromkeys(links, lambda run, d: 0 * d))
            if len(branches) > 1:
                right = f"{own} is the sum of {len(branches)} terms, one for each use"
                yield Hypothesis("missing-term", where, f"{term} was left out", right, 1.7, gone, alike)
                twice = Edit(dict.fromkeys(links, times(2)))
                yield Hypothesis("repeated-term", where, f"{term} was counted twice", right, 2.2, twice, alike)
            elif is_summand(chain, links[0]):
                right = f"{where} is a sum, and every term of it counts"
                yield Hypothesis("missing-term", where, f"{expression(graph, node)} was left out", right, 1.8, gone)
            else:
                wrong = f"{expression(graph, node)} was held constant in {expression(graph, consumer)}"
                yield Hypothesis("detached", where, wrong, f"{term}", 2.6, gone)
            if len(links) > 1:
                for link in links:
                    wrong = f"one of the {len(links)} terms of the product rule was left out"
                    edit = Edit({link: lambda run, d: 0 * d})
                    yield Hypothesis("missing-term", where, wrong, f"the product rule for {where}", 1.7, edit)


def _exchanged(chain: Chain) -> Iterator[Hypothesis]:
    """Exchange the gradients of two quantities of the same shape, neither of which is computed from the other."""
    graph, parameters = chain.graph, {*chain.parameters.values()}
    for node in chain.order[1:]:
        for other in chain.confusable(node):
            alike = other in chain.incoming and (node in parameters) == (other in parameters)
            if not alike or other >= node or other in chain.ancestors(node):
                continue
            own, its = cotangent(graph, node), cotangent(graph, other)
            where = f"{own}; {its}" if node in parameters else f"{step(graph, node)}; {step(graph, other)}"
            edit = Edit({node: partial(_of_another, place=other), other: partial(_of_another, place=node)})
            yield Hypothesis(
                "wrong-parameter", where, f"{own} and {its} were exchanged", "each is the gradient of its own quantity",
                1.6 if node in parameters else 3.3, edit,
            )  # fmt: skip


# --- values from another moment ---------------------------------------------------------------------


def _updates(chain: Chain) -> Iterator[Hypothesis]:
    """Update a parameter before the other gradients are computed, at the usual learning rates."""
    rates = (1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 1e-4)
    for name in chain.parameters:
        for rate, everywhere in itertools.product(rates, (False, True)):
            yield updated(chain, name, rate, everywhere)


def updated(chain: Chain, name: str, rate: float, everywhere: bool) -> Hypothesis:
    """Use a parameter that was updated already: in the products of the reverse pass, or in both passes."""
    node = chain.parameters[name]
    own = cotangent(chain.graph, node)
    new = f"{name} − {own}" if rate == 1 else f"{name} − {rate:.6g} {own}"
    return Hypothesis(
        "updated-parameter",
        own,
        f"{name} had been updated already: {new} was used {'everywhere' if everywhere else 'in the products'}",
        f"all gradients are taken at the same {name}, before any update",
        2.7 if rate == 1 else 2.8,
        Edit(values=partial(_updated, node=node, rate=rate, again=everywhere)),
    )


def _updated(chain: Chain, *, node: int, rate: float, again: bool) -> list[Array]:
    right = chain.right
    new = chain.values[node] - rate * right.cotangent(node)
    if again:
        return chain.forward({node: new})
    values = list(chain.values)
    values[node] = new
    return values


def zeroed(chain: Chain, node: int, links: tuple[Link, ...]) -> Edit:
    """Leave out what some links contribute to the cotangent of a node, or all of it."""
    if links and len(chain.incoming[node]) > len(links):
        return Edit(dict.fromkeys(links, lambda run, d: 0 * d))
    return Edit({node: lambda run, g: 0 * g})
