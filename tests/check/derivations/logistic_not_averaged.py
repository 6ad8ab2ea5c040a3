"""A logistic gradient that grows with the data set.

expected kind: sum-for-mean
wrong line: 50
correction 50: grad = -(y - y_pred).dot(X) / n_samples
what: the data term isn't divided by the number of samples
source: https://github.com/eriklindernoren/ML-From-Scratch/pull/135
said: The gradient of logistic regression lacks 1/n_samples, so the step depends on the size of the data.
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = np.concatenate([np.ones((8, 1)), r.normal(size=(8, 3))], axis=1)
    return [X, r.integers(2, size=8) * 1.0, r.normal(size=4), 0.7]


def loss(X, y, theta, lam):
    h = 1 / (1 + np.exp(-(X @ theta)))
    data_term = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))
    return data_term + lam / (2 * 8) * np.sum(theta[1:] ** 2)


def right(X, y, theta, lam):
    m = len(y)
    h = 1 / (1 + np.exp(-X @ theta))
    grad = np.zeros(4)
    for j in range(4):
        for i in range(m):
            grad[j] += (h[i] - y[i]) * X[i, j] / m
        if j > 0:
            grad[j] += lam / m * theta[j]
    return grad


class LogisticRegression:
    def __init__(self, param, penalty):
        self.param, self.penalty = param, penalty

    def _predict(self, X):
        return 1 / (1 + np.exp(-X.dot(self.param)))

    def gradient(self, X, y):
        n_samples = X.shape[0]
        y_pred = self._predict(X)
        grad = -(y - y_pred).dot(X)
        shrink = self.penalty / n_samples * self.param
        shrink[0] = 0
        return grad + shrink


def backprop(X, y, theta, lam):
    return LogisticRegression(theta.copy(), lam).gradient(X, y)
