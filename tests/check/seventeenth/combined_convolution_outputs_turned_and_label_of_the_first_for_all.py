"""Combined convolution outputs turned and label of the first for all.

expected kind: transpose or wrong-axis or wrong-shape + wrong-mask or wrong-point
wrong line: 109 and 105
correction 105: d[np.arange(n), y] -= 1
correction 109: da_cols = da.transpose(0, 2, 3, 1).reshape(-1, 2)
what: Rows and columns of the outputs are exchanged before they meet the windows; all rows have the label of the first
source: https://github.com/nntrainer/nntrainer/issues/705
said: the gradient of the weights is transposed in the wrong order
"""

import numpy as np

PARAMETERS = ["K", "b", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 3)), r.normal(size=2), r.normal(size=(18, 3)), r.normal(size=(3, 6, 6)), np.array([1, 0, 2])


def loss(K, b, W, X, y):
    a = np.zeros((len(X), 2, 4, 4)) + b[:, None, None]
    for i in range(3):
        for j in range(3):
            a = a + X[:, None, i : i + 4, j : j + 4] * K[:, i, j][None, :, None, None]
    h = np.maximum(a, 0)
    rows = np.maximum(np.maximum(h[:, :, :3], h[:, :, 1:]), 0)
    pooled = np.maximum(rows[:, :, :, :3], rows[:, :, :, 1:])
    s = pooled.reshape(len(X), 18) @ W
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def right(K, b, W, X, y):
    dK, db, dW = np.zeros_like(K), np.zeros_like(b), np.zeros_like(W)
    for image, label in zip(X, y):
        a = np.zeros((2, 4, 4))
        for f in range(2):
            for i in range(4):
                for j in range(4):
                    a[f, i, j] = np.sum(image[i : i + 3, j : j + 3] * K[f]) + b[f]
        h = np.maximum(0, a)
        pooled, places = np.zeros((2, 3, 3)), {}
        for f, i, j in np.ndindex(2, 3, 3):
            window = h[f, i : i + 2, j : j + 2]
            r, c = np.unravel_index(window.argmax(), window.shape)
            pooled[f, i, j] = window[r, c]
            places[f, i, j] = (f, i + r, j + c)
        p = np.exp(pooled.ravel() @ W)
        p /= p.sum()
        p[label] -= 1
        p /= len(y)
        dW += np.outer(pooled.ravel(), p)
        dpooled = (W @ p).reshape(2, 3, 3)
        dh = np.zeros_like(h)
        for at, place in places.items():
            dh[place] += dpooled[at]
        da = dh * (h > 0)
        for f in range(2):
            for i in range(4):
                for j in range(4):
                    dK[f] += image[i : i + 3, j : j + 3] * da[f, i, j]
                    db[f] += da[f, i, j]
    return dK, db, dW


def im2col(x, k):
    n, H, _ = x.shape
    out = H - k + 1
    cols = np.zeros((n, out, out, k * k))
    for i in range(out):
        for j in range(out):
            cols[:, i, j] = x[:, i : i + k, j : j + k].reshape(n, -1)
    return cols.reshape(n * out * out, -1)


def pool_forward(x):
    n, C, H, _ = x.shape
    out = np.zeros((n, C, H - 1, H - 1))
    for i in range(H - 1):
        for j in range(H - 1):
            out[:, :, i, j] = x[:, :, i : i + 2, j : j + 2].max(axis=(2, 3))
    return out


def pool_backward(dout, x, out):
    dx = np.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i : i + 2, j : j + 2]
            winner = window == out[:, :, i, j][:, :, None, None]
            dx[:, :, i : i + 2, j : j + 2] += winner * dout[:, :, i, j][:, :, None, None]
    return dx


def backprop(K, b, W, X, y):
    n = len(X)
    cols = im2col(X, 3)
    a = (cols.dot(K.reshape(2, -1).T) + b).reshape(n, 4, 4, 2).transpose(0, 3, 1, 2)
    h = np.maximum(a, 0)
    pooled = pool_forward(h)
    flat = pooled.reshape(n, -1)
    d = np.exp(flat.dot(W))
    d /= d.sum(axis=1, keepdims=True)
    d[:, y[0]] -= 1
    d /= n
    dpool = d.dot(W.T).reshape(pooled.shape)
    da = pool_backward(dpool, h, pooled) * (a > 0)
    da_cols = da.transpose(0, 3, 2, 1).reshape(-1, 2)
    dK = da_cols.T.dot(cols).reshape(K.shape)
    return dK, da_cols.sum(axis=0), flat.T.dot(d)
