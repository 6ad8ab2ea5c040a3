"""Softmax mean before the penalty forgotten.

expected kind: sum-for-mean or missing-factor or scale
wrong line: 55
correction 55: dscores /= num_train
what: The gradient is summed, not averaged, over the examples
source: https://github.com/eriklindernoren/ML-From-Scratch/issues/124
said: A factor of one over the number of samples is missing
"""

import numpy as np

PARAMETERS = ["W"]


REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 4)), np.array([0, 2, 1, 1, 0, 2, 2]), r.normal(size=(4, 3))


def loss(X, y, W):
    scores = X @ W
    total = 0.0
    for i in range(len(y)):
        total += -scores[i, y[i]] + np.log(np.sum(np.exp(scores[i])))
    return total / len(y) + REG * np.sum(W * W)


def right(X, y, W):
    dW = np.zeros_like(W)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        for k in range(num_classes):
            hit = k == y[i]
            dW[:, k] += (p[k] - hit) * X[i]
    dW /= num_train
    dW += 2 * REG * W
    return dW


def backprop(X, y, W):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(num_train), y] -= 1
    dscores /= 1
    dW = X.T.dot(dscores)
    dW += 2 * REG * W
    return dW
