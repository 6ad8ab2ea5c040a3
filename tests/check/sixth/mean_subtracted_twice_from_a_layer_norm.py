"""Mean subtracted twice from a layer norm.

expected kind: repeated-term
wrong line: 64 or 65
correction 64: temp = self.xhat * s2
correction 65: return self.rstd * (dyg - temp)
what: The mean of the incoming gradient is in the temporary already, and is subtracted once more
source: https://github.com/tenstorrent/tt-metal/issues/53204
said: the kernel accumulates onto a register that still holds the mean of dy*gamma, so that it is subtracted twice
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(5, 6)), 1 + 0.3 * r.normal(size=6), r.normal(size=6), r.normal(size=(6, 3)),
        r.normal(size=(7, 5)), r.normal(size=(7, 3)),
    )


def loss(W1, gamma, beta, W2, X, T):
    h = X @ W1
    c = h - h.mean(axis=1, keepdims=True)
    n = c / np.sqrt((c * c).mean(axis=1, keepdims=True) + 1e-5)
    return np.sum((np.tanh(gamma * n + beta) @ W2 - T) ** 2) / len(X)


def right(W1, gamma, beta, W2, X, T):
    n, d = len(X), len(gamma)
    h = X @ W1
    mean = h.mean(1)[:, None]
    std = np.sqrt(h.var(1)[:, None] + 1e-5)
    z = (h - mean) / std
    a = np.tanh(gamma * z + beta)
    e = 2 / n * (a @ W2 - T)
    da = e @ W2.T * (1 - a**2)
    dz = da * gamma
    dh = np.zeros_like(h)
    for i in range(n):
        J = (np.eye(d) - 1 / d - np.outer(z[i], z[i]) / d) / std[i]
        dh[i] = J @ dz[i]
    return X.T @ dh, (da * z).sum(0), da.sum(0), a.T @ e


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        self.xhat = (x - x.mean(-1, keepdims=True)) * self.rstd
        return self.gamma * self.xhat + self.beta

    def backward(self, dy):
        self.dgamma = (dy * self.xhat).sum(0)
        self.dbeta = dy.sum(0)
        dyg = dy * self.gamma
        s1 = dyg.mean(-1, keepdims=True)
        s2 = (dyg * self.xhat).mean(-1, keepdims=True)
        temp = s1 + self.xhat * s2
        return self.rstd * (dyg - s1 - temp)


def backprop(W1, gamma, beta, W2, X, T):
    ln = LayerNorm(gamma, beta)
    out = np.tanh(ln.forward(X @ W1))
    dpred = 2 * (out @ W2 - T) / len(X)
    dW2 = out.T @ dpred
    dln = (dpred @ W2.T) * (1 - out * out)
    dh = ln.backward(dln)
    return X.T @ dh, ln.dgamma, ln.dbeta, dW2
