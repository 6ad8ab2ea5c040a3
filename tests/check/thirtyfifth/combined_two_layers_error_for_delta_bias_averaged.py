"""Two sigmoid layers with two mistakes: what goes back, a bias

expected kind: missing-factor + mean-for-sum or missing-factor + scale
wrong line: 47 and 51
correction 47: l1_error = l2_delta.dot(syn1.T)
correction 51: d_b0 = l1_delta.sum(axis=0)
what: the error goes back through the weights without the derivative of the output layer; the hidden bias is averaged over the
    examples
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["syn0", "b0", "syn1", "b1"]


def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def loss(X, y, syn0, b0, syn1, b1):
    l1 = nonlin(X @ syn0 + b0)
    l2 = nonlin(l1 @ syn1 + b1)
    return 0.5 * np.sum((l2 - y) ** 2)


def right(X, y, syn0, b0, syn1, b1):
    l1 = nonlin(np.dot(X, syn0) + b0)
    l2 = nonlin(np.dot(l1, syn1) + b1)
    l2_error = l2 - y
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    d_syn1, d_b1 = l1.T.dot(l2_delta), l2_delta.sum(axis=0)
    d_syn0 = X.T.dot(l1_delta)
    d_b0 = l1_delta.sum(axis=0)
    return d_syn0, d_b0, d_syn1, d_b1


def backprop(X, y, syn0, b0, syn1, b1):
    l1 = nonlin(np.dot(X, syn0) + b0)
    l2 = nonlin(np.dot(l1, syn1) + b1)
    l2_error = l2 - y
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_error.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    d_syn1, d_b1 = l1.T.dot(l2_delta), l2_delta.sum(axis=0)
    d_syn0 = X.T.dot(l1_delta)
    d_b0 = l1_delta.mean(axis=0)
    return d_syn0, d_b0, d_syn1, d_b1


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(7, 3)), (rng.random((7, 1)) > 0.5) * 1.0, rng.normal(size=(3, 4)), rng.normal(size=4),
            rng.normal(size=(4, 1)), rng.normal(size=1)]
