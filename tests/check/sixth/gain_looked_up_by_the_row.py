"""Gain looked up by the row.

expected kind: wrong-point or wrong-axis
wrong line: 57 or 58
correction 57: val = (out[r, c] - beta[c]) / gamma[c]
correction 58: dgamma[c] += out_grad[r, c] * xhat[r, c]
what: The normalised input is made again from the output with the gain and offset of the row's number
source: https://github.com/deepspeedai/DeepSpeed/pull/692
said: gamma and beta were read at the index of the row instead of that of the hidden dimension, which gave a wrong
    gradient of gamma
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), 1 + r.uniform(0, 1, 5), r.normal(size=5), r.normal(size=(4, 5))


def loss(x, gamma, beta, target):
    c = x - np.mean(x, axis=1, keepdims=True)
    std = np.sqrt(np.mean(c ** 2, axis=1, keepdims=True) + 1e-6)
    return 0.5 * np.sum((gamma * c / std + beta - target) ** 2)


def right(x, gamma, beta, target):
    c = x - x.mean(1, keepdims=True)
    std = np.sqrt((c**2).mean(1, keepdims=True) + 1e-6)
    n = c / std
    e = gamma * n + beta - target
    g = e * gamma
    return (g - g.mean(1, keepdims=True) - n * (g * n).mean(1, keepdims=True)) / std, (e * n).sum(0), e.sum(0)


def norm_forward(x, gamma, beta):
    mean = x.mean(axis=1)
    rstd = 1.0 / np.sqrt(x.var(axis=1) + 1e-6)
    out = np.empty_like(x)
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            out[r, c] = gamma[c] * (x[r, c] - mean[r]) * rstd[r] + beta[c]
    return out, rstd


def norm_backward_invertible(out_grad, out, rstd, gamma, beta):
    rows, hidden = out.shape
    dgamma, dbeta = np.zeros(hidden), np.zeros(hidden)
    xhat = np.zeros((rows, hidden))
    for r in range(rows):
        for c in range(hidden):
            xhat[r, c] = (out[r, c] - beta[c]) / gamma[c]
    for r in range(rows):
        for c in range(hidden):
            val = (out[r, c] - beta[r]) / gamma[r]
            dgamma[c] += out_grad[r, c] * val
            dbeta[c] += out_grad[r, c]
    g = out_grad * gamma
    dx = rstd[:, None] * (g - g.mean(1)[:, None] - xhat * (g * xhat).mean(1)[:, None])
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, target):
    out, rstd = norm_forward(x, gamma, beta)
    return norm_backward_invertible(out - target, out, rstd, gamma, beta)
