"""group normalisation: the size of a group without its channels.

expected kind: scale or sum-for-mean or wrong-axis
wrong line: 50 or 53
correction 50: M = C // G * H * W
correction 53: dx = inv * (dxhat - (s1 + xhat * s2) / (C // G * H * W))
what: the count of the elements that share a mean is H·W, and C/G is left out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

G, eps = 2, 1e-5

def groupnorm(x):
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    mean = np.mean(xg, axis=(2, 3, 4), keepdims=True)
    var = np.mean((xg - mean) ** 2, axis=(2, 3, 4), keepdims=True)
    inv = 1 / np.sqrt(var + eps)
    return (xg - mean) * inv, inv

def loss(x, gamma, beta, q):
    xhat, _ = groupnorm(x)
    out = gamma * xhat.reshape(x.shape) + beta
    return np.sum(q * out + 0.1 * out ** 2)

def right(x, gamma, beta, q):
    N, C, H, W = x.shape
    xhat, inv = groupnorm(x)
    xh = xhat.reshape(x.shape)
    dout = q + 0.2 * (gamma * xh + beta)
    dgamma = np.sum(dout * xh, axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dxhat = (dout * gamma).reshape(xhat.shape)
    M = C // G * H * W
    s1 = np.sum(dxhat, axis=(2, 3, 4), keepdims=True)
    s2 = np.sum(dxhat * xhat, axis=(2, 3, 4), keepdims=True)
    dx = inv / M * (M * dxhat - s1 - xhat * s2)
    return dx.reshape(x.shape), dgamma, dbeta

def backprop(x, gamma, beta, q):
    N, C, H, W = x.shape
    xhat, inv = groupnorm(x)
    xh = xhat.reshape(x.shape)
    dout = q + 0.2 * (gamma * xh + beta)
    dgamma = np.sum(dout * xh, axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dxhat = (dout * gamma).reshape(xhat.shape)
    M = H * W
    s1 = np.sum(dxhat, axis=(2, 3, 4), keepdims=True)
    s2 = np.sum(dxhat * xhat, axis=(2, 3, 4), keepdims=True)
    dx = inv / M * (M * dxhat - s1 - xhat * s2)
    return dx.reshape(x.shape), dgamma, dbeta

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 4, 3, 3)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(2, 4, 3, 3))]
