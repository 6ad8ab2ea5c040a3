"""Arrays regression intercept penalised.

expected kind: repeated-term
wrong line: 53 or 54
correction 53: reg = LAM * np.concatenate([[0.0], theta[1:]])
correction 54: return (np.matmul(X.T, error) + np.array([0.0, *reg[1:]])) / y.shape[0]
given as: arrays
what: The intercept is penalised too, which the loss doesn't do
source: https://github.com/JWarmenhoven/Coursera-Machine-Learning/issues/3
said: the column of the bias should have zeros, since nothing is to be added to its gradient
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


def sigmoid(t):
    return 1.0 / (1.0 + np.exp(-t))


def right(theta, X, y, class_weight):
    m, n = X.shape
    penalised = theta.copy()
    penalised[0] = 0
    grad = np.zeros(n)
    for i in range(m):
        h = sigmoid(np.dot(X[i], theta))
        for j in range(n):
            grad[j] += class_weight[y[i]] * (h - y[i]) * X[i, j]
    grad = grad / m + LAM / m * penalised
    return grad


def backprop(theta, X, y, class_weight):
    w = np.where(y == 1, class_weight[1], class_weight[0])
    h = 1 / (1 + np.exp(-np.matmul(X, theta)))
    error = w * (h - y)
    reg = LAM * theta
    return (np.matmul(X.T, error) + reg) / y.shape[0]
