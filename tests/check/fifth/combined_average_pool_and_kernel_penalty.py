"""Combined average pool and kernel penalty.

expected kind: missing-factor or sum-for-mean or scale + missing-term
wrong line: 62 or 78 or 79 and 77
correction 62: dx[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = dout[:, :, i, j][:, :, None, None] / 4
correction 77: dD = flat.T.dot(dscores) + LAM * D
correction 78: dpool = dscores.dot(D.T).reshape(N, 2, 2, 2) / 4
correction 79: dz = pool.backward(dpool) / 4 * (1 - a**2)
what: The mean of each window is led back as its sum, and the penalty of the dense weights has no gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "D"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 1, 3, 3)), r.normal(size=(8, 3)), r.normal(size=(4, 1, 6, 6)), r.integers(0, 3, 4)


def loss(K, D, x, y):
    maps = sum(K[:, 0, u, v].reshape(1, 2, 1, 1) * x[:, :, u : u + 4, v : v + 4] for u in range(3) for v in range(3))
    pooled = np.mean(np.tanh(maps).reshape(4, 2, 2, 2, 2, 2), axis=(3, 5))
    z = pooled.reshape(4, 8) @ D
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(4), y]) + 0.5 * LAM * np.sum(D**2)


def right(K, D, x, y):
    w = np.lib.stride_tricks.sliding_window_view(x[:, 0], (3, 3), axis=(1, 2))
    t = np.tanh(np.einsum("nijuv,kuv->nkij", w, K[:, 0]))
    p = (t[..., ::2, ::2] + t[..., 1::2, ::2] + t[..., ::2, 1::2] + t[..., 1::2, 1::2]).reshape(4, 8) / 4
    e = np.exp(p @ D)
    e = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / 4
    g = np.kron((e @ D.T).reshape(4, 2, 2, 2), np.ones((2, 2))) / 4 * (1 - t * t)
    return np.einsum("nijuv,nkij->kuv", w, g)[:, None], p.T @ e + LAM * D


def im2col(x, k):
    N, C, H, W = x.shape
    oh, ow = H - k + 1, W - k + 1
    cols = np.empty((N, oh, ow, C * k * k))
    for i in range(oh):
        for j in range(ow):
            cols[:, i, j] = x[:, :, i : i + k, j : j + k].reshape(N, -1)
    return cols


class AvgPool:
    def forward(self, x):
        self.shape = x.shape
        N, C, H, W = x.shape
        return x.reshape(N, C, H // 2, 2, W // 2, 2).mean(axis=(3, 5))

    def backward(self, dout):
        dx = np.zeros(self.shape)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = dout[:, :, i, j][:, :, None, None]
        return dx


def backprop(K, D, x, y):
    N = len(x)
    cols = im2col(x, 3)
    a = np.tanh(cols.dot(K.reshape(2, -1).T)).transpose(0, 3, 1, 2)
    pool = AvgPool()
    flat = pool.forward(a).reshape(N, -1)
    scores = flat.dot(D)
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    probs[np.arange(N), y] -= 1
    dscores = probs / N
    dD = flat.T.dot(dscores)
    dpool = dscores.dot(D.T).reshape(N, 2, 2, 2)
    dz = pool.backward(dpool) * (1 - a**2)
    dz = dz.transpose(0, 2, 3, 1).reshape(-1, 2)
    dK = dz.T.dot(cols.reshape(len(dz), -1)).reshape(K.shape)
    return dK, dD
