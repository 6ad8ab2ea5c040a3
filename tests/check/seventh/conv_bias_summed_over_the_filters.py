"""Conv bias summed over the filters.

expected kind: wrong-axis
wrong line: 66
correction 66: db = np.sum(upstream, axis=(0, 2, 3))
what: The gradient of the bias is summed over filters and rows and left over columns; there are as many columns as
    filters
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "w", "b"]
stride, pad = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2, 5, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(3, 3, 3, 3))


def convolve(x, w, b):
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((len(x), len(w), (x.shape[2] + 2 * pad - 3) // stride + 1, (x.shape[3] + 2 * pad - 3) // stride + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = xp[:, :, i * stride : i * stride + 3, j * stride : j * stride + 3]
            out[:, :, i, j] = np.einsum("nchw,fchw->nf", window, w) + b
    return out


def loss(x, w, b, t):
    return np.mean((convolve(x, w, b) - t) ** 2)


def right(x, w, b, t):
    g = 2 * (convolve(x, w, b) - t) / t.size
    up = np.zeros((len(x), len(w), x.shape[2] + 2 * pad, x.shape[3] + 2 * pad))
    up[:, :, : stride * g.shape[2] : stride, : stride * g.shape[3] : stride] = g
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(3):
        for j in range(3):
            dxp += np.roll(np.einsum("nfhw,fc->nchw", up, w[:, :, i, j]), (i, j), (2, 3))
            dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", up, np.roll(xp, (-i, -j), (2, 3)))
    return dxp[:, :, pad:-pad, pad:-pad], dw, g.sum((0, 2, 3))


def conv2d_grad(upstream, cache):
    x, w, b = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, Hout, Wout = upstream.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    grad_padded = np.zeros_like(padded)
    dw = np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(Hout):
                for j in range(Wout):
                    top, left = i * stride, j * stride
                    dw[f] += padded[n, :, top : top + HH, left : left + WW] * upstream[n, f, i, j]
                    grad_padded[n, :, top : top + HH, left : left + WW] += w[f] * upstream[n, f, i, j]
    dx = grad_padded[:, :, pad : pad + H, pad : pad + W]
    db = np.sum(upstream, axis=(0, 1, 2))
    return dx, dw, db


def backprop(x, w, b, t):
    out = convolve(x, w, b)
    upstream = 2 * (out - t) / out.size
    return conv2d_grad(upstream, (x, w, b))
