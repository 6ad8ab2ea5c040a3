"""Smoothing that reaches the padding.

expected kind: wrong-mask or missing-factor
wrong line: 48 or 50
correction 48: d_soft[i] = (probs[i] - 1.0 / k) * (labels[i] != ignore)
correction 50: return ((1 - eps) * d_hard + eps * d_soft * (labels != ignore)[:, None]) / count
what: The uniform part of the smoothed labels has a gradient at places that are ignored
source: https://github.com/pytorch/pytorch/issues/73205
said: ignored samples count in the uniform part, unlike in that of the one-hot labels; there it is the loss itself
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(8, 4)), np.array([0, -1, 3, 2, -1, 4, 1, -1])


def loss(W, b, X, y):
    kept = np.flatnonzero(y >= 0)
    z = X[kept] @ W + b
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    hard = -np.sum(logp[np.arange(len(kept)), y[kept]])
    return (0.9 * hard - 0.1 * np.sum(logp) / 5) / len(kept)


def right(W, b, X, y):
    X, y = X[y >= 0], y[y >= 0]
    p = np.exp(X @ W + b)
    p /= p.sum(1, keepdims=True)
    d = (p - 0.9 * np.eye(5)[y] - 0.02) / len(y)
    return X.T @ d, d.sum(0)


def smoothed_cross_entropy_grad(logits, labels, eps=0.1, ignore=-1):
    n, k = logits.shape
    e = np.exp(logits - logits.max(axis=1)[:, None])
    probs = e / e.sum(axis=1)[:, None]
    d_hard = np.zeros((n, k))
    d_soft = np.zeros((n, k))
    for i in range(n):
        if labels[i] != ignore:
            d_hard[i] = probs[i]
            d_hard[i, labels[i]] -= 1.0
        d_soft[i] = probs[i] - 1.0 / k
    count = np.sum(labels != ignore)
    return ((1 - eps) * d_hard + eps * d_soft) / count


def backprop(W, b, X, y):
    dz = smoothed_cross_entropy_grad(X @ W + b, y)
    return X.T @ dz, dz.sum(axis=0)
