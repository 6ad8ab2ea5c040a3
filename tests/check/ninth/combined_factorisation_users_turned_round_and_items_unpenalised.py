"""Combined factorisation users turned round and items unpenalised.

expected kind: sign + missing-term
wrong line: 48 and 49
correction 48: gp = BETA * pu - 2 * errors[:, None] * qi
correction 49: gq = BETA * qi - 2 * errors[:, None] * pu
what: The users' error has the other sign, and the items' penalty is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q"]


BETA = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    ratings = np.array([[0, 1], [0, 3], [1, 0], [1, 1], [2, 2], [2, 3], [3, 0], [0, 2]])
    return ratings, r.normal(size=8), r.normal(size=(4, 2)), r.normal(size=(4, 2))


def loss(ratings, values, P, Q):
    total = 0.0
    for (u, i), v in zip(ratings, values):
        e = v - np.dot(P[u], Q[i])
        total += e**2 + BETA / 2 * (np.sum(P[u] ** 2) + np.sum(Q[i] ** 2))
    return total


def right(ratings, values, P, Q):
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    for n in range(len(ratings)):
        u, i = ratings[n]
        e = values[n] - P[u].dot(Q[i])
        dP[u] += -2 * e * Q[i] + BETA * P[u]
        dQ[i] += -2 * e * P[u] + BETA * Q[i]
    return dP, dQ


def backprop(ratings, values, P, Q):
    users, items = ratings[:, 0], ratings[:, 1]
    pu, qi = P[users], Q[items]
    errors = values - np.einsum("nk,nk->n", pu, qi)
    gp = BETA * pu + 2 * errors[:, None] * qi
    gq = -2 * errors[:, None] * pu
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, gp)
    np.add.at(dQ, items, gq)
    return dP, dQ
