"""Logistic regression by the chain rule.

expected kind: missing-factor or wrong-activation
wrong line: 32 or 33
correction 32: da_dz = a * (1 - a)
correction 33: dL_dz = dL_da * a * da_dz
what: the derivative of the sigmoid is 1 - a, without the factor a
source: https://github.com/schneider128k/machine_learning_course/issues/1
said: the notes on logistic regression gave the derivative of the activation as 1 - a, without the factor a
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

def loss(w, b, X, y):
    a = sig(X @ w + b)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def right(w, b, X, y):
    a = sig(X @ w + b)
    dL_da = -(y / a - (1 - y) / (1 - a)) / len(y)
    da_dz = a * (1 - a)
    dL_dz = dL_da * da_dz
    return X.T @ dL_dz, np.sum(dL_dz)


def backprop(w, b, X, y):
    a = sig(X @ w + b)
    dL_da = -(y / a - (1 - y) / (1 - a)) / len(y)
    da_dz = 1 - a
    dL_dz = dL_da * da_dz
    return X.T @ dL_dz, np.sum(dL_dz)


PARAMETERS = ["w", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=3), rng.normal(), rng.normal(size=(9, 3)), (rng.random(9) > 0.5) * 1.0]
