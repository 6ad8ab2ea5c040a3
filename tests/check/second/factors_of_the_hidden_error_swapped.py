"""Factors of the hidden error swapped.

expected kind: swapped-operands
wrong line: 37
correction 37: d_s = np.matmul(d_out, np.transpose(B))
what: The weights stand before the delta, where the delta belongs first; all matrices are square, so nothing complains
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "B"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(3, 3))


def loss(A, B, X, Y):
    return np.mean((np.sin(X @ A) @ B - Y) ** 2)


def right(A, B, X, Y):
    z = X @ A
    d = 2 * (np.sin(z) @ B - Y) / Y.size
    return X.T @ (d @ B.T * np.cos(z)), np.sin(z).T @ d


def backprop(A, B, X, Y):
    z = np.matmul(X, A)
    s = np.sin(z)
    out = np.matmul(s, B)
    d_out = 2.0 * (out - Y) / out.size
    d_B = np.matmul(np.transpose(s), d_out)
    d_s = np.matmul(np.transpose(B), d_out)
    d_z = d_s * np.cos(z)
    d_A = np.matmul(np.transpose(X), d_z)
    return d_A, d_B
