"""Midpoint rule led back from the start.

expected kind: wrong-point or stale-value
wrong line: 63
correction 63: a_mid, g2 = f_vjp(STEP * adjoint, mid, theta)
what: The second slope of the midpoint rule is differentiated at the start of the step, not at its middle
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["theta", "z0"]
STEP = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3)


def loss(theta, z0, target):
    z = z0
    for _ in range(4):
        half = z + STEP / 2 * np.tanh(theta @ z)
        z = z + STEP * np.tanh(theta @ half)
    return np.sum((z - target) ** 2)


def right(theta, z0, target):
    zs, ms = [z0], []
    for _ in range(4):
        ms.append(zs[-1] + STEP / 2 * np.tanh(theta @ zs[-1]))
        zs.append(zs[-1] + STEP * np.tanh(theta @ ms[-1]))
    lam, g = 2 * (zs[-1] - target), 0 * theta
    for z, m in zip(zs[-2::-1], ms[::-1]):
        u = STEP * lam * (1 - np.tanh(theta @ m) ** 2)
        w = STEP / 2 * (theta.T @ u) * (1 - np.tanh(theta @ z) ** 2)
        g, lam = g + np.outer(u, m) + np.outer(w, z), lam + theta.T @ (u + w)
    return g, lam


def f(z, theta):
    return np.tanh(theta.dot(z))


def f_vjp(adj, z, theta):
    pre = adj * (1 - f(z, theta) ** 2)
    return theta.T.dot(pre), np.outer(pre, z)


def backprop(theta, z0, target):
    states = [z0]
    for _ in range(4):
        z = states[-1]
        mid = z + 0.5 * STEP * f(z, theta)
        states.append(z + STEP * f(mid, theta))
    adjoint = 2 * (states.pop() - target)
    dtheta = np.zeros_like(theta)
    while states:
        z = states.pop()
        mid = z + 0.5 * STEP * f(z, theta)
        a_mid, g2 = f_vjp(STEP * adjoint, z, theta)
        a_z, g1 = f_vjp(0.5 * STEP * a_mid, z, theta)
        dtheta += g1 + g2
        adjoint = adjoint + a_mid + a_z
    return dtheta, adjoint
