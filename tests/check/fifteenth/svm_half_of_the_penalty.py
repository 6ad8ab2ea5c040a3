"""Svm half of the penalty.

expected kind: scale or missing-factor
wrong line: 78
correction 78: dW += 2 * reg * W
what: The square of the weights is differentiated without the two
source: https://github.com/jingtinghuang/CS231n-Spring-2017/issues/3
said: the gradient of the penalty should have a factor of two
"""

import numpy as np

PARAMETERS = ["W"]
REG = 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 4)), r.normal(size=(9, 5)), np.array([0, 3, 1, 2, 2, 0, 1, 3, 3])


def loss(W, X, y):
    scores = X @ W
    total = 0.0
    for i in range(len(y)):
        for j in range(W.shape[1]):
            if j != y[i]:
                total += max(0, scores[i, j] - scores[i, y[i]] + 1) ** 2
    return total / len(y) + REG * np.sum(W * W)


class LinearSVM:
    def __init__(self, W, reg):
        self.W = W
        self.reg = reg

    def margins(self, X, y):
        scores = X.dot(self.W)
        right_scores = scores[np.arange(X.shape[0]), y][:, np.newaxis]
        margins = np.maximum(0, scores - right_scores + 1)
        return margins

    def gradient(self, X, y):
        num_train = X.shape[0]
        margins = self.margins(X, y)
        coefficients = 2 * margins
        row_sum = np.sum(coefficients, axis=1)
        coefficients[np.arange(num_train), y] -= row_sum
        dW = X.T.dot(coefficients)
        dW /= num_train
        dW += 2 * self.reg * self.W
        return dW


def right(W, X, y):
    return LinearSVM(W, REG).gradient(X, y)


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    value = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                value += margin**2
                dW[:, j] += 2 * margin * X[i]
                dW[:, y[i]] -= 2 * margin * X[i]
    value /= num_train
    dW /= num_train
    value += reg * np.sum(W * W)
    dW += reg * W
    return value, dW


def backprop(W, X, y):
    value, dW = svm_loss_naive(W, X, y, REG)
    return dW
