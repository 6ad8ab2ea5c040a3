"""Combined label smoothing and penalty.

expected kind: wrong-point + missing-term
wrong line: 42 and 43
correction 42: dlogits = (p - smoothed) / N
correction 43: dW = X.T @ dlogits + lam * W
what: The targets are smoothed in the loss and hard in the gradient, and the penalty of the weights is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(6, 3)), r.integers(0, 4, 6), 0.2, 0.3


def loss(W, b, X, y, smooth, lam):
    s = X @ W + b
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    T = (1 - smooth) * np.eye(4)[y] + smooth / 4
    return -np.sum(T * logp) / len(y) + 0.5 * lam * np.sum(W * W)


def right(W, b, X, y, smooth, lam):
    e = np.exp(X @ W + b)
    d = (e / e.sum(1, keepdims=True) - (1 - smooth) * np.eye(4)[y] - smooth / 4) / len(y)
    return X.T @ d + lam * W, d.sum(0)


def backprop(W, b, X, y, smooth, lam):
    N, K = X.shape[0], W.shape[1]
    logits = X @ W + b
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    onehot = np.zeros((N, K))
    onehot[np.arange(N), y] = 1
    smoothed = onehot * (1 - smooth) + smooth / K
    dlogits = (p - onehot) / N
    dW = X.T @ dlogits
    db = dlogits.sum(0)
    return dW, db
