"""Referee margins called from the other side.

expected kind: sign or wrong-mask
wrong line: 65
correction 65: active = scores - correct + DELTA > 0
what: Which margins are violated is decided by the right score minus the other one
source: https://github.com/airbnb/aerosolve/pull/94
said: the margin has the difference of the scores taken off, it should be added
"""

import numpy as np

PARAMETERS = ["W", "b"]
DELTA, REG = 1.0, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6 * r.normal(size=(3, 4)), 0.5 * r.normal(size=4), r.normal(size=(8, 3)), np.array([0, 3, 1, 2, 2, 0, 1, 3])


def loss(W, b, X, y):
    total = 0.0
    for i in range(len(y)):
        scores = X[i] @ W + b
        for j in range(4):
            if j != y[i]:
                total = total + np.maximum(scores[j] - scores[y[i]] + DELTA, 0)
    return total / len(y) + REG * np.sum(W * W)


def svm_naive_example(x, label, W, b):
    """Return the gradient of one example with respect to its scores."""
    num_classes = W.shape[1]
    scores = [x @ W[:, j] + b[j] for j in range(num_classes)]
    g = np.zeros(num_classes)
    for j in range(num_classes):
        if j == label:
            continue
        hit = float(scores[j] - scores[label] + DELTA > 0)
        g[j] += hit
        g[label] -= hit
    return g


def right(W, b, X, y):
    num_train = X.shape[0]
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(num_train):
        g = svm_naive_example(X[i], y[i], W, b)
        for j in range(W.shape[1]):
            dW[:, j] += g[j] * X[i]
            db[j] += g[j]
    dW /= num_train
    db /= num_train
    # add the gradient of the penalty
    dW += REG * 2 * W
    return dW, db


def svm_vectorized(W, b, X, y):
    rows = np.arange(X.shape[0])
    scores = X.dot(W) + b
    correct = scores[rows, y][:, np.newaxis]
    active = correct - scores + DELTA > 0
    active[rows, y] = False
    dscores = active.astype(W.dtype)
    dscores[rows, y] = -active.sum(axis=1)
    return dscores / X.shape[0]


class LinearSvm:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def gradient(self, X, y):
        dscores = svm_vectorized(self.W, self.b, X, y)
        dW = X.T.dot(dscores)
        dW += 2 * REG * self.W
        return {"W": dW, "b": np.sum(dscores, axis=0)}


def backprop(W, b, X, y):
    return LinearSvm(W, b).gradient(X, y)
