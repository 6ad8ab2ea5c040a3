"""convolution by as_strided: the kernel isn't flipped in the full convolution.

expected kind: reversed
wrong line: 40
correction 40: dx = np.einsum("noijuv,ocuv->ncij", windows(dy_padded, 3), kern[:, :, ::-1, ::-1])
what: dx is the full correlation with the kernel as it is, where it has to be turned by 180°
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np
from numpy.lib.stride_tricks import as_strided

def windows(x, k):
    n, c, h, w = x.shape
    s = x.strides
    return as_strided(x, (n, c, h - k + 1, w - k + 1, k, k), (*s, s[2], s[3]))

def loss(x, kern, bias, t):
    total = 0
    for n, o, i, j in np.ndindex(*t.shape):
        y = np.sum(x[n, :, i:i + 3, j:j + 3] * kern[o]) + bias[o]
        total = total + 0.5 * (y - t[n, o, i, j]) ** 2
    return total

def right(x, kern, bias, t):
    win = windows(x, 3)
    dy = np.einsum("ncijuv,ocuv->noij", win, kern) + bias[:, None, None] - t
    dkern = np.einsum("ncijuv,noij->ocuv", win, dy)
    dbias = dy.sum(axis=(0, 2, 3))
    dy_padded = np.pad(dy, ((0, 0), (0, 0), (2, 2), (2, 2)))
    dx = np.einsum("noijuv,ocuv->ncij", windows(dy_padded, 3), kern[:, :, ::-1, ::-1])
    return dx, dkern, dbias

def backprop(x, kern, bias, t):
    win = windows(x, 3)
    dy = np.einsum("ncijuv,ocuv->noij", win, kern) + bias[:, None, None] - t
    dkern = np.einsum("ncijuv,noij->ocuv", win, dy)
    dbias = dy.sum(axis=(0, 2, 3))
    dy_padded = np.pad(dy, ((0, 0), (0, 0), (2, 2), (2, 2)))
    dx = np.einsum("noijuv,ocuv->ncij", windows(dy_padded, 3), kern)
    return dx, dkern, dbias

PARAMETERS = ["x", "kern", "bias"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 2, 5, 4)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(2, 3, 3, 2))]
