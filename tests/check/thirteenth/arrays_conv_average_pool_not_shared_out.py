"""Arrays conv average pool not shared out.

expected kind: sum-for-mean or scale
wrong line: 77
correction 77: dmaps = dpooled.repeat(2, axis=2).repeat(2, axis=3) / 4
given as: arrays
what: Each element of a window gets the whole error of the mean, not a fourth of it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "w", "x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [(2, 1, 3, 3), 2, (2, 2, 2), (2, 1, 4, 4), 2])


def loss(K, b, w, x, t):
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    z = b[None, :, None, None] + sum(
        padded[:, :1, i : i + 4, j : j + 4] * K[None, :, 0, i, j][:, :, None, None] for i in range(3) for j in range(3)
    )
    a = np.tanh(z)
    pooled = (a[:, :, ::2, ::2] + a[:, :, 1::2, ::2] + a[:, :, ::2, 1::2] + a[:, :, 1::2, 1::2]) / 4
    out = np.sum(pooled * w, axis=(1, 2, 3))
    return 0.5 * np.sum((out - t) ** 2)


def correlate(image, kernel):
    h, w = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = np.sum(image[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel)
    return out


def rot180(kernel):
    return np.flipud(np.fliplr(kernel))


def right(K, b, w, x, t):
    grads = {"K": np.zeros_like(K), "b": np.zeros_like(b), "w": np.zeros_like(w), "x": np.zeros_like(x)}
    for n in range(len(x)):
        image = np.pad(x[n, 0], 1)
        maps, pooled = [], []
        for f in range(len(K)):
            a = np.tanh(correlate(image, K[f, 0]) + b[f])
            maps.append(a)
            pooled.append(correlate(a, np.full((2, 2), 0.25))[::2, ::2])
        error = sum(np.sum(w[f] * pooled[f]) for f in range(len(K))) - t[n]
        for f in range(len(K)):
            grads["w"][f] += error * pooled[f]
            dmap = np.kron(error * w[f], np.ones((2, 2))) / 4
            dz = dmap * (1 - maps[f] ** 2)
            grads["K"][f, 0] += correlate(image, dz)
            grads["b"][f] += np.sum(dz)
            grads["x"][n, 0] += correlate(np.pad(dz, 1), rot180(K[f, 0]))
    return grads


def backprop(K, b, w, x, t):
    N, F = len(x), len(K)
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    cols = np.array([[xp[n, 0, i : i + 3, j : j + 3].ravel() for i in range(4) for j in range(4)] for n in range(N)])
    flat_K = K.reshape(F, 9)
    a = np.tanh(cols @ flat_K.T + b)
    maps = a.transpose(0, 2, 1).reshape(N, F, 4, 4)
    pooled = maps.reshape(N, F, 2, 2, 2, 2).mean(axis=(3, 5))
    delta = (pooled * w).sum(axis=(1, 2, 3)) - t
    dw = np.einsum("n,nfij->fij", delta, pooled)
    dpooled = delta[:, None, None, None] * w
    dmaps = dpooled.repeat(2, axis=2).repeat(2, axis=3)
    dz = dmaps.reshape(N, F, 16).transpose(0, 2, 1) * (1 - a**2)
    dK = np.einsum("npf,npk->fk", dz, cols).reshape(K.shape)
    db = dz.sum(axis=(0, 1))
    dcols = dz @ flat_K
    dxp = np.zeros_like(xp)
    for n in range(N):
        for p in range(16):
            i, j = divmod(p, 4)
            dxp[n, 0, i : i + 3, j : j + 3] += dcols[n, p].reshape(3, 3)
    return dK, db, dw, dxp[:, :, 1:-1, 1:-1]
