"""Combined radial basis width sign and penalty.

expected kind: sign + scale
wrong line: 51 and 53 or 54
correction 51: grad_alpha += 2 * LAM * alpha
correction 53: grad_gamma = -np.sum(grad_K * K * d2)
correction 54: return grad_alpha, -grad_gamma * gamma
what: The width of a radial basis has the wrong sign, and the squares of the weights are penalised without the two
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["alpha", "log_gamma"]
LAM = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), -0.3, r.normal(size=(6, 2)), r.normal(size=(4, 2)), r.normal(size=6)


def loss(alpha, log_gamma, X, centres, y):
    d2 = np.sum((X[:, None] - centres) ** 2, axis=2)
    phi = np.exp(-np.exp(log_gamma) * d2)
    return np.sum((phi @ alpha - y) ** 2) + LAM * np.sum(alpha**2)


def right(alpha, log_gamma, X, centres, y):
    g, dg, da = np.exp(log_gamma), 0.0, 2 * LAM * alpha
    for x, t in zip(X, y):
        d = ((x - centres) ** 2).sum(1)
        k = np.exp(-g * d)
        e = 2 * (k @ alpha - t)
        da = da + e * k
        dg -= e * g * (k * d) @ alpha
    return da, dg


def gram(X, centres, gamma):
    d2 = (X**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * X.dot(centres.T)
    return np.exp(-gamma * d2), d2


def backprop(alpha, log_gamma, X, centres, y):
    gamma = np.exp(log_gamma)
    K, d2 = gram(X, centres, gamma)
    grad_f = 2 * (K.dot(alpha) - y)
    grad_alpha = K.T.dot(grad_f)
    grad_alpha += LAM * alpha
    grad_K = np.outer(grad_f, alpha)
    grad_gamma = np.sum(grad_K * K * d2)
    return grad_alpha, grad_gamma * gamma
