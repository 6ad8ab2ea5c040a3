"""A convolution with loops, padding and a stride.

expected kind: missing-term or wrong-shape or unexplained
wrong line: 55
correction 55: for r in range(0, Hp - KH + 1, stride):
what: backwards the loop over the rows ends one window early: the + 1 is missing
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "w", "b"]
pad, stride = 1, 2

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2, 5, 5)), rng.normal(size=(3, 2, 3, 3)), rng.normal(size=3), rng.normal(size=(2, 3, 3, 3))

def conv(x, w, b):
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijkl,fckl->nfij", view, w) + b[None, :, None, None]

def loss(x, w, b, target):
    return np.sum((conv(x, w, b) - target) ** 2) / 2

def right(x, w, b, target):
    dout = conv(x, w, b) - target
    N, _, _, _ = x.shape
    F, _, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    _, _, Hp, Wp = xp.shape
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for r in range(0, Hp - KH + 1, stride):
                for c in range(0, Wp - KW + 1, stride):
                    g = dout[n, f, r // stride, c // stride]
                    dw[f] += xp[n, :, r:r + KH, c:c + KW] * g
                    dxp[n, :, r:r + KH, c:c + KW] += w[f] * g
    dx = dxp[:, :, pad:-pad, pad:-pad]
    return dx, dw, db

def backprop(x, w, b, target):
    dout = conv(x, w, b) - target
    N, _, _, _ = x.shape
    F, _, KH, KW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    _, _, Hp, Wp = xp.shape
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for r in range(0, Hp - KH, stride):
                for c in range(0, Wp - KW + 1, stride):
                    g = dout[n, f, r // stride, c // stride]
                    dw[f] += xp[n, :, r:r + KH, c:c + KW] * g
                    dxp[n, :, r:r + KH, c:c + KW] += w[f] * g
    dx = dxp[:, :, pad:-pad, pad:-pad]
    return dx, dw, db
