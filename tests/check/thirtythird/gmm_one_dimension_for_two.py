"""A Gaussian mixture's negative log-likelihood: means, log-sigmas, mixing logits.

expected kind: missing-factor or scale or missing-term
wrong line: 45
correction 45: dls = np.sum(r * (x.shape[1] - sq / var), axis=0)
what: the term of the normalising constant is that of one dimension; the points have two
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def log_joint(x, mu, log_sigma, logits):
    D = x.shape[1]
    log_pi = logits - np.log(np.sum(np.exp(logits)))
    sq = np.sum((x[:, None, :] - mu) ** 2, axis=2)
    return log_pi - D * (log_sigma + 0.5 * np.log(2 * np.pi)) - 0.5 * sq / np.exp(2 * log_sigma)


def loss(x, mu, log_sigma, logits):
    return -np.sum(np.log(np.sum(np.exp(log_joint(x, mu, log_sigma, logits)), axis=1)))


def right(x, mu, log_sigma, logits):
    lp = log_joint(x, mu, log_sigma, logits)
    r = np.exp(lp - np.log(np.sum(np.exp(lp), axis=1, keepdims=True)))
    var = np.exp(2 * log_sigma)
    diff = x[:, None, :] - mu
    sq = np.sum(diff**2, axis=2)
    pi = np.exp(logits) / np.sum(np.exp(logits))
    dmu = -np.sum((r / var)[:, :, None] * diff, axis=0)
    dls = np.sum(r * (x.shape[1] - sq / var), axis=0)
    dlogits = np.sum(r.sum(axis=1, keepdims=True) * pi - r, axis=0)
    return {"mu": dmu, "log_sigma": dls, "logits": dlogits}


def backprop(x, mu, log_sigma, logits):
    lp = log_joint(x, mu, log_sigma, logits)
    r = np.exp(lp - np.log(np.sum(np.exp(lp), axis=1, keepdims=True)))
    var = np.exp(2 * log_sigma)
    diff = x[:, None, :] - mu
    sq = np.sum(diff**2, axis=2)
    pi = np.exp(logits) / np.sum(np.exp(logits))
    dmu = -np.sum((r / var)[:, :, None] * diff, axis=0)
    dls = np.sum(r * (1 - sq / var), axis=0)
    dlogits = np.sum(r.sum(axis=1, keepdims=True) * pi - r, axis=0)
    return {"mu": dmu, "log_sigma": dls, "logits": dlogits}


PARAMETERS = ["mu", "log_sigma", "logits"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return [g.normal(size=(8, 2)), g.normal(size=(3, 2)), 0.3 * g.normal(size=3), g.normal(size=3)]
