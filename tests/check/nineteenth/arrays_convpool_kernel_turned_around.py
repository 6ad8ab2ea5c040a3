"""Arrays convpool kernel turned around.

expected kind: reversed
wrong line: 88 or 89
correction 88: grad_flipped = np.einsum("nijab,nfij->fab", self.patches, grad_s)[:, ::-1, ::-1]
correction 89: return grad_flipped[:, ::-1, ::-1], np.einsum("nfij->f", grad_s)
given as: arrays
what: The gradient is that of the kernel as it was turned around for the convolution
source: https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/41
said: by one's own derivation the gradient of the kernel has to be flipped once more
"""

import numpy as np

PARAMETERS = ["k", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(2, 3, 3)), r.normal(size=2), r.normal(size=(2, 8)), r.normal(size=(2, 1))
    return *weights, r.normal(size=(4, 6, 6)), r.normal(size=(2, 4))


def loss(k, b, V, c, x, y):
    maps = 0.0
    for i in range(3):  # a true convolution: the kernel is turned around
        for j in range(3):
            maps = maps + x[:, None, 2 - i : 6 - i, 2 - j : 6 - j] * k[None, :, i, j, None, None]
    maps = np.tanh(maps + b[None, :, None, None])
    pooled = np.mean(np.reshape(maps, (len(x), 2, 2, 2, 2, 2)), axis=(3, 5))
    out = V @ np.reshape(pooled, (len(x), 8)).T + c
    return 0.5 * np.sum((out - y) ** 2) / len(x)


def rot180(m):
    return m[::-1, ::-1]


def valid(image, mask):
    """Slide a mask over an image, as it is."""
    h, w = mask.shape
    rows, cols = image.shape[0] - h + 1, image.shape[1] - w + 1
    return np.array([[np.sum(image[i : i + h, j : j + w] * mask) for j in range(cols)] for i in range(rows)])


def expand(d, scale):
    return np.kron(d, np.ones((scale, scale)))


def right(k, b, V, c, x, y):
    # feed forward
    a = [[np.tanh(valid(image, rot180(kernel)) + bias) for kernel, bias in zip(k, b)] for image in x]
    fv = np.zeros((8, len(x)))
    for n in range(len(x)):
        pools = [(m[::2, ::2] + m[1::2, ::2] + m[::2, 1::2] + m[1::2, 1::2]) / 4 for m in a[n]]
        fv[:, n] = np.concatenate([p.ravel() for p in pools])
    # back
    e = V @ fv + c - y
    od = e / len(x)
    dV, dc = od @ fv.T, od.sum(axis=1, keepdims=True)
    fvd = V.T @ od
    dk, db = np.zeros(k.shape), np.zeros(b.shape)
    for n in range(len(x)):
        for j in range(len(k)):
            d = fvd[4 * j : 4 * j + 4, n].reshape(2, 2)
            dmap = (1 - a[n][j] ** 2) * expand(d, 2) / 2**2
            dk[j] += rot180(valid(x[n], dmap))
            db[j] += dmap.sum()
    return dk, db, dV, dc


def windows(x, size):
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))


class Convolution:
    def __init__(self, k, b):
        self.k, self.b = k, b

    def __call__(self, x):
        self.patches = windows(x, 3)
        flipped = self.k[:, ::-1, ::-1]
        self.h = np.tanh(np.einsum("nijab,fab->nfij", self.patches, flipped) + self.b[:, None, None])
        return self.h

    def gradients(self, grad_h):
        grad_s = grad_h * (1 - self.h**2)
        grad_flipped = np.einsum("nijab,nfij->fab", self.patches, grad_s)
        return grad_flipped, np.einsum("nfij->f", grad_s)


def backprop(k, b, V, c, x, y):
    layer = Convolution(k, b)
    h = layer(x)
    n = len(x)
    pooled = h.reshape(n, 2, 2, 2, 2, 2).mean(axis=(3, 5)).reshape(n, -1)
    residual = (pooled @ V.T + c.T - y.T) / n
    grad_pooled = (residual @ V).reshape(n, 2, 2, 2)
    grad_h = np.repeat(np.repeat(grad_pooled, 2, axis=2), 2, axis=3) * 0.25
    grad_k, grad_b = layer.gradients(grad_h)
    return grad_k, grad_b, residual.T @ pooled, residual.sum(axis=0)[:, None]
