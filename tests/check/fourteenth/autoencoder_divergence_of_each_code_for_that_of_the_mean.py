"""Autoencoder divergence of each code for that of the mean.

expected kind: wrong-point or missing-sum
wrong line: 66 or 67
correction 66: d_sparse = BETA / m * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))
correction 67: d_h = np.dot(d_out, self.params["W"]) + BETA / m * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))
what: The gradient of the divergence is taken at the single codes, not at their mean over the batch
source: https://github.com/wblgers/tensorflow_stacked_denoising_autoencoder/issues/1
said: the hidden code should be averaged along the batch first and then be used for the divergence
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]
RHO, BETA = 0.1, 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=5), r.normal(size=(6, 5))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W, b, c, X):
    code = sigmoid(X @ W + b)
    rebuilt = code @ W.T + c
    rho_hat = np.mean(code, axis=0)
    kl = RHO * np.log(RHO / rho_hat) + (1 - RHO) * np.log((1 - RHO) / (1 - rho_hat))
    return 0.5 * np.sum((rebuilt - X) ** 2) / len(X) + BETA * np.sum(kl)


def right(W, b, c, X):
    n = len(X)
    codes = [sigmoid(W.T @ x + b) for x in X]
    rho_hat = sum(codes) / n
    sparsity = BETA * ((1 - RHO) / (1 - rho_hat) - RHO / rho_hat)
    dW, db, dc = np.zeros_like(W), np.zeros_like(b), np.zeros_like(c)
    for x, h in zip(X, codes):
        delta3 = W @ h + c - x
        delta2 = (W.T @ delta3 + sparsity) * h * (1 - h)
        dW += np.outer(x, delta2)
        dW += np.outer(delta3, h)
        db += delta2
        dc += delta3
    return dW / n, db / n, dc / n


class SparseAutoencoder:
    def __init__(self, W, b, c):
        self.params = {"W": W, "b": b, "c": c}

    def encode(self, x):
        return sigmoid(np.dot(x, self.params["W"]) + self.params["b"])

    def decode(self, h):
        return np.dot(h, self.params["W"].T) + self.params["c"]

    def gradients(self, x):
        m = x.shape[0]
        h = self.encode(x)
        rho_hat = h.mean(axis=0)
        d_out = (self.decode(h) - x) / m
        d_sparse = BETA / m * (-RHO / h + (1 - RHO) / (1 - h))
        d_h = np.dot(d_out, self.params["W"]) + d_sparse
        d_z = d_h * h * (1 - h)
        grads = {"c": d_out.sum(axis=0), "b": d_z.sum(axis=0)}
        grads["W"] = np.dot(x.T, d_z) + np.dot(d_out.T, h)
        return grads


def backprop(W, b, c, X):
    return SparseAutoencoder(W, b, c).gradients(X)
