"""Likelihood of the state that has seen the data.

expected kind: another-loss or stale-value
wrong line: 54
correction 54: self.history.append((self.before, residual))
what: The error of the prediction is taken after the state has been corrected by the very observation
source: https://github.com/rlabbe/filterpy/issues/260
said: the log-likelihood is computed from the updated state and should be from the prior one
"""

import numpy as np

PARAMETERS = ["x0", "phi", "drift"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return np.array(r.normal()), np.array(0.8 + 0.1 * r.normal()), np.array(r.normal()), r.normal(size=8)


def loss(x0, phi, drift, ys):
    x, total = x0, 0
    for y in ys:
        prior = phi * x + drift
        total = total + 0.5 * (y - prior) ** 2 / 1.5
        x = prior + 0.3 * (y - prior)
    return total


def right(x0, phi, drift, ys):
    x, d, g = x0, np.array([1.0, 0.0, 0.0]), np.zeros(3)
    for y in ys:
        prior = phi * x + drift
        dp = phi * d + np.array([0, x, 1.0])
        g -= (y - prior) / 1.5 * dp
        x, d = prior + 0.3 * (y - prior), 0.7 * dp
    return g[0], g[1], g[2]


class LocalLevel:
    K, S = 0.3, 1.5

    def __init__(self, x0, phi, drift):
        self.x, self.phi, self.drift = x0, phi, drift
        self.history = []

    def predict(self):
        self.before = self.x
        self.x = self.phi * self.x + self.drift

    def update(self, y):
        residual = y - self.x
        self.x = self.x + self.K * residual
        self.history.append((self.before, y - self.x))

    def score(self):
        dx0, dphi, ddrift, carry = 0.0, 0.0, 0.0, 0.0
        for before, residual in reversed(self.history):
            dprior = -residual / self.S + (1 - self.K) * carry
            dphi += dprior * before
            ddrift += dprior
            carry = dprior * self.phi
        return carry, dphi, ddrift


def backprop(x0, phi, drift, ys):
    kf = LocalLevel(x0, phi, drift)
    for y in ys:
        kf.predict()
        kf.update(y)
    return kf.score()
