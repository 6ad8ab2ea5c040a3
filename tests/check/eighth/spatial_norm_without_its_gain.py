"""Spatial norm without its gain.

expected kind: missing-factor
wrong line: 60
correction 60: dyivar = g * dy * ivar
what: The gradient that goes back through the normalisation hasn't been multiplied with the gain
source: https://github.com/denizyuret/Knet.jl/issues/288
said: the gradient is scaled, but what the rest is made of is the one that isn't
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]


EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    x, gamma, beta, t = (r.normal(size=s) for s in [(3, 2, 2, 2), 2, 2, (3, 2, 2, 2)])
    return x, gamma, beta, t


def loss(x, gamma, beta, t):
    mu = np.mean(x, axis=(0, 2, 3), keepdims=True)
    var = np.mean((x - mu) ** 2, axis=(0, 2, 3), keepdims=True)
    xhat = (x - mu) / np.sqrt(var + EPS)
    out = np.reshape(gamma, (1, 2, 1, 1)) * xhat + np.reshape(beta, (1, 2, 1, 1))
    return 0.5 * np.sum((out - t) ** 2)


def right(x, gamma, beta, t):
    N, C, H, W = x.shape
    dx, dgamma, dbeta = np.zeros_like(x), np.zeros(C), np.zeros(C)
    for c in range(C):
        channel = x[:, c]
        std = np.sqrt(np.var(channel) + EPS)
        xhat = (channel - np.mean(channel)) / std
        dout = gamma[c] * xhat + beta[c] - t[:, c]
        dgamma[c] = np.sum(dout * xhat)
        dbeta[c] = np.sum(dout)
        m = N * H * W
        dxhat = dout * gamma[c]
        dx[:, c] = (m * dxhat - np.sum(dxhat) - xhat * np.sum(dxhat * xhat)) / (m * std)
    return {"x": dx, "gamma": dgamma, "beta": dbeta}


def batchnorm(x, gamma, beta):
    x_mu = x - x.mean(axis=0)
    ivar = 1 / np.sqrt(x.var(axis=0) + EPS)
    return gamma * x_mu * ivar + beta, (x_mu, ivar, gamma)


def batchnorm_backward(dy, cache):
    x_mu, ivar, g = cache
    m = len(dy)
    dg = np.sum(dy * x_mu * ivar, axis=0)
    db = np.sum(dy, axis=0)
    dyivar = dy * ivar
    dsigma2 = -0.5 * np.sum(dyivar * x_mu * ivar**2, axis=0)
    dmu = -np.sum(dyivar, axis=0)
    dx = dyivar + dsigma2 * 2 * x_mu / m + dmu / m
    return dx, dg, db


def backprop(x, gamma, beta, t):
    N, C, H, W = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm(flat, gamma, beta)
    dout = out - t.transpose(0, 2, 3, 1).reshape(-1, C)
    dflat, dgamma, dbeta = batchnorm_backward(dout, cache)
    dx = dflat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dgamma, dbeta
