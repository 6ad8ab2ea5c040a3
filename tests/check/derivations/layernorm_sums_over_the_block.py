"""Two sums over a whole block where each row needs its own.

expected kind: wrong-axis
wrong line: 44 and 45
correction 44: dx_2 = np.sum(dx_hat, axis=1, keepdims=True) / n
correction 45: dx_3 = np.sum(dx_hat * x_hat, axis=1, keepdims=True) / n
what: the means over the features are taken over the rows too
source: https://github.com/flagos-ai/FlagGems/pull/59
said: The backward kernel is wrong for more than one row per block: both sums lack axis=1 and keepdims.
"""

import numpy as np

PARAMETERS = ["x", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=(4, 5))]


def loss(x, w, b, t):
    mean = np.mean(x, axis=1, keepdims=True)
    rstd = 1 / np.sqrt(np.mean((x - mean) ** 2, axis=1, keepdims=True) + 1e-5)
    return np.sum(np.tanh((x - mean) * rstd * w + b) * t)


def right(x, w, b, t):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for i in range(len(x)):
        rstd = 1 / np.sqrt(x[i].var() + 1e-5)
        norm = (x[i] - x[i].mean()) * rstd
        g = t[i] * (1 - np.tanh(norm * w + b) ** 2)
        dnorm = g * w
        db += g
        dw += g * norm
        dx[i] = rstd * (dnorm - dnorm.mean() - norm * (dnorm * norm).mean())
    return dx, dw, db


def layer_norm_backward(dy, x_hat, rstd, w):
    dx_hat = dy * w
    n = x_hat.shape[1]
    dx_2 = np.sum(dx_hat) / n
    dx_3 = np.sum(dx_hat * x_hat) / n
    return rstd * (dx_hat - dx_2 - x_hat * dx_3)


def backprop(x, w, b, t):
    mean = x.mean(axis=1, keepdims=True)
    rstd = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    x_hat = (x - mean) * rstd
    y = np.tanh(x_hat * w + b)
    dy = t * (1 - y * y)
    return layer_norm_backward(dy, x_hat, rstd, w), (dy * x_hat).sum(axis=0), dy.sum(axis=0)
