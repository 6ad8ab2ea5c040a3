"""What an assertion that fails shows of the source: the wrong lines and their neighbours."""

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check import Listing

X, W1, W2 = (np.random.default_rng(4).standard_normal(shape) for shape in [(5, 3), (3, 4), (4, 2)])


def loss(W1, W2):
    return np.sum(np.tanh(X @ W1) @ W2) ** 2


def by_hand(W1, W2):
    a = np.tanh(X @ W1)
    s = np.sum(a @ W2)
    dz = 2 * s * np.ones((5, 2))
    dW2 = a.T @ dz
    da = dz @ W2.T
    dh = da * (1 - a**2)  # noqa: F841 - the mistake
    dW1 = X.T @ da
    return dW1, dW2


def test_an_assertion_shows_the_wrong_line_and_its_neighbours():
    with pytest.raises(AssertionError) as raised:
        mg.testing.assert_gradients_close(loss, by_hand, W1, W2)
    text = str(raised.value)
    assert "✗     dW1 = X.T @ da" in text
    assert "dh = da * (1 - a**2)  # noqa" in text
    assert "return dW1, dW2" in text
    assert "a = np.tanh(X @ W1)" not in text
    assert "\n   ⋮\n" in text
    assert all(len(line) <= 80 for line in text.partition("\n   ⋮\n")[2].splitlines())


def test_gradients_that_were_given_as_arrays_have_no_lines():
    with pytest.raises(AssertionError) as raised:
        mg.testing.assert_gradients_close(loss, by_hand(W1, W2), W1, W2)
    assert "✗" not in str(raised.value)
    assert Listing(note="why").excerpt() == "why"


def test_an_excerpt_reaches_as_far_as_was_asked():
    listing = mg.compare(loss, by_hand, W1, W2).listing
    whole, one = str(listing), listing.excerpt(0)
    assert "✗" in one
    assert "return" not in one
    assert listing.excerpt(100) == whole
