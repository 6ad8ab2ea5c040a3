"""Combined autoencoder encoder of the mean alone and logarithm of a deviation.

expected kind: missing-term + wrong-point or repeated-factor or scale or missing-factor
wrong line: 80 or 81 and 77
correction 77: kl_logvar = (sigma**2 - 1) / 2
correction 80: g_h = g_mu @ Wm.T + g_logvar @ Ws.T
correction 81: g_pre = (g_h + g_logvar @ Ws.T) * (1 - h * h)
what: The encoder gets nothing by way of the variance; the divergence takes the log variance for the logarithm of the deviation
source: https://github.com/AntixK/PyTorch-VAE/issues/69
said: the log variance is thought to be used for the logarithm of the deviation in the divergence
"""

import numpy as np

PARAMETERS = ["We", "Wm", "Ws", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6 * r.normal(size=(4, 5)), r.normal(size=(5, 2)), 0.4 * r.normal(size=(5, 2)), r.normal(size=(2, 4)), np.array(np.random.default_rng(5).uniform(size=(6, 4)) > 0.5, dtype=int), r.normal(size=(6, 2))


def loss(We, Wm, Ws, Wd, X, eps):
    h = np.tanh(X @ We)
    mu, logvar = h @ Wm, h @ Ws
    z = mu + np.exp(logvar / 2) * eps
    logits = z @ Wd
    reconstruction = np.sum(np.log(1 + np.exp(logits)) - X * logits)
    return (reconstruction - 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))) / len(X)


class VAE:
    def __init__(self, We, Wm, Ws, Wd):
        self.We, self.Wm, self.Ws, self.Wd = We, Wm, Ws, Wd

    def encode(self, X):
        self.h = np.tanh(np.dot(X, self.We))
        self.mu = np.dot(self.h, self.Wm)
        self.logvar = np.dot(self.h, self.Ws)

    def decode(self, eps):
        self.std = np.exp(0.5 * self.logvar)
        self.z = self.mu + self.std * eps
        return 1 / (1 + np.exp(-np.dot(self.z, self.Wd)))

    def backward(self, X, eps, xhat):
        m = len(X)
        dlogits = (xhat - X) / m
        dWd = np.dot(self.z.T, dlogits)
        dz = np.dot(dlogits, self.Wd.T)
        dmu = dz + self.mu / m
        dlogvar = dz * eps * 0.5 * self.std
        dlogvar += 0.5 * (np.exp(self.logvar) - 1) / m
        dh = np.dot(dmu, self.Wm.T) + np.dot(dlogvar, self.Ws.T)
        da = dh * (1 - self.h**2)
        return {"We": np.dot(X.T, da), "Wm": np.dot(self.h.T, dmu), "Ws": np.dot(self.h.T, dlogvar), "Wd": dWd}


def right(We, Wm, Ws, Wd, X, eps):
    vae = VAE(We, Wm, Ws, Wd)
    vae.encode(X)
    return vae.backward(X, eps, vae.decode(eps))


def backprop(We, Wm, Ws, Wd, X, eps):
    n = X.shape[0]
    h = np.tanh(X @ We)
    mu, logvar = h @ Wm, h @ Ws
    sigma = np.exp(logvar) ** 0.5
    z = mu + sigma * eps
    probability = 1 / (1 + np.exp(-(z @ Wd)))
    g_out = probability - X
    g_Wd = z.T @ g_out
    g_z = g_out @ Wd.T
    g_sigma = g_z * eps
    kl_mu = mu
    kl_logvar = sigma**4 - 1
    g_mu = g_z + kl_mu
    g_logvar = g_sigma * sigma / 2 + kl_logvar
    g_h = g_mu @ Wm.T
    g_pre = g_h * (1 - h * h)
    grads = [X.T @ g_pre, h.T @ g_mu, h.T @ g_logvar, g_Wd]
    return [g / n for g in grads]
