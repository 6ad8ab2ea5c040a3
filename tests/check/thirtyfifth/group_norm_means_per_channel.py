"""Group normalisation of feature maps.

expected kind: wrong-axis
wrong line: 50 or 51
correction 50: mean = lambda a: np.mean(a, axis=(2, 3, 4), keepdims=True)
correction 51: dx = istd * (d - d.mean((2, 3, 4), keepdims=True) - xn * (d * xn).mean((2, 3, 4), keepdims=True))
what: backwards the means are taken per channel, forwards they are over all channels of the group
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
G, eps = 2, 1e-5

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 4, 2, 3)), rng.normal(size=(1, 4, 1, 1)), rng.normal(size=(1, 4, 1, 1)), rng.normal(size=(2, 4, 2, 3))

def loss(x, gamma, beta, t):
    N, C, H, W = x.shape
    groups = x.reshape(N, G, -1)
    groups = (groups - groups.mean(2, keepdims=True)) / np.sqrt(groups.var(2, keepdims=True) + eps)
    return 0.5 * np.sum((groups.reshape(x.shape) * gamma + beta - t) ** 2)

def right(x, gamma, beta, t):
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    mu = np.mean(xg, axis=(2, 3, 4), keepdims=True)
    istd = 1 / np.sqrt(np.var(xg, axis=(2, 3, 4), keepdims=True) + eps)
    xn = (xg - mu) * istd
    dout = xn.reshape(x.shape) * gamma + beta - t
    dgamma = np.sum(dout * xn.reshape(x.shape), axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    d = (dout * gamma).reshape(xg.shape)
    mean = lambda a: np.mean(a, axis=(2, 3, 4), keepdims=True)
    dx = istd * (d - mean(d) - xn * mean(d * xn))
    return dx.reshape(x.shape), dgamma, dbeta

def backprop(x, gamma, beta, t):
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    mu = np.mean(xg, axis=(2, 3, 4), keepdims=True)
    istd = 1 / np.sqrt(np.var(xg, axis=(2, 3, 4), keepdims=True) + eps)
    xn = (xg - mu) * istd
    dout = xn.reshape(x.shape) * gamma + beta - t
    dgamma = np.sum(dout * xn.reshape(x.shape), axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    d = (dout * gamma).reshape(xg.shape)
    mean = lambda a: np.mean(a, axis=(3, 4), keepdims=True)
    dx = istd * (d - mean(d) - xn * mean(d * xn))
    return dx.reshape(x.shape), dgamma, dbeta
