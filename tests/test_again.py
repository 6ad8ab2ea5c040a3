"""mg.checkpoint: the numbers of the function itself, of every order; its memory; what it refuses."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg

random = np.random.default_rng(0)
W = random.normal(size=(3, 3)) / 2
X = random.normal(size=(2, 3))

Wrap = Callable[[Any], Any]


def itself(f: Any) -> Any:
    return f


# Functions of a matrix to one number, with a part of them wrapped.


def layers(wrap: Wrap, w: Any) -> Any:
    @wrap
    def piece(x: Any, w: Any) -> Any:
        for _ in range(3):
            x = mg.tanh(x @ w)
        return x

    return mg.sum(piece(piece(X, w), w) ** 2)


def of_a_closure(wrap: Wrap, w: Any) -> Any:
    a = mg.exp(w)
    b = mg.sin(a)  # both are read inside, and one comes from the other
    return mg.sum(wrap(lambda x: mg.tanh(x @ b) @ a + x @ w)(X))


def an_argument_that_is_closed_over_too(wrap: Wrap, w: Any) -> Any:
    return mg.sum(wrap(lambda v: v * w + mg.sin(v))(w) ** 2)


def two_arguments_of_which_one_comes_from_the_other(wrap: Wrap, w: Any) -> Any:
    h = mg.cos(w)
    return mg.sum(wrap(lambda a, b, c: a * b + mg.exp(c))(w, h, h) ** 2)


def containers(wrap: Wrap, w: Any) -> Any:
    @wrap
    def piece(params: Any, *, scale: Any) -> Any:
        h = mg.tanh(params["x"] @ params["w"]) * scale
        return {"h": h, "parts": (mg.sum(h), params["w"][0], 3, "a", X)}

    out = piece({"x": X, "w": w}, scale=2.0)
    total, row, three, _, x = out["parts"]
    return mg.sum(out["h"] ** 2) * three + total * mg.sum(row) + mg.sum(x @ w)


def nested(wrap: Wrap, w: Any) -> Any:
    outer = wrap(lambda x: mg.sin(wrap(lambda y: mg.tanh(y @ w))(x) @ w))
    return mg.sum(wrap(lambda x: outer(outer(x)))(X) ** 2)


def what_comes_back_as_it_was(wrap: Wrap, w: Any) -> Any:
    same, other, product = wrap(lambda v: (v, w, v @ w))(w * 1.5)
    return mg.sum(same**3) + mg.sum(other * product)


def writes(wrap: Wrap, w: Any) -> Any:
    def piece(v: Any) -> Any:
        v[0] = mg.sin(v[1])
        v[1] *= 2
        return v

    return mg.sum(wrap(piece)(w * 1.0) ** 3)


def two_dtypes(wrap: Wrap, w: Any) -> Any:
    single, double = wrap(lambda v: (v.astype(np.float32) * 2, v**2))(w)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    return mg.sum(double) + mg.sum(double * single.astype(np.float64) ** 2)


def leaking(wrap: Wrap, w: Any) -> Any:
    kept = []

    def piece(v: Any) -> Any:
        h = mg.sin(v)
        if not kept:
            kept.append(h)
        return h**2

    return mg.sum(wrap(piece)(w)) + mg.sum(kept[0] ** 3)


def derivatives_inside(wrap: Wrap, w: Any) -> Any:
    return mg.sum(wrap(mg.grad(lambda v: mg.sum(mg.sin(v) * w)))(w) ** 2)


def some_arguments_alone(wrap: Wrap, w: Any) -> Any:
    h = mg.sin(w)
    return mg.sum(wrap(lambda a, b: a * h + 3)(h, w) ** 2)


FUNCTIONS = [
    layers, of_a_closure, an_argument_that_is_closed_over_too, some_arguments_alone,
    two_arguments_of_which_one_comes_from_the_other, containers, nested,
    what_comes_back_as_it_was, writes, two_dtypes, leaking, derivatives_inside,
]  # fmt: skip


def along(f: Any) -> Any:
    """Push a tangent forward."""
    return lambda w: mg.jvp(f, (w,), (w**2,))[1]


def one_number(f: Any) -> Any:
    """Make one number of a gradient, to be differentiated again."""
    return lambda w: mg.sum(mg.sin(mg.grad(f)(w)))


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_it_is_the_function_itself_for_derivatives_of_every_order(f: Any, order: int) -> None:
    ours, theirs = partial(f, mg.checkpoint), partial(f, itself)
    for _ in range(order):
        ours, theirs = one_number(ours), one_number(theirs)
    tolerance = 1e-5 if f is two_dtypes else 1e-9
    np.testing.assert_allclose(mg.grad(ours)(W), mg.grad(theirs)(W), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_it_is_the_function_itself_for_every_mode(f: Any) -> None:
    ours, theirs = partial(f, mg.checkpoint), partial(f, itself)
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if f is two_dtypes else {"rtol": 1e-9, "atol": 1e-12}
    for mode in (mg.jacobian, mg.hessian, along, lambda g: mg.grad(along(g)), lambda g: along(along(g)), mg.compile):
        np.testing.assert_allclose(mode(ours)(W), mode(theirs)(W), **tolerance)
    w = mg.tensor(W, requires_grad=True)
    ours(w).backward()
    np.testing.assert_allclose(w.grad, mg.grad(theirs)(W), **tolerance)
    ours(w).backward()
    np.testing.assert_allclose(w.grad, 2 * mg.grad(theirs)(W), **tolerance)
    w.grad = None
    ours(w).backward(create_graph=True)
    np.testing.assert_allclose(mg.gradients(mg.sum(w.grad**2), w),
                               mg.grad(lambda w: mg.sum(mg.grad(theirs)(w) ** 2))(W), **tolerance)  # fmt: skip
    np.testing.assert_allclose(ours(W), theirs(W))


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 4), min_size=1, max_size=5), seed=st.integers(0, 99))
def test_a_chain_may_be_cut_anywhere(cuts: list[int], seed: int) -> None:
    w = np.random.default_rng(seed).normal(size=(3, 3)) / 2

    def chain(x: Any, w: Any, n: int) -> Any:
        for _ in range(n):
            x = mg.tanh(x @ w) + x
        return x

    def loss(w: Any, wrap: Wrap) -> Any:
        x = X
        for n in cuts:
            x = wrap(chain)(x, w, n)
        return mg.sum(x * x)

    np.testing.assert_allclose(mg.grad(loss)(w, mg.checkpoint), mg.grad(loss)(w, itself), rtol=1e-9, atol=1e-9)


def test_the_gradient_of_one_of_several_arguments() -> None:
    a, b = mg.tensor([1.0, 2.0], requires_grad=True), mg.tensor([3.0, 4.0], requires_grad=True)
    x, y, z = mg.checkpoint(lambda a, b: (a, b, a * b))(a * 1, b * 1)
    loss = mg.sum(x * y * z)
    assert mg.gradients(loss, a).tolist() == [18, 64]
    assert mg.gradients(loss, b).tolist() == [6, 32]
    _, push = mg.linearize(lambda a: mg.sum(mg.checkpoint(lambda v: v * b)(a) ** 2), np.array([1.0, 2.0]))
    assert push(np.array([1.0, 1.0])) == 2 * (9 + 32)


# --- memory ---------------------------------------------------------------------------------------------------


def peak(f: Callable[[], Any]) -> int:
    f()
    gc.collect()
    tracemalloc.start()
    try:
        f()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_memory_of_100_layers_falls_to_about_its_square_root() -> None:
    w, rows = np.eye(16) / 2, np.ones((500, 16))

    def piece(x: Any, w: Any) -> Any:
        for _ in range(10):
            x = mg.tanh(x @ w)
        return x

    def loss(w: Any, wrap: Wrap) -> Any:
        x = rows
        for _ in range(10):
            x = wrap(piece)(x, w)
        return mg.sum(x)

    all_kept = peak(lambda: mg.grad(loss)(w, itself))
    assert all_kept > 100 * rows.nbytes
    assert peak(lambda: mg.grad(loss)(w, mg.checkpoint)) < 27 * rows.nbytes


# --- random numbers -------------------------------------------------------------------------------------------


rng_of_the_module = np.random.default_rng(3)


def dropped(x: Any, rng: Any) -> Any:
    return x * (rng.random(x.shape) < 0.5) * 2


class Layer:
    def __init__(self) -> None:
        self.rng = np.random.default_rng(3)

    def forward(self, x: Any) -> Any:
        return mg.sin(dropped(x, self.rng))


def drawing() -> dict[str, tuple[Any, tuple[Any, ...]]]:
    rng = np.random.default_rng(3)
    rng_of_the_module.bit_generator.state = rng.bit_generator.state

    def default(x: Any, rng: Any = rng) -> Any:
        return mg.sin(dropped(x, rng))

    return {
        "an argument": (lambda x, rng: mg.sin(dropped(x, rng)), (rng,)),
        "a closure": (lambda x: mg.sin(dropped(x, rng)), ()),
        "a global name": (lambda x: mg.sin(dropped(x, rng_of_the_module)), ()),
        "a default": (default, ()),
        "an attribute": (Layer().forward, ()),
        "a partial": (partial(default, rng=np.random.default_rng(3)), ()),
    }


@pytest.mark.parametrize("where", drawing())
def test_a_generator_draws_the_same_again_and_goes_on(where: str) -> None:
    def both(wrap: Wrap) -> Any:
        f, more = drawing()[where]
        wrapped = wrap(f)
        w = mg.tensor(np.arange(1.0, 7.0), requires_grad=True)
        mg.sum(wrapped(wrapped(w, *more), *more)).backward()
        return w.grad, wrapped(np.ones(20), *more)

    for ours, theirs in zip(both(mg.checkpoint), both(itself), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_random_numbers_that_cannot_be_drawn_again_are_refused() -> None:
    f = mg.checkpoint(lambda x: x * np.random.random(x.shape))  # noqa: NPY002
    with pytest.raises(RuntimeError, match=r"computed something else than before.*numpy.random.Generator"):
        mg.grad(lambda x: mg.sum(f(x)))(np.ones(9))


def test_what_has_changed_since_is_refused() -> None:
    w = mg.tensor(2.0, requires_grad=True)
    x = mg.tensor([1.0, -1.0], requires_grad=True)
    f = mg.checkpoint(lambda x: mg.relu(-mg.square(x) * w))  # zero, whatever w is
    for change in (lambda: w.data.__isub__(0.5), lambda: setattr(w, "data", np.float64(3.0))):
        loss = mg.sum(f(x))
        change()
        with pytest.raises(RuntimeError, match="has changed since"):
            loss.backward()
    scale = np.ones(2)
    loss = mg.sum(mg.checkpoint(lambda x: x * scale)(x))
    scale *= 2
    with pytest.raises(RuntimeError, match="has changed since"):
        loss.backward()


# --- manners --------------------------------------------------------------------------------------------------


def test_arrays_that_are_written_to_after_the_call_were_kept() -> None:
    w, x = mg.tensor(W, requires_grad=True), X.copy()
    loss = mg.sum(mg.checkpoint(lambda w, x: mg.tanh(x @ w))(w, x))
    x[:] = 0
    loss.backward()
    np.testing.assert_allclose(w.grad, mg.grad(lambda w: mg.sum(mg.tanh(X @ w)))(W))


def test_without_a_gradient_it_is_the_function() -> None:
    calls = []
    f = mg.checkpoint(lambda x: calls.append(type(x)) or x * 2)  # type: ignore[func-returns-value]
    assert f(3.0) == 6.0
    assert isinstance(f(np.ones(2)), np.ndarray)
    w = mg.tensor(1.0, requires_grad=True)
    with mg.no_grad():
        assert not f(w).requires_grad
    assert len(calls) == 3


def test_a_method_and_a_name() -> None:
    class Net:
        def __init__(self) -> None:
            self.w = mg.tensor(W, requires_grad=True)

        @mg.checkpoint
        def forward(self, x: Any) -> Any:
            """Compute."""
            return mg.tanh(x @ self.w)

    net = Net()
    mg.sum(net.forward(X)).backward()
    np.testing.assert_allclose(net.w.grad, mg.grad(lambda w: mg.sum(mg.tanh(X @ w)))(W))
    assert (Net.forward.__name__, Net.forward.__doc__) == ("forward", "Compute.")


def test_a_drawing_shows_one_node_with_its_name() -> None:
    def encoder(x: Any, w: Any) -> Any:
        return mg.tanh(mg.tanh(x @ w) @ w)

    w = mg.tensor(W, requires_grad=True, name="w")
    loss = mg.sum(mg.checkpoint(encoder)(mg.tensor(X, name="x"), w))
    assert [e.title for e in mg.Graph.of(loss) if e.kind == "operation"] == ["encoder", "Σ"]
    assert "encoder" in mg.draw(loss).source
    assert "encoder" in str(mg.derive(loss, w))
    names: dict[str, Any] = {}
    exec(mg.derive(loss, w).source("gradient"), names)
    np.testing.assert_allclose(names["gradient"](W, X), mg.gradients(loss, w))


def test_a_number_of_pythons_is_refused_inside() -> None:
    w = mg.tensor(W, requires_grad=True)
    with pytest.raises(TypeError, match="the Python float made of"):
        mg.checkpoint(lambda w: w * float(mg.sum(w)))(w)


def test_an_error_inside_comes_out_as_it_is() -> None:
    def wrong(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        mg.grad(mg.checkpoint(wrong))(1.0)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="checkpoint takes a function"):
        mg.checkpoint(3)  # type: ignore[type-var]


def test_a_graph_that_was_freed_says_so() -> None:
    w = mg.tensor(W, requires_grad=True)
    loss = mg.sum(mg.checkpoint(mg.tanh)(w))
    loss.backward(retain_graph=True)
    loss.backward()
    with pytest.raises(RuntimeError, match="was freed"):
        loss.backward()
