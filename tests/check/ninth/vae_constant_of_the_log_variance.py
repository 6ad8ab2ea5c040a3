"""Vae constant of the log variance.

expected kind: scale or missing-term or repeated-term or missing-factor
wrong line: 75
correction 75: dlogvar += -0.5 + 0.5 * np.exp(self.logvar)
what: The constant in the gradient of the log variance is half of what it should be
source: https://github.com/y0ast/VAE-Torch/pull/5
said: The constant should be a half, not a quarter
"""

import numpy as np

PARAMETERS = ["We", "Wm", "Wv", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [(5, 4), (5, 2), (4, 3), (3, 2), (3, 2), (2, 4)]
    return [r.normal(size=s) for s in sizes]


def loss(x, eps, We, Wm, Wv, Wd):
    h = np.tanh(x @ We)
    mu, logvar = h @ Wm, h @ Wv
    z = mu + np.exp(0.5 * logvar) * eps
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return 0.5 * np.sum((z @ Wd - x) ** 2) + kl


def kl_gradient(mu, logvar):
    dmu = mu
    dlogvar = 0.5 * (np.exp(logvar) - 1)
    return dmu, dlogvar


def right(x, eps, We, Wm, Wv, Wd):
    grads = {"We": np.zeros_like(We), "Wm": np.zeros_like(Wm), "Wv": np.zeros_like(Wv), "Wd": np.zeros_like(Wd)}
    for i in range(x.shape[0]):
        hidden = np.tanh(We.T @ x[i])
        mu, logvar = Wm.T @ hidden, Wv.T @ hidden
        sigma = np.exp(logvar / 2)
        z = mu + sigma * eps[i]
        err = Wd.T @ z - x[i]
        grads["Wd"] += np.outer(z, err)
        gz = Wd @ err
        kl_mu, kl_logvar = kl_gradient(mu, logvar)
        gmu = gz + kl_mu
        gsigma = gz * eps[i]
        glogvar = gsigma * sigma / 2 + kl_logvar
        grads["Wm"] += np.outer(hidden, gmu)
        grads["Wv"] += np.outer(hidden, glogvar)
        ghidden = Wm @ gmu + Wv @ glogvar
        grads["We"] += np.outer(x[i], ghidden * (1 - hidden * hidden))
    return grads


class VAE:
    def __init__(self, We, Wm, Wv, Wd):
        self.We, self.Wm, self.Wv, self.Wd = We, Wm, Wv, Wd

    def forward(self, x, eps):
        self.x, self.eps = x, eps
        self.h = np.tanh(np.dot(x, self.We))
        self.mu = np.dot(self.h, self.Wm)
        self.logvar = np.dot(self.h, self.Wv)
        self.std = np.exp(0.5 * self.logvar)
        self.z = self.mu + self.std * eps
        return np.dot(self.z, self.Wd)

    def backward(self, dout):
        dWd = np.dot(self.z.T, dout)
        dz = np.dot(dout, self.Wd.T)
        dmu = dz + self.mu
        dlogvar = dz * self.eps * 0.5 * self.std
        dlogvar += -0.25 + 0.5 * np.exp(self.logvar)
        dWm = np.dot(self.h.T, dmu)
        dWv = np.dot(self.h.T, dlogvar)
        dh = np.dot(dmu, self.Wm.T)
        dh += np.dot(dlogvar, self.Wv.T)
        dpre = dh * (1 - self.h**2)
        dWe = np.dot(self.x.T, dpre)
        return dWe, dWm, dWv, dWd


def backprop(x, eps, We, Wm, Wv, Wd):
    vae = VAE(We, Wm, Wv, Wd)
    out = vae.forward(x, eps)
    return vae.backward(out - x)
