"""Logistic penalty not over the examples.

expected kind: sum-for-mean
wrong line: 44
correction 44: dw = dw + self.lambd / m * self.w
what: The penalty is divided by the number of examples in the loss and isn't in the gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 1)), r.normal(), r.normal(size=(5, 4)), r.integers(2, size=(5, 1)) * 1.0, 0.4


def loss(w, b, X, y, lambd):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    cost = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return cost + lambd / (2 * len(y)) * np.sum(w**2)


def right(w, b, X, y, lambd):
    r = (0.5 + 0.5 * np.tanh((X @ w + b) / 2) - y)[:, 0] / len(y)
    return np.einsum("n,nd->d", r, X)[:, None] + lambd * w / len(y), np.sum(r)


class LogReg:
    def __init__(self, w, b, lambd):
        self.w, self.b, self.lambd = w, b, lambd

    def sigmoid(self, a):
        return 1 / (1 + np.exp(-a))

    def grads(self, X, y_true):
        m, n = X.shape
        A = self.sigmoid(np.dot(X, self.w) + self.b)
        dw = (1 / m) * np.dot(X.T, (A - y_true))
        db = (1 / m) * np.sum(A - y_true)
        dw = dw + self.lambd * self.w
        return dw, db


def backprop(w, b, X, y, lambd):
    return LogReg(w, b, lambd).grads(X, y)
