"""Honeycomb cell that wins two windows hears the last.

expected kind: missing-term or missing-sum
wrong line: 107
correction 107: da[f, i + p, j + q] += dout[f, i, j]
what: A cell that is the greatest of several windows that overlap gets the gradient of the last, not their sum
source: https://github.com/FluxML/Flux.jl/issues/1197
said: an element that is the maximum of four windows gets one gradient, as an element does that is the maximum of one
"""

import numpy as np

PARAMETERS = ["K", "b", "W", "c"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # two photos with two colours, three filters, windows of the pool overlap
    K, b = 0.5 * r.normal(size=(3, 2, 3, 3)), 0.3 * r.normal(size=3)
    W, c = 0.5 * r.normal(size=(12, 2)), 0.3 * r.normal(size=2)
    return K, b, W, c, r.normal(size=(2, 2, 7, 7)), r.normal(size=(2, 2))


def loss(K, b, W, c, photos, honey):
    k = K.shape[2]
    size = (photos.shape[2] - k) // STRIDE + 1
    total = 0.0
    for photo, y in zip(photos, honey):
        cells = {}
        for i in range(size):
            for j in range(size):
                seen = photo[:, i * STRIDE : i * STRIDE + k, j * STRIDE : j * STRIDE + k]
                cells[i, j] = np.tanh(np.sum(K * seen, axis=(1, 2, 3)) + b)
        best = []
        for i in range(size - 1):
            for j in range(size - 1):
                best.append(np.max(np.stack([cells[i, j], cells[i, j + 1], cells[i + 1, j], cells[i + 1, j + 1]]), axis=0))
        total = total + np.sum((np.concatenate(best) @ W + c - y) ** 2)
    return 0.5 * total / len(photos)


def patches(photos, k):
    """All windows of all photos: photo, row, column, colour, and the place in the window."""
    view = np.lib.stride_tricks.sliding_window_view(photos, (k, k), axis=(2, 3))
    return view[:, :, ::STRIDE, ::STRIDE].transpose(0, 2, 3, 1, 4, 5)


def right(K, b, W, c, photos, honey):
    n, k = len(photos), K.shape[2]
    seen = patches(photos, k)
    a = np.tanh(np.einsum("nrqcij,fcij->nrqf", seen, K) + b)
    four = np.stack([a[:, :-1, :-1], a[:, :-1, 1:], a[:, 1:, :-1], a[:, 1:, 1:]])
    winner = four.argmax(axis=0)
    flat = four.max(axis=0).reshape(n, -1)
    diff = flat @ W + c - honey
    grads = dict(W=np.einsum("np,nk->pk", flat, diff) / n, c=diff.mean(axis=0))
    dpool = np.einsum("nk,pk->np", diff, W).reshape(winner.shape) / n
    da = np.zeros_like(a)
    m = a.shape[1] - 1
    for place, (i, j) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        da[:, i : i + m, j : j + m] += np.where(winner == place, dpool, 0.0)
    dz = da * (1 - a * a)
    grads["K"] = np.einsum("nrqf,nrqcij->fcij", dz, seen)
    grads["b"] = dz.sum(axis=(0, 1, 2))
    return grads


class Conv:
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, x):
        self.x, k = x, self.K.shape[2]
        self.size = (x.shape[1] - k) // STRIDE + 1
        out = np.zeros((len(self.K), self.size, self.size))
        for i, j in np.ndindex(self.size, self.size):
            u, v = i * STRIDE, j * STRIDE
            out[:, i, j] = np.sum(self.K * x[:, u : u + k, v : v + k], axis=(1, 2, 3)) + self.b
        return out

    def backward(self, dout):
        k, dK, db = self.K.shape[2], np.zeros_like(self.K), np.zeros_like(self.b)
        for f, i, j in np.ndindex(*dout.shape):
            u, v = i * STRIDE, j * STRIDE
            dK[f] += dout[f, i, j] * self.x[:, u : u + k, v : v + k]
            db[f] += dout[f, i, j]
        return dK, db


class Pool:
    """The greatest of two times two neighbours, one step at a time."""

    def forward(self, a):
        self.a = a
        filters, n = a.shape[0], a.shape[1] - 1
        out = np.zeros((filters, n, n))
        for f, i, j in np.ndindex(*out.shape):
            out[f, i, j] = a[f, i : i + 2, j : j + 2].max()
        return out

    def backward(self, dout):
        da = np.zeros_like(self.a)
        for f, i, j in np.ndindex(*dout.shape):
            window = self.a[f, i : i + 2, j : j + 2]
            p, q = np.unravel_index(np.argmax(window), window.shape)
            da[f, i + p, j + q] = dout[f, i, j]
        return da


def backprop(K, b, W, c, photos, honey):
    grads = [np.zeros_like(p) for p in (K, b, W, c)]
    conv, pool = Conv(K, b), Pool()
    for photo, y in zip(photos, honey):
        a = np.tanh(conv.forward(photo))
        pooled = pool.forward(a)
        # the loss goes through the windows and takes all filters of each
        flat = pooled.transpose(1, 2, 0).ravel()
        error = (flat @ W + c - y) / len(photos)
        dflat = W @ error
        dpooled = dflat.reshape(pooled.shape[1], pooled.shape[2], -1).transpose(2, 0, 1)
        dK, db = conv.backward(pool.backward(dpooled) * (1 - a**2))
        for total, part in zip(grads, (dK, db, np.outer(flat, error), error)):
            total += part
    return grads
