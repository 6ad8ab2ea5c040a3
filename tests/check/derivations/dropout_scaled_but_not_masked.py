"""The backward pass of dropout scales, and lets everything through.

expected kind: missing-factor or wrong-mask
wrong line: 44
correction 44: return self.mask * dLdy * (1.0 / (1.0 - self.p))
what: the mask is left out of the backward pass
source: https://github.com/ddbourgin/numpy-ml/issues/94
said: Shouldn't the gradient apply the mask of the forward pass? It is only divided by 1 - p, which
    overestimates it.
"""

import numpy as np

PARAMETERS = ["w1", "w2"]
P = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = r.uniform(size=(5, 6)) > P
    return [r.normal(size=(5, 3)), r.normal(size=(5, 2)), mask, r.normal(size=(3, 6)), r.normal(size=(6, 2))]


def loss(x, y, mask, w1, w2):
    h = np.tanh(x @ w1) * mask / (1 - P)
    return np.sum((h @ w2 - y) ** 2) / 5


def right(x, y, mask, w1, w2):
    keep = mask / (1 - P)
    t = np.tanh(x @ w1)
    g = 0.4 * ((t * keep) @ w2 - y)
    return x.T @ ((g @ w2.T) * keep * (1 - t * t)), (t * keep).T @ g


class Dropout:
    def __init__(self, p, mask):
        self.p, self.mask = p, mask

    def forward(self, X):
        return self.mask * X * (1.0 / (1.0 - self.p))

    def backward(self, dLdy):
        return dLdy * (1.0 / (1.0 - self.p))


def backprop(x, y, mask, w1, w2):
    drop = Dropout(P, mask)
    a = np.tanh(x @ w1)
    d = drop.forward(a)
    out = d @ w2
    dout = 2 * (out - y) / x.shape[0]
    da = drop.backward(dout @ w2.T)
    return x.T @ (da * (1 - a ** 2)), d.T @ dout
