"""Maxout all pieces get the gradient.

expected kind: wrong-mask or missing-factor
wrong line: 56
correction 56: dz = np.repeat(dh[:, :, None], pieces, axis=2) * self.winner
what: The gradient goes to both pieces of a unit, not only to that which was the greater one
source: https://github.com/MatthieuHernandez/StraightforwardNeuralNetwork/issues/39
said: going back through a maximum, the error should be assigned to the winning unit alone and all others get zero
"""

import numpy as np

PARAMETERS = ["W", "b", "v", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(3, 4, 2)), r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=1)
    return *weights, r.normal(size=(6, 3)), r.uniform(0.1, 0.9, size=6)


def loss(W, b, v, c, X, y):
    z = np.einsum("nd,dmk->nmk", X, W) + b
    h = np.max(z, axis=2)
    p = 1 / (1 + np.exp(-(h @ v + c)))
    return 0.5 * np.mean((p - y) ** 2)


def right(W, b, v, c, X, y):
    z = np.einsum("nd,dmk->nmk", X, W) + b
    which = np.argmax(z, axis=2)
    h = np.take_along_axis(z, which[:, :, None], axis=2)[:, :, 0]
    p = 1 / (1 + np.exp(-(np.einsum("nm,m->n", h, v) + c)))
    delta = (p - y) * p * (1 - p) / y.size
    dv = np.einsum("n,nm->m", delta, h)
    dz = np.einsum("n,m,nmk->nmk", delta, v, np.eye(2)[which])
    dW = np.einsum("nd,nmk->dmk", X, dz)
    db = np.einsum("nmk->mk", dz)
    return dW, db, dv, delta.sum(keepdims=True)


class Maxout:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, X):
        self.X = X
        d, m, k = self.W.shape
        z = (X @ self.W.reshape(d, m * k)).reshape(len(X), m, k) + self.b
        h = z.max(axis=2)
        self.winner = z == h[:, :, None]
        return h

    def backward(self, dh):
        pieces = self.W.shape[2]
        dz = np.repeat(dh[:, :, None], pieces, axis=2)
        self.dW = np.tensordot(self.X, dz, axes=(0, 0))
        self.db = dz.sum(axis=0)


def backprop(W, b, v, c, X, y):
    layer = Maxout(W, b)
    h = layer.forward(X)
    p = 1 / (1 + np.exp(-(h @ v + c)))
    ds = (p - y) * p * (1 - p) / len(y)
    layer.backward(np.outer(ds, v))
    return {"W": layer.dW, "b": layer.db, "v": h.T @ ds, "c": np.array([ds.sum()])}
