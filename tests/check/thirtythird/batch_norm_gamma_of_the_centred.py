"""batch norm gamma of the centred.

expected kind: missing-factor or wrong-point or stale-value
wrong line: 45
correction 45: dgamma = np.sum(dout * xhat, axis=0)
what: gamma's gradient takes the centred activations instead of the normalised ones
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

EPS = 1e-5


def loss(x, W1, gamma, beta, W2, t):
    a = x @ W1
    ahat = (a - a.mean(axis=0)) / np.sqrt(a.var(axis=0) + EPS)
    out = np.maximum(0, gamma * ahat + beta) @ W2
    return 0.5 * np.sum((out - t) ** 2) / len(x)


def right(x, W1, gamma, beta, W2, t):
    a, N = x @ W1, len(x)
    s = np.sqrt(a.var(axis=0) + EPS)
    ahat = (a - a.mean(axis=0)) / s
    h = np.maximum(0, gamma * ahat + beta)
    d = (h @ W2 - t) / N
    dy = d @ W2.T * (h > 0)
    da = gamma / s * (dy - dy.mean(axis=0) - ahat * (dy * ahat).mean(axis=0))
    return {"W1": x.T @ da, "gamma": (dy * ahat).sum(axis=0), "beta": dy.sum(axis=0), "W2": h.T @ d}


def batchnorm_forward(a, gamma, beta):
    mu = np.mean(a, axis=0)
    xmu = a - mu
    ivar = 1.0 / np.sqrt(np.mean(xmu ** 2, axis=0) + EPS)
    xhat = xmu * ivar
    return gamma * xhat + beta, (xmu, ivar, xhat, gamma)


def batchnorm_backward(dout, cache):
    xmu, ivar, xhat, gamma = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xmu, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu = dxhat * ivar - divar * ivar ** 3 * xmu / N
    dx = dxmu - np.mean(dxmu, axis=0)
    return dx, dgamma, dbeta


def backprop(x, W1, gamma, beta, W2, t):
    y, cache = batchnorm_forward(x @ W1, gamma, beta)
    h = np.maximum(0, y)
    dout = (h @ W2 - t) / x.shape[0]
    grads = {"W2": h.T @ dout}
    dy = dout @ W2.T
    dy[y <= 0] = 0
    da, grads["gamma"], grads["beta"] = batchnorm_backward(dy, cache)
    grads["W1"] = x.T @ da
    return grads


PARAMETERS = ["W1", "gamma", "beta", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), r.normal(size=(3, 4)), 1 + r.random(4), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=(8, 2))]
