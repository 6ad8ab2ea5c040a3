"""Arrays glm penalty taken for a mean.

expected kind: mean-for-sum or scale
wrong line: 54
correction 54: dW += reg * 2 * W
given as: arrays
what: The gradient of the penalty is divided by the number of weights, as if it were a mean of squares
source: https://github.com/kazuto1011/svm-pytorch/issues/1
said: the penalty is the sum of the squared weights, not their mean
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


def right(W, X, y):
    rows = np.arange(X.shape[0])
    scores = np.dot(X, W)
    margins = scores - scores[rows, y].reshape(-1, 1) + 1
    margins[rows, y] = 0
    active = (margins > 0).astype(float)
    active[rows, y] = -np.sum(active, axis=1)
    return np.dot(X.T, active) / len(y) + 2 * REG * W


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
    dW += reg * 2 * W / W.size
    return dW


def backprop(W, X, y):
    return svm_loss_naive(W, X, y, REG)
