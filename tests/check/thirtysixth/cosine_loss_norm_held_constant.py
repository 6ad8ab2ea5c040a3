"""A cosine loss of two towers.

expected kind: missing-term or detached
wrong line: 38
correction 38: dV = g * (U / (nu * nv) - c * V / nv ** 2)
what: the second tower's norm is held constant
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def cosines(U, V):
    nu, nv = np.linalg.norm(U, axis=1), np.linalg.norm(V, axis=1)
    return np.sum(U * V, axis=1) / (nu * nv), nu, nv

def loss(A, B, Wa, Wb, target):
    """Two towers; the cosine of their outputs is regressed on a similarity."""
    cos, _, _ = cosines(A @ Wa, B @ Wb)
    return np.mean((cos - target) ** 2)


def right(A, B, Wa, Wb, target):
    U, V = A @ Wa, B @ Wb
    cos, nu, nv = cosines(U, V)
    g = (2 * (cos - target) / len(target))[:, None]
    c, nu, nv = cos[:, None], nu[:, None], nv[:, None]
    dU = g * (V / (nu * nv) - c * U / nu ** 2)
    dV = g * (U / (nu * nv) - c * V / nv ** 2)
    return A.T @ dU, B.T @ dV


def backprop(A, B, Wa, Wb, target):
    U, V = A @ Wa, B @ Wb
    cos, nu, nv = cosines(U, V)
    g = (2 * (cos - target) / len(target))[:, None]
    c, nu, nv = cos[:, None], nu[:, None], nv[:, None]
    dU = g * (V / (nu * nv) - c * U / nu ** 2)
    dV = g * (U / (nu * nv))
    return A.T @ dU, B.T @ dV


PARAMETERS = ["Wa", "Wb"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(5, 3)), rng.normal(size=(5, 4)), rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.uniform(-1, 1, size=5)]
