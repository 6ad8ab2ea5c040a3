"""Layer norm over the tokens too.

expected kind: wrong-axis
wrong line: 53
correction 53: dims = (dy.ndim - 1,)
what: The means in the backward pass of a layer norm run over the tokens and the features, those of the forward pass
    over the features
source: https://github.com/flagos-ai/FlagGems/issues/5392
said: the backward pass assumes an input of two dimensions, and takes all but the first for what is normalised
"""

import numpy as np

PARAMETERS = ["E", "gamma", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)), r.normal(size=4), r.normal(size=4), r.integers(0, 6, (2, 3)), r.normal(size=(2, 3, 4))


def loss(E, gamma, beta, tokens, target):
    x = E[tokens]
    m = np.mean(x, axis=-1, keepdims=True)
    v = np.mean((x - m) ** 2, axis=-1, keepdims=True)
    y = gamma * (x - m) / np.sqrt(v + 1e-5) + beta
    return 0.5 * np.sum((y - target) ** 2)


def right(E, gamma, beta, tokens, target):
    dE, dg, db = np.zeros_like(E), np.zeros(4), np.zeros(4)
    for row, t_row in zip(tokens, target):
        for k, t in zip(row, t_row):
            c = E[k] - E[k].mean()
            s = np.sqrt((c**2).mean() + 1e-5)
            d = gamma * c / s + beta - t
            dg += d * c / s
            db += d
            w = d * gamma
            dE[k] += (w - w.mean()) / s - c * (w @ c) / (4 * s**3)
    return dE, dg, db


def layer_norm_forward(x, weight, bias, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - mean) * rstd
    return x_hat * weight + bias, (x_hat, rstd, weight)


def layer_norm_backward(dy, cache):
    x_hat, rstd, weight = cache
    dims = tuple(range(1, dy.ndim))
    dx_hat = dy * weight
    c1 = np.mean(dx_hat * x_hat, axis=dims, keepdims=True)
    c2 = np.mean(dx_hat, axis=dims, keepdims=True)
    dx = (dx_hat - (x_hat * c1 + c2)) * rstd
    return dx, (dy * x_hat).sum((0, 1)), dy.sum((0, 1))


def backprop(E, gamma, beta, tokens, target):
    y, cache = layer_norm_forward(E[tokens], gamma, beta)
    dx, dgamma, dbeta = layer_norm_backward(y - target, cache)
    dE = np.zeros(E.shape)
    np.add.at(dE, tokens, dx)
    return dE, dgamma, dbeta
