"""Combined sigmoid slope and bias mean.

expected kind: missing-factor + sum-for-mean
wrong line: 51 and 49
correction 49: self.grads["b2"] = delta.sum() / n
correction 51: dz = dh * (1 - self.h**2)
what: The hidden delta lacks the slope of the tanh, and the bias of the output is not divided by the rows
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    w1, b1, w2 = r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=4)
    return w1, b1, w2, r.normal(), r.normal(size=(7, 2)), r.integers(0, 2, 7)


def loss(w1, b1, w2, b2, X, y):
    p = 1 / (1 + np.exp(-(np.tanh(X @ w1 + b1) @ w2 + b2)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def right(w1, b1, w2, b2, X, y):
    h = np.tanh(X @ w1 + b1)
    d = (1 / (1 + np.exp(-h @ w2 - b2)) - y) / len(y)
    g = np.outer(d, w2) * (1 - h * h)
    return X.T @ g, g.sum(0), d @ h, d.sum()


class Net:
    def __init__(self, **params):
        self.p = params
        self.grads = {}

    def forward(self, X):
        self.X = X
        self.h = np.tanh(X @ self.p["w1"] + self.p["b1"])
        self.yhat = 1 / (1 + np.exp(-(self.h @ self.p["w2"] + self.p["b2"])))

    def backward(self, y):
        n = y.size
        delta = self.yhat - y
        self.grads["w2"] = self.h.T @ delta / n
        self.grads["b2"] = delta.sum()
        dh = delta[:, None] @ self.p["w2"][None, :]
        dz = dh * self.h
        self.grads["w1"] = self.X.T @ dz / n
        self.grads["b1"] = dz.sum(axis=0) / n


def backprop(w1, b1, w2, b2, X, y):
    net = Net(w1=w1, b1=b1, w2=w2, b2=b2)
    net.forward(X)
    net.backward(y)
    return net.grads
