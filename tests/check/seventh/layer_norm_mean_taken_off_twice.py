"""Layer norm mean taken off twice.

expected kind: repeated-term or scale
wrong line: 54
correction 54: da = (dxhat - dxhat.mean() - xhat * np.mean(dxhat * xhat)) / std
what: The mean of the gradient is subtracted twice
source: https://github.com/tenstorrent/tt-metal/issues/53204
said: the mean of the gradient times the gain is subtracted twice in the gradient of the input
"""

import numpy as np

PARAMETERS = ["X", "W", "g", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(3, 6)), r.normal(size=6), r.normal(size=6), r.normal(size=(4, 6))


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
        std = np.sqrt(np.var(a) + 1e-6)
        xhat = (a - np.mean(a)) / std
        y = 1 / (1 + np.exp(-(g * xhat + b)))
        dy = (y - t) / T.size
        dg += dy * xhat
        db += dy
        dxhat = dy * g
        da = (dxhat - 2 * dxhat.mean() - xhat * np.mean(dxhat * xhat)) / std
        dW += np.outer(x, da)
        dx += W @ da
    return dX, dW, dg, db
