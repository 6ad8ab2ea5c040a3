"""A factorisation machine.

expected kind: missing-term or detached
wrong line: 37
correction 37: dV[i, f] = np.sum(e * (X[:, i] * s - V[i, f] * X[:, i] ** 2))
given as: arrays
what: the term that takes the product of a feature with itself out is forgotten
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def fm(X, w0, w, V):
    XV = X @ V
    return w0 + X @ w + 0.5 * np.sum(XV ** 2 - X ** 2 @ V ** 2, axis=1)

def loss(X, y, w0, w, V):
    return np.mean((fm(X, w0, w, V) - y) ** 2)


def right(X, y, w0, w, V):
    e = 2 * (fm(X, w0, w, V) - y) / len(y)
    dV = np.zeros_like(V)
    for f in range(V.shape[1]):
        s = X @ V[:, f]
        for i in range(V.shape[0]):
            dV[i, f] = np.sum(e * (X[:, i] * s - V[i, f] * X[:, i] ** 2))
    return e.sum(), X.T @ e, dV


def backprop(X, y, w0, w, V):
    e = 2 * (fm(X, w0, w, V) - y) / len(y)
    dV = np.zeros_like(V)
    for f in range(V.shape[1]):
        s = X @ V[:, f]
        for i in range(V.shape[0]):
            dV[i, f] = np.sum(e * X[:, i] * s)
    return e.sum(), X.T @ e, dV


PARAMETERS = ["w0", "w", "V"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 4)), rng.normal(size=6), rng.normal(), rng.normal(size=4), rng.normal(size=(4, 3))]
