"""The mixing weights go through the diagonal of the softmax's Jacobian.

expected kind: diagonal-jacobian
wrong line: 46
correction 46: return pi * (dpi - np.sum(dpi * pi))
what: the elements of the softmax's Jacobian beside the diagonal are missing
source: https://github.com/nlmixr2/nlmixr2est/pull/1054
said: The responsibilities were chained through the diagonal only, which happens to be right for two
    components and is wrong from three on.
"""

import numpy as np

PARAMETERS = ["logits", "mu", "sigma"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=9), r.normal(size=3), r.normal(size=3), r.uniform(0.5, 1.5, size=3)]


def loss(x, logits, mu, sigma):
    w = np.exp(logits) / np.sum(np.exp(logits))
    density = w / sigma * np.exp(-0.5 * ((x[:, None] - mu) / sigma) ** 2)
    return -np.sum(np.log(np.sum(density, axis=1)))


def right(x, logits, mu, sigma):
    w = np.exp(logits) / np.exp(logits).sum()
    u = (x[:, None] - mu) / sigma
    gamma = w / sigma * np.exp(-0.5 * u**2)
    gamma /= gamma.sum(1, keepdims=True)
    return len(x) * w - gamma.sum(0), -(gamma * u / sigma).sum(0), (gamma * (1 - u**2) / sigma).sum(0)


def responsibilities(x, weights, mu, sigma):
    rows = []
    for point in x:
        row = [w / s * np.exp(-((point - m) ** 2) / (2 * s * s)) for w, m, s in zip(weights, mu, sigma)]
        rows.append([v / sum(row) for v in row])
    return np.array(rows)


def mix_grad(r, pi):
    dpi = -r.sum(axis=0) / pi
    return dpi * pi * (1 - pi)


def backprop(x, logits, mu, sigma):
    pi = np.exp(logits - logits.max())
    pi = pi / pi.sum()
    r = responsibilities(x, pi, mu, sigma)
    centred = x[:, None] - mu[None, :]
    dmu = -np.sum(r * centred, axis=0) / sigma ** 2
    dsigma = np.sum(r / sigma, axis=0) - np.sum(r * centred ** 2, axis=0) / sigma ** 3
    return mix_grad(r, pi), dmu, dsigma
