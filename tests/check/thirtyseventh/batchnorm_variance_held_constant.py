"""Batchnorm variance held constant.

expected kind: detached or missing-term
wrong line: 48
correction 48: dx = dx_hat / std + dmu / N - (x - mu) * np.sum(dx_hat * (x - mu), axis=0) / (N * std ** 3)
what: nothing goes back through the variance
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 4)) * 2, r.normal(size=4), r.normal(size=4), r.normal(size=(7, 4))

def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mu = np.mean(x, axis=0)
    var = np.mean((x - mu) ** 2, axis=0)
    x_hat = (x - mu) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x, mu, var, x_hat, gamma, eps)

def loss(x, gamma, beta, t):
    out, _ = batchnorm_forward(x, gamma, beta)
    return np.sum(np.sin(out) * t)

def right(x, gamma, beta, t):
    out, (x, mu, var, x_hat, gamma, eps) = batchnorm_forward(x, gamma, beta)
    N = x.shape[0]
    dout = np.cos(out) * t
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    std = np.sqrt(var + eps)
    dx_hat = dout * gamma
    dmu = -np.sum(dx_hat / std, axis=0)
    dx = dx_hat / std + dmu / N - (x - mu) * np.sum(dx_hat * (x - mu), axis=0) / (N * std ** 3)
    return dx, dgamma, dbeta

def backprop(x, gamma, beta, t):
    out, (x, mu, var, x_hat, gamma, eps) = batchnorm_forward(x, gamma, beta)
    N = x.shape[0]
    dout = np.cos(out) * t
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    std = np.sqrt(var + eps)
    dx_hat = dout * gamma
    dmu = -np.sum(dx_hat / std, axis=0)
    dx = dx_hat / std + dmu / N
    return dx, dgamma, dbeta
