"""arrays two layer relu up the loss.

expected kind: sign
wrong line: 43
correction 43: err = (p - Y) / N
given as: arrays
what: the labels minus the probabilities: every gradient points down the loss
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def loss(W1, b1, W2, b2, X, y):
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    logp = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(y)), y].mean()


def right(W1, b1, W2, b2, X, y):
    N, C = len(X), W2.shape[1]
    z = X @ W1 + b1
    h = np.where(z > 0, z, 0)
    s = h @ W2 + b2
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    Y = np.eye(C)[y]
    err = (p - Y) / N
    dW2, db2 = h.T @ err, err.sum(axis=0)
    dz = (err @ W2.T) * (z > 0)
    dW1, db1 = X.T @ dz, dz.sum(axis=0)
    return dW1, db1, dW2, db2


def backprop(W1, b1, W2, b2, X, y):
    N, C = len(X), W2.shape[1]
    z = X @ W1 + b1
    h = np.where(z > 0, z, 0)
    s = h @ W2 + b2
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    Y = np.eye(C)[y]
    err = (Y - p) / N
    dW2, db2 = h.T @ err, err.sum(axis=0)
    dz = (err @ W2.T) * (z > 0)
    dW1, db1 = X.T @ dz, dz.sum(axis=0)
    return dW1, db1, dW2, db2


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=s) for s in [(4, 5), 5, (5, 3), 3]]
    return [*weights, rng.normal(size=(6, 4)), rng.integers(3, size=6)]
