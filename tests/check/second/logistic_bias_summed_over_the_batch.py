"""Logistic bias summed over the batch.

expected kind: sum-for-mean
wrong line: 40
correction 40: grad_b += err / m
what: The bias of a logistic regression is not divided by the number of rows; the weights are
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(), r.normal(size=(9, 4)), r.integers(0, 2, 9)


def loss(w, b, X, y):
    z = X @ w + b
    return np.mean(np.log(1 + np.exp(-z)) + (1 - y) * z)


def right(w, b, X, y):
    r = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
    return r @ X, r.sum()


def backprop(w, b, X, y):
    m = len(y)
    grad_w = [0.0 for _ in w]
    grad_b = 0.0
    for xi, yi in zip(X, y):
        p = 1.0 / (1.0 + np.exp(-(sum(wj * xj for wj, xj in zip(w, xi)) + b)))
        err = p - yi
        for j in range(len(w)):
            grad_w[j] += err * xi[j] / m
        grad_b += err
    return np.array(grad_w), grad_b
