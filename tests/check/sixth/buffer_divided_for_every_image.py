"""Buffer divided for every image.

expected kind: repeated-factor or scale
wrong line: 52
correction 52: dflat = dflat + dout @ col.T / N
what: What was added to the kernel's gradient by the images before is divided by their number once more at every image
source: https://github.com/LBANN/lbann/pull/1022
said: im2col goes through the samples one by one, so the buffer of the gradient has to be scaled once and only added
    to afterwards
"""

import numpy as np

PARAMETERS = ["K", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 3)), r.normal(size=2), r.normal(size=(4, 3, 8)), r.normal(size=(4, 2, 6))


def loss(K, c, images, T):
    windows = np.stack([images[:, :, i : i + 3] for i in range(6)], axis=2)
    out = np.tanh(np.einsum("fck,nctk->nft", K, windows) + c[:, None])
    return np.sum((out - T) ** 2) / len(images)


def right(K, c, images, T):
    dK, dc = 0 * K, 0 * c
    for x, target in zip(images, T):
        for t in range(6):
            o = np.tanh(np.sum(K * x[:, t : t + 3], axis=(1, 2)) + c)
            d = 2 * (o - target[:, t]) * (1 - o * o) / 4
            dK += d[:, None, None] * x[:, t : t + 3]
            dc += d
    return dK, dc


def im2col(x, width):
    steps = x.shape[1] - width + 1
    return np.array([x[:, i : i + width].ravel() for i in range(steps)]).T


def backprop(K, c, images, T):
    N, filters = len(images), len(K)
    flat = K.reshape(filters, -1)
    dflat, dc = np.zeros_like(flat), np.zeros_like(c)
    for n in range(N):
        col = im2col(images[n], K.shape[2])
        out = np.tanh(flat @ col + c[:, None])
        dout = 2 * (out - T[n]) * (1 - out**2)
        dflat = (dflat + dout @ col.T) / N
        dc += dout.sum(axis=1) / N
    return dflat.reshape(K.shape), dc
