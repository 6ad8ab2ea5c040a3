"""Arrays binomial loss by half.

expected kind: scale
wrong line: 34
correction 34: pseudo = -2 * y / (1 + np.exp(2 * y * f))
given as: arrays
what: The loss of labels of -1 and 1 has a two in its exponent that its gradient lacks
source: https://github.com/schalkdaniel/compboost/issues/260
said: the numerator has to be minus two y, not minus y
"""

import numpy as np

PARAMETERS = ["w", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), -0.4, r.normal(size=(7, 3)), 2 * r.integers(0, 2, 7) - 1


def loss(w, c, X, y):
    return np.mean(np.log(1 + np.exp(-2 * y * (X @ w + c))))


def right(w, c, X, y):
    p = 1 / (1 + np.exp(-2 * (X @ w + c)))
    d = 2 * (p - (y + 1) / 2) / len(y)
    return d @ X, d.sum()


def backprop(w, c, X, y):
    f = X.dot(w) + c
    pseudo = -y / (1 + np.exp(2 * y * f))
    return X.T.dot(pseudo) / len(y), pseudo.mean()
