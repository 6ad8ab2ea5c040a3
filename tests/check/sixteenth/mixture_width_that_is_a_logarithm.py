"""Mixture width that is a logarithm.

expected kind: missing-factor
wrong line: 70 or 71 or 72
correction 70: dsigma = gamma[:, k].dot(D - square / sigma[k] ** 2) / N
correction 71: dlog_sigma[k] = dsigma * sigma[k]
correction 72: return dlogits, dmu, dlog_sigma * sigma
what: The parameter is the logarithm of the width; the gradient is that of the width itself
source: https://github.com/alan-turing-institute/stat-fem/issues/35
said: a factor of the parameter is missing, since it is on a logarithmic scale
"""

import numpy as np

PARAMETERS = ["logits", "mu", "log_sigma"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(3, 2)), 0.5 * r.normal(size=3), r.normal(size=(7, 2))


def loss(logits, mu, log_sigma, X):
    D = X.shape[1]
    distance = np.sum((X[:, None, :] - mu) ** 2, axis=2)
    log_pi = logits - np.log(np.sum(np.exp(logits)))
    log_normal = -0.5 * distance / np.exp(2 * log_sigma) - D * log_sigma - 0.5 * D * np.log(2 * np.pi)
    return -np.mean(np.log(np.sum(np.exp(log_pi + log_normal), axis=1)))


def right(logits, mu, log_sigma, X):
    grads = {"logits": np.zeros_like(logits), "mu": np.zeros_like(mu), "log_sigma": np.zeros_like(log_sigma)}
    K, D = mu.shape
    log_pi = logits - np.log(np.exp(logits).sum())
    precision = np.exp(-2 * log_sigma)
    for x in X:
        d = x - mu
        sq = np.einsum("kd,kd->k", d, d)
        score = log_pi - 0.5 * precision * sq - D * log_sigma
        r = np.exp(score - score.max())
        r = r / r.sum()
        grads["logits"] -= r - np.exp(log_pi)
        grads["mu"] -= (r * precision)[:, None] * d
        for k in range(K):
            grads["log_sigma"][k] -= r[k] * (precision[k] * sq[k] - D)
    return {name: g / len(X) for name, g in grads.items()}


def e_step(pi, mu, sigma, X):
    N, D = X.shape
    joint = np.zeros((N, len(pi)))
    for k in range(len(pi)):
        quad = np.sum((X - mu[k]) ** 2, axis=1) / sigma[k] ** 2
        joint[:, k] = pi[k] * np.exp(-0.5 * quad) / (2 * np.pi * sigma[k] ** 2) ** (D / 2)
    return joint / joint.sum(axis=1, keepdims=True)


def backprop(logits, mu, log_sigma, X):
    N, D = X.shape
    pi = np.exp(logits - logits.max())
    pi /= pi.sum()
    sigma = np.exp(log_sigma)
    gamma = e_step(pi, mu, sigma, X)
    dlogits = pi - gamma.mean(axis=0)
    dmu, dlog_sigma = np.zeros_like(mu), np.zeros_like(log_sigma)
    for k in range(len(pi)):
        diff = X - mu[k]
        dmu[k] = -gamma[:, k].dot(diff) / sigma[k] ** 2 / N
        square = np.sum(diff**2, axis=1)
        dsigma = gamma[:, k].dot(D / sigma[k] - square / sigma[k] ** 3) / N
        dlog_sigma[k] = dsigma
    return dlogits, dmu, dlog_sigma
