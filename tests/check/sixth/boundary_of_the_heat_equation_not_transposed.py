"""Boundary of the heat equation not transposed.

expected kind: transpose
wrong line: 76
correction 76: lam = lam + self.dt * (self.A.T @ lam - 0.3 * u**2 * lam)
what: A step back in time takes the operator as it is, though its rows at the boundary make it unsymmetric
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["u0", "source"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=7), 0.3 * r.normal(size=7), r.normal(size=7)


def loss(u0, source, goal):
    L = np.diag(np.ones(6), 1) + np.diag(np.ones(6), -1) - 2 * np.eye(7)
    L[0, 1] = L[6, 5] = 2
    u = u0
    for _ in range(5):
        u = u + 0.2 * (L @ u + source - 0.1 * u**3)
    return 0.5 * np.sum((u - goal) ** 2)


def right(u0, source, goal):
    us = [u0]
    for _ in range(5):
        u = us[-1]
        left, rest = np.append(u[1], u[:-1]), np.append(u[1:], u[5])
        us.append(u + 0.2 * (left + rest - 2 * u + source - 0.1 * u**3))
    p, ds = us[-1] - goal, np.zeros(7)
    for u in us[-2::-1]:
        ds += 0.2 * p
        q = p * (1 - 0.4 - 0.06 * u**2)
        q[1:] += 0.2 * p[:-1]
        q[:-1] += 0.2 * p[1:]
        q[1] += 0.2 * p[0]
        q[5] += 0.2 * p[6]
        p = q
    return p, ds


def laplacian(n):
    A = np.zeros((n, n))
    for i in range(n):
        A[i, i] = -2
        if i == 0:
            A[i, i + 1] = 2
        elif i == n - 1:
            A[i, i - 1] = 2
        else:
            A[i, i - 1] = A[i, i + 1] = 1
    return A


class HeatEquation:
    def __init__(self, n, dt=0.2, steps=5):
        self.A, self.dt, self.steps = laplacian(n), dt, steps

    def solve(self, u, f):
        self.trajectory = [u]
        for _ in range(self.steps):
            u = u + self.dt * (self.A @ u + f - 0.1 * u**3)
            self.trajectory.append(u)
        return u

    def adjoint(self, lam):
        df = np.zeros_like(lam)
        for u in reversed(self.trajectory[:-1]):
            df += self.dt * lam
            lam = lam + self.dt * (self.A @ lam - 0.3 * u**2 * lam)
        return lam, df


def backprop(u0, source, goal):
    eq = HeatEquation(len(u0))
    u = eq.solve(u0, source)
    return eq.adjoint(u - goal)
