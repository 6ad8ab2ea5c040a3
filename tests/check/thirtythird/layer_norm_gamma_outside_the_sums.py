"""layer norm gamma outside the sums.

expected kind: missing-factor or wrong-point or unexplained
wrong line: 38
correction 38: g = dout * gamma; dx = 1 / std * (g - np.mean(g, 1, keepdims=True) - xhat * np.mean(g * xhat, 1, keepdims=True))
what: gamma is multiplied at the end, as in batch norm, but here it isn't constant along the sums
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
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dx = gamma / std * (dout - np.mean(dout, 1, keepdims=True) - xhat * np.mean(dout * xhat, 1, keepdims=True))
    return dx, dgamma, dbeta


def backprop(x, gamma, beta, R):
    out, cache = layernorm_forward(x, gamma, beta)
    return layernorm_backward(np.cos(out) * R, cache)


PARAMETERS = ["x", "gamma", "beta"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 6)), rng.normal(size=6), rng.normal(size=6), rng.normal(size=(4, 6))]
