"""Arrays batch norm mean forgotten.

expected kind: missing-term or detached
wrong line: 68
correction 68: dx = dx1 + dx2
given as: arrays
what: The path through the mean is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)) * 2, r.normal(size=3), r.normal(size=3), r.normal(size=(3, 2)), r.normal(size=(6, 2))


def loss(x, gamma, beta, w, t):
    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-3)
    return 0.5 * np.sum((np.maximum(gamma * xhat + beta, 0) @ w - t) ** 2)


def right(x, gamma, beta, w, t):
    N = x.shape[0]
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    inv = 1 / np.sqrt(var + 1e-3)
    xhat = (x - mu) * inv
    out = gamma * xhat + beta
    a = np.maximum(out, 0)
    dy = a @ w - t
    dw = a.T @ dy
    dout = (dy @ w.T) * (out > 0)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dx = gamma * inv / N * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta, dw


def backprop(x, gamma, beta, w, t):
    N, D = x.shape
    xmu = x - 1.0 / N * np.sum(x, axis=0)
    sqrtvar = np.sqrt(1.0 / N * np.sum(xmu**2, axis=0) + 1e-3)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    out = gamma * xhat + beta
    a = np.where(out > 0, out, 0)
    diff = np.dot(a, w) - t
    dw = np.dot(a.T, diff)
    dout = np.dot(diff, w.T)
    dout[out <= 0] = 0

    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / sqrtvar**2 * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    dx = dx1
    return dx, dgamma, dbeta, dw
