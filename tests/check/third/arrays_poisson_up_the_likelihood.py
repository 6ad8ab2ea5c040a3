"""Arrays poisson up the likelihood.

expected kind: sign
wrong line: 34
correction 34: return np.dot(X.T, (y_pred - y))
given as: arrays
what: The gradient of the log-likelihood of a Poisson regression where that of its negative is minimised
source:
    https://stats.stackexchange.com/questions/530184/how-to-do-maximum-likelihood-estimation-mle-of-a-poisson-regression-using-nump
said: the formula is the gradient of the likelihood, and is subtracted all the same
"""

import numpy as np

PARAMETERS = ["weights"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3) * 0.5, r.normal(size=(8, 3)), r.integers(0, 6, 8)


def loss(weights, X, y):
    eta = X @ weights
    return np.sum(np.exp(eta) - y * eta)


def right(weights, X, y):
    return sum((np.exp(x @ weights) - k) * x for x, k in zip(X, y))


def backprop(weights, X, y):
    y_pred = np.exp(np.dot(X, weights))
    return np.dot(X.T, (y - y_pred))
