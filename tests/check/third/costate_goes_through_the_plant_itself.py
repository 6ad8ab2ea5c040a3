"""Costate goes through the plant itself.

expected kind: transpose
wrong line: 51
correction 51: lam = x[t] + A.T.dot(lam)
what: The costate of an optimal control runs back through the matrix of the plant, not through its transpose
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["u"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 2)), r.normal(size=(3, 3)) * 0.6, r.normal(size=(3, 2)), r.normal(size=3)


def loss(u, A, B, x0):
    x, cost = x0, 0
    for t in range(5):
        cost = cost + 0.5 * np.sum(x**2) + 0.05 * np.sum(u[t] ** 2)
        x = A @ x + B @ u[t]
    return cost + 2 * np.sum(x**2)


def right(u, A, B, x0):
    xs = [x0]
    for t in range(5):
        xs.append(A @ xs[t] + B @ u[t])
    G = np.zeros((5, 2))
    for t in range(5):
        for s in range(t + 1, 6):
            weight = 4 if s == 5 else 1
            G[t] += weight * B.T @ np.linalg.matrix_power(A, s - t - 1).T @ xs[s]
    return G + 0.1 * u


def backprop(u, A, B, x0):
    T = len(u)
    x = np.zeros((T + 1, len(x0)))
    x[0] = x0
    for t in range(T):
        x[t + 1] = A.dot(x[t]) + B.dot(u[t])
    lam = 4 * x[T]
    grad = np.zeros_like(u)
    for t in range(T - 1, -1, -1):
        grad[t] = 0.1 * u[t] + B.T.dot(lam)
        lam = x[t] + A.dot(lam)
    return grad
