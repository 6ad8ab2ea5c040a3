"""Combined instance norm axis and gain mean.

expected kind: wrong-axis + mean-for-sum
wrong line: 46 and 48
correction 46: dgamma = (dy * x_hat).sum(axis=2).sum(axis=0)
correction 48: mean_d = dx_hat.mean(axis=2, keepdims=True)
what: The mean of the gradient is taken over images and places, not over the places of each image; the gain gets a
    mean over images
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "gamma"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2, 4)), r.normal(size=2), r.normal(size=(3, 2, 4))


def loss(x, gamma, t):
    c = x - np.mean(x, axis=2, keepdims=True)
    y = gamma[:, None] * c / np.sqrt(np.mean(c**2, axis=2, keepdims=True) + 1e-3)
    return np.sum((y - t) ** 2)


def right(x, gamma, t):
    G, g = np.zeros_like(x), np.zeros_like(gamma)
    for n in range(3):
        for c in range(2):
            s = np.sqrt(x[n, c].var() + 1e-3)
            u = (x[n, c] - x[n, c].mean()) / s
            d = 2 * (gamma[c] * u - t[n, c])
            g[c] += d @ u
            G[n, c] = gamma[c] / s * (d - d.mean() - u * np.mean(d * u))
    return G, g


def backprop(x, gamma, t):
    mu = x.mean(axis=2, keepdims=True)
    inv_std = 1 / np.sqrt(x.var(axis=2, keepdims=True) + 1e-3)
    x_hat = (x - mu) * inv_std
    dy = 2 * (gamma[None, :, None] * x_hat - t)
    dgamma = (dy * x_hat).sum(axis=2).mean(axis=0)
    dx_hat = dy * gamma[None, :, None]
    mean_d = dx_hat.mean(axis=(0, 2), keepdims=True)
    mean_dx = (dx_hat * x_hat).mean(axis=2, keepdims=True)
    dx = inv_std * (dx_hat - mean_d - x_hat * mean_dx)
    return dx, dgamma
