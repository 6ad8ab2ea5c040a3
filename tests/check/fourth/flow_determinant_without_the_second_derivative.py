"""Flow determinant without the second derivative.

expected kind: missing-term
wrong line: 53
correction 53: dh = df @ u - 2 * h * ddet * (u @ w)
what: The determinant's slope of tanh is held constant
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["w", "u", "b"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=3), 0.3 * g.normal(size=3), g.normal(), g.normal(size=(7, 3))


def loss(w, u, b, z):
    h = np.tanh(z @ w + b)
    f = z + h[:, None] * u
    det = np.abs(1 + (1 - h**2) * (u @ w))
    return (0.5 * (f**2).sum(1) - np.log(det)).mean()


def right(w, u, b, z):
    n = z.shape[0]
    h = np.tanh(z @ w + b)
    slope = 1 - h**2
    f = z + np.outer(h, u)
    det = 1 + slope * (u @ w)
    df = f / n
    ddet = -1 / det / n
    dh = df @ u - 2 * h * ddet * (u @ w)
    da = dh * slope
    duw = (ddet * slope).sum()
    dw = z.T @ da + duw * u
    du = df.T @ h + duw * w
    db = da.sum()
    return dw, du, db


def backprop(w, u, b, z):
    n = z.shape[0]
    h = np.tanh(z @ w + b)
    slope = 1 - h**2
    f = z + np.outer(h, u)
    det = 1 + slope * (u @ w)
    df = f / n
    ddet = -1 / det / n
    dh = df @ u
    da = dh * slope
    duw = (ddet * slope).sum()
    dw = z.T @ da + duw * u
    du = df.T @ h + duw * w
    db = da.sum()
    return dw, du, db
