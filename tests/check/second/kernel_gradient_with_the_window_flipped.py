"""Kernel gradient with the window flipped.

expected kind: reversed
wrong line: 54
correction 54: dK += dz[i, j] * patch
what: The window of the image is flipped before it is added to the gradient of the kernel
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(), r.normal(size=(6, 6)), r.normal(size=(4, 4))


def loss(K, b, img, target):
    total = 0
    for i in range(4):
        for j in range(4):
            out = np.tanh(np.sum(img[i : i + 3, j : j + 3] * K) + b)
            total = total + (out - target[i, j]) ** 2
    return total


def right(K, b, img, target):
    windows = np.lib.stride_tricks.sliding_window_view(img, (3, 3))
    o = np.tanh(np.einsum("ijkl,kl->ij", windows, K) + b)
    d = 2 * (o - target) * (1 - o * o)
    return np.einsum("ij,ijkl->kl", d, windows), d.sum()


def conv(img, K, b):
    kh, kw = K.shape
    out = np.zeros((img.shape[0] - kh + 1, img.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (img[i : i + kh, j : j + kw] * K).sum() + b
    return out


def backprop(K, b, img, target):
    z = conv(img, K, b)
    a = np.tanh(z)
    dz = 2 * (a - target) * (1 - a**2)
    dK = np.zeros_like(K)
    for i in range(dz.shape[0]):
        for j in range(dz.shape[1]):
            patch = img[i : i + 3, j : j + 3]
            dK += dz[i, j] * patch[::-1, ::-1]
    return {"K": dK, "b": np.sum(dz)}
