"""Factorisation machine without its own squares.

expected kind: missing-term
wrong line: 42
correction 42: dV = X.T.dot(dout[:, None] * X.dot(V)) - (X**2).T.dot(dout)[:, None] * V
what: The factors of a factorisation machine lack the term of a feature with itself
source: https://github.com/apache/systemds/pull/696
said: the second term of the gradient by the factors is tricky, and was left out
"""

import numpy as np

PARAMETERS = ["w0", "w", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.1, r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=(6, 4)), r.normal(size=6)


def loss(w0, w, V, X, y):
    pairs = 0.5 * np.sum((X @ V) ** 2 - X**2 @ V**2, axis=1)
    return np.sum((w0 + X @ w + pairs - y) ** 2)


def right(w0, w, V, X, y):
    G, g, g0 = np.zeros_like(V), np.zeros_like(w), 0.0
    for x, t in zip(X, y):
        e = 2 * (w0 + x @ w + 0.5 * np.sum((x @ V) ** 2 - (x**2) @ (V**2)) - t)
        g0, g, G = g0 + e, g + e * x, G + e * (np.outer(x, x @ V) - x[:, None] ** 2 * V)
    return g0, g, G


def fm_forward(w0, w, V, X):
    XV = X.dot(V)
    return w0 + X.dot(w) + 0.5 * (XV**2 - (X**2).dot(V**2)).sum(axis=1)


def fm_backward(dout, w0, w, V, X):
    dw0 = np.sum(dout)
    dw = X.T.dot(dout)
    dV = X.T.dot(dout[:, None] * X.dot(V))
    return dw0, dw, dV


def backprop(w0, w, V, X, y):
    dout = 2 * (fm_forward(w0, w, V, X) - y)
    return fm_backward(dout, w0, w, V, X)
