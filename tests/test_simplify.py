"""Simplified graphs have fewer operations and the same values; each rule fires where it says so, and nowhere else."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet import simplify
from microgradnet.graph import Graph
from microgradnet.ops.elementwise import argument
from microgradnet.passes import passes
from microgradnet.record import traced
from microgradnet.simplify import RULES, simplification, simplified

A = np.array([[1.5, -2.0, 0.25], [-0.0, np.inf, np.nan]])
ONES, ZEROS = np.ones((2, 3)), np.zeros((2, 3))


def graph_of(call: Any, array: Any) -> Graph:
    """Trace a function of an array and of the number one, which is a constant."""
    one = traced(np.float64(1.0), name="one")
    graph = Graph.of(call(traced(array), one))
    return Graph([replace(e, kind="constant", name=None) if e.name == "one" else e for e in graph], graph.outputs)


def operations(graph: Graph) -> list[str]:
    return [n.operation.name for n in graph if n.operation is not None]


def outline(graph: Graph) -> list[Any]:
    return [(n.operation, n.inputs, repr(n.value) if n.kind == "constant" else None) for n in graph]


def results(graph: Graph) -> list[Any]:
    """Compute all of it: a simpler graph keeps values that were recorded, right or wrong."""
    values = Graph([replace(e, value=None) if e.operation is not None else e for e in graph], graph.outputs).values()
    return [values[i] for i in graph.outputs]


def assert_equal(simpler: Graph, graph: Graph, ulps: int = 0) -> None:
    for found, expected in zip(results(simpler), results(graph), strict=True):
        assert (np.shape(found), found.dtype) == (np.shape(expected), expected.dtype)
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(np.where(finite, 0, found), np.where(finite, 0, expected))
        if ulps and np.size(expected):
            np.testing.assert_array_max_ulp(
                np.where(finite, found, 0).astype(expected.dtype),
                np.where(finite, expected, 0).astype(expected.dtype),
                ulps,
            )
        else:
            np.testing.assert_array_equal(found, expected)
            np.testing.assert_array_equal(np.signbit(found)[~np.isnan(found)], np.signbit(expected)[~np.isnan(found)])


# What is computed, and the operations that are left of it.
FIRES: dict[str, list[tuple[Any, list[str]]]] = {
    "folded": [(lambda x, one: x * mg.exp(3 * one), ["multiply"])],
    "spread_constant": [(lambda x, one: x * ONES, []), (lambda x, one: x * (3 * ONES), ["multiply"])],
    "filled": [(lambda x, one: mg.ones_like(x) * x - mg.zeros_like(x), [])],
    "spread_result": [(lambda x, one: mg.sum(mg.square(mg.broadcast_to(2 * one, (2, 3)))) * x, ["multiply"])],
    "spread_rearranged": [(lambda x, one: x * mg.transpose(mg.broadcast_to(one, (3, 2))), [])],
    "sum_of_spread": [(lambda x, one: x * mg.sum(mg.broadcast_to(one / 4, (2, 3)), axis=0), ["multiply"])],
    "times_one": [(lambda x, one: 1.0 * (x * 1), [])],
    "by_one": [(lambda x, one: (x / 1.0) ** 1, [])],
    "minus_zero": [(lambda x, one: x - 0.0, []), (lambda x, one: x - 0, []), (lambda x, one: x - ZEROS, [])],
    "plus_minus_zero": [(lambda x, one: -0.0 + (x + -0.0), [])],
    "itself": [(lambda x, one: +argument(x), [])],
    "to_its_own_dtype": [(lambda x, one: mg.astype(x, float), [])],
    "to_its_own_shape": [(lambda x, one: mg.reshape(mg.broadcast_to(x, (2, 3)), (2, -1)), [])],
    "over_nothing": [
        (lambda x, one: mg.sum(mg.exp(x), axis=()), ["exp"]),
        (lambda x, one: mg.sum(mg.reshape(mg.exp(x), (2, 1, 3)), axis=1), ["exp"]),
    ],
    "in_order": [(lambda x, one: mg.transpose(x, (0, -1)), [])],
    "transposed_twice": [
        (lambda x, one: mg.transpose(x).T, []),
        (lambda x, one: mg.transpose(mg.transpose(x[None], (1, 2, 0)), (1, 0, 2)), ["getitem", "transpose"]),
    ],
    "reshaped_twice": [(lambda x, one: mg.reshape(mg.reshape(x, (6,)), (3, 2)), ["reshape"])],
    "broadcast_twice": [(lambda x, one: mg.broadcast_to(mg.broadcast_to(x, (1, 2, 3)), (4, 2, 3)), ["broadcast_to"])],
    "spread_by_the_operation": [
        (lambda x, one: mg.broadcast_to(mg.max(x, axis=0), (2, 3)) * x, ["max", "multiply"]),
        (lambda x, one: mg.where(x > 0, mg.broadcast_to(one, (2, 3)), x), ["greater", "where"]),
    ],
    "pythons_number": [(lambda x, one: x + 2.5 * one, ["add"])],
    "number_first": [(lambda x, one: x * 3.0, ["multiply"]), (lambda x, one: (x * 3.0) + (3.0 * x), ["multiply"])],
    "twice": [(lambda x, one: x + x, ["multiply"])],
    "minus_minus": [(lambda x, one: mg.negative(-x), []), (lambda x, one: -(3.0 * x), ["multiply"])],
    "times_minus_one": [(lambda x, one: -1.0 * x, ["negative"]), (lambda x, one: 5.0 - x * -1, ["add"])],
    "sign_of_a_product": [
        (lambda x, one: (-x) * mg.abs(x), ["absolute", "multiply", "negative"]),
        (lambda x, one: (-x) * (-mg.abs(x)), ["absolute", "multiply"]),
        (lambda x, one: (-x) / 4.0, ["divide"]),
    ],
    "plus_minus": [
        (lambda x, one: x + (-mg.abs(x)), ["absolute", "subtract"]),
        (lambda x, one: -x + mg.abs(x), ["absolute", "subtract"]),
    ],
    "minus_a_negative": [(lambda x, one: x - (-mg.abs(x)), ["absolute", "add"])],
    "factors": [
        (lambda x, one: 3.0 * (2 * x), ["multiply"]),
        (lambda x, one: 0.3 * (-2.0 * x), ["multiply"]),
        (lambda x, one: -(0.25 * (x + x)), ["multiply"]),
    ],
    "sigmoid_times_number": [
        (lambda x, one: mg.vjp(mg.sigmoid, x)[1](ONES)[0], ["sigmoid", "subtract", "multiply"]),
    ],
    "mask_of_one": [(lambda x, one: mg.vjp(mg.relu, x)[1](ONES)[0], ["greater", "astype"])],
    "sign_times_number": [
        (lambda x, one: mg.vjp(mg.abs, x)[1](ONES)[0], ["sign"]),
        (lambda x, one: mg.vjp(mg.abs, x)[1](2.5 * ONES)[0], ["sign", "multiply"]),
    ],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("rule", "call", "left"), [(r, *case) for r in FIRES for case in FIRES[r]])
def test_a_rule_leaves_fewer_operations_and_every_value(rule: str, call: Any, left: list[str]) -> None:
    graph = graph_of(call, A)
    simpler = simplified(graph)
    assert operations(simpler) == left
    assert_equal(simpler, graph)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rule", FIRES)
def test_a_rule_is_what_makes_it_simpler(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(FIRES[rule][0][0], A)
    with_it = outline(simplified(graph))
    others = {r: about for r, about in RULES.items() if r.__name__ != rule}
    monkeypatch.setattr(
        simplify, "_rules_of", lambda of: [r for r, about in others.items() if not about or of in about]
    )
    assert outline(simplified(graph)) != with_it


def test_every_rule_is_tested() -> None:
    assert {rule.__name__ for rule in RULES} == set(FIRES)


STAYS = {
    "0·x is NaN where x is infinite": lambda x, one: 0.0 * x,
    "0 + x is 0 where x is -0": lambda x, one: 0.0 + x,
    "0 - x is 0 where x is 0": lambda x, one: 0.0 - x,
    "x - x is NaN where x is infinite": lambda x, one: x - x,
    "x / x": lambda x, one: x / x,
    "x⁰ is 1, in the shape of x": lambda x, one: x**0,
    "-(a - b) is -0 where they are equal": lambda x, one: -(x - 1.5),
    "factors that would round otherwise": lambda x, one: 0.1 * (0.3 * x),
    "factors that would overflow": lambda x, one: 2.0 * (1.5e308 * x),
    "a broadcast that gives the shape": lambda x, one: mg.exp(mg.broadcast_to(x, (2, 2, 3))),
    "a sum of nothing is 0": lambda x, one: mg.sum(mg.broadcast_to(one, (0, 3)), axis=0) * x,
    "a conversion": lambda x, one: mg.astype(x, np.float32),
    "a sum in another dtype": lambda x, one: mg.sum(mg.astype(x, np.float32), axis=(), dtype=np.float64),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("what", STAYS)
def test_what_is_not_equal_stays(what: str) -> None:
    graph = graph_of(STAYS[what], A)
    simpler = simplified(graph)
    assert operations(simpler) == operations(graph)
    assert_equal(simpler, graph)


def test_what_is_computed_twice_is_computed_once() -> None:
    graph = graph_of(
        lambda x, one: mg.exp(x)[0:1] * mg.exp(x)[0:1] + mg.sum(x, axis=1)[0] * mg.sum(x, axis=0), np.ones((2, 3))
    )
    assert sorted(operations(simplified(graph))) == sorted(
        ["exp", "getitem", "multiply", "sum", "getitem", "sum", "multiply", "add"]
    )


def test_what_only_looks_alike_is_not_merged() -> None:
    graph = graph_of(lambda x, one: mg.pad(x, 1) * mg.pad(x, 1, constant_values=-0.0), np.ones((2, 2)))
    assert operations(simplified(graph)).count("pad") == 2
    x = traced(np.ones(2, np.float32))
    assert_equal(simplified(g := Graph.of((x * 2) * (x * np.float64(2)))), g)


def test_operations_of_one_name_are_told_apart() -> None:
    """Declaring an operation again replaces it in the registry, but not where it was called before."""
    double, triple = (
        mg.primitive(lambda xp, x, n=n: n * x, [lambda g, y, x, n=n: n * g], name="scaled_here") for n in (2.0, 3.0)
    )
    x = traced(np.ones(2))
    assert_equal(simplified(graph := Graph.of(double(x) + triple(x))), graph)


def test_inputs_and_outputs_stay_in_order_and_the_rest_is_found() -> None:
    x, y, unused = (mg.tensor(v, requires_grad=True, name=n) for v, n in ((1.0, "x"), (2.0, "y"), (3.0, "unused")))
    graph = Graph.of(x * 1.0, (unused - unused * 1.0) * 0.0 + y, x)
    simpler, position = simplification(graph)
    assert [simpler[i].name for i in simpler.inputs] == [graph[i].name for i in graph.inputs]
    assert [position[i] for i in graph.outputs] == list(simpler.outputs)
    assert simpler.outputs[0] == simpler.outputs[2]


def test_names_and_recorded_values_are_kept() -> None:
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    doubled = w + w
    doubled.name = "doubled"
    (entry,) = (n for n in simplified(Graph.of(mg.exp(doubled))) if n.name)
    assert entry.name == "doubled"


@pytest.mark.parametrize("name", ["e", None])
@pytest.mark.parametrize("known", ["first", "second"])
def test_of_two_that_are_equal_the_name_and_the_value_are_kept(known: str, name: str | None) -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    first, second = mg.exp(x), mg.exp(x)
    (first if known == "first" else second).name = name
    graph = Graph.of(first, second)
    at = graph.outputs[known == "second"]
    forgotten = [replace(e, value=None) if e.operation is not None and e.id != at else e for e in graph]
    (kept,) = (e for e in simplified(Graph(forgotten, graph.outputs)) if e.operation is not None)
    assert kept.name == name
    np.testing.assert_array_equal(kept.value, np.exp([1.0, 2.0]))


EQUAL_NUMBERS: list[Any] = [
    lambda a: mg.transpose(a), lambda a: mg.reshape(a, (3, 2)), lambda a: mg.reshape(a[:1, :1], ()),
    lambda a: mg.flip(a), lambda a: mg.roll(a, 1), lambda a: a[0, 1], lambda a: a[0], lambda a: a[:, :0],
    lambda a: mg.broadcast_to(a, (4, 2, 3)), lambda a: mg.sum(a), lambda a: mg.sum(a, axis=0),
    lambda a: mg.ones_like(a), lambda a: mg.zeros_like(a[0, 0]), lambda a: mg.exp(a), lambda a: mg.exp(a[0, 0]),
    lambda a: a + a.T.T, lambda a: -a, lambda a: mg.sum(a[:, :0], axis=1),
]  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("at", range(len(EQUAL_NUMBERS)))
def test_what_is_made_of_equal_numbers_keeps_its_shape_and_dtype(at: int, dtype: Any) -> None:
    graph = graph_of(lambda x, one: EQUAL_NUMBERS[at](mg.broadcast_to(mg.astype(3 * one, dtype), (2, 3))), A)
    assert_equal(simplified(graph), graph, ulps=1)
    simpler = simplified(graph)
    assert [simpler[i].shape for i in simpler.outputs] == [graph[i].shape for i in graph.outputs]


def test_an_array_that_has_a_name_is_data() -> None:
    bias = np.ones(3)
    bias.flags.writeable = False
    x = mg.tensor(np.arange(3.0), requires_grad=True)
    graph = Graph.of(x * bias, names={"bias": bias})
    assert operations(simplified(graph)) == ["multiply"]


def test_of_ones_own_operations_numbers_are_folded_too() -> None:
    cube = mg.primitive(lambda xp, x: x**3, [lambda g, y, x: 3 * g * x**2], name="cubed_here")
    graph = graph_of(lambda x, one: x * cube(3 * one), np.ones(3))
    assert_equal(simplified(graph), graph)


def test_axes_in_reverse_are_the_transpose_that_T_is() -> None:
    (entry,) = (
        e
        for e in simplified(graph_of(lambda x, one: mg.transpose(mg.transpose(x, (1, 2, 0)), (1, 0, 2)), A[None]))
        if e.operation is not None
    )
    assert entry.static == {"axes": None}


# One's own operations, written as built-in ones are, and what is made of them.
OWN: dict[str, tuple[Any, Any, Any]] = {
    "multiply": (lambda xp, a, b: a * b, mg.multiply, lambda f, x: f(1.0, f(2.0, f(0.5, x)))),
    "add": (lambda xp, a, b: a + b, mg.add, lambda f, x: f(x, x)),
    "subtract": (lambda xp, a, b: a - b, mg.subtract, lambda f, x: f(f(x, 0.0), -mg.exp(x))),
    "divide": (lambda xp, a, b: a / b, mg.divide, lambda f, x: f(-x, f(mg.exp(x), 1.0))),
    "negative": (lambda xp, x: -x, mg.negative, lambda f, x: f(f(f(x)))),
    "exp": (lambda xp, x: xp.exp(x), mg.exp, lambda f, x: f(x) * f(x) + f(mg.broadcast_to(2.0, (2, 3)))),
    "maximum": (lambda xp, a, b: xp.maximum(a, b), mg.maximum, lambda f, x: f(x, mg.broadcast_to(mg.sum(x), (2, 3)))),
    "sum": (lambda xp, x, axis=None, dtype=None, keepdims=False: xp.sum(x, axis=axis, dtype=dtype, keepdims=keepdims),
            mg.sum, lambda f, x: f(f(mg.exp(x), axis=()), axis=0) + f(mg.broadcast_to(0.5, (4, 3)), axis=0)),
}  # fmt: skip


def own(name: str, **other: Any) -> Any:
    """Declare an operation of one's own as a built-in one is, but for its name, and for what is given."""
    forward, built_in, _ = OWN[name]
    known = built_in.primitive
    facts = {"source": known.source, "latex": known.latex, "symbol": known.symbol} | other
    return mg.primitive(forward, tuple(known.vjps), name=f"own_{name}", **facts)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(
    "unsaid", [(), ("latex", "symbol"), ("symbol",)], ids=["all said", "code alone", "code and LaTeX"]
)
def test_ones_own_operation_declared_as_a_built_in_one_is_simplified_typeset_and_compiled_like_it(
    name: str, unsaid: tuple[str, ...]
) -> None:
    mine, built_in, call = own(name, **dict.fromkeys(unsaid)), OWN[name][1], OWN[name][2]
    x = np.array([[1.5, -2.0, 0.25], [-0.5, 3.0, 1.0]])
    told = []
    for f in (mine, built_in):
        graph = graph_of(lambda x, one, f=f: call(f, x), x)
        assert_equal(simplified(graph), graph)
        w = mg.tensor(x, requires_grad=True, name="w")
        loss = mg.sum(call(f, w))
        compiled = mg.compile(mg.grad(lambda w, f=f: mg.sum(call(f, w))), backend="numpy")
        compiled(x)
        code = re.sub("#.*", "", mg.derive(loss).source())  # comments tell what was called
        told.append((outline(simplified(graph)), mg.latex(loss), code, compiled.source()))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "other",
    [
        {"latex": r"{0} \star {1}"},
        {"latex": None, "symbol": "⋆"},
        {"text": "{0} ⋆ {1}"},
        {"source": "({1} * {0})"},
        {"source": "({0} *"},
        {"source": None},
    ],
    ids=str,
)
def test_an_operation_in_a_notation_of_its_own_stays_what_it_is(other: dict[str, Any]) -> None:
    mine = own("multiply", **other)
    graph = graph_of(lambda x, one: mine(1.0, x), np.ones((2, 3)))
    assert operations(simplified(graph)) == ["own_multiply"]


def test_beside_a_number_an_operation_with_other_vjps_is_simplified_as_well() -> None:
    graph = graph_of(lambda x, one: x * mg.maximum(mg.broadcast_to(2 * one, (2, 3)), 0.0), np.ones((2, 3)))
    assert any(e.operation is mg.maximum.primitive.beside_number for e in graph)
    assert operations(simplified(graph)) == ["multiply"]


def test_a_long_chain_is_simplified_without_recursion() -> None:
    x = traced(np.float64(1.0))
    y = x
    for _ in range(20_000):
        y = -y + 0.5
    graph = Graph.of(y)
    assert_equal(simplified(graph), graph)
    y = x
    for _ in range(20_000):
        y = -y
    assert operations(simplified(Graph.of(y))) == []


def test_the_gradient_of_the_articles_network() -> None:
    x, y = mg.article.dataset()
    loss = mg.article.recorded_loss(x, y, *mg.article.initial_weights(x, y, seed=0))
    both = passes(loss, caller="test")
    simpler, position = simplification(seeded(both))
    backward = [n.operation.symbol for n in simpler[position[both.output] + 1 :] if n.operation is not None]
    assert backward == ["⊙", "⊙ σ′", "·ᵀ", "@", "·ᵀ", "@", "⊙ σ′", "·ᵀ", "@"]
    assert_equal(simpler, both.graph)


def seeded(both: Any) -> Graph:
    entries = [replace(e, kind="constant") if e.id == both.seed else e for e in both.graph]
    return Graph(entries, both.graph.outputs)


# --- random graphs ------------------------------------------------------------------------------------

UNARY = [mg.sin, mg.exp, mg.tanh, mg.sigmoid, mg.square, mg.negative, mg.positive, mg.relu, mg.transpose, mg.abs,
         lambda x: 2 * x, lambda x: x * -1.0, lambda x: x + 0, lambda x: x - 0.0, lambda x: x / 1, lambda x: x**2,
         lambda x: x * np.ones((3, 3), x.dtype), lambda x: mg.broadcast_to(mg.sum(x, axis=0), (3, 3)) / 3,
         lambda x: mg.broadcast_to(mg.mean(x, axis=1, keepdims=True), (3, 3)), lambda x: mg.sum(x) * 0.125 - x,
         lambda x: mg.reshape(mg.reshape(x, (9,)), (3, 3)), lambda x: x[::-1], lambda x: 0.5 * (0.25 * x)]  # fmt: skip
BINARY = [mg.add, mg.subtract, mg.multiply, mg.maximum, mg.matmul, lambda a, b: a / (2 + mg.square(b))]
STEPS = st.lists(st.tuples(st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 99), st.integers(0, 99)),
                 min_size=1, max_size=12)  # fmt: skip


def computed(steps: list[tuple[int, int, int]], leaves: list[Any]) -> Any:
    made = list(leaves)
    for which, i, j in steps:
        a, b = made[i % len(made)], made[j % len(made)]
        result = UNARY[which](a) if which < len(UNARY) else BINARY[which - len(UNARY)](a, b)
        made.append(mg.tanh(result))  # keeps numbers within range
    return mg.sum(made[-1]) + mg.sum(leaves[0] * made[-1])


@given(steps=STEPS, seed=st.integers(0, 1000), dtype=st.sampled_from([np.float64, np.float32]))
def test_a_random_graph_and_its_gradient_keep_their_values(steps: Any, seed: int, dtype: Any) -> None:
    random = np.random.default_rng(seed)
    leaves = [mg.tensor(random.uniform(-1, 1, (3, 3)).astype(dtype), requires_grad=True) for _ in range(2)]
    graph = seeded(passes(computed(steps, leaves), wrt=leaves, caller="test"))
    simpler = simplified(graph)
    assert len(simpler) <= len(graph) + 4  # constants
    tolerance = 64 * np.finfo(dtype).eps
    others = [random.uniform(-1, 1, (3, 3)).astype(dtype) for _ in graph.inputs]
    for a, b in ((graph.values(), simpler.values()), *([replaced(graph, others), replaced(simpler, others)],)):
        for i, j in zip(graph.outputs, simpler.outputs, strict=True):
            expected, found = a[i], b[j]
            assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
            np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * max(1, np.abs(expected).max()))


def replaced(graph: Graph, arrays: list[Any]) -> Any:
    return graph.values(dict(zip(graph.inputs, arrays, strict=True)))


# --- the edges of floating point ----------------------------------------------------------------------

TINY = float(np.finfo(float).smallest_subnormal)
EDGES = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0, TINY, -TINY, 2.0**-1022, 2.0**-1000, 2.0**1000, np.inf, -np.inf, np.nan]
SIGNED_ZEROS = np.array([[0.0], [-0.0]] * 8)[: len(EDGES)]

CONSTANTS: list[Any] = [
    *EDGES, 0, 1, -1, 2, *map(np.float64, EDGES[:8]), *(np.full((len(EDGES), 1), e) for e in EDGES), SIGNED_ZEROS,
    np.zeros(len(EDGES)), np.ones((len(EDGES), len(EDGES))), np.uint8(1), np.int64(-1), True,
]  # fmt: skip


def filled(a: Any, c: Any) -> Any:
    return np.full(a.shape, c, a.dtype)


EXACT: list[Any] = [
    lambda a, b, c: a + b, lambda a, b, c: a - b, lambda a, b, c: a * b, lambda a, b, c: a / b, lambda a, b, c: a + c,
    lambda a, b, c: c + a, lambda a, b, c: a - c, lambda a, b, c: c - a, lambda a, b, c: a * c, lambda a, b, c: c * a,
    lambda a, b, c: a / c, lambda a, b, c: c / a, lambda a, b, c: -a, lambda a, b, c: +argument(a),
    lambda a, b, c: a + a, lambda a, b, c: a - (-b), lambda a, b, c: -a + b, lambda a, b, c: a + (-b),
    lambda a, b, c: (-a) * (-b), lambda a, b, c: (-a) / c, lambda a, b, c: c / (-a), lambda a, b, c: -(c * a),
    lambda a, b, c: a**1, lambda a, b, c: a.T, lambda a, b, c: a**2, lambda a, b, c: mg.maximum(a, b),
    lambda a, b, c: mg.minimum(c, a), lambda a, b, c: mg.abs(a), lambda a, b, c: mg.sign(a),
    lambda a, b, c: mg.where(a > b, a, c), lambda a, b, c: mg.where(a > 0, c, 0.0), lambda a, b, c: mg.arctan2(c, a),
    lambda a, b, c: mg.arctan2(a, c), lambda a, b, c: mg.broadcast_to(a[:1], a.shape),
    lambda a, b, c: a * mg.ones_like(b), lambda a, b, c: a - mg.zeros_like(b), lambda a, b, c: a + mg.zeros_like(b),
    lambda a, b, c: mg.reshape(mg.reshape(a, (-1,)), a.shape), lambda a, b, c: a[::-1],
    lambda a, b, c: a + mg.sum(b * 0 + 1),
    lambda a, b, c: a * mg.sum(mg.broadcast_to(0 * a[0, 0] + 2, a.shape), axis=0), lambda a, b, c: mg.relu(a),
    lambda a, b, c: mg.vjp(mg.abs, a)[1](filled(a, c))[0], lambda a, b, c: mg.vjp(mg.sigmoid, a)[1](filled(a, c))[0],
    lambda a, b, c: mg.vjp(lambda t: mg.where(b, t, 0), a)[1](filled(a, c))[0], lambda a, b, c: mg.where(b, c, 0.0),
    lambda a, b, c: mg.vjp(mg.relu, a)[1](mg.ones_like(a))[0],
    lambda a, b, c: mg.vjp(lambda t: mg.maximum(t, 0), a)[1](mg.ones_like(a))[0], lambda a, b, c: mg.square(c) * a,
]  # fmt: skip
"""Operations that round alike however they are written, on arrays a and b and a constant c."""


def edges(dtype: Any) -> list[Any]:
    """Every edge beside every other one, and the other way round."""
    with np.errstate(over="ignore"):
        column = np.array(EDGES).astype(dtype)[:, None]
    return [np.repeat(column, len(EDGES), 1), np.repeat(column, len(EDGES), 1).T]


def without(rule: str) -> Any:
    """What finds the rules of an operation, but for one."""
    return lambda of: [r for r, about in RULES.items() if (not about or of in about) and r.__name__ != rule]


def assert_same_bits(simpler: Graph, graph: Graph) -> None:
    for found, expected in zip(results(simpler), results(graph), strict=True):
        assert (np.shape(found), found.dtype) == (np.shape(expected), expected.dtype)
        np.testing.assert_array_equal(found, expected)  # NaN where NaN is, of whatever sign
        np.testing.assert_array_equal(np.signbit(found)[~np.isnan(found)], np.signbit(expected)[~np.isnan(found)])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("at", range(len(EXACT)))
def test_an_operation_on_each_constant_keeps_every_bit(at: int, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simplify, "_rules_of", without("factors"))
    for c in CONSTANTS:
        a, b = map(traced, edges(dtype))
        assert_same_bits(simplified(graph := Graph.of(EXACT[at](a, b, c) * argument(b))), graph)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=100)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, len(EXACT) - 1), st.integers(0, 9), st.integers(0, 9), st.sampled_from(CONSTANTS)),
        min_size=2, max_size=8,
    ),
    dtype=st.sampled_from([np.float64, np.float32]),
)  # fmt: skip
def test_a_random_graph_keeps_every_bit_on_the_edges_of_floating_point(steps: Any, dtype: Any) -> None:
    made = [traced(a) for a in edges(dtype)]
    for at, i, j, c in steps:
        result = EXACT[at](made[-1 - i % len(made)], made[-1 - j % len(made)], c)
        made.append(result if result.ndim == 2 else mg.broadcast_to(result, made[0].shape))
    graph = Graph.of(*made[2:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simplify, "_rules_of", without("factors"))
        assert_same_bits(simplified(graph), graph)


INTEGERS = [
    lambda x, k: x + (-k), lambda x, k: -k + x, lambda x, k: x - (-k), lambda x, k: (-k) * x, lambda x, k: x * -k,
    lambda x, k: (-k) / x, lambda x, k: x / -k, lambda x, k: -(2 * k) * x, lambda x, k: mg.negative(-k) + x,
    lambda x, k: (k + k) * x, lambda x, k: 0.5 * (2 * k), lambda x, k: 2.0 * (2 * k), lambda x, k: k / 1,
    lambda x, k: k**1 * x,
    lambda x, k: (k - 0) * x, lambda x, k: -(k - 1) * x, lambda x, k: mg.sum(k[:, :1], axis=1, keepdims=True) * x,
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64])
@pytest.mark.parametrize("at", range(len(INTEGERS)))
def test_integers_wrap_where_they_did(at: int, dtype: Any) -> None:
    k = np.array([[0, 1, 127], [128, 200, 255]]).astype(dtype)
    for x in (A, A.astype(np.float32)):
        assert_same_bits(simplified(graph := Graph.of(INTEGERS[at](traced(x), traced(k)))), graph)


def exactly(*numbers: float) -> float:
    """The product of some numbers, rounded once; infinite where it is too large."""
    product = math.prod(map(Fraction, numbers))
    try:
        return float(product)
    except OverflowError:
        return math.inf if product > 0 else -math.inf


FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1074, 1023).map(lambda n: 2.0**n)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=400)
@given(c=FINITE, d=FINITE, x=FINITE)
def test_factors_that_are_collected_round_once_or_as_they_did(c: float, d: float, x: float) -> None:
    graph = Graph.of(c * (d * traced(np.array([x]))))
    ((found,),), ((expected,),) = results(simplified(graph)), results(graph)
    assert found == exactly(c, d, x) or np.array_equal(found, expected, equal_nan=True)
    assert np.isnan(found) or np.signbit(found) == np.signbit(expected)


FACTORS = {
    "a product of factors that underflows": (2.0**-1000, 2.0**-100, 1e300),
    "one that is subnormal": (2.0**-1000, 2.0**-30, 1e300),
    "one that overflows": (2.0**1000, 2.0**100, 1e-300),
    "the least that is normal": (2.0**-1000, 2.0**-22, 1.5),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("what", FACTORS)
def test_factors_at_the_limits(what: str) -> None:
    c, d, x = FACTORS[what]
    graph = Graph.of(c * (d * traced(np.array([x]))))
    assert_same_bits(simplified(graph), graph)
    assert len(operations(simplified(graph))) == (1 if "least" in what else 2)


def test_what_is_summed_with_nothing_stays_minus_zero() -> None:
    graph = graph_of(lambda x, one: mg.sum(x[1:, :1], axis=0), A)
    assert np.signbit(results(simplified(graph))[0]).all()
    assert not np.signbit(results(graph)[0]).any()
