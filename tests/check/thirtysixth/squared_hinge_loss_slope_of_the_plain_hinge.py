"""Squared multiclass hinge loss.

expected kind: another-loss or missing-factor or wrong-activation
wrong line: 37
correction 37: dscores = 2 * margin
what: the squared hinge has the slope 2 max(0, m); the indicator of the plain one was kept
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def loss(W, b, X, y):
    scores = X.dot(W) + b
    right_ones = scores[np.arange(len(y)), y]
    margin = np.maximum(0, scores - right_ones[:, np.newaxis] + 1)
    margin[np.arange(len(y)), y] = 0
    return np.sum(margin ** 2) / len(y)


def right(W, b, X, y):
    idx = np.arange(len(y))
    scores = X.dot(W) + b
    margin = np.maximum(0, scores - scores[idx, y][:, np.newaxis] + 1)
    margin[idx, y] = 0
    dscores = 2 * margin
    dscores[idx, y] = -np.sum(dscores, axis=1)
    dscores /= len(y)
    return {"W": X.T.dot(dscores), "b": np.sum(dscores, axis=0)}


def backprop(W, b, X, y):
    idx = np.arange(len(y))
    scores = X.dot(W) + b
    margin = np.maximum(0, scores - scores[idx, y][:, np.newaxis] + 1)
    margin[idx, y] = 0
    dscores = np.where(margin > 0, 1.0, 0.0)
    dscores[idx, y] = -np.sum(dscores, axis=1)
    dscores /= len(y)
    return {"W": X.T.dot(dscores), "b": np.sum(dscores, axis=0)}


PARAMETERS = ["W", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=(8, 3)), rng.integers(5, size=8)
