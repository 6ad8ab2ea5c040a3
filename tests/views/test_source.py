"""Every operation can be written as NumPy source that computes the same, and no name can become code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.graph import Graph
from microgradnet.record import traced
from microgradnet.simplify import simplified
from microgradnet.views.source import Program
from tests.ops.cases import CASES, Case


def run(graph: Graph, arguments: list[Any] | None = None) -> list[Any]:
    """Execute a graph's source, with nothing but NumPy, on the recorded values."""
    program = Program(graph, graph.outputs, graph.outputs, lambda lines: {})
    body = [f"{program.names[i]} = {program.code(i)}" for i in program.lines]
    source = "\n".join(program.helpers + body)
    names: dict[str, Any] = {"np": np, **program.parameters}
    with np.errstate(all="ignore"):
        exec(compile(source, "generated", "exec"), names)
        return [eval(program.reference(i), names) for i in graph.outputs]


LOOSE: dict[str, float] = {}
"""Operations whose source rounds otherwise than the operation itself, and the relative error that may have."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_source_of_every_operation_and_its_gradient_computes_the_same(case: Case) -> None:
    tensors = [traced(array[()]) for array in case.arguments()]
    output, pull = mg.vjp(case.recorded, *tensors)
    cotangent = np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape)[()]
    graph = Graph.of(output, *pull(traced(cotangent, name="g")))
    for which in (graph, simplified(graph)):
        for found, expected in zip(run(which), (graph.values()[i] for i in graph.outputs), strict=True):
            assert np.shape(found) == np.shape(expected)
            assert np.asarray(found).dtype == expected.dtype
            if case.operation in LOOSE:
                np.testing.assert_allclose(found, expected, rtol=LOOSE[case.operation], atol=1e-14)
            elif np.size(found):
                np.testing.assert_array_max_ulp(np.asarray(found), np.asarray(expected), 2)
