"""Beetle divergence pushes away.

expected kind: sign
wrong line: 85
correction 85: kl = 1.0 / n
what: The gradient of the divergence has the sign that it has in the bound, which is maximised
source: https://github.com/wiseodd/generative-models/issues/43
said: a reader wants the divergence subtracted from the loss that is minimised, as in the bound; it has to be added
"""

import numpy as np

PARAMETERS = ["We", "Wm", "Ws", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # six beetles, five spots that are there or not, two hidden numbers; the noise is given
    We, Wm, Ws = r.normal(size=(5, 4)), 0.7 * r.normal(size=(4, 2)), 0.7 * r.normal(size=(4, 2))
    Wd, bd = r.normal(size=(2, 5)), 0.4 * r.normal(size=5)
    return We, Wm, Ws, Wd, bd, r.integers(0, 2, size=(6, 5)).astype(float), r.normal(size=(6, 2))


def loss(We, Wm, Ws, Wd, bd, spots, noise):
    h = np.tanh(spots @ We)
    m, s = h @ Wm, h @ Ws
    logits = (m + np.exp(s / 2) * noise) @ Wd + bd
    there = np.sum(np.log(1 + np.exp(logits)) - spots * logits)
    # s is the logarithm of the variance
    divergence = 0.5 * np.sum(np.exp(s) + m**2 - 1 - s)
    return (there + divergence) / len(spots)


def sample(m, s, noise):
    return m + np.sqrt(np.exp(s)) * noise


def sample_backward(dz, s, noise):
    """What the mean gets, and the logarithm of the variance."""
    return dz, dz * noise * np.exp(s / 2) / 2


def divergence_backward(m, s):
    return m, (np.exp(s) - 1) / 2


def right(We, Wm, Ws, Wd, bd, spots, noise):
    dWe, dWm, dWs, dWd, dbd = (np.zeros_like(p) for p in (We, Wm, Ws, Wd, bd))
    for x, eps in zip(spots, noise):
        h = np.tanh(x @ We)
        m, s = h @ Wm, h @ Ws
        z = sample(m, s, eps)
        dlogits = 1 / (1 + np.exp(-(z @ Wd + bd))) - x
        dWd += np.outer(z, dlogits)
        dbd += dlogits
        dm, ds = sample_backward(Wd @ dlogits, s, eps)
        km, ks = divergence_backward(m, s)
        dm, ds = dm + km, ds + ks
        dWm += np.outer(h, dm)
        dWs += np.outer(h, ds)
        dh = Wm @ dm + Ws @ ds
        dWe += np.outer(x, dh * (1 - h * h))
    return tuple(d / len(spots) for d in (dWe, dWm, dWs, dWd, dbd))


class VAE:
    def __init__(self, We, Wm, Ws, Wd, bd):
        self.We, self.Wm, self.Ws, self.Wd, self.bd = We, Wm, Ws, Wd, bd

    def encode(self, x):
        self.x = x
        self.h = np.tanh(x @ self.We)
        self.m, self.s = self.h @ self.Wm, self.h @ self.Ws

    def decode(self, noise):
        self.std = np.exp(0.5 * self.s)
        self.noise = noise
        self.z = self.m + self.std * noise
        return 1 / (1 + np.exp(-(self.z @ self.Wd + self.bd)))

    def backward(self, p):
        n = len(p)
        dlogits = (p - self.x) / n
        dz = dlogits @ self.Wd.T
        kl = -1.0 / n
        dm = dz + kl * self.m
        ds = dz * self.noise * 0.5 * self.std + kl * 0.5 * (np.exp(self.s) - 1)
        dh = dm @ self.Wm.T + ds @ self.Ws.T
        return {
            "We": self.x.T @ (dh * (1 - self.h**2)),
            "Wm": self.h.T @ dm,
            "Ws": self.h.T @ ds,
            "Wd": self.z.T @ dlogits,
            "bd": dlogits.sum(axis=0),
        }


def backprop(We, Wm, Ws, Wd, bd, spots, noise):
    vae = VAE(We, Wm, Ws, Wd, bd)
    vae.encode(spots)
    return vae.backward(vae.decode(noise))
