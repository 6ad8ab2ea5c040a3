"""The negative log-likelihood of a mixture of Gaussians.

expected kind: sign
wrong line: 45 or 46
correction 45: dev = mu[k] - X
correction 46: d_mu[k] = -resp[:, k] @ (dev / var[k])
what: the inner derivative -1 of x - mu is forgotten, so that the gradient of the means has the other sign
source: https://github.com/mlvu/mlvu.github.io/issues/4
said: on a slide, the derivative of a log-likelihood kept a minus sign since the -1 of the inner function, within the sum, had been missed
"""
import numpy as np

def joint(X, logits, mu, logsd):
    """log pi_k + log N(x | mu_k, sd_k), (N, K); each component has a diagonal covariance."""
    logpi = logits - np.log(np.sum(np.exp(logits)))
    u = (X[:, None, :] - mu) / np.exp(logsd)
    return logpi + np.sum(-0.5 * u ** 2 - logsd - 0.5 * np.log(2 * np.pi), axis=2)

def loss(X, logits, mu, logsd):
    return -np.sum(np.log(np.sum(np.exp(joint(X, logits, mu, logsd)), axis=1)))


def right(X, logits, mu, logsd):
    lp = joint(X, logits, mu, logsd)
    resp = np.exp(lp - np.log(np.exp(lp).sum(axis=1, keepdims=True)))
    var = np.exp(2 * logsd)
    pi = np.exp(logits) / np.exp(logits).sum()
    d_logits = len(X) * pi - resp.sum(axis=0)
    d_mu, d_logsd = np.zeros_like(mu), np.zeros_like(logsd)
    for k in range(len(mu)):
        dev = X - mu[k]
        d_mu[k] = -resp[:, k] @ (dev / var[k])
        d_logsd[k] = resp[:, k] @ (1 - dev ** 2 / var[k])
    return {"logits": d_logits, "mu": d_mu, "logsd": d_logsd}


def backprop(X, logits, mu, logsd):
    lp = joint(X, logits, mu, logsd)
    resp = np.exp(lp - np.log(np.exp(lp).sum(axis=1, keepdims=True)))
    var = np.exp(2 * logsd)
    pi = np.exp(logits) / np.exp(logits).sum()
    d_logits = len(X) * pi - resp.sum(axis=0)
    d_mu, d_logsd = np.zeros_like(mu), np.zeros_like(logsd)
    for k in range(len(mu)):
        dev = X - mu[k]
        d_mu[k] = resp[:, k] @ (dev / var[k])
        d_logsd[k] = resp[:, k] @ (1 - dev ** 2 / var[k])
    return {"logits": d_logits, "mu": d_mu, "logsd": d_logsd}


PARAMETERS = ["logits", "mu", "logsd"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(9, 2)), rng.normal(size=3), rng.normal(size=(3, 2)), 0.4 * rng.normal(size=(3, 2))]
