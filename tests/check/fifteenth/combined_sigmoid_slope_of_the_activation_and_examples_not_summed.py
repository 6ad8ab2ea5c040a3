"""Combined sigmoid slope of the activation and examples not summed.

expected kind: wrong-point + missing-term
wrong line: 83 and 84
correction 83: delta1 = weights2 @ delta2 * sigmoid_prime(z1)
correction 84: grad2 += np.outer(a1, delta2)
what: The slope of the hidden layer is taken at its activation, which is squashed once more; the second gradient keeps
    the last example only
source: https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/165
said: should the derivative not be the sigmoid of the activation times one minus it?
"""

import numpy as np

PARAMETERS = ["weights1", "weights2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.uniform(size=(6, 2)), r.normal(size=(3, 4)), r.normal(size=(4, 2))


def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1.0 - x)


def loss(x, y, weights1, weights2):
    layer1 = sigmoid(np.dot(x, weights1))
    output = sigmoid(np.dot(layer1, weights2))
    return np.sum((y - output) ** 2)


class NeuralNetwork:
    def __init__(self, x, y, weights1, weights2):
        self.input = x
        self.weights1 = weights1
        self.weights2 = weights2
        self.y = y
        self.output = np.zeros(self.y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        error = 2 * (self.output - self.y)
        d_output = error * sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, d_output)
        d_hidden = np.dot(d_output, self.weights2.T)
        d_hidden = d_hidden * sigmoid_derivative(self.layer1)
        d_weights1 = np.dot(self.input.T, d_hidden)
        return d_weights1, d_weights2


def right(x, y, weights1, weights2):
    nn = NeuralNetwork(x, y, weights1, weights2)
    nn.feedforward()
    return nn.backprop()


def forward_one(x, weights1, weights2):
    z1 = x @ weights1
    a1 = sigmoid(z1)
    z2 = a1 @ weights2
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def backprop(x, y, weights1, weights2):
    grad1 = np.zeros_like(weights1)
    grad2 = np.zeros_like(weights2)
    for i in range(len(x)):
        z1, a1, z2, a2 = forward_one(x[i], weights1, weights2)
        delta2 = (a2 - y[i]) * sigmoid_prime(z2)
        delta1 = weights2 @ delta2 * sigmoid_prime(a1)
        grad2 = np.outer(a1, delta2)
        grad1 += np.outer(x[i], delta1)
    return 2 * grad1, 2 * grad2
