"""Every operation can be written as NumPy source that computes the same, and no name can become code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.graph import Graph
from microgradnet.record import Recorded, primitives, traced
from microgradnet.simplify import simplified
from microgradnet.views.source import Program, identifier
from tests.ops.cases import CASES, CONSTANTS, Case


def run(graph: Graph, arguments: list[Any] | None = None) -> list[Any]:
    """Execute a graph's source, with nothing but NumPy, on the recorded values."""
    program = Program(graph, graph.outputs, graph.outputs, lambda lines: {})
    body = [f"{program.names[i]} = {program.code(i)}" for i in program.lines]
    source = "\n".join([*program.helpers.values(), *body])
    names: dict[str, Any] = {"np": np, **program.parameters}
    with np.errstate(all="ignore"):
        exec(compile(source, "generated", "exec"), names)
        return [eval(program.reference(i), names) for i in graph.outputs]


IN_PYTHON = {"erf", "erfc", "ndtr", "gelu", "gelu_slope", "geglu"}
"""Operations that NumPy has not: their source calls Python's error functions, which round otherwise."""
IN_ANOTHER_ORDER = {"conv1d", "conv2d", "avg_pool"}
"""Operations whose source adds the same numbers up in another order."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_source_of_every_operation_and_its_gradient_computes_the_same(case: Case) -> None:
    tensors = [traced(array[()]) for array in case.arguments()]
    output, pull = mg.vjp(case.recorded, *tensors)
    cotangent = np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape)[()]
    graph = Graph.of(output, *pull(traced(cotangent, name="g")))
    assert not Program(graph, graph.outputs, (), lambda lines: {}).untold
    for which in (graph, simplified(graph)):
        for found, expected in zip(run(which), (graph.values()[i] for i in graph.outputs), strict=True):
            assert np.shape(found) == np.shape(expected)
            assert np.asarray(found).dtype == expected.dtype
            if case.operation in IN_PYTHON | IN_ANOTHER_ORDER:
                np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-14)
            elif np.size(found):
                np.testing.assert_array_max_ulp(np.asarray(found), np.asarray(expected), 2)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_so_does_the_source_of_its_tangent(case: Case) -> None:
    arrays = case.arguments()
    leaves = [mg.tensor(a, requires_grad=True, name=f"x{i}") for i, a in enumerate(arrays)]
    directions = [np.sin(1.0 + np.arange(a.size)).reshape(a.shape) for a in arrays]
    names: dict[str, Any] = {}
    expected = mg.jvp(case.recorded, arrays, directions)
    if not np.any(expected[1]):  # as of the standard deviation of one number
        return
    derivation = mg.derive(case.recorded(*leaves), leaves, mode="forward")
    exec(derivation.source(loss=True), names)
    given = {f"d_x{i}": v for i, v in enumerate(directions) if f"d_x{i}" in derivation.arguments}
    found = names["pushforward"](**{**derivation.arguments, **given})
    for value, e in zip(found, expected, strict=True):
        assert (np.shape(value), np.asarray(value).dtype) == (e.shape, e.dtype)
        np.testing.assert_allclose(value, e, rtol=1e-9, atol=1e-9)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_so_does_the_derivation_of_arrays_without_elements(case: Case) -> None:
    """Each length that an axis has is made 0 in all arguments, wherever the operation takes that."""
    arrays = case.arguments()
    for length in {n for a in arrays for n in a.shape} - {0}:
        empty = [np.zeros([0 if n == length else n for n in a.shape]) + 0.5 for a in arrays]
        leaves = [mg.tensor(a, requires_grad=True, name=f"x{i}") for i, a in enumerate(empty)]
        try:
            loss = mg.sum(mg.sin(case.recorded(*leaves)))
            expected = mg.gradients(loss, leaves)
        except (ValueError, IndexError, TypeError, RuntimeError, ZeroDivisionError, np.linalg.LinAlgError):
            continue
        try:
            derivation, names = mg.derive(loss, leaves), {}
        except ValueError as error:  # a polynomial without coefficients, say, is a constant
            if "no gradients flow" not in str(error):
                raise
            continue
        exec(derivation.source("backprop"), names)
        found = names["backprop"](**derivation.arguments)
        for g, e in zip(found if len(leaves) > 1 else [found], expected, strict=True):
            assert (np.shape(g), np.asarray(g).dtype) == (e.shape, e.dtype)
            np.testing.assert_allclose(g, e, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", [n for n in CONSTANTS if n in primitives])
def test_so_does_the_source_of_what_has_no_derivative(name: str) -> None:
    result = CONSTANTS[name](mg, traced(np.array([[0.25, -1.5], [2.0, 0.55]])))
    if isinstance(result, Recorded):  # not the shape, which is the same for all data
        (found,) = run(Graph.of(result))
        np.testing.assert_array_equal(found, result._value)


def test_every_built_in_operation_says_how_it_is_written() -> None:
    built_in = [p for p in primitives.values() if p.module.startswith("microgradnet.ops")]
    assert [p.name for p in built_in if p.source is None] == []


def test_a_traced_index_is_a_parameter_of_the_source() -> None:
    x, index = traced(np.arange(12.0).reshape(3, 4)), traced(np.array([2, 0, 2]))
    gradient = mg.grad(lambda x: mg.sum(mg.square(x[np.arange(3), index])))(x)
    graph = Graph.of(gradient)
    np.testing.assert_array_equal(run(graph)[0], gradient._value)


IDENTIFIERS = {
    "W 1": "W_1", "lambda": "lambda_", "x; import os": "x_import_os", "δ₂": "δ2", "np": "np_", "": "x", "1st": "_1st",
    "None": "None_", "__debug__": "debug", "ﬁ": "fi", "a\nb": "a_b", "_": "x", "max": "max_", "ŷ": "ŷ", "w'": "w",
}  # fmt: skip


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_any_text_becomes_an_identifier(text: str) -> None:
    assert identifier(text) == IDENTIFIERS[text]
    assert identifier(text, {IDENTIFIERS[text]}) == IDENTIFIERS[text] + "_2"


def test_a_template_that_is_no_expression_is_named() -> None:
    broken = mg.primitive(lambda xp, x: x / 2, [lambda g, y, x: g / 2], name="broken_there", source="{0} +")
    with pytest.raises(ValueError, match="the template of 'broken_there' is no expression"):
        run(Graph.of(broken(mg.tensor([1.0], requires_grad=True))))


def test_an_argument_that_can_not_be_written_is_named() -> None:
    odd = mg.primitive(lambda xp, x, by=None: x, [lambda g, y, x, by: g], name="odd_there", source="f({0}, {by!r})")
    with pytest.raises(TypeError, match="odd_there's argument 'by' is a object, which can't be written as code"):
        run(Graph.of(odd(mg.tensor([1.0], requires_grad=True), by=object())))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NaN
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i1", "?"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -2.5, 0.0, -0.0, 3.0])
@pytest.mark.parametrize("name", ["maximum", "where", "power", "multiply"])
def test_an_array_without_axes_is_written_as_a_number(name: str, value: float, dtype: str) -> None:
    constant = np.array(value if dtype[0] == "f" or np.isfinite(value) else 1).astype(dtype)
    operation = (lambda a, b: mg.where(b, a, 2 * a)) if name == "where" else getattr(mg, name)

    def f(x: Any) -> Any:
        return mg.sum(operation(mg.exp(x), constant) * x)

    x = mg.tensor([0.5, 1.5], requires_grad=True)
    made: dict[str, Any] = {}
    exec(mg.derive(f(x)).source(), made)
    np.testing.assert_allclose(made["backprop"](x.numpy()), mg.gradients(f(x), x), rtol=1e-12)
