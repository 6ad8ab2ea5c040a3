"""Norm and the small number beside it.

expected kind: wrong-point
wrong line: 42
correction 42: gh += gnorm * h / norm
what: The unit vector is x / (norm + eps), its backward pass is that of x / norm with norm + eps put in everywhere
source: github.com/chainer/chainer, pull request 4190
said: The backward computation of the normalisation was wrong where eps is not negligible.
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(5, 3)), r.normal(size=(5, 4)), 0.2


def loss(W, X, T, eps):
    h = X @ W
    n = np.sqrt(np.sum(h**2, axis=1, keepdims=True)) + eps
    return 0.5 * np.sum((h / n - T) ** 2)


def right(W, X, T, eps):
    h = X @ W
    m = np.linalg.norm(h, axis=1, keepdims=True)
    d = h / (m + eps) - T
    return X.T @ (d / (m + eps) - h * (d * h).sum(1, keepdims=True) / (m * (m + eps) ** 2))


def backprop(W, X, T, eps):
    h = X.dot(W)
    norm = np.sqrt((h * h).sum(axis=1))[:, None]
    norm_eps = norm + eps
    y = h / norm_eps
    gy = y - T
    gnorm = -(gy * h).sum(axis=1)[:, None] / norm_eps**2
    gh = gy / norm_eps
    gh += gnorm * h / norm_eps
    return X.T.dot(gh)
