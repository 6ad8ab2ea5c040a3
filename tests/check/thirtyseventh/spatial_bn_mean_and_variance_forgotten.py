"""Spatial bn mean and variance forgotten.

expected kind: detached or missing-term or detached + detached or missing-term + missing-term
wrong line: 45
correction 45: dx = rstd * (g - g.mean(axis=axes, keepdims=True) - x_norm * (g * x_norm).mean(axis=axes, keepdims=True))
what: neither the mean's nor the variance's part in the gradient of the input
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 2, 3, 4)), rng.normal(size=2), rng.normal(size=2), rng.normal(size=(3, 2, 3, 4))

def stats(x):
    axes = (0, 2, 3)
    return x.mean(axis=axes, keepdims=True), 1 / np.sqrt(x.var(axis=axes, keepdims=True) + 1e-5)

def loss(x, gamma, beta, w):
    mean, rstd = stats(x)
    y = gamma.reshape(1, -1, 1, 1) * (x - mean) * rstd + beta.reshape(1, -1, 1, 1)
    return np.sum(w * y)

def right(x, gamma, beta, w):
    axes = (0, 2, 3)
    mean, rstd = stats(x)
    x_norm = (x - mean) * rstd
    dbeta = w.sum(axis=axes)
    dgamma = (w * x_norm).sum(axis=axes)
    g = w * gamma.reshape(1, -1, 1, 1)
    dx = rstd * (g - g.mean(axis=axes, keepdims=True) - x_norm * (g * x_norm).mean(axis=axes, keepdims=True))
    return {"x": dx, "gamma": dgamma, "beta": dbeta}

def backprop(x, gamma, beta, w):
    axes = (0, 2, 3)
    mean, rstd = stats(x)
    x_norm = (x - mean) * rstd
    dbeta = w.sum(axis=axes)
    dgamma = (w * x_norm).sum(axis=axes)
    g = w * gamma.reshape(1, -1, 1, 1)
    dx = g * rstd
    return {"x": dx, "gamma": dgamma, "beta": dbeta}
