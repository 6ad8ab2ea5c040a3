"""Variance of a sample.

expected kind: another-loss
wrong line: 35
correction 35: n = len(x)
what: Forward and backward by hand standardise with n - 1, the loss with n; the gradient is right for that other loss
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=6), r.normal(size=6)


def loss(x, w):
    c = x - np.mean(x)
    return np.sum(np.exp(w * c / np.sqrt(np.mean(c * c))))


def right(x, w):
    s = x.std()
    u = (x - x.mean()) / s
    e = np.exp(w * u)
    g = e * w
    return (g - g.mean() - u * (g * u).mean()) / s, e * u


def backprop(x, w):
    n = len(x) - 1
    centred = x - x.mean()
    std = np.sqrt((centred**2).sum() / n)
    z = centred / std
    e = np.exp(w * z)
    dw = e * z
    dz = e * w
    dstd = -(dz * centred).sum() / std**2
    dcentred = dz / std + dstd * centred / (n * std)
    dx = dcentred - dcentred.mean()
    return dx, dw
