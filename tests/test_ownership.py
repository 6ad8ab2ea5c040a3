"""What escapes a function that is differentiated owns its arrays; copies and threads share no gradient by mistake."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import microgradnet as mg


def loss(w: Any) -> Any:
    return mg.sum(mg.tanh(w) ** 2)


def weighted(w: Any, x: Any, *, scale: float = 1.0) -> Any:
    return scale * mg.sum(w * w * x)


# --- arguments -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [np.array, lambda v: np.array([v, v]).T[:, 0], mg.tensor], ids=["array", "view", "tensor"]
)
def test_the_pullback_of_vjp_is_that_of_the_arguments_as_they_were(make: Any) -> None:
    x = make([1.0, 2.0])
    _, pull = mg.vjp(lambda t: t * t, x)
    (x.data if isinstance(x, mg.Tensor) else x)[:] = 7.0
    np.testing.assert_array_equal(pull(np.ones(2))[0], [2.0, 4.0])


def test_a_tensor_whose_array_was_handed_out_is_owned_as_well() -> None:
    x = mg.tensor([1.0, 2.0])
    data = x.data
    _, pull = mg.vjp(lambda t: t * t, x)
    data[:] = 7.0
    np.testing.assert_array_equal(pull(np.ones(2))[0], [2.0, 4.0])


TRANSFORMS: dict[str, Callable[[Any], Any]] = {
    "grad": lambda f: lambda x: mg.grad(f)(x),
    "value_and_grad": lambda f: lambda x: mg.value_and_grad(f)(x),
    "vjp": lambda f: lambda x: mg.vjp(f, x),
    "jvp": lambda f: lambda x: mg.jvp(f, (x,), (x,)),
    "jacobian": lambda f: lambda x: mg.jacobian(f)(x),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_what_is_kept_of_a_run_owns_its_arrays(name: str) -> None:
    kept: list[Any] = []

    def f(t: Any) -> Any:
        kept[:] = [t, t * t]
        return mg.sum(mg.sin(t))

    x = np.array([1.0, 2.0])
    TRANSFORMS[name](f)(x)
    x[:] = 7.0
    argument, square = kept
    np.testing.assert_array_equal(argument.data, [1.0, 2.0])
    np.testing.assert_array_equal(mg.Graph.of(square).nodes[0].value, [1.0, 2.0])
    derivation = mg.derive(mg.sum(square), [argument])
    np.testing.assert_array_equal(mg.gradients(mg.sum(square), argument), [2.0, 4.0])
    assert derivation.arguments
    assert all(7.0 not in np.atleast_1d(a) for a in derivation.arguments.values())


def test_a_function_may_write_into_the_callers_array_while_it_runs() -> None:
    x = np.array([1.0, 2.0])

    def f(t: Any) -> Any:
        y = mg.sum(t * t)
        x[:] = 0.0
        return y

    value, gradient = mg.value_and_grad(f)(x)
    assert value == 5.0
    np.testing.assert_array_equal(gradient, [2.0, 4.0])


def test_a_read_only_argument_is_not_copied_and_keeps_its_layout_otherwise() -> None:
    seen: list[Any] = []

    def f(t: Any) -> Any:
        seen.append(t)
        return mg.sum(t)

    x = np.ones((3, 2), order="F")
    mg.grad(f)(x)
    x.flags.writeable = False
    mg.grad(f)(x)
    assert not np.shares_memory(seen[0]._value, x)
    assert seen[0]._value.flags.f_contiguous
    assert seen[1]._value is x


def test_a_tensor_is_not_copied_as_an_argument() -> None:
    seen: list[Any] = []
    w = mg.tensor([1.0, 2.0])
    mg.grad(lambda t: (seen.append(t), mg.sum(t))[1])(w)
    assert np.shares_memory(seen[0]._value, w._value)


@pytest.mark.parametrize("call", [mg.add, mg.subtract, lambda x, y: mg.where(True, x + y, 0.0)])
def test_clearing_one_gradient_in_place_leaves_the_other(call: Any) -> None:
    x, y = (mg.tensor([1.0, 2.0], requires_grad=True) for _ in "xy")
    mg.sum(call(x, y)).backward()
    kept = y.grad.copy()
    x.grad *= 0  # as an optimiser clears gradients
    np.testing.assert_array_equal(y.grad, kept)


def test_a_gradient_that_is_asked_for_twice_is_given_twice() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    y = mg.sum(x * x)
    for create_graph in (False, True):
        a, b = mg.gradients(y, [x, x], create_graph=create_graph)
        np.testing.assert_array_equal(np.array(a.tolist()), [2.0, 4.0])
        np.testing.assert_array_equal(np.array(b.tolist()), [2.0, 4.0])
    assert not np.shares_memory(*mg.gradients(y, [x, x]))


# --- copies and pickles --------------------------------------------------------------------------------


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_has_a_gradient_of_its_own(again: Any) -> None:
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    mg.sum(w * w).backward()
    other = again(w)
    other.grad[:] = 0.0
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])


step = mg.compile(mg.value_and_grad(loss), backend="numpy")


@mg.value_and_grad
def decorated(w: Any) -> Any:
    """Return the loss of weights w."""
    return loss(w)


class Model:
    scale = 3.0

    @mg.grad
    def of_itself(self: Any) -> Any:  # called with a number for self, as the function that it is
        return self * self

    def loss(self, w: Any) -> Any:
        return self.scale * mg.sum(w * w)

    gradient = mg.grad(loss, argnums=1)


MADE: dict[str, Any] = {
    "grad": mg.grad(loss),
    "value_and_grad": mg.value_and_grad(loss, argnums=(0,)),
    "jacobian": mg.jacobian(mg.tanh),
    "hessian": mg.hessian(loss),
    "hessian in blocks": mg.hessian(loss, argnums=(0,)),
    "nested": mg.jacobian(mg.grad(loss)),
    "compiled": step,
    "decorated": decorated,
    "of a compiled function": mg.grad(mg.compile(loss)),
}


@pytest.mark.parametrize("again", [copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))], ids=["copy", "pickle"])
@pytest.mark.parametrize("name", MADE)
def test_what_a_transform_makes_of_a_function_is_copied_and_pickled(name: str, again: Any) -> None:
    f, w = MADE[name], np.array([0.5, -1.0])
    expected, found = f(w), again(f)(w)
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_a_transform_makes_looks_like_the_function() -> None:
    import inspect

    f = mg.value_and_grad(weighted, argnums=(0, 1))
    assert (f.__name__, f.__doc__, str(inspect.signature(f))) == (
        "weighted",
        weighted.__doc__,
        str(inspect.signature(weighted)),
    )
    assert decorated.__doc__ == "Return the loss of weights w."
    assert repr(mg.grad(abs)) == "<grad of <built-in function abs>>"
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    value, (a, b) = f(np.ones(2), np.ones(2), scale=2.0)
    assert (value, a.tolist(), b.tolist()) == (4.0, [4.0, 4.0], [2.0, 2.0])


def test_in_a_class_it_is_a_method() -> None:
    np.testing.assert_array_equal(Model().gradient(np.array([1.0, 2.0])), [6.0, 12.0])
    assert Model.of_itself(3.0) == 6.0


def test_a_parameter_may_have_any_name() -> None:
    def g(f: Any, *, positions: float, one: float) -> Any:
        return f * f * positions * one

    assert mg.grad(g)(3.0, positions=2.0, one=1.0) == 12.0


def test_processes_that_are_spawned_differentiate() -> None:
    arguments = [np.full(3, float(k)) for k in range(3)]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.map(step, arguments)
    for (value, gradient), w in zip(found, arguments, strict=True):
        assert value == step(w)[0]
        np.testing.assert_array_equal(gradient, step(w)[1])


# --- threads -------------------------------------------------------------------------------------------


@pytest.fixture
def _often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_often")
@pytest.mark.parametrize("create_graph", [False, True])
def test_threads_that_share_a_leaf_lose_no_gradient(create_graph: bool) -> None:
    w = mg.tensor(np.zeros(2000), requires_grad=True)
    times = 20 if create_graph else 300

    def work() -> None:
        for _ in range(times):
            mg.sum(w * 1.0).backward(create_graph=create_graph)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.unique(np.asarray(w.grad.data if create_graph else w.grad)).tolist() == [8.0 * times]
