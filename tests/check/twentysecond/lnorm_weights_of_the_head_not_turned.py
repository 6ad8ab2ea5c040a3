"""Lnorm weights of the head not turned.

expected kind: transpose
wrong line: 97
correction 97: dy = dz @ W1.T
what: On the way back the square weights of the head aren't transposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W0", "gain", "shift", "W1", "b1"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    W0, W1 = r.normal(size=(3, 4)), 0.6 * r.normal(size=(4, 4))
    gain, shift, b1 = r.uniform(0.5, 2, 4), 0.5 * r.normal(size=4), 0.3 * r.normal(size=4)
    return W0, gain, shift, W1, b1, r.normal(size=(5, 3)), r.normal(size=(5, 4))


def loss(W0, gain, shift, W1, b1, X, T):
    h = X @ W0
    centred = h - np.mean(h, axis=1, keepdims=True)
    normal = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS)
    out = np.tanh((normal * gain + shift) @ W1 + b1)
    return np.sum((out - T) ** 2) / len(X)


class RowNorm:
    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift
        self.dgain, self.dshift = np.zeros_like(gain), np.zeros_like(shift)

    def forward(self, rows):
        self.rows, self.mean, self.std = rows, [], []
        out = np.empty_like(rows)
        for n, row in enumerate(rows):
            self.mean.append(row.mean())
            self.std.append(np.sqrt(row.var() + EPS))
            out[n] = self.gain * (row - self.mean[n]) / self.std[n] + self.shift
        return out

    def backward(self, above):
        below = np.empty_like(above)
        for n, g in enumerate(above):
            centred = self.rows[n] - self.mean[n]
            normal = centred / self.std[n]
            self.dgain += g * normal
            self.dshift += g
            g_hat = g * self.gain
            below[n] = (g_hat - g_hat.mean() - normal * (g_hat * normal).mean()) / self.std[n]
        return below


class Affine:
    def __init__(self, W, b=0.0):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, above):
        self.dW = np.einsum("ni,no->io", self.x, above)
        self.db = np.einsum("no->o", above)
        return np.einsum("no,io->ni", above, self.W)


def right(W0, gain, shift, W1, b1, X, T):
    embed, norm, head = Affine(W0), RowNorm(gain, shift), Affine(W1, b1)
    out = np.tanh(head.forward(norm.forward(embed.forward(X))))
    grad = 2 * (out - T) / len(X) * (1 - out**2)
    for layer in (head, norm, embed):
        grad = layer.backward(grad)
    return embed.dW, norm.dgain, norm.dshift, head.dW, head.db


def backprop(W0, gain, shift, W1, b1, X, T):
    N, D = X.shape[0], W0.shape[1]
    # forward, step by step
    h = X @ W0
    mu = h.mean(axis=1, keepdims=True)
    hmu = h - mu
    var = (hmu**2).mean(axis=1, keepdims=True)
    ivar = 1 / np.sqrt(var + EPS)
    hhat = hmu * ivar
    y = gain * hhat + shift
    out = np.tanh(y @ W1 + b1)
    # and back
    dout = 2 * (out - T) / N
    dz = dout * (1 - out**2)
    db1 = dz.sum(axis=0)
    dW1 = y.T @ dz
    dy = dz @ W1
    dshift = dy.sum(axis=0)
    dgain = (dy * hhat).sum(axis=0)
    dhhat = dy * gain
    divar = (dhhat * hmu).sum(axis=1, keepdims=True)
    dvar = -0.5 * ivar**3 * divar
    dhmu = dhhat * ivar
    dhmu += 2 * hmu * dvar / D
    dmu = -dhmu.sum(axis=1, keepdims=True)
    dh = dhmu + dmu / D
    dW0 = X.T @ dh
    return dW0, dgain, dshift, dW1, db1
