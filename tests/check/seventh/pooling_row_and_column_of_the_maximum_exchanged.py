"""Pooling row and column of the maximum exchanged.

expected kind: transpose or swapped-operands
wrong line: 100 or 101
correction 100: row, col = divmod(k, 2)
correction 101: dfeat[n, f, i + col, j + row] += dout[n, f, i, j]
what: The place of the maximum in its window is taken apart into column and row, so the window is transposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "K"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 1, 5, 5)), r.normal(size=(2, 1, 2, 2)), r.normal(size=(3, 2, 3, 3))


def loss(X, K, T):
    N, C, H, W = X.shape
    maps = np.zeros((N, len(K), H - 1, W - 1))
    for i in range(H - 1):
        for j in range(W - 1):
            maps[:, :, i, j] = X[:, :, i : i + 2, j : j + 2].reshape(N, -1) @ K.reshape(len(K), -1).T
    maps = np.tanh(maps)
    pooled = np.zeros((N, len(K), H - 2, W - 2))
    for i in range(H - 2):
        for j in range(W - 2):
            pooled[:, :, i, j] = maps[:, :, i : i + 2, j : j + 2].max(axis=(2, 3))
    return np.mean((pooled - T) ** 2)


def right(X, K, T):
    dX, dK = np.zeros_like(X), np.zeros_like(K)
    for n in range(len(X)):
        for f in range(len(K)):
            m = np.zeros((4, 4))
            for i in range(4):
                for j in range(4):
                    m[i, j] = np.tanh(np.sum(X[n, :, i : i + 2, j : j + 2] * K[f]))
            for i in range(3):
                for j in range(3):
                    a, c = max(((i, j), (i, j + 1), (i + 1, j), (i + 1, j + 1)), key=lambda at: m[at])
                    g = 2 * (m[a, c] - T[n, f, i, j]) / T.size * (1 - m[a, c] ** 2)
                    dX[n, :, a : a + 2, c : c + 2] += g * K[f]
                    dK[f] += g * X[n, :, a : a + 2, c : c + 2]
    return dX, dK


def indices(C, H, W, k):
    i0 = np.tile(np.repeat(np.arange(k), k), C).reshape(-1, 1)
    j0 = np.tile(np.arange(k), k * C).reshape(-1, 1)
    i1, j1 = np.divmod(np.arange((H - k + 1) * (W - k + 1)), W - k + 1)
    return np.repeat(np.arange(C), k * k).reshape(-1, 1), i0 + i1, j0 + j1


class ConvLayer:
    def __init__(self, K):
        self.K = K

    def forward(self, X):
        self.X_shape = X.shape
        self.where = indices(*X.shape[1:], self.K.shape[2])
        c, i, j = self.where
        self.cols = X[:, c, i, j]
        out = self.K.reshape(len(self.K), -1) @ self.cols
        return out.reshape(len(X), len(self.K), X.shape[2] - 1, X.shape[3] - 1)

    def backward(self, dout):
        c, i, j = self.where
        dmat = dout.reshape(*dout.shape[:2], -1)
        self.dK = np.sum(dmat @ self.cols.transpose(0, 2, 1), axis=0).reshape(self.K.shape)
        dcols = self.K.reshape(len(self.K), -1).T @ dmat
        dX = np.zeros(self.X_shape)
        np.add.at(dX, (slice(None), c, i, j), dcols)
        return dX


class PoolLayer:
    def forward(self, feat):
        self.feat = feat
        N, F, H, W = feat.shape
        out = np.zeros((N, F, H - 1, W - 1))
        for i in range(H - 1):
            for j in range(W - 1):
                out[:, :, i, j] = np.max(feat[:, :, i : i + 2, j : j + 2], axis=(2, 3))
        return out

    def backward(self, dout):
        dfeat = np.zeros_like(self.feat)
        N, F, H, W = dout.shape
        for n in range(N):
            for f in range(F):
                for i in range(H):
                    for j in range(W):
                        k = np.argmax(self.feat[n, f, i : i + 2, j : j + 2])
                        col, row = divmod(k, 2)
                        dfeat[n, f, i + row, j + col] += dout[n, f, i, j]
        return dfeat


def backprop(X, K, T):
    conv, pool = ConvLayer(K), PoolLayer()
    feat = np.tanh(conv.forward(X))
    out = pool.forward(feat)
    dout = 2 * (out - T) / out.size
    dfeat = pool.backward(dout)
    dX = conv.backward(dfeat * (1 - feat**2))
    return dX, conv.dK
