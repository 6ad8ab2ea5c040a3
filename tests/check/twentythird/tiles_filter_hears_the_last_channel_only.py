"""Tiles filter hears the last channel only.

expected kind: missing-sum or missing-term
wrong line: 112
correction 112: dK += gz.T @ col
what: A filter that looks at all channels gets the gradient from one of them
source: https://github.com/vaibhavnaagar/cnn/issues/1
said: the gradient of a kernel with one map is taken from a window with six; a sum over the maps seems to be missing
"""

import numpy as np

PARAMETERS = ["K", "b", "v", "c"]
STRIDE, POOL = 2, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    K, b, v, c = 0.6 * r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=2), r.normal(size=(2, 2, 2)), r.normal(size=1)
    return K, b, v, c, r.normal(size=(4, 3, 7, 7)), r.normal(size=4)


def loss(K, b, v, c, X, y):
    # each filter looks at all three channels with the same weights; the last windows of the pool hang over
    z = b.reshape(1, 2, 1, 1)
    for i in range(3):
        for j in range(3):
            seen = np.sum(X[:, :, i : i + 5 : 2, j : j + 5 : 2], axis=1)
            z = z + K[:, i, j].reshape(1, 2, 1, 1) * seen.reshape(-1, 1, 3, 3)
    a = np.log(1 + np.exp(z))
    out = c
    for p in range(2):
        for q in range(2):
            pooled = np.mean(a[:, :, 2 * p : 2 * p + 2, 2 * q : 2 * q + 2], axis=(2, 3))
            out = out + pooled @ v[:, p, q]
    return np.mean((out - y) ** 2)


def convolve(X, K, b):
    size = (X.shape[2] - K.shape[1]) // STRIDE + 1
    out = np.empty((len(X), len(K), size, size))
    for r in range(size):
        for s in range(size):
            window = X[:, :, r * STRIDE : r * STRIDE + K.shape[1], s * STRIDE : s * STRIDE + K.shape[2]]
            out[:, :, r, s] = np.einsum("nchw,fhw->nf", window, K) + b
    return out


def windows(size):
    for p, top in enumerate(range(0, size, POOL)):
        for q, left in enumerate(range(0, size, POOL)):
            yield p, q, top, min(top + POOL, size), left, min(left + POOL, size)


def right(K, b, v, c, X, y):
    z = convolve(X, K, b)
    a = np.logaddexp(0, z)
    pooled = np.zeros((len(X),) + v.shape)
    for p, q, r0, r1, s0, s1 in windows(z.shape[2]):
        pooled[:, :, p, q] = a[:, :, r0:r1, s0:s1].mean(axis=(2, 3))
    out = np.tensordot(pooled, v, axes=3) + c
    dout = 2 * (out - y) / len(y)
    dv, dc = np.tensordot(dout, pooled, axes=1), dout.sum(keepdims=True)
    da = np.zeros_like(a)
    for p, q, r0, r1, s0, s1 in windows(z.shape[2]):
        area = (r1 - r0) * (s1 - s0)
        da[:, :, r0:r1, s0:s1] += (dout[:, None] * v[:, p, q] / area)[:, :, None, None]
    dz = da / (1 + np.exp(-z))
    dK, db = np.zeros_like(K), dz.sum(axis=(0, 2, 3))
    for r in range(z.shape[2]):
        for s in range(z.shape[3]):
            window = X[:, :, r * STRIDE : r * STRIDE + K.shape[1], s * STRIDE : s * STRIDE + K.shape[2]]
            dK += np.einsum("nf,nchw->fhw", dz[:, :, r, s], window)
    return dK, db, dv, dc


def columns_of(channel, k):
    """Return the windows of one channel of all images, as rows."""
    size = (channel.shape[1] - k) // STRIDE + 1
    rows = []
    for picture in channel:
        for r in range(0, size * STRIDE, STRIDE):
            for s in range(0, size * STRIDE, STRIDE):
                rows.append(picture[r : r + k, s : s + k].ravel())
    return np.array(rows)


def pooling_matrix(size):
    """Return what takes the places of a row of the maps to those of the pool."""
    M = np.zeros((-(-size // POOL), size))
    for p in range(len(M)):
        M[p, p * POOL : (p + 1) * POOL] = 1
    return M / M.sum(axis=1, keepdims=True)


def backprop(K, b, v, c, X, y):
    N, C, F, k = len(X), X.shape[1], len(K), K.shape[1]
    cols = [columns_of(X[:, channel], k) for channel in range(C)]
    z = sum(col @ K.reshape(F, -1).T for col in cols) + b  # rows: image, place
    size = int(np.sqrt(len(z) // N))
    a = np.log1p(np.exp(z)).reshape(N, size, size, F)
    M = pooling_matrix(size)
    pooled = np.einsum("pr,nrsf,qs->nfpq", M, a, M)
    error = np.einsum("nfpq,fpq->n", pooled, v) + c - y
    g = error * 2 / N
    grads = {"v": np.einsum("n,nfpq->fpq", g, pooled), "c": np.array([g.sum()])}
    ga = np.einsum("n,fpq,pr,qs->nrsf", g, v, M, M)
    gz = ga.reshape(-1, F) * (1 - np.exp(-a.reshape(-1, F)))
    grads["b"] = gz.sum(axis=0)
    dK = np.zeros((F, k * k))
    for col in cols:
        dK = gz.T @ col
    grads["K"] = dK.reshape(K.shape)
    return grads
