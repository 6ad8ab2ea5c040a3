"""End of the flow with the other sign.

expected kind: sign
wrong line: 60
correction 60: adj_T += adj @ (f * np.cos(t) / n + dt * dfdt)
what: The gradient with respect to the time at which the flow ends is collected with a minus
source: https://github.com/rtqichen/torchdiffeq/issues/199
said: what is returned for the time points is the negative of what the paper calls their gradient
"""

import numpy as np

PARAMETERS = ["A", "z0", "T"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6 * r.normal(size=(3, 3)), r.normal(size=3), np.array(1.0 + r.uniform()), r.normal(size=3)


def loss(A, z0, T, goal):
    z, n = z0, 8
    for k in range(n):
        z = z + T / n * np.tanh(A @ z) * np.cos(T * k / n)
    return 0.5 * np.sum((z - goal) ** 2)


def right(A, z0, T, goal):
    n = 8
    z, J, dT, dA = z0, np.eye(3), np.zeros(3), np.zeros((3, 3, 3))
    for k in range(n):
        f, c, s = np.tanh(A @ z), np.cos(T * k / n), np.sin(T * k / n)
        F = (1 - f**2)[:, None] * A * c
        direct = np.einsum("i,ij,k->ijk", (1 - f**2) * c, np.eye(3), z)
        dT = dT + T / n * (F @ dT) + f * c / n - T / n * f * s * k / n
        dA = dA + T / n * (np.einsum("il,ljk->ijk", F, dA) + direct)
        J = J + T / n * F @ J
        z = z + T / n * f * c
    e = z - goal
    return np.einsum("i,ijk->jk", e, dA), e @ J, e @ dT


def odeint(A, z0, T, n):
    path = [z0]
    for k in range(n):
        path.append(path[-1] + T / n * np.tanh(A @ path[-1]) * np.cos(T * k / n))
    return path


def backprop(A, z0, T, goal):
    n = 8
    path = odeint(A, z0, T, n)
    adj = path[-1] - goal
    adj_A, adj_T = np.zeros_like(A), 0.0
    dt = T / n
    for k in range(n - 1, -1, -1):
        z, t = path[k], k * dt
        f = np.tanh(A @ z)
        dfdt = -f * np.sin(t) * k / n
        adj_T -= adj @ (f * np.cos(t) / n + dt * dfdt)
        da = dt * adj * np.cos(t) * (1 - f**2)
        adj_A += np.outer(da, z)
        adj = adj + A.T @ da
    return {"A": adj_A, "z0": adj, "T": adj_T}
