"""Combined pool overlap overwritten and no mean for the readout.

expected kind: missing-term or missing-sum + sum-for-mean or scale
wrong line: 94 and 104 or 107
correction 94: da[n, f, self.argmax[n, f, i]] += dout[n, f, i]
correction 104: dw = np.einsum("n,nfi->fi", dpred, pooled) / N
correction 107: return conv.dK, conv.db, dw / N, dX
what: An element that is the greatest of two windows has the gradient of the second alone; the readout has no mean
source: https://github.com/devitocodes/joey/pull/5
said: the way back through the max-pool is wrong where the stride is less than the window
"""

import numpy as np

PARAMETERS = ["K", "b", "w", "X"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, b, w = r.normal(size=(2, 2, 3)), r.normal(size=2), r.normal(size=(2, 5))
    return K, b, w, r.normal(size=(6, 2, 8)), r.normal(size=6)


def loss(K, b, w, X, y):
    maps = [np.tensordot(X[:, :, i : i + 3], K, axes=([1, 2], [1, 2])) + b for i in range(6)]
    act = np.maximum(np.stack(maps, axis=2), 0)
    pooled = np.maximum(act[:, :, :-1], act[:, :, 1:])
    pred = np.sum(pooled * w, axis=(1, 2))
    return np.mean((pred - y) ** 2)


def correlate(signal, kernel):
    k = len(kernel)
    return np.array([signal[i : i + k] @ kernel for i in range(len(signal) - k + 1)])


def right(K, b, w, X, y):
    dK, db, dw, dX = np.zeros_like(K), np.zeros_like(b), np.zeros_like(w), np.zeros_like(X)
    N, C, L = X.shape
    for n in range(N):
        z = [sum(correlate(X[n, c], K[f, c]) for c in range(C)) + b[f] for f in range(len(K))]
        a = np.maximum(z, 0)
        left = a[:, :-1] >= a[:, 1:]
        pooled = np.where(left, a[:, :-1], a[:, 1:])
        err = 2 * (np.sum(pooled * w) - y[n]) / N
        dw += err * pooled
        dz = np.zeros_like(a)
        dz[:, :-1] += err * w * left
        dz[:, 1:] += err * w * ~left
        dz *= a > 0
        for f in range(len(K)):
            db[f] += dz[f].sum()
            padded = np.pad(dz[f], 2)
            for c in range(C):
                dK[f, c] += correlate(X[n, c], dz[f])
                dX[n, c] += correlate(padded, K[f, c][::-1])
    return dK, db, dw, dX


class Conv1D:
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        self.n_out = X.shape[2] - self.K.shape[2] + 1
        out = np.zeros((X.shape[0], self.K.shape[0], self.n_out))
        for i in range(self.n_out):
            out[:, :, i] = np.einsum("nck,fck->nf", X[:, :, i : i + 3], self.K) + self.b
        return out

    def backward(self, dout):
        self.dK, dX = np.zeros_like(self.K), np.zeros_like(self.X)
        self.db = dout.sum(axis=(0, 2))
        for i in range(self.n_out):
            self.dK += np.einsum("nf,nck->fck", dout[:, :, i], self.X[:, :, i : i + 3])
            dX[:, :, i : i + 3] += np.einsum("nf,fck->nck", dout[:, :, i], self.K)
        return dX


class MaxPool:
    """Windows of two that overlap: the stride is one."""

    def forward(self, a):
        self.a = a
        self.argmax = np.zeros((a.shape[0], a.shape[1], a.shape[2] - 1), dtype=int)
        for i in range(a.shape[2] - 1):
            self.argmax[:, :, i] = i + np.argmax(a[:, :, i : i + 2], axis=2)
        return np.take_along_axis(a, self.argmax, axis=2)

    def backward(self, dout):
        da = np.zeros_like(self.a)
        for n, f, i in np.ndindex(dout.shape):
            da[n, f, self.argmax[n, f, i]] = dout[n, f, i]
        return da


def backprop(K, b, w, X, y):
    conv, pool = Conv1D(K, b), MaxPool()
    z = conv.forward(X)
    pooled = pool.forward(np.maximum(z, 0))
    dpred = 2 * (np.sum(pooled * w, axis=(1, 2)) - y)
    N = len(y)
    dw = np.einsum("n,nfi->fi", dpred, pooled)
    dpool = dpred[:, None, None] * w / N
    dX = conv.backward(pool.backward(dpool) * (z > 0))
    return conv.dK, conv.db, dw, dX
