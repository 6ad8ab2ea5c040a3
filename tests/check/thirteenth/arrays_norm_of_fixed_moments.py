"""Arrays norm of fixed moments.

expected kind: detached or missing-term
wrong line: 70
correction 70: da = istd * (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0))
given as: arrays
what: The mean and the variance are held constant, as if they had been given from outside
source: https://github.com/vlfeat/matconvnet/issues/1174
said: the derivative of the input is that of moments that are a function of it, or of moments that are given: the one
    was used for the other
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


class Normalise:
    def forward(self, x):
        self.n = x.shape[0]
        self.xc = x - np.mean(x, axis=0)
        self.std = np.sqrt(np.mean(self.xc**2, axis=0) + epsilon)
        return self.xc / self.std

    def backward(self, dxn):
        dxc = dxn / self.std
        dstd = -np.sum(dxn * self.xc / (self.std * self.std), axis=0)
        dvar = 0.5 * dstd / self.std
        dxc += 2.0 / self.n * self.xc * dvar
        dmu = np.sum(dxc, axis=0)
        return dxc - dmu / self.n


def right(W, beta, v, X, t):
    norm = Normalise()
    h = 1 / (1 + np.exp(-(norm.forward(np.dot(X, W)) + beta)))
    dy = np.dot(h, v) - t
    dv = np.dot(dy, h)
    ds = dy[:, np.newaxis] * v[np.newaxis, :]
    ds *= h
    ds *= 1 - h
    dbeta = np.sum(ds, axis=0)
    dW = np.dot(X.T, norm.backward(ds))
    return dW, dbeta, dv


def backprop(W, beta, v, X, t):
    N = len(X)
    a = X @ W
    istd = 1 / np.sqrt(a.var(axis=0) + epsilon)
    z = (a - a.mean(axis=0)) * istd
    h = 1 / (1 + np.exp(-z - beta))
    error = h @ v - t
    dz = np.outer(error, v) * h * (1 - h)
    da = istd * dz
    return X.T @ da, dz.sum(axis=0), h.T @ error
