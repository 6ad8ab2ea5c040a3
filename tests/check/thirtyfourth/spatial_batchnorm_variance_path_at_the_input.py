"""spatial batch norm: the variance is derived at x instead of at x minus its mean.

expected kind: wrong-point or stale-value
wrong line: 49
correction 49: dx = dxhat / np.sqrt(var) + dvar * 2 * centred / M + dmean / M
what: d var/d x is 2x/M where 2(x - mean)/M belongs
source: https://github.com/xunhuang1995/AdaIN-style/issues/24
said: the backward call of the part that computes standard deviations was given the raw features rather than the centred ones; a bug, said the author, and mended it
"""
import numpy as np

def stats(x):
    mean = np.mean(x, axis=(0, 2, 3), keepdims=True)
    var = np.mean((x - mean) ** 2, axis=(0, 2, 3), keepdims=True)
    return mean, var + 1e-5

def loss(x, gamma, beta, t):
    mean, var = stats(x)
    y = gamma * (x - mean) / np.sqrt(var) + beta
    return 0.5 * np.sum((y - t) ** 2)

def right(x, gamma, beta, t):
    N, C, H, W = x.shape
    M = N * H * W
    mean, var = stats(x)
    centred = x - mean
    xhat = centred / np.sqrt(var)
    dy = gamma * xhat + beta - t
    dgamma = (dy * xhat).sum(axis=(0, 2, 3), keepdims=True)
    dbeta = dy.sum(axis=(0, 2, 3), keepdims=True)
    dxhat = dy * gamma
    dvar = np.sum(dxhat * centred, axis=(0, 2, 3), keepdims=True) * -0.5 * var ** -1.5
    dmean = -np.sum(dxhat, axis=(0, 2, 3), keepdims=True) / np.sqrt(var)
    dx = dxhat / np.sqrt(var) + dvar * 2 * centred / M + dmean / M
    return dx, dgamma, dbeta

def backprop(x, gamma, beta, t):
    N, C, H, W = x.shape
    M = N * H * W
    mean, var = stats(x)
    centred = x - mean
    xhat = centred / np.sqrt(var)
    dy = gamma * xhat + beta - t
    dgamma = (dy * xhat).sum(axis=(0, 2, 3), keepdims=True)
    dbeta = dy.sum(axis=(0, 2, 3), keepdims=True)
    dxhat = dy * gamma
    dvar = np.sum(dxhat * centred, axis=(0, 2, 3), keepdims=True) * -0.5 * var ** -1.5
    dmean = -np.sum(dxhat, axis=(0, 2, 3), keepdims=True) / np.sqrt(var)
    dx = dxhat / np.sqrt(var) + dvar * 2 * x / M + dmean / M
    return dx, dgamma, dbeta

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 3, 3, 2)) + 0.7, r.normal(size=(1, 3, 1, 1)), r.normal(size=(1, 3, 1, 1)), r.normal(size=(2, 3, 3, 2))]
