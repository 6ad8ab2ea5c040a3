"""`compare`: a derivation by hand against the automatic gradient."""

import functools
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg


def loss(x, y, weights, bias):
    return mg.sum((mg.tanh(x @ weights + bias) - y) ** 2)


def by_hand(x, y, weights, bias):
    output = np.tanh(x @ weights + bias)
    delta = 2 * (output - y) * (1 - output**2)
    return x.T @ delta, delta.sum(axis=0)


def data(dtype=np.float64, n=5, d=3, o=2, seed=0):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape).astype(dtype) for shape in [(n, d), (n, o), (d, o), (o,)]]


# --- a right derivation ------------------------------------------------------------------------------------------


def test_the_articles_formulas_agree():
    x, y = mg.article.dataset()
    weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
    report = mg.compare(mg.article.loss, mg.article.backprop, x, y, weights1, weights2, argnums=(2, 3), descent=True)
    assert report.ok
    assert report
    assert report["weights1"].shape == (3, 4)
    assert report["weights2"].verdict == "agrees"
    assert report.loss == pytest.approx(mg.article.loss(x, y, weights1, weights2))
    report.raise_if_wrong()


def test_the_articles_formulas_agree_all_through_training():
    network = mg.article.ManualNetwork(*mg.article.dataset(), seed=1)
    for iteration in range(1500):
        if iteration % 50 == 0:
            mg.compare(
                mg.article.loss, mg.article.backprop, network.input, network.y, network.weights1, network.weights2,
                argnums=(2, 3), descent=True,
            ).raise_if_wrong()  # fmt: skip
        network.backprop()


@given(
    st.integers(1, 40),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 10**6),
    st.sampled_from([np.float32, np.float64]),
)
def test_a_right_derivation_is_never_called_wrong(n, d, o, seed, dtype):
    arguments = data(dtype, n, d, o, seed)
    mg.compare(loss, by_hand, *arguments, argnums=(2, 3)).raise_if_wrong()


@pytest.mark.parametrize(
    "manual",
    [
        by_hand,
        lambda *args: list(by_hand(*args)),
        lambda *args: dict(zip(("weights", "bias"), by_hand(*args), strict=True)),
        by_hand(*data()),
        list(by_hand(*data())),
        dict(zip(("bias", "weights"), reversed(by_hand(*data())), strict=True)),
        tuple(map(mg.tensor, by_hand(*data()))),
    ],
    ids=["function", "of lists", "of mappings", "arrays", "list", "mapping", "tensors"],
)
def test_manual_gradients_may_be_given_in_any_form(manual):
    report = mg.compare(loss, manual, *data(), argnums=(2, 3))
    assert report
    assert [p.name for p in report.parameters] == ["weights", "bias"]


def test_parameters_are_those_a_mapping_names():
    _, bias = by_hand(*data())
    report = mg.compare(loss, {"bias": bias}, *data())
    assert [p.name for p in report.parameters] == ["bias"]


def test_parameters_are_all_floating_point_arguments_if_there_are_as_many_gradients():
    x = np.array([1.0, 2.0])
    assert mg.compare(lambda w, power: mg.sum(w**power), lambda w, power: power * w ** (power - 1), x, 3)
    assert mg.compare(lambda a, b: a * b, (3.0, 2.0), 2.0, 3.0)


def test_negative_argnums_and_one_number():
    assert mg.compare(loss, by_hand(*data())[1], *data(), argnums=-1)
    assert mg.compare(loss, by_hand(*data())[1], *data(), argnums=3)["bias"].ok


def test_tensors_as_arguments():
    x, y, weights, bias = data()
    assert mg.compare(loss, by_hand, x, y, mg.tensor(weights, requires_grad=True), mg.tensor(bias), argnums=(2, 3))


def test_empty_and_single_number_parameters():
    report = mg.compare(lambda a, b: a * a + mg.sum(b), (4.0, np.zeros(0)), 2.0, np.zeros(0))
    assert report
    assert report["b"].where_absolute is None
    assert report["a"].shape == ()


def test_parameters_without_a_name_are_counted():
    report = mg.compare(lambda *arrays: mg.sum(arrays[0] * arrays[1]), lambda a, b: (b, a), np.ones(2), np.ones(2))
    assert [p.name for p in report.parameters] == ["arrays[0]", "arrays[1]"]


# --- a wrong one ---------------------------------------------------------------------------------------------------


def test_the_report_says_how_far_off_and_where():
    d_weights, d_bias = by_hand(*data())
    d_weights[2, 1] += 0.5
    report = mg.compare(loss, (d_weights, d_bias), *data(), argnums=(2, 3))
    assert not report
    wrong = report["weights"]
    assert (wrong.verdict, wrong.where_absolute, wrong.where_relative) == ("differs", (2, 1), (2, 1))
    assert wrong.largest_absolute == pytest.approx(0.5)
    assert wrong.largest_relative == pytest.approx(0.5 / max(abs(d_weights[2, 1]), abs(d_weights[2, 1] - 0.5)))
    assert report["bias"].ok
    np.testing.assert_array_equal(wrong.manual, d_weights)
    assert wrong.automatic[2, 1] == pytest.approx(d_weights[2, 1] - 0.5)


def test_the_report_is_an_aligned_table(monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    d_weights, d_bias = by_hand(*data())
    text = str(mg.compare(loss, (d_weights + 1, d_bias), *data(), argnums=(2, 3)))
    title, header, first, second = text.splitlines()
    assert title.startswith("∂loss: manual against automatic, loss = ")
    assert header.startswith("parameter  shape ")
    assert first.startswith("weights    (3, 2) ")
    assert header.index("verdict") == first.index("differs") == second.index("agrees")


TOLD = ("shape", "verdict", "agree", "absolute", "relative", "ulps", "cosine", "ratio", "tolerance", "finite diff")


def wide_report():
    """Six parameters, one with a long name."""
    names = ["weights_of_the_first_layer_of_the_encoder", *"abcde"]
    product = eval(f"lambda {', '.join(names)}: mg.sum({' * '.join(names)})", {"mg": mg})
    arrays = [np.full((2, 3, 4), 1.5 + i) for i in range(6)]
    gradients = [np.prod(arrays[:i] + arrays[i + 1 :], axis=0) * (1 + (i == 1)) for i in range(6)]
    return mg.compare(product, gradients, *arrays)


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_table_fits_the_terminal_and_leaves_nothing_out(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    report = wide_report()
    console = pytest.importorskip("rich.console").Console(width=columns, record=True, file=io.StringIO())
    console.print(report)
    for text in (str(report), console.export_text()):
        assert max(map(len, text.splitlines())) <= columns
        assert all(word in text for word in TOLD)
        assert "weights_of_the_first_la…" in text


def test_raise_if_wrong_shows_the_table():
    with pytest.raises(AssertionError, match=r"(?s)weights.*differs"):
        mg.compare(loss, (np.zeros((3, 2)), np.zeros(2)), *data(), argnums=(2, 3)).raise_if_wrong()


def test_the_descent_direction_is_not_the_gradient():
    descent = tuple(-g for g in by_hand(*data()))
    assert not mg.compare(loss, descent, *data(), argnums=(2, 3))
    report = mg.compare(loss, descent, *data(), argnums=(2, 3), descent=True)
    assert report
    assert str(report).startswith("−∂loss")


@pytest.mark.parametrize(("dtype", "off"), [(np.float64, 1e-8), (np.float32, 1e-3)])
def test_tolerances_follow_the_dtype(dtype, off):
    gradients = by_hand(*data(dtype))
    report = mg.compare(loss, gradients, *data(dtype), argnums=(2, 3))
    assert report
    assert report["bias"].rtol == {np.float64: 1e-9, np.float32: 1e-4}[dtype]
    assert f"{report['bias'].rtol:g}·|g|" in str(report)
    gradients = tuple(g * dtype(1 + off) for g in gradients)
    assert not mg.compare(loss, gradients, *data(dtype), argnums=(2, 3))
    assert mg.compare(loss, gradients, *data(dtype), argnums=(2, 3), rtol=2 * off)
    assert mg.compare(loss, gradients, *data(dtype), argnums=(2, 3), atol=100 * off)


def test_a_manual_gradient_in_float32_is_held_to_float32():
    gradients = tuple(g.astype(np.float32) for g in by_hand(*data()))
    assert mg.compare(loss, gradients, *data(), argnums=(2, 3))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_manual_gradient_that_is_not_finite_is_a_finding(bad):
    d_weights, d_bias = by_hand(*data())
    d_weights[1, 0] = bad
    report = mg.compare(loss, (d_weights, d_bias), *data(), argnums=(2, 3))
    assert report["weights"].verdict == "not finite"
    assert report["weights"].where_absolute == (1, 0)
    assert report["bias"].ok
    json.dumps(report.to_dict(), allow_nan=False)


def test_to_dict_is_json():
    report = mg.compare(loss, by_hand, *data(), argnums=(2, 3))
    read = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert read["ok"] is True
    assert read["function"] == "loss"
    assert [p["name"] for p in read["parameters"]] == ["weights", "bias"]
    assert read["parameters"][0]["shape"] == [3, 2]


def test_an_unknown_parameter_of_the_report():
    with pytest.raises(KeyError, match=r"no parameter 'w1' was compared; there are \['weights', 'bias'\]"):
        mg.compare(loss, by_hand, *data(), argnums=(2, 3))["w1"]


# --- errors ----------------------------------------------------------------------------------------------------------


def raises(*args):
    raise ZeroDivisionError("by hand")


@pytest.mark.parametrize(
    ("f", "manual", "options", "error", "words"),
    [
        (3, by_hand, {}, TypeError, "the loss must be a function, got int"),
        (loss, by_hand, {}, TypeError, r"2 gradients, but 4 .* \(x, y, weights, bias\).*argnums=\(2, 3\), or on the "
         "command line with --parameters weights,bias, whose shapes they have"),
        (loss, lambda *a: by_hand(*a)[::-1], {}, TypeError, "with argnums=, or on the command line with --parameters$"),
        (loss, "by_hand", {"argnums": (2, 3)}, TypeError, "the manual gradient is of type str; give an array, several"),
        (loss, np.ones(3), {"argnums": (2, 3)}, ValueError,
         r"one manual gradient, of shape \(3,\), for 2 parameters, \['weights', 'bias'\]; .* has 8 numbers"),
        (loss, by_hand, {"argnums": (False, False, True, True)}, TypeError, "is an integer or several, got .False"),
        (loss, by_hand, {"argnums": (2,)}, ValueError, r"2 manual gradients for 1 parameters, \['weights'\]"),
        (loss, by_hand, {"argnums": (2, 7)}, TypeError, "asks for argument 7, but there are 4"),
        (loss, {"w": 1.0}, {}, ValueError, r"gradients of \['w'\], but the loss takes \['x', 'y', 'weights', 'bias'\]"),
        (loss, {"bias": np.ones(2)}, {"argnums": (2, 3)}, ValueError, r"manual gradient of \['weights'\] is missing"),
        (loss, (np.ones((3, 2)), None), {"argnums": (2, 3)}, TypeError, "of 'bias' is no array, but NoneType"),
        (lambda *a: mg.tanh(a[2]), by_hand, {"argnums": (2, 3)}, ValueError, r"must be one number, got shape \(3, 2\)"),
        (lambda *a: loss(*a) * np.nan, by_hand, {"argnums": (2, 3)}, ValueError, "the loss is nan at these arguments"),
    ],
)  # fmt: skip
def test_errors(f, manual, options, error, words):
    with pytest.raises(error, match=words):
        mg.compare(f, manual, *data(), **options)


def test_parameters_are_named_by_their_shapes_only_where_these_fit_in_one_way():
    x = np.ones((2, 2))
    with pytest.raises(
        TypeError, match=r"1 gradient, but 2 .* with argnums=, or on the command line with --parameters$"
    ):
        mg.compare(lambda x, w: mg.sum(x * w), (x,), x, x)


def test_a_parameter_that_is_not_floating_point():
    with pytest.raises(TypeError, match="parameter 'n' must hold real floating-point numbers, got int64"):
        mg.compare(lambda x, n: mg.sum(x) * n, (1.0,), np.ones(2), 3, argnums=1)


def test_an_error_in_the_manual_gradient_says_where_it_comes_from():
    with pytest.raises(ZeroDivisionError, match="by hand") as caught:
        mg.compare(loss, raises, *data(), argnums=(2, 3))
    assert "raised by the manual gradient" in caught.value.__notes__[0]


# --- what else the report says -------------------------------------------------------------------------------------


def test_the_report_says_how_the_gradients_lie_to_each_other():
    d_weights, d_bias = by_hand(*data())
    report = mg.compare(loss, (-2 * d_weights, d_bias * (1 + 2**-50)), *data(), argnums=(2, 3))
    weights, bias = report.parameters
    assert weights.cosine == pytest.approx(-1)
    assert weights.ratio == pytest.approx(2)
    assert weights.share == 0
    assert bias.share == 1
    assert 1 <= bias.ulps <= 20
    assert bias.cosine == pytest.approx(1)


def test_some_elements_may_agree():
    d_weights, d_bias = by_hand(*data())
    d_weights[0, 0] += 1
    assert mg.compare(loss, (d_weights, d_bias), *data(), argnums=(2, 3))["weights"].share == pytest.approx(5 / 6)


def test_the_automatic_gradient_is_held_against_finite_differences():
    report = mg.compare(loss, by_hand, *data(), argnums=(2, 3))
    assert all(p.finite_difference < 1e-8 for p in report.parameters)
    wrong = mg.primitive(lambda xp, x: xp.exp(x), [lambda g, y, x: 1.01 * g * y], name="exp_of_the_wrong_slope")
    report = mg.compare(lambda w: mg.sum(wrong(w)), lambda w: np.exp(w), np.array([0.5, 1.0]))
    assert report["w"].finite_difference > 1e-3


def test_a_gradient_of_another_shape_is_a_finding():
    d_weights, d_bias = by_hand(*data())
    report = mg.compare(loss, (d_weights.T, d_bias), *data(), argnums=(2, 3))
    assert not report
    assert report["weights"].verdict == "other shape"
    assert "(3, 2), not (2, 3)" in str(report)
    assert report.diagnosis[0].kind == "transpose"
    json.dumps(report.to_dict(), allow_nan=False)


def test_a_wrong_report_carries_its_diagnosis():
    report = mg.compare(loss, lambda *a: [2 * g for g in by_hand(*a)], *data(), argnums=(2, 3))
    assert [d.kind for d in report.diagnosis] == ["scale"]
    with pytest.raises(AssertionError, match=r"write +lambda \*a: \[g for g in"):
        report.raise_if_wrong()
    assert mg.compare(loss, by_hand, *data(), argnums=(2, 3)).diagnosis == ()


def test_rounding_near_a_minimum_is_no_disagreement():
    # y is what the network says, to seven digits: the gradient is nearly nothing, and what is left is rounding.
    x, _, weights, bias = data(np.float32, 50, 8, 3)
    y = (np.tanh(x @ weights + bias) * np.float32(1 + 3e-7)).astype(np.float32)
    mg.compare(loss, by_hand, x, y, weights, bias, argnums=(2, 3)).raise_if_wrong()


def test_rich_prints_the_table():
    console = pytest.importorskip("rich.console").Console(width=200, record=True, file=io.StringIO())
    console.print(mg.compare(loss, by_hand, *data(), argnums=(2, 3)))
    text = console.export_text()
    assert "weights" in text
    assert "agrees" in text


def test_a_notebook_shows_the_table_as_html_in_which_names_are_text():
    def f(w):
        return mg.sum(w**2)

    f.__name__ = "<script>"
    shown = mg.compare(f, (np.ones(2),), np.ones(2))._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "<td>differs</td>" in shown


def test_heat_maps_share_one_diverging_scale():
    pytest.importorskip("matplotlib")
    d_weights, d_bias = by_hand(*data())
    figure = mg.compare(loss, (d_weights.T, d_bias), *data(), argnums=(2, 3)).plot()
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[:3] == ["weights: manual", "weights: automatic", "weights: difference"]
    limits = {axes.images[0].get_clim() for axes in figure.axes[3:6]}
    assert len(limits) == 1
    assert limits.pop() == (-max(abs(d_bias)), max(abs(d_bias)))


@pytest.mark.parametrize(
    ("manual", "said"),
    [
        (np.array([2.0, np.nan]), "grey: not finite"),
        (np.array([2.0, -np.inf]), "grey: not finite"),
        (2 * np.ones(2), ""),
    ],
)
def test_what_is_not_finite_does_not_look_like_zero(manual, said):
    pytest.importorskip("matplotlib")
    figure = mg.compare(lambda w: mg.sum(w**2), manual, np.ones(2)).plot()
    assert [axes.get_xlabel() for axes in figure.axes[:3]] == [said, "", said]


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3), (), (2, 1, 3)])
def test_gradients_of_any_shape_are_drawn(shape):
    pytest.importorskip("matplotlib")
    mg.compare(lambda w: mg.sum(w**2), lambda w: 2 * w, np.ones(shape)).plot().draw_without_rendering()


@pytest.mark.parametrize(
    "report",
    [
        mg.compare(lambda w: mg.sum(w**2), (np.ones(2),), np.ones(2)),
        mg.gradcheck(mg.tanh, 0.5),
        mg.check_activation("relu"),
        mg.compare_training(*(mg.article.ManualNetwork(*mg.article.dataset(), seed=0) for _ in range(2)), 3),
    ],
    ids=lambda report: type(report).__name__,
)
def test_a_prompt_shows_a_report_as_print_does(report):
    assert repr(report) == str(report)


def test_a_picture_shows_itself_in_a_notebook_before_pyplot_was_imported():
    pytest.importorskip("matplotlib")
    figure = mg.compare(lambda w: mg.sum(w**2), (np.ones(2),), np.ones(2)).plot()
    assert figure._repr_png_().startswith(b"\x89PNG")


# --- whole training runs -------------------------------------------------------------------------------------------


def networks(seed=0):
    return (kind(*mg.article.dataset(), seed=seed) for kind in (mg.article.AutogradNetwork, mg.article.ManualNetwork))


def test_two_runs_of_the_article_agree():
    report = mg.compare_training(*networks(), 200)
    assert report
    assert report.relative.shape == (200, 2)
    assert report.first_difference is None
    assert "agree at every iteration" in str(report)
    report.raise_if_wrong()
    json.dumps(report.to_dict(), allow_nan=False)


def test_runs_that_part_say_at_which_iteration():
    automatic, manual = networks()

    class Wrong:
        count = 0

        def backprop(self):
            self.count += 1
            updates = manual.backprop()
            return updates if self.count <= 5 else (updates[0] * 1.01, updates[1])

    report = mg.compare_training(automatic, Wrong(), 8)
    assert not report
    assert report.first_difference == 5
    with pytest.raises(AssertionError, match="DIFFER from iteration 5 on"):
        report.raise_if_wrong()


@pytest.mark.parametrize(("both", "whose"), [(False, "the automatic run alone"), (True, "both runs")])
def test_a_run_that_is_no_longer_finite_says_since_when(both, whose):
    class Diverging:
        def __init__(self, stops):
            self.stops, self.count = stops, 0

        def backprop(self):
            self.count += 1
            return {"w": np.array([1.0, np.nan if self.count > 3 and self.stops else 2.0])}

    report = mg.compare_training(Diverging(True), Diverging(both), 6)
    assert report.headline.startswith(f"At iteration 3, in {whose}, w is nan at [1]; ")
    assert "mg.first_nonfinite" in str(report)
    assert report.to_dict()["headline"] == report.headline
    assert mg.compare_training(Diverging(False), Diverging(False), 6).headline == ""


def test_updates_in_containers_are_compared_by_how_one_gets_them():
    class Steps:
        def __init__(self, off=0.0):
            self.off, self.iteration = off, 0

        def backprop(self):
            self.iteration += 1
            b = np.ones(2) + self.off * (self.iteration > 2)
            return {"layers": [{"w": np.ones((2, 2)), "b": b}, {"w": [np.ones(1)]}], "scale": [1.0, 2.0]}

    report = mg.compare_training(Steps(), Steps(1e-3), 4)
    assert report.names == ('layers[0]["w"]', 'layers[0]["b"]', 'layers[1]["w"][0]', "scale")
    assert report.first_difference == 2
    assert (report.relative[2] > report.tolerance).tolist() == [False, True, False, False]


def test_runs_are_plotted():
    pytest.importorskip("matplotlib")
    axes = mg.compare_training(*networks(), 20).plot().axes[0]
    assert axes.get_yscale() == "log"
    assert [line.get_label() for line in axes.lines] == ["update 1", "update 2", "tolerance"]


@pytest.mark.parametrize(
    ("manual", "iterations", "error", "words"),
    [
        (3, 1, TypeError, r"needs a method backprop\(\), and int has none"),
        (mg.article.ManualNetwork(*mg.article.dataset(), hidden=5), 1, ValueError, "the networks update different"),
        (mg.article.ManualNetwork(*mg.article.dataset()), 0, ValueError, "at least 1, got 0"),
    ],
)
def test_errors_of_training(manual, iterations, error, words):
    with pytest.raises(error, match=words):
        mg.compare_training(next(networks()), manual, iterations)


@pytest.mark.parametrize(
    ("f", "manual", "arguments", "options", "error", "words"),
    [
        (lambda w: None, 1.0, [2.0], {}, TypeError, "the loss must return one number, got NoneType"),
        (lambda w: "3", 1.0, [2.0], {}, TypeError, "the loss must return one number, got str"),
        (lambda w: [w, w], 1.0, [2.0], {}, TypeError, "the loss must return one number, got list"),
        (lambda w: (w * np.ones(2), w), 1.0, [2.0], {}, TypeError, "the loss must return one number, got tuple"),
        (lambda w: 1, 1.0, [2.0], {}, TypeError, "a real floating-point number, got int64"),
        (lambda w: w, None, [2.0], {}, TypeError, "the manual gradient is None; does the function return"),
        (lambda w: w, lambda w: None, [2.0], {}, TypeError, "the manual gradient is None"),
        (lambda w: w, 1.0, [np.array([2])], {}, TypeError, "no argument holds real floating-point numbers"),
        (lambda w: w, 1.0, [2j], {}, TypeError, "no argument holds real floating-point numbers"),
        (
            lambda w: w,
            {"u": 1.0, "v": 1.0},
            [2.0],
            {"argnums": 0},
            ValueError,
            r"gradients of \['u', 'v'\], but the loss",
        ),
        (lambda w: w, {}, [2.0], {}, TypeError, "there is nothing to compare"),
        (lambda: 1.0, (), [], {}, TypeError, "there is nothing to compare"),
        (lambda w: w, 1.0, [2.0], {"argnums": "w"}, TypeError, "argnums is an integer or several, got 'w'"),
        (lambda w: w, 1.0, [2.0], {"argnums": 0.0}, TypeError, "argnums is an integer or several, got 0.0"),
        (lambda a, b: a, (1.0, 1.0), [2.0, 2.0], {"argnums": (0, -2)}, ValueError, "names an argument twice"),
        (lambda w: w, 1.0, [2.0], {"rtol": float("nan")}, ValueError, "rtol must be 0 or more, got nan"),
        (lambda p: p["w"], 1.0, [{"w": 2}], {"argnums": 0}, TypeError, "'p' must hold real floating-point numbers"),
        (
            lambda p: 1.0,
            1.0,
            [object()],
            {"argnums": 0},
            TypeError,
            "'p' must be one array, or a container of arrays, got",
        ),
        (
            lambda p: p[0],
            1.0,
            [[np.ones(2), np.ones(3)]],
            {"argnums": 0},
            ValueError,
            r"1 manual gradients for 2 parameters, \['p\[0\]', 'p\[1\]'\]",
        ),
    ],
)
def test_what_can_not_be_compared_is_named(f, manual, arguments, options, error, words):
    with pytest.raises(error, match=f"compare: .*{words}|^{words}"):
        mg.compare(f, manual, *arguments, **options)


def test_lists_of_numbers_are_arrays_for_both_functions():
    assert mg.compare(lambda x, w: mg.sum(x @ w), lambda x, w: x.sum(axis=0), [[1.0, 2.0]], [3.0, 4.0], argnums=1)


def test_records_keep_their_whole_numbers():
    ratings = [(0, 1, 4.0), (1, 0, 2.5), (0, 0, 1.0)]

    def loss(p, q, ratings):
        return sum((r - p[u] @ q[i]) ** 2 for u, i, r in ratings)

    def backprop(p, q, ratings):
        dp, dq = np.zeros_like(p), np.zeros_like(q)
        for u, i, r in ratings:
            dp[u] -= 2 * (r - p[u] @ q[i]) * q[i]
            dq[i] -= 2 * (r - p[u] @ q[i]) * p[u]
        return dp, dq

    p, q = np.random.default_rng(0).normal(size=(2, 2, 3))
    assert mg.compare(loss, backprop, p, q, ratings, argnums=(0, 1))


def test_an_integer_of_numpy_names_a_parameter():
    assert mg.compare(lambda w: w * w, 6.0, 3.0, argnums=np.int64(0))


def test_a_loss_that_uses_what_only_tensors_have_is_compared_with_differences_too():
    report = mg.compare(lambda w: mg.sum(w.detach() * w), lambda w: w, np.array([1.0, 2.0]))
    assert report
    assert report["w"].finite_difference == pytest.approx(1.0, rel=0.5)  # w.detach() is no constant to differences


def test_an_infinite_automatic_gradient_is_a_finding_without_a_warning():
    report = mg.compare(lambda w: mg.sum(mg.sqrt(w)), lambda w: [np.array([0.0, 0.5])], np.array([0.0, 1.0]))
    assert report["w"].verdict == "not finite"
    assert np.isnan([report["w"].ratio, report["w"].finite_difference]).all()
    (found,) = report.diagnosis
    assert (found.kind, found.wrong) == ("not-finite", "element [0] of the automatic gradient is inf")
    assert "no step of the derivation is held against it" in found.right
    assert "Finite differences find no derivative there either." in report.headline


def test_gradients_may_come_one_after_the_other():
    assert mg.compare(loss, lambda *a: iter(by_hand(*a)), *data(), argnums=(2, 3))


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_is_printed_can_be_printed_anywhere(encoding, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr("sys.stdout", stream)
    report = mg.compare(lambda w: mg.sum(mg.tanh(w) ** 2), lambda w: 2 * mg.tanh(w), np.array([1.0, 2.0]))
    print(report, report.diagnosis, file=stream, flush=True)
    printed = stream.buffer.getvalue().decode(encoding)
    left_out = "tanh′(w) was left out" if encoding == "utf-8" else "tanh'(w) was left out: dloss/dw = dloss/dtanh(w)"
    assert left_out in printed


def test_threads_compare_on_their_own():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda c: mg.compare(lambda w: c * w * w, lambda w: 2 * c * w, 3.0).ok, range(1, 9)))
    assert all(found)


class Returning:
    """A network whose updates are always the same."""

    def __init__(self, updates):
        self.updates = updates

    def backprop(self):
        return self.updates


@pytest.mark.parametrize(
    ("updates", "options", "error", "words"),
    [
        (None, {}, TypeError, r"backprop\(\) must return the updates, got NoneType"),
        ([None], {}, TypeError, "'update 1' must hold real numbers, got object"),
        ({"w": np.array(["a"])}, {}, TypeError, "'w' must hold real numbers, got <U1"),
        ([], {}, ValueError, "returned no updates"),
        ([1.0], {"rtol": -1.0}, ValueError, "rtol must be 0 or more, got -1.0"),
        ([1.0], {"iterations": 2.5}, TypeError, "'float' object cannot be interpreted as an integer"),
    ],
)
def test_errors_of_training_runs(updates, options, error, words):
    with pytest.raises(error, match=words):
        mg.compare_training(Returning(updates), Returning(updates), **{"iterations": 2, **options})


def test_the_name_of_the_loss_can_not_steer_a_terminal_or_a_page():
    def f(w):
        return mg.sum(w * w)

    f.__name__ = "<b>\x1b[31m"
    report = mg.compare(f, lambda w: w, np.ones(2))
    assert "\x1b" not in str(report)
    assert "<b>" not in report._repr_html_()


# --- the user's names in complaints ----------------------------------------------------------------------------------

TWO = np.ones((2, 2)), np.ones(2)
DICT = {"W": TWO[0], "b": TWO[1]}


def of_keywords(**params):
    return mg.sum((params["W"] @ params["b"]) ** 2)


def of_any(*args):
    return mg.sum((args[0] @ args[1]) ** 2)


def of_a_tree(params, x=None):
    return mg.sum(params["W"] @ params["b"])


def of_keywords_only(x, *, W, b):
    return mg.sum((x @ W + b) ** 2)


class Model(NamedTuple):
    W: Any
    b: Any

    def loss(self, W, b):
        return mg.sum((W @ b) ** 2)


def usual(x, W, b):
    return mg.sum((x @ W + b) ** 2)


@pytest.mark.parametrize("judge", [mg.compare, mg.diagnose])
@pytest.mark.parametrize(
    ("f", "manual", "arguments", "words"),
    [
        (of_keywords, TWO, TWO, "of_keywords(**params), which takes w1 and w2 by keyword"),
        (of_keywords, DICT, TWO, "wrap it: lambda W, b: of_keywords(W=W, b=b)"),
        (of_keywords, TWO, (DICT,), "wrap it: lambda W, b: of_keywords(W=W, b=b)"),
        (of_keywords_only, TWO, (TWO[0], *TWO), "wrap it: lambda x, W, b: of_keywords_only(x, W=W, b=b)"),
        (functools.partial(usual, x=TWO[0]), TWO, TWO, "takes W and b by keyword"),
        (of_any, lambda **g: TWO, TWO, "the manual gradient is f(**g), which takes w1 and w2 by keyword"),
        (of_any, TWO[0], TWO, "1 gradient, but 2 floating-point arguments (args[0], args[1])"),
        (of_any, TWO, (TWO[0], np.ones(2, int)), "1 floating-point argument (args[0]; args[1] holds int64)"),
        (of_any, DICT, TWO, "the loss takes ['args[0]', 'args[1]']; give them as a tuple"),
        (of_any, TWO, (), "no arguments were given"),
        (
            of_a_tree,
            {"V": TWO[0]},
            (DICT,),
            """gradients of ['V'], but the loss takes ['params["W"]', 'params["b"]']""",
        ),
        (of_a_tree, TWO[1:], (DICT,), '1 gradient, but 2 floating-point arguments (params["W"], params["b"])'),
        (
            of_a_tree,
            TWO,
            ([DICT, DICT], TWO[0]),
            '2 gradients, but 5 floating-point arguments (params[0]["W"], params[0]',
        ),
        (
            of_a_tree,
            {"W": TWO[0]},
            ([DICT, DICT],),
            """'W' could be the gradient of params[0]["W"] or of params[1]["W"]""",
        ),
        (of_a_tree, {"W": TWO[0], "dW": TWO[0]}, (DICT,), """of params["W"] is given twice, as 'W' and 'dW'"""),
        (of_a_tree, DICT, ({**DICT, "net": object()},), 'params["net"] is of type object, which may hold numbers'),
        (Model(*TWO).loss, {"w": TWO[0]}, TWO, "gradients of ['w'], but the loss takes ['W', 'b']"),
        (usual, TWO, TWO, "usual(x, W, b), which can't be called with 2 arguments: missing a required argument: 'b'"),
        (usual, TWO, (*TWO, *TWO), "usual(x, W, b), which can't be called with 4 arguments"),
    ],
)
def test_complaints_name_arguments_as_the_user_does(judge, f, manual, arguments, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words)):
        judge(f, manual, *arguments)


def test_what_takes_its_arguments_in_its_own_way_is_compared():
    def counted(f):
        @functools.wraps(f)  # which has the signature of f, and takes one argument less
        def counting(*args):
            return f(TWO[0], *args)

        return counting

    W, b = TWO
    right = mg.grad(usual, argnums=(1, 2))(TWO[0], W, b)
    for f in (functools.partial(usual, TWO[0]), counted(usual), lambda *args: usual(TWO[0], *args)):
        assert mg.compare(f, right, W, b)
    assert mg.compare(Model(W, b).loss, {"b": mg.grad(lambda b: mg.sum((W @ b) ** 2))(b)}, W, b)


def test_gradcheck_says_how_keywords_are_wrapped():
    with pytest.raises(TypeError, match=re.escape("gradcheck: the function is of_keywords(**params)")):
        mg.gradcheck(of_keywords, *TWO)
