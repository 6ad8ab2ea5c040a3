"""Combined violin mask of the raw sums and mean of the column.

expected kind: wrong-mask + wrong-axis
wrong line: 99 and 105
correction 99: dout = dout * (self.out > 0)
correction 105: return dc - dc.mean(axis=1, keepdims=True)
what: The mask of the rectifier is that of the sums before the normalisation; the mean is taken away from columns, not from rows
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "gain", "shift", "W2", "b2"]
EPS = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    # five violins, three measures of each; price and loudness
    W1, b1 = r.normal(size=(3, 5)), 0.5 * r.normal(size=5)
    gain, shift = 1 + 0.4 * r.normal(size=5), 0.3 + 0.4 * r.normal(size=5)
    return W1, b1, gain, shift, r.normal(size=(5, 2)), r.normal(size=2), r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W1, b1, gain, shift, W2, b2, violins, wanted):
    u = violins @ W1 + b1
    u = u - np.mean(u, axis=1, keepdims=True)
    std = np.sqrt(np.mean(u * u, axis=1, keepdims=True))
    h = np.maximum(gain * (u / (std + EPS)) + shift, 0)
    off = h @ W2 + b2 - wanted
    return np.sum(np.sqrt(1 + off**2) - 1) / violins.shape[0]


def layer_norm_row(u, gain, shift):
    c = u - u.mean()
    s = np.sqrt((c * c).mean())
    d = s + EPS
    return gain * c / d + shift, (c, s, d)


def layer_norm_row_backward(dy, gain, cache):
    c, s, d = cache
    D = len(c)
    dhat = dy * gain
    ds = -np.sum(dhat * c) / d**2
    dc = dhat / d + ds * c / (D * s)
    return dc - dc.mean(), dy * c / d, dy


def right(W1, b1, gain, shift, W2, b2, violins, wanted):
    n = len(violins)
    dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
    dgain, dshift = np.zeros_like(gain), np.zeros_like(shift)
    dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
    for x, y in zip(violins, wanted):
        a, cache = layer_norm_row(x @ W1 + b1, gain, shift)
        h = np.maximum(a, 0)
        off = h @ W2 + b2 - y
        doff = off / np.sqrt(1 + off**2) / n
        dW2 += np.outer(h, doff)
        db2 += doff
        da = W2 @ doff
        da[a <= 0] = 0
        du, dg, dsh = layer_norm_row_backward(da, gain, cache)
        dgain += dg
        dshift += dsh
        dW1 += np.outer(x, du)
        db1 += du
    return dW1, db1, dgain, dshift, dW2, db2


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class LayerNormReLU:
    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift

    def __call__(self, u):
        self.u = u
        self.centred = u - u.mean(axis=1, keepdims=True)
        self.std = np.sqrt((self.centred**2).mean(axis=1, keepdims=True))
        self.hat = self.centred / (self.std + EPS)
        self.out = self.gain * self.hat + self.shift
        return np.maximum(self.out, 0)

    def backward(self, dout):
        dout = dout * (self.u > 0)
        self.dgain = np.einsum("nd,nd->d", dout, self.hat)
        self.dshift = np.einsum("nd->d", dout)
        dhat = dout * self.gain
        dstd = -np.sum(dhat * self.hat, axis=1, keepdims=True) / (self.std + EPS)
        dc = dhat / (self.std + EPS) + dstd * self.centred / self.std / dout.shape[1]
        return dc - dc.mean(axis=0, keepdims=True)


def backprop(W1, b1, gain, shift, W2, b2, violins, wanted):
    first, norm, second = Linear(W1, b1), LayerNormReLU(gain, shift), Linear(W2, b2)
    off = second(norm(first(violins))) - wanted
    dout = off / np.sqrt(1 + off * off) / off.shape[0]
    first.backward(norm.backward(second.backward(dout)))
    return first.dW, first.db, norm.dgain, norm.dshift, second.dW, second.db
