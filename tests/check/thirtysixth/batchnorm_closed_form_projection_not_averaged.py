"""Batch normalisation, in closed form.

expected kind: sum-for-mean or scale or missing-factor
wrong line: 38 or 39
correction 38: along_xhat = (g * xhat).mean(axis=0)
correction 39: dx = rstd * (g - along_ones - xhat * along_xhat / len(x))
what: the part along xhat is summed over the batch, not averaged
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

EPS = 1e-3


def loss(x, gamma, beta, t):
    mu, var = x.mean(axis=0), x.var(axis=0)
    return np.sum((gamma * (x - mu) / np.sqrt(var + EPS) + beta - t) ** 2)


def right(x, gamma, beta, t):
    rstd = 1 / np.sqrt(x.var(0) + EPS)
    xhat = (x - x.mean(0)) * rstd
    dy = 2 * (xhat * gamma + beta - t)
    g = dy * gamma
    along_ones = g.mean(axis=0)
    along_xhat = (g * xhat).mean(axis=0)
    dx = rstd * (g - along_ones - xhat * along_xhat)
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


def backprop(x, gamma, beta, t):
    rstd = 1 / np.sqrt(x.var(0) + EPS)
    xhat = (x - x.mean(0)) * rstd
    dy = 2 * (xhat * gamma + beta - t)
    g = dy * gamma
    along_ones = g.mean(axis=0)
    along_xhat = (g * xhat).sum(axis=0)
    dx = rstd * (g - along_ones - xhat * along_xhat)
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)) * 2 + 1, r.normal(size=4) + 2, r.normal(size=4), r.normal(size=(6, 4))
