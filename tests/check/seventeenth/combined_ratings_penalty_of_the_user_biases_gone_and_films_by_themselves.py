"""Combined ratings penalty of the user biases gone and films by themselves.

expected kind: missing-term + wrong-parameter or wrong-point or stale-value
wrong line: 55 or 63 and 62
correction 55: dbu, dbi = 2 * LAM * bu, 2 * LAM * bi
correction 62: dQ[i] -= 2 * e * P[u]
correction 63: return dP, dQ, dbu + 2 * LAM * bu, dbi
what: The biases of the users are not penalised; the films meet themselves instead of the users
source: https://github.com/DistrictDataLabs/science-bookclub/issues/2
said: the penalty stands in the rule of the update but not in the error, so the two don't fit
"""

import numpy as np

LAM = 0.1
PARAMETERS = ["P", "Q", "bu", "bi"]


def data(seed=0):
    r = np.random.default_rng(seed)
    seen = np.random.default_rng(11).uniform(size=(4, 5)) < 0.6
    return r.normal(size=(4, 2)), r.normal(size=(5, 2)), r.normal(size=4), r.normal(size=5), r.normal(size=(4, 5)), seen


def loss(P, Q, bu, bi, R, seen):
    error = (R - 0.5 - bu[:, None] - bi - P @ Q.T) * seen
    return np.sum(error**2) + LAM * (np.sum(P**2) + np.sum(Q**2) + np.sum(bu**2) + np.sum(bi**2))


class Factorisation:
    def __init__(self, P, Q, bu, bi, mu=0.5):
        self.P, self.Q, self.bu, self.bi, self.mu = P, Q, bu, bi, mu

    def predict(self):
        return self.mu + self.bu[:, np.newaxis] + self.bi[np.newaxis, :] + np.dot(self.P, self.Q.T)

    def gradients(self, R, seen):
        E = np.where(seen, self.predict() - R, 0)
        E *= 2
        gP = np.dot(E, self.Q)
        gP += 2 * LAM * self.P
        gQ = np.dot(E.T, self.P)
        gQ += 2 * LAM * self.Q
        gbu = E.sum(axis=1) + 2 * LAM * self.bu
        gbi = E.sum(axis=0) + 2 * LAM * self.bi
        return gP, gQ, gbu, gbi


def right(P, Q, bu, bi, R, seen):
    return Factorisation(P, Q, bu, bi).gradients(R, seen)


def backprop(P, Q, bu, bi, R, seen):
    dP, dQ = 2 * LAM * P, 2 * LAM * Q
    dbu, dbi = np.zeros_like(bu), 2 * LAM * bi
    users, items = np.nonzero(seen)
    for u, i in zip(users, items):
        e = R[u, i] - (0.5 + bu[u] + bi[i] + P[u].dot(Q[i]))
        dbu[u] -= 2 * e
        dbi[i] -= 2 * e
        dP[u] -= 2 * e * Q[i]
        dQ[i] -= 2 * e * Q[i]
    return dP, dQ, dbu, dbi
