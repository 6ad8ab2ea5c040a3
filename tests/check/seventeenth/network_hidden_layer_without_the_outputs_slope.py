"""Network hidden layer without the outputs slope.

expected kind: missing-factor
wrong line: 69
correction 69: d_layer1 = np.dot(d_output, self.weights2.T) * sigmoid_derivative(self.layer1)
what: The error goes back to the hidden layer before it has met the slope of the output
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 2)), r.normal(size=(6, 3)), r.uniform(size=(6, 2))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(w1, w2, x, y):
    output = sigmoid(sigmoid(x @ w1) @ w2)
    return np.sum((y - output) ** 2)


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def forward(x, w1, w2):
    z1 = x.dot(w1)
    a1 = sigmoid(z1)
    z2 = a1.dot(w2)
    return z1, a1, z2, sigmoid(z2)


def right(w1, w2, x, y):
    dw1, dw2 = np.zeros_like(w1), np.zeros_like(w2)
    for xi, yi in zip(x, y):
        z1, a1, z2, a2 = forward(xi, w1, w2)
        delta2 = 2 * (a2 - yi) * sigmoid_prime(z2)
        delta1 = w2.dot(delta2) * sigmoid_prime(z1)
        dw2 += np.outer(a1, delta2)
        dw1 += np.outer(xi, delta1)
    return dw1, dw2


def sigmoid_derivative(s):
    return s * (1 - s)


class NeuralNetwork:
    def __init__(self, x, y, weights1, weights2):
        self.input, self.y = x, y
        self.weights1, self.weights2 = weights1, weights2

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        error = 2 * (self.output - self.y)
        d_output = error * sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, d_output)
        d_layer1 = np.dot(error, self.weights2.T) * sigmoid_derivative(self.layer1)
        d_weights1 = np.dot(self.input.T, d_layer1)
        return d_weights1, d_weights2


def backprop(w1, w2, x, y):
    nn = NeuralNetwork(x, y, w1, w2)
    nn.feedforward()
    return nn.backprop()
