"""Svm right class counted with the others.

expected kind: wrong-mask or repeated-term
wrong line: 56 or 57 or 58
correction 56: margins = (S - S[rows, y].reshape(N, 1) + 1) * (1 - own)
correction 57: hits = ((margins > 0) & (own == 0)).astype(float)
correction 58: hits[rows, y] = 1 - hits.sum(axis=1)
what: The margin of the right class, always one, is counted among those that are missed
source: https://github.com/lightaime/cs231n/issues/9
said: the margins seem to have the right class among them, which adds one for each example; no, the next line sets them to zero
"""

import numpy as np

PARAMETERS = ["W", "b"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2])


def loss(W, b, X, y):
    Y = np.eye(3)[y]
    S = X @ W + b
    correct = np.sum(S * Y, axis=1, keepdims=True)
    margins = (1 - Y) * np.maximum(0, S - correct + 1)
    return np.sum(margins) / len(X) + LAM * np.sum(W**2)


def right(W, b, X, y):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
                db[j] += 1
                db[y[i]] -= 1
    dW /= num_train
    dW += 2 * LAM * W
    return dW, db / num_train


def backprop(W, b, X, y):
    N = len(X)
    rows = np.arange(N)
    S = X @ W + b
    own = np.eye(W.shape[1])[y]
    margins = S - S[rows, y].reshape(N, 1) + 1
    hits = (margins > 0).astype(float)
    hits[rows, y] = -hits.sum(axis=1)
    grad_W = X.T @ hits / N + 2 * LAM * W
    grad_b = hits.sum(axis=0) / N
    return grad_W, grad_b
