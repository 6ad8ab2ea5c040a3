"""im2col windows overwrite.

expected kind: missing-sum or missing-term or stale-value
wrong line: 53
correction 53: img[:, :, a : a + Ho, b : b + Wo] += dcol[:, :, a, b]
what: col2im writes the overlapping windows over each other instead of adding them
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def im2col(x, k):
    N, C, H, W = x.shape
    Ho, Wo = H - k + 1, W - k + 1
    col = np.zeros((N, C, k, k, Ho, Wo))
    for a in range(k):
        for b in range(k):
            col[:, :, a, b] = x[:, :, a : a + Ho, b : b + Wo]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * Ho * Wo, -1)


def forward(x, W, b):
    N, C, H, _ = x.shape
    F, _, k, _ = W.shape
    col = im2col(x, k)
    out = col @ W.reshape(F, -1).T + b
    return col, out.reshape(N, H - k + 1, -1, F).transpose(0, 3, 1, 2)


def loss(x, W, b, G):
    return np.sum(G * forward(x, W, b)[1])


def right(x, W, b, G):
    k, Ho, Wo = W.shape[2], G.shape[2], G.shape[3]
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    for i in range(k):
        for j in range(k):
            part = np.s_[:, :, i : i + Ho, j : j + Wo]
            dW[:, :, i, j] = np.einsum("nfhw,nchw->fc", G, x[part])
            dx[part] += np.einsum("nfhw,fc->nchw", G, W[:, :, i, j])
    return dx, dW, np.einsum("nfhw->f", G)


def col2im(dcol, shape, k):
    N, C, H, W = shape
    Ho, Wo = H - k + 1, W - k + 1
    dcol = dcol.reshape(N, Ho, Wo, C, k, k).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros(shape)
    for a in range(k):
        for b in range(k):
            img[:, :, a : a + Ho, b : b + Wo] = dcol[:, :, a, b]
    return img


def backprop(x, W, b, G):
    F, C, k, _ = W.shape
    col, _ = forward(x, W, b)
    dout = G.transpose(0, 2, 3, 1).reshape(-1, F)
    db = np.sum(dout, axis=0)
    dW = (dout.T @ col).reshape(F, C, k, k)
    dx = col2im(dout @ W.reshape(F, -1), x.shape, k)
    return dx, dW, db


PARAMETERS = ["x", "W", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 2, 4, 4)), rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3), rng.normal(size=(2, 3, 3, 3))]
