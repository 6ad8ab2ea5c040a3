"""Batch normalisation in stages, as the paper has it.

expected kind: wrong-point + missing-factor or wrong-point + wrong-activation or wrong-point + wrong-point or
    missing-factor + missing-factor or missing-factor + wrong-activation or missing-factor + wrong-point or
    stale-value + missing-factor or stale-value + wrong-activation or stale-value + wrong-point
wrong line: 43 and 45
correction 43: dgamma = np.sum(dout * x_hat, axis=0)
correction 45: dvar = np.sum(dx_hat * x_mu, axis=0) * -0.5 * (var + eps) ** -1.5
what: the gradient of gamma takes the centred values that aren't divided by the deviation, and that of the variance
    has the power -1/2 for -3/2
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
eps = 1e-4

def data(seed=0):
    rng = np.random.default_rng(seed)
    return 2 * rng.normal(size=(7, 4)) + 1, rng.normal(size=4), rng.normal(size=4), rng.normal(size=(7, 4))

def loss(x, gamma, beta, weights):
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    return np.sum(weights * np.tanh(gamma * x_hat + beta))

def right(x, gamma, beta, weights):
    s = np.sqrt(x.var(0) + eps)
    xh = (x - x.mean(0)) / s
    d = weights * (1 - np.tanh(gamma * xh + beta) ** 2)
    g = gamma * d
    return (g - g.mean(0) - xh * (g * xh).mean(0)) / s, (d * xh).sum(0), d.sum(0)

def backprop(x, gamma, beta, weights):
    m = x.shape[0]
    mu = np.mean(x, axis=0)
    x_mu = x - mu
    var = np.mean(x_mu ** 2, axis=0)
    x_hat = x_mu / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    dout = weights * (1 - np.tanh(out) ** 2)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_mu, axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * x_mu, axis=0) * -0.5 * (var + eps) ** -0.5
    dmu = -np.sum(dx_hat / np.sqrt(var + eps), axis=0)
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * x_mu / m + dmu / m
    return dx, dgamma, dbeta
