"""Logistic intercept penalised too.

expected kind: repeated-term or wrong-mask
wrong line: 52 or 53
correction 52: for j in range(1, n):
correction 53: grad[j] += Lambda / m * theta[j] * (j > 0)
what: The loop over the penalty begins at the intercept, which the loss doesn't penalise
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = np.c_[np.ones(6), r.normal(size=(6, 3))]
    return r.normal(size=4), X, np.array([0.0, 1, 1, 0, 1, 0]), 1.5


def loss(theta, X, y, Lambda):
    m, J = len(y), 0.0
    for i in range(m):
        h = 1 / (1 + np.exp(-np.dot(theta, X[i])))
        J += -y[i] * np.log(h) - (1 - y[i]) * np.log(1 - h)
    return J / m + Lambda / (2 * m) * np.sum(theta[1:] ** 2)


def right(theta, X, y, Lambda):
    p = 1 / (1 + np.exp(-X @ theta))
    return (X.T @ (p - y) + Lambda * np.r_[0, theta[1:]]) / len(y)


def hypothesis(theta, x):
    z = 0
    for j in range(len(theta)):
        z += theta[j] * x[j]
    return 1.0 / (1.0 + np.exp(-z))


def backprop(theta, X, y, Lambda):
    m, n = X.shape
    grad = np.zeros(n)
    for i in range(m):
        h = hypothesis(theta, X[i])
        error = h - y[i]
        for j in range(n):
            grad[j] += error * X[i, j]
    grad /= m
    for j in range(n):
        grad[j] += Lambda / m * theta[j]
    return grad
