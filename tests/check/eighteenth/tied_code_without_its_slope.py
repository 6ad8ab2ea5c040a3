"""Tied code without its slope.

expected kind: missing-factor or detached
wrong line: 67
correction 67: L_hbias = np.dot(L_vbias, self.W) * y * (1 - y)
what: The slope of the sigmoid of the code is left out
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=5), (r.uniform(size=(6, 5)) > 0.5).astype(float)


def loss(W, b, c, X):
    H = 1 / (1 + np.exp(-(X @ W + b)))
    Z = 1 / (1 + np.exp(-(H @ W.T + c)))
    return -np.mean(np.sum(X * np.log(Z) + (1 - X) * np.log(1 - Z), axis=1))


def encode(W, b, x):
    return 1 / (1 + np.exp(-(W.T @ x + b)))


def decode(W, c, h):
    return 1 / (1 + np.exp(-(W @ h + c)))


def right(W, b, c, X):
    dW_enc, dW_dec = np.zeros_like(W), np.zeros_like(W)
    db, dc = np.zeros_like(b), np.zeros_like(c)
    for x in X:
        h = encode(W, b, x)
        z = decode(W, c, h)
        dz = (z - x) / (z * (1 - z)) / len(X)
        da2 = dz * z * (1 - z)
        dc += da2
        dW_dec += np.outer(da2, h)
        dh = W.T @ da2
        da1 = dh * h * (1 - h)
        db += da1
        dW_enc += np.outer(x, da1)
    return dW_enc + dW_dec, db, dc


class DenoisingAutoencoder:
    def __init__(self, W, hbias, vbias):
        self.W, self.W_prime = W, W.T
        self.hbias, self.vbias = hbias, vbias

    def get_hidden(self, x):
        return 1 / (1 + np.exp(-(np.dot(x, self.W) + self.hbias)))

    def get_reconstructed(self, h):
        return 1 / (1 + np.exp(-(np.dot(h, self.W_prime) + self.vbias)))

    def gradients(self, x):
        y = self.get_hidden(x)
        z = self.get_reconstructed(y)
        L_vbias = z - x
        L_hbias = np.dot(L_vbias, self.W)
        L_W = np.dot(x.T, L_hbias) + np.dot(L_vbias.T, y)
        n = len(x)
        return L_W / n, np.mean(L_hbias, axis=0), np.mean(L_vbias, axis=0)


def backprop(W, b, c, X):
    return DenoisingAutoencoder(W, b, c).gradients(X)
