"""Groupnorm width for the count.

expected kind: scale or sum-for-mean or mean-for-sum or unexplained
wrong line: 50 or 51
correction 50: hidden_size = dy.shape[-2] * dy.shape[-1]
correction 51: m = C // G * H * W
what: the means of the backward pass divide by the last axis alone, not by height times width
source: https://github.com/linkedin/Liger-Kernel/pull/1376
said: the backward read the number of elements from the last axis, so that it had W where it needs H times W
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
G, eps = 2, 1e-5

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4, 3, 2)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(2, 4, 3, 2))

def loss(x, gamma, beta, t):
    N, C, H, W = x.shape
    v = x.reshape(N, G, C // G, H, W)
    mu, var = v.mean(axis=(2, 3, 4), keepdims=True), v.var(axis=(2, 3, 4), keepdims=True)
    y = ((v - mu) / np.sqrt(var + eps)).reshape(x.shape) * gamma + beta
    return 0.5 * np.sum((y - t) ** 2)

def right(x, gamma, beta, t):
    N, C, H, W = x.shape
    v = x.reshape(N, G, C // G * H * W)
    rstd = 1 / np.sqrt(v.var(axis=2, keepdims=True) + eps)
    xhat = (v - v.mean(axis=2, keepdims=True)) * rstd
    dy = xhat.reshape(x.shape) * gamma + beta - t
    hidden_size = dy.shape[-2] * dy.shape[-1]
    m = C // G * hidden_size
    dgamma = (dy * xhat.reshape(x.shape)).sum(axis=(0, 2, 3), keepdims=True)
    dbeta = dy.sum(axis=(0, 2, 3), keepdims=True)
    wdy = (dy * gamma).reshape(N, G, -1)
    c1 = np.sum(xhat * wdy, axis=2, keepdims=True) / m
    c2 = np.sum(wdy, axis=2, keepdims=True) / m
    dx = (wdy - (xhat * c1 + c2)) * rstd
    return dx.reshape(x.shape), dgamma, dbeta

def backprop(x, gamma, beta, t):
    N, C, H, W = x.shape
    v = x.reshape(N, G, C // G * H * W)
    rstd = 1 / np.sqrt(v.var(axis=2, keepdims=True) + eps)
    xhat = (v - v.mean(axis=2, keepdims=True)) * rstd
    dy = xhat.reshape(x.shape) * gamma + beta - t
    hidden_size = dy.shape[-1]
    m = C // G * hidden_size
    dgamma = (dy * xhat.reshape(x.shape)).sum(axis=(0, 2, 3), keepdims=True)
    dbeta = dy.sum(axis=(0, 2, 3), keepdims=True)
    wdy = (dy * gamma).reshape(N, G, -1)
    c1 = np.sum(xhat * wdy, axis=2, keepdims=True) / m
    c2 = np.sum(wdy, axis=2, keepdims=True) / m
    dx = (wdy - (xhat * c1 + c2)) * rstd
    return dx.reshape(x.shape), dgamma, dbeta
