"""Dropout mask of the other layer.

expected kind: wrong-mask or wrong-parameter
wrong line: 76
correction 76: dh1 = dd1 * m1
what: The first hidden layer is masked by the second one's mask on the way back
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x, t = r.normal(size=(8, 3)), r.normal(size=(8, 1))
    m1 = (np.arange(32).reshape(8, 4) % 5 > 0) / 0.8
    m2 = (np.arange(32).reshape(8, 4) % 6 < 4) / 0.8
    return x, t, m1, m2, r.normal(size=(3, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 1))


def loss(x, t, m1, m2, W1, W2, W3):
    d1 = np.maximum(x @ W1, 0) * m1
    d2 = np.maximum(d1 @ W2, 0) * m2
    return np.sum((d2 @ W3 - t) ** 2) / len(x)


class Layer:
    def __init__(self, W, mask=None):
        self.W, self.mask = W, mask

    def __call__(self, x):
        self.x = x
        self.z = x @ self.W
        if self.mask is None:
            return self.z
        return np.where(self.z > 0, self.z, 0) * self.mask

    def back(self, g):
        if self.mask is not None:
            g = g * self.mask
            g = g * (self.z > 0)
        self.grad = self.x.T @ g
        return g @ self.W.T


def right(x, t, m1, m2, W1, W2, W3):
    layers = [Layer(W1, m1), Layer(W2, m2), Layer(W3)]
    out = x
    for layer in layers:
        out = layer(out)
    g = (out - t) * (2 / len(x))
    for layer in reversed(layers):
        g = layer.back(g)
    return [layer.grad for layer in layers]


def backprop(x, t, m1, m2, W1, W2, W3):
    z1 = x @ W1
    h1 = np.maximum(z1, 0)
    d1 = h1 * m1
    z2 = d1 @ W2
    h2 = np.maximum(z2, 0)
    d2 = h2 * m2
    y = d2 @ W3

    dy = 2 * (y - t) / len(x)
    dW3 = d2.T @ dy
    dd2 = dy @ W3.T
    dh2 = dd2 * m2
    dz2 = dh2 * (z2 > 0)
    dW2 = d1.T @ dz2
    dd1 = dz2 @ W2.T
    dh1 = dd1 * m2
    dz1 = dh1 * (z1 > 0)
    dW1 = x.T @ dz1
    return dW1, dW2, dW3
