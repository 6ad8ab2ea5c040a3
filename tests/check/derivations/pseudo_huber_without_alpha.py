"""The derivative of the pseudo-Huber loss without its width.

expected kind: missing-factor or scale
wrong line: 34
correction 34: return alpha * error / np.sqrt(np.square(error) + alpha * alpha)
what: the factor alpha is left out
source: https://github.com/RubixML/ML/pull/446
said: differentiate returns e over the root of e^2 + alpha^2; a factor alpha is missing, which a test with
    alpha 1 can't see.
"""

import numpy as np

PARAMETERS = ["w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), 3 * r.normal(size=8), r.normal(size=3), 0.6]


def loss(X, y, w, alpha):
    e = X @ w - y
    return alpha**2 * np.sum(np.sqrt(1 + (e / alpha) ** 2) - 1)


def right(X, y, w, alpha):
    e = X @ w - y
    return X.T @ (e / np.sqrt(1 + (e / alpha) ** 2))


def differentiate(output, target, alpha):
    error = output - target
    return error / np.sqrt(np.square(error) + alpha * alpha)


def backprop(X, y, w, alpha):
    return np.matmul(np.transpose(X), differentiate(np.matmul(X, w), y, alpha))
