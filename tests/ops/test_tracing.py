"""Traced computations: every operation and its VJPs recorded in full, over the one table of cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.backward import reachable
from microgradnet.deferred import Deferred
from microgradnet.graph import located
from microgradnet.record import Recorded, fresh, node_of, primitives, traced
from tests.ops.cases import CASES, CONSTANTS, Case


def replayed(tensors: list[Any], results: Any, arrays: list[np.ndarray]) -> list[Any]:
    """Compute traced results again from other arrays."""
    graph, position = located(*results)
    values = [node.value for node in graph]
    for tensor, array in zip(tensors, arrays, strict=True):
        if tensor._node in position:
            values[position[tensor._node]] = array[()]
    for node in graph:
        if node.operation is not None:
            values[node.id] = node.operation.compute(*(values[i] for i in node.inputs), **node.static)
    return [values[i] for i in graph.outputs]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_traced_vjp_gives_the_same_and_holds_for_other_data(case: Case) -> None:
    def value_and_vjp(*arrays: Any) -> tuple[Any, ...]:
        output, pull = mg.vjp(case.recorded, *arrays)
        return output, *pull(np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape))

    arrays = case.arguments()
    tensors = [traced(array[()]) for array in arrays]
    results = value_and_vjp(*tensors)
    order = reachable(node_of(case.recorded(*map(fresh, arrays))))[0]
    in_one = any(isinstance(node.primitive, Deferred) for node in order)  # NumPy's own function rounds otherwise
    for result, expected in zip(results, value_and_vjp(*arrays), strict=True):
        np.testing.assert_allclose(result._value, expected, rtol=1e-12 if in_one else 0, atol=1e-14 if in_one else 0)
    others = [array * 1.00001 for array in arrays]
    for again, expected in zip(replayed(tensors, results, others), value_and_vjp(*others), strict=True):
        np.testing.assert_allclose(again, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [n for n in CONSTANTS if n in primitives])
def test_what_has_no_derivative_is_recorded_too(name: str) -> None:
    result = CONSTANTS[name](mg, traced(np.array([[0.25, -1.5], [2.0, 0.55]])))
    if isinstance(result, Recorded):  # not the shape, which is the same for all data
        assert result._node.primitive is not None
        assert not result.requires_grad


def test_under_no_grad_everything_is_recorded_and_nothing_differentiated() -> None:
    w = traced(np.arange(3.0), requires_grad=True)
    with mg.no_grad():
        updated = w - 0.1 * mg.exp(w)
    assert not updated.requires_grad
    assert [node.symbol for node in (n.operation for n in mg.Graph.of(updated)) if node] == ["exp", "⊙", "−"]


def test_detaching_is_recorded_and_stops_gradients() -> None:
    w = traced(np.arange(3.0))
    gradient = mg.grad(lambda w: mg.sum(w * w.detach()))(w)
    np.testing.assert_array_equal(gradient._value, np.arange(3.0))
    assert "detached" in [n.operation.name for n in mg.Graph.of(gradient) if n.operation]


def test_traced_indices_are_inputs_of_the_operation() -> None:
    x, index = np.arange(12.0).reshape(3, 4), np.array([2, 0, 2])
    tensors = [traced(x), traced(index)]
    picked = mg.grad(lambda x, i: mg.sum(mg.square(x[np.arange(3), i])))(*tensors)
    expected = mg.grad(lambda x, i: mg.sum(mg.square(x[np.arange(3), i])))
    np.testing.assert_array_equal(picked._value, expected(x, index))
    other = np.array([1, 1, 3])
    np.testing.assert_array_equal(replayed(tensors, [picked], [x, other])[0], expected(x, other))


WAYS_OUT = {
    "bool": bool,
    "float": float,
    "int": int,
    "complex": complex,
    "format": "{:.2f}".format,
    "asarray": np.asarray,
    "item": lambda t: t.item(),
    "tolist": lambda t: t.tolist(),
    "numpy": lambda t: t.numpy(),
    "data": lambda t: t.data,
    "in": lambda t: 1.0 in t,
    "static argument": lambda t: mg.sum(t, axis=t),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_value_can_not_leave_a_trace(way: str) -> None:
    with pytest.raises(TypeError, match="of a tensor that is being traced would freeze a value that changes"):
        WAYS_OUT[way](traced(np.float64(1.0)))


def test_a_mask_that_is_traced_can_not_be_an_index() -> None:
    x = traced(np.arange(3.0))
    with pytest.raises(TypeError, match="a mask, and so the shape of its result, of a tensor that is being traced"):
        x[x > 1]


def test_a_tensor_that_is_traced_can_not_be_copied_out_of_its_record() -> None:
    with pytest.raises(TypeError, match="would copy a tensor out of its record"):
        mg.tensor(traced(np.arange(3.0)))
