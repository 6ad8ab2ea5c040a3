"""layer norm counts the batch.

expected kind: wrong-axis or scale or wrong-shape or mean-for-sum or unexplained
wrong line: 37 or 43
correction 37: N = dout.shape[1]
correction 43: dx = (dxhat - s1 / dout.shape[1] - xhat * s2 / dout.shape[1]) / std
what: the count in the formula is still batch norm's, the number of rows, while the sums are over the features
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def layernorm_forward(x, gamma, beta, eps=1e-6):
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    xhat = (x - mean) / np.sqrt(var + eps)
    return xhat * gamma + beta, (xhat, gamma, np.sqrt(var + eps))


def loss(x, gamma, beta, R):
    out, _ = layernorm_forward(x, gamma, beta)
    return np.sum(np.sin(out) * R)


def right(x, gamma, beta, R):
    out, (xhat, _, std) = layernorm_forward(x, gamma, beta)
    dout = np.cos(out) * R
    g = dout * gamma
    D = x.shape[1]
    jacobian = np.eye(D) - 1 / D - np.einsum("ni,nj->nij", xhat, xhat) / D
    return np.einsum("ni,nij->nj", g, jacobian) / std, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    s1 = dxhat.sum(axis=1, keepdims=True)
    s2 = (dxhat * xhat).sum(axis=1, keepdims=True)
    dx = (N * dxhat - s1 - xhat * s2) / (N * std)
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, R):
    out, cache = layernorm_forward(x, gamma, beta)
    return layernorm_backward(np.cos(out) * R, cache)


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 6)), rng.normal(size=6), rng.normal(size=6), rng.normal(size=(4, 6))]
