"""Neuron gradient points downhill.

expected kind: sign
wrong line: 69 or 67 or 68
correction 69: dE = -adjustment.ravel()
correction 67: err = out - t.reshape(-1, 1)
correction 68: adjustment = -np.dot(inputs.T, 2 * err * out * (1 - out))
what: What would be added to the weights is handed back as the gradient
source: https://datascience.stackexchange.com/questions/56928/simple-perceptron-on-python
said: a perceptron doesn't learn; the sign of the step and that of its error don't belong together
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


def sigmoid_slope(y):
    return y * (1 - y)


class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def feed(self, inputs):
        total = self.bias
        for weight, x in zip(self.weights, inputs):
            total += weight * x
        return 1 / (1 + np.exp(-total))


def right(w, b, X, t):
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


def activate(s):
    return 1 / (1 + np.exp(-s))


def backprop(w, b, X, t):
    inputs = np.hstack([X, np.ones((len(X), 1))])
    weights = np.append(w, b).reshape(-1, 1)
    out = activate(np.dot(inputs, weights))
    err = t.reshape(-1, 1) - out
    adjustment = np.dot(inputs.T, 2 * err * out * (1 - out))
    dE = adjustment.ravel()
    return dE[:-1], dE[-1:]
