"""Vae deviation held constant.

expected kind: detached or missing-term
wrong line: 68 or 82
correction 68: d_log_var = 0.5 * d_z * eps * sigma
correction 82: d_v = 0.5 * d_z * eps * sigma + 0.5 * (sigma**2 - 1) / len(X)
what: Of the sample only the mean gets a gradient, the deviation gets that of the divergence alone
source: https://github.com/ethanluoyc/pytorch-vae/issues/5
said: the mean needs a gradient but the deviation doesn't, since it stands for the sample
"""

import numpy as np

PARAMETERS = ["We", "be", "Wm", "bm", "Ws", "bs", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = (3, 3), 3, (3, 2), 2, (3, 2), 2, (2, 3), 3
    return *(0.8 * r.normal(size=shape) for shape in shapes), r.normal(size=(4, 3)), r.normal(size=(4, 2))


def loss(We, be, Wm, bm, Ws, bs, Wd, bd, X, noise):
    h = np.tanh(X @ We + be)
    mu = h @ Wm + bm
    logvar = h @ Ws + bs
    z = mu + np.exp(0.5 * logvar) * noise
    reconstruction = 0.5 * np.sum((z @ Wd + bd - X) ** 2)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (reconstruction + kl) / len(X)


def right(We, be, Wm, bm, Ws, bs, Wd, bd, X, noise):
    n = X.shape[0]
    h = np.tanh(np.dot(X, We) + be)
    mu, logvar = np.dot(h, Wm) + bm, np.dot(h, Ws) + bs
    std = np.exp(logvar / 2)
    z = mu + std * noise
    dout = (np.dot(z, Wd) + bd - X) / n
    dWd, dbd = np.dot(z.T, dout), np.sum(dout, axis=0)
    dz = np.dot(dout, Wd.T)
    dmu = dz + mu / n
    dlogvar = dz * noise * std * 0.5
    dlogvar += (np.exp(logvar) - 1) / (2 * n)
    dWm, dbm = np.dot(h.T, dmu), np.sum(dmu, axis=0)
    dWs, dbs = np.dot(h.T, dlogvar), np.sum(dlogvar, axis=0)
    dh = np.dot(dmu, Wm.T) + np.dot(dlogvar, Ws.T)
    dpre = dh * (1 - h * h)
    return np.dot(X.T, dpre), np.sum(dpre, axis=0), dWm, dbm, dWs, dbs, dWd, dbd


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros(W.shape), np.zeros(b.shape)

    def __call__(self, x):
        return x @ self.W + self.b

    def back(self, x, grad):
        self.dW += np.outer(x, grad)
        self.db += grad
        return self.W @ grad


def sample_back(d_z, sigma, eps):
    d_mean = d_z
    d_log_var = 0
    return d_mean, d_log_var


def backprop(We, be, Wm, bm, Ws, bs, Wd, bd, X, noise):
    encoder, mean, log_var, decoder = Linear(We, be), Linear(Wm, bm), Linear(Ws, bs), Linear(Wd, bd)
    for x, eps in zip(X, noise):
        code = np.tanh(encoder(x))
        m, v = mean(code), log_var(code)
        sigma = np.exp(v) ** 0.5
        z = m + sigma * eps
        d_z = decoder.back(z, (decoder(z) - x) / len(X))
        d_m, d_v = sample_back(d_z, sigma, eps)
        d_m = d_m + m / len(X)
        d_v = d_v + 0.5 * (sigma**2 - 1) / len(X)
        d_code = mean.back(code, d_m) + log_var.back(code, d_v)
        encoder.back(x, d_code * (1 - code**2))
    return [g for layer in (encoder, mean, log_var, decoder) for g in (layer.dW, layer.db)]
