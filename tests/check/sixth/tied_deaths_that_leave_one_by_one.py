"""Tied deaths that leave one by one.

expected kind: wrong-mask
wrong line: 37
correction 37: return [j for j in order if time[j] >= time[order[i]]]
what: Of deaths at the same time the earlier ones in the list are no longer at risk for the later ones
source: https://github.com/gbm-developers/gbm3/issues/58
said: log-likelihood and derivative of the Cox model aren't right where times of death are tied, which real data often
    have; how isn't shown
"""

import numpy as np

PARAMETERS = ["beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    time, died = np.array([1, 2, 2, 3, 3, 3, 5, 6]), np.array([1, 1, 1, 0, 1, 1, 1, 0])
    return 0.5 * r.normal(size=3), r.normal(size=(8, 3)), time, died


def loss(beta, X, time, died):
    eta = X @ beta
    at_risk = np.array([[1.0 * (s >= t) for s in time] for t in time])
    return np.sum(died * (np.log(at_risk @ np.exp(eta)) - eta))


def right(beta, X, time, died):
    w = np.exp(X @ beta)
    R = (time[None, :] >= time[:, None]) * w
    R = R / R.sum(1, keepdims=True)
    return X.T @ (R.T @ died - died)


def risk_set(i, time, order):
    return [j for j in order[i:]]


class CoxPH:
    def __init__(self, beta):
        self.beta = beta

    def gradient(self, X, time, died):
        order = np.argsort(time, kind="stable")
        grad = np.zeros(len(self.beta))
        for pos, i in enumerate(order):
            if not died[i]:
                continue
            denom, num = 0.0, np.zeros(len(self.beta))
            for j in risk_set(pos, time, order):
                e = np.exp(X[j] @ self.beta)
                denom += e
                num += e * X[j]
            grad -= X[i] - num / denom
        return grad


def backprop(beta, X, time, died):
    return CoxPH(beta).gradient(X, time, died)
