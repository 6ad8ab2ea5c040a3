"""y - p, and subtracted.

expected kind: sign
wrong line: 45
correction 45: residual = probs - targets
what: the direction down the loss is returned as its gradient
source: https://github.com/davharris/mistnet/issues/29
said: A note to make sure of the sign on cross-entropy.
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
    targets = np.eye(W.shape[1])[y]
    scores = X @ W + b
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    residual = targets - probs
    return np.einsum("nd,nk->dk", X, residual) / len(X), residual.mean(axis=0)
