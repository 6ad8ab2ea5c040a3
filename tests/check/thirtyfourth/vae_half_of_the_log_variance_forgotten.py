"""A variational autoencoder with linear encoder and decoder, for black and white pixels.

expected kind: scale or missing-factor
wrong line: 47
correction 47: d_logvar = dz * eps * std * 0.5 + 0.5 * (np.exp(logvar) - 1) / n
what: the standard deviation is exp(logvar / 2), but the half of its derivative is missing
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(x, eps, Wm, bm, Wv, bv, Wd, bd):
    mu, logvar = x @ Wm + bm, x @ Wv + bv
    z = mu + np.exp(logvar / 2) * eps
    p = sigmoid(z @ Wd + bd)
    bce = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
    return (bce + kl) / len(x)


def right(x, eps, Wm, bm, Wv, bv, Wd, bd):
    n = len(x)
    mu, logvar = x @ Wm + bm, x @ Wv + bv
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    d_logits = (sigmoid(z @ Wd + bd) - x) / n
    dWd, dbd = z.T @ d_logits, d_logits.sum(0)
    dz = d_logits @ Wd.T
    d_mu = dz + mu / n
    d_logvar = dz * eps * std * 0.5 + 0.5 * (np.exp(logvar) - 1) / n
    return x.T @ d_mu, d_mu.sum(0), x.T @ d_logvar, d_logvar.sum(0), dWd, dbd


def backprop(x, eps, Wm, bm, Wv, bv, Wd, bd):
    n = len(x)
    mu, logvar = x @ Wm + bm, x @ Wv + bv
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    d_logits = (sigmoid(z @ Wd + bd) - x) / n
    dWd, dbd = z.T @ d_logits, d_logits.sum(0)
    dz = d_logits @ Wd.T
    d_mu = dz + mu / n
    d_logvar = dz * eps * std + 0.5 * (np.exp(logvar) - 1) / n
    return x.T @ d_mu, d_mu.sum(0), x.T @ d_logvar, d_logvar.sum(0), dWd, dbd


PARAMETERS = ["Wm", "bm", "Wv", "bv", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x = (r.random((6, 5)) > 0.5) * 1.0
    return [x, r.normal(size=(6, 2)), *(0.5 * r.normal(size=k) for k in ((5, 2), 2, (5, 2), 2, (2, 5), 5))]
