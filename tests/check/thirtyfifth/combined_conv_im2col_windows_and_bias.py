"""A convolution by im2col with rows of patches, helpers im2col and col2im.

expected kind: missing-sum + mean-for-sum or missing-sum + scale or missing-term + mean-for-sum or missing-term +
    scale or unexplained + mean-for-sum or unexplained + scale
wrong line: 36 and 58
correction 36: img[:, :, i:i + Ho, j:j + Wo] += cols[:, :, i, j]
correction 58: db = np.sum(d, axis=0)
what: col2im overwrites where windows overlap, and the bias' gradient is averaged over all places
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "w", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2, 4, 5)), rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3), rng.normal(size=(2, 3, 3, 4))

def im2col(x, k):
    N, C, H, W = x.shape
    Ho, Wo = H - k + 1, W - k + 1
    cols = np.zeros((N, C, k, k, Ho, Wo))
    for i in range(k):
        for j in range(k):
            cols[:, :, i, j] = x[:, :, i:i + Ho, j:j + Wo]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(N * Ho * Wo, -1)

def col2im(cols, shape, k):
    N, C, H, W = shape
    Ho, Wo = H - k + 1, W - k + 1
    cols = cols.reshape(N, Ho, Wo, C, k, k).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(shape)
    for i in range(k):
        for j in range(k):
            img[:, :, i:i + Ho, j:j + Wo] = cols[:, :, i, j]
    return img

def loss(x, w, b, t):
    out = (im2col(x, 2) @ w.reshape(3, -1).T + b).reshape(2, 3, 4, 3).transpose(0, 3, 1, 2)
    return np.sum((out - t) ** 2)

def right(x, w, b, t):
    view = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(2, 3))
    d = 2 * (np.einsum("ncijkl,fckl->nfij", view, w) + b[:, None, None] - t)
    dx = np.zeros(x.shape)
    for i in range(3):
        for j in range(4):
            dx[:, :, i:i + 2, j:j + 2] += np.einsum("nf,fckl->nckl", d[:, :, i, j], w)
    return dx, np.einsum("nfij,ncijkl->fckl", d, view), d.sum((0, 2, 3))

def backprop(x, w, b, t):
    F, C, k, _ = w.shape
    cols = im2col(x, k)
    W = w.reshape(F, -1).T
    out = np.dot(cols, W) + b
    d = 2 * (out - t.transpose(0, 2, 3, 1).reshape(-1, F))
    db = np.mean(d, axis=0)
    dW = np.dot(cols.T, d)
    dw = dW.T.reshape(F, C, k, k)
    dx = col2im(np.dot(d, W.T), x.shape, k)
    return dx, dw, db
