"""Library blanks taken for zeros.

expected kind: missing-factor or another-loss
wrong line: 66
correction 66: E = 2 * rated * (self.guesses() - stars) / rated.sum()
what: The mask is not used: books without a rating pull towards zero
source: https://github.com/cheungdaven/recommendation/issues/1
said: the matrices that say which ratings are there are computed and not used afterwards
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi", "mu"]
LAMBDA = 0.06


def data(seed=0):
    r = np.random.default_rng(seed)
    rated = np.array([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 0, 1], [0, 1, 0, 1, 1]])
    stars = np.array([[4, 0, 2, 5, 0], [0, 3, 1, 0, 4], [5, 2, 0, 0, 3], [0, 4, 0, 1, 2]]) * 1.0
    return r.normal(size=(4, 2)), r.normal(size=(5, 2)), r.normal(size=4), r.normal(size=5), 3 + r.normal(size=1), stars, rated


def loss(P, Q, bu, bi, mu, stars, rated):
    guess = mu + bu.reshape(-1, 1) + bi + P @ Q.T
    fit = np.sum(rated * (guess - stars) ** 2) / np.sum(rated)
    return fit + LAMBDA * (np.sum(P**2) + np.sum(Q**2) + np.sum(bu**2) + np.sum(bi**2))


def loans(rated):
    for u in range(rated.shape[0]):
        for i in range(rated.shape[1]):
            if rated[u, i]:
                yield u, i


def right(P, Q, bu, bi, mu, stars, rated):
    n = int(rated.sum())
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    gbu, gbi, gmu = np.zeros_like(bu), np.zeros_like(bi), np.zeros_like(mu)
    for u, i in loans(rated):
        e = mu[0] + bu[u] + bi[i] + P[u] @ Q[i] - stars[u, i]
        e = 2 * e / n
        for k in range(P.shape[1]):
            gP[u, k] += e * Q[i, k]
            gQ[i, k] += e * P[u, k]
        gbu[u] += e
        gbi[i] += e
        gmu[0] += e
    # penalties, first of the factors, then of the biases
    for g, value in ((gP, P), (gQ, Q)):
        g += 2 * LAMBDA * value
    for g, value in ((gbu, bu), (gbi, bi)):
        g += 2 * LAMBDA * value
    return gP, gQ, gbu, gbi, gmu


class Catalogue:
    def __init__(self, P, Q, bu, bi, mu):
        self.P, self.Q, self.bu, self.bi, self.mu = P, Q, bu, bi, mu

    def guesses(self):
        return self.P @ self.Q.T + np.add.outer(self.bu, self.bi) + self.mu

    def slopes(self, stars, rated):
        E = 2 * (self.guesses() - stars) / rated.sum()
        return {
            "P": E @ self.Q + 2 * LAMBDA * self.P,
            "Q": E.T @ self.P + 2 * LAMBDA * self.Q,
            "bu": E.sum(axis=1) + 2 * LAMBDA * self.bu,
            "bi": E.sum(axis=0) + 2 * LAMBDA * self.bi,
            "mu": np.array([E.sum()]),
        }


def backprop(P, Q, bu, bi, mu, stars, rated):
    return Catalogue(P, Q, bu, bi, mu).slopes(stars, rated)
