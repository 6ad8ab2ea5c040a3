"""Mixture log variance without its half.

expected kind: scale or missing-factor
wrong line: 59
correction 59: d_logvar += gamma * (0.5 - 0.5 * np.exp(-logvar) * (xi - mu) ** 2)
what: In the gradient of the log variance the square has lost its half
source: https://github.com/y0ast/VAE-Torch/issues/13
said: the product should be with a half, and the check of the gradient passes then
"""

import numpy as np

PARAMETERS = ["logits", "mu", "logvar"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), 0.5 * r.normal(size=3), r.normal(size=8)


def loss(logits, mu, logvar, x):
    top = np.max(logits)
    logpi = logits - top - np.log(np.sum(np.exp(logits - top)))
    logp = logpi - 0.5 * (np.log(2 * np.pi) + logvar + (x[:, None] - mu) ** 2 / np.exp(logvar))
    m = np.max(logp, axis=1)
    return -np.sum(m + np.log(np.sum(np.exp(logp - m[:, None]), axis=1)))


def responsibilities(logp):
    logp = logp - logp.max(axis=1, keepdims=True)
    r = np.exp(logp)
    return r / r.sum(axis=1, keepdims=True)


def right(logits, mu, logvar, x):
    precision = np.exp(-logvar)
    diff = x.reshape(-1, 1) - mu
    weights = np.exp(logits - np.logaddexp.reduce(logits))
    r = responsibilities(np.log(weights) - 0.5 * logvar - 0.5 * precision * diff**2)
    return {
        "logits": len(x) * weights - r.sum(axis=0),
        "mu": -np.sum(r * diff, axis=0) * precision,
        "logvar": -0.5 * np.sum(r * (precision * diff**2 - 1), axis=0),
    }


def gaussian(x, mu, logvar):
    return np.exp(-0.5 * (x - mu) ** 2 * np.exp(-logvar)) / np.sqrt(2 * np.pi * np.exp(logvar))


def backprop(logits, mu, logvar, x):
    pi = np.exp(logits) / np.exp(logits).sum()
    d_logits, d_mu, d_logvar = np.zeros(3), np.zeros(3), np.zeros(3)
    for xi in x:
        joint = pi * gaussian(xi, mu, logvar)
        gamma = joint / joint.sum()
        d_logits += pi - gamma
        d_mu += gamma * (mu - xi) * np.exp(-logvar)
        d_logvar += gamma * (0.5 - np.exp(-logvar) * (xi - mu) ** 2)
    return d_logits, d_mu, d_logvar
