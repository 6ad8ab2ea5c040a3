"""spatial batch norm count of the images.

expected kind: sum-for-mean or scale
wrong line: 40 or 51
correction 40: m = N * H * W
correction 51: dx = dxhat * istd + (dvar * 2 * xc + dmu) / (N * H * W)
what: what is divided by is the number of images, without the positions that are summed as well
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

AX = (0, 2, 3)


def per_channel(v):
    return v[None, :, None, None]


def loss(x, gamma, beta, weight):
    mu, var = x.mean(axis=AX), x.var(axis=AX)
    xhat = (x - per_channel(mu)) / np.sqrt(per_channel(var) + 1e-5)
    out = per_channel(gamma) * xhat + per_channel(beta)
    return np.sum(weight * out ** 2)


def right(x, gamma, beta, weight):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    inv = 1 / np.sqrt(rows.var(axis=0) + 1e-5)
    xhat = (rows - rows.mean(axis=0)) * inv
    d = 2 * weight.transpose(0, 2, 3, 1).reshape(-1, C) * (gamma * xhat + beta)
    g = d * gamma
    dx = inv * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), (d * xhat).sum(axis=0), d.sum(axis=0)


def backprop(x, gamma, beta, weight):
    N, C, H, W = x.shape
    m = N
    mu, var = x.mean(axis=AX, keepdims=True), x.var(axis=AX, keepdims=True)
    istd = 1 / np.sqrt(var + 1e-5)
    xc = x - mu
    xhat = xc * istd
    dout = 2 * weight * (per_channel(gamma) * xhat + per_channel(beta))
    dbeta = np.sum(dout, axis=AX)
    dgamma = np.sum(dout * xhat, axis=AX)
    dxhat = dout * per_channel(gamma)
    dvar = np.sum(dxhat * xc, axis=AX, keepdims=True) * -0.5 * istd ** 3
    dmu = -np.sum(dxhat * istd, axis=AX, keepdims=True)
    dx = dxhat * istd + dvar * 2 * xc / m + dmu / m
    return dx, dgamma, dbeta


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 3, 3, 2)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=(2, 3, 3, 2))]
