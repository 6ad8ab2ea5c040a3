"""Halves of a gated linear unit.

expected kind: swapped-operands or wrong-point or wrong-parameter
wrong line: 44
correction 44: dlinear = dh * gate
what: The linear half takes the gradient times itself, where it should be times the gate
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 5)), r.normal(size=(3, 5)), r.normal(size=(5, 2)), r.normal(size=(6, 3)),
        r.normal(size=(6, 2)),
    )


def loss(W, V, U, X, Y):
    h = (X @ W) / (1 + np.exp(-(X @ V)))
    return np.sum((h @ U - Y) ** 2) / 2


def right(W, V, U, X, Y):
    a, g = X @ W, 1 / (1 + np.exp(-X @ V))
    e = a * g @ U - Y
    d = e @ U.T
    return X.T @ (d * g), X.T @ (d * a * (g - g * g)), (a * g).T @ e


def glu(X, W, V):
    linear = X.dot(W)
    gate = 1 / (1 + np.exp(-X.dot(V)))
    return linear * gate, (X, linear, gate)


def glu_backward(dh, cache):
    X, linear, gate = cache
    dlinear = dh * linear
    dgate = dh * linear
    dpre = dgate * gate * (1 - gate)
    return X.T.dot(dlinear), X.T.dot(dpre)


def backprop(W, V, U, X, Y):
    h, cache = glu(X, W, V)
    dout = h.dot(U) - Y
    dU = h.T.dot(dout)
    dW, dV = glu_backward(dout.dot(U.T), cache)
    return dW, dV, dU
