"""Combined cinema every user offset by each rating and films grown by their penalty.

expected kind: wrong-axis or repeated-term or missing-factor + sign
wrong line: 66 and 73
correction 66: dbu[u] += error
correction 73: dQ += LAM * self.Q
what: The error of a rating is added to the biases of all users; the penalty of the factors of the films has the wrong sign
source: https://community.deeplearning.ai/t/matrix-factorization-code-not-converging/181870
said: code that doesn't converge: it takes the error off the whole vector of biases at each rating, and the penalty off the gradient
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q, bu, bi = r.normal(size=(5, 2)), r.normal(size=(4, 2)), r.normal(size=5), r.normal(size=4)
    seen = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 0, 1]])
    return P, Q, bu, bi, 2.7, seen * r.integers(1, 6, size=(5, 4)), seen


def loss(P, Q, bu, bi, mean, R, seen):
    estimate = mean + bu.reshape(-1, 1) + bi + P @ Q.T
    squares = np.sum(seen * (R - estimate) ** 2)
    penalty = np.sum(P**2) + np.sum(Q**2) + np.sum(bu**2) + np.sum(bi**2)
    return 0.5 * squares + 0.5 * LAM * penalty


def with_ones(factors, bias, bias_first):
    """Put the biases among the factors: beside each one stands a column of ones."""
    ones = np.ones_like(bias)
    extra = (bias, ones) if bias_first else (ones, bias)
    return np.column_stack([factors, *extra])


def right(P, Q, bu, bi, mean, R, seen):
    k = P.shape[1]
    users = with_ones(P, bu, True)
    films = with_ones(Q, bi, False)
    residual = users @ films.T
    residual += mean
    residual = (residual - R) * seen
    for_users = np.matmul(residual, films)
    for_films = np.matmul(residual.T, users)
    grads = {"P": for_users[:, :k], "Q": for_films[:, :k], "bu": for_users[:, k], "bi": for_films[:, k + 1]}
    for name, value in (("P", P), ("Q", Q), ("bu", bu), ("bi", bi)):
        grads[name] = grads[name] + LAM * value
    return grads


class Recommender:
    def __init__(self, P, Q, bu, bi, mean):
        self.P, self.Q, self.bu, self.bi, self.mean = P, Q, bu, bi, mean

    def predict(self, u, i):
        return self.mean + self.bu[u] + self.bi[i] + self.P[u, :].dot(self.Q[i, :])

    def gradient(self, samples):
        dP, dQ = np.zeros(self.P.shape), np.zeros(self.Q.shape)
        dbu, dbi = np.zeros(self.bu.shape), np.zeros(self.bi.shape)
        for u, i, rating in samples:
            error = self.predict(u, i) - rating
            dbu += error
            dbi[i] += error
            dP[u, :] += error * self.Q[i, :]
            dQ[i, :] += error * self.P[u, :]
        dbu += LAM * self.bu
        dbi += LAM * self.bi
        dP += LAM * self.P
        dQ -= LAM * self.Q
        return dP, dQ, dbu, dbi


def backprop(P, Q, bu, bi, mean, R, seen):
    samples = [(u, i, R[u, i]) for u in range(R.shape[0]) for i in range(R.shape[1]) if seen[u, i]]
    return Recommender(P, Q, bu, bi, mean).gradient(samples)
