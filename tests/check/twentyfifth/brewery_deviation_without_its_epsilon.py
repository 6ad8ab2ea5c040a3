"""Brewery deviation without its epsilon.

expected kind: missing-term or wrong-point
wrong line: 76
correction 76: inverse = 1 / np.sqrt(self.var + EPS)
what: The backward pass computes the deviation anew and leaves out the epsilon
source: https://github.com/chainer/chainer/pull/4191
said: the epsilon is missing in a line of the backward pass of batch renormalization; tests with a larger one were added
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta", "V"]
EPS = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W, V = 0.7 * r.normal(size=(3, 4)), r.normal(size=(4, 2))
    gamma, beta = 1 + 0.4 * r.normal(size=4), 0.3 * r.normal(size=4)
    return W, gamma, beta, V, r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W, gamma, beta, V, malt, taste):
    a = malt @ W
    centered = a - np.mean(a, axis=0)
    normed = centered / np.sqrt(np.mean(centered**2, axis=0) + EPS)
    h = np.tanh(gamma * normed + beta)
    return np.sum((h @ V - taste) ** 2) / len(malt)


def norm_forward(a, gamma, beta):
    spread = np.sqrt(a.var(axis=0) + EPS)
    normed = (a - a.mean(axis=0)) / spread
    return normed * gamma + beta, (normed, spread, gamma)


def norm_backward(dy, cache):
    normed, spread, gamma = cache
    g = dy * gamma
    da = (g - g.mean(axis=0) - normed * (g * normed).mean(axis=0)) / spread
    return da, np.sum(dy * normed, axis=0), np.sum(dy, axis=0)


def right(W, gamma, beta, V, malt, taste):
    grads = {}
    # forward
    y, cache = norm_forward(np.dot(malt, W), gamma, beta)
    h = np.tanh(y)
    residual = np.dot(h, V) - taste
    # backward
    d = 2 * residual / malt.shape[0]
    grads["V"] = np.dot(h.T, d)
    dh = np.dot(d, V.T)
    dy = dh - dh * h * h
    da, grads["gamma"], grads["beta"] = norm_backward(dy, cache)
    grads["W"] = np.dot(malt.T, da)
    return grads


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, a):
        self.centered = a - a.mean(axis=0)
        self.var = np.mean(self.centered**2, axis=0)
        self.normed = self.centered / np.sqrt(self.var + EPS)
        return self.gamma * self.normed + self.beta

    def backward(self, dy):
        n = len(dy)
        self.dbeta = dy.sum(axis=0)
        self.dgamma = (dy * self.normed).sum(axis=0)
        dnormed = dy * self.gamma
        inverse = 1 / np.sqrt(self.var)
        dvar = np.sum(dnormed * self.centered, axis=0) * -0.5 * inverse**3
        dmu = -np.sum(dnormed, axis=0) * inverse
        return dnormed * inverse + dvar * 2 * self.centered / n + dmu / n


class Vat:
    """Malt is mixed, normed, bent and tasted."""

    def __init__(self, W, gamma, beta, V):
        self.W, self.V, self.norm = W, V, BatchNorm(gamma, beta)

    def forward(self, malt):
        self.malt = malt
        self.h = np.tanh(self.norm.forward(malt @ self.W))
        return self.h @ self.V

    def backward(self, dout):
        dV = self.h.T @ dout
        dy = (dout @ self.V.T) * (1 - self.h**2)
        da = self.norm.backward(dy)
        return self.malt.T @ da, self.norm.dgamma, self.norm.dbeta, dV


def backprop(W, gamma, beta, V, malt, taste):
    vat = Vat(W, gamma, beta, V)
    out = vat.forward(malt)
    return vat.backward(2 * (out - taste) / len(malt))
