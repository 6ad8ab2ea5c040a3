"""Pooling windows that overlap overwrite.

expected kind: missing-term or detached or missing-sum
wrong line: 92
correction 92: dX[n, row, col] += g
what: Of a pixel that is the largest in several windows only the last counts
source: https://github.com/FluxML/NNlib.jl/issues/205
said: With a stride of one the gradient has ones where differences give two and three
"""

import numpy as np

PARAMETERS = ["X", "W", "b"]


SIZE, STRIDE = 3, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 5, 5)), r.normal(size=(9, 3)), r.normal(size=3), np.array([2, 0])


def loss(X, W, b, y):
    rows = range(0, X.shape[1] - SIZE + 1, STRIDE)
    pooled = np.array([[x[i : i + SIZE, j : j + SIZE].max() for i in rows for j in rows] for x in X])
    s = pooled @ W + b
    margins = np.maximum(0, s - s[np.arange(len(y)), y][:, None] + 1)
    return (np.sum(margins) - len(y)) / len(y)


def pool_forward(X):
    N, H = len(X), (X.shape[1] - SIZE) // STRIDE + 1
    out = np.zeros((N, H, H))
    for i in range(H):
        for j in range(H):
            window = X[:, i * STRIDE : i * STRIDE + SIZE, j * STRIDE : j * STRIDE + SIZE]
            out[:, i, j] = window.max(axis=(1, 2))
    return out, X


def pool_backward(dA, cache):
    dX = np.zeros_like(cache)
    m, H, H = dA.shape
    for n in range(m):
        for h in range(H):
            for w in range(H):
                top, left = h * STRIDE, w * STRIDE
                a_slice = cache[n, top : top + SIZE, left : left + SIZE]
                mask = a_slice == np.max(a_slice)
                dX[n, top : top + SIZE, left : left + SIZE] += mask * dA[n, h, w]
    return dX


def right(X, W, b, y):
    pooled, cache = pool_forward(X)
    flat = pooled.reshape(len(X), -1)
    scores = flat.dot(W) + b
    correct = scores[np.arange(len(y)), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(len(y)), y] = 0
    dscores = (margins > 0).astype(float)
    dscores[np.arange(len(y)), y] -= dscores.sum(axis=1)
    dscores /= len(y)
    dW, db = flat.T.dot(dscores), dscores.sum(axis=0)
    dflat = dscores.dot(W.T)
    return pool_backward(dflat.reshape(pooled.shape), cache), dW, db


def backprop(X, W, b, y):
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros_like(b)
    count = X.shape[1] - SIZE + 1
    for n in range(len(X)):
        values, places = [], []
        for i in range(count):
            for j in range(count):
                k = np.argmax(X[n, i : i + SIZE, j : j + SIZE])
                row, col = i + k // SIZE, j + k % SIZE
                places.append((row, col))
                values.append(X[n, row, col])
        values = np.array(values)
        s = values @ W + b
        ds = np.zeros_like(s)
        for c in range(len(s)):
            if c != y[n] and s[c] - s[y[n]] + 1 > 0:
                ds[c] += 1 / len(X)
                ds[y[n]] -= 1 / len(X)
        dW += np.outer(values, ds)
        db += ds
        dvalues = W @ ds
        for (row, col), g in zip(places, dvalues):
            dX[n, row, col] = g
    return dX, dW, db
