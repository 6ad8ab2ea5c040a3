"""The article: automatic gradients against the formulas derived by hand, and both against neither."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import microgradnet as mg
from microgradnet import article
from microgradnet.check.agreement import TOLERANCES, differences
from microgradnet.nn import TwoLayers

SEEDS = range(10)


@st.composite
def problems(draw: Any, dtype: type[np.floating]) -> tuple[np.ndarray, ...]:
    """Draw x (n, d), y (n, o), weights1 (d, h) and weights2 (h, o)."""
    n, d, h, o = (draw(st.integers(1, 9)) for _ in range(4))
    width = np.finfo(dtype).bits
    numbers = st.floats(-8, 8, width=width)
    outputs = st.floats(0, 1, width=width)
    return (
        draw(arrays(dtype, (n, d), elements=numbers)),
        draw(arrays(dtype, (n, o), elements=outputs)),
        draw(arrays(dtype, (d, h), elements=numbers)),
        draw(arrays(dtype, (h, o), elements=numbers)),
    )


def textbook_backprop(x: Any, y: Any, weights1: Any, weights2: Any) -> tuple[Any, Any]:
    """The formulas once more, on plain NumPy, without anything of the package."""
    layer1 = 1 / (1 + np.exp(-(x @ weights1)))
    output = 1 / (1 + np.exp(-(layer1 @ weights2)))
    delta = 2 * (y - output) * output * (1 - output)
    return x.T @ ((delta @ weights2.T) * layer1 * (1 - layer1)), layer1.T @ delta


def assert_gradients_are_minus_the_updates(problem: tuple[np.ndarray, ...]) -> None:
    """Hold every element to the tolerance, relative to the sum of the absolute values of its terms.

    Relative to the element itself no bound can hold: where its terms cancel, rounding errors don't.
    """
    x, y, weights1, weights2 = problem
    value, gradients = mg.value_and_grad(article.loss, argnums=(2, 3))(*problem)
    updates = article.backprop(*problem)
    scales = TwoLayers("sigmoid").magnitudes(x, y, {"weights1": weights1, "weights2": weights2})
    assert value.dtype == x.dtype
    for update, gradient, scale, weights in zip(updates, gradients, scales.values(), problem[2:], strict=True):
        assert gradient.shape == update.shape == weights.shape
        assert gradient.dtype == update.dtype == weights.dtype
        _, relative = differences(-update, gradient, scale)
        assert relative.max() <= TOLERANCES[weights.itemsize][1]


@given(problems(np.float64))
def test_automatic_gradients_are_minus_the_updates_by_hand_in_float64(problem: tuple[np.ndarray, ...]) -> None:
    assert_gradients_are_minus_the_updates(problem)


@given(problems(np.float32))
def test_automatic_gradients_are_minus_the_updates_by_hand_in_float32(problem: tuple[np.ndarray, ...]) -> None:
    assert_gradients_are_minus_the_updates(problem)


@given(problems(np.float64))
def test_backprop_is_the_textbook_formula(problem: tuple[np.ndarray, ...]) -> None:
    scales = TwoLayers("sigmoid").magnitudes(*problem[:2], {"weights1": problem[2], "weights2": problem[3]})
    for ours, theirs, scale in zip(
        article.backprop(*problem), textbook_backprop(*problem), scales.values(), strict=True
    ):
        # Where the sigmoid is flat, 1 − a keeps few digits, and they depend on how a was rounded: per unit in 1.
        x, _, _, weights2 = problem
        flat = 2 * len(x) * 8 * max(1.0, float(np.abs(weights2).sum()))
        assert np.all(np.abs(ours - theirs) <= 1e-12 * scale + 1e-15 * flat)


@pytest.mark.parametrize("seed", SEEDS)
def test_automatic_gradients_equal_the_updates_elementwise_on_the_articles_data(seed: int) -> None:
    x, y = article.dataset()
    weights = article.initial_weights(x, y, seed=seed)
    automatic = mg.grad(article.loss, argnums=(2, 3))(x, y, *weights)
    for update, gradient in zip(article.backprop(x, y, *weights), automatic, strict=True):
        np.testing.assert_allclose(gradient, -update, rtol=1e-12, atol=0)


# --- against what knows neither the chain rule nor the tape ---------------------------------------------


def _perturbed(weights: tuple[np.ndarray, np.ndarray], which: int, element: tuple[int, ...], step: complex) -> Any:
    changed = [w.astype(type(step)) for w in weights]
    changed[which][element] += step
    return changed


@pytest.mark.parametrize("seed", SEEDS)
def test_both_agree_with_the_complex_step(seed: int) -> None:
    """Im loss(w + ih) / h is the derivative to rounding: no difference is taken (Squire and Trapp, 1998)."""
    x, y = article.dataset()
    weights = article.initial_weights(x, y, seed=seed)
    updates = article.backprop(x, y, *weights)
    gradients = mg.grad(article.loss, argnums=(2, 3))(x, y, *weights)
    for which in (0, 1):
        step = np.empty_like(weights[which])
        for element in np.ndindex(step.shape):
            step[element] = article.loss(x, y, *_perturbed(weights, which, element, 1e-200j)).imag / 1e-200
        np.testing.assert_allclose(gradients[which], step, rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(-updates[which], step, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_agree_with_central_differences(seed: int) -> None:
    x, y = article.dataset()
    weights = article.initial_weights(x, y, seed=seed)
    updates = article.backprop(x, y, *weights)
    gradients = mg.grad(article.loss, argnums=(2, 3))(x, y, *weights)
    h = 6e-6  # about the cube root of eps: errors of h² and eps/h meet near 1e-10
    for which in (0, 1):
        central = np.empty_like(weights[which])
        for element in np.ndindex(central.shape):
            up, down = (article.loss(x, y, *_perturbed(weights, which, element, s * h)) for s in (1.0, -1.0))
            central[element] = (up - down) / (2 * h)
        np.testing.assert_allclose(gradients[which], central, rtol=0, atol=1e-9)
        np.testing.assert_allclose(-updates[which], central, rtol=0, atol=1e-9)


def test_the_second_derivative_of_the_loss_is_the_derivative_of_the_formulas_by_hand() -> None:
    x, y = article.dataset()
    weights1, weights2 = article.initial_weights(x, y, seed=0)
    automatic = mg.hessian(lambda w: article.loss(x, y, weights1, w))(weights2)
    h = 6e-6
    for i in range(4):
        up, down = weights2.copy(), weights2.copy()
        up[i] += h
        down[i] -= h
        by_hand = (article.backprop(x, y, weights1, up)[1] - article.backprop(x, y, weights1, down)[1]) / (2 * h)
        np.testing.assert_allclose(automatic[:, :, i, 0], -by_hand, atol=1e-9)


# --- training ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=SEEDS)
def trained(request: pytest.FixtureRequest) -> tuple[Any, Any, list[float], list[float]]:
    x, y = article.dataset()
    manual = article.ManualNetwork(x, y, seed=request.param)
    automatic = article.AutogradNetwork(x, y, seed=request.param)
    return manual, automatic, manual.train(1500), automatic.train(1500)


def test_both_trajectories_agree(trained: Any) -> None:
    manual, automatic, manual_losses, automatic_losses = trained
    assert len(manual_losses) == len(automatic_losses) == 1500
    np.testing.assert_allclose(manual_losses, automatic_losses, rtol=1e-10, atol=0)
    for name in ("weights1", "weights2", "output"):
        np.testing.assert_allclose(getattr(manual, name), getattr(automatic, name), rtol=1e-10, atol=0)


def test_the_loss_falls_at_every_iteration(trained: Any) -> None:
    for losses in trained[2:]:
        assert np.all(np.diff(losses) < 0)


def test_the_predictions_end_near_y(trained: Any) -> None:
    for network in trained[:2]:
        assert np.abs(network.output - network.y).max() < 0.05
        np.testing.assert_array_equal(network.output, network.feedforward())


def test_every_weight_agrees_at_every_iteration() -> None:
    x, y = article.dataset()
    manual, automatic = article.ManualNetwork(x, y, seed=3), article.AutogradNetwork(x, y, seed=3)
    for _ in range(1500):
        for update, gradient in zip(manual.backprop(), automatic.backprop(), strict=True):
            np.testing.assert_allclose(update, gradient, rtol=0, atol=1e-10)
        np.testing.assert_allclose(manual.weights1, automatic.weights1, rtol=1e-10)
        np.testing.assert_allclose(manual.weights2, automatic.weights2, rtol=1e-10)


def test_the_updates_are_added_and_the_first_is_computed_before_the_second_changes() -> None:
    x, y = article.dataset()
    network = article.ManualNetwork(x, y, seed=0)
    weights = network.weights1, network.weights2
    updates = network.backprop()
    expected = article.backprop(x, y, *weights)
    for update, before, by_hand, after in zip(
        updates, weights, expected, (network.weights1, network.weights2), strict=True
    ):
        np.testing.assert_array_equal(update, by_hand)
        np.testing.assert_array_equal(after, before + by_hand)


@pytest.mark.parametrize("network", [article.ManualNetwork, article.AutogradNetwork])
def test_float32_stays_float32(network: Any) -> None:
    trained = network(*article.dataset(np.float32), seed=0)
    trained.train(3)
    assert {trained.weights1.dtype, trained.weights2.dtype, trained.output.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize("network", [article.ManualNetwork, article.AutogradNetwork])
def test_networks_refuse_data_that_do_not_fit(network: Any) -> None:
    with pytest.raises(ValueError, match=r"x must have two axes, rows and columns, got shape \(3,\)"):
        network([1, 2, 3], [[1]])
    with pytest.raises(ValueError, match=r"same number of rows, got shapes \(1, 2\) and \(2, 1\)"):
        network([[1, 2]], [[1], [2]])


def test_the_comparison_of_both_runs_agrees_with_the_networks() -> None:
    x, y = article.dataset()
    both = article.comparison(x, y, seed=5)
    steps = list(both.run(200))
    assert both.agree
    assert both.relative.value < 1e-14
    for network, losses, weights in (
        (article.ManualNetwork, [s.manual_loss for s in steps], both.manual),
        (article.AutogradNetwork, [s.automatic_loss for s in steps], both.automatic),
    ):
        trained = network(x, y, seed=5)
        np.testing.assert_allclose(trained.train(200), losses, rtol=1e-12)
        np.testing.assert_allclose(trained.weights1, weights["weights1"], rtol=1e-12)


def test_compiled_or_recorded_the_network_learns_the_same() -> None:
    x, y = article.dataset()
    compiled, recorded = (article.AutogradNetwork(x, y, seed=2, compiled=c) for c in (True, False))
    np.testing.assert_allclose(compiled.train(200), recorded.train(200), rtol=1e-12)
    np.testing.assert_allclose(compiled.output, recorded.output, rtol=1e-12)
    both = article.comparison(x, y, seed=2, compiled=True)
    losses = [step.automatic_loss for step in both.run(200)]
    np.testing.assert_allclose(losses, article.AutogradNetwork(x, y, seed=2).train(200), rtol=1e-12)
    assert both.agree


def test_all_iterations_in_machine_code_end_at_the_same_weights() -> None:
    pytest.importorskip("numba")
    x, y = article.dataset()
    native, compiled = (article.AutogradNetwork(x, y, seed=2, compiled=c) for c in ("numba", True))
    np.testing.assert_allclose(native.train(200), compiled.train(200), rtol=1e-12)
    np.testing.assert_allclose(native.weights1, compiled.weights1, rtol=1e-12)


def test_the_recorded_loss_is_named_for_its_picture() -> None:
    x, y = article.dataset()
    graph = mg.Graph.of(article.recorded_loss(x, y, *article.initial_weights(x, y, seed=0)))
    assert {n.name for n in graph.nodes if n.kind in ("input", "parameter")} == {"x", "y", "weights1", "weights2"}
    assert {n.scope for n in graph.nodes if n.kind == "operation"} == {("hidden layer",), ("output layer",), ("loss",)}


def test_another_activation_is_given_by_name_as_a_function_or_as_an_object() -> None:
    x, y = article.dataset()
    weights = article.initial_weights(x, y, seed=0)
    by_name = article.loss(x, y, *weights, activation="tanh")
    assert by_name == article.loss(x, y, *weights, activation=mg.tanh)
    assert by_name == article.loss(x, y, *weights, activation=mg.activations["tanh"])
    with pytest.raises(KeyError, match="there is no activation 'tanhh'; did you mean 'tanh'"):
        article.loss(x, y, *weights, activation="tanhh")
