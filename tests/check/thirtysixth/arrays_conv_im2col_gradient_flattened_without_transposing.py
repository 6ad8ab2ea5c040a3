"""A convolution by im2col.

expected kind: wrong-shape or transpose
wrong line: 59
correction 59: flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
given as: arrays
what: the filters have to come first before the gradient is flattened to rows
source: usual
said: a usual mistake, made up by the author
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
    x_cols = im2col(x, KH, KW)
    db = np.sum(dout, axis=(0, 2, 3))
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = flat.dot(x_cols.T).reshape(w.shape)
    dx_cols = w.reshape(F, -1).T.dot(flat)
    dx = col2im(dx_cols, x.shape, KH, KW)
    return {"x": dx, "w": dw, "b": db}


def backprop(x, w, b, t):
    F, C, KH, KW = w.shape
    dout = 2 * (conv(x, w, b) - t)
    x_cols = im2col(x, KH, KW)
    db = np.sum(dout, axis=(0, 2, 3))
    flat = dout.reshape(F, -1)
    dw = flat.dot(x_cols.T).reshape(w.shape)
    dx_cols = w.reshape(F, -1).T.dot(flat)
    dx = col2im(dx_cols, x.shape, KH, KW)
    return {"x": dx, "w": dw, "b": db}


PARAMETERS = ["x", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 4, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(2, 3, 2, 3))
