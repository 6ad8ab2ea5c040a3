"""combined conv naive relu mask and bias.

expected kind: wrong-mask + missing-sum or wrong-point + missing-sum or wrong-mask + missing-term or wrong-point +
    missing-term or wrong-mask + stale-value or wrong-point + stale-value
wrong line: 51 and 59
correction 51: dz = dout * (z > 0)
correction 59: db[f] += dz[n, f, i, j]
what: the ReLU's gradient is cut where the gradient itself is negative; and the bias takes each window's gradient
    instead of adding it
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


def loss(x, w, b, target):
    a = np.maximum(0, conv_forward_naive(x, w, b)[0])
    return 0.5 * np.sum((a - target) ** 2)


def right(x, w, b, target):
    z, xp = conv_forward_naive(x, w, b)
    d = (z - target) * (z > 0)
    dw = np.zeros_like(w)
    for i in range(z.shape[2]):
        for j in range(z.shape[3]):
            dw += np.einsum("nf,nchw->fchw", d[:, :, i, j], xp[:, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3])
    return dw, d.sum(axis=(0, 2, 3))


def backprop(x, w, b, target):
    z, xp = conv_forward_naive(x, w, b)
    dout = np.maximum(0, z) - target
    dz = dout * (dout > 0)
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for n in range(z.shape[0]):
        for f in range(z.shape[1]):
            for i in range(z.shape[2]):
                for j in range(z.shape[3]):
                    patch = xp[n, :, i * stride : i * stride + 3, j * stride : j * stride + 3]
                    dw[f] += patch * dz[n, f, i, j]
                    db[f] = dz[n, f, i, j]
    return dw, db


PARAMETERS = ["w", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 2, 4, 4)), rng.normal(size=(2, 2, 3, 3)), rng.normal(size=2), rng.normal(size=(2, 2, 2, 2))]
