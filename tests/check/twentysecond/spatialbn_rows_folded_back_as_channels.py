"""Spatialbn rows folded back as channels.

expected kind: transpose or wrong-shape
wrong line: 98
correction 98: dz = drows.reshape(n, h, w, c).transpose(0, 3, 1, 2)
what: The rows, of which each is a pixel with its channels, are folded into channels first without turning the axes
source: https://github.com/ROCm/MIOpen/issues/1109
said: the backward pass of the batch norm in its spatial mode seems incorrect; where, the search doesn't show
"""

import numpy as np

PARAMETERS = ["M", "gamma", "beta", "v"]
TINY = 1e-2


def data(seed=0):
    rng = np.random.default_rng(seed)
    t = rng.integers(0, 2, size=3).astype(float)
    return rng.normal(size=(2, 3)), rng.uniform(0.6, 1.6, size=2), rng.normal(size=2), 2 * rng.normal(size=2), rng.normal(size=(3, 3, 2, 3)), t


def loss(M, gamma, beta, v, x, t):
    z = np.einsum("oc,nchw->nohw", M, x)
    centred = z - np.mean(z, axis=(0, 2, 3), keepdims=True)
    var = np.mean(centred**2, axis=(0, 2, 3), keepdims=True)
    y = gamma[:, None, None] * centred / np.sqrt(var + TINY) + beta[:, None, None]
    s = np.mean(np.tanh(y), axis=(2, 3)) @ v
    return np.sum(np.log(1 + np.exp(s)) - t * s)


def channel_forward(plane, g, b):
    mean = plane.sum() / plane.size
    diff = plane - mean
    root = np.sqrt((diff * diff).sum() / plane.size + TINY)
    return diff, root, g * diff / root + b


def channel_backward(up, diff, root, g):
    """Return the gradients of one channel: of its pixels, its gain and its offset."""
    count = diff.size
    d_gain = np.sum(up * diff) / root
    d_offset = np.sum(up)
    d_root = -np.sum(up * g * diff) / root**2
    d_var = d_root / (2 * root)
    d_diff = up * g / root + d_var * 2 * diff / count
    return d_diff - d_diff.sum() / count, d_gain, d_offset


def right(M, gamma, beta, v, x, t):
    n, _, h, w = x.shape
    maps, kept, means = [], [], np.zeros((n, len(v)))
    for o in range(len(M)):
        plane = sum(M[o, c] * x[:, c] for c in range(M.shape[1]))
        diff, root, y = channel_forward(plane, gamma[o], beta[o])
        maps.append(np.tanh(y))
        kept.append((diff, root))
        means[:, o] = maps[o].reshape(n, -1).mean(axis=1)
    miss = 1 / (1 + np.exp(-(means @ v))) - t
    dM, dgamma, dbeta, dv = np.zeros(M.shape), np.zeros(gamma.shape), np.zeros(beta.shape), np.zeros(v.shape)
    for o in range(len(M)):
        dv[o] = miss @ means[:, o]
        up = (miss * v[o] / (h * w))[:, None, None] * (1 - maps[o] ** 2)
        d_plane, dgamma[o], dbeta[o] = channel_backward(up, *kept[o], gamma[o])
        for c in range(M.shape[1]):
            dM[o, c] = np.sum(d_plane * x[:, c])
    return dM, dgamma, dbeta, dv


def bn(flat, gamma, beta):
    mean, var = flat.mean(axis=0), flat.var(axis=0)
    hat = (flat - mean) / np.sqrt(var + TINY)
    return gamma * hat + beta, (hat, var)


def bn_backward(dflat, gamma, cache):
    hat, var = cache
    m = len(dflat)
    dgamma, dbeta = (dflat * hat).sum(axis=0), dflat.sum(axis=0)
    return gamma / (m * np.sqrt(var + TINY)) * (m * dflat - dbeta - hat * dgamma), dgamma, dbeta


def to_rows(image):
    return image.transpose(0, 2, 3, 1).reshape(-1, image.shape[1])


def backprop(M, gamma, beta, v, x, t):
    z = np.tensordot(x, M, axes=([1], [1])).transpose(0, 3, 1, 2)
    n, c, h, w = z.shape
    y, cache = bn(to_rows(z), gamma, beta)
    a = np.tanh(y).reshape(n, h, w, c)
    pooled = a.mean(axis=(1, 2))
    ds = 1 / (1 + np.exp(-pooled @ v)) - t
    dv = pooled.T @ ds
    da = np.ones((n, h, w, c)) * (ds[:, None] * v / (h * w))[:, None, None, :]
    dy = da.reshape(-1, c) * (1 - np.tanh(y) ** 2)
    drows, dgamma, dbeta = bn_backward(dy, gamma, cache)
    dz = drows.reshape(n, c, h, w)
    dM = np.tensordot(dz, x, axes=([0, 2, 3], [0, 2, 3]))
    return dM, dgamma, dbeta, dv
