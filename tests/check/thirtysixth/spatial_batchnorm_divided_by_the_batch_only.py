"""Spatial batch normalisation of N x C x H x W.

expected kind: sum-for-mean or scale or missing-factor
wrong line: 45 or 46
correction 45: m = N * H * W
correction 46: dx = gamma_ * ivar * (dout - dbeta.reshape(1, C, 1, 1) / (N * H * W) - xn * dgamma.reshape(1, C, 1, 1) / (N * H * W))
what: the means of the gradient are over N H W elements; they are divided by N
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

AXES = (0, 2, 3)


def loss(x, gamma, beta, t):
    mu, var = x.mean(AXES, keepdims=True), x.var(AXES, keepdims=True)
    y = (x - mu) / np.sqrt(var + 1e-5) * gamma[None, :, None, None] + beta[None, :, None, None]
    return 0.5 * np.sum((y - t) ** 2)


def right(x, gamma, beta, t):
    N, C, H, W = x.shape
    gamma_, beta_ = gamma.reshape(1, C, 1, 1), beta.reshape(1, C, 1, 1)
    mu = x.mean(AXES, keepdims=True)
    ivar = 1.0 / np.sqrt(x.var(AXES, keepdims=True) + 1e-5)
    xn = (x - mu) * ivar
    dout = xn * gamma_ + beta_ - t
    dgamma = np.sum(dout * xn, axis=AXES)
    dbeta = np.sum(dout, axis=AXES)
    m = N * H * W
    dx = gamma_ * ivar * (dout - dbeta.reshape(1, C, 1, 1) / m - xn * dgamma.reshape(1, C, 1, 1) / m)
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, t):
    N, C, H, W = x.shape
    gamma_, beta_ = gamma.reshape(1, C, 1, 1), beta.reshape(1, C, 1, 1)
    mu = x.mean(AXES, keepdims=True)
    ivar = 1.0 / np.sqrt(x.var(AXES, keepdims=True) + 1e-5)
    xn = (x - mu) * ivar
    dout = xn * gamma_ + beta_ - t
    dgamma = np.sum(dout * xn, axis=AXES)
    dbeta = np.sum(dout, axis=AXES)
    m = N
    dx = gamma_ * ivar * (dout - dbeta.reshape(1, C, 1, 1) / m - xn * dgamma.reshape(1, C, 1, 1) / m)
    return dx, dgamma, dbeta


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 2, 3)), r.normal(size=3) + 1, r.normal(size=3), r.normal(size=(2, 3, 2, 3))
