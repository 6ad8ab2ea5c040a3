"""The gain of an activation, by quadrature."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.nn import gain
from microgradnet.nn.activate.quadrature import normal_rule

KNOWN = {
    "identity": 1.0,
    "relu": math.sqrt(2),  # He et al. 2015
    "leaky_relu": math.sqrt(2 / (1 + 0.01**2)),
    "selu": 1.0,  # Klambauer et al. 2017: (0, 1) is the fixed point
    "sin": math.sqrt(2 / (1 - math.exp(-2))),
    "gaussian": 5**0.25,
}


@pytest.mark.parametrize("name", KNOWN)
def test_gain_is_the_known_one(name: str) -> None:
    assert gain(name) == pytest.approx(KNOWN[name], rel=1e-12)


def test_gain_of_tanh_is_not_five_thirds() -> None:
    assert gain("tanh") == pytest.approx(1.592537419722831, rel=1e-12)


def test_the_square_may_overflow_where_the_density_is_small() -> None:
    assert gain(lambda x: mg.exp(0.2 * x**2)) == pytest.approx(0.2**0.25, rel=1e-10)
    assert gain(mg.exp) == pytest.approx(math.exp(-1), rel=1e-12)


def test_gain_of_what_has_no_second_moment_is_0_and_of_a_zero_infinite() -> None:
    for f in (lambda x: mg.exp(x**2), lambda x: mg.exp(x**2 / 4), lambda x: mg.abs(x) ** -0.5):
        assert gain(f) == 0
    assert gain(lambda x: 0 * x) == math.inf


def test_kinks_and_jumps_that_nobody_tells_of_are_found() -> None:
    assert gain(lambda x: mg.where(x > 0.1234567, 1.0, 0.0) + 0 * x) == pytest.approx(
        (math.erfc(0.1234567 / math.sqrt(2)) / 2) ** -0.5, rel=1e-11
    )
    assert gain(lambda x: mg.sin(50 * x)) == pytest.approx(math.sqrt(2), rel=1e-11)


@given(st.floats(1e-3, 1e3), st.sampled_from(["relu", "tanh", "gelu", "softplus", "hardshrink"]))
def test_gain_of_c_times_f_is_that_of_f_divided_by_c(c: float, name: str) -> None:
    f = mg.activations[name]
    assert gain(lambda x: c * f(x)) == pytest.approx(gain(name) / c, rel=1e-11)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        ("softmax", "gain: softmax works along an axis"),
        (lambda x: mg.sqrt(x), "gain: the value of <lambda> is NaN at x = -0.00"),
        (lambda x: 1 / 0, "gain: <lambda> raises ZeroDivisionError: division by zero"),
        (lambda x: x - mg.mean(x), "gain: <lambda> isn't elementwise"),
        (lambda x: 2.0, r"gain: <lambda> isn't elementwise: it makes shape \(\)"),
    ],
)
def test_what_has_no_gain_is_refused(f: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        gain(f)


def test_moments_of_a_wide_normal_number() -> None:
    rule = normal_rule([np.tanh], deviation=1000.0)
    assert rule.mean(np.tanh(rule.x) ** 2) == pytest.approx(1 - 2 / (1000 * math.sqrt(2 * math.pi)), rel=1e-8)
