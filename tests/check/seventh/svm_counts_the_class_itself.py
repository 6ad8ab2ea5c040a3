"""Svm counts the class itself.

expected kind: wrong-mask or repeated-term or missing-term
wrong line: 53 or 54 or 55 or 56
correction 53: margins = np.maximum(0, scores - yi_scores + DELTA) * (np.arange(len(b))[:, None] != y)
correction 54: binary = ((margins > 0) & (np.arange(len(b))[:, None] != y)).astype(float)
correction 55: col_sum = binary.sum(axis=0) - 1
correction 56: binary[y, np.arange(m)] = 1 - col_sum
what: The margins of the right classes, which are the one of the hinge, aren't set to zero, and so each counts
    itself
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
LAMBDA, DELTA = 0.1, 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=3), r.normal(size=(4, 9)), r.integers(3, size=9)


def loss(W, b, X, y):
    S = W @ X + b[:, None]
    L = 0.0
    for i in range(X.shape[1]):
        for k in range(len(b)):
            if k != y[i]:
                L += max(0.0, S[k, i] - S[y[i], i] + DELTA)
    return L / X.shape[1] + 0.5 * LAMBDA * np.sum(W**2)


def right(W, b, X, y):
    dW, db, m = LAMBDA * W, np.zeros_like(b), X.shape[1]
    for x, c in zip(X.T, y):
        s = W @ x + b
        for k in range(len(b)):
            if k != c and s[k] - s[c] + DELTA > 0:
                dW[k] += x / m
                dW[c] -= x / m
                db[k] += 1 / m
                db[c] -= 1 / m
    return dW, db


def backprop(W, b, X, y):
    m = X.shape[1]
    scores = W.dot(X) + b.reshape(-1, 1)
    yi_scores = scores[y, np.arange(m)]
    margins = np.maximum(0, scores - yi_scores + DELTA)
    binary = (margins > 0).astype(float)
    col_sum = binary.sum(axis=0)
    binary[y, np.arange(m)] = -col_sum
    dW = binary.dot(X.T) / m
    dW += LAMBDA * W
    db = binary.sum(axis=1) / m
    return dW, db
