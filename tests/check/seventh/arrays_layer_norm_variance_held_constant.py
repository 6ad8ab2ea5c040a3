"""Arrays layer norm variance held constant.

expected kind: missing-term or detached
wrong line: 55
correction 55: da = (dnormed - dnormed.mean() - normed * np.mean(dnormed * normed)) / sigma
given as: arrays
what: The way through the variance is left out, as if the deviation were a number
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "W", "g", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 2)), r.normal(size=(2, 6)), r.normal(size=6), r.normal(size=6), r.normal(size=(5, 6))


def normalise(a):
    return (a - a.mean(axis=-1, keepdims=True)) / np.sqrt(a.var(axis=-1, keepdims=True) + 1e-6)


def loss(X, W, g, b, T):
    out = 1 / (1 + np.exp(-(normalise(X @ W) * g + b)))
    return -np.mean(T * np.log(out) + (1 - T) * np.log(1 - out))


def right(X, W, g, b, T):
    Z = X @ W
    c = Z - Z.mean(1)[:, None]
    v = (c * c).mean(1)[:, None] + 1e-6
    n = c * v**-0.5
    d = (1 / (1 + np.exp(-(n * g + b))) - T) / T.size
    dn = d * g
    dv = (dn * c).sum(1)[:, None] * -0.5 * v**-1.5
    dc = dn * v**-0.5 + dv * 2 * c / 6
    dZ = dc - dc.mean(1)[:, None]
    return dZ @ W.T, X.T @ dZ, (d * n).sum(0), d.sum(0)


def backprop(X, W, g, b, T):
    dX, dW, dg, db = np.zeros_like(X), np.zeros_like(W), np.zeros_like(g), np.zeros_like(b)
    for x, t, dx in zip(X, T, dX):
        a = x @ W
        sigma = np.sqrt(np.var(a) + 1e-6)
        normed = (a - np.mean(a)) / sigma
        y = 1 / (1 + np.exp(-(g * normed + b)))
        dy = (y - t) / T.size
        dg += dy * normed
        db += dy
        dnormed = dy * g
        da = (dnormed - dnormed.mean()) / sigma
        dW += np.outer(x, da)
        dx += W @ da
    return dX, dW, dg, db
