"""The laboratory: known values with their sources, laws, real networks beside expectations, and hostile functions."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.nn import gain
from microgradnet.nn.activate.registry import find
from microgradnet.nn.activate.study.changed import changed
from microgradnet.nn.activate.study.chapters import CHAPTERS, in_use
from microgradnet.nn.activate.study.charts import COLORS, Chart, ChartLine, drawn, svg
from microgradnet.nn.activate.study.cost import costs
from microgradnet.nn.activate.study.curve import Curve
from microgradnet.nn.activate.study.formula import run, slope_of_activation, slope_of_sum, value
from microgradnet.nn.activate.study.kin import kin
from microgradnet.nn.activate.study.numerics import numerics
from microgradnet.nn.activate.study.propagation import Propagation, propagation
from microgradnet.nn.activate.study.shape import shape
from microgradnet.nn.activate.study.simulation import simulate
from microgradnet.nn.activate.study.using import RATES, problems, trained

NAMES = [name for name, a in mg.activations.items() if a.elementwise and a.name == name]


def curve(f: Any) -> Curve:
    activation = find(f)
    return Curve(activation.name, activation)


@cache
def expected(name: str) -> Propagation:
    return propagation(curve(name))


# --- signals through layers ------------------------------------------------------------------------------


def test_the_correlation_map_of_relu_is_the_arc_cosine_kernel() -> None:
    """Cho and Saul, Kernel methods for deep learning, NIPS 2009."""
    c = np.linspace(-0.95, 0.95, 39)
    kernel = (np.sqrt(1 - c**2) + (np.pi - np.arccos(c)) * c) / np.pi
    assert expected("relu").correlation(c) == pytest.approx(kernel, abs=1e-9)  # type: ignore[misc]


def test_the_correlation_map_of_erf_is_the_arcsine_kernel() -> None:
    """Williams, Computing with infinite networks, NIPS 1996: E[erf u erf v] = 2/π · asin(2c/3) for variance 1."""
    c = np.linspace(-1, 1, 41)
    p = propagation(curve(mg.erf))
    assert p.correlation is not None
    assert p.correlation(c) * p.second_moment == pytest.approx(2 / np.pi * np.arcsin(2 * c / 3), abs=1e-12)


def test_relu_keeps_every_variance_and_stands_on_the_edge_of_chaos_at_one_point() -> None:
    p = expected("relu")
    assert p.fixed_points is None
    assert p.chi == pytest.approx(1, abs=1e-12)
    assert p.edge == pytest.approx(np.broadcast_to([math.sqrt(2), 0.0], p.edge.shape), abs=1e-9)
    assert p.dead == pytest.approx(0.5)
    assert p.gradient[0] == pytest.approx(1)
    assert p.gradient_at_1[0] == pytest.approx(0.5**19)


def test_selu_has_the_fixed_point_of_mean_0_and_variance_1() -> None:
    """Klambauer et al., Self-normalizing neural networks, NIPS 2017."""
    p = expected("selu")
    assert (p.gain, p.mean) == (pytest.approx(1, abs=1e-12), pytest.approx(0, abs=1e-12))
    assert p.fixed_points is not None
    one = next(q for q in p.fixed_points if abs(q.variance - 1) < 1e-9)
    assert 0 < one.slope < 1


@pytest.mark.parametrize(
    ("name", "bias", "weights"),
    [("tanh", 0.0, 1.0), ("tanh", 0.2, 1.302), ("silu", 0.2, 1.681), ("gelu", 0.0, 2.0)],
)
def test_the_edge_of_chaos(name: str, bias: float, weights: float) -> None:
    """tanh at σ_b = 0.2: 1.30 in Hayou et al. 2019; at 0 it is 1/f′(0) where f(0) = 0."""
    assert expected(name).edge_at(bias) == pytest.approx(weights, abs=2e-3)


def test_a_point_of_the_edge_keeps_its_variance_and_has_chi_1() -> None:
    f = curve("tanh")
    p = expected("tanh")
    for weights, bias in p.edge[1::10]:
        q = 1.0
        for _ in range(2000):
            rule = f.rule(round(q, 12))
            q = weights**2 * rule.mean(f.value(rule.x) ** 2) + bias**2
            if bias < 1e-2:
                break
        if bias >= 1e-2:
            rule = f.rule(q)
            assert weights**2 * rule.mean(f.slope(rule.x) ** 2) == pytest.approx(1, abs=1e-3)


def test_a_sine_s_moments_are_those_of_the_closed_form() -> None:
    p = expected("sin")
    assert p.second_moments == pytest.approx((1 - np.exp(-2 * p.variances)) / 2, rel=1e-10)
    assert p.slope_moments == pytest.approx((1 + np.exp(-2 * p.variances)) / 2, rel=1e-10)


def test_a_jump_drives_equal_inputs_apart_at_infinite_speed() -> None:
    p = expected("hardshrink")
    assert p.correlation is not None
    assert p.correlation.slope_at_1 == math.inf


@pytest.mark.parametrize("name", ["tanh", "relu", "selu", "elu", "softsign", "sin"])
def test_real_networks_do_what_is_expected(name: str) -> None:
    p = expected(name)
    s = simulate(curve(name), p.gain, seeds=6)
    for measured, wanted in ((s.signal, p.signal), (s.gradient, p.gradient), (s.correlations, p.correlations)):
        # Of six networks the mean is within five standard errors; the widths are finite, which costs some per cent.
        assert np.all(np.abs(measured.mean - wanted) <= 5 * measured.error + 0.08 * np.abs(wanted) + 1e-12)
    assert s.dead == pytest.approx(p.dead, abs=0.03)
    assert s.dead_units == pytest.approx(p.dead_units, abs=0.03)


@pytest.mark.parametrize("name", ["tanh", "hard_tanh"])
def test_a_wrong_gain_is_noticed_by_the_networks(name: str) -> None:
    p = expected(name)
    s = simulate(curve(name), 0.7 * p.gain, seeds=3)
    assert np.any(np.abs(s.signal.mean - p.signal) > 5 * s.signal.error + 0.08)


# --- shape -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_kinks_and_range_are_those_that_are_declared(name: str) -> None:
    a = mg.activations[name]
    s = shape(curve(name))
    if a.kinks is not None:
        assert [k.at for k in s.seams if k.order < 2] == pytest.approx(list(a.kinks), abs=1e-9)
    if a.range is not None:
        assert (s.lowest.value, s.highest.value) == pytest.approx(a.range, abs=1e-9)


def test_the_shape_of_silu() -> None:
    s = shape(curve("silu"))
    (turn,) = s.turns
    assert (turn.at, turn.value) == (pytest.approx(-1.2784645427610738), pytest.approx(-0.2784645427610738))
    assert s.monotone == "falls, rises"
    assert s.zeros == (0.0,)
    assert s.steepest.value == pytest.approx(1.0998393194985)
    assert (s.most_bent.value, s.most_bent.at) == (pytest.approx(0.5), pytest.approx(0, abs=1e-6))
    assert (str(s.left), str(s.right)) == ("0", "x")


SHAPES: dict[str, tuple[Any, dict[str, Any]]] = {
    "a step": (lambda x: mg.where(x > 0.25, 1.0, 0.0) + 0 * x, {"smoothness": -1, "steepest": math.inf}),
    "far kinks": (lambda x: mg.clip(x, -300.5, 20.25), {"smoothness": 0, "highest": 20.25, "lowest": -300.5}),
    "close kinks": (lambda x: mg.where((x > 0.1) & (x < 0.103), x, 0 * x), {"smoothness": -1}),
    "relu²": (lambda x: mg.relu(x) ** 2, {"smoothness": 1, "most_bent": 2.0, "steepest": math.inf}),
    "|x|": (mg.abs, {"smoothness": 0, "steepest": 1.0, "most_bent": math.inf, "lowest": 0.0}),
    "√|x|": (lambda x: mg.sqrt(mg.abs(x)), {"steepest": math.inf}),
    "e^x²": (lambda x: mg.exp(x**2), {"smoothness": None, "lowest": 1.0, "highest": math.inf}),
    "2": (lambda x: 0 * x + 2, {"lowest": 2.0, "highest": 2.0, "steepest": 0.0, "monotone": "flat"}),
}


@pytest.mark.parametrize("what", SHAPES)
def test_shapes(what: str) -> None:
    f, wanted = SHAPES[what]
    s = shape(curve(f))
    for attribute, known in wanted.items():
        found = getattr(s, attribute)
        close = pytest.approx(known) if isinstance(known, float) else known
        assert getattr(found, "value", found) == close, attribute


def test_seams_of_a_step_and_of_close_kinks_are_exact() -> None:
    assert [s.at for s in curve(SHAPES["a step"][0]).seams] == [0.25]
    assert [s.at for s in curve(SHAPES["close kinks"][0]).seams] == [0.1, 0.103]
    assert [s.at for s in curve(SHAPES["far kinks"][0]).seams] == [-300.5, 20.25]
    two = curve(lambda x: mg.where(x <= -1, 0 * x, mg.where(x >= 1, x, mg.square(x + 1) / 4)))
    assert [(s.at, s.order) for s in two.seams] == [(-1.0, 2), (1.0, 2)]


@pytest.mark.parametrize(
    ("f", "left", "right"),
    [
        ("bent_identity", "0.5·x − 0.5", "1.5·x − 0.5"),
        ("softshrink", "x + 0.5", "x − 0.5"),
        ("sin", "no limit", "no limit"),
        (lambda x: mg.log1p(x**2), "grows slower than any power", "grows slower than any power"),
        (mg.exp, "0", "grows faster than any power"),
        (lambda x: mg.sqrt(x), "NaN", "grows as |x|^0.5"),
    ],
)
def test_asymptotes(f: Any, left: str, right: str) -> None:
    s = shape(curve(f))
    assert (str(s.left), str(s.right)) == (left, right)


# --- numerics --------------------------------------------------------------------------------------------


def naive_softplus(x: Any) -> Any:
    return mg.log(1 + mg.exp(x))


def test_cancellation_and_early_overflow_are_found() -> None:
    found = numerics(curve(naive_softplus)).of(0, "float32")
    assert found.worst > 1e6
    assert any(low < -10 < high for low, high in found.cancels)
    assert 88 < found.overflows[0] < 93
    good = numerics(curve("softplus")).of(0, "float32")
    assert good.worst < 4
    assert not good.cancels
    assert not good.overflows


def test_what_is_computed_in_float64_says_nothing_of_its_own_rounding() -> None:
    found = numerics(curve("gelu"))
    assert found.of(0, "float64").against is None
    assert found.of(0, "float32").against == "float64"


@pytest.mark.parametrize("name", NAMES)
def test_values_of_the_built_in_ones_are_good_in_float32(name: str) -> None:
    found = numerics(curve(name)).of(0, "float32")
    near = np.abs(found.x) <= 5
    assert np.nanmax(found.ulps[near]) < 50
    assert not found.overflows


# --- cost and kin ----------------------------------------------------------------------------------------


def test_what_is_kept_for_the_reverse_pass() -> None:
    spent = costs({name: mg.activations[name] for name in ("relu", "tanh")})
    assert spent["relu"].kept <= 8
    assert spent["tanh"].kept == 8
    composed = costs({"f": find(lambda x: mg.exp(mg.sin(mg.tanh(x))))})["f"]
    assert composed.kept >= 16
    assert all(ratio > 0 for ratio in composed.value.values())


def quick_gelu(x: Any) -> Any:
    return x * mg.sigmoid(1.702 * x)


KIN: dict[str, tuple[Any, str]] = {
    "quick_gelu": (quick_gelu, "0.5875·silu(1.702·x)"),
    "lisht": (lambda x: x * mg.tanh(x), "silu(2·x) − x"),
    "scaled tanh": (lambda x: 1.7159 * mg.tanh(2 * x / 3), "1.716·tanh(0.6667·x)"),
    "elu with another α": (
        lambda x: mg.where(x > 0, x, 2.5 * mg.expm1(mg.minimum(x, 0))),
        "elu(x, alpha=2.5)",
    ),
    "tanh": ("tanh", "2·sigmoid(2·x) − 1"),
    "log_sigmoid": ("log_sigmoid", "−softplus(−x)"),
    "a line": (lambda x: 2 * x + 1, "2·identity(x) + 1"),
}


@pytest.mark.parametrize("what", KIN)
def test_kin_is_found_up_to_scaling_and_shifting(what: str) -> None:
    f, wanted = KIN[what]
    first = kin(curve(f))[0]
    assert str(first) == wanted
    assert first.is_same


def test_what_is_near_is_not_said_to_be_the_same() -> None:
    first = kin(curve("gelu"))[0]
    assert first.name == "gelu_tanh"
    assert not first.is_same
    assert 1e-6 < first.distance < 1e-3


def test_a_step_between_two_numbers_of_the_grid_is_not_taken_for_a_ramp() -> None:
    step = curve(lambda x: mg.where(x > 0, 1.0, 0.0) + 0 * x)
    assert not any(r.is_same for r in kin(step))


# --- the study -------------------------------------------------------------------------------------------


@cache
def study() -> Any:
    return mg.study_activation("relu", quick_gelu)


def test_a_study_has_every_figure_as_data_and_every_definition() -> None:
    s = study()
    assert list(s) == ["relu", "quick_gelu"]
    assert s["relu"].propagation.gain == pytest.approx(math.sqrt(2))
    assert all(m.definition for chapter in CHAPTERS for m in chapter.measures)
    assert all(m.source for m in CHAPTERS[0].measures)
    assert all(len(line.x) == len(line.y) for chart in s.charts for line in chart.lines)
    assert json.loads(json.dumps(s.to_dict()))["relu"]["shape"]["lowest"]["value"] == 0
    with pytest.raises(KeyError, match="was not studied; there are"):
        s["tanh"]


def test_a_study_fits_80_columns_and_names_both() -> None:
    text = study().text(80)
    assert max(map(len, text.splitlines())) <= 80
    assert "gain, forward" in text
    assert "1.4142" in text


def test_a_page_stands_alone_and_names_are_text(tmp_path: Any) -> None:
    def evil(x: Any) -> Any:
        return mg.tanh(x)

    evil.__name__ = "<script>alert(1)</script>"
    s = mg.study_activation(evil, "tanh")
    page = s.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "prefers-color-scheme:dark" in page
    assert "He, Zhang, Ren and Sun" in page
    assert page.count("<svg") >= len(s.charts)
    assert "<table>" in s._repr_html_()
    assert "\x1b" not in str(s)


def test_a_name_has_one_colour_in_all_figures_though_it_is_missing_in_some() -> None:
    line = ChartLine("c", np.arange(3.0), np.arange(3.0))
    alone = Chart("one", "x", "y", (line,))
    assert 'class="line c2"' in svg(alone, ["a", "b", "c"])
    pytest.importorskip("matplotlib")
    drawing = drawn([alone], ["a", "b", "c"])
    assert drawing.axes[0].lines[0].get_color() == COLORS[2]


def test_a_study_is_drawn() -> None:
    pytest.importorskip("matplotlib")
    figure = study().plot()
    assert len(figure.axes) >= len(study().charts)


def test_one_alone_stands_beside_others() -> None:
    from microgradnet.nn.activate.study.studying import _curves

    assert [c.name for c in _curves(["gelu", "relu", "tanh"])] == ["gelu", "relu", "tanh"]
    assert [c.name for c in _curves([lambda x: x, lambda x: 2 * x])] == ["<lambda>", "<lambda> 2"]


def raises_far_out(x: Any) -> Any:
    if np.max(np.abs(x.numpy() if isinstance(x, mg.Tensor) else x)) > 1e6:
        raise OverflowError("too large")
    return mg.tanh(x)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ((), TypeError, "give at least one activation"),
        (("softmax",), ValueError, "softmax works along an axis"),
        ((lambda a, b: a * b,), TypeError, "the parameter 'b' has no default"),
        ((lambda x: 1 / 0,), ValueError, "<lambda> raises ZeroDivisionError"),
        ((lambda x: x - mg.mean(x),), ValueError, "isn't elementwise"),
        ((lambda x: mg.sum(x),), ValueError, r"it makes shape \(\)"),
        ((raises_far_out,), ValueError, "raises_far_out raises OverflowError: too large"),
        ((3,), TypeError, "given by name or as a function"),
        (("tanhh",), KeyError, "did you mean 'tanh'"),
    ],
)  # fmt: skip
def test_what_can_t_be_studied_is_refused(given: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        mg.study_activation(*given)


HOSTILE = {
    "NaN on half the line": lambda x: mg.sqrt(x),
    "constant": lambda x: 0 * x + 2,
    "zero": lambda x: 0 * x,
    "step": lambda x: mg.where(x > 0, 1.0, 0.0),
    "grows too fast": lambda x: mg.exp(x**2),
    "pole": lambda x: 1 / x,
    "rounds": lambda x: mg.round(x),
}


@pytest.mark.filterwarnings("error")
def test_hostile_functions_are_studied_without_a_word() -> None:
    s = mg.study_activation(*HOSTILE.values())
    text = s.text(80)
    assert max(map(len, text.splitlines())) <= 80
    found = dict(zip(HOSTILE, s.values(), strict=True))
    assert math.isnan(found["NaN on half the line"].propagation.gain)
    assert found["constant"].propagation.gain == 0.5
    assert found["zero"].propagation.gain == math.inf
    assert found["step"].propagation.gain_backward == math.inf
    assert found["grows too fast"].propagation.gain == 0
    assert s.html()


# --- in use ----------------------------------------------------------------------------------------------


def test_networks_are_trained_from_the_same_numbers_and_scored_on_others() -> None:
    problem = next(p for p in problems() if p.bias is False)
    first, again = (trained(problem, mg.activations["tanh"], 1.5925, 2) for _ in range(2))
    assert np.array_equal(first.losses, again.losses)
    assert first.losses.shape == (problem.steps, 2)
    assert first.losses[-1].max() < 0.2 * first.losses[0].min()
    assert first.rate in RATES
    bad = trained(problem, find(lambda x: mg.sqrt(x)), 1.0, 2)
    assert math.isnan(bad.mean)


def test_a_loss_with_second_derivatives_in_it_shows_a_kink() -> None:
    oscillation = list(problems())[-1]
    smooth, kinked = (trained(oscillation, mg.activations[n], gain(n), 2) for n in ("tanh", "relu"))
    assert smooth.mean < 0.5 * kinked.mean


def test_a_study_says_what_was_trained_and_how_to() -> None:
    assert "seeds=5 trains" in study().text(80)
    with pytest.raises(ValueError, match="seeds must be a whole number"):
        mg.study_activation("relu", seeds=-1)
    chapter = in_use([trained(next(problems()), mg.activations["tanh"], 1.6, 2)])
    assert "It holds for these problems alone" in chapter.about
    assert "same 2 seeds" in chapter.about


# --- in somebody's own class -----------------------------------------------------------------------------


def lecun(x: Any) -> Any:
    return 1.7159 * mg.tanh(2 * x / 3)


def relish(x: Any) -> Any:
    return mg.where(x > 0, x, x * mg.exp(x))


OF_ACTIVATION = {
    "sigmoid": "a * (1 - a)",
    "tanh": "1 - a * a",
    "relu": "np.where(a > 0, 1, 0)",
    "relu6": "np.where(a >= 6, 0, np.where(a > 0, 1, 0))",
    "leaky_relu": "np.where(a > 0, 1, 0.01)",
    "elu": "np.where(a > 0, 1, 1 + a)",
    "softplus": "1 - np.exp(-a)",
    "log_sigmoid": "1 - np.exp(a)",
    "silu": None,
    "gelu": None,
    "sin": None,
    "gaussian": None,
}


@pytest.mark.parametrize("name", OF_ACTIVATION)
def test_the_derivative_is_written_in_terms_of_the_activation_where_it_is_one(name: str) -> None:
    written = slope_of_activation(curve(name), "a")
    assert (written and written.result) == OF_ACTIVATION[name]


@pytest.mark.parametrize("name", [*NAMES, "lecun", "relish"])
def test_what_is_written_is_the_derivative(name: str) -> None:
    f = curve({"lecun": lecun, "relish": relish}.get(name, name))
    x = np.linspace(-4, 4, 81) + 0.0137
    assert run(value(f, "x"))(x) == pytest.approx(f.value(x), rel=1e-9, abs=1e-12)
    assert run(slope_of_sum(f, "z"))(x) == pytest.approx(f.slope(x), rel=1e-9, abs=1e-12)
    of_activation = slope_of_activation(f, "a")
    if of_activation is not None:
        assert run(of_activation)(f.value(x)) == pytest.approx(f.slope(x), rel=1e-9, abs=1e-9)


NETWORK = Path(__file__).parents[3] / "examples" / "network_class.py"


@pytest.mark.parametrize(
    ("f", "given", "lines"),
    [("tanh", "activation", 2), (lecun, "activation", 2), (relish, "sum", 4), ("silu", "sum", 4), ("gelu", "sum", 4)],
)
def test_the_article_s_class_gets_an_activation_and_is_right(f: Any, given: str, lines: int) -> None:
    before = NETWORK.read_text(encoding="utf-8")
    found = changed(curve(f), NETWORK)
    assert found.report.ok
    assert found.given == given
    assert sum(line.startswith("-") and not line.startswith("---") for line in found.patch.splitlines()) == lines
    assert NETWORK.read_text(encoding="utf-8") == before


METHODS = """
import numpy

class Net:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.w = numpy.full((x.shape[1], 1), 0.3)

    def act(self, z):
        "The activation."
        return numpy.tanh(z)

    def slope(self, z): return 1 - numpy.tanh(z) ** 2

    def forward(self):
        self.z = numpy.dot(self.x, self.w)
        self.output = self.act(self.z)

    def backward(self):
        self.w += numpy.dot(self.x.T, 2 * (self.y - self.output) * self.slope(self.z))
"""


def test_methods_another_name_of_numpy_and_a_derivative_of_the_sum(tmp_path: Any) -> None:
    (tmp_path / "net.py").write_text(METHODS)
    found = changed(curve("softplus"), f"{tmp_path / 'net.py'}:Net", np.eye(3)[:, :2] + 0.1, np.ones((3, 1)))
    assert (found.function, found.derivative, found.given) == ("act", "slope", "sum")
    assert "numpy.logaddexp" in found.source
    assert '"The activation."' in found.source
    assert found.report.ok


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "say which class, net.py:NAME; there are none"),
        ("class Net: pass", "no activation and derivative were found around Net"),
        (
            "import math\nclass Net: pass\ndef f(x):\n    return x * x\ndef d(x):\n    return x + x",
            "which the file doesn't import",
        ),
    ],
)
def test_a_class_that_can_t_be_changed_is_refused(tmp_path: Any, text: str, words: str) -> None:
    (tmp_path / "net.py").write_text(text)
    with pytest.raises(ValueError, match=words):
        changed(curve("tanh"), tmp_path / "net.py")
