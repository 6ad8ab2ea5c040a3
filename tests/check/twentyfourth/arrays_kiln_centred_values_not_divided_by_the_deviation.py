"""Arrays kiln centred values not divided by the deviation.

expected kind: missing-factor
wrong line: 107
correction 107: dxmu1 = dxhat * ivar
given as: arrays
what: On the direct way from the normed values to the centred ones the inverse of the deviation is left out
source: https://github.com/chainer/chainer/pull/3479
said: inv_std is missing in the backward of a batch normalisation, on one of its two implementations
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, gamma, beta = r.normal(size=(3, 4)), 1 + 0.4 * r.normal(size=4), 0.5 * r.normal(size=4)
    return W1, gamma, beta, r.normal(size=(4, 2)), 0.3 * r.normal(size=2), 1.5 * r.normal(size=(7, 3)), r.normal(size=(7, 2))


def loss(W1, gamma, beta, W2, b2, X, Y):
    a = X @ W1
    mean = np.mean(a, axis=0)
    variance = np.mean((a - mean) ** 2, axis=0)
    normed = (a - mean) / np.sqrt(variance + EPS)
    h = np.maximum(gamma * normed + beta, 0)
    return 0.5 * np.sum((h @ W2 + b2 - Y) ** 2) / len(X)


class Norm:
    """Normalises over the batch; keeps what cuDNN keeps."""

    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, x):
        centred = x - x.mean(axis=0)
        self.saved = 1 / np.sqrt(x.var(axis=0) + EPS)
        self.xhat = centred * self.saved
        return self.xhat * self.gamma + self.beta

    def back(self, g):
        n = len(g)
        inv_std = self.saved
        self.dbeta = g.sum(0)
        self.dgamma = (g * self.xhat).sum(0)
        inner = n * g - self.dbeta - self.xhat * self.dgamma
        return self.gamma * inv_std / n * inner


class Rectifier:
    def __call__(self, x):
        self.on = x > 0
        return x * self.on

    def back(self, g):
        return g * self.on


class Linear:
    def __init__(self, W, b=0.0):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def back(self, g):
        self.dW, self.db = self.x.T @ g, g.sum(0)
        return g @ self.W.T


def right(W1, gamma, beta, W2, b2, X, Y):
    first, norm, last = Linear(W1), Norm(gamma, beta), Linear(W2, b2)
    layers = [first, norm, Rectifier(), last]
    value = X
    for layer in layers:
        value = layer(value)
    g = (value - Y) / len(Y)
    for layer in layers[::-1]:
        g = layer.back(g)
    return {"W1": first.dW, "gamma": norm.dgamma, "beta": norm.dbeta, "W2": last.dW, "b2": last.db}


def batchnorm_forward(x, gamma, beta):
    N = x.shape[0]
    mu = np.sum(x, axis=0) / N
    xmu = x - mu
    var = np.sum(xmu**2, axis=0) / N
    sqrtvar = np.sqrt(var + EPS)
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    # the two ways to the centred values
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat
    dsqrtvar = -divar / sqrtvar**2
    dvar = 0.5 * dsqrtvar / sqrtvar
    dsq = np.ones((N, D)) * dvar / N
    dxmu2 = 2 * xmu * dsq
    # and to the mean
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    dx2 = np.ones((N, D)) * dmu / N
    return dx1 + dx2, dgamma, dbeta


def backprop(W1, gamma, beta, W2, b2, X, Y):
    a = X.dot(W1)
    bn, cache = batchnorm_forward(a, gamma, beta)
    h = np.maximum(0, bn)
    out = h.dot(W2) + b2
    dout = (out - Y) / len(X)
    dW2, db2 = h.T.dot(dout), dout.sum(axis=0)
    dbn = dout.dot(W2.T)
    dbn[bn <= 0] = 0
    da, dgamma, dbeta = batchnorm_backward(dbn, cache)
    return X.T.dot(da), dgamma, dbeta, dW2, db2
