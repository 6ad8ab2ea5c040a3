"""Batch norm mean held constant.

expected kind: missing-term or detached
wrong line: 62 or 65
correction 62: dx1 = ddev1 + ddev2 - np.mean(ddev1 + ddev2, axis=0)
correction 65: dx = dx1 + dx2
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
    n = x.shape[0]
    mean = x.sum(axis=0) / n
    dev = x - mean
    square = dev * dev
    variance = square.sum(axis=0) / n
    std = np.sqrt(variance + eps)
    istd = 1 / std
    xhat = dev * istd
    scaled = gamma * xhat
    return scaled + beta, dict(dev=dev, std=std, istd=istd, xhat=xhat, gamma=gamma)


def bn_backward(dout, cache):
    n = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dscaled = dout
    dgamma = (dscaled * cache["xhat"]).sum(axis=0)
    dxhat = dscaled * cache["gamma"]
    distd = (dxhat * cache["dev"]).sum(axis=0)
    ddev1 = dxhat * cache["istd"]
    dstd = -distd / cache["std"] ** 2
    dvariance = 0.5 * dstd / cache["std"]
    dsquare = np.tile(dvariance / n, (n, 1))
    ddev2 = 2 * cache["dev"] * dsquare
    dx1 = ddev1 + ddev2
    dmean = -(ddev1 + ddev2).sum(axis=0)
    dx2 = np.tile(dmean / n, (n, 1))
    dx = dx1
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, target):
    out, cache = bn_forward(x, gamma, beta)
    act = np.tanh(out)
    dact = 2 * (act - target)
    return bn_backward(dact * (1 - act**2), cache)
