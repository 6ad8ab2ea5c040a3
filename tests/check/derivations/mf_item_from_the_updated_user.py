"""The item's gradient is computed with the user's vector after its step.

expected kind: updated-parameter
wrong line: 53 or 54
correction 53: pass
correction 54: d_q = -2 * (e * self.P[i] - self.beta * q_j)
what: the row of P is changed before it is used for Q
source: https://github.com/albertauyeung/matrix-factorization-in-python/pull/3
said: The update of Q needs the old values of P; using the updated P gives wrong results and exploding losses.
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]


def data(seed=0):
    r = np.random.default_rng(seed)
    users, items = np.array([0, 0, 1, 2, 2, 3, 3]), np.array([0, 2, 1, 0, 1, 2, 0])
    return [
        users, items, r.uniform(1, 5, size=7),
        r.normal(size=(4, 2)), r.normal(size=(3, 2)), r.normal(size=4), r.normal(size=3), 0.1,
    ]


def loss(users, items, ratings, P, Q, bu, bi, beta):
    e = ratings - np.sum(P[users] * Q[items], axis=1) - bu[users] - bi[items]
    lengths = np.sum(P[users] ** 2) + np.sum(Q[items] ** 2) + np.sum(bu[users] ** 2) + np.sum(bi[items] ** 2)
    return np.sum(e**2) + beta * lengths


def right(users, items, ratings, P, Q, bu, bi, beta):
    U, V = np.eye(4)[users], np.eye(3)[items]
    e = ((U @ P) * (V @ Q)).sum(1) + U @ bu + V @ bi - ratings
    nu, ni = U.sum(0), V.sum(0)
    dP = 2 * U.T @ (e[:, None] * (V @ Q)) + 2 * beta * nu[:, None] * P
    dQ = 2 * V.T @ (e[:, None] * (U @ P)) + 2 * beta * ni[:, None] * Q
    return dP, dQ, 2 * U.T @ e + 2 * beta * nu * bu, 2 * V.T @ e + 2 * beta * ni * bi


class MF:
    def __init__(self, P, Q, b_u, b_i, beta, alpha=0.01):
        self.P, self.Q, self.b_u, self.b_i = P, Q, b_u, b_i
        self.beta, self.alpha = beta, alpha

    def sgd(self, i, j, r):
        """Return the gradients of one rating, and take a step for this user."""
        p_i, q_j = self.P[i].copy(), self.Q[j].copy()
        e = r - (p_i @ q_j + self.b_u[i] + self.b_i[j])
        d_bu = -2 * (e - self.beta * self.b_u[i])
        d_bi = -2 * (e - self.beta * self.b_i[j])
        d_p = -2 * (e * q_j - self.beta * p_i)
        p_i = p_i - self.alpha * d_p
        d_q = -2 * (e * p_i - self.beta * q_j)
        return d_p, d_q, d_bu, d_bi


def backprop(users, items, ratings, P, Q, bu, bi, beta):
    model = MF(P, Q, bu, bi, beta)
    gP, gQ, gu, gi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    for i, j, r in zip(users, items, ratings):
        d_p, d_q, d_bu, d_bi = model.sgd(i, j, r)
        gP[i] += d_p
        gQ[j] += d_q
        gu[i] += d_bu
        gi[j] += d_bi
    return gP, gQ, gu, gi
