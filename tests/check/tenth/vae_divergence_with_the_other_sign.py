"""Vae divergence with the other sign.

expected kind: sign
wrong line: 66
correction 66: return self.mu, -0.5 * (1 - np.exp(self.logvar))
what: The logarithm has the wrong sign in the divergence
source: https://github.com/FluxML/model-zoo/pull/147
said: in the divergence the sign of the logarithm should be minus
"""

import numpy as np

PARAMETERS = ["We", "Wm", "Wv", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    We, Wm, Wv, Wd, bd, eps = (r.normal(size=s) for s in [(5, 4), (4, 2), (4, 2), (2, 5), 5, (6, 2)])
    return We, Wm, 0.5 * Wv, Wd, bd, (np.arange(30).reshape(6, 5) % 3 == 0) * 1.0, eps


def loss(We, Wm, Wv, Wd, bd, x, eps):
    h = np.tanh(x @ We)
    mu, logvar = h @ Wm, h @ Wv
    z = mu + np.exp(0.5 * logvar) * eps
    p = 1 / (1 + np.exp(-(z @ Wd + bd)))
    bce = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (bce + kl) / len(x)


def right(We, Wm, Wv, Wd, bd, x, eps):
    m = x.shape[0]
    h = np.tanh(np.dot(x, We))
    mu = np.dot(h, Wm)
    logvar = np.dot(h, Wv)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    p = 1 / (1 + np.exp(-(np.dot(z, Wd) + bd)))

    dlogits = (p - x) / m
    dWd = np.dot(z.T, dlogits)
    dbd = np.sum(dlogits, axis=0)
    dz = np.dot(dlogits, Wd.T)
    dmu = dz + mu / m
    dlogvar = dz * eps * 0.5 * std
    dlogvar += 0.5 * (np.exp(logvar) - 1) / m
    dWm = np.dot(h.T, dmu)
    dWv = np.dot(h.T, dlogvar)
    dh = np.dot(dmu, Wm.T) + np.dot(dlogvar, Wv.T)
    dWe = np.dot(x.T, dh * (1 - h**2))
    return dWe, dWm, dWv, dWd, dbd


class Encoder:
    def __init__(self, We, Wm, Wv):
        self.We, self.Wm, self.Wv = We, Wm, Wv

    def forward(self, x, eps):
        self.x, self.eps = x, eps
        self.h = np.tanh(x @ self.We)
        self.mu, self.logvar = self.h @ self.Wm, self.h @ self.Wv
        return self.mu + np.sqrt(np.exp(self.logvar)) * eps

    def kl_gradients(self):
        return self.mu, 0.5 * (1 + np.exp(self.logvar))

    def backward(self, dz):
        n = len(self.x)
        kl_mu, kl_logvar = self.kl_gradients()
        dmu = dz + kl_mu / n
        dlogvar = 0.5 * dz * self.eps * np.exp(self.logvar / 2) + kl_logvar / n
        dh = dmu @ self.Wm.T + dlogvar @ self.Wv.T
        da = dh * (1 - self.h * self.h)
        return self.x.T @ da, self.h.T @ dmu, self.h.T @ dlogvar


class Decoder:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, z):
        self.z = z
        self.p = 1 / (1 + np.exp(-(z @ self.W + self.b)))

    def backward(self, target):
        delta = (self.p - target) / len(target)
        self.dW, self.db = self.z.T @ delta, delta.sum(axis=0)
        return delta @ self.W.T


def backprop(We, Wm, Wv, Wd, bd, x, eps):
    encoder, decoder = Encoder(We, Wm, Wv), Decoder(Wd, bd)
    decoder.forward(encoder.forward(x, eps))
    dz = decoder.backward(x)
    return (*encoder.backward(dz), decoder.dW, decoder.db)
