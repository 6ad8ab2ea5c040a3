"""Norm mean with a term too many.

expected kind: repeated-term
wrong line: 81
correction 81: dmu = -np.sum(dxmu, axis=0)
what: The gradient of the mean has a term through the variance that isn't there
source: https://github.com/apache/mxnet/issues/1053
said: after the gradient of the mean is right the code adds a term to it that spoils it
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta", "V"]

EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    W, gamma, beta, V, X, T = (r.normal(size=s) for s in [(3, 4), 4, 4, (4, 2), (6, 3), (6, 2)])
    return W, gamma, beta, V, X, T


def loss(W, gamma, beta, V, X, T):
    a = X @ W
    centred = a - np.mean(a, axis=0)
    xhat = centred / np.sqrt(np.mean(centred**2, axis=0) + EPS)
    h = np.maximum(gamma * xhat + beta, 0)
    return 0.5 * np.sum((h @ V - T) ** 2)


class Norm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.std = np.sqrt(np.var(x, axis=0) + EPS)
        self.xhat = (x - np.mean(x, axis=0)) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dgamma = np.einsum("nd,nd->d", dout, self.xhat)
        self.dbeta = np.einsum("nd->d", dout)
        g = dout * self.gamma
        along = np.mean(g * self.xhat, axis=0)
        dx = (g - np.mean(g, axis=0) - self.xhat * along) / self.std
        return dx


def right(W, gamma, beta, V, X, T):
    norm = Norm(gamma, beta)
    out = norm.forward(X @ W)
    on = out > 0
    residual = (out * on) @ V - T
    dV = (out * on).T @ residual
    dW = X.T @ norm.backward((residual @ V.T) * on)
    return {"W": dW, "gamma": norm.dgamma, "beta": norm.dbeta, "V": dV}


def batchnorm_forward(x, gamma, beta):
    mu = x.mean(axis=0)
    xmu = x - mu
    var = np.mean(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + EPS)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 / np.sqrt(var + EPS) * dsqrtvar
    dxmu += 2 * xmu * np.ones((N, D)) / N * dvar
    dmu = -np.sum(dxmu, axis=0) + dvar * np.sum(xmu**2, axis=0) / N
    dx = dxmu + np.ones((N, D)) / N * dmu
    return dx, dgamma, dbeta


def backprop(W, gamma, beta, V, X, T):
    a = X.dot(W)
    y, cache = batchnorm_forward(a, gamma, beta)
    h = np.maximum(y, 0)
    dscores = h.dot(V) - T
    dV = h.T.dot(dscores)
    dy = dscores.dot(V.T)
    dy[y <= 0] = 0
    da, dgamma, dbeta = batchnorm_backward(dy, cache)
    return X.T.dot(da), dgamma, dbeta, dV
