"""The right gradient of another loss: without its mask, of other shapes, with another function or count.

Other operations stand in the place of some entries of the record, in both passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from microgradnet.check.explain.chain import Array, Chain, Change, Edit, Link, Run, Site, declared, the_one
from microgradnet.check.explain.functions import Function, elementwise
from microgradnet.check.explain.hypothesis import STEPS, Hypothesis
from microgradnet.check.explain.spans import Span, Spans
from microgradnet.check.explain.wording import step
from microgradnet.notation import expression

__all__ = ["other_losses"]

Other = tuple[Callable[[Sequence[Array]], Array], Callable[[Run, Link], Array]]
"""What an entry is, from the values of all before it, and what a link of it contributes."""


def other_losses(spans: Spans) -> Iterator[Hypothesis]:
    """Derive another loss, and derive it well."""
    chain, graph = spans.chain, spans.chain.graph
    given = f"the loss given is {expression(graph, chain.output)}"
    for nodes, words, cost, others in (*_data(chain), *_counts(chain), *_functions(spans)):
        where = "; ".join(step(graph, node) for node in nodes[:STEPS])
        wrong = f"it is the right gradient of another loss: {words}"
        yield Hypothesis("another-loss", where, wrong, given, cost, _in_both_passes(chain, others))


def _in_both_passes(chain: Chain, others: Mapping[int, Other]) -> Edit:
    at: dict[Site, Change] = {
        link: partial(_pulled, link=link, pull=pull)
        for node, (_, pull) in others.items()
        for link in chain.outgoing.get(node, ())
    }
    values = {node: compute for node, (compute, _) in others.items()}
    return Edit(at, lambda chain: chain.forward(values))


def _pulled(run: Run, _: Array, *, link: Link, pull: Callable[[Run, Link], Array]) -> Array:
    return pull(run, link)


Found = tuple[Sequence[int], str, float, Mapping[int, Other]]


def _data(chain: Chain) -> Iterator[Found]:
    """Compute with other data: no mask, or another shape."""
    for entry in chain.graph:
        if entry.operation is None and entry.id not in chain.parameters.values() and entry.shape:
            name, x = expression(chain.graph, entry.id), np.asarray(chain.values[entry.id])
            for words, new in _other_data(name, x):
                yield [entry.id], words, 2.1, {entry.id: _constantly(new)}


def _constantly(new: Array) -> Other:
    return lambda values: new, lambda run, link: run.pull(link, run.cotangent(link.node))


def _other_data(name: str, x: Array) -> Iterator[tuple[str, Array]]:
    levels = np.unique(x)
    if levels.size == 2 and levels[0] == 0:
        yield f"without the mask {name}", np.ones_like(x)
        if levels[1] != 1:
            yield f"without the zeros of {name}", np.full_like(x, levels[1])
    if x.ndim == 1:
        yield f"of {name} as a column", x[:, None]
    if x.ndim == 2 and 1 in x.shape:
        yield f"of {name} as a vector", x.ravel()


def _counts(chain: Chain) -> Iterator[Found]:
    """Divide by N − 1 for N, or by N for N − 1."""
    for link in chain.links:
        static, n = chain.entry(link).static, the_one(chain.weight(link))
        if "ddof" in static:
            ddof = 1 - static["ddof"]
            words = "with N − 1 for N" if ddof else "with N for N − 1"
            yield [link.node], words, 2.4, {link.node: _again(chain, link.node, 1.0, ddof=ddof)}
        elif n and len(chain.entry(link).inputs) == 1 and 1 < round(1 / n) in chain.means:
            count = round(1 / n)
            other = _again(chain, link.node, count / (count - 1))
            yield [link.node], f"with N − 1 for N = {count}", 2.5, {link.node: other}


def _again(chain: Chain, node: int, c: float, **static: int) -> Other:
    """Compute what an entry computes, times a number, with other static arguments."""
    entry = chain.graph[node]
    assert entry.operation is not None
    compute = partial(declared, entry.operation.compute, **{**entry.static, **static})
    return (
        lambda values: c * compute(*(values[i] for i in entry.inputs)),
        lambda run, link: c * run.chain.vjp(link, run.cotangent(node), run.values, **static),
    )


def _functions(spans: Spans) -> Iterator[Found]:
    """Take another function for one, at all of its places or at a single one."""
    alike: dict[str, list[Span]] = {}
    for span in spans:
        if span.derivative is not None and span.function is not None and span.is_one_operation:
            alike.setdefault(span.function.name, []).append(span)
    for name, places in alike.items():
        for other in elementwise():
            for some in (places, *([s] for s in places if len(places) > 1)) if other.name != name else ():
                others = {s.a: _function(s, other) for s in some}
                yield [s.a for s in some], f"with {other.name} for {name}", 3.1 + other.unfamiliar / 2, others


def _function(span: Span, function: Function) -> Other:
    return (
        lambda values: function.compute(values[span.z]),
        lambda run, _: function.pull(run.cotangent(span.a), run.values[span.a], run.values[span.z]),
    )
