"""Combined softmax labels not taken off in the bias and decay doubled.

expected kind: missing-term or wrong-point + scale
wrong line: 62 and 63
correction 62: grads["W"] = np.dot(X.T, dscores) + REG * W
correction 63: grads["b"] = np.sum(dscores, axis=0)
what: The gradient of the bias has the probabilities without the labels; the decay is that of a penalty without its half
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2])


def loss(W, b, X, y):
    scores = X @ W + b
    total = 0.0
    for i in range(len(X)):
        total = total - scores[i, y[i]] + np.log(np.sum(np.exp(scores[i])))
    return total / len(X) + 0.5 * REG * np.sum(W**2)


def right(W, b, X, y):
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        scores -= np.max(scores)
        sum_exp = np.sum(np.exp(scores))
        for j in range(num_classes):
            p = np.exp(scores[j]) / sum_exp
            margin = p - (j == y[i])
            dW[:, j] += margin * X[i]
            db[j] += margin
    dW /= num_train
    db /= num_train
    dW += REG * W
    return dW, db


def stable_softmax(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def backprop(W, b, X, y):
    N = X.shape[0]
    probs = stable_softmax(np.dot(X, W) + b)
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    grads = {}
    grads["W"] = np.dot(X.T, dscores) + 2 * REG * W
    grads["b"] = np.sum(probs, axis=0) / N
    return grads
