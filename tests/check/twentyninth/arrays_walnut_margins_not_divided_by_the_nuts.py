"""Arrays walnut margins not divided by the nuts.

expected kind: sum-for-mean
wrong line: 80
correction 80: grads["W"], grads["b"] = dW / num_train + 2 * REG * W, db / num_train
given as: arrays
what: The gradients are summed over the examples, where the loss is their mean
source: https://github.com/ntumlta2019/hw1/issues/2
said: wonders whether the gradient shouldn't be divided by the number of rows of the data
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    # ten walnuts with four measures, from one of four trees
    return r.normal(size=(4, 4)), 0.5 * r.normal(size=4), r.normal(size=(10, 4)), r.integers(0, 4, size=10)


def loss(W, b, nuts, tree):
    n = nuts.shape[0]
    scores = nuts @ W + b
    margins = np.maximum(0, scores - scores[np.arange(n), tree][:, None] + 1)
    # the tree itself has a margin of one
    return np.sum(margins) / n - 1 + REG * np.sum(W * W)


class MulticlassSVM:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def scores(self, X):
        return X.dot(self.W) + self.b

    def slopes(self, X, y):
        """Of the mean of the margins, by the scores."""
        rows = np.arange(X.shape[0])
        scores = self.scores(X)
        margins = scores - scores[rows, y].reshape(-1, 1) + 1
        violated = (margins > 0).astype(scores.dtype)
        violated[rows, y] = 0
        # the right class loses what the others win
        violated[rows, y] = -violated.sum(axis=1)
        return violated / X.shape[0]

    def gradient(self, X, y):
        d = self.slopes(X, y)
        dW = X.T.dot(d)
        dW += 2 * REG * self.W
        db = d.sum(axis=0)
        return dW, db


def right(W, b, nuts, tree):
    svm = MulticlassSVM(W, b)
    return svm.gradient(nuts, tree)


def svm_naive(W, b, X, y):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = np.dot(X[i], W) + b
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
                db[j] += 1
                db[y[i]] -= 1
    grads = {}
    grads["W"], grads["b"] = dW + 2 * REG * W, db
    return grads


def backprop(W, b, nuts, tree):
    return svm_naive(W, b, nuts, tree)
