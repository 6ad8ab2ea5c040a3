"""The softmax's gradient is off by a factor of two.

expected kind: scale
wrong line: 45
correction 45: delta = (P - Y) / n
what: a factor 2 as of a squared error
source: https://github.com/markroxor/fromscratchtoml/issues/65
said: A gradient check of the library shows that the gradient with softmax is twice what it should be.
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 3)), r.integers(4, size=7), r.normal(size=(3, 4)), r.normal(size=4)]


def loss(X, y, W, b):
    z = X @ W + b
    z = z - np.max(z, axis=1, keepdims=True)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(7), y]))


def right(X, y, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for xi, yi in zip(X, y):
        s = np.exp(xi @ W + b)
        s = s / s.sum()
        s[yi] -= 1
        dW += np.outer(xi, s) / len(X)
        db += s / len(X)
    return dW, db


def backprop(X, y, W, b):
    n, k = len(X), b.size
    Z = X.dot(W) + b
    P = np.exp(Z)
    P /= P.sum(axis=1)[:, np.newaxis]
    Y = np.equal.outer(y, np.arange(k)).astype(float)
    delta = 2 * (P - Y) / n
    return X.T.dot(delta), np.ones(n).dot(delta)
