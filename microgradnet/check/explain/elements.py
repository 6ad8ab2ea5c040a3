"""Mistakes in which elements a cotangent is made of: what is summed over, divided by, or put in which place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Chain, Edit, Inapplicable, Link, Run, declared, the_one
from microgradnet.check.explain.factors import turns
from microgradnet.check.explain.hypothesis import Hypothesis, times
from microgradnet.check.explain.wording import step
from microgradnet.notation import cotangent, expression

__all__ = ["counts", "moved", "other_axes", "overwritten", "sums"]

Array = Any


def counts(chain: Chain) -> Iterator[Hypothesis]:
    """Put a mean in place of a sum, or the reverse: where many numbers become one, and where a broadcast is summed."""
    for link in chain.links:
        yield from _of_a_reduction(chain, link)
        yield from _of_a_broadcast(chain, link)


def _of_a_reduction(chain: Chain, link: Link) -> Iterator[Hypothesis]:
    graph = chain.graph
    entry = graph[link.node]
    given, result = graph[chain.parent(link)].shape or (), entry.shape or ()
    if len(entry.inputs) != 1 or math.prod(result) >= math.prod(given):
        return
    where = step(graph, link.node)
    with np.errstate(all="ignore"):
        weight = the_one(chain.weight(link))
    everything = math.prod(given) // max(math.prod(result), 1)
    for count in sorted({everything, *given} - {1}, reverse=True):
        cost = 1.5 if count in (everything, given[0]) else 1.7
        if weight == 1:
            yield Hypothesis(
                "mean-for-sum", where, f"the mean over {count} was differentiated",
                f"{where} is a sum: its derivative is not divided", cost, Edit({link: times(1 / count)}),
            )  # fmt: skip
        elif weight is not None and np.isclose(weight * everything, 1, rtol=1e-3):
            yield Hypothesis(
                "sum-for-mean", where, f"the sum over {count} was differentiated",
                f"{where} is a mean over {everything}: its derivative is divided by that", cost,
                Edit({link: times(count)}),
            )  # fmt: skip


def _of_a_broadcast(chain: Chain, link: Link) -> Iterator[Hypothesis]:
    graph, parent = chain.graph, chain.parent(link)
    raw, given = np.shape(chain.right.contribution(link)), graph[parent].shape or ()
    count = math.prod(raw) // max(math.prod(given), 1)
    if raw != given and count > 1:
        own = cotangent(graph, parent)
        yield Hypothesis(
            "mean-for-sum", step(graph, link.node), f"{own} is the mean over {count} in place of the sum",
            f"{own} = Σ {cotangent(graph, link.node)} over axis {_plain(_broadcast(raw, given))}", 1.3,
            Edit({link: times(1 / count)}),
        )  # fmt: skip


def sums(chain: Chain) -> Iterator[Hypothesis]:
    """Leave what was broadcast unsummed, or sum it over other axes."""
    graph, right = chain.graph, chain.right
    for node in chain.parameters.values():
        own, shape = cotangent(graph, node), graph[node].shape or ()
        for link in chain.incoming[node]:
            raw = np.shape(right.contribution(link))
            if raw == shape:
                continue
            whole = cotangent(graph, link.node)
            correct = f"{own} = Σ {whole} over axis {_plain(_broadcast(raw, shape))}, along which it was broadcast"
            where = step(graph, link.node)

            def replaced(run: Run, g: Array, by: Callable[[Array], Array], link: Link = link) -> Array:
                changed = by(run.contribution(link))
                if len(run.chain.incoming[run.chain.parent(link)]) == 1:
                    return changed
                return g - run.summed.get(link, run.chain.right.summed[link]) + changed

            yield Hypothesis(
                "missing-sum", where, f"{own} = {whole}, not summed", correct, 1.0,
                Edit({node: partial(replaced, by=lambda d: d)}),
            )  # fmt: skip
            for axes in _subsets(len(raw)):
                for keepdims in (False, True):
                    summed = np.sum(np.zeros(raw), axis=axes, keepdims=keepdims).shape
                    kind = "missing-sum" if _needed(raw, shape) > _long(raw, axes) else "wrong-axis"
                    if _needed(raw, shape) == _long(raw, axes):
                        kind = "wrong-shape"
                        if summed == shape:
                            continue
                    yield Hypothesis(
                        kind, where, f"{own} = Σ {whole} over axis {_plain(axes)}, of shape {summed}", correct, 1.1,
                        Edit({node: partial(replaced, by=partial(np.sum, axis=axes, keepdims=keepdims))}),
                    )  # fmt: skip


def _subsets(ndim: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, min(ndim, 4) + 1):
        yield from itertools.combinations(range(ndim), count)


def _plain(axes: Sequence[int]) -> str:
    return str(axes[0]) if len(axes) == 1 else str(tuple(axes))


def _broadcast(raw: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Find the axes to sum over to arrive at a shape."""
    extra = len(raw) - len(shape)
    return (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 != raw[i + extra]))


def _needed(raw: tuple[int, ...], shape: tuple[int, ...]) -> set[int]:
    return _long(raw, _broadcast(raw, shape))


def _long(raw: tuple[int, ...], axes: Iterable[int]) -> set[int]:
    return {i for i in axes if raw[i] != 1}


def other_axes(chain: Chain) -> Iterator[Hypothesis]:
    """Take the VJP of an operation along another axis."""
    for link in chain.links:
        entry = chain.entry(link)
        axis = entry.static.get("axis")
        ndim = len(chain.graph[chain.parent(link)].shape or ())
        if not isinstance(axis, int) or ndim < 2:
            continue
        for other in range(ndim):
            if other != axis % ndim:
                edit = Edit({link: partial(_along, link=link, axis=other)})
                where = step(chain.graph, link.node)
                yield Hypothesis(
                    "wrong-axis", where, f"the derivative was taken along axis {other}", f"axis {axis}", 2.0, edit
                )


def _along(run: Run, _: Array, *, link: Link, axis: int) -> Array:
    return run.chain.vjp(link, run.cotangent(link.node), run.values, axis=axis)


def overwritten(chain: Chain) -> Iterator[Hypothesis]:
    """Where an element is used several times, as a row that is looked up again, keep what the last use contributes."""
    graph = chain.graph
    for link in chain.links:
        z = chain.parent(link)
        taken = _taken(chain.right, link)
        if taken is None or np.unique(taken).size == taken.size:
            continue
        if not np.array_equal(np.asarray(chain.values[z]).flat[taken], chain.values[link.node]):
            continue  # it happens to return whole numbers
        own = cotangent(graph, z)
        yield Hypothesis(
            "missing-term", step(graph, link.node),
            "of an element that is used several times the last use alone counts: assigned, not added",
            f"{own} adds up all uses of each element", 1.8, Edit({link: partial(_last, link=link)}),
        )  # fmt: skip


def _taken(run: Run, link: Link) -> Array | None:
    """Find which element of its input each one of an operation's result is, where all it does is to take elements."""
    chain, entry = run.chain, run.chain.entry(link)
    shape = chain.graph[chain.parent(link)].shape or ()
    indices = [np.asarray(run.values[k]).dtype.kind in "iub" for i, k in enumerate(entry.inputs) if i != link.i]
    if not shape or entry.operation is None or not all(indices):
        return None
    places = np.arange(float(math.prod(shape))).reshape(shape)
    inputs = [places if i == link.i else run.values[k] for i, k in enumerate(entry.inputs)]
    try:
        with np.errstate(all="ignore"):
            taken = declared(entry.operation.compute, *inputs, **entry.static)
    except Inapplicable:
        return None
    if np.shape(taken) != entry.shape or not np.isin(taken, places).all():
        return None
    return np.asarray(taken).astype(np.intp)


def _last(run: Run, _: Array, *, link: Link) -> Array:
    g, taken = run.cotangent(link.node), _taken(run, link)
    if taken is None:
        raise Inapplicable
    d = np.zeros(run.chain.graph[run.chain.parent(link)].shape or (), g.dtype)
    d.flat[taken.ravel()] = np.ravel(g)
    return d


def moved(chain: Chain) -> Iterator[Hypothesis]:
    """Put elements that were only moved, as by flattening, back in another order."""
    graph = chain.graph
    for link in chain.links:
        entry, z = chain.entry(link), chain.parent(link)
        shape = graph[z].shape or ()
        if len(entry.inputs) > 1 or len(shape) < 2 or math.prod(shape) != math.prod(entry.shape or ()):
            continue
        before, after = (np.sort(x, None) for x in (chain.right.cotangent(link.node), chain.right.contribution(link)))
        if not np.array_equal(before, after):
            continue
        own, where = cotangent(graph, z), step(graph, link.node)
        right = f"every element of {own} is where that of {expression(graph, z)} was"
        wrong = f"the elements of {own} were put back column by column"
        edit = Edit({link: partial(_by_columns, at=link.node, shape=shape)})
        yield Hypothesis("transpose", where, wrong, right, 2.4, edit)
        for kind, turned, turn in turns(shape):
            if kind == "transpose" and np.shape(turn(np.empty(shape))) == shape:
                edit = Edit({link: partial(_around, turn=turn)})
                yield Hypothesis("transpose", where, f"{turned.format(own)} was taken", right, 2.4, edit)


def _by_columns(run: Run, _: Array, *, at: int, shape: tuple[int, ...]) -> Array:
    return np.reshape(run.cotangent(at), shape, order="F")


def _around(_: Run, d: Array, *, turn: Callable[[Array], Array]) -> Array:
    return turn(d)
