"""Softmax layer hands the gradient on.

expected kind: missing-factor
wrong line: 68
correction 68: return self.y * (delta - np.sum(delta * self.y, axis=1, keepdims=True))
what: The layer of the softmax copies the gradient of its output into that of its input
source: https://github.com/pjreddie/darknet/pull/96
said: the backward pass of the softmax simply copied the gradient by the output
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(W1, W2, X, T):
    z = np.tanh(X @ W1) @ W2
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return np.mean(np.sum((p - T) ** 2, axis=1))


def right(W1, W2, X, T):
    h = np.tanh(X @ W1)
    e = np.exp(h @ W2)
    p = e / e.sum(1, keepdims=True)
    G1, G2 = np.zeros_like(W1), np.zeros_like(W2)
    for x, hi, pi, t in zip(X, h, p, T):
        dz = (np.diag(pi) - np.outer(pi, pi)) @ (2 * (pi - t) / len(X))
        G2 += np.outer(hi, dz)
        G1 += np.outer(x, (W2 @ dz) * (1 - hi**2))
    return G1, G2


class Connected:
    def __init__(self, W):
        self.W = W

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, delta):
        self.dW = self.x.T @ delta
        return delta @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, delta):
        return delta * (1 - self.y**2)


class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y

    def backward(self, delta):
        return delta


def backprop(W1, W2, X, T):
    layers = [Connected(W1), Tanh(), Connected(W2), Softmax()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    delta = 2 * (out - T) / len(X)
    for layer in reversed(layers):
        delta = layer.backward(delta)
    return layers[0].dW, layers[2].dW
