"""Groupnorm parameters of a group.

expected kind: wrong-axis or missing-sum or repeated-term or wrong-shape or unexplained
wrong line: 49
correction 49: dgamma = np.sum(dout * x_hat, axis=(0, 2, 3), keepdims=True)
what: the gradient of gamma summed over all channels of a group, though each channel has its own
source: https://github.com/Oneflow-Inc/oneflow/pull/4848
said: an implementation had gamma and beta by group where they belong to a channel
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
G = 2

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4, 3, 2)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(2, 4, 3, 2))

def normalise(x, eps=1e-5):
    N, C, H, W = x.shape
    grouped = x.reshape(N, G, -1)
    centred = grouped - grouped.mean(axis=2, keepdims=True)
    std = np.sqrt(np.mean(centred ** 2, axis=2, keepdims=True) + eps)
    return (centred / std).reshape(x.shape), std

def loss(x, gamma, beta, t):
    y = gamma * normalise(x)[0] + beta
    return np.sum(y * t + 0.5 * y ** 2)

def right(x, gamma, beta, t):
    N, C, H, W = x.shape
    x_hat, std = normalise(x)
    dout = gamma * x_hat + beta + t
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    per_group = np.sum((dout * x_hat).reshape(N, G, -1), axis=(0, 2))
    dgamma = np.sum(dout * x_hat, axis=(0, 2, 3), keepdims=True)
    g = (dout * gamma).reshape(N, G, -1)
    xg = x_hat.reshape(N, G, -1)
    dx = (g - g.mean(axis=2, keepdims=True) - xg * np.mean(g * xg, axis=2, keepdims=True)) / std
    return dx.reshape(x.shape), dgamma, dbeta

def backprop(x, gamma, beta, t):
    N, C, H, W = x.shape
    x_hat, std = normalise(x)
    dout = gamma * x_hat + beta + t
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    per_group = np.sum((dout * x_hat).reshape(N, G, -1), axis=(0, 2))
    dgamma = np.repeat(per_group, C // G).reshape(1, C, 1, 1)
    g = (dout * gamma).reshape(N, G, -1)
    xg = x_hat.reshape(N, G, -1)
    dx = (g - g.mean(axis=2, keepdims=True) - xg * np.mean(g * xg, axis=2, keepdims=True)) / std
    return dx.reshape(x.shape), dgamma, dbeta
