"""The derivation's sample uses exp(logvar) as the standard deviation.

expected kind: another-loss or scale
wrong line: 47
correction 47: half = 0.5
what: the forward pass of the derivation lacks the half; its backward pass fits its own forward pass
source: https://github.com/keras-team/keras/issues/3283
said: z_mean + exp(z_log_std) * epsilon should have a half in the exponent, or else the KL term needs a
    change.
"""

import numpy as np

PARAMETERS = ["Wm", "Wl", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(5, 4)), r.normal(size=(5, 2)),
        0.5 * r.normal(size=(4, 2)), 0.3 * r.normal(size=(4, 2)), r.normal(size=(2, 4)),
    ]


def loss(x, eps, Wm, Wl, Wd):
    mu, logvar = x @ Wm, x @ Wl
    z = mu + np.exp(0.5 * logvar) * eps
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return np.sum((np.tanh(z @ Wd) - x) ** 2) + kl


def right(x, eps, Wm, Wl, Wd):
    mu, half = x @ Wm, np.exp(x @ Wl / 2)
    z = mu + half * eps
    o = np.tanh(z @ Wd)
    g = 2 * (o - x) * (1 - o * o)
    dz = g @ Wd.T
    return x.T @ (dz + mu), x.T @ (dz * eps * half / 2 + (half**2 - 1) / 2), z.T @ g


def encode(x, Wm, Wl):
    return np.dot(x, Wm), np.dot(x, Wl)


def backprop(x, eps, Wm, Wl, Wd):
    z_mean, z_log = encode(x, Wm, Wl)
    half = 1.0
    z_std = np.exp(half * z_log)
    z = z_mean + z_std * eps
    x_rec = np.tanh(np.dot(z, Wd))
    d_rec = 2 * (x_rec - x) * (1 - x_rec ** 2)
    d_Wd = np.dot(z.T, d_rec)
    d_z = np.dot(d_rec, Wd.T)
    d_z_mean = d_z + z_mean
    d_z_log = d_z * eps * half * z_std - 0.5 * (1 - np.exp(z_log))
    return np.dot(x.T, d_z_mean), np.dot(x.T, d_z_log), d_Wd
