"""Batch norm square without its two.

expected kind: missing-factor or scale
wrong line: 60 or 61 or 62
correction 60: dvariance = droot / node["root"]
correction 61: dsquare = np.tile(2 * dvariance / n, (n, 1))
correction 62: dcentred_again = 2 * node["centred"] * dsquare
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
    n = x.shape[0]
    mean = x.sum(axis=0) / n
    centred = x - mean
    square = centred * centred
    variance = square.sum(axis=0) / n
    root = np.sqrt(variance + eps)
    inverse = 1 / root
    xhat = centred * inverse
    scaled = gamma * xhat
    return scaled + beta, dict(centred=centred, root=root, inverse=inverse, xhat=xhat, gamma=gamma)


def batchnorm_backward(dout, node):
    n = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dscaled = dout
    dgamma = (dscaled * node["xhat"]).sum(axis=0)
    dxhat = dscaled * node["gamma"]
    dinverse = (dxhat * node["centred"]).sum(axis=0)
    dcentred = dxhat * node["inverse"]
    droot = -dinverse / node["root"] ** 2
    dvariance = 0.5 * droot / node["root"]
    dsquare = np.tile(dvariance / n, (n, 1))
    dcentred_again = node["centred"] * dsquare
    dx_direct = dcentred + dcentred_again
    dmean = -(dcentred + dcentred_again).sum(axis=0)
    dx_mean = np.tile(dmean / n, (n, 1))
    dx = dx_direct + dx_mean
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, target):
    out, node = batchnorm_forward(x, gamma, beta)
    act = np.tanh(out)
    dact = 2 * (act - target)
    return batchnorm_backward(dact * (1 - act**2), node)
