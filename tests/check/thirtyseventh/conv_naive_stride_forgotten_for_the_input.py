"""Conv naive stride forgotten for the input.

expected kind: wrong-shape or wrong-axis or wrong-point or unexplained
wrong line: 56
correction 56: dx[n, :, hs:hs + HH, ws:ws + WW] += w[f] * dout[n, f, i, j]
what: the gradient of the input is put at i, j, not at the place that the stride gives
source: https://github.com/basalt-org/basalt/pull/13
said: the positions in the backward pass for the inputs did not really take the stride into account
"""

import numpy as np

PARAMETERS = ["x", "w", "b"]
stride = 2

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 7, 7)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(2, 3, 3, 3))

def conv_forward_naive(x, w, b):
    out = np.zeros((2, 3, 3, 3))
    for i in range(3):
        for j in range(3):
            window = x[:, :, stride * i:stride * i + 3, stride * j:stride * j + 3]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out

def loss(x, w, b, t):
    return 0.5 * np.sum((conv_forward_naive(x, w, b) - t) ** 2)

def right(x, w, b, t):
    dout = conv_forward_naive(x, w, b) - t
    N, F, HO, WO = dout.shape
    HH, WW = w.shape[2:]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    hs, ws = i * stride, j * stride
                    dw[f] += x[n, :, hs:hs + HH, ws:ws + WW] * dout[n, f, i, j]
                    dx[n, :, hs:hs + HH, ws:ws + WW] += w[f] * dout[n, f, i, j]
    return dx, dw, db

def backprop(x, w, b, t):
    dout = conv_forward_naive(x, w, b) - t
    N, F, HO, WO = dout.shape
    HH, WW = w.shape[2:]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    hs, ws = i * stride, j * stride
                    dw[f] += x[n, :, hs:hs + HH, ws:ws + WW] * dout[n, f, i, j]
                    dx[n, :, i:i + HH, j:j + WW] += w[f] * dout[n, f, i, j]
    return dx, dw, db
