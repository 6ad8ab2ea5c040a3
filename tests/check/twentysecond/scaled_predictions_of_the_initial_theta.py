"""Scaled predictions of the initial theta.

expected kind: stale-value or wrong-point
wrong line: 84
correction 84: total += (hypothesis(theta, A[i]) - y[i]) * A[i, j]
what: The error is that of the parameters that training began with
source: https://github.com/kaleko/CourseraML/issues/7
said: in gradient descent the hypothesis is called with the initial theta where the current one belongs
"""

import numpy as np

PARAMETERS = ["theta"]
LAM = 1.5


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = np.array([40.0, 3.0, 0.5]) + rng.normal(size=(9, 3)) * np.array([8.0, 1.0, 0.2])
    y = (rng.uniform(size=9) < 0.5).astype(float)
    y[:2] = 0.0, 1.0
    return rng.normal(size=4), X, y


def loss(theta, X, y):
    m = len(y)
    S = (X - np.mean(X, axis=0)) / np.sqrt(np.mean((X - np.mean(X, axis=0)) ** 2, axis=0))
    z = theta[0] + S @ theta[1:]
    return np.mean(np.log(1 + np.exp(z)) - y * z) + LAM / (2 * m) * np.sum(theta[1:] ** 2)


class Scaler:
    def fit(self, X):
        self.mean_ = X.mean(axis=0)
        self.scale_ = X.std(axis=0)
        return self

    def transform(self, X):
        return (X - self.mean_) / self.scale_


class LogisticModel:
    def __init__(self, coef, penalty):
        self.coef, self.penalty = coef, penalty

    def decision(self, A):
        return A @ self.coef

    def gradient(self, A, y):
        m = A.shape[0]
        residual = 1 / (1 + np.exp(-self.decision(A))) - y
        shrink = self.penalty * np.append(0, self.coef[1:])
        return (A.T @ residual + shrink) / m


def right(theta, X, y):
    scaled = Scaler().fit(X).transform(X)
    A = np.hstack([np.ones((len(X), 1)), scaled])
    return LogisticModel(theta, LAM).gradient(A, y)


initial_theta = np.zeros(4)


def feature_normalize(X):
    columns = []
    for j in range(X.shape[1]):
        mu, sd = X[:, j].mean(), X[:, j].std()
        columns.append((X[:, j] - mu) / sd)
    return np.column_stack([np.ones(len(X))] + columns)


def hypothesis(theta, row):
    return 1.0 / (1.0 + np.exp(-np.dot(theta, row)))


def backprop(theta, X, y):
    A = feature_normalize(X)
    m, n = A.shape
    tmp = np.zeros(n)
    for j in range(n):
        total = 0.0
        for i in range(m):
            total += (hypothesis(initial_theta, A[i]) - y[i]) * A[i, j]
        tmp[j] = total / m
        if j > 0:
            tmp[j] += LAM / m * theta[j]
    return tmp
