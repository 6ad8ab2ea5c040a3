"""Combined ratings item offset and user penalty.

expected kind: wrong-axis + sign
wrong line: 43 and 46
correction 43: grads["P"] = 2 * (E.dot(Q) + LAM * P)
correction 46: grads["bi"] = 2 * E.sum(axis=0)
what: The offsets of the items are summed over the items, and the penalty of the users is subtracted
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    seen = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 1]])
    return r.normal(size=(4, 2)), r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=4), r.normal(size=(4, 4)), seen


def loss(P, Q, bu, bi, R, seen):
    error = seen * (P @ Q.T + bu[:, None] + bi - R)
    return np.sum(error**2) + LAM * (np.sum(P**2) + np.sum(Q**2))


def right(P, Q, bu, bi, R, seen):
    gP, gQ, gu, gi = 2 * LAM * P, 2 * LAM * Q, 0 * bu, 0 * bi
    for u, i in zip(*np.nonzero(seen)):
        e = 2 * (P[u] @ Q[i] + bu[u] + bi[i] - R[u, i])
        gP[u] += e * Q[i]
        gQ[i] += e * P[u]
        gu[u] += e
        gi[i] += e
    return gP, gQ, gu, gi


def backprop(P, Q, bu, bi, R, seen):
    E = np.where(seen, P.dot(Q.T) + bu.reshape(-1, 1) + bi.reshape(1, -1) - R, 0)
    grads = dict()
    grads["P"] = 2 * (E.dot(Q) - LAM * P)
    grads["Q"] = 2 * (E.T.dot(P) + LAM * Q)
    grads["bu"] = 2 * E.sum(axis=1)
    grads["bi"] = 2 * E.sum(axis=1)
    return grads
