"""Compiled equals uncompiled, over the one table of cases: values and VJPs, in both dtypes, on both backends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.compiler import planning
from microgradnet.compiler.function import _Held
from tests.ops.cases import BINARY, CASES, CONSTANTS, UNARY, Case


def value_and_vjp(case: Case) -> Any:
    def both(*arrays: Any) -> tuple[Any, ...]:
        output, pull = mg.vjp(case.recorded, *arrays)
        return output, *pull(np.cos(np.arange(output.size, dtype=output.dtype)).reshape(output.shape))

    return both


def assert_same(results: Any, expected: Any, dtype: Any, terms: float = 0.0) -> None:
    for result, wanted in zip(results, expected, strict=True):
        wanted = np.asarray(wanted)
        assert type(result) is np.ndarray
        assert (result.shape, result.dtype) == (wanted.shape, wanted.dtype)
        # A VJP is up to ten operations, each of which may differ by 4 ULP; sums of both signs cancel, which is why
        # the terms count too: log(eᵃ + eᵇ) may be small where a and b aren't.
        eps = np.finfo(dtype).eps
        scale = np.max(np.abs(wanted), initial=0.0)
        np.testing.assert_allclose(result, wanted, rtol=40 * eps, atol=4 * eps * (scale + terms))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_vjp(case: Case, dtype: Any) -> None:
    f = value_and_vjp(case)
    arrays = case.arguments(dtype)
    compiled = mg.compile(f, backend="numpy")
    before = [array.copy() for array in arrays]
    first = compiled(*arrays)
    assert_same(first, f(*arrays), dtype)
    others = [array * dtype(1.00001) for array in arrays]
    kept = [result.copy() for result in first]
    assert_same(compiled(*others), f(*others), dtype)
    assert len(compiled.signatures) == 1
    for result, copy in zip([*first, *arrays], [*kept, *before], strict=True):
        np.testing.assert_array_equal(result, copy)


def terms_of(case: Case, arrays: Any) -> float:
    return max(float(np.max(np.abs(a), initial=0.0)) for a in arrays) if case.operation == "logaddexp" else 0.0


def never_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is compared is what was compiled."""

    def replay(*arguments: Any) -> None:
        raise AssertionError("computed operation by operation")

    monkeypatch.setattr(_Held, "replay", replay)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_vjp_in_loops(case: Case, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very kernels that Numba is given, run by Python: compiling them all takes minutes (see `whole_table`)."""
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba, "njit", lambda **options: lambda kernel: kernel)
    never_replayed(monkeypatch)
    f = value_and_vjp(case)
    arrays = case.arguments(dtype)
    compiled = mg.compile(f, backend="numba")
    assert_same(compiled(*arrays), f(*arrays), dtype, terms_of(case, arrays))
    assert compiled.backend == "numba"


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_each_elementwise_operation_is_within_4_ulp(backend: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the largest among the result and, where the operation ends in a sum, its terms."""
    if backend == "numba":
        pytest.importorskip("numba")
    never_replayed(monkeypatch)
    draws = {name: (draw,) for name, draw in UNARY.items()} | BINARY
    random = np.random.default_rng(0)
    arguments = {n: [d(200)(random).astype(dtype) for d in each] for n, each in draws.items()}

    def all_of(given: Any) -> Any:
        return {name: getattr(mg, name)(*arrays) for name, arrays in given.items()}

    results = mg.compile(all_of, backend=backend)(arguments)
    for name, wanted in all_of(arguments).items():
        terms = arguments[name] if name == "logaddexp" else []
        largest = np.maximum.reduce([np.abs(a) for a in (wanted, *terms)])
        error = np.abs(results[name] - wanted) / np.spacing(largest)
        assert error.max() <= 4, f"{name} is {error.max()} ULP off"


SUMS: dict[str, tuple[Any, Any]] = {
    "sum": (lambda a, b: mg.sum(a), lambda a, b: (np.abs(a).sum(), a.size)),
    "sum of an axis": (lambda a, b: mg.sum(a, axis=0), lambda a, b: (np.abs(a).sum(0), a.shape[0])),
    "mean": (lambda a, b: mg.mean(a, axis=1), lambda a, b: (np.abs(a).mean(1), a.shape[1])),
    "matmul": (lambda a, b: a @ b, lambda a, b: (np.abs(a) @ np.abs(b), a.shape[1])),
    "matmul of a batch": (
        lambda a, b: a.reshape(4, 20, 8) @ b.reshape(4, 8, 5),
        lambda a, b: (np.abs(a.reshape(4, 20, 8)) @ np.abs(b.reshape(4, 8, 5)), 8),
    ),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_each_sum_is_within_what_the_order_of_addition_makes(backend: Any, dtype: Any) -> None:
    """Any two orders of adding up n terms differ by at most 2·n·ε times the sum of their absolute values."""
    if backend == "numba":
        pytest.importorskip("numba")
    random = np.random.default_rng(0)
    a, b = random.normal(size=(20, 32)).astype(dtype), random.normal(size=(32, 5)).astype(dtype)
    results = mg.compile(lambda a, b: {k: f(a, b) for k, (f, _) in SUMS.items()}, backend=backend)(a, b)
    for name, (f, bound) in SUMS.items():
        size, n = bound(a, b)
        assert (np.abs(results[name] - f(a, b)) <= 2 * n * np.finfo(dtype).eps / 2 * size).all(), name


# Compiling one case takes Numba half a second.
IN_MACHINE_CODE = {
    "sigmoid: 2x3", "softplus: 0-d", "relu: 3", "divide: 2x1 and 2x3", "arctan2: 0-d and 2x3",
    "matmul: 2x3 and 3x2", "matmul: 3 and 3", "sum: 2x3x2 axis=0", "mean: 2x3x2 axis=(0, 2)", "getitem: an ellipsis",
    "getitem: nothing of 0-d", "where: 3 and 2x1", "clip: arrays", "softmax: 2x3 axis=0", "logsumexp: 2x3x2 axis=0",
    "matmul: 2x2x3 and 3x2", "var: 2x3x2 axis=0", "flip: flip an axis of 2x3", "gelu: 2x4, left",
    "transpose: transpose axes of 2x3x2", "max: 2x3x2 axis=(0, 2)", "sum: 0x3 axis=1", "reshape: reshape to 3x2 of 2x3",
    "concatenate: with a constant", "stack: along -1", "pad: pad sides of 2x3", "roll: roll axes of 2x3",
    "cumsum: 2x3 axis=-1", "einsum: iji->ji of 2x3x2", "norm: 2x3 axis=0", "tril: 2x3 (1,)",
    "getitem: arrays around a slice", "getitem: a mask and an integer", "setitem: an array of repeats",
    "convolve: 5 and 3 full",
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", IN_MACHINE_CODE)
def test_value_and_vjp_in_machine_code(name: str, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    never_replayed(monkeypatch)
    (case,) = [c for c in CASES if str(c) == name]
    f = value_and_vjp(case)
    arrays = case.arguments(dtype)
    compiled = mg.compile(f)
    assert_same(compiled(*arrays), f(*arrays), dtype, terms_of(case, arrays))
    assert compiled.backend == "numba"


@pytest.mark.parametrize("name", CONSTANTS)
def test_what_has_no_derivative(name: str) -> None:
    a = np.array([[0.25, -1.5], [2.0, 0.55]])

    def f(a: Any) -> Any:
        return CONSTANTS[name](mg, a)

    if name.startswith("array_equal"):  # a Python bool
        with pytest.raises(TypeError, match="would freeze a value that changes"):
            mg.compile(f, backend="numpy")(a)
    else:
        np.testing.assert_array_equal(mg.compile(f, backend="numpy")(a), f(a))


OPERATIONS = [
    lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - 0.5 * b, lambda a, b: mg.tanh(a) * b,
    lambda a, b: mg.sigmoid(a) - b, lambda a, b: a @ b.T @ b, lambda a, b: mg.maximum(a, b),
    lambda a, b: a - mg.mean(b, axis=0, keepdims=True), lambda a, b: mg.reshape(a, (-1,)).reshape(b.shape) + b[:1],
    lambda a, b: mg.exp(-mg.square(a)) + mg.sum(b), lambda a, b: b + mg.sin(a @ b.T) @ b,
    lambda a, b: a / (1 + mg.sum(mg.square(b), axis=1, keepdims=True)), lambda a, b: a @ (b.T @ a) - b.sum(axis=0),
    lambda a, b: a * mg.max(b, axis=0) + mg.sum(b @ a.T, axis=0)[:, None],
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, len(OPERATIONS) - 1), st.integers(0, 5), st.integers(0, 5)), max_size=12),
    block=st.sampled_from([64, 1 << 17]),
    short=st.sampled_from([0, 100]),
)
def test_random_graphs_and_their_gradients(steps: list[tuple[int, int, int]], block: int, short: int) -> None:
    def f(x: Any, w: Any) -> Any:
        values = [x, w]
        for operation, i, j in steps:
            values.append(mg.tanh(OPERATIONS[operation](values[-1 - i % len(values)], values[j % len(values)])))
        return mg.sum(values[-1] * values[-2])

    def all_of(x: Any, w: Any) -> Any:
        value, gradients = mg.value_and_grad(f, argnums=(0, 1))(x, w)
        return value, *gradients, x - 0.1 * gradients[0]

    random = np.random.default_rng(len(steps))
    arrays = [random.normal(size=(24, 3)) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "BLOCK", block)  # a small one: several blocks, memory shared in every way
        patch.setattr(planning, "SHORT", short)  # a large one: sums as inner products
        compiled = mg.compile(all_of, backend="numpy")
        for _ in range(2):
            for result, wanted in zip(compiled(*arrays), all_of(*arrays), strict=True):
                np.testing.assert_allclose(result, wanted, rtol=1e-9, atol=1e-11)
            arrays = [array + 0.25 for array in arrays]


# --- views of what the same batch computes --------------------------------------------------------------------------

# A step may write over what it reads row by row, but not over what is still looked at through a view, read whole, or of
# another dtype. So each of these reads a square array, computed before, in two ways that overlap; x is the argument.
LOOKS = [
    lambda a, x: mg.exp(a + a.T), lambda a, x: a.T * mg.sin(a), lambda a, x: mg.tanh(a[::-1] - a),
    lambda a, x: mg.sin(a)[:, ::-1] - a, lambda a, x: a * a[:1], lambda a, x: a[:, -1:] - mg.exp(a),
    lambda a, x: mg.broadcast_to(a[0], a.shape) + mg.sin(a),
    lambda a, x: mg.concatenate([a[1:] * mg.sin(a[:-1]), a[-1:]]),
    lambda a, x: mg.pad(a[:, 1:] - a[:, :-1], ((0, 0), (0, 1))), lambda a, x: mg.reshape(a.ravel()[::-1], a.shape) * a,
    lambda a, x: mg.sin(a) + mg.diagonal(a), lambda a, x: mg.flip(a, 0) * a, lambda a, x: mg.sin(a @ a[:, :2]) @ a[:2],
    lambda a, x: mg.where(a > 0, a.T, mg.exp(a[::-1, ::-1])), lambda a, x: a @ a + a.T,
    lambda a, x: a.T @ mg.sin(a) - a, lambda a, x: mg.tanh(a) + a[1:2] * a.T[:, :1],
    lambda a, x: a - mg.max(a.T, axis=1), lambda a, x: a * mg.reshape(mg.reshape(a.T, (-1,))[::-1], a.shape),
    lambda a, x: mg.tanh(a + x @ a), lambda a, x: mg.sin(mg.sin(a) @ x), lambda a, x: x @ mg.sin(a),
    lambda a, x: mg.sin(a) * x[:1] - mg.sin(x[:, 1:2]), lambda a, x: mg.sin(a).astype(np.float32) * 2,
    lambda a, x: (x > 0) * 1.5 * a, lambda a, x: mg.sin(a).T @ x - mg.sin(a),
    lambda a, x: a * mg.sum(a, axis=0) + mg.sum(a, axis=1),
]  # fmt: skip
BLOCKS = [64, 1600, 1 << 17]


def assert_looks_are_right(f: Any, n: int, block: int, dtype: Any) -> None:
    """Compare values, gradients and a step, each twice: the second call finds what the first left in memory."""

    def all_of(x: Any) -> Any:
        y, pull = mg.vjp(f, x)
        reversed_rows = mg.sin(y)[::-1]
        (g,) = pull(mg.cos(x).astype(y.dtype))
        return y, reversed_rows, g, x - 0.1 * g, y + y.T

    x = (np.random.default_rng(n).normal(size=(n, n)) / n).astype(dtype)
    compiled = mg.compile(all_of, backend="numpy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "BLOCK", block)
        for _ in range(2):
            for result, wanted in zip(compiled(x), all_of(x), strict=True):
                tolerance = 1e-9 if wanted.dtype == np.float64 else 2e-2
                assert result.dtype == wanted.dtype
                np.testing.assert_allclose(result, wanted, rtol=tolerance, atol=tolerance * max(1, abs(wanted).max()))
            x = x + dtype(0.01)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("look", range(len(LOOKS)))
def test_a_view_of_what_is_computed_beside_it(look: int, block: int) -> None:
    assert_looks_are_right(lambda x: LOOKS[look](mg.sin(x), x), 300 if block == max(BLOCKS) else 40, block, np.float64)


@pytest.mark.parametrize("look", range(len(LOOKS)))
def test_a_view_in_loops(look: int, monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba, "njit", lambda **options: lambda kernel: kernel)
    never_replayed(monkeypatch)
    for dtype in (np.float64, np.float32):
        x = (np.arange(16.0).reshape(4, 4) % 7 / 8).astype(dtype)
        f = mg.value_and_grad(lambda x: mg.sum(LOOKS[look](mg.sin(x), x).astype(x.dtype)))
        for result, wanted in zip(mg.compile(f, backend="numba")(x), f(x), strict=True):
            assert result.dtype == wanted.dtype
            np.testing.assert_allclose(result, wanted, rtol=40 * np.finfo(dtype).eps, atol=40 * np.finfo(dtype).eps)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, len(LOOKS) - 1), st.integers(0, 2)), min_size=2, max_size=6),
    n=st.sampled_from([3, 16, 40]),
    block=st.sampled_from(BLOCKS),
    dtype=st.sampled_from([np.float64, np.float32]),
)
def test_views_of_views_of_what_is_computed_beside_them(steps: Any, n: int, block: int, dtype: Any) -> None:
    def f(x: Any) -> Any:
        values = [mg.sin(x)]
        for look, back in steps:
            values.append(mg.sin(LOOKS[look](values[-1 - back % len(values)], x)))
        return values[-1]

    assert_looks_are_right(f, n, block, dtype)
