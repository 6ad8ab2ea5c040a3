"""Ridge error not averaged beside the penalty.

expected kind: sum-for-mean
wrong line: 58 or 56
correction 58: dj_dw = dj_dw / m + 2 * LAM * w
correction 56: dj_dw[j] += 2 * err * X[i, j] / m
what: The sum over the examples isn't divided by their number before the penalty's gradient is added
source: https://github.com/eriklindernoren/ML-From-Scratch/issues/74
said: shouldn't the data's part of the gradient be divided by the size of the training set, beside that of the regularisation
"""

import numpy as np

PARAMETERS = ["w", "b"]
LAM = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=1), r.normal(size=(7, 3)), r.normal(size=7)


def loss(w, b, X, y):
    return np.mean((X @ w + b - y) ** 2) + LAM * np.sum(w**2)


class RidgeRegression:
    def __init__(self, weights, bias, alpha):
        self.weights, self.bias, self.alpha = weights, bias, alpha

    def predict(self, X):
        return np.dot(X, self.weights) + self.bias

    def gradients(self, X, y):
        n_samples = X.shape[0]
        y_pred = self.predict(X)
        residual = (2 / n_samples) * (y_pred - y)
        dw = np.dot(X.T, residual) + 2 * self.alpha * self.weights
        db = np.sum(residual, keepdims=True)
        return dw, db


def right(w, b, X, y):
    return RidgeRegression(w, b, LAM).gradients(X, y)


def backprop(w, b, X, y):
    m, n = X.shape
    dj_dw = np.zeros(n)
    dj_db = np.zeros(1)
    for i in range(m):
        err = b[0] - y[i]
        for j in range(n):
            err += w[j] * X[i, j]
        for j in range(n):
            dj_dw[j] += 2 * err * X[i, j]
        dj_db[0] += 2 * err
    dj_dw = dj_dw + 2 * LAM * w
    dj_db = dj_db / m
    return dj_dw, dj_db
