"""mg.compile: what it promises beside equal numbers."""

from __future__ import annotations

import copy
import dataclasses
import gc
import linecache
import os
import pickle
import re
import signal
import threading
import warnings
from collections import OrderedDict, defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet import trees
from microgradnet.compiler import function, planning
from microgradnet.compiler.planning import BLOCK

Pair = namedtuple("Pair", "left right")


def compiled(f: Any, **options: Any) -> Any:
    return mg.compile(f, **{"backend": "numpy", **options})


def network(dtype: Any = np.float64, rows: int = 4) -> tuple[Any, list[np.ndarray]]:
    random = np.random.default_rng(0)
    arrays = [(0.1 * random.normal(size=shape)).astype(dtype) for shape in ((rows, 3), (rows, 2), (3, 8), (8, 2))]

    def loss(x: Any, y: Any, w1: Any, w2: Any) -> Any:
        return mg.sum(mg.square(y - mg.sigmoid(mg.sigmoid(x @ w1) @ w2)))

    def step(*arrays: Any) -> Any:
        value, (g1, g2) = mg.value_and_grad(loss, argnums=(2, 3))(*arrays)
        return value, arrays[2] - 0.4 / rows * g1, arrays[3] - 0.4 / rows * g2

    return step, arrays


# --- arguments and results --------------------------------------------------------------------------------


TREES: dict[str, Any] = {
    "a list": lambda a, b: [a + b, a],
    "a dict": lambda a, b: {"sum": a + b, "parts": (a, b)},
    "a named tuple": lambda a, b: Pair(a * b, b),
    "nothing": lambda a, b: (a + b, None),
    "the same twice": lambda a, b: (a + b,) * 2,
    "what depends on nothing": lambda a, b: (np.ones(2), 3.0),
    "views": lambda a, b: (a.T, a[:, 1], (a + b)[0], (a + b).T, mg.reshape(a, (-1,))),
}


def leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in leaves(tree[key])]
    return [leaf for child in tree for leaf in leaves(child)] if isinstance(tree, tuple | list) else [tree]


@pytest.mark.parametrize("name", TREES)
def test_a_result_is_a_tree_of_arrays_of_its_own(name: str) -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    f = compiled(TREES[name])
    results, expected = f(a, b), TREES[name](a, b)
    assert type(results) is type(expected)
    arrays = [leaf for leaf in leaves(results) if leaf is not None]
    for result, wanted in zip(leaves(results), leaves(expected), strict=True):
        np.testing.assert_array_equal(result, wanted)
    for i, array in enumerate(arrays):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in [a, b, *arrays[:i]])
        array[...] = -1.0
    for result, wanted in zip(leaves(f(a, b)), leaves(expected), strict=True):
        np.testing.assert_array_equal(result, wanted)


def test_arguments_are_trees_too_and_keywords() -> None:
    def f(pair: Any, *, weights: Any, shift: Any) -> Any:
        return pair[0] @ weights["w"] + pair[1][0] + shift

    a, w = np.ones((2, 3)), np.ones((3, 2))
    g = compiled(f)
    for _ in range(2):
        np.testing.assert_array_equal(g((a, [a[0, :2]]), weights={"w": w}, shift=2.0), 6 * np.ones((2, 2)))
    assert [str(s) for s in g.signatures] == [
        "((float64[2, 3], [float64[2]]), weights={w: float64[3, 2]}, shift=float) on numpy"
    ]


@dataclasses.dataclass
class Parameters:
    w: Any
    b: Any
    kind: str = "tanh"


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (Parameters(np.ones(2), 1.0), Parameters(np.ones(2), 1.0, "exp")),
        ({0: np.ones(2), (1, "b"): 1.0}, {True: np.ones(2), (1, "b"): 1.0}),
        (OrderedDict(w=np.ones(2), b=1.0), {"w": np.ones(2), "b": 1.0}),
        (defaultdict(list, w=np.ones(2), b=1.0), defaultdict(dict, w=np.ones(2), b=1.0)),
        ({1: np.ones(2), 2: 1.0}, {True: np.ones(2), 2: 1.0}),
    ],
)
def test_containers_come_back_as_what_they_are_and_others_have_a_path_of_their_own(first: Any, other: Any) -> None:
    def doubled(tree: Any) -> Any:
        found: list[Any] = []
        structure = trees.flatten(tree, found, lambda value: not isinstance(value, str))
        return trees.unflatten(structure, [2 * x for x in found])

    f = compiled(doubled)
    for given in (first, other, first, first, other, other):
        assert repr(f(given)).replace("array(2.)", "2.0") == repr(doubled(given))
    assert len(f.signatures) == 2


def test_the_order_of_dicts_and_keywords_is_kept() -> None:
    def f(tree: Any, **named: Any) -> Any:
        (a, b), (c, d) = tree.values(), named.values()
        return dict.fromkeys(tree, a - b + 4 * (c - d))

    g = compiled(f)
    one, two = np.array(1.0), np.array(2.0)
    for tree, named in (({"p": one, "q": two}, {"r": one, "s": two}), ({"q": two, "p": one}, {"s": two, "r": one})):
        for _ in range(2):
            result = g(tree, **named)
            assert list(result) == list(tree)
            assert result == f(tree, **named)
    assert g({"p": one, "q": two}, s=two, r=one)["p"] == 3.0


@pytest.mark.parametrize("name", ["len", "type", "args", "a0", "ndarray", "run", "MISS", 'x(print("code"))'])
def test_names_of_named_tuples_never_become_code(name: str) -> None:
    kind = namedtuple("kind", "left right")  # type: ignore[misc]
    kind.__name__ = name
    f = compiled(lambda pair: kind(pair.left + pair.right, pair.left))
    for _ in range(2):
        result = f(kind(np.ones(2), np.zeros(2)))
        assert type(result) is kind
        np.testing.assert_array_equal(result, [np.ones(2), np.ones(2)])


def test_a_python_float_is_a_number_of_the_arrays_dtype() -> None:
    f = compiled(lambda x, rate: rate * x)
    x = np.ones(3, np.float32)
    for rate in (0.5, 0.25):
        result = f(x, rate)
        assert result.dtype == np.float32
        np.testing.assert_array_equal(result, rate * x)
    assert len(f.signatures) == 1


def test_what_is_computed_of_a_python_float_alone_is_of_the_arrays_dtype() -> None:
    f = compiled(lambda x, rate, unused: (mg.sin(rate) * x, mg.exp(rate)))
    x = np.ones(3, np.float32)
    for rate in (0.1, 0.3):
        number = np.float32(rate)
        for result, wanted in zip(f(x, rate, 2.0), (np.sin(number) * x, np.exp(number)), strict=True):
            assert result.dtype == np.float32
            np.testing.assert_array_equal(result, wanted)


def test_parts_of_a_donated_tree_receive_results() -> None:
    def f(tree: Any, x: Any) -> Any:
        (a, [b]), c = tree["pair"], tree["c"]
        return a + x, b - x, c * x

    tree = {"pair": (np.ones(2), [np.full((2, 1), 3.0)]), "c": np.full(3, 2.0)}
    g, expected = compiled(f, donate=0), f(tree, 2.0)
    results = g(tree, 2.0)
    assert results[0] is tree["pair"][0]
    assert results[1] is tree["pair"][1][0]
    assert results[2] is tree["c"]
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result, wanted)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_donated_argument_receives_what_is_computed_once_more_operation_by_operation(
    backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend == "numba":
        numba = pytest.importorskip("numba")
        monkeypatch.setattr(numba, "njit", lambda **options: lambda kernel: lambda *arguments: False)
    f = compiled(lambda w: w * 1e300, donate=0, backend=backend)
    for _ in range(2):
        w = np.array([1.0, 1e300])
        with pytest.warns(RuntimeWarning, match="overflow"):
            assert f(w) is w
        np.testing.assert_array_equal(w, [1e300, np.inf])


def test_what_returns_nothing() -> None:
    f = compiled(lambda x: ((), None))
    for _ in range(2):
        assert f(np.ones(2)) == ((), None)


def test_a_compiled_function_says_what_it_is() -> None:
    def double(x: Any) -> Any:
        return 2 * x

    f = compiled(double)
    f(np.ones(2))
    assert re.fullmatch(r"<compiled \S*double: 1 signatures>", repr(f))
    assert repr(f.signatures[0]) == "Signature(arguments='(float64[2])', backend='numpy')"


def test_beside_arrays_of_several_dtypes_a_python_float_is_static() -> None:
    f = compiled(lambda x, y, rate: (rate * x, rate * y))
    x, y = np.ones(2, np.float32), np.ones(2)
    for rate in (0.1, 0.1, 0.3):
        for result, array in zip(f(x, y, rate), (x, y), strict=True):
            assert result.dtype == array.dtype
            np.testing.assert_array_equal(result, rate * array)
    assert [s.arguments for s in f.signatures] == [f"(float32[2], float64[2], {rate})" for rate in (0.1, 0.3)]


def test_integers_and_functions_belong_to_the_signature() -> None:
    f = compiled(lambda x, axis, activation: activation(mg.sum(x, axis=axis)))
    x = np.arange(6.0).reshape(2, 3)
    for axis in (0, 1, 0):
        np.testing.assert_array_equal(f(x, axis, mg.tanh), np.tanh(x.sum(axis)))
    np.testing.assert_array_equal(f(x, 0, mg.negative), -x.sum(0))
    assert len(f.signatures) == 3


def test_a_float_may_be_made_static() -> None:
    f = compiled(lambda x, p: x if p > 0.5 else -x, static=1)
    np.testing.assert_array_equal(f(np.ones(2), 1.0), np.ones(2))
    np.testing.assert_array_equal(f(np.ones(2), 0.0), -np.ones(2))


@pytest.mark.parametrize(
    ("first", "second"), [(0.0, -0.0), (1, 1.0), (1, True), ((1,), (1.0,)), ((0.0, "a"), (-0.0, "a"))]
)
def test_static_values_that_are_equal_but_not_the_same_are_told_apart(first: Any, second: Any) -> None:
    def f(x: Any, value: Any) -> Any:
        return x * (value[0] if isinstance(value, tuple) else value)

    g = compiled(f, static=1)
    x = np.arange(1, 3)
    for value in (first, first, second, second, first):
        result, wanted = g(x, value), f(x, value)
        assert result.dtype == wanted.dtype
        np.testing.assert_array_equal(np.signbit(result), np.signbit(wanted))
    assert len(g.signatures) == 2


@pytest.mark.parametrize("order", ["C", "F", "reversed", "swapped bytes", "read-only"])
def test_any_memory_layout(order: str) -> None:
    x = np.arange(12.0).reshape(3, 4)
    given = {
        "C": x,
        "F": np.asfortranarray(x),
        "reversed": x[::-1, ::-1][::-1, ::-1],
        "swapped bytes": x.astype(">f8"),
        "read-only": np.broadcast_to(x, x.shape),
    }[order]
    f = compiled(lambda x: (mg.exp(-x) @ x.T, mg.reshape(x, (-1,))))
    for _ in range(2):
        for result, wanted in zip(f(given), (np.exp(-x) @ x.T, x.ravel()), strict=True):
            np.testing.assert_array_equal(result, wanted)


def test_numbers_and_tensors_are_taken_as_arrays() -> None:
    f = compiled(lambda x: 2 * x)
    for given in (1.5, np.float64(1.5), mg.tensor(1.5), np.array(1.5)):
        result = f(given)
        assert (type(result), result.shape, float(result)) == (np.ndarray, (), 3.0)


# --- memory -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [4, 3 * BLOCK // 64])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arguments_and_earlier_results_are_never_overwritten(rows: int, dtype: Any) -> None:
    step, arrays = network(dtype, rows)
    f = compiled(step)
    before = [a.copy() for a in arrays]
    first = f(*arrays)
    kept = [np.copy(r) for r in first]
    second = f(2 * arrays[0], arrays[1], *first[1:])
    assert not np.array_equal(second[1], first[1])
    for a, b in zip([*arrays, *first], [*before, *kept], strict=True):
        np.testing.assert_array_equal(a, b)
    tolerance = 1e-13 if dtype is np.float64 else 1e-4
    for a, b in zip(first, step(*arrays), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def test_a_donated_argument_receives_the_result() -> None:
    step, arrays = network()
    expected = step(*arrays)
    x, y, w1, w2 = arrays
    f = compiled(step, donate=(2, 3))
    _, new1, new2 = f(x, y, w1, w2)
    assert new1 is w1
    assert new2 is w2
    np.testing.assert_allclose(w1, expected[1], rtol=1e-14)
    np.testing.assert_allclose(w2, expected[2], rtol=1e-14)


SWAPS: dict[str, Any] = {
    "each other": lambda a, b: (b, a),
    "views of each other": lambda a, b: (b[::-1], a[::-1]),
    "what was computed, and the other": lambda a, b: (a + b, a),
    "itself, reversed": lambda a, b: (a[::-1], b[::-1]),
    "one twice": lambda a, b: (b, b),
}


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("name", SWAPS)
def test_donated_arguments_may_change_places(name: str, backend: Any) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    f = compiled(SWAPS[name], backend=backend, donate=(0, 1))
    for _ in range(2):
        a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
        expected = [np.copy(r) for r in SWAPS[name](a, b)]
        results = f(a, b)
        assert results[0] is a
        assert results[1] is b
        np.testing.assert_array_equal(results, expected)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_donated_arguments_that_can_not_be_written_to_are_refused_before_anything_is_written(backend: Any) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    memory, locked = np.ones(5), np.ones(3)
    locked.flags.writeable = False
    f = compiled(lambda a, b: (a + b, a - b), backend=backend, donate=(0, 1))
    words = "a donated argument is read-only, or shares its memory with another"
    for _ in range(2):
        for a, b in ((memory[:3], locked), (memory[:3], memory[2:]), (memory[:3], memory[:3])):
            with pytest.raises(ValueError, match=words):
                f(a, b)
        np.testing.assert_array_equal(memory, np.ones(5))
        f(np.ones(3), np.ones(6)[::2])  # so that it is compiled


def test_a_donated_tensor_is_not_written_to() -> None:
    x, w = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0], requires_grad=True)
    loss = mg.sum(w * x)
    f = compiled(lambda x: x + 100, donate=0)
    for _ in range(2):
        np.testing.assert_array_equal(f(x), [101.0, 102.0])
    loss.backward()
    np.testing.assert_array_equal(w.grad, [1.0, 2.0])


def test_an_exception_leaves_donated_arguments_as_they_were() -> None:
    f = compiled(lambda w, a: (w + 1, mg.linalg.inv(a)), donate=0)
    w = np.zeros((2, 2))
    f(w, np.eye(2))
    with pytest.raises(np.linalg.LinAlgError):
        f(w, np.zeros((2, 2)))
    np.testing.assert_array_equal(w, np.ones((2, 2)))
    f(w, np.eye(2))
    np.testing.assert_array_equal(w, 2 * np.ones((2, 2)))


def test_few_pieces_of_memory_serve_a_long_chain() -> None:
    def chain(x: Any) -> Any:
        for _ in range(50):
            x = mg.sin(x) @ x
        return x

    f = compiled(chain)
    f(np.eye(3))
    assert f.source().count("piece(") <= 3


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_step_on_many_rows_is_one_loop_in_the_memory_of_a_few_blocks(dtype: Any) -> None:
    step, arrays = network(dtype, rows=20 * BLOCK // 32)
    f = compiled(step)
    f(*arrays)
    assert f.source().count(" in blocks_") == 1
    pieces = [int(size) for size in re.findall(r"piece\((\d+)\)", f.source())]
    assert sum(pieces) <= 6 * BLOCK


@pytest.mark.parametrize("matrix", [(8, 8), (64, 64), (300, 16), (2, 0)])
def test_a_block_has_rows_enough_for_the_matrix_that_it_is_multiplied_by(matrix: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    x, w = random.normal(size=(BLOCK // 8, matrix[0])), 0.01 * random.normal(size=matrix)
    f = compiled(lambda x, w: mg.sum(mg.tanh(mg.tanh(x) @ w), axis=1))
    np.testing.assert_allclose(f(x, w), np.sum(np.tanh(np.tanh(x) @ w), axis=1), rtol=1e-12, atol=1e-13)
    rows = int(re.findall(r"blocks\(\d+, (\d+)", f.source())[0])
    assert rows * w.size <= planning.SMALL_PRODUCT or rows * 8 * max(matrix) >= w.nbytes
    assert rows * 8 * max(matrix) <= 4 * BLOCK


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_sum_of_a_few_products_is_an_inner_product(dtype: Any) -> None:
    x, n = np.array([[0.5, -1.5], [2.0, 3.0]], dtype), np.array([[1, 2], [3, 4]], np.int32)
    sums: list[tuple[str, Any]] = [
        ("dot(t0_flat, t0_flat, ", lambda x, n: mg.sum(mg.sin(x) ** 2)),
        ("dot(t0_flat, t1_flat, ", lambda x, n: mg.sum(mg.sin(x) * mg.exp(x))),
        ("square(t", lambda x, n: mg.sum(mg.square(mg.sin(x))) + mg.square(mg.sin(x))),  # the squares are used twice
        ("multiply_reduce(", lambda x, n: mg.sum(mg.prod(mg.sin(x[:1]), axis=0, keepdims=True))),
        ("multiply(t", lambda x, n: mg.sum(mg.sin(x) * n)),
        ("multiply(t", lambda x, n: mg.sum(mg.sin(x[:1]) * mg.exp(x[:, :1]))),
    ]
    for written, f in sums:
        g = compiled(f)
        np.testing.assert_allclose(g(x, n), f(x, n), rtol=4 * np.finfo(dtype).eps)
        assert written in g.source(), g.source()


def test_an_inner_product_warns_as_the_products_do() -> None:
    with pytest.warns(RuntimeWarning, match="overflow encountered in square"):
        compiled(lambda x: mg.sum(mg.square(x + 1)))(np.full(2, 1e300))


def test_what_every_block_reads_whole_is_not_written_over_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BLOCK", 256)

    def f(a: Any, h: Any) -> Any:
        q = mg.sin(h)
        return mg.max(mg.tanh(a @ q + q), axis=0)  # q is last used elementwise; the next rows need all of it

    random = np.random.default_rng(0)
    a, h = random.normal(size=(64, 64)), 0.01 * random.normal(size=(64, 4))
    g = compiled(f)
    np.testing.assert_allclose(g(a, h), f(a, h), rtol=1e-12)
    assert "blocks(64, 32" in g.source()


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), -2])
@pytest.mark.parametrize("operation", [mg.sum, mg.max, mg.mean, mg.prod])
def test_reductions_of_many_rows(operation: Any, axis: Any) -> None:
    x = np.random.default_rng(0).uniform(0.99, 1.01, size=(2 * BLOCK // 64, 8))
    f = compiled(lambda x: operation(mg.exp(x) / 2.7, axis=axis))
    np.testing.assert_allclose(f(x), operation(np.exp(x) / 2.7, axis=axis), rtol=1e-11)


def test_threads_call_at_a_time() -> None:
    step, arrays = network(rows=200)
    f = compiled(step)
    inputs = [[a + i / 10 for a in arrays] for i in range(8)]
    expected = [step(*i) for i in inputs]
    start = threading.Barrier(4)

    def work(i: int) -> list[Any]:
        if i < 4:
            start.wait()
        return [f(*inputs[i % 8]) for _ in range(50)]

    with ThreadPoolExecutor(4) as pool:
        for i, results in enumerate(pool.map(work, range(16))):
            for result in results:
                for a, b in zip(result, expected[i % 8], strict=True):
                    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


# --- signatures ---------------------------------------------------------------------------------------------


def test_the_function_runs_once_for_each_signature() -> None:
    calls = []
    f = compiled(lambda x: calls.append(1) or 2 * x)
    for x in (np.ones(2), np.zeros(2), np.ones(3), np.ones(2, np.float32), np.ones(3)):
        np.testing.assert_array_equal(f(x), 2 * x)
    assert len(calls) == 3
    assert [s.arguments for s in f.signatures] == ["(float64[2])", "(float32[2])", "(float64[3])"]


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "MOST_SIGNATURES", 3)
    f = compiled(lambda x: x + 1)
    for n in (1, 2, 3, 1, 4):
        f(np.ones(n))
    assert [s.arguments for s in f.signatures] == ["(float64[3])", "(float64[1])", "(float64[4])"]


def test_the_source_of_any_signature_that_is_held() -> None:
    f = compiled(lambda x: mg.tanh(x))
    with pytest.raises(ValueError, match="nothing has been compiled yet"):
        f.source()
    f(np.ones(2))
    f(np.ones(3))
    assert "(3,)" in f.source()
    assert "(2,)" in f.source(f.signatures[0])
    assert f.backend == "numpy"
    with pytest.raises(ValueError, match="is not among the signatures that are held"):
        compiled(abs).source(f.signatures[0])


def test_names_of_the_user_never_become_code() -> None:
    evil = '"""\nraise SystemExit\n#'

    def f(x: Any) -> Any:
        with mg.scope(evil):
            return {evil: mg.sum(x)}

    assert list(compiled(f)(np.ones(2))) == [evil]


def test_a_recorded_tensor_calls_the_function_itself() -> None:
    f = compiled(lambda x: mg.sum(x**3))
    x = np.array([1.0, 2.0])
    f(x)
    np.testing.assert_allclose(mg.grad(f)(x), 3 * x**2)
    np.testing.assert_allclose(mg.grad(lambda x: mg.sum(mg.grad(f)(x)))(x), 6 * x)


def test_compiled_functions_nest() -> None:
    inner = compiled(lambda x: mg.sum(mg.square(x)))
    outer = compiled(lambda x: mg.grad(inner)(x))
    np.testing.assert_array_equal(outer(np.arange(3.0)), 2 * np.arange(3.0))


def test_compiled_functions_are_copied_and_pickled_as_functions_are() -> None:
    for f in (Line.at, compiled(mg.sin, static=1)):
        for same in (copy.copy(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
            assert same.__wrapped__ is f.__wrapped__
            assert (same is f) == (f is Line.at)
    f(np.ones(2))
    np.testing.assert_array_equal(copy.deepcopy(f)(np.ones(2)), f(np.ones(2)))


# --- methods ------------------------------------------------------------------------------------------------


class Line:
    def __init__(self, slope: float) -> None:
        self.slope = slope

    @mg.compile
    def at(self, x: Any, *, shift: float) -> Any:
        """Compute a value."""
        return self.slope * x + shift


def test_a_method_is_compiled_for_each_instance() -> None:
    lines = Line(2.0), Line(3.0)
    for line in lines * 2:
        np.testing.assert_array_equal(line.at(np.ones(2), shift=1.0), [line.slope + 1] * 2)
    assert len(Line.at.signatures) == 2
    assert lines[0].at.source() == Line.at.source()
    assert (Line.at.__name__, lines[0].at.__doc__) == ("at", "Compute a value.")


def test_attributes_are_those_of_the_first_call() -> None:
    line = Line(2.0)
    line.at(np.ones(2), shift=0.0)
    line.slope = 5.0
    np.testing.assert_array_equal(line.at(np.ones(2), shift=0.0), [2.0, 2.0])


def test_of_an_instance_that_can_not_be_hashed_nothing_is_frozen() -> None:
    class Unhashable(Line):
        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(TypeError, match="argument 0 contains a Unhashable; give arrays"):
        Unhashable(2.0).at(np.ones(2), shift=0.0)


def test_positions_count_the_instance() -> None:
    class Counter:
        step = mg.compile(lambda self, w: w + 1, donate=1, backend="numpy")

    w = np.zeros(2)
    assert Counter().step(w) is w
    np.testing.assert_array_equal(w, [1.0, 1.0])


@pytest.mark.parametrize(
    "derivative",
    [
        mg.grad(lambda x: mg.sum(x * 0.3)),
        lambda x: mg.vjp(lambda x: x * 0.3, x)[1](np.ones(3))[0],
        lambda x: mg.jvp(mg.sin, (x,), (np.ones(3),))[1],
        mg.jacobian(mg.sin),
        lambda x: mg.per_example(lambda w, row: mg.sum(w * row))(x, np.ones((2, 3))),
    ],
    ids=["grad", "vjp", "jvp", "jacobian", "per_example"],
)
def test_whole_numbers_have_no_derivative_in_compiled_functions_either(derivative: Any) -> None:
    with pytest.raises(TypeError, match=r"floating-point numbers to be differentiated.*int64.*\.astype\(float\)"):
        mg.compile(derivative, backend="numpy")(np.array([1, 2, 3]))


# --- at the ends of floating point --------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sigmoid_is_as_stable_as_uncompiled_and_warns_of_nothing(dtype: Any) -> None:
    x = np.array([-1e4, -745.0, -710.0, -100.0, -88.5, 0.0, 800.0, -np.inf, np.inf, np.nan], dtype)
    f = compiled(mg.sigmoid)
    for _ in range(2):
        np.testing.assert_array_max_ulp(f(x)[:-1], mg.sigmoid(x)[:-1], 4)
        assert np.isnan(f(x)[-1])


OUT_OF_RANGE = {
    "divide by zero encountered in log": (mg.log, 0.0),
    "invalid value encountered in sqrt": (mg.sqrt, -1.0),
    "overflow encountered in exp": (mg.exp, 1e4),
    "overflow encountered in multiply": (lambda x: x * x, 1e200),
    "divide by zero encountered in divide": (lambda x: (x + 1) / x, 0.0),
}


@pytest.mark.parametrize("words", OUT_OF_RANGE)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_warnings_are_those_of_the_function_itself(backend: Any, words: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    function, number = OUT_OF_RANGE[words]
    f = compiled(lambda x: 2 * function(x), backend=backend)
    f(np.full(2, 0.5))
    x = np.full(2, number)
    with pytest.warns(RuntimeWarning, match=words):
        expected = 2 * function(x)
    with pytest.warns(RuntimeWarning, match=words):
        np.testing.assert_array_equal(f(x), expected)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        f(x)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match=words):
        f(x)
    f(np.full(2, 0.5))  # nothing is left of it


# --- errors -------------------------------------------------------------------------------------------------


def branching(x: Any) -> Any:
    if mg.sum(x) > 0:  # the line in question
        return x
    return -x


def test_a_branch_on_a_value_names_the_line_and_the_way_out() -> None:
    with pytest.raises(TypeError, match=r"test_compile.py:\d+: if mg.sum\(x\) > 0:.*choose with mg.where"):
        compiled(branching)(np.ones(2))


def test_a_captured_tensor_that_requires_gradients_is_refused() -> None:
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(
        TypeError, match=r"uses a tensor of shape \(2,\) that requires gradients and is not an argument"
    ):
        compiled(lambda x: mg.sum(w * x))(np.ones(2))
    np.testing.assert_array_equal(compiled(lambda x: w.detach() * x)(np.ones(2)), [1.0, 2.0])


def test_a_captured_tensor_is_refused_without_arguments_too() -> None:
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match="requires gradients and is not an argument"):
        compiled(lambda: mg.sum(w * w))()


def test_what_an_outer_function_traces_can_not_be_captured() -> None:
    def outer(x: Any) -> Any:
        return compiled(lambda a: a * mg.exp(x))(np.ones(2))

    with pytest.raises(TypeError, match=r"a tensor of shape \(2,\) that is being traced and is not an argument"):
        compiled(outer)(np.ones(2))


COUNTER = mg.tensor(0.0)


def counting(x: Any) -> Any:
    global COUNTER
    COUNTER += mg.sum(x)
    return x


BUFFER = mg.zeros(2)


def storing(x: Any) -> Any:
    BUFFER[0] = x[0]
    return x


def replacing(x: Any) -> Any:
    x.data = np.zeros(2)
    return x


@pytest.mark.parametrize("f", [counting, storing, replacing])
def test_what_would_be_changed_once_only_is_refused(f: Any) -> None:
    with pytest.raises(TypeError, match=r"test_compile.py:\d+: .*=.*: .* of a tensor that is being traced"):
        compiled(f)(np.ones(2))


def test_what_the_function_makes_can_be_written_into() -> None:
    def f(x: Any) -> Any:
        total, out = mg.tensor(0.0), mg.zeros(2)
        total += mg.sum(x)
        out[0] = total
        x += 1
        return out, x

    g, x = compiled(f), np.ones(2)
    for k in (1.0, 2.0):
        out, y = g(k * x)
        assert out.tolist() == [2 * k, 0]
        assert y.tolist() == [k + 1, k + 1]
    assert x.tolist() == [1, 1]


class Held:
    def __init__(self, value: Any) -> None:
        self.value = value


STALE: dict[str, Any] = {
    "Held": lambda x: Held(2 * x),
    "function": lambda x: mg.vjp(mg.sin, x),
    "generator": lambda x: (row for row in x),
}


@pytest.mark.parametrize("kind", STALE)
def test_a_result_that_may_hold_values_of_one_call_is_refused(kind: str) -> None:
    with pytest.raises(TypeError, match=f"the result contains a {kind}; return arrays, numbers"):
        compiled(STALE[kind])(np.ones(2))


def test_a_captured_array_is_that_of_the_first_call() -> None:
    w = np.ones(2)
    f = compiled(lambda x: w * x)
    f(np.ones(2))
    w[:] = 5.0
    np.testing.assert_array_equal(f(np.ones(2)), np.ones(2))


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "no function": (lambda: mg.compile(3), TypeError, "compile takes a function, got int"),
    "backend": (lambda: mg.compile(abs, backend="gpu"), ValueError, "got 'gpu'"),
    "a set": (lambda: compiled(abs)({1.0}), TypeError, "argument 0 contains a set; give arrays"),
    "text": (lambda: compiled(abs)(np.array(["a"])), TypeError, "dtype <U1 holds text"),
    "mask": (lambda: compiled(abs)(np.ma.ones(2)), TypeError, "masked array"),
    "result": (lambda: compiled(lambda x: {1, 2})(1.0), TypeError, "the result contains a set"),
    "position": (lambda: mg.compile(abs, static=-1), ValueError, "positions from 0 on.*got -1"),
    "donated by name": (lambda: mg.compile(abs, donate="w"), ValueError, "positions from 0 on.*got 'w'"),
    "static": (lambda: compiled(abs, static=0)([1]), TypeError, "the static argument 0 must be hashable, got list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors_say_what_was_given(name: str) -> None:
    call, error, words = WRONG[name]
    with pytest.raises(error, match=words):
        call()


def test_without_numba_its_backend_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install .microgradnet\[fast\]"):
        mg.compile(abs, backend="numba")(1.0)
    f = mg.compile(abs)
    f(1.0)
    assert f.backend == "numpy"


# --- what an operation has for NumPy -------------------------------------------------------------------------


def declared(steps: int, called: list[int]) -> Any:
    """Declare an operation whose forward takes so many steps, and which has something quicker for NumPy."""

    def forward(xp: Any, x: Any) -> Any:
        for _ in range(steps // 2):
            x = 0.5 * x + 1.0
        return x

    def on_numpy(x: Any) -> Any:
        called.append(np.size(x))
        return forward(np, x)

    return mg.primitive(forward, [lambda g, y, x: 0.5 ** (steps // 2) * g], name="far_affine", on_numpy=on_numpy)


def test_what_an_operation_has_for_numpy_is_called_in_place_of_many_steps() -> None:
    x = np.linspace(-1, 1, 7)
    for steps, calls in ((40, [7]), (8, [])):
        called: list[int] = []
        operation = declared(steps, called)
        f = compiled(lambda x, operation=operation: mg.exp(operation(2 * x)))
        wanted = np.exp(operation.primitive.forward(np, 2 * x))
        for _ in range(2):
            called.clear()
            np.testing.assert_allclose(f(x), wanted, rtol=1e-14)
        assert called == calls


def test_an_operation_that_is_called_whole_is_given_numbers_as_the_record_gives_them() -> None:
    given = []

    def noted(xp: Any, x: Any) -> Any:
        given.append(type(x))
        return np.asarray(x) * 2  # which can't be traced, so that it isn't opened up

    noted_here = mg.primitive(noted, [lambda g, y, x: 2 * g])
    compiled = mg.compile(lambda x: noted_here(mg.sum(x)) + mg.sum(noted_here(x)), backend="numpy")
    compiled(np.ones(3))
    given.clear()
    compiled(np.ones(3))
    assert given == [np.float64, np.ndarray]


def test_numba_is_given_the_steps() -> None:
    pytest.importorskip("numba")
    called: list[int] = []
    operation = declared(40, called)
    f = mg.compile(lambda x: mg.exp(operation(2 * x)), backend="numba")
    np.testing.assert_allclose(f(np.ones(3)), np.exp(operation.primitive.forward(np, np.full(3, 2.0))), rtol=1e-14)
    called.clear()
    f(np.ones(3))
    assert called == []


def test_an_operation_made_of_one_that_has_something_for_numpy_and_has_it_too_is_called_whole() -> None:
    gelu = mg.activations["gelu"]
    f = compiled(lambda x: gelu(2 * x) + 1)
    x = np.linspace(-3, 3, 50)
    np.testing.assert_array_equal(f(x), gelu(2 * x) + 1)


# --- Numba --------------------------------------------------------------------------------------------------


def test_numba_runs_a_whole_step_in_one_call() -> None:
    pytest.importorskip("numba")
    step, arrays = network()
    f = mg.compile(step)
    for result, wanted in zip(f(*arrays), step(*arrays), strict=True):
        np.testing.assert_allclose(result, wanted, rtol=1e-13)
    assert f.backend == "numba"
    assert f.source().count("kernel_") == 2  # its definition, and one call
    f(*(1e5 * a for a in arrays))  # out of the range of the quick sigmoid, without a warning


def test_numba_calls_numpy_for_what_it_does_not_know_and_auto_takes_numpy() -> None:
    pytest.importorskip("numba")

    def function(a: Any) -> Any:
        b = mg.exp(a).T  # a view, which two kernels and a call look at
        return mg.linalg.inv(b) @ b - 2 * b, b[0]

    a = np.array([[1.0, 2.0], [0.5, -1.0]])
    f = mg.compile(function, backend="numba")
    for result, wanted in zip(f(a), function(a), strict=True):
        np.testing.assert_allclose(result, wanted, rtol=1e-14, atol=1e-14)
    assert f.source().count("@njit") == 2
    with pytest.raises(np.linalg.LinAlgError):
        f(np.zeros((2, 2)))
    g = mg.compile(function)
    g(a)
    assert g.backend == "numpy"


def test_numba_leaves_the_exponentials_of_many_numbers_to_numpy_and_computes_arithmetic_again() -> None:
    pytest.importorskip("numba")

    def function(x: Any) -> Any:
        square = x * x
        bell = mg.exp(-square)
        return bell * (1 + square), mg.log(1 + bell) - x, square

    f = mg.compile(function, backend="numba")
    x = np.random.default_rng(0).normal(size=1 << 14)
    for array in (x, x[:100]):
        before = array.copy()
        for result, wanted in zip(f(array), function(array), strict=True):
            np.testing.assert_allclose(result, wanted, rtol=1e-14)
        np.testing.assert_array_equal(array, before)
    many, few = map(f.source, f.signatures)
    assert [many.count("@njit"), few.count("@njit")] == [3, 1]
    assert many.count("= exp(") == many.count("= log(") == 1
    assert many.count("a0[i0] * a0[i0]") == 1  # a result, and so in memory
    with pytest.warns(RuntimeWarning, match="overflow encountered in exp"):
        mg.compile(lambda x: mg.exp(x) + 1, backend="numba")(1e3 * np.abs(x))


def test_numba_writes_over_nothing_that_is_read_later() -> None:
    pytest.importorskip("numba")

    def function(x: Any) -> Any:
        y = 2 * x
        z = 3 * x
        return mg.exp(y), mg.exp(y[::-1]), y, mg.tanh(z), mg.exp(x), mg.log1p(mg.exp(z) + x * x)

    x = np.random.default_rng(0).normal(size=1 << 14)
    f = mg.compile(function, backend="numba")
    for result, wanted in zip(f(x), function(x), strict=True):
        np.testing.assert_allclose(result, wanted, rtol=1e-14)


def test_numba_multiplies_large_matrices_by_blas_in_any_layout() -> None:
    pytest.importorskip("numba")

    def function(a: Any, b: Any, batch: Any) -> Any:
        return a @ b, a.T @ b.T, b[::-1] @ a, mg.exp(a) @ b, batch @ mg.swapaxes(batch, 1, 2), a @ batch, a[0] @ b

    random = np.random.default_rng(0)
    a, b, batch = random.normal(size=(24, 24)), random.normal(size=(24, 24)), random.normal(size=(2, 24, 24))
    f = mg.compile(function, backend="numba")
    for arrays in ((a, b, batch), (a.T, np.asfortranarray(b), batch[:, ::-1])):
        for result, wanted in zip(f(*arrays), function(*arrays), strict=True):
            np.testing.assert_allclose(result, wanted, rtol=1e-12, atol=1e-12)
    assert "np.dot" in f.source()


def test_numba_reads_the_right_element_through_a_view_of_a_view() -> None:
    pytest.importorskip("numba")

    def function(x: Any) -> Any:
        flat = mg.ravel(x)
        return (
            2 * mg.flip(flat),
            mg.sum(flat[::-1]),
            mg.exp(mg.reshape(flat[1:7], (3, 2))[::-1]),
            -mg.reshape(x[::-1, 1:], (-1,))[::2],
            mg.reshape(x.T[::-1], (3, -1))[:, ::-2] + 1,
        )

    x = np.random.default_rng(0).normal(size=(4, 3))
    f = mg.compile(function, backend="numba")
    for array in (x, x[::-1]):
        for result, wanted in zip(f(array), function(array), strict=True):
            np.testing.assert_allclose(result, wanted, rtol=1e-14)


def test_a_view_that_numpy_works_on_between_kernels_is_no_result_itself() -> None:
    pytest.importorskip("numba")

    def function(x: Any) -> Any:
        view = x[::-1]
        return view, mg.sort(view), 2 * view

    x = np.arange(3.0)
    f = mg.compile(function, backend="numba")
    results = f(x)
    assert not any(np.shares_memory(result, x) for result in results)
    for result, wanted in zip(results, function(x), strict=True):
        np.testing.assert_array_equal(result, wanted)


def kept_sources() -> int:
    gc.collect()
    return sum(name.startswith("<microgradnet.compile") for name in linecache.cache)


def test_sources_are_forgotten_with_the_functions_they_are_of() -> None:
    before = kept_sources()
    f = compiled(lambda x: x * 2)
    for n in range(function.MOST_SIGNATURES + 10):
        f(np.ones(n))
    assert kept_sources() - before == function.MOST_SIGNATURES
    del f
    assert kept_sources() <= before


def test_so_are_those_of_kernels_which_numba_keeps() -> None:
    pytest.importorskip("numba")
    before = kept_sources()
    f = mg.compile(lambda x: x * 2, backend="numba")
    for n in range(2):
        f(np.ones(n))
    assert kept_sources() - before == 2
    del f
    assert kept_sources() <= before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning", "ignore:.*fork:RuntimeWarning")
def test_the_child_of_a_fork_can_call_what_another_thread_was_tracing() -> None:
    tracing, forked = threading.Event(), threading.Event()

    def slow(x: Any) -> Any:
        if not tracing.is_set():
            tracing.set()
            forked.wait()
        return mg.sum(x)

    f = compiled(slow)
    thread = threading.Thread(target=f, args=(np.ones(2),))
    thread.start()
    tracing.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # where it hangs, it ends by this signal
        os._exit(int(f(np.ones(3))))
    forked.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
