"""Acorn normalised slopes divided by the variance.

expected kind: repeated-factor or wrong-point
wrong line: 97
correction 97: da = inner / np.sqrt(var + EPS)
what: The gradient of the batch norm is divided by the variance and not by its root
source: https://github.com/rinuboney/ladder/issues/17
said: what was divided by for normalising is the variance, and not the standard deviation; the root was missing
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
KEEP, EPS = 0.6, 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # nine acorns, four measures, three kinds of oak; what is dropped follows from a number
    W1, W2, b2 = r.normal(size=(4, 6)), r.normal(size=(6, 3)), 0.2 * r.normal(size=3)
    gamma, beta = r.uniform(0.6, 1.5, size=6), 0.4 * r.normal(size=6)
    return W1, gamma, beta, W2, b2, r.normal(size=(9, 4)), r.integers(0, 3, size=9), int(r.integers(1, 10000))


def loss(W1, gamma, beta, W2, b2, x, oak, dice):
    a = x @ W1
    a = (a - a.mean(axis=0)) / np.sqrt(a.var(axis=0) + EPS)
    h = np.maximum(0, gamma * a + beta)
    h = h * (np.random.default_rng(dice).random(h.shape) < KEEP) / KEEP
    scores = h @ W2 + b2
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[range(len(oak)), oak])


class Linear:
    def __init__(self, W, b=0.0):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class BatchNorm1d:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
    def forward(self, x):
        self.std = np.sqrt(x.var(axis=0) + EPS)
        self.hat = (x - x.mean(axis=0)) / self.std
        return self.gamma * self.hat + self.beta
    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.hat).sum(axis=0), dout.sum(axis=0)
        return self.gamma / self.std * (dout - dout.mean(axis=0) - self.hat * (dout * self.hat).mean(axis=0))


class ReLU:
    def forward(self, x):
        self.positive = x > 0
        return np.where(self.positive, x, 0)
    def backward(self, dout):
        return np.where(self.positive, dout, 0)


class Dropout:
    def __init__(self, dice):
        self.rng = np.random.default_rng(dice)
    def draw(self, shape):
        return (self.rng.random(shape) < KEEP) / KEEP
    def forward(self, x):
        self.mask = self.draw(x.shape)
        return x * self.mask
    def backward(self, dout):
        return dout * self.mask


def right(W1, gamma, beta, W2, b2, x, oak, dice):
    lower, norm, upper = Linear(W1), BatchNorm1d(gamma, beta), Linear(W2, b2)
    layers = [lower, norm, ReLU(), Dropout(dice), upper]
    for layer in layers:
        x = layer.forward(x)
    d = (np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) - np.eye(3)[oak]) / len(oak)
    for layer in layers[::-1]:
        d = layer.backward(d)
    return {"W1": lower.dW, "gamma": norm.dgamma, "beta": norm.dbeta, "W2": upper.dW, "b2": upper.db}


def bn_forward(a, gamma, beta):
    var = a.var(axis=0)
    hat = (a - a.mean(axis=0)) / np.sqrt(var + EPS)
    return gamma * hat + beta, hat, var


def bn_backward(dout, hat, var, gamma):
    dhat = dout * gamma
    inner = dhat - np.mean(dhat, axis=0) - hat * np.mean(dhat * hat, axis=0)
    da = inner / (var + EPS)
    return da, np.sum(dout * hat, axis=0), np.sum(dout, axis=0)


def backprop(W1, gamma, beta, W2, b2, x, oak, dice):
    kept = np.random.default_rng(dice).random((len(x), len(gamma))) < KEEP
    z, hat, var = bn_forward(np.dot(x, W1), gamma, beta)
    h = np.maximum(z, 0) * kept / KEEP
    scores = np.dot(h, W2) + b2
    dscores = np.exp(scores) / np.sum(np.exp(scores), axis=1)[:, None]
    dscores = (dscores - np.eye(3)[oak]) / len(x)
    dz = np.dot(dscores, W2.T) * kept / KEEP * (z > 0)
    da, dgamma, dbeta = bn_backward(dz, hat, var, gamma)
    return np.dot(x.T, da), dgamma, dbeta, np.dot(h.T, dscores), np.sum(dscores, axis=0)
