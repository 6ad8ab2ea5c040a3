"""Gelu of another approximation.

expected kind: another-loss or wrong-activation
wrong line: 37
correction 37: return 1 / (1 + np.exp(-2 * K * (z + 0.044715 * z**3))), 2 * K * (1 + 0.134145 * z**2)
what: The derivation computes the activation by the approximation with a sigmoid, the loss by the one with tanh
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "v"]
K = np.sqrt(2 / np.pi)


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(5, 3)), r.normal(size=5)


def loss(W, v, X, y):
    z = X @ W
    a = 0.5 * z * (1 + np.tanh(K * (z + 0.044715 * z**3)))
    return np.mean((a @ v - y) ** 2)


def right(W, v, X, y):
    z = X @ W
    t = np.tanh(K * (z + 0.044715 * z**3))
    e = 2 * ((0.5 * z * (1 + t)) @ v - y) / len(y)
    slope = 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * K * (1 + 3 * 0.044715 * z * z)
    return X.T @ (np.outer(e, v) * slope), (0.5 * z * (1 + t)).T @ e


def gate(z):
    return 1 / (1 + np.exp(-1.702 * z)), 1.702


def backprop(W, v, X, y):
    z = X.dot(W)
    s, inner = gate(z)
    a = z * s
    dout = 2 * (a.dot(v) - y) / len(y)
    dz = dout[:, None] * v * (s + z * s * (1 - s) * inner)
    return X.T.dot(dz), a.T.dot(dout)
