"""Logistic regression with labels of -1 and 1.

expected kind: wrong-point or sign or wrong-activation
wrong line: 36 or 37
correction 36: weights = sigma(-margins)
correction 37: slope = -y * (1 - weights) / n
what: the derivative of log(1 + exp(-m)) is -sigmoid(-m), not -sigmoid(m)
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigma(t):
    return 1.0 / (1.0 + np.exp(-t))


def loss(theta, b, X, y, lam):
    margins = y * (X.dot(theta) + b)
    return np.mean(np.log(1 + np.exp(-margins))) + 0.5 * lam * theta.dot(theta)


def right(theta, b, X, y, lam):
    n = len(y)
    margins = y * (X.dot(theta) + b)
    weights = sigma(-margins)
    slope = -y * weights / n
    grad = X.T.dot(slope)
    grad += lam * theta
    return grad, slope.sum()


def backprop(theta, b, X, y, lam):
    n = len(y)
    margins = y * (X.dot(theta) + b)
    weights = sigma(margins)
    slope = -y * weights / n
    grad = X.T.dot(slope)
    grad += lam * theta
    return grad, slope.sum()


PARAMETERS = ["theta", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(11, 3))
    y = np.where(rng.random(11) > 0.5, 1.0, -1.0)
    return rng.normal(size=3), rng.normal(), X, y, 0.3
