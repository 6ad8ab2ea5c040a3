"""logistic plus before the other class.

expected kind: sign or another-loss
wrong line: 30
correction 30: dp = -y / p + (1 - y) / (1 - p)
what: the minus of the cross entropy is given to the first class only, so that the other's derivative has the wrong sign
source: https://github.com/rasbt/machine-learning-book/issues/239
said: the formula of the binary cross entropy in the book has a minus before the first logarithm and a plus before the second
"""
import numpy as np

def expit(z):
    return 1 / (1 + np.exp(-z))

def loss(X, y, weights, bias):
    p = expit(X @ weights + bias)
    return np.sum(-y * np.log(p) - (1 - y) * np.log(1 - p))

def right(X, y, weights, bias):
    p = expit(X @ weights + bias)
    dp = -y / p + (1 - y) / (1 - p)
    dz = dp * p * (1 - p)
    grads = {}
    grads['weights'] = X.T @ dz
    grads['bias'] = np.sum(dz, axis=0, keepdims=True)
    return grads

def backprop(X, y, weights, bias):
    p = expit(X @ weights + bias)
    dp = -y / p - (1 - y) / (1 - p)
    dz = dp * p * (1 - p)
    grads = {}
    grads['weights'] = X.T @ dz
    grads['bias'] = np.sum(dz, axis=0, keepdims=True)
    return grads

PARAMETERS = ['weights', 'bias']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(8, 3)), np.arange(8) % 2 * 1.0, rng.normal(size=3), rng.normal(size=1)
