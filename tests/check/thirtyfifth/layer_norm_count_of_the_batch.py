"""Layer normalisation made from the code of batch normalisation.

expected kind: wrong-axis or scale or mean-for-sum or sum-for-mean
wrong line: 41 or 46
correction 41: n = x.shape[1]
correction 46: dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) * ivar
what: the sums over the features are divided by the number of examples
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 6)), rng.normal(size=6) + 1, rng.normal(size=6), rng.normal(size=(3, 6))

def layernorm_forward(x, gamma, beta):
    mean = x.mean(axis=1, keepdims=True)
    ivar = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    xhat = (x - mean) * ivar
    return gamma * xhat + beta, (xhat, ivar)

def loss(x, gamma, beta, probe):
    out, _ = layernorm_forward(x, gamma, beta)
    return np.sum(out ** 2 * probe)

def right(x, gamma, beta, probe):
    out, (xhat, ivar) = layernorm_forward(x, gamma, beta)
    n = x.shape[1]
    dout = 2 * out * probe
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dx = ivar / n * (n * dxhat - np.sum(dxhat, axis=1, keepdims=True) - xhat * np.sum(dxhat * xhat, axis=1, keepdims=True))
    return dx, dgamma, dbeta

def backprop(x, gamma, beta, probe):
    out, (xhat, ivar) = layernorm_forward(x, gamma, beta)
    n = x.shape[0]
    dout = 2 * out * probe
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dx = ivar / n * (n * dxhat - np.sum(dxhat, axis=1, keepdims=True) - xhat * np.sum(dxhat * xhat, axis=1, keepdims=True))
    return dx, dgamma, dbeta
