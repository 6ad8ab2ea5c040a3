"""Mistakes in the factors of the chain rule: local derivatives, and the matrices that a cotangent is multiplied by."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Array, Chain, Edit, Inapplicable, Link, Run, the_one
from microgradnet.check.explain.functions import Function, elementwise
from microgradnet.check.explain.hypothesis import Hypothesis, role
from microgradnet.check.explain.spans import Span, Spans
from microgradnet.check.explain.wording import step
from microgradnet.notation import cotangent, derivative, expression, prime

__all__ = [
    "diagonals",
    "left_out",
    "of_reductions",
    "one_case",
    "operands",
    "others_derivatives",
    "points",
    "products",
    "products_for_elements",
    "turns",
]


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
    if len(span.links) == 1:
        return _other_factor(chain, span) or derivative(chain.graph, span.a, span.z)
    if span.function is not None:
        return f"{span.function.symbol}′({expression(chain.graph, span.z, 2)})"
    return derivative(chain.graph, span.a, span.z)


def _other_factor(chain: Chain, span: Span) -> str | None:
    """Write the derivative of a product or a quotient with respect to its first operand."""
    (link,) = span.links
    inputs = chain.entry(link).inputs
    if len(inputs) != 2 or span.derivative is None:
        return None
    other, text = chain.values[inputs[1 - link.i]], expression(chain.graph, inputs[1 - link.i], closed=True)
    with np.errstate(all="ignore"):
        for value, written in ((other, text), (1 / np.asarray(other), f"1/{text}")):
            if the_one(np.equal(span.derivative, value)) == 1:
                return written
    return None


def _cost_of(span: Span) -> float:
    """Prefer one operation, or what is a known function spelled out."""
    return (0.05 if span.function is not None else 0.6) * (len(span.links) - 1)


def left_out(spans: Spans) -> Iterator[Hypothesis]:
    """Leave a local derivative out, or apply it twice."""
    chain, graph = spans.chain, spans.chain.graph
    for span in _varying(spans):
        z, a, d = cotangent(graph, span.z), cotangent(graph, span.a), _named(chain, span)
        where, right = step(graph, span.a), f"{z} = {a} ⊙ {d}"
        family = _family(span)
        factor = None if span.derivative is None else the_one(span.derivative)
        if factor == -1:
            continue
        # What stands there is left out more easily than everything is multiplied: 1.75.
        kind, cost = ("missing-factor", 2.0) if factor is None else (_constant_left_out(chain, factor), 1.75)
        yield Hypothesis(
            kind, where, f"{d} was left out: {z} = {a}", right, cost + _cost_of(span),
            Edit({span.site: partial(_skip, span=span)}), family,
        )  # fmt: skip
        yield Hypothesis(
            "repeated-factor", where, f"{d} was applied twice", right, 2.3 + _cost_of(span),
            Edit({span.site: partial(_twice, span=span)}), family,
        )  # fmt: skip


def _constant_left_out(chain: Chain, c: float) -> str:
    """Say what kind of mistake it is to leave out a constant factor: 1/n, ½ or 2, or another that stands there."""
    if any(np.isclose(c * n, 1, rtol=1e-6) for n in chain.counts - {2}):
        return "sum-for-mean"
    return "scale" if abs(c) in (0.5, 2.0) else "missing-factor"


def one_case(chain: Chain) -> Iterator[Hypothesis]:
    """Take one of several cases everywhere: where elements come from one input here, and from another there."""
    graph, right = chain.graph, chain.right
    for node, links in chain.outgoing.items():
        g = np.asarray(right.cotangent(node))
        parts = [np.asarray(right.contribution(link)) for link in links]
        if len(links) < 2 or any(d.shape != g.shape or not np.all((d == g) | (d == 0)) for d in parts):
            continue
        if not np.array_equal(sum(parts), g) or any(np.array_equal(d, g) for d in parts):
            continue
        for link in links:
            case = expression(graph, chain.parent(link))
            edit = Edit({each: partial(_case, at=node, taken=each == link) for each in links})
            yield Hypothesis(
                "wrong-mask", step(graph, node), f"{case} was differentiated everywhere, also where another case holds",
                f"each element of {expression(graph, node)} is differentiated as the case that holds there", 2.2, edit,
            )  # fmt: skip


def _case(run: Run, d: Array, *, at: int, taken: bool) -> Array:
    return run.cotangent(at) if taken else 0 * d


def of_reductions(chain: Chain) -> Iterator[Hypothesis]:
    """Give every element all of the gradient of what several were reduced to: that of the largest, of a norm, ..."""
    graph = chain.graph
    for link in chain.links:
        entry = chain.entry(link)
        z = chain.parent(link)
        given, result = graph[z].shape or (), entry.shape or ()
        if len(entry.inputs) > 1 or len(given) <= len(result) or the_one(chain.weight(link)) is not None:
            continue
        axis = entry.static.get("axis")
        own, whole = cotangent(graph, z), cotangent(graph, link.node)
        yield Hypothesis(
            "missing-factor", step(graph, link.node), f"every element of {own} is that of {whole}",
            f"{own} = {whole} ⊙ {derivative(graph, link.node, z)}", 2.1,
            Edit({link: partial(_to_all, at=link.node, axis=axis, shape=given)}),
        )  # fmt: skip


def _to_all(run: Run, _: Array, *, at: int, axis: Any, shape: tuple[int, ...]) -> Array:
    g = run.cotangent(at)
    return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), shape)


def _family(span: Span) -> tuple[Any, ...] | None:
    operation = span.function if span.derivative is not None else None
    return None if operation is None else (operation.name,)


def _skip(run: Run, _: Array, *, span: Span) -> Array:
    return run.cotangent(span.a)


def _twice(run: Run, g: Array, *, span: Span) -> Array:
    return span.pull(run, g)


def points(spans: Spans) -> Iterator[Hypothesis]:
    """Take a local derivative at another point: its formula with another value put in, or the derivative there."""
    chain, graph = spans.chain, spans.chain.graph
    for span in _varying(spans):
        function = span.function
        if span.derivative is None or function is None or the_one(span.derivative) is not None:
            continue
        mask = set(np.unique(span.derivative)) <= {0.0, 1.0}
        kind = "wrong-mask" if mask else "wrong-point"
        name, where = prime(graph, span.a) if span.is_one_operation else f"{function.symbol}′", step(graph, span.a)
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


def others_derivatives(spans: Spans) -> Iterator[Hypothesis]:
    """Take the derivative of another function, as a formula in the value or at the same point; or a function itself."""
    chain, graph = spans.chain, spans.chain.graph
    for span in spans:  # whose derivative may be 1 at these numbers, as ReLU's: that of another isn't
        function = span.function
        if span.derivative is None or function is None:
            continue
        where = step(graph, span.a)
        for other in (function, *elementwise()):
            itself = other.name == function.name and _computes(other, chain, span)
            if not _is_constant(other, chain.values[span.z], _itself):
                yield Hypothesis(
                    "wrong-activation", where, f"{other.name} itself was taken, not a derivative",
                    f"the derivative of {function.name}", (2.5 if itself else 4.5) + _cost_of(span),
                    Edit({span.site: partial(_itself, span=span, function=other)}), (function.name, other.name),
                )  # fmt: skip
            if itself:
                continue
            wrong = f"the derivative of {other.name} was taken"
            if other.name == function.name:
                wrong += ", with other parameters"
            cost = 3.0 + (0.0 if other.symbol in _FAMILIAR else 1.0) + _cost_of(span)
            for put, at in ((_put_in, span.a), (_taken_at, span.z)):
                if _is_constant(other, chain.values[at], put):
                    continue  # left out, or a sign
                yield Hypothesis(
                    "wrong-activation", where, wrong, f"the derivative of {function.name}", cost,
                    Edit({span.site: partial(put, span=span, function=other, v=at)}),
                    (function.name, other.name, put.__name__),
                )  # fmt: skip


def _itself(run: Run, _: Array, *, span: Span, function: Function) -> Array:
    return run.cotangent(span.a) * function.compute(run.values[span.z])


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
            if put is _itself:
                return the_one(y) is not None
            return the_one(function.pull(np.ones_like(point), y, point)) is not None
    except Inapplicable:
        return True


_FAMILIAR = {"σ", "tanh", "ReLU", "softplus", "exp"}
"""The symbols of functions that are confused most easily: only a matter of which explanation is named first."""


def diagonals(spans: Spans) -> Iterator[Hypothesis]:
    """Cut a Jacobian that mixes elements to its diagonal; or multiply what is right already by that diagonal."""
    chain, graph = spans.chain, spans.chain.graph
    seen: set[tuple[str, int]] = set()
    for span in spans:  # shorter ones come first, and longer ones that begin or end with them say no more
        shape = graph[span.z].shape or ()
        z_is_data = span.z in chain.parameters.values()
        if span.derivative is not None or z_is_data or int(np.prod(shape)) > 512 or len(span.links) > 8:
            continue
        ends = {("z", span.z), ("a", span.a)}
        if seen & ends:
            continue
        seen |= ends
        where = step(graph, span.a)
        right = f"{cotangent(graph, span.z)} = Jᵀ · {cotangent(graph, span.a)} with the whole Jacobian J of {where}"
        yield Hypothesis(
            "diagonal-jacobian", where, "the Jacobian was cut to its diagonal", right, 2.6 + _cost_of(span),
            Edit({span.site: partial(_by_diagonal, span=span)}),
        )  # fmt: skip
        yield Hypothesis(
            "repeated-factor", where, "the diagonal of the Jacobian was applied to what has all of it already", right,
            2.9 + _cost_of(span), Edit({span.site: partial(_by_diagonal_too, span=span)}),
        )  # fmt: skip


def _by_diagonal(run: Run, _: Array, *, span: Span) -> Array:
    return run.cotangent(span.a) * span.diagonal(run)


def _by_diagonal_too(run: Run, g: Array, *, span: Span) -> Array:
    return g * span.diagonal(run)


# --- products ----------------------------------------------------------------------------------------


def _factors(chain: Chain) -> Iterator[tuple[Link, int]]:
    """Find the links that multiply a cotangent by a value of the forward pass, and the input that this value is."""
    for link in chain.links:
        inputs = chain.entry(link).inputs
        if len(inputs) == 2:
            other = inputs[1 - link.i]
            if chain.graph[other].shape:
                yield link, other


def operands(chain: Chain) -> Iterator[Hypothesis]:
    """Put another value, or the transpose, in the place of a factor."""
    graph = chain.graph
    parameters = {*chain.parameters.values()}
    for link, other in _factors(chain):
        own, where = cotangent(graph, chain.parent(link)), step(graph, link.node)
        takes = f"{own} takes {expression(graph, other)}"
        for v in chain.confusable(other):
            if v == other:
                continue
            kind = "wrong-point"
            if v in parameters and other in parameters:
                kind = "wrong-parameter"
            elif v in chain.ancestors(other):
                kind = "stale-value"
            wrong = f"{own} takes {expression(graph, v)}"
            edit = Edit({link: partial(_with_operand, link=link, v=v)})
            family = (*role(chain, link), v - link.node)  # as far away in every step of a recurrence
            yield Hypothesis(kind, where, wrong, takes, 2.8 + 0.2 * (kind == "wrong-point"), edit, family)
        matrices = _mixes(chain, link, other)
        for kind, turned, turn in turns(graph[other].shape or ()):
            if kind == "transpose" and matrices:
                continue  # a matrix product, of which more can be said
            edit = Edit({link: partial(_with_operand, link=link, v=other, turn=turn)})
            wrong = f"{own} is computed with {turned.format(expression(graph, other))}"
            right = f"{own} is computed with {expression(graph, other)} as in the forward pass"
            yield Hypothesis(kind, where, wrong, right, 2.0, edit, (other, turned))
        for transposed in (False, True):
            edit = Edit({link: partial(_elementwise, link=link, other=other, transposed=transposed)})
            wrong = f"{own} multiplies element by element with {expression(graph, other)}"
            family = (other, transposed)
            yield Hypothesis("elementwise-for-matmul", where, wrong, f"{takes}, in a matrix product", 2.9, edit, family)


def turns(shape: tuple[int, ...]) -> Iterator[tuple[str, str, Callable[[Array], Array]]]:
    """Say how an operand may have been turned around: its axes exchanged, or the order of elements along some."""
    if len(shape) == 2:
        yield "transpose", "the transpose of {}", np.transpose
    for axes in itertools.islice(itertools.permutations(range(len(shape))), 1, 24) if len(shape) > 2 else ():
        if tuple(shape[i] for i in axes) == shape:
            yield "transpose", f"{{}} with its axes in the order {axes}", partial(np.transpose, axes=axes)
    long = [axis for axis, n in enumerate(shape) if n > 1]
    for axes in (*itertools.combinations(long, 1), *itertools.combinations(long, 2)) if len(shape) > 1 else ():
        along = " and ".join(map(str, axes))
        yield "reversed", f"{{}} in reverse along axis {along}", partial(np.flip, axis=axes)


def _with_operand(run: Run, _: Array, *, link: Link, v: int, turn: Callable[[Array], Array] = np.asarray) -> Array:
    inputs = [run.values[i] for i in run.chain.entry(link).inputs]
    inputs[1 - link.i] = turn(run.values[v])[()]
    return run.chain.vjp_at(link, run.cotangent(link.node), run.values[link.node], *inputs)


def _elementwise(run: Run, _: Array, *, link: Link, other: int, transposed: bool) -> Array:
    v = run.values[other]
    return run.cotangent(link.node) * (v.T if transposed else v)


def products(chain: Chain) -> Iterator[Hypothesis]:
    """Swap the factors of a matrix product, or transpose one."""
    graph = chain.graph
    for link, other in _factors(chain):
        if not _mixes(chain, link, other):
            continue
        own, where = cotangent(graph, chain.parent(link)), step(graph, link.node)
        g, v = cotangent(graph, link.node), expression(graph, other, closed=True)
        for turned_g, turned_v, swapped in itertools.product((False, True), repeat=3):
            edit = Edit({link: partial(_matmul, other=other, at=link.node, turn=(turned_g, turned_v), swapped=swapped)})
            factors = [g + "ᵀ" * turned_g, v + "ᵀ" * turned_v]
            wrong = f"{own} = {' · '.join(reversed(factors) if swapped else factors)}"
            right = f"{own} = " + (f"{g} · {v}ᵀ" if link.i == 0 else f"{v}ᵀ · {g}")
            family = (other, turned_g, turned_v, swapped)
            in_order = swapped == (link.i == 1)
            kind, cost = "transpose" if in_order else "swapped-operands", 2.2
            if in_order and not (turned_g or turned_v):  # all that is missing is the transpose
                cost = 2.0
            yield Hypothesis(kind, where, wrong, right, cost, edit, family)


def products_for_elements(spans: Spans) -> Iterator[Hypothesis]:
    """Take a matrix product where elements should be multiplied."""
    chain, graph = spans.chain, spans.chain.graph
    for span in spans:
        if span.derivative is None or np.ndim(span.derivative) != 2 or the_one(span.derivative) is not None:
            continue
        z, a, d = cotangent(graph, span.z), cotangent(graph, span.a), _named(chain, span)
        for swapped, turned in itertools.product((False, True), repeat=2):
            edit = Edit({span.site: partial(_matmul_for, span=span, swapped=swapped, turned=turned)})
            factors = [a, d + "ᵀ" * turned]
            wrong = f"{z} = {' · '.join(reversed(factors) if swapped else factors)}"
            yield Hypothesis(
                "matmul-for-elementwise", step(graph, span.a), wrong, f"{z} = {a} ⊙ {d}", 2.8 + _cost_of(span), edit
            )


def _mixes(chain: Chain, link: Link, other: int) -> bool:
    """Whether a link is a product of two matrices."""
    entry = chain.entry(link)
    shapes = [_shape(chain, link.node), _shape(chain, other)]
    elementwise = entry.shape == _shape(chain, entry.inputs[0]) == _shape(chain, entry.inputs[1])
    if any(len(s) != 2 for s in shapes):
        return False
    if not elementwise:
        return True
    a, b = (np.asarray(chain.values[i]) for i in entry.inputs)
    return not np.allclose(chain.values[link.node], a * b)


def _shape(chain: Chain, node: int) -> tuple[int, ...]:
    return chain.graph[node].shape or ()


def _matmul(run: Run, _: Array, *, other: int, at: int, turn: tuple[bool, bool], swapped: bool) -> Array:
    g, v = run.cotangent(at), run.values[other]
    g, v = g.T if turn[0] else g, v.T if turn[1] else v
    return v @ g if swapped else g @ v


def _matmul_for(run: Run, _: Array, *, span: Span, swapped: bool, turned: bool) -> Array:
    above = run.cotangent(span.a)
    d = span.pull(run, np.ones_like(above))
    d = d.T if turned else d
    return d @ above if swapped else above @ d
