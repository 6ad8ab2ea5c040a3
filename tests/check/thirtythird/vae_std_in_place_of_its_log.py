"""A variational autoencoder, Gaussian latent and Bernoulli output, the encoder gives the log of the standard deviation.

expected kind: wrong-point
wrong line: 48
correction 48: kl_mu, kl_ls = mu, np.exp(2 * log_std) - 1
what: in the divergence the standard deviation stands where its log belongs, so that the exponential is taken twice
source: https://github.com/yimutianyang/SIGIR23-VGCL/issues/3
said: In the divergence of a variational model the standard deviation was used as if it were its log.
"""
import numpy as np


def loss(x, eps, W, Wm, Ws, Wd, bd):
    h = np.tanh(x @ W)
    mu, log_std = h @ Wm, h @ Ws
    z = mu + np.exp(log_std) * eps
    logits = z @ Wd + bd
    bce = np.sum(np.log(1 + np.exp(logits)) - x * logits)
    kl = np.sum(0.5 * (mu**2 + np.exp(2 * log_std) - 1) - log_std)
    return bce + kl


def right(x, eps, W, Wm, Ws, Wd, bd):
    h = np.tanh(x @ W)
    mu, log_std = h @ Wm, h @ Ws
    std = np.exp(log_std)
    z = mu + std * eps
    logits = z @ Wd + bd
    dlogits = 1 / (1 + np.exp(-logits)) - x
    dWd, dbd = z.T @ dlogits, dlogits.sum(0)
    dz = dlogits @ Wd.T
    kl_mu, kl_ls = mu, np.exp(2 * log_std) - 1
    dmu = dz + kl_mu
    dls = dz * eps * std + kl_ls
    dh = (dmu @ Wm.T + dls @ Ws.T) * (1 - h**2)
    return {"W": x.T @ dh, "Wm": h.T @ dmu, "Ws": h.T @ dls, "Wd": dWd, "bd": dbd}


def backprop(x, eps, W, Wm, Ws, Wd, bd):
    h = np.tanh(x @ W)
    mu, log_std = h @ Wm, h @ Ws
    std = np.exp(log_std)
    z = mu + std * eps
    logits = z @ Wd + bd
    dlogits = 1 / (1 + np.exp(-logits)) - x
    dWd, dbd = z.T @ dlogits, dlogits.sum(0)
    dz = dlogits @ Wd.T
    kl_mu, kl_ls = mu, np.exp(2 * std) - 1
    dmu = dz + kl_mu
    dls = dz * eps * std + kl_ls
    dh = (dmu @ Wm.T + dls @ Ws.T) * (1 - h**2)
    return {"W": x.T @ dh, "Wm": h.T @ dmu, "Ws": h.T @ dls, "Wd": dWd, "bd": dbd}


PARAMETERS = ["W", "Wm", "Ws", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x = (r.random((6, 5)) < 0.5) * 1.0
    return [x, r.normal(size=(6, 2)), *(0.5 * r.normal(size=s) for s in [(5, 4), (4, 2), (4, 2), (2, 5), (5,)])]
