"""spatial batch norm variance of each image.

expected kind: wrong-axis or missing-sum
wrong line: 46
correction 46: sum_dx = (dxhat * xhat).sum(axis=AX, keepdims=True)
what: one of the two sums of dx is over the positions of one image and not over the batch
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
    m = N * H * W
    xmu = x - np.mean(x, axis=AX, keepdims=True)
    std = np.sqrt(np.mean(xmu ** 2, axis=AX, keepdims=True) + 1e-5)
    xhat = xmu / std
    dout = weight * 2 * (per_channel(gamma) * xhat + per_channel(beta))
    dxhat = per_channel(gamma) * dout
    sum_d = dxhat.sum(axis=AX, keepdims=True)
    sum_dx = (dxhat * xhat).sum(axis=(2, 3), keepdims=True)
    dx = (m * dxhat - sum_d - xhat * sum_dx) / (m * std)
    return dx, (dout * xhat).sum(axis=AX), dout.sum(axis=AX)


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 3, 3, 2)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=(2, 3, 3, 2))]
