"""`as_written`: a loss that was written for NumPy alone is compared as it stands."""

import math

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check import as_written

rng = np.random.default_rng(3)
IMAGE, KERNEL = rng.normal(size=(5, 5)), rng.normal(size=(3, 3))


def correlate(image, kernel):
    out = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = np.sum(image[i : i + 3, j : j + 3] * kernel)
    return out


def written_into(image, kernel):
    return np.sum(np.tanh(correlate(image, kernel)) ** 2)


def written_into_by_hand(image, kernel):
    h = np.tanh(correlate(image, kernel))
    d = 2 * h * (1 - h**2)
    g = np.zeros_like(kernel)
    for i in range(3):
        for j in range(3):
            g += d[i, j] * image[i : i + 3, j : j + 3]
    return g


def with_dot(x, w):
    scores = x.dot(w)
    margins = np.maximum(0, scores - 1)
    margins[0, 0] = 0
    return np.sum(margins**2)


def with_dot_by_hand(x, w):
    margins = np.maximum(0, x.dot(w) - 1)
    margins[0, 0] = 0
    return x.T.dot(2 * margins)


def with_math(x, w):
    total = np.full(1, 0.0)
    for row in x:
        total += math.tanh(row @ w) + math.exp(-math.sqrt(1 + w[0] * w[0]))
    return total[0]


def with_math_by_hand(x, w):
    root = np.sqrt(1 + w[0] ** 2)
    g = x.T @ (1 - np.tanh(x @ w) ** 2)
    g[0] -= len(x) * np.exp(-root) * w[0] / root
    return g


X, W, V = rng.normal(size=(6, 4)), rng.normal(size=(4, 3)), rng.normal(size=4)
CASES = [
    (written_into, written_into_by_hand, (IMAGE, KERNEL)),
    (with_dot, with_dot_by_hand, (X, W)),
    (with_math, with_math_by_hand, (X, V)),
]


@pytest.mark.parametrize(("loss", "by_hand", "args"), CASES)
def test_a_loss_for_numpy_alone_is_recorded_as_it_stands(loss, by_hand, args):
    report = mg.compare(loss, by_hand, *args, argnums=(1,))
    assert report.ok, report
    assert not mg.compare(loss, lambda *a: -by_hand(*a), *args, argnums=(1,)).ok
    assert isinstance(loss(*args), float)  # NumPy is itself again


def test_the_line_is_found_where_the_loss_writes_into_its_arrays():
    def turned(image, kernel):
        h = np.tanh(correlate(image, kernel))
        d = 2 * h * (1 - h**2)
        g = np.zeros_like(kernel)
        for i in range(3):
            for j in range(3):
                g += d[j, i] * image[i : i + 3, j : j + 3]
        return g

    (found,) = mg.diagnose(written_into, turned, IMAGE, KERNEL, argnums=(1,))
    assert found.kind == "transpose"
    assert "+                g += d[i, j] * image" in found.patch


def test_what_cant_be_recorded_either_way_says_what_to_write():
    def lost(x, w):
        return float(w[0]) * np.sum(x)

    with pytest.raises(TypeError, match="float"):
        mg.compare(lost, lambda x, w: w, X, V, argnums=(1,))


def test_numpy_is_itself_again_after_an_error_and_for_integers_and_masks():
    names = {"np": np, "zeros": np.zeros, "m": math}
    with as_written.tensors_made([names]):
        assert isinstance(names["np"].zeros(2), mg.Tensor)
        assert isinstance(names["zeros"](2), mg.Tensor)
        assert isinstance(names["np"].zeros(2, int), np.ndarray)
        assert isinstance(names["np"].ones((2, 2), bool), np.ndarray)
        assert names["np"].linalg is np.linalg
        assert names["m"].exp(0.0) == 1.0
        assert isinstance(names["m"].pi, float)
    with pytest.raises(ZeroDivisionError), as_written.tensors_made([names]):
        1 / 0  # noqa: B018
    assert names == {"np": np, "zeros": np.zeros, "m": math}
