"""Pebble slope of what is left of the mean.

expected kind: wrong-point
wrong line: 95
correction 95: da = dh * (1 - h**2)
what: The derivative of tanh is taken at the code less its mean, not at the code
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]
APART = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    # six pebbles, four measures, three numbers that shall tell each; these should have little to do with each other
    return r.normal(size=(4, 3)), 0.5 * r.normal(size=3), 0.5 * r.normal(size=4), r.normal(size=(6, 4))


def loss(W, b, c, pebbles):
    n = pebbles.shape[0]
    h = np.tanh(pebbles @ W + b)
    off = h @ W.T + c - pebbles
    u = h - np.mean(h, axis=0)
    shared = u.T @ u / n * (1 - np.eye(3))
    return 0.5 * np.sum(off**2) / n + APART * np.sum(shared**2)


def encode(x, W, b):
    return np.tanh(x @ W + b)


def penalty_backward(h):
    """Gradient of the squared covariances of different units."""
    n = len(h)
    u = h - h.mean(axis=0)
    cov = u.T @ u / n
    np.fill_diagonal(cov, 0)
    dcov = 2 * APART * cov
    du = u @ (dcov + dcov.T) / n
    return du - du.mean(axis=0)


def right(W, b, c, pebbles):
    n = len(pebbles)
    h = encode(pebbles, W, b)
    rebuilt = h @ W.T + c

    # decoder
    drebuilt = (rebuilt - pebbles) / n
    dc = drebuilt.sum(axis=0)
    dW_decoder = h.T @ drebuilt
    dh = drebuilt @ W + penalty_backward(h)
    # encoder
    da = dh * (1 - h**2)
    db = da.sum(axis=0)
    dW_encoder = pebbles.T @ da
    dW = dW_encoder + dW_decoder.T
    return dW, db, dc


class TiedAutoencoder:
    def __init__(self, W, b, c):
        self.p = {"W": W, "b": b, "c": c}
        self.g = {name: np.zeros(v.shape) for name, v in self.p.items()}

    def run(self, x):
        self.x = x
        self.h = np.tanh(x @ self.p["W"] + self.p["b"])
        self.u = self.h - self.h.mean(axis=0)
        self.off = self.h @ self.p["W"].T + self.p["c"] - x

    def apart(self):
        """Pairs of units one by one, as each pair stands twice in the matrix."""
        n, units = self.u.shape
        dh = np.zeros(self.h.shape)
        for j in range(units):
            for k in range(units):
                if j != k:
                    together = np.mean(self.u[:, j] * self.u[:, k])
                    dh[:, j] += 4 * APART * together * self.u[:, k] / n
        return dh

    def back(self):
        n = len(self.x)
        penalty = self.apart()
        for i in range(n):
            x, h, off = self.x[i], self.h[i], self.off[i] / n
            self.g["c"] += off
            self.g["W"] += np.outer(off, h)
            dh = self.p["W"].T @ off + penalty[i]
            da = dh * (1 - self.u[i] ** 2)
            self.g["W"] += np.outer(x, da)
            self.g["b"] += da
        return self.g


def backprop(W, b, c, pebbles):
    net = TiedAutoencoder(W, b, c)
    net.run(pebbles)
    return net.back()
