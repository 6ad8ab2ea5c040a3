"""Softmax regression right class p times 1 p.

expected kind: wrong-activation or repeated-factor + sign or sign + repeated-factor or unexplained or sign or repeated-factor or another-loss
wrong line: 50
correction 50: dW[:, j] += (p[j] - 1) * X[i]
what: at the right class the derivative of the softmax itself, p(1-p), stands where the loss needs p-1
source: https://github.com/mantasu/cs231n/issues/10
said: a reader expected s(1-s) on the diagonal, and asked why the code has s-1 there
"""

import numpy as np

PARAMETERS = ["W"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, 3)), rng.normal(size=(7, 4)), rng.integers(3, size=7), 0.2

def loss(W, X, y, reg):
    f = X @ W
    f = f - f.max(axis=1, keepdims=True)
    log_p = f - np.log(np.exp(f).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y]) + reg * np.sum(W ** 2)

def right(W, X, y, reg):
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        for j in range(W.shape[1]):
            if j == y[i]:
                dW[:, j] += (p[j] - 1) * X[i]
            else:
                dW[:, j] += p[j] * X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW

def backprop(W, X, y, reg):
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        for j in range(W.shape[1]):
            if j == y[i]:
                dW[:, j] += p[j] * (1 - p[j]) * X[i]
            else:
                dW[:, j] += p[j] * X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW
