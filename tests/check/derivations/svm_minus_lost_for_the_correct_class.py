"""The row of the correct class gets the sum with a plus.

expected kind: sign
wrong line: 48
correction 48: grad[y[i]] -= violated * X[i]
what: the term of the correct class has the wrong sign
source: https://aman.ai/primers/backprop/derivative-svm/
said: In the stored copy of this page the minus signs of its formulas are lost; programmed as the boxed
    gradient stands, it is this.
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 4)), r.integers(3, size=6), r.normal(size=(3, 4))]


def loss(X, y, W):
    s = X @ W.T
    correct = s[np.arange(6), y]
    return np.sum(np.maximum(0, s - correct[:, None] + 1)) / 6 - 1


def right(X, y, W):
    s = X @ W.T
    M = (s - s[np.arange(6), y][:, None] + 1 > 0).astype(float)
    M[np.arange(6), y] = 0
    M[np.arange(6), y] = -M.sum(1)
    return M.T @ X / 6


def backprop(X, y, W):
    grad = np.zeros(W.shape)
    n = X.shape[0]
    for i in range(n):
        scores = W.dot(X[i])
        violated = 0
        for j in range(W.shape[0]):
            if j == y[i]:
                continue
            if scores[j] - scores[y[i]] + 1 > 0:
                violated += 1
                grad[j] += X[i]
        grad[y[i]] += violated * X[i]
    return grad / n
