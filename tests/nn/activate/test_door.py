"""What the door of `mg.activation` looks at closely: planted faults are refused, right activations are not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import microgradnet as mg

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
