"""Gauss deviation for the variance.

expected kind: missing-factor or wrong-point
wrong line: 46
correction 46: return (self.mean - x) / self.std**2
what: The derivative by the mean is divided by the standard deviation instead of the variance
source: https://github.com/hill-a/stable-baselines/pull/1060
said: the log probability of a diagonal Gaussian takes the deviation for the variance
"""

import numpy as np

PARAMETERS = ["w", "a", "v", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=1), 0.5 * r.normal(size=3), 0.5 * r.normal(size=1), r.normal(size=(6, 3)), r.normal(size=6)


def loss(w, a, v, c, X, y):
    mu = X @ w + a
    logvar = X @ v + c
    return np.sum(0.5 * logvar + 0.5 * (y - mu) ** 2 * np.exp(-logvar))


def right(w, a, v, c, X, y):
    theta_mean, theta_var = np.append(w, a), np.append(v, c)
    grad_mean, grad_var = np.zeros(4), np.zeros(4)
    for row, target in zip(X, y):
        x1 = np.append(row, 1.0)
        off = np.dot(x1, theta_mean) - target
        precision = np.exp(-np.dot(x1, theta_var))
        grad_mean += off * precision * x1
        grad_input = -0.5 * off**2 * precision + 0.5
        grad_var += grad_input * x1
    return grad_mean[:3], grad_mean[3:], grad_var[:3], grad_var[3:]


class DiagonalGaussian:
    def __init__(self, mean, logvar):
        self.mean = mean
        self.std = np.exp(0.5 * logvar)

    def d_mean(self, x):
        return (self.mean - x) / self.std

    def d_logvar(self, x):
        return 0.5 - 0.5 * ((x - self.mean) / self.std) ** 2


def backprop(w, a, v, c, X, y):
    likelihood = DiagonalGaussian(X @ w + a, X @ v + c)
    gm, gs = likelihood.d_mean(y), likelihood.d_logvar(y)
    return X.T @ gm, np.array([gm.sum()]), X.T @ gs, np.array([gs.sum()])
