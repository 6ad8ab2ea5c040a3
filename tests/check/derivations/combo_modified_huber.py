"""Two at once: a missing 2 in the middle, and a pull beyond the margin.

expected kind: scale + wrong-mask
wrong line: 34 and 38
correction 34: return 2 * (1 - d)
correction 38: return d >= 1
what: (y - d y) for 2 (y - d y), and no third branch
source: https://github.com/stdlib-js/stdlib/pull/15317
said: The middle part lacks a factor 2, and the same branch is also taken for margins of 1 and more, where the
    loss is flat.
"""

import numpy as np

PARAMETERS = ["w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [2 * r.normal(size=(20, 2)), np.where(r.uniform(size=20) < 0.5, 1.0, -1.0), r.normal(size=2)]


def loss(x, y, w):
    d = y * (x @ w)
    return np.sum(np.where(d < -1, -4 * d, np.maximum(0, 1 - d) ** 2))


def right(x, y, w):
    d = y * (x @ w)
    return x.T @ (y * np.where(d < -1, -4.0, -2 * np.maximum(0, 1 - d)))


def margin_slope(d):
    return 1 - d


def is_flat(d):
    return False


def backprop(x, y, w):
    step = np.zeros_like(w)
    for row, label in zip(x, y):
        d = label * np.dot(row, w)
        if d < -1.0:
            step += 4.0 * label * row
        elif not is_flat(d):
            step += margin_slope(d) * label * row
    return -step
