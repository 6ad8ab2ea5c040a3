"""Maximum that is nearly one.

expected kind: wrong-mask
wrong line: 48
correction 48: mask = self.a == self.out
what: The gradient of a maximum goes to every element that is close to it, by a wide tolerance
source: https://github.com/mni-ml/framework/pull/22
said: the mask is made by a comparison with a loose tolerance and can send the gradient to elements that are not the
    largest
"""

import numpy as np

PARAMETERS = ["W", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)) * 0.2, r.normal(size=4), r.normal(size=(5, 6, 3)), r.normal(size=5)


def loss(W, v, X, y):
    pooled = np.max(np.tanh(X @ W), axis=1)
    return 0.5 * np.sum((pooled @ v - y) ** 2)


def right(W, v, X, y):
    dW, dv = np.zeros_like(W), np.zeros_like(v)
    for x, t in zip(X, y):
        h = np.tanh(x @ W)
        k = h.argmax(0)
        top = h[k, np.arange(4)]
        e = top @ v - t
        dv += e * top
        dW += x[k].T * (e * v * (1 - top**2))
    return dW, dv


class Max:
    def __init__(self, dim):
        self.dim = dim

    def forward(self, a):
        self.a, self.out = a, a.max(axis=self.dim, keepdims=True)
        return self.out.squeeze(self.dim)

    def backward(self, grad):
        mask = np.isclose(self.a, self.out, rtol=0, atol=0.1)
        return np.expand_dims(grad, self.dim) * mask


def backprop(W, v, X, y):
    pool = Max(1)
    h = np.tanh(X @ W)
    pooled = pool.forward(h)
    e = pooled @ v - y
    dv = pooled.T @ e
    dh = pool.backward(np.outer(e, v))
    dz = dh * (1 - h * h)
    dW = np.tensordot(X, dz, axes=([0, 1], [0, 1]))
    return dW, dv
