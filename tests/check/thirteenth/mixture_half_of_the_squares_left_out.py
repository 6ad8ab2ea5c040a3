"""Mixture half of the squares left out.

expected kind: scale or missing-factor
wrong line: 68
correction 68: dlogvar[k] -= resp[n, k] * (0.5 * diff**2 * precision - 0.5)
what: The distance stands in the gradient of the log of the variance without its one half
source: https://github.com/y0ast/VAE-Torch/issues/4
said: the square should be multiplied by 0.5 before the one half is taken off
"""

import numpy as np

PARAMETERS = ["logits", "mu", "logvar"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [3, (3, 2), (3, 2), (7, 2)])


def logsumexp(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))


def loss(logits, mu, logvar, x):
    log_pi = logits - logsumexp(logits, 0)
    z2 = (x[:, None, :] - mu) ** 2 / np.exp(logvar)
    log_n = -0.5 * np.sum(np.log(2 * np.pi) + logvar + z2, axis=2)
    return -np.sum(logsumexp(log_pi + log_n, 1))


def right(logits, mu, logvar, x):
    diff = x[:, np.newaxis, :] - mu[np.newaxis]
    scaled = diff / np.exp(logvar)
    log_joint = logits - 0.5 * np.sum(logvar + diff * scaled, axis=-1)
    gamma = np.exp(log_joint - logsumexp(log_joint, 1)[:, np.newaxis])
    Nk = gamma.sum(axis=0)
    pi = np.exp(logits - logsumexp(logits, 0))
    grad_logits = len(x) * pi - Nk
    grad_mu = -np.einsum("nk,nkd->kd", gamma, scaled)
    grad_logvar = 0.5 * (Nk[:, np.newaxis] - np.einsum("nk,nkd->kd", gamma, diff * scaled))
    return grad_logits, grad_mu, grad_logvar


def responsibilities(logits, mu, logvar, x):
    N, K = len(x), len(mu)
    log_joint = np.zeros((N, K))
    for k in range(K):
        d = x - mu[k]
        log_joint[:, k] = logits[k] - 0.5 * np.sum(logvar[k] + d * d * np.exp(-logvar[k]), axis=1)
    log_joint -= log_joint.max(axis=1, keepdims=True)
    resp = np.exp(log_joint)
    return resp / resp.sum(axis=1, keepdims=True)


def backprop(logits, mu, logvar, x):
    N, K = len(x), len(mu)
    resp = responsibilities(logits, mu, logvar, x)
    pi = np.exp(logits) / np.exp(logits).sum()
    dlogits = N * pi - resp.sum(axis=0)
    dmu, dlogvar = np.zeros_like(mu), np.zeros_like(logvar)
    for n in range(N):
        for k in range(K):
            diff = x[n] - mu[k]
            precision = np.exp(-logvar[k])
            dmu[k] -= resp[n, k] * precision * diff
            dlogvar[k] -= resp[n, k] * (diff**2 * precision - 0.5)
    return dlogits, dmu, dlogvar
