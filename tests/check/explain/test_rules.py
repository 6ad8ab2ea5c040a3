"""Parts of a local derivative that may be forgotten: they are found in its formula, whatever the operation."""

import numpy as np
import pytest

import microgradnet as mg

Z = np.array([[0.3, -1.2, 2.0], [0.7, 0.1, -0.4]])
SEED = np.array([[1.0, 2.0, -0.5], [0.2, 1.5, 0.3]])


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def _hilly(xp, x):
    return x**2 + xp.sin(x)


hilly = mg.primitive(_hilly, [lambda g, y, x: g * (2 * x + mg.cos(x))], name="hilly")


@pytest.mark.parametrize(
    ("f", "by_hand", "kind", "wrong", "formula"),
    [
        (
            lambda z: mg.softmax(z, axis=1), lambda z: softmax(z) * SEED,
            "missing-term", "the term Σ(g ⊙ y, axis=1) was left out", "y ⊙ (g − Σ(g ⊙ y, axis=1))",
        ),
        (
            lambda z: mg.log_softmax(z, axis=1), lambda z: -softmax(z) * SEED.sum(axis=1, keepdims=True),
            "missing-term", "the term g was left out", "g − exp(y) ⊙ Σ(g, axis=1)",
        ),
        (
            lambda z: mg.sqrt(1 + z**2), lambda z: SEED * z,
            "missing-factor", "the factor 1/y was left out", "g / (2 y)",
        ),
        (hilly, lambda z: SEED * 2 * z, "missing-term", "the term cos(u) was left out", "g ⊙ (2 u + cos(u))"),
    ],
)  # fmt: skip
def test_a_term_or_a_factor_left_out_is_shown_with_the_formula(f, by_hand, kind, wrong, formula):
    found = mg.diagnose(lambda x: mg.sum(SEED * f(x)), by_hand, Z)
    assert (found[0].kind, found[0].wrong) == (kind, wrong)
    assert f" = {formula}, where g = ∂loss/∂" in found[0].right


def test_the_letters_of_a_formula_are_not_the_users():
    y = SEED[:, :1]

    def loss(g, y):
        return mg.sum(mg.softmax(g, axis=1) * SEED) * mg.sum(y)

    (found,) = mg.diagnose(loss, lambda g, y: softmax(g) * SEED * y.sum(), Z, y, argnums=0)
    assert "= v ⊙ (ḡ − Σ(ḡ ⊙ v, axis=1)), where ḡ = ∂loss/∂softmax(g, axis=1), v = softmax(g, axis=1)" in found.right
