"""Regression by a net with one hidden layer of tanh.

expected kind: scale or missing-factor
wrong line: 42
correction 42: d_out = 2 * error / len(y)
what: the 2 of the derivative of the squared error is left out; the loss has no half
source: https://github.com/patrickloeber/MLfromscratch/issues/18
said: The factor 2 of the derivative of the mean squared error is missing in the computed gradients.
"""
import numpy as np


class Regressor:
    def __init__(self, W1, c1, w2, c2):
        self.W1, self.c1, self.w2, self.c2 = W1, c1, w2, c2

    def forward(self, X):
        self.X = X
        self.A = np.tanh(X @ self.W1 + self.c1)
        return self.A @ self.w2 + self.c2


def loss(W1, c1, w2, c2, X, y):
    return np.mean((Regressor(W1, c1, w2, c2).forward(X) - y) ** 2)


def right(W1, c1, w2, c2, X, y):
    net = Regressor(W1, c1, w2, c2)
    error = net.forward(X) - y
    d_out = 2 * error / len(y)
    d_w2 = net.A.T @ d_out
    d_c2 = np.sum(d_out)
    d_pre = np.outer(d_out, w2) * (1 - net.A ** 2)
    d_W1 = X.T @ d_pre
    d_c1 = d_pre.sum(axis=0)
    return d_W1, d_c1, d_w2, d_c2


def backprop(W1, c1, w2, c2, X, y):
    net = Regressor(W1, c1, w2, c2)
    error = net.forward(X) - y
    d_out = error / len(y)
    d_w2 = net.A.T @ d_out
    d_c2 = np.sum(d_out)
    d_pre = np.outer(d_out, w2) * (1 - net.A ** 2)
    d_W1 = X.T @ d_pre
    d_c1 = d_pre.sum(axis=0)
    return d_W1, d_c1, d_w2, d_c2


PARAMETERS = ["W1", "c1", "w2", "c2"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(2, 4)), g.normal(size=4), g.normal(size=4), g.normal(), g.normal(size=(10, 2)), g.normal(size=10)
