"""logistic columns bracket around both terms.

expected kind: sign
wrong line: 43
correction 43: dA = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A))
what: the minus before the bracket reaches both terms of the loss's derivative, so that the second has the wrong
    sign
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


class LogisticRegression:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, X):
        self.X = X
        self.Z = self.w.T @ X + self.b
        self.A = 1.0 / (1.0 + np.exp(-self.Z))
        return self.A

    def cost(self, Y):
        return -np.mean(Y * np.log(self.A) + (1 - Y) * np.log(1 - self.A))


def loss(w, b, X, Y):
    model = LogisticRegression(w, b)
    model.forward(X)
    return model.cost(Y)


def right(w, b, X, Y):
    model = LogisticRegression(w, b)
    d = (model.forward(X) - Y) / Y.shape[1]
    return X @ d.T, d.sum(axis=1, keepdims=True)


def backprop(w, b, X, Y):
    model = LogisticRegression(w, b)
    A, m = model.forward(X), X.shape[1]
    dA = -(np.divide(Y, A) + np.divide(1 - Y, 1 - A))
    dZ = dA * A * (1 - A)
    dw = np.dot(X, dZ.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return dw, db


PARAMETERS = ["w", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    Y = (np.arange(8) % 3 == 0).astype(float).reshape(1, 8)
    return [rng.normal(size=(4, 1)), rng.normal(size=(1, 1)), rng.normal(size=(4, 8)), Y]
