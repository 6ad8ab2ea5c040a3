"""`check_activation`: right ones pass, wrong ones are found out, and what they are like is said in words."""

import json
import math

import mpmath
import numpy as np
import pytest

import microgradnet as mg
from microgradnet.nn.activate import Activation, assessment
from microgradnet.nn.activate.kinks import find_kinks
from microgradnet.nn.activate.pictures import curve, gallery

tanh_off_by_a_percent = mg.primitive(
    lambda xp, x: xp.tanh(x), [lambda g, y, x: 1.01 * g * (1 - y * y)], name="tanh_off_by_a_percent"
)
relu_outside = mg.primitive(
    lambda xp, x: xp.maximum(x, 0 * x), [lambda g, y, x: g * (x > 0) + 7 * g * (x == 0)], name="relu_outside"
)


@pytest.mark.parametrize("name", mg.activations)
def test_built_in_ones_are_right(name):
    report = mg.check_activation(name)
    assert report, str(report)
    assert str(report).startswith(f"{name}: nothing wrong in ")


def in_place(x):
    np.clip(x, 0, None, out=x)
    return x


@pytest.mark.parametrize(
    ("f", "finding", "words"),
    [
        (in_place, "callable", r"read-only; .* take x.copy\(\) first"),
        (mg.log, "derivative", "^the value at x = -.* is NaN"),
        (tanh_off_by_a_percent, "derivative", "differences give"),
        (tanh_off_by_a_percent, "complex step", "differs by 0.01"),
        (relu_outside, "kinks", "7 is used.*not between"),
        (lambda x: mg.tensor(np.tanh(np.asarray(x))) if isinstance(x, np.ndarray) else x, "callable", "returns Tensor"),
        (lambda x: np.tanh(x.numpy() if isinstance(x, mg.Tensor) else x), "callable", "gradient is lost"),
        (lambda x: np.float64(2) * x, "float32", "use Python's numbers"),
        (lambda x: x / (1 + mg.exp(-x)), "ends", "slope at -1e4 is nan"),
        (lambda x: mg.tanh(x) + 1 / 0, "callable", "raises ZeroDivisionError"),
        (math.tanh, "callable", "functions of math take one number"),
        (np.sign, "callable", "gradient is lost"),
        (lambda x: x + 1j, "callable", "it returns complex128"),
    ],
)
def test_what_is_wrong_is_found(f, finding, words):
    report = mg.check_activation(f)
    assert not report.ok
    assert report[finding].verdict == "wrong"
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(report[finding].words)
    with pytest.raises(AssertionError, match="WRONG"):
        report.raise_if_wrong()


def test_what_a_curve_is_like():
    report = mg.check_activation("relu")
    assert report["kinks"].values == {"at": [0.0], "used": [0.0], "left": [0.0], "right": [1.0]}
    assert report["dead region"].words.startswith("the slope is exactly 0 below")
    assert report["steepness"].values["lipschitz"] == pytest.approx(1)
    assert report["monotonicity"].words == "never falls"
    (below, above) = mg.check_activation("sigmoid")["saturation"].values["intervals"]
    assert -below[1] == above[0] == pytest.approx(6.9, abs=0.02)


@pytest.mark.parametrize(
    ("f", "parameter"),
    [
        (Activation("f", lambda x, beta=1.0: mg.tanh(beta * x), derivative=lambda z, a, beta: 1 - a * a), "beta"),
        (
            Activation(
                "f", lambda x, t=1.0: mg.softmax(x / t, axis=-1), elementwise=False,
                derivative=lambda g, z, a, t: a * (g - mg.sum(g * a, axis=-1, keepdims=True)),
            ),
            "t",
        ),
    ],
    ids=["by number", "along an axis"],
)  # fmt: skip
def test_a_derivative_that_is_wrong_away_from_the_default_is_found(f, parameter):
    found = mg.check_activation(f)["closely"]
    assert found.verdict == "wrong"
    assert f"at {parameter} = 1.13 is not the automatic one" in found.words


def test_the_least_value_is_looked_for_at_kinks_too():
    report = mg.check_activation(lambda x: mg.abs(x - 0.3) + mg.maximum(x, 2.0))
    assert report["range"].words == "2 to 19999.7 for |x| up to 10000"


@pytest.mark.parametrize(("stated", "verdict"), [(True, "wrong"), (False, "note"), (None, "note")])
def test_monotonic_is_what_never_falls(stated, verdict):
    falling = Activation("falling", lambda x: -mg.tanh(x), monotonic=stated)
    assert mg.check_activation(falling)["monotonicity"].verdict == verdict


def test_along_an_axis_it_says_what_does_not_apply():
    report = mg.check_activation(mg.softmax)
    assert report
    assert not report.elementwise
    assert report["curve"].verdict == "does not apply"
    with pytest.raises(ValueError, match="no curve to plot"):
        report.plot()


def test_against_a_reference():
    assert mg.check_activation("tanh", reference=mpmath.tanh)["reference"].values["value ulp"] < 4
    other = mg.check_activation("tanh", reference=mpmath.atan)["reference"]
    assert other.verdict == "wrong"
    assert "that is another function" in other.words


@pytest.mark.parametrize(
    "reference",
    [lambda x: x / mpmath.mpf(0), lambda x: mpmath.mpc(x, 1), lambda x: "text"],
    ids=["raises", "is complex", "is no number"],
)
def test_what_the_reference_raises_is_no_fault_of_the_activation(reference):
    with pytest.raises(ValueError, match=r"check_activation: at x = .* the reference raises"):
        mg.check_activation("tanh", reference=reference)


def test_what_a_check_raises_is_no_fault_of_the_activation(monkeypatch):
    def broken(*_):
        raise IndexError("ours")

    monkeypatch.setattr(assessment, "find_kinks", broken)
    with pytest.raises(IndexError, match="ours") as caught:
        mg.check_activation("tanh")
    assert caught.value.__notes__ == ["raised by the check of derivative itself, not by the activation"]


def test_what_its_derivative_raises_is_found():
    def broken(g, y, x):
        raise IndexError("theirs")

    own = mg.primitive(lambda xp, x: xp.tanh(x), [broken], name="derivative_that_raises")
    assert "it raises IndexError: theirs" in mg.check_activation(own)["derivative"].words


def test_as_json_and_html():
    report = mg.check_activation(mg.activations["tanh"], low=-2, high=2)
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["ok"] is True
    named = lambda x: mg.tanh(x)
    named.__name__ = "<script>"
    html = mg.check_activation(named)._repr_html_()
    assert "<script>" not in html
    with pytest.raises(KeyError, match="'taste' was not looked at"):
        report["taste"]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("reluu",), KeyError, "did you mean 'relu'"),
        ((3,), TypeError, "by name or as a function, got int"),
        (("relu", 2.0, 1.0), ValueError, "low must be below high"),
    ],
)
def test_bad_input_is_refused(arguments, error, words):
    f, *interval = arguments
    with pytest.raises(error, match=words):
        mg.check_activation(f, **dict(zip(("low", "high"), interval, strict=False)))


@pytest.mark.parametrize(
    ("f", "at", "jump"),
    [
        (np.abs, [0], 0),
        (lambda x: np.clip(x, 0, 6), [0, 6], 0),
        (lambda x: np.where(np.abs(x) > 0.5, x, 0), [-0.5, 0.5], 0.5),
        (lambda x: np.maximum(x - 1 / 3, 0), [1 / 3], 0),
        (np.tanh, [], 0),
        (lambda x: np.tanh(100 * x), [], 0),
    ],
)
def test_kinks_are_found_and_bends_are_not(f, at, jump):
    found = find_kinks(f, -8, 8)
    assert [k.at for k in found] == pytest.approx(at, abs=1e-8)
    assert [k.jump for k in found] == pytest.approx([jump] * len(at), abs=1e-6)


def test_curves_of_characters():
    assert curve("relu", 8, 2, encoding="ascii") == curve("relu", 8, 2, encoding=None) == ["      -'", "....-'  "]
    assert all("⠀" <= c <= "⣿" for line in curve("sigmoid") for c in line)


def test_pictures():
    ax = mg.check_activation("relu").plot()
    assert {t.get_text() for t in ax.get_legend().get_texts()} == {"f", "f′", "f″", "kink", "|f′| < 0.001"}
    assert [a.get_title() for a in gallery(["tanh", "relu"]).axes] == ["tanh", "relu"]
    with pytest.raises(ValueError, match="there are no names"):
        gallery([])


@pytest.mark.parametrize(
    "right",
    [
        lambda x: 0.5 * x * (1 + mg.tanh(0.7978845608 * (x + 0.044715 * x**3))),
        lambda x: mg.log(1 + mg.exp(mg.minimum(x, 500))),
        lambda x: x * (1 - 1 / (1 + mg.exp(x))),
    ],
    ids=["1 + tanh", "log(1 + exp)", "1 - sigmoid"],
)
def test_digits_that_are_lost_where_values_are_nearly_0_accuse_no_operation(right):
    report = mg.check_activation(right)
    assert report["derivative"].verdict == "ok"
    assert report["closely"].verdict == "ok"


def test_what_differences_tell_of_first_and_of_second_derivatives_is_said_apart():
    report = mg.check_activation(lambda x: mg.where(x > 0, x, 0.25 * x))
    assert report["closely"].values["second"] == 0 < report["closely"].values["first"]
    assert "at 100% of the numbers, and second ones, at 0%, agree" in report["closely"].words
    assert report["closely"].verdict == "ok"
    report = mg.check_activation(lambda x: mg.heaviside(x, 0.5))
    assert report["closely"].verdict == "does not apply"
