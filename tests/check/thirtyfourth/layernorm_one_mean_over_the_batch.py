"""layer normalisation: one of the two means is taken over the batch.

expected kind: wrong-axis
wrong line: 37
correction 37: c1 = np.mean(dxhat, axis=1, keepdims=True)
what: the mean of dxhat is over axis 0, as it was in the batch norm that the line comes from
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def layernorm(x, gamma, beta):
    mu = np.mean(x, axis=1, keepdims=True)
    sigma = np.sqrt(np.mean((x - mu) ** 2, axis=1, keepdims=True) + 1e-5)
    xhat = (x - mu) / sigma
    return gamma * xhat + beta, (xhat, sigma)

def loss(x, gamma, beta, w):
    y, _ = layernorm(x, gamma, beta)
    return np.sum(np.tanh(y) * w)

def right(x, gamma, beta, w):
    y, (xhat, sigma) = layernorm(x, gamma, beta)
    dy = w * (1 - np.tanh(y) ** 2)
    dgamma, dbeta = np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)
    dxhat = dy * gamma
    c1 = np.mean(dxhat, axis=1, keepdims=True)
    c2 = np.mean(dxhat * xhat, axis=1, keepdims=True)
    dx = (dxhat - c1 - xhat * c2) / sigma
    return dx, dgamma, dbeta

def backprop(x, gamma, beta, w):
    y, (xhat, sigma) = layernorm(x, gamma, beta)
    dy = w * (1 - np.tanh(y) ** 2)
    dgamma, dbeta = np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)
    dxhat = dy * gamma
    c1 = np.mean(dxhat, axis=0, keepdims=True)
    c2 = np.mean(dxhat * xhat, axis=1, keepdims=True)
    dx = (dxhat - c1 - xhat * c2) / sigma
    return dx, dgamma, dbeta

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=6), r.normal(size=(4, 6))]
