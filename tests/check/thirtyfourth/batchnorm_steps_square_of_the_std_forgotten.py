"""batch normalisation in steps: the derivative of 1/std without its square.

expected kind: missing-factor
wrong line: 54
correction 54: dsqrtvar = -1 / sqrtvar ** 2 * divar
what: step 6: d(1/s) = -1/s instead of -1/s²
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

eps = 1e-3

def batchnorm_forward(x, gamma, beta):
    mu = np.mean(x, axis=0)
    xmu = x - mu
    var = np.mean(xmu ** 2, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)

def loss(x, gamma, beta, r):
    out, _ = batchnorm_forward(x, gamma, beta)
    return np.sum(r * np.tanh(out))

def right(x, gamma, beta, r):
    out, (xhat, gamma, xmu, ivar, sqrtvar) = batchnorm_forward(x, gamma, beta)
    dout = r * (1 - np.tanh(out) ** 2)
    N, D = dout.shape
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    divar = (dxhat * xmu).sum(axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1 / sqrtvar ** 2 * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -dx1.sum(axis=0)
    dx2 = np.ones((N, D)) / N * dmu
    return dx1 + dx2, dgamma, dbeta

def backprop(x, gamma, beta, r):
    out, (xhat, gamma, xmu, ivar, sqrtvar) = batchnorm_forward(x, gamma, beta)
    dout = r * (1 - np.tanh(out) ** 2)
    N, D = dout.shape
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    divar = (dxhat * xmu).sum(axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1 / sqrtvar * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -dx1.sum(axis=0)
    dx2 = np.ones((N, D)) / N * dmu
    return dx1 + dx2, dgamma, dbeta

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [2 * rng.normal(size=(6, 4)) + 1, rng.normal(size=4), rng.normal(size=4), rng.normal(size=(6, 4))]
