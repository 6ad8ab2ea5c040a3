"""A linear variational autoencoder with two mistakes

expected kind: scale + sum-for-mean or missing-factor + sum-for-mean or scale + scale
wrong line: 43 and 44
correction 43: d_mu = dz + mu / B
correction 44: d_lv = dz * noise * std * 0.5 + 0.5 * (std ** 2 - 1) / B
what: the one half in exp(logvar / 2) isn't differentiated; the KL divergence's gradient by the mean isn't divided by the batch
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wmu", "Wlv", "Wdec"]


def loss(x, noise, Wmu, Wlv, Wdec):
    mu, lv = x @ Wmu, x @ Wlv
    rec = (mu + noise * np.exp(lv / 2)) @ Wdec
    mse = np.mean(np.sum((rec - x) ** 2, axis=1))
    kl = np.mean(0.5 * np.sum(mu ** 2 + np.exp(lv) - lv - 1, axis=1))
    return mse + kl


def right(x, noise, Wmu, Wlv, Wdec):
    B = len(x)
    mu, lv = x @ Wmu, x @ Wlv
    std = np.exp(lv / 2)
    z = mu + noise * std
    d_rec = 2 * (z @ Wdec - x) / B
    dz = d_rec @ Wdec.T
    d_mu = dz + mu / B
    d_lv = dz * noise * std * 0.5 + 0.5 * (std ** 2 - 1) / B
    return {"Wmu": x.T @ d_mu, "Wlv": x.T @ d_lv, "Wdec": z.T @ d_rec}


def backprop(x, noise, Wmu, Wlv, Wdec):
    B = len(x)
    mu, lv = x @ Wmu, x @ Wlv
    std = np.exp(lv / 2)
    z = mu + noise * std
    d_rec = 2 * (z @ Wdec - x) / B
    dz = d_rec @ Wdec.T
    d_mu = dz + mu
    d_lv = dz * noise * std + 0.5 * (std ** 2 - 1) / B
    return {"Wmu": x.T @ d_mu, "Wlv": x.T @ d_lv, "Wdec": z.T @ d_rec}


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 4)), rng.normal(size=(6, 2)), rng.normal(size=(4, 2)), rng.normal(size=(4, 2)) * 0.4,
            rng.normal(size=(2, 4))]
