"""Arrays margin right class left at nothing.

expected kind: missing-term
wrong line: 58
correction 58: dscores[rows, y] = -dscores.sum(axis=1)
given as: arrays
what: The right class gets nothing from the margins that it takes part in
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

REG = 0.2
PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(7, 4)), np.array([0, 1, 2, 2, 1, 0, 1])


def loss(W, b, X, y):
    s = X @ W + b
    correct = s[np.arange(len(y)), y]
    margins = np.maximum(0, s - correct[:, None] + 1)
    return (np.sum(margins**2) - len(y)) / len(y) + REG * np.sum(W * W)


def right(W, b, X, y):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                dW[:, j] += 2 * margin * X[i]
                dW[:, y[i]] -= 2 * margin * X[i]
                db[j] += 2 * margin
                db[y[i]] -= 2 * margin
    dW /= num_train
    db /= num_train
    dW += 2 * REG * W
    return dW, db


def backprop(W, b, X, y):
    N = len(y)
    rows = np.arange(N)
    scores = np.dot(X, W) + b
    margins = scores - scores[rows, y][:, np.newaxis] + 1
    hinge = np.where(margins > 0, margins, 0)
    hinge[rows, y] = 0
    dscores = 2 * hinge / N
    dscores[rows, y] = 0
    dW = np.dot(X.T, dscores) + 2 * REG * W
    db = dscores.sum(axis=0)
    return dW, db
