"""Layers slope of what the sigmoid was given.

expected kind: wrong-point
wrong line: 55 or 56
correction 55: s = self.output
correction 56: return dvalues * self.output * (1 - self.output)
what: The layer takes its slope from its inputs, which are not its sigmoid
source: https://github.com/DrBigMau/LSTM-from-Scratch-in-Python/issues/1
said: going back the layer reads its inputs, where its outputs belong
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=(1, 5)), r.normal(size=(5, 1)), r.normal(size=(1, 1)), r.normal(size=(7, 3)), r.uniform(size=(7, 1))


def loss(w1, b1, w2, b2, X, y):
    hidden = 1 / (1 + np.exp(-(X @ w1 + b1)))
    predicted = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
    return 0.5 * np.mean((predicted - y) ** 2)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def right(w1, b1, w2, b2, X, y):
    n_examples = X.shape[0]
    h = logistic(np.dot(X, w1) + b1)
    p = logistic(np.dot(h, w2) + b2)
    cost_output = p - y
    output_delta = cost_output * p * (1 - p)
    output_delta /= n_examples
    grad_w2 = h.T.dot(output_delta)
    grad_b2 = output_delta.sum(axis=0, keepdims=True)
    hidden_delta = output_delta.dot(w2.T)
    hidden_delta *= h * (1 - h)
    grad_w1 = X.T.dot(hidden_delta)
    grad_b1 = hidden_delta.sum(axis=0, keepdims=True)
    return grad_w1, grad_b1, grad_w2, grad_b2


class Sigmoid:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = 1 / (1 + np.exp(-inputs))
        return self.output

    def backward(self, dvalues):
        s = self.inputs
        return dvalues * s * (1 - s)


class Dense:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases

    def forward(self, inputs):
        self.inputs = inputs
        return np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        return np.dot(dvalues, self.weights.T)


def backprop(w1, b1, w2, b2, X, y):
    first, act1, second, act2 = Dense(w1, b1), Sigmoid(), Dense(w2, b2), Sigmoid()
    p = act2.forward(second.forward(act1.forward(first.forward(X))))
    dvalues = (p - y) / len(X)
    first.backward(act1.backward(second.backward(act2.backward(dvalues))))
    return first.dweights, first.dbiases, second.dweights, second.dbiases
