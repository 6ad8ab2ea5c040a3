"""Museum biases pay for the factors.

expected kind: wrong-parameter or another-loss
wrong line: 65
correction 65: penalised = ("P", "Q")
what: The biases are penalised, not the factors
source: https://github.com/berkeley-reclab/RecLab/pull/150
said: the regularisation penalised the biases, and now penalises the weight matrices instead
"""

import numpy as np

PARAMETERS = ["P", "Q", "bp", "bq", "mu"]
LAM = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    visitor = np.array([0, 0, 0, 1, 1, 2, 3, 3, 2, 4, 4])
    painting = np.array([0, 2, 3, 0, 1, 2, 3, 1, 3, 0, 2])
    biases = 0.6 * r.normal(size=5), 0.6 * r.normal(size=4), r.normal(size=1)
    return r.normal(size=(5, 2)), r.normal(size=(4, 2)), *biases, visitor, painting, 2 * r.normal(size=11)


def loss(P, Q, bp, bq, mu, visitor, painting, liking):
    told = mu[0] + bp[visitor] + bq[painting] + np.sum(P[visitor] * Q[painting], axis=1)
    return np.sum((liking - told) ** 2) + LAM * (np.sum(P**2) + np.sum(Q**2))


def right(P, Q, bp, bq, mu, visitor, painting, liking):
    dP, dQ = 2 * LAM * P, 2 * LAM * Q
    dbp, dbq, dmu = np.zeros(len(bp)), np.zeros(len(bq)), np.zeros(1)
    for k in range(len(liking)):
        u, i = visitor[k], painting[k]
        error = liking[k] - (mu[0] + bp[u] + bq[i] + P[u].dot(Q[i]))
        step_u = -2 * error * Q[i]
        step_i = -2 * error * P[u]
        dP[u] += step_u
        dQ[i] += step_i
        dbp[u] -= 2 * error
        dbq[i] -= 2 * error
        dmu -= 2 * error
    return dP, dQ, dbp, dbq, dmu


class Ratings:
    """Ratings as a table, in which most are missing."""

    def __init__(self, visitor, painting, liking, shape):
        self.known, self.table = np.zeros(shape), np.zeros(shape)
        self.known[visitor, painting] = 1
        self.table[visitor, painting] = liking


def gradients(params, ratings):
    told = params["mu"] + params["bp"][:, None] + params["bq"] + params["P"] @ params["Q"].T
    delta = 2 * ratings.known * (told - ratings.table)
    grads = {
        "P": delta @ params["Q"],
        "Q": delta.T @ params["P"],
        "bp": delta.sum(axis=1),
        "bq": delta.sum(axis=0),
        "mu": delta.sum(keepdims=True).ravel(),
    }
    penalised = ("bp", "bq")
    for name in penalised:
        grads[name] = grads[name] + 2 * LAM * params[name]
    return grads


def backprop(P, Q, bp, bq, mu, visitor, painting, liking):
    ratings = Ratings(visitor, painting, liking, (len(bp), len(bq)))
    return gradients({"P": P, "Q": Q, "bp": bp, "bq": bq, "mu": mu}, ratings)
