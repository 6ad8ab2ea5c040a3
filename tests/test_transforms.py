"""The reverse pass and the transforms: orders, nesting, what is outside, what is freed, threads, depth."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg

finite = st.floats(-2, 2, allow_subnormal=False)


def leaf(values: Any, **known: Any) -> mg.Tensor:
    return mg.tensor(np.asarray(values, dtype=float), requires_grad=True, **known)


# --- values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", range(1, 7))
def test_any_order_of_derivative(order: int) -> None:
    f: Any = mg.exp
    for _ in range(order):
        f = mg.grad(lambda x, f=f: f(2.0 * x))
    # dⁿ/dxⁿ, each level scaling its argument by two: 2^(1 + 2 + ... + n) exp(2ⁿ x)
    assert np.isclose(f(0.1), 2.0 ** (order * (order + 1) / 2) * np.exp(0.1 * 2**order), rtol=1e-12)


@given(finite, finite)
def test_hessian_of_a_function_of_two_numbers(x: float, y: float) -> None:
    h = mg.hessian(lambda v: mg.sin(v[0]) * v[1] ** 3)(np.array([x, y]))
    expected = [[-np.sin(x) * y**3, 3 * np.cos(x) * y**2], [3 * np.cos(x) * y**2, 6 * np.sin(x) * y]]
    assert np.allclose(h, expected, atol=1e-12)


def test_hessian_blocks() -> None:
    blocks = mg.hessian(lambda a, b: mg.sum(a**2) * b, argnums=(0, 1))(np.array([1.0, 2.0]), 3.0)
    assert np.allclose(blocks[0][0], 6 * np.eye(2))
    assert np.allclose(blocks[0][1], [2, 4])
    assert np.allclose(blocks[1][0], [2, 4])
    assert blocks[1][1] == 0


@given(st.integers(0, 3), st.integers(0, 3), st.data())
def test_jvp_and_vjp_are_the_jacobian_and_its_transpose(n: int, m: int, data: st.DataObject) -> None:
    matrix = np.arange(1.0, 1 + n * m).reshape(n, m)

    def f(x: Any) -> Any:
        return mg.tanh(mg.matmul(matrix, x)) * 2.0

    x, t = (np.array(data.draw(st.lists(finite, min_size=m, max_size=m))) for _ in range(2))
    v = np.array(data.draw(st.lists(finite, min_size=n, max_size=n)))
    jacobian = mg.jacobian(f)(x)
    assert jacobian.shape == (n, m)
    assert np.allclose(mg.jvp(f, (x,), (t,))[1], jacobian @ t)
    assert np.allclose(mg.vjp(f, x)[1](v)[0], v @ jacobian)


def test_hvp_is_the_hessian_times_a_vector() -> None:
    def f(x: Any) -> Any:
        return mg.sum(mg.sin(x) * mg.cumsum(x))

    x, v = np.array([0.3, -0.2, 1.5]), np.array([1.0, 2.0, -1.0])
    assert np.allclose(mg.hvp(f, x, v), mg.hessian(f)(x) @ v)


def test_results_are_arrays_of_the_dtype_of_the_argument() -> None:
    value, gradient = mg.value_and_grad(lambda x: x * x)(np.float32(3))
    for array, dtype in ((value, np.float32), (gradient, np.float32), (mg.grad(mg.exp)(0.0), np.float64)):
        assert type(array) is np.ndarray
        assert (array.dtype, array.shape) == (dtype, ())


def test_argnums_and_other_arguments() -> None:
    def f(a: Any, b: Any, *, scale: float) -> Any:
        return scale * a * b

    assert mg.grad(f, argnums=1)(2.0, 5.0, scale=10.0) == 20
    assert mg.grad(f, argnums=-1)(2.0, 5.0, scale=10.0) == 20
    assert [float(g) for g in mg.grad(f, argnums=[1, 0])(2.0, 5.0, scale=10.0)] == [20, 50]
    assert mg.grad(f).__name__ == "f"


# --- nesting, and what is outside --------------------------------------------------------------------


def test_levels_are_not_confused() -> None:
    # d/dx x · (d/dy (x + y)) = d/dx x = 1; confusing the levels gives 2.
    assert mg.grad(lambda x: x * mg.grad(lambda y: x + y)(1.0))(3.0) == 1
    assert mg.grad(lambda x: mg.grad(lambda y: x * y)(x))(3.0) == 1
    assert mg.grad(lambda x: x * mg.grad(lambda y: x * y * y)(x))(3.0) == 54


def test_a_function_may_close_over_a_tensor_that_is_recorded() -> None:
    w = leaf(2.0)
    gradient = mg.grad(lambda x: w * x**2)(3.0)
    assert isinstance(gradient, mg.Tensor)
    gradient.backward()
    assert w.grad == 6
    with mg.no_grad():
        assert type(mg.grad(lambda x: w * x**2)(3.0)) is np.ndarray


def test_transforms_of_transforms_agree() -> None:
    def f(x: Any) -> Any:
        return mg.sum(mg.exp(x) * x[::-1])

    x, t = np.array([0.1, 0.5, -0.3]), np.array([1.0, -2.0, 0.5])
    by_forward = mg.jvp(mg.grad(f), (x,), (t,))[1]
    by_reverse = mg.vjp(mg.grad(f), x)[1](t)[0]
    of_forward = mg.grad(lambda x: mg.jvp(f, (x,), (t,))[1])(x)
    assert np.allclose(by_forward, by_reverse)
    assert np.allclose(by_forward, of_forward)
    third = mg.jacobian(mg.hessian(f))(x)
    assert third.shape == (3, 3, 3)
    assert np.allclose(third, np.transpose(third, (2, 1, 0)))
    assert np.allclose(mg.jacobian(lambda s: mg.jvp(f, (x,), (s,))[1])(t), mg.grad(f)(x))


def test_transforms_work_inside_no_grad() -> None:
    with mg.no_grad():
        assert mg.grad(mg.sin)(0.0) == 1
        assert mg.grad(mg.grad(mg.sin))(0.5) == -np.sin(0.5)


def test_transforms_of_several_outputs_work_inside_no_grad() -> None:
    def f(x: Any) -> Any:
        return 2 * x, x**2

    x, t = np.array([3.0, 1.0]), np.array([1.0, -1.0])
    with mg.no_grad():
        first, second = mg.jacobian(f)(x)
        tangents = mg.jvp(f, (x,), (t,))[1], mg.linearize(f, x)[1](t)
        (cotangent,) = mg.vjp(f, x)[1]((t, t))
    np.testing.assert_array_equal([first, second], [2 * np.eye(2), 2 * np.diag(x)])
    np.testing.assert_array_equal(tangents, [(2 * t, 2 * x * t)] * 2)
    np.testing.assert_array_equal(cotangent, 2 * t + 2 * x * t)


def test_no_grad_inside_a_function_cuts_the_gradient() -> None:
    def f(x: Any) -> Any:
        with mg.no_grad():
            factor = x * 2
        return factor * x

    assert mg.grad(f)(3.0) == 6


def test_a_function_that_does_not_depend_on_its_argument() -> None:
    assert mg.grad(lambda x: mg.tensor(3.0))(1.0) == 0
    ones = mg.tensor([1.0, 1.0])
    assert mg.jacobian(lambda x: ones)(np.ones(3)).tolist() == [[0.0] * 3] * 2
    assert mg.jvp(lambda x: ones, (1.0,), (1.0,))[1].tolist() == [0.0, 0.0]
    assert mg.grad(lambda x: x)(1.0) == 1


def test_a_function_may_call_its_keywords_as_it_likes() -> None:
    assert mg.grad(lambda x, *, f, self, caller: f * self * caller * x)(1.0, f=2.0, self=3.0, caller=5.0) == 30


def test_gradients_of_inner_results_and_with_a_seed() -> None:
    x = leaf([1.0, 2.0])
    h = x * x
    y = h * x
    gy, gh = mg.gradients(y, [x, h], seed=np.array([1.0, 10.0]))
    assert gy.tolist() == [3.0, 120.0]
    assert gh.tolist() == [1.0, 20.0]
    assert mg.gradients(mg.sum(y), x).tolist() == [3.0, 12.0]
    assert mg.gradients(mg.sum(h), leaf([1.0])).tolist() == [0.0]


def test_create_graph_records_the_pass() -> None:
    x = leaf([1.0, 2.0])
    g = mg.gradients(mg.sum(x**3), x, create_graph=True)
    assert isinstance(g, mg.Tensor)
    mg.sum(g * g).backward()
    assert np.allclose(x.grad, 2 * 3 * x.numpy() ** 2 * 6 * x.numpy())
    y = leaf(2.0)
    (y**3).backward(create_graph=True)
    assert isinstance(y.grad, mg.Tensor)
    assert mg.gradients(y.grad, y) == 12


# --- what is kept and what is freed ------------------------------------------------------------------


def test_retain_graph_keeps_it() -> None:
    x = leaf([1.0, 2.0])
    loss = mg.sum(x * x)
    loss.backward(retain_graph=True)
    loss.backward()
    assert x.grad.tolist() == [4.0, 8.0]


def test_values_are_freed_as_the_pass_goes_on() -> None:
    alive: list[int] = []

    class Watched(np.ndarray):
        pass

    made: list[weakref.ref[Any]] = []

    def forward(xp: Any, x: Any) -> Any:
        y = (x + 1.0).view(Watched)
        made.append(weakref.ref(y))
        return y

    def vjp(g: Any, y: Any, x: Any) -> Any:
        alive.append(sum(ref() is not None for ref in made))
        return g * 1.0

    step = mg.primitive(forward, [vjp], name="watched_step")
    x = leaf(np.ones(3))
    y = x
    for _ in range(5):
        y = step(y)
    mg.sum(y).backward()
    assert alive[-1] < alive[0]
    del y
    gc.collect()
    assert all(ref() is None for ref in made)


def test_a_vjp_that_returns_a_constant_tensor_makes_no_gradient_one() -> None:
    doubled = mg.primitive(lambda xp, x: 2 * x, [lambda g, y, x: mg.tensor(2.0) * g], name="doubled_by_a_tensor")
    x = mg.tensor([1.0, -3.0], requires_grad=True)
    y = mg.sum(doubled(x))
    y.backward(retain_graph=True)
    for found in (x.grad, mg.gradients(y, x), mg.grad(lambda x: mg.sum(doubled(x)))(np.ones(2))):
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, [2.0, 2.0])
    x.grad = None
    y.backward(create_graph=True)
    assert isinstance(x.grad, mg.Tensor)


def test_a_vjp_that_returns_a_tensor_that_is_differentiated_loses_nothing() -> None:
    w = mg.tensor(3.0, requires_grad=True)
    scaled = mg.primitive(lambda xp, x: 1 * x, [lambda g, y, x: g * w], name="scaled_on_the_way_back")
    x = mg.tensor(2.0, requires_grad=True)
    (found,) = mg.gradients(scaled(x) * x, [x])
    assert mg.gradients(found, w) == 2


def test_results_that_no_vjp_reads_are_not_kept() -> None:
    x = leaf(np.ones(3))
    inner = mg.exp(x) + 1.0
    value = weakref.ref(inner._value)
    y = mg.sum(mg.tanh(inner))
    del inner
    assert value() is None
    y.backward()
    assert np.allclose(x.grad, np.e * (1 - np.tanh(np.e + 1) ** 2))


def test_a_graph_is_freed_without_a_cycle() -> None:
    gc.collect()
    gc.disable()
    try:
        x = leaf(np.ones(3))
        y = mg.sum(mg.exp(x))
        node = weakref.ref(y._node)
        y.backward()
        del y
        assert node() is None
    finally:
        gc.enable()


def test_an_exception_in_a_vjp_leaves_gradients_as_they_were() -> None:
    interrupted = True

    def fail(g: Any, y: Any, x: Any) -> Any:
        if interrupted:
            raise KeyboardInterrupt
        return g

    stop = mg.primitive(lambda xp, x: x * 1.0, [fail], name="stop_here")
    a, b = leaf(1.0), leaf(1.0)
    loss = mg.exp(a) + stop(b)
    with pytest.raises(KeyboardInterrupt):
        loss.backward()
    assert a.grad is None
    assert mg.grad(mg.exp)(0.0) == 1
    interrupted = False  # declared for good: whoever searches all operations finds it


def test_an_exception_inside_a_scope_or_no_grad_leaves_it() -> None:
    for manager in (mg.no_grad(), mg.scope("s")):
        with pytest.raises(ZeroDivisionError), manager:
            raise ZeroDivisionError
    y = leaf(1.0) * 2
    assert y.requires_grad
    assert mg.Graph.of(y).nodes[-1].scope == ()


def test_no_grad_and_scope_decorate_functions_and_nest() -> None:
    @mg.no_grad()
    def evaluate(t: mg.Tensor) -> mg.Tensor:
        return t * 2 if t.ndim else evaluate(mg.reshape(t, (1,)))

    assert not evaluate(leaf(1.0)).requires_grad
    again = mg.scope("outer")
    with again, mg.scope("inner"), again:
        y = leaf(1.0) * 2
    assert mg.Graph.of(y).nodes[-1].scope == ("outer", "inner", "outer")


# --- size and threads --------------------------------------------------------------------------------


def test_a_chain_of_a_million_nodes() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1
    del y


def test_a_deep_graph_that_was_never_gone_through_is_freed() -> None:
    y = leaf(1.0)
    for _ in range(300_000):
        y = y * 0.5 + y * 0.5
    del y


def test_a_wide_graph() -> None:
    parts = [leaf(float(i)) for i in range(2000)]
    total = mg.sum(mg.stack([mg.square(p) for p in parts]))
    total.backward()
    assert [float(p.grad) for p in parts] == [2.0 * i for i in range(2000)]


def test_threads_train_at_once_and_get_what_one_gets() -> None:
    x, y = mg.article.dataset()

    def train(seed: int) -> list[float]:
        return mg.article.AutogradNetwork(x, y, seed=seed).train(60)

    expected = [train(seed) for seed in range(4)]
    results: dict[int, list[float]] = {}
    threads = [threading.Thread(target=lambda s=s: results.update({s: train(s)})) for s in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[seed] for seed in range(4)] == expected


def test_no_grad_holds_in_its_own_thread_only() -> None:
    inside, done = threading.Event(), threading.Event()
    seen: list[bool] = []

    def other() -> None:
        inside.wait(10)
        seen.append((leaf(1.0) * 2).requires_grad)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with mg.no_grad():
        inside.set()
        done.wait(10)
    thread.join()
    assert seen == [True]


def test_what_comes_from_outside_and_is_returned_as_it_is_stays_linked_to_the_outside():
    def outer(w):
        square = w * w
        value, gradient = mg.value_and_grad(lambda x: square)(3.0)
        return value + gradient

    assert mg.grad(outer)(2.0) == 4.0


def test_only_the_vjps_on_the_way_to_what_was_asked_for_are_called():
    called = []

    def vjp(name):
        return lambda g, y, a, b: (called.append(name), g)[1]

    both = mg.primitive(lambda xp, a, b: a + b, [vjp("a"), vjp("b")], name="both_here")
    x, w = (mg.tensor(v, requires_grad=True) for v in (1.0, 2.0))
    h, k = mg.exp(x), mg.exp(w)
    assert mg.gradients(both(h, k), h) == 1.0
    assert called == ["a"]
    mg.gradients(both(h, k), [k, x])
    assert called == ["a", "a", "b"]


@pytest.mark.parametrize("create_graph", [False, True])
def test_each_gradient_has_the_dtype_of_its_own_tensor_where_dtypes_meet(create_graph):
    a = mg.tensor(np.array([1.5, 2.5], np.float32), requires_grad=True)
    b = mg.tensor([0.5, 3.0], requires_grad=True)
    h = mg.exp(a)
    y = mg.sum(h * b + a * b)
    gradients = mg.gradients(y, [a, h, b], create_graph=create_graph)
    assert [g.dtype for g in gradients] == [np.float32, np.float32, np.float64]
    np.testing.assert_allclose(np.array(gradients[0].tolist()), (np.exp(a.numpy()) + 1) * b.numpy(), rtol=1e-6)


# --- what is recorded inside another transform ---------------------------------------------------------------


@pytest.mark.parametrize("of", [mg.grad, lambda f: lambda x: mg.jvp(f, (x,), (np.ones(2),))[1]], ids=["grad", "jvp"])
def test_a_derivative_that_does_not_depend_on_the_outside_is_a_constant_there(of):
    found = []

    def outer(w):
        found.append(of(lambda x: mg.sum(w) - x @ x)(np.array([0.5, 0.25])))
        found.append(of(lambda x: mg.sum(w * x) - x @ x)(np.array([0.5, 0.25])))
        return mg.sum(found[-1])

    mg.grad(outer)(np.array([1.0, 2.0]))
    assert [type(g) for g in found] == [mg.Tensor, mg.Tensor]
    assert [g.requires_grad for g in found] == [False, True]


def test_a_parameter_that_is_made_while_the_function_runs_has_its_gradient():
    w = mg.tensor(3.0, requires_grad=True)
    made = {}

    def network(x):
        made["v"] = v = mg.tensor(5.0, requires_grad=True)
        return w * x + v * x**2

    mg.grad(network)(2.0).backward()
    assert w.grad == 1.0
    assert made["v"].grad == 4.0


def test_a_vjp_that_asks_whether_the_pass_is_recorded_is_told():
    """As that of a checkpoint does, or one of a user's own: what it gets is a Tensor wherever the outside is met."""
    scaled = mg.primitive(
        lambda xp, w, x: w * x,
        [lambda g, y, w, x: g * x, lambda g, y, w, x: g * w if isinstance(g, mg.Tensor) else np.multiply(g, w)],
        name="scaled_for_a_test",
    )
    for f in (
        lambda w: mg.grad(lambda x: mg.sum(mg.checkpoint(lambda x: mg.sin(w * x))(x)))(2.0),
        lambda w: mg.grad(lambda x: scaled(w, x) * scaled(w, x) + x)(2.0),
    ):
        h = 1e-6
        assert mg.grad(f)(3.0) == pytest.approx((f(3.0 + h) - f(3.0 - h)) / (2 * h), rel=1e-6)
