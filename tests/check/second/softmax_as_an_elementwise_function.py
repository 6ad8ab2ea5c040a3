"""Softmax as an elementwise function.

expected kind: diagonal-jacobian
wrong line: 42
correction 42: return self.output * (grad - np.sum(grad * self.output, axis=1, keepdims=True))
what: The softmax is led back through p * (1 - p), the elements off the diagonal are left out
source: github.com/deeplearning4j/libnd4j, issue 440
said: Only output * (1 - output) is implemented, for the diagonal; the sum and the case of different indices are
    missing.
"""

import numpy as np

PARAMETERS = ["W", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 2)), r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W, V, X, Y):
    e = np.exp(X @ W)
    return np.mean((e / np.sum(e, axis=1, keepdims=True) @ V - Y) ** 2)


def right(W, V, X, Y):
    p = np.exp(X @ W)
    p /= p.sum(1, keepdims=True)
    d = 2 * (p @ V - Y) / Y.size
    g = d @ V.T
    return X.T @ (p * (g - (p * g).sum(1, keepdims=True))), p.T @ d


class Softmax:
    def f(self, z):
        ex = np.exp(z - z.max(axis=1, keepdims=True))
        self.output = ex / ex.sum(axis=1, keepdims=True)
        return self.output

    def df(self, grad):
        return grad * self.output * (1 - self.output)


def backprop(W, V, X, Y):
    gate = Softmax()
    mix = gate.f(X @ W)
    err = 2 * (mix @ V - Y) / Y.size
    return {"V": mix.T @ err, "W": X.T @ gate.df(err @ V.T)}
