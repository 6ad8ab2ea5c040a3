"""Almond prior asked before the flow.

expected kind: wrong-point or stale-value
wrong line: 83
correction 83: dz = D @ miss + z1
what: The prior pulls at the code before the flow, where it belongs to the one after it
source: https://github.com/casperkaae/parmesan/pull/21
said: the prior was taken of the first code of the flow where that of the last one was needed
"""

import numpy as np

PARAMETERS = ["A", "S", "u", "w", "c", "D"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # six almonds, four measurements, a code of two that a planar flow bends
    A, S, D = 0.5 * r.normal(size=(4, 2)), 0.4 * r.normal(size=(4, 2)), r.normal(size=(2, 4))
    # so drawn that the flow can be inverted
    w = r.normal(size=2)
    u = 0.5 * r.normal(size=2) + 0.5 * w
    u = u + max(0, -0.5 - u @ w) * w / (w @ w)
    return A, S, u, w, 0.5 * r.normal(size=1), D, r.normal(size=(6, 4)), r.normal(size=(6, 2))


def loss(A, S, u, w, c, D, almonds, noise):
    mean, log_var = almonds @ A, almonds @ S
    z0 = mean + np.exp(log_var / 2) * noise
    t = np.tanh(z0 @ w + c)
    z1 = z0 + t[:, None] * u
    log_det = np.log(np.abs(1 + (1 - t**2) * (u @ w)))
    # what the code after the flow costs under the prior, less the entropy of the one before, less the log-determinant
    divergence = np.sum(z1**2, axis=1) / 2 - np.sum(log_var, axis=1) / 2 - log_det
    return np.mean(np.sum((z1 @ D - almonds) ** 2, axis=1) / 2 + divergence)


class Planar:
    def __init__(self, u, w, c):
        self.u, self.w, self.c = u, w, c

    def forward(self, z):
        self.z, self.t = z, np.tanh(z @ self.w + self.c)
        self.slope = 1 - self.t**2
        self.det = 1 + self.slope * (self.u @ self.w)
        return z + np.outer(self.t, self.u), np.log(np.abs(self.det))

    def backward(self, dz, dlog_det):
        ddet = dlog_det / self.det
        dslope = ddet * (self.u @ self.w)
        dt = dz @ self.u - 2 * self.t * dslope
        da = dt * self.slope
        shared = np.sum(ddet * self.slope)
        self.du = self.t @ dz + shared * self.w
        self.dw = da @ self.z + shared * self.u
        self.dc = np.array([da.sum()])
        return dz + np.outer(da, self.w)


def right(A, S, u, w, c, D, almonds, noise):
    n, flow = len(almonds), Planar(u, w, c)
    std = np.exp(almonds @ S / 2)
    z1, log_det = flow.forward(almonds @ A + std * noise)
    miss = (z1 @ D - almonds) / n
    dz1 = miss @ D.T + z1 / n
    dz0 = flow.backward(dz1, -np.ones(n) / n)
    dlog_var = dz0 * noise * std / 2 - 0.5 / n
    return almonds.T @ dz0, almonds.T @ dlog_var, flow.du, flow.dw, flow.dc, z1.T @ miss


def backprop(A, S, u, w, c, D, almonds, noise):
    g = dict(A=0, S=0, u=0, w=0, c=0, D=0)
    n = almonds.shape[0]
    for x, e in zip(almonds, noise):
        sigma = np.exp(0.5 * (S.T @ x))
        z0 = A.T @ x + sigma * e
        t = np.tanh(w @ z0 + c[0])
        z1 = z0 + u * t
        psi = (1 - t * t) * w
        det = 1 + u @ psi
        # decoder and prior
        miss = D.T @ z1 - x
        dz = D @ miss + z0
        # planar flow; -log|det| is in the loss
        dpsi = -u / det
        da = (dz @ u - 2 * t * (dpsi @ w)) * (1 - t * t)
        dz0 = dz + w * da
        g["u"] += (t * dz - psi / det) / n
        g["w"] += (z0 * da + dpsi * (1 - t * t)) / n
        g["c"] += np.array([da]) / n
        g["D"] += np.outer(z1, miss) / n
        g["A"] += np.outer(x, dz0) / n
        g["S"] += np.outer(x, 0.5 * dz0 * sigma * e - 0.5) / n
    return g
