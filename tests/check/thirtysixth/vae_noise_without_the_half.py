"""A variational autoencoder.

expected kind: scale or missing-factor
wrong line: 54
correction 54: dlogvar = 0.5 * dz * eps * std
what: the standard deviation is exp(logvar / 2); the half is forgotten where the noise comes back
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

def encode(x, W1, Wmu, Wlv):
    h = np.tanh(x @ W1)
    return h, h @ Wmu, h @ Wlv

def loss(x, eps, W1, Wmu, Wlv, Wd, bd):
    h, mu, logvar = encode(x, W1, Wmu, Wlv)
    z = mu + np.exp(0.5 * logvar) * eps
    xhat = sig(z @ Wd + bd)
    bce = -np.sum(x * np.log(xhat) + (1 - x) * np.log(1 - xhat))
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
    return (bce + kl) / len(x)


def right(x, eps, W1, Wmu, Wlv, Wd, bd):
    m = len(x)
    h, mu, logvar = encode(x, W1, Wmu, Wlv)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    dlogits = (sig(z @ Wd + bd) - x) / m
    dWd, dbd = z.T @ dlogits, dlogits.sum(axis=0)
    dz = dlogits @ Wd.T
    dmu = dz + mu / m
    dlogvar = 0.5 * dz * eps * std
    dlogvar += 0.5 * (np.exp(logvar) - 1) / m
    dWmu, dWlv = h.T @ dmu, h.T @ dlogvar
    dh = dmu @ Wmu.T + dlogvar @ Wlv.T
    dW1 = x.T @ (dh * (1 - h ** 2))
    return dW1, dWmu, dWlv, dWd, dbd


def backprop(x, eps, W1, Wmu, Wlv, Wd, bd):
    m = len(x)
    h, mu, logvar = encode(x, W1, Wmu, Wlv)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    dlogits = (sig(z @ Wd + bd) - x) / m
    dWd, dbd = z.T @ dlogits, dlogits.sum(axis=0)
    dz = dlogits @ Wd.T
    dmu = dz + mu / m
    dlogvar = dz * eps * std
    dlogvar += 0.5 * (np.exp(logvar) - 1) / m
    dWmu, dWlv = h.T @ dmu, h.T @ dlogvar
    dh = dmu @ Wmu.T + dlogvar @ Wlv.T
    dW1 = x.T @ (dh * (1 - h ** 2))
    return dW1, dWmu, dWlv, dWd, dbd


PARAMETERS = ["W1", "Wmu", "Wlv", "Wd", "bd"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    sizes = [(5, 4), (4, 2), (4, 2), (2, 5), (5,)]
    return [rng.random((6, 5)), rng.normal(size=(6, 2)), *(0.6 * rng.normal(size=s) for s in sizes)]
