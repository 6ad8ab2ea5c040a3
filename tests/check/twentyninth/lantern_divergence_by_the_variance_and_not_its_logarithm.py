"""Lantern divergence by the variance and not its logarithm.

expected kind: missing-factor
wrong line: 111 or 115
correction 111: dlogvar_kl = 0.5 * (var - 1) / n
correction 115: dlogvar = dstd * 0.5 * std + dlogvar_kl * var
what: The divergence is derived by the variance; the factor that its logarithm brings, the variance, isn't there
source: https://github.com/graviraja/pytorch-sample-codes/issues/2
said: reads the log variance in the divergence as a variance, and wants minus the logarithm of it instead of the exponential
"""

import numpy as np

PARAMETERS = ["We", "be", "Wm", "Ws", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # six lanterns with four lights that are on or off, five hidden units, two latent ones
    We, be = r.normal(size=(4, 5)), 0.3 * r.normal(size=5)
    Wm, Ws = 0.8 * r.normal(size=(5, 2)), 0.8 * r.normal(size=(5, 2))
    Wd, bd = r.normal(size=(2, 4)), 0.3 * r.normal(size=4)
    return We, be, Wm, Ws, Wd, bd, r.integers(0, 2, size=(6, 4)).astype(float), r.normal(size=(6, 2))


def loss(We, be, Wm, Ws, Wd, bd, lights, eps):
    h = np.tanh(lights @ We + be)
    mu, logvar = h @ Wm, h @ Ws
    z = mu + np.exp(0.5 * logvar) * eps
    logits = z @ Wd + bd
    seen = np.sum(np.log(1 + np.exp(logits)) - lights * logits)
    kl = -0.5 * np.sum(1 + logvar - mu * mu - np.exp(logvar))
    return (seen + kl) / lights.shape[0]


class Linear:
    def __init__(self, W, b=0.0):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def back(self, d):
        self.gW, self.gb = self.x.T @ d, d.sum(0)
        return d @ self.W.T


class Sampler:
    """z = mu + exp(logvar / 2) eps, with the divergence on the side."""

    def __call__(self, mu, logvar, eps):
        self.mu, self.logvar, self.eps = mu, logvar, eps
        self.std = np.exp(0.5 * logvar)
        return mu + self.std * eps

    def back(self, dz, weight):
        dlogvar = 0.5 * dz * self.std * self.eps
        dlogvar = dlogvar + weight * 0.5 * (self.std**2 - 1)
        dmu = dz + weight * self.mu
        return dmu, dlogvar


class VAE:
    def __init__(self, We, be, Wm, Ws, Wd, bd):
        self.enc, self.dec = Linear(We, be), Linear(Wd, bd)
        self.mean, self.spread = Linear(Wm), Linear(Ws)
        self.sampler = Sampler()

    def forward(self, x, eps):
        self.h = np.tanh(self.enc(x))
        z = self.sampler(self.mean(self.h), self.spread(self.h), eps)
        return 1 / (1 + np.exp(-self.dec(z)))

    def backward(self, dlogits, weight):
        dz = self.dec.back(dlogits)
        dmu, dlogvar = self.sampler.back(dz, weight)
        dh = self.mean.back(dmu) + self.spread.back(dlogvar)
        self.enc.back(dh * (1 - self.h * self.h))
        return self.enc.gW, self.enc.gb, self.mean.gW, self.spread.gW, self.dec.gW, self.dec.gb


def right(We, be, Wm, Ws, Wd, bd, lights, eps):
    vae = VAE(We, be, Wm, Ws, Wd, bd)
    shown = vae.forward(lights, eps)
    weight = 1 / len(lights)
    return vae.backward(weight * (shown - lights), weight)


def backprop(We, be, Wm, Ws, Wd, bd, lights, eps):
    n = lights.shape[0]
    # encoder
    h = np.tanh(np.dot(lights, We) + be)
    mu = np.dot(h, Wm)
    logvar = np.dot(h, Ws)
    var = np.exp(logvar)
    std = np.sqrt(var)
    # sample, decoder
    z = mu + eps * std
    logits = np.dot(z, Wd) + bd
    out = 1 / (1 + np.exp(-logits))

    # reconstruction
    dlogits = (out - lights) / n
    dWd = np.dot(z.T, dlogits)
    dbd = dlogits.sum(axis=0)
    dz = np.dot(dlogits, Wd.T)

    # divergence from the unit Gaussian
    dmu_kl = mu / n
    dlogvar_kl = 0.5 * (1 - 1 / var) / n

    dmu = dz + dmu_kl
    dstd = dz * eps
    dlogvar = dstd * 0.5 * std + dlogvar_kl
    dWm = np.dot(h.T, dmu)
    dWs = np.dot(h.T, dlogvar)

    # both heads meet in the hidden layer
    dh = np.dot(dmu, Wm.T) + np.dot(dlogvar, Ws.T)
    da = dh * (1 - h**2)
    dWe = np.dot(lights.T, da)
    dbe = da.sum(axis=0)
    return {"We": dWe, "be": dbe, "Wm": dWm, "Ws": dWs, "Wd": dWd, "bd": dbd}
