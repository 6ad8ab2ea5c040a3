"""Saffron noise without the deviation.

expected kind: missing-factor
wrong line: 90
correction 90: dlogvar = 0.5 * dz * self.eps * self.std + 0.5 * (np.exp(self.logvar) - 1) / m
what: The gradient that goes through the sample to the log of the variance lacks the standard deviation
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "Wm", "Wv", "D", "d"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # five recipes with six spices, saffron among them: in it or not; two hidden numbers each
    W1, b1 = 0.7 * r.normal(size=(6, 4)), 0.4 * r.normal(size=4)
    Wm, Wv = r.normal(size=(4, 2)), 0.7 * r.normal(size=(4, 2))
    D, d = r.normal(size=(2, 6)), 0.4 * r.normal(size=6)
    # a little noise on the recipes, so that no two are the same
    return W1, b1, Wm, Wv, D, d, r.uniform(0.05, 0.95, size=(5, 6)), r.normal(size=(5, 2))


def loss(W1, b1, Wm, Wv, D, d, recipes, noise):
    n = recipes.shape[0]
    h = np.tanh(recipes @ W1 + b1)
    mu, logvar = h @ Wm, h @ Wv
    z = mu + np.exp(0.5 * logvar) * noise
    s = z @ D + d
    told = np.sum(np.log(1 + np.exp(s)) - recipes * s) / n
    return told - 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar)) / n


def gaussian_head(h, Wm, Wv, eps):
    """Sample; return also the way back, to which the divergence is added."""
    mu, half = h @ Wm, 0.5 * (h @ Wv)
    sigma = np.exp(half)

    def back(dz, share):
        dmu = dz + share * mu
        dsigma = dz * eps + share * (sigma - 1 / sigma)
        dlogvar = 0.5 * sigma * dsigma
        dh = dmu @ Wm.T + dlogvar @ Wv.T
        return h.T @ dmu, h.T @ dlogvar, dh

    return mu + sigma * eps, back


def bernoulli(z, D, d, x):
    off = 1 / (1 + np.exp(-z @ D - d)) - x

    def back(share):
        return share * z.T @ off, share * off.sum(axis=0), share * off @ D.T

    return back


def right(W1, b1, Wm, Wv, D, d, recipes, noise):
    share = 1 / recipes.shape[0]
    h = np.tanh(recipes @ W1 + b1)
    z, head_back = gaussian_head(h, Wm, Wv, noise)
    decoder_back = bernoulli(z, D, d, recipes)

    dD, dd, dz = decoder_back(share)
    dWm, dWv, dh = head_back(dz, share)
    da = dh - dh * h**2
    return recipes.T @ da, np.sum(da, axis=0), dWm, dWv, dD, dd


class VAE:
    def __init__(self, W1, b1, Wm, Wv, D, d):
        self.W1, self.b1, self.Wm, self.Wv, self.D, self.d = W1, b1, Wm, Wv, D, d

    def forward(self, x, eps):
        self.x, self.eps = x, eps
        self.h = np.tanh(x @ self.W1 + self.b1)
        self.mu, self.logvar = self.h @ self.Wm, self.h @ self.Wv
        self.std = np.exp(self.logvar / 2)
        self.z = self.mu + self.std * eps
        self.xhat = 1 / (1 + np.exp(-(self.z @ self.D + self.d)))

    def backward(self):
        m = self.x.shape[0]
        ds = (self.xhat - self.x) / m
        grads = {"D": self.z.T @ ds, "d": ds.sum(axis=0)}
        dz = ds @ self.D.T
        dmu = dz + self.mu / m
        dlogvar = 0.5 * dz * self.eps + 0.5 * (np.exp(self.logvar) - 1) / m
        grads["Wm"] = self.h.T @ dmu
        grads["Wv"] = self.h.T @ dlogvar
        dh = dmu @ self.Wm.T + dlogvar @ self.Wv.T
        da = dh * (1 - self.h**2)
        grads["W1"] = self.x.T @ da
        grads["b1"] = da.sum(axis=0)
        return grads


def backprop(W1, b1, Wm, Wv, D, d, recipes, noise):
    vae = VAE(W1, b1, Wm, Wv, D, d)
    vae.forward(recipes, noise)
    return vae.backward()
