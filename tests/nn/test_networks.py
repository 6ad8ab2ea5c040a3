"""The network of two layers, by hand and as an expression; and what a comparison of the two notices."""

from __future__ import annotations

import csv
import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.check.agreement import TOLERANCES, differences
from microgradnet.nn import Activation, Comparison, Diverged, TwoLayers, activations, initial_parameters
from microgradnet.nn.report import all_or_none, write_history


def problem(
    n: int, d: int, h: int, o: int, f: Any = "sigmoid", g: Any = None, *, bias: bool, seed: int = 0, dtype: Any = float
) -> Any:
    random = np.random.default_rng(seed)
    parameters = initial_parameters(d, h, o, activation=f, output_activation=g, bias=bias, seed=seed)
    if bias:
        parameters = {name: p + random.uniform(-1, 1, p.shape) for name, p in parameters.items()}
    parameters = {name: p.astype(dtype) for name, p in parameters.items()}
    return random.uniform(-1, 1, (n, d)).astype(dtype), random.random((n, o)).astype(dtype), parameters


sizes = st.integers(1, 9)
NAMES = sorted(activations)
names = st.sampled_from(NAMES)


@given(sizes, sizes, sizes, sizes, names, names, st.booleans(), st.integers(0, 2**32 - 1), st.sampled_from([4, 8]))
def test_both_gradients_agree_for_every_shape_and_activation(
    n: int, d: int, h: int, o: int, f: str, g: str, bias: bool, seed: int, itemsize: int
) -> None:
    dtype = np.dtype(f"f{itemsize}")
    x, y, parameters = problem(n, d, h, o, f, g, bias=bias, seed=seed, dtype=dtype)
    network = TwoLayers(f, g)
    loss, gradients = network.automatic(x, y, parameters)
    same, updates = network.by_hand(x, y, parameters)
    magnitudes = network.magnitudes(x, y, parameters)
    assert math.isclose(loss, same, rel_tol=TOLERANCES[np.dtype(dtype).itemsize][1])
    assert list(gradients) == list(updates) == list(parameters)
    for name, gradient in gradients.items():
        assert gradient.shape == updates[name].shape == parameters[name].shape
        assert gradient.dtype == updates[name].dtype == dtype
        assert np.all(np.abs(gradient) <= magnitudes[name] * (1 + 1e-5))
        assert (
            differences(-updates[name], gradient, magnitudes[name])[1].max() <= TOLERANCES[np.dtype(dtype).itemsize][1]
        )


@pytest.mark.parametrize(("f", "bias"), [*product(NAMES, (False, True))])
def test_both_agree_with_central_differences(f: str, bias: bool) -> None:
    x, y, parameters = problem(5, 3, 4, 2, f, "sigmoid", bias=bias)
    network = TwoLayers(f, "sigmoid")
    _, updates = network.by_hand(x, y, parameters)
    h = 1e-6
    for name, p in parameters.items():
        for element in np.ndindex(p.shape):
            losses = []
            for step in (h, -h):
                moved = np.array(p)
                moved[element] += step
                losses.append(network.loss(x, y, {**parameters, name: moved}))
            assert math.isclose(-updates[name][element], (losses[0] - losses[1]) / (2 * h), abs_tol=1e-8)


def test_initial_parameters_are_named_in_order_and_repeat_with_their_seed() -> None:
    first, second = (initial_parameters(3, 4, 2, bias=True, seed=7) for _ in range(2))
    assert {name: p.shape for name, p in first.items()} == {
        "weights1": (3, 4),
        "bias1": (4,),
        "weights2": (4, 2),
        "bias2": (2,),
    }
    for name, p in first.items():
        np.testing.assert_array_equal(p, second[name])
    assert np.abs(first["weights1"]).max() <= math.sqrt(6 / 7)
    assert list(initial_parameters(3, 4, 2, seed=7)) == ["weights1", "weights2"]


def test_what_an_activation_learns_is_a_parameter_of_its_layer() -> None:
    parameters = initial_parameters(3, 4, 2, activation="prelu", bias=True, seed=7)
    assert list(parameters) == ["weights1", "bias1", "alpha1", "weights2", "bias2", "alpha2"]
    assert parameters["alpha1"] == 0.25
    assert parameters["alpha1"].shape == ()
    compared = comparison(TwoLayers("prelu"), learning_rate=0.01)
    for _ in compared.run(50):
        pass
    assert compared.agree
    for trained in (compared.manual, compared.automatic):
        assert trained["alpha1"] != 0.25 != trained["alpha2"]


@pytest.mark.parametrize("name", ["glu", "maxout"])
def test_a_layer_is_as_wide_as_its_activation_needs(name: str) -> None:
    network = TwoLayers(name)
    x, _, parameters = problem(5, 3, 4, 1, name, bias=False)
    assert [p.shape for p in parameters.values()] == [(3, 8), (4, 2)]
    assert network.feedforward(x, parameters).shape == (5, 1)


def test_an_activation_that_never_makes_so_many_units_is_refused() -> None:
    total = Activation("total", lambda x: mg.sum(x, axis=-1, keepdims=True), elementwise=False)
    assert initial_parameters(3, 1, 1, activation=total)["weights1"].shape == (3, 1)
    with pytest.raises(ValueError, match="the activation 'total' makes 2 units of no multiple of 2 up to 32 times"):
        initial_parameters(3, 2, 1, activation=total)


def test_without_a_derivative_by_hand_the_gradient_is_still_automatic() -> None:
    x, y, parameters = problem(4, 3, 4, 1, bias=False)
    network = TwoLayers(lambda z: z * mg.sigmoid(z), "sigmoid")
    assert set(network.automatic(x, y, parameters)[1]) == {"weights1", "weights2"}
    with pytest.raises(ValueError, match="no derivative by hand is known of '<lambda>'"):
        network.by_hand(x, y, parameters)


def test_the_default_learning_rate_is_the_articles_for_its_rows_and_falls_with_steepness() -> None:
    assert TwoLayers("sigmoid").learning_rate(4) == 1.0
    assert TwoLayers("sigmoid").learning_rate(400) == 0.01
    assert TwoLayers("tanh", "sigmoid").learning_rate(4) == 0.25
    assert TwoLayers("identity").learning_rate(4) == 1 / 64


# --- the comparison ------------------------------------------------------------------------------------


def comparison(network: TwoLayers, wrong: Any = None, **options: Any) -> Comparison:
    x, y, parameters = problem(6, 3, 4, 2, *network.activations, bias=True)

    def by_hand(p: Any) -> Any:
        loss, updates = network.by_hand(x, y, p)
        return loss, updates if wrong is None else wrong(updates)

    return Comparison(
        parameters,
        by_hand,
        lambda p: network.automatic(x, y, p),
        lambda p: network.magnitudes(x, y, p),
        **options,
    )


@pytest.mark.parametrize("f", NAMES)
def test_right_formulas_agree_at_every_iteration(f: str) -> None:
    compared = comparison(TwoLayers(f, "sigmoid"), learning_rate=0.1)
    steps = list(compared.run(100))
    assert steps == compared.steps
    assert [s.iteration for s in steps] == list(range(1, 101))
    assert compared.agree
    assert compared.relative.value <= compared.tolerance == 1e-12
    assert steps[-1].automatic_loss < steps[0].automatic_loss
    for name, p in compared.manual.items():
        np.testing.assert_allclose(p, compared.automatic[name], rtol=1e-10)


@pytest.mark.parametrize("f", NAMES)
def test_compiled_gradients_are_the_recorded_ones(f: str) -> None:
    network = TwoLayers(f, "sigmoid")
    x, y, parameters = problem(6, 3, 4, 2, *network.activations, bias=True)
    compiled = network.compiled(x, y)
    for p in (parameters, {name: p / 2 for name, p in parameters.items()}):
        (loss, gradients), (expected, recorded) = compiled(p), network.automatic(x, y, p)
        assert loss == pytest.approx(expected, rel=1e-13)
        assert gradients.keys() == recorded.keys()
        for name, gradient in gradients.items():
            np.testing.assert_allclose(gradient, recorded[name], rtol=1e-11, atol=1e-13)
    once, often = (Comparison.of(network, x, y, parameters, learning_rate=0.1, compiled=c) for c in (False, True))
    for step, same in zip(once.run(105), often.run(105), strict=True):  # more than are one call
        assert same.automatic_loss == pytest.approx(step.automatic_loss, rel=1e-9)
        assert same.manual_loss == step.manual_loss
    assert often.agree


def test_a_compiled_run_may_be_left_go_on_and_change_its_pace() -> None:
    x, y, parameters = problem(6, 3, 4, 2, bias=True)
    once, often = (Comparison.of(TwoLayers(), x, y, parameters, learning_rate=0.1, compiled=c) for c in (False, True))
    for compared in (once, often):
        for step in compared.run(50):
            if step.iteration == 7:
                break
        compared.learning_rate = 0.2
        assert [s.iteration for s in compared.run(3)] == [8, 9, 10]
    for name, p in once.automatic.items():
        np.testing.assert_allclose(often.automatic[name], p, rtol=1e-12)


def test_near_a_minimum_rounding_is_not_mistaken_for_disagreement() -> None:
    """A linear network reaches its minimum, where the gradient's terms cancel to nothing but rounding."""
    x, y, parameters = problem(20, 3, 4, 1, bias=True)
    network = TwoLayers("identity")
    compared = Comparison.of(network, x, y, parameters, learning_rate=0.01)
    for _ in compared.run(4000):
        pass
    largest = max(np.abs(g).max() for g in network.automatic(x, y, compared.automatic)[1].values())
    assert largest < 1e-10
    assert compared.agree


def test_one_element_that_is_wrong_by_a_billionth_is_found_where_it_is() -> None:
    def wrong(updates: Any) -> Any:
        updates["weights1"][2, 1] *= 1 + 1e-9
        return updates

    compared = comparison(TwoLayers("tanh", "sigmoid"), wrong)
    for _ in compared.run(3):
        pass
    assert not compared.agree
    for found in (compared.absolute, compared.relative):
        assert (found.parameter, found.element) == ("weights1", (2, 1))
        assert math.isclose(abs(found.manual - found.automatic), 1e-9 * abs(found.automatic), rel_tol=1e-3)


def test_the_sign_counts() -> None:
    compared = comparison(TwoLayers(), lambda updates: {name: -u for name, u in updates.items()})
    next(compared.run(1))
    assert not compared.agree


def test_an_update_of_another_shape_is_refused() -> None:
    compared = comparison(TwoLayers(), lambda updates: {**updates, "bias2": updates["bias2"][:, None]})
    with pytest.raises(ValueError, match=r"bias2: the update by hand has shape \(2, 1\), the gradient \(2,\)"):
        next(compared.run(1))


@pytest.mark.parametrize("compiled", [False, True])
def test_a_run_that_diverges_says_where(compiled: bool) -> None:
    x, y, parameters = problem(6, 3, 4, 2, bias=False)
    compared = Comparison.of(TwoLayers("identity"), x, y, parameters, learning_rate=1e6, compiled=compiled)
    with pytest.raises(
        Diverged, match=r"no longer finite at iteration \d+: .* made inf at \[\d, \d\].* \(scope loss\)$"
    ):
        list(compared.run(100))
    assert all(math.isfinite(s.automatic_loss) for s in compared.steps)


# --- files ---------------------------------------------------------------------------------------------


def test_the_history_keeps_every_digit(tmp_path: Path) -> None:
    compared = comparison(TwoLayers())
    steps = list(compared.run(5))
    write_history(tmp_path / "history.csv", steps)
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["manual_loss"]) for r in rows] == [s.manual_loss for s in steps]
    assert [float(r["largest_relative_difference"]) for r in rows] == [s.relative.value for s in steps]


def test_files_appear_together_and_replace_older_ones(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "other").write_text("stays")
    with all_or_none(tmp_path) as folder:
        (folder / "a").write_text("new")
        (folder / "b").write_text("new")
        assert (tmp_path / "a").read_text() == "old"
    assert {f.name: f.read_text() for f in tmp_path.iterdir()} == {"a": "new", "b": "new", "other": "stays"}


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt])
def test_where_the_work_is_cut_short_nothing_is_left_of_it(tmp_path: Path, interruption: Any) -> None:
    def work() -> None:
        with all_or_none(tmp_path / "deep" / "down") as folder:
            (folder / "half").write_text("…")
            raise interruption

    with pytest.raises(interruption):
        work()
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_place_of_a_file_stops_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()

    def work() -> None:
        with all_or_none(tmp_path) as folder:
            (folder / "a").write_text("new")
            (folder / "b").write_text("new")

    with pytest.raises(IsADirectoryError):
        work()
    assert [f.name for f in tmp_path.iterdir()] == ["b"]
