"""Matrix factors penalty of the user subtracted.

expected kind: sign
wrong line: 55
correction 55: g_user = -(e * self.Q[j, :] - lam * p)
what: The penalty of the user's factors has the other sign than that of the items
source: https://github.com/guoguibing/librec/issues/143
said: by the formula the penalty of the user's factors should be added and not subtracted in the gradient
"""

import numpy as np

PARAMETERS = ["P", "Q", "b_u", "b_i"]
samples = [(0, 0, 4.0), (0, 2, 1.0), (1, 1, 5.0), (2, 0, 2.0), (2, 3, 3.5), (3, 2, 4.5), (3, 1, 0.5)]
b = 3.0
lam = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=4)


def loss(P, Q, b_u, b_i):
    total = 0.0
    for u, i, rating in samples:
        e = rating - (b + b_u[u] + b_i[i] + P[u] @ Q[i])
        total += e**2 + lam * (P[u] @ P[u] + Q[i] @ Q[i] + b_u[u] ** 2 + b_i[i] ** 2)
    return 0.5 * total


def right(P, Q, b_u, b_i):
    R, M = np.zeros((len(P), len(Q))), np.zeros((len(P), len(Q)))
    for u, i, rating in samples:
        R[u, i], M[u, i] = rating, 1
    E = M * (b + b_u[:, None] + b_i + P @ Q.T - R)
    nu, ni = M.sum(1), M.sum(0)
    return E @ Q + lam * nu[:, None] * P, E.T @ P + lam * ni[:, None] * Q, E.sum(1) + lam * nu * b_u, E.sum(0) + lam * ni * b_i


class Recommender:
    def __init__(self, P, Q, b_u, b_i, alpha=0.1):
        self.P, self.Q, self.b_u, self.b_i, self.alpha = P, Q, b_u, b_i, alpha

    def epoch(self):
        dP, dQ = np.zeros_like(self.P), np.zeros_like(self.Q)
        db_u, db_i = np.zeros_like(self.b_u), np.zeros_like(self.b_i)
        users_next, items_next = self.P.copy(), self.Q.copy()
        for i, j, r in samples:
            guess = b + self.b_u[i] + self.b_i[j] + self.P[i, :].dot(self.Q[j, :].T)
            e = r - guess
            db_u[i] += -(e - lam * self.b_u[i])
            db_i[j] += -(e - lam * self.b_i[j])
            p = self.P[i, :].copy()
            g_user = -(e * self.Q[j, :] + lam * p)
            users_next[i, :] -= self.alpha * g_user
            g_item = -(e * p - lam * self.Q[j, :])
            items_next[j, :] -= self.alpha * g_item
            dP[i, :] += g_user
            dQ[j, :] += g_item
        self.P, self.Q = users_next, items_next
        return dP, dQ, db_u, db_i


def backprop(P, Q, b_u, b_i):
    return Recommender(P, Q, b_u, b_i).epoch()
