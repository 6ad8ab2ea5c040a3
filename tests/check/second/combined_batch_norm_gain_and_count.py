"""Combined batch norm gain and count.

expected kind: missing-factor + sum-for-mean
wrong line: 48 and 53
correction 48: dxhat = dout * gamma
correction 53: dsq = np.ones((N, D)) * dvar / N
what: The gain is left out of the gradient of the normalised input, and one of the means is a sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 2)), r.normal(size=2), r.normal(size=2), r.normal(size=(5, 2))


def loss(X, gamma, beta, T):
    c = X - np.mean(X, axis=0)
    n = c / np.sqrt(np.mean(c * c, axis=0) + 0.01)
    return 0.5 * np.sum((np.tanh(gamma * n + beta) - T) ** 2)


def right(X, gamma, beta, T):
    s = np.sqrt(X.var(0) + 0.01)
    n = (X - X.mean(0)) / s
    a = np.tanh(gamma * n + beta)
    d = (a - T) * (1 - a * a)
    return gamma / s * (d - d.mean(0) - n * (d * n).mean(0)), (d * n).sum(0), d.sum(0)


def backprop(X, gamma, beta, T):
    N, D = X.shape
    mu = 1.0 / N * np.sum(X, axis=0)
    xmu = X - mu
    var = 1.0 / N * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + 0.01)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    out = np.tanh(gamma * xhat + beta)
    dout = (out - T) * (1 - out**2)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * ivar * dsqrtvar
    dsq = np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    dx2 = np.ones((N, D)) * dmu / N
    return {"X": dx1 + dx2, "gamma": dgamma, "beta": dbeta}
