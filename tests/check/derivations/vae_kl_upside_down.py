"""The gradient of the KL term is reversed.

expected kind: sign
wrong line: 57
correction 57: gradKLLoss = (self.mean, -0.5 * (1 - np.exp(self.logVar)))
what: the gradient of the KL term is subtracted where it should be added
source: https://github.com/Kaixhin/Autoencoders/issues/9
said: The gradient of the KL loss is logZ + 1 - log(1/k) with the other sign; the author agrees, and samples
    become more diverse.
"""

import numpy as np

PARAMETERS = ["Wm", "Wl", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(5, 4)), r.normal(size=(5, 2)),
        0.5 * r.normal(size=(4, 2)), 0.3 * r.normal(size=(4, 2)), r.normal(size=(2, 4)),
    ]


def loss(x, eps, Wm, Wl, Wd):
    mu, logvar = x @ Wm, x @ Wl
    z = mu + np.exp(0.5 * logvar) * eps
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return np.sum((np.tanh(z @ Wd) - x) ** 2) + kl


def right(x, eps, Wm, Wl, Wd):
    mu, half = x @ Wm, np.exp(x @ Wl / 2)
    z = mu + half * eps
    o = np.tanh(z @ Wd)
    g = 2 * (o - x) * (1 - o * o)
    dz = g @ Wd.T
    return x.T @ (dz + mu), x.T @ (dz * eps * half / 2 + (half**2 - 1) / 2), z.T @ g


class VAE:
    def __init__(self, Wm, Wl, Wd):
        self.params = {"Wm": Wm, "Wl": Wl, "Wd": Wd}

    def forward(self, x, noise):
        p = self.params
        self.x, self.noise = x, noise
        self.mean, self.logVar = x @ p["Wm"], x @ p["Wl"]
        self.std = np.exp(self.logVar / 2)
        self.z = self.mean + self.std * noise
        self.xHat = np.tanh(self.z @ p["Wd"])

    def backward(self):
        gradLoss = 2 * (self.xHat - self.x) * (1 - self.xHat ** 2)
        grads = {"Wd": self.z.T @ gradLoss}
        gradZ = gradLoss @ self.params["Wd"].T
        gradKLLoss = (-self.mean, 0.5 * (1 - np.exp(self.logVar)))
        grads["Wm"] = self.x.T @ (gradZ + gradKLLoss[0])
        grads["Wl"] = self.x.T @ (gradZ * self.noise * self.std / 2 + gradKLLoss[1])
        return grads


def backprop(x, eps, Wm, Wl, Wd):
    model = VAE(Wm, Wl, Wd)
    model.forward(x, eps)
    return model.backward()
