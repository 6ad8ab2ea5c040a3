"""Coupling flow without its determinant.

expected kind: missing-term
wrong line: 46
correction 46: dlog_s = dz2 * self.x2 * np.exp(self.log_s) + dlogdet[:, None]
what: The scale of an affine coupling gets the gradient of the latent variable only, not that of the
    log-determinant
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Ws", "Wt"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2)), r.normal(size=(2, 2)), r.normal(size=(6, 4))


def loss(Ws, Wt, x):
    s = np.tanh(x[:, :2] @ Ws)
    z = x[:, 2:] * np.exp(s) + x[:, :2] @ Wt
    return np.mean(0.5 * np.sum(z**2, axis=1) - np.sum(s, axis=1))


def right(Ws, Wt, x):
    a, b = x[:, :2], x[:, 2:]
    s = np.tanh(a @ Ws)
    z = b * np.exp(s) + a @ Wt
    return a.T @ ((z * b * np.exp(s) - 1) * (1 - s * s)) / len(x), a.T @ z / len(x)


class AffineCoupling:
    def __init__(self, Ws, Wt):
        self.Ws, self.Wt = Ws, Wt

    def forward(self, x):
        self.x1, self.x2 = np.split(x, 2, axis=1)
        self.log_s = np.tanh(self.x1 @ self.Ws)
        self.z2 = self.x2 * np.exp(self.log_s) + self.x1 @ self.Wt
        return self.z2, self.log_s.sum(axis=1)

    def backward(self, dz2, dlogdet):
        dlog_s = dz2 * self.x2 * np.exp(self.log_s)
        dpre = dlog_s * (1 - self.log_s**2)
        return self.x1.T @ dpre, self.x1.T @ dz2


def backprop(Ws, Wt, x):
    n = len(x)
    flow = AffineCoupling(Ws, Wt)
    z2, logdet = flow.forward(x)
    return flow.backward(z2 / n, -np.ones(n) / n)
