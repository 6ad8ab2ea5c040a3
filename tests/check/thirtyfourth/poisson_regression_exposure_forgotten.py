"""Poisson regression of counts with different exposures, and a ridge.

expected kind: missing-factor or another-loss
wrong line: 27 or 28
correction 27: expected = exposure * np.exp(X @ w + b)
correction 28: score = exposure * expected - counts
what: the expected count is the exposure times the rate; the derivation takes the rate
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def loss(X, counts, exposure, w, b):
    mu = exposure * np.exp(X @ w + b)
    return np.sum(mu - counts * np.log(mu)) + 0.5 * np.sum(w ** 2)


def right(X, counts, exposure, w, b):
    expected = exposure * np.exp(X @ w + b)
    score = expected - counts
    grad_w = X.T @ score + w
    grad_b = np.sum(score)
    return grad_w, grad_b


def backprop(X, counts, exposure, w, b):
    expected = np.exp(X @ w + b)
    score = expected - counts
    grad_w = X.T @ score + w
    grad_b = np.sum(score)
    return grad_w, grad_b


PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(9, 3)), r.poisson(3, size=9), r.uniform(1.5, 4, size=9), r.normal(size=3) * 0.5, r.normal()]
