"""Conv bias by the mean over places.

expected kind: mean-for-sum
wrong line: 116
correction 116: self.dkb = np.sum(dout, axis=0)
what: The bias of a filter gets the mean over batch and places, where the loss has divided by the batch already
source: https://github.com/heyxhh/nnet-numpy/issues/1
said: the gradients of all places and examples are added; should one not divide?
"""

import numpy as np

PARAMETERS = ["K", "kb", "W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, kb, W, b, X = (r.normal(size=s) for s in [(3, 2, 3, 3), (3,), (12, 4), (4,), (3, 2, 6, 6)])
    return K, kb, W, b, X, np.array([1, 3, 0])


def loss(K, kb, W, b, X, y):
    N, F = len(X), len(K)
    out = np.zeros((N, F, 4, 4))
    for i in range(4):
        for j in range(4):
            out[:, :, i, j] = np.tensordot(X[:, :, i : i + 3, j : j + 3], K, ((1, 2, 3), (1, 2, 3))) + kb
    pooled = np.maximum(0, out).reshape(N, F, 2, 2, 2, 2).max(axis=(3, 5))
    scores = pooled.reshape(N, -1) @ W + b
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), y])


def conv_single(x, K, kb):
    out = np.zeros((len(K), x.shape[1] - 2, x.shape[2] - 2))
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            out[:, i, j] = np.sum(x[:, i : i + 3, j : j + 3] * K, axis=(1, 2, 3)) + kb
    return out


def max_pool(a):
    pooled = np.zeros((a.shape[0], a.shape[1] // 2, a.shape[2] // 2))
    for i in range(pooled.shape[1]):
        for j in range(pooled.shape[2]):
            pooled[:, i, j] = np.max(a[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2], axis=(1, 2))
    return pooled


def max_pool_backward(dpooled, a):
    da = np.zeros_like(a)
    for f in range(a.shape[0]):
        for i in range(dpooled.shape[1]):
            for j in range(dpooled.shape[2]):
                window = a[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                mask = window == np.max(window)
                da[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += mask * dpooled[f, i, j] / np.sum(mask)
    return da


def conv_backward(dz, x, K):
    dK, dkb = np.zeros_like(K), np.zeros(len(K))
    for f in range(len(K)):
        for i in range(dz.shape[1]):
            for j in range(dz.shape[2]):
                dK[f] += dz[f, i, j] * x[:, i : i + 3, j : j + 3]
        dkb[f] = np.sum(dz[f])
    return dK, dkb


def right(K, kb, W, b, X, y):
    gK, gkb, gW, gb = (np.zeros_like(p) for p in (K, kb, W, b))
    for x, label in zip(X, y):
        z = conv_single(x, K, kb)
        a = np.maximum(z, 0)
        pooled = max_pool(a)
        flat = pooled.flatten()
        scores = flat @ W + b
        p = np.exp(scores - scores.max())
        p /= p.sum()
        p[label] -= 1
        gW += np.outer(flat, p)
        gb += p
        dpooled = (W @ p).reshape(pooled.shape)
        da = max_pool_backward(dpooled, a)
        dz = da * (z > 0)
        dK, dkb = conv_backward(dz, x, K)
        gK += dK
        gkb += dkb
    n = len(X)
    return gK / n, gkb / n, gW / n, gb / n


def im2col(X, size):
    N, C, H, W = X.shape
    out_h, out_w = H - size + 1, W - size + 1
    col = np.zeros((N, C, size, size, out_h, out_w))
    for i in range(size):
        for j in range(size):
            col[:, :, i, j] = X[:, :, i : i + out_h, j : j + out_w]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)


class Convolution:
    def __init__(self, K, kb):
        self.K, self.kb = K, kb

    def forward(self, X):
        FN, _, size, _ = self.K.shape
        self.col = im2col(X, size)
        out = np.dot(self.col, self.K.reshape(FN, -1).T) + self.kb
        return out.reshape(X.shape[0], X.shape[2] - size + 1, -1, FN).transpose(0, 3, 1, 2)

    def backward(self, dout):
        FN = self.K.shape[0]
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.dkb = np.mean(dout, axis=0)
        self.dK = np.dot(self.col.T, dout)
        self.dK = self.dK.transpose(1, 0).reshape(self.K.shape)


class Pooling:
    def forward(self, X):
        N, C, H, W = X.shape
        col = X.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4)
        self.arg_max = np.argmax(col, axis=1)
        return col.max(axis=1).reshape(N, C, H // 2, W // 2)

    def backward(self, dout):
        N, C, H, W = dout.shape
        dmax = np.zeros((dout.size, 4))
        dmax[np.arange(dout.size), self.arg_max] = dout.flatten()
        return dmax.reshape(N, C, H, W, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, 2 * H, 2 * W)


def backprop(K, kb, W, b, X, y):
    conv, pool = Convolution(K, kb), Pooling()
    Z = conv.forward(X)
    P = pool.forward(np.maximum(0, Z))
    flat = P.reshape(len(X), -1)
    scores = flat.dot(W) + b
    dscores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    dscores[np.arange(len(y)), y] -= 1
    dscores /= len(y)
    dW = flat.T.dot(dscores)
    db = dscores.sum(axis=0)
    dP = dscores.dot(W.T).reshape(P.shape)
    dA = pool.backward(dP)
    dZ = dA * (Z > 0)
    conv.backward(dZ)
    return conv.dK, conv.dkb, dW, db
