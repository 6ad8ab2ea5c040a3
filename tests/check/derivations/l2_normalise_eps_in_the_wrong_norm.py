"""L2 normalisation whose backward pass uses norm + eps throughout.

expected kind: wrong-point or another-loss
wrong line: 48
correction 48: gx = gy * norm - dot * x / (norm - EPS)
what: x / |x| in the second term is taken with the norm that has eps added
source: https://github.com/chainer/chainer/pull/4190
said: The backward computation of NormalizeL2 was wrong where eps isn't negligible.
"""

import numpy as np

PARAMETERS = ["x", "p"]
EPS = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 3)), r.normal(size=(3, 2)), r.normal(size=(4, 2))]


def loss(x, p, t):
    n = np.sqrt(np.sum(x**2, axis=1, keepdims=True)) + EPS
    return np.sum(((x / n) @ p - t) ** 2)


def right(x, p, t):
    dx, dp = np.zeros_like(x), np.zeros_like(p)
    for i, v in enumerate(x):
        length = np.sqrt(v @ v)
        u = v / (length + EPS)
        g = 2 * (u @ p - t[i])
        dp += np.outer(u, g)
        du = p @ g
        dx[i] = du / (length + EPS) - (du @ v) / (length + EPS) ** 2 * v / length
    return dx, dp


class NormalizeL2:
    def forward(self, x):
        self.x = x
        self.norm = np.linalg.norm(x, axis=1, keepdims=True) + EPS
        return x / self.norm

    def backward(self, gy):
        x, norm = self.x, self.norm
        dot = np.sum(gy * x, axis=1, keepdims=True)
        gx = gy * norm - dot * x / norm
        return gx / norm ** 2


def backprop(x, p, t):
    layer = NormalizeL2()
    u = layer.forward(x)
    gu = 2 * (u @ p - t)
    return layer.backward(gu @ p.T), u.T @ gu
