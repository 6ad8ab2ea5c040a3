"""Sundial items learn from empty cells.

expected kind: missing-factor or wrong-mask
wrong line: 86
correction 86: Q_grad = scale * np.dot((diff * R).T, P)
what: The factors of the items get slopes of pairs that nobody judged as well
source: https://github.com/berkeley-reclab/RecLab/pull/68
said: training took the whole matrix of users and items; only the entries that were observed may count, so a mask was added
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]
LAM = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    # five gardeners have judged some of four sundials; the others stand as nought
    P, Q, bu, bi = r.normal(size=(5, 2)), r.normal(size=(4, 2)), r.normal(size=5), r.normal(size=4)
    known = np.array([[1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0], [0, 1, 0, 1]]) * 1.0
    return P, Q, bu, bi, r.uniform(1, 5, size=(5, 4)) * known, known


def loss(P, Q, bu, bi, stars, known):
    count = np.sum(known)
    off = known * (np.sum(stars * known) / count + bu[:, None] + bi + P @ Q.T - stars)
    return np.sum(off**2) / count + LAM * (np.sum(P**2) + np.sum(Q**2))


class Recommender:
    def __init__(self, P, Q, bu, bi, stars, known):
        self.P, self.Q, self.bu, self.bi = P, Q, bu, bi
        self.ratings = [(u, i, stars[u, i]) for u, i in zip(*np.nonzero(known))]
        self.mu = sum(r for _, _, r in self.ratings) / len(self.ratings)

    def predict(self, u, i):
        dot = 0
        for f in range(self.P.shape[1]):
            dot += self.P[u, f] * self.Q[i, f]
        return self.mu + self.bu[u] + self.bi[i] + dot

    def gradients(self):
        gP, gQ = np.zeros_like(self.P), np.zeros_like(self.Q)
        gbu, gbi = np.zeros_like(self.bu), np.zeros_like(self.bi)
        for u, i, r in self.ratings:
            err = self.predict(u, i) - r
            step = 2 * err / len(self.ratings)
            gbu[u] += step
            gbi[i] += step
            for f in range(self.P.shape[1]):
                puf, qif = self.P[u, f], self.Q[i, f]
                gP[u, f] += step * qif
                gQ[i, f] += step * puf
        return gP, gQ, gbu, gbi

    def regularised(self):
        gP, gQ, gbu, gbi = self.gradients()
        gP = gP + 2 * LAM * self.P
        gQ = gQ + 2 * LAM * self.Q
        return {"P": gP, "Q": gQ, "bu": gbu, "bi": gbi}


def right(P, Q, bu, bi, stars, known):
    return Recommender(P, Q, bu, bi, stars, known).regularised()


def cofi_predict(P, Q, bu, bi, mu):
    """Predictions for all pairs of a user and an item."""
    users, items = len(P), len(Q)
    left = np.hstack([P, bu.reshape(users, 1), np.ones((users, 1))])
    right_side = np.hstack([Q, np.ones((items, 1)), bi.reshape(items, 1)])
    return mu + np.dot(left, right_side.T)


def cofi_penalty_grad(*factors):
    return [2 * LAM * factor for factor in factors]


def cofi_grad(P, Q, bu, bi, Y, R):
    count = R.sum()
    mu = Y[R > 0].mean()
    diff = cofi_predict(P, Q, bu, bi, mu) - Y
    scale = 2.0 / count
    P_grad = scale * np.dot(diff * R, Q)
    Q_grad = scale * np.dot(diff.T, P)
    bu_grad = scale * np.sum(diff * R, axis=1)
    bi_grad = scale * np.sum(diff * R, axis=0)
    P_penalty, Q_penalty = cofi_penalty_grad(P, Q)
    P_grad += P_penalty
    Q_grad += Q_penalty
    return P_grad, Q_grad, bu_grad, bi_grad


def backprop(P, Q, bu, bi, stars, known):
    P_grad, Q_grad, bu_grad, bi_grad = cofi_grad(P, Q, bu, bi, stars, known)
    return P_grad, Q_grad, bu_grad, bi_grad
