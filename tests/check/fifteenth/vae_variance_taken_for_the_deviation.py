"""Vae variance taken for the deviation.

expected kind: scale or missing-factor
wrong line: 117 or 116 or 119
correction 116: dsigma = 0.5 * dz * self.eps
correction 117: dlv = dsigma * 0.5 * self.sigma
correction 119: dh += self.logvar.backward(0.5 * dlv + dlv_kl)
what: What comes through the sample is differentiated as if the logarithm were that of the deviation
source: https://github.com/KarenUllrich/Tutorial_BayesianCompressionForDL/issues/1
said: the log of the variance is treated as if it were that of the deviation
"""

import numpy as np

PARAMETERS = ["We", "be", "Wm", "bm", "Wv", "bv", "Wd", "bd", "Wo", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 4), (4,), (4, 2), (2,), (4, 2), (2,), (2, 4), (4,), (4, 5), (5,)]
    return *(0.7 * r.normal(size=s) for s in shapes), r.uniform(size=(6, 5)), r.normal(size=(6, 2))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo, x, eps):
    h = np.tanh(x @ We + be)
    mu, logvar = h @ Wm + bm, h @ Wv + bv
    z = mu + np.exp(0.5 * logvar) * eps
    x_hat = sigmoid(np.tanh(z @ Wd + bd) @ Wo + bo)
    bce = -np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat))
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (bce + kl) / len(x)


def encode(x, p):
    h = np.tanh(np.dot(x, p["We"]) + p["be"])
    return h, np.dot(h, p["Wm"]) + p["bm"], np.dot(h, p["Wv"]) + p["bv"]


def decode(z, p):
    d = np.tanh(np.dot(z, p["Wd"]) + p["bd"])
    return d, sigmoid(np.dot(d, p["Wo"]) + p["bo"])


def backward(x, eps, p):
    m = x.shape[0]
    g = {}
    h, mu, logvar = encode(x, p)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    d, y = decode(z, p)
    dout = (y - x) / m
    g["Wo"] = np.dot(d.T, dout)
    g["bo"] = np.sum(dout, axis=0)
    dd = np.dot(dout, p["Wo"].T) * (1 - d**2)
    g["Wd"] = np.dot(z.T, dd)
    g["bd"] = np.sum(dd, axis=0)
    dz = np.dot(dd, p["Wd"].T)
    dmu = dz + mu / m
    dlogvar = dz * eps * 0.5 * std + 0.5 * (np.exp(logvar) - 1) / m
    g["Wm"] = np.dot(h.T, dmu)
    g["bm"] = np.sum(dmu, axis=0)
    g["Wv"] = np.dot(h.T, dlogvar)
    g["bv"] = np.sum(dlogvar, axis=0)
    dh = np.dot(dmu, p["Wm"].T) + np.dot(dlogvar, p["Wv"].T)
    dh *= 1 - h**2
    g["We"] = np.dot(x.T, dh)
    g["be"] = np.sum(dh, axis=0)
    return g


def right(We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo, x, eps):
    p = dict(We=We, be=be, Wm=Wm, bm=bm, Wv=Wv, bv=bv, Wd=Wd, bd=bd, Wo=Wo, bo=bo)
    return backward(x, eps, p)


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class VAE:
    def __init__(self, We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo):
        self.enc, self.mean, self.logvar = Linear(We, be), Linear(Wm, bm), Linear(Wv, bv)
        self.dec, self.out = Linear(Wd, bd), Linear(Wo, bo)

    def forward(self, x, eps):
        self.eps = eps
        self.h = np.tanh(self.enc(x))
        self.mu, self.lv = self.mean(self.h), self.logvar(self.h)
        self.sigma = np.exp(self.lv / 2)
        self.z = self.mu + self.sigma * self.eps
        self.d = np.tanh(self.dec(self.z))
        return sigmoid(self.out(self.d))

    def backward(self, x, x_hat):
        batch = x.shape[0]
        dx_hat = (1 - x) / (1 - x_hat) - x / x_hat
        dlogits = dx_hat * x_hat * (1 - x_hat)
        dd = self.out.backward(dlogits)
        dz = self.dec.backward(dd * (1 - self.d**2))
        dmu_kl = self.mu
        dlv_kl = -0.5 * (1 - self.sigma**2)
        dsigma = dz * self.eps
        dlv = dsigma * self.sigma
        dh = self.mean.backward(dz + dmu_kl)
        dh += self.logvar.backward(dlv + dlv_kl)
        self.enc.backward(dh * (1 - self.h**2))
        layers = [self.enc, self.mean, self.logvar, self.dec, self.out]
        return [g / batch for layer in layers for g in (layer.dW, layer.db)]


def backprop(We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo, x, eps):
    vae = VAE(We, be, Wm, bm, Wv, bv, Wd, bd, Wo, bo)
    x_hat = vae.forward(x, eps)
    return vae.backward(x, x_hat)
