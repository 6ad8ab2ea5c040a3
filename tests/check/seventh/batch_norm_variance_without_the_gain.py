"""Batch norm variance without the gain.

expected kind: missing-factor
wrong line: 60 or 62
correction 60: dvar = np.sum(dx_hat * x_mu * -0.5 * (self.var + self.eps) ** (-1.5), axis=0)
correction 62: dx = dx_hat / self.std + dvar * self.gamma * 2 * x_mu / m + dmean / m
what: The gradient of the variance is made of that of the output and not of the normalised input: gamma is missing
source: https://github.com/denizyuret/Knet.jl/issues/288
said: the gradient is multiplied by the scale only after what the input's gradient needs of it has been computed;
    with a scale of one nobody sees it
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.uniform(0.5, 2, size=4), r.normal(size=4), r.normal(size=(8, 3)), r.normal(size=(8, 4))


def loss(W, gamma, beta, X, Y):
    z = X @ W
    normed = (z - np.mean(z, 0)) / np.sqrt(np.var(z, 0) + 1e-3)
    return np.mean((np.maximum(gamma * normed + beta, 0) - Y) ** 2)


def right(W, gamma, beta, X, Y):
    z = X @ W
    N = len(z)
    C = np.eye(N) - 1 / N
    sd = np.sqrt(np.mean((C @ z) ** 2, 0) + 1e-3)
    n = C @ z / sd
    y = gamma * n + beta
    g = 2 * (np.maximum(y, 0) - Y) * (y > 0) / Y.size
    dn = g * gamma
    dz = C @ (dn - n * np.mean(dn * n, 0)) / sd
    return X.T @ dz, np.sum(g * n, 0), np.sum(g, 0)


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-3):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        self.x = x
        self.mean = x.mean(axis=0)
        self.var = x.var(axis=0)
        self.std = np.sqrt(self.var + self.eps)
        self.x_hat = (x - self.mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dy):
        m = dy.shape[0]
        x_mu = self.x - self.mean
        self.dgamma = np.sum(dy * self.x_hat, axis=0)
        self.dbeta = np.sum(dy, axis=0)
        dx_hat = dy * self.gamma
        dvar = np.sum(dy * x_mu * -0.5 * (self.var + self.eps) ** (-1.5), axis=0)
        dmean = -np.sum(dx_hat / self.std, axis=0)
        dx = dx_hat / self.std + dvar * 2 * x_mu / m + dmean / m
        return dx


def backprop(W, gamma, beta, X, Y):
    layer = BatchNorm(gamma, beta)
    y = layer.forward(X @ W)
    relu = np.maximum(0, y)
    drelu = 2 * (relu - Y) / Y.size
    dz = layer.backward(drelu * (y > 0))
    return X.T @ dz, layer.dgamma, layer.dbeta
