"""Penalised biases without their penalty.

expected kind: missing-term
wrong line: 54
correction 54: grads["b1"] = np.sum(dout1, axis=0) + 2 * reg * b1
what: The loss penalises both weights and biases, the gradient of one of the biases only has the data
source: github.com/Burton2000/CS231n-2017, issue 9
said: The biases' squares are in the loss, 2 * reg * b1 isn't in the gradient.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 3)),
        r.normal(size=3), r.normal(size=(5, 3)), r.integers(0, 3, 5), 0.2,
    )


def loss(W1, b1, W2, b2, X, y, reg):
    s = np.maximum(0, X @ W1 + b1) @ W2 + b2
    J = np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])
    return J + reg * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(b1 * b1) + np.sum(b2 * b2))


def right(W1, b1, W2, b2, X, y, reg):
    h = np.maximum(0, X @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    d = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / len(y)
    g = d @ W2.T * (h > 0)
    return tuple(k + 2 * reg * p for k, p in zip((X.T @ g, g.sum(0), h.T @ d, d.sum(0)), (W1, b1, W2, b2)))


def backprop(W1, b1, W2, b2, X, y, reg):
    N = X.shape[0]
    out1 = X.dot(W1) + b1
    act1 = np.maximum(out1, 0)
    scores = act1.dot(W2) + b2
    shifted = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    grads = {}
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    dscores /= N
    grads["W2"] = act1.T.dot(dscores) + 2 * reg * W2
    grads["b2"] = dscores.sum(axis=0) + 2 * reg * b2
    dact1 = dscores.dot(W2.T)
    dout1 = (out1 > 0) * dact1
    grads["W1"] = X.T.dot(dout1) + 2 * reg * W1
    grads["b1"] = np.sum(dout1, axis=0)
    return grads
