"""Equilibrium solved untransposed.

expected kind: transpose
wrong line: 42
correction 42: adjoint = fixed_point(A.T, dz)
what: The system for the adjoint of an equilibrium is solved with the matrix of the forward pass
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)) * 0.3, r.normal(size=4), r.normal(size=4)


def loss(A, b, goal):
    z = np.linalg.solve(np.eye(4) - A, b)
    return 0.5 * np.sum((np.tanh(z) - goal) ** 2)


def right(A, b, goal):
    M = np.linalg.inv(np.eye(4) - A)
    z = M @ b
    t = np.tanh(z)
    u = ((t - goal) * (1 - t * t)) @ M
    return np.outer(u, z), u


def fixed_point(A, b):
    return np.linalg.solve(np.eye(len(b)) - A, b)


def backprop(A, b, goal):
    z = fixed_point(A, b)
    out = np.tanh(z)
    dz = (out - goal) * (1 - out**2)
    adjoint = fixed_point(A, dz)
    dA = np.outer(adjoint, z)
    db = adjoint
    return dA, db
