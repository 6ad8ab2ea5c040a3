"""Arrays bias as a mean over the rows.

expected kind: mean-for-sum
wrong line: 49
correction 49: return X.T.dot(coeff), coeff.sum(axis=0)
given as: arrays
what: The gradient of a bias is the mean over the rows, though the loss is a sum over them
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), r.integers(0, 3, 6)


def loss(W, b, X, y):
    s = X @ W + b
    correct = s[np.arange(6), y]
    return np.sum(np.maximum(0, s - correct[:, None] + 1) ** 2) - 6


def right(W, b, X, y):
    s = X @ W + b
    gW, gb = 0 * W, 0 * b
    for i in range(6):
        for j in range(3):
            m = s[i, j] - s[i, y[i]] + 1
            if m > 0 and j != y[i]:
                gW[:, j] += 2 * m * X[i]
                gW[:, y[i]] -= 2 * m * X[i]
                gb[j] += 2 * m
                gb[y[i]] -= 2 * m
    return gW, gb


def backprop(W, b, X, y):
    rows = np.arange(len(X))
    scores = X.dot(W) + b
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    coeff = 2 * margins
    coeff[rows, y] -= coeff.sum(axis=1)
    return X.T.dot(coeff), coeff.mean(axis=0)
