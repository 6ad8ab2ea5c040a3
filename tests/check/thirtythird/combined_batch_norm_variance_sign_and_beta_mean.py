"""combined batch norm variance sign and beta mean.

expected kind: sign + mean-for-sum or sign + scale
wrong line: 45 and 50
correction 45: dbeta = np.sum(dout, axis=0)
correction 50: dvar = -0.5 * ivar ** 3 * divar
what: the derivative of one over the root lacks its minus; and beta's gradient is a mean over the batch
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
    N, D = dout.shape
    dbeta = np.mean(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dvar = 0.5 * ivar ** 3 * divar
    dxmu2 = 2 * xmu * dvar / N
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    return dx1 + dmu / N, dgamma, dbeta


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
