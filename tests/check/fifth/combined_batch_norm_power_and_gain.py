"""Combined batch norm power and gain.

expected kind: missing-factor or wrong-point + wrong-point or stale-value
wrong line: 60 and 63
correction 60: dvar = np.sum(dx_norm * x_mu, axis=0) * -0.5 * std_inv**3
correction 63: self.dgamma = np.sum(dout * self.x_norm, axis=0)
what: The variance is led back with the power minus one half, and the gain meets the input before its normalisation
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=(8, 3)),
        r.normal(size=(8, 2)),
    )


def loss(W1, gamma, beta, W2, X, Y):
    z = X @ W1
    zc = z - np.mean(z, axis=0)
    n = zc / np.sqrt(np.mean(zc**2, axis=0) + 1e-5)
    return 0.5 * np.sum((np.maximum(gamma * n + beta, 0) @ W2 - Y) ** 2)


def right(W1, gamma, beta, W2, X, Y):
    z = X @ W1
    sd = np.sqrt(z.var(0) + 1e-5)
    n = (z - z.mean(0)) / sd
    h = np.maximum(gamma * n + beta, 0)
    e = h @ W2 - Y
    d = (e @ W2.T) * (h > 0)
    q = d * gamma
    dz = (q - q.mean(0) - n * (q * n).mean(0)) / sd
    return X.T @ dz, (d * n).sum(0), d.sum(0), h.T @ e


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        self.x = x
        self.mu = x.mean(axis=0)
        self.var = x.var(axis=0)
        self.x_norm = (x - self.mu) / np.sqrt(self.var + self.eps)
        return self.gamma * self.x_norm + self.beta

    def backward(self, dout):
        N = dout.shape[0]
        x_mu = self.x - self.mu
        std_inv = 1.0 / np.sqrt(self.var + self.eps)
        dx_norm = dout * self.gamma
        dvar = np.sum(dx_norm * x_mu, axis=0) * -0.5 * std_inv
        dmu = np.sum(dx_norm * -std_inv, axis=0) + dvar * np.mean(-2.0 * x_mu, axis=0)
        dx = dx_norm * std_inv + dvar * 2 * x_mu / N + dmu / N
        self.dgamma = np.sum(dout * self.x, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        return dx


def backprop(W1, gamma, beta, W2, X, Y):
    bn = BatchNorm(gamma, beta)
    pre = bn.forward(X.dot(W1))
    h = np.maximum(pre, 0)
    dout = h.dot(W2) - Y
    grads = {"W2": h.T.dot(dout)}
    dpre = dout.dot(W2.T)
    dpre[pre <= 0] = 0
    grads["W1"] = X.T.dot(bn.backward(dpre))
    grads["gamma"], grads["beta"] = bn.dgamma, bn.dbeta
    return grads
