"""Glm huber only above and not below.

expected kind: wrong-mask or missing-term
wrong line: 41 or 42
correction 41: b = (np.abs(e) > d).astype(float)
correction 42: return a * e + (1 - a) * d * np.sign(e)
what: Residuals that are far below zero have no gradient
source: https://github.com/marlbenchmark/on-policy/issues/47
said: the second part is for errors greater than delta; it has to be their absolute value, else it is zero
"""

import numpy as np

PARAMETERS = ["w", "b"]
DELTA = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=1), r.normal(size=(20, 3)), 2 * r.normal(size=20)


def loss(w, b, X, y):
    e = X @ w + b - y
    size = np.abs(e)
    return np.mean(np.where(size <= DELTA, 0.5 * e**2, DELTA * (size - 0.5 * DELTA)))


def right(w, b, X, y):
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for row, target in zip(X, y):
        r = row @ w + b[0] - target
        psi = max(-DELTA, min(DELTA, r))
        dw += psi * row
        db[0] += psi
    return dw / len(y), db / len(y)


def huber_grad(e, d):
    a = (np.abs(e) <= d).astype(float)
    b = (e > d).astype(float)
    return a * e + b * d * np.sign(e)


def backprop(w, b, X, y):
    residual = np.dot(X, w) + b - y
    g = huber_grad(residual, DELTA) / len(y)
    return np.dot(X.T, g), np.array([np.sum(g)])
