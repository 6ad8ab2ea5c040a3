"""Weightnorm one length too many.

expected kind: repeated-factor
wrong line: 61
correction 61: self.dV = self.g / self.norm * dW - self.g * self.dg / self.norm**2 * self.V
what: The term that takes away what points along the weights is divided by their length once too often
source: https://github.com/zhreshold/mxnet-ssd/issues/48
said: it was proposed to divide the second term of a normalisation's gradient by the norm once more; the norm belongs there only once
"""

import numpy as np

PARAMETERS = ["V", "g", "b", "u"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V, g, b, u = r.normal(size=(4, 3)), r.uniform(0.5, 2, size=3), r.normal(size=3), r.normal(size=3)
    return V, g, b, u, r.normal(size=(6, 4)), r.normal(size=6)


def loss(V, g, b, u, X, y):
    W = V * (g / np.sqrt(np.sum(V**2, axis=0)))
    h = np.tanh(X @ W + b)
    return 0.5 * np.mean((h @ u - y) ** 2)


def right(V, g, b, u, X, y):
    units = range(len(g))
    directions = [V[:, j] / np.linalg.norm(V[:, j]) for j in units]
    h = np.array([np.tanh(X @ (g[j] * directions[j]) + b[j]) for j in units])
    residual = u @ h - y
    grads = {"V": np.zeros_like(V), "g": np.zeros_like(g), "b": np.zeros_like(b), "u": h @ residual / y.size}
    for j in units:
        delta = residual * u[j] * (1 - h[j] ** 2) / y.size
        dw = X.T @ delta
        e = directions[j]
        ddirection = g[j] * dw
        grads["g"][j] = dw @ e
        grads["V"][:, j] = (ddirection - e * (e @ ddirection)) / np.linalg.norm(V[:, j])
        grads["b"][j] = delta.sum()
    return grads


class WeightNormLayer:
    def __init__(self, V, g, b):
        self.V, self.g, self.b = V, g, b

    def forward(self, X):
        self.X = X
        self.norm = np.sqrt((self.V**2).sum(axis=0))
        self.W = self.g * self.V / self.norm
        self.out = np.tanh(X @ self.W + self.b)
        return self.out

    def backward(self, dout):
        dz = dout * (1 - self.out**2)
        dW = self.X.T @ dz
        self.db = dz.sum(axis=0)
        self.dg = (dW * self.V).sum(axis=0) / self.norm
        self.dV = self.g / self.norm * dW - self.g * self.dg / self.norm**3 * self.V


def backprop(V, g, b, u, X, y):
    layer = WeightNormLayer(V, g, b)
    h = layer.forward(X)
    dpred = (h @ u - y) / len(y)
    layer.backward(dpred[:, None] * u)
    return layer.dV, layer.dg, layer.db, h.T @ dpred
