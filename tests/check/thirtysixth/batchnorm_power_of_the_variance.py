"""Batch normalisation, step by step.

expected kind: missing-factor or wrong-point or wrong-activation
wrong line: 48
correction 48: dvar = np.sum(dxhat * xc, axis=0) * -0.5 * (var + EPS) ** -1.5
what: (var + eps) ** -0.5 has the derivative -0.5 (var + eps) ** -1.5; the power stayed -0.5
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

EPS = 1e-3


def loss(x, gamma, beta, t):
    mu, var = x.mean(axis=0), x.var(axis=0)
    return np.sum((gamma * (x - mu) / np.sqrt(var + EPS) + beta - t) ** 2)


def right(x, gamma, beta, t):
    N = x.shape[0]
    mu = np.mean(x, axis=0)
    xc = x - mu
    var = np.mean(xc ** 2, axis=0)
    inv = (var + EPS) ** -0.5
    xhat = xc * inv
    dout = 2 * (gamma * xhat + beta - t)
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xc, axis=0) * -0.5 * (var + EPS) ** -1.5
    dmu = -np.sum(dxhat * inv, axis=0) - 2 * dvar * np.mean(xc, axis=0)
    dx = dxhat * inv + dvar * 2 * xc / N + dmu / N
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, t):
    N = x.shape[0]
    mu = np.mean(x, axis=0)
    xc = x - mu
    var = np.mean(xc ** 2, axis=0)
    inv = (var + EPS) ** -0.5
    xhat = xc * inv
    dout = 2 * (gamma * xhat + beta - t)
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xc, axis=0) * -0.5 * (var + EPS) ** -0.5
    dmu = -np.sum(dxhat * inv, axis=0) - 2 * dvar * np.mean(xc, axis=0)
    dx = dxhat * inv + dvar * 2 * xc / N + dmu / N
    return dx, dgamma, dbeta


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)) * 2 + 1, r.normal(size=4) + 2, r.normal(size=4), r.normal(size=(6, 4))
