"""Column of predictions minus a row of targets.

expected kind: another-loss or wrong-shape
wrong line: 36
correction 36: err = out - y[:, None]
what: Predictions are a column and targets a vector, so the derivation takes every target from every prediction
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 1)), r.normal(size=(5, 3)), r.normal(size=5)


def loss(W, v, X, y):
    out = np.tanh(X @ W) @ v
    return np.sum((out[:, 0] - y) ** 2) / 10


def right(W, v, X, y):
    h = np.tanh(X @ W)
    e = (h @ v[:, 0] - y) / 5
    return X.T @ (np.outer(e, v) * (1 - h**2)), (h.T @ e)[:, None]


def backprop(W, v, X, y):
    m = len(X)
    h = np.tanh(np.dot(X, W))
    out = np.dot(h, v)
    err = out - y
    dout = np.sum(err, axis=1, keepdims=True) / m
    dv = np.dot(h.T, dout)
    dh = np.dot(dout, v.T)
    return np.dot(X.T, dh * (1 - h**2)), dv
