"""Svm penalty without its two.

expected kind: missing-factor or scale
wrong line: 48
correction 48: dW += 2 * reg * W
what: The penalty is reg times the sum of squares; in the gradient the two is missing
source: https://github.com/jingtinghuang/CS231n-Spring-2017/issues/3
said: the gradient of the penalty should be twice reg times the weights
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(6, 4)), np.array([0, 2, 1, 1, 2, 0]), 0.3


def loss(W, X, y, reg):
    scores = X.dot(W)
    correct = scores[np.arange(len(y)), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(len(y)), y] = 0
    return np.sum(margins) / len(y) + reg * np.sum(W * W)


def right(W, X, y, reg):
    s = X @ W
    on = (s - np.take_along_axis(s, y[:, None], 1) + 1 > 0).astype(float)
    on -= np.eye(W.shape[1])[y] * on.sum(1, keepdims=True)
    return X.T @ on / len(y) + 2 * reg * W


def svm_gradient(W, X, y, reg):
    N, C = X.shape[0], W.shape[1]
    dW = np.zeros_like(W)
    for i in range(N):
        scores = X[i] @ W
        for j in range(C):
            if j != y[i]:
                margin = scores[j] - scores[y[i]] + 1
                if margin > 0:
                    dW[:, j] += X[i]
                    dW[:, y[i]] -= X[i]
    dW /= N
    dW += reg * W
    return dW


def backprop(W, X, y, reg):
    return svm_gradient(W, X, y, reg)
