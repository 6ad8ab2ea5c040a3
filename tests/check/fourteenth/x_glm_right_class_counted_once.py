"""Glm right class counted once.

expected kind: missing-factor or wrong-mask or missing-sum or scale
wrong line: 57
correction 57: active[rows, y] = -np.sum(active, axis=1)
what: The column of the right class loses the example once, and not as often as a margin is violated
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]
REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(9, 4)), np.array([0, 2, 1, 1, 0, 2, 2, 1, 0])


def loss(W, X, y):
    scores = X @ W
    correct = scores[np.arange(len(y)), y][:, None]
    margins = np.maximum(0, scores - correct + 1)
    return np.sum(margins) / len(y) - 1 + REG * np.sum(W * W)


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    dW /= num_train
    dW += reg * 2 * W
    return dW


def right(W, X, y):
    return svm_loss_naive(W, X, y, REG)


def backprop(W, X, y):
    rows = np.arange(X.shape[0])
    scores = np.dot(X, W)
    margins = scores - scores[rows, y].reshape(-1, 1) + 1
    margins[rows, y] = 0
    active = (margins > 0).astype(float)
    active[rows, y] = -1
    return np.dot(X.T, active) / len(y) + 2 * REG * W
