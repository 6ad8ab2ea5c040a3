"""Matrix factors items from updated users.

expected kind: updated-parameter or stale-value
wrong line: 57 or 58
correction 57: pass
correction 58: dQ_ij = -(e * P_i - beta * self.Q[j, :])
what: The step of an item is made of the user's factors after their own step
source: https://github.com/albertauyeung/matrix-factorization-in-python/pull/3
said: the update of Q needs the old values of P
"""

import numpy as np

PARAMETERS = ["P", "Q", "b_u", "b_i"]
samples = [(0, 0, 4.0), (0, 2, 1.0), (1, 1, 5.0), (2, 0, 2.0), (2, 3, 3.5), (3, 2, 4.5), (3, 1, 0.5)]
b = 3.0
beta = 0.02


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 2)), r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=4)


def loss(P, Q, b_u, b_i):
    total = 0.0
    for u, i, rating in samples:
        e = rating - (b + b_u[u] + b_i[i] + P[u] @ Q[i])
        total += e**2 + beta * (P[u] @ P[u] + Q[i] @ Q[i] + b_u[u] ** 2 + b_i[i] ** 2)
    return 0.5 * total


def right(P, Q, b_u, b_i):
    R, M = np.zeros((len(P), len(Q))), np.zeros((len(P), len(Q)))
    for u, i, rating in samples:
        R[u, i], M[u, i] = rating, 1
    E = M * (b + b_u[:, None] + b_i + P @ Q.T - R)
    nu, ni = M.sum(1), M.sum(0)
    return E @ Q + beta * nu[:, None] * P, E.T @ P + beta * ni[:, None] * Q, E.sum(1) + beta * nu * b_u, E.sum(0) + beta * ni * b_i


class MF:
    def __init__(self, P, Q, b_u, b_i, alpha=0.1):
        self.P, self.Q, self.b_u, self.b_i, self.alpha = P, Q, b_u, b_i, alpha

    def sgd(self):
        dP, dQ = np.zeros_like(self.P), np.zeros_like(self.Q)
        db_u, db_i = np.zeros_like(self.b_u), np.zeros_like(self.b_i)
        P_new, Q_new = self.P.copy(), self.Q.copy()
        for i, j, r in samples:
            prediction = b + self.b_u[i] + self.b_i[j] + self.P[i, :].dot(self.Q[j, :].T)
            e = r - prediction
            db_u[i] += -(e - beta * self.b_u[i])
            db_i[j] += -(e - beta * self.b_i[j])
            P_i = self.P[i, :].copy()
            dP_ij = -(e * self.Q[j, :] - beta * P_i)
            P_new[i, :] -= self.alpha * dP_ij
            dQ_ij = -(e * P_new[i, :] - beta * self.Q[j, :])
            Q_new[j, :] -= self.alpha * dQ_ij
            dP[i, :] += dP_ij
            dQ[j, :] += dQ_ij
        self.P, self.Q = P_new, Q_new
        return dP, dQ, db_u, db_i


def backprop(P, Q, b_u, b_i):
    return MF(P, Q, b_u, b_i).sgd()
