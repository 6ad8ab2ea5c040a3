"""One step of the chain rule done wrongly: a link left out, counted twice, taken at another point, not summed.

Each function looks at one kind of place and yields `Hypothesis` after `Hypothesis`: what could have been done there
instead. They hold for every operation and none is known by name.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from microgradnet.check.explain.chain import Array, Chain, Edit, Inapplicable, Link, Run, declared, the_one
from microgradnet.check.explain.evidence import Case
from microgradnet.check.explain.functions import Function, elementwise, few
from microgradnet.check.explain.hypothesis import Hypothesis, role, times
from microgradnet.check.explain.itself import factors, reversals
from microgradnet.check.explain.spans import Span, Spans
from microgradnet.check.explain.wording import step
from microgradnet.notation import cotangent, derivative, expression, prime

__all__ = ["in_links"]

RATES = (1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 1e-4)
"""The usual learning rates."""


def in_links(case: Case, wrong: frozenset[str], spans: Spans) -> list[tuple[float, Iterator[Hypothesis]]]:
    """Return each kind of mistake in single steps, and what the simplest of it costs."""
    chain = case.chain
    return [
        (1.0, _sums(chain)), (1.6, factors(case, wrong, _branches(chain))), (1.7, _terms(chain)),
        (1.8, _overwritten(chain)), (2.3, _statistics(spans)), (1.75, _left_out(spans)), (2.0, _products(chain)),
        (2.0, _operands(chain)), (2.4, _points(spans)), (2.6, _diagonals(spans)), (2.7, _updates(case, wrong)),
        (3.0, _others(spans)),
    ]  # fmt: skip


# --- what is summed over -------------------------------------------------------------------------------


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


def _is_summand(chain: Chain, link: Link) -> bool:
    """Whether a link leads to one of the terms of a sum: an operation that passes its cotangent on to several."""
    others = {chain.parent(each) for each in chain.outgoing[link.node]}
    g, d = chain.right.cotangent(link.node), chain.right.contribution(link)
    return len(others) > 1 and np.shape(g) == np.shape(d) and bool(np.all(np.abs(d) == np.abs(g)))


def _branches(chain: Chain) -> Iterator[tuple[int, tuple[Link, ...]]]:
    """Yield each branch of a fan-out, each term of a sum, and what is summed or averaged."""
    for incoming in chain.incoming.values():
        consumers = dict.fromkeys(link.node for link in incoming)
        if len(consumers) > 1:
            for consumer in consumers:
                yield chain.parent(incoming[0]), tuple(link for link in incoming if link.node == consumer)
        elif incoming and (_is_summand(chain, incoming[0]) or _is_reduced(chain, incoming[0])):
            yield chain.parent(incoming[0]), ()


def _is_reduced(chain: Chain, link: Link) -> bool:
    entry = chain.entry(link)
    return len(entry.inputs) == 1 and math.prod(entry.shape or ()) < math.prod(chain.graph[entry.inputs[0]].shape or ())


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
            gone, alike = Edit(dict.fromkeys(links, times(0))), role(chain, links[0])
            if len(branches) > 1:
                right = f"{own} is the sum of {len(branches)} terms, one for each use"
                yield Hypothesis("missing-term", where, f"{term} was left out", right, 1.7, gone, alike)
                twice = Edit(dict.fromkeys(links, times(2)))
                yield Hypothesis("repeated-term", where, f"{term} was counted twice", right, 2.2, twice, alike)
            elif _is_summand(chain, links[0]):
                right = f"{where} is a sum, and every term of it counts"
                yield Hypothesis("missing-term", where, f"{expression(graph, node)} was left out", right, 1.8, gone)
            else:
                wrong = f"{expression(graph, node)} was held constant in {expression(graph, consumer)}"
                yield Hypothesis("detached", where, wrong, term, 2.6, gone)
            for link in links if len(links) > 1 else ():
                wrong = f"one of the {len(links)} terms of the product rule was left out"
                edit = Edit({link: times(0)})
                yield Hypothesis("missing-term", where, wrong, f"the product rule for {where}", 1.7, edit)


def _statistics(spans: Spans) -> Iterator[Hypothesis]:
    """Hold constant all that is summed or averaged on the way to what elements are normalised by."""
    chain, graph = spans.chain, spans.chain.graph
    known: set[frozenset[Link]] = set()
    for span in spans:
        reductions = frozenset(link for link in span.links if _is_reduced(chain, link))
        if len(reductions) < 2 or reductions in known or span.derivative is not None:
            continue
        known.add(reductions)
        where, names = step(graph, span.a), ", ".join(expression(graph, link.node) for link in sorted(reductions))
        edit = Edit(dict.fromkeys(reductions, times(0)))
        right = f"{cotangent(graph, span.z)} goes through them, too"
        yield Hypothesis("detached", where, f"{names} were held constant", right, 2.3 + _cost_of(span) / 10, edit)


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
                if _is_everywhere(span.derivative, factor):
                    return written
    if len(span.links) > 1 and span.function is not None:
        return f"{span.function.symbol}′({expression(graph, span.z, 2)})"
    return derivative(graph, span.a, span.z)


def _is_everywhere(derivative: Array, factor: Array) -> bool:
    """Whether a derivative is a factor, broadcast to its shape."""
    try:
        return bool((derivative == np.broadcast_to(factor, np.shape(derivative))).all())
    except ValueError:
        return False


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
    """Say what kind of mistake it is to leave out a constant factor: 1/n or 2, or another that stands there."""
    if any(np.isclose(c * n, 1, rtol=1e-6) for n in chain.counts - {2}):
        return "sum-for-mean"
    fraction = 0 < abs(c) < 1 and np.isclose(1 / c, round(1 / c), rtol=1e-6)
    return "sign" if c == -1 else "scale" if fraction or abs(c) == 2 else "missing-factor"


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
        reads, mask = _reads_the_value(function, chain, span), set(np.unique(span.derivative)) <= {0.0, 1.0}
        kind, where = "wrong-mask" if mask else "wrong-point", step(graph, span.a)
        name = prime(graph, span.a) if span.is_one_operation else f"{function.symbol}′"
        z, a = expression(graph, span.z), expression(graph, span.a)
        at = f"{name} is taken at {z}"
        if mask:
            wrong = f"the mask was taken from {cotangent(graph, span.a)} in place of {z}"
            edit = Edit({span.site: partial(_slope, span=span, function=function, at=None, computed=False)})
            yield Hypothesis(kind, where, wrong, at, 3.0 + _cost_of(span), edit, (function.name, "g"))
        for v in chain.confusable(span.a):
            what = expression(graph, v)
            near = 2.4 if v in (span.z, span.a) else 3.2 if v in chain.ancestors(span.a) else 3.5
            end = {span.z: "z", span.a: "a"}.get(v)
            instead = f"{name} was taken at {what} in place of {z}"
            forms = [(True, instead, at, 0.05)] if v != span.z else []
            if reads:
                given = f"{name}, written with the value {a}, was given {what}"
                forms.append((False, given, f"{at}, or given its value {a}", 0.0))
            for computed, wrong, right, extra in forms:
                edit = Edit({span.site: partial(_slope, span=span, function=function, at=v, computed=computed)})
                family = (function.name, end, computed) if end else None
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


def _slope(run: Run, _: Array, *, span: Span, function: Function, at: int | None, computed: bool) -> Array:
    """Pull with the derivative of a function at some value, or at the cotangent; or with its formula in that value."""
    g = run.cotangent(span.a)
    x = g if at is None else run.values[at]
    return function.pull(g, function.compute(x) if computed else x, x)


def _others(spans: Spans) -> Iterator[Hypothesis]:
    """Take the derivative of another function, as a formula in the value or at the same point."""
    chain, graph = spans.chain, spans.chain.graph
    for span in spans:  # whose derivative may be 1 at these numbers, as ReLU's: that of another isn't
        function = span.function
        if span.derivative is None or function is None:
            continue
        for other in elementwise():
            same = other.name == function.name
            if same and other.takes(chain.values[span.z], chain.values[span.a]):
                continue
            wrong = f"the derivative of {other.name} was taken{', with other parameters' * same}"
            for at, computed in ((span.a, False), (span.z, True)):
                if not _is_constant(other, few(chain.values[at]), computed):  # else left out, or a sign
                    yield Hypothesis(
                        "wrong-activation", step(graph, span.a), wrong, f"the derivative of {function.name}",
                        3.0 + other.unfamiliar + _cost_of(span),
                        Edit({span.site: partial(_slope, span=span, function=other, at=at, computed=computed)}),
                        (function.name, other.name, computed),
                    )  # fmt: skip


def _is_constant(function: Function, x: Array, computed: bool) -> bool:
    try:
        with np.errstate(all="ignore"):
            return the_one(function.pull(np.ones_like(x), function.compute(x) if computed else x, x)) is not None
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
            family = (*role(chain, link), v - link.node)  # as far away in every step of a recurrence
            wrong, cost = f"{own} takes {expression(graph, v)}", 2.8 + 0.2 * (kind == "wrong-point")
            yield Hypothesis(kind, where, wrong, takes, cost, edit, family)
        for kind, _, words, turn in reversals(graph[other].shape or ()) if len(graph[other].shape or ()) > 1 else ():
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


# --- values from another moment ---------------------------------------------------------------------------


def _updates(case: Case, wrong: frozenset[str]) -> Iterator[Hypothesis]:
    """Update a parameter before other gradients are computed: at a rate that is solved for, or a usual one."""
    chain, right = case.chain, case.right
    for name in chain.parameters:
        if others := wrong - {name}:
            # Products are linear in it.
            unit = chain.reverse(_updated(chain, name, 1.0, everywhere=False).edit).gradients()
            rate = case.fit(others, {n: unit[n] - right[n] for n in unit}, right)
            if rate is not None:
                yield _updated(chain, name, rate, everywhere=False)
        if name not in wrong:
            yield from (_updated(chain, name, rate, everywhere=True) for rate in RATES)


def _updated(chain: Chain, name: str, rate: float, everywhere: bool) -> Hypothesis:
    """Use a parameter that was updated already: in the products of the reverse pass, or in both passes."""
    node = chain.parameters[name]
    own = cotangent(chain.graph, node)
    new = f"{name} − {own}" if rate == 1 else f"{name} − {rate:.6g} {own}"
    wrong = f"{name} had been updated already: {new} was used {'everywhere' if everywhere else 'in the products'}"
    right = f"all gradients are taken at the same {name}, before any update"
    edit = Edit({node: partial(_as_before, node=node)}, partial(_moved, node=node, rate=rate, again=everywhere))
    return Hypothesis("updated-parameter", own, wrong, right, 2.7 if rate == 1 else 2.8, edit)


def _as_before(run: Run, _: Array, *, node: int) -> Array:
    return run.chain.right.cotangent(node)  # its own gradient came first


def _moved(chain: Chain, *, node: int, rate: float, again: bool) -> Sequence[Array]:
    new = chain.values[node] - rate * chain.right.cotangent(node)
    return chain.forward({node: new}) if again else [*chain.values[:node], new, *chain.values[node + 1 :]]
