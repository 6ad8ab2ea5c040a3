"""Softmax residual the wrong way round.

expected kind: sign
wrong line: 47
correction 47: error = (probs - onehot) / X.shape[0]
what: The residual of the softmax is y - p where p - y belongs
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(5, 4)), r.integers(0, 3, 5)


def loss(W, b, X, y):
    s = X @ W + b
    s = s - np.max(s, axis=1, keepdims=True)
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(y)), y])


def right(W, b, X, y):
    s = X @ W + b
    p = np.exp(s) / np.exp(s).sum(1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return X.T @ p / len(y), p.mean(0)


class SoftmaxClassifier:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def predict(self, X):
        scores = X.dot(self.W) + self.b
        e = np.exp(scores - scores.max(axis=1)[:, None])
        return e / e.sum(axis=1)[:, None]

    def gradients(self, X, y):
        probs = self.predict(X)
        onehot = np.eye(self.W.shape[1])[y]
        error = (onehot - probs) / X.shape[0]
        self.dW = X.T.dot(error)
        self.db = error.sum(axis=0)
        return self.dW, self.db


def backprop(W, b, X, y):
    return SoftmaxClassifier(W, b).gradients(X, y)
