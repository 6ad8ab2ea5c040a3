"""Pool windows that overlap.

expected kind: missing-term or detached
wrong line: 71
correction 71: d_input[i + di, j + dj, c] += d_out[i, j, c]
what: A pixel that is the largest of several windows keeps the gradient of the last
source: https://github.com/jmschrei/tangermeme/pull/95
said: windows overlap, and unpooling assigns where it should accumulate
"""

import numpy as np

PARAMETERS = ["K", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, b, V, X, y = (r.normal(size=s) for s in [(2, 3), 3, (3, 3, 3), (3, 4, 4, 2), 3])
    return K, b, V, X, y


def loss(K, b, V, X, y):
    a = np.tanh(X @ K + b)
    p = np.maximum(np.maximum(a[:, :-1, :-1], a[:, :-1, 1:]), np.maximum(a[:, 1:, :-1], a[:, 1:, 1:]))
    return np.mean((np.sum(p * V, axis=(1, 2, 3)) - y) ** 2)


CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def pool_backward(dp, p, a):
    da = np.zeros_like(a)
    N, H, W, C = p.shape
    for i, j in CORNERS:
        mask = a[:, i : i + H, j : j + W] == p
        da[:, i : i + H, j : j + W] += mask * dp
    return da


def right(K, b, V, X, y):
    a = np.tanh(np.einsum("nhwc,cd->nhwd", X, K) + b)
    p = np.max([a[:, i : i + 3, j : j + 3] for i, j in CORNERS], axis=0)
    score = np.einsum("nhwd,hwd->n", p, V)
    dscore = 2 * (score - y) / y.size
    dV = np.einsum("n,nhwd->hwd", dscore, p)
    dp = dscore[:, None, None, None] * V
    da = pool_backward(dp, p, a)
    dz = da * (1 - a * a)
    return np.einsum("nhwc,nhwd->cd", X, dz), np.einsum("nhwd->d", dz), dV


class MaxPool:
    size = 2

    def forward(self, image):
        self.image = image
        H, W, C = image.shape
        out = np.zeros((H - 1, W - 1, C))
        for i in range(H - 1):
            for j in range(W - 1):
                out[i, j] = np.amax(image[i : i + self.size, j : j + self.size], axis=(0, 1))
        return out

    def backprop(self, d_out):
        d_input = np.zeros(self.image.shape)
        for i in range(d_out.shape[0]):
            for j in range(d_out.shape[1]):
                for c in range(d_out.shape[2]):
                    region = self.image[i : i + self.size, j : j + self.size, c]
                    di, dj = np.unravel_index(np.argmax(region), region.shape)
                    d_input[i + di, j + dj, c] = d_out[i, j, c]
        return d_input


def backprop(K, b, V, X, y):
    dK, db, dV = np.zeros_like(K), np.zeros_like(b), np.zeros_like(V)
    pool = MaxPool()
    for x, t in zip(X, y):
        a = np.tanh(x @ K + b)
        p = pool.forward(a)
        err = 2 * (np.sum(p * V) - t) / len(X)
        dV += err * p
        da = pool.backprop(err * V)
        dz = da * (1 - a**2)
        dK += np.tensordot(x, dz, axes=([0, 1], [0, 1]))
        db += dz.sum(axis=(0, 1))
    return dK, db, dV
