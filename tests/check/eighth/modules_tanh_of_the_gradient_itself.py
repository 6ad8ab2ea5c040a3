"""Modules tanh of the gradient itself.

expected kind: missing-factor or wrong-point
wrong line: 72
correction 72: return grad * (1 - np.square(np.tanh(self.x)))
what: The backward method of tanh takes its derivative at the gradient that comes in, and doesn't multiply by that
source: https://github.com/yizt/numpy_neural_network/issues/6
said: it should be the next gradient times one minus the squared tanh of z
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 3), (3, 4), (4,), (4, 4), (4,), (4, 2), (2,), (5, 2)]
    return tuple(r.normal(size=s) for s in shapes)


def loss(x, W1, b1, W2, b2, W3, b3, t):
    h = np.maximum(x @ W1 + b1, 0)
    h = np.tanh(h @ W2 + b2)
    return np.mean((h @ W3 + b3 - t) ** 2)


def right(x, W1, b1, W2, b2, W3, b3, t):
    a = x @ W1 + b1
    r = a.clip(min=0)
    u = np.tanh(r @ W2 + b2)
    y = u @ W3 + b3

    dy = 2 / t.size * (y - t)
    dW3, db3, du = u.T @ dy, dy.sum(0), dy @ W3.T
    ds = du - du * u**2
    dW2, db2, dr = r.T @ ds, ds.sum(0), ds @ W2.T
    da = np.where(a > 0, dr, 0)
    dW1, db1 = x.T @ da, da.sum(0)
    return dict(W1=dW1, b1=db1, W2=dW2, b2=db2, W3=dW3, b3=db3)


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


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Tanh:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, grad):
        return 1 - np.square(np.tanh(grad))


class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.mean((pred - target) ** 2)

    def backward(self):
        return 2 * (self.pred - self.target) / self.pred.size


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


def backprop(x, W1, b1, W2, b2, W3, b3, t):
    first, second, third = Linear(W1, b1), Linear(W2, b2), Linear(W3, b3)
    model = Sequential(first, ReLU(), second, Tanh(), third)
    criterion = MSELoss()
    criterion.forward(model.forward(x), t)
    model.backward(criterion.backward())
    return first.dW, first.db, second.dW, second.db, third.dW, third.db
