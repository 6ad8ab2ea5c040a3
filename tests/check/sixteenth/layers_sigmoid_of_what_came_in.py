"""Layers sigmoid of what came in.

expected kind: wrong-point
wrong line: 78 or 82
correction 78: self.x = 1 / (1 + np.exp(-x))
correction 82: s = self.forward(self.x); return s * (1 - s) * grad
what: The slope of the sigmoid is taken at its input as if that were its output
source: https://github.com/BoltzmannEntropy/interviews.ai/issues/15
said: the solution multiplies by x(1 - x) with the x that came in, and should do so with the sigmoid of it
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=2)
    return W1, b1, W2, b2, r.normal(size=(6, 3)), r.uniform(size=(6, 2))


def loss(W1, b1, W2, b2, X, Y):
    h = np.maximum(X @ W1 + b1, 0)
    p = 1 / (1 + np.exp(-(h @ W2 + b2)))
    return np.mean((p - Y) ** 2)


def run(weights, X):
    a, cache = X, []
    for l, (W, b) in enumerate(weights):
        z = a.dot(W) + b
        cache.append((a, z))
        a = np.where(z > 0, z, 0.0) if l < len(weights) - 1 else 1 / (1 + np.exp(-z))
    return a, cache


def right(W1, b1, W2, b2, X, Y):
    weights = [(W1, b1), (W2, b2)]
    out, cache = run(weights, X)
    delta = 2 * (out - Y) / Y.size * out * (1 - out)
    grads = []
    for l in reversed(range(len(weights))):
        a_prev, _ = cache[l]
        dW = a_prev.T.dot(delta)
        db = np.sum(delta, axis=0)
        grads = [dW, db, *grads]
        if l > 0:
            delta = delta.dot(weights[l][0].T) * (cache[l - 1][1] > 0)
    return tuple(grads)


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, grad):
        self.dW = np.dot(self.x.T, grad)
        self.db = np.sum(grad, axis=0)
        return np.dot(grad, self.W.T)


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Sigmoid:
    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, grad):
        return self.x * (1 - self.x) * grad


def backprop(W1, b1, W2, b2, X, Y):
    layers = [Dense(W1, b1), ReLU(), Dense(W2, b2), Sigmoid()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = 2 * (out - Y) / Y.size
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db
