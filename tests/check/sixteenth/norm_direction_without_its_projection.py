"""Norm direction without its projection.

expected kind: missing-term
wrong line: 63
correction 63: self.dV = self.g / self.norm * dW - self.g * self.dg / self.norm**2 * self.V
what: The gradient of the directions lacks what goes through their length
source: https://github.com/wy1iu/sphereface/issues/2
said: the weight is normalised by overwriting it, and the gradient is that of a weight that isn't
"""

import numpy as np

PARAMETERS = ["V", "g", "b", "u"]


def data(seed=0):
    r = np.random.default_rng(seed)
    y = np.array([1, 1, 0, 1, 0, 0])
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=5), r.normal(size=(6, 3)), y


def loss(V, g, b, u, X, y):
    W = g * V / np.sqrt(np.sum(V**2, axis=0))
    margins = (2 * y - 1) * (np.tanh(X @ W + b) @ u)
    return np.mean(np.log(1 + np.exp(-margins)))


def right(V, g, b, u, X, y):
    H = len(g)
    dV, dg, db, du = np.zeros_like(V), np.zeros(H), np.zeros(H), np.zeros(H)
    norms = [np.sqrt(V[:, k] @ V[:, k]) for k in range(H)]
    directions = np.stack([V[:, k] / norms[k] for k in range(H)], axis=1)
    for x, label in zip(X, y):
        h = np.tanh(x @ (g * directions) + b)
        sign = 1 if label == 1 else -1
        d = -sign / (1 + np.exp(sign * (h @ u))) / len(y)
        du += d * h
        dz = d * u * (1 - h * h)
        db += dz
        for k in range(H):
            dw = dz[k] * x
            dg[k] += dw @ directions[:, k]
            dV[:, k] += g[k] / norms[k] * (dw - (dw @ directions[:, k]) * directions[:, k])
    return dV, dg, db, du


class WeightNormDense:
    def __init__(self, V, g, b):
        self.V, self.g, self.b = V, g, b
        self.norm = np.linalg.norm(V, axis=0)
        self.W = V * (g / self.norm)

    def forward(self, x):
        self.x = x
        self.a = np.tanh(np.dot(x, self.W) + self.b)
        return self.a

    def backward(self, da):
        dz = da * (1 - self.a**2)
        dW = np.dot(self.x.T, dz)
        self.db = np.sum(dz, axis=0)
        self.dg = np.sum(dW * self.V, axis=0) / self.norm
        self.dV = self.g / self.norm * dW
        return np.dot(dz, self.W.T)


def backprop(V, g, b, u, X, y):
    layer = WeightNormDense(V, g, b)
    h = layer.forward(X)
    p = 1 / (1 + np.exp(-np.dot(h, u)))
    d = (p - y) / len(y)
    layer.backward(np.outer(d, u))
    return layer.dV, layer.dg, layer.db, np.dot(d, h)
