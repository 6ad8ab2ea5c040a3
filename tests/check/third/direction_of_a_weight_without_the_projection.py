"""Direction of a weight without the projection.

expected kind: missing-term or detached
wrong line: 41
correction 41: dv = dw * (g / norm) - dg * g / norm**2 * v
what: With weight normalisation the norm is held constant, so the part along the direction isn't taken away
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["v", "g"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), r.normal(size=(6, 3))


def loss(v, g, X, Y):
    w = g * v / np.sqrt(np.sum(v**2, axis=0))
    return np.sum((np.tanh(X @ w) - Y) ** 2)


def right(v, g, X, Y):
    u = v / np.linalg.norm(v, axis=0)
    a = np.tanh(X @ (u * g))
    G = X.T @ (2 * (a - Y) * (1 - a * a))
    s = (G * u).sum(0)
    return g / np.linalg.norm(v, axis=0) * (G - s * u), s


def backprop(v, g, X, Y):
    norm = np.linalg.norm(v, axis=0)
    w = v * (g / norm)
    a = np.tanh(X.dot(w))
    da = 2 * (a - Y)
    dw = X.T.dot(da * (1 - a**2))
    dg = np.sum(dw * v, axis=0) / norm
    dv = dw * (g / norm)
    return dv, dg
