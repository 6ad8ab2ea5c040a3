"""The sum of outer products is returned without L.

expected kind: missing-factor
wrong line: 48
correction 48: return 2 * L @ G
what: the gradient lacks the factor L
source: https://github.com/scikit-learn-contrib/metric-learn/pull/201
said: The author: he had forgotten to multiply by L when applying the update.
"""

import numpy as np

PARAMETERS = ["L"]


def data(seed=0):
    r = np.random.default_rng(seed)
    pairs = np.array([[0, 1], [2, 3], [4, 5]])
    return [r.normal(size=(6, 3)), pairs, np.array([[0, 1, 2], [2, 3, 5], [4, 5, 1]]), 0.6 * r.normal(size=(3, 3))]


def loss(X, pairs, triples, L):
    pull = np.sum(((X[pairs[:, 0]] - X[pairs[:, 1]]) @ L.T) ** 2)
    i, j, k = triples.T
    near = np.sum(((X[i] - X[j]) @ L.T) ** 2, axis=1)
    far = np.sum(((X[i] - X[k]) @ L.T) ** 2, axis=1)
    return pull + np.sum(np.log(1 + np.exp(near - far)))


def right(X, pairs, triples, L):
    i, j, k = triples.T
    dp, dn, df = X[pairs[:, 0]] - X[pairs[:, 1]], X[i] - X[j], X[i] - X[k]
    s = 1 / (1 + np.exp(((df @ L.T) ** 2).sum(1) - ((dn @ L.T) ** 2).sum(1)))
    return 2 * L @ (dp.T @ dp + dn.T * s @ dn - df.T * s @ df)


def outer(X, i, j):
    d = X[i] - X[j]
    return np.outer(d, d)


def backprop(X, pairs, triples, L):
    dist = lambda i, j: np.sum((L @ (X[i] - X[j])) ** 2)
    G = sum(outer(X, i, j) for i, j in pairs)
    for i, j, k in triples:
        push = 1 / (1 + np.exp(-(dist(i, j) - dist(i, k))))
        G = G + push * (outer(X, i, j) - outer(X, i, k))
    return 2 * G
