"""Logistic bias not summed.

expected kind: missing-sum
wrong line: 43
correction 43: db = (1 / n_samples) * np.sum(y_predict - y_true)
what: The gradient of the bias is a column with an element for each example; it should be its sum
source: https://github.com/zotroneneis/machine_learning_basics/pull/13
said: the vector of the errors has to be summed up for the bias
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 1)), r.normal(), r.normal(size=(7, 3)), r.integers(2, size=(7, 1)) * 1.0, 0.4


def loss(w, b, X, y, lam):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    cost = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return cost + lam / (2 * len(y)) * np.sum(w**2)


def right(w, b, X, y, lam):
    r = (0.5 + 0.5 * np.tanh((X @ w + b) / 2) - y)[:, 0] / len(y)
    return np.einsum("n,nd->d", r, X)[:, None] + lam * w / len(y), np.sum(r)


class LogisticRegression:
    def __init__(self, w, b, lam):
        self.w, self.b, self.lam = w, b, lam

    def sigmoid(self, a):
        return 1 / (1 + np.exp(-a))

    def gradient(self, X, y_true):
        n_samples, n_features = X.shape
        y_predict = self.sigmoid(np.dot(X, self.w) + self.b)
        dw = (1 / n_samples) * np.dot(X.T, (y_predict - y_true))
        db = (1 / n_samples) * (y_predict - y_true)
        dw = dw + self.lam / n_samples * self.w
        return dw, db


def backprop(w, b, X, y, lam):
    return LogisticRegression(w, b, lam).gradient(X, y)
