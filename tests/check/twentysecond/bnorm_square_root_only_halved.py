"""Bnorm square root only halved.

expected kind: missing-factor
wrong line: 76
correction 76: dvar = 0.5 * dstd / std
what: The derivative of the square root is a half, without the root that it is divided by
source: https://github.com/mlpack/mlpack/issues/1923
said: with a linear layer before the batch norm the gradient check fails, as its backward pass is wrong; the search shows not where
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta"]
EPS = 1e-3


def data(seed=0):
    rng = np.random.default_rng(seed)
    gamma = rng.uniform(0.5, 1.8, size=4)
    return rng.normal(size=(3, 4)) * 1.4, gamma, rng.normal(size=4), rng.normal(size=(7, 3)), rng.normal(size=(7, 4))


def loss(W, gamma, beta, X, T):
    h = X @ W
    centred = h - np.mean(h, axis=0)
    xhat = centred / np.sqrt(np.mean(centred**2, axis=0) + EPS)
    return np.mean((np.tanh(gamma * xhat + beta) - T) ** 2)


class Normalise:
    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift

    def __call__(self, h):
        self.inv = (h.var(axis=0) + EPS) ** -0.5
        self.unit = (h - h.mean(axis=0)) * self.inv
        return self.gain * self.unit + self.shift

    def back(self, g):
        self.d_gain = np.einsum("nd,nd->d", g, self.unit)
        self.d_shift = np.einsum("nd->d", g)
        g = g * self.gain
        along = np.mean(g * self.unit, axis=0)
        return self.inv * (g - np.mean(g, axis=0) - self.unit * along)


def right(W, gamma, beta, X, T):
    layer = Normalise(gamma, beta)
    out = np.tanh(layer(X @ W))
    g = (out - T) * (2 / out.size)
    g -= g * out**2
    back = layer.back(g)
    return {"W": np.einsum("ni,nd->id", X, back), "gamma": layer.d_gain, "beta": layer.d_shift}


def norm_forward(h, gamma, beta):
    N = h.shape[0]
    mu = np.sum(h, axis=0) / N
    hmu = h - mu
    var = np.sum(hmu**2, axis=0) / N
    std = np.sqrt(var + EPS)
    ivar = 1.0 / std
    xhat = hmu * ivar
    return gamma * xhat + beta, (hmu, ivar, std, xhat, gamma)


def norm_backward(dout, cache):
    hmu, ivar, std, xhat, gamma = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * hmu, axis=0)
    dhmu = dxhat * ivar
    dstd = -divar / std**2
    dvar = 0.5 * dstd
    dhmu = dhmu + 2.0 / N * hmu * dvar
    dmu = -np.sum(dhmu, axis=0)
    return dhmu + dmu / N, dgamma, dbeta


def backprop(W, gamma, beta, X, T):
    h = X.dot(W)
    y, cache = norm_forward(h, gamma, beta)
    out = np.tanh(y)
    dy = 2 * (out - T) / T.size * (1 - out**2)
    dh, dgamma, dbeta = norm_backward(dy, cache)
    return X.T.dot(dh), dgamma, dbeta
