"""A factorisation machine with the squared error, the pairs by the square of the sum.

expected kind: missing-term
wrong line: 44 or 45
correction 44: dV = X[:, i] * summed[:, f] - V[i, f] * X[:, i] ** 2
correction 45: grad_V[i, f] = err @ (dV - V[i, f] * X[:, i] ** 2)
what: the model has only pairs of different features; the derivative is that of the whole quadratic form, without what is subtracted for the feature with itself
source: https://github.com/probml/pml-book/issues/70
said: The book set the sum over pairs of different features equal to the whole quadratic form, which has the features with themselves too.
"""
import numpy as np


def predict(X, w0, w, V):
    pairs = 0.5 * np.sum((X @ V) ** 2 - (X**2) @ (V**2), axis=1)
    return w0 + X @ w + pairs


def loss(X, y, w0, w, V):
    return np.mean((predict(X, w0, w, V) - y) ** 2)


def right(X, y, w0, w, V):
    err = 2 * (predict(X, w0, w, V) - y) / len(y)
    summed = X @ V
    grad_w0 = err.sum()
    grad_w = X.T @ err
    grad_V = np.zeros_like(V)
    for f in range(V.shape[1]):
        for i in range(V.shape[0]):
            dV = X[:, i] * summed[:, f] - V[i, f] * X[:, i] ** 2
            grad_V[i, f] = err @ dV
    return {"w0": grad_w0, "w": grad_w, "V": grad_V}


def backprop(X, y, w0, w, V):
    err = 2 * (predict(X, w0, w, V) - y) / len(y)
    summed = X @ V
    grad_w0 = err.sum()
    grad_w = X.T @ err
    grad_V = np.zeros_like(V)
    for f in range(V.shape[1]):
        for i in range(V.shape[0]):
            dV = X[:, i] * summed[:, f]
            grad_V[i, f] = err @ dV
    return {"w0": grad_w0, "w": grad_w, "V": grad_V}


PARAMETERS = ["w0", "w", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 4)), r.normal(size=6), r.normal(), r.normal(size=4), r.normal(size=(4, 2))]
