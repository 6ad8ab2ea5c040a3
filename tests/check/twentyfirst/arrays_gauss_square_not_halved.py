"""Arrays gauss square not halved.

expected kind: scale
wrong line: 54
correction 54: grad_input = -0.5 * off**2 * precision + 0.5
given as: arrays
what: In the derivative by the log of the variance the half of the squared error is left out
source: https://github.com/willwhitney/dc-ign/pull/7
said: there is a mistake in the gradient formula of the Gaussian criterion, mended since where it came from
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


class DiagonalGaussian:
    def __init__(self, mean, logvar):
        self.mean = mean
        self.std = np.exp(0.5 * logvar)

    def d_mean(self, x):
        return (self.mean - x) / self.std**2

    def d_logvar(self, x):
        return 0.5 - 0.5 * ((x - self.mean) / self.std) ** 2


def right(w, a, v, c, X, y):
    likelihood = DiagonalGaussian(X @ w + a, X @ v + c)
    gm, gs = likelihood.d_mean(y), likelihood.d_logvar(y)
    return X.T @ gm, np.array([gm.sum()]), X.T @ gs, np.array([gs.sum()])


def backprop(w, a, v, c, X, y):
    theta_mean, theta_var = np.append(w, a), np.append(v, c)
    grad_mean, grad_var = np.zeros(4), np.zeros(4)
    for row, target in zip(X, y):
        x1 = np.append(row, 1.0)
        off = np.dot(x1, theta_mean) - target
        precision = np.exp(-np.dot(x1, theta_var))
        grad_mean += off * precision * x1
        grad_input = -(off**2) * precision + 0.5
        grad_var += grad_input * x1
    return grad_mean[:3], grad_mean[3:], grad_var[:3], grad_var[3:]
