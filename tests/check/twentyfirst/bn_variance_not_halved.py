"""Bn variance not halved.

expected kind: scale
wrong line: 113
correction 113: dvar = -0.5 * np.sum(dxhat * xmu, axis=0) * ivar**3
what: The half of the derivative of the root is left out
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
KEEP, EPS = 0.75, 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = np.array([[1, 1, 0, 1], [1, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1], [0, 1, 1, 1]], dtype=float)
    scale = 1 + 0.3 * r.normal(size=4)
    return r.normal(size=(3, 4)), scale, r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=2), r.normal(size=(6, 3)), mask, r.normal(size=(6, 2))


def loss(W1, gamma, beta, W2, b2, X, mask, T):
    z = X @ W1
    mean = np.mean(z, axis=0)
    var = np.mean((z - mean) ** 2, axis=0)
    y = gamma * (z - mean) / np.sqrt(var + EPS) + beta
    h = np.maximum(0, y) * mask / KEEP
    return np.sum((h @ W2 + b2 - T) ** 2) / (2 * len(X))


class Affine:
    def __init__(self, W, b, rate=0.1):
        self.W, self.b, self.rate = W, b, rate

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        W = self.W
        self.W = W - self.rate * self.dW
        self.b = self.b - self.rate * self.db
        return grad @ W.T


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=0) + EPS)
        self.hat = (x - x.mean(axis=0)) / self.std
        return self.gamma * self.hat + self.beta

    def backward(self, grad):
        self.dgamma, self.dbeta = np.sum(grad * self.hat, axis=0), np.sum(grad, axis=0)
        g = grad * self.gamma
        return (g - g.mean(axis=0) - self.hat * np.mean(g * self.hat, axis=0)) / self.std


class Relu:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, grad):
        return grad * self.on


class Dropout:
    def __init__(self, mask):
        self.mask = mask

    def forward(self, x):
        return x * self.mask / KEEP

    def backward(self, grad):
        return grad * self.mask / KEEP


def right(W1, gamma, beta, W2, b2, X, mask, T):
    net = [Affine(W1, np.zeros(4)), BatchNorm(gamma, beta), Relu(), Dropout(mask), Affine(W2, b2)]
    out = X
    for layer in net:
        out = layer.forward(out)
    grad = (out - T) / len(X)
    for layer in net[::-1]:
        grad = layer.backward(grad)
    return net[0].dW, net[1].dgamma, net[1].dbeta, net[4].dW, net[4].db


def backprop(W1, gamma, beta, W2, b2, X, mask, T):
    m = float(X.shape[0])
    # forward
    z = X.dot(W1)
    mu = z.sum(axis=0) / m
    xmu = z - mu
    var = (xmu**2).sum(axis=0) / m
    ivar = (var + EPS) ** -0.5
    xhat = xmu * ivar
    y = gamma * xhat + beta
    keep = mask / KEEP
    h = np.maximum(y, 0) * keep
    # backward
    dscores = (h.dot(W2) + b2 - T) / m
    dh = dscores.dot(W2.T)
    dy = dh * keep
    dy[y <= 0] = 0
    dxhat = dy * gamma
    dvar = -np.sum(dxhat * xmu, axis=0) * ivar**3
    dmu = -np.sum(dxhat, axis=0) * ivar
    dz = dxhat * ivar + 2 * xmu * dvar / m + dmu / m
    return {
        "W1": X.T.dot(dz),
        "gamma": (dy * xhat).sum(axis=0),
        "beta": dy.sum(axis=0),
        "W2": h.T.dot(dscores),
        "b2": dscores.sum(axis=0),
    }
