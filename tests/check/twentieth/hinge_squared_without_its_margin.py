"""Hinge squared without its margin.

expected kind: missing-factor or wrong-activation
wrong line: 54
correction 54: step = 2 * margin / n
what: The slope of the plain hinge is taken, one; that of its square is twice the margin
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
L1 = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2])


def loss(W, b, X, labels):
    scores = X @ W + b
    right_class = np.eye(3)[labels]
    correct = np.sum(scores * right_class, axis=1, keepdims=True)
    margins = np.maximum(0, scores - correct + 1) * (1 - right_class)
    return np.sum(margins**2) / len(labels) + L1 * np.sum(np.abs(W))


def right(W, b, X, labels):
    num_train = X.shape[0]
    rows = np.arange(num_train)
    scores = X.dot(W) + b
    margins = np.maximum(0, scores - scores[rows, labels][:, np.newaxis] + 1)
    margins[rows, labels] = 0
    dscores = 2 * margins
    dscores[rows, labels] = -dscores.sum(axis=1)
    dscores /= num_train
    db = dscores.sum(axis=0)
    dW = X.T.dot(dscores)
    dW += L1 * np.sign(W)
    return {"W": dW, "b": db}


def backprop(W, b, X, labels):
    dW, db, n = np.zeros(W.shape), np.zeros(b.shape), len(labels)
    for x, c in zip(X, labels):
        s = x @ W + b
        for k in range(W.shape[1]):
            if k == c:
                continue
            margin = s[k] - s[c] + 1
            if margin > 0:
                step = 1.0 / n
                dW[:, k] += step * x
                dW[:, c] -= step * x
                db[k] += step
                db[c] -= step
    dW += L1 * np.sign(W)
    return dW, db
