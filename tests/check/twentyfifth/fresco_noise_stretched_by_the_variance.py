"""Fresco noise stretched by the variance.

expected kind: wrong-point or repeated-factor
wrong line: 86
correction 86: ds = dz * self.eps * 0.5 * np.sqrt(self.var)
what: The gradient of the log-variance that comes through the code has the variance for the standard deviation
source: https://github.com/Shunsuke-1994/rfamgen/issues/3
said: of sigma and variance confused where noise is stretched: it should be multiplied by sigma itself
"""

import numpy as np

PARAMETERS = ["Ein", "Mu", "Lv", "Dh", "Dout"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Ein, Mu, Lv = r.normal(size=(6, 4)), 0.7 * r.normal(size=(4, 3)), 0.5 * r.normal(size=(4, 3))
    Dh, Dout = r.normal(size=(3, 5)), r.normal(size=(5, 6))
    return Ein, Mu, Lv, Dh, Dout, r.integers(0, 2, size=(4, 6)), r.normal(size=(4, 3))


def loss(Ein, Mu, Lv, Dh, Dout, walls, noise):
    h = np.tanh(walls @ Ein)
    mean, logvar = h @ Mu, h @ Lv
    code = mean + np.exp(logvar / 2) * noise
    paint = np.tanh(code @ Dh) @ Dout
    seen = np.sum(np.log(1 + np.exp(paint)) - walls * paint)
    divergence = 0.5 * np.sum(np.exp(logvar) + mean**2 - 1 - logvar)
    return (seen + divergence) / len(walls)


def right(Ein, Mu, Lv, Dh, Dout, walls, noise):
    grads = {}
    # encode
    h = np.tanh(walls.dot(Ein))
    mean, logvar = h.dot(Mu), h.dot(Lv)
    std = np.exp(0.5 * logvar)
    code = mean + std * noise
    # decode
    g = np.tanh(code.dot(Dh))
    probs = 1 / (1 + np.exp(-g.dot(Dout)))
    # reconstruction
    dpaint = (probs - walls) / len(walls)
    grads["Dout"] = g.T.dot(dpaint)
    dg = dpaint.dot(Dout.T) * (1 - g * g)
    grads["Dh"] = code.T.dot(dg)
    dcode = dg.dot(Dh.T)
    dmean = dcode.copy()
    dlogvar = dcode * noise * std / 2
    # divergence
    share = 1 / len(mean)
    dmean += share * mean
    dlogvar += share * 0.5 * (np.exp(logvar) - 1)
    grads["Mu"] = h.T.dot(dmean)
    grads["Lv"] = h.T.dot(dlogvar)
    dh = dmean.dot(Mu.T) + dlogvar.dot(Lv.T)
    grads["Ein"] = walls.T.dot(dh * (1 - h * h))
    return grads


class Encoder:
    def __init__(self, Ein, Mu, Lv):
        self.Ein, self.Mu, self.Lv = Ein, Mu, Lv

    def __call__(self, x):
        self.x, self.h = x, np.tanh(x @ self.Ein)
        return self.h @ self.Mu, self.h @ self.Lv

    def backward(self, dm, ds):
        self.dMu, self.dLv = self.h.T @ dm, self.h.T @ ds
        da = (dm @ self.Mu.T + ds @ self.Lv.T) * (1 - self.h**2)
        self.dEin = self.x.T @ da


class Sampler:
    """Draws a code, and keeps the divergence of what it is drawn from."""

    def __call__(self, m, s, eps):
        self.m, self.s, self.eps = m, s, eps
        self.var = np.exp(s)
        return m + np.sqrt(self.var) * eps

    def backward(self, dz, n):
        dm = dz + self.m / n
        ds = dz * self.eps * 0.5 * self.var
        ds += 0.5 * (self.var - 1) / n
        return dm, ds


class Decoder:
    def __init__(self, Dh, Dout):
        self.Dh, self.Dout = Dh, Dout

    def __call__(self, z):
        self.z, self.g = z, np.tanh(z @ self.Dh)
        return 1 / (1 + np.exp(-(self.g @ self.Dout)))

    def backward(self, d):
        self.dDout = self.g.T @ d
        da = (d @ self.Dout.T) * (1 - self.g**2)
        self.dDh = self.z.T @ da
        return da @ self.Dh.T


def backprop(Ein, Mu, Lv, Dh, Dout, walls, noise):
    encoder, sampler, decoder = Encoder(Ein, Mu, Lv), Sampler(), Decoder(Dh, Dout)
    n = len(walls)
    guess = decoder(sampler(*encoder(walls), noise))
    encoder.backward(*sampler.backward(decoder.backward((guess - walls) / n), n))
    return encoder.dEin, encoder.dMu, encoder.dLv, decoder.dDh, decoder.dDout
