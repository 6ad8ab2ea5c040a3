"""Softmax regression with loops, as in the first assignment of a course.

expected kind: missing-term or detached or diagonal-jacobian or stale-value or missing-factor
wrong line: 48
correction 48: dW[:, j] += (p[j] - 1) * X[i]
what: the column of the right class gets -x alone; it should get (p - 1) x
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def loss(W, X, y, reg):
    total = 0.0
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        scores -= scores.max()
        total += -scores[y[i]] + np.log(np.sum(np.exp(scores)))
    return total / X.shape[0] + reg * np.sum(W * W)


def right(W, X, y, reg):
    num_train, num_classes = X.shape[0], W.shape[1]
    dW = np.zeros_like(W)
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= scores.max()
        p = np.exp(scores) / np.sum(np.exp(scores))
        for j in range(num_classes):
            if j == y[i]:
                dW[:, j] += (p[j] - 1) * X[i]
            else:
                dW[:, j] += p[j] * X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW


def backprop(W, X, y, reg):
    num_train, num_classes = X.shape[0], W.shape[1]
    dW = np.zeros_like(W)
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= scores.max()
        p = np.exp(scores) / np.sum(np.exp(scores))
        for j in range(num_classes):
            if j == y[i]:
                dW[:, j] -= X[i]
            else:
                dW[:, j] += p[j] * X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW


PARAMETERS = ["W"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, 3)), rng.normal(size=(8, 4)), rng.integers(3, size=8), 0.1
