"""Sigmoid layer that kept its input.

expected kind: wrong-point
wrong line: 49 or 53
correction 49: self.x = 1 / (1 + np.exp(-x))
correction 53: grad_input = self.forward(self.x) * (1 - self.forward(self.x)) * grad
what: The sigmoid layer stores its input and computes x * (1 - x) of it
source: github.com/BoltzmannEntropy/interviews.ai, issue 15
said: In a book's solution the backward pass takes x * (1 - x) of the stored input; the sigmoid's output is what
    belongs there.
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=2), r.normal(size=(5, 3)), r.uniform(size=(5, 2))


def loss(W, b, X, Y):
    return np.sum(np.abs(1 / (1 + np.exp(-(X @ W + b))) - Y) ** 3)


def right(W, b, X, Y):
    s = 1 / (1 + np.exp(-(X @ W + b)))
    d = 3 * np.abs(s - Y) * (s - Y) * s * (1 - s)
    return X.T @ d, d.sum(0)


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class Sigmoid:
    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, grad):
        grad_input = self.x * (1 - self.x) * grad
        return grad_input


def backprop(W, b, X, Y):
    layers = [Linear(W, b), Sigmoid()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = 3 * (out - Y) ** 2 * np.sign(out - Y)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db
