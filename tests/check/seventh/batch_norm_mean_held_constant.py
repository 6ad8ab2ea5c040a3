"""Batch norm mean held constant.

expected kind: missing-term or detached
wrong line: 64 or 67
correction 64: dx_direct = dcentered_a + dcentered_b - np.mean(dcentered_a + dcentered_b, axis=0)
correction 67: dx = dx_direct + dx_mean
what: What goes to the input by way of the mean is computed and forgotten in the sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
eps = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 4)) * 3 - 1, r.normal(size=4), r.normal(size=4), r.normal(size=(5, 4))


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


def bn_forward(x, gamma, beta):
    N, D = x.shape
    mu = 1.0 / N * np.sum(x, axis=0)
    centered = x - mu
    sq = centered**2
    var = 1.0 / N * np.sum(sq, axis=0)
    std = np.sqrt(var + eps)
    inv_std = 1.0 / std
    xhat = centered * inv_std
    gammax = gamma * xhat
    out = gammax + beta
    return out, (xhat, gamma, centered, inv_std, std, var)


def bn_backward(dout, cache):
    xhat, gamma, centered, inv_std, std, var = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    dinv_std = np.sum(dxhat * centered, axis=0)
    dcentered_a = dxhat * inv_std
    dstd = -1.0 / (std**2) * dinv_std
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dstd
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dcentered_b = 2 * centered * dsq
    dx_direct = dcentered_a + dcentered_b
    dmu = -1 * np.sum(dcentered_a + dcentered_b, axis=0)
    dx_mean = 1.0 / N * np.ones((N, D)) * dmu
    dx = dx_direct
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, target):
    out, cache = bn_forward(x, gamma, beta)
    act = np.tanh(out)
    dact = 2 * (act - target)
    return bn_backward(dact * (1 - act**2), cache)
