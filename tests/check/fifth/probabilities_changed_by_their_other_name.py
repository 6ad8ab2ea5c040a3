"""Probabilities changed by their other name.

expected kind: stale-value or wrong-point
wrong line: 42 or 43
correction 42: dscores = probs.copy()
correction 43: dscores = dscores - np.eye(W.shape[1])[y]
what: The error of the softmax is another name for the probabilities, which are changed with it before the entropy
    needs them
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(6, 4)), r.integers(0, 3, 6)


def loss(W, X, y, strength=0.3):
    z = X @ W
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return np.mean(-np.log(p[np.arange(6), y]) + strength * np.sum(p**2, axis=1))


def right(W, X, y, strength=0.3):
    p = np.exp(X @ W)
    p /= p.sum(1, keepdims=True)
    q = 2 * strength * p
    d = p - np.eye(3)[y] + p * (q - (q * p).sum(1, keepdims=True))
    return X.T @ d / 6


def backprop(W, X, y, strength=0.3):
    scores = X.dot(W)
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    dscores = probs
    dscores[np.arange(len(y)), y] -= 1
    dprobs = 2 * strength * probs
    inner = np.sum(dprobs * probs, axis=1, keepdims=True)
    dscores = dscores + probs * (dprobs - inner)
    return X.T.dot(dscores) / len(y)
