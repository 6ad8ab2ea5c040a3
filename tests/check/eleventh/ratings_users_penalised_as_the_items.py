"""Ratings users penalised as the items.

expected kind: wrong-parameter or wrong-point
wrong line: 80 or 82
correction 80: delta_u = err * i_f - LAM * u_f
correction 82: delta["P"][u] -= err * i_f - LAM * u_f
what: In the users' gradient the penalty is that of the item's factors
source: https://github.com/muricoca/crab/pull/74
said: the partial derivative of the user's factors is mended: the error times the item's, less the penalty times the user's own
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]
MEAN, LAM = 0.4, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q, bu, bi, ratings = (r.normal(size=s) for s in [(4, 3), (5, 3), 4, 5, 8])
    return P, Q, bu, bi, np.array([0, 0, 1, 2, 3, 3, 3, 1]), np.array([0, 2, 1, 4, 3, 0, 2, 2]), ratings


def loss(P, Q, bu, bi, users, items, ratings):
    total = 0
    for u, i, r in zip(users, items, ratings):
        error = r - (MEAN + bu[u] + bi[i] + np.sum(P[u] * Q[i]))
        size = np.sum(P[u] ** 2) + np.sum(Q[i] ** 2) + bu[u] ** 2 + bi[i] ** 2
        total = total + 0.5 * error**2 + 0.5 * LAM * size
    return total


class MF:
    def __init__(self, P, Q, bu, bi, alpha):
        self.P, self.Q = P, Q
        self.b_u, self.b_i = bu, bi
        self.alpha = alpha

    def step(self, users, items, ratings):
        """Take one step down the loss of all ratings and return the gradients."""
        n_u, n_i = len(self.P), len(self.Q)
        E = np.zeros((n_u, n_i))
        seen = np.zeros((n_u, n_i))
        for u, i, r in zip(users, items, ratings):
            E[u, i] = self.get_rating(u, i) - r
            seen[u, i] = 1
        often_u, often_i = seen.sum(axis=1), seen.sum(axis=0)

        d_bu = E.sum(axis=1) + LAM * often_u * self.b_u
        d_bi = E.sum(axis=0) + LAM * often_i * self.b_i
        self.b_u = self.b_u - self.alpha * d_bu
        self.b_i = self.b_i - self.alpha * d_bi

        P_old = self.P
        dP = E.dot(self.Q) + LAM * often_u[:, None] * P_old
        self.P = self.P - self.alpha * dP
        dQ = E.T.dot(P_old) + LAM * often_i[:, None] * self.Q
        self.Q = self.Q - self.alpha * dQ
        return dP, dQ, d_bu, d_bi

    def get_rating(self, u, i):
        return MEAN + self.b_u[u] + self.b_i[i] + self.P[u].dot(self.Q[i])


def right(P, Q, bu, bi, users, items, ratings):
    return MF(P, Q, bu, bi, alpha=0.1).step(users, items, ratings)


def predict(p_u, q_i, b_u, b_i):
    return MEAN + b_u + b_i + np.dot(p_u, q_i)


def backprop(P, Q, bu, bi, users, items, ratings):
    delta = {"P": np.zeros_like(P), "Q": np.zeros_like(Q), "bu": np.zeros_like(bu), "bi": np.zeros_like(bi)}
    for n in range(len(ratings)):
        u, i = users[n], items[n]
        u_f, i_f = P[u, :], Q[i, :]
        err = ratings[n] - predict(u_f, i_f, bu[u], bi[i])

        delta_u = err * i_f - LAM * i_f
        delta_i = err * u_f - LAM * i_f
        delta["P"][u] -= delta_u
        delta["Q"][i] -= delta_i
        delta["bu"][u] -= err - LAM * bu[u]
        delta["bi"][i] -= err - LAM * bi[i]
    return delta
