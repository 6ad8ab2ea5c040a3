"""A convolution by im2col with kernels that aren't square.

expected kind: wrong-shape or transpose
wrong line: 56
correction 56: dw = (rows @ im2col(x, KH, KW).T).reshape(F, C, KH, KW)
what: the gradient of a kernel of KH x KW is put into KW x KH
source: https://github.com/mlpack/mlpack/pull/3376
said: In the backward pass a kernel of M x N was put into a matrix of N x M, which only works for square ones.
"""
import numpy as np


def im2col(x, KH, KW):
    N, C, H, W = x.shape
    cols = [x[n, :, i : i + KH, j : j + KW].ravel() for i in range(H - KH + 1) for j in range(W - KW + 1) for n in range(N)]
    return np.array(cols).T


def col2im(cols, shape, KH, KW):
    N, C, H, W = shape
    x, k = np.zeros(shape), 0
    for i in range(H - KH + 1):
        for j in range(W - KW + 1):
            for n in range(N):
                x[n, :, i : i + KH, j : j + KW] += cols[:, k].reshape(C, KH, KW)
                k += 1
    return x


def conv(x, w, b):
    F, _, KH, KW = w.shape
    out = w.reshape(F, -1) @ im2col(x, KH, KW) + b.reshape(-1, 1)
    N, _, H, W = x.shape
    return out.reshape(F, H - KH + 1, W - KW + 1, N).transpose(3, 0, 1, 2)


def loss(x, w, b, t):
    return np.sum((conv(x, w, b) - t) ** 2)


def right(x, w, b, t):
    F, C, KH, KW = w.shape
    dout = 2 * (conv(x, w, b) - t)
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    db = rows.sum(axis=1)
    dw = (rows @ im2col(x, KH, KW).T).reshape(F, C, KH, KW)
    dx = col2im(w.reshape(F, -1).T @ rows, x.shape, KH, KW)
    return dx, dw, db


def backprop(x, w, b, t):
    F, C, KH, KW = w.shape
    dout = 2 * (conv(x, w, b) - t)
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    db = rows.sum(axis=1)
    dw = (rows @ im2col(x, KH, KW).T).reshape(F, C, KW, KH)
    dx = col2im(w.reshape(F, -1).T @ rows, x.shape, KH, KW)
    return dx, dw, db


PARAMETERS = ["x", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 4, 5)), r.normal(size=(3, 2, 2, 3)), r.normal(size=3), r.normal(size=(2, 3, 3, 3))
