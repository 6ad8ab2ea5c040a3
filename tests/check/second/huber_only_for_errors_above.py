"""Huber only for errors above.

expected kind: wrong-mask
wrong line: 35
correction 35: b = (abs(e) > d).astype(float)
what: The linear part of the Huber loss is switched on by e > d, large negative errors get no gradient
source: github.com/marlbenchmark/on-policy, issue 47
said: It should be the absolute value that is compared with d, else the loss of a large error can be zero.
"""

import numpy as np

PARAMETERS = ["w", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(8, 3))
    w = r.normal(size=3)
    return w, 0.1 * r.normal(), X, X @ w + np.array([-3, -2, -0.4, -0.1, 0.2, 0.5, 2, 3]), 1.0


def loss(w, c, X, y, d):
    e = X @ w + c - y
    return np.sum(np.where(np.abs(e) <= d, e**2 / 2, d * (np.abs(e) - d / 2)))


def right(w, c, X, y, d):
    g = np.clip(X @ w + c - y, -d, d)
    return X.T @ g, g.sum()


def huber_grad(e, d):
    a = (abs(e) <= d).astype(float)
    b = (e > d).astype(float)
    return a * e + b * d * np.sign(e)


def backprop(w, c, X, y, d):
    values = X.dot(w) + c
    g = huber_grad(values - y, d)
    return g.dot(X), g.sum()
