"""A factorisation machine: the vectors of the features

expected kind: missing-term
wrong line: 44
correction 44: dV[:, f] += e * (x * s[f] - V[:, f] * x ** 2)
what: the term that takes each feature's pair with itself away is not differentiated
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["w0", "w", "V"]


def loss(X, y, w0, w, V):
    pairs = 0.5 * np.sum((X @ V) ** 2 - (X ** 2) @ (V ** 2), axis=1)
    return 0.5 * np.mean((w0 + X @ w + pairs - y) ** 2)


def right(X, y, w0, w, V):
    n, k = len(y), V.shape[1]
    dw0, dw, dV = 0.0, np.zeros_like(w), np.zeros_like(V)
    for x, target in zip(X, y):
        s = x @ V
        prediction = w0 + x @ w + 0.5 * (s @ s - np.sum((x[:, None] * V) ** 2))
        e = (prediction - target) / n
        dw0 += e
        dw += e * x
        for f in range(k):
            dV[:, f] += e * (x * s[f] - V[:, f] * x ** 2)
    return dw0, dw, dV


def backprop(X, y, w0, w, V):
    n, k = len(y), V.shape[1]
    dw0, dw, dV = 0.0, np.zeros_like(w), np.zeros_like(V)
    for x, target in zip(X, y):
        s = x @ V
        prediction = w0 + x @ w + 0.5 * (s @ s - np.sum((x[:, None] * V) ** 2))
        e = (prediction - target) / n
        dw0 += e
        dw += e * x
        for f in range(k):
            dV[:, f] += e * x * s[f]
    return dw0, dw, dV


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(8, 5)), rng.normal(size=8), np.array(0.3), rng.normal(size=5), rng.normal(size=(5, 2))]
