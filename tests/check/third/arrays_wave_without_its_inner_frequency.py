"""Arrays wave without its inner frequency.

expected kind: scale or missing-factor
wrong line: 38
correction 38: dz = da * OMEGA * np.cos(OMEGA * z)
given as: arrays
what: A layer of sines has a frequency inside, which its gradient lacks
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "v"]
OMEGA = 3.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=(6, 2)), r.normal(size=6)


def loss(W, v, X, y):
    return np.mean((np.sin(OMEGA * (X @ W)) @ v - y) ** 2)


def right(W, v, X, y):
    s = OMEGA * (X @ W)
    e = 2 * (np.sin(s) @ v - y) / len(y)
    return OMEGA * X.T @ (np.outer(e, v) * np.cos(s)), e @ np.sin(s)


def backprop(W, v, X, y):
    z = X.dot(W)
    a = np.sin(OMEGA * z)
    dout = 2 * (a.dot(v) - y) / len(y)
    da = np.outer(dout, v)
    dz = da * np.cos(OMEGA * z)
    return X.T.dot(dz), a.T.dot(dout)
