"""Article output without its slope.

expected kind: missing-factor
wrong line: 67
correction 67: delta = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
what: The error of the output is not multiplied by the derivative of the sigmoid
source: https://github.com/jorgenkg/python-neural-network/issues/2
said: with a squared loss the delta is y(1 - y)(t - y); the code has the difference alone
"""

import numpy as np

PARAMETERS = ["weights1", "weights2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights1, weights2, x = (r.normal(size=s) for s in [(3, 4), (4, 1), (6, 3)])
    return weights1, weights2, x, np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [0.0]])


def loss(weights1, weights2, x, y):
    layer1 = 1 / (1 + np.exp(-np.dot(x, weights1)))
    output = 1 / (1 + np.exp(-np.dot(layer1, weights2)))
    return np.sum((y - output) ** 2)


def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def right(weights1, weights2, x, y):
    l0 = x
    l1 = nonlin(np.dot(l0, weights1))
    l2 = nonlin(np.dot(l1, weights2))
    l2_error = l2 - y
    l2_delta = 2 * l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(weights2.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 = l1.T.dot(l2_delta)
    syn0 = l0.T.dot(l1_delta)
    return syn0, syn1


def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1.0 - x)


class NeuralNetwork:
    def __init__(self, x, y, weights1, weights2):
        self.input = x
        self.y = y
        self.weights1 = weights1
        self.weights2 = weights2

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        delta = 2 * (self.y - self.output)
        hidden = np.dot(delta, self.weights2.T) * sigmoid_derivative(self.layer1)
        d_weights2 = np.dot(self.layer1.T, delta)
        d_weights1 = np.dot(self.input.T, hidden)
        return d_weights1, d_weights2


def backprop(weights1, weights2, x, y):
    nn = NeuralNetwork(x, y, weights1, weights2)
    nn.feedforward()
    d_weights1, d_weights2 = nn.backprop()
    return -d_weights1, -d_weights2
