"""Arrays intercept penalised too.

expected kind: repeated-term
wrong line: 35
correction 35: db = error.sum(axis=0)
given as: arrays
what: The penalty is put on the intercept as well, which the loss leaves alone
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]
LAM = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=2), r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(w, b, X, Y):
    return 0.5 * np.sum((X @ w + b - Y) ** 2) + 0.5 * LAM * np.sum(w**2)


def right(w, b, X, Y):
    e = X @ w + b - Y
    return X.T @ e + LAM * w, e.sum(0)


def backprop(w, b, X, Y):
    error = X.dot(w) + b - Y
    dw = X.T.dot(error) + LAM * w
    db = error.sum(axis=0) + LAM * b
    return dw, db
