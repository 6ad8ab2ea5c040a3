"""Arrays tsne without its four.

expected kind: scale
wrong line: 48
correction 48: grad[i] += 4 * (P[i, j] - q / Z) * q * (Y[i] - Y[j])
given as: arrays
what: The gradient of t-SNE without its constant of four
source: https://github.com/pavlin-policar/openTSNE/pull/89
said: the constant factor is taken out, which departs from the true gradient
"""

import numpy as np

PARAMETERS = ["Y"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 2)), r.normal(size=(5, 3))


def affinities(X):
    P = np.exp(-((X[:, None] - X[None]) ** 2).sum(-1) / 2) * (1 - np.eye(len(X)))
    return P / P.sum()


def loss(Y, X):
    off = 1 - np.eye(5)
    kernel = off / (1 + np.sum((Y[:, None] - Y[None]) ** 2, axis=2))
    return np.log(np.sum(kernel)) - np.sum(affinities(X) * np.log(kernel + np.eye(5)))


def right(Y, X):
    k = 1 / (1 + ((Y[:, None] - Y) ** 2).sum(2)) * (1 - np.eye(5))
    F = (affinities(X) - k / k.sum()) * k
    return 4 * (F.sum(1)[:, None] * Y - F @ Y)


def backprop(Y, X):
    P = affinities(X)
    n = len(Y)
    grad = np.zeros_like(Y)
    Z = sum(1 / (1 + np.sum((Y[i] - Y[j]) ** 2)) for i in range(n) for j in range(n) if i != j)
    for i in range(n):
        for j in range(n):
            if i != j:
                q = 1 / (1 + np.sum((Y[i] - Y[j]) ** 2))
                grad[i] += (P[i, j] - q / Z) * q * (Y[i] - Y[j])
    return grad
