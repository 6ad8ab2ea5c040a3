"""Vae divergence the other way.

expected kind: sign
wrong line: 65
correction 65: dlogvar = dlogvar + 0.5 * (np.exp(logvar) - 1) / N
what: The divergence's gradient for the logarithm of the variance has the other sign
source: https://github.com/Kaixhin/Autoencoders/issues/9
said: the gradient of the divergence seems to be reversed; it was a mistake
"""

import numpy as np

PARAMETERS = ["W_mu", "W_logvar", "W_dec", "b_dec"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x, eps = (r.uniform(size=(5, 4)) > 0.5) * 1.0, r.normal(size=(5, 2))
    return r.normal(size=(4, 2)), r.normal(size=(4, 2)) * 0.5, r.normal(size=(2, 4)), r.normal(size=4), x, eps


def loss(W_mu, W_logvar, W_dec, b_dec, x, eps):
    mu, logvar = x @ W_mu, x @ W_logvar
    z = mu + np.exp(0.5 * logvar) * eps
    p = 1 / (1 + np.exp(-(z @ W_dec + b_dec)))
    reconstruction = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (reconstruction + kl) / len(x)


def right(W_mu, W_logvar, W_dec, b_dec, x, eps):
    out = [np.zeros_like(w) for w in (W_mu, W_logvar, W_dec, b_dec)]
    for xi, ei in zip(x, eps):
        m, s = xi @ W_mu, np.exp(xi @ W_logvar / 2)
        z = m + s * ei
        d = 1 / (1 + np.exp(-(z @ W_dec + b_dec))) - xi
        dz = W_dec @ d
        out[0] += np.outer(xi, dz + m)
        out[1] += np.outer(xi, dz * ei * s / 2 + (s * s - 1) / 2)
        out[2] += np.outer(z, d)
        out[3] += d
    return tuple(o / len(x) for o in out)


def backprop(W_mu, W_logvar, W_dec, b_dec, x, eps):
    N = x.shape[0]
    # encoder
    mu = np.dot(x, W_mu)
    logvar = np.dot(x, W_logvar)
    std = np.exp(logvar * 0.5)
    z = mu + std * eps
    # decoder
    logits = np.dot(z, W_dec) + b_dec
    x_hat = 1.0 / (1.0 + np.exp(-logits))
    # reconstruction
    dlogits = (x_hat - x) / N
    dW_dec = np.dot(z.T, dlogits)
    db_dec = np.sum(dlogits, axis=0)
    dz = np.dot(dlogits, W_dec.T)
    # sampling
    dmu = dz
    dlogvar = dz * eps * std * 0.5
    # divergence
    dmu = dmu + mu / N
    dlogvar = dlogvar + 0.5 * (1 - np.exp(logvar)) / N
    return np.dot(x.T, dmu), np.dot(x.T, dlogvar), dW_dec, db_dec
