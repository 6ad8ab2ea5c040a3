"""Combined bottleneck divergence up and noise without its deviation.

expected kind: sign + missing-factor
wrong line: 79 and 85
correction 79: return self.m, np.exp(2 * self.s) - 1
correction 85: grad_s = grad_z * self.eps * np.exp(self.s) + kl_s
what: The divergence is derived with the other sign; the noise reaches the logarithm without the deviation
source: https://github.com/tkipf/gae/issues/72
said: there seems to be a minus missing before the divergence, which is subtracted from the cost
"""

import numpy as np

PARAMETERS = ["W1", "b1", "Wm", "bm", "Ws", "bs", "Wd", "bd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [(5, 4), 4, (4, 2), 2, (4, 2), 2, (2, 5), 5]
    return *[0.7 * r.normal(size=s) for s in sizes], r.uniform(size=(6, 5)), r.normal(size=(6, 2))


def loss(W1, b1, Wm, bm, Ws, bs, Wd, bd, x, noise):
    h = np.tanh(x @ W1 + b1)
    mu, logstd = h @ Wm + bm, h @ Ws + bs
    logits = (mu + np.exp(logstd) * noise) @ Wd + bd
    bce = np.sum(np.log(1 + np.exp(logits)) - x * logits)
    kl = -0.5 * np.sum(1 + 2 * logstd - mu**2 - np.exp(2 * logstd))
    return (bce + kl) / len(x)


def right(W1, b1, Wm, bm, Ws, bs, Wd, bd, x, noise):
    n = x.shape[0]
    h = np.tanh(x @ W1 + b1)
    mu = h @ Wm + bm
    logstd = h @ Ws + bs
    std = np.exp(logstd)
    z = mu + std * noise
    recon = 1 / (1 + np.exp(-(z @ Wd + bd)))

    grads = {}
    dlogits = (recon - x) / n
    grads["Wd"], grads["bd"] = z.T @ dlogits, dlogits.sum(0)
    dz = dlogits @ Wd.T
    dmu = dz + mu / n
    dlogstd = dz * noise * std + (np.exp(2 * logstd) - 1) / n
    grads["Wm"], grads["bm"] = h.T @ dmu, dmu.sum(0)
    grads["Ws"], grads["bs"] = h.T @ dlogstd, dlogstd.sum(0)
    dh = dmu @ Wm.T + dlogstd @ Ws.T
    dpre = dh * (1 - h * h)
    grads["W1"], grads["b1"] = x.T @ dpre, dpre.sum(0)
    return grads


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        return grad @ self.W.T


class VAE:
    def __init__(self, hidden, mean, logstd, decoder):
        self.hidden, self.mean, self.logstd, self.decoder = hidden, mean, logstd, decoder

    def forward(self, x, eps):
        self.x, self.eps = x, eps
        self.h = np.tanh(self.hidden(x))
        self.m, self.s = self.mean(self.h), self.logstd(self.h)
        self.y = 1 / (1 + np.exp(-self.decoder(self.m + np.exp(self.s) * eps)))

    def kl_gradient(self):
        return -self.m, 1 - np.exp(2 * self.s)

    def backward(self):
        grad_z = self.decoder.backward(self.y - self.x)
        kl_m, kl_s = self.kl_gradient()
        grad_m = grad_z + kl_m
        grad_s = grad_z * self.eps + kl_s
        grad_h = self.mean.backward(grad_m) + self.logstd.backward(grad_s)
        self.hidden.backward(grad_h * (1 - self.h**2))


def backprop(W1, b1, Wm, bm, Ws, bs, Wd, bd, x, noise):
    layers = [Linear(W1, b1), Linear(Wm, bm), Linear(Ws, bs), Linear(Wd, bd)]
    vae = VAE(*layers)
    vae.forward(x, noise)
    vae.backward()
    return [g / len(x) for layer in layers for g in (layer.dW, layer.db)]
