"""denoising autoencoder with tied weights: the encoder's gradient is taken at the clean input.

expected kind: wrong-point or stale-value or missing-factor or wrong-mask
wrong line: 47
correction 47: L_W = tilde_x.T @ L_h + L_v.T @ y
what: the outer product is with x, though the encoder saw the corrupted x
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class DA:
    def __init__(self, W, hbias, vbias):
        self.W, self.hbias, self.vbias = W, hbias, vbias

    def get_hidden(self, v):
        return sigmoid(v @ self.W + self.hbias)

    def reconstruct(self, h):
        return sigmoid(h @ self.W.T + self.vbias)

def loss(W, hbias, vbias, x, noise):
    da = DA(W, hbias, vbias)
    z = da.reconstruct(da.get_hidden(x * noise))
    return -np.mean(np.sum(x * np.log(z) + (1 - x) * np.log(1 - z), axis=1))

def right(W, hbias, vbias, x, noise):
    da = DA(W, hbias, vbias)
    tilde_x = x * noise
    y = da.get_hidden(tilde_x)
    z = da.reconstruct(y)
    L_v = (z - x) / len(x)
    L_h = (L_v @ W) * y * (1 - y)
    L_W = tilde_x.T @ L_h + L_v.T @ y
    return L_W, L_h.sum(axis=0), L_v.sum(axis=0)

def backprop(W, hbias, vbias, x, noise):
    da = DA(W, hbias, vbias)
    tilde_x = x * noise
    y = da.get_hidden(tilde_x)
    z = da.reconstruct(y)
    L_v = (z - x) / len(x)
    L_h = (L_v @ W) * y * (1 - y)
    L_W = x.T @ L_h + L_v.T @ y
    return L_W, L_h.sum(axis=0), L_v.sum(axis=0)

PARAMETERS = ["W", "hbias", "vbias"]

def data(seed=0):
    r = np.random.default_rng(seed)
    x = r.random((6, 5))
    noise = (r.random((6, 5)) < 0.7).astype(float)
    return [r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=5), x, noise]
