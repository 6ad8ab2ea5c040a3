"""Norm variance without gamma.

expected kind: missing-factor or wrong-point
wrong line: 79 or 81
correction 79: dvar = -0.5 * np.sum(dxn * self.xc, axis=0) * self.inv_std**3
correction 81: return dxn * self.inv_std + self.gamma * dvar * 2 * self.xc / n + dmu / n
what: What goes through the variance is without gamma
source: https://github.com/denizyuret/Knet.jl/issues/288
said: the gradient is multiplied with the scales, but where the variance comes in the one before that is used
"""

import numpy as np

PARAMETERS = ["W", "b", "gamma", "beta"]
EPS, P = 1e-3, 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, gamma, beta = r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=3)
    return W, b, gamma, beta, r.normal(size=(7, 4)), r.normal(size=(7, 3)), r.uniform(size=(7, 3)) >= P


def loss(W, b, gamma, beta, X, Y, kept):
    h = np.tanh(X @ W + b)
    centred = h - np.mean(h, axis=0)
    normed = centred / np.sqrt(np.mean(centred**2, axis=0) + EPS)
    out = (gamma * normed + beta) * kept / (1 - P)
    return 0.5 * np.sum((out - Y) ** 2) / len(X)


def right(W, b, gamma, beta, X, Y, kept):
    m = X.shape[0]
    act = np.tanh(np.dot(X, W) + b)
    mean, var = act.mean(axis=0), act.var(axis=0)
    act_hat = (act - mean) / np.sqrt(var + EPS)
    out = (gamma * act_hat + beta) * kept / (1 - P)
    d_out = (out - Y) / m
    d_norm = d_out * kept / (1 - P)
    d_gamma = np.einsum("ij,ij->j", d_norm, act_hat)
    d_beta = np.einsum("ij->j", d_norm)
    d_hat = d_norm * gamma
    d_act = d_hat - d_hat.mean(axis=0) - act_hat * np.mean(d_hat * act_hat, axis=0)
    d_act /= np.sqrt(var + EPS)
    d_pre = d_act * (1 - act**2)
    d_W = np.dot(X.T, d_pre)
    d_b = np.dot(np.ones(m), d_pre)
    return d_W, d_b, d_gamma, d_beta


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x, self.out = x, np.tanh(np.dot(x, self.W) + self.b)
        return self.out

    def backward(self, grad):
        grad = grad * (1 - self.out**2)
        self.dW, self.db = np.dot(self.x.T, grad), np.sum(grad, axis=0)


class BatchNormalization:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.xc = x - x.mean(axis=0)
        self.inv_std = 1 / np.sqrt(np.mean(self.xc**2, axis=0) + EPS)
        self.xn = self.xc * self.inv_std
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        n = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(self.xn * dout, axis=0)
        dxn = self.gamma * dout
        dvar = -0.5 * np.sum(dout * self.xc, axis=0) * self.inv_std**3
        dmu = -np.sum(dxn * self.inv_std, axis=0)
        return dxn * self.inv_std + dvar * 2 * self.xc / n + dmu / n


class Dropout:
    def __init__(self, mask):
        self.mask = mask

    def forward(self, x):
        return x * self.mask / (1 - P)

    def backward(self, dout):
        return dout * self.mask / (1 - P)


def backprop(W, b, gamma, beta, X, Y, kept):
    dense, norm, drop = Dense(W, b), BatchNormalization(gamma, beta), Dropout(kept)
    out = X
    for layer in (dense, norm, drop):
        out = layer.forward(out)
    grad = (out - Y) / len(X)
    for layer in (drop, norm, dense):
        grad = layer.backward(grad)
    return dense.dW, dense.db, norm.dgamma, norm.dbeta
