"""A residual block of 1 x 1 convolutions with an identity shortcut.

expected kind: missing-factor or wrong-mask or stale-value or wrong-point
wrong line: 54
correction 54: dx += ds
what: the ReLU comes after the sum; the shortcut's gradient is taken before it went through that ReLU
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def conv1(x, k):
    return np.einsum("ncl,fc->nfl", x, k)


class Block:
    def __init__(self, k1, k2):
        self.k1, self.k2 = k1, k2

    def forward(self, x):
        self.x = x
        self.a = np.maximum(0, conv1(x, self.k1))
        self.s = conv1(self.a, self.k2) + x
        return np.maximum(0, self.s)


def loss(x, k1, k2, t):
    return 0.5 * np.sum((Block(k1, k2).forward(x) - t) ** 2)


def right(x, k1, k2, t):
    block = Block(k1, k2)
    dout = block.forward(x) - t
    ds = dout * (block.s > 0)
    dk2 = np.einsum("nfl,ncl->fc", ds, block.a)
    da = conv1(ds, k2.T)
    da[block.a <= 0] = 0
    dk1 = np.einsum("nfl,ncl->fc", da, x)
    dx = conv1(da, k1.T)
    dx += ds
    return dx, dk1, dk2


def backprop(x, k1, k2, t):
    block = Block(k1, k2)
    dout = block.forward(x) - t
    ds = dout * (block.s > 0)
    dk2 = np.einsum("nfl,ncl->fc", ds, block.a)
    da = conv1(ds, k2.T)
    da[block.a <= 0] = 0
    dk1 = np.einsum("nfl,ncl->fc", da, x)
    dx = conv1(da, k1.T)
    dx += dout
    return dx, dk1, dk2


PARAMETERS = ["x", "k1", "k2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 4)), r.normal(size=(5, 3)), r.normal(size=(3, 5)), r.normal(size=(2, 3, 4))
