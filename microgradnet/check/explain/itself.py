"""The gradient itself, given otherwise: turned, scaled, shifted, as that of another parameter, with a penalty added.

Nothing of the chain rule is looked at. These mistakes come first: they are made where a gradient is right already.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Array, Chain, Edit, Link, Run
from microgradnet.check.explain.evidence import Case
from microgradnet.check.explain.hypothesis import Hypothesis, times
from microgradnet.check.explain.wording import constant, counted, step
from microgradnet.notation import cotangent, expression
from microgradnet.text import legible, number

__all__ = ["factors", "itself", "reversals"]

MANY = 4096
"""How long an axis may be, of which the order is looked at."""


def itself(case: Case, wrong: frozenset[str]) -> Iterator[Hypothesis]:
    """Give gradients by a factor, beside their parameter, turned around, as zero, as those of other parameters."""
    chain = case.chain
    yield from factors(case, wrong, [(chain.output, ())])
    multiple = case.fit(case.manual, case.right, dict.fromkeys(case.manual, np.zeros(())))
    if multiple is not None and all(case.reproduces(n, multiple * g) for n, g in case.right.items()):
        return  # of each gradient there is nothing else to say
    yield from factors(case, wrong, [(node, ()) for node in chain.parameters.values()])
    for name in _in_order(case, wrong):
        node = chain.parameters[name]
        own = cotangent(chain.graph, node)
        yield from _beside_the_parameter(case, name)
        for kind, cost, words, change in (*_turned(chain.graph[node].shape or ()), *_put_otherwise(case, name)):
            edit = Edit({node: partial(_changed, change=change)})
            yield Hypothesis(kind, own, f"{own} {words}", own, cost, edit, (words,))
        wrong_ = f"{own} is zero: {legible(name)} was taken for a constant"
        yield Hypothesis("detached", own, wrong_, own, 1.3, Edit({node: times(0)}), ())
    yield from _of_others(case, wrong)


def _in_order(case: Case, names: Collection[str]) -> list[str]:
    return [name for name in case.manual if name in names and name in case.chain.parameters]


# --- a factor -------------------------------------------------------------------------------------------


def factors(case: Case, wrong: frozenset[str], places: Iterable[tuple[int, tuple[Link, ...]]]) -> Iterator[Hypothesis]:
    """Solve for the number by which a gradient, or one branch of it, would have been multiplied."""
    chain = case.chain
    for node, links in places:
        gone = Edit(dict.fromkeys(links, times(0)) if _is_branch(chain, node, links) else {node: times(0)})
        if not chain.changed_by(gone) & wrong:
            continue
        without = chain.reverse(gone).gradients()
        parts = {name: case.right[name] - without[name] for name in wrong if name in without}
        each = [wrong, *(frozenset([name]) for name in wrong)] if len(wrong) > 1 else [wrong]
        solved = dict.fromkeys(case.fit(names, parts, without) for names in each)
        for hypothesis in (_scaled(chain, node, links, factor) for factor in solved if factor is not None):
            if hypothesis is not None:
                yield hypothesis


def _is_branch(chain: Chain, node: int, links: Collection[Link]) -> bool:
    return bool(links) and len(chain.incoming[node]) > len(links)


def _scaled(chain: Chain, node: int, links: tuple[Link, ...], factor: float) -> Hypothesis | None:
    """Say what it means that a gradient, or what one branch contributes to it, was multiplied by a number."""
    graph = chain.graph
    own = "every gradient" if node == chain.output else cotangent(graph, node)
    branch = _is_branch(chain, node, links)
    edit = Edit(dict.fromkeys(links, times(factor)) if branch else {node: times(factor)})
    what = f"what {expression(graph, links[0].node)} contributes to {own}" if branch else own
    leaf = graph[node].operation is None or node == chain.output
    where = step(graph, links[0].node) if branch else own if leaf else step(graph, node)
    family = (f"{factor:.5g}",) if node in chain.parameters.values() and not branch else None
    if np.isclose(factor, -1, rtol=1e-5):
        right = "the same, upwards; or say descent=True, if updates are added" if node == chain.output else own
        return Hypothesis("sign", where, f"{what} has the other sign", right, 1.6, edit, family)
    if np.isclose(factor, 0, atol=1e-7) or np.isclose(factor, 1, rtol=1e-7):
        return None  # a missing term, which is a hypothesis of its own; or nothing wrong
    if branch and np.isclose(factor, 2, rtol=1e-6):
        return None
    right = f"{own} without that factor"
    of_a_count = 1.9 - 0.1 * branch
    for count in sorted((chain.counts | _summed_over(chain, node)) - {2}):
        if np.isclose(factor * count, 1, rtol=1e-5):
            wrong = f"{what} is divided by {counted(graph, count)}"
            return Hypothesis("mean-for-sum", where, wrong, right, of_a_count, edit, family)
        if np.isclose(factor, count, rtol=1e-5) and count in chain.means:
            wrong = f"{what} is multiplied by {counted(graph, count)}: not divided by that"
            return Hypothesis("sum-for-mean", where, wrong, right, of_a_count, edit, family)
    cost = 1.8 if any(np.isclose(factor, c, rtol=1e-5) for c in (2, 0.5, 0.1, 0.01, 0.001)) else 3.0
    by = counted(graph, factor)
    if cost < 3:  # a ½ or a 2 is hardly the length of what happens to be as long
        by = constant(factor)
    elif abs(factor - 1) < 1e-3:
        by = f"1 {'+−'[factor < 1]} {number(abs(factor - 1))}"
    wrong = f"{what} is multiplied by {by}"
    return Hypothesis("scale", where, wrong, right, cost, edit, family)


def _summed_over(chain: Chain, node: int) -> set[int]:
    """Return how many numbers are added up where an entry was broadcast: along each axis, and several."""
    shape, found = chain.graph[node].shape or (), set[int]()
    for link in chain.incoming[node]:
        raw = np.shape(chain.right.contribution(link))
        extra = len(raw) - len(shape)
        lengths = [n for i, n in enumerate(raw) if i < extra or shape[i - extra] != n]
        for k in range(1, len(lengths) + 1):
            found.update(math.prod(some) for some in itertools.combinations(lengths, k))
    return found


# --- beside its parameter -----------------------------------------------------------------------------


def _beside_the_parameter(case: Case, name: str) -> Iterator[Hypothesis]:
    """Solve for the multiple of a parameter, or of its sign, that was added to its gradient; or for an update."""
    chain, right = case.chain, case.right[name]
    node, w = chain.parameters[name], legible(name)
    value, own = np.asarray(chain.values[node]), cotangent(chain.graph, node)
    multiple = case.fit([name], {name: right}, {name: np.zeros(())})
    if multiple is not None and case.reproduces(name, multiple * right):
        return  # what the other terms would make up for
    for part in (np.asarray(chain.right.contribution(link)) for link in chain.incoming[node]):
        penalised = part != 0 if part.shape == value.shape else np.ones(value.shape, bool)
        kept = np.where(penalised, value, 0.0)
        share = float(np.sum(part * kept) / np.sum(kept**2)) if kept.any() and not penalised.all() else 0.0
        rest = np.where(penalised, 0.0, value)
        if share and np.allclose(part, share * kept, rtol=1e-9) and case.reproduces(name, right + share * rest):
            apart = partial(np.where, penalised, 0.0)
            edit = Edit({node: partial(_plus, node=node, of=apart, factor=share, gradient=1.0)})
            wrong = f"{number(share)} {w} was added in all of it: the loss penalises a part of {w}"
            yield Hypothesis("repeated-term", own, wrong, f"{own} has it in that part alone", 1.2, edit, ("part",))
    several = value.size > 2  # a single number is a sum of many things
    terms: list[tuple[Callable[[Array], Array], str]] = [(np.asarray, w), (np.sign, f"sign({w})")]
    for of, written in terms if several else terms[:1]:
        factor = case.fit([name], {name: of(value)}, {name: right})
        if not factor:
            continue
        edit = Edit({node: partial(_plus, node=node, of=of, factor=factor, gradient=1.0)})
        family, far = (written != w, f"{factor:.5g}"), 0.8 * (written != w)
        if factor > 0:
            wrong = f"{number(factor)} {written} was added: you penalise {w}, the loss doesn't"
            yield Hypothesis("repeated-term", own, wrong, f"{own} without it", 1.45 + far, edit, family)
        else:
            wrong = f"{number(-factor)} {written} is missing: the loss penalises {w}, or does so more"
            yield Hypothesis("missing-term", own, wrong, f"{own} has that term", 1.85 + far, edit, family)
    rate = case.fit([name], {name: right}, {name: value}) if several else None
    if rate is not None:
        edit = Edit({node: partial(_plus, node=node, of=np.asarray, factor=1.0, gradient=rate)})
        updated = abs(rate) > 1e-9
        step_ = f" {'−' if rate < 0 else '+'} {number(abs(rate))} {own}, the updated parameter," * updated
        cost = 1.6 if updated else 2.3  # that is the gradient of a penalty, too
        yield Hypothesis("wrong-parameter", own, f"{w}{step_} was given", own, cost, edit, (f"{rate:.5g}",))


def _plus(run: Run, g: Array, *, node: int, of: Callable[[Array], Array], factor: float, gradient: float) -> Array:
    return gradient * g + factor * of(run.values[node])


# --- turned around -----------------------------------------------------------------------------------------

Turned = tuple[str, float, str, Callable[[Array], Array]]
"""A kind, how far-fetched it is, words, and what was done to an array."""


def _turned(shape: tuple[int, ...]) -> Iterator[Turned]:
    """Say how an array may have been turned around: its axes exchanged, its elements in another order or shape."""
    if len(shape) == 2:
        yield "transpose", 1.0, "is transposed", np.transpose
    for axes in itertools.islice(itertools.permutations(range(len(shape))), 1, 24) if len(shape) > 2 else ():
        yield "transpose", 1.1, f"has its axes in the order {axes}", partial(np.transpose, axes=axes)
    if len(shape) > 1:
        order = "has its elements column by column, put back row by row"
        yield "transpose", 1.4, order, lambda g: np.ravel(g, order="F").reshape(g.shape)
        order = "has its elements row by row, put back column by column"
        yield "transpose", 1.4, order, lambda g: np.reshape(np.ravel(g), g.shape, order="F")
    yield from reversals(shape)
    for axis, by in itertools.product((axis for axis, n in enumerate(shape) if n > 1), (1, -1)):
        yield "wrong-shape", 1.5, f"is shifted by {by} along axis {axis}", partial(_shifted, by=by, axis=axis)


def reversals(shape: tuple[int, ...]) -> Iterator[Turned]:
    """Say along which axes an array may have been reversed."""
    long = [axis for axis, n in enumerate(shape) if n > 1]
    for axes in (*itertools.combinations(long, 1), *itertools.combinations(long, 2)):
        along = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes[0]} and {axes[1]}"
        yield "reversed", 1.3, f"is in reverse along {along}", partial(np.flip, axis=axes)


def _shifted(g: Array, *, by: int, axis: int) -> Array:
    moved = np.roll(g, by, axis)
    moved[(slice(None),) * axis + (0 if by > 0 else -1,)] = 0
    return moved


def _put_otherwise(case: Case, name: str) -> Iterator[Turned]:
    """Find the shape, or the order along an axis or of all elements, that makes of a gradient what was given."""
    right, manual = case.right[name], case.manual[name]
    if right.shape != manual.shape:
        if right.size == manual.size:
            words = "was flattened" if manual.ndim == 1 else f"was given in the shape {manual.shape}"
            yield "wrong-shape", 1.2, words, partial(np.reshape, shape=manual.shape)
        return
    for axis in range(right.ndim):
        n = int(right.shape[axis])
        mine, true = (np.moveaxis(x, axis, 0).reshape(n, -1) for x in (manual, right))
        order = _order(mine, true) if 1 < n <= MANY else None
        if order is not None:
            along = "the last axis" if axis == right.ndim - 1 else f"axis {axis}"
            yield (*_ordered(order, along), partial(np.take, indices=order, axis=axis))
    if right.ndim > 1:
        for by in (1, -1):
            words = f"is shifted by {by}, row after row, around the end"
            yield "wrong-shape", 1.6, words, partial(np.roll, shift=by)


def _order(manual: Array, right: Array) -> Array | None:
    """Return which row of the right ones each row of the manual ones is, by their products with one vector."""
    weights = np.random.default_rng(0).uniform(1, 2, right.shape[1])
    mine, true = manual @ weights, right @ weights
    if np.unique(true).size < min(3, true.size):
        return None  # with hardly any different ones, some order always fits
    order = np.empty(len(true), np.intp)
    order[np.argsort(mine, kind="stable")] = np.argsort(true, kind="stable")
    return None if np.array_equal(order, np.arange(len(order))) else order


def _ordered(order: Array, along: str) -> tuple[str, float, str]:
    """Say in which order the parts of a gradient are."""
    n = len(order)
    moved = np.flatnonzero(order != np.arange(n))
    by = -int(order[0]) % n
    if np.array_equal(order, (np.arange(n) - by) % n):
        return "wrong-shape", 1.5, f"is shifted by {by if by <= n // 2 else by - n} along {along}, around the end"
    if len(moved) == 2:
        return "transpose", 1.5, f"has {moved[0]} and {moved[1]} exchanged along {along}"
    first = ", ".join(map(str, order[:8])) + ", …" * (n > 8)
    return "transpose", 1.7, f"has another order along {along}: {first}"


def _changed(run: Run, g: Array, *, change: Callable[[Array], Array]) -> Array:  # noqa: ARG001
    return change(g)


# --- of other parameters ------------------------------------------------------------------------------------


def _of_others(case: Case, wrong: frozenset[str]) -> Iterator[Hypothesis]:
    """Give the gradients of other parameters: one, two that were exchanged, all in another order."""
    chain = case.chain
    given: dict[str, tuple[str, bool]] = {}
    for name, (other, turned) in itertools.product(
        _in_order(case, wrong), itertools.product(chain.parameters, (False, True))
    ):
        g = case.right[other]
        if name not in given and name != other and case.reproduces(name, g.T if turned else g):
            given[name] = other, turned
    graph, places = chain.graph, chain.parameters

    def edit(*names: str) -> Edit:
        return Edit({places[n]: partial(_of_another, place=places[given[n][0]], turned=given[n][1]) for n in names})

    for name, (other, turned) in given.items():
        own, theirs = cotangent(graph, places[name]), cotangent(graph, places[other])
        wrong_ = f"{theirs}{', transposed,' * turned} was given as {own}"
        yield Hypothesis("wrong-parameter", own, wrong_, own, 1.5, edit(name))
        if name < other and given.get(other, (None,))[0] == name:
            right = "each is the gradient of its own"
            yield Hypothesis(
                "wrong-parameter", own, f"{own} and {theirs} were exchanged", right, 1.4, edit(name, other)
            )
    if len(given) > 2 and {other for other, _ in given.values()} == given.keys():
        order = ", ".join(legible(given[n][0]) for n in case.manual if n in given)
        wrong_ = f"the gradients were given in another order: those of {order}"
        yield Hypothesis("wrong-parameter", "every gradient", wrong_, "each in its own place", 1.3, edit(*given))


def _of_another(run: Run, _: Array, *, place: int, turned: bool) -> Any:
    g = run.chain.right.cotangent(place)
    return g.T if turned else g
