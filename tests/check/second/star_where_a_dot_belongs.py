"""Star where a dot belongs.

expected kind: elementwise-for-matmul
wrong line: 50
correction 50: self.delta1 = self.delta2.dot(self.V.T)
what: The delta is multiplied with the weights element by element, which works since there are as many rows as units
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=(4, 4)),
        r.normal(size=(4, 2)), np.eye(4)[r.integers(0, 4, 4)],
    )


def loss(W, b, V, X, Y):
    s = np.maximum(0, X @ W + b) @ V
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * Y, axis=1))


def right(W, b, V, X, Y):
    h = np.maximum(0, X @ W + b)
    e = np.exp(h @ V)
    d = e / e.sum(1, keepdims=True) - Y
    g = d @ V.T * (h > 0)
    return X.T @ g, g.sum(0), h.T @ d


class TwoLayer:
    def __init__(self, W, b, V):
        self.W, self.b, self.V = W, b, V

    def predict(self, X):
        self.X = X
        self.h = np.maximum(self.X.dot(self.W) + self.b, 0)
        e = np.exp(self.h.dot(self.V))
        self.p = (e.T / e.sum(axis=1)).T
        return self.p

    def backprop(self, Y):
        self.delta2 = self.p - Y
        self.delta1 = self.delta2 * self.V.T
        self.delta1[self.h == 0] = 0
        return self.X.T.dot(self.delta1), self.delta1.sum(axis=0), self.h.T.dot(self.delta2)


def backprop(W, b, V, X, Y):
    net = TwoLayer(W, b, V)
    net.predict(X)
    return net.backprop(Y)
