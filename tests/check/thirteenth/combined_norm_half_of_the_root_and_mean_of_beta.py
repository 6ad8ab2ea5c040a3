"""Combined norm half of the root and mean of beta.

expected kind: scale or missing-factor + mean-for-sum
wrong line: 56 or 55 or 57 and 70
correction 55: dstd = -0.5 * np.sum(dxn * self.xc / (self.std * self.std), axis=0)
correction 56: dvar = 0.5 * dstd / self.std
correction 57: dxc += 1.0 / self.n * self.xc * dvar
correction 70: dbeta = np.sum(ds, axis=0)
what: The one half of the derivative of the root is forgotten; and the shift gets the mean over the examples
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "beta", "v"]

epsilon = 0.01


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [(3, 4), 4, 4, (6, 3), 6])


def loss(W, beta, v, X, t):
    a = X @ W
    mean = np.mean(a, axis=0)
    variance = np.mean((a - mean) ** 2, axis=0)
    h = 1 / (1 + np.exp(-((a - mean) / (variance + epsilon) ** 0.5 + beta)))
    return 0.5 * np.sum((h @ v - t) ** 2)


def right(W, beta, v, X, t):
    N = len(X)
    a = X @ W
    istd = 1 / np.sqrt(a.var(axis=0) + epsilon)
    z = (a - a.mean(axis=0)) * istd
    h = 1 / (1 + np.exp(-z - beta))
    error = h @ v - t
    dz = np.outer(error, v) * h * (1 - h)
    da = istd * (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0))
    return X.T @ da, dz.sum(axis=0), h.T @ error


class Normalise:
    def forward(self, x):
        self.n = x.shape[0]
        self.xc = x - np.mean(x, axis=0)
        self.std = np.sqrt(np.mean(self.xc**2, axis=0) + epsilon)
        return self.xc / self.std

    def backward(self, dxn):
        dxc = dxn / self.std
        dstd = -np.sum(dxn * self.xc / (self.std * self.std), axis=0)
        dvar = dstd / self.std
        dxc += 2.0 / self.n * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        return dxc - dmu / self.n


def backprop(W, beta, v, X, t):
    norm = Normalise()
    h = 1 / (1 + np.exp(-(norm.forward(np.dot(X, W)) + beta)))
    dy = np.dot(h, v) - t
    dv = np.dot(dy, h)
    ds = dy[:, np.newaxis] * v[np.newaxis, :]
    ds *= h
    ds *= 1 - h
    dbeta = np.mean(ds, axis=0)
    dW = np.dot(X.T, norm.backward(ds))
    return dW, dbeta, dv
