"""A forward pass that differs from the loss's is said before anything else, with its line; the same one never."""

from __future__ import annotations

import ast

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check import ahead

X, W1, B1, W2, B2, Y = (
    np.random.default_rng(0).standard_normal(shape) for shape in [(5, 3), (3, 4), 4, (4, 2), 2, (5, 2)]
)
ARGUMENTS = W1, B1, W2, B2
MASK = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])


def loss(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    p = 1 / (1 + np.exp(-z2))
    return np.sum((p - Y) ** 2)


def bias_forgotten(W1, b1, W2, b2):
    z1 = X @ W1
    a1 = np.tanh(z1)
    p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    d2 = 2 * (p - Y) * p * (1 - p)
    d1 = d2 @ W2.T * (1 - a1**2)
    return X.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)


def another_activation(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.maximum(z1, 0)
    p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    d2 = 2 * (p - Y) * p * (1 - p)
    d1 = d2 @ W2.T * (1 - a1**2)
    return X.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)


def and_a_mistake_later(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    p = 1 / (1 + np.exp(-z2))
    d2 = (p - Y) * p * (1 - p)
    d1 = d2 @ W2.T * (1 - a1**2)
    return X.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)


def by_another_name(W1, b1, W2, b2):
    hidden = np.tanh(X @ W1 - b1)
    p = 1 / (1 + np.exp(-(hidden @ W2 + b2)))
    d2 = 2 * (p - Y) * p * (1 - p)
    d1 = d2 @ W2.T * (1 - hidden**2)
    return X.T @ d1, d1.sum(0), hidden.T @ d2, d2.sum(0)


DIFFERENT = [
    # the derivation, the text of its wrong line, the correction
    (bias_forgotten, "z1 = X @ W1", "z1 = X @ W1 + b1"),
    (another_activation, "a1 = np.maximum(z1, 0)", "a1 = np.tanh(z1)"),
    (and_a_mistake_later, "a1 = np.maximum(z1, 0)", "a1 = np.tanh(z1)"),
    (by_another_name, "hidden = np.tanh(X @ W1 - b1)", "hidden = np.tanh(X @ W1 + b1)"),
]


@pytest.mark.parametrize(("by_hand", "wrong", "right"), DIFFERENT)
def test_it_is_said_before_anything_else_and_where(by_hand, wrong, right):
    report = mg.compare(loss, by_hand, *ARGUMENTS)
    first = report.diagnosis[0]
    assert first.forward
    assert ast.dump(ast.parse(first.correction)) == ast.dump(ast.parse(right))
    assert [line.code.strip() for line in report.listing.lines if line.number == first.line] == [wrong]
    said = f"Your forward pass already differs from the loss, in line {first.line}."
    assert str(report.diagnosis).startswith(said)
    assert str(report.listing).startswith(said)
    assert report.diagnosis.headline == said
    assert first.to_dict()["forward"] is True


def test_what_is_wrong_after_it_is_found_as_well():
    found = mg.compare(loss, and_a_mistake_later, *ARGUMENTS).diagnosis
    assert [d.forward for d in found] == [True, False]
    assert found[1].correction.replace("(2 * (p - Y))", "2 * (p - Y)") == "d2 = 2 * (p - Y) * p * (1 - p)"
    assert found[0].patch is not None


def test_what_belongs_there_is_written_in_the_derivations_own_variables():
    def masked(W):
        d = (np.tanh(X[:3] @ W) - Y[:3]) * MASK
        return np.sum(d**2)

    def by_hand(W):
        h = np.tanh(X[:3] @ W)
        d = h - Y[:3]
        return X[:3].T @ (2 * d * (1 - h**2))

    first = mg.compare(masked, by_hand, np.random.default_rng(6).standard_normal((3, 2))).diagnosis[0]
    assert first.correction == "d = (h - Y[:3]) * MASK"


def decomposed_otherwise(W1, b1, W2, b2):
    z1 = X @ W1  # the bias comes a line later
    a1 = np.tanh(z1 + b1)
    z2 = a1 @ W2
    p = 1 / (1 + np.exp(-z2 - b2))
    d2 = 2 * (p - Y) * p * (1 - p)
    d1 = d2 @ W2.T
    return X.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)


def names_used_for_other_things(W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    z2 = 1 / (1 + np.exp(-(h @ W2 + b2)))  # called p in the loss
    p = 2 * (z2 - Y)
    a1 = p * z2 * (1 - z2)
    z1 = a1 @ W2.T * h
    return X.T @ z1, z1.sum(0), h.T @ a1, a1.sum(0)


def read_again_on_the_way_back(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    d2 = 2 * (p - Y) * p * (1 - p)
    t = z1  # a1 is what belongs there
    d1 = d2 @ W2.T * (1 - t**2)
    return X.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)


def updated_too_early(W1, b1, W2, b2):
    a1 = np.tanh(X @ W1 + b1)
    p = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    d2 = 2 * (p - Y) * p * (1 - p)
    dW2 = a1.T @ d2
    W2 = W2 - 0.1 * dW2
    d1 = d2 @ W2.T * (1 - a1**2)
    return X.T @ d1, d1.sum(0), dW2, d2.sum(0)


def the_wrong_value_kept(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    kept = z1
    p = 1 / (1 + np.exp(-(np.tanh(z1) @ W2 + b2)))
    d2 = 2 * (p - Y) * p * (1 - p)
    d1 = d2 @ W2.T * (1 - kept**2)
    return X.T @ d1, d1.sum(0), np.tanh(z1).T @ d2, d2.sum(0)


INNOCENT = [
    the_wrong_value_kept,
    decomposed_otherwise,
    names_used_for_other_things,
    read_again_on_the_way_back,
    updated_too_early,
]


@pytest.mark.parametrize("by_hand", INNOCENT)
def test_another_way_of_computing_the_same_is_no_difference(by_hand):
    found = mg.compare(loss, by_hand, *ARGUMENTS).diagnosis
    assert found
    assert not any(d.forward for d in found), str(found)
    assert "forward pass" not in str(found)


def softmax_loss(W):
    z = X @ W
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    s = np.sum(e, axis=1, keepdims=True)
    p = e / s
    return -np.sum(Y**2 * np.log(p))


def without_the_maximum(W):
    z = X @ W
    e = np.exp(z)
    s = np.sum(e, axis=1, keepdims=True)
    p = e / s
    d = p - Y**2
    return X.T @ d


def test_a_difference_that_cancels_is_none():
    found = mg.compare(softmax_loss, without_the_maximum, np.random.default_rng(1).standard_normal((3, 2))).diagnosis
    assert found
    assert not any(d.forward for d in found), str(found)


def test_half_of_a_square_has_its_difference_as_a_gradient_and_that_is_not_the_forward_pass():
    def half(W2):
        d = X[:, :2] @ W2 - Y
        return np.sum(d**2) / 2

    def twice(W2):
        delta = 2 * (X[:, :2] @ W2 - Y)
        return X[:, :2].T @ delta

    (found,) = mg.compare(half, twice, np.random.default_rng(2).standard_normal((2, 2))).diagnosis
    assert not found.forward


def mean_of_halves(W2):
    return np.sum((X[:, :2] @ W2 - Y) ** 2) / 2 / len(X)


def halved(W2):
    p = X[:, :2] @ W2
    d = 0.5 * (p - Y)
    return X[:, :2].T @ d / len(X)


def added(W2):
    p = X[:, :2] @ W2
    d = p + Y
    return X[:, :2].T @ d / len(X)


@pytest.mark.parametrize(("backprop", "kind"), [(halved, "scale"), (added, "sign")])
def test_what_is_divided_by_the_rows_at_the_end_is_not_the_forward_pass_before(backprop, kind):
    (found,) = mg.compare(mean_of_halves, backprop, np.random.default_rng(2).standard_normal((2, 2))).diagnosis
    assert (found.kind, found.forward) == (kind, False)


def half_of_the_log(m, v):
    std = np.exp(v / 2)
    z = m + std * X
    return np.sum(z**2) + np.sum(np.exp(v) - v)


def no_half(m, v):
    half = 1.0
    std = np.exp(half * v)
    z = m + std * X
    dz = 2 * z
    return dz, dz * X * half * std + np.exp(v) - 1


def test_what_one_change_mends_is_not_told_as_two():
    m, v = np.random.default_rng(5).standard_normal((2, 5, 3))
    (found,) = mg.compare(half_of_the_log, no_half, m, v).diagnosis
    assert "half = 1.0" in found.wrong


def test_a_variable_that_holds_no_number_is_not_held_against_the_losses():
    assert not ahead._are_apart([None, None], [np.array(1.0), np.array(2.0)])
    assert not ahead._are_apart([1.0, 2.0], [np.array(1.0), np.array(2.0)])
    assert ahead._are_apart([1.0, 2.0], [np.array(1.5), np.array(2.5)])
