"""An RBF network with a width for each centre.

expected kind: sign
wrong line: 42
correction 42: dC = np.sum(k[:, :, None] * diff / s[None, :, None] ** 2, axis=0)
given as: arrays
what: the gradient of the centres has the sign of the one of the inputs
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def hidden(X, C, s):
    diff = X[:, None, :] - C[None, :, :]
    r2 = (diff ** 2).sum(-1)
    return diff, r2, np.exp(-r2 / (2 * s ** 2))

def loss(X, t, C, s, w, b):
    _, _, phi = hidden(X, C, s)
    return 0.5 * np.sum((phi @ w + b - t) ** 2)


def right(X, t, C, s, w, b):
    diff, r2, phi = hidden(X, C, s)
    err = phi @ w + b - t
    dw = phi.T @ err
    db = err.sum()
    dphi = np.outer(err, w)
    k = dphi * phi
    dC = np.sum(k[:, :, None] * diff / s[None, :, None] ** 2, axis=0)
    ds = np.sum(k * r2 / s ** 3, axis=0)
    return dC, ds, dw, db


def backprop(X, t, C, s, w, b):
    diff, r2, phi = hidden(X, C, s)
    err = phi @ w + b - t
    dw = phi.T @ err
    db = err.sum()
    dphi = np.outer(err, w)
    k = dphi * phi
    dC = -np.sum(k[:, :, None] * diff / s[None, :, None] ** 2, axis=0)
    ds = np.sum(k * r2 / s ** 3, axis=0)
    return dC, ds, dw, db


PARAMETERS = ["C", "s", "w", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(7, 2)), rng.normal(size=7), rng.normal(size=(4, 2)), rng.uniform(0.7, 1.6, size=4), rng.normal(size=4), rng.normal()]
