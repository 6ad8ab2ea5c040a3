"""Average pooling with overlapping windows of k x k.

expected kind: scale or sum-for-mean or missing-factor
wrong line: 52
correction 52: share = dout[:, i, j] / pool.k ** 2
what: each element of a window has the share 1 / k ** 2; it is given 1 / k
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


class AvgPool:
    def __init__(self, k, stride):
        self.k, self.stride = k, stride

    def windows(self, H, W):
        for i in range((H - self.k) // self.stride + 1):
            for j in range((W - self.k) // self.stride + 1):
                rows = slice(i * self.stride, i * self.stride + self.k)
                yield i, j, rows, slice(j * self.stride, j * self.stride + self.k)

    def forward(self, x):
        n = [(s - self.k) // self.stride + 1 for s in x.shape[1:]]
        out = np.zeros((len(x), *n))
        for i, j, rows, columns in self.windows(*x.shape[1:]):
            out[:, i, j] = x[:, rows, columns].mean(axis=(1, 2))
        return out


def loss(x, t):
    return 0.5 * np.sum((AvgPool(3, 2).forward(x) ** 2 - t) ** 2)


def right(x, t):
    pool = AvgPool(3, 2)
    out = pool.forward(x)
    dout = (out ** 2 - t) * 2 * out
    dx = np.zeros_like(x)
    for i, j, rows, columns in pool.windows(*x.shape[1:]):
        share = dout[:, i, j] / pool.k ** 2
        dx[:, rows, columns] += share[:, None, None]
    return dx


def backprop(x, t):
    pool = AvgPool(3, 2)
    out = pool.forward(x)
    dout = (out ** 2 - t) * 2 * out
    dx = np.zeros_like(x)
    for i, j, rows, columns in pool.windows(*x.shape[1:]):
        share = dout[:, i, j] / pool.k
        dx[:, rows, columns] += share[:, None, None]
    return dx


PARAMETERS = ["x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5, 7)), r.normal(size=(3, 2, 3))
