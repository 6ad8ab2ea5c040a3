"""Relu net softmax not over the batch size.

expected kind: sum-for-mean
wrong line: 76 or 77 or 83
correction 76: dx = (probs - onehot) / x.shape[0]
correction 77: return dx / x.shape[0]
correction 83: dscores = softmax_loss(scores, y) / len(y)
what: The loss is a mean over the examples; the gradient of the scores isn't divided by their number
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(5, 6)),
        r.normal(size=6),
        r.normal(size=(6, 3)),
        r.normal(size=3),
        r.normal(size=(8, 5)),
        np.array([0, 2, 1, 1, 0, 2, 2, 1]),
    )


def loss(W1, b1, W2, b2, X, y):
    hidden = np.maximum(X @ W1 + b1, 0)
    z = hidden @ W2 + b2
    total = 0.0
    for row, label in zip(z, y):
        total += np.log(np.sum(np.exp(row))) - row[label]
    return total / len(y) + REG * np.sum(W1**2) + REG * np.sum(W2**2)


def right(W1, b1, W2, b2, X, y):
    dW1, db1, dW2, db2 = 2 * REG * W1, 0 * b1, 2 * REG * W2, 0 * b2
    for x, label in zip(X, y):
        h = np.maximum(x @ W1 + b1, 0)
        p = np.exp(h @ W2 + b2)
        p = p / p.sum()
        p[label] -= 1
        back = (W2 @ p) * (h > 0)
        dW1 = dW1 + np.outer(x, back) / len(y)
        db1 = db1 + back / len(y)
        dW2 = dW2 + np.outer(h, p) / len(y)
        db2 = db2 + p / len(y)
    return dW1, db1, dW2, db2


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_backward(dout, x):
    return dout * (x > 0)


def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    onehot = np.zeros_like(probs)
    onehot[np.arange(len(y)), y] = 1
    dx = probs - onehot
    return dx


def backprop(W1, b1, W2, b2, X, y):
    a, fc1 = affine_forward(X, W1, b1)
    scores, fc2 = affine_forward(np.maximum(0, a), W2, b2)
    dscores = softmax_loss(scores, y)
    dh, dW2, db2 = affine_backward(dscores, fc2)
    dW2 = dW2 + 2 * REG * W2
    da = relu_backward(dh, a)
    _, dW1, db1 = affine_backward(da, fc1)
    dW1 = dW1 + 2 * REG * W1
    return dW1, db1, dW2, db2
