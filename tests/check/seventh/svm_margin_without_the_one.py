"""Svm margin without the one.

expected kind: another-loss or missing-term or wrong-mask
wrong line: 44 or 45
correction 44: margin = f[j] - f[y[i]] + 1
correction 45: if margin + 1 > 0:
what: The margin that decides which classes count is the difference of the scores without the one that the loss adds
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 4)) * 0.4, r.normal(size=(7, 5)), np.array([3, 2, 1, 1, 2, 0, 3]), 0.05


def loss(W, X, y, reg):
    f = X.dot(W)
    correct = f[np.arange(len(y)), y][:, np.newaxis]
    margins = np.maximum(0, f - correct + 1)
    margins[np.arange(len(y)), y] = 0
    return np.sum(margins) / len(y) + reg * np.sum(W * W)


def right(W, X, y, reg):
    s = X @ W
    on = (s - np.take_along_axis(s, y[:, None], 1) + 1 > 0).astype(float)
    on -= np.eye(W.shape[1])[y] * on.sum(1, keepdims=True)
    return X.T @ on / len(y) + 2 * reg * W


def hinge_grad(W, X, y, reg):
    num_train, num_classes = X.shape[0], W.shape[1]
    dW = np.zeros_like(W)
    for i in range(num_train):
        f = X[i] @ W
        for j in range(num_classes):
            if j != y[i]:
                margin = f[j] - f[y[i]]
                if margin > 0:
                    dW[:, j] += X[i]
                    dW[:, y[i]] -= X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW


def backprop(W, X, y, reg):
    return hinge_grad(W, X, y, reg)
