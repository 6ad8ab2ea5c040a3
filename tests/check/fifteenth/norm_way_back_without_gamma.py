"""Norm way back without gamma.

expected kind: missing-factor
wrong line: 89 or 99 or 100
correction 89: dxhat = dout * gamma
correction 99: dx = (dx1 + dx2) * gamma
correction 100: return dx * gamma, dgamma, dbeta
what: What goes back through the norm is not multiplied by gamma
source: https://github.com/denizyuret/Knet.jl/issues/288
said: the gradient of the input is computed from one that was not multiplied by the scale
"""

import numpy as np

PARAMETERS = ["W1", "b1", "gamma", "beta", "W2", "b2"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5,), (5,), (5, 3), (3,), (9, 4)]
    return *(r.normal(size=s) for s in shapes), np.array([0, 1, 2, 2, 1, 0, 0, 2, 1])


def loss(W1, b1, gamma, beta, W2, b2, X, y):
    z = X @ W1 + b1
    normed = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPS)
    scores = np.maximum(0, gamma * normed + beta) @ W2 + b2
    log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_probs[np.arange(len(y)), y])


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.batch_size = x.shape[0]
        mu = x.mean(axis=0)
        self.std = np.sqrt(x.var(axis=0) + EPS)
        self.xn = (x - mu) / self.std
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        m = self.batch_size
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(self.xn * dout, axis=0)
        inner = m * dout - self.dbeta - self.xn * self.dgamma
        return self.gamma / (m * self.std) * inner


def log_softmax(scores):
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def right(W1, b1, gamma, beta, W2, b2, X, y):
    norm = BatchNorm(gamma, beta)
    out = norm.forward(np.dot(X, W1) + b1)
    mask = out <= 0
    out[mask] = 0
    log_probs = log_softmax(np.dot(out, W2) + b2)
    target = np.zeros_like(log_probs)
    target[np.arange(len(y)), y] = 1
    delta = (np.exp(log_probs) - target) / len(y)
    dW2, db2 = np.dot(out.T, delta), delta.sum(axis=0)
    dout = np.dot(delta, W2.T)
    dout[mask] = 0
    dz = norm.backward(dout)
    dW1 = np.dot(X.T, dz)
    db1 = dz.sum(axis=0)
    return dW1, db1, norm.dgamma, norm.dbeta, dW2, db2


def batchnorm_forward(x, gamma, beta):
    mu = np.mean(x, axis=0)
    xmu = x - mu
    var = np.mean(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + EPS)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * ivar * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, axis=0)
    dx2 = np.ones((N, D)) / N * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


def backprop(W1, b1, gamma, beta, W2, b2, X, y):
    grads = {}
    z = X.dot(W1) + b1
    normed, cache = batchnorm_forward(z, gamma, beta)
    hidden = np.maximum(0, normed)
    scores = hidden.dot(W2) + b2
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(len(y)), y] -= 1
    dscores /= len(y)
    grads["W2"] = hidden.T.dot(dscores)
    grads["b2"] = dscores.sum(axis=0)
    dhidden = dscores.dot(W2.T)
    dhidden[normed <= 0] = 0
    dz, grads["gamma"], grads["beta"] = batchnorm_backward(dhidden, cache)
    grads["W1"] = X.T.dot(dz)
    grads["b1"] = dz.sum(axis=0)
    return grads
