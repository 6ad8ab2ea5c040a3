"""Batch normalisation, with a cache.

expected kind: wrong-point or missing-factor or stale-value
wrong line: 43
correction 43: dgamma = np.sum(x_norm * dout, axis=0)
given as: arrays
what: dgamma is taken with x - mean, which isn't divided by the standard deviation
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

EPS = 1e-3


def loss(x, gamma, beta, t):
    mu, var = x.mean(axis=0), x.var(axis=0)
    return np.sum((gamma * (x - mu) / np.sqrt(var + EPS) + beta - t) ** 2)


def right(x, gamma, beta, t):
    N, D = x.shape
    mean = 1.0 / N * np.sum(x, axis=0)
    x_mu = x - mean
    std = np.sqrt(1.0 / N * np.sum(x_mu ** 2, axis=0) + EPS)
    x_norm = x_mu / std
    dout = 2 * (gamma * x_norm + beta - t)
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(x_norm * dout, axis=0)
    dx_norm = gamma * dout
    dx = (N * dx_norm - dx_norm.sum(0) - x_norm * (dx_norm * x_norm).sum(0)) / (N * std)
    return {"x": dx, "gamma": dgamma, "beta": dbeta}


def backprop(x, gamma, beta, t):
    N, D = x.shape
    mean = 1.0 / N * np.sum(x, axis=0)
    x_mu = x - mean
    std = np.sqrt(1.0 / N * np.sum(x_mu ** 2, axis=0) + EPS)
    x_norm = x_mu / std
    dout = 2 * (gamma * x_norm + beta - t)
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(x_mu * dout, axis=0)
    dx_norm = gamma * dout
    dx = (N * dx_norm - dx_norm.sum(0) - x_norm * (dx_norm * x_norm).sum(0)) / (N * std)
    return {"x": dx, "gamma": dgamma, "beta": dbeta}


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)) * 2 + 1, r.normal(size=4) + 2, r.normal(size=4), r.normal(size=(6, 4))
