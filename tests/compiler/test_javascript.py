"""In JavaScript every value of both passes equals NumPy's, over the one table of cases, after edits of the leaves."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import microgradnet as mg
from microgradnet.compiler.javascript import Program, program
from microgradnet.graph import Graph
from microgradnet.passes import passes
from tests.compiler.javascript import run
from tests.ops.cases import CASES, Case

TOLERANCE: dict[Any, float] = {np.float64: 1e-12, np.float32: 1e-6}


def both_passes(case: Case, dtype: Any) -> Graph:
    leaves = [mg.tensor(a, requires_grad=True) for a in case.arguments(dtype)]
    output = case.recorded(*leaves)
    weights = np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape)
    return passes(mg.sum(output * weights), leaves, caller="test").graph


def edits(graph: Graph, written: Program) -> dict[int, np.ndarray]:
    """Other numbers for the leaves: near by, where the derivatives exist too."""
    given = {}
    for i in written.leaves:
        value: Any = graph[i].value
        if graph[i].kind != "constant" and value.dtype.kind == "f":
            given[i] = np.asarray(value * value.dtype.type(1.00001))
    return given


def differences(graph: Graph, written: Program, given: Any, found: Any) -> Iterator[str]:
    """Say which values differ, of those that don't depend on something frozen.

    Each from what NumPy makes of the same inputs, and from what it makes of the leaves: there small numbers may be the
    difference of large ones.
    """
    values = [np.asarray(v, np.asarray(v).dtype) for v in graph.values(given)]
    largest = max(float(np.max(np.abs(v[np.isfinite(v)]), initial=0)) for v in values)
    overall = 8 * 1e-6 if any(v.dtype == np.float32 for v in values) else 1e-12  # errors of many steps add up
    skipped = {*written.frozen, *written.behind}
    for entry in graph:
        operation = entry.operation
        if operation is None or entry.id in skipped:
            continue
        wanted = values[entry.id]
        tolerance = max(TOLERANCE.get(values[i].dtype.type, 0) for i in (*entry.inputs, entry.id)) or 1e-12
        inputs = [
            graph[i].value if graph[i].dtype is None else found[i].astype(graph[i].dtype)[()] for i in entry.inputs
        ]
        with np.errstate(all="ignore"):
            alone = np.asarray(operation.compute(*inputs, **entry.static))
        terms = max((float(np.max(np.abs(i)[np.isfinite(i)], initial=0)) for i in inputs), default=0.0)
        size = float(np.max(np.abs(alone)[np.isfinite(alone)], initial=0))
        pairs = [(alone, tolerance, max(size, min(terms, 10.0))), (wanted, overall, largest)]
        for expected, relative, scale in pairs:
            if not np.allclose(found[entry.id], expected, 4 * relative, relative * scale, equal_nan=True):
                yield f"{entry!r} {dict(entry.given)}: {found[entry.id]} is not {expected}"


def of_all_cases() -> list[tuple[str, Graph, Program]]:
    made = []
    for case in CASES:
        for dtype in TOLERANCE:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                graph = both_passes(case, dtype)
            made.append((f"{case} in {dtype.__name__}", graph, program(graph)))
    return made


def test_every_operation_equals_numpy_after_edits(tmp_path: Path) -> None:
    cases = of_all_cases()
    given = [edits(graph, written) for _, graph, written in cases]
    found = run([(written, edit) for (_, _, written), edit in zip(cases, given, strict=True)], tmp_path)
    wrong = [
        f"{name}: {what}"
        for (name, graph, written), edit, values in zip(cases, given, found, strict=True)
        for what in differences(graph, written, edit, values)
    ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:30])
