"""Arrays norm gain by the deviation.

expected kind: wrong-point or missing-factor or stale-value
wrong line: 73
correction 73: self.dgamma = np.sum(self.xn * dout, axis=0)
given as: arrays
what: The gains are multiplied by the deviations, which are not divided yet
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "g1", "W2", "g2"]

EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, g1, W2, g2, X, T = (r.normal(size=s) for s in [(4, 4), 4, (4, 4), 4, (7, 4), (7, 4)])
    return W1, g1, W2, g2, X, T


def loss(W1, g1, W2, g2, X, T):
    h = X
    for W, g in ((W1, g1), (W2, g2)):
        z = h @ W
        z = z - np.mean(z, axis=0)
        z = z / np.sqrt(np.mean(z * z, axis=0) + EPS)
        h = np.tanh(g * z)
    return np.mean((h - T) ** 2)


def right(W1, g1, W2, g2, X, T):
    N = X.shape[0]
    layers, caches, h = [(W1, g1), (W2, g2)], [], X
    for W, g in layers:
        x, z = h, h.dot(W)
        centred = z - np.mean(z, axis=0)
        var = np.mean(centred**2, axis=0) + EPS
        h = np.tanh(g * centred / np.sqrt(var))
        caches.append((x, centred, var, h))

    grads = []
    dh = 2 * (h - T) / h.size
    for i in reversed(range(2)):
        W, g = layers[i]
        x, centred, var, h = caches[i]
        dy = dh * (1 - h**2)
        dg = np.sum(dy * centred / np.sqrt(var), axis=0)
        dhat = dy * g
        dvar = np.sum(dhat * centred, axis=0) * -0.5 * var**-1.5
        dz = dhat / np.sqrt(var) + dvar * 2 * centred / N
        dz -= np.mean(dz, axis=0)
        grads = [x.T.dot(dz), dg, *grads]
        dh = dz.dot(W.T)
    return grads


class BatchNorm:
    def __init__(self, gamma):
        self.gamma = gamma

    def forward(self, x):
        self.N = x.shape[0]
        self.xc = x - x.mean(0)
        self.std = np.sqrt(np.mean(self.xc**2, axis=0) + EPS)
        self.xn = self.xc / self.std
        return self.gamma * self.xn

    def backward(self, dout):
        self.dgamma = np.sum(self.xc * dout, axis=0)
        dxn = self.gamma * dout
        dxc = dxn / self.std
        dstd = -np.sum((dxn * self.xc) / (self.std * self.std), axis=0)
        dvar = 0.5 * dstd / self.std
        dxc += (2.0 / self.N) * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        return dxc - dmu / self.N


def backprop(W1, g1, W2, g2, X, T):
    first, second = BatchNorm(g1), BatchNorm(g2)
    h1 = np.tanh(first.forward(X @ W1))
    h2 = np.tanh(second.forward(h1 @ W2))
    d2 = 2 * (h2 - T) / T.size * (1 - h2**2)
    dz2 = second.backward(d2)
    d1 = (dz2 @ W2.T) * (1 - h1**2)
    dz1 = first.backward(d1)
    return X.T @ dz1, first.dgamma, h1.T @ dz2, second.dgamma
