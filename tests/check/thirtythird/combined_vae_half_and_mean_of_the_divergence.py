"""A variational autoencoder with the log of the variance, as a class with a cache.

expected kind: scale + missing-term or missing-factor + missing-term
wrong line: 60 and 61
correction 60: dmu = dz + self.mu
correction 61: dlogvar = 0.5 * dz * self.eps * self.std
what: the half of exp(logvar / 2) is forgotten in the sample's path; the divergence's pull on the mean is left out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(x, eps, We, be, Wd, bd):
    code = x @ We + be
    mu, logvar = code[:, :2], code[:, 2:]
    p = sigmoid((mu + np.exp(logvar / 2) * eps) @ Wd + bd)
    recon = -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p))
    return recon - 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))


class Model:
    def __init__(self, We, be, Wd, bd):
        self.We, self.be, self.Wd, self.bd = We, be, Wd, bd

    def forward(self, x, eps):
        code = x @ self.We + self.be
        self.mu, self.logvar = code[:, :2], code[:, 2:]
        self.std = np.exp(0.5 * self.logvar)
        self.z = self.mu + self.std * eps
        self.p = sigmoid(self.z @ self.Wd + self.bd)
        self.x, self.eps = x, eps


class VAERight(Model):
    def backward(self):
        dout = self.p - self.x
        dz = dout @ self.Wd.T
        dmu = dz + self.mu
        dlogvar = 0.5 * dz * self.eps * self.std
        dlogvar = dlogvar + 0.5 * (np.exp(self.logvar) - 1)
        dcode = np.hstack([dmu, dlogvar])
        return self.x.T @ dcode, dcode.sum(0), self.z.T @ dout, dout.sum(0)


def right(x, eps, We, be, Wd, bd):
    model = VAERight(We, be, Wd, bd)
    model.forward(x, eps)
    return model.backward()


class VAE(Model):
    def backward(self):
        dout = self.p - self.x
        dz = dout @ self.Wd.T
        dmu = dz
        dlogvar = dz * self.eps * self.std
        dlogvar = dlogvar + 0.5 * (np.exp(self.logvar) - 1)
        dcode = np.hstack([dmu, dlogvar])
        return self.x.T @ dcode, dcode.sum(0), self.z.T @ dout, dout.sum(0)


def backprop(x, eps, We, be, Wd, bd):
    model = VAE(We, be, Wd, bd)
    model.forward(x, eps)
    return model.backward()


PARAMETERS = ["We", "be", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x = (r.random((5, 4)) < 0.5) * 1.0
    return [x, r.normal(size=(5, 2)), *(0.5 * r.normal(size=s) for s in [(4, 4), (4,), (2, 4), (4,)])]
