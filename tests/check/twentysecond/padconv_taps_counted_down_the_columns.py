"""Padconv taps counted down the columns.

expected kind: transpose
wrong line: 88
correction 88: i, j = q // 3, q % 3
what: The taps of the kernel are counted column by column and put back row by row
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "c", "U", "d"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    K, c = rng.normal(size=(2, 3, 3)), rng.normal(size=2)
    return K, c, rng.normal(size=(8, 3)), rng.normal(size=3), rng.normal(size=(4, 4, 4)), rng.integers(0, 3, size=4)


def loss(K, c, U, d, images, digits):
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    z = c[:, None, None]
    for i in range(3):
        for j in range(3):
            z = z + padded[:, None, i : i + 4, j : j + 4] * K[:, i, j][:, None, None]
    a = np.maximum(z, 0)
    top = np.maximum(a[:, :, 0::2, :], a[:, :, 1::2, :])
    flat = np.maximum(top[:, :, :, 0::2], top[:, :, :, 1::2]).reshape(4, 8)
    s = flat @ U + d
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * np.eye(3)[digits], axis=1))


def convolve(image, K, c):
    z = np.zeros((len(K), 4, 4))
    for f in range(len(K)):
        for i in range(4):
            for j in range(4):
                z[f, i, j] = c[f] + np.sum(image[i : i + 3, j : j + 3] * K[f])
    return z


def pool(z):
    """Return the maxima of the rectified values, and where they are."""
    best, place = np.zeros((len(z), 2, 2)), {}
    for f, i, j in np.ndindex(best.shape):
        block = z[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        r, s = divmod(int(np.argmax(block)), 2)
        place[f, i, j] = 2 * i + r, 2 * j + s
        best[f, i, j] = max(block[r, s], 0.0)
    return best, place


def right(K, c, U, d, images, digits):
    dK, dc, dU, dd = np.zeros(K.shape), np.zeros(c.shape), np.zeros(U.shape), np.zeros(d.shape)
    for image, digit in zip(images, digits):
        image = np.pad(image, 1)
        z = convolve(image, K, c)
        best, place = pool(z)
        s = best.reshape(-1) @ U + d
        p = np.exp(s) / np.exp(s).sum()
        p[digit] -= 1.0
        p /= len(images)
        dU += np.outer(best.reshape(-1), p)
        dd += p
        dbest = (U @ p).reshape(best.shape)
        for (f, i, j), (r, q) in place.items():
            if z[f, r, q] > 0:
                dK[f] += dbest[f, i, j] * image[r : r + 3, q : q + 3]
                dc[f] += dbest[f, i, j]
    return dK, dc, dU, dd


class PaddedConv:
    def __init__(self, K, c):
        self.K, self.c = K, c

    def forward(self, images):
        self.padded = np.pad(images, [(0, 0), (1, 1), (1, 1)])
        out = np.einsum("nijpq,fpq->nfij", np.lib.stride_tricks.sliding_window_view(self.padded, (3, 3), axis=(1, 2)), self.K)
        return out + self.c.reshape(1, -1, 1, 1)

    def backward(self, grad):
        self.dc = grad.sum(axis=(0, 2, 3))
        taps = np.zeros((len(self.K), 9))
        for q in range(9):
            i, j = q % 3, q // 3
            shifted = self.padded[:, i : i + 4, j : j + 4]
            taps[:, q] = np.einsum("nfij,nij->f", grad, shifted)
        self.dK = taps.reshape(-1, 3, 3)


class ReluPool:
    def forward(self, z):
        self.z = z
        blocks = np.maximum(z, 0).reshape(-1, 2, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        self.blocks = blocks.reshape(-1, 2, 2, 2, 4)
        return self.blocks.max(axis=-1)

    def backward(self, grad):
        chosen = np.eye(4)[self.blocks.argmax(axis=-1)] * grad[..., None]
        full = chosen.reshape(-1, 2, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        return full.reshape(self.z.shape) * (self.z > 0)


def backprop(K, c, U, d, images, digits):
    conv, pooling = PaddedConv(K, c), ReluPool()
    flat = pooling.forward(conv.forward(images)).reshape(len(images), -1)
    soft = np.exp(flat @ U + d)
    soft /= soft.sum(axis=1, keepdims=True)
    error = (soft - np.eye(len(d))[digits]) / len(digits)
    conv.backward(pooling.backward((error @ U.T).reshape(-1, 2, 2, 2)))
    return conv.dK, conv.dc, flat.T @ error, error.sum(axis=0)
