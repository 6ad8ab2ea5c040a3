"""Arrays mirage divergence without the log of the deviation.

expected kind: missing-term
wrong line: 96
correction 96: dlogvar += 0.5 * (np.exp(self.logvar) - 1) / N
given as: arrays
what: The gradient of the divergence lacks the −½ that comes from the logarithm of the variance
source: https://github.com/pluskid/Mocha.jl/issues/117
said: the divergence of two Gaussians should contain the logarithm of sigma, and the layer has it neither in the code nor in the text
"""

import numpy as np

PARAMETERS = ["We", "be", "Wm", "Ws", "Wd", "bd"]
def data(seed=0):
    r = np.random.default_rng(seed)
    We, be = r.normal(size=(4, 5)), 0.3 * r.normal(size=5)
    Wm, Ws = 0.7 * r.normal(size=(5, 2)), 0.5 * r.normal(size=(5, 2))
    Wd, bd = r.normal(size=(2, 4)), 0.3 * r.normal(size=4)
    X = np.array([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 1]])
    return We, be, Wm, Ws, Wd, bd, X, r.normal(size=(5, 2))


def loss(We, be, Wm, Ws, Wd, bd, X, eps):
    hidden = np.tanh(X @ We + be)
    mu, logvar = hidden @ Wm, hidden @ Ws
    z = mu + np.exp(0.5 * logvar) * eps
    logits = z @ Wd + bd
    reconstruction = np.sum(np.log(1 + np.exp(logits)) - X * logits)
    divergence = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (reconstruction + divergence) / len(X)


def decoder(code, Wd, bd):
    u = code @ Wd + bd
    return np.exp(u) / (1 + np.exp(u))


def encoder(x, We, be, Wm, Ws):
    h = np.tanh(We.T @ x + be)
    return h, Wm.T @ h, Ws.T @ h


def right(We, be, Wm, Ws, Wd, bd, X, eps):
    dWe, dbe, dWm = np.zeros_like(We), np.zeros_like(be), np.zeros_like(Wm)
    dWs, dWd, dbd = np.zeros_like(Ws), np.zeros_like(Wd), np.zeros_like(bd)
    n = len(X)
    for x, noise in zip(X, eps):
        h, mean, logvar = encoder(x, We, be, Wm, Ws)
        sigma = np.exp(logvar) ** 0.5
        code = mean + sigma * noise
        error = (decoder(code, Wd, bd) - x) / n
        dWd += np.outer(code, error)
        dbd += error
        dcode = Wd @ error
        dmean = dcode + mean / n
        dlogvar = 0.5 * (dcode * noise * sigma + (sigma**2 - 1) / n)
        dWm += np.outer(h, dmean)
        dWs += np.outer(h, dlogvar)
        dh = Wm @ dmean + Ws @ dlogvar
        da = (1 - h * h) * dh
        dWe += np.outer(x, da)
        dbe += da
    return dWe, dbe, dWm, dWs, dWd, dbd


class VAE:
    def __init__(self, We, be, Wm, Ws, Wd, bd):
        self.We, self.be, self.Wm, self.Ws, self.Wd, self.bd = We, be, Wm, Ws, Wd, bd

    def encode(self, X):
        self.X = X
        self.hidden = np.tanh(X @ self.We + self.be)
        self.mu, self.logvar = self.hidden @ self.Wm, self.hidden @ self.Ws

    def sample(self, eps):
        self.eps = eps
        self.std = np.exp(self.logvar / 2)
        self.z = self.mu + self.std * eps

    def decode(self):
        self.x_hat = 1 / (1 + np.exp(-(self.z @ self.Wd + self.bd)))

    def backward(self):
        N = self.X.shape[0]
        g = {}
        dlogits = (self.x_hat - self.X) / N
        g["Wd"] = self.z.T @ dlogits
        g["bd"] = dlogits.sum(axis=0)
        dz = dlogits @ self.Wd.T
        # reconstruction
        dmu = dz.copy()
        dlogvar = dz * self.eps * self.std * 0.5
        # divergence
        dmu += self.mu / N
        dlogvar += 0.5 * np.exp(self.logvar) / N
        g["Wm"] = self.hidden.T @ dmu
        g["Ws"] = self.hidden.T @ dlogvar
        dhidden = dmu @ self.Wm.T + dlogvar @ self.Ws.T
        dpre = dhidden * (1 - self.hidden**2)
        g["We"] = self.X.T @ dpre
        g["be"] = dpre.sum(axis=0)
        return g


def backprop(We, be, Wm, Ws, Wd, bd, X, eps):
    vae = VAE(We, be, Wm, Ws, Wd, bd)
    vae.encode(X)
    vae.sample(eps)
    vae.decode()
    return vae.backward()
