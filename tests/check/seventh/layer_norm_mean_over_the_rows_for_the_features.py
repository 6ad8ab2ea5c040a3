"""Layer norm mean over the rows for the features.

expected kind: scale or wrong-axis
wrong line: 51 or 56
correction 51: dmu += dx_hat * -1 / np.sqrt(var[n] + eps) * N / D
correction 56: dx[n, d] += dmu / D
what: The gradient of the mean is divided by the number of rows, as in batch norm; the mean is one over the features
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=(3, 5))


def loss(x, gamma, beta, y):
    total = 0.0
    for row, wanted in zip(x, y):
        normal = (row - np.mean(row)) / np.sqrt(np.var(row) + 1e-5)
        total += np.sum((gamma * normal + beta - wanted) ** 2)
    return total


def right(x, gamma, beta, y):
    D = x.shape[1]
    s = np.sqrt(x.var(1, keepdims=True) + 1e-5)
    n = (x - x.mean(1, keepdims=True)) / s
    g = 2 * (gamma * n + beta - y)
    k = g * gamma
    J = np.eye(D)[None] - 1 / D - np.einsum("ni,nj->nij", n, n) / D
    return np.einsum("nij,nj->ni", J, k) / s, np.sum(g * n, 0), np.sum(g, 0)


def layernorm_backward(dout, cache):
    x, x_hat, mu, var, gamma, eps = cache
    N, D = x.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for n in range(N):
        dvar, dmu = 0.0, 0.0
        for d in range(D):
            dgamma[d] += dout[n, d] * x_hat[n, d]
            dbeta[d] += dout[n, d]
            dx_hat = dout[n, d] * gamma[d]
            dvar += dx_hat * (x[n, d] - mu[n]) * -0.5 * (var[n] + eps) ** -1.5
            dmu += dx_hat * -1 / np.sqrt(var[n] + eps)
        for d in range(D):
            dx_hat = dout[n, d] * gamma[d]
            dx[n, d] += dx_hat / np.sqrt(var[n] + eps)
            dx[n, d] += dvar * 2 * (x[n, d] - mu[n]) / D
            dx[n, d] += dmu / N
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, y):
    N, D = x.shape
    eps = 1e-5
    mu, var = np.zeros(N), np.zeros(N)
    x_hat, out = np.zeros((N, D)), np.zeros((N, D))
    for n in range(N):
        for d in range(D):
            mu[n] += x[n, d] / D
        for d in range(D):
            var[n] += (x[n, d] - mu[n]) ** 2 / D
        for d in range(D):
            x_hat[n, d] = (x[n, d] - mu[n]) / np.sqrt(var[n] + eps)
            out[n, d] = gamma[d] * x_hat[n, d] + beta[d]
    dout = 2 * (out - y)
    return layernorm_backward(dout, (x, x_hat, mu, var, gamma, eps))
