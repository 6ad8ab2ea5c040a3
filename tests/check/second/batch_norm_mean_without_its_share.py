"""Batch norm mean without its share.

expected kind: missing-term or detached
wrong line: 53 or 54
correction 53: dx = dxc - np.sum(dxc, axis=0) / N
correction 54: return dxc - np.sum(dxc, axis=0) / N, dgamma, dbeta
what: The gradient of the input of a batch norm leaves out what comes back through the mean
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=(6, 3))


def loss(X, gamma, beta, C):
    mu = np.mean(X, axis=0)
    var = np.mean((X - mu) ** 2, axis=0)
    return np.sum(C * np.tanh(gamma * (X - mu) / np.sqrt(var + 1e-3) + beta))


def right(X, gamma, beta, C):
    s = np.sqrt(X.var(0) + 1e-3)
    n = (X - X.mean(0)) / s
    d = C * (1 - np.tanh(gamma * n + beta) ** 2)
    return gamma / s * (d - d.mean(0) - n * (d * n).mean(0)), (d * n).sum(0), d.sum(0)


def bn_forward(x, gamma, beta, eps=1e-3):
    mean = x.mean(axis=0)
    xc = x - mean
    std = np.sqrt((xc**2).mean(axis=0) + eps)
    xn = xc / std
    return gamma * xn + beta, (xc, std, xn, gamma)


def bn_backward(dout, cache):
    xc, std, xn, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(xn * dout, axis=0)
    dxn = gamma * dout
    dxc = dxn / std
    dstd = -np.sum((dxn * xc) / (std * std), axis=0)
    dvar = 0.5 * dstd / std
    dxc += (2.0 / N) * xc * dvar
    dx = dxc
    return dx, dgamma, dbeta


def backprop(X, gamma, beta, C):
    out, cache = bn_forward(X, gamma, beta)
    t = np.tanh(out)
    return bn_backward(C * (1 - t * t), cache)
