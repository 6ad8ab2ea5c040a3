"""Ridge regression with an intercept that is not penalised.

expected kind: scale or missing-factor
wrong line: 27
correction 27: gradient[1:] += 2 * alpha * beta[1:]
given as: arrays
what: the penalty is the square of the norm without a half, and its gradient has no 2
source: https://github.com/getzze/RobustModels.jl/pull/27
said: the weight of the ridge penalty was off by a factor of two
"""
import numpy as np

alpha = 0.8

def loss(beta, X, y):
    return np.sum((y - X @ beta) ** 2) + alpha * np.sum(beta[1:] ** 2)


def right(beta, X, y):
    gradient = 2 * X.T @ (X @ beta - y)
    gradient[1:] += 2 * alpha * beta[1:]
    return gradient


def backprop(beta, X, y):
    gradient = 2 * X.T @ (X @ beta - y)
    gradient[1:] += alpha * beta[1:]
    return gradient


PARAMETERS = ["beta"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(12), rng.normal(size=(12, 4))])
    return [rng.normal(size=5), X, rng.normal(size=12)]
