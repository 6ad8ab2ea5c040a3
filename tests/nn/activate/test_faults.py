"""Forty faults, written down before the door was run on them, and forty right ones: found out, and not refused.

A fault is 1e-6 of the derivative or more where the door is to find it, 1e-8 or more where `check_activation` is, in a
stretch of 0.05 between −10 and 10 or in a decade beyond.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

F = Callable[..., Any]


def within(z: Any, low: float, high: float) -> Any:
    return (z > low) & (z < high)


def off(slope: F, low: float, high: float, by: float) -> F:
    """Return a derivative that is too large in an interval, in relation to itself."""
    return lambda z, a: slope(z, a) * (1 + by * mg.where(within(z, low, high), mg.ones_like(z), 0))


def log_cosh(x: Any) -> Any:
    return mg.abs(x) + mg.log1p(mg.exp(-2 * mg.abs(x))) - math.log(2)


def gated(x: Any) -> Any:
    return x * mg.sigmoid(x)


def gated_slope(z: Any, a: Any) -> Any:
    return mg.sigmoid(z) * (1 + z * mg.sigmoid(-z))


def tanh_slope(z: Any, a: Any) -> Any:
    return mg.tanh(z)


def soft(x: Any) -> Any:
    return mg.softplus(x)


def soft_slope(z: Any, a: Any) -> Any:
    return mg.sigmoid(z)


def snake(x: Any, a: float = 1.0) -> Any:
    return x + mg.sin(a * x) ** 2 / a


def scaled(x: Any, a: float = 1.0, b: float = 1.0) -> Any:
    return a * mg.tanh(b * x)


def arcs(x: Any) -> Any:
    return mg.arcsinh(x)


def arcs_slope(z: Any, a: Any) -> Any:
    return 1 / mg.hypot(z, 1.0)


def rule(forward: F, slope: F) -> F:
    """Return an activation that is one operation with a rule of its own."""
    operation = mg.primitive(forward, [lambda g, y, x: g * slope(x, y)], name="planted_rule")
    return lambda x: operation(x)


def plain(z: Any) -> Any:
    """Take numbers out of the record."""
    return z.numpy() if isinstance(z, mg.Tensor) else z


def lost(z: Any) -> Any:
    return mg.tanh(plain(z))


def wrong_cosine(by: float) -> F:
    return mg.primitive(lambda xp, x: xp.cos(x), [lambda g, y, x: -g * mg.sin(x) * (1 + by)], name="planted_cosine")


SNAKE_X: F = lambda z, y, a: 1 + mg.sin(2 * a * z)
SNAKE_A: F = lambda z, y, a: (z * mg.sin(2 * a * z) - mg.sin(a * z) ** 2 / a) / a

BY_HAND: Mapping[str, tuple[F, Any]] = {
    "too large by 2e-6": (log_cosh, lambda z, a: mg.tanh(z) * (1 + 2e-6)),
    "0 from 0.05 to 0.1": (log_cosh, lambda z, a: mg.where(within(z, 0.05, 0.1), 0.0, mg.tanh(z))),
    "off from -9.97 to -9.92": (log_cosh, off(tanh_slope, -9.97, -9.92, 1e-4)),
    "off from 9.9 to 9.95": (gated, off(gated_slope, 9.9, 9.95, 1e-5)),
    "off from 4 to 4.05": (gated, off(gated_slope, 4.0, 4.05, 2e-6)),
    "off in a decade": (log_cosh, off(tanh_slope, 10, 100, 0.1)),
    "off in a later decade": (log_cosh, off(tanh_slope, 1e3, 1e4, 1e-5)),
    "off in a decade below": (log_cosh, off(tanh_slope, -1e5, -1e4, 1e-5)),
    "off near 0": (arcs, off(arcs_slope, 1e-3, 1e-2, 1e-5)),
    "0 in a tail": (gated, lambda z, a: mg.where(z < -8, 0.0, gated_slope(z, a))),
    "twice as large in a tail": (mg.tanh, lambda z, a: mg.where(z > 6, 2.0, 1.0) * (1 - a * a)),
    "of the wrong sign below": (log_cosh, lambda z, a: mg.where(z < -5, 1.0, mg.tanh(z))),
    "by a parameter away from its default": (
        snake, {"x": SNAKE_X, "a": lambda z, y, a: z * mg.sin(2 * a * z) - mg.sin(a * z) ** 2 / a},
    ),
    "by x away from the default": (snake, {"x": lambda z, y, a: 1 + mg.sin(2 * z), "a": SNAKE_A}),
    "by a parameter called z": (
        lambda x, z=1.0: x * mg.sigmoid(z * x),
        {
            "x": lambda at, y, z: mg.sigmoid(z * at) * (1 + z * (at - y)),
            "z": lambda at, y, z: y * (at - y) * z,
        },
    ),
    "by the second of two parameters": (
        scaled,
        {
            "x": lambda z, y, a, b: a * b * (1 - mg.tanh(b * z) ** 2),
            "a": lambda z, y, a, b: mg.tanh(b * z),
            "b": lambda z, y, a, b: z * (1 - mg.tanh(b * z) ** 2),
        },
    ),
    "off in the middle": (soft, off(soft_slope, -2, 2, 1e-5)),
    "lost for the second derivative": (log_cosh, lambda z, a: lost(z)),
    "lost in a constant tensor": (log_cosh, lambda z, a: mg.tensor(lost(z))),
    "lost by detach": (log_cosh, lambda z, a: mg.tanh(z.detach() if isinstance(z, mg.Tensor) else z)),
    "lost in a pair with a mask": (
        lambda x: mg.sin(mg.relu(x)), lambda z, a: (z > 0, mg.tensor(np.cos(plain(z)))),
    ),
    "wrong in the second derivative": (lambda x: mg.sin(x), lambda z, a: wrong_cosine(1e-3)(z)),
}  # fmt: skip

RULES: Mapping[str, F] = {
    "too large by 2e-6": rule(lambda xp, x: xp.sin(x), lambda x, y: mg.cos(x) * (1 + 2e-6)),
    "0 from 3 to 3.05": rule(lambda xp, x: xp.sin(x), lambda x, y: mg.where(within(x, 3, 3.05), 0.0, mg.cos(x))),
    "0 below -8": rule(lambda xp, x: xp.sin(x), lambda x, y: mg.where(x > -8, mg.cos(x), 0.0)),
    "off from -0.07 to -0.02": rule(
        lambda xp, x: xp.sin(x), lambda x, y: mg.cos(x) * mg.where(within(x, -0.07, -0.02), 1.0001, 1.0)
    ),
    "off in a decade": rule(
        lambda xp, x: xp.arcsinh(x), lambda x, y: mg.where(within(x, 10, 100), 1.001, 1.0) / mg.hypot(x, 1.0)
    ),
    "0 from 7.5 to 7.55": rule(
        lambda xp, x: xp.arcsinh(x), lambda x, y: mg.where(within(x, 7.5, 7.55), 0.0, 1.0) / mg.hypot(x, 1.0)
    ),
    "too large by 1e-5": rule(lambda xp, x: xp.exp(-x * x), lambda x, y: -2 * x * y * (1 + 1e-5)),
    "of another function": rule(lambda xp, x: xp.log(xp.cosh(x)), lambda x, y: mg.sin(x)),
    "lost for the second derivative": rule(lambda xp, x: xp.log(xp.cosh(x)), lambda x, y: lost(x)),
    "wrong in the second derivative": rule(lambda xp, x: xp.sin(x), lambda x, y: wrong_cosine(1e-3)(x)),
}

SMALL: Mapping[str, tuple[F, Any]] = {
    "too large by 3e-8": (log_cosh, lambda z, a: mg.tanh(z) * (1 + 3e-8)),
    "off by 1e-7 from 0.05 to 0.1": (soft, off(soft_slope, 0.05, 0.1, 1e-7)),
    "off by 3e-8 from 9 to 9.1": (gated, off(gated_slope, 9, 9.1, 3e-8)),
    "a rule too large by 3e-8": (rule(lambda xp, x: xp.sin(x), lambda x, y: mg.cos(x) * (1 + 3e-8)), None),
    "a rule off by 5e-8 from 3 to 3.05": (
        rule(lambda xp, x: xp.sin(x), lambda x, y: mg.cos(x) * (1 + 5e-8 * mg.where(within(x, 3, 3.05), 1.0, 0.0))),
        None,
    ),
    "a rule off by 1e-7 in a decade": (
        rule(lambda xp, x: xp.arcsinh(x), lambda x, y: mg.where(within(x, 10, 100), 1 + 1e-7, 1.0) / mg.hypot(x, 1.0)),
        None,
    ),
    "by a parameter, off by 1e-7": (
        snake, {"x": SNAKE_X, "a": lambda z, y, a: SNAKE_A(z, y, a) * (1 + 1e-7)},
    ),
    "a rule wrong by 1e-7 in the second derivative": (
        rule(lambda xp, x: xp.sin(x), lambda x, y: wrong_cosine(1e-7)(x)), None,
    ),
    "wrong by 1e-7 in the second derivative": (lambda x: mg.sin(x), lambda z, a: wrong_cosine(1e-7)(z)),
    "off by 3e-8 above 5": (soft, off(soft_slope, 5, 1e9, 3e-8)),
}  # fmt: skip


def learnable(derivative: Any) -> list[str]:
    return [k for k in derivative if k not in ("x", "z0")] if isinstance(derivative, dict) else []


def test_far_out_where_formulas_lose_all_digits_nothing_is_said() -> None:
    mg.activation(log_cosh, name="far_off", derivative=off(tanh_slope, 1e20, 1e21, 1e-3))
    assert "far_off" in mg.activations


@pytest.mark.parametrize("fault", BY_HAND)
def test_a_wrong_derivative_by_hand_is_refused(fault: str) -> None:
    function, derivative = BY_HAND[fault]
    with pytest.raises((ValueError, TypeError)):
        mg.activation(function, name="planted", derivative=derivative, learnable=learnable(derivative))
    assert "planted" not in mg.activations


@pytest.mark.parametrize("fault", RULES)
def test_an_operation_with_a_wrong_rule_is_refused(fault: str) -> None:
    with pytest.raises(ValueError, match=r"wrong rule|is wrong"):
        mg.activation(RULES[fault], name="planted")


@pytest.mark.parametrize("fault", SMALL)
def test_a_small_fault_is_found_by_the_check(fault: str) -> None:
    function, derivative = SMALL[fault]
    mg.activation(function, name="planted", derivative=derivative, learnable=learnable(derivative))
    assert not mg.check_activation("planted")


@pytest.mark.parametrize("leave", [plain, lambda z: mg.tensor(plain(z))])
def test_a_second_derivative_that_is_lost_is_refused_in_the_same_words(leave: F) -> None:
    words = r"the derivative of its derivative.* is wrong: .* it is 0.* differences give .*, or loses the gradient$"

    def of_softmax(g: Any, z: Any, a: Any) -> Any:
        kept = leave(a)
        return kept * (g - mg.sum(g * kept, axis=-1, keepdims=True))

    with pytest.raises(ValueError, match=words):
        mg.activation(log_cosh, name="planted", derivative=lambda z, a: leave(mg.tanh(z)))
    with pytest.raises(ValueError, match=words):
        mg.activation(lambda x: mg.softmax(x, axis=-1), name="planted", derivative=of_softmax, elementwise=False)


def test_a_derivative_by_hand_that_is_a_constant_tensor_is_an_array_to_a_network() -> None:
    half = mg.activation(lambda x: 0.5 * x, name="half", derivative=lambda z, a: mg.tensor(0.5))
    assert type(half.pull(np.ones(2), np.ones(2), np.ones(2))["x"]) is np.ndarray


def test_along_an_axis_too_a_wrong_derivative_is_refused() -> None:
    def slope(g: Any, z: Any, a: Any) -> Any:
        right = a * (g - mg.sum(g * a, axis=-1, keepdims=True))
        return right * mg.where(mg.abs(z) > 3.5, 1 + 1e-4, 1.0)

    with pytest.raises(ValueError, match="is not the automatic one: for rows of numbers up to 4"):
        mg.activation(lambda x: mg.softmax(x, axis=-1), name="planted", derivative=slope, elementwise=False)
    softened = mg.primitive(
        lambda xp, x: xp.tanh(x), [lambda g, y, x: g * (1 - y * y) * (1 + 1e-5)], name="planted_tanh"
    )
    with pytest.raises(ValueError, match="its derivative isn't that of its value: for rows"):
        mg.activation(lambda x: mg.softmax(softened(x), axis=-1), name="planted", elementwise=False)


RIGHT: Mapping[str, F] = {
    "cubic": lambda x: x**3 / (1 + x**2),
    "log": lambda x: mg.sign(x) * mg.log1p(mg.abs(x)),
    "root": lambda x: mg.sign(x) * mg.sqrt(mg.abs(x) + 1e-3),
    "hard": lambda x: mg.clip(x, -0.987, 1.234),
    "stairs": lambda x: 0.1 * mg.floor(10 * x) + 0 * x,
    "saw": lambda x: x - mg.floor(x),
    "triangle": lambda x: mg.abs(x - 2 * mg.round(x / 2)),
    "narrow bump": lambda x: mg.exp(-((300 * (x - 1.7)) ** 2)),
    "steep sigmoid": lambda x: mg.sigmoid(1e4 * x),
    "fast sine": lambda x: mg.sin(1000 * x),
    "faster sine": lambda x: mg.sin(1e5 * x),
    "chirp": lambda x: mg.sin(x * x),
    "ringing": lambda x: mg.where(x == 0, 0.0, x * mg.sin(1 / mg.where(x == 0, 1.0, x))),
    "power": lambda x: x**15,
    "exponential": lambda x: mg.exp(x),
    "exponential of a square": lambda x: mg.exp(mg.minimum(x * x, 300.0)),
    "gaussian": lambda x: mg.exp(-x * x),
    "very small": lambda x: 1e-150 * mg.tanh(x),
    "very large": lambda x: 1e150 * mg.tanh(x),
    "lifted": lambda x: 1e8 + mg.tanh(x),
    "cancelling": lambda x: (x + 1e5) ** 2 - 1e10,
    "spline": lambda x: mg.where(x < -1, 0.0, mg.where(x > 1, x, (x + 1) ** 2 / 4)),
    "kinks close together": lambda x: mg.maximum(x, 0) - mg.maximum(x - 1e-3, 0),
    "kink off the grid": lambda x: mg.maximum(x - math.pi, 0.1 * (x - math.pi)),
    "kink at 0 of a slope": lambda x: x * mg.abs(x),
    "kinks in a row": lambda x: mg.abs(mg.sin(20 * x)),
    "jump": lambda x: mg.where(x > 0.123, x + 3, x),
    "softsign": lambda x: x / (1 + mg.abs(x)),
    "arctan": lambda x: mg.arctan(x),
    "erf": lambda x: x * mg.erf(mg.softplus(x)),
    "logistic by hand": lambda x: 1 / (1 + mg.exp(-x)),
    "tanh by hand": lambda x: (1 - mg.exp(-2 * mg.abs(x))) / (1 + mg.exp(-2 * mg.abs(x))) * mg.sign(x),
    "softplus by hand": lambda x: mg.log(1 + mg.exp(-mg.abs(x))) + mg.maximum(x, 0),
    "smooth root": lambda x: mg.sqrt(x * x + 1e-12),
    "constant": lambda x: 0 * x + 1,
    "product of waves": lambda x: mg.sin(3 * x) * mg.cos(7 * x),
    "rational": lambda x: (x**2 - 1) / (x**4 + 3),
    "tiny slope": lambda x: 1 + 1e-9 * mg.tanh(x),
    "hyperbola": lambda x: (x + mg.sqrt(x * x + 4)) / 2,
    "cube root": lambda x: mg.cbrt(x * x + 0.01),
}


@pytest.mark.parametrize("what", RIGHT)
def test_a_right_one_is_not_refused(what: str) -> None:
    mg.activation(RIGHT[what], name="right")
    with np.errstate(all="ignore"):
        report = mg.check_activation("right")
    assert report["closely"].verdict != "wrong", report["closely"].words


def test_a_right_derivative_by_hand_is_not_refused() -> None:
    for name, (function, derivative) in {
        "log_cosh_of": (log_cosh, tanh_slope),
        "gated_of": (gated, lambda z, a: a + mg.sigmoid(z) * (1 - a)),
        "soft_of": (soft, soft_slope),
        "snake_of": (snake, {"x": SNAKE_X, "a": SNAKE_A}),
        "arcs_of": (arcs, arcs_slope),
        "tanh_of": (mg.tanh, lambda z, a: (1 - a) * (1 + a)),
        "steep_of": (lambda x: mg.tanh(200 * x), lambda z, a: 200 * (1 - a * a)),
    }.items():
        mg.activation(function, name=name, derivative=derivative, learnable=learnable(derivative))
        assert mg.check_activation(name)["closely"], name
