"""Combined batch norm gain of the input and sign of the mean.

expected kind: wrong-point or missing-factor + sign
wrong line: 57 and 61 or 62
correction 57: self.dgamma = np.sum(dy * self.normalized, axis=0)
correction 61: dmu = -np.sum(dnormalized / self.std, axis=0)
correction 62: dx = dnormalized / self.std + dsigma2 * 2 * diff / m - dmu / m
what: The gain gets the centred input for the normalised one, and the mean is added where it is subtracted
source: usual
said: a usual mistake, made up by the author
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


class BN:
    def __init__(self, gamma, beta, eps=1e-3):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        self.x = x
        self.mean = x.mean(axis=0)
        self.var = x.var(axis=0)
        self.std = np.sqrt(self.var + self.eps)
        self.normalized = (x - self.mean) / self.std
        return self.gamma * self.normalized + self.beta

    def backward(self, dy):
        m = dy.shape[0]
        diff = self.x - self.mean
        self.dgamma = np.sum(dy * diff, axis=0)
        self.dbeta = np.sum(dy, axis=0)
        dnormalized = dy * self.gamma
        dsigma2 = np.sum(dnormalized * diff * -0.5 * (self.var + self.eps) ** (-1.5), axis=0)
        dmu = np.sum(dnormalized / self.std, axis=0)
        dx = dnormalized / self.std + dsigma2 * 2 * diff / m + dmu / m
        return dx


def backprop(W, gamma, beta, X, Y):
    layer = BN(gamma, beta)
    y = layer.forward(X @ W)
    relu = np.maximum(0, y)
    drelu = 2 * (relu - Y) / Y.size
    dz = layer.backward(drelu * (y > 0))
    return X.T @ dz, layer.dgamma, layer.dbeta
