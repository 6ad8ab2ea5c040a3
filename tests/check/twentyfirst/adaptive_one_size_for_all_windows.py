"""Adaptive one size for all windows.

expected kind: scale or wrong-point
wrong line: 65 or 67
correction 65: pool_size = stop - start
correction 67: d_h[i] += d_pooled[k] / (stop - start)
what: The gradient of each window is divided by the same size, though they differ
source: https://github.com/PaddlePaddle/Paddle/pull/74077
said: the gradient of the adaptive pooling divides by the rounded ratio of the sizes; each window has its own
"""

import numpy as np

PARAMETERS = ["K", "b", "W", "c"]
BINS = ((0, 2), (1, 4), (3, 5))


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3)), r.normal(size=2), r.normal(size=(6, 2)), r.normal(size=2), r.normal(size=(4, 7)), np.array([0, 1, 1, 0])


def loss(K, b, W, c, X, y):
    n = len(X)
    windows = np.stack([X[:, t : t + 3] for t in range(5)], axis=1)
    h = np.maximum(0, windows @ K.T + b)
    pooled = np.stack([np.mean(h[:, start:stop], axis=1) for start, stop in BINS], axis=1)
    s = pooled.reshape(n, 6) @ W + c
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * np.eye(2)[y], axis=1))


def pooling_matrix():
    M = np.zeros((3, 5))
    for row, (start, stop) in zip(M, BINS):
        row[start:stop] = 1 / (stop - start)
    return M


def right(K, b, W, c, X, y):
    n, width = len(X), K.shape[1]
    M = pooling_matrix()
    z = sum(X[:, None, j : j + 5] * K[:, j].reshape(1, 2, 1) for j in range(width)) + b.reshape(1, 2, 1)
    h = np.maximum(z, 0)
    features = np.matmul(M, h.transpose(0, 2, 1)).reshape(n, 6)
    logits = features @ W + c
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    grads = {}
    probs[np.arange(n), y] -= 1
    dlogits = probs / n
    grads["W"] = features.T @ dlogits
    grads["c"] = dlogits.sum(axis=0)
    dfeatures = (dlogits @ W.T).reshape(n, 3, 2)
    dz = np.matmul(M.T, dfeatures).transpose(0, 2, 1) * (z > 0)
    grads["b"] = dz.sum(axis=(0, 2))
    grads["K"] = np.zeros(K.shape)
    for j in range(width):
        grads["K"][:, j] = np.sum(dz * X[:, None, j : j + 5], axis=(0, 2))
    return grads


def pool_backward(d_pooled, length):
    d_h = np.zeros((length, d_pooled.shape[1]))
    for k, (start, stop) in enumerate(BINS):
        pool_size = -(-length // len(BINS))
        for i in range(start, stop):
            d_h[i] += d_pooled[k] / pool_size
    return d_h


def backprop(K, b, W, c, X, y):
    dK, db, dW, dc = np.zeros((2, 3)), np.zeros(2), np.zeros((6, 2)), np.zeros(2)
    for x, label in zip(X, y):
        conv = np.zeros((5, 2))
        for i in range(5):
            for f in range(2):
                conv[i, f] = np.dot(x[i : i + 3], K[f]) + b[f]
        relu = conv * (conv > 0)
        pooled = np.array([relu[start:stop].mean(axis=0) for start, stop in BINS]).ravel()
        e = np.exp(pooled.dot(W) + c)
        ds = e / e.sum()
        ds[label] -= 1
        ds /= len(X)
        dW += np.outer(pooled, ds)
        dc += ds
        d_conv = pool_backward(W.dot(ds).reshape(3, 2), 5) * (conv > 0)
        for i in range(5):
            for f in range(2):
                dK[f] += d_conv[i, f] * x[i : i + 3]
                db[f] += d_conv[i, f]
    return dK, db, dW, dc
