"""Arrays means and log deviations exchanged.

expected kind: wrong-parameter
wrong line: 47
correction 47: return dlogits, dmu, dlog_sigma
given as: arrays
what: The gradients of the means and of the log deviations of a mixture are handed back in each other's place
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["logits", "mu", "log_sigma"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), r.normal(size=3) * 0.3, r.normal(size=9)


def loss(logits, mu, log_sigma, x):
    log_pi = logits - np.log(np.sum(np.exp(logits)))
    z = (x[:, None] - mu) / np.exp(log_sigma)
    return -np.mean(np.log(np.sum(np.exp(log_pi - log_sigma - 0.5 * z**2), axis=1)))


def right(logits, mu, log_sigma, x):
    p = np.exp(logits) / np.exp(logits).sum()
    z = (x[:, None] - mu) * np.exp(-log_sigma)
    q = p * np.exp(-log_sigma - z * z / 2)
    q /= q.sum(1, keepdims=True)
    return p - q.mean(0), -(q * z).mean(0) / np.exp(log_sigma), (q * (1 - z * z)).mean(0)


def backprop(logits, mu, log_sigma, x):
    N = len(x)
    pi = np.exp(logits - logits.max())
    pi /= pi.sum()
    sigma = np.exp(log_sigma)
    diff = x[:, None] - mu
    dens = pi * np.exp(-0.5 * (diff / sigma) ** 2) / sigma
    resp = dens / dens.sum(axis=1, keepdims=True)
    dlogits = pi - resp.sum(axis=0) / N
    dmu = -(resp * diff / sigma**2).sum(axis=0) / N
    dlog_sigma = (resp * (1 - (diff / sigma) ** 2)).sum(axis=0) / N
    return dlogits, dlog_sigma, dmu
