"""Group normalisation of channels that are laid out in rows.

expected kind: wrong-parameter or wrong-shape or transpose
wrong line: 53
correction 53: dhat = dout * np.repeat(gamma, size)
what: gamma is repeated as a whole, not channel by channel, so that most elements get another channel's
source: https://github.com/mlpack/mlpack/pull/3028
said: Each row of the expanded gamma of a group norm took its element by a ratio that was turned round, so that rows got the scale of other channels.
"""
import numpy as np

GROUPS, EPS = 2, 1e-4


def grouped(x):
    n = len(x)
    xg = x.reshape(n, GROUPS, -1)
    std = np.sqrt(xg.var(axis=2, keepdims=True) + EPS)
    return (xg - xg.mean(axis=2, keepdims=True)) / std, std


def loss(x, gamma, beta, t):
    size = x.shape[1] // len(gamma)
    out = grouped(x)[0].reshape(x.shape) * np.repeat(gamma, size) + np.repeat(beta, size)
    return np.sum((out - t) ** 2)


def right(x, gamma, beta, t):
    n, length = x.shape
    channels = len(gamma)
    size = length // channels
    xhat, std = grouped(x)
    flat = xhat.reshape(n, length)
    dout = 2 * (flat * np.repeat(gamma, size) + np.repeat(beta, size) - t)
    dgamma = (dout * flat).reshape(n, channels, size).sum(axis=(0, 2))
    dbeta = dout.reshape(n, channels, size).sum(axis=(0, 2))
    dhat = dout * np.repeat(gamma, size)
    dhat = dhat.reshape(n, GROUPS, -1)
    along = np.mean(dhat * xhat, axis=2, keepdims=True)
    dx = (dhat - dhat.mean(axis=2, keepdims=True) - xhat * along) / std
    return dx.reshape(n, length), dgamma, dbeta


def backprop(x, gamma, beta, t):
    n, length = x.shape
    channels = len(gamma)
    size = length // channels
    xhat, std = grouped(x)
    flat = xhat.reshape(n, length)
    dout = 2 * (flat * np.repeat(gamma, size) + np.repeat(beta, size) - t)
    dgamma = (dout * flat).reshape(n, channels, size).sum(axis=(0, 2))
    dbeta = dout.reshape(n, channels, size).sum(axis=(0, 2))
    dhat = dout * np.tile(gamma, size)
    dhat = dhat.reshape(n, GROUPS, -1)
    along = np.mean(dhat * xhat, axis=2, keepdims=True)
    dx = (dhat - dhat.mean(axis=2, keepdims=True) - xhat * along) / std
    return dx.reshape(n, length), dgamma, dbeta


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 12)), r.normal(size=4) * 2, r.normal(size=4), r.normal(size=(2, 12))
