"""Softmax bias summed over everything.

expected kind: wrong-axis or wrong-shape
wrong line: 66
correction 66: grads = {"W": df.T.dot(X), "b": df.sum(axis=0)}
what: The gradient of the biases is summed over the classes too, which gives one number, and that is zero
source: https://github.com/rasbt/stat453-deep-learning-ss21/issues/5
said: one single sum is computed for all biases, and broadcast to them later
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), r.normal(size=4), r.normal(size=(8, 5)), np.array([2, 0, 1, 3, 3, 1, 0, 2])


def loss(W, b, X, y):
    scores = X @ W.T + b
    scores = scores - np.max(scores, axis=1, keepdims=True)
    picked = scores[np.arange(len(y)), y]
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - picked) + 0.5 * REG * np.sum(W * W)


def softmax_loss_naive(W, b, X, y, reg):
    num_classes = W.shape[0]
    num_train = X.shape[0]
    value = 0.0
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for i in range(num_train):
        f_i = W.dot(X[i]) + b
        f_i -= np.max(f_i)
        sum_i = np.sum(np.exp(f_i))
        value += -f_i[y[i]] + np.log(sum_i)
        for j in range(num_classes):
            p = np.exp(f_i[j]) / sum_i
            dscore = p - (j == y[i])
            dW[j, :] += dscore * X[i]
            db[j] += dscore
    value = value / num_train + 0.5 * reg * np.sum(W * W)
    dW = dW / num_train + reg * W
    db = db / num_train
    return value, dW, db


def right(W, b, X, y):
    _, dW, db = softmax_loss_naive(W, b, X, y, REG)
    return dW, db


def softmax_loss_vectorized(W, b, X, y, reg):
    N = X.shape[0]
    f = X.dot(W.T) + b
    f -= f.max(axis=1, keepdims=True)
    p = np.exp(f)
    p /= p.sum(axis=1, keepdims=True)
    value = -np.log(p[range(N), y]).sum() / N + 0.5 * reg * (W**2).sum()
    ind = np.zeros_like(p)
    ind[np.arange(N), y] = 1
    df = (p - ind) / N
    grads = {"W": df.T.dot(X), "b": df.sum()}
    grads["W"] += reg * W
    return value, grads


def backprop(W, b, X, y):
    value, grads = softmax_loss_vectorized(W, b, X, y, REG)
    return grads
