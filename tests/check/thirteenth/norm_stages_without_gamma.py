"""Norm stages without gamma.

expected kind: missing-factor
wrong line: 100
correction 100: dxhat = dout * gamma
what: What goes back into the norm is the error of its output, not yet multiplied by gamma
source: https://github.com/denizyuret/Knet.jl/issues/288
said: dy is multiplied by the scales, but what is used for dx was computed from dy before that
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]

eps = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, gamma, beta, W2, b2, X = (r.normal(size=s) for s in [(4, 5), 5, 5, (5, 3), 3, (8, 4)])
    return W1, gamma, beta, W2, b2, X, np.array([0, 1, 2, 2, 1, 0, 0, 1])


def loss(W1, gamma, beta, W2, b2, X, y):
    a = X @ W1
    centred = a - np.mean(a, axis=0)
    normed = centred / np.sqrt(np.mean(centred**2, axis=0) + eps)
    h = np.maximum(gamma * normed + beta, 0)
    scores = h @ W2 + b2
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(y)), y])


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.mean, self.var = x.mean(axis=0), x.var(axis=0)
        self.x_norm = (x - self.mean) / np.sqrt(self.var + eps)
        return self.gamma * self.x_norm + self.beta

    def backward(self, dout):
        m = len(dout)
        self.dgamma = np.sum(dout * self.x_norm, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        std = np.sqrt(self.var + eps)
        return self.gamma / (m * std) * (m * dout - self.dbeta - self.x_norm * self.dgamma)


class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class Dense:
    def __init__(self, W, b=0.0):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


def right(W1, gamma, beta, W2, b2, X, y):
    layers = [Dense(W1), BatchNorm(gamma, beta), Relu(), Dense(W2, b2)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    e = np.exp(out)
    d = (e / e.sum(axis=1, keepdims=True) - np.eye(out.shape[1])[y]) / len(y)
    for layer in reversed(layers):
        d = layer.backward(d)
    return layers[0].dW, layers[1].dgamma, layers[1].dbeta, layers[3].dW, layers[3].db


def batchnorm_forward(x, gamma, beta):
    N = x.shape[0]
    mu = 1.0 / N * np.sum(x, axis=0)
    xmu = x - mu
    var = 1.0 / N * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / sqrtvar**2 * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = 1.0 / N * np.ones(dout.shape) * dvar
    dx1 = dxmu1 + 2 * xmu * dsq
    dmu = -1 * np.sum(dx1, axis=0)
    return dx1 + 1.0 / N * np.ones(dout.shape) * dmu, dgamma, dbeta


def backprop(W1, gamma, beta, W2, b2, X, y):
    bn, cache = batchnorm_forward(X.dot(W1), gamma, beta)
    h = np.maximum(bn, 0)
    scores = h.dot(W2) + b2
    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    probs[np.arange(len(y)), y] -= 1
    probs /= len(y)
    dh = probs.dot(W2.T)
    dh[bn <= 0] = 0
    da, dgamma, dbeta = batchnorm_backward(dh, cache)
    return X.T.dot(da), dgamma, dbeta, h.T.dot(probs), np.sum(probs, axis=0)
