"""Arrays contrast length held constant.

expected kind: missing-term or detached or diagonal-jacobian
wrong line: 76 or 77
correction 76: de = (dunit - unit * np.sum(unit * dunit, axis=1, keepdims=True)) / norm
correction 77: dz = (dunit - unit * np.sum(unit * dunit, axis=1, keepdims=True)) / norm * (1 - e * e)
given as: arrays
what: The length that the embedding is divided by is taken for a constant
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
MARGIN = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b = r.normal(size=(4, 3)), r.normal(size=3)
    return W, b, r.normal(size=(8, 4)), r.normal(size=(8, 4)), r.normal(size=(8, 4))


def loss(W, b, anchors, positives, negatives):
    units = []
    for x in (anchors, positives, negatives):
        e = np.tanh(x @ W + b)
        units.append(e / np.sqrt(np.sum(e**2, axis=1, keepdims=True)))
    a, p, n = units
    return np.sum(np.maximum(0, MARGIN - np.sum(a * p, axis=1) + np.sum(a * n, axis=1)))


def cosine(u, v):
    return np.dot(u, v) / (np.linalg.norm(u) * np.linalg.norm(v))


def cosine_backward(u, v, g):
    nu, nv = np.linalg.norm(u), np.linalg.norm(v)
    c = np.dot(u, v) / (nu * nv)
    du = g * (v / (nu * nv) - c * u / nu**2)
    dv = g * (u / (nu * nv) - c * v / nv**2)
    return du, dv


def right(W, b, anchors, positives, negatives):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for xa, xp, xn in zip(anchors, positives, negatives):
        ea, ep, en = (np.tanh(x.dot(W) + b) for x in (xa, xp, xn))
        if MARGIN - cosine(ea, ep) + cosine(ea, en) <= 0:
            continue
        da, dp = cosine_backward(ea, ep, -1.0)
        da2, dn = cosine_backward(ea, en, 1.0)
        for x, e, d in ((xa, ea, da + da2), (xp, ep, dp), (xn, en, dn)):
            dz = d * (1 - e**2)
            dW += np.outer(x, dz)
            db += dz
    return dW, db


class Tower:
    """The same weights for each of the three."""

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        e = np.tanh(np.dot(x, self.W) + self.b)
        norm = np.linalg.norm(e, axis=1, keepdims=True)
        return e / norm, (x, e, norm)

    def backward(self, dunit, cache):
        x, e, norm = cache
        unit = e / norm
        de = dunit / norm
        dz = de * (1 - e * e)
        self.dW += np.dot(x.T, dz)
        self.db += np.sum(dz, axis=0)


def backprop(W, b, anchors, positives, negatives):
    tower = Tower(W, b)
    (a, ca), (p, cp), (n, cn) = map(tower.forward, (anchors, positives, negatives))
    violated = (MARGIN - np.sum(a * p, axis=1) + np.sum(a * n, axis=1) > 0)[:, None]
    tower.backward(violated * (n - p), ca)
    tower.backward(violated * -a, cp)
    tower.backward(violated * a, cn)
    return tower.dW, tower.db
