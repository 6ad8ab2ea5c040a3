"""Arrays penalty that one of the factors lacks.

expected kind: missing-term
wrong line: 37
correction 37: return 2 * (E @ Q + 0.4 * P), 2 * (E.T @ P + 0.4 * Q)
given as: arrays
what: Both factors are penalised in the loss, and the gradient of the second has no part from it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=(5, 3)), r.normal(size=(6, 5)), (r.uniform(size=(6, 5)) < 0.7) * 1.0


def loss(P, Q, R, seen):
    return np.sum(seen * (P @ Q.T - R) ** 2) + 0.4 * np.sum(P**2) + 0.4 * np.sum(Q**2)


def right(P, Q, R, seen):
    gP, gQ = 0.8 * P, 0.8 * Q
    for u, i in zip(*np.nonzero(seen)):
        e = 2 * (P[u] @ Q[i] - R[u, i])
        gP[u] += e * Q[i]
        gQ[i] += e * P[u]
    return gP, gQ


def backprop(P, Q, R, seen):
    E = seen * (P @ Q.T - R)
    return 2 * (E @ Q + 0.4 * P), 2 * E.T @ P
