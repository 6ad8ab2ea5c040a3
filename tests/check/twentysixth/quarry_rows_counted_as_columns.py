"""Quarry rows counted as columns.

expected kind: missing-term or wrong-axis
wrong line: 106
correction 106: for r in range(rows):
what: The loop over the rows of the pooled picture ends at the number of its columns, so the last row gives nothing back
source: https://github.com/pytorch/pytorch/pull/36820
said: height and width of the output are exchanged in the call of the backward pass of a max pooling, so along the longer side some gradients aren't computed
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

PARAMETERS = ["K", "b", "R"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, b, R = r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=2), r.normal(size=(2, 4, 3))
    # three photographs of seven rows and six columns
    return K, b, R, r.normal(size=(3, 7, 6)), r.normal(size=3)


def loss(K, b, R, rocks, grade):
    total = 0.0
    for x, y in zip(rocks, grade):
        out = 0.0
        for f in range(len(K)):
            z = b[f]
            for i in range(3):
                for j in range(3):
                    z = z + K[f, i, j] * x[i : i + 5, j : j + 4]
            a = np.tanh(z)
            # the greatest of each two by two, at every place
            m = np.maximum(np.maximum(a[:-1, :-1], a[:-1, 1:]), np.maximum(a[1:, :-1], a[1:, 1:]))
            out = out + np.sum(R[f] * m)
        total = total + 0.5 * (out - y) ** 2
    return total / len(rocks)


def conv_naive(x, K, b):
    F, k, _ = K.shape
    H, W = x.shape[0] - k + 1, x.shape[1] - k + 1
    z = np.zeros((F, H, W))
    for f in range(F):
        for r in range(H):
            for c in range(W):
                z[f, r, c] = np.sum(x[r : r + k, c : c + k] * K[f]) + b[f]
    return z


def pool_naive(a):
    F, H, W = a.shape
    out = np.zeros((F, H - 1, W - 1))
    for f, r, c in np.ndindex(out.shape):
        out[f, r, c] = np.max(a[f, r : r + 2, c : c + 2])
    return out


def pool_naive_back(dout, a):
    da = np.zeros_like(a)
    for f, r, c in np.ndindex(dout.shape):
        window = a[f, r : r + 2, c : c + 2]
        i, j = np.unravel_index(np.argmax(window), window.shape)
        da[f, r + i, c + j] += dout[f, r, c]
    return da


def right(K, b, R, rocks, grade):
    dK, db, dR = np.zeros_like(K), np.zeros_like(b), np.zeros_like(R)
    for x, y in zip(rocks, grade):
        a = np.tanh(conv_naive(x, K, b))
        m = pool_naive(a)
        e = (np.sum(R * m) - y) / len(rocks)
        dR += e * m
        dz = pool_naive_back(e * R, a) * (1 - a**2)
        for f, r, c in np.ndindex(dz.shape):
            dK[f] += dz[f, r, c] * x[r : r + 3, c : c + 3]
            db[f] += dz[f, r, c]
    return dK, db, dR


class Convolution:
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, x):
        self.windows = sliding_window_view(x, self.K.shape[1:], axis=(1, 2))
        return np.einsum("nrcij,fij->nfrc", self.windows, self.K) + self.b[:, None, None]

    def backward(self, dz):
        return np.einsum("nrcij,nfrc->fij", self.windows, dz), dz.sum(axis=(0, 2, 3))


class GreatestOfFour:
    def forward(self, a):
        self.shape = a.shape
        windows = sliding_window_view(a, (2, 2), axis=(2, 3))
        self.winner = windows.reshape(*windows.shape[:4], 4).argmax(axis=4)
        return windows.max(axis=(4, 5))

    def backward(self, dm):
        da = np.zeros(self.shape)
        n, filters, rows, cols = dm.shape
        pictures, channels = np.ogrid[:n, :filters]
        for r in range(cols):
            for c in range(cols):
                down, aside = np.divmod(self.winner[:, :, r, c], 2)
                da[pictures, channels, r + down, c + aside] += dm[:, :, r, c]
        return da


def backprop(K, b, R, rocks, grade):
    conv, pool = Convolution(K, b), GreatestOfFour()
    a = np.tanh(conv.forward(rocks))
    m = pool.forward(a)
    e = (np.tensordot(m, R, axes=3) - grade) / len(rocks)
    dR = np.tensordot(e, m, axes=1)
    dK, db = conv.backward(pool.backward(np.multiply.outer(e, R)) * (1 - a * a))
    return dK, db, dR
