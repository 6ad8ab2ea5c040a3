"""Groups measured along the other side.

expected kind: wrong-axis
wrong line: 41
correction 41: norms = np.linalg.norm(W, axis=1, keepdims=True)
what: The penalty is on the lengths of the rows, one for each feature, and its gradient divides by those of the
    columns
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=(9, 4)), r.normal(size=(9, 4))


def loss(W, X, Y):
    return 0.5 * np.mean(np.sum((X @ W - Y) ** 2, axis=1)) + 0.8 * np.sum(np.sqrt(np.sum(W**2, axis=1)))


def right(W, X, Y):
    g = X.T @ (X @ W - Y) / len(X)
    for i, row in enumerate(W):
        g[i] += 0.8 * row / np.linalg.norm(row)
    return g


class GroupLasso:
    def __init__(self, alpha):
        self.alpha = alpha

    def penalty(self, W):
        return self.alpha * np.linalg.norm(W, axis=1).sum()

    def gradient(self, W):
        norms = np.linalg.norm(W, axis=0, keepdims=True)
        return self.alpha * W / norms


def backprop(W, X, Y):
    residual = X @ W - Y
    grad = np.zeros_like(W)
    for x, e in zip(X, residual):
        grad += np.outer(x, e) / len(X)
    return grad + GroupLasso(0.8).gradient(W)
