"""Events used as indices.

expected kind: wrong-mask or wrong-point
wrong line: 41
correction 41: score = (X - mean_at_risk)[event == 1].sum(axis=0)
what: The events of a Cox regression, zeros and ones, are used as indices, and pick the first two rows again and
    again
source: https://github.com/Novartis/torchsurv/issues/117
said: the binary events index the first and the second value over and over
"""

import numpy as np

PARAMETERS = ["beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(7, 3)), np.array([1, 0, 1, 1, 0, 1, 0])


def loss(beta, X, event):
    eta = X @ beta
    total = 0
    for i in range(7):
        if event[i]:
            total = total - eta[i] + np.log(np.sum(np.exp(eta[i:])))
    return total


def right(beta, X, event):
    w = np.exp(X @ beta)
    return sum(w[i:] @ X[i:] / w[i:].sum() - X[i] for i in np.flatnonzero(event))


def backprop(beta, X, event):
    hz = np.exp(X.dot(beta))
    at_risk = np.cumsum(hz[::-1])[::-1]
    weighted = np.cumsum((hz[:, None] * X)[::-1], axis=0)[::-1]
    mean_at_risk = weighted / at_risk[:, None]
    score = (X - mean_at_risk)[event].sum(axis=0)
    return -score
