"""Combined herbarium dead units let through and leaves in reverse.

expected kind: missing-factor or wrong-mask + reversed
wrong line: 108 and 126
correction 108: out[2 * i + r, 2 * j + c] = d[i, j] * (window[r, c] > 0)
correction 126: for leaf, error in zip(leaves, errors):
what: The rectifier is forgotten on the way back; the filters' gradients meet the images in reverse order
source: https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/168
said: asked why the gradient of the kernels flips the images in the direction of the batch too; the other is a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K, b, V = 0.6 * r.normal(size=(2, 3, 3)), -1 + 0.3 * r.normal(size=2), r.normal(size=(8, 3))
    return K, b, V, r.normal(size=(4, 6, 6)), np.array([2, 0, 1, 2])


def loss(K, b, V, leaves, kinds):
    maps = b.reshape(1, 2, 1, 1)
    for i in range(3):
        for j in range(3):
            maps = maps + K[:, i, j].reshape(1, 2, 1, 1) * leaves[:, i : i + 4, j : j + 4].reshape(-1, 1, 4, 4)
    maps = np.maximum(maps, 0)
    rows = np.maximum(maps[:, :, ::2], maps[:, :, 1::2])
    pooled = np.maximum(rows[:, :, :, ::2], rows[:, :, :, 1::2])
    s = pooled.reshape(len(leaves), 8) @ V
    s = s - np.max(s, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(kinds)), kinds])


class Conv:
    def __init__(self, K, b):
        self.K, self.b, self.k = K, b, K.shape[1]

    def forward(self, x):
        self.x, size = x, x.shape[1] - self.k + 1
        out = np.zeros((len(x), len(self.K), size, size))
        for i in range(size):
            for j in range(size):
                patch = x[:, i : i + self.k, j : j + self.k]
                out[:, :, i, j] = np.tensordot(patch, self.K, axes=((1, 2), (1, 2))) + self.b
        return out

    def backward(self, d):
        h, w = d.shape[2:]
        self.db = d.sum(axis=(0, 2, 3))
        self.dK = np.zeros_like(self.K)
        for i in range(self.k):
            for j in range(self.k):
                self.dK[:, i, j] = np.einsum("nfpq,npq->f", d, self.x[:, i : i + h, j : j + w])


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, d):
        return d * (self.x > 0)


class MaxPool:
    def forward(self, x):
        n, f, h, w = x.shape
        blocks = x.reshape(n, f, h // 2, 2, w // 2, 2)
        out = blocks.max(axis=(3, 5))
        self.shape, self.mask = x.shape, blocks == out[:, :, :, None, :, None]
        return out

    def backward(self, d):
        return (self.mask * d[:, :, :, None, :, None]).reshape(self.shape)


def right(K, b, V, leaves, kinds):
    conv, relu, pool = Conv(K, b), ReLU(), MaxPool()
    top = pool.forward(relu.forward(conv.forward(leaves)))
    flat = top.reshape(len(leaves), -1)
    e = np.exp(flat @ V)
    d = (e / e.sum(axis=1, keepdims=True) - np.eye(V.shape[1])[kinds]) / len(leaves)
    dtop = (d @ V.T).reshape(top.shape)
    conv.backward(relu.backward(pool.backward(dtop)))
    return conv.dK, conv.db, flat.T @ d


def convolve(leaf, kernel, bias):
    out = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            out[i, j] = np.sum(leaf[i : i + 3, j : j + 3] * kernel) + bias
    return out


def pool(z):
    return np.array([[max(z[i : i + 2, j : j + 2].max(), 0) for j in (0, 2)] for i in (0, 2)])


def unpool(d, z):
    out = np.zeros_like(z)
    for i in range(2):
        for j in range(2):
            window = z[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            r, c = np.unravel_index(np.argmax(window), window.shape)
            out[2 * i + r, 2 * j + c] = d[i, j]
    return out


def backprop(K, b, V, leaves, kinds):
    n, filters = len(leaves), len(K)
    z = [[convolve(leaf, K[f], b[f]) for f in range(filters)] for leaf in leaves]
    flat = np.array([np.concatenate([pool(m).ravel() for m in maps]) for maps in z])
    scores = flat @ V
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    for k, kind in enumerate(kinds):
        p[k, kind] -= 1
    p /= n
    dV = flat.T @ p
    dflat = (p @ V.T).reshape(n, filters, 2, 2)
    errors = [[unpool(dflat[k, f], z[k][f]) for f in range(filters)] for k in range(n)]
    dK, db = np.zeros_like(K), np.zeros_like(b)
    for leaf, error in zip(leaves[::-1], errors):
        for f in range(filters):
            db[f] += error[f].sum()
            for i in range(4):
                for j in range(4):
                    dK[f] += error[f][i, j] * leaf[i : i + 3, j : j + 3]
    return dK, db, dV
