"""Matern kernel without a length.

expected kind: missing-factor or scale
wrong line: 44 or 52
correction 44: K_gradient = 3 * dists**2 * np.exp(-np.sqrt(3) * dists) / length_scale
correction 52: g_length = (0.05 * weights - r).dot(K_gradient).dot(weights) / length_scale
what: The derivative of a Matern kernel by its length scale is one by its logarithm
source: https://github.com/scikit-learn/scikit-learn/issues/17034
said: the gradients in closed form lack a factor of one over the length scale
"""

import numpy as np

PARAMETERS = ["length_scale", "weights"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(0.8, 2.0, size=()), r.normal(size=6), r.normal(size=(6, 2)), r.normal(size=6)


def loss(length_scale, weights, X, y):
    d = np.sqrt(np.sum((X[:, None] - X[None]) ** 2, axis=2))
    K = (1 + np.sqrt(3) * d / length_scale) * np.exp(-np.sqrt(3) * d / length_scale)
    return 0.5 * np.sum((y - K @ weights) ** 2) + 0.05 * weights @ K @ weights


def right(length_scale, weights, X, y):
    u = np.sqrt(3) * np.linalg.norm(X[:, None] - X[None], axis=2) / length_scale
    K = (1 + u) * np.exp(-u)
    e = K @ weights - y
    dK = np.outer(e, weights) + 0.05 * np.outer(weights, weights)
    return np.sum(dK * u**2 * np.exp(-u)) / length_scale, K @ e + 0.1 * K @ weights


def matern(X, length_scale):
    n = len(X)
    dists = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            dists[i, j] = np.sqrt(((X[i] - X[j]) ** 2).sum()) / length_scale
    K = dists * np.sqrt(3)
    K = (1.0 + K) * np.exp(-K)
    K_gradient = 3 * dists**2 * np.exp(-np.sqrt(3) * dists)
    return K, K_gradient


def backprop(length_scale, weights, X, y):
    K, K_gradient = matern(X, length_scale)
    r = y - K.dot(weights)
    g_weights = -K.T.dot(r) + 0.1 * K.dot(weights)
    g_length = -r.dot(K_gradient).dot(weights) + 0.05 * weights.dot(K_gradient).dot(weights)
    return g_length, g_weights
