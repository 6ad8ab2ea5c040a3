"""Bias as wide as the batch.

expected kind: missing-sum or wrong-shape
wrong line: 41
correction 41: return error.sum(axis=1, keepdims=True)
what: The gradient of a bias is the error itself, one column for each point, without the sum over them
source: https://github.com/mlpack/mlpack/pull/3679
said: setting the gradient to the error is right for a batch of one only; it is the sum across all points
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(3, 1)), r.normal(size=(4, 6)), r.normal(size=(3, 6))


def loss(W, b, X, T):
    return np.sum(np.log(np.cosh(W @ X + b - T)))


def right(W, b, X, T):
    D = np.tanh(W @ X + b - T)
    return D @ X.T, D @ np.ones((6, 1))


class Add:
    def __init__(self, weights):
        self.weights = weights

    def Forward(self, input):
        return input + self.weights

    def Backward(self, error):
        return error

    def Gradient(self, error):
        return error


class Linear:
    def __init__(self, weights):
        self.weights = weights

    def Forward(self, input):
        self.input = input
        return self.weights @ input

    def Gradient(self, error):
        return error @ self.input.T


def backprop(W, b, X, T):
    linear, add = Linear(W), Add(b)
    out = add.Forward(linear.Forward(X))
    error = np.tanh(out - T)
    return linear.Gradient(add.Backward(error)), add.Gradient(error)
