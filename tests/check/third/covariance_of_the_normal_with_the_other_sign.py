"""Covariance of the normal with the other sign.

expected kind: sign
wrong line: 37 or 42
correction 37: return -0.5 * (len(x) * inverse - solved @ solved.T)
correction 42: d_cov = -covgrad(x, mean, cov)
what: The gradient of a normal density by its covariance has the wrong sign, the one by the mean is right
source: https://github.com/HIPS/autograd/issues/455
said: the differences disagree; the sign in the density of the normal distribution is wrong
"""

import numpy as np

PARAMETERS = ["mu", "L"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=(5, 3))


def loss(mu, L, X):
    S = L @ L.T + np.eye(3)
    r = X - mu
    return 0.5 * np.sum(r * np.linalg.solve(S, r.T).T) + 2.5 * np.linalg.slogdet(S)[1]


def right(mu, L, X):
    i = np.linalg.inv(L @ L.T + np.eye(3))
    u = (X - mu) @ i
    return -u.sum(0), (len(X) * i - u.T @ u) @ L


def covgrad(x, mean, cov):
    inverse = np.linalg.inv(cov)
    solved = np.linalg.solve(cov, (x - mean).T)
    return 0.5 * (len(x) * inverse - solved @ solved.T)


def logpdf_vjps(x, mean, cov):
    d_mean = np.linalg.solve(cov, (x - mean).T).sum(axis=1)
    d_cov = covgrad(x, mean, cov)
    return d_mean, d_cov


def backprop(mu, L, X):
    cov = L.dot(L.T) + np.eye(len(mu))
    d_mean, d_cov = logpdf_vjps(X, mu, cov)
    d_L = (d_cov + d_cov.T).dot(L)
    return -d_mean, -d_L
