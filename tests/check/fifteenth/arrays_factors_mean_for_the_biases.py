"""Arrays factors mean for the biases.

expected kind: mean-for-sum
wrong line: 72
correction 72: grad_bu = error.sum(axis=1)
given as: arrays
what: The biases of the users get the mean of the errors where the loss has their sum
source: https://github.com/apache/spark/pull/18337
said: the mean of the batch is to be used in place of the sum
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi", "mu"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q, bu, bi, mu, R = (r.normal(size=s) for s in [(4, 2), (5, 2), (4,), (5,), (1,), (4, 5)])
    rated = np.array([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 0, 1], [0, 1, 0, 1, 1]])
    return P, Q, bu, bi, mu, R, rated


def loss(P, Q, bu, bi, mu, R, rated):
    prediction = mu + bu[:, None] + bi[None, :] + P @ Q.T
    total = np.sum(rated * (R - prediction) ** 2)
    counts_u, counts_i = rated.sum(axis=1), rated.sum(axis=0)
    total += REG * np.sum(counts_u * (np.sum(P**2, axis=1) + bu**2))
    return total + REG * np.sum(counts_i * (np.sum(Q**2, axis=1) + bi**2))


class MF:
    def __init__(self, P, Q, b_u, b_i, b):
        self.P, self.Q, self.b_u, self.b_i, self.b = P, Q, b_u, b_i, b

    def get_rating(self, i, j):
        return self.b[0] + self.b_u[i] + self.b_i[j] + self.P[i, :].dot(self.Q[j, :].T)

    def gradient(self, samples):
        dP, dQ = np.zeros_like(self.P), np.zeros_like(self.Q)
        db_u, db_i, db = np.zeros_like(self.b_u), np.zeros_like(self.b_i), np.zeros_like(self.b)
        for i, j, r in samples:
            e = r - self.get_rating(i, j)
            db[0] -= 2 * e
            db_u[i] -= 2 * (e - REG * self.b_u[i])
            db_i[j] -= 2 * (e - REG * self.b_i[j])
            P_i = self.P[i, :].copy()
            dP[i, :] -= 2 * (e * self.Q[j, :] - REG * P_i)
            dQ[j, :] -= 2 * (e * P_i - REG * self.Q[j, :])
        return dP, dQ, db_u, db_i, db


def right(P, Q, bu, bi, mu, R, rated):
    samples = [(i, j, R[i, j]) for i in range(R.shape[0]) for j in range(R.shape[1]) if rated[i, j] > 0]
    return MF(P, Q, bu, bi, mu).gradient(samples)


def predict(P, Q, bu, bi, mu):
    return mu + bu.reshape(-1, 1) + bi + np.dot(P, Q.T)


def backprop(P, Q, bu, bi, mu, R, rated):
    error = predict(P, Q, bu, bi, mu) - R
    error = error * rated
    n_u = rated.sum(axis=1)
    n_i = rated.sum(axis=0)
    grad_P = np.dot(error, Q)
    grad_P += REG * n_u[:, np.newaxis] * P
    grad_Q = np.dot(error.T, P)
    grad_Q += REG * n_i[:, np.newaxis] * Q
    grad_bu = error.mean(axis=1)
    grad_bu += REG * n_u * bu
    grad_bi = error.sum(axis=0)
    grad_bi += REG * n_i * bi
    grad_mu = np.array([error.sum()])
    return 2 * grad_P, 2 * grad_Q, 2 * grad_bu, 2 * grad_bi, 2 * grad_mu
