"""Vae deviation learns from the divergence alone.

expected kind: missing-term or detached
wrong line: 65 or 67 or 68
correction 65: dsigma_kl = (self.sigma - 1 / self.sigma) / batch + dz * self.noise
correction 67: dsigma = dz * self.noise + dsigma_kl
correction 68: dlog_sigma = (dsigma + dz * self.noise) * self.sigma
what: The deviation gets nothing of the reconstruction, as if the sample didn't depend on it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["We", "Wm", "Ws", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = (3, 5), (5, 2), (5, 2), (2, 3)
    return (*(r.normal(size=s) * 0.7 for s in shapes), r.normal(size=(4, 3)), r.normal(size=(4, 2)))


def loss(We, Wm, Ws, Wd, X, noise):
    h = np.tanh(X @ We)
    m, log_s = h @ Wm, h @ Ws
    out = (m + np.exp(log_s) * noise) @ Wd
    squared = 0.5 * np.sum((out - X) ** 2, axis=1)
    divergence = np.sum(0.5 * (m**2 + np.exp(2 * log_s) - 1) - log_s, axis=1)
    return np.mean(squared + divergence)


def right(We, Wm, Ws, Wd, X, noise):
    n = len(X)
    h = np.tanh(X @ We)
    m, s = h @ Wm, np.exp(h @ Ws)
    z = m + s * noise
    e = (z @ Wd - X) / n
    a = e @ Wd.T + m / n
    c = e @ Wd.T * noise * s + (s * s - 1) / n
    return X.T @ ((a @ Wm.T + c @ Ws.T) * (1 - h * h)), h.T @ a, h.T @ c, z.T @ e


class VAE:
    def __init__(self, We, Wm, Ws, Wd):
        self.We, self.Wm, self.Ws, self.Wd = We, Wm, Ws, Wd

    def encode(self, X):
        self.X = X
        self.h = np.tanh(X @ self.We)
        return self.h @ self.Wm, self.h @ self.Ws

    def forward(self, X, noise):
        self.mean, self.log_sigma = self.encode(X)
        self.sigma = np.exp(self.log_sigma)
        self.noise = noise
        self.z = self.mean + self.sigma * noise
        return self.z @ self.Wd

    def backward(self, dout):
        batch = len(self.X)
        dWd = self.z.T @ dout
        dz = dout @ self.Wd.T
        dmean_kl = self.mean / batch
        dsigma_kl = (self.sigma - 1 / self.sigma) / batch
        dmean = dz + dmean_kl
        dsigma = dsigma_kl
        dlog_sigma = dsigma * self.sigma
        dWm = self.h.T @ dmean
        dWs = self.h.T @ dlog_sigma
        dh = dmean @ self.Wm.T + dlog_sigma @ self.Ws.T
        dWe = self.X.T @ (dh * (1 - self.h**2))
        return dWe, dWm, dWs, dWd


def backprop(We, Wm, Ws, Wd, X, noise):
    vae = VAE(We, Wm, Ws, Wd)
    out = vae.forward(X, noise)
    return vae.backward((out - X) / len(X))
