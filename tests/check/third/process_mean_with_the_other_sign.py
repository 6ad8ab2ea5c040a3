"""Process mean with the other sign.

expected kind: sign
wrong line: 48
correction 48: d_mean = self.basis.T @ self.alpha
what: The gradient of the likelihood of a Gaussian process by the coefficients of its mean has the wrong sign
source: https://github.com/STOR-i/GaussianProcesses.jl/issues/26
said: the number is right and its sign is not, for the parameter of the mean alone
"""

import numpy as np

PARAMETERS = ["mean", "log_scale"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=2), 0.2, r.normal(size=6), r.normal(size=6)


def loss(mean, log_scale, x, y):
    K = np.exp(-((x[:, None] - x[None]) ** 2) / (2 * np.exp(2 * log_scale))) + 0.3 * np.eye(6)
    r = y - mean[0] - mean[1] * x
    return 0.5 * r @ np.linalg.solve(K, r) + 0.5 * np.linalg.slogdet(K)[1]


def right(mean, log_scale, x, y):
    D = (x[:, None] - x) ** 2 / np.exp(2 * log_scale)
    k = np.exp(-D / 2)
    i = np.linalg.inv(k + 0.3 * np.eye(6))
    a = i @ (y - mean[0] - mean[1] * x)
    return -np.array([a.sum(), a @ x]), 0.5 * np.sum((i - np.outer(a, a)) * k * D)


class GP:
    noise = 0.3

    def __init__(self, mean, log_scale, x, y):
        self.basis = np.column_stack([np.ones_like(x), x])
        self.sq = (x[:, None] - x[None, :]) ** 2
        self.scale = np.exp(log_scale)
        self.kernel = np.exp(-0.5 * self.sq / self.scale**2)
        cov = self.kernel + self.noise * np.eye(len(x))
        self.inverse = np.linalg.inv(cov)
        self.alpha = self.inverse @ (y - self.basis @ mean)

    def dmll(self):
        d_mean = -self.basis.T @ self.alpha
        dK = self.kernel * self.sq / self.scale**2
        d_scale = 0.5 * self.alpha @ dK @ self.alpha - 0.5 * np.trace(self.inverse @ dK)
        return d_mean, d_scale


def backprop(mean, log_scale, x, y):
    d_mean, d_scale = GP(mean, log_scale, x, y).dmll()
    return -d_mean, -d_scale
