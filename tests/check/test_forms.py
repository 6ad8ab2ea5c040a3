"""The forms in which gradients by hand are given, and losses that can't be recorded."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import math
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.check.forms import is_gradient_of

X, Y = (np.random.default_rng(0).normal(size=shape) for shape in ((5, 3), (5, 2)))
PARAMS = {
    "W1": np.random.default_rng(1).normal(size=(3, 4)), "b1": np.zeros(4),
    "W2": np.random.default_rng(2).normal(size=(4, 2)), "b2": np.ones(2), "activation": "tanh",
}  # fmt: skip
NAMES = ["W1", "b1", "W2", "b2"]
PATHS = [f'params["{name}"]' for name in NAMES]


def output(x: Any, params: Any) -> Any:
    hidden = np.tanh(x @ params["W1"] + params["b1"])
    return hidden, hidden @ params["W2"] + params["b2"]


def loss(x: Any, y: Any, params: Any) -> Any:
    return np.sum((output(x, params)[1] - y) ** 2)


def by_hand(x: Any, y: Any, params: Any) -> dict[str, Any]:
    hidden, out = output(x, params)
    delta = 2 * (out - y)
    before = delta @ params["W2"].T * (1 - hidden**2)
    return {"W1": x.T @ before, "b1": before.sum(axis=0), "W2": hidden.T @ delta, "b2": delta.sum(axis=0)}


def renamed(pattern: str) -> Any:
    return lambda *args: {pattern.replace("W", name): g for name, g in by_hand(*args).items()}


Grads = namedtuple("Grads", NAMES)

FORMS: dict[str, Any] = {
    "by name": by_hand,
    "in another order": lambda *a: dict(reversed(by_hand(*a).items())),
    **{pattern: renamed(pattern) for pattern in ("dW", "d_W", "grad_W", "W_grad", "dL_dW", "dL/dW", "dLdW", "nabla_W")},
    "in order": lambda *a: tuple(by_hand(*a).values()),
    "a list": lambda *a: [*by_hand(*a).values()],
    "one after the other": lambda *a: iter(by_hand(*a).values()),
    "a named tuple": lambda *a: Grads(**by_hand(*a)),
    "by argument": lambda *a: {"params": by_hand(*a)},
    "by argument, as gradients": lambda *a: {"dparams": renamed("dW")(*a)},
    "the loss and them": lambda *a: (loss(*a), by_hand(*a)),
    "the loss as a float and them": lambda *a: (float(loss(*a)), renamed("dW")(*a)),
    "they and the loss": lambda *a: (by_hand(*a), loss(*a)),
    "the loss and each": lambda *a: (loss(*a), *by_hand(*a).values()),
    "one vector": lambda *a: np.concatenate([g.ravel() for g in by_hand(*a).values()]),
    "the loss and one vector": lambda *a: (loss(*a), np.concatenate([g.ravel() for g in by_hand(*a).values()])),
    "numbers": by_hand(X, Y, PARAMS),
    "None where there is none": lambda *a: {**by_hand(*a), "activation": None},
}


@pytest.mark.parametrize("argnums", [None, 2, (2,)])
@pytest.mark.parametrize("form", FORMS)
def test_gradients_of_a_container_may_be_given_in_any_form(form: str, argnums: Any) -> None:
    report = mg.compare(loss, FORMS[form], X, Y, PARAMS, argnums=argnums)
    report.raise_if_wrong()
    assert sorted(p.name for p in report.parameters) == sorted(PATHS)
    assert ("one vector of" in report.headline) == ("vector" in form)
    assert report[PATHS[0]].shape == (3, 4)


@pytest.mark.parametrize("form", [form for form, manual in FORMS.items() if callable(manual)])
def test_what_is_wrong_is_found_in_any_form(form: str) -> None:
    def mistaken(x: Any, y: Any, params: Any) -> Any:
        return FORMS[form](x, y + 0.5 * (output(x, params)[1] - y), params)

    report = mg.compare(loss, mistaken, X, Y, PARAMS, argnums=2)
    assert [p.verdict for p in report.parameters] == ["differs"] * 4
    assert report.diagnosis[0].kind == "repeated-term"
    assert [d.kind for d in mg.diagnose(loss, mistaken, X, Y, PARAMS, argnums=2)] == ["repeated-term"]


def test_a_step_is_named_by_the_parameters_paths() -> None:
    def mistaken(x: Any, y: Any, params: Any) -> Any:
        before = 2 * (output(x, params)[1] - y) @ params["W2"].T  # where is tanh′?
        return {**by_hand(x, y, params), "W1": x.T @ before, "b1": before.sum(axis=0)}

    (found,) = mg.diagnose(loss, mistaken, X, Y, PARAMS)
    assert found.kind == "missing-factor"
    assert found.step == 'tanh(x · params["W1"] + params["b1"])'


@dataclasses.dataclass
class Dense:
    w: Any
    b: Any


def of_layers(layers: Any, x: Any) -> Any:
    for layer in layers:
        x = np.tanh(x @ layer.w + layer.b)
    return np.sum(x**2), x


def of_layers_by_hand(layers: Any, x: Any) -> Any:
    values = [x]
    for layer in layers:
        values.append(np.tanh(values[-1] @ layer.w + layer.b))
    delta, found = 2 * values[-1], []
    for layer, before, after in zip(layers[::-1], values[-2::-1], values[:0:-1], strict=True):
        delta = delta * (1 - after**2)
        found.append({"dw": before.T @ delta, "db": delta.sum(axis=0)})
        delta = delta @ layer.w.T
    return found[::-1]


def test_nested_gradients_of_layers_and_a_loss_that_returns_its_cache() -> None:
    layers = [Dense(PARAMS["W1"], PARAMS["b1"]), Dense(PARAMS["W2"], PARAMS["b2"])]
    for manual in (
        of_layers_by_hand,
        lambda *a: (of_layers(*a)[0], of_layers_by_hand(*a)),
        lambda *a: [g for each in of_layers_by_hand(*a) for g in each.values()],
        lambda *a: [Dense(**{name[1:]: g for name, g in each.items()}) for each in of_layers_by_hand(*a)],
    ):
        report = mg.compare(of_layers, manual, layers, X)
        report.raise_if_wrong()
        assert [p.name for p in report.parameters] == ["layers[0].w", "layers[0].b", "layers[1].w", "layers[1].b"]


def test_a_list_of_arrays_of_one_shape_stays_a_list() -> None:
    def product(weights: Any) -> Any:
        first, *others = weights
        assert isinstance(weights, list)
        return np.sum(first * others[0])

    report = mg.compare(product, lambda weights: weights[::-1], [np.ones(2), np.array([2.0, 3.0])])
    assert report.ok
    assert [p.name for p in report.parameters] == ["weights[0]", "weights[1]"]


def test_extra_entries_and_gradients_that_are_missing_are_noted() -> None:
    report = mg.compare(loss, lambda *a: {**by_hand(*a), "dhidden": a[0], "dX": a[0]}, X, Y, PARAMS)
    assert report.ok
    assert report.headline == "In the manual gradient dhidden, dX are of no parameter, and are not compared."
    report = mg.compare(loss, lambda *a: {"dW1": by_hand(*a)["W1"], "b_1": 0}, X, Y, {**PARAMS, "W2": np.ones((4, 2))})
    assert [p.name for p in report.parameters] == PATHS[:1]
    assert 'no manual gradient of params["b1"], params["W2"], params["b2"], which are not compared' in report.headline
    with pytest.raises(
        ValueError, match=r"""the manual gradient of \['params\["b1"\]', .* is missing; there are \['dW1'\]"""
    ):
        mg.compare(loss, {"dW1": PARAMS["W1"]}, X, Y, PARAMS, argnums=2)


@pytest.mark.parametrize(
    ("key", "said"),
    [("B1", "Is B1 meant for"), ("d_b_1", "Is d_b_1 meant for"), ("dhidden", "dhidden is of no parameter"), (None, "")],
)
def test_an_assertion_fails_where_a_parameter_has_no_gradient(key: Any, said: str) -> None:
    def by_another_name(*a: Any) -> Any:
        found = by_hand(*a)
        gradient = found.pop("b1")
        return found if key is None else {**found, key: gradient}

    mg.testing.assert_gradients_close(loss, by_hand, X, Y, PARAMS)
    with pytest.raises(AssertionError, match=r'no manual gradient of params\["b1"\]') as raised:
        mg.testing.assert_gradients_close(loss, by_another_name, X, Y, PARAMS)
    assert said in " ".join(str(raised.value).split())
    report = mg.compare(loss, by_another_name, X, Y, PARAMS)
    assert report.missing == (PATHS[1],)
    report.raise_if_wrong()  # the way to leave some out on purpose


def test_an_argument_that_stands_alone_is_missing_only_where_a_name_is_like_its_own() -> None:
    def of_arrays(x: Any, w: Any, b: Any) -> Any:
        return np.sum((x @ w + b) ** 2)

    def misspelt(x: Any, w: Any, b: Any) -> Any:
        delta = 2 * (x @ w + b)
        return {"w": x.T @ delta, "B": delta.sum(axis=0)}

    arguments = X, PARAMS["W1"], PARAMS["b1"]
    with pytest.raises(AssertionError, match="Is B meant for b"):
        mg.testing.assert_gradients_close(of_arrays, misspelt, *arguments)
    mg.testing.assert_gradients_close(of_arrays, lambda *a: {"w": misspelt(*a)["w"]}, *arguments)
    mg.testing.assert_gradients_close(of_arrays, misspelt, *arguments, argnums=1)


def test_the_gradient_of_data_is_no_parameter_where_it_is_said_which_are() -> None:
    def with_data(x: Any, w: Any) -> Any:
        return {"dx": np.zeros(3), "dw": x}

    report = mg.compare(lambda x, w: np.sum(x * w), with_data, np.ones(3), np.ones(3), argnums=1)
    assert report.ok
    assert "dx is of no parameter" in report.headline
    assert not mg.compare(lambda x, w: np.sum(x * w), with_data, np.ones(3), np.ones(3))["x"].ok


def test_a_loss_that_is_another_than_the_one_beside_the_gradients_is_noted() -> None:
    report = mg.compare(loss, lambda *a: (loss(*a) / 2, by_hand(*a)), X, Y, PARAMS)
    assert report.ok
    value = loss(X, Y, PARAMS)
    assert (
        report.headline == f"The loss that came with the manual gradient is {value / 2:.9g}, and loss is {value:.9g}."
    )


def test_what_can_be_read_in_two_ways_is_refused() -> None:
    a, b = np.ones(2), np.ones(2)
    layers = [{"w": a}, {"w": b}]

    def of_both(layers: Any) -> Any:
        return np.sum(layers[0]["w"] * layers[1]["w"])

    with pytest.raises(ValueError, match=r"'dw' could be the gradient of layers\[0\]\[\"w\"\] or of layers\[1\]"):
        mg.compare(of_both, {"dw": a}, layers)
    with pytest.raises(ValueError, match=r"of params\[\"W1\"\] is given twice, as 'W1' and 'dW1'"):
        mg.compare(loss, lambda *a: {**by_hand(*a), "dW1": by_hand(*a)["W1"]}, X, Y, PARAMS)
    with pytest.raises(ValueError, match=r"can be read as .*the gradients of w, p.*, or as .*; say which by argnums="):
        mg.compare(
            lambda w, p: w * p["a"] * p["b"], (1.0, 2.0, 3.0), 2.0, {"a": 1.0, "b": 3.0},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "name", "is_one"),
    [
        ("W", "W", True), ("dW", "W", True), ("grad_W", "W", True), ("W_grad", "W", True), ("dL_dW", "W", True),
        ("dloss_dW", "W", True), ("d_loss_d_W", "W", True), ("∂L/∂W", "W", True), ("dJdW", "W", True),
        ("Wgrad", "W", True), ("dbeta", "beta", True),
        ("W1", "W", False), ("dW1", "W", False), ("W_gradient", "W", True), ("ddW", "W", False), ("delta", "ta", False),
        ("dw", "W", False), (1, 1, True), ("d1", 1, False), ("d", "", False), ("bd", "b", False),
    ],
)  # fmt: skip
def test_names_of_gradients(key: Any, name: Any, is_one: bool) -> None:
    assert is_gradient_of(key, name) is is_one


def test_arrays_of_other_libraries_are_taken_as_gradients() -> None:
    """In a process of its own, since JAX starts threads, and other tests fork."""
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("jax") is None:
        pytest.skip("PyTorch or JAX isn't installed")
    run = [sys.executable, "-c", "from tests.check.test_forms import compare_theirs; compare_theirs()"]
    subprocess.run(run, check=True, cwd=Path(__file__).parents[2])


def compare_theirs() -> None:
    import jax.numpy as jnp
    import torch

    w = np.array([1.0, 2.0], np.float32)
    for made in (lambda g: torch.tensor(g, requires_grad=True), jnp.asarray):
        for manual in (
            lambda w, m=made: m(2 * w),
            lambda w, m=made: {"dw": m(2 * w)},
            lambda w, m=made: (5.0, m(2 * w)),
        ):
            assert mg.compare(lambda w: np.sum(w**2), manual, w).ok


@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from(["dict", "list", "tuple"]), st.integers(0, 99))
def test_one_vector_is_the_gradients_row_after_row(n: int, m: int, kind: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    arrays = [random.normal(size=shape) for shape in ((n, m), (m,), ())]
    params: Any = (
        {"a": arrays[0], "b": arrays[1], "c": arrays[2]} if kind == "dict" else [arrays, tuple(arrays)][kind == "tuple"]
    )

    def total(p: Any) -> Any:
        a, b, c = p.values() if kind == "dict" else p
        return np.sum(np.sin(a) * b) * c

    gradient = mg.grad(total)(params)
    parts = gradient.values() if kind == "dict" else gradient
    assert mg.compare(total, np.concatenate([np.ravel(g) for g in parts]), params).ok
    assert mg.compare(total, gradient, params).ok


def test_the_callers_parameters_are_not_changed() -> None:
    def trains(x: Any, y: Any, params: Any) -> Any:
        found = by_hand(x, y, params)
        for name, g in found.items():
            params[name] -= 0.1 * g
        params["step"] = 1
        return found

    before = repr(PARAMS)
    assert mg.compare(loss, trains, X, Y, PARAMS).ok
    assert repr(PARAMS) == before


# --- a loss that can't be recorded -------------------------------------------------------------------------------


def element_by_element(x: Any, w: Any, b: Any) -> Any:
    out = np.zeros((5, 2))
    for i in range(5):
        for j in range(2):
            out[i, j] = math.tanh(sum(x[i] * w[:, j]) + b[j])
    return np.sum(out**2)


def element_by_element_by_hand(x: Any, w: Any, b: Any) -> Any:
    out = np.tanh(x @ w + b)
    delta = 2 * out * (1 - out**2)
    return x.T @ delta, delta.sum(axis=0)


ARGS = X, PARAMS["W1"][:, :2], np.array([0.1, -0.2])
BY_DIFFERENCES: dict[str, Any] = {"automatic": "numerical", "argnums": (1, 2)}


def test_a_loss_that_can_not_be_recorded_names_the_way_out() -> None:
    for judge in (mg.compare, mg.diagnose):
        with pytest.raises(
            TypeError, match=r"numerical derivatives of the loss as it is, give automatic=\"numerical\""
        ):
            judge(lambda w: w * float(w), lambda w: 2 * w, 1.0)
    with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
        mg.compare(lambda w: 1 / 0, lambda w: w, 1.0)


def test_numerical_derivatives_are_the_judge_where_that_is_wanted() -> None:
    report = mg.compare(element_by_element, element_by_element_by_hand, *ARGS, **BY_DIFFERENCES)
    report.raise_if_wrong()
    assert "manual against numerical" in str(report)
    assert "The loss was not recorded" in report.headline
    assert report.automatic == json.loads(json.dumps(report.to_dict()))["automatic"] == "numerical"
    assert max(p.largest_relative for p in report.parameters) < 1e-7
    assert not mg.diagnose(element_by_element, element_by_element_by_hand, *ARGS, **BY_DIFFERENCES)


@pytest.mark.parametrize(
    ("mistake", "kind", "words"),
    [
        (lambda w, b: (-w, -b), "sign", "or say descent=True"),
        (lambda w, b: (w / 2, b / 2), "scale", "every gradient is multiplied by 1/2"),
        (lambda w, b: (w, b + np.array([0, 1e-4])), "unexplained", "∂loss/∂b differs at [1] alone"),
        (lambda w, b: (w.T, b), "transpose", "∂loss/∂w is transposed"),
        (lambda w, b: (w[[2, 0, 1]], b), "wrong-shape", "∂loss/∂w is shifted by 1 along axis 0, around the end"),
        (lambda w, b: (w, b + 3 * ARGS[2]), "repeated-term", "you penalise b"),
    ],
)
def test_what_numbers_alone_tell_of_a_mistake(mistake: Any, kind: str, words: str) -> None:
    report = mg.compare(
        element_by_element, lambda *a: mistake(*element_by_element_by_hand(*a)), *ARGS, **BY_DIFFERENCES
    )
    assert not report
    (found,) = report.diagnosis
    assert found.kind == kind
    said = " ".join(str(found).split())
    assert words in said
    assert "the loss was not recorded" in said


def test_numbers_alone_tell_a_factor_of_one_parameter_from_what_is_not_explained() -> None:
    def mistaken(*args: Any) -> Any:
        w, b = element_by_element_by_hand(*args)
        return np.tanh(w), 5 * b

    found = mg.diagnose(element_by_element, mistaken, *ARGS, **BY_DIFFERENCES)
    assert [(d.kind, d.parameters) for d in found] == [("scale", ("b",)), ("unexplained", ("w",))]
    assert found[0].wrong == "∂loss/∂b is multiplied by 5"


def absolute(w: Any) -> float:
    return float(np.sum(np.abs(w)))


noise = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("f", "manual", "w", "verdict"),
    [
        (absolute, [0.0, 1.0], [0.0, 2.0], "agrees"),
        (absolute, [1.0, 1.0], [0.0, 2.0], "agrees (at a kink)"),
        (absolute, [1.5, 1.0], [0.0, 2.0], "differs"),
        (absolute, [1.0, 1.1], [0.0, 2.0], "differs"),
        (lambda w: float(np.sum(w)) * 1e-20 + 1, [2e-20, 2e-20], [1.0, 2.0], "can't be told"),
        (lambda w: float(np.sum(w)) * noise.normal(), [1.0, 1.0], [1.0, 2.0], "not repeatable"),
        (absolute, [np.nan, 1.0], [0.0, 2.0], "not finite"),
    ],
)
def test_numerical_derivatives_say_no_more_than_they_know(f: Any, manual: Any, w: Any, verdict: str) -> None:
    report = mg.compare(f, np.array(manual), np.array(w), automatic="numerical")
    assert report["w"].verdict == verdict
    assert report.ok == verdict.startswith("agrees")


def test_numerical_derivatives_of_containers_down_the_loss_and_in_float32() -> None:
    params = {"w": np.array([0.5, 2.0], np.float32), "n": 2}
    report = mg.compare(
        lambda p: float(np.sum(p["w"] ** p["n"])),
        lambda p: {"dw": -2 * p["w"]},
        params,
        automatic="numerical",
        descent=True,
    )
    report.raise_if_wrong()
    with pytest.raises(ValueError, match='automatic is "recorded" or "numerical", got \'numeric\''):
        mg.compare(absolute, 1.0, 1.0, automatic="numeric")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"the loss must be one number, got shape \(2,\)"):
        mg.compare(np.array, np.ones(2), np.ones(2), automatic="numerical")
