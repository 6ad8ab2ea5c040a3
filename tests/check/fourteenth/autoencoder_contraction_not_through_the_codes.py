"""Autoencoder contraction not through the codes.

expected kind: missing-term or detached
wrong line: 60 or 61
correction 60: dh = np.dot(dy, W) + dslope * (1 - 2 * h)
correction 61: dz = (dh + dslope * (1 - 2 * h)) * slope
what: The slopes of the codes in the penalty are taken for constants; the statement is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(6, 4))


def loss(W, b, c, X):
    h = 1 / (1 + np.exp(-(X @ W + b)))
    rebuilt = h @ W.T + c
    slope = h * (1 - h)
    jacobian = np.sum(slope**2 * np.sum(W**2, axis=0), axis=1)
    return np.mean(np.sum((rebuilt - X) ** 2, axis=1) + LAM * jacobian)


def forward(W, b, c, x):
    h = 1 / (1 + np.exp(-(W.T @ x + b)))
    return h, W @ h + c


def right(W, b, c, X):
    gW, gb, gc = np.zeros_like(W), np.zeros_like(b), np.zeros_like(c)
    lengths = np.sum(W**2, axis=0)
    for x in X:
        h, y = forward(W, b, c, x)
        s = h * (1 - h)
        d = 2 * (y - x)
        delta = s * (W.T @ d) + 2 * LAM * s**2 * (1 - 2 * h) * lengths
        gW += np.outer(d, h) + np.outer(x, delta)
        gW += 2 * LAM * W * s**2
        gb += delta
        gc += d
    return gW / len(X), gb / len(X), gc / len(X)


def backprop(W, b, c, X):
    N = X.shape[0]
    h = 1 / (1 + np.exp(-(np.dot(X, W) + b)))
    dy = 2 * (np.dot(h, W.T) + c - X) / N
    slope = h * (1 - h)
    norms = np.sum(W * W, axis=0)
    # the penalty, once through the codes and once through the weights themselves
    dslope = 2 * LAM / N * slope * norms
    dnorms = LAM / N * np.sum(slope**2, axis=0)
    dh = np.dot(dy, W)
    dz = dh * slope
    dW = np.dot(X.T, dz) + np.dot(dy.T, h)
    dW += 2 * W * dnorms
    return dW, dz.sum(axis=0), dy.sum(axis=0)
