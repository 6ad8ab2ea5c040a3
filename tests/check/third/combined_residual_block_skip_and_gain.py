"""Combined residual block skip and gain.

expected kind: missing-term + missing-factor
wrong line: 50 and 69
correction 50: d = dout * self.gain
correction 69: return dx + dout
what: The way past a residual block is forgotten, and the gain of its layer norm is left out on the way back
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gain", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=(4, 3))


def loss(x, gain, W, t):
    c = x - np.mean(x, axis=1, keepdims=True)
    n = gain * c / np.sqrt(np.mean(c**2, axis=1, keepdims=True) + 1e-3)
    return np.sum((x + np.tanh(n @ W) - t) ** 2)


def right(x, gain, W, t):
    s = np.sqrt(x.var(1, keepdims=True) + 1e-3)
    u = (x - x.mean(1, keepdims=True)) / s
    a = np.tanh((gain * u) @ W)
    d = 2 * (x + a - t)
    k = d * (1 - a * a)
    q = (k @ W.T) * gain
    dx = (q - q.mean(1, keepdims=True) - u * (q * u).mean(1, keepdims=True)) / s
    return d + dx, ((k @ W.T) * u).sum(0), (gain * u).T @ k


class LayerNorm:
    def __init__(self, gain):
        self.gain = gain

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=1, keepdims=True) + 1e-3)
        self.xhat = (x - x.mean(axis=1, keepdims=True)) / self.std
        return self.gain * self.xhat

    def backward(self, dout):
        self.dgain = (dout * self.xhat).sum(axis=0)
        d = dout
        m1 = d.mean(axis=1, keepdims=True)
        m2 = (d * self.xhat).mean(axis=1, keepdims=True)
        return (d - m1 - self.xhat * m2) / self.std


class Block:
    def __init__(self, gain, W):
        self.norm, self.W = LayerNorm(gain), W

    def forward(self, x):
        self.n = self.norm.forward(x)
        self.a = np.tanh(self.n @ self.W)
        return x + self.a

    def backward(self, dout):
        dz = dout * (1 - self.a**2)
        self.dW = self.n.T @ dz
        dx = self.norm.backward(dz @ self.W.T)
        return dx


def backprop(x, gain, W, t):
    block = Block(gain, W)
    out = block.forward(x)
    dx = block.backward(2 * (out - t))
    return {"x": dx, "gain": block.norm.dgain, "W": block.dW}
