"""Quarry norm divides by the variance.

expected kind: repeated-factor
wrong line: 103
correction 103: du = (dhat - sum(dhat) / width - hat * (dhat @ hat) / width) / var**0.5
what: On the way back through the norm the root of the variance is forgotten, so the deviation divides twice
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
EPS = 1e-2
SHARP = 1.702


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H, out = 7, 4, 5, 2
    W1, gamma, beta = 1.5 * r.normal(size=(d, H)), r.uniform(0.5, 1.8, size=H), 0.5 * r.normal(size=H)
    return W1, gamma, beta, r.normal(size=(H, out)), r.normal(size=out), r.normal(size=(n, d)), r.normal(size=(n, out))


def loss(W1, gamma, beta, W2, b2, stone, wear):
    u = stone @ W1
    centred = u - np.mean(u, axis=1, keepdims=True)
    s = gamma * centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS) + beta
    # GELU by a sigmoid
    h = s / (1 + np.exp(-SHARP * s))
    return np.sum((h @ W2 + b2 - wear) ** 2) / stone.shape[0]


class Linear:
    def __init__(self, weight, bias=None):
        self.weight, self.bias = weight, bias

    def __call__(self, x):
        self.x = x
        return x @ self.weight if self.bias is None else x @ self.weight + self.bias

    def back(self, d):
        self.d_weight = self.x.T @ d
        self.d_bias = d.sum(axis=0)
        return d @ self.weight.T


class Norm:
    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift

    def __call__(self, x):
        self.inv = 1 / np.sqrt(x.var(axis=1, keepdims=True) + EPS)
        self.hat = (x - x.mean(axis=1, keepdims=True)) * self.inv
        return self.gain * self.hat + self.shift

    def back(self, d):
        self.d_gain, self.d_shift = (d * self.hat).sum(axis=0), d.sum(axis=0)
        d = d * self.gain
        along = np.mean(d * self.hat, axis=1, keepdims=True)
        return self.inv * (d - d.mean(axis=1, keepdims=True) - self.hat * along)


class Gelu:
    def __call__(self, x):
        self.x, self.gate = x, 1 / (1 + np.exp(-SHARP * x))
        return x * self.gate

    def back(self, d):
        bend = SHARP * self.gate * (1 - self.gate)
        return d * (self.gate + self.x * bend)


def right(W1, gamma, beta, W2, b2, stone, wear):
    first, norm, act, last = Linear(W1), Norm(gamma, beta), Gelu(), Linear(W2, b2)
    y = stone
    for layer in (first, norm, act, last):
        y = layer(y)
    d = 2 * (y - wear) / len(stone)
    for layer in (last, act, norm, first):
        d = layer.back(d)
    return first.d_weight, norm.d_gain, norm.d_shift, last.d_weight, last.d_bias


def squeeze(row):
    mean = sum(row) / len(row)
    var = sum((row - mean) ** 2) / len(row) + EPS
    return (row - mean) / var**0.5, var


def chip(W1, gamma, beta, W2, b2, x, target):
    """The gradients for one stone."""
    hat, var = squeeze(W1.T @ x)
    s = gamma * hat + beta
    phi = 1 / (1 + np.exp(-SHARP * s))
    h = s * phi
    dy = 2 * (W2.T @ h + b2 - target)
    dW2 = h[:, None] * dy[None, :]
    ds = (W2 @ dy) * (phi + SHARP * h * (1 - phi))
    dgamma, dbeta = ds * hat, ds
    dhat = ds * gamma
    width = len(hat)
    du = (dhat - sum(dhat) / width - hat * (dhat @ hat) / width) / var
    dW1 = x[:, None] * du[None, :]
    return dict(W1=dW1, gamma=dgamma, beta=dbeta, W2=dW2, b2=dy)


def backprop(W1, gamma, beta, W2, b2, stone, wear):
    weights = dict(W1=W1, gamma=gamma, beta=beta, W2=W2, b2=b2)
    total = {name: np.zeros_like(w) for name, w in weights.items()}
    for x, target in zip(stone, wear):
        piece = chip(**weights, x=x, target=target)
        for name in total:
            total[name] += piece[name] / stone.shape[0]
    return total
