"""Quantile regression with the pinball loss.

expected kind: wrong-mask or swapped-operands or sign
wrong line: 29 or 30
correction 29: under = e > 0
correction 30: slope = np.where(under, tau - 1, tau)
what: the residual is y minus the prediction, the mask is of the prediction minus y
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

tau = 0.8

def loss(w, X, y):
    e = y - X @ w
    return np.mean(np.maximum(tau * e, (tau - 1) * e))


def right(w, X, y):
    e = y - X @ w
    under = e > 0
    slope = np.where(under, tau, tau - 1)
    return -X.T @ slope / len(y)


def backprop(w, X, y):
    e = y - X @ w
    under = e < 0
    slope = np.where(under, tau, tau - 1)
    return -X.T @ slope / len(y)


PARAMETERS = ["w"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=3), rng.normal(size=(11, 3)), rng.normal(size=11)]
