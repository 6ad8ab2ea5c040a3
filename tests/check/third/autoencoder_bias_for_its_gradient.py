"""Autoencoder bias for its gradient.

expected kind: wrong-parameter
wrong line: 52
correction 52: upd["b1"] = b1_grad
what: The step of a bias is made with the bias itself, not with its gradient
source: https://github.com/apache/systemds/pull/2330
said: the momentum took the values of the biases in place of their gradients
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 2)), r.normal(size=2), r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=(6, 4))


def loss(W1, b1, W2, b2, X):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    out = 1 / (1 + np.exp(-(h @ W2 + b2)))
    return np.sum((out - X) ** 2) / (2 * len(X))


def right(W1, b1, W2, b2, X):
    s = lambda v: 1 / (1 + np.exp(-v))
    h = s(X @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = (o - X) / len(X) * o * (1 - o)
    d1 = d2 @ W2.T * h * (1 - h)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(W1, b1, W2, b2, X):
    n = X.shape[0]
    a1 = sigmoid(X.dot(W1) + b1)
    a2 = sigmoid(a1.dot(W2) + b2)
    e2 = (a2 - X) * a2 * (1 - a2)
    e1 = e2.dot(W2.T) * a1 * (1 - a1)
    W2_grad = a1.T.dot(e2) / n
    b2_grad = np.sum(e2, axis=0) / n
    W1_grad = X.T.dot(e1) / n
    b1_grad = np.sum(e1, axis=0) / n
    upd = {}
    upd["W1"] = W1_grad
    upd["b1"] = b1
    upd["W2"] = W2_grad
    upd["b2"] = b2_grad
    return upd
