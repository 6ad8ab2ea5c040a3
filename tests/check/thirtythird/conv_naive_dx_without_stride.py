"""conv naive dx without stride.

expected kind: wrong-shape or unexplained
wrong line: 58
correction 58: dxp[n, :, hs : hs + HH, ws : ws + WW] += g * w[f]
what: the gradient of the input is added to windows that move by one, whereas those of the forward pass move by the
    stride
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

stride, pad = 2, 1


def conv_forward_naive(x, w, b):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    Ho, Wo = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    window = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, xp


def loss(x, w, b):
    return 0.5 * np.sum(conv_forward_naive(x, w, b)[0] ** 2)


def right(x, w, b):
    dout, xp = conv_forward_naive(x, w, b)
    dw, dxp = np.zeros_like(w), np.zeros_like(xp)
    for (i, j), _ in np.ndenumerate(dout[0, 0]):
        at = np.s_[:, :, stride * i : stride * i + 3, stride * j : stride * j + 3]
        dw += np.einsum("nf,nchw->fchw", dout[:, :, i, j], xp[at])
        dxp[at] += np.einsum("nf,fchw->nchw", dout[:, :, i, j], w)
    return dxp[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))


def backprop(x, w, b):
    dout, xp = conv_forward_naive(x, w, b)
    N, F, Ho, Wo = dout.shape
    HH, WW = w.shape[2:]
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    hs, ws = i * stride, j * stride
                    g = dout[n, f, i, j]
                    db[f] += g
                    dw[f] += g * xp[n, :, hs : hs + HH, ws : ws + WW]
                    dxp[n, :, i : i + HH, j : j + WW] += g * w[f]
    return dxp[:, :, pad:-pad, pad:-pad], dw, db


PARAMETERS = ["x", "w", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 2, 5, 5)), rng.normal(size=(2, 2, 3, 3)), rng.normal(size=2)]
