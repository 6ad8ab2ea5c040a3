"""Vae noise without the half.

expected kind: scale or missing-factor
wrong line: 43
correction 43: dlv_rec = dz * eps * sigma * 0.5
what: The log variance of a VAE lacks the half of exp(logvar / 2) where the noise comes in
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["mu", "logvar", "D"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(2, 4)),
        r.normal(size=(3, 4)), r.normal(size=(3, 2)),
    )


def loss(mu, logvar, D, X, eps):
    z = mu + np.exp(0.5 * logvar) * eps
    return 0.5 * np.sum((z @ D - X) ** 2) - 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))


def right(mu, logvar, D, X, eps):
    s = np.exp(logvar / 2)
    z = mu + s * eps
    e = z @ D - X
    return e @ D.T + mu, 0.5 * (e @ D.T * eps * s + s * s - 1), z.T @ e


def backprop(mu, logvar, D, X, eps):
    sigma = np.exp(0.5 * logvar)
    z = mu + sigma * eps
    err = np.dot(z, D) - X
    dD = np.dot(z.T, err)
    dz = np.dot(err, D.T)
    dmu_rec = dz
    dlv_rec = dz * eps * sigma
    dmu_kl = mu
    dlv_kl = -0.5 * (1 - np.exp(logvar))
    return dmu_rec + dmu_kl, dlv_rec + dlv_kl, dD
