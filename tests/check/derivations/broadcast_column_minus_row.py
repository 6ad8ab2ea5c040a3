"""A column of predictions minus a row of targets.

expected kind: another-loss or wrong-shape
wrong line: 36 or 37
correction 36: diff = hypo - y[:, None]
correction 37: err = hypo - y[:, None]
what: the right gradient of the mean over all pairs of a prediction and a target
source: https://stackoverflow.com/questions/46588190/python-numpy-logistic-regression
said: hypo is (100,) and y (100, 1), so their difference is (100, 100), and the gradient comes out in another
    shape.
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.normal(size=6), r.normal(size=(3, 1)), r.normal(size=1)]


def loss(X, y, w, b):
    prediction = (X @ w + b)[:, 0]
    return np.mean((prediction - y) ** 2)


def right(X, y, w, b):
    error = X @ w + b - y.reshape(-1, 1)
    return 2 / len(X) * X.T @ error, 2 * error.mean(axis=0)


def backprop(X, y, w, b):
    m = len(y)
    hypo = np.matmul(X, w) + b
    diff = hypo - y
    err = diff.mean(axis=1, keepdims=True)
    gw = (2.0 / m) * np.matmul(X.T, err)
    gb = (2.0 / m) * np.sum(err, axis=0)
    return gw, gb
