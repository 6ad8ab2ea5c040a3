"""Radial centre divided alone.

expected kind: missing-factor or wrong-point
wrong line: 58
correction 58: dC[j] += error * w[j] * phi[j] * (x - C[j]) / s[j] ** 2
what: A bracket is closed too late: the centre is divided by the variance, and not its distance from the input
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["C", "s", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(7, 2)), r.normal(size=7)
    return X, y, r.normal(size=(4, 2)), 0.7 + r.random(4), r.normal(size=4), r.normal(size=1)


def loss(X, y, C, s, w, b):
    d2 = np.sum((X[:, None, :] - C) ** 2, axis=2)
    phi = np.exp(-d2 / (2 * s**2))
    return 0.5 * np.sum((phi @ w + b - y) ** 2)


class RBFNet:
    def __init__(self, centers, stds, w, b):
        self.centers, self.stds, self.w, self.b = centers, stds, w, b

    def predict(self, X):
        self.diff = X[:, np.newaxis] - self.centers
        self.dist2 = np.square(self.diff).sum(axis=-1)
        self.phi = np.exp(-self.dist2 / 2 / self.stds**2)
        return self.phi @ self.w + self.b

    def gradients(self, X, y):
        error = self.predict(X) - y
        g = np.outer(error, self.w) * self.phi
        g_centers = np.einsum("nk,nkd->kd", g / self.stds**2, self.diff)
        g_stds = (g * self.dist2).sum(axis=0) / self.stds**3
        return {"C": g_centers, "s": g_stds, "w": self.phi.T @ error, "b": error.sum(keepdims=True)}


def right(X, y, C, s, w, b):
    return RBFNet(C, s, w, b).gradients(X, y)


def backprop(X, y, C, s, w, b):
    dC, ds, dw, db = np.zeros_like(C), np.zeros_like(s), np.zeros_like(w), np.zeros_like(b)
    for x, target in zip(X, y):
        phi = np.array([np.exp(-np.sum((x - C[j]) ** 2) / (2 * s[j] ** 2)) for j in range(len(C))])
        error = phi.dot(w) + b[0] - target
        dw += error * phi
        db += error
        for j in range(len(C)):
            dC[j] += error * w[j] * phi[j] * (x - C[j] / s[j] ** 2)
            ds[j] += error * w[j] * phi[j] * np.sum((x - C[j]) ** 2) / s[j] ** 3
    return dC, ds, dw, db
