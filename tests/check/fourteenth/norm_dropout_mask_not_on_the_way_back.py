"""Norm dropout mask not on the way back.

expected kind: missing-factor or wrong-mask or missing-term
wrong line: 82 or 83
correction 82: layer_1_delta = layer_2_delta.dot(V.T) * (out > 0) * mask / KEEP
correction 83: dh, dgamma, dbeta = batchnorm_backward(layer_1_delta * mask / KEEP, cache)
what: The error of units that have been dropped goes back all the same; the statement is forgotten
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/68
said: why does the delta of the first layer need to be multiplied with the mask?
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta", "V"]
KEEP, EPS = 0.75, 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    W, gamma, beta, V = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=(5, 2))
    mask = r.uniform(size=(8, 5)) < KEEP
    return W, gamma, beta, V, r.normal(size=(8, 3)), r.normal(size=(8, 2)), mask


def loss(W, gamma, beta, V, X, Y, mask):
    h = X @ W
    normed = (h - np.mean(h, axis=0)) / np.sqrt(np.var(h, axis=0) + EPS)
    a = np.maximum(gamma * normed + beta, 0)
    return np.mean(((a * mask / KEEP) @ V - Y) ** 2)


def right(W, gamma, beta, V, X, Y, mask):
    n = len(X)
    h = np.dot(X, W)
    std = np.sqrt(h.var(axis=0) + EPS)
    x_ = (h - h.mean(axis=0)) / std
    bn = gamma * x_ + beta
    drop = mask * np.where(bn > 0, 1.0, 0.0) / KEEP
    dscores = (np.dot(bn * drop, V) - Y) / (0.5 * Y.size)
    dV = np.dot((bn * drop).T, dscores)
    dout = np.dot(dscores, V.T) * drop
    dgamma = np.sum(dout * x_, axis=0)
    dbeta = np.sum(dout, axis=0)
    dh = gamma / std / n * (n * dout - dbeta - x_ * dgamma)
    return np.dot(X.T, dh), dgamma, dbeta, dV


def batchnorm_forward(x, gamma, beta):
    N = x.shape[0]
    mu = 1.0 / N * np.sum(x, axis=0)
    xmu = x - mu
    var = 1.0 / N * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + EPS)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -divar / sqrtvar**2
    dvar = 0.5 * dsqrtvar / np.sqrt(var + EPS)
    dsq = np.ones_like(dout) * dvar / N
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    return dx1 + dmu / N, dgamma, dbeta


def backprop(W, gamma, beta, V, X, Y, mask):
    out, cache = batchnorm_forward(X.dot(W), gamma, beta)
    layer_1 = (out > 0) * out
    layer_1 *= mask / KEEP
    layer_2_delta = 2 * (layer_1.dot(V) - Y) / Y.size
    dV = layer_1.T.dot(layer_2_delta)
    layer_1_delta = layer_2_delta.dot(V.T) * (out > 0)
    dh, dgamma, dbeta = batchnorm_backward(layer_1_delta, cache)
    return X.T.dot(dh), dgamma, dbeta, dV
