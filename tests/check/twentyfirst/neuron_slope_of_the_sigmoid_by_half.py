"""Neuron slope of the sigmoid by half.

expected kind: missing-factor or wrong-activation
wrong line: 43
correction 43: return y * (1 - y)
what: The slope of the sigmoid is one minus its output, the output as a factor is left out
source: https://devhide.com/neural-networks-trying-to-understand-cost-function-with-respect-to-gradient-45988293
said: in a network of one neuron the derivative of the sigmoid is one minus the sigmoid; what does it have to do with the error?
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(6, 3))
    t = (X[:, 0] > X[:, 1]).astype(float)
    return r.normal(size=3), r.normal(size=1), X, t


def loss(w, b, X, t):
    out = 1 / (1 + np.exp(-(X @ w + b)))
    return np.sum((t - out) ** 2)


def activate(s):
    return 1 / (1 + np.exp(-s))


def right(w, b, X, t):
    inputs = np.hstack([X, np.ones((len(X), 1))])
    weights = np.append(w, b).reshape(-1, 1)
    out = activate(np.dot(inputs, weights))
    err = t.reshape(-1, 1) - out
    adjustment = np.dot(inputs.T, 2 * err * out * (1 - out))
    dE = -adjustment.ravel()
    return dE[:-1], dE[-1:]


def sigmoid_slope(y):
    return 1 - y


class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def feed(self, inputs):
        total = self.bias
        for weight, x in zip(self.weights, inputs):
            total += weight * x
        return 1 / (1 + np.exp(-total))


def backprop(w, b, X, t):
    cell = Neuron(list(w), b[0])
    grad_w, grad_b = [0.0, 0.0, 0.0], 0.0
    for row, target in zip(X, t):
        y = cell.feed(row)
        d_y = -2 * (target - y)
        d_s = d_y * sigmoid_slope(y)
        for k in range(3):
            grad_w[k] += d_s * row[k]
        grad_b += d_s
    return np.array(grad_w), np.array([grad_b])
