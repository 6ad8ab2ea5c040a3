"""Lasso by subgradients: the penalty

expected kind: another-loss or wrong-activation or unexplained
wrong line: 43
correction 43: dw = dw + alpha * np.sign(w)
what: the subgradient of the sum of absolute values is the sign of each weight; the weights themselves are those of ridge regression
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["w", "b"]
alpha = 0.6


def loss(X, y, w, b):
    n = len(y)
    return np.sum((X @ w + b - y) ** 2) / (2 * n) + alpha * np.sum(np.abs(w))


class Lasso:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def predict(self, X):
        return X.dot(self.w) + self.b

    def gradients(self, X, y):
        error = self.predict(X) - y
        return error.dot(X) / len(y), error.mean()


def right(X, y, w, b):
    model = Lasso(w, b)
    dw, db = model.gradients(X, y)
    dw = dw + alpha * np.sign(w)
    return dw, db


def backprop(X, y, w, b):
    model = Lasso(w, b)
    dw, db = model.gradients(X, y)
    dw = dw + alpha * w
    return dw, db


def data(seed=0):
    rng = np.random.default_rng(seed)
    w = rng.uniform(0.3, 2.0, size=5) * np.array([1, -1, -1, 1, -1])
    return [rng.normal(size=(9, 5)), rng.normal(size=9), w, np.array(-0.4)]
