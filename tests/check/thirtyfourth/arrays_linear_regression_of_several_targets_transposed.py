"""Linear regression of as many targets as features.

expected kind: transpose or swapped-operands
wrong line: 28
correction 28: dW = 2 / m * X.T @ residual
given as: arrays
what: errors times inputs instead of inputs times errors: the transposed gradient, which for a square matrix has the right shape
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def loss(X, Y, W, b):
    return np.sum((X @ W + b - Y) ** 2) / len(X)


def right(X, Y, W, b):
    m = X.shape[0]
    residual = X @ W + b - Y
    dW = 2 / m * X.T @ residual
    db = 2 / m * residual.sum(axis=0)
    return dW, db


def backprop(X, Y, W, b):
    m = X.shape[0]
    residual = X @ W + b - Y
    dW = 2 / m * residual.T @ X
    db = 2 / m * residual.sum(axis=0)
    return dW, db


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), r.normal(size=(8, 3)), r.normal(size=(3, 3)), r.normal(size=3)]
