"""Poisson regression: the predicted rate

expected kind: wrong-point or wrong-activation or another-loss
wrong line: 29
correction 29: score = (np.exp(eta) - counts) / len(counts)
given as: arrays
what: the linear predictor is compared with the counts, as in linear regression, not its exponential
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["beta", "intercept"]


def loss(X, counts, beta, intercept):
    eta = X @ beta + intercept
    return np.mean(np.exp(eta) - counts * eta)


def right(X, counts, beta, intercept):
    eta = X @ beta + intercept
    score = (np.exp(eta) - counts) / len(counts)
    return {"beta": X.T @ score, "intercept": score.sum()}


def backprop(X, counts, beta, intercept):
    eta = X @ beta + intercept
    score = (eta - counts) / len(counts)
    return {"beta": X.T @ score, "intercept": score.sum()}


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, beta = rng.normal(size=(12, 3)), rng.normal(size=3) * 0.5
    return [X, rng.poisson(np.exp(X @ beta + 0.4)) * 1.0, beta + 0.2 * rng.normal(size=3), np.array(0.4)]
