"""Combined norm root for its square and slope of the bias.

expected kind: wrong-point or missing-factor or repeated-factor + missing-factor or wrong-point or wrong-mask
wrong line: 85 or 83 or 86 and 81
correction 81: dgamma = np.sum(dout * xhat, axis=0)
correction 83: divar = np.sum(dxhat * xmu, axis=0) / sqrtvar
correction 85: dsqrtvar = -1 / sqrtvar**2 * divar
correction 86: dvar = 0.5 / (var + EPS) * dsqrtvar
what: The slope of 1 / s is -1 / s² and not -1 / s; gamma meets what was not divided by s
source: https://github.com/mlpack/mlpack/pull/2474
said: one step of the way back through the batch norm has a mistake
"""

import numpy as np

EPS = 1e-3
PARAMETERS = ["W1", "gamma", "beta", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=(8, 3)), np.array([0, 2, 1, 1, 0, 2, 1, 0])


def loss(W1, gamma, beta, W2, X, y):
    a = X @ W1
    mean = np.mean(a, axis=0)
    var = np.mean((a - mean) ** 2, axis=0)
    h = np.maximum(gamma * (a - mean) / np.sqrt(var + EPS) + beta, 0)
    s = h @ W2
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.std = np.sqrt(np.var(x, axis=0) + EPS)
        self.xn = (x - np.mean(x, axis=0)) / self.std
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        m = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (self.xn * dout).sum(axis=0)
        dxn = self.gamma * dout
        centred = dxn - dxn.sum(axis=0) / m
        projection = self.xn * (dxn * self.xn).sum(axis=0) / m
        return (centred - projection) / self.std


def right(W1, gamma, beta, W2, X, y):
    norm = BatchNorm(gamma, beta)
    pre = norm.forward(np.dot(X, W1))
    act = pre * (pre > 0)
    logits = np.dot(act, W2)
    logits = logits - np.max(logits, axis=1)[:, None]
    soft = np.exp(logits) / np.sum(np.exp(logits), axis=1)[:, None]
    dlogits = (soft - np.eye(3)[y]) / len(y)
    dact = np.dot(dlogits, W2.T)
    dpre = dact * (pre > 0)
    dx = norm.backward(dpre)
    return np.dot(X.T, dx), norm.dgamma, norm.dbeta, np.dot(act.T, dlogits)


def batchnorm_forward(x, gamma, beta):
    mu = x.mean(axis=0)
    xmu = x - mu
    var = np.mean(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + EPS)
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xmu, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1 / sqrtvar * divar
    dvar = 0.5 / np.sqrt(var + EPS) * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    return dx1 + dmu / N, dgamma, dbeta


def backprop(W1, gamma, beta, W2, X, y):
    bn, cache = batchnorm_forward(X.dot(W1), gamma, beta)
    h = np.maximum(bn, 0)
    p = np.exp(h.dot(W2))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    dbn = p.dot(W2.T)
    dbn[bn <= 0] = 0
    da, dgamma, dbeta = batchnorm_backward(dbn, cache)
    return X.T.dot(da), dgamma, dbeta, h.T.dot(p)
