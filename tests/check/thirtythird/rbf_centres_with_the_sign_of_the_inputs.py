"""An RBF network, the centres and the widths learnt too.

expected kind: sign
wrong line: 33 or 39
correction 33: diff = c - X[:, None, :]
correction 39: gc = np.einsum("nk,nkd->kd", g / s**2, diff)
what: the kernel's derivative by the input is taken for the one by the centre, which has the other sign
source: https://github.com/cornellius-gp/gpytorch/issues/2563
said: In a kernel with derivatives the block of the first derivatives had its sign flipped: that of the other one of the two points.
"""
import numpy as np


def loss(X, y, c, s, w, b):
    d2 = np.sum((X[:, None, :] - c[None, :, :]) ** 2, axis=2)
    phi = np.exp(-d2 / (2 * s**2))
    return np.sum((phi @ w + b - y) ** 2) / len(X)


def right(X, y, c, s, w, b):
    diff = X[:, None, :] - c
    d2 = np.sum(diff**2, axis=2)
    phi = np.exp(-d2 / (2 * s**2))
    e = 2 * (phi @ w + b - y) / len(X)
    gw, gb = phi.T @ e, np.sum(e)
    g = np.outer(e, w) * phi
    gc = np.einsum("nk,nkd->kd", g / s**2, diff)
    gs = np.sum(g * d2, axis=0) / s**3
    return gc, gs, gw, gb


def backprop(X, y, c, s, w, b):
    diff = X[:, None, :] - c
    d2 = np.sum(diff**2, axis=2)
    phi = np.exp(-d2 / (2 * s**2))
    e = 2 * (phi @ w + b - y) / len(X)
    gw, gb = phi.T @ e, np.sum(e)
    g = np.outer(e, w) * phi
    gc = -np.einsum("nk,nkd->kd", g / s**2, diff)
    gs = np.sum(g * d2, axis=0) / s**3
    return gc, gs, gw, gb


PARAMETERS = ["c", "s", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 2)), r.normal(size=7), r.normal(size=(3, 2)), 0.6 + r.random(3), r.normal(size=3), r.normal()]
