"""Losses given back in their sorted order.

expected kind: transpose or wrong-point
wrong line: 43
correction 43: d_losses = weights[np.argsort(order)]
what: The weights of the sorted losses are handed to the examples in sorted order, not to those that they belong to
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), np.array(r.normal()), r.normal(size=(12, 3)), r.normal(size=12)


def loss(w, c, X, y):
    each = (X @ w + c - y) ** 2
    ordered = np.sort(each)
    return np.sum(ordered * np.array([0, 0, 0, 0, 0, 0, 0, 0.05, 0.1, 0.15, 0.3, 0.4]))


def right(w, c, X, y):
    e = X @ w + c - y
    rank = np.array([np.sum(e**2 < v**2) for v in e])
    g = 2 * e * np.array([0, 0, 0, 0, 0, 0, 0, 0.05, 0.1, 0.15, 0.3, 0.4])[rank]
    return X.T @ g, g.sum()


def spectral_risk(losses, weights):
    order = np.argsort(losses)
    return np.dot(losses[order], weights), order


def backprop(w, c, X, y):
    weights = np.array([0, 0, 0, 0, 0, 0, 0, 0.05, 0.1, 0.15, 0.3, 0.4])
    residual = X @ w + c - y
    risk, order = spectral_risk(residual**2, weights)
    d_losses = weights[order]
    d_residual = 2 * residual * d_losses
    return X.T @ d_residual, d_residual.sum()
