"""Items take the items for the users.

expected kind: wrong-parameter
wrong line: 38
correction 38: gQ = -2 * (E.T.dot(P) - lam * Q)
what: The gradient of the items of a matrix factorisation is multiplied by the items, not by the users
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 2)), r.normal(size=(4, 2)), r.normal(size=4),
        r.normal(size=4), r.normal(size=(4, 4)), r.integers(0, 2, (4, 4)), 0.1,
    )


def loss(P, Q, bu, bi, R, mask, lam):
    E = (R - P @ Q.T - bu[:, None] - bi[None, :]) * mask
    return np.sum(E**2) + lam * (np.sum(P**2) + np.sum(Q**2))


def right(P, Q, bu, bi, R, mask, lam):
    G = -2 * mask * (R - P @ Q.T - bu[:, None] - bi)
    return G @ Q + 2 * lam * P, G.T @ P + 2 * lam * Q, G.sum(1), G.sum(0)


def backprop(P, Q, bu, bi, R, mask, lam):
    prediction = P.dot(Q.T) + bu.reshape(-1, 1) + bi.reshape(1, -1)
    E = mask * (R - prediction)
    gP = -2 * (E.dot(Q) - lam * P)
    gQ = -2 * (E.T.dot(Q) - lam * Q)
    gbu = -2 * E.sum(axis=1)
    gbi = -2 * E.sum(axis=0)
    return {"P": gP, "Q": gQ, "bu": gbu, "bi": gbi}
