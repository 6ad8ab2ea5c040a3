"""Mixture half of the dimensions.

expected kind: scale or missing-factor
wrong line: 69
correction 69: grads["log_sigma"][k] -= r[k] * (precision[k] * sq[k] - D)
what: The logarithm of the width counts half for each dimension, as that of the variance would
source: https://github.com/axelbrando/Mixture-Density-Networks-for-distribution-and-uncertainty-estimation/issues/10
said: half the dimensions times the logarithm of sigma, shouldn't it be? The asker took sigma for the variance
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


def e_step(pi, mu, sigma, X):
    N, D = X.shape
    joint = np.zeros((N, len(pi)))
    for k in range(len(pi)):
        quad = np.sum((X - mu[k]) ** 2, axis=1) / sigma[k] ** 2
        joint[:, k] = pi[k] * np.exp(-0.5 * quad) / (2 * np.pi * sigma[k] ** 2) ** (D / 2)
    return joint / joint.sum(axis=1, keepdims=True)


def right(logits, mu, log_sigma, X):
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
        dlog_sigma[k] = dsigma * sigma[k]
    return dlogits, dmu, dlog_sigma


def backprop(logits, mu, log_sigma, X):
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
            grads["log_sigma"][k] -= r[k] * (precision[k] * sq[k] - 0.5 * D)
    return {name: g / len(X) for name, g in grads.items()}
