"""Convolution kernel divided by its places.

expected kind: mean-for-sum or scale
wrong line: 92
correction 92: return dK, dout.sum(axis=(0, 2, 3))
what: The gradient of the kernels is divided by the number of places that they come to
source: https://github.com/Oneflow-Inc/oneflow/pull/255
said: the differences of the weights should be divided by the steps of the sliding kernel, so that they wouldn't depend on the size of the image
"""

import numpy as np

PARAMETERS = ["K", "b", "W", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    y = np.array([1, 0, 2])
    return r.normal(size=(2, 3, 3)), r.normal(size=2), r.normal(size=(8, 3)), r.normal(size=3), r.normal(size=(3, 6, 6)), y


def loss(K, b, W, c, X, y):
    F, N = K.shape[0], X.shape[0]
    total = 0.0
    for n in range(N):
        features = []
        for f in range(F):
            z = sum(K[f, i, j] * X[n, i : i + 4, j : j + 4] for i in range(3) for j in range(3)) + b[f]
            a = np.maximum(z, 0)
            features.append((a[0::2, 0::2] + a[0::2, 1::2] + a[1::2, 0::2] + a[1::2, 1::2]) / 4)
        s = np.concatenate([p.reshape(4) for p in features]) @ W + c
        total = total + np.log(np.sum(np.exp(s))) - s[y[n]]
    return total / N


def im2col(x, k):
    H, W = x.shape[0] - k + 1, x.shape[1] - k + 1
    return np.array([x[i : i + k, j : j + k].ravel() for i in range(H) for j in range(W)])


def avgpool(a, size=2):
    return a.reshape(a.shape[0] // size, size, a.shape[1] // size, size).mean(axis=(1, 3))


def unpool(d, size=2):
    return np.kron(d, np.ones((size, size))) / size**2


def right(K, b, W, c, X, y):
    F = len(K)
    dK, db, dW, dc = np.zeros_like(K), np.zeros_like(b), np.zeros_like(W), np.zeros_like(c)
    for x, label in zip(X, y):
        cols = im2col(x, 3)
        z = [(cols @ K[f].ravel() + b[f]).reshape(4, 4) for f in range(F)]
        pools = [avgpool(np.maximum(zf, 0)) for zf in z]
        features = np.concatenate([p.ravel() for p in pools])
        scores = features @ W + c
        d = np.exp(scores - scores.max())
        d /= d.sum()
        d[label] -= 1
        d /= len(X)
        dW += np.outer(features, d)
        dc += d
        dfeatures = (W @ d).reshape(F, 2, 2)
        for f in range(F):
            mask = z[f] > 0
            dz = unpool(dfeatures[f]) * mask
            dK[f] += (dz.ravel() @ cols).reshape(3, 3)
            db[f] += dz.sum()
    return dK, db, dW, dc


def conv_forward(X, K, b):
    N, F = X.shape[0], K.shape[0]
    out = np.zeros((N, F, 4, 4))
    for n in range(N):
        for f in range(F):
            for i in range(4):
                for j in range(4):
                    out[n, f, i, j] = np.sum(X[n, i : i + 3, j : j + 3] * K[f]) + b[f]
    return out


def conv_backward(dout, X, K):
    N, F, H, W = dout.shape
    dK = np.zeros_like(K)
    for n in range(N):
        for f in range(F):
            for i in range(H):
                for j in range(W):
                    dK[f] += dout[n, f, i, j] * X[n, i : i + 3, j : j + 3]
    return dK / (H * W), dout.sum(axis=(0, 2, 3))


def backprop(K, b, W, c, X, y):
    N, F = X.shape[0], K.shape[0]
    z = conv_forward(X, K, b)
    pooled = np.maximum(z, 0).reshape(N, F, 2, 2, 2, 2).mean(axis=(3, 5))
    flat = pooled.reshape(N, -1)
    s = flat.dot(W) + c
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    p[np.arange(N), y] -= 1
    ds = p / N
    dpool = ds.dot(W.T).reshape(pooled.shape)
    da = np.repeat(np.repeat(dpool, 2, axis=2), 2, axis=3) / 4
    dK, db = conv_backward(da * (z > 0), X, K)
    return dK, db, flat.T.dot(ds), ds.sum(axis=0)
