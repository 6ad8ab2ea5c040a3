"""Combined bernoulli vae noise and divergence.

expected kind: scale + missing-factor
wrong line: 63 and 65
correction 63: kl_logvar = 0.5 * (np.exp(logvar) - 1) / m
correction 65: rec_logvar = dz * eps * 0.5 * std
what: The divergence gives the log-variance twice its share, and it is led back without the noise that it scales
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["We", "Wm", "Wl", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    We, Wm, Wl, Wd = r.normal(size=(6, 5)), r.normal(size=(5, 2)), 0.5 * r.normal(size=(5, 2)), r.normal(size=(2, 6))
    return We, Wm, Wl, Wd, r.integers(0, 2, (4, 6)).astype(float), r.normal(size=(4, 2))


def loss(We, Wm, Wl, Wd, X, eps):
    h = np.tanh(X @ We)
    mu, logvar = h @ Wm, h @ Wl
    o = (mu + np.exp(logvar / 2) * eps) @ Wd
    reconstruction = np.sum(np.log(1 + np.exp(o)) - X * o)
    return (reconstruction - 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))) / 4


def right(We, Wm, Wl, Wd, X, eps):
    h = np.tanh(X @ We)
    mu, s = h @ Wm, np.exp(h @ Wl / 2)
    z = mu + s * eps
    do = (1 / (1 + np.exp(-z @ Wd)) - X) / 4
    dz = do @ Wd.T
    dmu, dlv = dz + mu / 4, dz * eps * s / 2 + (s * s - 1) / 8
    dh = (dmu @ Wm.T + dlv @ Wl.T) * (1 - h * h)
    return X.T @ dh, h.T @ dmu, h.T @ dlv, z.T @ do


class VAE:
    def __init__(self, **weights):
        self.w = weights

    def encode(self, x):
        h = np.tanh(x @ self.w["We"])
        return h, h @ self.w["Wm"], h @ self.w["Wl"]

    def decode(self, z):
        return 1 / (1 + np.exp(-(z @ self.w["Wd"])))

    def backward(self, x, eps):
        m = len(x)
        h, mu, logvar = self.encode(x)
        std = np.exp(0.5 * logvar)
        z = mu + eps * std
        x_hat = self.decode(z)
        d_logits = (x_hat - x) / m
        dz = d_logits @ self.w["Wd"].T
        # KL divergence
        kl_mu = mu / m
        kl_logvar = (np.exp(logvar) - 1) / m
        d_mu = dz + kl_mu
        rec_logvar = dz * 0.5 * std
        d_logvar = rec_logvar + kl_logvar
        dh = (d_mu @ self.w["Wm"].T + d_logvar @ self.w["Wl"].T) * (1 - h**2)
        return {"We": x.T @ dh, "Wm": h.T @ d_mu, "Wl": h.T @ d_logvar, "Wd": z.T @ d_logits}


def backprop(We, Wm, Wl, Wd, X, eps):
    return VAE(We=We, Wm=Wm, Wl=Wl, Wd=Wd).backward(X, eps)
