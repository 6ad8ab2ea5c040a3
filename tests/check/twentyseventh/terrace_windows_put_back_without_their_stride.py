"""Terrace windows put back without their stride.

expected kind: wrong-shape or missing-factor
wrong line: 97
correction 97: top, left = r * stride, q * stride
what: Windows are put back side by side, at their number, not at the number times the stride
source: https://github.com/mengxinZHANG/numpy-realizes-CNN/issues/2
said: where windows begin is computed wrongly as soon as the stride isn't one
"""

import numpy as np

PARAMETERS = ["K1", "b1", "K2", "b2", "W", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K1, b1 = r.normal(size=(2, 1, 2, 2)), 0.3 * r.normal(size=2)
    K2, b2 = 0.5 * r.normal(size=(4, 2, 3, 3)), 0.3 * r.normal(size=4)
    W, c = r.normal(size=(4, 3)), 0.3 * r.normal(size=3)
    return K1, b1, K2, b2, W, c, r.normal(size=(5, 1, 6, 6)), r.integers(0, 3, size=5)


def im2col(x, k, stride):
    """Return the windows as rows: photo, row and column of the window; channel and place in it."""
    n, channels, height, width = x.shape
    rows, cols = (height - k) // stride + 1, (width - k) // stride + 1
    parts = []
    for i in range(k):
        for j in range(k):
            parts.append(x[:, :, i : i + stride * rows : stride, j : j + stride * cols : stride])
    col = np.transpose(np.stack(parts, axis=2), (0, 3, 4, 1, 2))
    return np.reshape(col, (n * rows * cols, channels * k * k)), (n, rows, cols)


def loss(K1, b1, K2, b2, W, c, pictures, crop):
    n = pictures.shape[0]
    col, (_, rows, cols) = im2col(pictures, 2, 1)
    z1 = col @ np.reshape(K1, (K1.shape[0], -1)).T + b1
    a1 = np.transpose(np.reshape(np.maximum(z1, 0), (n, rows, cols, -1)), (0, 3, 1, 2))
    col, (_, rows, cols) = im2col(a1, 3, 2)
    z2 = col @ np.reshape(K2, (K2.shape[0], -1)).T + b2
    top = np.max(np.reshape(z2, (n, rows * cols, -1)), axis=1)
    scores = top @ W + c
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(n), crop])


def correlate(x, K, b, stride):
    k = K.shape[2]
    m = (x.shape[2] - k) // stride + 1
    out = np.empty((len(x), len(K), m, m))
    for i in range(m):
        for j in range(m):
            window = x[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            out[:, :, i, j] = np.tensordot(window, K, axes=((1, 2, 3), (1, 2, 3))) + b
    return out


def correlate_back(x, K, dout, stride):
    """Gradients of input, kernel and bias, window by window."""
    dx, dK, k = np.zeros_like(x), np.zeros_like(K), K.shape[2]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            cut = np.s_[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            g = dout[:, :, i, j]
            dK += np.tensordot(g, x[cut], axes=(0, 0))
            dx[cut] += np.tensordot(g, K, axes=(1, 0))
    return dx, dK, np.einsum("nfij->f", dout)


def right(K1, b1, K2, b2, W, c, pictures, crop):
    n, grads = len(pictures), {}
    z1 = correlate(pictures, K1, b1, 1)
    a1 = z1 * (z1 > 0)
    z2 = correlate(a1, K2, b2, 2)
    top = z2.max(axis=(2, 3))
    e = np.exp(top @ W + c)
    error = (e / e.sum(axis=1, keepdims=True) - np.eye(len(c))[crop]) / n
    grads["W"] = top.T @ error
    grads["c"] = np.sum(error, axis=0)
    dtop = error @ W.T
    dz2 = (z2 == top[:, :, None, None]) * dtop[:, :, None, None]
    da1, grads["K2"], grads["b2"] = correlate_back(a1, K2, dz2, 2)
    dz1 = da1 * (z1 > 0)
    _, grads["K1"], grads["b1"] = correlate_back(pictures, K1, dz1, 1)
    return grads


def col2im(dcol, shape, k, stride):
    """Add what belongs to the windows to where they were cut out."""
    n, channels, height, width = shape
    rows, cols = (height - k) // stride + 1, (width - k) // stride + 1
    dcol = dcol.reshape(n, rows, cols, channels, k, k)
    dx = np.zeros(shape)
    for r in range(rows):
        for q in range(cols):
            top, left = r, q
            dx[:, :, top : top + k, left : left + k] += dcol[:, r, q]
    return dx


def backprop(K1, b1, K2, b2, W, c, pictures, crop):
    n = len(pictures)
    flat1, flat2 = K1.reshape(len(K1), -1), K2.reshape(len(K2), -1)
    col1, (_, rows, cols) = im2col(pictures, 2, 1)
    z1 = col1 @ flat1.T + b1
    a1 = np.maximum(z1, 0).reshape(n, rows, cols, -1).transpose(0, 3, 1, 2)
    col2, (_, rows2, cols2) = im2col(a1, 3, 2)
    z2 = (col2 @ flat2.T + b2).reshape(n, rows2 * cols2, -1)
    where = z2.argmax(axis=1)
    top = z2.max(axis=1)
    scores = top @ W + c
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    # back
    p[np.arange(n), crop] -= 1
    p /= n
    dW, dc = top.T @ p, p.sum(axis=0)
    dz2 = np.zeros_like(z2)
    np.put_along_axis(dz2, where[:, None, :], (p @ W.T)[:, None, :], axis=1)
    dz2 = dz2.reshape(col2.shape[0], -1)
    dK2, db2 = (dz2.T @ col2).reshape(K2.shape), dz2.sum(axis=0)
    da1 = col2im(dz2 @ flat2, a1.shape, 3, 2)
    dz1 = da1.transpose(0, 2, 3, 1).reshape(z1.shape) * (z1 > 0)
    dK1, db1 = (dz1.T @ col1).reshape(K1.shape), dz1.sum(axis=0)
    return dK1, db1, dK2, db2, dW, dc
