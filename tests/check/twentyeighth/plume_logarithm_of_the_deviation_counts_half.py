"""Plume logarithm of the deviation counts half.

expected kind: scale
wrong line: 99
correction 99: dls = dls + B * (sigma**2 - 1) / n
what: In the gradient of the divergence the logarithm of the deviation is taken for that of the variance, so it counts half
source: https://github.com/ikostrikov/TensorFlow-VAE-GAN-DRAW/issues/15
said: asks for the logarithm of the standard deviation without its factor of two in the divergence
"""

import numpy as np

PARAMETERS = ["We", "be", "Wm", "Ws", "Wd", "bd"]
B = 2.5


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H, k = 6, 4, 4, 2
    We, be = r.normal(size=(d, H)), 0.4 * r.normal(size=H)
    Wm, Ws, Wd, bd = r.normal(size=(H, k)), 0.5 * r.normal(size=(H, k)), r.normal(size=(k, d)), 0.4 * r.normal(size=d)
    return We, be, Wm, Ws, Wd, bd, r.normal(size=(n, d)), r.normal(size=(n, k))


def loss(We, be, Wm, Ws, Wd, bd, smoke, noise):
    h = np.tanh(smoke @ We + be)
    mean, log_dev = h @ Wm, h @ Ws
    z = mean + np.exp(log_dev) * noise
    miss = np.sum((z @ Wd + bd - smoke) ** 2)
    kl = np.sum(mean**2 + np.exp(2 * log_dev) - 2 * log_dev - 1)
    return 0.5 * (miss + B * kl) / smoke.shape[0]


def puff(p, x, eps):
    """One puff of smoke: gradients of its part of the loss."""
    g = {}
    h = np.tanh(p["We"].T @ x + p["be"])
    mean = p["Wm"].T @ h
    dev = np.exp(p["Ws"].T @ h)
    z = mean + dev * eps
    d_out = p["Wd"].T @ z + p["bd"] - x
    g["Wd"], g["bd"] = np.outer(z, d_out), d_out
    dz = p["Wd"] @ d_out
    d_mean = dz + B * mean
    d_log_dev = dz * dev * eps + B * (dev * dev - 1)
    g["Wm"], g["Ws"] = np.outer(h, d_mean), np.outer(h, d_log_dev)
    dh = p["Wm"] @ d_mean + p["Ws"] @ d_log_dev
    g["be"] = dh * (1 - h * h)
    g["We"] = np.outer(x, g["be"])
    return g


def right(We, be, Wm, Ws, Wd, bd, smoke, noise):
    p = dict(We=We, be=be, Wm=Wm, Ws=Ws, Wd=Wd, bd=bd)
    mean_of = dict.fromkeys(p, 0.0)
    for x, eps in zip(smoke, noise):
        for name, part in puff(p, x, eps).items():
            mean_of[name] = mean_of[name] + part / len(smoke)
    return mean_of


class Encoder:
    def __init__(self, We, be, Wm, Ws):
        self.We, self.be, self.Wm, self.Ws = We, be, Wm, Ws

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.We + self.be)
        return self.h @ self.Wm, self.h @ self.Ws

    def backward(self, dmu, dls):
        dh = dmu @ self.Wm.T + dls @ self.Ws.T
        dpre = dh * (1 - self.h**2)
        return self.x.T @ dpre, dpre.sum(axis=0), self.h.T @ dmu, self.h.T @ dls


class Decoder:
    def __init__(self, Wd, bd):
        self.Wd, self.bd = Wd, bd

    def forward(self, z):
        self.z = z
        return z @ self.Wd + self.bd

    def backward(self, dx):
        return self.z.T @ dx, dx.sum(axis=0), dx @ self.Wd.T


def backprop(We, be, Wm, Ws, Wd, bd, smoke, noise):
    n = smoke.shape[0]
    encoder, decoder = Encoder(We, be, Wm, Ws), Decoder(Wd, bd)
    mu, ls = encoder.forward(smoke)
    sigma = np.exp(ls)
    again = decoder.forward(mu + sigma * noise)
    dWd, dbd, dz = decoder.backward((again - smoke) / n)
    # reconstruction, then divergence
    dmu, dls = dz, dz * noise * sigma
    dmu = dmu + B * mu / n
    dls = dls + B * (sigma**2 - 0.5) / n
    return (*encoder.backward(dmu, dls), dWd, dbd)
