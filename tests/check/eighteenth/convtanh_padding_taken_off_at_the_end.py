"""Convtanh padding taken off at the end.

expected kind: wrong-shape or reversed or wrong-point
wrong line: 83
correction 83: return dpadded[:, :, 1:-1]
what: Both places of the padding are taken off at the beginning, so all gradients are one place off
source: https://github.com/flagos-ai/FlagGems/pull/1576
said: the size for the transposed convolution was wrong, which put the indices out of step
"""

import numpy as np

PARAMETERS = ["K1", "K2", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 3)), 0.5 * r.normal(size=(3, 2, 3)), r.normal(size=3), r.normal(size=(4, 2, 6)), r.normal(size=4)


def loss(K1, K2, v, x, t):
    n = x.shape[2]
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    h = np.tanh(sum(np.einsum("ncl,oc->nol", xp[:, :, k : k + n], K1[:, :, k]) for k in range(3)))
    hp = np.pad(h, ((0, 0), (0, 0), (1, 1)))
    g = np.tanh(sum(np.einsum("ncl,oc->nol", hp[:, :, k : k + n], K2[:, :, k]) for k in range(3)))
    return 0.5 * np.mean((np.mean(g, axis=2) @ v - t) ** 2)


def conv_same(x, kernel):
    n, _, length = x.shape
    out = np.zeros((n, kernel.shape[0], length))
    for l in range(length):
        for k in range(3):
            source = l + k - 1
            if 0 <= source < length:
                out[:, :, l] += x[:, :, source] @ kernel[:, :, k].T
    return out


def conv_same_grads(x, kernel, dout):
    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
    length = x.shape[2]
    for l in range(length):
        for k in range(3):
            source = l + k - 1
            if 0 <= source < length:
                dkernel[:, :, k] += dout[:, :, l].T @ x[:, :, source]
                dx[:, :, source] += dout[:, :, l] @ kernel[:, :, k]
    return dx, dkernel


def right(K1, K2, v, x, t):
    h = np.tanh(conv_same(x, K1))
    g = np.tanh(conv_same(h, K2))
    N, _, length = g.shape
    features = g.sum(axis=2) / length
    e = (features.dot(v) - t) / N
    dv = features.T.dot(e)
    dg = (np.outer(e, v) / length)[:, :, None] * np.ones(length)
    dh, dK2 = conv_same_grads(h, K2, dg * (1 - g**2))
    _, dK1 = conv_same_grads(x, K1, dh * (1 - h**2))
    return dK1, dK2, dv


class Conv1d:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, x):
        self.length = x.shape[2]
        self.padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
        self.columns = np.stack([self.padded[:, :, k : k + self.length] for k in range(3)], axis=3)
        self.out = np.tanh(np.einsum("nclk,ock->nol", self.columns, self.kernel))
        return self.out

    def backward(self, dout):
        dz = dout * (1 - self.out**2)
        self.dkernel = np.einsum("nol,nclk->ock", dz, self.columns)
        dpadded = np.zeros_like(self.padded)
        for k in range(3):
            dpadded[:, :, k : k + self.length] += np.einsum("nol,oc->ncl", dz, self.kernel[:, :, k])
        return dpadded[:, :, 2:]


def backprop(K1, K2, v, x, t):
    first, second = Conv1d(K1), Conv1d(K2)
    g = second.forward(first.forward(x))
    pooled = g.mean(axis=2)
    error = (pooled @ v - t) / len(t)
    dpooled = error[:, None] * v
    dg = np.repeat(dpooled[:, :, None], g.shape[2], axis=2) / g.shape[2]
    first.backward(second.backward(dg))
    return first.dkernel, second.dkernel, error @ pooled
