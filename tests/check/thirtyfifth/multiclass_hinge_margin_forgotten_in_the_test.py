"""Multiclass SVM loss with loops, as in an assignment on linear classifiers.

expected kind: wrong-mask or another-loss
wrong line: 44
correction 44: if scores[j] - correct + delta > 0:
what: whether a class counts is tested without the margin delta
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W"]
delta, reg = 1.0, 0.05

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(9, 5)), rng.integers(4, size=9), 0.5 * rng.normal(size=(5, 4))

def loss(X, y, W):
    total = 0.0
    for i in range(X.shape[0]):
        s = X[i] @ W
        for j in range(W.shape[1]):
            if j != y[i]:
                total += max(0.0, s[j] - s[y[i]] + delta)
    return total / X.shape[0] + reg * np.sum(W * W)

def right(X, y, W):
    n = len(y)
    s = X @ W
    hot = np.eye(W.shape[1])[y]
    on = (s - (s * hot).sum(1, keepdims=True) + delta > 0) * (1 - hot)
    return X.T @ (on - hot * on.sum(1, keepdims=True)) / n + 2 * reg * W

def backprop(X, y, W):
    num_train, num_classes = X.shape[0], W.shape[1]
    dW = np.zeros(W.shape)
    for i in range(num_train):
        scores = X[i].dot(W)
        correct = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            if scores[j] - correct > 0:
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW
