"""What escapes a function that is differentiated owns its arrays; copies and threads share no gradient by mistake."""

from __future__ import annotations

import copy
import importlib.util
import multiprocessing
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet import ownership


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
    np.testing.assert_array_equal(square.data, [1.0, 4.0])
    if name == "jvp":
        return  # a tangent is computed beside its value, and nothing is recorded
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

    x = np.ones((30, 20), order="F")  # tiny ones are
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


# --- what is recorded ------------------------------------------------------------------------------------

LARGE = 20_000  # numbers: of an array this large the copy is kept from one use to the next


def descent(x: np.ndarray, between: Callable[[np.ndarray, int], None]) -> None:
    """Differentiate x·w four times, with something happening to x before each, and hold it against x itself."""
    value_and_grad = mg.value_and_grad(lambda w, x: mg.sum(x * w))
    for k in range(4):
        between(x, k)
        value, gradient = value_and_grad(np.full(x.shape, 2.0), x)
        np.testing.assert_array_equal(gradient, x)
        np.testing.assert_array_equal(value, np.sum(x * 2.0))


LAYOUTS: dict[str, Callable[[], np.ndarray]] = {
    "rows": lambda: np.arange(LARGE * 2.0).reshape(-1, 2),
    "columns": lambda: np.arange(LARGE * 2.0).reshape(2, -1).T,
    "every other": lambda: np.arange(LARGE * 4.0).reshape(-1, 4)[:, ::2],
    "reversed": lambda: np.arange(LARGE * 2.0).reshape(-1, 2)[::-1],
    "small": lambda: np.arange(6.0).reshape(-1, 2),
    "with NaN and zeros of both signs": lambda: np.array([[np.nan, -0.0], [0.0, np.inf]] * LARGE),
}

WRITES: dict[str, Callable[[np.ndarray, int], None]] = {
    "nothing": lambda x, k: None,
    "another number at the end": lambda x, k: x.__setitem__((-1, -1), k),
    "everything": lambda x, k: x.__setitem__(..., k),
    "another order": lambda x, k: x.__setitem__(..., x[::-1].copy()),
    "the sign of zeros": lambda x, k: np.negative(x, x),
}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_written_to_an_array_before_its_next_use_counts(layout: str, write: str) -> None:
    descent(LAYOUTS[layout](), WRITES[write])


@pytest.mark.parametrize("by", ["the function", "a thread", "a view that was taken before"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_after_the_use_changes_no_gradient(layout: str, by: str) -> None:
    x = LAYOUTS[layout]()
    written = x[:] if by == "a view that was taken before" else x

    def f(w: Any) -> Any:
        y = mg.sum(x * w)
        if by == "a thread":
            thread = threading.Thread(target=written.fill, args=(7.0,))
            thread.start()
            thread.join()
        else:
            written[...] = 7.0
        return y

    for k in range(4):
        x[...] = k
        np.testing.assert_array_equal(mg.grad(f)(np.zeros(x.shape)), np.full(x.shape, float(k)))


def test_a_graph_keeps_the_values_that_it_was_recorded_with_while_the_array_goes_on() -> None:
    x = np.ones((LARGE, 2))
    w = mg.tensor(np.ones(2), requires_grad=True)
    losses = []
    for k in range(4):
        x[...] = k
        losses.append(mg.sum(x @ w))
    for k, recorded in enumerate(losses):
        w.grad = None
        recorded.backward()
        np.testing.assert_array_equal(w.grad, [k * LARGE] * 2)


def test_the_copy_of_a_large_array_is_forgotten_with_it() -> None:
    before = len(ownership._kept)
    x = np.ones(LARGE)
    copies = [ownership.owned(x) for _ in range(3)]
    assert copies[1] is copies[2]
    assert not np.shares_memory(copies[2], x)
    del x
    assert len(ownership._kept) == before


# --- an array that is handed out -------------------------------------------------------------------------


def saved_weight(w: Any) -> Any:
    """The value that a record of w holds."""
    return (w * 2.0 * w)._node.saved[2]


def test_a_leaf_that_is_updated_in_place_is_not_copied() -> None:
    w = mg.tensor(np.ones(3), requires_grad=True)
    w.data -= 0.5
    address = w._value.ctypes.data
    assert saved_weight(w).ctypes.data == address
    w.data -= 0.5
    assert w._value.ctypes.data == address
    np.testing.assert_array_equal(w.numpy(), np.zeros(3))


KEPT: dict[str, Callable[[Any], Any]] = {
    "the array": lambda data: data,
    "a view": lambda data: data[1:],
    "a reshaped view": lambda data: data.reshape(1, 3),
    "a buffer": memoryview,
}


@pytest.mark.parametrize("kept", KEPT)
def test_while_somebody_holds_its_array_each_use_of_a_leaf_takes_a_snapshot(kept: str) -> None:
    w = mg.tensor(np.ones(3), requires_grad=True)
    held = KEPT[kept](w.data)
    y = mg.sum(w * w * w)
    np.asarray(held)[...] = 7.0
    y.backward()
    expected = np.full(3, 3.0)
    np.testing.assert_array_equal(w.grad, expected)


def test_what_a_graph_holds_is_not_handed_out() -> None:
    w = mg.tensor(np.ones(3), requires_grad=True)
    w.data -= 0.5
    y = mg.sum(w * w)
    w.data[:] = 7.0
    y.backward()
    np.testing.assert_array_equal(w.grad, np.ones(3))


def test_a_snapshot_of_a_graph_outlives_an_update_in_place() -> None:
    w = mg.tensor(np.ones(3), requires_grad=True, name="w")
    graph = mg.Graph.of(mg.sum(w * w))
    w.data -= 0.5
    np.testing.assert_array_equal(graph.nodes[0].value, np.ones(3))


def test_where_references_are_not_counted_nobody_is_known_to_be_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "getrefcount")
    elsewhere = importlib.util.module_from_spec(spec := importlib.util.find_spec("microgradnet.ownership"))
    spec.loader.exec_module(elsewhere)
    w = mg.tensor(np.ones(3), requires_grad=True)
    w.data -= 0.5
    assert ownership.held(w)
    assert not elsewhere.held(w)


def test_a_tensor_keeps_no_array_beside_its_value() -> None:
    for given in (np.ones((3, 2)), [1.0, 2.0], np.ones((3, 2), order="F")[:, 0]):
        assert mg.tensor(given)._value.base is None
