"""The intercept is penalised by the gradient, and not by the loss.

expected kind: another-loss or repeated-term
wrong line: 46 or 47
correction 46: penalised = np.concatenate([[0.0], theta[1:]])
correction 47: gradient = (delta @ X + lam * np.append(0.0, theta[1:])) / num_examples
what: the right gradient of the loss that penalises theta[0] too
source: https://github.com/trekhleb/homemade-machine-learning/pull/63
said: The penalty is applied to all parameters, theta[0] among them, and the repair that follows works on what
    was already changed.
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
    num_examples = X.shape[0]
    predictions = 1.0 / (1.0 + np.exp(-np.dot(X, theta)))
    delta = predictions - y
    penalised = theta
    gradient = (delta @ X + lam * penalised) / num_examples
    return gradient
