"""Latent divergence taken off the loss.

expected kind: sign
wrong line: 99
correction 99: dstats = dsample + ddivergence
what: The gradient of the divergence is subtracted from that of the reconstruction
source: https://github.com/keras-team/keras/pull/6500
said: somebody thinks that the divergence, which has its minus already, has to be subtracted from the cross-entropy
"""

import numpy as np

PARAMETERS = ["W", "Wm", "Wv", "D1", "d1", "D2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, Wm, Wv = r.normal(size=(4, 5)), 0.7 * r.normal(size=(5, 2)), 0.7 * r.normal(size=(5, 2))
    D1, d1, D2 = r.normal(size=(2, 3)), 0.4 * r.normal(size=3), r.normal(size=(3, 4))
    pixels = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 1]])
    return W, Wm, Wv, D1, d1, D2, pixels, r.normal(size=(5, 2))


def loss(W, Wm, Wv, D1, d1, D2, X, noise):
    h = np.tanh(X @ W)
    mu, logvar = h @ Wm, h @ Wv
    z = mu + np.exp(0.5 * logvar) * noise
    logits = np.tanh(z @ D1 + d1) @ D2
    reconstruction = np.sum(np.log(1 + np.exp(logits)) - X * logits)
    divergence = 0.5 * np.sum(np.exp(logvar) + mu**2 - 1 - logvar)
    return (reconstruction + divergence) / X.shape[0]


class Encoder:
    def __init__(self, W, Wm, Wv):
        self.W, self.Wm, self.Wv = W, Wm, Wv

    def forward(self, x):
        self.x, self.h = x, np.tanh(x.dot(self.W))
        return self.h.dot(self.Wm), self.h.dot(self.Wv)

    def backward(self, gmu, glogvar):
        gh = gmu.dot(self.Wm.T) + glogvar.dot(self.Wv.T)
        gh -= gh * self.h * self.h
        return {"W": self.x.T.dot(gh), "Wm": self.h.T.dot(gmu), "Wv": self.h.T.dot(glogvar)}


class Decoder:
    def __init__(self, D1, d1, D2):
        self.D1, self.d1, self.D2 = D1, d1, D2

    def forward(self, z):
        self.hidden = np.tanh(z.dot(self.D1) + self.d1)
        return 1.0 / (1.0 + np.exp(-self.hidden.dot(self.D2)))

    def backward(self, z, g):
        grads = {"D2": self.hidden.T.dot(g)}
        g = g.dot(self.D2.T) * (1.0 - np.square(self.hidden))
        grads["d1"] = np.sum(g, axis=0)
        grads["D1"] = np.dot(z.T, g)
        return g.dot(self.D1.T), grads


def right(W, Wm, Wv, D1, d1, D2, X, noise):
    encoder, decoder = Encoder(W, Wm, Wv), Decoder(D1, d1, D2)
    mu, logvar = encoder.forward(X)
    sigma = np.exp(0.5 * logvar)
    z = mu + sigma * noise
    error = decoder.forward(z) - X
    gz, grads = decoder.backward(z, error)
    gmu = gz + mu
    glogvar = 0.5 * gz * sigma * noise + 0.5 * (np.exp(logvar) - 1)
    grads.update(encoder.backward(gmu, glogvar))
    return {name: g / len(X) for name, g in grads.items()}


def backprop(W, Wm, Wv, D1, d1, D2, X, noise):
    m, k = noise.shape
    # encoder: mean and log variance side by side
    h = np.tanh(X @ W)
    heads = np.hstack([Wm, Wv])
    stats = h @ heads
    mu, logvar = stats[:, :k], stats[:, k:]
    std = np.exp(logvar / 2)
    z = mu + std * noise
    # decoder
    g = np.tanh(z @ D1 + d1)
    xhat = 1 / (1 + np.exp(-(g @ D2)))
    # backward
    dlogits = (xhat - X) / m
    dD2 = g.T @ dlogits
    dg = dlogits @ D2.T
    dpre = dg * (1 - g**2)
    dD1 = z.T @ dpre
    dd1 = dpre.sum(axis=0)
    dz = dpre @ D1.T
    dsample = np.hstack([dz, dz * noise * std / 2])
    ddivergence = np.hstack([mu, (std**2 - 1) / 2]) / m
    dstats = dsample - ddivergence
    dheads = h.T @ dstats
    dh = dstats @ heads.T
    dW = X.T @ (dh * (1 - h**2))
    return dW, dheads[:, :k], dheads[:, k:], dD1, dd1, dD2
