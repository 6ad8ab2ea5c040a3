"""The kernel is rotated, though the gradient is scattered.

expected kind: reversed
wrong line: 55
correction 55: dX[m, :, i:i + fr, j:j + fc] += W[c] * kernel
what: the kernel is rotated by 180 degrees in a loop that scatters
source: https://github.com/ddbourgin/numpy-ml/issues/27
said: A beginner asks whether the weights need to be rotated in the naive backward pass; they need not.
"""

import numpy as np

PARAMETERS = ["x", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 3, 5, 4)), r.normal(size=(2, 3, 3, 2)), r.normal(size=2), r.normal(size=(2, 2, 3, 3))]


def loss(x, w, b, t):
    total = 0.0
    for i in range(3):
        for j in range(3):
            out = np.einsum("ncab,fcab->nf", x[:, :, i : i + 3, j : j + 2], w) + b
            total = total + np.sum((np.tanh(out) - t[:, :, i, j]) ** 2)
    return total


def right(x, w, b, t):
    win = np.lib.stride_tricks.sliding_window_view(x, (3, 2), axis=(2, 3))
    y = np.tanh(np.einsum("ncijab,fcab->nfij", win, w) + b[:, None, None])
    g = 2 * (y - t) * (1 - y * y)
    dx = np.zeros_like(x)
    for a in range(3):
        for c in range(2):
            dx[:, :, a : a + 3, c : c + 3] += np.einsum("nfij,fc->ncij", g, w[:, :, a, c])
    return dx, np.einsum("nfij,ncijab->fcab", g, win), g.sum((0, 2, 3))


def flip(kernel):
    return kernel[:, ::-1, ::-1]


def conv_bwd_naive(dZ, X, W):
    dX, dW = np.zeros_like(X), np.zeros_like(W)
    n_ex, out_ch, out_rows, out_cols = dZ.shape
    fr, fc = W.shape[2:]
    for m in range(n_ex):
        for i in range(out_rows):
            for j in range(out_cols):
                for c in range(out_ch):
                    kernel = dZ[m, c, i, j]
                    dW[c] += X[m, :, i:i + fr, j:j + fc] * kernel
                    dX[m, :, i:i + fr, j:j + fc] += flip(W[c]) * kernel
    return dX, dW, dZ.sum(axis=(0, 2, 3))


def backprop(x, w, b, t):
    Z = np.zeros(t.shape)
    for i in range(t.shape[2]):
        for j in range(t.shape[3]):
            window = x[:, :, i:i + w.shape[2], j:j + w.shape[3]]
            Z[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    A = np.tanh(Z)
    return conv_bwd_naive(2 * (A - t) * (1 - A ** 2), x, w)
