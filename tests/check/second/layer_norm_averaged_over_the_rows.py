"""Layer norm averaged over the rows.

expected kind: wrong-axis
wrong line: 50
correction 50: dx = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
what: One of the means in the backward pass of a layer norm runs over the rows
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "g", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=(4, 2))


def loss(X, g, W, Y):
    m = np.mean(X, axis=-1, keepdims=True)
    v = np.mean((X - m) ** 2, axis=-1, keepdims=True)
    return np.mean((g * (X - m) / np.sqrt(v + 1e-5) @ W - Y) ** 2)


def right(X, g, W, Y):
    s = np.sqrt(X.var(-1, keepdims=True) + 1e-5)
    n = (X - X.mean(-1, keepdims=True)) / s
    d = 2 * (g * n @ W - Y) / Y.size
    e = d @ W.T
    q = e * g
    return (q - q.mean(-1, keepdims=True) - n * (q * n).mean(-1, keepdims=True)) / s, (e * n).sum(0), (g * n).T @ d


def layernorm(x, g, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + eps)
    norm = (x - mean) * rstd
    return norm * g, norm, rstd


def backprop(X, g, W, Y):
    out, norm, rstd = layernorm(X, g)
    dpred = 2 * (out @ W - Y) / Y.size
    grads = dict(W=out.T @ dpred)
    dout = dpred @ W.T
    grads["g"] = (dout * norm).sum(0)
    dnorm = dout * g
    dx = dnorm - dnorm.mean(0, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
    dx *= rstd
    grads["X"] = dx
    return grads
