"""Svm penalty without its half.

expected kind: scale
wrong line: 32
correction 32: dw = lam * w
what: The penalty of the SVM is half of a square, its gradient has a factor 2
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(), r.normal(size=(8, 3)), 2 * r.integers(0, 2, 8) - 1, 0.4


def loss(w, b, X, y, lam):
    return 0.5 * lam * np.sum(w**2) + np.mean(np.maximum(0, 1 - y * (X @ w + b)))


def right(w, b, X, y, lam):
    on = (y * (X @ w + b) < 1) * y / len(y)
    return lam * w - on @ X, -on.sum()


def backprop(w, b, X, y, lam):
    n = X.shape[0]
    dw = 2 * lam * w
    db = 0
    for i in range(n):
        if y[i] * (np.dot(w, X[i]) + b) < 1:
            dw = dw - y[i] * X[i] / n
            db = db - y[i] / n
    return dw, db
