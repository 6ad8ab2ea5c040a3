"""Combined pool area and rows for columns.

expected kind: sum-for-mean or mean-for-sum or missing-factor or scale + swapped-operands or transpose
wrong line: 78 and 79
correction 78: dz = on * g[i, j] / area
correction 79: gK += np.einsum("abc,abd->cd", X[n, rows, columns], dz)
what: Each pixel gets all of the gradient of its mean, and rows and columns of the image are exchanged
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, V, c, X = (r.normal(size=s) for s in [(2, 3), (12, 1), 1, (5, 4, 4, 2)])
    return K, V, c, X, np.array([1, 0, 0, 1, 1])


def loss(K, V, c, X, y):
    h = np.maximum(X @ K, 0)
    pooled = np.mean(np.reshape(h, (len(X), 2, 2, 2, 2, 3)), axis=(2, 4))
    s = (np.reshape(pooled, (len(X), 12)) @ V)[:, 0] + c
    return np.mean(np.log(1 + np.exp(s)) - y * s)


class AveragePool:
    def forward(self, x):
        N, H, W, C = x.shape
        self.shape = x.shape
        return x.reshape(N, H // 2, 2, W // 2, 2, C).mean(axis=(2, 4))

    def backward(self, dout):
        dx = np.zeros(self.shape)
        for i in range(2):
            for j in range(2):
                dx[:, i::2, j::2] += dout / 4
        return dx


def right(K, V, c, X, y):
    pool = AveragePool()
    z = X.dot(K)
    pooled = pool.forward(np.maximum(z, 0))
    flat = pooled.reshape(len(X), -1)
    prob = 1 / (1 + np.exp(-(flat.dot(V)[:, 0] + c)))
    ds = (prob - y)[:, np.newaxis] / len(y)
    dV, dc = flat.T.dot(ds), ds.sum(axis=0)
    dpooled = ds.dot(V.T).reshape(pooled.shape)
    dh = pool.backward(dpooled)
    dz = np.where(z > 0, dh, 0)
    return np.tensordot(X, dz, axes=([0, 1, 2], [0, 1, 2])), dV, dc


def backprop(K, V, c, X, y):
    gK, gV, gc = np.zeros_like(K), np.zeros_like(V), np.zeros_like(c)
    N, area = len(X), 4
    for n in range(N):
        z = X[n] @ K
        h = z * (z > 0)
        pooled = np.zeros((2, 2, 3))
        for i in range(2):
            for j in range(2):
                pooled[i, j] = h[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].sum(axis=(0, 1)) / area
        flat = pooled.reshape(-1, 1)
        s = (V.T @ flat)[0] + c
        ds = (1 / (1 + np.exp(-s)) - y[n]) / N
        gV += flat * ds
        gc += ds
        g = (V * ds).reshape(2, 2, 3)
        for i in range(2):
            for j in range(2):
                rows, columns = slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2)
                on = z[rows, columns] > 0
                dz = on * g[i, j]
                gK += np.einsum("abc,abd->cd", X[n, columns, rows], dz)
    return gK, gV, gc
