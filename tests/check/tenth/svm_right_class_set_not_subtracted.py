"""Svm right class set not subtracted.

expected kind: missing-term or wrong-mask or detached
wrong line: 61 or 60
correction 61: mask[range(num_train), y] -= counts
correction 60: counts = mask.sum(axis=1) - 1
what: The column of the right class is set where it should be reduced
source: https://github.com/bruceoutdoors/CS231n/issues/5
said: the counts of incorrect classes should be subtracted from the mask, not written into it
"""

import numpy as np

PARAMETERS = ["W"]

REG = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    W, X = r.normal(size=(3, 4)), r.normal(size=(9, 3))
    return W, X, np.array([0, 3, 1, 1, 2, 0, 3, 2, 1])


def loss(W, X, y):
    scores = X @ W
    correct = scores[np.arange(len(y)), y]
    margins = np.maximum(0, scores - np.reshape(correct, (-1, 1)) + 1)
    return np.sum(margins) / len(y) - 1 + REG * np.sum(W * W)


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW


def right(W, X, y):
    return svm_loss_naive(W, X, y, REG)


def svm_loss_vectorized(W, X, y, reg):
    num_train = len(y)
    scores = X.dot(W)
    correct = scores[range(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    mask = np.zeros_like(margins)
    mask[margins > 0] = 1
    counts = mask.sum(axis=1)
    mask[range(num_train), y] = -counts
    dW = X.T.dot(mask) / num_train
    dW += 2 * reg * W
    return dW


def backprop(W, X, y):
    return svm_loss_vectorized(W, X, y, REG)
