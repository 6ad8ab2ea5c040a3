"""In JavaScript every value of both passes equals NumPy's, over the one table of cases, after edits of the leaves."""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.compiler.javascript import Script, program
from microgradnet.graph import Graph
from microgradnet.passes import passes
from microgradnet.record import traced
from tests.compiler.javascript import run
from tests.ops.cases import CASES, Case

TOLERANCE: dict[Any, float] = {np.float64: 1e-12, np.float32: 1e-6}


def both_passes(case: Case, dtype: Any) -> Graph:
    leaves = [mg.tensor(a, requires_grad=True) for a in case.arguments(dtype)]
    output = case.recorded(*leaves)
    weights = np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape)
    return passes(mg.sum(output * weights), leaves, caller="test").graph


def edits(graph: Graph, written: Script) -> dict[int, np.ndarray]:
    """Other numbers for the leaves: near by, where the derivatives exist too."""
    given = {}
    for i in written.leaves:
        value: Any = graph[i].value
        if graph[i].kind != "constant" and value.dtype.kind == "f":
            given[i] = np.asarray(value * value.dtype.type(1.00001))
    return given


def differences(graph: Graph, written: Script, given: Any, found: Any) -> Iterator[str]:
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


@functools.cache
def of_all_cases(*dtypes: Any) -> list[tuple[str, Graph, Script]]:
    made = []
    for case in CASES:
        for dtype in dtypes:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                graph = both_passes(case, dtype)
            made.append((f"{case} in {dtype.__name__}", graph, program(graph)))
    return made


def test_every_operation_equals_numpy_after_edits(tmp_path: Path) -> None:
    cases = [made for dtype in TOLERANCE for made in of_all_cases(dtype)]
    given = [edits(graph, written) for _, graph, written in cases]
    found = run([(written, edit) for (_, _, written), edit in zip(cases, given, strict=True)], tmp_path)
    wrong = [
        f"{name}: {what}"
        for (name, graph, written), edit, values in zip(cases, given, found, strict=True)
        for what in differences(graph, written, edit, values)
    ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:30])


# --- the numbers where JavaScript and NumPy could part ----------------------------------------------------------

EDGES = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 3.0, -7.25, 1e-310, 1e300, -1e300, np.inf, -np.inf, np.nan]
)
WHOLE = np.array([0, 1, -1, 2, -3, 7, -7, 100], np.int64)
LINE = np.array([-2.5, 0.0, 0.5, np.inf, np.nan])
YES = np.array([True, False, True, False])
ONE = [
    mg.negative, mg.positive, mg.absolute, mg.fabs, mg.sign, mg.square, mg.sqrt, mg.cbrt, mg.reciprocal, mg.exp,
    mg.exp2, mg.expm1, mg.log, mg.log2, mg.log10, mg.log1p, mg.sin, mg.cos, mg.tan, mg.arcsin, mg.arccos, mg.arctan,
    mg.sinh, mg.cosh, mg.tanh, mg.arcsinh, mg.arccosh, mg.arctanh, mg.floor, mg.ceil, mg.trunc, mg.rint, mg.isnan,
    mg.isinf, mg.isfinite, mg.signbit, mg.deg2rad, mg.rad2deg, mg.relu, mg.sigmoid, mg.softplus, mg.logical_not,
    lambda x: x > 0, lambda x: -x + 1 / x, lambda x: mg.where(x > 0, x, -x), lambda x: mg.clip(x, -1.0, 2.0),
    lambda x: x.astype(np.float32), lambda x: x.astype(np.float16), lambda x: x.astype(bool), lambda x: mg.max(x),
    lambda x: mg.min(x[:-1]), lambda x: mg.sum(x), lambda x: mg.sum(x[:-3]), lambda x: mg.sum(x[:-2]), mg.prod,
    lambda x: mg.any(x > 2) | mg.all(x > 2), mg.sort, lambda x: mg.argsort(x), lambda x: mg.max(x[:-1]), mg.cumsum,
    lambda x: mg.nansum(x), lambda x: mg.nan_to_num(x), lambda x: x**2 + x**-1 + x**0.5 + x**3, lambda x: 2.0**x,
    lambda x: mg.argmax(x), lambda x: mg.median(x[:-1]), lambda x: mg.linalg.norm(x[:-3]), lambda x: mg.cumprod(x),
    mg.round, lambda x: mg.round(x, 1), lambda x: mg.round(x, -1), mg.count_nonzero, lambda x: mg.isclose(x, x[::-1]),
    lambda x: mg.isclose(x, x, equal_nan=True), lambda x: mg.searchsorted(LINE, x),
    lambda x: mg.searchsorted(LINE, x, "right"),
]  # fmt: skip
TWO = [
    mg.add, mg.subtract, mg.multiply, mg.divide, mg.power, mg.remainder, mg.fmod, mg.floor_divide, mg.maximum,
    mg.minimum, mg.fmax, mg.fmin, mg.arctan2, mg.hypot, mg.logaddexp, mg.logaddexp2, mg.copysign, mg.heaviside,
    mg.equal, mg.less, mg.not_equal, mg.greater_equal,
    lambda a, b: (a > 0) & (b > 0) | (a == b) ^ (b < a), lambda a, b: ~(a > b),
]  # fmt: skip
OF_INTEGERS = [
    mg.add, mg.subtract, mg.multiply, mg.divide, mg.remainder, mg.floor_divide, mg.maximum, mg.equal,
    lambda a, b: a * 0.5 + b, lambda a, b: mg.sum(a) + mg.max(b), lambda a, b: a.astype(np.int8) * b.astype(np.float32),
    lambda a, b: a.astype(np.uint8) + (b > 0), lambda a, b: mg.cumsum(a > b), lambda a, b: mg.mean(a) * b,
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_every_function_at_its_edges(tmp_path: Path) -> None:
    """NaN, infinities, both zeros, numbers near the ends of the range, integers and truth values, in three dtypes."""
    graphs = []
    with np.errstate(all="ignore"):
        for dtype in (np.float64, np.float32, np.float16):
            x = EDGES.astype(dtype)
            a, b = (c.ravel() for c in np.meshgrid(x, x))
            graphs += [traced_graph(f, x) for f in ONE] + [traced_graph(f, a, b) for f in TWO]
        a, b = (c.ravel() for c in np.meshgrid(WHOLE, WHOLE))
        graphs += [traced_graph(f, a, b) for f in OF_INTEGERS] + [
            traced_graph(f, YES, YES[::-1]) for f in (mg.add, mg.multiply)
        ]
        programs = [program(graph) for graph in graphs]
        frozen = {repr(g[i]) for g, p in zip(graphs, programs, strict=True) for i in p.frozen}
        assert not frozen
        wrong = []
        for graph, found in zip(graphs, run([(p, {}) for p in programs], tmp_path), strict=True):
            values = graph.values()
            for entry in graph:
                wanted = np.asarray(values[entry.id])
                tolerance = {"float32": 1e-6, "float16": 2e-3}.get(wanted.dtype.name, 1e-12)
                wanted, got = wanted.astype(float), found[entry.id]
                same = np.isclose(got, wanted, rtol=tolerance, atol=0, equal_nan=True)
                if np.asarray(values[entry.id]).dtype != np.float16:  # of two zeros NumPy's maximum takes another there
                    same &= (np.signbit(got) == np.signbit(wanted)) | (wanted != 0)
                if not same.all():
                    inputs = [
                        np.broadcast_to(values[i], wanted.shape)[~same]
                        for i in entry.inputs
                        if np.size(values[i]) == wanted.size
                    ]
                    wrong.append(f"{entry!r} {entry.dtype} of {inputs}: {got[~same]} is not {wanted[~same]}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)


def traced_graph(f: Any, *arrays: np.ndarray) -> Graph:
    """Record a function, also of what no derivative flows through."""
    return Graph.of(f(*(traced(a) for a in arrays)))


# --- what can't be written ---------------------------------------------------------------------------------------

OF_LAPACK = """
    singular_decomposition svdvals eigendecomposition eigvalsh qr_decomposition solve inv pinv lstsq
    cholesky det cofactors det_second_derivative logabsdet of_full_rank free_of_choice complement told_apart
    told_apart_twice"""
OF_SCIPY = """
    gammaln gamma rgamma digamma polygamma beta betaln gammainc gammaincc betainc j0 j1 y0 y1 i0 i1 i0e i1e k0 k1 k0e
    k1e jv yv iv ive kv kve exp1 expi ndtri erfinv erfcinv log_ndtr inverse_mills mills_excess"""
A_SERIES_BY_SIZE = "sinc"
AN_ORDER_OF_NUMBERS = "sparsemax entmax"  # how many of the largest are above 0


def test_only_what_lapack_and_scipy_compute_is_frozen() -> None:
    frozen = set()
    for _, graph, written in of_all_cases(np.float64):
        entries = [graph[i] for i in written.frozen]
        frozen |= {e.operation.name for e in entries if all(0 not in graph[k].shape for k in e.inputs)}
    assert frozen == {*OF_LAPACK.split(), *OF_SCIPY.split(), *AN_ORDER_OF_NUMBERS.split(), A_SERIES_BY_SIZE}


def test_what_is_frozen_keeps_its_value_and_what_depends_on_it_says_so(tmp_path: Path) -> None:
    halved = mg.primitive(
        lambda xp, x: np.vectorize(lambda v: v / 2)(x), [lambda g, y, x: g / 2], name="halved_by_numpy"
    )
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    graph = Graph.of(mg.exp(x) + 3 * halved(x))
    written = program(graph)
    names = {i: graph[i].operation.name for i in range(len(graph)) if graph[i].operation}
    assert [names[i] for i in written.frozen] == ["halved_by_numpy"]
    assert [names[i] for i in written.behind] == ["multiply", "add"]
    (values,) = run([(written, {0: np.array([0.0, 0.0])})], tmp_path)
    np.testing.assert_array_equal(values[written.frozen[0]], [0.5, 1.0])
    np.testing.assert_array_equal(values[graph.outputs[0]], [2.5, 4.0])


def test_a_freed_leaf_is_said() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    loss = mg.sum(x**2 * np.array([2.0, 3.0]))
    loss.backward()
    with pytest.raises(RuntimeError, match="the graph was freed: the value of"):
        program(Graph.of(loss))


# --- what a page holds ---------------------------------------------------------------------------------------------


def test_kernels_are_shared_so_that_a_long_graph_is_small() -> None:
    x = mg.tensor(np.linspace(0, 1, 600).reshape(200, 3), requires_grad=True)
    w = mg.tensor(np.eye(3), requires_grad=True)
    h = mg.zeros(3)
    for t in range(200):
        h = mg.tanh(x[t] + h @ w) * (1 + t / 1000)
    graph = passes(mg.sum(h), [x, w], caller="test").graph
    written = program(graph)
    assert len(graph) > 2000
    assert len(written.kernels) < 40
    assert len(json.dumps(written.data())) < 60 * len(graph)


def test_views_lie_in_the_memory_of_what_they_look_at(tmp_path: Path) -> None:
    x = mg.tensor(np.arange(24.0).reshape(4, 6))
    traced_x = traced(x.numpy())
    looks = [traced_x.T, traced_x[1:, ::-2], traced_x[2], mg.reshape(traced_x, (2, 12)), traced_x.T[1:3, None],
             mg.broadcast_to(traced_x[:, :1], (4, 5)), mg.reshape(traced_x.T, (-1,))]  # fmt: skip
    graph = Graph.of(*looks)
    written = program(graph)
    assert len(written.kernels) == 1  # that of the last, which no strides can tell
    (values,) = run([(written, {0: np.arange(24.0) + 0.5})], tmp_path)
    again = graph.values({0: np.arange(24.0).reshape(4, 6) + 0.5})
    for cell, wanted in zip(values, again, strict=False):
        np.testing.assert_array_equal(cell, np.asarray(wanted))


def test_no_text_of_the_users_is_in_what_a_page_is_given() -> None:
    hostile = "</script><b>`${alert(1)}`"
    x = mg.tensor([1.0, 2.0], requires_grad=True, name=hostile)
    with mg.scope(hostile):
        written = program(Graph.of(mg.exp(x) * 2))
    assert "alert" not in written.source() + json.dumps(written.data())
