"""Two at once: 1/X for X in the linear part, and X for X^2 in the pairs.

expected kind: wrong-point + missing-factor or wrong-activation + missing-factor
wrong line: 47 and 50
correction 47: dW = np.matmul(g_W.T, dout).reshape(d)
correction 50: second = V * np.matmul(X.T ** 2, dout)
what: the reciprocal of the features; V x in place of V x^2
source: https://github.com/apache/systemds/pull/696
said: In the draft the gradient of W divides by X, and a comment at the second term of V says that it isn't
    correct.
"""

import numpy as np

PARAMETERS = ["w0", "w", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.uniform(0.5, 2, size=(6, 4)), r.normal(size=6), np.array(0.3), r.normal(size=4), r.normal(size=(4, 2))]


def loss(X, y, w0, w, V):
    pairs = np.sum((X @ V) ** 2 - (X**2) @ (V**2), axis=1) / 2
    return np.sum((w0 + X @ w + pairs - y) ** 2) / 2


def right(X, y, w0, w, V):
    S = X @ V
    e = w0 + X @ w + 0.5 * (S**2 - X**2 @ V**2).sum(1) - y
    dV = np.zeros_like(V)
    for i in range(len(X)):
        dV += e[i] * (np.outer(X[i], S[i]) - V * X[i][:, None] ** 2)
    return e.sum(), e @ X, dV


def backprop(X, y, w0, w, V):
    n, d = X.shape
    inner = np.matmul(X, V)
    out = w0 + np.matmul(X, w) + 0.5 * np.sum(inner ** 2 - np.matmul(X ** 2, V ** 2), axis=1)
    dout = (out - y).reshape(n, 1)
    # gradient w.r.t. w0
    g_w0 = np.ones((n, 1))
    dw0 = np.sum(g_w0 * dout)
    # gradient w.r.t. W
    g_W = X
    dW = np.matmul(1 / g_W.T, dout).reshape(d)
    # gradient w.r.t. V
    first = np.matmul(X.T, dout * inner)
    second = V * np.matmul(X.T, dout)
    dV = first - second
    return dw0, dW, dV
