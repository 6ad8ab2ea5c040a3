"""Quantile by the size of its error.

expected kind: another-loss or repeated-factor
wrong line: 36
correction 36: grad = -quantile * left_mask + (1 - quantile) * right_mask
what: The two slopes of a quantile loss are multiplied by the error, which is the gradient of half the asymmetric
    square
source: https://github.com/OpenSTEF/openstef/pull/328
said: the gradient of the quantile objective is multiplied by the errors, unlike the loss that is referred to
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=()), r.normal(size=(9, 3)), r.normal(size=9)


def loss(w, b, X, y, quantile=0.2):
    e = X @ w + b - y
    return np.sum(np.maximum(-quantile * e, (1 - quantile) * e))


def right(w, b, X, y, quantile=0.2):
    s = (X @ w + b > y) - quantile
    return s @ X, s.sum()


def quantile_obj(preds, labels, quantile):
    errors = preds - labels
    left_mask = errors < 0
    right_mask = errors > 0
    grad = (quantile * left_mask + (1 - quantile) * right_mask) * errors
    hess = np.ones_like(preds)
    return grad, hess


def backprop(w, b, X, y, quantile=0.2):
    grad, _ = quantile_obj(X.dot(w) + b, y, quantile)
    return X.T.dot(grad), grad.sum()
