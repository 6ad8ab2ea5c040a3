"""Grouped norm led back over all features.

expected kind: wrong-axis or wrong-shape
wrong line: 52
correction 52: c1 = np.repeat(np.mean(split(wdy * xhat, group_size), axis=-1), group_size, axis=1)
what: A root-mean-square norm of groups is led back as though all features were one group
source: https://github.com/state-spaces/mamba/pull/547
said: in the backward function the size of a group defaulted to the whole dimension when there are several groups
"""

import numpy as np

PARAMETERS = ["W", "weight"]
GROUPS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 6)), r.normal(size=6), r.normal(size=(5, 3)), r.normal(size=(5, 6))


def loss(W, weight, X, Y):
    h = (X @ W).reshape(len(X), GROUPS, -1)
    normed = h / np.sqrt(np.mean(h**2, axis=2, keepdims=True) + 1e-6)
    return np.sum((normed.reshape(len(X), -1) * weight - Y) ** 2)


def right(W, weight, X, Y):
    dW, dw = np.zeros_like(W), np.zeros_like(weight)
    for cols in (slice(0, 3), slice(3, 6)):
        h = X @ W[:, cols]
        r = np.sqrt((h**2).mean(1, keepdims=True) + 1e-6)
        d = 2 * (h / r * weight[cols] - Y[:, cols])
        dw[cols] = (d * h / r).sum(0)
        g = d * weight[cols]
        dW[:, cols] = X.T @ (g / r - h * (g * h).mean(1, keepdims=True) / r**3)
    return dW, dw


def split(a, group_size):
    return a.reshape(a.shape[0], -1, group_size)


def backprop(W, weight, X, Y):
    h = X @ W
    group_size = h.shape[1] // GROUPS
    rstd = 1 / np.sqrt((split(h, group_size) ** 2).mean(-1, keepdims=True) + 1e-6)
    xhat = (split(h, group_size) * rstd).reshape(h.shape)
    dy = 2 * (xhat * weight - Y)
    dweight = (dy * xhat).sum(0)
    wdy = dy * weight
    c1 = np.mean(wdy * xhat, axis=-1, keepdims=True)
    dx = split(wdy - xhat * c1, group_size) * rstd
    dW = X.T @ dx.reshape(h.shape)
    return dW, dweight
