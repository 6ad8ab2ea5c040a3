"""Conv without its stride on the way back.

expected kind: wrong-shape or missing-factor or wrong-point
wrong line: 62
correction 62: hs, ws = i * stride, j * stride
what: The window of an output is taken at i and j on the way back, and at their multiples of the stride on the way
    forward
source: https://github.com/Kulbear/deep-learning-coursera/pull/34
said: the stride is missing in the backward pass of the convolution
"""

import numpy as np

PARAMETERS = ["x", "w", "b"]
stride, pad = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 5, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(2, 3, 3, 3))


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


def conv_backward_naive(dout, cache):
    x, w, b = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, Hout, Wout = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(Hout):
                for j in range(Wout):
                    hs, ws = i, j
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    db = np.sum(dout, axis=(0, 2, 3))
    return dx, dw, db


def backprop(x, w, b, t):
    out = convolve(x, w, b)
    dout = 2 * (out - t) / out.size
    return conv_backward_naive(dout, (x, w, b))
