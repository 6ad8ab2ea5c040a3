"""Poisson regression, the loss summed over the examples.

expected kind: mean-for-sum or scale
wrong line: 24
correction 24: residual = np.exp(X @ beta + beta0) - y
given as: arrays
what: divided by the number of examples, as if the loss were their mean
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def loss(X, y, beta, beta0):
    eta = X @ beta + beta0
    return np.sum(np.exp(eta) - y * eta)


def right(X, y, beta, beta0):
    residual = np.exp(X @ beta + beta0) - y
    return X.T @ residual, residual.sum()


def backprop(X, y, beta, beta0):
    residual = (np.exp(X @ beta + beta0) - y) / len(y)
    return X.T @ residual, residual.sum()


PARAMETERS = ["beta", "beta0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.poisson(2, size=6), r.normal(size=3) * 0.5, r.normal()]
