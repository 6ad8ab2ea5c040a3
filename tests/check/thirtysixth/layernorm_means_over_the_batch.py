"""Layer normalisation of the rows.

expected kind: wrong-axis or wrong-shape
wrong line: 40
correction 40: m1, m2 = (np.mean(v, axis=1, keepdims=True) for v in (u, u * xhat))
what: the two means of the gradient are taken over the batch, as in batch normalisation
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def normalise(x, eps=1e-4):
    rstd = 1.0 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    return (x - x.mean(axis=1, keepdims=True)) * rstd, rstd


def loss(x, g, b, t):
    xhat, _ = normalise(x)
    return 0.5 * np.sum((g * xhat + b - t) ** 2)


def right(x, g, b, t):
    xhat, rstd = normalise(x)
    dy = g * xhat + b - t
    dg = np.sum(dy * xhat, axis=0)
    db = np.sum(dy, axis=0)
    u = dy * g
    m1, m2 = (np.mean(v, axis=1, keepdims=True) for v in (u, u * xhat))
    dx = (u - m1 - xhat * m2) * rstd
    return {"x": dx, "g": dg, "b": db}


def backprop(x, g, b, t):
    xhat, rstd = normalise(x)
    dy = g * xhat + b - t
    dg = np.sum(dy * xhat, axis=0)
    db = np.sum(dy, axis=0)
    u = dy * g
    m1, m2 = (np.mean(v, axis=0, keepdims=True) for v in (u, u * xhat))
    dx = (u - m1 - xhat * m2) * rstd
    return {"x": dx, "g": dg, "b": db}


PARAMETERS = ["x", "g", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 1.5 * r.normal(size=(5, 4)), 1 + r.normal(size=4) ** 2, r.normal(size=4), r.normal(size=(5, 4))
