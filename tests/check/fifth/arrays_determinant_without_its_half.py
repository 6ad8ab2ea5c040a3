"""Arrays determinant without its half.

expected kind: scale or missing-factor
wrong line: 33
correction 33: dd = 0.5 * n * (1 - np.exp(-d))
given as: arrays
what: The logarithm of the determinant is led back whole, where the loss has a half of it; nothing else depends on d
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["d", "m"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=4), r.normal(size=(5, 4))


def loss(d, m, X):
    return np.sum(0.5 * (X - m) ** 2) + 0.5 * len(X) * np.sum(d) + 0.5 * len(X) * np.sum(np.exp(-d))


def right(d, m, X):
    return len(X) / 2 * (1 - np.exp(-d)), len(X) * m - X.sum(0)


def backprop(d, m, X):
    n = len(X)
    dm = -np.sum(X - m, axis=0)
    dd = n * (1 - np.exp(-d))
    return dd, dm
