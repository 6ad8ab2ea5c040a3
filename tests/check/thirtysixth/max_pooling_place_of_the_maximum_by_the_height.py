"""Max pooling with windows of 2 x 3, after a scale.

expected kind: wrong-shape or transpose or wrong-mask or wrong-point
wrong line: 50
correction 50: a, z = np.unravel_index(k, (PH, PW))
what: the flat place of the maximum is unravelled with the sides of the window exchanged
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PH, PW = 2, 3


def loss(x, scale, t):
    v = x * scale[:, None, None]
    N, C, H, W = v.shape
    out = np.zeros_like(t)
    for i in range(H // PH):
        for j in range(W // PW):
            out[:, :, i, j] = v[:, :, i * PH : (i + 1) * PH, j * PW : (j + 1) * PW].max(axis=(2, 3))
    return np.sum((out - t) ** 2)


def right(x, scale, t):
    v = x * scale[:, None, None]
    N, C, H, W = v.shape
    dv = np.zeros_like(v)
    for n in range(N):
        for c in range(C):
            for i in range(H // PH):
                for j in range(W // PW):
                    window = v[n, c, i * PH : (i + 1) * PH, j * PW : (j + 1) * PW]
                    k = np.argmax(window)
                    a, z = np.unravel_index(k, (PH, PW))
                    dv[n, c, i * PH + a, j * PW + z] += 2 * (window.max() - t[n, c, i, j])
    return dv * scale[:, None, None], np.sum(dv * x, axis=(0, 2, 3))


def backprop(x, scale, t):
    v = x * scale[:, None, None]
    N, C, H, W = v.shape
    dv = np.zeros_like(v)
    for n in range(N):
        for c in range(C):
            for i in range(H // PH):
                for j in range(W // PW):
                    window = v[n, c, i * PH : (i + 1) * PH, j * PW : (j + 1) * PW]
                    k = np.argmax(window)
                    a, z = np.unravel_index(k, (PW, PH))
                    dv[n, c, i * PH + a, j * PW + z] += 2 * (window.max() - t[n, c, i, j])
    return dv * scale[:, None, None], np.sum(dv * x, axis=(0, 2, 3))


PARAMETERS = ["x", "scale"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 5, 6)), 0.5 + r.random(2), r.normal(size=(2, 2, 2, 2))
