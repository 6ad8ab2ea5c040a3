"""Scale made by softplus led back as by exp.

expected kind: wrong-activation
wrong line: 49
correction 49: d_raw = d_sigma / (1 + np.exp(-self.raw))
what: The deviation is a softplus of the network's output, and its slope is taken as that of an exponential
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wm", "Ws"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=4), r.normal(size=(8, 4)), r.normal(size=8)


def loss(Wm, Ws, X, y):
    sigma = np.log(1 + np.exp(X @ Ws)) + 0.1
    return np.sum(np.log(sigma) + 0.5 * ((y - X @ Wm) / sigma) ** 2)


def right(Wm, Ws, X, y):
    t = X @ Ws
    s = np.logaddexp(t, 0) + 0.1
    e = X @ Wm - y
    return X.T @ (e / s**2), X.T @ ((1 / s - e**2 / s**3) / (1 + np.exp(-t)))


class Gaussian:
    def __init__(self, mean, raw):
        self.mean, self.raw = mean, raw
        self.sigma = self.softplus(raw) + 0.1

    @staticmethod
    def softplus(x):
        return np.log1p(np.exp(x))

    def nll(self, y):
        return np.log(self.sigma) + (y - self.mean) ** 2 / (2 * self.sigma**2)

    def backward(self, y):
        z = (y - self.mean) / self.sigma
        d_mean = -z / self.sigma
        d_sigma = (1 - z**2) / self.sigma
        d_raw = d_sigma * np.exp(self.raw)
        return d_mean, d_raw


def backprop(Wm, Ws, X, y):
    dist = Gaussian(X @ Wm, X @ Ws)
    d_mean, d_raw = dist.backward(y)
    return X.T @ d_mean, X.T @ d_raw
