"""Vae half forgotten in the deviation.

expected kind: missing-factor or scale
wrong line: 64 or 67
correction 64: dlog_var = dz * eps * sigma * 0.5
correction 67: dlog_var = 0.5 * dlog_var + 0.5 * (np.exp(log_var) - 1) / N
what: The deviation is the exponential of half the logarithm of the variance, and the half is missing in its
    derivative
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W_mu", "W_lv", "W_dec", "b_dec"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x, eps = (r.uniform(size=(6, 3)) > 0.5) * 1.0, r.normal(size=(6, 2))
    return r.normal(size=(3, 2)), r.normal(size=(3, 2)) * 0.5, r.normal(size=(2, 3)), r.normal(size=3), x, eps


def loss(W_mu, W_lv, W_dec, b_dec, x, eps):
    mu, log_var = x @ W_mu, x @ W_lv
    z = mu + np.exp(0.5 * log_var) * eps
    p = 1 / (1 + np.exp(-(z @ W_dec + b_dec)))
    reconstruction = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    kl = -0.5 * np.sum(1 + log_var - mu**2 - np.exp(log_var))
    return (reconstruction + kl) / len(x)


def right(W_mu, W_lv, W_dec, b_dec, x, eps):
    out = [np.zeros_like(w) for w in (W_mu, W_lv, W_dec, b_dec)]
    for xi, ei in zip(x, eps):
        m, s = xi @ W_mu, np.exp(xi @ W_lv / 2)
        z = m + s * ei
        d = 1 / (1 + np.exp(-(z @ W_dec + b_dec))) - xi
        dz = W_dec @ d
        out[0] += np.outer(xi, dz + m)
        out[1] += np.outer(xi, dz * ei * s / 2 + (s * s - 1) / 2)
        out[2] += np.outer(z, d)
        out[3] += d
    return tuple(o / len(x) for o in out)


def backprop(W_mu, W_lv, W_dec, b_dec, x, eps):
    N = x.shape[0]
    # encoder
    mu = np.dot(x, W_mu)
    log_var = np.dot(x, W_lv)
    sigma = np.exp(log_var * 0.5)
    z = mu + sigma * eps
    # decoder
    logits = np.dot(z, W_dec) + b_dec
    recon = 1.0 / (1.0 + np.exp(-logits))
    # reconstruction
    dout = (recon - x) / N
    dW_dec = np.dot(z.T, dout)
    db_dec = np.sum(dout, axis=0)
    dz = np.dot(dout, W_dec.T)
    # sampling
    dmu = dz
    dlog_var = dz * eps * sigma
    # divergence
    dmu = dmu + mu / N
    dlog_var = dlog_var + 0.5 * (np.exp(log_var) - 1) / N
    return np.dot(x.T, dmu), np.dot(x.T, dlog_var), dW_dec, db_dec
