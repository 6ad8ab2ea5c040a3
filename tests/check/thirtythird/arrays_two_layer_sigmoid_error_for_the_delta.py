"""The two-layer sigmoid network of many blogs: no biases, sum of squares.

expected kind: missing-factor
wrong line: 40
correction 40: l1_error = l2_delta.dot(syn1.T)
given as: arrays
what: what goes back to the hidden layer is the error, without the output's derivative
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def loss(X, y, syn0, syn1):
    l2 = nonlin(nonlin(X @ syn0) @ syn1)
    return np.sum((y - l2) ** 2)


def right(X, y, syn0, syn1):
    l1 = nonlin(np.dot(X, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = 2 * (l2 - y)
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    return X.T.dot(l1_delta), l1.T.dot(l2_delta)


def backprop(X, y, syn0, syn1):
    l1 = nonlin(np.dot(X, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = 2 * (l2 - y)
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_error.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    return X.T.dot(l1_delta), l1.T.dot(l2_delta)


PARAMETERS = ["syn0", "syn1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), (r.random((5, 2)) < 0.5) * 1.0, r.normal(size=(3, 4)), r.normal(size=(4, 2))]
