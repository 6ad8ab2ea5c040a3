"""Statistics of the batch held constant.

expected kind: detached or missing-term
wrong line: 52
correction 52: return (g - g.mean(axis=0) - self.x_norm * (g * self.x_norm).mean(axis=0)) * self.inv_std
what: In training the input's gradient is that of a batch norm whose mean and variance are constants
source: github.com/facebookresearch/CrypTen, pull request 143
said: The backward pass ignores that the mean and the variance are functions of the input and have gradients of their
    own.
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(7, 3)), r.normal(size=(7, 4))


def loss(W, gamma, beta, X, T):
    z = X @ W
    m = np.mean(z, axis=0)
    v = np.mean(z * z, axis=0) - m * m
    return np.mean((gamma * (z - m) / np.sqrt(v + 1e-2) + beta - T) ** 2)


def right(W, gamma, beta, X, T):
    z = X @ W
    s = np.sqrt(z.var(0) + 1e-2)
    n = (z - z.mean(0)) / s
    d = 2 * (gamma * n + beta - T) / T.size
    return X.T @ (gamma / s * (d - d.mean(0) - n * (d * n).mean(0))), (d * n).sum(0), d.sum(0)


class BatchNorm:
    eps = 1e-2

    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, x):
        self.inv_std = 1 / np.sqrt(x.var(axis=0) + self.eps)
        self.x_norm = (x - x.mean(axis=0)) * self.inv_std
        return self.gamma * self.x_norm + self.beta

    def backward(self, grad):
        self.dgamma = (grad * self.x_norm).sum(axis=0)
        self.dbeta = grad.sum(axis=0)
        g = grad * self.gamma
        return g * self.inv_std


def backprop(W, gamma, beta, X, T):
    bn = BatchNorm(gamma, beta)
    out = bn(X @ W)
    dz = bn.backward(2 * (out - T) / T.size)
    return X.T @ dz, bn.dgamma, bn.dbeta
