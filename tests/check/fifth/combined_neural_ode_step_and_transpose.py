"""Combined neural ode step and transpose.

expected kind: missing-factor + transpose
wrong line: 48 and 60
correction 48: return g @ A.T, z.T @ g, g.sum(axis=0)
correction 60: dA += DT * pA
what: The parameters lack the width of the step, and the adjoint state goes back untransposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "b"]
DT = 0.25


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=(4, 3))


def loss(A, b, z0, goal):
    z = z0
    for _ in range(5):
        z = z + DT * np.tanh(z @ A + b)
    return np.mean(np.sum((z - goal) ** 2, axis=1))


def right(A, b, z0, goal):
    zs = [z0]
    for _ in range(5):
        zs.append(zs[-1] + DT * np.tanh(zs[-1] @ A + b))
    lam, gA, gb = 2 * (zs[-1] - goal) / 4, 0, 0
    for z in zs[-2::-1]:
        d = DT * lam / np.cosh(z @ A + b) ** 2
        gA, gb, lam = gA + z.T @ d, gb + d.sum(0), lam + d @ A.T
    return gA, gb


def dynamics(z, A, b):
    return np.tanh(z @ A + b)


def vjp(lam, z, A, b):
    f = dynamics(z, A, b)
    g = lam * (1 - f**2)
    return g @ A, z.T @ g, g.sum(axis=0)


def backprop(A, b, z0, goal, steps=5):
    trajectory = [z0]
    for _ in range(steps):
        z = trajectory[-1]
        trajectory.append(z + DT * dynamics(z, A, b))
    adjoint = 2 * (trajectory.pop() - goal) / len(goal)
    dA, db = np.zeros_like(A), np.zeros_like(b)
    while trajectory:
        dz, pA, pb = vjp(adjoint, trajectory.pop(), A, b)
        dA += pA
        db += DT * pb
        adjoint = adjoint + DT * dz
    return dA, db
