"""Branch whose mask falls on the skip too.

expected kind: stale-value or wrong-mask
wrong line: 47 or 61
correction 47: dx = dout.copy()
correction 61: dz = self.relu.backward(dout.copy())
what: The branch clears the gradient it was given in place, and the path around it reads the same array afterwards
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = r.normal(size=(4, 5)), 0.6 * r.normal(size=(5, 5)), r.normal(size=(5, 2))
    return W1, W2, W3, r.normal(size=(6, 4)), r.normal(size=(6, 2))


def loss(W1, W2, W3, X, Y):
    h = np.tanh(X @ W1)
    h = h + np.maximum(h @ W2, 0)
    return 0.5 * np.sum((h @ W3 - Y) ** 2)


def right(W1, W2, W3, X, Y):
    h = np.tanh(X @ W1)
    z = h @ W2
    k = h + z * (z > 0)
    d = k @ W3 - Y
    g = d @ W3.T
    dz = g * (z > 0)
    return X.T @ ((g + dz @ W2.T) * (1 - h**2)), h.T @ dz, k.T @ d


class ReLU:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout
        dx[self.mask] = 0
        return dx


class ResidualBlock:
    def __init__(self, W):
        self.W, self.relu = W, ReLU()

    def forward(self, x):
        self.x = x
        return x + self.relu.forward(x @ self.W)

    def backward(self, dout):
        dz = self.relu.backward(dout)
        self.dW = self.x.T @ dz
        return dz @ self.W.T + dout


def backprop(W1, W2, W3, X, Y):
    block = ResidualBlock(W2)
    h = np.tanh(X @ W1)
    k = block.forward(h)
    dpred = k @ W3 - Y
    dW3 = k.T @ dpred
    dh = block.backward(dpred @ W3.T)
    return X.T @ (dh * (1 - h**2)), block.dW, dW3
