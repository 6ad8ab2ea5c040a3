"""Flow time that runs the other way.

expected kind: wrong-point or stale-value or reversed
wrong line: 88
correction 88: t = n * H
what: On the way back the time runs from the start again
source: https://github.com/jax-ml/jax/pull/2817
said: the time in the solve that goes backwards is not handled rightly
"""

import numpy as np

H = 0.1
PARAMETERS = ["A", "B", "z0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=(6, 3))


def field(z, t, A, B):
    return np.tanh(A @ z + B * t)


def loss(A, B, z0, targets):
    z, total = z0, 0
    for n in range(6):
        k1 = field(z, n * H, A, B)
        k2 = field(z + H / 2 * k1, n * H + H / 2, A, B)
        z = z + H * k2
        total = total + np.sum((z - targets[n]) ** 2)
    return total


class Midpoint:
    def __init__(self, A, B):
        self.A, self.B = A, B

    def step(self, z, t):
        k1 = np.tanh(self.A.dot(z) + self.B * t)
        half = z + 0.5 * H * k1
        k2 = np.tanh(self.A.dot(half) + self.B * (t + 0.5 * H))
        return z + H * k2, (z, t, k1, half, k2)

    def back(self, dz_next, saved, grads):
        z, t, k1, half, k2 = saved
        da2 = H * dz_next * (1 - k2 * k2)
        dhalf = self.A.T.dot(da2)
        da1 = 0.5 * H * dhalf * (1 - k1 * k1)
        grads["A"] += np.outer(da2, half)
        grads["A"] += np.outer(da1, z)
        grads["B"] += da2 * (t + 0.5 * H) + da1 * t
        return dz_next + dhalf + self.A.T.dot(da1)


def right(A, B, z0, targets):
    solver, tape, z = Midpoint(A, B), [], z0
    residuals = []
    for n, target in enumerate(targets):
        z, saved = solver.step(z, n * H)
        tape.append(saved)
        residuals.append(z - target)
    grads = {"A": np.zeros_like(A), "B": np.zeros_like(B)}
    dz = np.zeros_like(z0)
    while tape:
        dz += 2 * residuals.pop()
        dz = solver.back(dz, tape.pop(), grads)
    grads["z0"] = dz
    return grads


def vjp(z, t, A, B, a):
    s = a * (1 - np.tanh(A @ z + B * t) ** 2)
    return A.T @ s, np.outer(s, z), s * t


def backprop(A, B, z0, targets):
    N = len(targets)
    path, mids = [z0], []
    for n in range(N):
        k1 = field(path[-1], n * H, A, B)
        mids.append(path[-1] + H / 2 * k1)
        path.append(path[-1] + H * field(mids[-1], n * H + H / 2, A, B))
    adjoint, dA, dB = np.zeros_like(z0), np.zeros_like(A), np.zeros_like(B)
    for n in reversed(range(N)):
        adjoint = adjoint + 2 * (path[n + 1] - targets[n])
        t = (N - 1 - n) * H
        dmid, gA, gB = vjp(mids[n], t + H / 2, A, B, H * adjoint)
        dA += gA
        dB += gB
        dz, gA, gB = vjp(path[n], t, A, B, H / 2 * dmid)
        dA += gA
        dB += gB
        adjoint = adjoint + dmid + dz
    return dA, dB, adjoint
