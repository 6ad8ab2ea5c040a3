"""An RBF network, the centres and the widths learnt too.

expected kind: missing-factor or repeated-factor
wrong line: 39
correction 39: gs = np.sum(g * d2, axis=0) / s**3
what: the derivative by the width has the square of the width below the line, which is that by its logarithm, where the third power belongs
source: https://github.com/scikit-learn/scikit-learn/issues/13457
said: The gradient of the RBF kernel by its length scale was seen to have l squared in the denominator where the derivative has l cubed.
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
    gc = np.einsum("nk,nkd->kd", g / s**2, diff)
    gs = np.sum(g * d2, axis=0) / s**2
    return gc, gs, gw, gb


PARAMETERS = ["c", "s", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 2)), r.normal(size=7), r.normal(size=(3, 2)), 0.6 + r.random(3), r.normal(size=3), r.normal()]
