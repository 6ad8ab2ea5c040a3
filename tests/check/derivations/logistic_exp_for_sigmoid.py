"""exp(X theta) where the sigmoid belongs.

expected kind: another-loss or wrong-activation
wrong line: 43
correction 43: mu = 1 / (1 + np.exp(-np.dot(X, theta)))
what: the right gradient of Poisson regression
source: Data Science Stack Exchange, "Gradient descent function implementation in Python"
said: For logistic regression the question has the gradient -X^T (y - exp(X theta)), which is Poisson
    regression's.
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


def backprop(X, y, theta, lam):
    m = X.shape[0]
    mu = np.exp(np.dot(X, theta))
    dtheta = -np.dot(X.T, y - mu) / m
    dtheta[1:] += lam * theta[1:] / m
    return dtheta
