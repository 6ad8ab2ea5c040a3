"""Regression intercept set to nothing in both.

expected kind: updated-parameter or wrong-point
wrong line: 45 or 46
correction 45: penalised = theta.copy()
correction 46: penalised = np.r_[0.0, theta[1:]]
what: The parameters without the intercept are no copy, so that the predictions lack the intercept too
source: https://github.com/dibgerge/ml-coursera-python-assignments/issues/45
said: another name is given to the parameters and one of its elements set to zero; the gradients come out wrong
"""

import numpy as np

PARAMETERS = ["theta"]
LAM = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    y = np.array([1, 0, 0, 1, 0, 0, 0, 1])
    return r.normal(size=4), np.c_[np.ones(8), r.normal(size=(8, 3))], y, np.array([0.7, 2.0])


def loss(theta, X, y, class_weight):
    m = len(y)
    h = 1 / (1 + np.exp(-X @ theta))
    losses = -(y * np.log(h) + (1 - y) * np.log(1 - h))
    return np.sum(class_weight[y] * losses) / m + LAM / (2 * m) * np.sum(theta[1:] ** 2)


def right(theta, X, y, class_weight):
    w = np.where(y == 1, class_weight[1], class_weight[0])
    h = 1 / (1 + np.exp(-np.matmul(X, theta)))
    error = w * (h - y)
    reg = LAM * np.concatenate([[0.0], theta[1:]])
    return (np.matmul(X.T, error) + reg) / y.shape[0]


def sigmoid(t):
    return 1.0 / (1.0 + np.exp(-t))


def backprop(theta, X, y, class_weight):
    m, n = X.shape
    penalised = theta
    penalised[0] = 0
    grad = np.zeros(n)
    for i in range(m):
        h = sigmoid(np.dot(X[i], theta))
        for j in range(n):
            grad[j] += class_weight[y[i]] * (h - y[i]) * X[i, j]
    grad = grad / m + LAM / m * penalised
    return grad
