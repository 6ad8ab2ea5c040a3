"""Combined mixture shares of the examples and sign of the mean.

expected kind: wrong-axis + sign
wrong line: 69 and 72 or 75
correction 69: weight /= np.sum(weight, axis=1, keepdims=True)
correction 72: grad_mean = -weight * eps * np.exp(-log_sd)
correction 75: dWm = np.dot(x.T, -grad_mean)
what: The shares of the components are normalised over the examples, not over the components; and the means go the
    wrong way
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wa", "Wm", "Ws"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(0.8 * r.normal(size=s) for s in [(3, 4), (3, 4), (3, 4), (5, 3), 5])


def loss(Wa, Wm, Ws, x, t):
    a, m, s = x @ Wa, x @ Wm, x @ Ws
    log_mix = a - np.log(np.sum(np.exp(a), axis=1, keepdims=True))
    log_normal = -0.5 * np.log(2 * np.pi) - s - 0.5 * ((t[:, None] - m) / np.exp(s)) ** 2
    joint = log_mix + log_normal
    top = np.max(joint, axis=1, keepdims=True)
    return -np.mean(top[:, 0] + np.log(np.sum(np.exp(joint - top), axis=1)))


class MixtureDensity:
    def __init__(self, Wa, Wm, Ws):
        self.W = {"alpha": Wa, "mu": Wm, "sigma": Ws}

    def forward(self, x):
        self.x = x
        out = {k: x @ w for k, w in self.W.items()}
        e = np.exp(out["alpha"])
        self.alpha = e / e.sum(axis=1, keepdims=True)
        self.mu, self.scale = out["mu"], np.exp(out["sigma"])

    def backward(self, t):
        Y = t.reshape(-1, 1)
        pdf = self.alpha * np.exp(-((Y - self.mu) ** 2) / (2 * self.scale**2)) / self.scale
        r = pdf / pdf.sum(axis=1, keepdims=True)
        d_alpha = self.alpha - r
        d_mu = -r * (Y - self.mu) / self.scale**2
        D = (Y - self.mu) ** 2 / self.scale**2 - 1
        d_sigma = -r * D
        return {k: self.x.T @ d / len(t) for k, d in (("alpha", d_alpha), ("mu", d_mu), ("sigma", d_sigma))}


def right(Wa, Wm, Ws, x, t):
    network = MixtureDensity(Wa, Wm, Ws)
    network.forward(x)
    grads = network.backward(t)
    return grads["alpha"], grads["mu"], grads["sigma"]


def backprop(Wa, Wm, Ws, x, t):
    N = x.shape[0]
    logits, mean, log_sd = np.dot(x, Wa), np.dot(x, Wm), np.dot(x, Ws)
    pi = np.exp(logits - np.max(logits, axis=1)[:, None])
    pi /= np.sum(pi, axis=1)[:, None]
    eps = (t[:, None] - mean) * np.exp(-log_sd)
    weight = pi * np.exp(-0.5 * eps * eps - log_sd)
    weight /= np.sum(weight, axis=0, keepdims=True)
    weight /= N
    grad_logits = pi / N - weight
    grad_mean = weight * eps * np.exp(-log_sd)
    grad_log_sd = weight * (1 - eps * eps)
    dWa = np.dot(x.T, grad_logits)
    dWm = np.dot(x.T, grad_mean)
    dWs = np.dot(x.T, grad_log_sd)
    return dWa, dWm, dWs
