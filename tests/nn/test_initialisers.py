"""Initial weights: their spread, their layouts, and that signals keep their size."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg

FANS: dict[str, Any] = {
    "glorot_uniform": lambda i, o: (i + o) / 2,
    "glorot_normal": lambda i, o: (i + o) / 2,
    "he_uniform": lambda i, o: i / 2,
    "he_normal": lambda i, o: i / 2,
    "lecun_uniform": lambda i, o: i,
    "lecun_normal": lambda i, o: i,
}
"""Without a gain, the variance of weights is 1 over this of fan-in and fan-out."""

LAYOUTS: list[tuple[tuple[int, ...], str | None, tuple[int, int]]] = [
    ((300, 200), None, (300, 200)),
    ((300, 200), "oi", (200, 300)),
    ((40, 30, 5, 5), None, (750, 1000)),
    ((5, 5, 30, 40), "hwio", (750, 1000)),
    ((60, 50, 9), None, (450, 540)),
    ((30, 40, 5, 5), "iohw", (750, 1000)),
]


def draw(name: str, *arguments: Any, **options: Any) -> np.ndarray:
    return getattr(mg.nn, name)(np.random.default_rng(0), *arguments, **options)


@pytest.mark.parametrize("name", FANS)
@pytest.mark.parametrize(("shape", "layout", "fans"), LAYOUTS)
def test_the_spread_is_that_of_the_fans(name: str, shape: Any, layout: Any, fans: tuple[int, int]) -> None:
    weights = draw(name, shape, layout=layout)
    assert weights.shape == shape
    variance = 1 / FANS[name](*fans)
    assert np.var(weights) == pytest.approx(variance, rel=0.05)
    largest = np.abs(weights).max() / math.sqrt(3 * variance)
    assert largest == pytest.approx(1, rel=0.01) if name.endswith("uniform") else largest > 2


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "selu"])
def test_signals_keep_their_size_through_twenty_layers(name: str) -> None:
    rng = np.random.default_rng(0)
    f = mg.activations[name]
    x = rng.standard_normal((400, 300))
    for _ in range(20):
        x = f(x) @ mg.nn.lecun_normal(rng, (300, 300), activation=name)
    assert 0.5 < np.mean(x**2) < 2


@pytest.mark.parametrize("name", [*FANS, "orthogonal"])
def test_a_gain_multiplies_and_an_activation_stands_for_its_gain(name: str) -> None:
    plain = draw(name, (4, 3), gain=1)
    np.testing.assert_allclose(draw(name, (4, 3), gain=2.5), 2.5 * plain)
    for f in ("tanh", mg.tanh):
        np.testing.assert_allclose(draw(name, (4, 3), activation=f), mg.nn.gain("tanh") * plain)
    np.testing.assert_array_equal(draw(name, (4, 3), gain=1, dtype=np.float32), plain.astype(np.float32))
    default = math.sqrt(2) if name.startswith("he") else 1
    np.testing.assert_allclose(draw(name, (4, 3)), default * plain)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32))
def test_orthogonal_weights_are(inputs: int, outputs: int, seed: int) -> None:
    w = mg.nn.orthogonal(np.random.default_rng(seed), (inputs, outputs), gain=2.0)
    product = w @ w.T if inputs <= outputs else w.T @ w
    np.testing.assert_allclose(product, 4 * np.eye(min(inputs, outputs)), atol=1e-13)
    kernel = mg.nn.orthogonal(np.random.default_rng(seed), (3, 3, inputs, outputs), layout="hwio")
    matrix = np.moveaxis(kernel, -1, 0).reshape(outputs, -1)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(outputs), atol=1e-13)


def test_signs_of_orthogonal_weights_are_drawn() -> None:
    drawn = [mg.nn.orthogonal(np.random.default_rng(i), (1, 1))[0, 0] for i in range(20)]
    assert {round(w) for w in drawn} == {-1, 1}


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        (((3,),), {}, ValueError, "he_normal: weights need inputs and outputs, and so two axes, got the shape (3,)"),
        (
            ((3, 4),),
            {"layout": "oihw"},
            ValueError,
            "layout must have a letter for each axis of (3, 4), one i and one o",
        ),
        (((3, 4),), {"layout": "ii"}, ValueError, "one i and one o among them, as 'oihw', got 'ii'"),
        (((3, 4),), {"gain": 1, "activation": "relu"}, ValueError, "he_normal: give gain= or activation="),
        (((3, 4),), {"activation": "softmax"}, ValueError, "he_normal: gain: softmax works along an axis"),
        (((3, 4),), {"activation": lambda x: 0 * x}, ValueError, "the gain of the activation is inf: no weights"),
        (((3, 4),), {"activation": "rely"}, KeyError, "did you mean 'relu'?"),
    ],
    ids=["a bias", "letters", "no outputs", "both gains", "softmax", "zero", "a typing mistake"],
)
def test_what_can_not_be_is_refused(arguments: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        draw("he_normal", *arguments, **options)


def test_a_seed_is_no_generator() -> None:
    with pytest.raises(TypeError, match=r"he_normal: rng must be a numpy.random.Generator, got int"):
        mg.nn.he_normal(0, (3, 4))  # type: ignore[arg-type]
