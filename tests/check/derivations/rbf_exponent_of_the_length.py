"""The derivative by the length scale has L^-2 for L^-3.

expected kind: another-loss or missing-factor or scale
wrong line: 49
correction 49: return self.K * self.dists / self.length_scale
what: the gradient by log(length) is returned as that by length
source: https://github.com/scikit-learn/scikit-learn/issues/26502
said: A reader derives r^2 L^-3 where the code has r^2 L^-2, which is the derivative by the logarithm of L.
"""

import numpy as np

PARAMETERS = ["centres", "length", "weights"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 2)), r.normal(size=6), r.normal(size=(3, 2)), r.uniform(0.5, 2, size=3), r.normal(size=3)]


def loss(x, y, centres, length, weights):
    squares = np.sum((x[:, None, :] - centres) ** 2, axis=2)
    return np.mean((np.exp(-0.5 * squares / length**2) @ weights - y) ** 2)


def right(x, y, centres, length, weights):
    dc, dl, dw = np.zeros_like(centres), np.zeros_like(length), np.zeros_like(weights)
    for xi, yi in zip(x, y):
        diff = xi - centres
        phi = np.exp(-0.5 * (diff**2).sum(1) / length**2)
        e = 2 * (phi @ weights - yi) / len(x)
        dw += e * phi
        dc += (e * weights * phi / length**2)[:, None] * diff
        dl += e * weights * phi * (diff**2).sum(1) / length**3
    return dc, dl, dw


class RBF:
    def __init__(self, length_scale):
        self.length_scale = length_scale

    def __call__(self, X, Y):
        self.diff = X[:, np.newaxis, :] - Y[np.newaxis, :, :]
        self.dists = np.sum(self.diff ** 2, axis=-1) / self.length_scale ** 2
        self.K = np.exp(-0.5 * self.dists)
        return self.K

    def length_scale_gradient(self):
        return self.K * self.dists

    def centre_gradient(self):
        return self.K[:, :, np.newaxis] * self.diff / self.length_scale[:, np.newaxis] ** 2


def backprop(x, y, centres, length, weights):
    kernel = RBF(length)
    K = kernel(x, centres)
    residual = 2 * (K @ weights - y) / y.size
    dK = np.outer(residual, weights)
    dlength = (dK * kernel.length_scale_gradient()).sum(axis=0)
    dcentres = (dK[:, :, np.newaxis] * kernel.centre_gradient()).sum(axis=0)
    return dcentres, dlength, K.T @ residual
