"""Arrays users and items exchanged.

expected kind: wrong-parameter
wrong line: 39
correction 39: return dP, dQ
given as: arrays
what: The gradients of users and items, of which there are as many, are handed back in the other order
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 5)), r.integers(0, 2, (5, 5))


def loss(P, Q, R, seen, lam=0.1):
    return 0.5 * np.sum(seen * (R - P @ Q.T) ** 2) + 0.5 * lam * (np.sum(P**2) + np.sum(Q**2))


def right(P, Q, R, seen, lam=0.1):
    E = seen * (P @ Q.T - R)
    return E @ Q + lam * P, E.T @ P + lam * Q


def backprop(P, Q, R, seen, lam=0.1):
    dP, dQ = lam * P, lam * Q
    for u in range(len(P)):
        for i in range(len(Q)):
            if seen[u, i]:
                err = np.dot(P[u], Q[i]) - R[u, i]
                dP[u] += err * Q[i]
                dQ[i] += err * P[u]
    return dQ, dP
