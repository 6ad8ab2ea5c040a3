"""Tied decoder put over the encoder.

expected kind: missing-term or detached
wrong line: 69
correction 69: L_W += np.dot(L_vbias.T, hidden)
what: The gradient of the tied weights is that of the decoder, put over that of the encoder
source: https://github.com/twitter-archive/torch-autograd/issues/165
said: the weights and the gradients of the decoding layers are set to those of the encoding ones; are they updated
    twice?
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, c = r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=4)
    return W, b, c, r.uniform(size=(6, 4)), (r.uniform(size=(6, 4)) > 0.3).astype(float)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W, b, c, X, keep):
    code = sigmoid(np.dot(X * keep, W) + b)
    rebuilt = sigmoid(np.dot(code, W.T) + c)
    return 0.5 * np.sum((rebuilt - X) ** 2) / len(X)


def right(W, b, c, X, keep):
    grad = {"W": np.zeros_like(W), "b": np.zeros_like(b), "c": np.zeros_like(c)}
    m = len(X)
    for x, k in zip(X, keep):
        noisy = x * k
        h = sigmoid(W.T @ noisy + b)
        y = sigmoid(W @ h + c)
        delta_out = (y - x) * y * (1 - y)
        delta_hid = (W.T @ delta_out) * h * (1 - h)
        grad["W"] += np.outer(noisy, delta_hid)
        grad["W"] += np.outer(delta_out, h)
        grad["b"] += delta_hid
        grad["c"] += delta_out
    return {name: g / m for name, g in grad.items()}


class dA:
    """A denoising autoencoder with tied weights."""

    def __init__(self, W, hbias, vbias):
        self.W, self.hbias, self.vbias = W, hbias, vbias

    def get_hidden_values(self, x):
        return sigmoid(np.dot(x, self.W) + self.hbias)

    def get_reconstructed_input(self, hidden):
        return sigmoid(np.dot(hidden, self.W.T) + self.vbias)

    def gradients(self, x, corrupted):
        hidden = self.get_hidden_values(corrupted)
        z = self.get_reconstructed_input(hidden)
        n = x.shape[0]
        L_vbias = (z - x) * z * (1 - z) / n
        L_hidden = np.dot(L_vbias, self.W)
        L_hbias = L_hidden * hidden * (1 - hidden)
        L_W = np.dot(corrupted.T, L_hbias)
        L_W = np.dot(L_vbias.T, hidden)
        return L_W, np.sum(L_hbias, axis=0), np.sum(L_vbias, axis=0)


def backprop(W, b, c, X, keep):
    return dA(W, b, c).gradients(X, X * keep)
