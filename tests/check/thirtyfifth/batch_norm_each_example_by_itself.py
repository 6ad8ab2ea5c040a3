"""Batch normalisation by the quotient rule.

expected kind: diagonal-jacobian or missing-term or detached
wrong line: 46
correction 46: dx = (dxhat - dxhat.mean(axis=0) - xhat * np.mean(dxhat * xhat, axis=0)) / std
what: each normalised value is derived by its own input only, that the mean and the variance depend on it for the
    other examples too is left out
source: https://geeksmental.com/question/batch-normalization-backpropagation-doubts
said: someone derives the normalised value of an example by the quotient rule with respect to the same example's input
    alone, and is stuck since it doesn't agree with the published derivation
"""
import numpy as np

PARAMETERS = ["x", "gamma", "beta"]
eps = 1e-5

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 3)), rng.normal(size=3) + 1, rng.normal(size=3), rng.normal(size=(6, 3))

def loss(x, gamma, beta, target):
    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    return 0.5 * np.sum((gamma * xhat + beta - target) ** 2)

def right(x, gamma, beta, target):
    N = len(x)
    ivar = 1 / np.sqrt(x.var(0) + eps)
    xhat = (x - x.mean(0)) * ivar
    dy = gamma * xhat + beta - target
    centre = np.eye(N) - 1 / N
    g = dy * gamma
    dx = centre @ (g * ivar - (x - x.mean(0)) * ivar ** 2 * (g * xhat).sum(0) / N)
    return dx, (dy * xhat).sum(0), dy.sum(0)

def backprop(x, gamma, beta, target):
    N = x.shape[0]
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    dout = gamma * xhat + beta - target
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    numerator = (1 - 1 / N) * std - (x - mu) * (x - mu) / (N * std)
    slope = numerator / (var + eps)
    dx = dxhat * slope
    return dx, dgamma, dbeta
