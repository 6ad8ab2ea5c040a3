"""svm loops outside the if.

expected kind: wrong-mask or missing-factor or repeated-term
wrong line: 44
correction 44: dW[:, y[i]] -= X[i] * (margin > 0)
what: in the loop the right class's column is reduced whether the margin is violated or not
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def loss(W, X, y, reg=0.2):
    total = 0.0
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j != y[i]:
                total += max(0, scores[j] - scores[y[i]] + 1)
    return total / X.shape[0] + reg * np.sum(W * W)


def right(W, X, y, reg=0.2):
    N = X.shape[0]
    scores = X @ W
    over = (scores - scores[np.arange(N), y][:, None] + 1 > 0) * 1.0
    over[np.arange(N), y] = 0
    over[np.arange(N), y] = -over.sum(axis=1)
    return X.T @ over / N + 2 * reg * W


def backprop(W, X, y, reg=0.2):
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
    dW += 2 * reg * W
    return dW


PARAMETERS = ["W"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 5)), rng.normal(size=(6, 4)), rng.integers(5, size=6)]
