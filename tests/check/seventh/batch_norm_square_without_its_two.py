"""Batch norm square without its two.

expected kind: missing-factor or scale
wrong line: 62 or 63 or 64
correction 62: dvar = 1.0 / np.sqrt(var + eps) * dsqrtvar
correction 63: dsq = 2.0 / N * np.ones((N, D)) * dvar
correction 64: dxmu2 = 2 * xmu * dsq
what: The square of the deviations from the mean is differentiated without the two
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
eps = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)) * 2 + 1, r.normal(size=3), r.normal(size=3), r.normal(size=(6, 3))


def loss(x, gamma, beta, target):
    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    return np.sum((np.tanh(gamma * xhat + beta) - target) ** 2)


def right(x, gamma, beta, target):
    s = 1 / np.sqrt(x.var(0) + eps)
    n = (x - x.mean(0)) * s
    o = np.tanh(gamma * n + beta)
    g = 2 * (o - target) * (1 - o * o)
    k = g * gamma
    return s * (k - k.mean(0) - n * (k * n).mean(0)), (g * n).sum(0), g.sum(0)


def batchnorm_forward(x, gamma, beta):
    N, D = x.shape
    mu = 1.0 / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu**2
    var = 1.0 / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    return out, (xhat, gamma, xmu, ivar, sqrtvar, var)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, target):
    out, cache = batchnorm_forward(x, gamma, beta)
    act = np.tanh(out)
    dact = 2 * (act - target)
    return batchnorm_backward(dact * (1 - act**2), cache)
