"""squared multiclass hinge: the indicator of the plain hinge.

expected kind: missing-factor or another-loss or wrong-activation
wrong line: 34
correction 34: coef = 2 * M
what: the derivative of max(0, m)² is taken to be that of max(0, m), as in the vectorised plain hinge
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

lam = 0.01

def margins(W, X, y):
    S = X @ W.T
    right_score = S[np.arange(len(y)), y]
    M = np.maximum(0, S - right_score[:, None] + 1)
    return M * (1 - np.eye(4)[y])

def loss(W, X, y):
    M = margins(W, X, y)
    return np.sum(M ** 2) / len(y) + lam / 2 * np.sum(W ** 2)

def right(W, X, y):
    n = len(y)
    M = margins(W, X, y)
    coef = 2 * M
    coef[np.arange(n), y] = -coef.sum(axis=1)
    return coef.T @ X / n + lam * W

def backprop(W, X, y):
    n = len(y)
    M = margins(W, X, y)
    coef = (M > 0).astype(float)
    coef[np.arange(n), y] = -coef.sum(axis=1)
    return coef.T @ X / n + lam * W

PARAMETERS = ["W"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 5)), r.normal(size=(9, 5)), r.integers(4, size=9)]
