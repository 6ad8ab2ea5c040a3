"""Optimisers as pure functions of parameters, gradients and a state; minibatches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg

OPTIMISERS: dict[str, dict[str, Any]] = {
    "sgd": {"rate": 0.05},
    "momentum": {"rate": 0.02},
    "rmsprop": {},
    "adam": {"rate": 0.02},
    "adamw": {"rate": 0.02},
}
X = np.random.default_rng(1).normal(size=(6, 3))


def parameters(dtype: Any = np.float64) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {"w": rng.normal(size=(3, 2)).astype(dtype), "b": [np.zeros(2, dtype)], "name": "a layer", "n": 3}


def loss(p: Any, x: Any = X) -> Any:
    return mg.mean((mg.tanh(x.astype(p["w"].dtype) @ p["w"]) + p["b"][0] - 0.5) ** 2)


def steps(name: str, p: Any, n: int, **options: Any) -> tuple[Any, Any]:
    state = None
    for _ in range(n):
        p, state = getattr(mg.nn, name)(p, mg.grad(loss)(p), state, **OPTIMISERS[name], **options)
    return p, state


@pytest.mark.parametrize(
    ("name", "theirs", "options"),
    [
        ("sgd", "SGD", {"lr": 0.05}),
        ("momentum", "SGD", {"lr": 0.02, "momentum": 0.9}),
        ("rmsprop", "RMSprop", {}),
        ("adam", "Adam", {"lr": 0.02}),
        ("adamw", "AdamW", {"lr": 0.02}),
    ],
)
def test_fifty_steps_are_pytorchs(name: str, theirs: str, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    p = parameters()
    w, b = (torch.tensor(a, requires_grad=True) for a in (p["w"], p["b"][0]))
    optimiser = getattr(torch.optim, theirs)([w, b], **options)
    for _ in range(50):
        optimiser.zero_grad()
        ((torch.tanh(torch.tensor(X) @ w) + b - 0.5) ** 2).mean().backward()
        optimiser.step()
    p, state = steps(name, p, 50)
    assert state["count"] == 50
    np.testing.assert_allclose(p["w"], w.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(p["b"][0], b.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_the_first_steps_of_each_are_those_on_paper() -> None:
    g, h = 3.0, -1.0
    two = {name: steps_on_paper(name, g, h) for name in OPTIMISERS}
    assert two["sgd"] == pytest.approx(1 - 0.1 * (g + h))
    assert two["momentum"] == pytest.approx(1 - 0.1 * g - 0.1 * (0.9 * g + h))
    s = 0.01 * g**2
    assert two["rmsprop"] == pytest.approx(1 - 0.1 * g / s**0.5 - 0.1 * h / (0.99 * s + 0.01 * h**2) ** 0.5)
    mean, square = (0.09 * g + 0.1 * h) / 0.19, (0.000999 * g**2 + 0.001 * h**2) / 0.001999
    second = 0.1 * mean / square**0.5
    assert two["adam"] == pytest.approx(0.9 - second)
    assert two["adamw"] == pytest.approx((0.999 - 0.1) * 0.999 - second)


def steps_on_paper(name: str, *gradients: float) -> float:
    p, state = 1.0, None
    for g in gradients:
        p, state = getattr(mg.nn, name)(p, g, state, rate=0.1)
    return p


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_structure_and_dtype_stay_and_nothing_is_written_into(name: str, dtype: Any) -> None:
    p = parameters(dtype)
    before = p["w"].copy()
    g = mg.grad(loss)(p)
    new, state = getattr(mg.nn, name)(p, g, rate=np.float64(0.1))
    assert list(new) == list(p)
    assert (new["name"], new["n"]) == ("a layer", 3)
    assert new["w"].dtype == new["b"][0].dtype == dtype
    kept = {k: v["w"].copy() for k, v in state.items() if k != "count"}
    again, _ = getattr(mg.nn, name)(new, g, state, rate=0.1)
    assert again["w"].dtype == dtype
    np.testing.assert_array_equal(p["w"], before)
    for key, value in kept.items():
        np.testing.assert_array_equal(state[key]["w"], value)


@dataclass
class Layer:
    w: Any
    b: Any


def test_parameters_may_be_dataclasses_and_numbers() -> None:
    layer, state = Layer(np.ones(2), 0.5), None
    for _ in range(3):
        gradient = mg.grad(lambda p: mg.sum((p.w * p.b - 2) ** 2))(layer)
        layer, state = mg.nn.adam(layer, gradient, state, rate=0.1)
    assert type(layer) is Layer
    assert layer.b > 0.5
    x, _ = mg.nn.sgd(2.0, mg.grad(lambda x: x**2)(2.0), rate=0.25)
    assert x == 1


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_compiled_step_does_the_same_and_the_rate_may_change(name: str, dtype: Any) -> None:
    def step(p: Any, state: Any, rate: float) -> Any:
        return getattr(mg.nn, name)(p, mg.grad(loss)(p), state, rate=rate)

    compiled = mg.compile(step, backend="numpy")
    p, state = parameters(dtype), None
    q, other = p, None
    for i in range(5):
        rate = 0.02 / (1 + i)
        p, state = compiled(p, state, rate)
        q, other = step(q, other, rate)
    assert len(compiled.signatures) == 2  # without a state, and with one
    np.testing.assert_allclose(p["w"], q["w"], rtol=20 * np.finfo(dtype).eps)
    assert p["w"].dtype == dtype


def test_training_can_be_differentiated_with_respect_to_the_rate() -> None:
    def after(rate: Any) -> Any:
        p, state = parameters(), None
        for _ in range(3):
            p, state = mg.nn.adam(p, mg.grad(loss)(p), state, rate=rate)
        return loss(p)

    assert mg.gradcheck(after, 0.01)


def test_where_there_is_no_gradient_nothing_moves() -> None:
    for name in OPTIMISERS.keys() - {"adamw"}:
        new, _ = getattr(mg.nn, name)(np.ones(2), np.zeros(2), rate=0.1)
        np.testing.assert_array_equal(new, 1)


W = {"w": np.zeros(3)}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mg.nn.sgd(W, {"w": np.zeros((3, 1))}, rate=1.0),
         'sgd: the gradient of parameters["w"] has shape (3, 1), but that has (3,)'),
        (lambda: mg.nn.sgd(W, {"v": np.zeros(3)}, rate=1.0),
         "sgd: gradients must be a dict with the keys 'w', got a dict with the keys 'v'"),
        (lambda: mg.nn.sgd(np.array([1, 2]), np.array([0.5, 1.0]), rate=1.0),
         "sgd: there is a gradient of parameters, which holds no floating-point numbers and can't be moved"),
        (lambda: mg.nn.adam({"w": np.zeros(2), "n": [3]}, {"n": [1.0], "w": np.zeros(2)}),
         'adam: there is a gradient of parameters["n"][0], which holds no'),
        (lambda: mg.nn.adam(W, W, mg.nn.momentum(W, W, rate=1.0)[1]),
         "adam: the state must be what adam returned, with count, mean, square; got count, velocity"),
        (lambda: mg.nn.adam({"w": np.zeros(2)}, {"w": np.zeros(2)}, mg.nn.adam(W, W)[1]),
         'adam: the mean of parameters["w"] has shape (3,), but that has (2,)'),
        (lambda: mg.nn.minibatches(np.random.default_rng(0), np.zeros(3), np.zeros(4), size=2),
         "minibatches: arrays with as many rows each are needed, got shapes [(3,), (4,)]"),
        (lambda: mg.nn.minibatches(np.random.default_rng(0), size=2), "got shapes []"),
        (lambda: mg.nn.minibatches(np.random.default_rng(0), np.zeros(3), size=0), "size must be positive, got 0"),
    ],
    ids=[
        "shape", "keys", "whole numbers", "a whole number of several", "another's state", "a state of others", "rows",
        "no arrays", "size",
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


def test_minibatches_want_a_generator_first() -> None:
    with pytest.raises(TypeError, match=r"first comes a numpy.random.Generator, got ndarray"):
        mg.nn.minibatches(np.zeros(3), np.zeros(3), size=2)  # type: ignore[call-overload]


@given(st.integers(0, 20), st.integers(1, 8), st.integers(0, 2**32))
def test_minibatches_hold_each_row_once_with_its_label(rows: int, size: int, seed: int) -> None:
    x, y = np.arange(2 * rows).reshape(rows, 2), np.arange(rows)
    batches = list(mg.nn.minibatches(np.random.default_rng(seed), x, y, size=size))
    assert [len(some) for some, _ in batches[:-1]] == [size] * (len(batches) - 1)
    for some, labels in batches:
        np.testing.assert_array_equal(some, x[labels])
    assert sorted(label for _, labels in batches for label in labels) == list(range(rows))
    again = list(mg.nn.minibatches(np.random.default_rng(seed), y, size=size))
    for (_, labels), alone in zip(batches, again, strict=True):
        np.testing.assert_array_equal(labels, alone)
