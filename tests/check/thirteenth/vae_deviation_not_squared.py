"""Vae deviation not squared.

expected kind: missing-factor or wrong-point
wrong line: 83
correction 83: dlog_sigma = dz * sigma * eps_n + beta * (sigma**2 - 1)
what: The divergence's gradient has the deviation where the variance belongs
source: https://github.com/DaehanKim/vgae_pytorch/issues/2
said: exp(logstd) stands where its square should
"""

import numpy as np

PARAMETERS = ["We", "be", "Wd", "bd"]

beta, L = 0.6, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    We, be, Wd, bd, eps = (0.7 * r.normal(size=s) for s in [(4, 2 * L), 2 * L, (L, 4), 4, (3, L)])
    return We, be, Wd, bd, np.array([[1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 1, 1]]), eps


def loss(We, be, Wd, bd, x, eps):
    code = x @ We + be
    mu, log_sigma = code[:, :L], code[:, L:]
    z = mu + np.exp(log_sigma) * eps
    logits = np.maximum(z, 0.1 * z) @ Wd + bd
    likelihood = np.sum(x * logits - np.logaddexp(0, logits))
    kl = np.sum(0.5 * (mu**2 + np.exp(2 * log_sigma) - 1) - log_sigma)
    return beta * kl - likelihood


class VAE:
    def __init__(self, We, be, Wd, bd):
        self.We, self.be, self.Wd, self.bd = We, be, Wd, bd

    def forward(self, x, eps):
        self.x, self.eps = x, eps
        self.mu, self.ls = np.split(x.dot(self.We) + self.be, 2, axis=1)
        self.sd = np.exp(self.ls)
        self.z = self.mu + self.sd * eps
        self.act = np.where(self.z > 0, self.z, 0.1 * self.z)
        self.out = 1 / (1 + np.exp(-self.act.dot(self.Wd) - self.bd))
        return self.out

    def backward(self):
        dout = self.out - self.x
        dWd = self.act.T.dot(dout)
        dbd = np.sum(dout, axis=0)
        dz = dout.dot(self.Wd.T)
        dz[self.z <= 0] *= 0.1
        dmu = dz + beta * self.mu
        dls = dz * self.eps * self.sd + beta * (self.sd * self.sd - 1)
        dcode = np.hstack([dmu, dls])
        return self.x.T.dot(dcode), dcode.sum(axis=0), dWd, dbd


def right(We, be, Wd, bd, x, eps):
    model = VAE(We, be, Wd, bd)
    model.forward(x, eps)
    return model.backward()


def leaky(z):
    return np.where(z > 0, z, 0.1 * z)


def backprop(We, be, Wd, bd, x, eps):
    dWe, dbe, dWd, dbd = (np.zeros_like(a) for a in (We, be, Wd, bd))
    for x_n, eps_n in zip(x, eps):
        code = x_n @ We + be
        mu, log_sigma = code[:L], code[L:]
        sigma = np.exp(log_sigma)
        z = mu + sigma * eps_n
        a = leaky(z)
        p = 1 / (1 + np.exp(-(a @ Wd + bd)))
        delta = p - x_n
        dWd += np.outer(a, delta)
        dbd += delta
        dz = Wd @ delta * np.where(z > 0, 1.0, 0.1)
        dmu = dz + beta * mu
        dlog_sigma = dz * sigma * eps_n + beta * (sigma - 1)
        dcode = np.concatenate([dmu, dlog_sigma])
        dWe += np.outer(x_n, dcode)
        dbe += dcode
    return dWe, dbe, dWd, dbd
