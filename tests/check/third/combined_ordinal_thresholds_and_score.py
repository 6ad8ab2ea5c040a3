"""Combined ordinal thresholds and score.

expected kind: sign + sign
wrong line: 57 and 58
correction 57: dcuts[label - 1] += f_low / prob
correction 58: dw += (f_up - f_low) / prob * x
what: The lower threshold of a class and the score have the wrong sign in a cumulative logit model
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "cuts"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), np.array([-1.2, 0.1, 1.5]), r.normal(size=(8, 3)), np.array([0, 1, 2, 3, 2, 0, 1, 3])


def loss(w, cuts, X, y):
    eta = X @ w
    total = 0
    for i in range(8):
        upper = 1 / (1 + np.exp(eta[i] - cuts[y[i]])) if y[i] < 3 else 1
        lower = 1 / (1 + np.exp(eta[i] - cuts[y[i] - 1])) if y[i] > 0 else 0
        total = total - np.log(upper - lower)
    return total


def right(w, cuts, X, y):
    F = 1 / (1 + np.exp((X @ w)[:, None] - cuts))
    f = F * (1 - F)
    A, B = np.eye(4)[y][:, :3], np.eye(4)[y][:, 1:]
    P = (A * F).sum(1) + (y == 3) - (B * F).sum(1)
    D = (B - A) * f / P[:, None]
    return -X.T @ D.sum(1), D.sum(0)


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def backprop(w, cuts, X, y):
    dw, dcuts = np.zeros_like(w), np.zeros_like(cuts)
    last = len(cuts)
    for x, label in zip(X, y):
        eta = x.dot(w)
        up = sigmoid(cuts[label] - eta) if label < last else 1.0
        low = sigmoid(cuts[label - 1] - eta) if label > 0 else 0.0
        prob = up - low
        f_up, f_low = up * (1 - up), low * (1 - low)
        if label < last:
            dcuts[label] -= f_up / prob
        if label > 0:
            dcuts[label - 1] -= f_low / prob
        dw -= (f_up - f_low) / prob * x
    return dw, dcuts
