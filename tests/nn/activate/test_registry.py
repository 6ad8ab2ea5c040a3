"""Activations by name: the registry, its one door, and the derivatives worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.nn import TwoLayers
from microgradnet.nn.activate.registry import _derivatives, _functions, derivative_of, find

BUILT_IN = ("identity", "sigmoid", "tanh", "relu", "softplus")
POINTS = np.array([-30.0, -2.5, -1.0, -1e-3, 1e-3, 0.5, 1.0, 4.0, 30.0])


@pytest.fixture(autouse=True)
def _registry_as_before() -> Iterator[None]:
    before = dict(_functions), dict(_derivatives)
    yield
    for registry, content in zip((_functions, _derivatives), before, strict=True):
        registry.clear()
        registry.update(content)


def test_the_built_in_ones_are_there_and_documented() -> None:
    assert tuple(mg.activations) == BUILT_IN
    assert len(mg.activations) == len(BUILT_IN)
    assert all(f.__doc__ for f in mg.activations.values())
    assert "tanh" in mg.activations
    assert "tan" not in mg.activations
    assert repr(mg.activations) == "<activations: identity, sigmoid, tanh, relu, softplus>"


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_derivative_by_hand_is_the_automatic_one(name: str) -> None:
    f = mg.activations[name]
    automatic = mg.grad(lambda z: mg.sum(f(z)))(POINTS)
    np.testing.assert_allclose(derivative_of(name)(POINTS, f(POINTS)), automatic, rtol=1e-12)
    assert derivative_of(f) is derivative_of(name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", BUILT_IN)
def test_values_and_derivatives_keep_the_dtype(name: str, dtype: Any) -> None:
    z = POINTS.astype(dtype)
    a = mg.activations[name](z)
    assert a.dtype == dtype
    assert derivative_of(name)(z, a).dtype == dtype


def test_a_function_registers_under_its_own_name_and_stays_itself() -> None:
    def swish(z: Any) -> Any:
        return z * mg.sigmoid(z)

    assert mg.activation(swish) is swish
    assert mg.activations["swish"] is swish
    assert find("swish") is swish


def test_a_name_and_a_derivative_can_be_given() -> None:
    @mg.activation(name="gaussian", derivative=lambda z, a: -2 * z * a)
    def bump(z: Any) -> Any:
        return mg.exp(-(z**2))

    assert mg.activations["gaussian"] is bump
    x, y = mg.article.dataset()
    parameters = dict(zip(("weights1", "weights2"), mg.article.initial_weights(x, y, seed=0), strict=True))
    network = TwoLayers("gaussian", "sigmoid")
    _, gradients = network.automatic(x, y, parameters)
    for name, update in network.by_hand(x, y, parameters)[1].items():
        np.testing.assert_allclose(gradients[name], -update, rtol=1e-12)


def test_a_name_in_use_is_refused_unless_it_is_to_be_replaced() -> None:
    with pytest.raises(ValueError, match="the name 'tanh' is in use; choose another, or pass replace=True"):
        mg.activation(np.sin, name="tanh")
    mg.activation(mg.sin, name="tanh", replace=True)
    assert mg.activations["tanh"] is mg.sin


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((3,), {}, TypeError, "a function is needed, got int"),
        ((lambda z: z,), {}, ValueError, "no name of its own; pass name="),
        ((mg.sin,), {"name": ""}, TypeError, "the name must be a string that isn't empty"),
        ((mg.sin,), {"name": 3}, TypeError, "the name must be a string that isn't empty, got 3"),
        ((mg.sin,), {"derivative": 1}, TypeError, r"the derivative must be a function of \(z, a\), got int"),
    ],
)
def test_what_is_no_activation_is_refused(arguments: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        mg.activation(*arguments, **options)
    assert tuple(mg.activations) == BUILT_IN


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(KeyError, match="there is no activation 'sigmod'; did you mean 'sigmoid'"):
        mg.activations["sigmod"]
    with pytest.raises(KeyError, match="'zzz'; registered are identity, sigmoid"):
        TwoLayers("zzz")
    with pytest.raises(TypeError, match="by name or as a function, got float"):
        TwoLayers(1.0)  # type: ignore[arg-type]


def test_the_mapping_can_only_be_read() -> None:
    with pytest.raises(TypeError):
        mg.activations["mine"] = mg.sin  # type: ignore[index]
    with pytest.raises(TypeError):
        del mg.activations["tanh"]  # type: ignore[attr-defined]


def test_without_a_derivative_by_hand_the_gradient_is_still_automatic() -> None:
    network = TwoLayers(lambda z: z * mg.sigmoid(z), "sigmoid")
    x, y = mg.article.dataset()
    parameters = dict(zip(("weights1", "weights2"), mg.article.initial_weights(x, y, seed=0), strict=True))
    assert set(network.automatic(x, y, parameters)[1]) == {"weights1", "weights2"}
    with pytest.raises(ValueError, match="no derivative by hand is known of '<lambda>'"):
        network.by_hand(x, y, parameters)
