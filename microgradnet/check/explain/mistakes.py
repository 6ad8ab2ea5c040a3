"""What people get wrong when they derive a gradient, where nothing but its numbers is known.

Each function below looks at one kind of place and yields `Hypothesis` after `Hypothesis`: what could have been done
there instead. The gradients themselves come first, without any chain; then the mistakes in a chain that are made most
often. They hold for every operation and none is known by name; which one is true is decided elsewhere, by trying it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import (
    Array,
    Chain,
    Change,
    Edit,
    Inapplicable,
    Link,
    Run,
    Site,
    declared,
    the_one,
)
from microgradnet.check.explain.functions import Function, elementwise
from microgradnet.check.explain.spans import Span, Spans
from microgradnet.check.explain.wording import constant, counted, step
from microgradnet.notation import cotangent, derivative, expression, prime

__all__ = [
    "Hypothesis",
    "hypotheses",
    "is_summand",
    "other_losses",
    "penalised",
    "scaled",
    "times",
    "updated",
    "zeroed",
]

STEPS = 12
"""How many steps are named at most where the same mistake was made in many."""

RATES = (1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 1e-4)
"""The usual learning rates."""

FAMILIAR = {"σ", "tanh", "ReLU", "softplus", "exp"}
"""The symbols of functions that are confused most easily: only a matter of which explanation is named first."""


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


def hypotheses(chain: Chain) -> Iterator[Hypothesis]:
    """Yield everything that could have gone wrong, and each mistake made in all places that are alike."""
    spans = Spans(chain)
    kinds = (
        _whole_gradients(chain), _sums(chain), _counts(chain), _terms(chain), _overwritten(chain), _left_out(spans),
        _points(spans), _products(chain), _operands(chain), _others_derivatives(spans), _diagonals(spans),
        _updates(chain), other_losses(spans),
    )  # fmt: skip
    for kind in kinds:
        yield from _with_families(chain, kind)


def _with_families(chain: Chain, generator: Iterator[Hypothesis]) -> Iterator[Hypothesis]:
    """Yield each mistake, then the same one in all places where it can be made, and in those of the same role."""
    families: dict[tuple[Any, ...], list[Hypothesis]] = {}
    for hypothesis in generator:
        chain.go_on()
        yield hypothesis
        if hypothesis.family is not None:
            families.setdefault((hypothesis.kind, *hypothesis.family), []).append(hypothesis)
    for family in families.values():
        roles: dict[tuple[Any, ...], list[Hypothesis]] = {}
        for hypothesis in family:
            roles.setdefault(_role(chain, next(iter(hypothesis.edit.at))), []).append(hypothesis)
        yield from (_everywhere(alike) for alike in (family, *roles.values()) if len(alike) > 1)


def _everywhere(alike: list[Hypothesis]) -> Hypothesis:
    first = alike[0]
    steps = "; ".join(list(dict.fromkeys(h.step for h in alike))[:STEPS])
    wrong = f"{first.wrong}, and likewise in {len(alike) - 1} more"
    return Hypothesis(first.kind, steps, wrong, first.right, first.cost + 0.4, Edit.all(h.edit for h in alike))


def _role(chain: Chain, site: Site) -> tuple[Any, ...]:
    """Say what a place is like: the operation, and what else goes into it. Those of a recurrence are alike."""
    node, i = site if isinstance(site, Link) else (site, -1)
    entry = chain.graph[node]
    others = [chain.graph[k] for at, k in enumerate(entry.inputs) if at != i or len(entry.inputs) == 1]
    return (i, *((e.operation.name, repr(e.static)) if e.operation else (e.kind, e.name) for e in (entry, *others)))


# --- whole gradients --------------------------------------------------------------------------------


def _whole_gradients(chain: Chain) -> Iterator[Hypothesis]:
    """Give a gradient turned around, in another shape, shifted, as zero, as that of another parameter."""
    for name, node in chain.parameters.items():
        own = cotangent(chain.graph, node)
        for kind, cost, words, change in _turned(chain.graph[node].shape or ()):
            edit = Edit({node: partial(_changed, change=change)})
            yield Hypothesis(kind, own, f"{own} {words}", own, cost, edit, (words,))
        down = f"−{own}, the direction down the loss"
        yield Hypothesis("sign", own, down, own, 1.2, Edit({node: times(-1)}), ())
        wrong = f"{own} is zero: {name} was taken for a constant"
        yield Hypothesis("detached", own, wrong, own, 1.3, Edit({node: times(0)}), ())
        for other, place in chain.parameters.items():
            if other == name:
                continue
            wrong = f"{cotangent(chain.graph, place)} was given as {own}"
            edit = Edit({node: partial(_of_another, place=place)})
            yield Hypothesis("wrong-parameter", own, wrong, own, 1.5, edit)
            if other > name and chain.graph[place].shape == chain.graph[node].shape:
                both = Edit({node: partial(_of_another, place=place), place: partial(_of_another, place=node)})
                wrong = f"{own} and {cotangent(chain.graph, place)} were exchanged"
                yield Hypothesis("wrong-parameter", own, wrong, "each is the gradient of its own", 1.4, both)


def _turned(shape: tuple[int, ...]) -> Iterator[tuple[str, float, str, Callable[[Array], Array]]]:
    """Say how an array may have been turned around: its axes exchanged, its elements in another order or shape."""
    if len(shape) == 2:
        yield "transpose", 1.0, "is transposed", np.transpose
    for axes in itertools.islice(itertools.permutations(range(len(shape))), 1, 24) if len(shape) > 2 else ():
        yield "transpose", 1.1, f"has its axes in the order {axes}", partial(np.transpose, axes=axes)
    if len(shape) > 1:
        yield "wrong-shape", 1.1, "was flattened", np.ravel
        order = "has its elements column by column, put back row by row"
        yield "transpose", 1.4, order, lambda g: np.ravel(g, order="F").reshape(g.shape)
        order = "has its elements row by row, put back column by column"
        yield "transpose", 1.4, order, lambda g: np.reshape(np.ravel(g), g.shape, order="F")
    long = [axis for axis, n in enumerate(shape) if n > 1]
    for axes in (*itertools.combinations(long, 1), *itertools.combinations(long, 2)):
        along = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes[0]} and {axes[1]}"
        yield "reversed", 1.3, f"is in reverse along {along}", partial(np.flip, axis=axes)
    for axis, by in itertools.product(long, (1, -1)):
        yield (
            "wrong-shape",
            1.5,
            f"is shifted by {by} along axis {axis}, around the end",
            partial(np.roll, shift=by, axis=axis),
        )
        yield "wrong-shape", 1.5, f"is shifted by {by} along axis {axis}", partial(_shifted, by=by, axis=axis)


def _shifted(g: Array, *, by: int, axis: int) -> Array:
    moved = np.roll(g, by, axis)
    moved[(slice(None),) * axis + (0 if by > 0 else -1,)] = 0
    return moved


def _changed(run: Run, g: Array, *, change: Callable[[Array], Array]) -> Array:  # noqa: ARG001
    return change(g)


def _of_another(run: Run, _: Array, *, place: int) -> Array:
    return run.chain.right.cotangent(place)


def penalised(chain: Chain, name: str, factor: float) -> Hypothesis:
    """Add a multiple of a parameter to its gradient, as a penalty does, or take one off."""
    node = chain.parameters[name]
    own = cotangent(chain.graph, node)
    edit = Edit({node: lambda run, g: g + factor * run.values[node]})
    if factor > 0:
        wrong = f"{constant(factor)} {name} was added: you penalise {name}, the loss doesn't"
        return Hypothesis("repeated-term", own, wrong, f"{own} without it", 1.45, edit)
    wrong = f"{constant(-factor)} {name} is missing: the loss penalises {name}, or does so more"
    return Hypothesis("missing-term", own, wrong, f"{own} has that term", 1.75, edit)


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
            wrong = f"{what} is divided by {counted(graph, count)}"
            return Hypothesis("mean-for-sum", where, wrong, right, 1.9, edit, (count,))
        if np.isclose(factor, count, rtol=1e-5) and count in chain.means:
            wrong = f"{what} is multiplied by {counted(graph, count)}: not divided by that"
            return Hypothesis("sum-for-mean", where, wrong, right, 1.9, edit, (count,))
    cost = 1.8 if any(np.isclose(factor, c, rtol=1e-5) for c in (2, 0.5, 0.1, 0.01, 0.001)) else 3.0
    wrong = f"{what} is multiplied by {counted(graph, factor)}"
    return Hypothesis("scale", where, wrong, right, cost, edit, (f"{factor:.5g}",))


# --- what is summed over, and divided by --------------------------------------------------------------


def _counts(chain: Chain) -> Iterator[Hypothesis]:
    """Put a mean in place of a sum, or the reverse: where many numbers become one, and where a broadcast is summed."""
    graph = chain.graph
    for link in chain.links:
        entry, parent = graph[link.node], chain.parent(link)
        given, result, where = graph[parent].shape or (), entry.shape or (), step(graph, link.node)
        everything = math.prod(given) // max(math.prod(result), 1)
        weight = None
        if len(entry.inputs) == 1 and everything > 1:
            with np.errstate(all="ignore"):
                weight = the_one(chain.weight(link))
        for count in sorted({everything, *given} - {1}, reverse=True) if weight is not None else ():
            cost = 1.85 if count == 2 else 1.5 if count in (everything, given[0]) else 1.7
            if weight == 1:
                wrong, right = f"the mean over {count} was differentiated", f"{where} is a sum: it is not divided"
                yield Hypothesis("mean-for-sum", where, wrong, right, cost, Edit({link: times(1 / count)}))
            elif weight is not None and np.isclose(weight * everything, 1, rtol=1e-3):
                wrong = f"the sum over {count} was differentiated"
                right = f"{where} is a mean over {everything}: its derivative is divided by that"
                yield Hypothesis("sum-for-mean", where, wrong, right, cost, Edit({link: times(count)}))
        raw = np.shape(chain.right.contribution(link))
        count = math.prod(raw) // max(math.prod(given), 1)
        if raw != given and count > 1:
            own = cotangent(graph, parent)
            right = f"{own} = Σ {cotangent(graph, link.node)} over axis {_plain(_broadcast(raw, given))}"
            wrong = f"{own} is the mean over {count} in place of the sum"
            yield Hypothesis("mean-for-sum", where, wrong, right, 1.3, Edit({link: times(1 / count)}))


def _sums(chain: Chain) -> Iterator[Hypothesis]:
    """Leave what was broadcast unsummed, or sum it over other axes."""
    graph, right = chain.graph, chain.right
    for node in chain.parameters.values():
        own, shape = cotangent(graph, node), graph[node].shape or ()
        for link in chain.incoming[node]:
            raw = np.shape(right.contribution(link))
            if raw == shape:
                continue
            whole, where, needed = (
                cotangent(graph, link.node),
                step(graph, link.node),
                _long(raw, _broadcast(raw, shape)),
            )
            correct = f"{own} = Σ {whole} over axis {_plain(_broadcast(raw, shape))}, along which it was broadcast"
            unsummed = Edit({node: partial(_summed_otherwise, link=link, by=np.asarray)})
            yield Hypothesis("missing-sum", where, f"{own} = {whole}, not summed", correct, 1.0, unsummed)
            subsets = itertools.chain.from_iterable(itertools.combinations(range(len(raw)), k) for k in (1, 2, 3, 4))
            for axes, keepdims in itertools.product(subsets, (False, True)):
                summed, over = np.sum(np.zeros(raw), axis=axes, keepdims=keepdims).shape, _long(raw, axes)
                if over == needed and summed == shape:
                    continue
                kind = "wrong-shape" if over == needed else "missing-sum" if needed > over else "wrong-axis"
                by = partial(np.sum, axis=axes, keepdims=keepdims)
                wrong = f"{own} = Σ {whole} over axis {_plain(axes)}, of shape {summed}"
                edit = Edit({node: partial(_summed_otherwise, link=link, by=by)})
                yield Hypothesis(kind, where, wrong, correct, 1.1, edit)


def _summed_otherwise(run: Run, g: Array, *, link: Link, by: Callable[[Array], Array]) -> Array:
    changed = by(run.contribution(link))
    if len(run.chain.incoming[run.chain.parent(link)]) == 1:
        return changed
    return g - run.summed.get(link, run.chain.right.summed[link]) + changed


def _plain(axes: Sequence[int]) -> str:
    return str(axes[0]) if len(axes) == 1 else str(tuple(axes))


def _broadcast(raw: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Find the axes to sum over to arrive at a shape."""
    extra = len(raw) - len(shape)
    return (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 != raw[i + extra]))


def _long(raw: tuple[int, ...], axes: Sequence[int]) -> set[int]:
    return {i for i in axes if raw[i] != 1}


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
            term, where = f"what {expression(graph, consumer)} contributes to {own}", step(graph, consumer)
            gone, alike = Edit(dict.fromkeys(links, times(0))), _role(chain, links[0])
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
                yield Hypothesis("detached", where, wrong, term, 2.6, gone)
            for link in links if len(links) > 1 else ():
                wrong = f"one of the {len(links)} terms of the product rule was left out"
                edit = Edit({link: times(0)})
                yield Hypothesis("missing-term", where, wrong, f"the product rule for {where}", 1.7, edit)


def _overwritten(chain: Chain) -> Iterator[Hypothesis]:
    """Where an element is used several times, as a row that is looked up again, keep what the last use contributes."""
    graph = chain.graph
    for link in chain.links:
        z, taken = chain.parent(link), _taken(chain.right, link)
        if taken is None or np.unique(taken).size == taken.size:
            continue
        if not np.array_equal(np.asarray(chain.values[z]).flat[taken], chain.values[link.node]):
            continue  # it happens to return whole numbers
        own = cotangent(graph, z)
        wrong = "of an element that is used several times the last use alone counts: assigned, not added"
        right, edit = f"{own} adds up all uses of each element", Edit({link: partial(_last, link=link)})
        yield Hypothesis("missing-term", step(graph, link.node), wrong, right, 1.8, edit)


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


# --- local derivatives -------------------------------------------------------------------------------


def _varying(spans: Spans) -> Iterator[Span]:
    """Find the stretches with a local derivative other than 1, and other than that of a shorter one from there."""
    known: dict[int, list[Array]] = {}
    for span in spans:
        if span.derivative is None:
            if span.z not in spans.chain.parameters.values():
                yield span
        elif the_one(span.derivative) != 1:
            shorter = known.setdefault(span.z, [])
            if not any(np.array_equal(span.derivative, d) for d in shorter):
                shorter.append(span.derivative)
                yield span


def _named(chain: Chain, span: Span) -> str:
    """Name the local derivative of a stretch: by the other factor of a product, by its function, or as it is."""
    graph = chain.graph
    inputs = chain.entry(span.links[0]).inputs
    if len(span.links) == 1 and len(inputs) == 2 and span.derivative is not None:
        other = inputs[1 - span.links[0].i]
        value, text = np.asarray(chain.values[other]), expression(graph, other, closed=True)
        with np.errstate(all="ignore"):
            for factor, written in ((value, text), (1 / value, f"1/{text}")):
                if the_one(np.equal(span.derivative, factor)) == 1:
                    return written
    if len(span.links) > 1 and span.function is not None:
        return f"{span.function.symbol}′({expression(graph, span.z, 2)})"
    return derivative(graph, span.a, span.z)


def _cost_of(span: Span) -> float:
    """Prefer one operation, or what is a known function spelled out."""
    return (0.05 if span.function is not None else 0.6) * (len(span.links) - 1)


def _left_out(spans: Spans) -> Iterator[Hypothesis]:
    """Leave a local derivative out, or apply it twice."""
    chain, graph = spans.chain, spans.chain.graph
    for span in _varying(spans):
        z, a, d = cotangent(graph, span.z), cotangent(graph, span.a), _named(chain, span)
        where, right = step(graph, span.a), f"{z} = {a} ⊙ {d}"
        family = None if span.derivative is None or span.function is None else (span.function.name,)
        factor = None if span.derivative is None else the_one(span.derivative)
        # What stands there is left out more easily than everything is multiplied: 1.75.
        kind, cost = ("missing-factor", 2.0) if factor is None else (_constant_left_out(chain, factor), 1.75)
        skip, twice = (Edit({span.site: partial(change, span=span)}) for change in (_skip, _twice))
        yield Hypothesis(kind, where, f"{d} was left out: {z} = {a}", right, cost + _cost_of(span), skip, family)
        if factor != -1:
            cost = 2.3 + _cost_of(span)
            yield Hypothesis("repeated-factor", where, f"{d} was applied twice", right, cost, twice, family)


def _constant_left_out(chain: Chain, c: float) -> str:
    """Say what kind of mistake it is to leave out a constant factor: 1/n, ½ or 2, or another that stands there."""
    if any(np.isclose(c * n, 1, rtol=1e-6) for n in chain.counts - {2}):
        return "sum-for-mean"
    return "sign" if c == -1 else "scale" if abs(c) in (0.5, 2.0) else "missing-factor"


def _skip(run: Run, _: Array, *, span: Span) -> Array:
    return run.cotangent(span.a)


def _twice(run: Run, g: Array, *, span: Span) -> Array:
    return span.pull(run, g)


def _points(spans: Spans) -> Iterator[Hypothesis]:
    """Take a local derivative at another point: its formula with another value put in, or the derivative there."""
    chain, graph = spans.chain, spans.chain.graph
    for span in _varying(spans):
        function = span.function
        if span.derivative is None or function is None or the_one(span.derivative) is not None:
            continue
        mask = set(np.unique(span.derivative)) <= {0.0, 1.0}
        kind, where = "wrong-mask" if mask else "wrong-point", step(graph, span.a)
        name = prime(graph, span.a) if span.is_one_operation else f"{function.symbol}′"
        z, a = expression(graph, span.z), expression(graph, span.a)
        at = f"{name} is taken at {z}"
        if mask:
            wrong = f"the mask was taken from {cotangent(graph, span.a)} in place of {z}"
            edit = Edit({span.site: partial(_at_the_gradient, function=function, at=span.a)})
            yield Hypothesis(kind, where, wrong, at, 3.0 + _cost_of(span), edit, (function.name, "g"))
        for v in chain.confusable(span.a):
            what = expression(graph, v)
            near = 2.4 if v in (span.z, span.a) else 3.2 if v in chain.ancestors(span.a) else 3.5
            end = {span.z: "z", span.a: "a"}.get(v)
            instead = f"{name} was taken at {what} in place of {z}"
            forms = [(_taken_at, instead, at, 0.05)] if v != span.z else []
            if _reads_the_value(function, chain, span):
                given = f"{name}, written with the value {a}, was given {what}"
                forms.append((_put_in, given, f"{at}, or given its value {a}", 0.0))
            for put, wrong, right, extra in forms:
                edit = Edit({span.site: partial(put, span=span, function=function, v=v)})
                family = (function.name, end, put.__name__) if end else None
                yield Hypothesis(kind, where, wrong, right, near + extra + _cost_of(span), edit, family)


def _reads_the_value(function: Function, chain: Chain, span: Span) -> bool:
    """Whether the formula of a derivative has the function's value in it, as σ(1 − σ) does."""
    x = chain.values[span.z]
    g = np.ones_like(x)
    try:
        with np.errstate(all="ignore"):
            return not np.array_equal(function.pull(g, 2 * x + 1, x), function.pull(g, x, x), equal_nan=True)
    except Inapplicable:
        return True


def _put_in(run: Run, _: Array, *, span: Span, function: Function, v: int) -> Array:
    value = run.values[v]
    return function.pull(run.cotangent(span.a), value, value)


def _at_the_gradient(run: Run, _: Array, *, function: Function, at: int) -> Array:
    g = run.cotangent(at)
    return function.pull(g, g, g)


def _taken_at(run: Run, _: Array, *, span: Span, function: Function, v: int) -> Array:
    x = run.values[v]
    return function.pull(run.cotangent(span.a), function.compute(x), x)


def _others_derivatives(spans: Spans) -> Iterator[Hypothesis]:
    """Take the derivative of another function, as a formula in the value or at the same point."""
    chain, graph = spans.chain, spans.chain.graph
    for span in spans:  # whose derivative may be 1 at these numbers, as ReLU's: that of another isn't
        function = span.function
        if span.derivative is None or function is None:
            continue
        for other in elementwise():
            if other.name == function.name and _computes(other, chain, span):
                continue
            wrong = f"the derivative of {other.name} was taken" + ", with other parameters" * (
                other.name == function.name
            )
            cost = 3.0 + (0.0 if other.symbol in FAMILIAR else 1.0) + _cost_of(span)
            for put, at in ((_put_in, span.a), (_taken_at, span.z)):
                if not _is_constant(other, chain.values[at], put):  # else left out, or a sign
                    yield Hypothesis(
                        "wrong-activation", step(graph, span.a), wrong, f"the derivative of {function.name}", cost,
                        Edit({span.site: partial(put, span=span, function=other, v=at)}),
                        (function.name, other.name, put.__name__),
                    )  # fmt: skip


def _computes(function: Function, chain: Chain, span: Span) -> bool:
    """Whether a function takes the beginning of a stretch to its end."""
    try:
        with np.errstate(all="ignore"):
            y, a = function.compute(chain.values[span.z]), chain.values[span.a]
            return np.shape(y) == np.shape(a) and np.allclose(y, a, equal_nan=True)
    except Inapplicable:
        return False


def _is_constant(function: Function, point: Array, put: Callable[..., Array]) -> bool:
    try:
        with np.errstate(all="ignore"):
            y = point if put is _put_in else function.compute(point)
            return the_one(function.pull(np.ones_like(point), y, point)) is not None
    except Inapplicable:
        return True


def _diagonals(spans: Spans) -> Iterator[Hypothesis]:
    """Cut a Jacobian that mixes elements to its diagonal."""
    chain, graph = spans.chain, spans.chain.graph
    seen: set[tuple[str, int]] = set()
    for span in spans:  # shorter ones come first, and longer ones that begin or end with them say no more
        size, ends = math.prod(graph[span.z].shape or ()), {("z", span.z), ("a", span.a)}
        known = span.derivative is not None or span.z in chain.parameters.values() or bool(seen & ends)
        if known or size > 512 or len(span.links) > 8:
            continue
        seen |= ends
        where = step(graph, span.a)
        right = f"{cotangent(graph, span.z)} = Jᵀ · {cotangent(graph, span.a)} with the whole Jacobian J of {where}"
        edit = Edit({span.site: partial(_by_diagonal, span=span)})
        yield Hypothesis(
            "diagonal-jacobian", where, "the Jacobian was cut to its diagonal", right, 2.6 + _cost_of(span), edit
        )


def _by_diagonal(run: Run, _: Array, *, span: Span) -> Array:
    return run.cotangent(span.a) * span.diagonal(run)


# --- products ----------------------------------------------------------------------------------------


def _factors(chain: Chain) -> Iterator[tuple[Link, int]]:
    """Find the links that multiply a cotangent by a value of the forward pass, and the input that this value is."""
    for link in chain.links:
        inputs = chain.entry(link).inputs
        if len(inputs) == 2 and chain.graph[inputs[1 - link.i]].shape:
            yield link, inputs[1 - link.i]


def _operands(chain: Chain) -> Iterator[Hypothesis]:
    """Put another value in the place of a factor."""
    graph, parameters = chain.graph, {*chain.parameters.values()}
    for link, other in _factors(chain):
        own, where = cotangent(graph, chain.parent(link)), step(graph, link.node)
        takes = f"{own} takes {expression(graph, other)}"
        for v in chain.confusable(other):
            if v == other:
                continue
            kind = "stale-value" if v in chain.ancestors(other) else "wrong-point"
            kind = "wrong-parameter" if {v, other} <= parameters else kind
            edit = Edit({link: partial(_with_operand, link=link, v=v)})
            family = (*_role(chain, link), v - link.node)  # as far away in every step of a recurrence
            wrong, cost = f"{own} takes {expression(graph, v)}", 2.8 + 0.2 * (kind == "wrong-point")
            yield Hypothesis(kind, where, wrong, takes, cost, edit, family)
        for kind, _, words, turn in _turned(graph[other].shape or ()):
            if kind == "reversed" and len(graph[other].shape or ()) > 1:
                edit = Edit({link: partial(_with_operand, link=link, v=other, turn=turn)})
                wrong = f"{takes} the wrong way round {words.removeprefix('is in reverse ')}"
                right = f"{takes} the other way round"  # a convolution, backward, turns its kernel itself
                yield Hypothesis(kind, where, wrong, right, 2.0, edit, (other, words))


def _with_operand(run: Run, _: Array, *, link: Link, v: int, turn: Callable[[Array], Array] = np.asarray) -> Array:
    inputs = [run.values[i] for i in run.chain.entry(link).inputs]
    inputs[1 - link.i] = turn(run.values[v])[()]
    return run.chain.vjp_at(link, run.cotangent(link.node), run.values[link.node], *inputs)


def _products(chain: Chain) -> Iterator[Hypothesis]:
    """Swap the factors of a matrix product, or transpose one."""
    graph = chain.graph
    for link, other in _factors(chain):
        shapes = [graph[link.node].shape or (), graph[other].shape or ()]
        if any(len(s) != 2 for s in shapes) or is_elementwise(chain, link):
            continue
        own, where = cotangent(graph, chain.parent(link)), step(graph, link.node)
        g, v = cotangent(graph, link.node), expression(graph, other, closed=True)
        right = f"{own} = " + (f"{g} · {v}ᵀ" if link.i == 0 else f"{v}ᵀ · {g}")
        for turned_g, turned_v, swapped in itertools.product((False, True), repeat=3):
            edit = Edit({link: partial(_matmul, other=other, at=link.node, turn=(turned_g, turned_v), swapped=swapped)})
            factors = [g + "ᵀ" * turned_g, v + "ᵀ" * turned_v]
            wrong = f"{own} = {' · '.join(reversed(factors) if swapped else factors)}"
            in_order = swapped == (link.i == 1)
            kind, cost = "transpose" if in_order else "swapped-operands", 2.2
            if in_order and not (turned_g or turned_v):  # all that is missing is the transpose
                cost = 2.0
            yield Hypothesis(kind, where, wrong, right, cost, edit, (other, turned_g, turned_v, swapped))


def is_elementwise(chain: Chain, link: Link) -> bool:
    """Whether a product is one of elements, and not of matrices."""
    a, b = (np.asarray(chain.values[i]) for i in chain.entry(link).inputs)
    value = chain.values[link.node]
    return np.shape(value) == a.shape == b.shape and np.allclose(value, a * b)


def _matmul(run: Run, _: Array, *, other: int, at: int, turn: tuple[bool, bool], swapped: bool) -> Array:
    g, v = run.cotangent(at), run.values[other]
    g, v = g.T if turn[0] else g, v.T if turn[1] else v
    return v @ g if swapped else g @ v


# --- values from another moment, and from another loss -----------------------------------------------------


def _updates(chain: Chain) -> Iterator[Hypothesis]:
    """Update a parameter before the other gradients are computed, at the usual learning rates."""
    for name, rate, everywhere in itertools.product(chain.parameters, RATES, (False, True)):
        yield updated(chain, name, rate, everywhere)


def updated(chain: Chain, name: str, rate: float, everywhere: bool) -> Hypothesis:
    """Use a parameter that was updated already: in the products of the reverse pass, or in both passes."""
    node = chain.parameters[name]
    own = cotangent(chain.graph, node)
    new = f"{name} − {own}" if rate == 1 else f"{name} − {rate:.6g} {own}"
    wrong = f"{name} had been updated already: {new} was used {'everywhere' if everywhere else 'in the products'}"
    right = f"all gradients are taken at the same {name}, before any update"
    edit = Edit(values=partial(_updated, node=node, rate=rate, again=everywhere))
    return Hypothesis("updated-parameter", own, wrong, right, 2.7 if rate == 1 else 2.8, edit)


def _updated(chain: Chain, *, node: int, rate: float, again: bool) -> list[Array]:
    right = chain.right
    new = chain.values[node] - rate * right.cotangent(node)
    if again:
        return chain.forward({node: new})
    values = list(chain.values)
    values[node] = new
    return values


def other_losses(spans: Spans) -> Iterator[Hypothesis]:
    """Derive another loss, and derive it well: without its mask, of other shapes, with another function or count."""
    chain, graph = spans.chain, spans.chain.graph
    for entry in graph:
        if entry.operation is None and entry.id not in chain.parameters.values() and entry.shape:
            for words, new in _other_data(expression(graph, entry.id), np.asarray(chain.values[entry.id])):
                values = partial(_with_data, at=entry.id, new=new)
                yield _of_another_loss(chain, step(graph, entry.id), words, 2.1, Edit(values=values))
    by_function: dict[str, list[Span]] = {}
    for span in spans:
        if span.derivative is not None and span.function is not None and span.is_one_operation:
            by_function.setdefault(span.function.name, []).append(span)
    for (name, alike), other in itertools.product(by_function.items(), elementwise()):
        if other.name != name:
            for some in (alike, *([s] for s in alike if len(alike) > 1)):
                at = {s.site: partial(_taken_at, span=s, function=other, v=s.z) for s in some}
                values = partial(_with_function, at={s.a: (s.z, other) for s in some})
                where, cost = (
                    "; ".join(step(graph, s.a) for s in some[:STEPS]),
                    3.1 + 0.5 * (other.symbol not in FAMILIAR),
                )
                yield _of_another_loss(chain, where, f"with {other.name} for {name}", cost, Edit(at, values))
    for link in chain.links:
        entry, n = chain.entry(link), the_one(chain.weight(link))
        where = step(graph, link.node)
        if "ddof" in entry.static:
            other = 1 - entry.static["ddof"]
            edit = Edit(
                {link: partial(_with_ddof, link=link, ddof=other)}, partial(_values_with_ddof, at=link.node, ddof=other)
            )
            yield _of_another_loss(chain, where, "with N − 1 for N" if other else "with N for N − 1", 2.4, edit)
        elif n and len(entry.inputs) == 1 and round(1 / n) in chain.means and round(1 / n) > 1:
            c = round(1 / n) / (round(1 / n) - 1)
            edit = Edit({link: times(c)}, partial(_with_multiple, at=link.node, c=c))
            yield _of_another_loss(chain, where, f"with N − 1 for N = {round(1 / n)}", 2.5, edit)


def _of_another_loss(chain: Chain, where: str, words: str, cost: float, edit: Edit) -> Hypothesis:
    wrong = f"it is the right gradient of another loss: {words}"
    return Hypothesis(
        "another-loss", where, wrong, f"the loss given is {expression(chain.graph, chain.output)}", cost, edit
    )


def _other_data(name: str, x: Array) -> Iterator[tuple[str, Array]]:
    """Say what else may have been computed with in the place of data: no mask, or another shape."""
    levels = np.unique(x)
    if levels.size == 2 and levels[0] == 0:
        yield f"without the mask {name}", np.ones_like(x)
        if levels[1] != 1:
            yield f"without the zeros of {name}", np.full_like(x, levels[1])
    if x.ndim == 1:
        yield f"of {name} as a column", x[:, None]
    if x.ndim == 2 and 1 in x.shape:
        yield f"of {name} as a vector", x.ravel()


def _with_data(chain: Chain, *, at: int, new: Array) -> list[Array]:
    return chain.forward({at: new})


def _with_function(chain: Chain, *, at: dict[int, tuple[int, Function]]) -> list[Array]:
    return chain.forward({a: partial(_value_of, function=f, z=z) for a, (z, f) in at.items()})


def _value_of(values: Sequence[Array], *, function: Function, z: int) -> Array:
    return function.compute(values[z])


def _with_ddof(run: Run, _: Array, *, link: Link, ddof: int) -> Array:
    return run.chain.vjp(link, run.cotangent(link.node), run.values, ddof=ddof)


def _values_with_ddof(chain: Chain, *, at: int, ddof: int) -> list[Array]:
    entry = chain.graph[at]
    assert entry.operation is not None
    compute = partial(declared, entry.operation.compute, **{**entry.static, "ddof": ddof})
    return chain.forward({at: lambda values: compute(*(values[i] for i in entry.inputs))})


def _with_multiple(chain: Chain, *, at: int, c: float) -> list[Array]:
    entry = chain.graph[at]
    assert entry.operation is not None
    compute = partial(declared, entry.operation.compute, **entry.static)
    return chain.forward({at: lambda values: c * compute(*(values[i] for i in entry.inputs))})


def zeroed(chain: Chain, node: int, links: tuple[Link, ...]) -> Edit:
    """Leave out what some links contribute to the cotangent of a node, or all of it."""
    if links and len(chain.incoming[node]) > len(links):
        return Edit(dict.fromkeys(links, times(0)))
    return Edit({node: times(0)})
