"""Adjoint of an euler step without the state.

expected kind: missing-term
wrong line: 50
correction 50: a = a + dt * A.T.dot(w)
what: The adjoint of an Euler step forgets that the state itself is carried on
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "y0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=3), 0.3, 4


def loss(A, y0, goal, dt, steps):
    y = y0
    for _ in range(steps):
        y = y + dt * np.tanh(A @ y)
    return np.sum((y - goal) ** 2)


def right(A, y0, goal, dt, steps):
    ys = [y0]
    for _ in range(steps):
        ys.append(ys[-1] + dt * np.tanh(A @ ys[-1]))
    lam, gA = 2 * (ys[-1] - goal), 0 * A
    for y in ys[-2::-1]:
        u = dt * lam * (1 - np.tanh(A @ y) ** 2)
        gA, lam = gA + np.outer(u, y), lam + A.T @ u
    return gA, lam


def backprop(A, y0, goal, dt, steps):
    path = [y0]
    for n in range(steps):
        y = path[n]
        path.append(y + dt * np.tanh(A.dot(y)))
    dA = np.zeros_like(A)
    a = 2 * (path[steps] - goal)
    for n in reversed(range(steps)):
        f = np.tanh(A.dot(path[n]))
        w = a * (1 - f * f)
        dA += dt * np.outer(w, path[n])
        a = dt * A.T.dot(w)
    return dA, a
