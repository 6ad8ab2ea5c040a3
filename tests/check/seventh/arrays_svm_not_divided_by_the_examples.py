"""Arrays svm not divided by the examples.

expected kind: sum-for-mean
wrong line: 56
correction 56: dW = coeff.dot(X.T) / m
given as: arrays
what: The hinge's part of the gradient of the weights is a sum over the examples and not their mean; the penalty is
    right
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
LAMBDA, DELTA = 0.1, 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=(2, 8)), r.integers(4, size=8)


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
    true_scores = scores[y, np.arange(m)]
    M = np.maximum(0, scores - true_scores + DELTA)
    M[y, np.arange(m)] = 0
    coeff = (M > 0).astype(float)
    active = coeff.sum(axis=0)
    coeff[y, np.arange(m)] = -active
    dW = coeff.dot(X.T)
    dW += LAMBDA * W
    db = coeff.sum(axis=1) / m
    return dW, db
