"""Tsne pushes by the distance.

expected kind: wrong-point or wrong-activation
wrong line: 52
correction 52: pqd = (P - Q) * kernel
what: The forces of t-SNE are weighted with the squared distances where the kernel of Student's t belongs
source: https://github.com/RubixML/ML/pull/421
said: the weight in the gradient is the raw distance, it should be one over one plus its square
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
    P = affinities(X)
    off = 1 - np.eye(5)
    kernel = off / (1 + np.sum((Y[:, None] - Y[None]) ** 2, axis=2))
    Q = kernel / np.sum(kernel)
    return -np.sum(P * np.log(Q + np.eye(5)))


def right(Y, X):
    P = affinities(X)
    G = np.zeros_like(Y)
    k = np.array([[0 if i == j else 1 / (1 + np.sum((a - b) ** 2)) for j, b in enumerate(Y)] for i, a in enumerate(Y)])
    for i in range(5):
        for j in range(5):
            G[i] += 4 * (P[i, j] - k[i, j] / k.sum()) * k[i, j] * (Y[i] - Y[j])
    return G


def backprop(Y, X):
    P = affinities(X)
    n = len(Y)
    sq = np.sum(Y**2, axis=1)
    distances = np.maximum(sq[:, None] + sq[None, :] - 2 * Y.dot(Y.T), 0)
    kernel = 1 / (1 + distances)
    np.fill_diagonal(kernel, 0)
    Q = kernel / kernel.sum()
    pqd = (P - Q) * distances
    grad = np.zeros_like(Y)
    for i in range(n):
        grad[i] = 4 * np.dot(pqd[i], Y[i] - Y)
    return grad
