"""gamma scales the gradient too late.

expected kind: missing-factor
wrong line: 53
correction 53: dyivar = dy * ivar * g
what: gamma is left out of the gradient of the layer's input
source: https://github.com/denizyuret/Knet.jl/issues/288
said: dy is multiplied by the scales only after dy * ivar was formed, and it is the latter that dx is computed
    from.
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 3)), r.normal(size=(6, 2)),
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(4, 2)),
    ]


def loss(x, t, W1, gamma, beta, W2):
    a = x @ W1
    mu = np.mean(a, axis=0)
    var = np.mean((a - mu) ** 2, axis=0)
    out = gamma * (a - mu) / np.sqrt(var + EPS) + beta
    return np.sum((np.tanh(out) @ W2 - t) ** 2)


def right(x, t, W1, gamma, beta, W2):
    # step by step, as a framework does it; the mean has no path through the variance, since sum(a - mu) = 0
    m = len(x)
    a = x @ W1
    mean, variance = a.mean(0), a.var(0)
    x_hat = (a - mean) / np.sqrt(variance + EPS)
    h = np.tanh(gamma * x_hat + beta)
    r = 2 * (h @ W2 - t)
    delta = r @ W2.T * (1 - h**2)
    d_hat = delta * gamma
    variance_delta = (d_hat * (a - mean)).sum(0) * -0.5 * (variance + EPS) ** -1.5
    mean_delta = (d_hat * -1 / np.sqrt(variance + EPS)).sum(0)
    da = d_hat / np.sqrt(variance + EPS) + variance_delta * 2 * (a - mean) / m + mean_delta / m
    return x.T @ da, (delta * x_hat).sum(0), delta.sum(0), h.T @ r


def batchnorm_back(g, x, dy, cache):
    mu, ivar = cache
    x_mu = x - mu
    dyivar = dy * ivar
    dg = np.sum(x_mu * dy * ivar, axis=0)
    db = np.sum(dy, axis=0)
    m = x.shape[0]
    dsigma2 = -0.5 * np.sum(dyivar * x_mu * ivar ** 2, axis=0)
    dmu = -np.sum(dyivar, axis=0) - 2 * dsigma2 * np.sum(x_mu, axis=0) / m
    dx = dyivar + dsigma2 * 2 * x_mu / m + dmu / m
    return dg, db, dx


def backprop(x, t, W1, gamma, beta, W2):
    a = x @ W1
    cache = a.mean(axis=0), 1 / np.sqrt(a.var(axis=0) + EPS)
    y = np.tanh(gamma * (a - cache[0]) * cache[1] + beta)
    dout = 2 * (y @ W2 - t)
    dW2 = y.T @ dout
    dy = (dout @ W2.T) * (1 - y * y)
    dgamma, dbeta, da = batchnorm_back(gamma, a, dy, cache)
    return x.T @ da, dgamma, dbeta, dW2
