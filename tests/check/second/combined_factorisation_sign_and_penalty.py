"""Combined factorisation sign and penalty.

expected kind: sign + scale
wrong line: 41 and 38
correction 38: gQ = 2 * reg * Q
correction 41: gP[u] -= 2 * eui * Q[i]
what: The users are led up the loss, and the penalty of the items is counted at half
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q"]


def data(seed=0):
    r = np.random.default_rng(seed)
    rows, cols = np.array([0, 0, 1, 2, 2, 3]), np.array([0, 2, 1, 0, 1, 2])
    return r.normal(size=(4, 2)), r.normal(size=(3, 2)), rows, cols, r.normal(size=6), 0.3


def loss(P, Q, rows, cols, ratings, reg):
    e = ratings - np.sum(P[rows] * Q[cols], axis=1)
    return np.sum(e**2) + reg * (np.sum(P**2) + np.sum(Q**2))


def right(P, Q, rows, cols, ratings, reg):
    e = 2 * (np.einsum("nk,nk->n", P[rows], Q[cols]) - ratings)[:, None]
    gP, gQ = 2 * reg * P, 2 * reg * Q
    np.add.at(gP, rows, e * Q[cols])
    np.add.at(gQ, cols, e * P[rows])
    return gP, gQ


def backprop(P, Q, rows, cols, ratings, reg):
    gP = 2 * reg * P
    gQ = reg * Q
    for u, i, r in zip(rows, cols, ratings):
        eui = r - P[u].dot(Q[i])
        gP[u] += 2 * eui * Q[i]
        gQ[i] -= 2 * eui * P[u]
    return {"P": gP, "Q": gQ}
