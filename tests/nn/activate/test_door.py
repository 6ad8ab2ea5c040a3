"""What the door of `mg.activation` looks at closely: planted faults are refused, right activations are not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.nn import Activation

F = Callable[..., Any]


def log_cosh(x: Any) -> Any:
    return mg.abs(x) + mg.log1p(mg.exp(-2 * mg.abs(x))) - math.log(2)


def snake(x: Any, a: float = 1.0) -> Any:
    return x + mg.sin(a * x) ** 2 / a


def elu(x: Any, alpha: float = 1.0) -> Any:
    return mg.where(x > 0, x, alpha * mg.expm1(mg.minimum(x, 0)))


BY_HAND: dict[str, tuple[F, F | dict[str, F]]] = {
    "far below": (log_cosh, lambda z, a: mg.where(z > -8, mg.tanh(z), -1.1)),
    "very far below": (log_cosh, lambda z, a: mg.where(z > -30, mg.tanh(z), 0.0)),
    "very far above": (log_cosh, lambda z, a: mg.where(z < 2e3, mg.tanh(z), 0.0)),
    "in a window": (log_cosh, lambda z, a: mg.where((z > 0.05) & (z < 0.1), 0.0, mg.tanh(z))),
    "in a window below": (log_cosh, lambda z, a: mg.where((z > -7.30) & (z < -7.25), -0.99, mg.tanh(z))),
    "by a hundred thousandth": (log_cosh, lambda z, a: mg.tanh(z) * (1 + 1e-5)),
    "of a parameter away from its default": (
        snake,
        {
            "x": lambda z, y, a: 1 + mg.sin(2 * a * z),
            "a": lambda z, y, a: z * mg.sin(2 * a * z) - mg.sin(a * z) ** 2 / a,
        },
    ),
    "of x away from the default": (
        elu,
        {"x": lambda z, y, alpha: mg.where(z > 0, 1.0, y + 1), "alpha": lambda z, y, alpha: mg.minimum(y, 0) / alpha},
    ),
}


@pytest.mark.parametrize("where", BY_HAND)
def test_a_derivative_that_is_wrong_somewhere_is_refused(where: str) -> None:
    function, derivative = BY_HAND[where]
    learnable = [k for k in derivative if k != "x"] if isinstance(derivative, dict) else ()
    with pytest.raises(ValueError, match="is not the automatic one"):
        mg.activation(function, name="planted", derivative=derivative, learnable=learnable)
    assert "planted" not in mg.activations


@pytest.mark.parametrize(("off", "verdict"), [(0.0, "ok"), (1e-10, "ok"), (3e-8, "wrong"), (1e-7, "wrong")])
def test_what_the_door_lets_through_is_found_by_the_check(off: float, verdict: str) -> None:
    mg.activation(log_cosh, name="near", derivative=lambda z, a: mg.tanh(z) * (1 + off))
    assert mg.check_activation("near")["by hand"].verdict == verdict


RULES: dict[str, tuple[F, F]] = {
    "sin for tanh": (lambda xp, x: xp.log(xp.cosh(x)), lambda g, y, x: g * mg.sin(x)),
    "a factor": (lambda xp, x: xp.sin(x), lambda g, y, x: g * mg.cos(x) * (1 + 1e-5)),
    "below only": (lambda xp, x: xp.sin(x), lambda g, y, x: g * mg.where(x > -8, mg.cos(x), 0.0)),
    "in a window": (lambda xp, x: xp.sin(x), lambda g, y, x: g * mg.where((x > 3) & (x < 3.05), 0.0, mg.cos(x))),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("within", [False, True])
def test_an_operation_with_a_wrong_rule_is_refused(rule: str, within: bool) -> None:
    forward, vjp = RULES[rule]
    operation = mg.primitive(forward, [vjp], name="planted_rule")
    function = (lambda x: 1.0 * operation(x)) if within else operation
    with pytest.raises(ValueError, match="an operation in it has a wrong rule"):
        mg.activation(function, name="planted")


RIGHT: dict[str, F] = {
    "steep": lambda x: mg.tanh(200 * x),
    "a kink at no round number": lambda x: mg.maximum(x - 0.1234567, 0.0),
    "a kink on the line that is looked at": lambda x: mg.maximum(x - (0.00137 - 10), 0.0),
    "a step": lambda x: mg.where(x > 0.3, 1 + 0 * x, 0 * x),
    "many kinks": lambda x: mg.abs(mg.sin(20 * x)),
    "a root": lambda x: mg.sqrt(x**2 + 1e-12),
    "fast": lambda x: mg.sin(60 * x),
    "a large value": lambda x: 1e6 + mg.sigmoid(x),
    "a small one": lambda x: 1e-12 * mg.sigmoid(x),
    "a steep power": lambda x: x**9,
    "a bump": lambda x: mg.exp(-((50 * x) ** 2)),
    "a spline": lambda x: mg.where(x < -1, 0.0, mg.where(x > 1, x, (x + 1) ** 2 / 4)),
    "rounded": lambda x: x + 0.0 * mg.floor(x),
}


@pytest.mark.parametrize("what", RIGHT)
def test_a_right_one_is_not_refused(what: str) -> None:
    mg.activation(RIGHT[what], name="right")
    assert "right" in mg.activations


def test_a_formula_in_which_large_numbers_cancel_is_not_refused() -> None:
    def gate(x: Any) -> Any:
        return x * mg.sigmoid(x)

    mg.activation(gate, derivative=lambda z, a: a + mg.sigmoid(z) * (1 - a))  # at 1e20 that is 0, and not 1
    assert "gate" in mg.activations


@pytest.mark.parametrize("name", ["a", "g", "z", "x0", "slope", "alpha"])
def test_a_learnable_parameter_is_called_as_one_likes(name: str) -> None:
    space: dict[str, Any] = {"mg": mg}
    exec(f"def leaky(x, {name}=0.2):\n    return mg.where(x > 0, x, {name} * x)", space)
    mg.activation(
        space["leaky"],
        name="leaky_with",
        learnable=name,
        derivative={
            "x": lambda at, y, **p: mg.where(at > 0, 1.0, p[name]),
            name: lambda at, y, **p: mg.where(at > 0, 0.0, at),
        },
    )
    found = mg.grad(lambda p: mg.sum(mg.activations["leaky_with"](np.array([-2.0, 3.0]), p)))(0.7)
    assert found == -2.0


def test_a_constant_of_numpy_s_is_named() -> None:
    with pytest.raises(TypeError, match=r"it makes float64, through np.float64\(0.693147\); use Python's numbers"):
        mg.activation(lambda x: mg.softplus(x) * np.log(2), name="wide")


# --- parameters that nobody trains -------------------------------------------------------------------------


def register(function: F, **options: Any) -> Activation:
    return mg.activation(function, name="tried", replace=True, **options)


@given(st.floats(0.1, 4) | st.floats(-4, -0.1) | st.integers(1, 5))
def test_a_derivative_that_is_right_at_the_default_alone_is_refused(default: float) -> None:
    def steeper(x: Any, beta: float = default) -> Any:
        return mg.tanh(beta * x)

    with pytest.raises(ValueError, match=r"the derivative at beta = .* is not the automatic one"):
        register(steeper, derivative=lambda z, a, beta: default * (1 - a * a))
    register(steeper, derivative=lambda z, a, beta: beta * (1 - a * a))


@given(st.floats(0.1, 4), st.sampled_from(["raises", "is not finite"]))
def test_a_parameter_without_other_values_is_left_at_its_default(default: float, why: str) -> None:
    def particular(x: Any, beta: float = default, power: int = 2, flag: bool = True, mode: Any = "a") -> Any:
        if why == "raises" and beta != default:
            raise ValueError("beta is what it is")
        return mg.tanh(beta * x) if beta == default else x * math.nan

    register(particular, derivative=lambda z, a, **_: default * (1 - a * a))


def test_each_parameter_is_tried_by_itself_where_not_all_can_be_changed() -> None:
    def limited(x: Any, alpha: float = 1.0, beta: float = 1.0, kind: str = "a", axis: Any = None) -> Any:
        if alpha != 1.0:
            raise ValueError("alpha must be 1")
        return mg.tanh(beta * x)

    with pytest.raises(ValueError, match=r"at beta = 1\.13 is not the automatic one"):
        register(limited, derivative=lambda z, a, **_: 1 - a * a)


def test_a_derivative_that_refuses_other_values_is_not_refused() -> None:
    def slope(z: Any, a: Any, beta: float) -> Any:
        if beta != 1.0:
            raise NotImplementedError("worked out for beta = 1")
        return 1 - a * a

    register(lambda x, beta=1.0: mg.tanh(beta * x), derivative=slope)


@pytest.mark.parametrize("threshold", [0.2, 1.0, 2.0, 0.0])
def test_a_kink_that_moves_with_a_parameter_is_no_fault(threshold: float) -> None:
    def hard(x: Any, at: float = threshold) -> Any:
        return mg.where(x > at, x, 0.0 * x)

    register(hard, derivative=lambda z, a, at: 1.0 * (z >= at), kinks=(threshold,))


def test_along_an_axis_parameters_are_tried_too() -> None:
    def cooler(x: Any, temperature: float = 1.0) -> Any:
        return mg.softmax(x / temperature, axis=-1)

    def slope(g: Any, z: Any, a: Any, temperature: float) -> Any:
        return a * (g - mg.sum(g * a, axis=-1, keepdims=True))

    with pytest.raises(ValueError, match=r"the derivative of x at temperature = 1\.13 is not the automatic one"):
        register(cooler, derivative=slope, elementwise=False)
    register(cooler, derivative=lambda *given, temperature: slope(*given, 1.0) / temperature, elementwise=False)


# --- what is stated ----------------------------------------------------------------------------------------


@given(st.floats(0.5, 3), st.floats(0.4, 4))
def test_a_range_is_refused_where_a_value_lies_outside(largest: float, stated: float) -> None:
    assume(abs(stated - largest) > 1e-4)

    def limited(x: Any) -> Any:
        return largest * mg.tanh(x)

    if stated > largest:
        register(limited, range=(-stated, stated))
    else:
        with pytest.raises(ValueError, match=rf"range= says .* from -{stated:g} to {stated:g}, but at x = .* it is "):
            register(limited, range=(-stated, stated))


FALSE: dict[str, tuple[F, dict[str, Any], str]] = {
    "along an axis": (
        lambda x: mg.softmax(x, axis=-1), {"range": (0, 0.5), "elementwise": False}, "at moderate numbers it is 0.5",
    ),
    "a wave": (mg.sin, {"monotonic": True}, r"it never falls, but it falls from .* at x = .* to .* at x = "),
    "what falls": (lambda x: -mg.tanh(x), {"monotonic": True}, "it falls from"),
    "a smooth bend": (mg.tanh, {"kinks": (0,)}, "kinks= names 0, but there the slope is 1 on both sides"),
    "one of two": (lambda x: mg.relu(x), {"kinks": (0, 2)}, "kinks= names 2, but there the slope is 1 on both"),
    "a flat part": (lambda x: mg.relu(x), {"kinks": (0, -2)}, "kinks= names -2, but there the slope is 0 on both"),
}  # fmt: skip


@pytest.mark.parametrize("what", FALSE)
def test_what_is_stated_and_is_not_so_is_refused_with_the_place(what: str) -> None:
    function, stated, words = FALSE[what]
    with pytest.raises(ValueError, match=words):
        register(function, **stated)


@given(st.floats(-5, 5), st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([0.0, 1e8]))
def test_a_true_kink_is_not_refused(at: float, left: float, right: float, lifted: float) -> None:
    assume(abs(left - right) > 1e-3)
    register(lambda x: lifted + mg.where(x > at, right * (x - at), left * (x - at)), kinks=(at,))


TRUE: dict[str, tuple[F, dict[str, Any]]] = {
    "a jump between equal slopes": (lambda x: mg.where(x > 0.123, x + 3, x), {"kinks": (0.123,)}),
    "steps": (lambda x: 0.1 * mg.floor(10 * x) + 0 * x, {"kinks": (0, 0.1)}),
    "an infinite slope": (lambda x: mg.sign(x) * mg.sqrt(mg.abs(x) + 0.0), {"kinks": (0,)}),
    "a small kink": (lambda x: 1e-9 * mg.relu(x), {"kinks": (0,)}),
    "a value by itself": (lambda x: mg.where(x == 0, 5.0, x), {"kinks": (0,)}),
    "a kink of the slope": (lambda x: x * mg.abs(x), {"kinks": (0,)}),
    "a limit that is reached": (mg.tanh, {"range": (-1, 1), "monotonic": True, "kinks": ()}),
    "digits that cancel": (lambda x: (x + 1e5) ** 2 - 1e10, {"monotonic": True}),
    "what falls": (lambda x: -mg.tanh(x), {"monotonic": False}),
}


@pytest.mark.parametrize("what", TRUE)
def test_what_is_stated_and_is_so_is_not_refused(what: str) -> None:
    function, stated = TRUE[what]
    register(function, **stated)


@given(st.floats(3e-6, 0.009), st.sampled_from([1, -1]))
def test_what_is_a_little_too_large_is_said_in_parts_of_itself(off: float, sign: int) -> None:
    with pytest.raises(ValueError, match=rf"; it is {off:.2g} of itself too {'large' if sign > 0 else 'small'}$"):
        register(lambda x: mg.tanh(x), derivative=lambda z, a: (1 - a**2) * (1 + sign * off))
