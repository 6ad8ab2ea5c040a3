"""Arrays stress with every pair counted once.

expected kind: scale or missing-factor
wrong line: 46
correction 46: g[i] += 4 * (dist - D[i, j]) * diff / dist
given as: arrays
what: The stress goes over the pairs in both orders, the gradient of a point over the pairs in one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Y"]


def data(seed=0):
    r = np.random.default_rng(seed)
    D = np.abs(r.normal(size=(5, 5))) + 0.5
    return r.normal(size=(5, 2)), (D + D.T) / 2


def loss(Y, D):
    total = 0
    for i in range(5):
        for j in range(5):
            if i != j:
                total = total + (np.sqrt(np.sum((Y[i] - Y[j]) ** 2)) - D[i, j]) ** 2
    return total


def right(Y, D):
    d = Y[:, None] - Y[None]
    n = np.sqrt((d * d).sum(2)) + np.eye(5)
    c = 4 * (n - D) / n * (1 - np.eye(5))
    return (c[:, :, None] * d).sum(1)


def backprop(Y, D):
    g = np.zeros_like(Y)
    for i in range(len(Y)):
        for j in range(len(Y)):
            if i != j:
                diff = Y[i] - Y[j]
                dist = np.linalg.norm(diff)
                g[i] += 2 * (dist - D[i, j]) * diff / dist
    return g
