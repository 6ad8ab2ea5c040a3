"""A stem and a residual block of two dense layers.

expected kind: missing-term or detached
wrong line: 52
correction 52: d_x = d_z1 @ W1.T + d_added
what: what goes into the block is used twice; only the gradient of the layers comes out, not that of the shortcut
source: https://github.com/TrenTorch/TrenTorch/pull/182
said: A tensor that several later operations used, as in residual connections, gave back the gradient of its first use only.
"""
import numpy as np


def relu(z):
    return np.maximum(z, 0)


def loss(W0, W1, W2, V, X, t):
    x = np.tanh(X @ W0)
    out = relu(relu(x @ W1) @ W2 + x)
    return np.sum((out @ V - t) ** 2) / len(X)


def right(W0, W1, W2, V, X, t):
    x = np.tanh(X @ W0)
    z1 = x @ W1
    h = relu(z1)
    added = h @ W2 + x
    out = relu(added)
    d_pred = 2 * (out @ V - t) / len(X)
    d_V = out.T @ d_pred
    d_added = d_pred @ V.T * (added > 0)
    d_W2 = h.T @ d_added
    d_z1 = d_added @ W2.T * (z1 > 0)
    d_W1 = x.T @ d_z1
    d_x = d_z1 @ W1.T + d_added
    d_W0 = X.T @ (d_x * (1 - x ** 2))
    return d_W0, d_W1, d_W2, d_V


def backprop(W0, W1, W2, V, X, t):
    x = np.tanh(X @ W0)
    z1 = x @ W1
    h = relu(z1)
    added = h @ W2 + x
    out = relu(added)
    d_pred = 2 * (out @ V - t) / len(X)
    d_V = out.T @ d_pred
    d_added = d_pred @ V.T * (added > 0)
    d_W2 = h.T @ d_added
    d_z1 = d_added @ W2.T * (z1 > 0)
    d_W1 = x.T @ d_z1
    d_x = d_z1 @ W1.T
    d_W0 = X.T @ (d_x * (1 - x ** 2))
    return d_W0, d_W1, d_W2, d_V


PARAMETERS = ["W0", "W1", "W2", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=(5, 4)), r.normal(size=(4, 5)), r.normal(size=(5, 2)), r.normal(size=(7, 3)), r.normal(size=(7, 2))
