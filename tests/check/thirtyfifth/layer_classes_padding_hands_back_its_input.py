"""A net of layer classes with a layer that pads by zeros.

expected kind: stale-value or wrong-parameter or unexplained
wrong line: 47
correction 47: return grad[:, self.width:-self.width]
what: the padding layer's backward returns the input that it kept, not the inner part of the gradient
source: https://github.com/torch/nn/pull/344
said: the padding layer was broken: backwards it returned the input instead of the gradient with respect to the input
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(6, 2)), rng.normal(size=2)

class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        return grad @ self.W.T

class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad):
        return grad * (1 - self.y ** 2)

class Padding:
    def __init__(self, width):
        self.width = width

    def forward(self, x):
        self.input = x
        return np.pad(x, ((0, 0), (self.width, self.width)))

    def backward(self, grad):
        return self.input

def loss(x, t, W1, b1, W2, b2):
    for layer in (Linear(W1, b1), Tanh(), Padding(1), Linear(W2, b2)):
        x = layer.forward(x)
    return np.sum((x - t) ** 2)

def right(x, t, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    hp = np.pad(h, ((0, 0), (1, 1)))
    e = 2 * (hp @ W2 + b2 - t)
    d = (e @ W2[1:-1].T) * (1 - h ** 2)
    return x.T @ d, d.sum(0), hp.T @ e, e.sum(0)

def backprop(x, t, W1, b1, W2, b2):
    first, second = Linear(W1, b1), Linear(W2, b2)
    layers = [first, Tanh(), Padding(1), second]
    for layer in layers:
        x = layer.forward(x)
    grad = 2 * (x - t)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return first.dW, first.db, second.dW, second.db
