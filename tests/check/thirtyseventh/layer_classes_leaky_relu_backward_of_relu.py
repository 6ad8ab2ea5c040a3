"""Layer classes leaky relu backward of relu.

expected kind: wrong-activation or wrong-mask or missing-term
wrong line: 39
correction 39: return grad * np.where(self.x > 0, 1.0, self.slope)
what: the backward of the leaky relu lets nothing through where the input is negative
source: https://github.com/MachineLearningLifeScience/stochman/issues/10
said: the Jacobian of the leaky relu was the relu's
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)), r.normal(size=(6, 2)), r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=2)

class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        return grad @ self.W.T

class LeakyReLU:
    slope = 0.1

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, grad):
        return grad * (self.x > 0)

def loss(x, y, W1, b1, W2, b2):
    h = x @ W1 + b1
    return np.mean((np.where(h > 0, h, 0.1 * h) @ W2 + b2 - y) ** 2)

def right(x, y, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.where(z > 0, z, 0.1 * z)
    d = 2 * (h @ W2 + b2 - y) / y.size
    dz = (d @ W2.T) * np.where(z > 0, 1, 0.1)
    return x.T @ dz, dz.sum(0), h.T @ d, d.sum(0)

def backprop(x, y, W1, b1, W2, b2):
    layers = [Linear(W1, b1), LeakyReLU(), Linear(W2, b2)]
    out = x
    for layer in layers:
        out = layer.forward(out)
    grad = 2 * (out - y) / y.size
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db
