"""Factors of the item for the penalty of the user.

expected kind: wrong-parameter
wrong line: 62
correction 62: delta_u = err[:, None] * Qi - reg * Pu
what: The penalty of the user's factors pulls by the item's
source: https://github.com/muricoca/crab/pull/74
said: the partial derivative of the user's factors is the error times the item's less the regularisation times the
    user's
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]

reg, mu = 0.1, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q, bu, bi, ratings = (r.normal(size=s) for s in [(4, 3), (5, 3), 4, 5, 8])
    return P, Q, bu, bi, np.array([0, 0, 1, 2, 2, 3, 3, 1]), np.array([1, 4, 0, 2, 1, 3, 4, 4]), ratings


def loss(P, Q, bu, bi, users, items, ratings):
    e = ratings - mu - bu[users] - bi[items] - np.sum(P[users] * Q[items], axis=1)
    squares = np.sum(P[users] ** 2, axis=1) + np.sum(Q[items] ** 2, axis=1) + bu[users] ** 2 + bi[items] ** 2
    return np.sum(e**2 + reg * squares)


class MF:
    alpha = 0.05

    def __init__(self, P, Q, bu, bi):
        self.P, self.Q, self.bu, self.bi = P, Q, bu, bi

    def predict(self, i, j):
        return mu + self.bu[i] + self.bi[j] + self.P[i].dot(self.Q[j])

    def gradients(self, samples):
        dP, dQ = np.zeros_like(self.P), np.zeros_like(self.Q)
        dbu, dbi = np.zeros_like(self.bu), np.zeros_like(self.bi)
        for i, j, r in samples:
            e = r - self.predict(i, j)
            p, q = self.P[i].copy(), self.Q[j].copy()
            dbu[i] += -2 * e + 2 * reg * self.bu[i]
            dbi[j] += -2 * e + 2 * reg * self.bi[j]
            step = 2 * (reg * p - e * q)
            dP[i] += step
            dQ[j] += 2 * (reg * q - e * p)
        return dP, dQ, dbu, dbi


def right(P, Q, bu, bi, users, items, ratings):
    return MF(P, Q, bu, bi).gradients(list(zip(users, items, ratings)))


def backprop(P, Q, bu, bi, users, items, ratings):
    Pu, Qi = P[users], Q[items]
    prediction = mu + bu[users] + bi[items] + np.einsum("nf,nf->n", Pu, Qi)
    err = ratings - prediction
    delta_u = err[:, None] * Qi - reg * Qi
    delta_i = err[:, None] * Pu - reg * Qi
    dP, dQ = np.zeros(P.shape), np.zeros(Q.shape)
    np.add.at(dP, users, -2 * delta_u)
    np.add.at(dQ, items, -2 * delta_i)
    dbu = np.bincount(users, weights=2 * (reg * bu[users] - err), minlength=len(bu))
    dbi = np.bincount(items, weights=2 * (reg * bi[items] - err), minlength=len(bi))
    return {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}
