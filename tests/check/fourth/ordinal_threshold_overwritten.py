"""Ordinal threshold overwritten.

expected kind: missing-term or missing-sum
wrong line: 64
correction 64: dcuts[k] += du
what: A threshold keeps only the last sample's gradient
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["w", "cuts"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=4), np.array([-1.1, 0.2, 1.3]), g.normal(size=(8, 4)), np.array([0, 1, 2, 3, 1, 2, 0, 3])


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def loss(w, cuts, x, y):
    score = x @ w
    total = 0.0
    for i in range(len(y)):
        upper = 1 / (1 + np.exp(-(cuts[y[i]] - score[i]))) if y[i] < 3 else 1.0
        lower = 1 / (1 + np.exp(-(cuts[y[i] - 1] - score[i]))) if y[i] > 0 else 0.0
        total = total - np.log(upper - lower)
    return total


def right(w, cuts, x, y):
    score = x @ w
    dcuts = np.zeros(len(cuts))
    dscore = np.zeros(len(y))
    for i, k in enumerate(y):
        upper = sigmoid(cuts[k] - score[i]) if k < len(cuts) else 1.0
        lower = sigmoid(cuts[k - 1] - score[i]) if k > 0 else 0.0
        g = -1 / (upper - lower)
        du = g * upper * (1 - upper)
        dl = -g * lower * (1 - lower)
        if k < len(cuts):
            dcuts[k] += du
        if k > 0:
            dcuts[k - 1] += dl
        dscore[i] = -(du + dl)
    return x.T @ dscore, dcuts


def backprop(w, cuts, x, y):
    score = x @ w
    dcuts = np.zeros(len(cuts))
    dscore = np.zeros(len(y))
    for i, k in enumerate(y):
        upper = sigmoid(cuts[k] - score[i]) if k < len(cuts) else 1.0
        lower = sigmoid(cuts[k - 1] - score[i]) if k > 0 else 0.0
        g = -1 / (upper - lower)
        du = g * upper * (1 - upper)
        dl = -g * lower * (1 - lower)
        if k < len(cuts):
            dcuts[k] = du
        if k > 0:
            dcuts[k - 1] += dl
        dscore[i] = -(du + dl)
    return x.T @ dscore, dcuts
