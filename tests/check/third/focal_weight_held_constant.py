"""Focal weight held constant.

expected kind: detached or missing-term
wrong line: 45
correction 45: weight = (1 - pt) ** GAMMA - GAMMA * (1 - pt) ** (GAMMA - 1) * pt * np.log(pt)
what: The weight of the focal loss is taken for a constant, so only the cross-entropy behind it is differentiated
source: https://github.com/kuangliu/pytorch-retinanet/issues/12
said: somebody took the powers for mere weights that aren't propagated through; after checking they are
"""

import numpy as np

PARAMETERS = ["W", "b"]
GAMMA = 2.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(6, 3)), r.integers(0, 4, 6)


def loss(W, b, X, y):
    z = X @ W + b
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logpt = logp[np.arange(len(y)), y]
    return -np.mean((1 - np.exp(logpt)) ** GAMMA * logpt)


def right(W, b, X, y):
    z = X @ W + b
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    hot = np.eye(4)[y]
    pt = (p * hot).sum(1, keepdims=True)
    d = (pt * GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt) - (1 - pt) ** GAMMA) * (hot - p) / len(y)
    return X.T @ d, d.sum(0)


def backprop(W, b, X, y):
    n = X.shape[0]
    scores = X.dot(W) + b
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    pt = probs[np.arange(n), y]
    weight = (1 - pt) ** GAMMA
    dscores = probs.copy()
    dscores[np.arange(n), y] -= 1
    dscores *= weight[:, None] / n
    return X.T.dot(dscores), dscores.sum(axis=0)
