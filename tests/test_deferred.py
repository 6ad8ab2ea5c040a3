"""A function made of operations in one: NumPy computes it, and its VJPs for plain arrays, beside the record of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.backward import reachable
from microgradnet.deferred import Deferred, opened
from microgradnet.record import node_of
from tests.ops.cases import CASES, Case

Function = Callable[..., Any]


def closed(y: Any) -> list[Any]:
    """The nodes of a record that aren't opened."""
    return [node for node in reachable(node_of(y))[0] if isinstance(node.primitive, Deferred)]


def leaves(arrays: Any) -> list[Any]:
    return [mg.tensor(x, requires_grad=True) for x in arrays]


def both_ways(f: Function, arrays: Any) -> tuple[list[Any], list[Any]]:
    """The gradients by the VJPs for plain arrays, and through what is recorded."""
    found = []
    for opens in (False, True):
        xs = leaves(arrays)
        y = f(*xs)
        assert closed(y)
        if opens:
            assert opened(closed(y))
            assert not closed(y)
        seed = np.cos(np.arange(y.size, dtype=y.dtype)).reshape(y.shape)
        with np.errstate(all="ignore"):
            found.append(mg.gradients(y, xs, seed=seed))
    return found[0], found[1]


def is_deferred(case: Case) -> bool:
    with np.errstate(all="ignore"):
        y = case.recorded(*leaves(case.arguments()))
    return node_of(y).requires_grad and bool(closed(y))


IN_ONE = [case for case in CASES if is_deferred(case)]


def test_the_table_has_cases_of_every_function_that_is_one_call() -> None:
    of = {node.primitive.name for case in IN_ONE for node in closed(case.recorded(*leaves(case.arguments())))}
    names = """append column_stack convolve correlate cov diagflat diff dstack ediff1d hstack insert interp
        linspace logspace median nan_to_num nanmax nanmean nanmedian nanmin nanpercentile nanprod
        nanquantile nanstd nansum nanvar percentile poly polyadd polyder polyint polysub polyval
        quantile resize trapezoid unwrap vander vecdot vstack corrcoef divided eigvalsh geomspace
        gradient_along nancumprod partition svdvals tensorinv tensorsolve"""
    assert of >= {*names.split()}


@pytest.mark.parametrize("case", IN_ONE, ids=str)
def test_gradients_by_vjps_of_plain_arrays_are_those_of_the_record(case: Case) -> None:
    for plain, recorded in zip(*both_ways(case.recorded, case.arguments()), strict=True):
        np.testing.assert_allclose(plain, recorded, rtol=1e-10, atol=1e-12)
        assert plain.dtype == recorded.dtype


NAN = math.nan
KINKS: dict[str, tuple[Function, list[Any]]] = {
    "the median of equal numbers": (mg.median, [[2.0, 1.0, 2.0, 2.0, 3.0, 2.0]]),
    "the median of an odd number": (mg.median, [[3.0, 3.0, 1.0]]),
    "medians along axes, some NaN": (
        lambda a: mg.median(a, axis=(2, 0)),
        [[[[1.0, NAN], [2.0, 3.0]], [[2.0, 2.0], [2.0, 1.0]]]],
    ),
    "medians with axes kept": (lambda a: mg.median(a, axis=0, keepdims=True), [[[1.0, 2.0], [1.0, 0.0], [3.0, 0.0]]]),
    "the median of a number": (mg.median, [2.0]),
    "medians without NaN, of nothing too": (
        lambda a: mg.nanmedian(a, axis=1),
        [[[NAN, NAN, NAN], [1.0, NAN, 1.0], [NAN, 4.0, NAN], [2.0, 2.0, 2.0]]],
    ),
    "quantiles at the numbers": (lambda a, q: mg.quantile(a, q), [[4.0, 1.0, 1.0, 3.0, 2.0], [0.0, 0.25, 0.5, 1.0]]),
    "quantiles of infinities": (lambda a, q: mg.quantile(a, q), [[-math.inf, 1.0, 2.0, 3.0, 4.0], 0.6]),
    "quantiles of several lines": (
        lambda a, q: mg.quantile(a, q, axis=0, keepdims=True),
        [[[1.0, NAN], [2.0, 3.0], [0.0, 1.0]], [[0.3], [0.9]]],
    ),
    "quantiles without NaN": (
        lambda a, q: mg.nanquantile(a, q, axis=1),
        [[[NAN, NAN, NAN, NAN], [1.0, NAN, 1.0, 2.0], [NAN, 4.0, NAN, NAN]], [0.0, 0.4, 1.0]],
    ),
    "percentiles without NaN": (lambda a, q: mg.nanpercentile(a, q), [[1.0, NAN, 5.0, 2.0], 35.0]),
    "the largest of equal numbers": (mg.nanmax, [[2.0, NAN, 2.0, 1.0]]),
    "the smallest of nothing": (lambda a: mg.nanmin(a, axis=0), [[[NAN, 1.0], [NAN, 1.0]]]),
    "the mean of nothing": (lambda a: mg.nanmean(a, axis=1), [[[NAN, NAN], [1.0, NAN]]]),
    "running sums of a table": (lambda a: mg.nancumsum(a, axis=1), [[[NAN, 1.0, 2.0], [1.0, NAN, 4.0]]]),
    "running sums of all of it": (mg.nancumsum, [[[NAN, 1.0, 2.0], [1.0, NAN, 4.0]]]),
    "the variance of one number, and of nothing": (lambda a: mg.nanvar(a, axis=1), [[[NAN, NAN], [1.0, NAN]]]),
    "the standard deviation of equal numbers": (lambda a: mg.nanstd(a, axis=1), [[[NAN, 3.0, 3.0], [1.0, NAN, 2.0]]]),
    "interpolation at the points and beyond": (
        mg.interp,
        [[-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 1.0, 3.0], [1.0, 2.0, 4.0, -1.0]],
    ),
    "interpolation of a table": (mg.interp, [[[0.2, 1.4], [5.0, -1.0]], [0.0, 1.0, 2.0], [1.0, 2.0, 4.0]]),
    "insertion out of order": (lambda a, v: mg.insert(a, np.array([2, 0, 2]), v), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "insertion of a column": (
        lambda a, v: mg.insert(a, 1, v, axis=1),
        [[[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]],
    ),
    "insertion of a number into a table": (lambda a, v: mg.insert(a, -1, v), [[[1.0, 2.0], [3.0, 4.0]], 5.0]),
    "appending along an axis": (lambda a, v: mg.append(a, v, axis=-1), [[[1.0], [2.0]], [[3.0, 4.0], [5.0, 6.0]]]),
    "appending a number": (lambda a, v: mg.append(a, v), [[[1.0], [2.0]], 3.0]),
    "a polynomial of a table of numbers": (mg.polyval, [[1.0, 0.0, 2.0], [[0.0, 1.0], [2.0, -3.0]]]),
    "a constant polynomial": (mg.polyval, [[2.0], 3.0]),
    "powers of zero": (mg.vander, [[0.0, 2.0, -1.0]]),
    "no powers": (lambda x: mg.vander(x, 0), [[1.0, 2.0]]),
    "a polynomial with two zeros alike": (mg.poly, [[2.0, 2.0, 0.0]]),
    "a longer polynomial": (mg.polyadd, [[1.0], [1.0, 2.0, 3.0]]),
    "a quotient and what is left": (
        lambda u, v: mg.concatenate(mg.polydiv(u, v)),
        [[1.0, -2.0, 0.5, 3.0, 4.0], [2.0, 1.0, -3.0]],
    ),
    "a quotient alone": (lambda u, v: mg.polydiv(u, v)[0], [[1.0, -2.0, 0.5], [2.0]]),
    "a number as a polynomial": (mg.polysub, [2.0, [1.0, 2.0, 3.0]]),
    **{
        f"{f.__name__} {mode}, {words}": (lambda a, v, f=f, mode=mode: f(a, v, mode), vectors)
        for f in (mg.convolve, mg.correlate)
        for mode in ("full", "same", "valid")
        for words, vectors in (
            ("the longer first", [[3.0, 4.0, 5.0, 6.0, 1.0], [1.0, 2.0]]),
            ("the longer last", [[1.0, 2.0, 7.0], [3.0, 4.0, 5.0, 6.0]]),
            ("of one length", [[1.0, 2.0], [3.0, 4.0]]),
        )
    },
    "products of vectors that are broadcast": (
        mg.vecdot,
        [np.arange(6.0).reshape(2, 1, 3), np.arange(12.0).reshape(4, 3)],
    ),
    "differences of a higher order": (lambda a: mg.diff(a, 2, axis=0), [np.arange(8.0).reshape(4, 2) ** 2]),
    "differences of too few": (lambda a: mg.diff(a, 5), [[1.0, 2.0, 4.0]]),
    "differences of neighbours of nothing": (mg.ediff1d, [[]]),
    "a polynomial at no number": (mg.polyval, [[1.0, 2.0], []]),
    "no numbers between two": (lambda a, b: mg.linspace(a, b, 0), [1.0, 2.0]),
    "nothing inserted": (lambda a, v: mg.insert(a, np.zeros(0, int), v), [[1.0, 2.0], []]),
    "an integral along the first axis": (lambda a: mg.trapezoid(a, dx=0.5, axis=0), [np.arange(6.0).reshape(3, 2)]),
    "an integral of one sample": (mg.trapezoid, [[3.0]]),
    "rows, and a vector as one": (lambda a, b: mg.vstack([a, b]), [[[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]]),
    "numbers as rows": (lambda a, b: mg.vstack((a, b)), [1.0, 2.0]),
    "vectors and numbers beside one another": (lambda a, b: mg.hstack([a, b, 7.0]), [[1.0, 2.0], 3.0]),
    "tables beside one another": (lambda a, b: mg.hstack([a, b]), [[[1.0, 2.0]], [[3.0]]]),
    "what is behind one another": (lambda a, b, c: mg.dstack([a, b, c]), [[1.0, 2.0], [[3.0, 4.0]], [[[5.0], [6.0]]]]),
    "columns, and a table of them": (lambda a, b: mg.column_stack([a, b]), [[1.0, 2.0], [[3.0, 4.0], [5.0, 6.0]]]),
    "one and the same twice": (lambda a: mg.dstack([a, a, np.ones(2)]), [[1.0, 2.0]]),
    "slopes": (mg.gradient, [[1.0, 4.0, 2.0, 5.0]]),
    "slopes of two": (mg.gradient, [[1.0, 4.0]]),
    "the covariances of two variables": (mg.cov, [[[1.0, 4.0, 2.0], [0.0, 1.0, 5.0]]]),
    "the variance as a covariance": (mg.cov, [[[1.0, 4.0, 2.0]]]),
    "the derivative of a polynomial": (mg.polyder, [[3.0, 2.0, 1.0]]),
    "no derivative is left": (lambda p: mg.concatenate([mg.polyder(p, 3), p]), [[3.0, 2.0]]),
    "the second derivative of a polynomial": (lambda p: mg.polyder(p, 2), [[4.0, 3.0, 2.0, 1.0]]),
    "the integral of a polynomial": (mg.polyint, [[3.0, 2.0, 1.0]]),
    "over and over again": (lambda a: mg.resize(a, (2, 4)), [[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]),
    "a part of it": (lambda a: mg.resize(a, 2), [[1.0, 2.0, 3.0]]),
    "the diagonal below": (lambda a: mg.diagflat(a, -1), [[[1.0, 2.0], [3.0, 4.0]]]),
    "what is not finite": (lambda a: mg.nan_to_num(a, nan=1.0, posinf=2.0), [[NAN, math.inf, -math.inf, 3.0]]),
    "one number between two": (lambda a, b: mg.linspace(a, b, 1), [1.0, 2.0]),
    "numbers between vectors": (lambda a, b: mg.linspace(a, b, 4, endpoint=False), [[[1.0], [2.0]], [3.0, 4.0, 5.0]]),
    "slopes along an axis": (lambda f: mg.gradient(f, axis=-2), [np.arange(12.0).reshape(3, 4) ** 2]),
    "numbers of one ratio": (lambda a, b: mg.geomspace(a, b, 4, endpoint=False), [[[-1.0], [-2.0]], [-3.0, -4.0]]),
    "ratios between a number and another": (lambda a: mg.geomspace(a, 8.0, 3), [2.0]),
    "correlations, one of them 1": (mg.corrcoef, [[[1.0, 4.0, 2.0], [2.0, 8.0, 4.0], [0.0, 5.0, 7.0]]]),
    "running products over zeros": (lambda a: mg.nancumprod(a, axis=0), [[[0.0, 2.0], [NAN, 3.0], [4.0, 0.0]]]),
    "running products of all of it": (mg.nancumprod, [[[2.0, NAN], [3.0, 4.0]]]),
    "running products of nothing": (mg.nancumprod, [[]]),
    "sorted as far as needed, of equal numbers": (lambda a: mg.partition(a, (1, 3)), [[2.0, 1.0, 2.0, 1.0, 3.0]]),
    "sorted as far as needed along an axis": (
        lambda a: mg.partition(a, 1, axis=0),
        [np.cos(np.arange(6.0)).reshape(3, 2)],
    ),
    "all of it sorted as far as needed": (
        lambda a: mg.partition(a, 2, axis=None),
        [np.cos(np.arange(6.0)).reshape(3, 2)],
    ),
    "singular values, one of them 0": (mg.linalg.svdvals, [[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]),
    "singular values that are repeated": (lambda a: mg.sum(mg.linalg.svdvals(a)), [np.eye(3) + np.zeros((2, 3, 3))]),
    "eigenvalues of the upper triangle": (lambda a: mg.linalg.eigvalsh(a, "U"), [[[1.0, 2.0], [0.0, -1.0]]]),
    "an inverse of a tensor": (lambda a: mg.linalg.tensorinv(a, 1), [4 * np.eye(4).reshape(4, 2, 2) + 1]),
    "an equation of tensors": (mg.linalg.tensorsolve, [4 * np.eye(4).reshape(2, 2, 4) + 1, [[1.0, 2.0], [3.0, 4.0]]]),
    "powers of two between": (lambda a, b: mg.logspace(a, b, 3, base=2), [0.0, 2.0]),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", KINKS)
def test_gradients_at_kinks_and_ends_are_those_of_the_record(name: str, dtype: Any) -> None:
    f, arrays = KINKS[name]
    found = both_ways(f, [np.asarray(x, dtype) for x in arrays])
    for plain, recorded in zip(*found, strict=True):
        eps = np.finfo(dtype).eps
        np.testing.assert_allclose(plain, recorded, rtol=1e3 * eps, atol=1e2 * eps)
        assert plain.dtype == recorded.dtype == dtype


def test_only_the_result_and_the_arguments_are_kept() -> None:
    x = mg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    node = node_of(mg.median(x))
    assert node.saved is not None
    assert [value is x._value for value in node.saved] == [False, True]
    assert node.inputs == (node_of(x),)


def test_what_is_written_later_changes_no_gradient() -> None:
    x, points, values = mg.tensor(0.5, requires_grad=True), np.array([0.0, 1.0]), np.array([0.0, 3.0])
    y = mg.interp(x, points, values)
    values[...] = 100.0
    assert mg.gradients(y, x) == 3.0
    assert mg.gradients(mg.interp(x, points, values), x, create_graph=True).item() == 0.0


def test_what_can_be_changed_later_is_recorded_at_once() -> None:
    places = [0]
    y = mg.insert(mg.tensor([1.0, 2.0], requires_grad=True), places, 3.0)
    assert not closed(y)


def test_a_drawing_shows_the_operations_that_it_is_made_of() -> None:
    x = mg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    y = mg.median(x)
    z = mg.exp(y)
    assert [node.operation.name for node in mg.Graph.of(z) if node.operation] == ["sort", "getitem", "exp"]
    assert not closed(y)
    (g,) = mg.gradients(z, [x])
    np.testing.assert_allclose(g, [0.0, 0.0, math.exp(2.0)])


def test_after_a_reverse_pass_has_freed_it_a_drawing_shows_it_by_its_name() -> None:
    x = mg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    y = mg.median(x)
    y.backward()
    assert [node.title for node in mg.Graph.of(y)] == ["parameter", "median"]
    with pytest.raises(RuntimeError, match="the graph was freed"):
        y.backward()


def test_nodes_in_the_place_of_a_call_keep_the_order_of_the_record() -> None:
    x = mg.tensor(np.arange(6.0), requires_grad=True)
    first = mg.ediff1d(mg.exp(x))  # made of diff, which is one call itself
    last = mg.sum(first * mg.diff(x))
    opened(reachable(node_of(last))[0])
    for node in reachable(node_of(last))[0]:
        assert all(parent.index > node.index for parent in node.inputs)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_of_higher_order_are_those_of_the_record(order: int) -> None:
    def f(x: Any) -> Any:
        return mg.sum(mg.median(x) ** 2 * mg.interp(x[0], np.array([0.0, 3.0, 6.0]), x[:3] ** 2) + mg.polyval(x, x[1]))

    def recorded(x: Any) -> Any:
        y = f(x)
        mg.Graph.of(y)
        return y

    def derived(f: Function) -> Function:
        return lambda x: mg.sum(mg.grad(f)(x) * np.arange(1.0, 5.0))

    x = np.array([4.0, 1.5, 2.5, 1.0])
    one, other = f, recorded
    for _ in range(order - 1):
        one, other = derived(one), derived(other)
    np.testing.assert_allclose(mg.grad(one)(x), mg.grad(other)(x), rtol=1e-12)


def test_a_tangent_goes_through_what_is_recorded() -> None:
    x, t = np.array([4.0, 1.5, 2.5, 1.0]), np.array([1.0, 2.0, 3.0, 4.0])
    y, tangent = mg.jvp(lambda x: mg.sum(mg.ediff1d(x) * mg.median(x)), (x,), (t,))
    assert y == -3.0 * 2.0
    assert tangent == pytest.approx(3.0 * 2.0 + -3.0 * 2.5)


def test_a_checkpoint_finds_what_is_read_from_outside() -> None:
    w = mg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    y = mg.checkpoint(lambda x: x * mg.median(w))(mg.tensor(2.0, requires_grad=True))
    np.testing.assert_array_equal(mg.gradients(y, w), [0.0, 0.0, 2.0])


def test_a_call_that_two_derivatives_go_through_is_opened_once() -> None:
    def f(x: Any, y: Any) -> Any:
        return mg.checkpoint(lambda x, y: mg.median(x * y) * mg.sum(x) * y)(x, y)

    x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0])
    gradient = mg.grad(lambda x: mg.sum(mg.jacobian(f, (0, 1))(x, y)[0]))(x)
    np.testing.assert_allclose(gradient, [1.0, 4.0, 1.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda t: mg.median(t, axis=2), "axis 2 is out of bounds"),
        (lambda t: mg.quantile(t, 1.5), "a quantile is a share, between 0 and 1"),
        (lambda t: mg.vecdot(t, np.ones(2)), "vectors of 3 and of 2 numbers have no product"),
        (lambda t: mg.interp(t, np.ones(3), np.ones(2)), "the points are two vectors of one length"),
        (lambda t: mg.convolve(t, np.ones((2, 2))), "convolve: "),
    ],
)
def test_what_is_refused_is_refused_in_the_words_of_the_function(call: Function, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(mg.tensor([3.0, 1.0, 2.0], requires_grad=True))


@pytest.mark.parametrize(
    "f", [mg.poly, lambda p: mg.polyval(p, 2.0), lambda a: mg.resize(a, 3)], ids=["poly", "polyval", "resize"]
)
def test_what_depends_on_no_element_is_a_constant(f: Function) -> None:
    y = f(mg.tensor(np.zeros(0), requires_grad=True))
    assert not getattr(y, "requires_grad", False)


def test_a_number_that_numpy_warns_of_is_warned_of_once() -> None:
    x = mg.tensor([math.nan, math.nan], requires_grad=True)
    with pytest.warns(RuntimeWarning, match="All-NaN") as told:
        y = mg.nanmedian(x)
    assert len(told) == 1
    mg.Graph.of(y)


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: lambda x: mg.jvp(f, (x,), (x,)),
        mg.jacobian,
        lambda f: lambda x: mg.linearize(f, x),
        lambda f: mg.grad(lambda x: mg.sum(mg.grad(f)(x))),
        mg.hessian,
    ],
    ids=["jvp", "jacobian", "linearize", "grad of grad", "hessian"],
)
def test_what_needs_the_operations_records_them_at_once(transform: Function) -> None:
    met = []

    def f(x: Any) -> Any:
        y = mg.median(x)
        met.append(closed(y))
        return y * y

    transform(f)(np.array([3.0, 1.0, 2.0]))
    assert met
    assert not any(met)
    mg.grad(f)(np.array([3.0, 1.0, 2.0]))
    assert met[-1]


def test_a_nested_gradient_with_a_tensor_from_outside_is_that_of_the_record() -> None:
    points, x = np.array([0.0, 1.0, 3.0]), np.array([0.5, 2.0])

    def slopes(w: Any) -> Any:
        return mg.sum(mg.grad(lambda x: mg.sum(mg.interp(x, points, w) ** 2 * mg.median(w)))(x) * np.array([1.0, 2.0]))

    def by_hand(w: Any) -> Any:
        first, second = (w[1] - w[0]), (w[2] - w[1]) / 2
        y = w[0] + first * 0.5, w[1] + second
        return (2 * y[0] * first + 4 * y[1] * second) * w[1]

    w = np.array([1.0, 2.0, 5.0])
    np.testing.assert_allclose(mg.grad(slopes)(w), mg.grad(by_hand)(w))
