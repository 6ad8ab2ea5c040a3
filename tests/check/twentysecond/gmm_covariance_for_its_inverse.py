"""Gmm covariance for its inverse.

expected kind: wrong-point
wrong line: 69
correction 69: d_mu = -pull * prec[:, None]
what: The pull on the means is multiplied by the variance where the inverse belongs
source: https://github.com/ctgk/PRML/issues/29
said: in the mixture of Gaussians the distance should be taken with the inverse of the covariance, not with the covariance
"""

import numpy as np

PARAMETERS = ["logits", "mu", "log_sigma"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=3) * 0.4 + 0.2, 1.5 * rng.normal(size=(10, 2))


def loss(logits, mu, log_sigma, x):
    log_pi = logits - np.log(np.sum(np.exp(logits)))
    sq = np.sum((x[:, None, :] - mu) ** 2, axis=2)
    log_n = -0.5 * sq / np.exp(2 * log_sigma) - 2 * log_sigma - np.log(2 * np.pi)
    return -np.mean(np.log(np.sum(np.exp(log_pi + log_n), axis=1)))


def log_normal(point, centre, log_s):
    gap = sum((p - c) ** 2 for p, c in zip(point, centre))
    return -0.5 * gap * np.exp(-2 * log_s) - len(point) * (log_s + 0.5 * np.log(2 * np.pi)), gap


def right(logits, mu, log_sigma, x):
    K, D = mu.shape
    weights = np.exp(logits) / np.exp(logits).sum()
    g = [np.zeros(K), np.zeros((K, D)), np.zeros(K)]
    for point in x:
        parts, gaps = np.zeros(K), np.zeros(K)
        for k in range(K):
            value, gaps[k] = log_normal(point, mu[k], log_sigma[k])
            parts[k] = np.log(weights[k]) + value
        r = np.exp(parts - parts.max())
        r = r / r.sum()
        for k in range(K):
            inv = np.exp(-2 * log_sigma[k])
            g[0][k] -= r[k] - weights[k]
            g[1][k] -= r[k] * inv * (point - mu[k])
            g[2][k] -= r[k] * (gaps[k] * inv - D)
    return tuple(part / len(x) for part in g)


def e_step(pi, mu, var, x):
    """Return the responsibilities of the components for the points."""
    diff = x[:, None, :] - mu[None, :, :]
    sq = np.einsum("nkd,nkd->nk", diff, diff)
    joint = pi * np.exp(-0.5 * sq / var) / (2 * np.pi * var)
    return joint / joint.sum(axis=1, keepdims=True), diff, sq


def backprop(logits, mu, log_sigma, x):
    n, dim = x.shape
    pi = np.exp(logits - logits.max())
    pi /= pi.sum()
    var = np.exp(2 * log_sigma)
    prec = 1 / var
    resp, diff, sq = e_step(pi, mu, var, x)
    d_logits = pi - resp.mean(axis=0)
    pull = np.einsum("nk,nkd->kd", resp, diff) / n
    d_mu = -pull * var[:, None]
    d_log_sigma = np.sum(resp * (dim - sq * prec), axis=0) / n
    return d_logits, d_mu, d_log_sigma
