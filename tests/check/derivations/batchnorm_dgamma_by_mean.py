"""dgamma as a mean over the batch.

expected kind: mean-for-sum
wrong line: 58
correction 58: dgamma = np.sum(dout * x_, axis=0)
what: dgamma is divided by the batch
source: https://github.com/wjbKimberly/cs231n_spring_2017_assignment/issues/7
said: A reader argues that dgamma should be a mean, since with the sum it grows with the batch.
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


def batchnorm_forward(x, gamma, beta):
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    x_ = (x - mu) / np.sqrt(var + EPS)
    return gamma * x_ + beta, (x_, gamma, x - mu, var + EPS)


def batchnorm_backward(dout, cache):
    x_, gamma, x_minus_mean, var_plus_eps = cache
    N = x_.shape[0]
    dgamma = np.mean(dout * x_, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_ = dout * gamma
    dx = N * dx_ - np.sum(dx_, axis=0) - x_ * np.sum(dx_ * x_, axis=0)
    return (1.0 / N) / np.sqrt(var_plus_eps) * dx, dgamma, dbeta


def backprop(x, t, W1, gamma, beta, W2):
    out, cache = batchnorm_forward(x.dot(W1), gamma, beta)
    h = np.tanh(out)
    dscores = 2 * (h.dot(W2) - t)
    dh = dscores.dot(W2.T)
    dout = dh * (1 - h ** 2)
    da, dgamma, dbeta = batchnorm_backward(dout, cache)
    return x.T.dot(da), dgamma, dbeta, h.T.dot(dscores)
