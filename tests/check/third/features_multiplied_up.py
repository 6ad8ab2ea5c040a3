"""Features multiplied up.

expected kind: repeated-factor or stale-value
wrong line: 39 or 40
correction 39: grad = (p - y[i]) / n * X[i, j]
correction 40: gradient[j] += (p - y[i]) / n * X[i, j]
what: In the loop over the features the error is multiplied by each in place, so the later ones have the earlier
    ones in it
source: https://github.com/h2oai/datatable/pull/3234
said: the gradient was multiplied up over all features, and the coefficients grew beyond all bounds
"""

import numpy as np

PARAMETERS = ["beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(6, 4)), np.array([1, 0, 1, 1, 0, 0])


def loss(beta, X, y):
    z = X @ beta
    return np.mean(np.log(1 + np.exp(z)) - y * z)


def right(beta, X, y):
    return (1 / (1 + np.exp(-X @ beta)) - y) @ X / len(y)


def backprop(beta, X, y):
    n, k = X.shape
    gradient = np.zeros(k)
    for i in range(n):
        p = 1 / (1 + np.exp(-np.dot(X[i], beta)))
        grad = (p - y[i]) / n
        for j in range(k):
            grad = grad * X[i, j]
            gradient[j] += grad
    return gradient
