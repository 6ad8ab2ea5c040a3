"""The gradient itself, given as arrays, otherwise: turned, in another order, of another parameter, with a penalty."""

import re

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.explain.functions import elementwise

RANDOM = np.random.default_rng(0)
ARGUMENTS = [RANDOM.normal(size=shape) for shape in ((7, 5), (7, 3), (5, 4), (4,), (4, 3), (3,), (3, 2, 2))]
W1, B1, W2, B2, K = ARGUMENTS[2:]


def loss(x, y, w1, b1, w2, b2, k):
    return mg.mean((mg.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2) + mg.sum(mg.sin(k))


RIGHT = mg.grad(loss, argnums=(2, 3, 4, 5, 6))(*ARGUMENTS)


def diagnosed(change):
    return mg.diagnose(loss, change(*map(np.copy, RIGHT)), *ARGUMENTS, argnums=(2, 3, 4, 5, 6))


def flat_shift(g):
    return np.roll(g.ravel(), 1).reshape(g.shape)


CASES = {
    "transposed": (lambda a, b, c, d, k: (a.T, b, c, d, k), "transpose", "w1", "is transposed"),
    "ravelled": (lambda a, b, c, d, k: (a.ravel(), b, c, d, k), "wrong-shape", "w1", "was flattened"),
    "a column": (lambda a, b, *g: (a, b[:, None], *g), "wrong-shape", "b1", "was given in the shape (4, 1)"),
    "two halved": (lambda a, b, *g: (a / 2, b / 2, *g), "scale", "w1 b1", "is multiplied by 1/2"),
    "float16": (lambda a, b, *g: (-a.astype(np.float16), b, *g), "sign", "w1", "∂loss/∂w1 has the other sign"),
    "permuted": (lambda a, b, c, d, k: (a, b, c, d, k.swapaxes(0, 1)), "transpose", "k", "in the order (1, 0, 2)"),
    "flipped": (lambda a, b, c, d, k: (a, b, c, d, k[::-1]), "reversed", "k", "in reverse along axis 0"),
    "columns": (lambda a, b, c, d, k: (flat(a), b, c, d, k), "transpose", "w1", "column by column, put back"),
    "rolled": (lambda a, b, c, d, k: (a, np.roll(b, 1), c, d, k), "wrong-shape", "b1", "shifted by 1 along the last"),
    "shifted": (lambda a, b, c, d, k: (a, np.r_[0, b[:-1]], c, d, k), "wrong-shape", "b1", "is shifted by 1 along"),
    "one on": (lambda a, b, c, d, k: (flat_shift(a), b, c, d, k), "wrong-shape", "w1", "shifted by 1, row after row"),
    "two rows": (lambda a, b, c, d, k: (a[[0, 2, 1, 3, 4]], b, c, d, k), "transpose", "w1", "has 1 and 2 exchanged"),
    "gates": (
        lambda a, b, c, d, k: (a[:, [0, 3, 1, 2]], b[[0, 3, 1, 2]], c, d, k), "transpose", "w1 b1",
        "has another order along the last axis: 0, 3, 1, 2, and likewise in 1 more",
    ),
    "down": (lambda *g: [-x for x in g], "sign", "w1 b1 w2 b2 k", "descent=True"),
    "a step": (lambda *g: [-0.1 * x for x in g], "scale", "w1 b1 w2 b2 k", "is multiplied by −0.1"),
    "nearly": (lambda a, *g: (1.0001 * a, *g), "scale", "w1", "is multiplied by 1 + 0.0001"),
    "zero": (lambda a, *g: (0 * a, *g), "detached", "w1", "w1 was taken for a constant"),
    "exchanged": (lambda a, b, c, d, k: (a, d, c, b, k), "wrong-parameter", "b1 b2", "were exchanged"),
    "all others": (
        lambda a, b, c, d, k: (b, c, a, d, k), "wrong-parameter", "w1 b1 w2",
        "the gradients were given in another order: those of b1, w2, w1",
    ),
    "another": (lambda a, b, c, d, k: (a, b, a.T, d, k), "wrong-parameter", "w2", "∂loss/∂w1, transposed, was given"),
    "its own": (lambda a, b, c, d, k: (W1, b, c, d, k), "wrong-parameter", "w1", "w1 was given"),
    "updated": (
        lambda a, b, c, d, k: (W1 - 0.1 * a, B1 - 0.1 * b, c, d, k), "wrong-parameter", "w1 b1",
        "w1 − 0.1 ∂loss/∂w1, the updated parameter, was given, and likewise in 1 more",
    ),
    "penalty": (lambda a, b, *g: (a, b + 0.2 * B1, *g), "repeated-term", "b1", "you penalise b1, the loss doesn't"),
    "of both": (
        lambda a, b, c, d, k: (a + 0.02 * W1, b, c + 0.02 * W2, d, k), "repeated-term", "w1 w2", "likewise in 1 more",
    ),
    "lasso": (lambda a, *g: (a + 0.02 * np.sign(W1), *g), "repeated-term", "w1", "0.02 sign(w1) was added"),
    "no penalty": (lambda a, *g: (a - 0.2 * W1, *g), "missing-term", "w1", "0.2 w1 is missing"),
}  # fmt: skip


def flat(g):
    return np.ravel(g, order="F").reshape(g.shape)


@pytest.mark.parametrize("case", CASES)
def test_a_gradient_that_was_given_otherwise_is_named_as_that(case):
    change, kind, parameters, words = CASES[case]
    (found,) = diagnosed(change)
    assert (found.kind, found.parameters) == (kind, tuple(parameters.split()))
    assert words in " ".join(str(found).split())
    assert found.residual_after < (1e-3 if case == "float16" else 1e-12)


def test_what_is_said_of_all_gradients_is_not_said_of_each_again():
    (found,) = diagnosed(lambda *g: [-x for x in g])
    assert not any("likewise" in other.wrong for other in found.equally_good)


def test_one_number_is_not_said_to_be_an_updated_parameter():
    (found,) = mg.diagnose(lambda w: w**3, 1.234, 2.0, budget=0.3)
    assert found.kind == "unexplained"


def test_gradients_of_hardly_any_different_numbers_are_in_no_other_order():
    w, x = np.ones(6), np.array([1.0, 1, 1, -1, -1, -1])
    (found,) = mg.diagnose(lambda w: mg.sum(w * x), x[[0, 3, 1, 2, 4, 5]], w, budget=0.3)
    assert "another order" not in str(found)


# --- the functions that are tried -------------------------------------------------------------------------------


def test_functions_are_tried_that_people_take_for_one_another_and_no_slow_ones():
    """SciPy takes minutes over the derivative of digamma at −10⁹, where attention is masked."""
    names = {f.name for f in elementwise()}
    assert {"sigmoid", "tanh", "exp", "log", "gelu", "softplus", "sin"} <= names
    assert not {"digamma", "gamma", "erfinv", "j0"} & names


# --- what nothing explains --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a, b, *g: (a, np.where(np.arange(4) == 2, 7.0, b), *g), r"∂loss/∂b1 differs at \[2\] alone: 7 for \S+"),
        (lambda a, *g: (a + (np.arange(4) == 1), *g), "∂loss/∂w1 differs in column 1 alone"),
        (lambda a, *g: (a * np.arange(1, 6)[:, None] ** 2, *g), "∂loss/∂w1 is right in row 0 alone"),
        (lambda a, b, c, d, k: (a, b, c, d, k + np.arange(3)[:, None, None] // 2), "k differs at 2 along axis 0 alone"),
        (lambda a, *g: (np.clip(a, -0.1, 0.1), *g), "the elements of ∂loss/∂w1 beyond ±0.1 are cut to that"),
        (lambda *g: [np.round(x, 3) for x in g], "∂loss/∂w1 is rounded to 3 decimals, .* say atol=0.0005; ∂loss/∂b1"),
        (lambda a, b, *g: (a, b[:3] + 1, *g), r"∂loss/∂b1 has the shape \(3,\), b1 has \(4,\)"),
    ],
)  # fmt: skip
def test_what_is_seen_of_a_gradient_that_nothing_explains_is_said(change, words):
    (found,) = diagnosed(change)
    assert found.kind == "unexplained"
    assert re.search(words, found.wrong)
