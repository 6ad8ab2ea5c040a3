"""The regularised gradient in which the error isn't multiplied by x.

expected kind: missing-factor
wrong line: 49
correction 49: term = error * X[:, j]
what: the error isn't multiplied by the feature
source: https://github.com/fengdu78/Coursera-ML-AndrewNg-Notes/issues/82
said: A formula in the notes lacks the factor x_j behind the error, and puts the parenthesis elsewhere.
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


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradient_reg(theta, X, y, learningRate):
    m = len(y)
    grad = np.zeros(theta.shape)
    error = sigmoid(X @ theta) - y
    for j in range(theta.size):
        term = error
        if j == 0:
            grad[j] = np.sum(term) / m
        else:
            grad[j] = np.sum(term) / m + learningRate / m * theta[j]
    return grad


def backprop(X, y, theta, lam):
    return gradient_reg(theta, X, y, lam)
