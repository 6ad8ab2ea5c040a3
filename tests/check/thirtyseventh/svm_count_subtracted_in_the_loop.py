"""Svm count subtracted in the loop.

expected kind: repeated-term or scale or repeated-factor or unexplained
wrong line: 56 or 58
correction 56: count = 1
correction 58: dW[:, y[i]] -= X[i]
what: the running number of positive margins is subtracted at every one of them, not once at the end
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 5)), rng.normal(size=(8, 6)), rng.integers(5, size=8), 0.1

def loss(W, X, y, reg):
    total = 0.0
    for i in range(X.shape[0]):
        s = X[i] @ W
        total = total + np.sum(np.maximum(0, s - s[y[i]] + 1)) - 1
    return total / X.shape[0] + 0.5 * reg * np.sum(W * W)

def right(W, X, y, reg):
    num_train, num_classes = X.shape[0], W.shape[1]
    dW = np.zeros(W.shape)
    for i in range(num_train):
        scores = X[i].dot(W)
        count = 0
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                count = 1
                dW[:, j] += X[i]
                dW[:, y[i]] -= count * X[i]
    dW /= num_train
    dW += reg * W
    return dW

def backprop(W, X, y, reg):
    num_train, num_classes = X.shape[0], W.shape[1]
    dW = np.zeros(W.shape)
    for i in range(num_train):
        scores = X[i].dot(W)
        count = 0
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                count += 1
                dW[:, j] += X[i]
                dW[:, y[i]] -= count * X[i]
    dW /= num_train
    dW += reg * W
    return dW
