"""Arrays vae divergence not over the batch.

expected kind: sum-for-mean
wrong line: 63
correction 63: dmean_kl = self.mean / batch
given as: arrays
what: The divergence's part for the means is a sum over the batch, and a mean in the loss
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W_mean", "W_std", "W_out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = (3, 5), (5, 2), (5, 2), (2, 3)
    return (*(r.normal(size=s) * 0.7 for s in shapes), r.normal(size=(5, 3)), r.normal(size=(5, 2)))


def loss(W1, W_mean, W_std, W_out, X, noise):
    h = np.tanh(X @ W1)
    m, log_s = h @ W_mean, h @ W_std
    out = (m + np.exp(log_s) * noise) @ W_out
    squared = 0.5 * np.sum((out - X) ** 2, axis=1)
    divergence = np.sum(0.5 * (m**2 + np.exp(2 * log_s) - 1) - log_s, axis=1)
    return np.mean(squared + divergence)


def right(W1, W_mean, W_std, W_out, X, noise):
    n = len(X)
    h = np.tanh(X @ W1)
    m, s = h @ W_mean, np.exp(h @ W_std)
    z = m + s * noise
    e = (z @ W_out - X) / n
    a = e @ W_out.T + m / n
    c = e @ W_out.T * noise * s + (s * s - 1) / n
    return X.T @ ((a @ W_mean.T + c @ W_std.T) * (1 - h * h)), h.T @ a, h.T @ c, z.T @ e


class GaussianVAE:
    def __init__(self, W1, W_mean, W_std, W_out):
        self.W1, self.W_mean, self.W_std, self.W_out = W1, W_mean, W_std, W_out

    def encode(self, X):
        self.X = X
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W_mean, self.h @ self.W_std

    def forward(self, X, noise):
        self.mean, self.log_sigma = self.encode(X)
        self.sigma = np.exp(self.log_sigma)
        self.noise = noise
        self.z = self.mean + self.sigma * noise
        return self.z @ self.W_out

    def backward(self, dout):
        batch = len(self.X)
        dW_out = self.z.T @ dout
        dz = dout @ self.W_out.T
        dmean_kl = self.mean
        dsigma_kl = (self.sigma - 1 / self.sigma) / batch
        dmean = dz + dmean_kl
        dsigma = dz * self.noise + dsigma_kl
        dlogs = dsigma * self.sigma
        dW_mean = self.h.T @ dmean
        dW_std = self.h.T @ dlogs
        dh = dmean @ self.W_mean.T + dlogs @ self.W_std.T
        dW1 = self.X.T @ (dh * (1 - self.h**2))
        return dW1, dW_mean, dW_std, dW_out


def backprop(W1, W_mean, W_std, W_out, X, noise):
    vae = GaussianVAE(W1, W_mean, W_std, W_out)
    out = vae.forward(X, noise)
    return vae.backward((out - X) / len(X))
