"""Ratings items that nobody has rated.

expected kind: wrong-mask or missing-factor
wrong line: 53
correction 53: gQ = np.dot(E.T, self.P)
what: The films get a gradient from users who have not rated them
source: https://github.com/guoguibing/librec/issues/16
said: the gradient of an item that the user has not rated is 0, but the loop is over all items
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


def right(P, Q, bu, bi, R, seen):
    dP, dQ = 2 * LAM * P, 2 * LAM * Q
    dbu, dbi = 2 * LAM * bu, 2 * LAM * bi
    users, items = np.nonzero(seen)
    for u, i in zip(users, items):
        e = R[u, i] - (0.5 + bu[u] + bi[i] + P[u].dot(Q[i]))
        dbu[u] -= 2 * e
        dbi[i] -= 2 * e
        dP[u] -= 2 * e * Q[i]
        dQ[i] -= 2 * e * P[u]
    return dP, dQ, dbu, dbi


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
        gQ = np.dot(2 * (self.predict() - R).T, self.P)
        gQ += 2 * LAM * self.Q
        gbu = E.sum(axis=1) + 2 * LAM * self.bu
        gbi = E.sum(axis=0) + 2 * LAM * self.bi
        return gP, gQ, gbu, gbi


def backprop(P, Q, bu, bi, R, seen):
    return Factorisation(P, Q, bu, bi).gradients(R, seen)
