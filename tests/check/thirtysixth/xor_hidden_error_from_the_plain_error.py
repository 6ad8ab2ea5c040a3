"""A small network for XOR.

expected kind: missing-factor or stale-value or wrong-point or wrong-parameter
wrong line: 42
correction 42: l1_error = l2_delta.dot(syn1.T)
what: the error goes back to the hidden layer without the slope of the output's sigmoid
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
y = np.array([[0], [1], [1], [0]], dtype=float)


def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def loss(syn0, syn1):
    out = nonlin(nonlin(X @ syn0) @ syn1)
    return 0.5 * np.sum((y - out) ** 2)


def right(syn0, syn1):
    l1 = nonlin(np.dot(X, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = l2 - y
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    return X.T.dot(l1_delta), l1.T.dot(l2_delta)


def backprop(syn0, syn1):
    l1 = nonlin(np.dot(X, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = l2 - y
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_error.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    return X.T.dot(l1_delta), l1.T.dot(l2_delta)


PARAMETERS = ["syn0", "syn1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 2 * r.random((3, 4)) - 1, 2 * r.random((4, 1)) - 1
