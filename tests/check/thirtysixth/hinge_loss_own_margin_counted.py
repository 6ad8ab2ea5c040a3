"""Multiclass hinge loss, vectorised.

expected kind: missing-term or repeated-term or wrong-mask or wrong-point
wrong line: 40
correction 40: coeff[rows, y] -= coeff.sum(axis=1)
what: the margin of the right class itself, which is 1, is counted among the violated ones
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

DELTA = 1.0


def loss(W, X, y, reg):
    n = X.shape[0]
    S = X @ W
    M = np.maximum(0, S - S[np.arange(n), y][:, None] + DELTA)
    M[np.arange(n), y] = 0
    return M.sum() / n + reg * np.sum(W * W)


def right(W, X, y, reg):
    n = X.shape[0]
    rows = np.arange(n)
    S = X @ W
    margins = S - S[rows, y].reshape(-1, 1) + DELTA
    coeff = (margins > 0).astype(float)
    coeff[rows, y] -= coeff.sum(axis=1)
    dW = X.T @ coeff / n
    return dW + 2 * reg * W


def backprop(W, X, y, reg):
    n = X.shape[0]
    rows = np.arange(n)
    S = X @ W
    margins = S - S[rows, y].reshape(-1, 1) + DELTA
    coeff = (margins > 0).astype(float)
    coeff[rows, y] = -coeff.sum(axis=1)
    dW = X.T @ coeff / n
    return dW + 2 * reg * W


PARAMETERS = ["W"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(5, 4)), rng.normal(size=(9, 5)), rng.integers(4, size=9), 0.05
