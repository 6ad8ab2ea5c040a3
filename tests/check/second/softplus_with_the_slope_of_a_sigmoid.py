"""Softplus with the slope of a sigmoid.

expected kind: wrong-activation
wrong line: 38
correction 38: return 1 / (1 + np.exp(-x))
what: The slope of a softplus is taken as if its output were a sigmoid
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(5, 3)), r.normal(size=5)


def loss(W, v, X, y):
    h = np.log(1 + np.exp(X @ W))
    return np.mean((h @ v - y) ** 2)


def right(W, v, X, y):
    z = X @ W
    h = np.log1p(np.exp(z))
    d = 2 * (h @ v - y) / len(y)
    return X.T @ (np.outer(d, v) / (1 + np.exp(-z))), h.T @ d


def softplus(x):
    return np.log(1 + np.exp(x))


def softplus_deriv(x):
    return softplus(x) * (1 - softplus(x))


def backprop(W, v, X, y):
    z = X.dot(W)
    h = softplus(z)
    yhat = h.dot(v)
    dyhat = 2 * (yhat - y) / y.shape[0]
    dv = h.T.dot(dyhat)
    dh = dyhat[:, None] * v[None, :]
    dz = dh * softplus_deriv(z)
    return X.T.dot(dz), dv
