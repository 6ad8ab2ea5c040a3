"""Mean and variance are taken for constants.

expected kind: detached or missing-term
wrong line: 61
correction 61: return (dhat - dhat.mean(axis=0) - self.hat * (dhat * self.hat).mean(axis=0)) / self.std
what: no gradient goes through the statistics
source: https://github.com/deeplearning4j/deeplearning4j/pull/8379
said: The correction adds to the gradient what comes from the derivatives with respect to mean and variance.
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 3)), r.normal(size=(6, 2)),
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(4, 2)),
    ]


def loss(x, t, W1, gamma, beta, W2):
    a = x @ W1
    mu = np.mean(a, axis=0)
    var = np.mean((a - mu) ** 2, axis=0)
    out = gamma * (a - mu) / np.sqrt(var + EPS) + beta
    return np.sum((np.tanh(out) @ W2 - t) ** 2)


def right(x, t, W1, gamma, beta, W2):
    # step by step, as a framework does it; the mean has no path through the variance, since sum(a - mu) = 0
    m = len(x)
    a = x @ W1
    mean, variance = a.mean(0), a.var(0)
    x_hat = (a - mean) / np.sqrt(variance + EPS)
    h = np.tanh(gamma * x_hat + beta)
    r = 2 * (h @ W2 - t)
    delta = r @ W2.T * (1 - h**2)
    d_hat = delta * gamma
    variance_delta = (d_hat * (a - mean)).sum(0) * -0.5 * (variance + EPS) ** -1.5
    mean_delta = (d_hat * -1 / np.sqrt(variance + EPS)).sum(0)
    da = d_hat / np.sqrt(variance + EPS) + variance_delta * 2 * (a - mean) / m + mean_delta / m
    return x.T @ da, (delta * x_hat).sum(0), delta.sum(0), h.T @ r


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, a):
        self.std = np.sqrt(a.var(axis=0) + EPS)
        self.hat = (a - a.mean(axis=0)) / self.std
        return self.gamma * self.hat + self.beta

    def back(self, dy):
        self.dgamma, self.dbeta = (dy * self.hat).sum(axis=0), dy.sum(axis=0)
        dhat = self.gamma * dy
        return dhat / self.std


def backprop(x, t, W1, gamma, beta, W2):
    bn = BatchNorm(gamma, beta)
    h = np.tanh(bn(x @ W1))
    d = 2 * (h @ W2 - t)
    dW2 = h.T @ d
    d = bn.back(d @ W2.T * (1 - h * h))
    return x.T @ d, bn.dgamma, bn.dbeta, dW2
