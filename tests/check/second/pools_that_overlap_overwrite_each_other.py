"""Pools that overlap overwrite each other.

expected kind: missing-sum or missing-term
wrong line: 57
correction 57: dx[c, i * stride + row, j * stride + col] += dout[c, i, j]
what: Windows of a max pool overlap; an input that is the maximum of two of them gets the gradient of one
source: github.com/0809zheng/CS231n-assignment2019, issue 19
said: It has to be +=; the given test only passes since its stride is the size of the window.
"""

import numpy as np

PARAMETERS = ["X"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 5, 5)), r.normal(size=(2, 3, 3))


def loss(X, R):
    J = 0
    for i in range(3):
        for j in range(3):
            J = J + np.sum(R[:, i, j] * np.max(X[:, i : i + 3, j : j + 3], axis=(1, 2)) ** 2)
    return J


def right(X, R):
    w = np.lib.stride_tricks.sliding_window_view(X, (3, 3), axis=(1, 2))
    m = w.max(axis=(3, 4))
    G = np.zeros_like(X)
    for c, i, j, k, l in np.argwhere(w == m[..., None, None]):
        G[c, i + k, j + l] += 2 * R[c, i, j] * m[c, i, j]
    return G


def max_pool_forward(x, size=3, stride=1):
    C, H, W = x.shape
    Ho, Wo = (H - size) // stride + 1, (W - size) // stride + 1
    out = np.zeros((C, Ho, Wo))
    for c in range(C):
        for i in range(Ho):
            for j in range(Wo):
                out[c, i, j] = x[c, i * stride : i * stride + size, j * stride : j * stride + size].max()
    return out


def max_pool_backward(dout, x, size=3, stride=1):
    dx = np.zeros_like(x)
    C, Ho, Wo = dout.shape
    for c in range(C):
        for i in range(Ho):
            for j in range(Wo):
                window = x[c, i * stride : i * stride + size, j * stride : j * stride + size]
                row, col = np.unravel_index(np.argmax(window), window.shape)
                dx[c, i * stride + row, j * stride + col] = dout[c, i, j]
    return dx


def backprop(X, R):
    out = max_pool_forward(X)
    return {"X": max_pool_backward(R * 2 * out, X)}
