"""Layer norm gain of what wasnt normalised.

expected kind: wrong-point
wrong line: 46
correction 46: dgamma[d] += grad_out[n, d] * xnorm[n, d]
what: The gradient of the gain is made of the input as it came and not of the normalised one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=(4, 3))


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


def ln_backward(grad_out, cache):
    x, xnorm, mean, var, gamma, eps = cache
    N, D = x.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for n in range(N):
        dvar, dmean = 0.0, 0.0
        for d in range(D):
            dgamma[d] += grad_out[n, d] * x[n, d]
            dbeta[d] += grad_out[n, d]
            dxnorm = grad_out[n, d] * gamma[d]
            dvar += dxnorm * (x[n, d] - mean[n]) * -0.5 * (var[n] + eps) ** -1.5
            dmean += dxnorm * -1 / np.sqrt(var[n] + eps)
        for d in range(D):
            dxnorm = grad_out[n, d] * gamma[d]
            dx[n, d] += dxnorm / np.sqrt(var[n] + eps)
            dx[n, d] += dvar * 2 * (x[n, d] - mean[n]) / D
            dx[n, d] += dmean / D
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, y):
    N, D = x.shape
    eps = 1e-5
    mean, var = np.zeros(N), np.zeros(N)
    xnorm, out = np.zeros((N, D)), np.zeros((N, D))
    for n in range(N):
        for d in range(D):
            mean[n] += x[n, d] / D
        for d in range(D):
            var[n] += (x[n, d] - mean[n]) ** 2 / D
        for d in range(D):
            xnorm[n, d] = (x[n, d] - mean[n]) / np.sqrt(var[n] + eps)
            out[n, d] = gamma[d] * xnorm[n, d] + beta[d]
    grad_out = 2 * (out - y)
    return ln_backward(grad_out, (x, xnorm, mean, var, gamma, eps))
